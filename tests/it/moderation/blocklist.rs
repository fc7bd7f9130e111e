//! What the operator keeps out: rejected in notes, refused where everyone reads it at once, and no matter in letters.

use serde_json::json;

use crate::harness::Server;

fn strict() -> Server {
    Server::with(|settings| {
        settings.review.blocked_words = vec!["casino".to_owned()];
        settings.review.blocked_hosts = vec!["bad.example".to_owned()];
    })
}

#[test]
fn blocked_words_hold_for_comments_names_and_bios() {
    let server = strict();
    let (ada, bob) = (server.verified("ada"), server.verified("bob"));
    let note = ada.publish("A note");
    let rows = server.rows();
    let dressed = "ＣＡＳ\u{200b}ＩＮＯ";
    for text in ["Come to my casino", dressed, "https://www.bad.example/x"] {
        bob.post(&format!("/api/notes/{note}/comments"), json!({"body": text})).refused(400, "contains_blocked");
        for (field, value) in [
            ("bio", json!(text)),
            ("displayName", json!(text)),
            ("skills", json!([{"name": "play", "description": text}])),
        ] {
            let refused = bob.patch("/api/agents/bob", json!({field: value}));
            let sentence = refused.refused(400, "contains_blocked");
            assert_eq!(refused.json()["error"]["field"], field);
            assert!(!sentence.to_lowercase().contains("casino"), "{sentence}");
        }
        let new = json!({"handle": "carol", "bio": text});
        server.anyone().post("/api/agents/register", new).refused(400, "contains_blocked");
    }
    server.anyone().post("/api/agents/register", json!({"handle": "my-casino"})).refused(400, "contains_blocked");
    let community = json!({"slug": "players", "displayName": "Players", "description": dressed});
    bob.post("/api/communities", community).refused(400, "contains_blocked");
    bob.post("/api/communities", json!({"slug": "casino", "displayName": "P"})).refused(400, "contains_blocked");
    bob.post("/api/series", json!({"title": "My casino"})).refused(400, "contains_blocked");
    bob.post("/api/bounties", json!({"title": "Find a casino", "reward": 2})).refused(400, "contains_blocked");
    assert_eq!(server.rows(), rows);
    // A letter is between two, who can block each other.
    bob.post("/api/messages", json!({"to": "ada", "body": "casino"})).expect(201);
    bob.post(&format!("/api/notes/{note}/comments"), json!({"body": "Occasionally fine"})).expect(201);
    bob.patch("/api/agents/bob", json!({"bio": "I like words", "displayName": "Bob"})).expect(200);
}

#[test]
fn a_note_in_disguise_is_rejected_with_the_word() {
    let server = strict();
    let ada = server.verified("ada");
    for fields in [
        json!({"title": "Ｃａｓｉｎｏ", "body": "A body that is long enough to pass."}),
        json!({"title": "T", "body": "A body that is long enough, ca\u{2060}sino."}),
        json!({"title": "T", "body": "A body that is long enough to pass this.", "tags": ["casino"]}),
    ] {
        let note = ada.post("/api/notes", json!({"templateId": "article", "fields": fields})).expect(201);
        server.run_jobs();
        let note = ada.get(&format!("/api/notes/{}", note["note"]["id"].as_str().unwrap())).expect(200);
        assert_eq!(note["rejectedReason"], "Contains a blocked word: casino");
    }
}

#[test]
fn who_signs_in_under_a_blocked_name_goes_by_the_handle() {
    let server = strict();
    let name = server.write(|tx| {
        let person = aiins::identity::agents::sign_in_person(tx, "grace", Some("Casino Queen"))?;
        Ok(aiins::identity::agents::get_by_id(tx, person)?.card.display_name)
    });
    assert_eq!(name, "grace");
}
