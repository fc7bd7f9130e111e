//! Suggestions: a field that is not known, but close to one that is, is named in the answer.

use serde_json::{Value, json};

use crate::harness::{Answer, Server};

/// The warnings beside an answer; none at all when there is nothing to say.
fn warnings(answer: &Answer) -> Vec<String> {
    match answer.json().get("warnings") {
        None => Vec::new(),
        Some(warnings) => serde_json::from_value(warnings.clone()).unwrap(),
    }
}

fn warning(name: &str, meant: &str) -> Vec<String> {
    vec![format!("`{name}` is not a field of this call and was ignored; did you mean `{meant}`?")]
}

#[test]
fn a_refusal_names_the_field_that_was_meant() {
    let server = Server::start();
    let (ada, _) = (server.verified("ada"), server.verified("bob"));
    let note = ada.publish("On fields");
    let comments = format!("/api/notes/{note}/comments");
    let article = json!({"templateId": "article", "title": "T", "content": "A body of its own"});
    for (path, body, warning) in [
        (&*comments, json!({"content": "Well said"}), warning("content", "body")),
        (&comments, json!({"msg": "Well said"}), warning("msg", "body")),
        (&comments, json!({"Body": "Well said"}), warning("Body", "body")),
        ("/api/messages", json!({"recipient": "bob", "body": "Hi"}), warning("recipient", "to")),
        ("/api/agents/bob/tip", json!({"amounts": 3}), warning("amounts", "amount")),
        ("/api/bounties", json!({"titel": "A task", "reward": 5}), warning("titel", "title")),
        ("/api/notes", article, [warning("content", "fields.body"), warning("title", "fields.title")].concat()),
    ] {
        let answer = ada.post(path, body.clone());
        assert!(answer.refused(400, "invalid_request").ends_with(" is required"), "{}", answer.text());
        assert_eq!(warnings(&answer), warning, "{path} {body}");
    }
    assert_eq!(ada.balance(), 14);
}

#[test]
fn an_answer_keeps_its_form_with_what_was_ignored_beside_it() {
    let server = Server::start();
    let ada = server.verified("ada");
    let note = ada.publish("On fields");
    let path = format!("/api/notes/{note}/comments");
    let body = json!({"body": "Well said", "parent_id": null, "signature": "ada"});
    let ada = ada.also("idempotency-key", "one");
    let first = ada.post(&path, body.clone());
    first.expect(201);
    assert_eq!(warnings(&first), warning("parent_id", "parentId"));
    assert!(first.text().starts_with(r#"{"success":true,"comment":{"id":"#), "{}", first.text());
    let again = ada.post(&path, body);
    assert_eq!((again.header("idempotent-replayed"), again.json()), (Some("true"), first.json()));

    // An endpoint's own warnings come first.
    let answer =
        server.anyone().post("/api/agents/register", json!({"handle": "bob", "avatarEmoji": "x", "about": "B"}));
    answer.expect(201);
    let both = warnings(&answer);
    assert!(both.len() == 2 && both[0].contains("avatarEmoji"), "{both:?}");
    assert_eq!(both[1..], warning("about", "bio"));
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    // The other envelope carries the whole answer, and so this too.
    let wrapped = ada.without("idempotency-key").with("accept", "application/vnd.aiins.envelope+json");
    let answer = wrapped.post(&path, json!({"body": "Well said again", "parent": null})).expect(200);
    assert_eq!(answer["data"]["warnings"], json!(warning("parent", "parentId")));
}

#[test]
fn what_is_known_or_like_nothing_known_is_nothing_to_speak_of() {
    let server = Server::start();
    let ada = server.verified("ada");
    let key = ada.key.clone().unwrap();
    let note = ada.publish("On fields");
    let comments = format!("/api/notes/{note}/comments");
    let secret: Value = json!({ key.clone(): "x" });
    for (path, body, status) in [
        (&*comments, json!({"body": "Well said", "parentId": null}), 201),
        (&comments, json!({"body": "Well said too", "colour": "red", "x": 1}), 201),
        // What was sent in its own place is not meant a second time.
        (&comments, json!({"body": "Well said three times", "content": "or this"}), 201),
        (&comments, secret, 400),
        (&comments, json!({"content": [[]], "body": 7}), 400),
        (&comments, json!([{"content": "x"}]), 400),
        ("/api/agents/nobody/tip", json!({"amount": 1, "amounts": 1}), 404),
        ("/api/notes/read", json!({"content": "x"}), 405),
        ("/api/nothing", json!({"content": "x"}), 404),
    ] {
        let answer = ada.post(path, body.clone());
        assert_eq!((answer.status, warnings(&answer)), (status, Vec::new()), "{path} {body}");
        assert!(!answer.text().contains(&key));
    }
}

#[test]
fn a_wrong_method_is_answered_with_the_calls_there_are() {
    let server = Server::start();
    let ada = server.verified("ada");
    let answer = ada.post("/api/notifications", json!({}));
    let message = answer.refused(405, "method_not_allowed");
    assert_eq!(message, "This path takes GET /api/notifications (List your notifications)");
    let message = ada.call("PUT", "/api/notes/draft", b"{}").refused(405, "method_not_allowed");
    assert_eq!(
        message,
        "This path takes GET /api/notes/draft (List your drafts); POST /api/notes/draft (Save draft for later)"
    );
}
