//! The machine: no file descriptors left, no threads left, and a clock that jumps.

use std::io::{Read, Write};
use std::net::TcpStream;

use aiins::base::clock::{DAY, HOUR, MINUTE};

use super::*;
use crate::harness::Server;

const HELLO: &[u8] = b"GET /healthz HTTP/1.1\r\nHost: h\r\n\r\n";

fn connect(server: &Process) -> TcpStream {
    let stream = TcpStream::connect(server.url.trim_start_matches("http://")).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    stream
}

/// Asks over a connection and answers the status; `None` when it was closed.
fn ask(stream: &mut TcpStream) -> Option<u16> {
    stream.write_all(HELLO).ok()?;
    let mut bytes = [0; 4096];
    let count = stream.read(&mut bytes).ok().filter(|count| *count > 0)?;
    std::str::from_utf8(&bytes[9..count.min(12)]).ok()?.parse().ok()
}

#[test]
fn without_file_descriptors_those_who_are_in_are_served_and_others_when_there_are_some() {
    let mut scene = Scene::new(tempfile::tempdir().unwrap());
    let server = scene.start();
    let mut early = connect(&server);
    assert_eq!(ask(&mut early), Some(200));
    let open = std::fs::read_dir(format!("/proc/{}/fd", server.id())).unwrap().count();
    limit(&server, &format!("--nofile={}", open + 4));
    let mut crowd: Vec<TcpStream> = (0..60).map(|_| connect(&server)).collect();
    crowd.iter_mut().for_each(|stream| drop(stream.write_all(HELLO)));
    std::thread::sleep(Duration::from_millis(300));
    assert_eq!(scene.write(&server).0, 201);
    drop(crowd);
    limit(&server, "--nofile=4096");
    let mut late = connect(&server);
    assert_eq!(ask(&mut late), Some(200));
    scene.ends_whole(server);
}

#[test]
fn without_threads_newcomers_are_told_503_and_are_served_when_there_are_some() {
    if !is_root() {
        return;
    }
    // Nobody else has this user's number, so that the limit counts only the threads of this server.
    let (user, folder) = (format!("--reuid={}", 40_000 + std::process::id() % 20_000), tempfile::tempdir().unwrap());
    let program = folder.path().join("aiins");
    std::fs::copy(env!("CARGO_BIN_EXE_aiins"), &program).unwrap();
    std::os::unix::fs::chown(folder.path(), Some(40_000 + std::process::id() % 20_000), None).unwrap();
    let path = folder.path().join("aiins.db");
    let mut command = Command::new("setpriv");
    command.args([&user, "--clear-groups"]).arg(&program).args(["serve", "--listen", "127.0.0.1:0", "--database"]);
    command.arg(&path).env("AIINS_LOG", "off").env("AIINS_LIMITS_ENABLED", "false").current_dir(folder.path());
    command.stdout(std::process::Stdio::piped());
    let server = Process::start(command);
    let key = server.register("ada");
    let threads = std::fs::read_dir(format!("/proc/{}/task", server.id())).unwrap().count();
    // Changed by the same user, since root may be nobody of rank in a container.
    let limit = |threads: usize| {
        let (pid, what) = (server.id().to_string(), format!("--nproc={threads}:"));
        let words = [&user, "--clear-groups", "prlimit", "--pid", &pid, &what];
        assert!(Command::new("setpriv").args(words).status().unwrap().success());
    };
    limit(threads + 5);

    let mut crowd: Vec<TcpStream> = (0..40).map(|_| connect(&server)).collect();
    let told: Vec<Option<u16>> = crowd.iter_mut().map(ask).collect();
    let count = |status: u16| told.iter().filter(|answer| **answer == Some(status)).count();
    assert!(count(200) >= 5 && count(503) >= 20, "{told:?}");
    assert_eq!(count(200) + count(503), 40, "{told:?}");
    // Those who are in are served on.
    let served = told.iter().position(|answer| *answer == Some(200)).unwrap();
    assert_eq!(ask(&mut crowd[served]), Some(200));
    drop(crowd);
    limit(4096);
    let all_served = || (0..40).all(|_| ask(&mut connect(&server)) == Some(200));
    eventually("all are served", RECOVERY, all_served);
    assert_eq!(server.call("GET", "/api/agents/ada/status", &key, &json!({})).0, 200);
    server.stop();
    assert_clean(&path);
}

#[test]
fn a_clock_that_jumps_back_breaks_nothing_and_pays_nothing_twice() {
    let server = Server::start();
    server.clock.advance(10 * DAY);
    let (ada, bob) = (server.verified("ada"), server.verified("bob"));
    let person = server.person("carol");
    server.grant("ada", 500);
    for (round, jump) in [MINUTE, HOUR, 3 * HOUR, 2 * DAY].into_iter().enumerate() {
        let note = ada.publish(&format!("Before the jump {round}"));
        let task = json!({"title": "A task", "description": "Do it", "reward": 10});
        let bounty = ada.post("/api/bounties", task).expect(201)["bounty"]["id"].as_str().unwrap().to_owned();
        let boost = ada.post(&format!("/api/notes/{note}/boost"), json!({"type": "highlight"}));
        assert!(boost.status < 300, "{}", boost.text());
        let keyed = bob.also("idempotency-key", &format!("tip {round}"));
        let first = keyed.post("/api/agents/ada/tip", json!({"amount": 1}));
        assert_eq!(first.status, 200, "{}", first.text());

        server.advance(-jump);
        let replay = keyed.post("/api/agents/ada/tip", json!({"amount": 1}));
        assert_eq!((replay.status, &replay.bytes), (200, &first.bytes), "a retry is still a retry");
        bob.post(&format!("/api/notes/{note}/like"), json!({})).expect(200);
        person.post(&format!("/api/notes/{note}/comments"), json!({"body": "Out of time"})).expect(201);
        bob.post(&format!("/api/bounties/{bounty}/claim"), json!({"note": "Mine"})).expect(201);
        ada.patch(&format!("/api/bounties/{bounty}/claim"), json!({"claimAgentId": bob.id()})).expect(200);
        let later = ada.publish(&format!("After the jump {round}"));
        assert!(later > note, "ids go on growing: {later} after {note}");
        for path in [
            "/api/notes?sort=hot",
            "/api/notes?sort=rising",
            "/api/notes?sort=new",
            "/api/explore",
            "/api/leaderboard?board=hot",
            "/api/agents/ada/analytics?period=7d",
            "/api/agents/ada/status",
            "/api/agents/ada/wallet/history",
            "/api/bounties",
            "/api/notifications",
            "/readyz",
            "/",
        ] {
            let answer = ada.get(path);
            assert_eq!(answer.status, 200, "{path}: {}", answer.text());
        }
        bob.post(&format!("/api/bounties/{bounty}/deliver"), json!({"note": "Done"})).expect(200);
        ada.put(&format!("/api/bounties/{bounty}/claim"), json!({})).expect(200);
        server.audit();
        server.advance(jump);
        server.audit();
    }
    let server = server.restart();
    server.advance(400 * DAY);
    server.audit();
}

#[test]
fn a_clock_that_jumped_back_shuts_nobody_out() {
    let server = Server::with(|settings| settings.limits.enabled = true);
    let ada = server.agent("ada");
    ada.get("/api/notes").expect(200);
    server.clock.advance(-HOUR);
    for _ in 0..40 {
        ada.get("/api/notes").expect(200);
    }
    server.anyone().get("/api/notes").expect(200);
}
