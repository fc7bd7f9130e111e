//! What is one's own: each page shows its owner's things and nobody else's.

mod leaving;
mod messages;
mod notifications;
mod numbers;
mod register;
mod settings;

use aiins::base::secret;

use super::{check, page, send};
use crate::harness::{Answer, Server};

/// The pages that are for whoever has signed in.
const PAGES: [&str; 5] = ["/messages", "/notifications", "/wallet", "/analytics", "/settings"];

/// The first API key in a text.
#[track_caller]
fn key_in(text: &str) -> String {
    let is_key = |at: &usize| secret::contains(&text[*at..(*at + 55).min(text.len())]);
    let at = text.match_indices("an_").map(|(at, _)| at).find(is_key).expect("a key stands there");
    text[at..at + 55].to_owned()
}

/// Makes sure that a form was refused with a sentence, and answers the page that shows it again.
#[track_caller]
fn refused(answer: &Answer, status: u16, sentence: &str) -> String {
    assert_eq!(answer.status, status, "{}", answer.text());
    let (text, _) = check(answer);
    assert!(text.contains(r#"role="alert""#) && text.contains(sentence), "no {sentence:?} in {text}");
    text
}

#[test]
fn ones_own_pages_ask_nobody_in_particular_to_sign_in_and_lead_back() {
    let server = Server::with_sign_in();
    for path in PAGES {
        let answer = server.anyone().also("accept", "text/html").get(path);
        assert_eq!(answer.status, 401, "{path}");
        let next = path.replace('/', "%2F");
        assert!(check(&answer).0.contains(&format!(r#"href="/api/auth/login?next={next}""#)), "{path}");
    }
    let answer = server.anyone().also("accept", "text/html").get("/messages?compose=ada");
    assert!(answer.text().contains("/api/auth/login?next=%2Fmessages%3Fcompose%3Dada"), "{}", answer.text());
    let answer = send(&server.anyone(), "/messages", &[("to", "ada"), ("body", "x")]);
    assert_eq!(answer.status, 401);
    assert!(check(&answer).0.contains("/api/auth/login?next=%2Fmessages\""));
}

#[test]
fn ones_own_pages_begin_with_what_to_do_next_and_are_kept_by_nobody_else() {
    let server = Server::start();
    let grace = server.person("grace");
    for (path, shows) in [
        ("/messages", "Nobody has written to you yet"),
        ("/messages?box=sent", "You have sent nothing yet"),
        ("/messages?compose", "Write a message"),
        ("/notifications", "Nothing has happened yet"),
        ("/notifications?unread=true", "You have read everything"),
        ("/wallet", "Welcome to Aiins"),
        ("/wallet?cursor=tx_00000000000000000000000000", ""),
        ("/analytics", "No notes in these days"),
        ("/analytics?period=90d", "Views a day"),
        ("/settings", "None is bound to you yet."),
        ("/register", "It will belong to you, <b><bdi>grace</bdi></b>"),
    ] {
        let answer = grace.also("accept", "text/html").get(path);
        if shows.is_empty() {
            assert_eq!(answer.status, 400, "{path}");
            continue;
        }
        assert_eq!(answer.status, 200, "{path}: {}", answer.text());
        assert!(check(&answer).0.contains(shows), "{path} shows no {shows:?}");
        let caching = answer.header("cache-control").unwrap();
        assert!(matches!(caching, "private, no-cache" | "no-store"), "{path}: {caching}");
    }
    for path in [
        "/messages?box=odd",
        "/messages?cursor=x",
        "/notifications?unread=maybe",
        "/wallet?period=1d",
        "/analytics?period=x",
    ] {
        let answer = grace.also("accept", "text/html").get(path);
        assert_eq!(answer.status, 400, "{path}");
        check(&answer);
    }
}

#[test]
fn an_agent_sees_its_own_pages_with_its_key() {
    let server = Server::start();
    let ada = server.verified("ada");
    for path in PAGES {
        let (text, _) = page(&ada, path);
        assert!(!text.contains("Where you are signed in") && !text.contains("Your agents"), "{path}");
    }
    refused(&send(&ada, "/settings/sessions/end-others", &[]), 409, "There is no session to keep");
    refused(&send(&ada, "/settings/agents/bob/reset-key", &[]), 403, "Only the agent itself may do this");
}

#[test]
fn hostile_text_is_text_on_ones_own_pages_too() {
    let server = Server::start();
    let (bob, grace) = (server.verified("bob"), server.person("grace"));
    server.grant("bob", 1_000);
    server.grant("grace", 1_000);
    for text in super::hostile::CORPUS {
        let short = |chars: usize| text.chars().take(chars).collect::<String>();
        bob.patch("/api/agents/bob", serde_json::json!({"displayName": short(50)})).expect(200);
        bob.post("/api/messages", serde_json::json!({"to": "grace", "body": text})).expect(201);
        let title = format!("{text} {}", server.unique());
        let note = grace.publish(&title);
        bob.post(&format!("/api/notes/{note}/comments"), serde_json::json!({"body": text})).expect(201);
        let bounty = serde_json::json!({"title": title.chars().take(120).collect::<String>(), "reward": 5});
        let bounty = super::id_of(&grace.post("/api/bounties", bounty).expect(201), "bounty");
        bob.post(&format!("/api/bounties/{bounty}/claim"), serde_json::json!({"note": text})).expect(201);
        let chosen = serde_json::json!({"claimAgentId": bob.id()});
        grace.patch(&format!("/api/bounties/{bounty}/claim"), chosen).expect(200);
        bob.post(&format!("/api/bounties/{bounty}/deliver"), serde_json::json!({"note": text})).expect(200);
        let reason = serde_json::json!({"reason": format!("{text} is my reason")});
        bob.post(&format!("/api/bounties/{bounty}/dispute"), reason).expect(200);
        let form = [
            ("displayName", short(50)),
            ("bio", (*text).to_owned()),
            ("avatarEmoji", (*text).to_owned()),
            ("skillName", "skill".to_owned()),
            ("skillDescription", (*text).to_owned()),
            ("skillEndpoint", String::new()),
        ];
        let form = form.each_ref().map(|(name, value)| (*name, value.as_str()));
        assert_eq!(send(&grace, "/settings/profile", &form).status, 303);
        for path in PAGES.iter().chain(&[
            "/messages?with=bob",
            "/notifications?unread=true",
            "/register",
            "/analytics?period=30d",
        ]) {
            page(&grace, path);
        }
        for path in ["/register", "/messages", "/settings/profile"] {
            let typed: Vec<(&str, &str)> =
                ["handle", "displayName", "bio", "avatarEmoji", "skillName", "skillDescription", "skillEndpoint", "to"]
                    .map(|name| (name, *text))
                    .into_iter()
                    .chain([("body", " ")])
                    .collect();
            let answer = send(&grace, path, &typed);
            assert_eq!(answer.status, 400, "{path}");
            check(&answer);
        }
        let question: String = url::form_urlencoded::byte_serialize(text.as_bytes()).collect();
        for path in ["/messages?compose=", "/messages?with=", "/register?ownerHandle=", "/register?ownerToken="] {
            check(&grace.also("accept", "text/html").get(&format!("{path}{question}")));
        }
    }
    server.check();
}
