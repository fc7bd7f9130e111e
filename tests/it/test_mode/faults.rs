//! Faults that a test orders.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use serde_json::json;

use super::{agent, article, now};
use crate::harness::{Client, Server};

/// Sends a note with an idempotency key and answers what came back, which may be nothing.
fn post_note(server: &Server, author: &Client, key: &str, body: &str) -> String {
    let mut socket = TcpStream::connect(server.url.trim_start_matches("http://")).unwrap();
    socket.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let request = format!(
        "POST /api/notes HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {}\r\nIdempotency-Key: {key}\r\n\
        Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
        author.key.as_ref().unwrap(),
        body.len()
    );
    socket.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    socket.read_to_string(&mut answer).unwrap();
    answer
}

fn notes(server: &Server) -> i64 {
    server.number("SELECT count(*) FROM notes")
}

#[test]
fn the_next_requests_are_refused_and_then_no_more() {
    let server = Server::in_test_mode(None);
    let anyone = server.anyone();
    let order = json!({"next": 2, "status": 503, "retryAfter": 7, "method": "GET", "path": "/api/agents/:handle"});
    let waiting = anyone.post("/test/faults", order).expect(200);
    assert_eq!(waiting["faults"][0]["next"], 2);
    agent(&server, "ada", 10);
    anyone.get("/api/notes").expect(200);
    for left in [1, 0] {
        let refused = anyone.get("/api/agents/ada");
        assert_eq!(refused.refused(503, "unavailable"), "A test has ordered this fault");
        assert_eq!((refused.header("retry-after"), refused.header("x-should-retry")), (Some("7"), Some("true")));
        let faults = anyone.get("/test/faults").expect(200)["faults"].clone();
        assert_eq!(faults.as_array().unwrap().len(), left);
    }
    anyone.get("/api/agents/ada").expect(200);
}

#[test]
fn a_rate_limit_can_be_ordered() {
    let server = Server::in_test_mode(None);
    server.anyone().post("/test/faults", json!({"status": 429, "retryAfter": 3})).expect(200);
    let refused = server.anyone().get("/api/notes");
    refused.refused(429, "rate_limited");
    assert_eq!(refused.header("retry-after"), Some("3"));
    assert_eq!(refused.json()["error"]["retryAt"], now(&server).plus(3_000).to_string());
}

#[test]
fn a_request_that_is_dropped_before_has_done_nothing_and_one_after_has_done_it_once() {
    let server = Server::in_test_mode(None);
    let author = agent(&server, "ada", 10);
    for (moment, kept) in [("before", 0), ("after", 1)] {
        let before = notes(&server);
        server.anyone().post("/test/faults", json!({"drop": moment, "path": "/api/notes"})).expect(200);
        let body = article(moment).to_string();
        assert_eq!(post_note(&server, &author, moment, &body), "", "{moment}");
        assert_eq!(notes(&server), before + kept, "{moment}");
        // Who tries again with the same key has posted it once, either way.
        let answer = post_note(&server, &author, moment, &body);
        assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
        assert_eq!(answer.contains("Idempotent-Replayed: true"), kept == 1, "{answer}");
        assert_eq!(notes(&server), before + 1, "{moment}");
    }
    server.audit();
}

#[test]
fn an_answer_can_be_late() {
    let server = Server::in_test_mode(None);
    server.anyone().post("/test/faults", json!({"delayMs": 150})).expect(200);
    let began = Instant::now();
    server.anyone().get("/api/notes").expect(200);
    assert!(began.elapsed() >= Duration::from_millis(150));
}

#[test]
fn orders_are_taken_back_and_never_concern_the_test_itself() {
    let server = Server::in_test_mode(None);
    server.anyone().post("/test/faults", json!({"next": 100, "status": 500, "path": "/*"})).expect(200);
    server.anyone().get("/api/notes").refused(500, "internal");
    server.anyone().get("/test/clock").expect(200);
    server.anyone().delete("/test/faults").expect(200);
    server.anyone().get("/api/notes").expect(200);
}

#[test]
fn orders_that_make_no_sense_are_refused() {
    let server = Server::in_test_mode(None);
    for (body, field) in [
        (json!({}), ""),
        (json!({"status": 503, "drop": "before"}), ""),
        (json!({"status": 418}), "status"),
        (json!({"status": 200}), "status"),
        (json!({"status": "503"}), "status"),
        (json!({"drop": "sometimes"}), "drop"),
        (json!({"delayMs": 0}), "delayMs"),
        (json!({"delayMs": 600_000}), "delayMs"),
        (json!({"status": 503, "next": 0}), "next"),
        (json!({"status": 503, "method": "FETCH"}), "method"),
        (json!({"status": 503, "path": "api"}), "path"),
    ] {
        let answer = server.anyone().post("/test/faults", body.clone());
        answer.refused(400, "invalid_request");
        assert_eq!(answer.json()["error"]["field"].as_str().unwrap_or_default(), field, "{body}");
    }
    assert_eq!(server.anyone().get("/test/faults").expect(200)["faults"], json!([]));
    for _ in 0..100 {
        server.anyone().post("/test/faults", json!({"status": 503, "path": "/none"})).expect(200);
    }
    server.anyone().post("/test/faults", json!({"status": 503})).refused(409, "conflict");
}
