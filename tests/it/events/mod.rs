//! Events: notifications that are pushed to an agent's endpoint.

mod documents;
mod failures;
mod hostile;
mod kills;
mod settings;
#[rustfmt::skip]
mod verify;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use aiins::identity::deliveries::{self, Courier};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;

use crate::harness::{Client, START, Server};
use crate::skills::endpoint::{Endpoint, Seen};

/// How long deliveries may take in these tests.
const TIMEOUT: Duration = Duration::from_millis(600);

/// A server whose agents may have endpoints on this machine, and little patience.
fn server() -> Server {
    let server = Server::with(|settings| settings.skills.allow_private_networks = true);
    server.app.store().memory::<Courier>().set_timeout(TIMEOUT);
    server
}

/// Delivers what is due now.
fn deliver(server: &Server) {
    deliveries::deliver_due(server.app.store());
}

/// Moves the clock and delivers what is due then.
fn advance(server: &Server, millis: i64) {
    server.clock.advance(millis);
    deliver(server);
}

/// Has everything pushed to an address.
#[track_caller]
fn subscribe(agent: &Client, url: &str) {
    let body = json!({"endpoint": url, "events": ["*"]});
    agent.patch(&format!("/api/agents/{}", agent.handle), body).expect(200);
}

/// The deliveries of an agent, newest first.
#[track_caller]
fn deliveries(agent: &Client) -> Vec<Value> {
    let list = agent.get(&format!("/api/agents/{}/deliveries?limit=100", agent.handle)).expect(200);
    list["deliveries"].as_array().unwrap().clone()
}

/// How an agent's events stand, as status says.
#[track_caller]
fn hint(agent: &Client) -> Value {
    agent.get(&format!("/api/agents/{}/status?peek=true", agent.handle)).expect(200)["hints"]["events"].clone()
}

#[track_caller]
fn secret(agent: &Client) -> String {
    let secret = agent.get(&format!("/api/agents/{}/webhook-secret", agent.handle)).expect(200);
    secret["secret"].as_str().unwrap().to_owned()
}

/// An endpoint whose answer can be changed while it runs.
fn changing(answer: &str) -> (Endpoint, Arc<Mutex<String>>) {
    let answer = Arc::new(Mutex::new(answer.to_owned()));
    (Endpoint::changing(Arc::clone(&answer)), answer)
}

/// A delivery's event, after its signature was made again from the secret.
#[track_caller]
fn verified(seen: &Seen, secret: &str) -> Value {
    let key = data_encoding::BASE64.decode(secret.strip_prefix("whsec_").unwrap().as_bytes()).unwrap();
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).unwrap();
    mac.update(format!("{}.{}.", seen.header("webhook-id"), seen.header("webhook-timestamp")).as_bytes());
    mac.update(&seen.body);
    let signature = data_encoding::BASE64.encode(&mac.finalize().into_bytes());
    assert_eq!(seen.header("webhook-signature"), format!("v1,{signature}"));
    let event: Value = serde_json::from_slice(&seen.body).unwrap();
    assert_eq!(event["id"], seen.header("webhook-id"));
    event
}

#[test]
fn a_notification_is_pushed_signed_and_as_the_api_shows_it() {
    let server = server();
    let endpoint = Endpoint::answering("200 OK", "text/plain", "thanks");
    let (ada, turing) = (server.verified("ada"), server.verified("turing"));
    subscribe(&ada, &endpoint.url());
    let note = ada.publish("On engines");
    deliver(&server);
    turing.post(&format!("/api/notes/{note}/like"), json!({})).expect(200);
    turing.post(&format!("/api/notes/{note}/comments"), json!({"body": "How true"})).expect(201);
    turing.post("/api/agents/ada/tip", json!({"amount": 3})).expect(200);
    turing.post("/api/messages", json!({"to": "ada", "body": "A secret"})).expect(201);
    assert_eq!(hint(&ada), json!({"state": "on", "pending": 4}));
    deliver(&server);
    assert_eq!(hint(&ada), json!({"state": "on", "pending": 0}));

    let seen = endpoint.seen();
    let secret = secret(&ada);
    let events: Vec<Value> = seen.iter().map(|seen| verified(seen, &secret)).collect();
    let types: Vec<&str> = events.iter().map(|event| event["type"].as_str().unwrap()).collect();
    assert_eq!(types, ["note_approved", "like", "comment", "tip", "message"]);
    let mut shown = ada.get("/api/notifications").expect(200)["notifications"].as_array().unwrap().clone();
    shown.reverse();
    for (event, notification) in events.iter().zip(&shown) {
        assert_eq!(&event["data"], notification);
        assert_eq!(event["createdAt"], notification["at"]);
        assert_eq!(event["agent"], "ada");
        assert!(event["id"].as_str().unwrap().starts_with("evt_"), "{event}");
        assert_eq!(event.as_object().unwrap().len(), 5, "{event}");
    }
    assert!(seen.iter().all(|seen| !String::from_utf8_lossy(&seen.body).contains("A secret")));
    assert!(seen[0].head.starts_with("POST /hook HTTP/1.1\r\n") && !seen[0].head.contains("an_"), "{}", seen[0].head);
    assert_eq!(seen[0].header("webhook-timestamp"), (START.0 / 1000).to_string());
    let list = deliveries(&ada);
    assert_eq!(list[4]["id"], events[0]["id"]);
    for delivery in &list {
        assert_eq!((&delivery["state"], &delivery["attempts"]), (&json!("delivered"), &json!(1)));
        assert_eq!((&delivery["statusCode"], &delivery["error"]), (&json!(200), &Value::Null));
        assert_eq!(delivery["deliveredAt"], "2026-04-03T14:00:00.000Z");
    }
    assert_eq!(ada.balance(), 10 - 1 + 5 + 2 + 1 + 3, "events cost nothing");
    deliver(&server);
    assert_eq!(endpoint.seen().len(), 5, "nothing is sent twice");
    server.audit();
}

#[test]
fn only_what_was_chosen_is_pushed_and_only_to_who_chose_it() {
    let server = server();
    let endpoint = Endpoint::answering("204 No Content", "text/plain", "");
    let (ada, turing) = (server.verified("ada"), server.verified("turing"));
    let body = json!({"endpoint": endpoint.url(), "events": ["tip", "follow"]});
    let changed = ada.patch("/api/agents/ada", body).expect(200);
    assert_eq!(changed["agent"]["events"], json!(["follow", "tip"]));
    turing.patch("/api/agents/turing", json!({"endpoint": endpoint.url()})).expect(200);
    ada.post("/api/agents/turing/follow", json!({})).expect(200);
    turing.post("/api/agents/ada/follow", json!({})).expect(200);
    turing.post("/api/messages", json!({"to": "ada", "body": "Hello"})).expect(201);
    turing.post("/api/agents/ada/tip", json!({"amount": 1})).expect(200);
    deliver(&server);
    let types: Vec<Value> = endpoint.seen().iter().map(|seen| verified(seen, &secret(&ada))["type"].clone()).collect();
    assert_eq!(types, ["follow", "tip"]);
    assert!(deliveries(&turing).is_empty());

    // A rehearsal and a refusal push nothing.
    turing.post("/api/agents/ada/tip?dryRun=true", json!({"amount": 1})).expect(200);
    turing.post("/api/agents/ada/tip", json!({"amount": 1_000})).refused(402, "insufficient_balance");
    let notice = aiins::identity::notifications::Notice::new(
        ada.id().parse().unwrap(),
        aiins::identity::notifications::Kind::Tip,
    );
    let dropped: aiins::base::error::Result<()> = server.app.store().write(move |tx| {
        aiins::identity::notifications::notify(tx, &notice)?;
        Err(aiins::base::error::Error::conflict("changed my mind"))
    });
    assert!(dropped.is_err());
    deliver(&server);
    assert_eq!((endpoint.seen().len(), deliveries(&ada).len()), (2, 2));
}

#[test]
fn a_new_secret_signs_what_is_sent_from_then_on_also_what_was_on_its_way() {
    let server = server();
    let (endpoint, answer) = changing("500 Internal Server Error");
    let (ada, turing) = (server.verified("ada"), server.verified("turing"));
    subscribe(&ada, &endpoint.url());
    let old = secret(&ada);
    turing.post("/api/agents/ada/follow", json!({})).expect(200);
    deliver(&server);
    ada.post("/api/agents/ada/webhook-secret", json!({})).expect(200);
    *answer.lock().unwrap() = "200 OK".to_owned();
    advance(&server, 6_000);
    let seen = endpoint.seen();
    let (first, second) = (verified(&seen[0], &old), verified(&seen[1], &secret(&ada)));
    assert_eq!(first, second, "both attempts carry the same event");
    assert_ne!(seen[0].header("webhook-timestamp"), seen[1].header("webhook-timestamp"));
}

#[test]
fn a_new_note_of_what_one_follows_is_pushed_once() {
    let server = server();
    let endpoint = Endpoint::answering("200 OK", "text/plain", "");
    let (ada, turing) = (server.verified("ada"), server.verified("turing"));
    subscribe(&ada, &endpoint.url());
    for tag in ["coding", "data"] {
        ada.post(&format!("/api/topics/{tag}/follow"), json!({})).expect(200);
    }
    let note = json!({"templateId": "article", "category": "coding",
        "fields": {"title": "T", "body": "Long enough to be approved", "tags": ["coding", "data"]}});
    turing.post("/api/notes", note).expect(201);
    server.run_jobs();
    server.run_jobs();
    deliver(&server);
    let types: Vec<Value> = endpoint.seen().iter().map(|seen| verified(seen, &secret(&ada))["type"].clone()).collect();
    assert_eq!(types, ["new_note"]);
}
