//! Inspection: what a file is, found out without changing it, also when it is not one of ours.

use std::path::Path;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};
use url::Url;

use super::{SEED, files, migrations, pool};
use crate::base::clock::Timestamp;
use crate::base::error::{Error, Result};
use crate::base::ids;

/// Problems that are named.
const PROBLEMS_MAX: u32 = 10;

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inspection {
    /// The schema's version; 0 for none.
    pub version: i64,
    /// What SQLite finds wrong with the file's pages.
    pub damage: Vec<String>,
    /// When the newest row was made.
    pub newest: Option<Timestamp>,
    /// The number it was seeded with, if it was.
    pub seed: Option<String>,
    /// Whether Litestream has been at work on it.
    pub has_litestream: bool,
}

/// Looks at a file that is there.
///
/// # Errors
/// When it cannot be read, or is no database.
pub fn inspect(path: &Path) -> Result<Inspection> {
    let connection = open(path)?;
    connection.busy_timeout(pool::BUSY_TIMEOUT)?;
    connection.pragma_update(None, "query_only", true)?;
    let version = migrations::version_of(&connection)?;
    let mut check = connection.prepare(&format!("PRAGMA quick_check({PROBLEMS_MAX})"))?;
    let lines = check.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<Vec<String>>>()?;
    let damage = lines.into_iter().filter(|line| line != "ok").collect();
    let has = |pattern: &str| -> Result<bool> {
        let sql = "SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name GLOB ?1)";
        Ok(connection.query_row(sql, [pattern], |row| row.get(0))?)
    };
    let is_ours = version > 0 && has("meta")?;
    let newest = if version == migrations::SCHEMA_VERSION { migrations::highest_id(&connection)? } else { 0 };
    let seed = "SELECT max(value) FROM meta WHERE key = ?1";
    Ok(Inspection {
        version,
        damage,
        newest: (newest > 0).then(|| ids::made_at(newest)),
        seed: if is_ours { connection.query_row(seed, [SEED], |row| row.get(0))? } else { None },
        has_litestream: has("_litestream*")?,
    })
}

fn open(path: &Path) -> Result<Connection> {
    if !files::with_suffix(path, "-wal").exists() {
        // Nobody has it open, so nothing needs to be left beside it by looking.
        let uri = std::path::absolute(path).ok().and_then(|path| Url::from_file_path(path).ok());
        let uri = uri.ok_or_else(|| Error::invalid("file", format!("{} is no path", path.display())))?;
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI;
        return Ok(Connection::open_with_flags(format!("{uri}?immutable=1"), flags)?);
    }
    // SQLite writes beside the file to read it while others write, so this cannot be for reading only.
    let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    // What is in the log may still be Litestream's to copy.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    Ok(connection)
}
