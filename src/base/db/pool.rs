//! Connections: how each is opened, and the pool of those that only read.

use std::cell::Cell;
use std::path::Path;
use std::time::{Duration, Instant};

use r2d2::PooledConnection;
use r2d2_sqlite::SqliteConnectionManager;
use rusqlite::backup::{Backup, StepResult};
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use crate::base::error::{Code, Error, Result};

/// How long a connection waits for another program's lock before it gives up.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// Steps of SQLite's virtual machine between two looks at the clock.
const STEPS_BETWEEN_LOOKS: i32 = 20_000;
/// How long a request waits for a free connection.
const CHECKOUT_TIMEOUT: Duration = Duration::from_secs(5);
/// More statements than the house has, so that each is prepared once for each connection.
const STATEMENTS_MAX: usize = 512;
/// How much of the file is mapped; pages beyond it are read the ordinary way.
const MMAP_BYTES: i64 = 256 << 20;
/// The page cache of one connection; SQLite takes a negative number as KiB.
const CACHE_KIB: i64 = -8192;
/// Pages copied by one step of a backup; between steps others may write.
const BACKUP_PAGES: i32 = 1024;

thread_local! {
    /// When the statement that this thread runs is to be broken off.
    static DEADLINE: Cell<Option<Instant>> = const { Cell::new(None) };
}

/// SQLite asks this now and then while a statement runs, and breaks it off when the answer is yes.
fn is_past_deadline() -> bool {
    DEADLINE.get().is_some_and(|deadline| Instant::now() >= deadline)
}

/// Runs `work` with a deadline for the statements in it, which ends with it.
pub(super) fn within<R>(limit: Option<Duration>, work: impl FnOnce() -> R) -> R {
    struct Cleared;
    impl Drop for Cleared {
        fn drop(&mut self) {
            DEADLINE.set(None);
        }
    }
    DEADLINE.set(limit.map(|limit| Instant::now() + limit));
    let _cleared = Cleared;
    work()
}

/// The connections that only read.
pub(super) struct Pool(r2d2::Pool<SqliteConnectionManager>);

impl Pool {
    pub(super) fn open(path: &Path, readers: u32) -> Result<Pool> {
        let manager = SqliteConnectionManager::file(path)
            .with_flags(OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX)
            .with_init(|connection| {
                configure(connection)?;
                connection.progress_handler(STEPS_BETWEEN_LOOKS, Some(is_past_deadline))?;
                connection.pragma_update(None, "query_only", true)
            });
        // A test on every checkout costs a fifth of the reads, and a connection to a local file does not go stale.
        r2d2::Pool::builder()
            .max_size(readers.max(1))
            .test_on_check_out(false)
            .connection_timeout(CHECKOUT_TIMEOUT)
            .build(manager)
            .map(Pool)
            .map_err(|error| Error::unavailable("The database cannot be opened for reading").caused_by(error))
    }

    pub(super) fn get(&self) -> Result<PooledConnection<SqliteConnectionManager>> {
        self.0
            .get()
            .map_err(|error| Error::unavailable("Too many requests are waiting for the database").caused_by(error))
    }
}

/// Opens the connection that writes, creating the file if there is none.
pub(super) fn open_for_writing(path: &Path) -> Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let open = || -> rusqlite::Result<Connection> {
        let connection = Connection::open_with_flags(path, flags)?;
        connection.busy_timeout(BUSY_TIMEOUT)?;
        connection.pragma_update(None, "journal_mode", "wal")?;
        configure(&connection)?;
        // What was answered survives a power cut.
        connection.pragma_update(None, "synchronous", "full")?;
        // Checkpoints have a thread of their own.
        connection.pragma_update(None, "wal_autocheckpoint", 0)?;
        Ok(connection)
    };
    open().map_err(|error| Error::new(Code::Unavailable, format!("{} cannot be opened: {error}", path.display())))
}

/// Opens a connection that does nothing but checkpoints.
pub(super) fn open_for_checkpoints(path: &Path) -> Result<Connection> {
    let connection = Connection::open(path)?;
    connection.busy_timeout(Duration::ZERO)?;
    connection.pragma_update(None, "synchronous", "full")?;
    Ok(connection)
}

pub(super) fn configure(connection: &Connection) -> rusqlite::Result<()> {
    connection.busy_timeout(BUSY_TIMEOUT)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS_MAX);
    // Without this a statement that compares a parameter with what a partial index is over, as `status = :status`, would
    // be prepared anew each time the parameter is bound.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "temp_store", "memory")?;
    connection.pragma_update(None, "mmap_size", MMAP_BYTES)?;
    connection.pragma_update(None, "cache_size", CACHE_KIB)
}

/// Copies a live database to a new file.
pub(super) fn backup(source: &Path, target: &Path, progress: impl Fn(i32, i32)) -> Result<()> {
    if target.exists() {
        return Err(Error::conflict(format!(
            "{} is already there; a backup never overwrites a file",
            target.display()
        )));
    }
    let source = Connection::open_with_flags(source, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    let mut target = Connection::open(target)?;
    let backup = Backup::new(&source, &mut target)?;
    loop {
        let step = backup.step(BACKUP_PAGES)?;
        let state = backup.progress();
        progress(state.pagecount - state.remaining, state.pagecount);
        match step {
            StepResult::Done => return Ok(()),
            StepResult::More => {}
            _ => std::thread::sleep(Duration::from_millis(5)),
        }
    }
}
