//! Throughput: what the server does in a second, beside what the machine could do without it, all in one run.
//!
//! `cargo bench --bench throughput` prints a table of the usual operations, `--json` the same as JSON. Reads stand beside the
//! bare listener answering as many bytes, likes and posts beside a loop over SQLite with their statements and one commit for
//! 64 of them. Client and server share the machine, so a figure counts as a ratio. The disk is `target/tmp`'s.
//!
//! `--only feed` measures what has that in its name, `--rate 5000` sends so many requests a second whether answers come or not,
//! `--mix heartbeat` measures what many agents do at once, and `--growth 20000,200000` how times grow with the file.
#![allow(clippy::unwrap_used, missing_docs, unreachable_pub)]

mod cast;
mod client;
mod growth;
mod instructions;
mod operations;
mod raw;
mod table;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use aiins::app::App;
use aiins::app::jobs::JobThread;
use aiins::base::clock::Clock;
use aiins::base::config::Settings;
use aiins::base::db::{Purpose, Store};
use aiins::cli::seed::Size;
use aiins::http::{Listener, Options, Response, Service};
use clap::Parser;

use self::cast::{Cast, Source};
use self::client::{Figures, Load, Pace, Request};
use self::operations::{Kind, MIXES, Operation};
use self::table::{Line, Table};

/// The operations for which bounties and likes are made ready.
const ACCEPT: &str = "accept a bounty";
const LIKE: &str = "like";
/// Bounties are made ready for so many acceptances, and likes for so many likes; a faster server is refused the rest.
const ACCEPTS_PER_SECOND_MAX: f64 = 10_000.0;
const LIKES_PER_SECOND_MAX: f64 = 20_000.0;
/// What is made ready in any case.
const MIN_READY: usize = 100;

#[derive(Parser)]
pub struct Arguments {
    /// Connections that are kept alive, each with one request under way
    #[arg(long, env = "AIINS_BENCH_CONNECTIONS", default_value_t = 64, value_parser = clap::value_parser!(u16).range(1..=512))]
    connections: u16,
    /// Seconds for each measurement
    #[arg(long, env = "AIINS_BENCH_SECONDS", default_value_t = 3.0)]
    seconds: f64,
    /// Agents in the database
    #[arg(long, default_value_t = 1_000)]
    agents: usize,
    /// Notes in the database; five likes and two comments for each
    #[arg(long, default_value_t = 20_000)]
    notes: usize,
    /// The seed of the database
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// A file that `aiins seed` made, with that seed, in place of a new one; a copy of it is measured
    #[arg(long, value_name = "FILE")]
    database: Option<PathBuf>,
    /// Measure that file itself, which changes it, where there is no room for a copy
    #[arg(long, requires = "database")]
    in_place: bool,
    /// Only operations whose name holds one of these words
    #[arg(long, value_delimiter = ',')]
    only: Vec<String>,
    /// Every operation there is, not only the usual ones
    #[arg(long)]
    all: bool,
    /// Requests a second in all, sent on time whether answers come or not
    #[arg(long)]
    rate: Option<f64>,
    /// A mix of operations at once: read, write or heartbeat
    #[arg(long, value_parser = MIXES.map(|(name, _)| name))]
    mix: Option<String>,
    /// Compare databases of so many notes, with agents and all else in proportion
    #[arg(long, value_delimiter = ',', conflicts_with_all = ["mix", "database", "rate"])]
    growth: Vec<usize>,
    /// Count the instructions of so many requests of each operation, which valgrind does, in place of their times
    #[arg(long, value_name = "REQUESTS", conflicts_with_all = ["mix", "rate", "json"])]
    instructions: Option<usize>,
    /// Print JSON
    #[arg(long)]
    json: bool,
    /// What `cargo bench` adds
    #[arg(long, hide = true)]
    bench: bool,
}

fn main() {
    let arguments = Arguments::parse();
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    if let Some(requests) = arguments.instructions {
        return instructions::measure(&arguments, folder.path(), requests);
    }
    let table = if arguments.growth.is_empty() {
        measure(&arguments, folder.path())
    } else {
        growth::measure(&arguments, folder.path())
    };
    table.print(arguments.json);
}

/// A server over a file, with all that it does by itself.
pub struct Running {
    app: Arc<App>,
    jobs: JobThread,
    listener: Listener,
}

impl Running {
    fn start(path: &Path, settings: &Arc<Settings>) -> Running {
        let store = Store::open(path, Arc::clone(settings), Clock::System, Purpose::Serve).unwrap();
        let app = App::new(Arc::new(store));
        let jobs = JobThread::start(&app).unwrap();
        let listener = Listener::start(Options::new("127.0.0.1:0".parse().unwrap()), app.service()).unwrap();
        Running { app, jobs, listener }
    }

    fn stop(self) {
        self.listener.shutdown();
        self.jobs.stop();
        self.app.store().close();
    }
}

impl Arguments {
    fn settings() -> Arc<Settings> {
        let mut settings = Settings::default();
        settings.limits.enabled = false;
        Arc::new(settings)
    }

    /// Where the database is to be.
    fn path(&self, folder: &Path) -> PathBuf {
        self.database.clone().filter(|_| self.in_place).unwrap_or_else(|| folder.join("aiins.db"))
    }

    fn source(&self, size: Size) -> Source {
        Source { file: self.database.clone(), size, seed: self.seed }
    }

    fn load(&self, running: &Running) -> Load {
        Load {
            address: running.listener.local_addr(),
            connections: usize::from(self.connections),
            time: Duration::from_secs_f64(self.seconds),
            pace: self.rate.map_or(Pace::Closed, Pace::Open),
        }
    }

    /// How many things to make ready for an operation that uses each of them once.
    fn ready(&self, name: &str, per_second_max: f64) -> usize {
        let in_mix = |mix: &String| operations::parts_of(mix).iter().any(|(part, _)| *part == name);
        let is_named = self.only.is_empty() || self.only.iter().any(|word| name.contains(word.as_str()));
        if !self.mix.as_ref().map_or(is_named, in_mix) {
            return MIN_READY;
        }
        MIN_READY + (self.seconds * self.rate.unwrap_or(f64::INFINITY).min(per_second_max)).ceil() as usize
    }

    fn wants(&self, operation: &Operation) -> bool {
        match self.only.as_slice() {
            [] => operation.usual || self.all,
            words => words.iter().any(|word| operation.name.contains(word.as_str())),
        }
    }
}

fn measure(arguments: &Arguments, folder: &Path) -> Table {
    let (path, settings) = (arguments.path(folder), Arguments::settings());
    let source = arguments.source(Size { agents: arguments.agents, notes: arguments.notes });
    let (likes, bounties) =
        (arguments.ready(LIKE, LIKES_PER_SECOND_MAX), arguments.ready(ACCEPT, ACCEPTS_PER_SECOND_MAX));
    let cast = source.prepare(&path, &settings, likes, bounties);
    let mut table = Table::about(&cast, &path);
    let operations = operations::all(&cast);
    let wants_raw =
        arguments.mix.is_none() && operations.iter().any(|it| it.kind == Kind::Write && arguments.wants(it));
    // The server adds to the file what the loops would add too, so they have one of their own.
    let copy = folder.join("raw.db");
    if wants_raw {
        std::fs::copy(&path, &copy).unwrap();
    }
    let running = Running::start(&path, &settings);
    let load = arguments.load(&running);
    match &arguments.mix {
        Some(mix) => table.lines = measure_mix(&load, &operations, mix),
        None => {
            let wanted: Vec<&Operation> = operations.iter().filter(|operation| arguments.wants(operation)).collect();
            let (reads, writes): (Vec<&Operation>, _) =
                wanted.iter().partition(|operation| operation.kind == Kind::Read);
            table.lines = reads.iter().flat_map(|operation| beside_bare(&load, operation)).collect();
            table.compare_pages(&reads);
            if wants_raw {
                measure_writes(&mut table, &running, &load, &writes, &copy, &cast);
            }
        }
    }
    running.stop();
    table
}

/// The same load on the app, and on a listener that answers the same number of bytes and does nothing else.
fn beside_bare(load: &Load, operation: &Operation) -> [Line; 2] {
    let figures = load.run(&operation.request);
    let body = vec![b'x'; figures.body_bytes];
    let service = Service {
        body_bytes_max: Box::new(|_| 0),
        respond: Box::new(move |_| Response::bytes(200, "application/json; charset=utf-8", body.clone())),
        refuse: Box::new(|_, _| Response::empty(400)),
    };
    let listener = Listener::start(Options::new("127.0.0.1:0".parse().unwrap()), service).unwrap();
    let bare = Load { address: listener.local_addr(), ..*load }.run(&operation.request);
    listener.shutdown();
    let reference = Some(("bare".to_owned(), bare.per_second));
    [Line { reference, ..Line::new(operation.name, figures) }, Line::new("  bare, as many bytes", bare)]
}

/// Writes, between two runs of each loop: what the disk does changes from minute to minute.
fn measure_writes(
    table: &mut Table,
    running: &Running,
    load: &Load,
    operations: &[&Operation],
    copy: &Path,
    cast: &Cast,
) {
    let mut raw = raw::Loop::over(copy, cast);
    let before = raw.run_each(load.time / 2);
    let mut lines: Vec<Line> = operations
        .iter()
        .map(|operation| {
            let commits = &running.app.store().stats().commits;
            let before = commits.count();
            let figures = load.run(&operation.request);
            let per_commit = Some(figures.answers as f64 / (commits.count() - before).max(1) as f64);
            Line { per_commit, ..Line::new(operation.name, figures) }
        })
        .collect();
    let after = raw.run_each(load.time / 2);
    for line in &mut lines {
        // What has no loop of its own stands beside that of a like.
        let at = before.iter().position(|(name, _)| *name == line.name).unwrap_or(0);
        let name = format!("raw {}", before[at].0);
        line.reference = Some((name, f64::midpoint(before[at].1, after[at].1)));
    }
    table.lines.append(&mut lines);
    table.raw = before.iter().zip(&after).map(|((name, before), (_, after))| (*name, *before, *after)).collect();
}

/// Many kinds of requests at once, each as often as the mix says.
fn measure_mix(load: &Load, operations: &[Operation], name: &str) -> Vec<Line> {
    let parts = operations::parts_of(name);
    let whole: f64 = parts.iter().map(|(_, weight)| weight).sum();
    let parts: Vec<(&Operation, f64)> = parts
        .iter()
        .map(|(part, weight)| (operations.iter().find(|it| it.name == *part).unwrap(), weight / whole))
        .collect();
    let next = |number: usize| -> (usize, Request) {
        // Multiples of the golden ratio are spread evenly, however many there are.
        let mut share = (number as f64 * 0.618_033_988_749_895).fract();
        let kind = parts.iter().position(|(_, weight)| {
            share -= weight;
            share < 0.0
        });
        let kind = kind.unwrap_or(parts.len() - 1);
        (kind, (parts[kind].0.request)(number))
    };
    let figures: Vec<Figures> = load.run_mix(parts.len(), next);
    let names = parts.iter().map(|(part, _)| part.name).chain(["all together"]);
    names.zip(figures).map(|(name, figures)| Line::new(name, figures)).collect()
}
