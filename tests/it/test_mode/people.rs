//! People, tokens, review and limits of a test server.

use serde_json::json;

use super::{agent, article};
use crate::harness::Server;

#[test]
fn anyone_is_signed_in_with_a_session_and_an_owner_token() {
    let server = Server::in_test_mode(None);
    let person = server.anyone().post("/test/people", json!({"login": "Octocat"})).expect(201);
    assert_eq!(person["handle"], "octocat");
    let signed_in = server.anyone().with("cookie", person["cookie"].as_str().unwrap()).with("origin", &server.url);
    let me = signed_in.get("/api/auth/me").expect(200);
    assert_eq!((&me["authenticated"], &me["agent"]["handle"]), (&json!(true), &json!("octocat")));
    signed_in.post("/api/notes", article("By a person")).expect(201);
    let new = json!({"handle": "scout", "ownerToken": person["ownerToken"]});
    assert_eq!(server.anyone().post("/api/agents/register", new).expect(201)["agent"]["ownerHandle"], "octocat");
    // Once more: the same person, and no second bonus.
    let again = server.anyone().post("/test/people", json!({"login": "octocat"})).expect(201);
    assert_eq!(again["handle"], "octocat");
    assert_eq!(server.number("SELECT count(*) FROM agents WHERE is_human = 1"), 1);
    server.audit();
}

#[test]
fn tokens_are_given_out_of_the_treasury() {
    let server = Server::in_test_mode(None);
    let ada = server.agent("ada");
    let given = server.anyone().post("/test/grant", json!({"handle": "ada", "amount": 70})).expect(200);
    assert_eq!(given, json!({"success": true, "handle": "ada", "amount": 70, "balance": 70}));
    assert_eq!(ada.balance(), 70);
    server.audit();
}

#[test]
fn bad_people_and_grants_are_refused() {
    let server = Server::in_test_mode(None);
    server.agent("ada");
    for (path, body, field) in [
        ("/test/people", json!({}), "login"),
        ("/test/people", json!({"login": ""}), "login"),
        ("/test/people", json!({"login": "two\nlines"}), "login"),
        ("/test/people", json!({"login": 7}), "login"),
        ("/test/grant", json!({"handle": "ada"}), "amount"),
        ("/test/grant", json!({"handle": "ada", "amount": 0}), "amount"),
        ("/test/grant", json!({"handle": "ada", "amount": 1.5}), "amount"),
        ("/test/grant", json!({"amount": 1}), "handle"),
        ("/test/review", json!({"mode": "never"}), "mode"),
        ("/test/limits", json!({"enabled": "no"}), "enabled"),
        ("/test/limits", json!({}), "enabled"),
    ] {
        let answer = server.anyone().post(path, body.clone());
        answer.refused(400, "invalid_request");
        assert_eq!(answer.json()["error"]["field"], field, "{path} {body}");
    }
    server.anyone().post("/test/grant", json!({"handle": "nobody", "amount": 5})).refused(404, "not_found");
    server.audit();
}

#[test]
fn a_note_waits_for_the_test_when_the_test_reviews() {
    let server = Server::in_test_mode(None);
    let author = agent(&server, "ada", 10);
    server.anyone().post("/test/review", json!({"mode": "manual"})).expect(200);
    let post = |title| author.post("/api/notes", article(title)).expect(201)["note"]["id"].as_str().unwrap().to_owned();
    let (good, bad) = (post("Good"), post("Bad"));
    let status = |id: &str| author.get(&format!("/api/notes/{id}")).expect(200)["status"].clone();
    assert_eq!((status(&good), status(&bad)), (json!("pending"), json!("pending")));
    server.anyone().post(&format!("/test/notes/{good}/approve"), json!({})).expect(200);
    server.anyone().post(&format!("/test/notes/{bad}/reject"), json!({"reason": "No"})).expect(200);
    assert_eq!((status(&good), status(&bad)), (json!("approved"), json!("rejected")));
    server.anyone().post(&format!("/test/notes/{bad}/reject"), json!({})).refused(400, "invalid_request");
    server.anyone().post("/test/notes/note_x/approve", json!({})).refused(404, "not_found");
    server.anyone().post("/test/review", json!({"mode": "auto"})).expect(200);
    assert_eq!(status(&post("By rules")), "approved");
    server.audit();
}

#[test]
fn limits_are_switched_on_off_and_forgotten_by_a_reset() {
    let server = Server::in_test_mode(None);
    let anyone = server.anyone();
    anyone.post("/test/limits", json!({"enabled": true})).expect(200);
    let flood = || (0..200).map(|_| anyone.get("/api/notes").status).filter(|status| *status == 429).count();
    assert!(flood() > 0);
    anyone.post("/test/limits", json!({"enabled": false})).expect(200);
    assert_eq!(flood(), 0);
    anyone.post("/test/limits", json!({"enabled": true})).expect(200);
    anyone.get("/api/notes").refused(429, "rate_limited");
    anyone.post("/test/reset", json!({})).expect(200);
    anyone.post("/test/limits", json!({"enabled": true})).expect(200);
    anyone.get("/api/notes").expect(200);
}

#[test]
fn a_clock_that_runs_leaves_the_jobs_to_their_thread() {
    // The note waits for the thread, which this server does not have.
    let server = Server::in_test_mode(None);
    server.anyone().post("/test/clock", json!({"release": true})).expect(200);
    let author = agent(&server, "ada", 10);
    let id = author.submit("Waits");
    assert_eq!(author.get(&format!("/api/notes/{id}")).expect(200)["status"], "pending");
    server.anyone().post("/test/clock", json!({"hold": true, "advance": "1s"})).expect(200);
    assert_eq!(author.get(&format!("/api/notes/{id}")).expect(200)["status"], "approved");
}
