//! The store: one SQLite file, many readers, one writer (house rule: only this folder says BEGIN).
//!
//! A read runs in a transaction of its own on a pooled connection. A write runs on the one writer thread, in a savepoint
//! of its own; writes that wait at the same moment share one commit, and nobody is answered before it.

mod bulk;
mod files;
mod health;
mod inspection;
mod kept;
mod memory;
mod migrations;
mod pool;
#[cfg(debug_assertions)]
mod statements;
mod stats;
pub mod tables;
mod transaction;
mod writer;

use std::any::TypeId;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use arc_swap::{ArcSwap, Guard};
pub use bulk::Bulk;
pub use files::{create_private, folder_of, give_owner_of, put_in_place, remove, rename, with_suffix};
pub use health::FREE_BYTES_MIN;
pub use inspection::{Inspection, inspect};
pub use kept::{KeptRow, Watched};
pub use migrations::SCHEMA_VERSION;
pub use pool::fold_log;
pub use stats::Stats;
pub use transaction::{Columns, ReadTransaction, WriteTransaction};

use self::health::Damage;
use self::kept::Kept;
use self::memory::Memory;
use self::pool::{Checkpoints, Pool};
use self::writer::Writer;
use super::clock::Clock;
use super::config::Settings;
use super::error::{Code, Error, Result};
use super::ids::Ids;

/// How long the statements of one request may take. A request that asks for too much is broken off before it holds up
/// others: there are only a few connections.
const READ_TIME_MAX: Duration = Duration::from_secs(2);

/// The open database, and with it everything a transaction needs: settings, clock, ids and the rooms' memory.
pub struct Store {
    shared: Arc<Shared>,
    pool: Pool,
    writer: Writer,
    path: PathBuf,
    /// The file once more, for a server to have what is copied into it on the disk without holding up the writer. To close any
    /// descriptor of a file gives back all locks that the process has on it, so this is closed after them,
    _file: Option<Arc<File>>,
    /// and before the lock that is held while a server runs, so that a second one refuses to start.
    _lock: Option<ServerLock>,
}

/// What all transactions of one store share.
struct Shared {
    settings: ArcSwap<Settings>,
    clock: Clock,
    ids: Ids,
    /// Apart from the others, so that who only looks changes nothing of what is written later.
    request_ids: Ids,
    memory: Memory,
    kept: Arc<Kept>,
    damage: Damage,
    stats: Arc<Stats>,
    #[cfg(debug_assertions)]
    statements: statements::Statements,
}

impl Shared {
    fn new(ids: Ids, settings: Arc<Settings>, clock: Clock) -> Shared {
        Shared {
            ids,
            request_ids: Ids::above(0),
            memory: Memory::default(),
            kept: Arc::default(),
            damage: Damage::default(),
            stats: Arc::default(),
            settings: ArcSwap::new(settings),
            clock,
            #[cfg(debug_assertions)]
            statements: statements::Statements::default(),
        }
    }
}

/// The fact that a file was filled by `aiins seed`, with the number that its content and its agents' keys follow from.
pub const SEED: &str = "seed";

/// Bytes on the disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StoreFiles {
    /// Of the database.
    pub file: u64,
    /// Of its write-ahead log.
    pub log: u64,
}

/// For whom the file is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// A server: creates the file if there is none, and is the only one.
    Serve,
    /// A command beside or instead of a server: the file must be there.
    Command,
    /// Filling a new file that nobody else knows yet and that is thrown away when it does not get finished: nothing waits
    /// for the disk.
    Fill,
}

impl Store {
    /// Opens the file, brings its schema up to date and starts the writer.
    ///
    /// # Errors
    /// A sentence for the operator: no such file, a server already runs on it, a newer schema, not a database.
    pub fn open(path: &Path, settings: Arc<Settings>, clock: Clock, purpose: Purpose) -> Result<Store> {
        let server_lock = match purpose {
            Purpose::Serve => Some(ServerLock(lock(path)?)),
            Purpose::Command if !path.exists() => {
                return Err(Error::new(
                    Code::NotFound,
                    format!("There is no database at {}; --database or --config names another", path.display()),
                ));
            }
            Purpose::Command | Purpose::Fill => None,
        };
        let checkpoints = match purpose {
            Purpose::Serve | Purpose::Command if settings.database.litestream => Checkpoints::Litestreams,
            Purpose::Serve | Purpose::Command | Purpose::Fill => Checkpoints::Ours,
        };
        let connection = pool::open_for_writing(path, checkpoints)?;
        // A command that only reads has no need to write.
        if purpose == Purpose::Serve && connection.is_readonly("main")? {
            return Err(Error::unavailable(format!("{} cannot be written; see whose it is", path.display())));
        }
        if purpose == Purpose::Fill {
            connection.pragma_update(None, "synchronous", "off")?;
        }
        // A command must not change the schema under a server that knows only the old one.
        let alone = match purpose {
            Purpose::Command if migrations::is_outdated(&connection) => Some(lock(path)?),
            Purpose::Command | Purpose::Serve | Purpose::Fill => None,
        };
        migrations::migrate(&connection, path)?;
        drop(alone);
        let readers = settings.database.readers;
        let shared = Arc::new(Shared::new(Ids::above(migrations::highest_id(&connection)?), settings, clock));
        let pool = Pool::open(path, readers, checkpoints)?;
        shared.kept.watch(&connection)?;
        let file = match purpose {
            Purpose::Serve if checkpoints == Checkpoints::Ours => Some(Arc::new(files::open_to_sync(path)?)),
            Purpose::Serve | Purpose::Command | Purpose::Fill => None,
        };
        let writer = Writer::start(connection, path, checkpoints, file.clone(), Arc::clone(&shared))?;
        Ok(Store { shared, pool, writer, path: path.to_owned(), _file: file, _lock: server_lock })
    }

    /// Runs `work` in a read transaction: it sees one state of the file from beginning to end.
    ///
    /// # Errors
    /// Those of `work`, and 503 when the file cannot be read.
    pub fn read<R>(&self, work: impl FnOnce(&ReadTransaction) -> Result<R>) -> Result<R> {
        let connection = self.pool.get(&self.shared.stats)?;
        let result = pool::within(Some(READ_TIME_MAX), || ReadTransaction::run(&connection, &self.shared, work));
        self.shared.damage.watch(result)
    }

    /// As [`Store::read`], for work that looks at everything and may take its time, such as the audit.
    ///
    /// # Errors
    /// Those of `work`, and 503 when the file cannot be read.
    pub fn read_at_leisure<R>(&self, work: impl FnOnce(&ReadTransaction) -> Result<R>) -> Result<R> {
        let connection = self.pool.get(&self.shared.stats)?;
        let result = pool::within(None, || ReadTransaction::run(&connection, &self.shared, work));
        self.shared.damage.watch(result)
    }

    /// Runs `work` on the writer thread and answers when it is committed to the disk. A refusal leaves no trace.
    ///
    /// # Errors
    /// Those of `work`, and 503 when the file cannot be written, is damaged, or too many writes are waiting.
    pub fn write<R: Send + 'static>(
        &self,
        work: impl FnOnce(&WriteTransaction) -> Result<R> + Send + 'static,
    ) -> Result<R> {
        self.shared.damage.refuse()?;
        self.shared.damage.watch(self.writer.write(work))
    }

    /// Whether requests can be served: the file can be read and written, is not damaged, and there is room for more.
    ///
    /// # Errors
    /// 503 with the reason.
    pub fn probe(&self) -> Result<()> {
        health::refuse_full_disk(&self.path)?;
        self.read(|tx| tx.probe())?;
        self.write(|tx| tx.touch())
    }

    /// Looks through a file that was found to be damaged, until it is known whether it is: a disk that fails to read for a
    /// while looks the same to SQLite. A file that turns out whole is written again.
    ///
    /// # Errors
    /// 503 while the file cannot be read; then it is worth looking again.
    pub fn look_into_damage(&self) -> Result<()> {
        if !self.shared.damage.is_suspected() {
            return Ok(());
        }
        let problems = self.read_at_leisure(|tx| tx.damage())?;
        self.shared.damage.judge(&problems)
    }

    /// Whether the file was found to be damaged. Nothing is written into it then.
    #[must_use]
    pub fn is_damaged(&self) -> bool {
        self.shared.damage.is_found()
    }

    /// As [`Store::write`], and takes back whatever `work` did: nothing of it is ever seen by anyone else.
    ///
    /// # Errors
    /// As [`Store::write`].
    pub fn rehearse<R: Send + 'static>(
        &self,
        work: impl FnOnce(&WriteTransaction) -> Result<R> + Send + 'static,
    ) -> Result<R> {
        self.shared.damage.refuse()?;
        self.shared.damage.watch(self.writer.rehearse(work))
    }

    /// A number that is another one after every commit of this process, before anyone is answered that it happened.
    #[must_use]
    pub fn version(&self) -> u64 {
        self.writer.commits()
    }

    /// The settings as they are now. A transaction keeps those with which it began.
    #[must_use]
    pub fn settings(&self) -> Guard<Arc<Settings>> {
        self.shared.settings.load()
    }

    /// Puts other settings in the place of those that hold. What was made of the old ones at the start, such as the pool of
    /// connections, stays as it is.
    pub fn change_settings(&self, settings: Arc<Settings>) {
        self.shared.settings.store(settings);
    }

    /// The clock all transactions read.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.shared.clock
    }

    /// The generator of ids.
    #[must_use]
    pub fn ids(&self) -> &Ids {
        &self.shared.ids
    }

    /// The generator of the ids of requests.
    #[must_use]
    pub fn request_ids(&self) -> &Ids {
        &self.shared.request_ids
    }

    /// What a room keeps in memory beside the file: one value of each type, made when first asked for.
    #[must_use]
    pub fn memory<T: Default + Send + Sync + 'static>(&self) -> Arc<T> {
        self.shared.memory.get()
    }

    /// The file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Every statement that was prepared so far. Release builds do not remember them.
    #[cfg(debug_assertions)]
    #[must_use]
    pub fn statements(&self) -> Vec<String> {
        self.shared.statements.all()
    }

    /// Steps that SQLite took for all reads so far: in thousands, and in release builds in twenties of them.
    #[must_use]
    pub fn steps(&self) -> u64 {
        self.pool.steps()
    }

    /// Copies the database, as of now, to a new file while readers and the writer go on.
    ///
    /// # Errors
    /// A sentence for the operator.
    pub fn backup(&self, target: &Path, progress: impl Fn(i32, i32)) -> Result<()> {
        pool::backup(&self.path, target, progress)
    }

    /// Puts the content that [`Store::backup`] has copied in place of the file's own, and forgets what rooms keep in memory
    /// but for the types in `kept`. Whoever reads or writes meanwhile sees the one content or the other.
    ///
    /// # Errors
    /// 503 when the copy cannot be read or another program keeps the file locked.
    pub fn revert(&self, copy: &Path, kept: &[TypeId]) -> Result<()> {
        pool::revert(copy, &self.path)?;
        self.shared.memory.forget(kept);
        self.shared.kept.clear();
        // A commit of nothing, so that the content counts as another one.
        self.write(|_| Ok(()))
    }

    /// Ends the writer after what is queued, and copies the write-ahead log into the file.
    pub fn close(&self) {
        self.writer.stop();
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        self.close();
    }
}

/// The lock of a server, given back when it is dropped.
struct ServerLock(File);

impl Drop for ServerLock {
    fn drop(&mut self) {
        // Closing the file is not enough: a process that is being started at this moment has a copy of it until it runs.
        if let Err(error) = self.0.unlock() {
            tracing::warn!(%error, "the lock on the database could not be given back");
        }
    }
}

/// Takes the lock that says "a server runs on this file". It ends with the process, however that ends.
///
/// # Errors
/// 409 when another one holds it, 503 when its file cannot be made.
pub fn lock(path: &Path) -> Result<File> {
    let lock_path = lock_path(path);
    let refuse = |error| Error::new(Code::Unavailable, format!("{} cannot be opened: {error}", lock_path.display()));
    // Whoever may open it can hold it, and keep the server from starting.
    files::create_private(&lock_path)?;
    let file = File::options().write(true).open(&lock_path).map_err(refuse)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(_) => Err(Error::new(
            Code::Conflict,
            format!("Another server already runs on {}; stop it, or choose another --database", path.display()),
        )),
    }
}

/// Whether a server runs on the file.
#[must_use]
pub fn is_in_use(path: &Path) -> bool {
    path.exists() && lock(path).is_err()
}

fn lock_path(path: &Path) -> PathBuf {
    with_suffix(path, ".lock")
}

#[cfg(test)]
mod tests;
