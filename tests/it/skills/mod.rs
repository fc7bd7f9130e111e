//! Skills: agents call each other, and pay for what they get.

mod crashes;
pub mod endpoint;
mod hosted;
mod isolation;

use std::io::Write;
use std::time::{Duration, Instant};

use aiins::market::skills;
use flate2::Compression;
use flate2::write::GzEncoder;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;

use self::endpoint::Endpoint;
use crate::harness::{Client, START, Server};

/// How long calls may take in these tests.
const TIMEOUT: Duration = Duration::from_millis(600);

/// A server whose agents may have endpoints on this machine, and little patience.
pub fn server() -> Server {
    let server = Server::with(|settings| settings.skills.allow_private_networks = true);
    server.app.store().memory::<skills::Client>().set_timeout(TIMEOUT);
    server
}

/// Gives an agent one skill.
#[track_caller]
pub fn offer(agent: &Client, skill: &str, url: &str) {
    let skills = json!({"skills": [{"name": skill, "endpoint": url}]});
    agent.patch(&format!("/api/agents/{}", agent.handle), skills).expect(200);
}

/// What the wallet of an agent went through, newest first.
fn history(server: &Server, agent: &Client) -> Vec<(i64, &'static str)> {
    let id = agent.id().parse().unwrap();
    let entries = server.app.store().read(|tx| aiins::ledger::history(tx, id, None, 50)).unwrap();
    entries.iter().map(|entry| (entry.delta, entry.reason)).collect()
}

#[test]
fn an_answer_below_500_is_passed_on_and_costs_a_token() {
    let server = server();
    let (caller, target) = (server.verified("ada"), server.verified("turing"));
    let elsewhere = Endpoint::answering("200 OK", "text/plain", "never asked");
    let moved = format!("HTTP/1.1 302 Found\r\nLocation: {}\r\nContent-Length: 4\r\n\r\ngone", elsewhere.url());
    let gzip = {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(br#"{"zipped": true}"#).unwrap();
        let body = encoder.finish().unwrap();
        let head = format!("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {}\r\n\r\n", body.len());
        [head.into_bytes(), body].concat()
    };
    let full = "x".repeat(1 << 20);
    let cases = [
        (
            Endpoint::answering("200 OK", "application/json", r#"{"b": 1.5, "a": [null]}"#),
            200,
            json!({"b": 1.5, "a": [null]}),
        ),
        (Endpoint::answering("200 OK", "text/plain", "hello"), 200, json!("hello")),
        (Endpoint::answering("200 OK", "application/json", &b"\xff{"[..]), 200, json!("\u{fffd}{")),
        (Endpoint::answering("404 Not Found", "application/json", "{}"), 404, json!({})),
        (Endpoint::answering("429 Too Many Requests", "text/plain", ""), 429, json!("")),
        (Endpoint::answering("200 OK", "text/plain", full.clone()), 200, json!(full)),
        (Endpoint::writing("HTTP/1.1 204 No Content\r\n\r\n"), 204, json!("")),
        (Endpoint::writing("HTTP/1.1 200 OK\r\n\r\nuntil the end"), 200, json!("until the end")),
        (
            Endpoint::writing("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n[1\r\n1\r\n]\r\n0\r\n\r\n"),
            200,
            json!([1]),
        ),
        (Endpoint::writing(moved), 302, json!("gone")),
        (Endpoint::writing(gzip), 200, json!({"zipped": true})),
    ];
    server.grant("ada", 100);
    for (at, (endpoint, status, response)) in (1..).zip(cases) {
        offer(&target, "translate", &endpoint.url());
        let answer = caller.post("/api/agents/Turing/call/translate", json!({"input": "hello"})).expect(200);
        let expected = json!({
            "success": true, "skill": "translate", "target": "turing", "statusCode": status, "response": response,
            "tokensSpent": 1,
        });
        assert_eq!(answer, expected);
        assert_eq!(endpoint.seen().len(), 1);
        assert_eq!(caller.balance(), 110 - at);
    }
    assert!(elsewhere.seen().is_empty(), "a redirect was followed");
    assert_eq!(history(&server, &caller)[0], (-1, "skill_call"));
    assert_eq!(target.balance(), 10);
    server.check();
}

#[test]
fn a_target_gets_caller_skill_and_payload_signed_with_its_secret() {
    let server = server();
    let (caller, target) = (server.verified("ada"), server.verified("turing"));
    let endpoint = Endpoint::answering("200 OK", "application/json", "{}");
    offer(&target, "translate", &endpoint.url());
    let secret = target.get("/api/agents/turing/webhook-secret").expect(200)["secret"].as_str().unwrap().to_owned();

    let bodies = [r#"{"input": 1.50, "big": 18446744073709551616}"#, "[1]", "null", ""];
    for body in bodies {
        let answer = caller.call("POST", "/api/agents/turing/call/translate", body.as_bytes());
        answer.expect(200);
    }
    let seen = endpoint.seen();
    for (request, body) in seen.iter().zip(bodies) {
        let payload = if body.is_empty() { "{}" } else { body };
        let expected = format!(r#"{{"caller":"ada","skill":"translate","payload":{payload}}}"#);
        assert_eq!(String::from_utf8_lossy(&request.body), expected);
        assert!(request.head.starts_with("POST /hook HTTP/1.1\r\n"), "{}", request.head);
        assert_eq!(request.header("content-type"), "application/json");
        assert_eq!(request.header("webhook-timestamp"), (START.0 / 1000).to_string());
        let id = request.header("webhook-id");
        assert!(id.starts_with("msg_"), "{id}");
        let key = data_encoding::BASE64.decode(secret.strip_prefix("whsec_").unwrap().as_bytes()).unwrap();
        let mut mac = Hmac::<Sha256>::new_from_slice(&key).unwrap();
        mac.update(format!("{id}.{}.{expected}", START.0 / 1000).as_bytes());
        let signature = data_encoding::BASE64.encode(&mac.finalize().into_bytes());
        assert_eq!(request.header("webhook-signature"), format!("v1,{signature}"));
        assert!(!request.head.contains("an_"), "the caller's key left the house");
    }
    assert_eq!(seen.len(), bodies.len());
    assert_ne!(seen[0].header("webhook-id"), seen[1].header("webhook-id"));
    server.check();
}

#[test]
fn a_failing_endpoint_costs_nothing() {
    let server = server();
    let (caller, target) = (server.verified("ada"), server.verified("turing"));
    let bomb = {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        let zeros = vec![b'0'; 1 << 20];
        (0..64).for_each(|_| encoder.write_all(&zeros).unwrap());
        let body = encoder.finish().unwrap();
        let head = format!("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {}\r\n\r\n", body.len());
        [head.into_bytes(), body].concat()
    };
    const FAST: Duration = Duration::ZERO;
    const SLOW: Duration = Duration::from_millis(50);
    static MUCH: [u8; 1 << 16] = [b'0'; 1 << 16];
    let (at_once, in_time) = ((502, "skill_unreachable"), (504, "skill_timeout"));
    let hour = "HTTP/1.1 200 OK\r\nContent-Length: 3600\r\n\r\n";
    let huge = "HTTP/1.1 200 OK\r\nContent-Length: 2147483648\r\n\r\n";
    let cases = [
        ("is a failure", Endpoint::answering("500 Internal Server Error", "text/plain", "secret trace"), at_once),
        ("is another failure", Endpoint::answering("503 Service Unavailable", "application/json", "{}"), at_once),
        ("closes at once", Endpoint::writing(""), at_once),
        ("speaks something else", Endpoint::writing("220 mail.example ESMTP\r\n"), at_once),
        ("says less than it said", Endpoint::writing("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"), at_once),
        ("is one byte too long", Endpoint::answering("200 OK", "text/plain", "x".repeat((1 << 20) + 1)), at_once),
        ("is 2 GB", Endpoint::going_on(huge, &MUCH, FAST), at_once),
        ("never ends", Endpoint::going_on("HTTP/1.1 200 OK\r\n\r\n", &MUCH, FAST), at_once),
        ("has a head that never ends", Endpoint::going_on("HTTP/1.1 200 OK\r\nx: ", &MUCH, FAST), at_once),
        ("is a bomb", Endpoint::writing(bomb), at_once),
        ("drips", Endpoint::going_on(hour, b"x", SLOW), in_time),
        ("drips its head", Endpoint::going_on("HTTP/1.1 200 OK\r\nx: ", b"x", SLOW), in_time),
        ("never comes", Endpoint::hanging(), in_time),
        ("is not even waited for", Endpoint::silent(), in_time),
    ];
    for (what, endpoint, (status, code)) in &cases {
        offer(&target, "translate", &endpoint.url());
        let started = Instant::now();
        let answer = caller.post("/api/agents/turing/call/translate", json!({}));
        let message = answer.refused(*status, code);
        assert!(started.elapsed() < TIMEOUT + Duration::from_secs(2), "an answer that {what}: {:?}", started.elapsed());
        assert!(message.contains("costs nothing"), "{message}");
        assert!(!answer.text().contains("secret trace"));
        assert_eq!(answer.header("x-should-retry"), Some("true"));
        assert_eq!(caller.balance(), 10, "an answer that {what}");
        let reasons: Vec<_> = history(&server, &caller).into_iter().take(2).collect();
        assert_eq!(reasons, [(1, "skill_call_refund"), (-1, "skill_call")]);
    }
    offer(&target, "translate", &cases[0].1.url());
    let answer = caller.post("/api/agents/turing/call/translate", json!({})).expect(502);
    assert_eq!(answer["error"]["statusCode"], 500);

    offer(&target, "translate", &Endpoint::nobody());
    caller.post("/api/agents/turing/call/translate", json!({})).refused(502, "skill_unreachable");
    let hung = Endpoint::silent();
    offer(&target, "translate", &format!("https://localhost:{}/", hung.port));
    caller.post("/api/agents/turing/call/translate", json!({})).refused(504, "skill_timeout");
    let sipping = Endpoint::sipping();
    offer(&target, "translate", &sipping.url());
    let started = Instant::now();
    let long = json!({"input": "x".repeat(60 << 10)});
    caller.post("/api/agents/turing/call/translate", long).refused(504, "skill_timeout");
    assert!(started.elapsed() < TIMEOUT + Duration::from_secs(2), "{:?}", started.elapsed());
    offer(&target, "translate", "http://no-such-name.invalid/");
    let status = caller.post("/api/agents/turing/call/translate", json!({})).status;
    assert!(status == 502 || status == 504, "{status}");
    assert_eq!(caller.balance(), 10);
    server.check();
}

#[test]
fn what_cannot_be_called_is_refused_before_a_token_moves() {
    let server = server();
    let (caller, target) = (server.verified("ada"), server.verified("turing"));
    let endpoint = Endpoint::answering("200 OK", "application/json", "{}");
    offer(&target, "translate", &endpoint.url());
    let call =
        |client: &Client, path: &str, body: &str| client.call("POST", &format!("/api/agents/{path}"), body.as_bytes());

    call(&server.anyone(), "turing/call/translate", "{}").refused(401, "unauthorized");
    assert_eq!(call(&caller, "nobody/call/translate", "{}").refused(404, "not_found"), "Agent not found");
    assert_eq!(call(&caller, "turing/call/sing", "{}").refused(404, "not_found"), "Skill not found");
    call(&caller, "turing/call/Translate", "{}").refused(404, "not_found");
    call(&caller, "turing/call/translate", "hello").refused(400, "invalid_request");
    call(&caller, "turing/call/translate", "{\"cut\":").refused(400, "invalid_request");
    let message = call(&server.agent("poor"), "turing/call/translate", "{}").refused(402, "insufficient_balance");
    assert_eq!(message, "Insufficient balance: need 1, have 0");
    target.patch("/api/agents/turing", json!({"skills": ["translate"]})).expect(200);
    call(&caller, "turing/call/translate", "{}").refused(409, "conflict");
    for never in ["http://user@agent.example/", "http://a:b@agent.example/", "http://agent.example:25/"] {
        offer(&target, "translate", never);
        call(&caller, "turing/call/translate", "{}").refused(409, "conflict");
    }
    offer(&target, "translate", &endpoint.url());
    server.admin().post("/api/admin/agents/turing/ban", json!({"reason": "spam"})).expect(200);
    call(&caller, "turing/call/translate", "{}").refused(404, "not_found");
    assert_eq!(caller.balance(), 10);
    assert!(endpoint.seen().is_empty());
    server.check();
}

#[test]
fn private_addresses_are_refused_at_the_call_however_they_are_written() {
    let server = server();
    let (caller, target) = (server.verified("ada"), server.verified("turing"));
    let endpoint = Endpoint::answering("200 OK", "application/json", "{}");
    let port = endpoint.port;
    let urls = [
        format!("http://127.0.0.1:{port}/"),
        format!("http://localhost:{port}/"),
        format!("http://2130706433:{port}/"),
        format!("http://0x7f.1:{port}/"),
        format!("http://[::ffff:127.0.0.1]:{port}/"),
        format!("http://0.0.0.0:{port}/"),
        "http://[::1]:8080/".to_owned(),
        "http://10.0.0.1/".to_owned(),
        "http://100.64.0.1/".to_owned(),
        "http://169.254.169.254/latest/meta-data".to_owned(),
        "http://[64:ff9b::a00:1]/".to_owned(),
        "http://[fd00::1]/".to_owned(),
    ];
    let skills: Vec<Value> =
        (0..).zip(&urls).map(|(at, url): (usize, _)| json!({"name": format!("skill-{at}"), "endpoint": url})).collect();
    target.patch("/api/agents/turing", json!({"skills": skills})).expect(200);
    let key = caller.key.unwrap();

    // The operator takes the permission back, and the endpoints are there still.
    let server = server.restart();
    let caller = server.anyone().with_key("ada", &key);
    for (at, url) in urls.iter().enumerate() {
        let answer = caller.post(&format!("/api/agents/turing/call/skill-{at}"), json!({}));
        assert!(!answer.refused(409, "conflict").contains("127"), "{url}");
    }
    assert_eq!((caller.balance(), history(&server, &caller).len()), (10, 1));
    assert!(endpoint.seen().is_empty());
    server.check();
}

#[test]
fn a_webhook_secret_is_for_its_agent_alone() {
    let server = server();
    let (ada, turing) = (server.verified("ada"), server.verified("turing"));
    let path = "/api/agents/ada/webhook-secret";
    let first = ada.get(path);
    let secret = first.expect(200)["secret"].as_str().unwrap().to_owned();
    assert!(secret.starts_with("whsec_") && secret.len() == 50, "{secret}");
    assert_eq!(first.header("cache-control"), Some("no-store"));
    assert_eq!(ada.get(path).expect(200), json!({"secret": secret}));
    turing.get(path).refused(403, "forbidden");
    server.person("owner-of-ada").get(path).refused(403, "forbidden");
    server.anyone().get(path).refused(401, "unauthorized");
    turing.post(path, json!({})).refused(403, "forbidden");
    assert_eq!(ada.get(path).expect(200)["secret"], secret);

    let rotated = ada.post(path, json!({})).expect(200);
    assert_eq!(rotated["success"], true);
    assert_ne!(rotated["secret"], secret);
    assert_eq!(ada.get(path).expect(200)["secret"], rotated["secret"]);
    assert_ne!(turing.get("/api/agents/turing/webhook-secret").expect(200)["secret"], rotated["secret"]);
}
