//! Rehearsals: `?dryRun=true` says what would happen, and nothing does.

use serde_json::{Value, json};

use crate::harness::{Client, Server};

/// Rehearses a call and makes sure that it left no trace.
#[track_caller]
fn rehearse(server: &Server, client: &Client, method: &str, path: &str, body: Value) -> Value {
    let before = server.rows();
    let answer = client.call(method, &format!("{path}?dryRun=true"), body.to_string().as_bytes()).expect(200);
    assert_eq!((&answer["success"], &answer["dryRun"]), (&json!(true), &json!(true)), "{answer}");
    assert_eq!(server.rows(), before, "{method} {path} left something behind");
    server.check();
    answer
}

fn deltas(answer: &Value) -> Vec<(String, String, i64, String)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let entries = answer["entries"].as_array().unwrap().iter();
    entries
        .map(|entry| {
            (text(&entry["account"]), text(&entry["handle"]), entry["delta"].as_i64().unwrap(), text(&entry["reason"]))
        })
        .collect()
}

fn entry(account: &str, handle: &str, delta: i64, reason: &str) -> (String, String, i64, String) {
    (account.to_owned(), handle.to_owned(), delta, reason.to_owned())
}

#[test]
fn what_moves_tokens_is_told_entry_by_entry_and_does_not_happen() {
    let server = Server::start();
    let (ada, bob) = (server.verified("ada"), server.verified("bob"));
    server.grant("ada", 90);
    server.grant("bob", 90);
    let note = bob.publish("Of bob");

    let tip = rehearse(&server, &ada, "POST", "/api/agents/bob/tip", json!({"amount": 7}));
    assert_eq!(tip["status"], 200);
    assert_eq!((&tip["answer"]["balance"], &tip["balance"]), (&json!(93), &json!(93)));
    assert_eq!(deltas(&tip), [entry("wallet", "ada", -7, "tip_sent"), entry("wallet", "bob", 7, "tip_received")]);
    assert_eq!(tip["entries"][0]["balanceAfter"], 93);
    assert!(tip["entries"][1].get("balanceAfter").is_none(), "what others have is theirs to know");

    let like = rehearse(&server, &ada, "POST", &format!("/api/notes/{note}/like"), json!({}));
    assert_eq!(deltas(&like), [entry("treasury", "", -2, "like_received"), entry("wallet", "bob", 2, "like_received")]);
    let fields = json!({"title": "T", "body": "A body that is long enough"});
    let post = rehearse(&server, &ada, "POST", "/api/notes", json!({"templateId": "article", "fields": fields}));
    assert_eq!((&post["status"], &post["answer"]["tokensSpent"]), (&json!(201), &json!(1)));
    let bounty = json!({"title": "A task", "reward": 20});
    let posted = rehearse(&server, &ada, "POST", "/api/bounties", bounty.clone());
    assert_eq!(
        deltas(&posted),
        [entry("wallet", "ada", -20, "bounty_escrow"), entry("escrow", "", 20, "bounty_escrow")]
    );

    let bounty = ada.post("/api/bounties", bounty).expect(201)["bounty"]["id"].as_str().unwrap().to_owned();
    let claim = format!("/api/bounties/{bounty}/claim");
    bob.post(&claim, json!({})).expect(201);
    let accept = json!({"claimAgentId": bob.id()});
    let accepted = rehearse(&server, &ada, "PATCH", &claim, accept.clone());
    assert_eq!(
        deltas(&accepted),
        [entry("wallet", "bob", -4, "bounty_deposit"), entry("escrow", "", 4, "bounty_deposit")]
    );
    ada.patch(&claim, accept).expect(200);
    let confirmed = rehearse(&server, &ada, "PUT", &claim, json!({}));
    assert_eq!(confirmed["answer"]["payout"], 19);
    let gained: i64 = deltas(&confirmed).iter().filter(|(_, handle, ..)| handle == "bob").map(|entry| entry.2).sum();
    assert_eq!(gained, 19 + 4);
    let cancelled = rehearse(&server, &ada, "DELETE", &format!("/api/bounties/{bounty}"), json!({}));
    assert_eq!(cancelled["answer"]["creatorRefund"], 10);
    assert_eq!(ada.get(&format!("/api/bounties/{bounty}")).expect(200)["status"], "claimed");
}

#[test]
fn a_rehearsal_is_refused_as_the_call_would_be() {
    let server = Server::start();
    let (ada, bob) = (server.verified("ada"), server.verified("bob"));
    let path = |amount: &str| format!("/api/agents/bob/tip?dryRun={amount}");
    ada.post(&path("true"), json!({"amount": 1_000})).refused(402, "insufficient_balance");
    ada.post(&path("yes"), json!({"amount": 1})).refused(400, "invalid_request");
    server.anyone().post(&path("true"), json!({"amount": 1})).refused(401, "unauthorized");
    assert_eq!(bob.balance(), 10);
    ada.post(&path("false"), json!({"amount": 1})).expect(200);
    assert_eq!(bob.balance(), 11);
    let endpoint = "https://aiins.cc/api/skills/echo/bob";
    bob.patch("/api/agents/bob", json!({"skills": [{"name": "echo", "endpoint": endpoint}]})).expect(200);
    ada.post("/api/agents/bob/call/echo?dryRun=true", json!({})).refused(400, "invalid_request");
    assert_eq!(ada.balance(), 9);
}

#[test]
fn a_rehearsal_is_not_kept_under_its_key_and_shows_no_key_that_will_never_be() {
    let server = Server::start();
    let (ada, bob) = (server.verified("ada"), server.verified("bob"));
    let once = ada.also("idempotency-key", "k");
    once.post("/api/agents/bob/tip?dryRun=true", json!({"amount": 2})).expect(200);
    let tipped = once.post("/api/agents/bob/tip", json!({"amount": 2}));
    assert_eq!(tipped.header("idempotent-replayed"), None);
    assert_eq!(bob.balance(), 12);
    let registered = server.anyone().post("/api/agents/register?dryRun=true", json!({"handle": "cleo"})).expect(200);
    assert!(registered.get("answer").is_none() && registered["balance"].is_null(), "{registered}");
    assert_eq!(server.anyone().get("/api/agents/cleo").status, 404);
    let rotated = ada.post("/api/agents/ada/reset-key?dryRun=true", json!({})).expect(200);
    assert!(rotated.get("answer").is_none());
    assert_eq!(ada.balance(), 8, "the old key goes on");
}

#[test]
fn what_looks_like_a_rehearsal_and_is_none_is_refused_before_anything_is_paid() {
    let server = Server::start();
    let (ada, bob) = (server.verified("ada"), server.verified("bob"));
    for query in [
        "dryRun",
        "dryRun=",
        "dryrun=true",
        "DryRun=true",
        "dry_run=true",
        "dry-run=true",
        "dryRun%20=true",
        "dryRun=TRUE",
        "dryRun=false&dryRun=true",
        "dryRun=true&dryRun=true",
    ] {
        ada.post(&format!("/api/agents/bob/tip?{query}"), json!({"amount": 1})).refused(400, "invalid_request");
    }
    ada.post("/api/agents/bob/tip?dry%52un=true", json!({"amount": 1})).expect(200);
    ada.post("/api/agents/bob/tip", json!({"amount": 1, "dryRun": true})).refused(400, "invalid_request");
    let call = json!({"name": "tip_agent", "arguments": {"handle": "bob", "amount": 1}});
    let call = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": call});
    ada.post("/mcp?dryRun=true", call).refused(400, "invalid_request");
    let grace = server.person("grace");
    let form = grace.also("accept", "text/html").call("POST", "/agents/bob/tip?dryRun=true", b"amount=1");
    assert_eq!(form.status, 400);
    assert_eq!(bob.balance(), 10);
    ada.delete("/api/agents/bob/follow").expect(200);
    let deleted = ada.also("prefer", "return=minimal").delete("/api/agents/bob/follow?dryRun=true").expect(200);
    assert_eq!(deleted["dryRun"], true);
}
