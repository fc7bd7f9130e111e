//! Own data: everything of one agent or person, and nothing of anybody else's.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use serde_json::{Value, json};

use crate::harness::{Client, Server};

/// All records of an agent, part by part.
#[track_caller]
fn all(client: &Client) -> Vec<Value> {
    let (mut records, mut cursor) = (Vec::new(), String::new());
    loop {
        let answer = client.get(&format!("/api/agents/{}/export{cursor}", client.handle)).expect(200);
        assert_eq!((&answer["format"], &answer["handle"]), (&json!("aiins-own-data"), &json!(client.handle)));
        records.extend(answer["records"].as_array().unwrap().iter().cloned());
        match answer["nextCursor"].as_str() {
            Some(next) => cursor = format!("?cursor={next}"),
            None => return records,
        }
    }
}

fn kinds(records: &[Value]) -> BTreeMap<&str, usize> {
    let mut kinds = BTreeMap::new();
    for record in records {
        *kinds.entry(record["kind"].as_str().unwrap()).or_default() += 1;
    }
    kinds
}

/// Agents that have done everything with each other.
pub fn life(server: &Server) -> (Client<'_>, Client<'_>) {
    let (ada, bob) = (server.verified("ada"), server.verified("bob"));
    server.grant("ada", 500);
    server.grant("bob", 500);
    let id = |answer: Value, thing: &str| answer[thing]["id"].as_str().unwrap().to_owned();
    ada.patch("/api/agents/ada", json!({"bio": "Bio of ada", "skills": ["echo"]})).expect(200);
    ada.get("/api/agents/ada/webhook-secret").expect(200);
    let (note, other) = (ada.publish("Note of ada"), bob.publish("Note of bob"));
    ada.submit("Waits");
    ada.post("/api/notes/draft", json!({"templateId": "article", "fields": {"title": "Draft of ada"}})).expect(201);
    bob.post("/api/notes/draft", json!({"templateId": "article", "fields": {"title": "Draft of bob"}})).expect(201);
    let comments = |note: &str| format!("/api/notes/{note}/comments");
    let first = id(ada.post(&comments(&other), json!({"body": "Comment of ada"})).expect(201), "comment");
    bob.post(&comments(&other), json!({"body": "Reply of bob", "parentId": first})).expect(201);
    let own = id(bob.post(&comments(&note), json!({"body": "Comment of bob"})).expect(201), "comment");
    ada.post(&format!("{}/{own}/vote", comments(&note)), json!({"vote": 1})).expect(200);
    ada.post(&format!("/api/notes/{other}/like"), json!({})).expect(200);
    bob.post(&format!("/api/notes/{note}/like"), json!({})).expect(200);
    ada.post("/api/agents/bob/follow", json!({})).expect(200);
    bob.post("/api/agents/ada/follow", json!({})).expect(200);
    ada.post("/api/topics/coding/follow", json!({})).expect(200);
    let series = id(ada.post("/api/series", json!({"title": "Series of ada"})).expect(201), "series");
    ada.post(&format!("/api/series/{series}/items"), json!({"noteId": note})).expect(200);
    let series = id(bob.post("/api/series", json!({"title": "Series of bob"})).expect(201), "series");
    ada.post(&format!("/api/series/{series}/follow"), json!({})).expect(200);
    ada.post("/api/communities", json!({"slug": "place-of-ada", "displayName": "Place"})).expect(201);
    bob.post("/api/communities", json!({"slug": "place-of-bob", "displayName": "Place"})).expect(201);
    ada.post("/api/communities/place-of-bob/subscribe", json!({})).expect(200);
    ada.post("/api/messages", json!({"to": "bob", "body": "Letter of ada"})).expect(201);
    bob.post("/api/messages", json!({"to": "ada", "body": "Letter of bob"})).expect(201);
    ada.post("/api/agents/bob/tip", json!({"amount": 3})).expect(200);
    let bounty = |client: &Client, title: &str| {
        id(client.post("/api/bounties", json!({"title": title, "reward": 10})).expect(201), "bounty")
    };
    bounty(&ada, "Open bounty of ada");
    let done = bounty(&ada, "Done bounty of ada");
    bob.post(&format!("/api/bounties/{done}/claim"), json!({"note": "Claim of bob"})).expect(201);
    ada.patch(&format!("/api/bounties/{done}/claim"), json!({"claimAgentId": bob.id()})).expect(200);
    bob.post(&format!("/api/bounties/{done}/deliver"), json!({"note": "Delivery of bob"})).expect(200);
    ada.put(&format!("/api/bounties/{done}/claim"), json!({})).expect(200);
    let wanted = bounty(&bob, "Bounty of bob");
    ada.post(&format!("/api/bounties/{wanted}/claim"), json!({"note": "Claim of ada"})).expect(201);
    server.agent("carol").post(&format!("/api/notes/{note}/downvote"), json!({})).expect(200);
    (ada, bob)
}

#[test]
fn an_agent_takes_all_of_its_own_along_and_nothing_of_others() {
    let server = Server::start();
    let (ada, bob) = life(&server);
    let carol = server.agent("carol-2");
    bob.post("/api/messages", json!({"to": "carol-2", "body": "A secret of bob and carol"})).expect(201);
    carol.post("/api/messages", json!({"to": "bob", "body": "A secret of carol and bob"})).expect(201);
    let records = all(&ada);
    let found = kinds(&records);
    let expected: BTreeSet<&str> = [
        "bounty",
        "claim",
        "comment",
        "commentVote",
        "community",
        "day",
        "draft",
        "follower",
        "followedSeries",
        "followedTopic",
        "following",
        "membership",
        "messageReceived",
        "messageSent",
        "note",
        "notification",
        "profile",
        "series",
        "skill",
        "transaction",
        "vote",
        "wallet",
    ]
    .into();
    assert_eq!(found.keys().copied().collect::<BTreeSet<_>>(), expected);
    assert_eq!((found["note"], found["bounty"], found["membership"], found["profile"]), (2, 2, 2, 1));
    let one = |kind: &str| records.iter().find(|record| record["kind"] == kind).unwrap();
    assert_eq!(one("profile")["bio"], "Bio of ada");
    assert_eq!(one("draft")["fields"]["title"], "Draft of ada");
    assert_eq!((&one("messageSent")["to"], &one("messageSent")["body"]), (&json!("bob"), &json!("Letter of ada")));
    assert_eq!(one("messageReceived")["body"], "Letter of bob");
    assert_eq!(one("claim")["note"], "Claim of ada");
    assert_eq!(one("followedTopic")["topic"], "coding");
    let wallet = ada.get("/api/agents/ada/wallet/history?limit=100").expect(200);
    let mut history = wallet["transactions"].as_array().unwrap().clone();
    history.reverse();
    let transactions: Vec<Value> = records
        .iter()
        .filter(|record| record["kind"] == "transaction")
        .map(|record| {
            let mut record = record.clone();
            record.as_object_mut().unwrap().remove("kind");
            record
        })
        .collect();
    assert_eq!(transactions.len(), history.len());
    for (own, shown) in transactions.iter().zip(&history) {
        for member in ["id", "delta", "reason", "balanceAfter", "at"] {
            assert_eq!(own[member], shown[member]);
        }
    }
    assert_eq!(one("wallet")["balance"], wallet["balance"]);

    let text = serde_json::to_string(&records).unwrap();
    for foreign in ["Draft of bob", "A secret of", "Reply of bob", "an_", "whsec_", "Comment of bob", "Claim of bob"] {
        assert!(!text.contains(foreign), "{foreign}");
    }
    assert!(text.contains("Delivery of bob"), "a delivery is the creator's as well");
    // The command line says the same, closed by a line that counts and seals it.
    let path = server.app.store().path().to_owned();
    let output = Command::new(env!("CARGO_BIN_EXE_aiins"))
        .args(["export", "--agent", "ada", "--database", path.to_str().unwrap()])
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    let lines: Vec<Value> =
        output.stdout.split(|byte| *byte == b'\n').filter_map(|line| serde_json::from_slice(line).ok()).collect();
    assert_eq!(lines[0]["format"], "aiins-own-data");
    assert_eq!(lines[1..lines.len() - 1], records);
    let counted =
        lines[lines.len() - 1]["rows"].as_object().unwrap().values().map(|rows| rows.as_u64().unwrap()).sum::<u64>();
    assert_eq!(counted, records.len() as u64);
}

#[test]
fn much_comes_in_parts_and_each_thing_once() {
    let server = Server::start();
    let (ada, bob) = (server.verified("ada"), server.agent("bob"));
    let to = server.app.store().read(|tx| aiins::identity::agents::find_id(tx, "bob")).unwrap().unwrap();
    let from = server.app.store().read(|tx| aiins::identity::agents::find_id(tx, "ada")).unwrap().unwrap();
    let _ = (to, bob);
    server.write(move |tx| {
        (0..2_300).try_for_each(|number| {
            aiins::social::messages::send(tx, from, "bob", &format!("number {number}")).map(drop)
        })
    });
    let first = ada.get("/api/agents/ada/export").expect(200);
    assert!(first["nextCursor"].is_string() && first["records"].as_array().unwrap().len() < 1_100);
    let records = all(&ada);
    let sent: Vec<&str> = records.iter().filter_map(|record| record["body"].as_str()).collect();
    let expected: Vec<String> = (0..2_300).map(|number| format!("number {number}")).collect();
    assert_eq!(sent, expected);
    for cursor in ["x", "profile", "nothing.1", "profile.1.2", "sent.99999999999999999999"] {
        let sentence = ada.get(&format!("/api/agents/ada/export?cursor={cursor}")).refused(400, "invalid_request");
        assert!(sentence.contains("cursor"), "{sentence}");
    }
}

#[test]
fn the_own_data_of_others_is_refused_and_fetching_it_is_limited() {
    let server = Server::with(|settings| {
        settings.limits.enabled = true;
        settings.limits.export = 2;
    });
    let (ada, bob) = (server.verified("ada"), server.agent("bob"));
    bob.get("/api/agents/ada/export").refused(403, "forbidden");
    server.anyone().get("/api/agents/ada/export").refused(401, "unauthorized");
    server.admin().get("/api/agents/ada/export").refused(401, "unauthorized");
    ada.get("/api/agents/ada/export").expect(200);
    let second = ada.get("/api/agents/ada/export");
    second.expect(200);
    assert_eq!(second.header("cache-control"), Some("no-store"));
    ada.get("/api/agents/ada/export").refused(429, "rate_limited");
    bob.get("/api/agents/bob/export").expect(200);
}
