//! Connections: how each is opened, and the pool of those that only read.

use std::cell::Cell;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use r2d2::PooledConnection;
use r2d2_sqlite::SqliteConnectionManager;
use rusqlite::backup::{Backup, StepResult};
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use super::files;
use super::stats::Stats;
use crate::base::error::{Code, Error, Result};

/// How long a connection waits for another program's lock before it gives up.
pub(super) const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// Steps of SQLite's virtual machine between two looks at the clock. Tests count the looks, to see what grows with the file.
const STEPS_BETWEEN_LOOKS: i32 = if cfg!(debug_assertions) { 1_000 } else { 20_000 };
/// How long a request waits for a free connection.
const CHECKOUT_TIMEOUT: Duration = Duration::from_secs(5);
/// More statements than the house has, so that each is prepared once for each connection.
const STATEMENTS_MAX: usize = 512;
/// How much of the file is mapped; pages beyond it are read the ordinary way.
const MMAP_BYTES: i64 = 256 << 20;
/// The page cache of one connection; SQLite takes a negative number as KiB.
const CACHE_KIB: i64 = -8192;
/// The page cache of the connection that writes. Nobody else changes the file, so what it has read stays good from one
/// transaction to the next, while a mapped page is looked up in the log each time.
const WRITER_CACHE_KIB: i64 = -32_768;
/// How long the file of the write-ahead log stays, which is more than `writer` lets the log grow to most of the time.
const LOG_BYTES_KEPT: i64 = 64 << 20;
/// Pages copied by one step of a backup; between steps others may write.
const BACKUP_PAGES: i32 = 1024;

/// Who copies the write-ahead log into the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Checkpoints {
    /// We do, beside the writer and at the end.
    Ours,
    /// Litestream does, once it has copied the log elsewhere; until then nobody may let the log begin anew.
    Litestreams,
}

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
pub(super) struct Pool {
    connections: r2d2::Pool<SqliteConnectionManager>,
    /// Looks at the clock so far.
    looks: Arc<AtomicU64>,
}

impl Pool {
    pub(super) fn open(path: &Path, readers: u32, checkpoints: Checkpoints) -> Result<Pool> {
        let looks = Arc::new(AtomicU64::new(0));
        let counted = Arc::clone(&looks);
        let manager = SqliteConnectionManager::file(path)
            .with_flags(OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX)
            .with_init(move |connection| {
                configure(connection)?;
                leave_log(connection, checkpoints)?;
                let counted = Arc::clone(&counted);
                let look = move || {
                    counted.fetch_add(1, Ordering::Relaxed);
                    is_past_deadline()
                };
                connection.progress_handler(STEPS_BETWEEN_LOOKS, Some(look))?;
                connection.pragma_update(None, "query_only", true)
            });
        // A test on every checkout costs a fifth of the reads, and a connection to a local file does not go stale.
        r2d2::Pool::builder()
            .max_size(readers.max(1))
            .test_on_check_out(false)
            .connection_timeout(CHECKOUT_TIMEOUT)
            .build(manager)
            .map(|connections| Pool { connections, looks })
            .map_err(|error| Error::unavailable("The database cannot be opened for reading").caused_by(error))
    }

    /// Steps of SQLite's virtual machine that all reads so far took, in whole looks at the clock.
    pub(super) fn steps(&self) -> u64 {
        self.looks.load(Ordering::Relaxed) * u64::from(STEPS_BETWEEN_LOOKS.unsigned_abs())
    }

    pub(super) fn get(&self, stats: &Stats) -> Result<PooledConnection<SqliteConnectionManager>> {
        if let Some(connection) = self.connections.try_get() {
            stats.checkouts.increment();
            return Ok(connection);
        }
        let began = Instant::now();
        let connection = self.connections.get();
        stats.pool_waits.add_time(began.elapsed());
        connection
            .map_err(|error| Error::unavailable("Too many requests are waiting for the database").caused_by(error))
    }

    /// How many connections there are, and how many nobody uses.
    pub(super) fn state(&self) -> (u32, u32) {
        let state = self.connections.state();
        (state.connections, state.idle_connections)
    }
}

/// Opens the connection that writes, creating the file if there is none.
pub(super) fn open_for_writing(path: &Path, checkpoints: Checkpoints) -> Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    files::create_private(path)?;
    let open = || -> rusqlite::Result<Connection> {
        let connection = Connection::open_with_flags(path, flags)?;
        connection.busy_timeout(BUSY_TIMEOUT)?;
        connection.pragma_update(None, "journal_mode", "wal")?;
        configure(&connection)?;
        connection.pragma_update(None, "mmap_size", 0)?;
        connection.pragma_update(None, "cache_size", WRITER_CACHE_KIB)?;
        leave_log(&connection, checkpoints)?;
        // What was answered survives a power cut.
        connection.pragma_update(None, "synchronous", "full")?;
        // Checkpoints have a thread of their own.
        connection.pragma_update(None, "wal_autocheckpoint", 0)?;
        // What a long reader made of the log is given back when the log begins anew.
        connection.pragma_update(None, "journal_size_limit", LOG_BYTES_KEPT)?;
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

/// The last connection to a file copies the log into it and removes it, unless it is told not to.
fn leave_log(connection: &Connection, checkpoints: Checkpoints) -> rusqlite::Result<()> {
    let leave = checkpoints == Checkpoints::Litestreams;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, leave).map(drop)
}

/// Copies the log of a file that nobody uses into it, and removes the log.
///
/// # Errors
/// Those of the database, such as that it is none.
pub fn fold_log(path: &Path) -> Result<()> {
    let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    Ok(connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?)
}

/// Copies a live database to a new file, which has its name only when it is whole.
pub(super) fn backup(source: &Path, target: &Path, progress: impl Fn(i32, i32)) -> Result<()> {
    if target.exists() {
        return Err(Error::conflict(format!(
            "{} is already there; a backup never overwrites a file",
            target.display()
        )));
    }
    let partial = files::with_suffix(target, ".partial");
    files::remove(&partial)?;
    files::create_private(&partial)?;
    match copy(source, &partial, progress).map_err(Error::from).and_then(|()| files::put_in_place(&partial, target)) {
        Ok(()) => Ok(()),
        Err(error) => {
            // Why it failed is what there is to tell.
            let _ = files::remove(&partial);
            Err(error)
        }
    }
}

/// Copies a file over a live database, in one transaction of the database's.
pub(super) fn revert(copy: &Path, target: &Path) -> Result<()> {
    let source = Connection::open_with_flags(copy, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    let mut target = Connection::open_with_flags(target, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    target.busy_timeout(BUSY_TIMEOUT)?;
    let backup = Backup::new(&source, &mut target)?;
    let began = Instant::now();
    loop {
        match backup.step(-1)? {
            StepResult::Done => return Ok(()),
            _ if began.elapsed() > BUSY_TIMEOUT => return Err(Error::unavailable("The database is in use; try again")),
            _ => std::thread::sleep(Duration::from_millis(1)),
        }
    }
}

fn copy(source: &Path, target: &Path, progress: impl Fn(i32, i32)) -> rusqlite::Result<()> {
    let source = Connection::open_with_flags(source, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    source.busy_timeout(BUSY_TIMEOUT)?;
    let mut target = Connection::open(target)?;
    // Half a copy is thrown away, and a whole one waits for the disk before it gets its name.
    target.execute_batch("PRAGMA journal_mode = off; PRAGMA synchronous = off;")?;
    // One state of the file from beginning to end: without a transaction every write of others would have the copy begin anew,
    // and on a busy server it would never end.
    source.execute_batch("BEGIN; SELECT count(*) FROM sqlite_schema;")?;
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
