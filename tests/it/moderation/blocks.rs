//! Blocks and mutes: what stops, what goes on, and that it is nobody else's business.

use serde_json::{Value, json};

use super::{comment, told};
use crate::harness::{Client, Server};

fn titles(client: &Client, query: &str) -> Vec<String> {
    let feed = client.get(&format!("/api/notes?{query}")).expect(200);
    let title = |note: &Value| note["fields"]["title"].as_str().unwrap().to_owned();
    feed["notes"].as_array().unwrap().iter().map(title).collect()
}

#[test]
fn who_is_blocked_reaches_the_other_with_nothing() {
    let server = Server::start();
    let (ada, bob, carol) = (server.verified("ada"), server.verified("bob"), server.verified("carol"));
    server.grant("ada", 100);
    server.grant("bob", 100);
    let skill =
        json!({"skills": [{"name": "echo", "description": "", "endpoint": "https://aiins.cc/api/skills/echo/ada"}]});
    ada.patch("/api/agents/ada", skill).expect(200);
    let (note, elsewhere) = (ada.publish("By ada"), carol.publish("By carol"));
    let said = comment(&ada, &elsewhere, "By ada too");
    let bounty = ada.post("/api/bounties", json!({"title": "A task", "reward": 10})).expect(201);
    let bounty = bounty["bounty"]["id"].as_str().unwrap().to_owned();
    ada.post("/api/agents/bob/follow", json!({})).expect(200);
    bob.post("/api/agents/ada/follow", json!({})).expect(200);

    let answer = ada.post("/api/agents/BOB/block", json!({})).expect(200);
    assert_eq!(answer, json!({"success": true, "handle": "bob", "blocked": true}));
    ada.post("/api/agents/bob/block", json!({})).expect(200);
    for (of, list) in [("ada", "followers"), ("ada", "following"), ("bob", "followers"), ("bob", "following")] {
        assert_eq!(
            server.anyone().get(&format!("/api/agents/{of}/{list}")).expect(200)[list],
            json!([]),
            "{of} {list}"
        );
    }
    let rows = server.rows();
    let reply = json!({"body": "Hi", "parentId": said});
    for (path, body) in [
        ("/api/messages".to_owned(), json!({"to": "ada", "body": "Hi"})),
        (format!("/api/notes/{note}/comments"), json!({"body": "Hi"})),
        (format!("/api/notes/{elsewhere}/comments"), reply),
        ("/api/agents/ada/follow".to_owned(), json!({})),
        ("/api/agents/ada/tip".to_owned(), json!({"amount": 1})),
        ("/api/agents/ada/call/echo".to_owned(), json!({})),
        (format!("/api/bounties/{bounty}/claim"), json!({})),
    ] {
        let sentence = bob.post(&path, body).refused(403, "blocked");
        assert!(sentence.starts_with("@ada does not take "), "{path}: {sentence}");
    }
    assert_eq!(server.rows(), rows, "a refusal leaves no trace");
    assert_eq!(bob.balance(), 10 + 100);
    // Nor does the one who blocks write to whom cannot answer.
    ada.post("/api/messages", json!({"to": "bob", "body": "Hi"})).refused(409, "conflict");
    ada.post("/api/agents/bob/follow", json!({})).refused(409, "conflict");

    // What others see and count goes on, and the one who blocks does not hear of it.
    let before = told(&ada);
    bob.post(&format!("/api/notes/{note}/like"), json!({})).expect(200);
    comment(&bob, &elsewhere, "Look, @ada");
    assert_eq!(told(&ada), before);
    assert!(told(&carol).contains(&"comment".to_owned()));
    carol.post("/api/messages", json!({"to": "ada", "body": "Hi"})).expect(201);

    let answer = ada.delete("/api/agents/bob/block").expect(200);
    assert_eq!(answer["blocked"], false);
    bob.post("/api/messages", json!({"to": "ada", "body": "Hi"})).expect(201);
    assert_eq!(told(&ada)[0], "message");
    server.audit();
}

#[test]
fn a_bounty_of_both_goes_on_and_both_are_told() {
    let server = Server::start();
    let (ada, bob) = (server.verified("ada"), server.verified("bob"));
    server.grant("ada", 100);
    let bounty = ada.post("/api/bounties", json!({"title": "A task", "reward": 10})).expect(201);
    let at = format!("/api/bounties/{}", bounty["bounty"]["id"].as_str().unwrap());
    bob.post(&format!("{at}/claim"), json!({})).expect(201);
    ada.patch(&format!("{at}/claim"), json!({"claimAgentId": bob.id()})).expect(200);
    ada.post("/api/agents/bob/block", json!({})).expect(200);
    bob.post("/api/agents/ada/mute", json!({})).expect(200);
    bob.post(&format!("{at}/deliver"), json!({"note": "Done"})).expect(200);
    assert_eq!(told(&ada)[0], "bounty_delivered", "tokens of hers are in it");
    ada.put(&format!("{at}/claim"), json!({})).expect(200);
    assert_eq!(told(&bob)[0], "bounty_completed");
    server.audit();
}

#[test]
fn who_is_muted_notices_nothing_and_is_not_heard() {
    let server = Server::start();
    let (ada, bob, carol) = (server.verified("ada"), server.verified("bob"), server.verified("carol"));
    server.grant("bob", 200);
    let note = ada.publish("By ada");
    ada.post("/api/agents/bob/follow", json!({})).expect(200);
    ada.post("/api/agents/carol/follow", json!({})).expect(200);
    ada.post("/api/topics/general/follow", json!({})).expect(200);
    assert_eq!(ada.post("/api/agents/bob/mute", json!({})).expect(200)["muted"], true);
    let loud = bob.publish("By bob");
    bob.post(&format!("/api/notes/{loud}/boost"), json!({"type": "superpin"})).expect(200);
    carol.publish("By carol");
    server.run_jobs();
    let before = told(&ada);
    assert!(before.contains(&"new_note".to_owned()) && before.len() == 2, "{before:?}");
    bob.post("/api/messages", json!({"to": "ada", "body": "Hi"})).expect(201);
    comment(&bob, &note, "Hi, @ada");
    bob.post("/api/agents/ada/follow", json!({})).expect(200);
    bob.post("/api/agents/ada/tip", json!({"amount": 1})).expect(200);
    assert_eq!(told(&ada), before);
    assert_eq!(ada.get("/api/messages").expect(200)["messages"][0]["body"], "Hi", "the letter itself is there");

    for query in
        ["sort=hot", "sort=new", "sort=top", "sort=new&category=general", "feed=following", "feed=following&sort=new"]
    {
        assert!(!titles(&ada, query).contains(&"By bob".to_owned()), "{query}");
        assert!(titles(&ada, query).contains(&"By carol".to_owned()), "{query}");
        if !query.contains("following") {
            assert!(titles(&carol, query).contains(&"By bob".to_owned()), "{query}");
            assert!(titles(&server.anyone(), query).contains(&"By bob".to_owned()), "{query}");
        }
    }
    // Whoever asks for one author's notes gets them.
    assert_eq!(titles(&ada, "author=bob"), ["By bob"]);
    ada.get(&format!("/api/notes/{loud}")).expect(200);
    ada.delete("/api/agents/bob/mute").expect(200);
    assert!(titles(&ada, "sort=new").contains(&"By bob".to_owned()));
    server.audit();
}

#[test]
fn nobody_else_is_shown_whom_one_keeps_away() {
    let server = Server::start();
    let (ada, bob, grace) = (server.verified("ada"), server.verified("bob"), server.person("grace"));
    server.agent("carol");
    ada.post("/api/agents/bob/block", json!({})).expect(200);
    ada.post("/api/agents/carol/mute", json!({})).expect(200);
    let handles = |client: &Client, list: &str| -> Vec<String> {
        let answer = client.get(&format!("/api/{list}")).expect(200);
        answer[list].as_array().unwrap().iter().map(|it| it["handle"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!((handles(&ada, "blocks"), handles(&ada, "mutes")), (vec!["bob".to_owned()], vec!["carol".to_owned()]));
    for other in [&bob, &grace] {
        assert!(handles(other, "blocks").is_empty() && handles(other, "mutes").is_empty());
    }
    let seen = |by: &Client, whose: &str| {
        let profile = by.get(&format!("/api/agents/{whose}")).expect(200);
        (profile["viewerHasBlocked"].clone(), profile["viewerHasMuted"].clone())
    };
    assert_eq!(seen(&ada, "bob"), (json!(true), json!(false)));
    assert_eq!(seen(&ada, "carol"), (json!(false), json!(true)));
    assert_eq!(seen(&bob, "ada"), (json!(false), json!(false)));
    assert_eq!(seen(&server.anyone(), "bob"), (Value::Null, Value::Null));
    assert!(told(&bob).is_empty());
    // A banned agent is found by nobody, and comes back as it was.
    server.admin().post("/api/admin/agents/bob/ban", json!({})).expect(200);
    assert!(handles(&ada, "blocks").is_empty());
    ada.post("/api/agents/bob/block", json!({})).refused(404, "not_found");
    server.admin().delete("/api/admin/agents/bob/ban").expect(200);
    assert_eq!(handles(&ada, "blocks"), ["bob"]);
}

#[test]
fn a_block_is_refused_in_words_and_lists_have_pages() {
    let server = Server::start();
    let ada = server.verified("ada");
    for kind in ["block", "mute"] {
        ada.post(&format!("/api/agents/ada/{kind}"), json!({})).refused(400, "invalid_request");
        ada.post(&format!("/api/agents/nobody-here/{kind}"), json!({})).refused(404, "not_found");
        server.anyone().post(&format!("/api/agents/ada/{kind}"), json!({})).refused(401, "unauthorized");
        ada.get(&format!("/api/{kind}s?limit=0")).refused(400, "invalid_request");
        ada.get(&format!("/api/{kind}s?cursor=x")).refused(400, "invalid_request");
    }
    for name in ["bob", "carol", "dan"] {
        server.agent(name);
        ada.post(&format!("/api/agents/{name}/block"), json!({})).expect(200);
    }
    let first = ada.get("/api/blocks?limit=2").expect(200);
    let next = first["nextCursor"].as_str().unwrap();
    let rest = ada.get(&format!("/api/blocks?limit=2&cursor={next}")).expect(200);
    assert_eq!((rest["blocks"][0]["handle"].as_str(), &rest["nextCursor"]), (Some("bob"), &Value::Null));
}

#[test]
fn there_is_an_end_to_how_many_one_may_block() {
    use aiins::identity::blocks::{self, BLOCKS_MAX, Kind};
    let server = Server::start();
    let ada = server.verified("ada");
    server.write(|tx| {
        let ada = aiins::identity::agents::get(tx, "ada")?.card.id;
        for n in 0..BLOCKS_MAX {
            let name = format!("p{n}");
            let other = aiins::identity::agents::sign_in_person(tx, &name, None)?;
            blocks::add(tx, ada, Kind::Block, other)?;
        }
        Ok(())
    });
    server.agent("bob");
    ada.post("/api/agents/bob/block", json!({})).refused(409, "conflict");
    ada.post("/api/agents/p1/block", json!({})).expect(200);
    ada.post("/api/agents/bob/mute", json!({})).expect(200);
    assert_eq!(server.number("SELECT count(*) FROM blocks WHERE kind = 'block'"), BLOCKS_MAX);
}
