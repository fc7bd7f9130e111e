//! The crowd: clients that are silent, slow, greedy or many at the real binary, and beside them one who asks as others do
//! and has to be answered soon.
//!
//! `AIINS_CROWD_SECONDS` says how long each kind of crowd stays.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use serde_json::json;

use crate::process::{Process, call, http, serve};

/// What a probe may take while the crowd is there, for 99 of 100. Debug builds on a busy machine get more.
const P99_MAX: Duration = Duration::from_millis(if cfg!(debug_assertions) { 1_000 } else { 100 });
/// What one may take while all of them come at once: they wait in one line.
const ARRIVAL_MAX: Duration = Duration::from_secs(3);
/// When all is normal again after it left.
/// Probes of which the slowest says something.
const PROBES_MIN: usize = 8;
const RECOVERY: Duration = Duration::from_secs(2);

fn stay() -> Duration {
    Duration::from_secs(std::env::var("AIINS_CROWD_SECONDS").map_or(1, |seconds| seconds.parse().unwrap()))
}

fn connect(server: &Process) -> TcpStream {
    let stream = TcpStream::connect(server.url.trim_start_matches("http://")).unwrap();
    stream.set_write_timeout(Some(Duration::from_secs(2))).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(2))).unwrap();
    stream
}

/// Asks as others do until it is told to stop: reads and writes, over a connection it keeps and over new ones. Answers when
/// each probe began and how long it took.
fn probe(server: &Process, key: &str, stop: &AtomicBool, answered: &AtomicUsize) -> Vec<(Instant, Duration)> {
    let (kept, mut took, mut nth) = (http(), Vec::new(), 0);
    while !stop.load(Ordering::SeqCst) {
        let fresh = http();
        let client = if nth % 3 == 0 { &fresh } else { &kept };
        let began = Instant::now();
        let (status, body) = match nth % 4 {
            0 => call(client, &server.url, "GET", "/api/notes?limit=5", key, &json!({})),
            1 => call(client, &server.url, "POST", "/api/agents/bob/follow", key, &json!({})),
            2 => call(client, &server.url, "GET", "/api/agents/ada/status", key, &json!({})),
            _ => call(client, &server.url, "GET", "/healthz", "", &json!({})),
        };
        took.push((began, began.elapsed()));
        answered.fetch_add(1, Ordering::SeqCst);
        assert_eq!(status, 200, "{body}");
        nth += 1;
        std::thread::sleep(Duration::from_millis(5));
    }
    took
}

/// Has a crowd come and do what it does for a while, and then leave, while the probe runs.
#[track_caller]
fn probed<C>(server: &Process, key: &str, name: &str, come: impl FnOnce() -> C, mut act: impl FnMut(&mut C)) {
    let (stop, answered) = (AtomicBool::new(false), AtomicUsize::new(0));
    let (took, there) = std::thread::scope(|scope| {
        let probing = scope.spawn(|| probe(server, key, &stop, &answered));
        let mut crowd = come();
        let (there, before) = (Instant::now(), answered.load(Ordering::SeqCst));
        // A machine that is busy with other tests answers few probes in that time, but it has to answer some.
        let has_few = || answered.load(Ordering::SeqCst) < before + PROBES_MIN && there.elapsed() < 10 * stay();
        while there.elapsed() < stay() || has_few() {
            act(&mut crowd);
            std::thread::sleep(Duration::from_millis(5));
        }
        stop.store(true, Ordering::SeqCst);
        (probing.join().unwrap(), there)
    });
    let slowest = took.iter().map(|(_, took)| *took).max().unwrap_or_default();
    let mut took: Vec<Duration> = took.into_iter().filter(|(began, _)| *began >= there).map(|(_, took)| took).collect();
    took.sort_unstable();
    assert!(took.len() > 5, "{name}: only {} probes were answered", took.len());
    let p99 = took[(took.len() * 99 / 100).min(took.len() - 1)];
    eprintln!("{name}: {} probes, p50 {:?}, p99 {p99:?}; {slowest:?} as it came", took.len(), took[took.len() / 2]);
    assert!(p99 < P99_MAX, "{name}: p99 {p99:?}");
    assert!(slowest < ARRIVAL_MAX, "{name}: a probe took {slowest:?} as the crowd came");
    std::thread::sleep(RECOVERY);
    let began = Instant::now();
    server.is_ready().unwrap();
    assert!(began.elapsed() < P99_MAX, "{name}: {:?} for a probe after it left", began.elapsed());
}

fn threads_of(server: &Process) -> usize {
    std::fs::read_dir(format!("/proc/{}/task", server.id())).unwrap().count()
}

#[test]
fn whatever_a_crowd_does_others_are_answered_soon() {
    rlimit::increase_nofile_limit(u64::MAX).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("aiins.db");
    let server = Process::start(serve(&path, &[]));
    let key = server.register("ada");
    server.register("bob");
    let before = threads_of(&server);

    let greeted = |bytes: &[u8]| {
        let mut stream = connect(&server);
        stream.set_nonblocking(true).unwrap();
        let _ = stream.write(bytes);
        stream
    };
    let many = |number: usize, bytes: &[u8]| (0..number).map(|_| greeted(bytes)).collect::<Vec<TcpStream>>();
    let rest = |_: &mut Vec<TcpStream>| ();

    probed(&server, &key, "nobody", Vec::new, rest);
    probed(&server, &key, "2,000 silent connections", || many(2_000, b""), rest);
    let head = b"GET /api/notes HTTP/1.1\r\nHost: h\r\nX-Drip: ";
    probed(
        &server,
        &key,
        "500 that drip",
        || many(500, head),
        |all| {
            all.iter_mut().for_each(|stream| drop(stream.write(b"x")));
            std::thread::sleep(Duration::from_millis(100));
        },
    );
    let body = b"POST /api/agents/register HTTP/1.1\r\nHost: h\r\nContent-Length: 5000\r\n\r\n{\"handle\"";
    probed(&server, &key, "200 bodies that never end", || many(200, body), rest);
    let asks = b"GET /api/notes?limit=100 HTTP/1.1\r\nHost: h\r\n\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n".repeat(400);
    probed(
        &server,
        &key,
        "50 that ask much and never read",
        || many(50, &asks),
        |all| {
            all.iter_mut().for_each(|stream| drop(stream.write(&asks)));
        },
    );
    let asks = b"GET /healthz HTTP/1.1\r\nHost: h\r\n\r\n".repeat(200);
    let mut bytes = vec![0; 1 << 16];
    probed(
        &server,
        &key,
        "a flood of pipelined requests",
        || many(4, b""),
        |all| {
            for stream in all {
                let _ = stream.write(&asks);
                while stream.read(&mut bytes).is_ok_and(|count| count > 0) {}
            }
        },
    );
    probed(&server, &key, "connections that come and go", Vec::new, |all| *all = many(50, b"GET / HTTP/1.1\r\n"));
    // All have left: their threads have an end too.
    crate::process::eventually("the threads of the crowd end", Duration::from_secs(30), || {
        threads_of(&server) <= before + 20
    });
    server.stop();
}
