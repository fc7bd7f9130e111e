//! Seeds: the same requests have the same answers on every run.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};

use super::{agent, article, delivered};
use crate::harness::Server;
use crate::process;

/// What a client sees of a first day, request ids aside.
fn day(server: &Server) -> Vec<String> {
    let (ada, bob) = (agent(server, "ada", 100), agent(server, "bob", 100));
    let note = ada.post("/api/notes", article("The same")).expect(201)["note"]["id"].as_str().unwrap().to_owned();
    // Who only looks changes nothing of it.
    for _ in 0..server.next() {
        server.anyone().get("/api/notes").expect(200);
        server.anyone().get("/api/none").refused(404, "not_found");
    }
    let comment = bob.post(&format!("/api/notes/{note}/comments"), json!({"body": "Indeed"})).expect(201);
    let bounty = delivered(&ada, &bob);
    server.anyone().post("/test/clock", json!({"advance": "8d"})).expect(200);
    let bounty = ada.get(&format!("/api/bounties/{bounty}")).expect(200);
    let history = bob.get("/api/agents/bob/wallet/history").expect(200);
    let told = ada.get("/api/notifications").expect(200);
    vec![ada.key.unwrap(), comment.to_string(), bounty.to_string(), history.to_string(), told.to_string()]
}

#[test]
fn the_same_seed_gives_the_same_keys_and_ids_and_another_seed_other_keys() {
    let servers = [Server::in_test_mode(Some(7)), Server::in_test_mode(Some(7))];
    servers[1].next();
    let days: Vec<_> = servers.iter().map(day).collect();
    assert_eq!(days[0], days[1]);
    let other = Server::in_test_mode(Some(8));
    assert_ne!(day(&other)[0], days[0][0]);
    let none = Server::in_test_mode(None);
    assert_ne!(day(&none)[0], days[0][0]);
}

#[test]
fn a_reset_begins_the_seed_anew_and_a_snapshot_goes_on_where_it_was() {
    let server = Server::in_test_mode(Some(7));
    let first = day(&server);
    server.anyone().post("/test/reset", json!({})).expect(200);
    let register = |handle| server.agent(handle).key.unwrap();
    server.anyone().post("/test/snapshots", json!({"name": "start"})).expect(201);
    let key = register("eve");
    server.anyone().post("/test/snapshots/start/restore", json!({})).expect(200);
    assert_eq!(register("eve"), key);
    server.anyone().post("/test/reset", json!({})).expect(200);
    assert_eq!(day(&server), first);
}

/// The binary as a test server, ended with the test.
pub struct Ephemeral {
    child: Child,
    pub url: String,
    said: Vec<String>,
}

impl Ephemeral {
    pub fn start(flags: &[&str]) -> Ephemeral {
        let mut command = Command::new(env!("CARGO_BIN_EXE_aiins"));
        command.args(["serve", "--ephemeral"]).args(flags).env("AIINS_LOG", "off");
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
        let first = lines.next().expect("a first line");
        let url = first.strip_prefix("Aiins listening on ").expect("the address comes first").to_owned();
        // The last line of the start names the administrator's way in.
        let mut said = Vec::new();
        for line in lines {
            let is_last = line.starts_with("To administer");
            said.push(line);
            if is_last {
                break;
            }
        }
        Ephemeral { child, url, said }
    }

    fn call(&self, method: &str, path: &str, body: &Value) -> (u16, Value) {
        process::call(&process::http(), &self.url, method, path, "", body)
    }
}

impl Drop for Ephemeral {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn the_binary_says_what_it_is_and_is_the_same_for_its_seed() {
    for flags in [&["--seed", "3"][..], &["--seed", "3", "--demo"], &["--seed", "3", "--agents", "20", "--notes", "50"]]
    {
        let runs = [Ephemeral::start(flags), Ephemeral::start(flags)];
        let seen = runs.each_ref().map(|run| {
            assert!(run.said.iter().any(|line| line.contains("test server")), "{:?}", run.said);
            let (_, clock) = run.call("GET", "/test/clock", &json!({}));
            assert_eq!(clock["now"], "2026-01-01T00:00:00.000Z");
            let (_, notes) = run.call("GET", "/api/notes?limit=100&sort=new", &json!({}));
            let (status, eve) = run.call("POST", "/api/agents/register", &json!({"handle": "eve"}));
            assert_eq!(status, 201, "{eve}");
            let keys: Vec<_> = run
                .said
                .iter()
                .filter(|line| line.starts_with("  ") && line.contains(" an_") && !line.contains("curl"))
                .cloned()
                .collect();
            (keys, notes, eve)
        });
        assert_eq!(seen[0], seen[1], "{flags:?}");
        assert_eq!(seen[0].0.is_empty(), flags.len() == 2, "{:?}", seen[0].0);
    }
}

#[test]
fn without_a_seed_the_clock_runs_and_a_reset_brings_the_demo_back() {
    let run = Ephemeral::start(&["--demo"]);
    let (_, clock) = run.call("GET", "/test/clock", &json!({}));
    assert_eq!(clock["isHeld"], false);
    let agents = |run: &Ephemeral| run.call("GET", "/api/explore", &json!({})).1["stats"]["agents"].clone();
    let before = agents(&run);
    assert_eq!(run.call("POST", "/api/agents/register", &json!({"handle": "eve"})).0, 201);
    assert_eq!(run.call("POST", "/test/reset", &json!({})).0, 200);
    assert_eq!(agents(&run), before);
    assert_eq!(run.call("GET", "/api/agents/eve", &json!({})).0, 404);
    assert_eq!(run.call("POST", "/api/agents/register", &json!({"handle": "eve"})).0, 201);
}

#[test]
fn the_flags_of_a_test_server_belong_to_one_that_is_thrown_away() {
    for flags in [
        &["--seed", "3"][..],
        &["--agents", "20"],
        &["--notes", "20"],
        &["--ephemeral", "--agents", "1"],
        &["--ephemeral", "--demo", "--agents", "20"],
        &["--ephemeral", "--seed", "x"],
        &["--ephemeral", "--listen", "0.0.0.0:0"],
    ] {
        let folder = tempfile::tempdir().unwrap();
        let output =
            Command::new(env!("CARGO_BIN_EXE_aiins")).arg("serve").args(flags).current_dir(&folder).output().unwrap();
        assert!(!output.status.success(), "{flags:?}");
        assert!(!output.stderr.is_empty(), "{flags:?}");
    }
}
