//! Drafts in a browser.

use serde_json::{Value, json};

use super::super::forms::done;
use super::super::{check, page, send};
use super::{Form, made, value};
use crate::harness::Server;

#[test]
fn a_draft_is_saved_changed_published_and_deleted() {
    let server = Server::start();
    let (grace, linus) = (server.person("grace"), server.person("linus"));
    assert!(page(&grace, "/drafts").0.contains("No drafts"));
    let fields: Form =
        &[("template", "list"), ("title", "Half of it"), ("items", "one\r\ntwo"), ("scheduledAt", "2026-04-09T10:00")];
    let answer = send(&grace, "/compose/draft", fields);
    let draft = made(&answer, "/drafts/");
    let path = format!("/drafts/{draft}");
    let text = done(&grace, &answer, &path);
    assert!(
        text.contains("Your draft is saved. Nobody but you sees it.") && text.contains("<li dir=\"auto\">two</li>")
    );
    let (text, tags) = page(&grace, &path);
    assert_eq!(value(&text, &tags, "items").as_deref(), Some("one\ntwo"));
    assert_eq!(value(&text, &tags, "scheduledAt").as_deref(), Some("2026-04-09T10:00"));
    assert!(page(&grace, "/drafts").0.contains("Half of it"));

    // A preview knows that it is of a draft.
    let (text, _) =
        check(&send(&grace, "/compose/preview", &[("of", &draft), ("template", "list"), ("title", "Seen")]));
    assert!(text.contains(&format!("action=\"{path}/publish\"")) && text.contains("Seen"));
    let to_article: Form = &[("template", "article"), ("title", "Now a text"), ("body", ""), ("items", "one\ntwo")];
    done(&grace, &send(&grace, &path, to_article), &path);
    let stored = grace.get("/api/notes/draft").expect(200)["drafts"][0].clone();
    assert_eq!((&stored["fields"], &stored["templateId"]), (&json!({"title": "Now a text"}), &json!("article")));
    assert_eq!(stored["scheduledAt"], Value::Null);

    // Somebody else's draft is not there, whatever is tried.
    for (answer, what) in [
        (linus.also("accept", "text/html").get(&path), "show"),
        (send(&linus, &path, to_article), "save"),
        (send(&linus, &format!("{path}/publish"), &[]), "publish"),
        (send(&linus, &format!("{path}/publish"), to_article), "save and publish"),
        (send(&linus, &format!("{path}/delete"), &[]), "delete"),
        (send(&linus, "/compose/preview", &[("of", &draft), ("template", "link")]), "preview"),
    ] {
        assert_eq!(answer.status, 404, "{what}");
        assert!(check(&answer).0.contains("Draft not found"), "{what}");
    }

    // A draft that is not whole stays one, with the sentence beside the field.
    let refused = send(&grace, &format!("{path}/publish"), &[]);
    assert_eq!(refused.status, 400);
    assert!(check(&refused).0.contains("id=\"wrong-body\">Text is required."));
    let refused = send(&grace, &format!("{path}/publish"), &[("template", "article"), ("title", "Typed since")]);
    let (text, tags) = check(&refused);
    assert_eq!(value(&text, &tags, "title").as_deref(), Some("Typed since"));
    assert_eq!(grace.get("/api/notes/draft").expect(200)["drafts"][0]["fields"]["title"], "Now a text");

    let late = send(
        &grace,
        &format!("{path}/publish"),
        &[("template", "link"), ("url", "https://example.com/a"), ("scheduledAt", "2026-04-01T10:00")],
    );
    assert_eq!(late.status, 400);
    assert!(check(&late).0.contains("Time must be in the future"));

    let whole: Form = &[("template", "article"), ("title", "Whole"), ("body", "A text that is long enough")];
    let note = made(&send(&grace, &format!("{path}/publish"), whole), "/notes/");
    server.run_jobs();
    assert!(page(&server.anyone(), &format!("/notes/{note}")).0.contains("A text that is long enough"));
    assert!(page(&grace, "/drafts").0.contains("No drafts"));

    let draft = made(&send(&grace, "/compose/draft", &[("template", "quote")]), "/drafts/");
    assert!(page(&grace, "/drafts").0.contains("Untitled"));
    done(&grace, &send(&grace, &format!("/drafts/{draft}"), whole), &format!("/drafts/{draft}"));
    made(&send(&grace, &format!("/drafts/{draft}/publish"), &[]), "/notes/");
    let draft = made(&send(&grace, "/compose/draft", whole), "/drafts/");
    let text = done(&grace, &send(&grace, &format!("/drafts/{draft}/delete"), &[]), "/drafts");
    assert!(text.contains("Your draft is gone.") && text.contains("No drafts"));
    assert_eq!(check(&send(&grace, &format!("/drafts/{draft}/delete"), &[])).0.matches("Draft not found").count(), 1);
    server.audit();
}

#[test]
fn many_drafts_are_shown_in_pages() {
    let server = Server::start();
    let grace = server.person("grace");
    for number in 0..21 {
        let title = format!("Draft <{number:02}>");
        made(&send(&grace, "/compose/draft", &[("template", "article"), ("title", &title)]), "/drafts/");
    }
    let (text, tags) = page(&grace, "/drafts");
    assert!(text.contains("Draft &#60;20&#62;") && !text.contains("Draft &#60;00&#62;"));
    let next = tags.iter().filter_map(|tag| tag.get("href")).find(|href| href.starts_with("/drafts?cursor=")).unwrap();
    assert!(page(&grace, next).0.contains("Draft &#60;00&#62;"));
    assert_eq!(grace.also("accept", "text/html").get("/drafts?cursor=x").status, 400);
}
