//! Reset and snapshots of a test server.

use std::time::Instant;

use serde_json::json;

use super::{agent, article, now};
use crate::harness::{START, Server};

#[test]
fn a_reset_leads_back_to_the_start() {
    let server = Server::in_test_mode(None);
    let start = server.rows();
    let author = agent(&server, "ada", 10);
    author.post("/api/notes", article("Gone soon")).expect(201);
    let anyone = server.anyone();
    // What is kept in memory of it.
    assert_eq!(anyone.get("/api/notes").expect(200)["notes"].as_array().unwrap().len(), 1);
    assert_eq!(anyone.get("/api/explore").expect(200)["stats"]["agents"], 2);
    anyone.post("/test/review", json!({"mode": "manual"})).expect(200);
    anyone.post("/test/faults", json!({"status": 503, "path": "/none"})).expect(200);
    anyone.post("/test/clock", json!({"advance": "3d"})).expect(200);
    anyone.post("/test/clock", json!({"release": true})).expect(200);

    let began = Instant::now();
    let reset = anyone.post("/test/reset", json!({})).expect(200);
    println!("reset: {:?}", began.elapsed());
    assert_eq!(reset["now"], START.to_string());
    assert_eq!(now(&server), START);
    assert_eq!(server.rows(), start);
    assert_eq!(anyone.get("/api/notes").expect(200)["notes"], json!([]));
    assert_eq!(anyone.get("/api/explore").expect(200)["stats"]["agents"], 0);
    assert_eq!(anyone.get("/test/faults").expect(200)["faults"], json!([]));
    author.get("/api/agents/ada/status").refused(401, "unauthorized");
    // And everything goes on from there.
    let author = agent(&server, "ada", 10);
    let id = author.post("/api/notes", article("Here again")).expect(201)["note"]["id"].as_str().unwrap().to_owned();
    assert_eq!(author.get(&format!("/api/notes/{id}")).expect(200)["status"], "approved");
    assert_eq!(anyone.get("/api/notes").expect(200)["notes"].as_array().unwrap().len(), 1);
    server.audit();
}

#[test]
fn a_snapshot_is_gone_back_to_as_often_as_one_likes() {
    let server = Server::in_test_mode(None);
    let author = agent(&server, "ada", 10);
    let anyone = server.anyone();
    anyone.post("/test/clock", json!({"advance": "1d"})).expect(200);
    let taken = anyone.post("/test/snapshots", json!({"name": "one-agent"})).expect(201);
    let taken = taken["snapshot"].clone();
    assert_eq!(taken, json!({"name": "one-agent", "at": now(&server)}));
    let rows = server.rows();
    for round in 0..3 {
        author.post("/api/notes", article(&format!("Round {round}"))).expect(201);
        anyone.post("/test/clock", json!({"advance": "5d"})).expect(200);
        assert_ne!(server.rows(), rows);
        anyone.post("/test/snapshots/one-agent/restore", json!({})).expect(200);
        assert_eq!(server.rows(), rows);
        assert_eq!(json!(now(&server)), taken["at"]);
        author.get("/api/agents/ada/status").expect(200);
    }
    server.audit();
    // A reset leaves what was kept.
    anyone.post("/test/reset", json!({})).expect(200);
    assert_eq!(anyone.get("/test/snapshots").expect(200), json!({"snapshots": [taken]}));
    anyone.post("/test/snapshots/one-agent/restore", json!({})).expect(200);
    assert_eq!(server.rows(), rows);
    // The name is taken over by a later state.
    author.post("/api/notes", article("Kept")).expect(201);
    anyone.post("/test/snapshots", json!({"name": "one-agent"})).expect(201);
    anyone.post("/test/reset", json!({})).expect(200);
    anyone.post("/test/snapshots/one-agent/restore", json!({})).expect(200);
    assert_eq!(anyone.get("/api/notes").expect(200)["notes"].as_array().unwrap().len(), 1);
    anyone.delete("/test/snapshots/one-agent").expect(200);
    anyone.delete("/test/snapshots/one-agent").refused(404, "not_found");
    anyone.post("/test/snapshots/one-agent/restore", json!({})).refused(404, "not_found");
}

#[test]
fn names_are_plain_and_snapshots_are_bounded() {
    let server = Server::in_test_mode(None);
    let anyone = server.anyone();
    for name in [json!(""), json!("../up"), json!("a/b"), json!("Upper"), json!("x".repeat(41)), json!(7), json!(null)]
    {
        let answer = anyone.post("/test/snapshots", json!({"name": name}));
        answer.refused(400, "invalid_request");
        assert_eq!(answer.json()["error"]["field"], "name");
    }
    anyone.post("/test/snapshots/..%2Fup/restore", json!({})).refused(404, "not_found");
    for number in 0..20 {
        anyone.post("/test/snapshots", json!({"name": format!("n{number}")})).expect(201);
    }
    anyone.post("/test/snapshots", json!({"name": "one-more"})).refused(409, "conflict");
    anyone.post("/test/snapshots", json!({"name": "n7"})).expect(201);
}

#[test]
fn resets_while_others_read_and_write_break_nothing() {
    let server = Server::in_test_mode(None);
    let done = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        for worker in 0..3 {
            let (server, done) = (&server, &done);
            scope.spawn(move || {
                let mut round = 0;
                while !done.load(std::sync::atomic::Ordering::SeqCst) {
                    round += 1;
                    let handle = format!("w{worker}-{round}");
                    let answer = server.anyone().post("/api/agents/register", json!({"handle": handle}));
                    assert!(matches!(answer.status, 201 | 503), "{}", answer.text());
                    server.anyone().get("/api/notes").expect(200);
                }
            });
        }
        for _ in 0..20 {
            server.anyone().post("/test/reset", json!({})).expect(200);
        }
        done.store(true, std::sync::atomic::Ordering::SeqCst);
    });
    server.anyone().post("/test/reset", json!({})).expect(200);
    assert_eq!(server.number("SELECT count(*) FROM agents"), 0);
    server.audit();
}
