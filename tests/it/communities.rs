//! Communities: founded, joined, posted to, and what their members are told.

use serde_json::{Value, json};

use crate::harness::{Client, Server};

fn found(founder: &Client, slug: &str) -> Value {
    let community = json!({"slug": slug, "displayName": "Quant Agents", "description": "Numbers"});
    founder.post("/api/communities", community).expect(201)["community"].clone()
}

fn post_to(author: &Client, server: &Server, community: &str) -> String {
    let fields = json!({"title": "T", "body": format!("A text that is long enough, {}", server.unique())});
    let note = json!({"templateId": "article", "fields": fields, "community": community});
    author.post("/api/notes", note).expect(201)["note"]["id"].as_str().unwrap().to_owned()
}

fn count_notes(server: &Server, slug: &str) -> Value {
    server.anyone().get(&format!("/api/communities/{slug}")).expect(200)["noteCount"].clone()
}

/// The slugs of all pages of a list.
fn page_through(client: &Client, sort: &str) -> Vec<String> {
    let mut slugs = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = client.get(&format!("/api/communities?sort={sort}&limit=2&cursor={cursor}")).expect(200);
        let communities = page["communities"].as_array().unwrap();
        assert!(communities.len() <= 2);
        slugs.extend(communities.iter().map(|community| community["slug"].as_str().unwrap().to_owned()));
        match page["nextCursor"].as_str() {
            Some(next) => cursor = next.to_owned(),
            None => return slugs,
        }
    }
}

#[track_caller]
fn check(server: &Server) {
    server.check();
    let problems = server.app.store().read(aiins::content::communities::counter_problems).unwrap();
    assert!(problems.is_empty(), "{problems:#?}");
}

#[test]
fn a_founded_community_is_shown_field_by_field() {
    let server = Server::start();
    let ada = server.agent("ada");
    let body = json!({"slug": " Quant-Agents ", "displayName": "Quant Agents", "description": "Numbers"});
    let answer = ada.post("/api/communities", body);
    let created = answer.expect(201);
    assert_eq!(answer.header("location"), Some("/api/communities/quant-agents"));
    assert_eq!(created["success"], true);
    let community = &created["community"];
    assert!(community["id"].as_str().unwrap().starts_with("com_"));
    assert_eq!(
        *community,
        json!({
            "id": community["id"], "slug": "quant-agents", "displayName": "Quant Agents", "description": "Numbers",
            "owner": {
                "id": ada.id(), "handle": "ada", "displayName": "ada", "avatarEmoji": "🤖", "isHuman": false,
                "isVerified": false, "badge": "Agent",
            },
            "memberCount": 1, "noteCount": 0, "createdAt": "2026-04-03T14:00:00.000Z",
        })
    );

    assert_eq!(server.anyone().get("/api/communities/quant-agents").expect(200), *community);
    let mut seen = community.clone();
    (seen["viewerRole"], seen["viewerSubscribed"]) = (json!("owner"), json!(true));
    assert_eq!(ada.get("/api/communities/QUANT-agents").expect(200), seen);
    (seen["viewerRole"], seen["viewerSubscribed"]) = (Value::Null, json!(false));
    assert_eq!(server.agent("bob").get("/api/communities/quant-agents").expect(200), seen);

    assert_eq!(server.anyone().get("/api/communities/nowhere").refused(404, "not_found"), "Community not found");
    check(&server);
}

#[test]
fn what_a_community_may_not_be_is_refused_by_field() {
    let server = Server::start();
    let ada = server.agent("ada");
    let key = ada.key.clone().unwrap();
    let long = "x".repeat(501);
    for (body, field) in [
        (json!({"displayName": "A"}), "slug"),
        (json!({"slug": "", "displayName": "A"}), "slug"),
        (json!({"slug": "a", "displayName": "A"}), "slug"),
        (json!({"slug": "-a", "displayName": "A"}), "slug"),
        (json!({"slug": "a_b", "displayName": "A"}), "slug"),
        (json!({"slug": "a".repeat(31), "displayName": "A"}), "slug"),
        (json!({"slug": 5, "displayName": "A"}), "slug"),
        (json!({"slug": "ab"}), "displayName"),
        (json!({"slug": "ab", "displayName": " "}), "displayName"),
        (json!({"slug": "ab", "displayName": "x".repeat(61)}), "displayName"),
        (json!({"slug": "ab", "displayName": "A", "description": long}), "description"),
        (json!({"slug": "ab", "displayName": "A", "description": ["x"]}), "description"),
    ] {
        let refusal = ada.post("/api/communities", body.clone());
        refusal.refused(400, "invalid_request");
        assert_eq!(refusal.json()["error"]["field"], field, "{body}");
    }
    for body in
        [json!({"slug": "ab", "displayName": key}), json!({"slug": "ab", "displayName": "A", "description": key})]
    {
        // 60 characters are more than a key has, so that both fields are looked through.
        ada.post("/api/communities", body).refused(400, "contains_secret");
    }
    server.anyone().post("/api/communities", json!({"slug": "ab", "displayName": "A"})).refused(401, "unauthorized");
    for (query, field) in [("sort=size", "sort"), ("limit=0", "limit"), ("limit=101", "limit"), ("cursor=x", "cursor")]
    {
        let refusal = server.anyone().get(&format!("/api/communities?{query}"));
        refusal.refused(400, "invalid_request");
        assert_eq!(refusal.json()["error"]["field"], field);
    }
    assert_eq!(server.anyone().get("/api/communities").expect(200), json!({"communities": [], "nextCursor": null}));
}

#[test]
fn a_slug_is_taken_once_whatever_its_case() {
    let server = Server::start();
    let ada = server.agent("ada");
    found(&ada, "quant");
    let again = json!({"slug": "QUANT", "displayName": "Other"});
    let sentence = server.agent("bob").post("/api/communities", again).refused(409, "conflict");
    assert_eq!(sentence, "Community slug already taken");

    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let clients: Vec<_> = (0..32)
            .map(|_| scope.spawn(|| ada.post("/api/communities", json!({"slug": "race", "displayName": "R"})).status))
            .collect();
        clients.into_iter().map(|client| client.join().unwrap()).collect()
    });
    assert_eq!(statuses.iter().filter(|status| **status == 201).count(), 1);
    assert_eq!(statuses.iter().filter(|status| **status == 409).count(), 31);
    check(&server);
}

#[test]
fn one_agent_founds_at_most_twenty_communities() {
    let server = Server::start();
    let ada = server.agent("ada");
    for number in 0..20 {
        found(&ada, &format!("place-{number}"));
    }
    ada.post("/api/communities", json!({"slug": "one-more", "displayName": "A"})).refused(409, "conflict");
    found(&server.agent("bob"), "one-more");
}

#[test]
fn communities_are_listed_by_members_or_by_age() {
    let server = Server::start();
    let (ada, bob, cy) = (server.agent("ada"), server.agent("bob"), server.agent("cy"));
    for slug in ["one", "two", "three", "four", "five"] {
        found(&ada, slug);
    }
    for (client, slug) in [(&bob, "two"), (&cy, "two"), (&bob, "four")] {
        client.post(&format!("/api/communities/{slug}/subscribe"), json!({})).expect(200);
    }
    let anyone = server.anyone();
    assert_eq!(page_through(&anyone, "members"), ["two", "four", "five", "three", "one"]);
    assert_eq!(page_through(&anyone, "new"), ["five", "four", "three", "two", "one"]);
    let first = anyone.get("/api/communities").expect(200);
    assert_eq!(first["communities"][0]["slug"], "two");
    assert_eq!(first["communities"][0]["memberCount"], 3);
}

#[test]
fn subscribing_toggles_and_an_owner_stays() {
    let server = Server::start();
    let (ada, bob) = (server.agent("ada"), server.agent("bob"));
    found(&ada, "quant");
    let subscribe = "/api/communities/quant/subscribe";
    let joined = json!({"success": true, "subscribed": true, "role": "member", "memberCount": 2});
    let left = json!({"success": true, "subscribed": false, "role": null, "memberCount": 1});
    let owner = json!({"success": true, "subscribed": true, "role": "owner", "memberCount": 1});
    assert_eq!(bob.post(subscribe, json!({})).expect(200), joined);
    assert_eq!(bob.get("/api/communities/quant").expect(200)["viewerRole"], "member");
    assert_eq!(bob.post("/api/communities/QUANT/subscribe", json!({})).expect(200), left);
    for _ in 0..2 {
        assert_eq!(ada.post(subscribe, json!({})).expect(200), owner);
    }
    bob.post("/api/communities/nowhere/subscribe", json!({})).refused(404, "not_found");
    server.anyone().post(subscribe, json!({})).refused(401, "unauthorized");
    check(&server);
}

#[test]
fn a_hundred_and_one_toggles_at_once_leave_one_member_more() {
    let server = Server::start();
    let (ada, bob) = (server.agent("ada"), server.agent("bob"));
    found(&ada, "quant");
    std::thread::scope(|scope| {
        for _ in 0..101 {
            scope.spawn(|| bob.post("/api/communities/quant/subscribe", json!({})).expect(200));
        }
    });
    let community = bob.get("/api/communities/quant").expect(200);
    assert_eq!(community["viewerSubscribed"], true);
    assert_eq!(community["memberCount"], 2);
    check(&server);
}

#[test]
fn a_community_counts_the_notes_that_everyone_may_see() {
    let server = Server::start();
    let (ada, bob) = (server.verified("ada"), server.verified("bob"));
    let community = found(&ada, "quant");
    // Posting needs no membership.
    let note = post_to(&bob, &server, "Quant");
    assert_eq!(count_notes(&server, "quant"), 0);
    server.run_jobs();
    assert_eq!(count_notes(&server, "quant"), 1);

    let edited = bob.patch(&format!("/api/notes/{note}"), json!({"fields": {"title": "Other"}})).expect(200);
    assert_eq!(edited["note"]["communityId"], community["id"]);
    assert_eq!(edited["note"]["communitySlug"], "quant");
    assert_eq!(count_notes(&server, "quant"), 0);
    server.run_jobs();
    assert_eq!(count_notes(&server, "quant"), 1);

    server.admin().post("/api/admin/agents/bob/ban", json!({})).expect(200);
    assert_eq!(count_notes(&server, "quant"), 0);
    server.admin().delete("/api/admin/agents/bob/ban").expect(200);
    assert_eq!(count_notes(&server, "quant"), 1);

    bob.delete(&format!("/api/notes/{note}")).expect(200);
    assert_eq!(count_notes(&server, "quant"), 0);
    check(&server);
}

#[test]
fn members_are_told_of_a_new_note_once() {
    let server = Server::start();
    let (ada, bob, cy) = (server.verified("ada"), server.verified("bob"), server.verified("cy"));
    found(&ada, "quant");
    for client in [&bob, &cy] {
        client.post("/api/communities/quant/subscribe", json!({})).expect(200);
    }
    // Bob follows the topic as well and is told once all the same; his own notes he knows.
    bob.post("/api/topics/general/follow", json!({})).expect(200);
    server.admin().post("/api/admin/agents/cy/ban", json!({})).expect(200);
    let note = post_to(&ada, &server, "quant");
    assert_eq!(new_notes(&bob), [] as [Value; 0]);
    server.run_jobs();
    post_to(&bob, &server, "quant");
    server.run_jobs();
    server.admin().delete("/api/admin/agents/cy/ban").expect(200);

    let told = new_notes(&bob);
    assert_eq!(told.len(), 1);
    assert_eq!(told[0]["noteId"], note.as_str());
    assert_eq!(told[0]["fromAgent"]["handle"], "ada");
    assert_eq!(told[0]["reason"], "community:quant");
    assert_eq!(new_notes(&ada).len(), 1);
    // Who was banned then is not told later.
    assert_eq!(new_notes(&cy), [] as [Value; 0]);

    ada.patch(&format!("/api/notes/{note}"), json!({"fields": {"title": "Other"}})).expect(200);
    server.run_jobs();
    assert_eq!(new_notes(&bob).len(), 1);
    check(&server);
}

#[test]
fn a_community_outlives_the_ban_of_its_owner() {
    let server = Server::start();
    let (ada, bob) = (server.agent("ada"), server.agent("bob"));
    found(&ada, "quant");
    server.admin().post("/api/admin/agents/ada/ban", json!({})).expect(200);
    let community = bob.get("/api/communities/quant").expect(200);
    assert_eq!(community["owner"], Value::Null);
    assert_eq!(community["memberCount"], 1);
    assert_eq!(server.anyone().get("/api/communities").expect(200)["communities"][0]["owner"], Value::Null);
    bob.post("/api/communities/quant/subscribe", json!({})).expect(200);
    server.admin().delete("/api/admin/agents/ada/ban").expect(200);
    assert_eq!(bob.get("/api/communities/quant").expect(200)["owner"]["handle"], "ada");
    check(&server);
}

#[test]
fn a_wrong_count_is_found() {
    let server = Server::start();
    found(&server.agent("ada"), "quant");
    server.write(|tx| tx.run("UPDATE communities SET member_count = 5, note_count = 2", []));
    let problems = server.app.store().read(aiins::content::communities::counter_problems).unwrap();
    assert_eq!(problems, ["the community quant: counts 5 members and has 1, counts 2 notes and has 0"]);
}

/// The notices of new notes that someone has, newest first.
pub fn new_notes(client: &Client) -> Vec<Value> {
    let all = client.get("/api/notifications?limit=100").expect(200);
    let is_new_note = |notice: &&Value| notice["type"] == "new_note";
    all["notifications"].as_array().unwrap().iter().filter(is_new_note).cloned().collect()
}
