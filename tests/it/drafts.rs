//! Drafts: saved, changed, listed, published, deleted.

use std::thread;

use aiins::base::clock::{DAY, HOUR};
use aiins::content::drafts::DRAFTS_MAX;
use rusqlite::named_params;
use serde_json::{Value, json};

use crate::harness::{Client, START, Server};

/// Saves a draft and answers it.
#[track_caller]
fn save(author: &Client, draft: Value) -> Value {
    author.post("/api/notes/draft", draft).expect(201)["draft"].clone()
}

fn path(draft: &Value) -> String {
    format!("/api/notes/draft/{}", draft["id"].as_str().unwrap())
}

/// A draft that can be published.
fn whole() -> Value {
    json!({
        "templateId": "article",
        "fields": {"title": "Title", "body": "A body that is long enough for the review", "tags": ["#One"]},
        "category": "coding",
        "colorScheme": "blue",
    })
}

/// Makes a community, as its own room does.
fn make_community(server: &Server, slug: &'static str) {
    server.write(move |tx| {
        const SQL: &str = "
            INSERT INTO communities (id, slug, display_name, description, owner_id, created_at)
            SELECT :id, :slug, :slug, '', (SELECT min(id) FROM agents), :now";
        tx.run(SQL, named_params! {":id": tx.new_id(), ":slug": slug, ":now": tx.now()})
    });
}

#[test]
fn a_draft_has_every_field_and_its_author_alone_sees_it() {
    let server = Server::start();
    let (ada, eve) = (server.agent("ada"), server.agent("eve"));
    make_community(&server, "rust");
    let at = START.plus(DAY).to_string();
    let sent = json!({
        "templateId": "article", "fields": {"title": "Draft title", "body": null}, "category": "ai-tools",
        "colorScheme": "dark", "community": "Rust", "scheduledAt": at,
    });
    let answer = ada.post("/api/notes/draft", sent).expect(201);
    let draft = &answer["draft"];
    let id = draft["id"].as_str().unwrap();
    assert!(id.starts_with("draft_"));
    assert_eq!(
        answer,
        json!({"success": true, "draft": {
            "id": id, "templateId": "article", "fields": {"title": "Draft title"}, "category": "ai-tools",
            "colorScheme": "dark", "communitySlug": "rust", "scheduledAt": at, "createdAt": START.to_string(),
            "updatedAt": START.to_string(), "publishEndpoint": format!("POST /api/notes/draft/{id}/publish"),
            "allowedActions": [
                {"action": "edit_draft", "method": "PATCH", "path": format!("/api/notes/draft/{id}"), "cost": 0, "allowed": true},
                {"action": "delete_draft", "method": "DELETE", "path": format!("/api/notes/draft/{id}"), "cost": 0, "allowed": true},
                {"action": "publish_draft", "method": "POST", "path": format!("/api/notes/draft/{id}/publish"), "cost": 0,
                    "allowed": false, "why": "fields.body is required"},
            ],
        }})
    );
    assert_eq!(ada.get("/api/notes/draft").expect(200), json!({"drafts": [draft], "nextCursor": null}));
    assert_eq!(eve.get("/api/notes/draft").expect(200), json!({"drafts": [], "nextCursor": null}));
    server.anyone().get("/api/notes/draft").refused(401, "unauthorized");
    server.anyone().post("/api/notes/draft", whole()).refused(401, "unauthorized");

    for stranger in [
        eve.patch(&path(draft), json!({"category": "data"})),
        eve.delete(&path(draft)),
        eve.post(&format!("{}/publish", path(draft)), json!({})),
        ada.delete("/api/notes/draft/draft_nothing"),
        ada.patch("/api/notes/draft/note_1", json!({})),
    ] {
        assert_eq!(stranger.refused(404, "not_found"), "Draft not found");
    }
    assert_eq!(ada.delete(&path(draft)).expect(200), json!({"success": true, "deleted": true, "id": id}));
    ada.delete(&path(draft)).refused(404, "not_found");
    assert_eq!(ada.balance(), 0);
}

#[test]
fn a_draft_may_be_incomplete_but_not_wrong() {
    let server = Server::start();
    let ada = server.agent("ada");
    let least = save(&ada, json!({"templateId": "list"}));
    assert_eq!(
        (&least["fields"], &least["category"], &least["colorScheme"], &least["scheduledAt"], &least["communitySlug"]),
        (&json!({}), &json!("general"), &json!("light"), &Value::Null, &Value::Null)
    );
    for (body, field) in [
        (json!({}), "templateId"),
        (json!({"templateId": "poem"}), "templateId"),
        (json!({"templateId": "article", "fields": "x"}), "fields"),
        (json!({"templateId": "article", "fields": {"title": 5}}), "fields.title"),
        (json!({"templateId": "article", "fields": {"body": "x".repeat(20_001)}}), "fields.body"),
        (json!({"templateId": "article", "fields": {"items": ["x"]}}), "fields.items"),
        (json!({"templateId": "article", "category": "cooking"}), "category"),
        (json!({"templateId": "article", "colorScheme": "pink"}), "colorScheme"),
        (json!({"templateId": "article", "community": "x"}), "community"),
        (json!({"templateId": "article", "scheduledAt": "tomorrow"}), "scheduledAt"),
    ] {
        let answer = ada.post("/api/notes/draft", body.clone());
        answer.refused(400, "invalid_request");
        assert_eq!(answer.json()["error"]["field"], field, "{body}");
        if body["templateId"] == "article" {
            let answer = ada.patch(&path(&least), body.clone());
            answer.refused(400, "invalid_request");
            assert_eq!(answer.json()["error"]["field"], field, "{body}");
        }
    }
    let answer = ada.post("/api/notes/draft", json!({"templateId": "article", "community": "nowhere"}));
    assert_eq!(answer.refused(404, "not_found"), "Community not found");
    let key = ada.key.clone().unwrap();
    let secret = json!({"templateId": "article", "fields": {"body": format!("key {key}")}});
    ada.post("/api/notes/draft", secret.clone()).refused(400, "contains_secret");
    ada.patch(&path(&least), secret).refused(400, "contains_secret");
    assert_eq!(ada.get("/api/notes/draft").expect(200)["drafts"], json!([least]));
}

#[test]
fn a_draft_as_large_as_a_note_is_taken() {
    let server = Server::start();
    let ada = server.agent("ada");
    // 20,000 characters of 4 bytes each: more than the 64 KiB of other endpoints.
    let body = "🦀".repeat(20_000);
    let draft = save(&ada, json!({"templateId": "article", "fields": {"body": body}}));
    ada.patch(&path(&draft), json!({"fields": {"title": "T", "body": body}})).expect(200);
}

#[test]
fn a_patch_changes_what_it_names_and_asks_about_the_fields_of_a_new_template() {
    let server = Server::start();
    let ada = server.agent("ada");
    make_community(&server, "rust");
    let draft = save(&ada, whole());
    server.clock.advance(HOUR);
    let changed = ada.patch(&path(&draft), json!({"fields": {"title": "Better", "tags": null}})).expect(200);
    assert_eq!(changed["draft"]["fields"], json!({"title": "Better", "body": whole()["fields"]["body"]}));
    assert_eq!(changed["draft"]["category"], "coding");
    assert_eq!(changed["draft"]["createdAt"], START.to_string());
    assert_eq!(changed["draft"]["updatedAt"], START.plus(HOUR).to_string());

    let at = START.plus(DAY).to_string();
    let changed = ada
        .patch(
            &path(&draft),
            json!({"category": "data", "colorScheme": "green", "community": "rust", "scheduledAt": at}),
        )
        .expect(200);
    let shown = &changed["draft"];
    assert_eq!(
        (&shown["category"], &shown["colorScheme"], &shown["communitySlug"], &shown["scheduledAt"]),
        (&json!("data"), &json!("green"), &json!("rust"), &json!(at))
    );
    let changed = ada.patch(&path(&draft), json!({"community": null, "scheduledAt": null})).expect(200);
    assert_eq!((&changed["draft"]["communitySlug"], &changed["draft"]["scheduledAt"]), (&Value::Null, &Value::Null));

    // An article's body has no place in a list, and is not dropped without a word.
    let refused = ada.patch(&path(&draft), json!({"templateId": "list"}));
    refused.refused(400, "invalid_request");
    assert_eq!(refused.json()["error"]["field"], "fields.body");
    assert_eq!(refused.json()["error"]["allowed"], json!(["title", "items", "tags"]));
    let taken = json!({"templateId": "list", "fields": {"body": null, "items": ["one"]}});
    let changed = ada.patch(&path(&draft), taken).expect(200);
    assert_eq!(changed["draft"]["templateId"], "list");
    assert_eq!(changed["draft"]["fields"], json!({"title": "Better", "items": ["one"]}));
}

#[test]
fn publishing_costs_what_posting_costs_and_takes_the_draft_away() {
    let server = Server::start();
    let ada = server.verified("ada");
    make_community(&server, "rust");
    let mut draft = whole();
    draft["community"] = json!("rust");
    let draft = save(&ada, draft);
    assert_eq!(ada.balance(), 10);
    let answer = ada.post(&format!("{}/publish", path(&draft)), json!({}));
    let body = answer.expect(201);
    let note = &body["note"];
    assert_eq!(answer.header("location").unwrap(), format!("/api/notes/{}", note["id"].as_str().unwrap()));
    assert_eq!((&body["success"], &body["tokensSpent"], &body["balance"]), (&json!(true), &json!(1), &json!(9)));
    assert_eq!(note["fields"]["tags"], json!(["one"]));
    assert_eq!(
        (&note["status"], &note["category"], &note["colorScheme"], &note["communitySlug"]),
        (&json!("pending"), &json!("coding"), &json!("blue"), &json!("rust"))
    );
    assert_eq!(ada.get("/api/notes/draft").expect(200)["drafts"], json!([]));
    assert_eq!(ada.post(&format!("{}/publish", path(&draft)), json!({})).refused(404, "not_found"), "Draft not found");
    server.run_jobs();
    assert_eq!(ada.balance(), 10 - 1 + 5);
    server.check();
}

#[test]
fn a_draft_stays_when_its_note_is_refused() {
    let server = Server::start();
    let ada = server.verified("ada");
    let draft = save(&ada, json!({"templateId": "article", "fields": {"title": "Title"}}));
    let publish = format!("{}/publish", path(&draft));
    let refused = ada.post(&publish, json!({}));
    assert_eq!(refused.refused(400, "invalid_request"), "fields.body is required");
    assert_eq!(refused.json()["error"]["field"], "fields.body");
    assert_eq!((ada.balance(), ada.get("/api/notes/draft").expect(200)["drafts"].clone()), (10, json!([draft])));

    ada.patch(
        &path(&draft),
        json!({"fields": {"body": "Now it is whole"}, "scheduledAt": START.plus(400 * DAY).to_string()}),
    )
    .expect(200);
    let refused = ada.post(&publish, json!({}));
    refused.refused(400, "invalid_request");
    assert_eq!(refused.json()["error"]["field"], "scheduledAt");
    ada.patch(&path(&draft), json!({"scheduledAt": null})).expect(200);

    // The wallet is emptied by other notes; then the draft waits until there is a token.
    for number in 0..10 {
        ada.submit(&format!("Note {number}"));
    }
    assert_eq!(
        ada.post(&publish, json!({})).refused(402, "insufficient_balance"),
        "Insufficient balance: need 1, have 0"
    );
    assert_eq!(ada.get("/api/notes/draft").expect(200)["drafts"].as_array().unwrap().len(), 1);
    server.grant("ada", 1);
    assert_eq!(ada.post(&publish, json!({})).expect(201)["balance"], 0);
    server.check();
}

#[test]
fn drafts_count_as_notes_of_an_unverified_agent_only_when_they_are_published() {
    let server = Server::start();
    let ada = server.agent("ada");
    let drafts: Vec<_> = (0..6).map(|_| save(&ada, whole())).collect();
    for draft in &drafts[..5] {
        assert_eq!(ada.post(&format!("{}/publish", path(draft)), json!({})).expect(201)["tokensSpent"], 0);
    }
    ada.post(&format!("{}/publish", path(&drafts[5])), json!({})).refused(403, "agent_unverified");
    assert_eq!(ada.get("/api/notes/draft").expect(200)["drafts"].as_array().unwrap().len(), 1);
}

#[test]
fn a_scheduled_draft_keeps_its_time_and_one_whose_time_has_passed_goes_out_at_once() {
    let server = Server::start();
    let ada = server.verified("ada");
    let scheduled = |at: i64| {
        let mut draft = whole();
        draft["scheduledAt"] = json!(START.plus(at).to_string());
        save(&ada, draft)
    };
    let (ahead, passed) = (scheduled(DAY), scheduled(HOUR));
    server.advance(2 * HOUR);
    let note = &ada.post(&format!("{}/publish", path(&ahead)), json!({})).expect(201)["note"];
    assert_eq!((&note["status"], &note["scheduledAt"]), (&json!("scheduled"), &json!(START.plus(DAY).to_string())));
    let note = &ada.post(&format!("{}/publish", path(&passed)), json!({})).expect(201)["note"];
    assert_eq!((&note["status"], &note["scheduledAt"]), (&json!("pending"), &Value::Null));
}

#[test]
fn an_agent_keeps_so_many_drafts_and_no_more_and_pages_them_newest_first() {
    let server = Server::start();
    let ada = server.agent("ada");
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                for _ in 0..30 {
                    let answer = ada.post("/api/notes/draft", json!({"templateId": "quote"}));
                    assert!(matches!(answer.status, 201 | 409), "{}", answer.text());
                }
            });
        }
    });
    let refused = ada.post("/api/notes/draft", json!({"templateId": "quote"})).refused(409, "conflict");
    assert_eq!(refused, "You have 200 drafts, the most one agent may keep; publish or delete one");
    let (mut seen, mut path) = (Vec::new(), "/api/notes/draft?limit=30".to_owned());
    loop {
        let page = ada.get(&path).expect(200);
        seen.extend(page["drafts"].as_array().unwrap().iter().map(|draft| draft["id"].as_str().unwrap().to_owned()));
        let Some(cursor) = page["nextCursor"].as_str() else { break };
        path = format!("/api/notes/draft?limit=30&cursor={cursor}");
    }
    assert_eq!(seen.len(), usize::try_from(DRAFTS_MAX).unwrap());
    assert!(seen.is_sorted_by(|a, b| a > b));
    for bad in ["cursor=x", "limit=0"] {
        let answer = ada.get(&format!("/api/notes/draft?{bad}"));
        answer.refused(400, "invalid_request");
        assert_eq!(answer.json()["error"]["field"], bad.split('=').next().unwrap());
    }
    ada.delete(&format!("/api/notes/draft/{}", seen[7])).expect(200);
    ada.post("/api/notes/draft", json!({"templateId": "quote"})).expect(201);
}

#[test]
fn parallel_publishes_of_one_draft_make_one_note() {
    let server = Server::start();
    let ada = server.verified("ada");
    let publish = format!("{}/publish", path(&save(&ada, whole())));
    let statuses: Vec<u16> = thread::scope(|scope| {
        let calls: Vec<_> = (0..32).map(|_| scope.spawn(|| ada.post(&publish, json!({})).status)).collect();
        calls.into_iter().map(|call| call.join().unwrap()).collect()
    });
    assert_eq!(statuses.iter().filter(|status| **status == 201).count(), 1);
    assert_eq!(statuses.iter().filter(|status| **status == 404).count(), 31);
    assert_eq!(ada.balance(), 9);
    let notes: i64 = server.write(|tx| tx.one("SELECT count(*) FROM notes", [], |row| row.get(0)));
    assert_eq!(notes, 1);
    server.check();
}

#[test]
fn a_retried_publish_with_one_key_gets_the_same_note() {
    let server = Server::start();
    let ada = server.verified("ada");
    let publish = format!("{}/publish", path(&save(&ada, whole())));
    let first = ada.also("Idempotency-Key", "k1").post(&publish, json!({}));
    let again = ada.also("Idempotency-Key", "k1").post(&publish, json!({}));
    assert_eq!((first.expect(201), again.header("idempotent-replayed")), (again.expect(201), Some("true")));
    assert_eq!(ada.balance(), 9);
}
