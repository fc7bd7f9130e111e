//! Migrations: `schema.sql` makes a new file; steps bring an older one up to date, each in one transaction.

use std::path::Path;

use rusqlite::Connection;

use super::files;
use crate::base::error::{Code, Error, Result};

/// The whole current schema.
const SCHEMA: &str = include_str!("../../../schema.sql");

/// The version of [`SCHEMA`], kept in the file as `user_version`.
pub const SCHEMA_VERSION: i64 = 1 + STEPS.len() as i64;

/// What leads from version `n` to `n + 1`: the step at index `n - 1`.
const STEPS: &[&str] = &[include_str!("steps/2.sql")];

/// Whether the file is of a version that this program brings up to date.
pub(super) fn is_outdated(connection: &Connection) -> bool {
    version_of(connection).is_ok_and(|version| (1..SCHEMA_VERSION).contains(&version))
}

pub(super) fn migrate(connection: &Connection, path: &Path) -> Result<()> {
    migrate_by(STEPS, connection, path)
}

/// As [`migrate`], by the steps that there are; a test has others.
pub(super) fn migrate_by(steps: &[&str], connection: &Connection, path: &Path) -> Result<()> {
    let newest = 1 + i64::try_from(steps.len()).map_err(Error::internal)?;
    let version = version_of(connection).map_err(|error| {
        let cause = error.cause().map(ToString::to_string).unwrap_or_default();
        Error::new(Code::Unavailable, format!("{} is no database: {cause}", path.display()))
    })?;
    match version {
        version if version == newest => Ok(()),
        0 => create(connection, path),
        version if (1..newest).contains(&version) => upgrade(steps, connection, path, version),
        _ => Err(Error::conflict(format!(
            "{} was written by a newer Aiins (schema {version}, this one knows {newest}); install that version",
            path.display()
        ))),
    }
}

pub(super) fn version_of(connection: &Connection) -> Result<i64> {
    Ok(connection.pragma_query_value(None, "user_version", |row| row.get(0))?)
}

fn create(connection: &Connection, path: &Path) -> Result<()> {
    let tables: i64 = connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    if tables > 0 {
        return Err(Error::conflict(format!("{} is a database of another program", path.display())));
    }
    run_step(connection, SCHEMA, SCHEMA_VERSION)
}

/// Runs the steps that a file lacks, after a copy of it as it was. Killed in between, it goes on with the next start.
fn upgrade(steps: &[&str], connection: &Connection, path: &Path, from: i64) -> Result<()> {
    let copy = files::with_suffix(path, &format!(".schema-{from}"));
    let partial = files::with_suffix(&copy, ".partial");
    files::remove(&partial)?;
    files::create_private(&partial)?;
    connection.execute("VACUUM INTO ?1", [partial.to_string_lossy()])?;
    files::put_in_place(&partial, &copy)?;
    tracing::info!(from, to = steps.len() + 1, copy = %copy.display(), "upgrading the database");
    for (step, version) in steps.iter().zip(2..).skip(usize::try_from(from - 1).unwrap_or_default()) {
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
            (SELECT ifnull(max(id), 0) FROM reports),
            (SELECT ifnull(max(id), 0) FROM report_cases),
            (SELECT ifnull(max(id), 0) FROM moderation_log),
            (SELECT ifnull(max(id), 0) FROM event_deliveries),
            (SELECT ifnull(max(id), 0) FROM notifications))";
    Ok(connection.query_row(HIGHEST, [], |row| row.get(0))?)
}
