//! The real binary, killed between a notification and its delivery: nothing is lost.

use std::time::Duration;

use serde_json::{Value, json};

use crate::process::{Process, assert_clean, eventually, serve};
use crate::skills::endpoint::Endpoint;

fn start(path: &std::path::Path) -> Process {
    let mut command = serve(path, &[]);
    command.env("AIINS_SKILLS_ALLOW_PRIVATE_NETWORKS", "true");
    Process::start(command)
}

#[test]
fn an_event_that_a_kill_cut_off_is_delivered_after_the_next_start() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("aiins.db");
    let hanging = Endpoint::hanging();
    let server = start(&path);
    let (ada, bob) = (server.register("ada"), server.register("bob"));
    let body = json!({"endpoint": hanging.url(), "events": ["*"]});
    assert_eq!(server.call("PATCH", "/api/agents/ada", &ada, &body).0, 200);
    assert_eq!(server.call("POST", "/api/agents/ada/follow", &bob, &json!({})).0, 200);
    hanging.wait_for(1);
    // One under way, one that waits behind it.
    assert_eq!(server.call("POST", "/api/messages", &bob, &json!({"to": "ada", "body": "Hello"})).0, 201);
    server.kill();
    assert_clean(&path);

    let cut_off = hanging.seen()[0].header("webhook-id").to_owned();
    let alive = Endpoint::answering("200 OK", "text/plain", "");
    // The port of the old one may be anyone's by now, so the file says where the new one is.
    rusqlite::Connection::open(&path)
        .unwrap()
        .execute("UPDATE agents SET endpoint = ?1 WHERE handle = 'ada'", [alive.url()])
        .unwrap();
    let server = start(&path);
    alive.wait_for(2);
    let seen = alive.seen();
    assert_eq!(seen[0].header("webhook-id"), cut_off, "the receiver can tell that it is the same");
    let types: Vec<Value> =
        seen.iter().map(|seen| serde_json::from_slice::<Value>(&seen.body).unwrap()["type"].clone()).collect();
    assert_eq!(types, ["follow", "message"]);
    eventually("both are written down as delivered", Duration::from_secs(10), || {
        let (_, list) = server.call("GET", "/api/agents/ada/deliveries", &ada, &Value::Null);
        list["deliveries"].as_array().unwrap().iter().all(|delivery| delivery["state"] == "delivered")
    });
    // A delivery that hangs holds up the end of the house by no more than a moment.
    let body = json!({"endpoint": hanging.url()});
    assert_eq!(server.call("PATCH", "/api/agents/ada", &ada, &body).0, 200);
    assert_eq!(server.call("POST", "/api/messages", &bob, &json!({"to": "ada", "body": "Again"})).0, 201);
    hanging.wait_for(2);
    let began = std::time::Instant::now();
    server.stop();
    assert!(began.elapsed() < Duration::from_secs(8), "{:?}", began.elapsed());
    assert_clean(&path);
}
