//! What is refused: bad input, other people's things, wrong states, empty wallets.

use aiins::base::secret;
use serde_json::{Value, json};

use super::{apply, check, deliver, dispute, engage, held, posted, posted_with, status};
use crate::harness::{Client, Server};

const IN_PROGRESS: &str = "This bounty is already in progress — a claimer has been accepted";
const NOT_CLAIMED: &str = "Bounty must be in claimed/disputed state";

#[test]
fn every_bad_field_is_named_and_nothing_moves() {
    let server = Server::start();
    let (creator, claimer) = (server.verified("ada"), server.verified("bob"));
    server.grant("ada", 100);
    let with = |field: &str, value: Value| {
        let mut body = json!({"title": "A title", "reward": 5});
        body[field] = value;
        body
    };
    let mut bad: Vec<(&str, Value)> = vec![
        ("title", Value::Null),
        ("title", json!("ab")),
        ("title", json!("x".repeat(121))),
        ("title", json!("a\u{0}bc")),
        ("title", json!(5)),
        ("description", json!("x".repeat(5_001))),
        ("category", json!("cooking")),
        ("deadline", json!("tomorrow")),
        ("deadline", json!("2026-04-03T14:00:00Z")),
        ("deadline", json!("2020-01-01T00:00:00Z")),
        ("deadline", json!(5)),
    ];
    let rewards = ["1", "0", "-5", "2.5", "\"20\"", "true", "null", "1000001", "9223372036854775808", "1e3", "[]"];
    bad.extend(rewards.iter().map(|reward| ("reward", serde_json::from_str(reward).unwrap())));
    for (field, value) in bad {
        let answer = creator.post("/api/bounties", with(field, value.clone()));
        answer.refused(400, "invalid_request");
        assert_eq!(answer.json()["error"]["field"], field, "{value}");
    }
    for body in [json!({"reward": 5}), json!({"title": "A title"})] {
        creator.post("/api/bounties", body).refused(400, "invalid_request");
    }
    assert_eq!(creator.balance(), 110);

    let bounty = posted(&creator);
    let answer = claimer.post(&format!("{bounty}/claim"), json!({"note": "x".repeat(2_001)}));
    assert_eq!(answer.expect(400)["error"]["field"], "note");
    apply(&claimer, &bounty);
    let claim_id = creator.get(&bounty).expect(200)["claims"][0]["id"].clone();
    for value in [Value::Null, json!("bob"), claim_id, json!(7)] {
        let answer = creator.patch(&format!("{bounty}/claim"), json!({"claimAgentId": value}));
        assert_eq!(answer.expect(400)["error"]["field"], "claimAgentId", "{value}");
    }
    creator.patch(&format!("{bounty}/claim"), json!({"claimAgentId": claimer.id()})).expect(200);
    for (field, body) in [
        ("note", json!({})),
        ("note", json!({"note": ""})),
        ("note", json!({"note": "x".repeat(5_001)})),
        ("noteId", json!({"note": "Done", "noteId": "note_1"})),
        ("noteId", json!({"note": "Done", "noteId": creator.submit("Not for bob's eyes")})),
    ] {
        let answer = claimer.post(&format!("{bounty}/deliver"), body);
        assert_eq!(answer.expect(400)["error"]["field"], field);
    }
    for reason in [Value::Null, json!("too short"), json!("x".repeat(2_001)), json!(1_234_567_890)] {
        let answer = claimer.post(&format!("{bounty}/dispute"), json!({"reason": reason}));
        assert_eq!(answer.expect(400)["error"]["field"], "reason");
    }
    let answer = server.admin().post(&resolve_path(&bounty), json!({"outcome": "burn"}));
    assert_eq!(answer.expect(400)["error"]["allowed"], json!(["pay_claimer", "refund_creator", "split"]));
    for (query, field) in [
        ("status=done", "status"),
        ("category=x", "category"),
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("cursor=x", "cursor"),
    ] {
        assert_eq!(server.anyone().get(&format!("/api/bounties?{query}")).expect(400)["error"]["field"], field);
    }
    server.anyone().get("/api/bounties?creator=nobody").refused(404, "not_found");
    check(&server);
}

#[test]
fn texts_that_hold_a_key_are_refused() {
    let server = Server::start();
    let (creator, claimer) = (server.verified("ada"), server.verified("bob"));
    server.grant("ada", 20);
    let key = secret::generate(secret::API_KEY);
    for field in ["title", "description"] {
        let mut body = json!({"title": "A title", "reward": 5});
        body[field] = json!(key);
        creator.post("/api/bounties", body).refused(400, "contains_secret");
    }
    let bounty = posted(&creator);
    claimer.post(&format!("{bounty}/claim"), json!({"note": key})).refused(400, "contains_secret");
    engage(&creator, &claimer, &bounty);
    claimer.post(&format!("{bounty}/deliver"), json!({"note": key})).refused(400, "contains_secret");
    claimer.post(&format!("{bounty}/dispute"), json!({"reason": key})).refused(400, "contains_secret");
    check(&server);
}

#[test]
fn only_those_concerned_may_act() {
    let server = Server::start();
    let (creator, claimer, other) = (server.verified("ada"), server.verified("bob"), server.verified("cleo"));
    server.grant("ada", 100);
    let bounty = posted(&creator);
    let claim = format!("{bounty}/claim");
    apply(&other, &bounty);
    let accept = |body: Value| ("PATCH", claim.clone(), body);
    let calls = |agent: &Client| {
        [
            accept(json!({"claimAgentId": agent.id()})),
            ("PUT", claim.clone(), json!({})),
            ("DELETE", bounty.clone(), json!({})),
            ("POST", format!("{bounty}/dispute"), json!({"reason": "long enough a reason"})),
            ("POST", format!("{bounty}/deliver"), json!({"note": "Done"})),
        ]
    };
    // Open: nobody but the creator may accept, confirm and cancel, and nobody at all deliver.
    for (method, path, body) in calls(&other) {
        other.call(method, &path, body.to_string().as_bytes()).refused(403, "forbidden");
        server.anyone().call(method, &path, body.to_string().as_bytes()).refused(401, "unauthorized");
    }
    engage(&creator, &claimer, &bounty);
    for (method, path, body) in calls(&other) {
        other.call(method, &path, body.to_string().as_bytes()).refused(403, "forbidden");
    }
    for (method, path, body) in calls(&claimer).into_iter().take(3) {
        claimer.call(method, &path, body.to_string().as_bytes()).refused(403, "forbidden");
    }
    creator.post(&format!("{bounty}/deliver"), json!({"note": "Done"})).refused(403, "forbidden");
    dispute(&claimer, &bounty);
    creator.post(&resolve_path(&bounty), json!({"outcome": "split"})).refused(401, "unauthorized");
    assert_eq!((status(&server, &bounty).as_str(), held(&server, &bounty)), ("disputed", 24));
    for id in ["x", "bounty_x", &creator.id()] {
        server.anyone().get(&format!("/api/bounties/{id}")).refused(404, "not_found");
        creator.put(&format!("/api/bounties/{id}/claim"), json!({})).refused(404, "not_found");
    }
    check(&server);
}

#[test]
fn an_agent_needs_an_owner_of_its_own_to_apply() {
    let server = Server::start();
    let (creator, unverified) = (server.owned("ada", "olga"), server.agent("una"));
    let sibling = server.owned("bea", "olga");
    server.grant("ada", 20);
    let bounty = posted(&creator);
    let claim = format!("{bounty}/claim");
    let sentence = unverified.post(&claim, json!({})).refused(403, "agent_unverified");
    assert_eq!(sentence, "Agent unverified — bind an owner first");
    creator.post(&claim, json!({})).refused(400, "invalid_request");
    sibling.post(&claim, json!({})).refused(403, "forbidden");
    server.person("olga").post(&claim, json!({})).refused(403, "forbidden");
    server.person("paul").post(&claim, json!({})).expect(201);
    check(&server);
}

#[test]
fn a_creator_bound_to_its_applicants_owner_can_no_longer_accept_it() {
    let server = Server::start();
    let (creator, applicant) = (server.agent("ada"), server.owned("bob", "olga"));
    server.grant("ada", 20);
    let bounty = posted(&creator);
    apply(&applicant, &bounty);
    let token = server.write(|tx| aiins::identity::owners::issue(tx, "olga")).token;
    creator.post("/api/agents/ada/verify-owner", json!({"ownerToken": token})).expect(200);
    creator.patch(&format!("{bounty}/claim"), json!({"claimAgentId": applicant.id()})).refused(403, "forbidden");
    check(&server);
}

#[test]
fn an_empty_wallet_neither_posts_nor_applies_nor_is_accepted() {
    let server = Server::start();
    let (creator, claimer) = (server.verified("ada"), server.verified("bob"));
    let answer = creator.post("/api/bounties", json!({"title": "Too dear", "reward": 11}));
    assert_eq!(answer.refused(402, "insufficient_balance"), "Insufficient balance: need 11, have 10");
    server.grant("ada", 1_000);
    let dear = posted_with(&creator, json!({"title": "Dear", "reward": 51}));
    let sentence = claimer.post(&format!("{dear}/claim"), json!({})).refused(402, "insufficient_balance");
    assert_eq!(sentence, "Insufficient balance: need 11, have 10");
    assert_eq!(creator.get(&dear).expect(200)["claimsCount"], 0);

    // Enough for each of two deposits, but not for both.
    let (first, second) = (posted_with(&creator, json!({"title": "First", "reward": 50})), posted(&creator));
    apply(&claimer, &first);
    apply(&claimer, &second);
    creator.patch(&format!("{first}/claim"), json!({"claimAgentId": claimer.id()})).expect(200);
    assert_eq!(claimer.balance(), 0);
    let answer = creator.patch(&format!("{second}/claim"), json!({"claimAgentId": claimer.id()}));
    assert!(answer.refused(409, "conflict").contains("deposit of 4"), "{}", answer.text());
    assert_eq!((status(&server, &second).as_str(), held(&server, &second)), ("open", 20));
    assert_eq!(creator.get(&second).expect(200)["claims"][0]["status"], "pending");
    check(&server);
}

#[test]
fn wrong_states_are_refused_with_reference_1s_sentences() {
    let server = Server::start();
    let (creator, claimer, other) = (server.verified("ada"), server.verified("bob"), server.verified("cleo"));
    server.grant("ada", 1_000);
    server.grant("bob", 1_000);
    let open = posted(&creator);
    apply(&claimer, &open);
    let running = || {
        let bounty = posted(&creator);
        apply(&other, &bounty);
        engage(&creator, &claimer, &bounty);
        bounty
    };
    let (claimed, delivered, disputed, completed, cancelled) = (running(), running(), running(), running(), running());
    deliver(&claimer, &delivered);
    dispute(&claimer, &disputed);
    creator.put(&format!("{completed}/claim"), json!({})).expect(200);
    creator.delete(&cancelled).expect(200);

    let closed = |status: &str| format!("Bounty is not accepting applications (status: {status})");
    let conflict = |answer: crate::harness::Answer, sentence: &str, what: &str| {
        assert_eq!(answer.refused(409, "conflict"), sentence, "{what}");
    };
    for (bounty, sentence) in [
        (&claimed, IN_PROGRESS.to_owned()),
        (&delivered, IN_PROGRESS.to_owned()),
        (&disputed, IN_PROGRESS.to_owned()),
        (&completed, closed("completed")),
        (&cancelled, closed("cancelled")),
    ] {
        conflict(other.post(&format!("{bounty}/claim"), json!({})), &sentence, "apply");
        let body = json!({"claimAgentId": other.id()});
        conflict(creator.patch(&format!("{bounty}/claim"), body), &sentence, "accept");
        other.delete(&format!("{bounty}/claim")).refused(409, "conflict");
        claimer.delete(&format!("{bounty}/claim")).refused(409, "conflict");
    }
    for bounty in [&open, &completed, &cancelled] {
        conflict(creator.put(&format!("{bounty}/claim"), json!({})), NOT_CLAIMED, "confirm");
        let reason = json!({"reason": "long enough a reason"});
        creator.post(&format!("{bounty}/dispute"), reason).refused(409, "conflict");
    }
    for bounty in [&disputed, &completed, &cancelled] {
        claimer.post(&format!("{bounty}/deliver"), json!({"note": "Done"})).refused(409, "conflict");
    }
    for bounty in [&completed, &cancelled] {
        creator.delete(bounty).refused(409, "conflict");
    }
    for bounty in [&open, &claimed, &delivered, &completed, &cancelled] {
        server.admin().post(&resolve_path(bounty), json!({"outcome": "split"})).refused(409, "conflict");
    }
    let reason = json!({"reason": "long enough a reason"});
    creator.post(&format!("{disputed}/dispute"), reason).refused(409, "conflict");
    let body = json!({"claimAgentId": other.id()});
    creator.patch(&format!("{open}/claim"), body).refused(404, "not_found");
    other.delete(&format!("{open}/claim")).refused(404, "not_found");
    check(&server);
}

#[test]
fn an_application_is_withdrawn_while_it_waits() {
    let server = Server::start();
    let (creator, applicant) = (server.verified("ada"), server.verified("bob"));
    server.grant("ada", 20);
    let bounty = posted(&creator);
    let claim = format!("{bounty}/claim");
    apply(&applicant, &bounty);
    let answer = applicant.delete(&claim).expect(200);
    assert_eq!((&answer["success"], &answer["claimsCount"]), (&json!(true), &json!(0)));
    assert_eq!(applicant.get(&bounty).expect(200)["viewerHasClaim"], false);
    creator.patch(&claim, json!({"claimAgentId": applicant.id()})).refused(404, "not_found");
    apply(&applicant, &bounty);
    check(&server);
}

#[test]
fn a_state_that_cannot_be_is_not_stored() {
    let server = Server::start();
    let (creator, claimer) = (server.verified("ada"), server.verified("bob"));
    server.grant("ada", 100);
    let (open, running) = (posted(&creator), posted(&creator));
    engage(&creator, &claimer, &running);
    for (status, change) in [
        ("open", "status = 'claimed'"),
        ("open", "status = 'completed'"),
        ("open", "due_at = NULL"),
        ("open", "ended_at = 1"),
        ("open", "claimer_id = creator_id"),
        ("open", "status = 'cancelled', ended_at = 1, due_at = NULL"),
        ("open", "status = 'cancelled', ended_at = 1, due_at = NULL, ending = 'paid'"),
        ("open", "status = 'cancelled', ended_at = 1, due_at = NULL, ending = 'creator_default'"),
        ("open", "delivered_at = 1, delivery = 'x'"),
        ("claimed", "status = 'open'"),
        ("claimed", "status = 'disputed'"),
        ("claimed", "deposit = NULL"),
        ("claimed", "frozen = reward + 1"),
        ("claimed", "fee = -1"),
        ("claimed", "delivered_at = 1"),
        ("claimed", "due_at = NULL"),
        ("claimed", "disputed_at = 1, dispute_reason = 'x', disputed_by = 5"),
        ("claimed", "status = 'completed', ended_at = 1, due_at = NULL, ending = 'refunded'"),
    ] {
        let sql = format!("UPDATE bounties SET {change} WHERE status = '{status}'");
        let refused = server.app.store().write(move |tx| tx.run(&sql, [])).unwrap_err();
        let cause = refused.cause().unwrap().to_string();
        assert!(cause.contains("constraint failed"), "{change}: {cause}");
    }
    assert_eq!((status(&server, &open).as_str(), status(&server, &running).as_str()), ("open", "claimed"));
    check(&server);
}

fn resolve_path(bounty: &str) -> String {
    format!("/api/admin{}/resolve", bounty.strip_prefix("/api").unwrap())
}
