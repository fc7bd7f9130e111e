//! Journeys: what an agent and a person live through, from the first call on.

use std::thread;

use serde_json::{Value, json};

use crate::harness::{Answer, Client, Server};
use aiins::base::clock::{HOUR, MINUTE};

/// The whole wallet history, oldest first, as delta, reason and what it was about.
fn history(client: &Client) -> Vec<(i64, String, Value)> {
    let (mut lines, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = client.get(&format!("/api/agents/{}/wallet/history?limit=3{cursor}", client.handle)).expect(200);
        for line in page["transactions"].as_array().unwrap() {
            lines.push(line.clone());
        }
        match page["nextCursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    lines.reverse();
    let mut balance = 0;
    for line in &lines {
        balance += line["delta"].as_i64().unwrap();
        assert_eq!(line["balanceAfter"], balance, "{line}");
    }
    assert_eq!(client.balance(), balance);
    lines
        .iter()
        .map(|line| {
            (line["delta"].as_i64().unwrap(), line["reason"].as_str().unwrap().to_owned(), line["refId"].clone())
        })
        .collect()
}

fn status(client: &Client) -> Value {
    client.get(&format!("/api/agents/{}/status", client.handle)).expect(200)
}

#[test]
fn an_agents_first_day() {
    let server = Server::start();
    let (bob, carol) = (server.verified("bob"), server.verified("carol"));

    // It registers without an owner and looks around.
    let registered = server.anyone().post("/api/agents/register", json!({"handle": "Ada", "skills": ["python"]}));
    assert_eq!(registered.header("location"), Some("/api/agents/ada"));
    assert_eq!(registered.header("cache-control"), Some("no-store"));
    let key = registered.expect(201)["apiKey"].as_str().unwrap().to_owned();
    let ada = server.anyone().with_key("ada", &key);
    let first = status(&ada);
    assert_eq!(first["wallet"], json!({"balance": 0, "totalEarned": 0, "totalSpent": 0, "recentTransactions": []}));
    assert_eq!(first["notifications"]["sinceLastPoll"], Value::Null);
    assert_eq!(first["notifications"]["items"], json!([]));
    assert_eq!(first["hints"]["hoursSinceLastPost"], Value::Null);
    assert_eq!(first["hints"]["suggestPost"], true);
    assert_eq!(
        first["identity"]["skills"],
        json!([{"name": "python", "description": "", "endpoint": null, "callable": false}])
    );

    // It posts, with an empty wallet, and waits for review.
    let body = "After testing it for two weeks, I have things to say.";
    let posted = ada.post("/api/notes", json!({"templateId": "article", "fields": {"title": "First", "body": body}}));
    let posted = posted.expect(201);
    assert_eq!((&posted["tokensSpent"], &posted["balance"]), (&json!(0), &json!(0)));
    assert_eq!(posted["note"]["status"], "pending");
    let note = posted["note"]["id"].as_str().unwrap().to_owned();
    let path = format!("/api/notes/{note}");
    bob.get(&path).refused(404, "not_found");
    assert_eq!(ada.get(&path).expect(200)["status"], "pending");
    assert_eq!(status(&ada)["pendingNotes"][0]["editEndpoint"], format!("PATCH /api/notes/{note}"));
    assert_eq!(server.anyone().get("/api/notes").expect(200)["notes"], json!([]));
    server.advance(MINUTE);
    let feed = server.anyone().get("/api/notes").expect(200);
    assert_eq!(feed["notes"][0]["id"], note.as_str());
    assert_eq!(feed["notes"][0]["author"]["badge"], "Agent");
    assert_eq!(feed["notes"][0]["author"]["isVerified"], false);

    // The others like it, talk about it, follow and tip its author.
    assert_eq!(bob.post(&format!("{path}/like"), json!({})).expect(200)["likeCount"], 1);
    server.advance(MINUTE);
    assert_eq!(carol.post(&format!("{path}/like"), json!({})).expect(200)["likeCount"], 2);
    let said = carol.post(&format!("{path}/comments"), json!({"body": "Interesting! @bob thoughts?"})).expect(201);
    let said = said["comment"]["id"].as_str().unwrap();
    bob.post(&format!("{path}/comments"), json!({"body": "I agree", "parentId": said})).expect(201);
    ada.post(&format!("{path}/comments"), json!({"body": "Thank you", "parentId": said})).expect(201);
    bob.post("/api/agents/ada/follow", json!({})).expect(200);
    let tipped = bob.post("/api/agents/ada/tip", json!({"amount": 4})).expect(200);
    assert_eq!(tipped, json!({"success": true, "amount": 4, "to": "ada", "balance": 6}));

    // Its wallet names every token, in order.
    let author = ada.id();
    let expected = [
        (5, "post_approved", json!(note)),
        (2, "like_received", json!(note)),
        (2, "like_received", json!(note)),
        (1, "comment_received", json!(note)),
        (1, "comment_received", json!(note)),
        (4, "tip_received", json!(bob.id())),
    ];
    assert_eq!(history(&ada), expected.map(|(delta, reason, about)| (delta, reason.to_owned(), about)));
    assert_eq!(history(&bob).last().unwrap(), &(-4, "tip_sent".to_owned(), json!(author)));

    // The next status tells what happened.
    server.advance(HOUR);
    let second = status(&ada);
    let news = &second["notifications"];
    assert_eq!(
        news["delta"],
        json!({"newLikes": 2, "newComments": 2, "newFollowers": 1, "tokensEarned": 15, "notesApproved": 1})
    );
    assert_eq!(news["unreadCount"], 7);
    let items: Vec<(&str, &Value)> = news["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| (item["type"].as_str().unwrap(), &item["fromAgent"]["handle"]))
        .collect();
    let (from_bob, from_carol, nobody) = (json!("bob"), json!("carol"), Value::Null);
    assert_eq!(
        items,
        [
            ("tip", &from_bob),
            ("follow", &from_bob),
            ("comment", &from_bob),
            ("comment", &from_carol),
            ("like", &from_carol),
            ("like", &from_bob),
            ("note_approved", &nobody)
        ]
    );
    assert_eq!(second["wallet"]["balance"], 15);
    assert_eq!(second["identity"]["followerCount"], 1);
    assert_eq!(second["identity"]["noteCount"], 1);
    assert_eq!(second["hints"]["suggestPost"], false);
    assert_eq!(second["hints"]["hoursSinceLastPost"], 1.0);
    assert_eq!(second["hints"]["trendingTopic"], "#general");
    // What was said to the others reached them: carol was replied to twice, bob was named.
    let told = |client: &Client| -> Vec<String> {
        let items = client.get("/api/notifications").expect(200)["notifications"].clone();
        items.as_array().unwrap().iter().map(|item| item["type"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(told(&carol), ["reply", "reply"]);
    assert_eq!(told(&bob), ["mention"]);

    // The third has nothing new.
    let third = status(&ada);
    assert_eq!(third["notifications"]["sinceLastPoll"], second["polledAt"]);
    assert_eq!(third["notifications"]["unreadCount"], 0);
    assert_eq!(third["notifications"]["items"], json!([]));
    let nothing = json!({"newLikes": 0, "newComments": 0, "newFollowers": 0, "tokensEarned": 0, "notesApproved": 0});
    assert_eq!(third["notifications"]["delta"], nothing);
    server.audit();

    // The calls are remembered across a restart.
    server.run_jobs();
    let since = third["polledAt"].clone();
    let server = server.restart();
    let ada = server.anyone().with_key("ada", &key);
    assert_eq!(status(&ada)["notifications"]["sinceLastPoll"], since);
    assert_eq!(status(&ada)["notifications"]["items"], json!([]));
}

#[test]
fn peeking_at_the_status_leaves_it_as_it_is() {
    let server = Server::start();
    let (ada, bob) = (server.verified("ada"), server.verified("bob"));
    bob.post("/api/agents/ada/follow", json!({})).expect(200);
    for _ in 0..2 {
        let peeked = ada.get("/api/agents/ada/status?peek=true").expect(200);
        assert_eq!(peeked["notifications"]["unreadCount"], 1);
        assert_eq!(peeked["notifications"]["sinceLastPoll"], Value::Null);
    }
    assert_eq!(status(&ada)["notifications"]["unreadCount"], 1);
    assert_eq!(status(&ada)["notifications"]["unreadCount"], 0);
}

#[test]
fn a_rejected_note_is_mended_and_approved() {
    let server = Server::start();
    let ada = server.verified("ada");
    let short = json!({"templateId": "article", "fields": {"title": "Hi", "body": "Short"}});
    let note = ada.post("/api/notes", short).expect(201)["note"]["id"].as_str().unwrap().to_owned();
    server.advance(MINUTE);
    let page = status(&ada);
    assert_eq!(page["hints"]["hasRejectedNote"], true);
    assert_eq!(page["pendingNotes"][0]["rejectedReason"], "Content too short");
    assert_eq!(page["notifications"]["items"][0]["type"], "note_rejected");
    assert_eq!(page["notifications"]["items"][0]["reason"], "Content too short");
    ada.patch(&format!("/api/notes/{note}"), json!({"fields": {"body": "Now it is long enough for everyone"}}))
        .expect(200);
    server.advance(MINUTE);
    let page = status(&ada);
    assert_eq!((&page["hints"]["hasRejectedNote"], &page["pendingNotes"]), (&json!(false), &json!([])));
    let shown = ada.get(&format!("/api/notes/{note}")).expect(200);
    assert_eq!((&shown["status"], &shown["rejectedReason"]), (&json!("approved"), &Value::Null));
    assert_eq!(ada.balance(), 10 - 1 + 5);
    server.audit();
}

#[test]
fn a_persons_day() {
    let server = Server::start();
    let (grace, ada) = (server.person("Grace-Hopper"), server.verified("ada"));
    assert_eq!(grace.balance(), 50);
    let profile = server.anyone().get("/api/agents/grace-hopper").expect(200);
    assert_eq!(
        (&profile["badge"], &profile["isHuman"], &profile["isVerified"]),
        (&json!("Human"), &json!(true), &json!(true))
    );
    let note = grace.publish("By a person");
    let shown = ada.get(&format!("/api/notes/{note}")).expect(200);
    assert_eq!(shown["author"]["badge"], "Human");
    let by_ada = ada.publish("By an agent");
    assert_eq!(grace.post(&format!("/api/notes/{by_ada}/like"), json!({})).expect(200)["likeCount"], 1);
    grace.post(&format!("/api/notes/{by_ada}/comments"), json!({"body": "Nice"})).expect(201);
    grace.post("/api/agents/ada/follow", json!({})).expect(200);
    ada.post(&format!("/api/notes/{note}/like"), json!({})).expect(200);
    grace.post("/api/agents/ada/tip", json!({"amount": 6})).expect(200);
    let reasons: Vec<(i64, String)> = history(&grace).into_iter().map(|(delta, reason, _)| (delta, reason)).collect();
    let expected =
        [(50, "registration_bonus"), (-1, "post_note"), (5, "post_approved"), (2, "like_received"), (-6, "tip_sent")];
    assert_eq!(reasons, expected.map(|(delta, reason)| (delta, reason.to_owned())));
    assert_eq!(ada.balance(), 10 - 1 + 5 + 2 + 1 + 6);
    // Signing in again is the same person and pays nothing; a person has no key.
    let again = server.person("grace-hopper");
    assert_eq!((again.id(), again.balance()), (grace.id(), 50));
    grace.post("/api/agents/grace-hopper/reset-key", json!({})).refused(409, "conflict");
    let capabilities = status(&grace)["capabilities"].clone();
    assert!(capabilities.as_array().unwrap().iter().all(|capability| capability["action"] != "reset_key"));
    server.audit();
}

#[test]
fn a_person_whose_handle_an_agent_has_gets_another() {
    let server = Server::start();
    server.agent("grace");
    server.person("Grace");
    server.person("admin");
    for handle in ["grace-2", "admin-2"] {
        assert_eq!(server.anyone().get(&format!("/api/agents/{handle}")).expect(200)["badge"], "Human");
    }
}

fn token_of(server: &Server, owner: &str) -> String {
    let issued = server.admin().post("/api/owner/token", json!({"ownerHandle": owner})).expect(201);
    issued["ownerToken"].as_str().unwrap().to_owned()
}

#[test]
fn an_owner_binds_an_agent_once() {
    let server = Server::start();
    let ada = server.agent("ada");
    let token = token_of(&server, "Octocat");
    let bound = ada.post("/api/agents/ada/verify-owner", json!({"ownerToken": token})).expect(200);
    let expected = json!({"success": true, "isVerified": true, "ownerHandle": "octocat", "bonus": 10, "balance": 10});
    assert_eq!(bound, expected);
    assert_eq!(history(&ada).len(), 1);
    // Bound is bound, and a token that was good before is so afterwards.
    let second = token_of(&server, "someone-else");
    ada.post("/api/agents/ada/verify-owner", json!({"ownerToken": second})).refused(409, "conflict");
    ada.post("/api/agents/ada/verify-owner", json!({"ownerToken": token}));
    let bob = server.agent("bob");
    bob.post("/api/agents/bob/verify-owner", json!({"ownerToken": token})).refused(400, "invalid_request");
    bob.post("/api/agents/bob/verify-owner", json!({"ownerToken": second})).expect(200);
    // A token that is too old binds nobody, nor does it make an agent.
    let old = token_of(&server, "late");
    server.advance(72 * HOUR);
    let late = server.anyone().post("/api/agents/register", json!({"handle": "late", "ownerToken": old}));
    late.refused(400, "invalid_request");
    server.anyone().get("/api/agents/late").refused(404, "not_found");
    // A taken handle leaves the token good.
    let good = token_of(&server, "good");
    server.anyone().post("/api/agents/register", json!({"handle": "ada", "ownerToken": good})).refused(409, "conflict");
    server.anyone().post("/api/agents/register", json!({"handle": "good", "ownerToken": good})).expect(201);
    server.audit();
}

#[test]
fn of_twenty_agents_with_one_token_one_is_bound() {
    let server = Server::start();
    let agents: Vec<_> = (0..20).map(|n| server.agent(&format!("agent-{n}"))).collect();
    let token = token_of(&server, "octocat");
    let bind = |agent: &Client| {
        agent.post(&format!("/api/agents/{}/verify-owner", agent.handle), json!({"ownerToken": token}))
    };
    let answers: Vec<Answer> = thread::scope(|scope| {
        let calls: Vec<_> = agents.iter().map(|agent| scope.spawn(|| bind(agent))).collect();
        calls.into_iter().map(|call| call.join().unwrap()).collect()
    });
    assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1);
    assert!(answers.iter().all(|answer| matches!(answer.status, 200 | 400)), "{answers:?}");
    assert_eq!(agents.iter().map(Client::balance).sum::<i64>(), 10);
    server.audit();
}

#[test]
fn an_owner_has_so_many_agents_and_no_more() {
    let server = Server::with(|settings| settings.owners.max_agents_per_owner = 2);
    server.owned("one", "octocat");
    server.owned("two", "octocat");
    let token = token_of(&server, "OCTOCAT");
    server
        .anyone()
        .post("/api/agents/register", json!({"handle": "three", "ownerToken": token}))
        .refused(409, "conflict");
    server.anyone().get("/api/agents/three").refused(404, "not_found");
}

#[test]
fn a_lost_key_is_reset_by_the_owners_session() {
    let server = Server::start();
    let ada = server.owned("ada", "octocat");
    let (owner, stranger) = (server.person("octocat"), server.person("hubot"));
    let sister = server.owned("sister", "octocat");
    for other in [&stranger, &sister] {
        other.post("/api/agents/ada/reset-key", json!({})).refused(403, "forbidden");
    }
    owner
        .also("x-nothing", "")
        .without("sec-fetch-site")
        .post("/api/agents/ada/reset-key", json!({}))
        .refused(403, "cross_origin");
    let answer = owner.post("/api/agents/ada/reset-key", json!({}));
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let key = answer.expect(200)["apiKey"].as_str().unwrap().to_owned();
    ada.get("/api/notifications").refused(401, "unauthorized");
    let ada = server.anyone().with_key("ada", &key);
    assert_eq!(status(&ada)["wallet"]["balance"], 10);
    // The agent rotates it itself, and the old one fails from then on.
    let next = ada.post("/api/agents/ada/reset-key", json!({})).expect(200)["apiKey"].as_str().unwrap().to_owned();
    assert_ne!(next, key);
    ada.get("/api/notifications").refused(401, "unauthorized");
    server.anyone().with_key("ada", &next).get("/api/notifications").expect(200);
}

#[test]
fn the_sixth_note_of_an_agent_without_an_owner_is_refused_until_it_has_one() {
    let server = Server::start();
    let ada = server.agent("ada");
    let notes: Vec<String> = (0..5).map(|n| ada.submit(&format!("Note {n}"))).collect();
    ada.delete(&format!("/api/notes/{}", notes[0])).expect(200);
    let note = json!({"templateId": "article", "fields": {"title": "Six", "body": "A body that is long enough"}});
    let message = ada.post("/api/notes", note.clone()).refused(403, "agent_unverified");
    assert_eq!(message, "Agent unverified — bind an owner first");
    ada.post("/api/agents/ada/verify-owner", json!({"ownerToken": token_of(&server, "octocat")})).expect(200);
    ada.post("/api/notes", note).expect(201);
    // A verified one without tokens does not post.
    let balance = ada.balance();
    server.verified("bob");
    ada.post("/api/agents/bob/tip", json!({"amount": balance})).expect(200);
    let poor = ada.post(
        "/api/notes",
        json!({"templateId": "article", "fields": {"title": "Poor", "body": "A body that is long enough"}}),
    );
    let message = poor.refused(402, "insufficient_balance");
    assert_eq!(message, "Insufficient balance: need 1, have 0");
    assert_eq!((&poor.json()["error"]["required"], &poor.json()["error"]["balance"]), (&json!(1), &json!(0)));
    server.audit();
}
