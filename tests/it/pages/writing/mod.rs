//! Writing in a browser: the form of a note and its preview.

mod drafts;
mod own;

use serde_json::{Value, json};

use super::forms::done;
use super::hostile::CORPUS;
use super::markup::{self, Tag};
use super::{check, page, send};
use crate::harness::{Answer, Client, Server};

/// Fields of a form.
type Form<'f> = &'f [(&'f str, &'f str)];

/// What stands in a field of a page, or nothing where the page has no such field.
fn value(text: &str, tags: &[Tag], name: &str) -> Option<String> {
    let tag = tags.iter().find(|tag| {
        let is_choice = tag.get("type") == Some("radio") && tag.get("checked").is_none();
        tag.get("name") == Some(name) && !is_choice && tag.name != "button"
    })?;
    match tag.name.as_str() {
        "textarea" => {
            let after = text.split_once(&format!("name=\"{name}\""))?.1.split_once(">\n")?.1;
            Some(after.split_once("</textarea>")?.0.to_owned())
        }
        "select" => {
            let options = text.split_once(&format!("name=\"{name}\""))?.1.split_once("</select>")?.0;
            Some(options.split_once("\" selected")?.0.rsplit_once('"')?.1.to_owned())
        }
        _ => tag.get("value").map(str::to_owned),
    }
}

/// The id of what an answer leads to.
#[track_caller]
fn made(answer: &Answer, folder: &str) -> String {
    assert_eq!(answer.status, 303, "{}", answer.text());
    answer.header("location").unwrap().strip_prefix(folder).unwrap().to_owned()
}

/// The card alone, as the script gets it.
fn card(client: &Client, fields: Form) -> String {
    let answer = send(client, "/compose/preview", &[fields, &[("only", "card")]].concat());
    assert_eq!(answer.status, 200, "{}", answer.text());
    let tags = markup::read(&answer.text());
    markup::check_harmless(&tags);
    answer.text()
}

#[test]
fn each_template_is_posted_by_its_form() {
    let server = Server::start();
    let grace = server.person("grace");
    server.verified("ada").post("/api/communities", json!({"slug": "readers", "displayName": "R"})).expect(201);
    let forms: [(Form, &[&str], Value); 6] = [
        (
            &[
                ("template", "article"),
                ("title", "On reading"),
                ("subtitle", ""),
                ("body", "Slowly.\r\n\r\nAnd again, slowly."),
                ("tags", "#Slow, reading"),
            ],
            &["On reading</h1>", "<p dir=\"auto\">Slowly.</p><p dir=\"auto\">And again", "#<bdi>slow</bdi>"],
            json!({"title": "On reading", "body": "Slowly.\n\nAnd again, slowly.", "tags": ["slow", "reading"]}),
        ),
        (
            &[
                ("template", "data"),
                ("title", "Requests a day, and growing"),
                ("value", "4200"),
                ("unit", "req"),
                ("delta", "+3%"),
                ("colorScheme", "blue"),
            ],
            &["<bdi class=\"figure-value\">4200</bdi>", "scheme-blue"],
            json!({"title": "Requests a day, and growing", "value": 4200, "unit": "req", "delta": "+3%"}),
        ),
        (
            &[
                ("template", "quote"),
                ("quote", "A quote that is long enough."),
                ("author", "Somebody"),
                ("category", "science"),
            ],
            &["A quote that is long enough.</blockquote>", "/?category=science"],
            json!({"quote": "A quote that is long enough.", "author": "Somebody"}),
        ),
        (
            &[
                ("template", "list"),
                ("title", "Three of them"),
                ("items", "the first\r\n\r\nthe second\r\n third \r\n"),
                ("community", "c/Readers"),
            ],
            &["<li dir=\"auto\">the second</li>", "/communities/readers"],
            json!({"title": "Three of them", "items": ["the first", "the second", "third"]}),
        ),
        (
            &[
                ("template", "announce"),
                ("title", "It is here"),
                ("body", "What we waited for."),
                ("cta", "Look"),
                ("ctaUrl", "https://example.com/new"),
            ],
            &["<a class=\"call\" href=\"https://example.com/new\""],
            json!({"title": "It is here", "body": "What we waited for.", "cta": "Look", "ctaUrl": "https://example.com/new"}),
        ),
        (
            &[("template", "link"), ("url", "https://www.example.org/a/page"), ("title", "")],
            &["<span class=\"link-host\"><bdi>example.org</bdi>"],
            json!({"url": "https://www.example.org/a/page"}),
        ),
    ];
    for (fields, shown, stored) in forms {
        let template = fields[0].1;
        let (text, tags) = page(&grace, &format!("/compose?template={template}"));
        for (name, _) in fields {
            assert!(value(&text, &tags, name).is_some(), "the form of {template} has no {name}");
        }
        let answer = send(&grace, "/compose", fields);
        let note = made(&answer, "/notes/");
        let text = done(&grace, &answer, &format!("/notes/{note}"));
        assert!(text.contains("Posted for 1 token. The review takes a moment"), "{text}");
        server.run_jobs();
        let (text, _) = page(&server.anyone(), &format!("/notes/{note}"));
        assert!(shown.iter().all(|shown| text.contains(shown)), "{shown:?}: {text}");
        assert_eq!(server.anyone().get(&format!("/api/notes/{note}")).expect(200)["fields"], stored);
    }
    assert_eq!(grace.balance(), 50 + 6 * (5 - 1));
    server.audit();
}

#[test]
fn the_form_says_its_limits_what_it_costs_and_where_one_may_write() {
    let server = Server::start();
    let grace = server.person("grace");
    server
        .verified("ada")
        .post("/api/communities", json!({"slug": "readers", "displayName": "Slow <readers>"}))
        .expect(201);
    let (text, tags) = page(&grace, "/compose?community=readers&category=coding");
    assert!(
        text.contains(
            "Publishing costs 1 token, and you have 50 tokens. A note that passes the review earns 5 tokens."
        )
    );
    assert!(text.contains("Up to 20,000 characters.") && text.contains("Slow &#60;readers&#62;</option>"));
    assert_eq!(value(&text, &tags, "community").as_deref(), Some("readers"));
    assert_eq!(value(&text, &tags, "category").as_deref(), Some("coding"));
    let ids: Vec<&str> = tags.iter().filter_map(|tag| tag.get("id")).collect();
    for tag in tags.iter().filter(|tag| matches!(tag.name.as_str(), "textarea" | "select" | "input")) {
        let hidden = matches!(tag.get("type"), Some("hidden" | "radio"));
        let labelled = tags.iter().any(|label| label.name == "label" && label.get("for") == tag.get("id"));
        assert!(hidden || labelled, "{tag:?} has no label");
        let described = tag.get("aria-describedby").unwrap_or_default();
        assert!(described.split_whitespace().all(|id| ids.contains(&id)), "{tag:?} is described by nothing");
    }
    for path in ["/", "/?category=coding", "/communities/readers", "/agents/grace", "/drafts"] {
        assert!(page(&grace, path).0.contains("href=\"/compose"), "{path} has no way to the form");
    }
    assert!(page(&grace, "/communities/readers").0.contains("href=\"/compose?community=readers\""));
    assert!(!page(&server.anyone(), "/").0.contains("Write a note"));
    for path in ["/compose?template=poem", "/compose?category=all"] {
        assert_eq!(
            check(&grace.also("accept", "text/html").get(path)).0.matches("must be one of").count(),
            1,
            "{path}"
        );
    }
}

#[test]
fn a_preview_keeps_what_was_typed_and_shows_the_card() {
    let server = Server::start();
    let grace = server.person("grace");
    let before = server.rows();
    let fields: Form = &[
        ("template", "article"),
        ("title", "On reading"),
        ("body", "One line\r\nand another\r\n\r\nEnd"),
        ("tags", "slow reading"),
        ("colorScheme", "purple"),
        ("category", "science"),
        ("community", "nowhere"),
        ("scheduledAt", "2026-05-01T10:30"),
    ];
    let answer = send(&grace, "/compose/preview", fields);
    assert_eq!(answer.status, 200);
    let (text, tags) = check(&answer);
    for (name, typed) in fields {
        assert_eq!(value(&text, &tags, name).as_deref(), Some(&*typed.replace("\r\n", "\n")), "{name}");
    }
    assert!(
        text.contains("<article class=\"card scheme-purple card-article\">")
            && text.contains("One line\nand another</p>")
    );
    assert!(text.contains("There is no community of that name.") && !text.contains("/notes/note_"));
    assert_eq!(server.rows(), before, "a preview writes nothing");

    for (fields, shown) in [
        (&[("template", "article")] as Form, "Nothing to see yet"),
        (&[], "Nothing to see yet"),
        (&[("template", "article"), ("title", "Alone")], "Still to come: Text."),
        (&[("template", "data"), ("value", "9")], "Still to come: Title."),
        (
            &[("template", "article"), ("title", "Short"), ("body", "x")],
            "The review turns down notes of fewer than 20 characters.",
        ),
        (
            &[("template", "announce"), ("title", "T"), ("ctaUrl", "example")],
            "Where the button leads must be an absolute http or https URL",
        ),
        (&[("template", "list"), ("title", "T"), ("items", "a\nb")], "<li dir=\"auto\">b</li>"),
        (&[("template", "odd"), ("title", "T")], "Nothing to see yet"),
    ] {
        assert!(card(&grace, fields).contains(shown), "{fields:?} shows no {shown:?}: {}", card(&grace, fields));
    }
}

#[test]
fn another_template_keeps_what_was_typed_also_what_it_does_not_show() {
    let server = Server::start();
    let grace = server.person("grace");
    let (text, tags) = check(&send(
        &grace,
        "/compose/preview",
        &[("template", "quote"), ("switch", "article"), ("quote", "Said\r\nso"), ("title", "Kept"), ("tags", "a b")],
    ));
    assert_eq!(value(&text, &tags, "template").as_deref(), Some("article"));
    assert_eq!(value(&text, &tags, "title").as_deref(), Some("Kept"));
    let hidden = tags.iter().find(|tag| tag.get("name") == Some("quote")).unwrap();
    assert_eq!((hidden.get("type"), hidden.get("value")), (Some("hidden"), Some("Said\nso")));
    // What another template would show is no part of what is published.
    let answer = send(
        &grace,
        "/compose",
        &[("template", "article"), ("title", "Kept"), ("body", "A text that is long enough"), ("quote", "Said")],
    );
    let note = made(&answer, "/notes/");
    let stored = grace.get(&format!("/api/notes/{note}")).expect(200);
    assert_eq!(stored["fields"], json!({"title": "Kept", "body": "A text that is long enough"}));
}

#[test]
fn a_preview_counts_as_a_read() {
    let server = Server::with(|settings| settings.limits.enabled = true);
    let grace = server.person("grace");
    let policy = |answer: &Answer| answer.header("ratelimit-policy").unwrap().split(';').next().unwrap().to_owned();
    assert_eq!(policy(&send(&grace, "/compose/preview", &[("template", "link")])), "\"read\"");
    assert_eq!(policy(&send(&grace, "/compose", &[("template", "link")])), "\"human\"");
}

#[test]
fn a_refused_note_keeps_what_was_typed_and_says_what_is_wrong_beside_it() {
    let server = Server::start();
    let (ada, grace) = (server.verified("ada"), server.person("grace"));
    let long = "x".repeat(20_001);
    let key = ada.key.as_deref().unwrap();
    let body = "A text that is long enough";
    for (fields, wrong, sentence) in [
        (&[("template", "article"), ("title", "Typed <b>")] as Form, "body", "Text is required."),
        (&[("template", "article"), ("title", " "), ("body", body)], "title", "Title is required."),
        (
            &[("template", "article"), ("title", "T"), ("body", &long)],
            "body",
            "Text must be a text of at most 20000 characters.",
        ),
        (&[("template", "article"), ("title", "T"), ("body", key)], "body", "Text contains an API key"),
        (&[("template", "list"), ("title", "T"), ("items", " \r\n ")], "items", "The list is required."),
        (
            &[("template", "link"), ("url", "javascript:alert(1)")],
            "url",
            "Address must be an absolute http or https URL",
        ),
        (
            &[("template", "link"), ("url", "https://example.com"), ("tags", "a b c d e f g h i j k")],
            "tags",
            "Tags must be a list",
        ),
        (
            &[("template", "link"), ("url", "https://example.com"), ("community", "nowhere")],
            "community",
            "Community must be the short name",
        ),
        (
            &[("template", "link"), ("url", "https://example.com"), ("scheduledAt", "2026-04-03T13:00")],
            "scheduled-at",
            "Time must be in the future",
        ),
        (
            &[("template", "link"), ("url", "https://example.com"), ("scheduledAt", "soon")],
            "scheduled-at",
            "Time must be a day and a time",
        ),
    ] {
        let before = server.rows();
        let answer = send(&grace, "/compose", fields);
        assert_eq!(answer.status, 400, "{sentence}");
        let (text, tags) = check(&answer);
        assert!(
            text.contains("role=\"alert\"") && text.contains(&format!("id=\"wrong-{wrong}\">{sentence}")),
            "{sentence}"
        );
        assert!(tags.iter().any(|tag| tag.get("aria-invalid") == Some("true")), "{sentence}");
        for (name, typed) in fields.iter().filter(|(name, _)| *name != "scheduledAt") {
            let typed = typed.replace("\r\n", "\n").replace('<', "&#60;").replace('>', "&#62;");
            assert_eq!(value(&text, &tags, name), Some(typed), "{sentence}");
        }
        assert_eq!(server.rows(), before, "{sentence}");
    }
    for fields in [
        &[] as Form,
        &[("template", "poem")],
        &[("template", "link"), ("category", "odd"), ("url", "https://example.com")],
    ] {
        let answer = send(&grace, "/compose", fields);
        assert_eq!(answer.status, 400, "{fields:?}");
        check(&answer);
    }
    ada.post("/api/agents/grace/tip", json!({"amount": 1})).expect(200);
    grace.post("/api/agents/ada/tip", json!({"amount": 51})).expect(200);
    let answer = send(&grace, "/compose", &[("template", "article"), ("title", "Kept"), ("body", body)]);
    assert_eq!(answer.status, 402);
    let (text, tags) = check(&answer);
    assert!(text.contains("Insufficient balance: need 1, have 0"));
    assert_eq!(value(&text, &tags, "body").as_deref(), Some(body));
}

#[test]
fn hostile_text_is_text_in_the_form_and_its_preview() {
    let server = Server::start();
    let grace = server.person("grace");
    for text in CORPUS {
        for template in ["article", "data", "quote", "list", "announce", "link"] {
            let mut fields = vec![
                ("template", template),
                ("colorScheme", text),
                ("category", text),
                ("scheduledAt", text),
                ("of", text),
            ];
            for name in [
                "title",
                "subtitle",
                "body",
                "value",
                "unit",
                "delta",
                "quote",
                "author",
                "source",
                "items",
                "cta",
                "ctaUrl",
                "url",
                "tags",
                "community",
            ] {
                fields.push((name, text));
            }
            check(&send(&grace, "/compose/preview", &fields));
            card(&grace, &fields);
            check(&send(&grace, "/compose", &fields));
            let fields: Vec<_> = fields
                .into_iter()
                .filter(|(name, _)| {
                    !matches!(
                        *name,
                        "colorScheme" | "category" | "scheduledAt" | "community" | "ctaUrl" | "url" | "tags"
                    )
                })
                .collect();
            let draft = made(&send(&grace, "/compose/draft", &fields), "/drafts/");
            let (text, _) = page(&grace, &format!("/drafts/{draft}"));
            assert!(!text.contains("<script>"));
        }
        page(&grace, "/drafts");
    }
}

#[test]
fn whoever_is_not_signed_in_is_asked_to_and_comes_back() {
    let server = Server::with_sign_in();
    let anyone = server.anyone().with("accept", "text/html");
    for (path, next) in [
        ("/compose?template=data&community=x", "%2Fcompose%3Ftemplate%3Ddata%26community%3Dx"),
        ("/drafts", "%2Fdrafts"),
        ("/notes/note_x/edit", "%2Fnotes%2Fnote_x%2Fedit"),
    ] {
        let answer = anyone.get(path);
        assert_eq!(answer.status, 401, "{path}");
        assert!(check(&answer).0.contains(&format!("/api/auth/login?next={next}\"")), "{path}");
    }
    for path in ["/compose", "/compose/draft", "/compose/preview"] {
        let answer = send(&anyone, path, &[("template", "article")]);
        assert_eq!(answer.status, 401, "{path}");
        assert!(check(&answer).0.contains("/api/auth/login?next=%2Fcompose\""), "{path}");
    }
    let away = server.person("grace").without("sec-fetch-site").with("sec-fetch-site", "cross-site");
    for path in ["/compose", "/compose/draft", "/compose/preview"] {
        let answer = send(&away, path, &[("template", "link"), ("url", "https://example.com")]);
        assert_eq!(answer.status, 403, "{path}");
        check(&answer);
    }
    assert_eq!(page(&server.person("grace"), "/compose/preview").0.matches("Write a note</h1>").count(), 1);
}
