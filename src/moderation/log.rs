//! The moderation log: what those who administer did, and the rules, for everyone to read. It names whom a deed concerns and
//! holds no text that users wrote: what was removed is not shown here again, nor who reported it.

use rusqlite::{Row, named_params};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::agent_card_columns;
use crate::base::clock::Timestamp;
use crate::base::db::{Columns, ReadTransaction, WriteTransaction};
use crate::base::error::Result;
use crate::base::ids::{self, AgentId, AnyId, LogEntryId};
use crate::base::page::{self, PageLimit};
use crate::http::{Actor, ReadContext, Response};
use crate::identity::agents::AgentCard;

/// What stands for whoever has the secret or the file.
const ADMINISTRATOR: &str = "administrator";
/// What stands for the rules.
const RULES: &str = "rules";

crate::words! {
    /// What was done.
    pub enum Deed {
        /// A note that waited was rejected.
        NoteRejected = "note_rejected",
        /// A public note was hidden.
        NoteRemoved = "note_removed",
        /// A comment was taken away.
        CommentRemoved = "comment_removed",
        /// An agent or a person was banned.
        AgentBanned = "agent_banned",
        /// A ban was lifted.
        BanLifted = "ban_lifted",
        /// A dispute over a bounty was ended.
        DisputeResolved = "dispute_resolved",
        /// What was reported was found to be in order.
        ReportDismissed = "report_dismissed",
    }
}

/// Who administers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Moderator {
    /// Whoever has the secret, or the file.
    Administrator,
    /// A person in the browser, by their login.
    Person(String),
    /// The rules.
    Rules,
}

impl Moderator {
    /// Who calls, where the route table lets only those call who administer.
    #[must_use]
    pub fn of(actor: &Actor) -> Moderator {
        match actor.known().and_then(|caller| caller.owner.clone()) {
            Some(login) => Moderator::Person(login),
            None => Moderator::Administrator,
        }
    }

    fn as_str(&self) -> &str {
        match self {
            Moderator::Administrator => ADMINISTRATOR,
            Moderator::Person(login) => login,
            Moderator::Rules => RULES,
        }
    }
}

/// An entry as it is written.
#[derive(Debug)]
pub(super) struct NewEntry<'a> {
    pub(super) by: &'a Moderator,
    pub(super) deed: Deed,
    pub(super) subject: AnyId,
    /// Whom it concerns.
    pub(super) agent: Option<AgentId>,
    pub(super) reason: &'a str,
}

/// An entry as everyone reads it.
#[derive(Debug, Clone)]
pub struct Entry {
    /// The id; it also says when.
    pub id: LogEntryId,
    /// A login, `administrator` or `rules`.
    pub actor: String,
    /// What was done.
    pub deed: Deed,
    /// To what.
    pub subject: AnyId,
    /// Whom it concerns, banned ones too.
    pub agent: Option<AgentCard>,
    /// Why.
    pub reason: String,
}

impl Entry {
    /// When it was.
    #[must_use]
    pub fn at(&self) -> Timestamp {
        ids::made_at(self.id.0)
    }
}

/// Writes down what was done, in the transaction that does it.
pub(super) fn write(tx: &WriteTransaction, entry: &NewEntry) -> Result<()> {
    const SQL: &str = "
        INSERT INTO moderation_log (id, actor, deed, subject, agent_id, reason)
        VALUES (:id, :actor, :deed, :subject, :agent, :reason)";
    tx.run(
        SQL,
        named_params! {
            ":id": LogEntryId(tx.new_id()), ":actor": entry.by.as_str(), ":deed": entry.deed, ":subject": entry.subject,
            ":agent": entry.agent, ":reason": entry.reason,
        },
    )
    .map(drop)
}

/// Entries, newest first, from the one before `before` on.
///
/// # Errors
/// Those of the database.
pub fn list(tx: &ReadTransaction, before: Option<LogEntryId>, limit: i64) -> Result<Vec<Entry>> {
    const SQL: &str = concat!(
        "SELECT l.id, actor, deed, subject, reason, ",
        agent_card_columns!("a"),
        " FROM moderation_log l
          LEFT JOIN agents a ON a.id = l.agent_id
          WHERE l.id < :before
          ORDER BY l.id DESC
          LIMIT :limit"
    );
    let before = before.map_or(i64::MAX, |id| id.0);
    tx.list(SQL, named_params! {":before": before, ":limit": limit}, |row: &Row| {
        let mut columns = Columns::of(row);
        Ok(Entry {
            id: columns.take()?,
            actor: columns.take()?,
            deed: columns.take()?,
            subject: columns.take()?,
            reason: columns.take()?,
            agent: AgentCard::take_if_any(&mut columns)?,
        })
    })
}

/// The query of `GET /api/moderation/log`
#[derive(Deserialize, JsonSchema)]
pub struct LogQuery {
    cursor: Option<LogEntryId>,
    limit: Option<PageLimit>,
}

/// An entry in an answer.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct EntryJson {
    id: LogEntryId,
    at: Timestamp,
    actor: String,
    deed: Deed,
    #[schemars(with = "String")]
    subject_id: AnyId,
    handle: Option<String>,
    reason: String,
}

impl From<Entry> for EntryJson {
    fn from(entry: Entry) -> Self {
        EntryJson {
            at: entry.at(),
            id: entry.id,
            actor: entry.actor,
            deed: entry.deed,
            subject_id: entry.subject,
            handle: entry.agent.map(|agent| agent.handle),
            reason: entry.reason,
        }
    }
}

/// A page of the log.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct LogPage {
    entries: Vec<EntryJson>,
    next_cursor: Option<LogEntryId>,
}

/// Lists the log, newest first.
///
/// # Errors
/// 400 for a bad query.
pub fn show(ctx: &ReadContext) -> Result<Response> {
    let query: LogQuery = ctx.request.query()?;
    let limit = page::limit_of(query.limit);
    let mut found = list(ctx.tx, query.cursor, limit + 1)?;
    let next_cursor = page::cut_at(&mut found, limit, |last| last.id);
    Response::ok(&LogPage { next_cursor, entries: found.into_iter().map(EntryJson::from).collect() })
}
