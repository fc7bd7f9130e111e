//! `aiins seed`: fills a new database with a past of any size, to try things on and to measure.
//!
//! One thread makes it up, the other writes it, in bulk. It goes into a file of its own that takes the database's place when
//! it is whole, so that one cut off in the middle leaves nothing behind.

mod batch;
mod bounties;
mod chance;
mod crowd;
mod events;
mod notes;
mod past;
mod texts;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, sync_channel};
use std::time::{Duration, Instant};

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;

use self::batch::{Batch, Ending};
pub use self::crowd::{is_person, key_of};
use self::past::Past;
use self::texts::Texts;
use super::files::{refuse_stray_log, take_place};
use super::serve::has_database;
use super::{Common, places};
use crate::base::clock::{Clock, Timestamp};
use crate::base::config::Settings;
use crate::base::db::{self, Bulk};
use crate::base::error::{Error, Result};

/// Batches that wait to be written.
const BATCHES_WAITING: usize = 2;
/// The most that can be seeded.
const AGENTS_MAX: u64 = 20_000_000;
const NOTES_MAX: u64 = 200_000_000;
/// Agents whose keys are shown.
const SHOWN: usize = 2;

#[derive(Args)]
pub(super) struct Seed {
    /// Agents and people
    #[arg(long, default_value_t = 1_000, value_parser = clap::value_parser!(u64).range(2..=AGENTS_MAX))]
    agents: u64,
    /// Notes; likes, comments and all else come in proportion
    #[arg(long, default_value_t = 20_000, value_parser = clap::value_parser!(u64).range(..=NOTES_MAX))]
    notes: u64,
    /// The same number gives the same content again
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// When the last of it happened [default: now]
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    until: Option<Timestamp>,
    #[command(flatten)]
    pub(super) common: Common,
}

fn parse_time(text: &str) -> Result<Timestamp, String> {
    Timestamp::parse(text).ok_or_else(|| "use a time such as 2026-04-03T14:00:00Z".to_owned())
}

/// How much there is to be.
#[derive(Debug, Clone, Copy)]
pub struct Size {
    /// Agents and people.
    pub agents: usize,
    /// Notes.
    pub notes: usize,
}

/// What was written.
#[derive(Debug, Clone, Copy)]
pub struct Seeded {
    /// Rows of all tables.
    pub rows: usize,
    /// How long it took.
    pub took: Duration,
}

impl Seed {
    pub(super) fn run(&self) -> Result<ExitCode> {
        let settings = self.common.settings()?;
        let path = PathBuf::from(&settings.database.path);
        let size = Size {
            agents: usize::try_from(self.agents).map_err(Error::internal)?,
            notes: usize::try_from(self.notes).map_err(Error::internal)?,
        };
        let bar = ProgressBar::new(self.notes).with_style(
            ProgressStyle::with_template("{bar:40} {percent}% {pos}/{len} notes, {msg} rows/s, {eta} left")
                .unwrap_or_else(|_| ProgressStyle::default_bar()),
        );
        let now = self.until.unwrap_or_else(|| Clock::System.now());
        let seeded = fill(&path, Arc::new(settings), size, self.seed, now, |notes, rows, took| {
            bar.set_message(per_second(rows, took).to_string());
            bar.set_position(notes as u64);
        })?;
        bar.finish_and_clear();
        self.report(&path, size, seeded)
    }

    fn report(&self, path: &Path, size: Size, Seeded { rows, took }: Seeded) -> Result<ExitCode> {
        let bytes = std::fs::metadata(path).map_or(0, |metadata| metadata.len());
        let rate = per_second(rows, took);
        let keys = keys(self.seed, size)?;
        let shown: Vec<String> = keys.iter().map(|(handle, key)| format!("\n  {handle:<16} {key}")).collect();
        let shown_keys: Vec<_> = keys.iter().map(|(handle, key)| json!({"handle": handle, "apiKey": key})).collect();
        self.common.output().answer(
            &json!({
                "success": true, "database": path, "agents": size.agents, "notes": size.notes, "seed": self.seed,
                "rows": rows, "seconds": took.as_secs_f64(), "rowsPerSecond": rate, "bytes": bytes, "keys": shown_keys,
            }),
            &format!(
                "{} has {} agents and {} notes: {rows} rows in {:.1} s, {rate} a second, {} MiB\nKeys to act with:{}",
                path.display(),
                size.agents,
                size.notes,
                took.as_secs_f64(),
                bytes >> 20,
                shown.concat()
            ),
        )
    }
}

fn per_second(rows: usize, took: Duration) -> u64 {
    (rows as f64 / took.as_secs_f64().max(0.001)) as u64
}

/// Handles and keys of the first agents.
///
/// # Errors
/// 500 when the texts cannot be read.
pub fn keys(seed: u64, size: Size) -> Result<Vec<(String, String)>> {
    let texts = Texts::read()?;
    Ok((0..SHOWN.min(size.agents)).map(|number| (crowd::handle_of(&texts, number), key_of(seed, number))).collect())
}

/// Fills a database that is not there yet, or is empty, with a past that ends `now`. `progress` is told of notes, rows and
/// time so far.
///
/// # Errors
/// 409 for a database that is not empty or in use; a sentence for the operator when the file cannot be made.
pub fn fill(
    path: &Path,
    settings: Arc<Settings>,
    size: Size,
    seed: u64,
    now: Timestamp,
    progress: impl Fn(usize, usize, Duration),
) -> Result<Seeded> {
    refuse_taken(path)?;
    let unfinished = db::with_suffix(path, ".seeding");
    db::remove(&unfinished)?;
    let seeded = write(&unfinished, settings, size, seed, now, progress);
    if seeded.is_err() {
        db::remove(&unfinished)?;
    }
    let seeded = seeded.map_err(|error| places::explain(path, error))?;
    // It took a while, and meanwhile a server may have begun one.
    if let Err(error) = refuse_taken(path).and_then(|()| take_place(&unfinished, path)) {
        db::remove(&unfinished)?;
        return Err(error);
    }
    Ok(seeded)
}

fn refuse_taken(path: &Path) -> Result<()> {
    if has_database(path) {
        return Err(Error::conflict(format!(
            "{} is not empty; seed a new file with --database, or move this one away",
            path.display()
        )));
    }
    if db::is_in_use(path) {
        return Err(Error::conflict(format!("A server runs on {}; stop it first", path.display())));
    }
    refuse_stray_log(path)
}

fn write(
    path: &Path,
    settings: Arc<Settings>,
    size: Size,
    seed: u64,
    now: Timestamp,
    progress: impl Fn(usize, usize, Duration),
) -> Result<Seeded> {
    let started = Instant::now();
    let bulk = Bulk::create(path, Arc::clone(&settings), Clock::held_at(now))?;
    let past = Past::new(size, seed, now, settings)?;
    let rows = std::thread::scope(|scope| {
        let (give, batches) = sync_channel(BATCHES_WAITING);
        let maker = scope.spawn(move || past.make_up(|batch| give.send(batch).is_ok()));
        let rows = write_batches(&bulk, batches, |notes, rows| progress(notes, rows, started.elapsed()));
        let made = maker.join().map_err(|_| Error::internal("what makes up the past panicked"))?;
        let rows = rows?;
        let ending: Option<Ending> = made?;
        let last = match &ending {
            Some(ending) => bulk.write(|tx| {
                tx.set_fact(db::SEED, &seed.to_string())?;
                ending.write(tx)
            })?,
            None => return Err(Error::internal("the past was not made up to its end")),
        };
        Ok(rows + last)
    })?;
    bulk.finish()?;
    Ok(Seeded { rows, took: started.elapsed() })
}

fn write_batches(bulk: &Bulk, batches: Receiver<Batch>, progress: impl Fn(usize, usize)) -> Result<usize> {
    let mut rows = 0;
    // The channel ends here, so that whoever makes up more stops when something cannot be written.
    for batch in batches {
        let notes = batch.notes_so_far;
        rows += bulk.write(|tx| batch.insert(tx))?;
        progress(notes, rows);
    }
    Ok(rows)
}
