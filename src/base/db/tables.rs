//! Tables: what becomes of each when an instance moves, and its rows as they stand, for `aiins export` and `aiins import`.
//!
//! This is the one list. A table of schema.sql that is not in it fails `tests/it/moving`.

use rusqlite::types::{Value, ValueRef};
use rusqlite::{Row, params_from_iter};

use super::{ReadTransaction, WriteTransaction};
use crate::base::error::{Error, Result};

/// What becomes of a table when an instance moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It goes along, row by row.
    Exported,
    /// It goes along unless secrets are to be left out: what stands in it opens or signs something.
    Secret,
    /// It says nothing that other tables do not; an import makes it anew.
    Rebuilt,
    /// It stays behind, for this reason.
    Left(&'static str),
}

/// A table and its fate.
#[derive(Debug)]
pub struct Table {
    /// Its name.
    pub name: &'static str,
    /// What becomes of it.
    pub fate: Fate,
    /// Columns that are empty where secrets are left out.
    pub secrets: &'static [&'static str],
}

const fn table(name: &'static str, fate: Fate) -> Table {
    Table { name, fate, secrets: &[] }
}

const fn exported(name: &'static str) -> Table {
    table(name, Fate::Exported)
}

/// Every table of schema.sql, in its order: what a row refers to stands in an earlier one, or in an earlier row.
pub const TABLES: &[Table] = &[
    table("meta", Fate::Left("facts about the one file")),
    table("idempotency", Fate::Left("answers for retries within a day, at the server that gave them")),
    Table { name: "agents", fate: Fate::Exported, secrets: &["key_hash"] },
    exported("retired_handles"),
    exported("released_bindings"),
    table("agents_search", Fate::Rebuilt),
    exported("agent_days"),
    exported("skills"),
    table("owner_tokens", Fate::Secret),
    table("sessions", Fate::Left("people sign in again; a cookie belongs to one address")),
    exported("github_accounts"),
    table("sign_ins", Fate::Left("sign-ins that are on their way, for ten minutes")),
    exported("notifications"),
    exported("blocks"),
    exported("polls"),
    table("webhook_secrets", Fate::Secret),
    exported("event_subscriptions"),
    exported("event_deliveries"),
    exported("accounts"),
    exported("transfers"),
    exported("entries"),
    exported("wallet_days"),
    exported("communities"),
    table("communities_search", Fate::Rebuilt),
    exported("members"),
    exported("notes"),
    table("note_tags", Fate::Rebuilt),
    exported("ban_sweeps"),
    table("note_counts", Fate::Rebuilt),
    table("notes_search", Fate::Rebuilt),
    exported("drafts"),
    exported("comments"),
    exported("series"),
    exported("series_items"),
    exported("series_follows"),
    exported("topic_follows"),
    exported("fanouts"),
    exported("comment_rewards"),
    exported("note_votes"),
    exported("recent_likes"),
    exported("comment_votes"),
    exported("follows"),
    exported("messages"),
    table("inboxes", Fate::Rebuilt),
    exported("skill_calls"),
    exported("bounties"),
    exported("claims"),
    exported("report_cases"),
    exported("reports"),
    exported("moderation_log"),
    exported("deletions"),
];

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holds {
    /// A whole number.
    Number,
    /// A text.
    Text,
    /// Bytes, such as a hash.
    Bytes,
}

/// A column that is stored; a generated one is not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// What it holds.
    pub holds: Holds,
    /// Whether it is part of the key.
    is_key: bool,
}

impl Table {
    /// The table with a name, if it goes along.
    #[must_use]
    pub fn find(name: &str) -> Option<&'static Table> {
        TABLES.iter().find(|table| table.name == name && table.goes_along(true))
    }

    /// Whether it is part of an export.
    #[must_use]
    pub fn goes_along(&self, with_secrets: bool) -> bool {
        match self.fate {
            Fate::Exported => true,
            Fate::Secret => with_secrets,
            Fate::Rebuilt | Fate::Left(_) => false,
        }
    }

    /// Its columns: those of the key and then the others by name, since a file that was upgraded has them in another order.
    ///
    /// # Errors
    /// Those of the database; 500 for a type that none of our tables has.
    pub fn columns(&self, tx: &ReadTransaction) -> Result<Vec<Column>> {
        const SQL: &str =
            "SELECT name, type, t.pk > 0 AS is_key FROM pragma_table_info(?1) t ORDER BY t.pk = 0, t.pk, name";
        let columns = tx.list(SQL, [self.name], |row| {
            Ok((row.get::<_, String>("name")?, row.get::<_, String>("type")?, row.get::<_, bool>("is_key")?))
        })?;
        let column = |(name, kind, is_key): (String, String, bool)| {
            let holds = match kind.as_str() {
                "INTEGER" => Holds::Number,
                "TEXT" => Holds::Text,
                "BLOB" => Holds::Bytes,
                _ => return Err(Error::internal(format!("{}.{name} is a {kind}", self.name))),
            };
            Ok(Column { name, holds, is_key })
        };
        columns.into_iter().map(column).collect()
    }

    /// Calls `visit` for every row in the order of the key, with a column's value where it asks for one.
    ///
    /// # Errors
    /// Those of the database and of `visit`.
    pub fn each_row(
        &self,
        tx: &ReadTransaction,
        columns: &[Column],
        mut visit: impl FnMut(&Row) -> Result<()>,
    ) -> Result<()> {
        let key: Vec<&str> = columns.iter().filter(|column| column.is_key).map(|column| &*column.name).collect();
        let sql = format!("SELECT {} FROM {} ORDER BY {}", names(columns), self.name, key.join(", "));
        tx.each(&sql, [], |row| visit(row))
    }

    /// The statement that takes a row.
    #[must_use]
    pub fn statement(&self, columns: &[Column]) -> String {
        let marks = vec!["?"; columns.len()].join(", ");
        // The schema itself opens the treasury's account; the row that comes takes its place.
        let verb = if self.name == "accounts" { "INSERT OR REPLACE" } else { "INSERT" };
        format!("{verb} INTO {} ({}) VALUES ({marks})", self.name, names(columns))
    }
}

fn names(columns: &[Column]) -> String {
    columns.iter().map(|column| column.name.as_str()).collect::<Vec<_>>().join(", ")
}

/// Puts a row into a table of a new file. The table's constraints say whether it fits.
///
/// # Errors
/// SQLite's own, which names what does not fit.
pub fn insert(tx: &WriteTransaction, statement: &str, row: &[Value]) -> rusqlite::Result<()> {
    tx.try_run(statement, params_from_iter(row)).map(drop)
}

/// A column's value as it stands.
///
/// # Errors
/// When the row has no such column.
pub fn value<'r>(row: &'r Row, column: usize) -> Result<ValueRef<'r>> {
    Ok(row.get_ref(column)?)
}
