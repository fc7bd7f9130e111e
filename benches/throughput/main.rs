//! Throughput: what the server does in a second, beside what the machine could do without it, all in one run.
//!
//! `cargo bench --bench throughput -- --connections 32` prints a table, `--json` the same as JSON. Reads stand beside the
//! bare listener answering as many bytes, writes beside a loop over SQLite with the statements of a like and one commit
//! for 64 of them. Client and server share the machine, so a figure counts as a ratio. The disk is `target/tmp`'s.
#![allow(clippy::unwrap_used, missing_docs, unreachable_pub)]

mod client;
mod fill;
mod raw;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use aiins::app::App;
use aiins::app::jobs::JobThread;
use aiins::base::clock::Clock;
use aiins::base::config::Settings;
use aiins::base::db::{Purpose, Store};
use aiins::http::{Listener, Options, Response, Service};
use clap::Parser;
use serde_json::json;

use self::client::{Figures, Load, Request};
use self::fill::{Cast, liker};

/// Bounties are made ready for so many acceptances; a faster server is refused the rest.
const ACCEPTS_PER_SECOND_MAX: f64 = 6_000.0;

#[derive(Parser)]
struct Arguments {
    /// Connections that are kept alive, each with one request under way
    #[arg(long, env = "AIINS_BENCH_CONNECTIONS", default_value_t = 32)]
    connections: usize,
    /// Seconds for each measurement
    #[arg(long, env = "AIINS_BENCH_SECONDS", default_value_t = 3.0)]
    seconds: f64,
    /// Agents in the database
    #[arg(long, default_value_t = 1_000)]
    agents: usize,
    /// Notes in the database; five likes and two comments for each
    #[arg(long, default_value_t = 20_000)]
    notes: usize,
    /// Print JSON
    #[arg(long)]
    json: bool,
    /// What `cargo bench` adds
    #[arg(long, hide = true)]
    bench: bool,
}

/// One line of the table: what was measured, and what it is held against.
struct Line {
    name: &'static str,
    figures: Figures,
    reference: Option<(&'static str, f64)>,
}

fn main() {
    let arguments = Arguments::parse();
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let path = folder.path().join("aiins.db");
    let mut settings = Settings::default();
    settings.limits.enabled = false;
    let settings = Arc::new(settings);

    let bounties = (arguments.seconds * ACCEPTS_PER_SECOND_MAX).ceil();
    let cast = Cast::fill(&path, &settings, arguments.agents, arguments.notes, bounties as usize);
    if !arguments.json {
        println!(
            "{} agents and {} notes, filled in {:.1} s",
            cast.keys.len(),
            cast.notes.len(),
            cast.took.as_secs_f64()
        );
    }
    let copy = folder.path().join("raw.db");
    std::fs::copy(&path, &copy).unwrap();

    let store = Store::open(&path, settings, Clock::System, Purpose::Serve).unwrap();
    let app = App::new(Arc::new(store));
    let jobs = JobThread::start(&app).unwrap();
    let listener = Listener::start(Options::new("127.0.0.1:0".parse().unwrap()), app.service()).unwrap();
    let load = Load {
        address: listener.local_addr(),
        connections: arguments.connections,
        time: Duration::from_secs_f64(arguments.seconds),
    };
    let mut lines = reads(&load, &cast);
    let mut raw = raw::Loop::over(&copy, &cast);
    let before = raw.run(load.time / 2);
    lines.extend(writes(&load, &cast));
    let after = raw.run(load.time / 2);
    for line in lines.iter_mut().filter(|line| line.reference.is_none()) {
        line.reference = Some(("raw", f64::midpoint(before, after)));
    }
    listener.shutdown();
    jobs.stop();
    app.store().close();
    print(&lines, (before, after), arguments.json);
}

fn reads(load: &Load, cast: &Cast) -> Vec<Line> {
    let feed = |_: usize| Request::get("/api/notes?limit=20");
    let note = |nth: usize| Request::get(&format!("/api/notes/{}", cast.notes[nth * 7_919 % cast.notes.len()]));
    let status = |nth: usize| {
        let (handle, key) = &cast.keys[nth * 31 % cast.keys.len()];
        Request::get(&format!("/api/agents/{handle}/status")).key(key)
    };
    let busy = |_: usize| Request::get(&format!("/api/agents/{}/status", cast.busy.0)).key(&cast.busy.1);
    let search = |nth: usize| Request::get(&format!("/api/search?q={}", ["practice", "write+answer", "busy"][nth % 3]));
    let mut lines = Vec::new();
    lines.extend(beside_bare("hot feed of 20", "bare, as many bytes as the feed", load, feed));
    lines.extend(beside_bare("a note with comments", "bare, as many bytes as the note", load, note));
    lines.extend(beside_bare("status", "bare, as many bytes as the status", load, status));
    lines.extend(beside_bare("status of a busy agent", "bare, as many bytes as that status", load, busy));
    lines.extend(beside_bare("search", "bare, as many bytes as the search", load, search));
    lines
}

/// The same load on the app, and on a listener that answers the same number of bytes and does nothing else.
fn beside_bare(
    name: &'static str,
    bare_name: &'static str,
    load: &Load,
    request: impl Fn(usize) -> Request + Sync,
) -> [Line; 2] {
    let figures = load.run(&request);
    let body = vec![b'x'; figures.body_bytes];
    let service = Service {
        body_bytes_max: Box::new(|_| 0),
        respond: Box::new(move |_| Response::bytes(200, "application/json; charset=utf-8", body.clone())),
        refuse: Box::new(|_, _| Response::empty(400)),
    };
    let listener = Listener::start(Options::new("127.0.0.1:0".parse().unwrap()), service).unwrap();
    let bare = Load { address: listener.local_addr(), ..*load }.run(&request);
    listener.shutdown();
    let reference = Some(("bare", bare.per_second));
    [Line { name, figures, reference }, Line { name: bare_name, figures: bare, reference }]
}

fn writes(load: &Load, cast: &Cast) -> [Line; 3] {
    // A number of its own for every write, so that no two are the same.
    let next = AtomicUsize::new(0);
    let like = |_: usize| {
        let number = next.fetch_add(1, Ordering::Relaxed);
        let (note, round) = (number % cast.notes.len(), fill::LIKES_EACH + number / cast.notes.len());
        let key = &cast.keys[liker(note, round, cast.keys.len())].1;
        Request::post(&format!("/api/notes/{}/like", cast.notes[note]), "{}").key(key)
    };
    let post = |_: usize| {
        let number = next.fetch_add(1, Ordering::Relaxed);
        let body = json!({"templateId": "article", "fields": {"title": format!("Note {number}"), "body": fill::BODY}});
        Request::post("/api/notes", &body.to_string()).key(&cast.keys[number % cast.keys.len()].1)
    };
    let accepted = AtomicUsize::new(0);
    let accept = |_: usize| {
        let number = accepted.fetch_add(1, Ordering::Relaxed) % cast.bounties.len();
        let body = json!({"claimAgentId": cast.second}).to_string();
        Request::patch(&format!("/api/bounties/{}/claim", cast.bounties[number]), &body).key(&cast.keys[0].1)
    };
    let runs = [("like", load.run(like)), ("post a note", load.run(post)), ("accept a bounty", load.run(accept))];
    runs.map(|(name, figures)| Line { name, figures, reference: None })
}

fn print(lines: &[Line], (before, after): (f64, f64), as_json: bool) {
    let ratio = |line: &Line| line.reference.map_or(0.0, |(_, reference)| line.figures.per_second / reference);
    if as_json {
        let lines: Vec<_> = lines.iter().map(|line| {
            let Figures { per_second, p50_ms, p99_ms, body_bytes, refused } = line.figures;
            json!({"name": line.name, "perSecond": per_second.round(), "p50Ms": p50_ms, "p99Ms": p99_ms,
                   "bodyBytes": body_bytes, "refused": refused, "of": line.reference.map(|(name, _)| name), "ratio": ratio(line)})
        }).collect();
        println!("{}", json!({"lines": lines, "rawBefore": before.round(), "rawAfter": after.round()}));
        return;
    }
    println!("{:<34} {:>10} {:>9} {:>9} {:>8} {:>8}  ratio", "", "requests/s", "p50 ms", "p99 ms", "bytes", "refused");
    for line in lines {
        let Figures { per_second, p50_ms, p99_ms, body_bytes, refused } = line.figures;
        let of = line.reference.map_or("", |(name, _)| name);
        println!(
            "{:<34} {per_second:>10.0} {p50_ms:>9.2} {p99_ms:>9.2} {body_bytes:>8} {refused:>8}  {:.2} of {of}",
            line.name,
            ratio(line)
        );
    }
    println!("raw SQLite, a like's statements, 64 to a commit: {before:.0}/s before the writes, {after:.0}/s after");
}
