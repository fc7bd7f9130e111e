//! Pages: what people see and do without a script.

mod account;
mod admin;
mod docs;
pub mod forms;
mod hostile;
pub mod markup;
mod new_things;
mod writing;

use serde_json::{Value, json};

use self::markup::Tag;
use crate::harness::{Answer, Client, Server};

const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; \
    form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// A page as a browser gets it, after making sure of everything that holds for all of them.
#[track_caller]
pub fn page(client: &Client, path: &str) -> (String, Vec<Tag>) {
    let answer = client.also("accept", "text/html,*/*").get(path);
    assert_eq!(answer.status, 200, "{path}: {}", answer.text());
    check(&answer)
}

#[track_caller]
pub fn check(answer: &Answer) -> (String, Vec<Tag>) {
    assert_eq!(answer.header("content-type"), Some("text/html; charset=utf-8"));
    assert_eq!(answer.header("content-security-policy"), Some(POLICY));
    assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
    assert_eq!(answer.header("access-control-allow-origin"), None);
    let text = answer.text();
    assert!(text.starts_with("<!doctype html>"), "{text:.200}");
    let tags = markup::read(&text);
    markup::check_harmless(&tags);
    let headings = tags.iter().filter(|tag| tag.name == "h1").count();
    assert_eq!(headings, 1, "a page has one main heading");
    (text, tags)
}

/// Sends a form.
#[track_caller]
pub fn send(client: &Client, path: &str, fields: &[(&str, &str)]) -> Answer {
    let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    client.also("accept", "text/html,*/*").call("POST", path, body.as_bytes())
}

/// A note of each template, approved, with the ids of all.
fn one_of_each(author: &Client, server: &Server) -> Vec<String> {
    let notes = [
        json!({"templateId": "article", "fields": {"title": "On reading", "subtitle": "Slowly", "body": "First.\n\nSecond, and more of it.", "tags": ["slow", "日本"]}}),
        json!({"templateId": "data", "fields": {"title": "Requests a day", "value": 4200, "unit": "req", "delta": "+3%", "body": "It grows."}, "colorScheme": "blue"}),
        json!({"templateId": "quote", "fields": {"quote": "A short quote that is long enough.", "author": "Somebody", "source": "A book"}, "colorScheme": "dark"}),
        json!({"templateId": "list", "fields": {"title": "Eight things", "items": ["one thing", "two", "three", "four", "five", "six", "seven", "eight"]}, "colorScheme": "green"}),
        json!({"templateId": "announce", "fields": {"title": "It is here", "body": "What we waited for.", "cta": "Look", "ctaUrl": "https://example.com/new"}, "colorScheme": "purple"}),
        json!({"templateId": "link", "fields": {"url": "https://www.example.org/a/page", "title": "A page elsewhere"}}),
    ];
    let ids = notes.map(|note| author.post("/api/notes", note).expect(201)["note"]["id"].as_str().unwrap().to_owned());
    server.run_jobs();
    ids.to_vec()
}

fn id_of(answer: &Value, thing: &str) -> String {
    answer[thing]["id"].as_str().unwrap().to_owned()
}

#[test]
fn every_page_is_there_for_everyone() {
    let server = Server::start();
    let ada = server.verified("ada");
    server.grant("ada", 100);
    let notes = one_of_each(&ada, &server);
    ada.post(
        "/api/communities",
        json!({"slug": "readers", "displayName": "Slow readers", "description": "For those who read"}),
    )
    .expect(201);
    let series = id_of(
        &ada.post("/api/series", json!({"title": "My series", "description": "All of it"})).expect(201),
        "series",
    );
    ada.post(&format!("/api/series/{series}/items"), json!({"noteId": notes[0]})).expect(200);
    let bounty = id_of(
        &ada.post("/api/bounties", json!({"title": "Find my bug", "description": "It bites", "reward": 20}))
            .expect(201),
        "bounty",
    );
    ada.patch(
        "/api/agents/ada",
        json!({"bio": "I read.", "skills": [{"name": "echo", "description": "Says it back"}]}),
    )
    .expect(200);
    let person = server.person("grace");

    for client in [&server.anyone(), &person] {
        for (path, shows) in [
            ("/".to_owned(), "On reading"),
            ("/?sort=new&category=general&page=1".to_owned(), "Eight things"),
            ("/?tag=slow".to_owned(), "#<bdi>slow</bdi>"),
            ("/?sort=top&page=9".to_owned(), "No notes this far back"),
            (format!("/notes/{}", notes[0]), "Second, and more of it."),
            (format!("/notes/{}", notes[1]), "4200"),
            (format!("/notes/{}", notes[2]), "A short quote"),
            (format!("/notes/{}", notes[3]), "eight"),
            (format!("/notes/{}", notes[4]), "Look"),
            (format!("/notes/{}", notes[5]), "example.org"),
            ("/agents/ada".to_owned(), "Says it back"),
            ("/agents/ADA?sort=top".to_owned(), "My series"),
            ("/agents/grace".to_owned(), "Human"),
            ("/explore".to_owned(), "Slow readers"),
            ("/search".to_owned(), "All of these words"),
            ("/search?q=reading".to_owned(), "On reading"),
            ("/search?q=ada&type=agent".to_owned(), "@ada"),
            ("/search?q=slow&type=community".to_owned(), "c/readers"),
            ("/search?q=slow&type=tag".to_owned(), "1 note"),
            ("/search?q=%22%3Cnothing".to_owned(), "Nothing holds all of these words"),
            ("/leaderboard".to_owned(), "@ada"),
            ("/leaderboard?board=wealth".to_owned(), "tokens"),
            ("/leaderboard?board=hot".to_owned(), "On reading"),
            ("/communities".to_owned(), "For those who read"),
            ("/communities?sort=new".to_owned(), "1 member"),
            ("/communities/readers".to_owned(), "c/readers"),
            ("/bounties".to_owned(), "Find my bug"),
            ("/bounties?status=completed&category=coding".to_owned(), "No bounties here"),
            (format!("/bounties/{bounty}"), "It bites"),
            (format!("/series/{series}"), "On reading"),
            ("/rules".to_owned(), "How to behave"),
        ] {
            let (text, _) = page(client, &path);
            assert!(text.contains(shows), "{path} shows no {shows:?}");
        }
    }
    server.check();
}

#[test]
fn each_template_has_a_face_of_its_own() {
    let server = Server::start();
    let ada = server.verified("ada");
    server.grant("ada", 100);
    let notes = one_of_each(&ada, &server);
    let (front, _) = page(&server.anyone(), "/?sort=new");
    for (note, whole) in [
        (&notes[0], r#"<p class="lead" dir="auto">Slowly</p>"#),
        (&notes[1], r#"<bdi class="figure-value">4200</bdi>"#),
        (&notes[2], r#"<blockquote dir="auto">A short quote that is long enough.</blockquote>"#),
        (&notes[3], r#"<ol class="things">"#),
        (&notes[4], r#"<a class="call" href="https://example.com/new" rel="nofollow ugc noopener">"#),
        (&notes[5], r#"<span class="link-host"><bdi>example.org</bdi>"#),
    ] {
        assert!(page(&server.anyone(), &format!("/notes/{note}")).0.contains(whole), "{whole}");
        assert!(front.contains(whole), "{whole}");
    }
    assert!(front.contains("2 more"), "a card shows the first six things");
    assert!(front.contains("scheme-blue") && front.contains("scheme-purple"));
}

#[test]
fn a_note_that_waits_is_shown_to_its_author_alone() {
    let server = Server::with(|settings| settings.review.mode = aiins::base::config::ReviewMode::Manual);
    let person = server.person("grace");
    let note = person.submit("Not yet");
    let (text, _) = page(&person, &format!("/notes/{note}"));
    assert!(text.contains("Waiting for review") && !text.contains("Your comment"), "{text}");
    let refused = server.anyone().also("accept", "text/html").get(&format!("/notes/{note}"));
    assert_eq!(refused.status, 404);
    check(&refused);
}

#[test]
fn browsers_get_pages_for_refusals_and_programs_get_json() {
    let server = Server::start();
    let (browser, program) =
        (server.anyone().with("accept", "text/html,application/xhtml+xml,*/*;q=0.8"), server.anyone());
    for (path, status) in
        [("/nothing", 404), ("/notes/nothing", 404), ("/agents/nobody", 404), ("/?sort=odd", 400), ("/theme", 405)]
    {
        let answer = browser.get(path);
        assert_eq!(answer.status, status, "{path}");
        check(&answer);
    }
    assert_eq!(browser.get("/theme").header("allow"), Some("POST, OPTIONS"));
    program.get("/nothing").refused(404, "not_found");
    browser.get("/api/nothing").refused(404, "not_found");
    browser.get("/api/notes/nothing").refused(404, "not_found");
    browser.post("/api/notes", json!({})).refused(401, "unauthorized");
    check(&program.get("/notes/nothing"));
    assert!(browser.get("/notes/%00").text().contains("There is nothing here"));
}

#[test]
fn files_are_kept_for_ever_at_addresses_of_their_content() {
    let server = Server::start();
    let (_, tags) = page(&server.anyone(), "/");
    let files: Vec<&str> = tags
        .iter()
        .filter_map(|tag| tag.get("src").or(tag.get("href")))
        .filter(|address| address.starts_with("/assets/"))
        .collect();
    assert_eq!(files.len(), 3, "{files:?}");
    for file in files {
        let answer = server.anyone().with("cookie", "aiins_session=over").get(file);
        assert_eq!(answer.status, 200);
        assert_eq!(answer.header("cache-control"), Some("public, max-age=31536000, immutable"));
        assert_eq!(answer.header("ratelimit"), None);
        let earlier = file.replacen('.', ".0", 1);
        assert_eq!(server.anyone().get(&earlier).status, 404);
    }
}

#[test]
fn feeds_and_maps_are_well_formed() {
    let server = Server::with(|settings| settings.server.public_url = "https://aiins.example".to_owned());
    let ada = server.verified("ada");
    server.grant("ada", 100);
    let notes = one_of_each(&ada, &server);
    ada.post("/api/communities", json!({"slug": "readers", "displayName": "R"})).expect(201);
    for (path, content_type) in [
        ("/feed.atom", "application/atom+xml; charset=utf-8"),
        ("/agents/ada/feed.atom", "application/atom+xml; charset=utf-8"),
        ("/communities/readers/feed.atom", "application/atom+xml; charset=utf-8"),
        ("/sitemap.xml", "application/xml; charset=utf-8"),
    ] {
        let answer = server.anyone().get(path);
        assert_eq!((answer.status, answer.header("content-type")), (200, Some(content_type)), "{path}");
        let text = answer.text().replace("<link ", "<entrylink ");
        markup::read(&text);
        let note = format!("https://aiins.example/notes/{}", notes[0]);
        assert_eq!(text.contains(&note), !path.contains("readers"), "{path}");
    }
    assert!(server.anyone().get("/robots.txt").text().contains("Sitemap: https://aiins.example/sitemap.xml"));
    let (text, _) = page(&server.anyone(), &format!("/notes/{}", notes[0]));
    assert!(text.contains(&format!(r#"<meta property="og:url" content="https://aiins.example/notes/{}">"#, notes[0])));
}

#[test]
fn pages_are_no_actions_of_the_api() {
    let server = Server::start();
    let ada = server.agent("ada");
    let status = ada.get("/api/agents/ada/status").expect(200);
    let text = status["capabilities"].to_string();
    assert!(text.contains("/api/notes") && !text.contains("\"/notes") && !text.contains("/theme"), "{text}");
}
