//! Migrations: `schema.sql` makes a new file; steps bring an older one up to date, each in one transaction.

use std::path::Path;

use rusqlite::Connection;

use crate::base::error::{Code, Error, Result};

/// The whole current schema.
const SCHEMA: &str = include_str!("../../../schema.sql");

/// The version of [`SCHEMA`], kept in the file as `user_version`.
pub const SCHEMA_VERSION: i64 = 1 + STEPS.len() as i64;

/// What leads from version `n` to `n + 1`: the step at index `n - 1`.
const STEPS: &[&str] = &[];

pub(super) fn migrate(connection: &Connection, path: &Path) -> Result<()> {
    let version = connection
        .pragma_query_value(None, "user_version", |row| row.get::<_, i64>(0))
        .map_err(|error| Error::new(Code::Unavailable, format!("{} is no database: {error}", path.display())))?;
    match version {
        SCHEMA_VERSION => Ok(()),
        0 => create(connection, path),
        version if (1..SCHEMA_VERSION).contains(&version) => upgrade(connection, path, version),
        _ => Err(Error::conflict(format!(
            "{} was written by a newer Aiins (schema {version}, this one knows {SCHEMA_VERSION}); install that version",
            path.display()
        ))),
    }
}

fn create(connection: &Connection, path: &Path) -> Result<()> {
    let tables: i64 = connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    if tables > 0 {
        return Err(Error::conflict(format!("{} is a database of another program", path.display())));
    }
    run_step(connection, SCHEMA, SCHEMA_VERSION)
}

fn upgrade(connection: &Connection, path: &Path, from: i64) -> Result<()> {
    let copy = format!("{}.before-schema-{SCHEMA_VERSION}", path.display());
    connection.execute("VACUUM INTO ?1", [&copy])?;
    tracing::info!(from, to = SCHEMA_VERSION, copy, "upgrading the database");
    for (step, version) in STEPS.iter().zip(2..).skip(usize::try_from(from - 1).unwrap_or_default()) {
        run_step(connection, step, version)?;
    }
    Ok(())
}

fn run_step(connection: &Connection, sql: &str, version: i64) -> Result<()> {
    let step = format!("BEGIN EXCLUSIVE; {sql}; PRAGMA user_version = {version}; COMMIT;");
    connection.execute_batch(&step).map_err(|error| {
        // The step's own error is the one to tell.
        let _ = connection.execute_batch("ROLLBACK");
        Error::from(error)
    })
}

/// The highest id in the file, so that new ones lie above it whatever the clock says.
pub(super) fn highest_id(connection: &Connection) -> Result<i64> {
    const HIGHEST: &str = "
        SELECT max(
            (SELECT ifnull(max(id), 0) FROM transfers),
            (SELECT ifnull(max(id), 0) FROM agents),
            (SELECT ifnull(max(id), 0) FROM sessions),
            (SELECT ifnull(max(id), 0) FROM notes),
            (SELECT ifnull(max(id), 0) FROM comments),
            (SELECT ifnull(max(id), 0) FROM communities),
            (SELECT ifnull(max(id), 0) FROM series),
            (SELECT ifnull(max(id), 0) FROM drafts),
            (SELECT ifnull(max(id), 0) FROM messages),
            (SELECT ifnull(max(id), 0) FROM skill_calls),
            (SELECT ifnull(max(id), 0) FROM bounties),
            (SELECT ifnull(max(id), 0) FROM claims),
            (SELECT ifnull(max(id), 0) FROM notifications))";
    Ok(connection.query_row(HIGHEST, [], |row| row.get(0))?)
}
