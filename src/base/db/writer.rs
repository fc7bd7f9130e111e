//! The writer: one thread that runs every write, and shares one commit among those that wait at the same moment.

use std::fs::File;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use rusqlite::{Connection, Row};

use super::pool::{self, Checkpoints};
use super::stats::{Place, Stats};
use super::transaction::{Effect, WriteTransaction};
use super::{Shared, files};
use crate::base::error::{Error, Result};

/// Pieces of work that one commit waits for, whether they are kept or not.
const BATCH_MAX: usize = 64;
/// How long a piece of work that is done may wait for others before it is committed.
const BATCH_TIME_MAX: Duration = Duration::from_millis(10);
/// Writes that may wait; one more is refused with 503.
const QUEUE_MAX: usize = 4096;
/// How often the checkpoint thread looks whether there is something to copy.
const CHECKPOINT_INTERVAL: Duration = Duration::from_millis(50);
/// The write-ahead log is copied into the file after so many writes,
const CHECKPOINT_WRITES: u64 = 200;
/// or when some write has waited so many intervals for it.
const CHECKPOINT_INTERVALS_MAX: u32 = 100;
/// When readers and writes kept the log from starting over until it has so many pages, the writer itself waits for that,
const LOG_PAGES_MAX: i64 = 4_096;
/// but no longer than this, within which most readers are done. Where they were not, it waits again
const LOG_WAIT: Duration = Duration::from_millis(5);
/// when the log is so many pages longer.
const LOG_PAGES_MORE: i64 = 1_024;
/// At the end nobody's write waits.
const LAST_LOG_WAIT: Duration = Duration::from_secs(5);
/// A log this long that only Litestream may shorten says that it does not run.
const LOG_BYTES_WARNED: u64 = 1 << 30;

pub(super) struct Writer {
    counters: Arc<Counters>,
    stats: Arc<Stats>,
    /// Taken away to say that no more comes.
    queue: Mutex<Option<SyncSender<Box<dyn Job>>>>,
    threads: Mutex<Vec<JoinHandle<()>>>,
}

struct Counters {
    writes: AtomicU64,
    /// Commits whose effects in memory are done as well.
    commits: AtomicU64,
    /// The log has grown too long to be left to the checkpoint thread.
    log_is_long: AtomicBool,
    /// Pages from which on it is too long.
    log_pages_max: AtomicI64,
}

/// A piece of work on its way through the writer. It is a trait only so that works with different results fit one queue.
trait Job: Send {
    /// Does the work and says whether its changes are to be kept.
    fn run(&mut self, tx: &WriteTransaction) -> bool;
    /// Answers whoever waits: with the work's own result, or with why it was not kept.
    fn finish(self: Box<Self>, committed: Result<()>);
}

struct Task<F, R> {
    work: Option<F>,
    /// Whether a good outcome stays.
    keep: bool,
    outcome: Option<Result<R>>,
    reply: SyncSender<Result<R>>,
    /// Given back with the task, however that ends.
    _place: Place,
}

impl<F, R> Job for Task<F, R>
where
    F: FnOnce(&WriteTransaction) -> Result<R> + Send,
    R: Send,
{
    fn run(&mut self, tx: &WriteTransaction) -> bool {
        let Some(work) = self.work.take() else { return false };
        let outcome = catch_unwind(AssertUnwindSafe(|| work(tx)))
            .unwrap_or_else(|panic| Err(Error::internal(panic_message(panic.as_ref()))));
        let keep = self.keep && outcome.is_ok();
        self.outcome = Some(outcome);
        keep
    }

    fn finish(self: Box<Self>, committed: Result<()>) {
        let outcome = match (self.outcome, committed) {
            (Some(Err(refusal)), _) | (_, Err(refusal)) => Err(refusal),
            (Some(outcome), Ok(())) => outcome,
            (None, Ok(())) => Err(Error::internal("a write was finished before it ran")),
        };
        // Whoever asked may be gone; the write stands all the same.
        let _ = self.reply.send(outcome);
    }
}

fn panic_message(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().copied().or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    format!("a write panicked: {}", text.unwrap_or("no message"))
}

impl Writer {
    pub(super) fn start(
        connection: Connection,
        path: &Path,
        checkpoints: Checkpoints,
        file: Option<Arc<File>>,
        shared: Arc<Shared>,
    ) -> Result<Writer> {
        let (queue, jobs) = sync_channel::<Box<dyn Job>>(QUEUE_MAX);
        let counters = Arc::new(Counters {
            writes: AtomicU64::new(0),
            commits: AtomicU64::new(0),
            log_is_long: AtomicBool::new(false),
            log_pages_max: AtomicI64::new(LOG_PAGES_MAX),
        });
        let (stop, stats) = (Arc::new(AtomicBool::new(false)), Arc::clone(&shared.stats));

        let checkpointer = {
            let (stop, counters) = (Arc::clone(&stop), Arc::clone(&counters));
            match checkpoints {
                Checkpoints::Ours => {
                    let connection = pool::open_for_checkpoints(path)?;
                    spawn("aiins-checkpoint", move || {
                        checkpoint_beside(&connection, file.as_deref(), &counters, &stop);
                    })?
                }
                Checkpoints::Litestreams => {
                    let log = files::with_suffix(path, "-wal");
                    spawn("aiins-checkpoint", move || watch_log(&log, &stop))?
                }
            }
        };
        let writer = {
            let (counters, resting) = (Arc::clone(&counters), checkpointer.thread().clone());
            spawn("aiins-writer", move || {
                WriterThread { connection, shared, counters, checkpoints }.run(&jobs);
                stop.store(true, Ordering::SeqCst);
                resting.unpark();
            })?
        };
        Ok(Writer { counters, stats, queue: Mutex::new(Some(queue)), threads: Mutex::new(vec![writer, checkpointer]) })
    }

    pub(super) fn commits(&self) -> u64 {
        self.counters.commits.load(Ordering::Acquire)
    }

    pub(super) fn write<R: Send + 'static>(
        &self,
        work: impl FnOnce(&WriteTransaction) -> Result<R> + Send + 'static,
    ) -> Result<R> {
        self.run(work, true)
    }

    pub(super) fn rehearse<R: Send + 'static>(
        &self,
        work: impl FnOnce(&WriteTransaction) -> Result<R> + Send + 'static,
    ) -> Result<R> {
        self.run(work, false)
    }

    fn run<R: Send + 'static>(
        &self,
        work: impl FnOnce(&WriteTransaction) -> Result<R> + Send + 'static,
        keep: bool,
    ) -> Result<R> {
        let (reply, answer) = sync_channel(1);
        let task = Box::new(Task { work: Some(work), keep, outcome: None, reply, _place: Place::take(&self.stats) });
        let queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let Some(queue) = queue else { return Err(shutting_down()) };
        let sent = queue.try_send(task);
        match sent {
            Ok(()) => answer.recv().unwrap_or_else(|_| Err(shutting_down())),
            Err(TrySendError::Full(_)) => Err(Error::unavailable("Too many writes are waiting; try again")),
            Err(TrySendError::Disconnected(_)) => Err(shutting_down()),
        }
    }

    /// Lets what is queued finish and ends both threads.
    pub(super) fn stop(&self) {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner).take();
        for thread in self.threads.lock().unwrap_or_else(PoisonError::into_inner).drain(..) {
            let _ = thread.join();
        }
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.stop();
    }
}

fn shutting_down() -> Error {
    Error::unavailable("The server is shutting down")
}

fn spawn(name: &str, body: impl FnOnce() + Send + 'static) -> Result<JoinHandle<()>> {
    std::thread::Builder::new()
        .name(name.to_owned())
        .spawn(body)
        .map_err(|error| Error::unavailable("The machine has no thread left").caused_by(error))
}

struct WriterThread {
    connection: Connection,
    shared: Arc<Shared>,
    counters: Arc<Counters>,
    checkpoints: Checkpoints,
}

impl WriterThread {
    fn run(&self, jobs: &Receiver<Box<dyn Job>>) {
        while let Ok(first) = jobs.recv() {
            self.batch(first, jobs);
            if self.counters.log_is_long.swap(false, Ordering::Relaxed) {
                self.start_log_over();
            }
        }
        if self.checkpoints == Checkpoints::Ours
            && let Err(error) = self.checkpoint("PRAGMA wal_checkpoint(TRUNCATE)", LAST_LOG_WAIT)
        {
            tracing::warn!(%error, "the write-ahead log could not be copied into the file");
        }
    }

    /// Runs the first job and what waits behind it, commits once, and then answers all of them.
    fn batch(&self, first: Box<dyn Job>, jobs: &Receiver<Box<dyn Job>>) {
        if let Err(error) = self.command("BEGIN IMMEDIATE") {
            return refuse_waiting(first, jobs, error.into());
        }
        let mut kept: Vec<Box<dyn Job>> = Vec::with_capacity(BATCH_MAX);
        let mut effects: Vec<Effect> = Vec::new();
        let (began, mut run) = (Instant::now(), 0);
        let mut next = Some(first);
        while let Some(mut job) = next.take() {
            match self.run_in_savepoint(job.as_mut()) {
                Ok(Some(mut done)) => {
                    effects.append(&mut done);
                    kept.push(job);
                }
                Ok(None) => job.finish(Ok(())),
                Err(cause) => {
                    self.roll_back();
                    kept.push(job);
                    return refuse_all(kept, &cause);
                }
            }
            run += 1;
            // What is refused or only rehearsed counts too: a flood of it must not hold up what was kept.
            if run < BATCH_MAX && began.elapsed() < BATCH_TIME_MAX {
                next = jobs.try_recv().ok();
            }
        }
        if kept.is_empty() {
            return self.roll_back();
        }
        let commit_began = Instant::now();
        if let Err(error) = self.command("COMMIT") {
            self.shared.stats.commits_failed.increment();
            self.roll_back();
            return refuse_all(kept, &error.to_string());
        }
        self.shared.stats.commits.add_time(commit_began.elapsed());
        self.shared.stats.batches.add(kept.len() as u64);
        self.counters.writes.fetch_add(kept.len() as u64, Ordering::Relaxed);
        // Before anyone is answered, so that who was finds it so.
        self.shared.kept.forget_changed();
        for effect in effects {
            effect();
        }
        self.counters.commits.fetch_add(1, Ordering::Release);
        for job in kept {
            job.finish(Ok(()));
        }
    }

    /// `None` when the job was refused; its changes are gone then.
    ///
    /// # Errors
    /// When the whole transaction is lost: SQLite rolls back by itself when the disk is full, for one.
    fn run_in_savepoint(&self, job: &mut dyn Job) -> Result<Option<Vec<Effect>>, String> {
        let command = |sql| self.command(sql).map_err(|error| error.to_string());
        command("SAVEPOINT job")?;
        let tx = WriteTransaction::new(&self.connection, &self.shared);
        let keep = job.run(&tx);
        if self.connection.is_autocommit() {
            return Err("SQLite rolled the transaction back".to_owned());
        }
        if !keep {
            command("ROLLBACK TO job")?;
        }
        command("RELEASE job")?;
        Ok(keep.then(|| tx.take_effects()))
    }

    fn command(&self, sql: &str) -> rusqlite::Result<()> {
        let done = self.connection.prepare_cached(sql).and_then(|mut statement| statement.execute([]));
        done.map(drop).inspect_err(|error| self.shared.damage.look_at(error))
    }

    fn roll_back(&self) {
        self.shared.kept.forget_changed();
        if !self.connection.is_autocommit()
            && let Err(error) = self.command("ROLLBACK")
        {
            tracing::error!(%error, "a transaction could not be rolled back");
        }
    }

    /// Copies the rest of the log into the file and has the next write begin it anew, once no reader needs it. Its file stays
    /// as long as it is: to cut it, and to have it grow again, costs more than all the rest.
    fn start_log_over(&self) {
        let pages_max = &self.counters.log_pages_max;
        match self.checkpoint("PRAGMA wal_checkpoint(RESTART)", LOG_WAIT) {
            Ok(true) => pages_max.store(LOG_PAGES_MAX, Ordering::Relaxed),
            Ok(false) => drop(pages_max.fetch_add(LOG_PAGES_MORE, Ordering::Relaxed)),
            Err(error) => tracing::warn!(%error, "the write-ahead log could not be copied into the file"),
        }
    }

    /// Whether a checkpoint came to its end, which waits so long for readers.
    fn checkpoint(&self, sql: &str, wait: Duration) -> rusqlite::Result<bool> {
        self.connection.busy_timeout(wait)?;
        let is_whole = self.connection.query_row(sql, [], |row| Ok(row.get::<_, i64>("busy")? == 0));
        self.connection.busy_timeout(pool::BUSY_TIMEOUT)?;
        is_whole
    }
}

/// Refuses the first job and all that wait behind it: each of them would wait as long as it did for another program's
/// lock, one after the other.
fn refuse_waiting(first: Box<dyn Job>, jobs: &Receiver<Box<dyn Job>>, error: Error) {
    let message = error.message().to_owned();
    for job in jobs.try_iter().take(QUEUE_MAX) {
        job.finish(Err(Error::unavailable(message.clone())));
    }
    first.finish(Err(error));
}

fn refuse_all(jobs: Vec<Box<dyn Job>>, cause: &str) {
    tracing::error!(cause, writes = jobs.len(), "a commit failed; nothing of it was kept");
    for job in jobs {
        job.finish(Err(
            Error::unavailable("The write could not be committed; nothing of it was kept").caused_by(cause.to_owned())
        ));
    }
}

/// Copies the log into the file now and then, beside readers and the writer.
fn checkpoint_beside(connection: &Connection, file: Option<&File>, counters: &Counters, stop: &AtomicBool) {
    let (mut writes_copied, mut intervals, mut is_failing) = (0, 0, false);
    while !stop.load(Ordering::SeqCst) {
        // Parked and not asleep, so that stopping need not wait for the interval to end.
        std::thread::park_timeout(CHECKPOINT_INTERVAL);
        let writes = counters.writes.load(Ordering::Relaxed);
        intervals += 1;
        let due = writes - writes_copied >= CHECKPOINT_WRITES || intervals >= CHECKPOINT_INTERVALS_MAX;
        if writes == writes_copied || !due {
            continue;
        }
        match copy_log(connection, file) {
            Ok(Some(log)) => {
                (writes_copied, intervals, is_failing) = (writes, 0, false);
                if log.pages < LOG_PAGES_MAX {
                    counters.log_pages_max.store(LOG_PAGES_MAX, Ordering::Relaxed);
                }
                // While someone reads what is old, much is not copied yet: that is not for the writer to do, and in vain.
                let is_long = log.pages > counters.log_pages_max.load(Ordering::Relaxed);
                let is_nearly_copied = (1..LOG_PAGES_MAX).contains(&log.pages_left);
                counters.log_is_long.store(is_long && is_nearly_copied, Ordering::Relaxed);
            }
            // Another does it at this moment, and we look again soon.
            Ok(None) => {}
            // Once for each fault: a disk that is full stays so for a while.
            Err(error) if !is_failing => {
                is_failing = true;
                tracing::warn!(%error, "a checkpoint failed; the write-ahead log grows until one succeeds");
            }
            Err(_) => {}
        }
    }
}

/// The log after a checkpoint.
struct Log {
    pages: i64,
    /// Those that are not in the file yet.
    pages_left: i64,
}

/// Copies as much of the log as it can and has that on the disk; `None` when another copies it.
///
/// While others write, SQLite copies and does not wait for the disk: who copies the last page of the log does, for all that
/// was copied since, and that would be the writer when it starts the log over. So the waiting is done here.
fn copy_log(
    connection: &Connection,
    file: Option<&File>,
) -> std::result::Result<Option<Log>, Box<dyn std::error::Error>> {
    let read =
        |row: &Row| Ok((row.get::<_, bool>("busy")?, row.get::<_, i64>("log")?, row.get::<_, i64>("checkpointed")?));
    let (is_busy, pages, copied) = connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], read)?;
    if is_busy {
        return Ok(None);
    }
    if let Some(file) = file {
        file.sync_data()?;
    }
    Ok(Some(Log { pages, pages_left: pages - copied }))
}

/// Says when nobody shortens the log that is left to Litestream.
fn watch_log(log: &Path, stop: &AtomicBool) {
    let mut warned_at = LOG_BYTES_WARNED;
    while !stop.load(Ordering::SeqCst) {
        std::thread::park_timeout(CHECKPOINT_INTERVAL * CHECKPOINT_INTERVALS_MAX);
        let bytes = std::fs::metadata(log).map_or(0, |metadata| metadata.len());
        if bytes >= warned_at {
            warned_at = bytes.saturating_mul(2);
            tracing::warn!(bytes, "the write-ahead log is left to Litestream and only grows; does it run?");
        }
    }
}
