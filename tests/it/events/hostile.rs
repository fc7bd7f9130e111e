//! Endpoints that are not what they should be: where they lie, and what they answer.

use std::time::{Duration, Instant};

use serde_json::json;

use super::{TIMEOUT, deliver, deliveries, hint, server, subscribe};
use crate::skills::endpoint::Endpoint;

#[test]
fn no_answer_holds_a_delivery_up_or_leads_it_elsewhere() {
    static MUCH: [u8; 1 << 16] = [b'0'; 1 << 16];
    const SLOW: Duration = Duration::from_millis(50);
    let server = server();
    let (ada, turing) = (server.verified("ada"), server.verified("turing"));
    server.grant("turing", 100);
    let elsewhere = Endpoint::answering("200 OK", "text/plain", "never asked");
    let moved = |status: &str| {
        let head = format!("HTTP/1.1 {status}\r\nLocation: {}\r\nContent-Length: 0\r\n\r\n", elsewhere.url());
        Endpoint::writing(head)
    };
    let late = "it did not answer in time";
    let no_answer = "no answer came from it";
    let huge = "HTTP/1.1 200 OK\r\nContent-Length: 2147483648\r\n\r\n";
    let hour = "HTTP/1.1 200 OK\r\nContent-Length: 3600\r\n\r\n";
    for (what, endpoint, error) in [
        ("never answers", Endpoint::hanging(), Some(late)),
        ("is not even waited for", Endpoint::silent(), Some(late)),
        ("drips its head", Endpoint::going_on("HTTP/1.1 200 OK\r\nx: ", b"x", SLOW), Some(late)),
        (
            "has a head without end",
            Endpoint::going_on("HTTP/1.1 200 OK\r\nx: ", &MUCH, Duration::ZERO),
            Some(no_answer),
        ),
        ("closes at once", Endpoint::writing(""), Some(no_answer)),
        ("speaks something else", Endpoint::writing("220 mail.example ESMTP\r\n"), Some(no_answer)),
        ("leads elsewhere", moved("302 Found"), Some("it answered 302, and redirects are not followed")),
        ("keeps the method", moved("307 Temporary Redirect"), Some("it answered 307, and redirects are not followed")),
        // Its head said yes, and the body is nobody's business.
        ("drips its body", Endpoint::going_on(hour, b"x", SLOW), None),
        ("is 2 GB", Endpoint::going_on(huge, &MUCH, Duration::ZERO), None),
    ] {
        subscribe(&ada, &endpoint.url());
        turing.post("/api/agents/ada/tip", json!({"amount": 1})).expect(200);
        let started = Instant::now();
        deliver(&server);
        let lasted = started.elapsed();
        assert!(lasted < TIMEOUT + Duration::from_secs(2), "an endpoint that {what}: {lasted:?}");
        let delivery = deliveries(&ada).remove(0);
        let state = if error.is_some() { "pending" } else { "delivered" };
        assert_eq!(delivery["state"], state, "an endpoint that {what}: {delivery}");
        assert_eq!(delivery["error"].as_str(), error, "an endpoint that {what}");
        ada.patch("/api/agents/ada", json!({"events": []})).expect(200);
    }
    assert!(elsewhere.seen().is_empty(), "a redirect was followed");
}

#[test]
fn private_addresses_are_refused_at_the_delivery_however_they_are_written() {
    let server = server();
    let endpoint = Endpoint::answering("200 OK", "text/plain", "");
    let port = endpoint.port;
    let urls = [
        format!("http://127.0.0.1:{port}/"),
        format!("http://localhost:{port}/"),
        format!("http://2130706433:{port}/"),
        format!("http://[::ffff:127.0.0.1]:{port}/"),
        "http://[::1]:8080/".to_owned(),
        "http://10.0.0.1/".to_owned(),
        "http://169.254.169.254/latest/meta-data".to_owned(),
        "http://agent.example:25/".to_owned(),
        "http://user:password@agent.example/".to_owned(),
    ];
    let keys: Vec<(String, String)> = (0..)
        .zip(&urls)
        .map(|(at, url): (usize, _)| {
            let agent = server.agent(&format!("agent-{at}"));
            subscribe(&agent, url);
            (agent.handle.clone(), agent.key.unwrap())
        })
        .collect();
    let turing = server.verified("turing");
    for (handle, _) in &keys {
        turing.post(&format!("/api/agents/{handle}/follow"), json!({})).expect(200);
    }
    // The operator takes the permission back, and the endpoints and events are there still.
    let server = server.restart();
    deliver(&server);
    for ((handle, key), url) in keys.iter().zip(&urls) {
        let agent = server.anyone().with_key(handle, key);
        let delivery = deliveries(&agent).remove(0);
        let error = delivery["error"].as_str().unwrap();
        assert!(error.starts_with("it may not be called: "), "{url}: {error}");
        assert_eq!(hint(&agent)["state"], "failing");
        let ping = agent.post(&format!("/api/agents/{handle}/deliveries/test"), json!({})).expect(200);
        assert_eq!((&ping["delivered"], ping["delivery"]["error"].as_str()), (&json!(false), Some(error)), "{url}");
    }
    assert!(endpoint.seen().is_empty());
}
