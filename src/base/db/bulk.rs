//! Bulk: filling a new file that nobody else knows yet, as fast as SQLite takes it.
//!
//! One connection, no journal, no savepoints, and nothing waits for the disk before the end. The constraints stay on, so
//! that what is wrong cannot be written. A file that does not come to its end is to be thrown away.

use std::path::Path;
use std::sync::Arc;

use rusqlite::{Connection, OpenFlags};

use super::{Shared, WriteTransaction, migrations, pool};
use crate::base::clock::Clock;
use crate::base::config::Settings;
use crate::base::error::{Code, Error, Result};
use crate::base::ids::Ids;

/// The page cache: rows of many tables go in at once, and each of their indexes is changed somewhere else. SQLite takes a
/// negative number as KiB.
const CACHE_KIB: i64 = -1_048_576;

/// A new file on its way to being a database.
pub struct Bulk {
    connection: Connection,
    shared: Shared,
}

impl Bulk {
    /// Makes the file with its schema.
    ///
    /// # Errors
    /// A sentence for the operator when the file is there already or cannot be made.
    pub fn create(path: &Path, settings: Arc<Settings>, clock: Clock) -> Result<Bulk> {
        if path.exists() {
            return Err(Error::conflict(format!("{} is already there", path.display())));
        }
        super::files::create_private(path)?;
        let failed = |error| Error::new(Code::Unavailable, format!("{} cannot be made: {error}", path.display()));
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(path, flags).map_err(failed)?;
        let configure = || {
            pool::configure(&connection)?;
            connection.pragma_update(None, "journal_mode", "off")?;
            connection.pragma_update(None, "synchronous", "off")?;
            connection.pragma_update(None, "cache_size", CACHE_KIB)
        };
        configure().map_err(failed)?;
        migrations::migrate(&connection, path)?;
        let shared = Shared::new(Ids::above(0), settings, clock);
        Ok(Bulk { connection, shared })
    }

    /// Runs `work` in a transaction and commits it.
    ///
    /// # Errors
    /// Those of `work` and of the database. Nothing is taken back: the file is of no use then.
    pub fn write<R>(&self, work: impl FnOnce(&WriteTransaction) -> Result<R>) -> Result<R> {
        self.command("BEGIN IMMEDIATE")?;
        let done = work(&WriteTransaction::new(&self.connection, &self.shared))?;
        self.command("COMMIT")?;
        Ok(done)
    }

    fn command(&self, sql: &str) -> rusqlite::Result<()> {
        self.connection.prepare_cached(sql)?.execute([]).map(drop)
    }

    /// Leaves the file as a server keeps it. It is not on the disk yet.
    ///
    /// # Errors
    /// Those of the database.
    pub fn finish(self) -> Result<()> {
        self.connection.pragma_update(None, "journal_mode", "wal")?;
        self.connection.close().map_err(|(_, error)| Error::from(error))
    }
}
