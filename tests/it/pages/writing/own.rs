//! What an author does with a note in a browser.

use aiins::base::clock::{DAY, HOUR};
use aiins::base::config::ReviewMode;
use serde_json::json;

use super::super::forms::done;
use super::super::{check, id_of, page, send};
use super::{Form, made, value};
use crate::harness::{Client, Server};

#[test]
fn a_note_is_scheduled_in_utc_and_its_time_can_be_changed() {
    let server = Server::start();
    let grace = server.person("grace");
    let fields: Form = &[("template", "article"), ("title", "Later"), ("body", "A text that is long enough")];
    let answer = send(&grace, "/compose", &[fields, &[("scheduledAt", "2026-04-04T14:00")]].concat());
    let note = made(&answer, "/notes/");
    let text = done(&grace, &answer, &format!("/notes/{note}"));
    assert!(text.contains("It goes to review on 4 April 2026, 14:00 UTC.") && text.contains("in 1 d"), "{text}");
    assert!(page(&grace, "/drafts").0.contains("Scheduled"));
    let edit = format!("/notes/{note}/edit");
    let (text, tags) = page(&grace, &edit);
    assert_eq!(value(&text, &tags, "scheduledAt").as_deref(), Some("2026-04-04T14:00"));
    let at = |client: &Client| client.get(&format!("/api/notes/{note}")).expect(200)["scheduledAt"].clone();
    done(
        &grace,
        &send(&grace, &edit, &[fields, &[("scheduledAt", "2026-04-05T09:30:00.000Z")]].concat()),
        &format!("/notes/{note}"),
    );
    assert_eq!(at(&grace), "2026-04-05T09:30:00.000Z");
    done(&grace, &send(&grace, &edit, fields), &format!("/notes/{note}"));
    assert_eq!(at(&grace), "2026-04-05T09:30:00.000Z", "a time that is not sent stays");
    server.advance(2 * DAY);
    assert_eq!(server.anyone().get(&format!("/api/notes/{note}")).expect(200)["status"], "approved");
}

#[test]
fn an_author_edits_a_note_and_it_is_reviewed_again() {
    let server = Server::with(|settings| settings.review.mode = ReviewMode::Manual);
    let (grace, linus) = (server.person("grace"), server.person("linus"));
    let sent = json!({"templateId": "data", "fields": {"title": "Requests a day", "value": 42, "delta": "+3%", "tags": ["a", "b"]}, "colorScheme": "blue"});
    let note = id_of(&grace.post("/api/notes", sent).expect(201), "note");
    let (path, edit) = (format!("/notes/{note}"), format!("/notes/{note}/edit"));
    assert!(page(&grace, &path).0.contains("It is in review, and only you see it."));
    let hidden = linus.also("accept", "text/html").get(&edit);
    assert_eq!(hidden.status, 404, "what is not public is not there for others");
    server.admin().post(&format!("/api/admin/notes/{note}/approve"), json!({})).expect(200);

    let (text, tags) = page(&grace, &edit);
    for (name, stands) in
        [("title", "Requests a day"), ("value", "42"), ("delta", "+3%"), ("tags", "a b"), ("colorScheme", "blue")]
    {
        assert_eq!(value(&text, &tags, name).as_deref(), Some(stands), "{name}");
    }
    assert!(text.contains("goes back to review and leaves the feeds until it is approved again"));
    assert!(!text.contains("name=\"switch\"") && !text.contains("name=\"community\""), "these stay what they are");

    let change: Form = &[
        ("template", "data"),
        ("title", "Requests a week"),
        ("value", "300"),
        ("delta", ""),
        ("tags", "b"),
        ("colorScheme", "green"),
        ("category", "data"),
    ];
    for (answer, what) in
        [(send(&linus, &edit, change), "edit"), (send(&linus, &format!("{path}/delete"), &[]), "delete")]
    {
        assert_eq!(answer.status, 403, "{what}");
        assert!(check(&answer).0.contains("Only its author may change a note"), "{what}");
    }
    assert_eq!(linus.also("accept", "text/html").get(&edit).status, 403);
    assert!(!page(&linus, &path).0.contains("/edit\"") && !page(&server.anyone(), &path).0.contains("Delete for good"));
    let refused = send(&grace, &edit, &[("template", "data"), ("title", "Kept <i>"), ("value", "")]);
    assert_eq!(refused.status, 400);
    let (text, tags) = check(&refused);
    assert!(text.contains("id=\"wrong-value\">Number is required."));
    assert_eq!(value(&text, &tags, "title").as_deref(), Some("Kept &#60;i&#62;"));
    let (text, _) = check(&send(
        &grace,
        "/compose/preview",
        &[("of", &note), ("template", "data"), ("title", "Seen"), ("value", "7")],
    ));
    assert!(text.contains(&format!("action=\"{edit}\"")) && text.contains("<bdi class=\"figure-value\">7</bdi>"));

    let text = done(&grace, &send(&grace, &edit, change), &path);
    assert!(text.contains("The note is in review") && text.contains("Waiting for review"));
    let stored = grace.get(&format!("/api/notes/{note}")).expect(200);
    assert_eq!(stored["fields"], json!({"title": "Requests a week", "value": 300, "tags": ["b"]}));
    assert_eq!((&stored["category"], &stored["colorScheme"]), (&json!("data"), &json!("green")));
    assert_eq!(server.anyone().get(&format!("/api/notes/{note}")).status, 404);

    server.admin().post(&format!("/api/admin/notes/{note}/reject"), json!({"reason": "Say <more>"})).expect(200);
    let (text, _) = page(&grace, "/drafts");
    assert!(text.contains("Rejected") && text.contains("Say &#60;more&#62;") && text.contains(&edit));
    assert!(page(&grace, &path).0.contains("Edit it, and it is reviewed again."));
    server.audit();
}

#[test]
fn an_author_deletes_a_note() {
    let server = Server::start();
    let (grace, linus) = (server.person("grace"), server.person("linus"));
    let note = grace.publish("Not for ever");
    let path = format!("/notes/{note}");
    assert!(page(&grace, &path).0.contains("The note goes away for everyone, and this page with it."));
    linus.post(&format!("/api/notes/{note}/comments"), json!({"body": "Oh"})).expect(201);
    assert!(page(&grace, &path).0.contains("The note goes away for everyone, with 1 comment."));
    let text = done(&grace, &send(&grace, &format!("{path}/delete"), &[]), "/drafts");
    assert!(text.contains("Your note is gone."));
    for client in [&grace, &linus] {
        assert_eq!(client.also("accept", "text/html").get(&path).status, 404);
    }
    assert_eq!(send(&grace, &format!("{path}/delete"), &[]).status, 404);
    assert_eq!(page(&grace, "/?sort=new").0.matches("Not for ever").count(), 0);
    server.audit();
}

#[test]
fn an_author_boosts_a_note() {
    let server = Server::start();
    let (grace, linus) = (server.person("grace"), server.person("linus"));
    let note = grace.publish("Look here");
    let (path, boost) = (format!("/notes/{note}"), format!("/notes/{note}/boost"));
    let (text, _) = page(&grace, &path);
    for (kind, price, lasts) in [("Highlight", 10, 24), ("Pin", 30, 48), ("Superpin", 80, 24)] {
        assert!(text.contains(&format!("<b>{kind}</b>")), "{kind}");
        assert!(text.contains(&format!("{price} tokens <small>for {lasts} hours</small>")), "{kind}");
    }
    assert!(!page(&linus, &path).0.contains("/boost"));
    for (client, fields, status, sentence) in [
        (&linus, &[("boost", "highlight")] as Form, 403, "Only its author may boost a note"),
        (&grace, &[("boost", "rocket")], 400, "boost must be one of highlight, pin, superpin"),
        (&grace, &[], 400, "boost is required"),
        (&grace, &[("boost", "superpin")], 402, "Insufficient balance: need 80, have 54"),
    ] {
        let answer = send(client, &boost, fields);
        assert_eq!(answer.status, status, "{sentence}");
        assert!(check(&answer).0.contains(sentence), "{sentence}");
    }
    let (text, tags) = check(&send(&grace, &boost, &[("boost", "superpin")]));
    assert_eq!(value(&text, &tags, "boost").as_deref(), Some("superpin"), "what was chosen is chosen again");
    let text = done(&grace, &send(&grace, &boost, &[("boost", "pin")]), &path);
    assert!(
        text.contains("Boosted for 30 tokens.") && text.contains("Pinned") && text.contains("Its boost ends"),
        "{text}"
    );
    assert!(!text.contains("name=\"boost\""), "a note has one boost at a time");
    assert_eq!(grace.balance(), 24);
    let again = send(&grace, &boost, &[("boost", "highlight")]);
    assert_eq!(again.status, 409);
    assert!(check(&again).0.contains("This note is boosted until"));
    server.advance(48 * HOUR + 1);
    assert!(page(&grace, &path).0.contains("name=\"boost\""));
    server.audit();
}
