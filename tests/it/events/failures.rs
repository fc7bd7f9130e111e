//! Endpoints that fail: when events are tried again, who waits meanwhile, and when an endpoint is left alone.

use std::sync::{Arc, Mutex};
use std::time::Instant;

use aiins::base::clock::{DAY, HOUR, MINUTE, SECOND};
use serde_json::{Value, json};

use super::{TIMEOUT, advance, changing, deliver, deliveries, hint, server, subscribe};
use crate::harness::{Client, Server};
use crate::skills::endpoint::Endpoint;

/// Sends an agent a tip, and with it an event.
#[track_caller]
fn tip(by: &Client, to: &Client) {
    by.post(&format!("/api/agents/{}/tip", to.handle), json!({"amount": 1})).expect(200);
}

/// One agent with an endpoint, and another whose tips are its events.
struct Scene<'s> {
    endpoint: Endpoint,
    answer: Arc<Mutex<String>>,
    ada: Client<'s>,
    turing: Client<'s>,
}

/// Has so many events delivered to an endpoint that answers so, as far as it takes them.
#[track_caller]
fn tipped<'s>(server: &'s Server, answer: &str, tips: usize) -> Scene<'s> {
    let (endpoint, answer) = changing(answer);
    let (ada, turing) = (server.verified("ada"), server.verified("turing"));
    subscribe(&ada, &endpoint.url());
    (0..tips).for_each(|_| tip(&turing, &ada));
    deliver(server);
    Scene { endpoint, answer, ada, turing }
}

/// What was told of events that are off.
fn told_off(agent: &Client) -> Vec<Value> {
    let all = agent.get("/api/notifications").expect(200)["notifications"].as_array().unwrap().clone();
    all.into_iter().filter(|it| it["type"] == "events_off").collect()
}

#[test]
fn an_event_is_tried_again_after_growing_pauses_until_it_is_taken() {
    let server = server();
    let Scene { endpoint, answer, ada, .. } = tipped(&server, "503 Service Unavailable", 1);
    let mut tries = 1;
    for pause in [5 * SECOND, 30 * SECOND, 2 * MINUTE, 10 * MINUTE, 30 * MINUTE, HOUR, 2 * HOUR, 2 * HOUR] {
        assert_eq!(endpoint.seen().len(), tries);
        assert_eq!(hint(&ada)["state"], "failing");
        // Asking for events again is no way around the pause, nor to the front of those that wait.
        ada.patch("/api/agents/ada", json!({"events": ["*"]})).expect(200);
        advance(&server, pause - 1);
        assert_eq!(endpoint.seen().len(), tries, "before {pause}");
        // Up to a tenth more, so that endpoints that failed together are not tried together.
        advance(&server, pause / 10 + 1);
        tries += 1;
        assert_eq!(endpoint.seen().len(), tries, "after {pause}");
        let delivery = deliveries(&ada).remove(0);
        assert_eq!((&delivery["state"], &delivery["attempts"]), (&json!("pending"), &json!(tries)));
        assert_eq!((&delivery["statusCode"], &delivery["error"]), (&json!(503), &json!("it answered 503")));
        assert!(delivery["nextAttemptAt"].as_str() > delivery["lastAttemptAt"].as_str(), "{delivery}");
    }
    *answer.lock().unwrap() = "200 OK".to_owned();
    advance(&server, 3 * HOUR);
    let delivery = deliveries(&ada).remove(0);
    assert_eq!((&delivery["state"], &delivery["attempts"]), (&json!("delivered"), &json!(tries + 1)));
    assert_eq!(hint(&ada), json!({"state": "on", "pending": 0}));
    let ids: Vec<String> = endpoint.seen().iter().map(|seen| seen.header("webhook-id").to_owned()).collect();
    assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");
    let attempts = server.app.store().memory::<aiins::identity::deliveries::Courier>().attempts();
    assert_eq!((attempts.taken, attempts.failed), (1, tries as u64));
}

#[test]
fn events_wait_in_their_order_for_an_endpoint_and_overtake_one_that_it_refuses() {
    let server = server();
    let Scene { endpoint, answer, ada, turing } = tipped(&server, "500 Internal Server Error", 3);
    assert_eq!(endpoint.seen().len(), 1, "one failure is enough for all of them");
    *answer.lock().unwrap() = "200 OK".to_owned();
    advance(&server, 6 * SECOND);
    let ids = |from: usize| -> Vec<String> {
        endpoint.seen()[from..].iter().map(|seen| seen.header("webhook-id").to_owned()).collect()
    };
    assert!(ids(1).len() == 3 && ids(1).is_sorted() && ids(1)[0] == ids(0)[0], "{:?}", ids(0));

    *answer.lock().unwrap() = "422 Unprocessable Content".to_owned();
    tip(&turing, &ada);
    deliver(&server);
    tip(&turing, &ada);
    *answer.lock().unwrap() = "200 OK".to_owned();
    advance(&server, 6 * SECOND);
    let later = ids(4);
    assert_eq!(later.len(), 3);
    assert!(later[1] > later[0] && later[2] == later[0], "{later:?}");
}

#[test]
fn an_endpoint_is_waited_for_as_long_as_it_asks() {
    let server = server();
    let Scene { endpoint, answer, .. } = tipped(&server, "429 Too Many Requests\r\nRetry-After: 120", 1);
    advance(&server, 119 * SECOND);
    assert_eq!(endpoint.seen().len(), 1);
    advance(&server, 2 * SECOND);
    assert_eq!(endpoint.seen().len(), 2);
    // Asking for a year does not stop us for a year, nor does asking for nothing make us hurry.
    *answer.lock().unwrap() = "503 Service Unavailable\r\nRetry-After: 31536000".to_owned();
    advance(&server, 200 * SECOND);
    *answer.lock().unwrap() = "503 Service Unavailable\r\nRetry-After: 0".to_owned();
    advance(&server, 6 * HOUR + HOUR);
    assert_eq!(endpoint.seen().len(), 4);
    advance(&server, SECOND);
    assert_eq!(endpoint.seen().len(), 4);
}

#[test]
fn after_a_day_of_failures_events_are_off_and_the_agent_is_told() {
    let server = server();
    let Scene { endpoint, answer, ada, turing } = tipped(&server, "500 Internal Server Error", 1);
    for hour in 0..23 {
        advance(&server, HOUR);
        assert_eq!(hint(&ada)["state"], "failing", "after {hour} hours");
    }
    tip(&turing, &ada);
    (0..4).for_each(|_| advance(&server, HOUR));
    let reason = "your endpoint failed for a day, the last time because it answered 500";
    let off = hint(&ada);
    assert_eq!((&off["state"], &off["reason"], &off["pending"]), (&json!("off"), &json!(reason), &json!(0)));
    assert_eq!(told_off(&ada).len(), 1);
    assert_eq!(told_off(&ada)[0]["reason"], reason);
    assert_eq!(ada.get("/api/agents/ada").expect(200)["events"], json!([]));
    let tries = endpoint.seen().len();
    assert!((10..25).contains(&tries), "{tries}");
    tip(&turing, &ada);
    advance(&server, DAY);
    assert_eq!(endpoint.seen().len(), tries, "it is left alone");
    let list = deliveries(&ada);
    assert_eq!(list.len(), 2, "what came afterwards, the notification of it included, is no event");
    assert!(list.iter().all(|delivery| delivery["state"] == "dropped"), "{list:?}");

    // Switched on again it begins anew.
    *answer.lock().unwrap() = "200 OK".to_owned();
    ada.patch("/api/agents/ada", json!({"events": ["tip"]})).expect(200);
    assert_eq!(hint(&ada), json!({"state": "on", "pending": 0}));
    tip(&turing, &ada);
    deliver(&server);
    assert_eq!(endpoint.seen().len(), tries + 1);
    server.audit();
}

#[test]
fn a_day_that_we_were_away_is_no_day_of_failures() {
    let server = server();
    let Scene { endpoint, answer, ada, .. } = tipped(&server, "500 Internal Server Error", 1);
    advance(&server, 3 * DAY);
    assert_eq!((endpoint.seen().len(), hint(&ada)["state"].clone()), (2, json!("failing")));
    *answer.lock().unwrap() = "200 OK".to_owned();
    advance(&server, MINUTE);
    assert_eq!(hint(&ada)["state"], "on");
}

#[test]
fn one_event_that_is_always_refused_is_given_up_and_the_others_are_not() {
    let server = server();
    let endpoint = Endpoint::start(|stream, _| {
        // Every other request is refused, so that no two failures stand in a row.
        use std::io::Write;
        use std::sync::atomic::{AtomicUsize, Ordering};
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let status = if COUNT.fetch_add(1, Ordering::SeqCst).is_multiple_of(2) { "400 Bad" } else { "200 OK" };
        let _ = stream.write_all(format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n").as_bytes());
    });
    let (ada, turing) = (server.verified("ada"), server.verified("turing"));
    server.grant("turing", 100);
    subscribe(&ada, &endpoint.url());
    tip(&turing, &ada);
    deliver(&server);
    let first = deliveries(&ada)[0]["id"].clone();
    for _ in 0..20 {
        tip(&turing, &ada);
        // The new one goes first, since its pause is over; then comes the one that is refused.
        advance(&server, 3 * HOUR);
    }
    let list = deliveries(&ada);
    let given_up = list.iter().find(|delivery| delivery["id"] == first).unwrap();
    assert_eq!((&given_up["state"], &given_up["attempts"]), (&json!("failed"), &json!(19)), "{list:#?}");
    assert!(list.iter().filter(|delivery| delivery["state"] == "delivered").count() >= 19);
    assert_eq!(told_off(&ada).len(), 0);
}

#[test]
fn an_endpoint_that_is_gone_for_good_is_left_alone_at_once() {
    let server = server();
    let Scene { endpoint, ada, .. } = tipped(&server, "410 Gone", 2);
    assert_eq!(endpoint.seen().len(), 1);
    assert_eq!(hint(&ada)["reason"], "your endpoint answered 410 Gone");
    assert_eq!(told_off(&ada).len(), 1);
    let states: Vec<Value> = deliveries(&ada).iter().map(|delivery| delivery["state"].clone()).collect();
    assert_eq!(states, ["dropped", "failed"]);
    // A ping says so too.
    subscribe(&ada, &endpoint.url());
    let ping = ada.post("/api/agents/ada/deliveries/test", json!({})).expect(200);
    assert_eq!(ping["delivered"], false);
    assert_eq!((hint(&ada)["state"].clone(), told_off(&ada).len()), (json!("off"), 2));
}

#[test]
fn a_ping_that_is_taken_ends_the_pause() {
    let server = server();
    let Scene { endpoint, answer, ada, .. } = tipped(&server, "500 Internal Server Error", 1);
    advance(&server, 6 * SECOND);
    *answer.lock().unwrap() = "200 OK".to_owned();
    deliver(&server);
    assert_eq!(endpoint.seen().len(), 2);
    ada.post("/api/agents/ada/deliveries/test", json!({})).expect(200);
    deliver(&server);
    assert_eq!((endpoint.seen().len(), hint(&ada)), (4, json!({"state": "on", "pending": 0})));
}

/// A server with places for four deliveries at once.
fn narrow() -> Server {
    let server = Server::with(|settings| {
        settings.skills.allow_private_networks = true;
        settings.events.at_once = 4;
        settings.events.host_per_second = 1_000;
    });
    server.app.store().memory::<aiins::identity::deliveries::Courier>().set_timeout(TIMEOUT);
    server
}

#[test]
fn endpoints_that_took_nothing_yet_hold_up_nobody_however_often_events_are_switched_on() {
    let server = narrow();
    let (dead, alive) = (Endpoint::hanging(), Endpoint::answering("200 OK", "text/plain", ""));
    let turing = server.verified("turing");
    server.grant("turing", 1_000);
    let ill: Vec<Client> = (0..6).map(|at| server.agent(&format!("ill-{at}"))).collect();
    let well = server.agent("well");
    subscribe(&well, &alive.url());
    tip(&turing, &well);
    deliver(&server);
    let events = |agent: &Client, body: Value| agent.patch(&format!("/api/agents/{}", agent.handle), body).expect(200);
    // Events that are new, that were off for a moment, and those that an endpoint took before it was exchanged.
    let anew: [&dyn Fn(&Client); 3] = [
        &|agent| subscribe(agent, &dead.url()),
        &|agent| {
            events(agent, json!({"events": []}));
            subscribe(agent, &dead.url());
        },
        &|agent| {
            events(agent, json!({"events": []}));
            subscribe(agent, &alive.url());
            tip(&turing, agent);
            deliver(&server);
            assert_eq!(hint(agent), json!({"state": "on", "pending": 0}));
            events(agent, json!({"endpoint": dead.url()}));
        },
    ];
    for begin in anew {
        ill.iter().for_each(begin);
        let taken = alive.seen().len();
        ill.iter().for_each(|agent| tip(&turing, agent));
        server.clock.advance(SECOND);
        (0..10).for_each(|_| tip(&turing, &well));
        let store = Arc::clone(server.app.store());
        let round = std::thread::spawn(move || aiins::identity::deliveries::deliver_due(&store));
        alive.wait_for(taken + 10);
        assert!(!round.is_finished() && hint(&well)["pending"].as_i64() <= Some(1), "the dead ones hold their places");
        assert!(ill.iter().filter(|agent| hint(agent)["state"] == "failing").count() <= 2);
        round.join().unwrap();
        assert!(ill.iter().all(|agent| hint(agent)["state"] == "failing"));
    }
}

#[test]
fn dead_endpoints_hold_up_nobody_else() {
    let server = narrow();
    let (dead, alive) = (Endpoint::hanging(), Endpoint::answering("200 OK", "text/plain", ""));
    let turing = server.verified("turing");
    server.grant("turing", 1_000);
    let ill: Vec<Client> = (0..6).map(|at| server.agent(&format!("ill-{at}"))).collect();
    let well: Vec<Client> = (0..3).map(|at| server.agent(&format!("well-{at}"))).collect();
    ill.iter().for_each(|agent| subscribe(agent, &dead.url()));
    well.iter().for_each(|agent| subscribe(agent, &alive.url()));
    ill.iter().chain(&well).for_each(|agent| tip(&turing, agent));
    deliver(&server);
    assert!(ill.iter().all(|agent| hint(agent)["state"] == "failing"));
    assert_eq!(alive.seen().len(), well.len());

    // All of them are due again, and longer than those that work: half of the places is free for these.
    server.clock.advance(MINUTE);
    well.iter().for_each(|agent| (0..10).for_each(|_| tip(&turing, agent)));
    let store = std::sync::Arc::clone(server.app.store());
    let round = std::thread::spawn(move || aiins::identity::deliveries::deliver_due(&store));
    let started = Instant::now();
    alive.wait_for(well.len() + 30);
    // Three times as many wait for the dead ones as there are places for them: three rounds of the whole timeout.
    assert!(started.elapsed() < 2 * TIMEOUT, "{:?}", started.elapsed());
    assert!(!round.is_finished(), "the dead ones still hold their places");
    round.join().unwrap();
    assert!(well.iter().all(|agent| hint(agent)["pending"] == 0));
    assert!(ill.iter().all(|agent| hint(agent)["pending"] == 1));
}
