//! Forms for new things: bounties, communities and series.

use serde_json::json;

use super::forms::done;
use super::hostile::CORPUS;
use super::{check, id_of, page, send};
use crate::harness::{Answer, Server};

/// Where a form has led to.
#[track_caller]
fn led_to(answer: &Answer) -> String {
    assert_eq!(answer.status, 303, "{}", answer.text());
    answer.header("location").unwrap().to_owned()
}

#[test]
fn a_person_posts_a_bounty() {
    let server = Server::start();
    let grace = server.person("grace");
    assert!(page(&grace, "/bounties").0.contains(r#"href="/bounties/new""#));
    let (text, _) = page(&grace, "/bounties/new");
    for words in [
        "You have 50 tokens.",
        "a reward of 20 tokens",
        "<dd>4 tokens</dd>",
        "<dd>19 tokens</dd>",
        "<dd>10 tokens</dd>",
    ] {
        assert!(text.contains(words), "{words}");
    }
    assert!(text.contains("3 April 2026, 14:00 UTC now") && text.contains(r#"min="2026-04-03T14:00""#));
    let fields = [
        ("title", "Find my bug"),
        ("description", "It bites.\r\n\r\nHard."),
        ("reward", "21"),
        ("category", "coding"),
        ("deadline", "2026-04-05T08:30"),
    ];
    let path = led_to(&send(&grace, "/bounties", &fields));
    let bounty = server.anyone().get(&format!("/api{path}")).expect(200);
    assert_eq!(
        (&bounty["title"], &bounty["reward"], &bounty["category"]),
        (&json!("Find my bug"), &json!(21), &json!("coding"))
    );
    assert_eq!(bounty["deadline"], "2026-04-05T08:30:00.000Z");
    assert_eq!(grace.balance(), 29);
    let answer = send(&grace, "/bounties", &[("title", "Another"), ("reward", "2")]);
    let text = done(&grace, &answer, &led_to(&answer));
    assert!(text.contains("Posted. 2 tokens of yours are held for it.") && text.contains("Another"));
    server.audit();
}

#[test]
fn a_bounty_that_cannot_be_posted_keeps_what_was_typed() {
    let server = Server::start();
    let (ada, grace) = (server.verified("ada"), server.person("grace"));
    let key = ada.key.as_deref().unwrap();
    for (name, value, status, sentence) in [
        ("title", "ab", 400, "title must be a text of 3 to 120 characters"),
        ("title", "", 400, "title is required"),
        ("description", key, 400, "API key"),
        ("reward", "1", 400, "reward must be a whole number from 2"),
        ("reward", "1.5", 400, "reward must be a whole number from 2"),
        ("reward", "51", 402, "Insufficient balance: need 51, have 50"),
        ("category", "cooking", 400, "category must be one of"),
        ("deadline", "2026-04-03T13:59", 400, "deadline must be in the future"),
        ("deadline", "soon", 400, "deadline must be a date and a time such as"),
    ] {
        let mut fields = vec![("title", "Typed title"), ("description", "Typed words"), ("reward", "30")];
        fields.retain(|(field, _)| *field != name);
        fields.push((name, value));
        let answer = send(&grace, "/bounties", &fields);
        assert_eq!(answer.status, status, "{name}={value}: {}", answer.text());
        let (text, _) = check(&answer);
        assert!(text.contains(sentence), "{name}={value} {sentence}");
        for (field, typed) in fields.iter().filter(|(field, _)| *field != "category") {
            assert!(
                text.contains(&format!(r#"value="{typed}""#)) || text.contains(&format!(">{typed}</textarea>")),
                "{field}"
            );
        }
        // A refusal that names no field says so at the top alone.
        assert!(
            status == 402 || value == key || text.contains(r#"aria-invalid="true" aria-describedby="refusal""#),
            "{name}"
        );
    }
    // What is at stake is told of the reward that was typed.
    let (text, _) = check(&send(&grace, "/bounties", &[("title", "x"), ("reward", "40")]));
    assert!(text.contains("a reward of 40 tokens") && text.contains("<dd>8 tokens</dd>"));
    assert_eq!(grace.balance(), 50);
    assert_eq!(server.number("SELECT count(*) FROM bounties"), 0);
}

#[test]
fn a_person_founds_a_community() {
    let server = Server::start();
    let (ada, grace) = (server.verified("ada"), server.person("grace"));
    ada.post("/api/communities", json!({"slug": "taken", "displayName": "T"})).expect(201);
    assert!(page(&grace, "/communities").0.contains(r#"href="/communities/new""#));
    page(&grace, "/communities/new");
    for (slug, name, status, sentence) in [
        ("taken", "Readers", 409, "taken"),
        ("TAKEN", "Readers", 409, "taken"),
        ("a b", "Readers", 400, "slug must be 2 to 30 of a-z"),
        ("new", "Readers", 400, "slug must not be new"),
        ("readers", "", 400, "displayName is required"),
    ] {
        let answer = send(&grace, "/communities", &[("slug", slug), ("displayName", name), ("description", "Typed")]);
        assert_eq!(answer.status, status, "{slug}");
        let (text, _) = check(&answer);
        assert!(text.contains(sentence), "{slug}: {text}");
        assert!(text.contains(&format!(r#"value="{slug}""#)) && text.contains(">Typed</textarea>"));
    }
    let fields = [("slug", "Slow-Reads"), ("displayName", "Slow reads"), ("description", "No hurry")];
    let text = done(&grace, &send(&grace, "/communities", &fields), "/communities/slow-reads");
    for words in ["Founded. You are its first member.", "Slow reads", "No hurry", "You founded this community."] {
        assert!(text.contains(words), "{words}");
    }
    ada.post("/api/communities", json!({"slug": "new", "displayName": "N"})).refused(400, "invalid_request");
    server.audit();
}

#[test]
fn a_series_is_made_filled_changed_and_deleted() {
    let server = Server::start();
    let grace = server.person("grace");
    let (first, second) = (grace.publish("The first part"), grace.publish("The second part"));
    assert!(page(&grace, "/agents/grace").0.contains(r#"href="/series/new""#));
    page(&grace, "/series/new");
    let refused = send(&grace, "/series", &[("title", ""), ("description", "Typed")]);
    assert_eq!(refused.status, 400);
    assert!(check(&refused).0.contains(">Typed</textarea>"));

    let path = led_to(&send(&grace, "/series", &[("title", "On reading"), ("description", "Slowly")]));
    let at = |deed: &str| format!("{path}/{deed}");
    let (text, _) = page(&grace, &path);
    assert!(text.contains("Put the first one in above.") && text.contains("The first part</option>"));
    assert!(page(&grace, "/agents/grace").0.contains("On reading"), "its author sees it also while it is empty");
    assert!(!page(&server.anyone(), "/agents/grace").0.contains("On reading"));
    let text = done(&grace, &send(&grace, &at("add"), &[("note", &first)]), &path);
    assert!(text.contains("Added at the end.") && !text.contains("The first part</option>") && text.contains("1 note"));
    let again = send(&grace, &at("add"), &[("note", &first)]);
    assert_eq!(again.status, 409);
    assert!(check(&again).0.contains("This note is in the series already"));
    assert_eq!(send(&grace, &at("add"), &[]).status, 400);

    // The other way round: on the note's own page.
    let note = format!("/notes/{second}");
    assert!(page(&grace, &note).0.contains("Add it to a series"));
    let series = path.trim_start_matches("/series/");
    let text = done(&grace, &send(&grace, &format!("{note}/series"), &[("series", series)]), &path);
    assert!(text.find("The first part") < text.find("The second part"));
    assert!(!page(&grace, &note).0.contains("Add it to a series"), "it is in all of them");
    let text = done(&grace, &send(&grace, &at("remove"), &[("note", &first)]), &path);
    assert!(text.contains("Taken out.") && text.contains("The first part</option>"));
    assert_eq!(send(&grace, &at("remove"), &[("note", &first)]).status, 404);

    assert!(page(&grace, &at("edit")).0.contains(r#"value="On reading""#));
    let refused = send(&grace, &at("edit"), &[("title", " "), ("description", "Typed")]);
    assert_eq!(refused.status, 400);
    assert!(check(&refused).0.contains("title is required"));
    let text = done(&grace, &send(&grace, &at("edit"), &[("title", "On rereading"), ("description", "")]), &path);
    assert!(text.contains("Changed.") && text.contains("On rereading") && !text.contains("Slowly"));
    let text = done(&grace, &send(&grace, &at("delete"), &[]), "/agents/grace");
    assert!(text.contains("The series is gone. Its notes stay."));
    assert_eq!(grace.get(&path).status, 404);
    page(&grace, &note);
    server.audit();
}

#[test]
fn a_series_is_its_authors_alone() {
    let server = Server::start();
    let (ada, grace) = (server.verified("ada"), server.person("grace"));
    let note = ada.publish("By ada");
    let series = id_of(&ada.post("/api/series", json!({"title": "Hers"})).expect(201), "series");
    ada.post(&format!("/api/series/{series}/items"), json!({"noteId": note})).expect(200);
    let path = format!("/series/{series}");
    let (text, _) = page(&grace, &path);
    assert!(!text.contains("/edit") && !text.contains("Take it out") && !text.contains("Add a note"));
    assert_eq!(grace.get(&format!("{path}/edit")).status, 403);
    for deed in ["edit", "delete", "add", "remove"] {
        let answer = send(&grace, &format!("{path}/{deed}"), &[("title", "Mine"), ("note", &note)]);
        assert_eq!(answer.status, 403, "{deed}");
        assert!(check(&answer).0.contains("Only its author may change a series"), "{deed}");
    }
    let mine = led_to(&send(&grace, "/series", &[("title", "Mine")]));
    let answer = send(&grace, &format!("{mine}/add"), &[("note", &note)]);
    assert_eq!(answer.status, 403);
    assert!(check(&answer).0.contains("Only its author may put a note into a series"));
    let answer = send(&grace, &format!("/notes/{note}/series"), &[("series", mine.trim_start_matches("/series/"))]);
    assert_eq!(answer.status, 403);
    server.audit();
}

#[test]
fn nobody_in_particular_signs_in_first_and_comes_back_to_the_form() {
    let server = Server::with_sign_in();
    for thing in ["bounties", "communities", "series"] {
        let way = format!("/api/auth/login?next=%2F{thing}%2Fnew");
        let answer = server.anyone().also("accept", "text/html").get(&format!("/{thing}/new"));
        assert_eq!(answer.status, 401, "{thing}");
        assert!(check(&answer).0.contains(&way), "{thing}");
        let answer = send(&server.anyone(), &format!("/{thing}"), &[("title", "x")]);
        assert_eq!(answer.status, 401, "{thing}");
        assert!(check(&answer).0.contains(&way), "{thing}");
    }
}

#[test]
fn hostile_words_in_a_refused_form_are_text() {
    let server = Server::start();
    let grace = server.person("grace");
    for text in CORPUS {
        for (path, fields) in [
            ("/bounties", ["title", "description", "reward", "category", "deadline"]),
            ("/communities", ["slug", "displayName", "description", "x", "y"]),
            ("/series", ["description", "x", "y", "z", "w"]),
        ] {
            let answer = send(&grace, path, &fields.map(|field| (field, *text)));
            assert_eq!(answer.status, 400, "{path}: {text}");
            check(&answer);
        }
    }
}
