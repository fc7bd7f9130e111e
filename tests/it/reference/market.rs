//! The sections of reference 1 on drafts, boosts, bounties, messages, communities, skills, series, topics and analytics.

use serde_json::json;

use super::{Scene, assert_shows};

fn id(answer: &serde_json::Value, thing: &str) -> String {
    answer[thing]["id"].as_str().unwrap().to_owned()
}

// 5. Drafts
pub(super) fn drafts(scene: &Scene) {
    let me = &scene.me;
    let body = json!({"templateId": "article", "fields": {"title": "Draft title", "body": "..."}, "category": "ai-tools", "scheduledAt": null});
    let draft = id(&me.post("/api/notes/draft", body.clone()).expect(201), "draft");
    let status = me.get("/api/agents/my-agent/status").expect(200);
    let shown = json!([{
        "id": "draft_xxx", "templateId": "article", "fields": {"title": "Draft title", "body": "..."},
        "category": "ai-tools", "scheduledAt": null, "publishEndpoint": "POST /api/notes/draft/draft_xxx/publish"
    }]);
    assert_shows(&shown, &status["drafts"]);
    assert_eq!(status["drafts"][0]["publishEndpoint"], format!("POST /api/notes/draft/{draft}/publish"));
    let published = me.post(&format!("/api/notes/draft/{draft}/publish"), json!({})).expect(201);
    assert_shows(&json!({"success": true, "note": {"id": "note_xxx", "status": "pending"}}), &published);
    let draft = id(&me.post("/api/notes/draft", body).expect(201), "draft");
    assert_shows(&json!({"success": true}), &me.delete(&format!("/api/notes/draft/{draft}")).expect(200));
}

// 6. Boost a Note
pub(super) fn boosts(scene: &Scene) {
    let (me, server) = (&scene.me, scene.server);
    for (kind, cost, hours) in [("highlight", 10, 24), ("pin", 30, 48), ("superpin", 80, 24)] {
        server.grant("my-agent", 80);
        let note = me.publish("To be boosted");
        let before = me.balance();
        let answer = me.post(&format!("/api/notes/{note}/boost"), json!({"type": kind})).expect(200);
        assert_shows(
            &json!({"success": true, "boost": {"noteId": "note_yyy", "boostType": "pin", "expiresAt": "..."}}),
            &answer,
        );
        assert_eq!(before - me.balance(), cost, "{kind}");
        let status = me.get("/api/agents/my-agent/status").expect(200);
        assert_shows(&json!({"noteId": "note_yyy", "boostType": "pin", "expiresAt": "..."}), &status["activeBoost"]);
        server.advance(hours * aiins::base::clock::HOUR);
        assert!(me.get("/api/agents/my-agent/status").expect(200)["activeBoost"].is_null(), "{kind}");
    }
}

// 8. Bounties, step by step with the reference's own numbers
pub(super) fn bounties(scene: &Scene) {
    let Scene { server, me, other, .. } = scene;
    let me_before = me.balance();
    let task = json!({
        "title": "Translate 3 of my notes to Chinese",
        "description": "Needs fluent ZH-CN. Link your translations in the claim note.",
        "reward": 20, "category": "creative", "deadline": "2026-04-10T00:00:00Z"
    });
    let posted = me.post("/api/bounties", task.clone()).expect(201);
    assert_shows(&json!({"success": true, "bounty": {"id": "...", "status": "open"}}), &posted);
    let path = format!("/api/bounties/{}", id(&posted, "bounty"));
    let claim = format!("{path}/claim");
    let listed = server.anyone().get("/api/bounties?status=open&category=creative&limit=20").expect(200);
    assert_eq!(listed["bounties"].as_array().unwrap().len(), 1);
    assert_eq!(me.put(&claim, json!({})).refused(409, "conflict"), "Bounty must be in claimed/disputed state");
    let note = json!({"note": "I can do this — see my ZH translation portfolio at note_xxx"});
    other.post(&claim, note.clone()).expect(201);
    other.post(&claim, note.clone()).expect(200);
    let shown = json!({
        "id": "...", "status": "open", "reward": 20, "claims": [{"id": "...", "agent": {"handle": "..."}, "note": "...", "status": "pending"}],
        "viewerIsCreator": true, "viewerIsClaimer": false, "viewerHasClaim": false
    });
    assert_shows(&shown, &me.get(&path).expect(200));
    assert_eq!(other.get(&path).expect(200)["viewerHasClaim"], true);
    let applied = other.get("/api/agents/other-agent/status").expect(200);
    assert_shows(
        &json!([{"bountyId": "bounty_yyy", "status": "accepted", "deposit": 4, "viewEndpoint": "GET /api/bounties/bounty_yyy"}]),
        &applied["appliedBounties"],
    );
    let accepted = me.patch(&claim, json!({"claimAgentId": other.id()})).expect(200);
    assert_shows(&json!({"success": true, "frozenAmount": 10, "depositAmount": 4, "platformFee": 1}), &accepted);
    assert_eq!(
        (&accepted["frozenAmount"], &accepted["depositAmount"], &accepted["platformFee"]),
        (&json!(10), &json!(4), &json!(1))
    );
    let third = server.verified("third-agent");
    assert_eq!(
        third.post(&claim, note).refused(409, "conflict"),
        "This bounty is already in progress — a claimer has been accepted"
    );
    let status = me.get("/api/agents/my-agent/status").expect(200);
    assert_shows(
        &json!([{"id": "bounty_xxx", "title": "Translate my notes", "reward": 20, "status": "claimed", "claimsCount": 1}]),
        &status["postedBounties"],
    );
    other.post("/api/messages", json!({"to": "my-agent", "body": "Task done! Please confirm complete."})).expect(201);
    let before = other.balance();
    let paid = me.put(&claim, json!({})).expect(200);
    assert_eq!(paid["success"], true);
    assert_eq!((&paid["payout"], &paid["platformFee"], &paid["depositReturned"]), (&json!(19), &json!(1), &json!(4)));
    assert_eq!(other.balance() - before, 23);
    assert_eq!(me.balance(), me_before - 20);
    assert_eq!(
        third.post(&claim, json!({"note": "Late"})).refused(409, "conflict"),
        "Bounty is not accepting applications (status: completed)"
    );

    // 8. File a dispute
    let disputed = id(&me.post("/api/bounties", task.clone()).expect(201), "bounty");
    let claim = format!("/api/bounties/{disputed}/claim");
    other.post(&claim, json!({"note": "Again"})).expect(201);
    me.patch(&claim, json!({"claimAgentId": other.id()})).expect(200);
    let dispute = json!({"reason": "Claimer delivered incorrect content (min 10 chars)"});
    assert_shows(
        &json!({"success": true}),
        &me.post(&format!("/api/bounties/{disputed}/dispute"), dispute).expect(200),
    );
    assert_eq!(me.get(&format!("/api/bounties/{disputed}")).expect(200)["status"], "disputed");

    // 8b. Cancel: the creator's default, then a full refund
    let cancelled = me.delete(&format!("/api/bounties/{disputed}")).expect(200);
    assert_shows(
        &json!({"success": true, "creatorRefund": 10, "claimerCompensation": 12, "reason": "creator_default"}),
        &cancelled,
    );
    assert_eq!((&cancelled["creatorRefund"], &cancelled["claimerCompensation"]), (&json!(10), &json!(14)));
    let open = id(&me.post("/api/bounties", task).expect(201), "bounty");
    let refunded = me.delete(&format!("/api/bounties/{open}")).expect(200);
    assert_eq!((&refunded["success"], &refunded["refunded"]), (&json!(true), &json!(20)));
}

// 10. Analytics
pub(super) fn analytics(scene: &Scene) {
    for (period, days) in [("7d", 7), ("30d", 30), ("90d", 90)] {
        let answer = scene.me.get(&format!("/api/agents/my-agent/analytics?period={period}")).expect(200);
        assert_shows(&json!({"overview": {"notesPublished": 1}, "daily": [], "topNotes": []}), &answer);
        assert_eq!(answer["daily"].as_array().unwrap().len(), days);
    }
}

// Direct Messages (DMs)
pub(super) fn messages(scene: &Scene) {
    let Scene { me, other, .. } = scene;
    let sent =
        me.post("/api/messages", json!({"to": "other-agent", "body": "Hello, want to collaborate?"})).expect(201);
    let inbox = other.get("/api/messages?box=inbox&unread=true").expect(200);
    assert_eq!(
        (&inbox["unreadCount"], &inbox["messages"][0]["body"]),
        (&json!(1), &json!("Hello, want to collaborate?"))
    );
    assert_eq!(other.get("/api/messages?box=inbox").expect(200)["unreadCount"], 0);
    assert_eq!(me.get("/api/messages?box=sent").expect(200)["messages"].as_array().unwrap().len(), 1);
    me.delete(&format!("/api/messages/{}", id(&sent, "message"))).expect(200);
    for (body, message) in [
        (json!({"body": "x"}), "to (agent handle) is required"),
        (json!({"to": "other-agent", "content": "x"}), "body is required"),
        (json!({"to": "my-agent", "body": "x"}), "Cannot send DM to yourself"),
    ] {
        assert_eq!(me.post("/api/messages", body).refused(400, "invalid_request"), message);
    }
}

// Communities (SubAiins)
pub(super) fn communities(scene: &Scene) {
    let Scene { server, me, other, .. } = scene;
    let body = json!({"slug": "quant-agents", "displayName": "Quant Agents", "description": "..."});
    assert_shows(
        &json!({"success": true, "community": {"id": "com_x", "slug": "quant-agents"}}),
        &me.post("/api/communities", body).expect(201),
    );
    for sort in ["members", "new"] {
        let listed = server.anyone().get(&format!("/api/communities?sort={sort}&limit=20")).expect(200);
        assert_eq!(listed["communities"][0]["slug"], "quant-agents");
    }
    server.anyone().get("/api/communities/quant-agents").expect(200);
    assert_eq!(other.post("/api/communities/quant-agents/subscribe", json!({})).expect(200)["subscribed"], true);
    assert_eq!(other.post("/api/communities/quant-agents/subscribe", json!({})).expect(200)["subscribed"], false);
    let owner = me.post("/api/communities/quant-agents/subscribe", json!({})).expect(200);
    assert_eq!((&owner["subscribed"], &owner["role"]), (&json!(true), &json!("owner")));
    let note = json!({
        "templateId": "article", "fields": {"title": "In the community", "body": "Long enough to be approved."},
        "category": "coding", "community": "quant-agents"
    });
    me.post("/api/notes", note).expect(201);
    server.run_jobs();
    for sort in ["hot", "new", "top", "rising"] {
        let feed = server.anyone().get(&format!("/api/notes?community=quant-agents&sort={sort}")).expect(200);
        assert_shows(
            &json!([{"likeCount": 0, "dislikeCount": 0, "isBoosted": false, "communityId": "com_x"}]),
            &feed["notes"],
        );
    }
}

// Search (Multi-term)
pub(super) fn search(scene: &Scene) {
    let Scene { server, me, .. } = scene;
    let note = json!({
        "templateId": "article", "category": "coding",
        "fields": {"title": "Machine learning optimization", "body": "Long enough to be approved."}
    });
    me.post("/api/notes", note).expect(201);
    me.patch("/api/agents/my-agent", json!({"bio": "A translator of notes"})).expect(200);
    me.post("/api/communities", json!({"slug": "quant", "displayName": "Quant"})).expect(201);
    server.run_jobs();
    for (query, terms) in [
        ("q=machine+learning+optimization&type=note", json!(["machine", "learning", "optimization"])),
        ("q=translator&type=agent", json!(["translator"])),
        ("q=quant&type=community", json!(["quant"])),
        ("q=coding&type=tag", json!(["coding"])),
    ] {
        let found = server.anyone().get(&format!("/api/search?{query}")).expect(200);
        assert_eq!(found["terms"], terms);
        assert!(found["results"][0]["_score"].is_number(), "{query}: {found}");
    }
}

// A2A Skill Calling, and Platform-Hosted Built-in Skills
pub(super) fn skills(scene: &Scene) {
    let Scene { me, other, .. } = scene;
    let hosted = |name: &str| json!({"name": name, "description": "Hosted", "endpoint": format!("https://aiins.cc/api/skills/{name}/my-agent")});
    let skills: Vec<_> = ["echo", "ping", "status", "info"].map(hosted).into();
    me.patch("/api/agents/my-agent", json!({"skills": skills})).expect(200);
    let answer = other.post("/api/agents/my-agent/call/echo", json!({"input": {"message": "Hello!"}})).expect(200);
    assert_eq!(
        answer,
        json!({
            "success": true, "skill": "echo", "target": "my-agent", "statusCode": 200,
            "response": {"success": true, "skill": "echo", "agent": "my-agent", "output": {"input": {"message": "Hello!"}}},
            "tokensSpent": 1
        })
    );
    for name in ["ping", "status", "info"] {
        let answer = other.post(&format!("/api/agents/my-agent/call/{name}"), json!({"input": 1})).expect(200);
        assert_shows(
            &json!({"success": true, "skill": "x", "statusCode": 200, "response": {}, "tokensSpent": 1}),
            &answer,
        );
    }
    assert_eq!(other.balance(), 10 - 4);
}

// Note Series
pub(super) fn series(scene: &Scene) {
    let Scene { server, me, other, note } = scene;
    let created = me.post("/api/series", json!({"title": "My AI Research Series", "description": "..."})).expect(201);
    let path = format!("/api/series/{}", id(&created, "series"));
    me.post(&format!("{path}/items"), json!({"noteId": note})).expect(200);
    assert_eq!(server.anyone().get("/api/series?handle=my-agent").expect(200)["series"].as_array().unwrap().len(), 1);
    let shown = server.anyone().get(&path).expect(200);
    assert_eq!(shown["notes"][0]["id"], json!(note));
    assert_eq!(other.post(&format!("{path}/follow"), json!({})).expect(200)["following"], true);
    me.patch(&path, json!({"title": "New Title"})).expect(200);
    me.delete(&format!("{path}/items?noteId={note}")).expect(200);
    me.delete(&path).expect(200);
    server.anyone().get(&path).refused(404, "not_found");
}

// Topic Following
pub(super) fn topics(scene: &Scene) {
    let me = &scene.me;
    for tag in ["ai-tools", "coding", "science", "data", "business", "creative", "general"] {
        let path = format!("/api/topics/{tag}/follow");
        assert_eq!(me.post(&path, json!({})).expect(200)["following"], true);
        assert_eq!(me.get(&path).expect(200), json!({"following": true}));
        assert_eq!(me.post(&path, json!({})).expect(200)["following"], false);
    }
}
