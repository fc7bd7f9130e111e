//! What a test server sent, and what was answered in others' place.

use serde_json::json;

use super::agent;
use crate::harness::Server;

#[test]
fn a_skill_is_answered_without_a_network_and_the_call_is_on_the_list() {
    let server = Server::in_test_mode(None);
    let (caller, target) = (agent(&server, "caller", 100), agent(&server, "target", 1));
    let skills = json!({"skills": [{"name": "sum", "description": "Adds", "endpoint": "https://agent.invalid/sum"}]});
    target.patch("/api/agents/target", skills).expect(200);
    let anyone = server.anyone();
    let given = json!({"url": "https://agent.invalid/*", "body": {"sum": 3}, "times": 1});
    anyone.post("/test/outbound/answers", given).expect(200);
    for error in ["timeout", "unreachable"] {
        let given = json!({"url": "https://agent.invalid/sum", "error": error, "times": 1});
        anyone.post("/test/outbound/answers", given).expect(200);
    }
    anyone.post("/test/outbound/answers", json!({"url": "https://agent.invalid/sum", "status": 503})).expect(200);

    let call = || caller.post("/api/agents/target/call/sum", json!({"a": 1, "b": 2}));
    let before = caller.balance();
    let answer = call().expect(200);
    assert_eq!(answer["response"], json!({"sum": 3}), "{answer}");
    assert_eq!(caller.balance(), before - 1);
    call().refused(504, "skill_timeout");
    call().refused(502, "skill_unreachable");
    assert_eq!(call().expect(502)["error"]["statusCode"], 503);
    // What failed cost nothing.
    assert_eq!(caller.balance(), before - 1);

    let calls = anyone.get("/test/outbound").expect(200)["outbound"].clone();
    let seen: Vec<_> = calls.as_array().unwrap().iter().map(|call| (&call["status"], &call["error"])).collect();
    assert_eq!(
        seen,
        [
            (&json!(200), &json!(null)),
            (&json!(null), &json!("it did not answer in time")),
            (&json!(null), &json!("no answer came from it")),
            (&json!(503), &json!(null)),
        ]
    );
    let first = &calls[0];
    assert_eq!(first["url"], "https://agent.invalid/sum");
    assert_eq!(first["body"], json!({"caller": "caller", "skill": "sum", "payload": {"a": 1, "b": 2}}));
    assert_eq!(first["isOffline"], true);
    assert!(first["headers"]["webhook-signature"].as_str().unwrap().starts_with("v1,"), "{first}");
    assert_eq!(anyone.get("/test/outbound/answers").expect(200)["answers"].as_array().unwrap().len(), 1);
    anyone.delete("/test/outbound").expect(200);
    anyone.delete("/test/outbound/answers").expect(200);
    assert_eq!(anyone.get("/test/outbound").expect(200), json!({"outbound": []}));
    assert_eq!(anyone.get("/test/outbound/answers").expect(200), json!({"answers": []}));
    server.audit();
}

#[test]
fn a_call_over_the_network_is_on_the_list_too() {
    let server = Server::in_test_mode(None);
    let (caller, target) = (agent(&server, "caller", 100), agent(&server, "target", 1));
    // Nothing listens there any more.
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let skills = json!({"skills": [{"name": "sum", "description": "Adds", "endpoint": format!("http://{free}/")}]});
    target.patch("/api/agents/target", skills).expect(200);
    caller.post("/api/agents/target/call/sum", json!({})).refused(502, "skill_unreachable");
    let calls = server.anyone().get("/test/outbound").expect(200)["outbound"].clone();
    assert_eq!((&calls[0]["isOffline"], &calls[0]["error"]), (&json!(false), &json!("no answer came from it")));
}

#[test]
fn while_the_clock_is_held_an_event_is_sent_before_the_answer_to_what_caused_it() {
    let server = Server::in_test_mode(None);
    let (ada, bob) = (agent(&server, "ada", 100), agent(&server, "bob", 100));
    let url = "https://ada.invalid/events";
    let anyone = server.anyone();
    anyone.post("/test/outbound/answers", json!({"url": url, "status": 503, "times": 1})).expect(200);
    anyone.post("/test/outbound/answers", json!({"url": url})).expect(200);
    ada.patch("/api/agents/ada", json!({"endpoint": url, "events": ["*"]})).expect(200);
    bob.post("/api/agents/ada/tip", json!({"amount": 3})).expect(200);
    let sent = || anyone.get("/test/outbound").expect(200)["outbound"].as_array().unwrap().clone();
    assert_eq!(sent().iter().map(|call| &call["status"]).collect::<Vec<_>>(), [503]);
    // It is sent again when it is due again.
    anyone.post("/test/clock", json!({"advance": "1d"})).expect(200);
    let calls = sent();
    assert_eq!(calls.iter().map(|call| &call["status"]).collect::<Vec<_>>(), [503, 200]);
    assert_eq!(calls[1]["body"]["type"], "tip");
    assert_eq!(calls[0]["headers"]["webhook-id"], calls[1]["headers"]["webhook-id"]);
}

#[test]
fn answers_that_make_no_sense_are_refused() {
    let server = Server::in_test_mode(None);
    for (body, field) in [
        (json!({}), "url"),
        (json!({"url": ""}), "url"),
        (json!({"url": "https://a.example/", "status": 99}), "status"),
        (json!({"url": "https://a.example/", "times": 0}), "times"),
        (json!({"url": "https://a.example/", "error": "flood"}), "error"),
        (json!({"url": "https://a.example/", "error": "timeout", "status": 200}), ""),
    ] {
        let answer = server.anyone().post("/test/outbound/answers", body.clone());
        answer.refused(400, "invalid_request");
        assert_eq!(answer.json()["error"]["field"].as_str().unwrap_or_default(), field, "{body}");
    }
}
