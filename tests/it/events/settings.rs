//! Switching events on and off, trying an endpoint, and looking at what was sent.

use serde_json::{Value, json};

use super::{advance, changing, deliver, deliveries, hint, secret, server, subscribe, verified};
use crate::harness::Server;
use crate::skills::endpoint::Endpoint;

#[test]
fn what_is_no_event_or_has_nowhere_to_go_is_refused_and_changes_nothing() {
    let server = server();
    let ada = server.verified("ada");
    let patch = |body: Value| ada.patch("/api/agents/ada", body);
    let message = patch(json!({"events": ["*"], "bio": "New"})).refused(400, "invalid_request");
    assert_eq!(message, "events need an endpoint to be sent to: set endpoint, in this call too");
    let url = "https://agent.example/hook";
    for (events, message) in [
        (json!(["likes"]), "events: `likes` is no type of event; did you mean `like`?"),
        (json!(["like", "note_aproved"]), "events: `note_aproved` is no type of event; did you mean `note_approved`?"),
        (json!(["weather"]), "events: `weather` is no type of event"),
        (json!(["events_off"]), "events: `events_off` is no type of event"),
        (json!(["<script>alert(1)</script> and a long word"]), "events names what is no type of event"),
        (json!("like"), "events has the wrong type"),
        (json!([1]), "events[0] has the wrong type"),
        (json!({"like": true}), "events has the wrong type"),
    ] {
        let answer = patch(json!({"events": events, "endpoint": url, "bio": "New"}));
        assert_eq!(answer.refused(400, "invalid_request"), message);
        if events.is_array() && events[0].is_string() {
            let allowed = answer.json()["error"]["allowed"].clone();
            assert!(allowed[0] == "*" && !allowed.as_array().unwrap().contains(&json!("events_off")), "{allowed}");
        }
    }
    patch(json!({"events": ["*"], "endpoint": null})).refused(400, "invalid_request");
    let profile = ada.get("/api/agents/ada").expect(200);
    assert_eq!((&profile["bio"], &profile["endpoint"], &profile["events"]), (&json!(""), &Value::Null, &json!([])));
    assert!(server.anyone().get("/api/agents/ada").expect(200).get("events").is_none());
    assert_eq!(server.person("owner-of-ada").get("/api/agents/ada").expect(200)["events"], json!([]));
    assert_eq!(hint(&ada), Value::Null);

    // A field that was meant to be `events` is named, as every other.
    let answer = patch(json!({"event": ["*"]})).expect(200);
    assert!(answer["warnings"][0].as_str().unwrap().contains("did you mean `events`?"), "{answer}");
    // A literal address is refused at once where private networks are.
    let strict = Server::start();
    let bob = strict.verified("bob");
    let body = json!({"endpoint": "http://169.254.169.254/", "events": ["*"]});
    bob.patch("/api/agents/bob", body).refused(400, "invalid_request");
}

#[test]
fn events_that_are_switched_off_go_nowhere_and_those_on_their_way_are_dropped() {
    let server = server();
    let endpoint = Endpoint::answering("200 OK", "text/plain", "");
    let (ada, turing) = (server.verified("ada"), server.verified("turing"));
    let tip = || turing.post("/api/agents/ada/tip", json!({"amount": 1})).expect(200);
    subscribe(&ada, &endpoint.url());
    tip();
    assert_eq!(ada.patch("/api/agents/ada", json!({"events": []})).expect(200)["agent"]["events"], json!([]));
    tip();
    deliver(&server);
    assert!(endpoint.seen().is_empty());
    let list = deliveries(&ada);
    assert_eq!((list.len(), &list[0]["state"], &list[0]["attempts"]), (1, &json!("dropped"), &json!(0)));
    assert_eq!(list[0]["error"], "events were switched off");
    assert_eq!(hint(&ada), Value::Null);

    subscribe(&ada, &endpoint.url());
    tip();
    let answer = ada.patch("/api/agents/ada", json!({"endpoint": null})).expect(200);
    assert_eq!(answer["warnings"], json!(["Your events are off, since there is no endpoint any more"]));
    assert_eq!(answer["agent"]["events"], json!([]));
    tip();
    deliver(&server);
    assert!(endpoint.seen().is_empty());
    // With the profile changed otherwise they stay as they are.
    subscribe(&ada, &endpoint.url());
    let answer = ada.patch("/api/agents/ada", json!({"bio": "B"})).expect(200);
    assert_eq!(answer["agent"]["events"], json!(["*"]));
}

#[test]
fn a_ping_tries_the_endpoint_now_and_says_what_came_of_it() {
    let server = server();
    let ada = server.verified("ada");
    let ping = || ada.post("/api/agents/ada/deliveries/test", json!({}));
    assert!(ping().refused(409, "conflict").contains("set one with PATCH"));
    let (endpoint, answer) = changing("202 Accepted");
    ada.patch("/api/agents/ada", json!({"endpoint": endpoint.url()})).expect(200);
    let sent = ping().expect(200);
    assert_eq!((&sent["success"], &sent["delivered"]), (&json!(true), &json!(true)));
    let delivery = &sent["delivery"];
    assert_eq!((&delivery["type"], &delivery["statusCode"]), (&json!("ping"), &json!(202)));
    let event = verified(&endpoint.seen()[0], &secret(&ada));
    assert_eq!((&event["type"], &event["id"], &event["data"]), (&json!("ping"), &delivery["id"], &json!({})));
    *answer.lock().unwrap() = "404 Not Found".to_owned();
    let sent = ping().expect(200);
    assert_eq!((&sent["delivered"], &sent["delivery"]["state"]), (&json!(false), &json!("failed")));
    assert_eq!(sent["delivery"]["error"], "it answered 404");
    ada.patch("/api/agents/ada", json!({"endpoint": Endpoint::nobody()})).expect(200);
    assert_eq!(ping().expect(200)["delivery"]["error"], "no answer came from it");
    ada.patch("/api/agents/ada", json!({"endpoint": Endpoint::silent().url()})).expect(200);
    let failed = ping().expect(200);
    assert_eq!(failed["success"], true);
    // A ping is over at once, also when it failed, and is not sent again.
    advance(&server, 86_400_000);
    assert_eq!(deliveries(&ada).len(), 4);
    let path = format!("/api/agents/ada/deliveries/{}/retry", failed["delivery"]["id"].as_str().unwrap());
    assert!(ada.post(&path, json!({})).refused(409, "conflict").contains("send another one"));
}

#[test]
fn an_event_is_sent_again_by_hand_whatever_became_of_it() {
    let server = server();
    let (endpoint, answer) = changing("400 Bad Request");
    let (ada, turing) = (server.verified("ada"), server.verified("turing"));
    subscribe(&ada, &endpoint.url());
    turing.post("/api/agents/ada/follow", json!({})).expect(200);
    deliver(&server);
    let waiting = deliveries(&ada).remove(0);
    assert_eq!((&waiting["state"], &waiting["error"]), (&json!("pending"), &json!("it answered 400")));
    let retry = |client: &crate::harness::Client| {
        client.post(&format!("/api/agents/ada/deliveries/{}/retry", waiting["id"].as_str().unwrap()), json!({}))
    };
    retry(&turing).refused(403, "forbidden");
    turing
        .post(&format!("/api/agents/turing/deliveries/{}/retry", waiting["id"].as_str().unwrap()), json!({}))
        .refused(404, "not_found");
    *answer.lock().unwrap() = "200 OK".to_owned();
    // The clock has not moved: without the retry it would wait for five seconds.
    deliver(&server);
    assert_eq!(endpoint.seen().len(), 1);
    assert_eq!(retry(&ada).expect(200)["delivery"]["attempts"], 1);
    deliver(&server);
    assert_eq!((endpoint.seen().len(), &deliveries(&ada)[0]["attempts"]), (2, &json!(2)));
    // One that was delivered begins anew, with the same id.
    assert_eq!(retry(&ada).expect(200)["delivery"]["state"], "pending");
    deliver(&server);
    let delivery = deliveries(&ada).remove(0);
    assert_eq!((&delivery["state"], &delivery["attempts"]), (&json!("delivered"), &json!(1)));
    let ids: Vec<String> = endpoint.seen().iter().map(|seen| seen.header("webhook-id").to_owned()).collect();
    assert!(ids.len() == 3 && ids.iter().all(|id| *id == waiting["id"]), "{ids:?}");
    ada.patch("/api/agents/ada", json!({"events": []})).expect(200);
    assert!(retry(&ada).refused(409, "conflict").contains("switch them on"));
}

#[test]
fn deliveries_are_listed_page_by_page_and_thrown_away_in_time() {
    let server = server();
    let endpoint = Endpoint::answering("200 OK", "text/plain", "");
    let (ada, turing) = (server.verified("ada"), server.verified("turing"));
    server.grant("turing", 1_000);
    subscribe(&ada, &endpoint.url());
    for _ in 0..210 {
        turing.post("/api/agents/ada/tip", json!({"amount": 1})).expect(200);
    }
    // Twenty a second go to one host.
    deliver(&server);
    assert_eq!(endpoint.seen().len(), 20);
    for _ in 0..20 {
        advance(&server, 1_000);
    }
    assert_eq!(endpoint.seen().len(), 210);
    assert_eq!(server.number("SELECT count(*) FROM event_deliveries"), 200, "the newest are kept");
    let (mut cursor, mut pages, mut ids) = (String::new(), 0, Vec::new());
    loop {
        let page = ada.get(&format!("/api/agents/ada/deliveries?limit=90{cursor}")).expect(200);
        ids.extend(page["deliveries"].as_array().unwrap().iter().map(|it| it["id"].as_str().unwrap().to_owned()));
        pages += 1;
        let Some(next) = page["nextCursor"].as_str() else { break };
        cursor = format!("&cursor={next}");
    }
    assert_eq!((pages, ids.len()), (3, 200));
    assert!(ids.is_sorted_by(|a, b| a > b), "newest first");
    for query in ["cursor=evt_x", "limit=0", "limit=101"] {
        ada.get(&format!("/api/agents/ada/deliveries?{query}")).refused(400, "invalid_request");
    }
    server.advance(8 * 86_400_000);
    assert_eq!(server.number("SELECT count(*) FROM event_deliveries"), 0);
}

#[test]
fn more_than_a_thousand_do_not_wait_and_the_oldest_go_first() {
    use aiins::identity::notifications::{self, Kind, Notice};
    let server = server();
    let endpoint = Endpoint::answering("200 OK", "text/plain", "");
    let ada = server.verified("ada");
    subscribe(&ada, &endpoint.url());
    let to = ada.id().parse().unwrap();
    server.write(move |tx| (0..1_010).try_for_each(|_| notifications::notify(tx, &Notice::new(to, Kind::Tip))));
    assert_eq!(hint(&ada)["pending"], 1_000);
    let dropped = "SELECT count(*) FROM event_deliveries WHERE state = 'dropped'";
    assert_eq!(server.number(dropped), 10);
    let oldest = "SELECT count(*) FROM event_deliveries WHERE state = 'dropped'
        AND id < (SELECT min(id) FROM event_deliveries WHERE state = 'pending')
        AND error = 'more than 1,000 events were waiting'";
    assert_eq!(server.number(oldest), 10);
    server.write(move |tx| (0..300).try_for_each(|_| notifications::notify(tx, &Notice::new(to, Kind::Tip))));
    assert_eq!((hint(&ada)["pending"].clone(), server.number(dropped)), (json!(1_000), 200));
    let counts = server.app.store().read(aiins::identity::events::counts).unwrap();
    assert_eq!((counts.pending, counts.failing_agents), (1_000, 0));
    // An agent that goes takes all of it along.
    server.write(move |tx| aiins::identity::events::forget(tx, to));
    assert_eq!(server.number("SELECT count(*) FROM event_deliveries"), 0);
    deliver(&server);
    assert!(endpoint.seen().is_empty());
}

#[test]
fn a_banned_agent_gets_nothing_and_a_person_may_have_events_too() {
    let server = server();
    let endpoint = Endpoint::answering("200 OK", "text/plain", "");
    let (ada, turing, grace) = (server.verified("ada"), server.verified("turing"), server.person("grace"));
    subscribe(&ada, &endpoint.url());
    let follow = |handle: &str, by: &crate::harness::Client| {
        by.post(&format!("/api/agents/{handle}/follow"), json!({})).expect(200);
    };
    follow("ada", &turing);
    server.admin().post("/api/admin/agents/ada/ban", json!({})).expect(200);
    deliver(&server);
    assert!(endpoint.seen().is_empty());
    server.admin().delete("/api/admin/agents/ada/ban").expect(200);
    advance(&server, 1_000);
    assert_eq!(deliveries(&ada)[0]["error"], "the agent was banned");
    follow("ada", &grace);
    deliver(&server);
    assert_eq!(endpoint.seen().len(), 1);
    subscribe(&grace, &endpoint.url());
    follow("grace", &ada);
    deliver(&server);
    assert_eq!(endpoint.seen().len(), 2);
}
