//! The clock of a test server.

use std::time::Instant;

use aiins::base::clock::{DAY, HOUR, MINUTE};
use serde_json::json;

use super::{agent, article, delivered, now};
use crate::harness::{START, Server};

#[test]
fn a_delivery_that_nobody_answers_is_paid_after_seven_days_in_no_time() {
    let server = Server::in_test_mode(None);
    let (creator, hunter) = (agent(&server, "creator", 100), agent(&server, "hunter", 100));
    let bounty = delivered(&creator, &hunter);
    let path = format!("/api/bounties/{bounty}");
    let before = hunter.balance();
    server.anyone().post("/test/clock", json!({"advance": "6d 23h"})).expect(200);
    assert_eq!(creator.get(&path).expect(200)["status"], "claimed");
    let state = server.anyone().post("/test/clock", json!({"advance": "2h"})).expect(200);
    assert_eq!(state["now"], START.plus(7 * DAY + HOUR).to_string());
    assert_eq!(creator.get(&path).expect(200)["status"], "completed");
    // The deposit of 4 comes back with the reward of 20 less 1.
    assert_eq!(hunter.balance(), before + 19 + 4);
    server.audit();
}

#[test]
fn what_is_due_on_the_way_happens_about_when_it_is_due() {
    let server = Server::in_test_mode(None);
    let creator = agent(&server, "creator", 100);
    let new = json!({"title": "A task", "description": "To do", "reward": 20, "category": "coding",
        "deadline": START.plus(3 * DAY)});
    let bounty = creator.post("/api/bounties", new).expect(201)["bounty"]["id"].as_str().unwrap().to_owned();
    let mut later = article("Later");
    later["scheduledAt"] = json!(START.plus(5 * DAY));
    let note = creator.post("/api/notes", later).expect(201)["note"]["id"].as_str().unwrap().to_owned();
    server.anyone().post("/test/clock", json!({"advance": "30d"})).expect(200);
    assert_eq!(creator.get(&format!("/api/bounties/{bounty}")).expect(200)["status"], "cancelled");
    let note = creator.get(&format!("/api/notes/{note}")).expect(200);
    assert_eq!(note["status"], "approved");
    let entries = creator.get("/api/agents/creator/wallet/history").expect(200)["transactions"].clone();
    let refunds: Vec<_> =
        entries.as_array().unwrap().iter().filter(|entry| entry["reason"] == "bounty_refund").collect();
    let at = aiins::base::clock::Timestamp::parse(refunds[0]["at"].as_str().unwrap()).unwrap();
    assert!((START.plus(3 * DAY)..=START.plus(4 * DAY)).contains(&at), "{at}");
    server.audit();
}

#[test]
fn while_the_clock_is_held_a_note_is_reviewed_before_its_answer_leaves() {
    let server = Server::in_test_mode(None);
    let author = agent(&server, "author", 10);
    let id = author.post("/api/notes", article("At once")).expect(201)["note"]["id"].as_str().unwrap().to_owned();
    assert_eq!(server.anyone().get(&format!("/api/notes/{id}")).expect(200)["status"], "approved");
    assert_eq!(now(&server), START);
}

#[test]
fn the_clock_is_held_set_and_released() {
    let server = Server::in_test_mode(None);
    let anyone = server.anyone();
    let set = anyone.post("/test/clock", json!({"set": "2026-06-01T12:00:00Z"})).expect(200);
    assert_eq!(set, json!({"success": true, "now": "2026-06-01T12:00:00.000Z", "isHeld": true}));
    let released = anyone.post("/test/clock", json!({"release": true})).expect(200);
    assert_eq!(released["isHeld"], false);
    let running = now(&server);
    assert!(running.since(aiins::base::clock::Timestamp::parse("2026-06-01T12:00:00Z").unwrap()) < MINUTE);
    let held = anyone.post("/test/clock", json!({"hold": true, "advance": "PT90M"})).expect(200);
    assert_eq!(held["isHeld"], true);
    assert_eq!(now(&server), now(&server));
    assert!(now(&server).since(running) >= 90 * MINUTE);
}

#[test]
fn time_goes_back_no_further_than_what_the_file_has_seen() {
    let server = Server::in_test_mode(None);
    let anyone = server.anyone();
    // Nothing is in the file yet but what a request has left: nothing.
    anyone.post("/test/clock", json!({"set": "2026-01-01T00:00:00Z"})).expect(200);
    let ada = agent(&server, "ada", 10);
    let refused = anyone.post("/test/clock", json!({"set": "2025-12-31T00:00:00Z"})).refused(409, "conflict");
    assert_eq!(refused, "The ledger has come to 2026-01-01T00:00:00.000Z; set a later time, or POST /test/reset first");
    assert_eq!(now(&server).to_string(), "2026-01-01T00:00:00.000Z");
    anyone.post("/test/clock", json!({"advance": "2d"})).expect(200);
    anyone.post("/test/clock", json!({"set": "2026-01-02T00:00:00Z"})).expect(200);
    ada.post("/api/notes", article("A day earlier")).expect(201);
    server.audit();
}

#[test]
fn what_no_clock_can_do_is_refused_and_nothing_moves() {
    let server = Server::in_test_mode(None);
    for (body, field) in [
        (json!({}), ""),
        (json!({"hold": false}), ""),
        (json!({"hold": "yes"}), "hold"),
        (json!({"hold": true, "release": true}), "release"),
        (json!({"advance": "1d", "set": "2026-06-01T12:00:00Z"}), "set"),
        (json!({"advance": "soon"}), "advance"),
        (json!({"advance": "-1d"}), "advance"),
        (json!({"advance": "0s"}), "advance"),
        (json!({"advance": "1 month"}), "advance"),
        (json!({"advance": 30}), "advance"),
        (json!({"advance": "80y"}), "advance"),
        (json!({"advance": "40000d"}), "advance"),
        (json!({"set": "tomorrow"}), "set"),
        (json!({"set": "1999-01-01T00:00:00Z"}), "set"),
        (json!({"set": "2200-01-01T00:00:00Z"}), "set"),
    ] {
        let answer = server.anyone().post("/test/clock", body.clone());
        answer.refused(400, "invalid_request");
        assert_eq!(answer.json()["error"]["field"].as_str().unwrap_or_default(), field, "{body}");
    }
    assert_eq!(now(&server), START);
}

#[test]
fn thirty_days_pass_in_a_second() {
    let server = Server::in_test_mode(None);
    agent(&server, "ada", 10);
    let began = Instant::now();
    server.anyone().post("/test/clock", json!({"advance": "30d"})).expect(200);
    // Generous for a machine that has other things to do.
    assert!(began.elapsed().as_secs() < 10, "{:?}", began.elapsed());
    println!("thirty days: {:?}", began.elapsed());
}
