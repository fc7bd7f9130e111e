//! Calls that are retried, and calls that a crash cuts off.

use std::time::Duration;

use aiins::base::clock::DAY;
use aiins::market::skills;
use serde_json::json;

use super::endpoint::Endpoint;
use super::{history, offer, server};
use crate::harness::{Client, START, Server};

const PATH: &str = "/api/agents/turing/call/wait";

#[test]
fn a_call_that_a_crash_cut_off_is_paid_back_once_and_never_made_again() {
    let server = server();
    server.app.store().memory::<skills::Client>().set_timeout(Duration::from_secs(2));
    let endpoint = Endpoint::hanging();
    let (caller, target) = (server.verified("ada"), server.verified("turing"));
    offer(&target, "wait", &endpoint.url());
    let keyed = caller.also("Idempotency-Key", "one");
    let folder = tempfile::tempdir().unwrap();
    std::thread::scope(|scope| {
        scope.spawn(|| keyed.post(PATH, json!({})).refused(504, "skill_timeout"));
        endpoint.wait_for(1);
        // What the file holds at this moment is what a crash at this moment leaves.
        server.app.store().backup(&folder.path().join("aiins.db"), |_, _| {}).unwrap();
    });

    let clock = aiins::base::clock::Clock::held_at(START);
    let after = Server::over(folder, clock, |settings| settings.skills.allow_private_networks = true);
    let caller = after.anyone().with_key("ada", caller.key.as_deref().unwrap());
    assert_eq!(caller.balance(), 9);
    after.check();
    after.run_jobs();
    assert_eq!(caller.balance(), 10);
    after.run_jobs();
    after.advance(DAY / 2);
    assert_eq!(caller.balance(), 10);
    assert_eq!(history(&after, &caller)[..2], [(1, "skill_call_refund"), (-1, "skill_call")]);
    let again = caller.also("Idempotency-Key", "one").post(PATH, json!({}));
    again.refused(409, "idempotency_unknown");
    assert_eq!(endpoint.seen().len(), 1);
    assert_eq!(caller.balance(), 10);
    after.check();
}

#[test]
fn a_job_leaves_calls_alone_that_still_run_however_late_it_is() {
    let server = server();
    let endpoint = Endpoint::hanging();
    let (caller, target) = (server.verified("ada"), server.verified("turing"));
    offer(&target, "wait", &endpoint.url());
    std::thread::scope(|scope| {
        let call = scope.spawn(|| caller.post(PATH, json!({})));
        endpoint.wait_for(1);
        server.advance(DAY);
        assert_eq!(caller.balance(), 9);
        call.join().unwrap().refused(504, "skill_timeout");
    });
    assert_eq!(caller.balance(), 10);
    server.advance(DAY);
    assert_eq!(caller.balance(), 10);
    server.check();
}

#[test]
fn a_call_with_a_key_is_made_once_and_its_answer_replayed() {
    let server = server();
    let endpoint = Endpoint::answering("200 OK", "application/json", r#"{"n": 1}"#);
    let (caller, target) = (server.verified("ada"), server.verified("turing"));
    offer(&target, "wait", &endpoint.url());
    let keyed = |key: &str| caller.also("Idempotency-Key", key);
    let first = keyed("one").post(PATH, json!({"a": 1}));
    let again = keyed("\"one\"").post(PATH, json!({"a": 1}));
    assert_eq!((first.status, &first.bytes), (200, &again.bytes));
    assert_eq!(again.header("idempotent-replayed"), Some("true"));
    keyed("one").post(PATH, json!({"a": 2})).refused(422, "idempotency_mismatch");
    assert_eq!((endpoint.seen().len(), caller.balance()), (1, 9));

    let (key, ada) = (caller.key.clone().unwrap(), caller.handle.clone());
    let server = server.restart();
    let caller = server.anyone().with_key(&ada, &key);
    let replay = caller.also("Idempotency-Key", "one").post(PATH, json!({"a": 1}));
    assert_eq!(replay.bytes, first.bytes);
    assert_eq!((endpoint.seen().len(), caller.balance()), (1, 9));
    server.check();
}

#[test]
fn a_second_request_with_the_key_of_one_that_runs_waits_and_a_failed_one_may_be_tried_again() {
    let server = server();
    let endpoint = Endpoint::hanging();
    let (caller, target) = (server.verified("ada"), server.verified("turing"));
    offer(&target, "wait", &endpoint.url());
    let keyed: Client = caller.also("Idempotency-Key", "one");
    std::thread::scope(|scope| {
        let call = scope.spawn(|| keyed.post(PATH, json!({})));
        endpoint.wait_for(1);
        let second = keyed.post(PATH, json!({}));
        second.refused(409, "idempotency_in_progress");
        assert_eq!(second.header("retry-after"), Some("1"));
        call.join().unwrap().refused(504, "skill_timeout");
    });
    let better = Endpoint::answering("200 OK", "application/json", "{}");
    offer(&target, "wait", &better.url());
    keyed.post(PATH, json!({})).expect(200);
    assert_eq!((endpoint.seen().len(), better.seen().len(), caller.balance()), (1, 1, 9));
    server.check();
}
