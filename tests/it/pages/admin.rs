//! Administration in the browser: who gets there, and what they decide.

use aiins::base::config::ReviewMode;
use aiins::moderation::admin;
use aiins::moderation::log::Moderator;
use serde_json::json;

use super::forms::done;
use super::hostile::CORPUS;
use super::{check, id_of, markup, page, send};
use crate::harness::{Answer, Client, Server};

/// A server on which Margaret administers and decides about notes.
fn moderated() -> Server {
    Server::with(|settings| {
        settings.admin.logins = vec!["Margaret".to_owned()];
        settings.github.client_id = "an-id".to_owned();
        settings.review.mode = ReviewMode::Manual;
    })
}

/// Makes sure that a form was refused and shown again with a sentence.
#[track_caller]
fn refused(answer: &Answer, status: u16, sentence: &str) -> String {
    assert_eq!(answer.status, status, "{}", answer.text());
    let (text, _) = check(answer);
    assert!(text.contains(r#"role="alert""#) && text.contains(sentence), "{text}");
    text
}

/// A bounty of 20 tokens in dispute.
fn dispute(creator: &Client, claimer: &Client) -> String {
    let new = json!({"title": "Count the gulls", "description": "By eye", "reward": 20});
    let bounty = id_of(&creator.post("/api/bounties", new).expect(201), "bounty");
    let at = |deed: &str| format!("/api/bounties/{bounty}/{deed}");
    claimer.post(&at("claim"), json!({"note": "I have a screen"})).expect(201);
    creator.patch(&at("claim"), json!({"claimAgentId": claimer.id()})).expect(200);
    claimer.post(&at("deliver"), json!({"note": "There are 87 gulls"})).expect(200);
    creator.post(&at("dispute"), json!({"reason": "There are 88 gulls in it"})).expect(200);
    bounty
}

#[test]
fn only_a_person_whose_login_is_named_administers() {
    let server = moderated();
    let pages = ["/admin", "/admin/review", "/admin/disputes", "/admin/bans"];
    let owned = server.owned("bot", "margaret");
    let (margaret, grace) = (server.person("MARGARET"), server.person("grace"));
    for path in pages {
        page(&margaret, path);
        for client in [&grace, &owned] {
            let answer = client.also("accept", "text/html").get(path);
            assert_eq!(answer.status, 404, "{path}");
            assert!(check(&answer).0.contains("There is nothing here"));
        }
        let nobody = server.anyone().also("accept", "text/html").get(path);
        assert_eq!(nobody.status, 401, "{path}");
        let sign_in = format!("/api/auth/login?next={}", path.replace('/', "%2F"));
        assert!(check(&nobody).0.contains(&sign_in), "{path}");
        // The secret is for programs and opens no page.
        assert_eq!(server.admin().get(path).status, 401, "{path}");
        assert_eq!(margaret.get(path).header("cache-control"), Some("private, no-cache"));
    }
    let menu = r#"<a href="/admin">Administration</a>"#;
    assert!(page(&margaret, "/").0.contains(menu));
    assert!(!page(&grace, "/").0.contains(menu) && !page(&server.anyone(), "/").0.contains(menu));

    server.write(|tx| admin::ban(tx, &Moderator::Administrator, "margaret", "gone bad"));
    assert_eq!(margaret.get("/admin").status, 401);
    assert_eq!(send(&margaret, "/admin/bans", &[("handle", "grace"), ("reason", "revenge")]).status, 401);
    assert_eq!(page(&server.anyone(), "/agents/grace").0.matches("<h1").count(), 1);
}

#[test]
fn without_a_named_login_there_are_no_such_pages() {
    let server = Server::start();
    let margaret = server.person("margaret");
    for client in [&margaret, &server.anyone(), &server.admin()] {
        assert_eq!(client.get("/admin").status, 404);
        assert_eq!(send(client, "/agents/margaret/ban", &[("reason", "why not")]).status, 404);
    }
}

#[test]
fn where_a_name_is_enough_to_sign_in_only_this_machine_administers() {
    let server = Server::with(|settings| {
        settings.admin.logins = vec!["margaret".to_owned()];
        settings.auth.dev_login = true;
    });
    let margaret = server.person("margaret");
    page(&margaret, "/admin");
    assert_eq!(margaret.also("x-forwarded-for", "192.0.2.7").get("/admin").status, 404);
    let cookie = server.person_cookie("margaret");
    let rebound = format!("GET /admin HTTP/1.1\r\nHost: evil.example\r\nCookie: {cookie}\r\nConnection: close\r\n\r\n");
    assert_eq!(server.raw(rebound.as_bytes()).status, 404);
    assert!(!margaret.also("via", "1.1 proxy").get("/").text().contains("/admin"));
}

#[test]
fn a_form_of_the_administrators_from_another_site_does_nothing() {
    let server = moderated();
    let (ada, margaret) = (server.verified("ada"), server.person("margaret"));
    let note = ada.submit("Waits");
    for site in ["cross-site", "same-site", "none"] {
        let elsewhere = margaret.also("x", "").without("sec-fetch-site").with("sec-fetch-site", site);
        for path in [format!("/admin/review/{note}/approve"), "/agents/ada/ban".to_owned(), "/admin/bans".to_owned()] {
            let answer = send(&elsewhere, &path, &[("reason", "x"), ("handle", "ada")]);
            assert_eq!(answer.status, 403, "{path} from {site}");
            check(&answer);
        }
    }
    assert_eq!(ada.get(&format!("/api/notes/{note}")).expect(200)["status"], "pending");
}

#[test]
fn notes_are_approved_and_rejected_as_they_will_look() {
    let server = moderated();
    let (ada, margaret) = (server.verified("ada"), server.person("margaret"));
    let (first, second) = (ada.submit("Worth reading"), ada.submit("Worth less"));
    let (text, _) = page(&margaret, "/admin");
    assert!(text.contains("<b>2</b> notes wait") && text.contains("You decide about every note."));
    let (text, _) = page(&margaret, "/admin/review?status=pending");
    assert!(text.contains("Worth reading") && text.contains("Worth less") && !text.contains("Rules decide here"));
    assert!(text.find("Worth reading") < text.find("Worth less"), "who waits longest comes first");
    // A note that waits is on no other page for her either, so nothing leads there.
    assert!(!text.contains(&format!(r#"href="/notes/{first}"#)));
    assert_eq!(margaret.get(&format!("/notes/{first}")).status, 404);

    let path = format!("/admin/review/{first}/approve");
    let text = done(&margaret, &send(&margaret, &path, &[]), "/admin/review");
    assert!(text.contains("Approved. Everyone can read it now.") && !text.contains("Worth reading"));
    page(&server.anyone(), &format!("/notes/{first}"));
    refused(&send(&margaret, &path, &[]), 409, "This note is approved, not pending");
    assert_eq!(ada.balance(), 10 - 1 - 1 + 5);

    let path = format!("/admin/review/{second}/reject");
    let text = refused(&send(&margaret, &path, &[("reason", " ")]), 400, "reason is required");
    assert!(text.contains(r#"aria-invalid="true""#) && text.contains("Worth less"));
    let long = "x".repeat(501);
    let text = refused(&send(&margaret, &path, &[("reason", &long)]), 400, "reason must be a text of 1 to 500");
    assert!(text.contains(&format!(">{long}</textarea>")), "what was typed is still there");
    let text = done(&margaret, &send(&margaret, &path, &[("reason", "Off topic")]), "/admin/review");
    assert!(text.contains("Its author reads your reason.") && text.contains("Nothing waits"));
    assert_eq!(ada.get(&format!("/api/notes/{second}")).expect(200)["rejectedReason"], "Off topic");
    let missing = send(&margaret, "/admin/review/note_x/approve", &[]);
    assert_eq!(missing.status, 404);
    assert_eq!(margaret.get("/admin/review?status=approved").status, 400);
    server.audit();
}

#[test]
fn a_long_queue_has_pages_and_a_decision_stays_on_its_page() {
    let server = moderated();
    let (ada, margaret) = (server.verified("ada"), server.person("margaret"));
    server.grant("ada", 100);
    let notes: Vec<String> = (0..12).map(|n| ada.submit(&format!("Title {n}."))).collect();
    let (text, _) = page(&margaret, "/admin/review");
    assert!(text.contains("Title 9.") && !text.contains("Title 10."));
    let next = format!("/admin/review?cursor={}", notes[9]);
    assert!(text.contains(&format!(r#"rel="next" href="{next}""#)), "{text}");
    let (text, _) = page(&margaret, &next);
    assert!(text.contains("Title 10.") && text.contains("Title 11.") && !text.contains("Title 9."));
    let reject = format!("/admin/review/{}/reject?cursor={}", notes[10], notes[9]);
    assert!(text.contains(&format!(r#"action="{reject}""#)) && text.contains(&format!(r#"value="{next}""#)));
    let text = refused(&send(&margaret, &reject, &[]), 400, "reason is required");
    assert!(text.contains("Title 11.") && !text.contains("Title 9."));
    let answer = send(&margaret, &reject, &[("reason", "No"), ("next", &next)]);
    assert_eq!((answer.status, answer.header("location")), (303, Some(next.as_str())));
    assert_eq!(margaret.get("/admin/review?cursor=x").status, 400);
}

#[test]
fn where_rules_decide_the_page_says_what_they_reject() {
    let server = Server::with(|settings| {
        settings.admin.logins = vec!["margaret".to_owned()];
        settings.review.min_chars = 33;
        settings.review.blocked_words = vec!["casino".to_owned()];
        settings.review.blocked_hosts = vec!["bad.example".to_owned()];
    });
    let (text, _) = page(&server.person("margaret"), "/admin/review");
    for words in ["Rules decide here", "less than 33 characters", "casino", "bad.example", "within 24 hours"] {
        assert!(text.contains(words), "{words}");
    }
}

#[test]
fn a_dispute_is_decided_by_what_it_pays() {
    let server = moderated();
    let margaret = server.person("margaret");
    // The shares of a reward of 20: deposit 4, frozen 10, fee 1.
    for (outcome, name, creator_gets, claimer_gets) in
        [("pay_claimer", "pay", 0, 23), ("refund_creator", "refund", 24, 0), ("split", "split", 10, 14)]
    {
        let (creator, claimer) = (server.person(&format!("c-{name}")), server.person(&format!("h-{name}")));
        let bounty = dispute(&creator, &claimer);
        let (text, _) = page(&margaret, "/admin/disputes");
        for words in [
            "Count the gulls",
            "By eye",
            "I have a screen",
            "There are 87 gulls",
            "There are 88 gulls in it",
            "The creator disagrees",
            "creator <b>0 tokens</b></span> <span>claimer <b>23 tokens</b></span> <span>fee <b>1 token</b>",
            "creator <b>24 tokens</b></span> <span>claimer <b>0 tokens</b>",
            "creator <b>10 tokens</b></span> <span>claimer <b>14 tokens</b>",
        ] {
            assert!(text.contains(words), "{words}: {text}");
        }
        let path = format!("/admin/disputes/{bounty}/resolve");
        refused(&send(&margaret, &path, &[]), 400, "outcome is required");
        refused(&send(&margaret, &path, &[("outcome", "mine")]), 400, "outcome must be one of pay_claimer");
        let before = (creator.balance(), claimer.balance());
        let text = done(&margaret, &send(&margaret, &path, &[("outcome", outcome)]), "/admin/disputes");
        assert!(text.contains("Decided.") && text.contains("Nobody disagrees"), "{text}");
        let after = (creator.balance() - before.0, claimer.balance() - before.1);
        assert_eq!(after, (creator_gets, claimer_gets), "{outcome}");
        refused(&send(&margaret, &path, &[("outcome", outcome)]), 409, "Bounty must be in disputed state");
    }
    server.audit();
}

#[test]
fn nobody_judges_their_own_affair() {
    let server = moderated();
    let (margaret, other) = (server.person("margaret"), server.person("grace"));
    let bot = server.owned("bot", "margaret");
    server.grant("bot", 50);
    for (creator, claimer) in [(&margaret, &other), (&other, &margaret), (&bot, &other)] {
        let bounty = dispute(creator, claimer);
        assert!(page(&margaret, "/admin/disputes").0.contains("You or an agent of yours is a side of this"));
        let answer = send(&margaret, &format!("/admin/disputes/{bounty}/resolve"), &[("outcome", "split")]);
        refused(&answer, 403, "You or an agent of yours is a side of this dispute");
        server.admin().post(&format!("/api/admin/bounties/{bounty}/resolve"), json!({"outcome": "split"})).expect(200);
    }
    server.audit();
}

#[test]
fn a_dispute_with_a_banned_creator_can_still_be_decided() {
    let server = moderated();
    let (margaret, creator, claimer) = (server.person("margaret"), server.person("grace"), server.person("linus"));
    let bounty = dispute(&creator, &claimer);
    server.write(|tx| admin::ban(tx, &Moderator::Administrator, "grace", "spam"));
    let (text, _) = page(&margaret, "/admin/disputes");
    assert!(text.contains("The creator is banned.") && text.contains("There are 88 gulls in it"));
    let listed = server.admin().get("/api/admin/bounties").expect(200);
    assert_eq!((&listed["bounties"][0]["id"], &listed["bounties"][0]["creator"]), (&json!(bounty), &json!(null)));
    let path = format!("/admin/disputes/{bounty}/resolve");
    done(&margaret, &send(&margaret, &path, &[("outcome", "pay_claimer")]), "/admin/disputes");
    assert_eq!(claimer.balance(), 50 + 19);
    server.audit();
}

#[test]
fn an_agent_is_banned_by_handle_and_the_ban_is_lifted() {
    let server = moderated();
    let (ada, margaret) = (server.verified("ada"), server.person("margaret"));
    assert!(page(&margaret, "/admin/bans").0.contains("Nobody is banned"));
    for (handle, reason, status, sentence) in [
        ("", "spam", 400, "handle is required"),
        ("nobody", "kept words", 400, "Nobody here has this handle"),
        ("ada", "", 400, "reason is required"),
        ("margaret", "mistake", 400, "You cannot ban yourself"),
    ] {
        let answer = send(&margaret, "/admin/bans", &[("handle", handle), ("reason", reason)]);
        let text = refused(&answer, status, sentence);
        assert!(text.contains(&format!(r#"value="{handle}""#)) && text.contains(&format!(">{reason}</textarea>")));
    }
    let answer = send(&margaret, "/admin/bans", &[("handle", "@ADA"), ("reason", "Forty notes of the same")]);
    let text = done(&margaret, &answer, "/admin/bans");
    assert!(text.contains("@ada is banned.") && text.contains("Forty notes of the same"));
    assert!(!text.contains(r#"href="/agents/ada""#), "nothing leads to a page that is not there");
    ada.get("/api/notes").refused(401, "unauthorized");
    let again = send(&margaret, "/admin/bans", &[("handle", "ada"), ("reason", "again")]);
    refused(&again, 409, "This agent is banned already");
    assert!(page(&margaret, "/admin").0.contains("Forty notes of the same"));

    let text = done(&margaret, &send(&margaret, "/admin/bans/ada/lift", &[]), "/admin/bans");
    assert!(text.contains("@ada is not banned any more.") && text.contains("Nobody is banned"));
    ada.get("/api/notes").expect(200);
    refused(&send(&margaret, "/admin/bans/ada/lift", &[]), 409, "This agent is not banned");
    server.audit();
}

#[test]
fn an_agent_is_banned_on_its_own_page() {
    let server = moderated();
    let (ada, grace, margaret) = (server.verified("ada"), server.person("grace"), server.person("margaret"));
    let form = r#"action="/agents/ada/ban""#;
    assert!(page(&margaret, "/agents/ada").0.contains(form));
    assert!(!page(&grace, "/agents/ada").0.contains(form) && !page(&server.anyone(), "/agents/ada").0.contains(form));
    assert!(!page(&margaret, "/agents/margaret").0.contains("/agents/margaret/ban"));
    refused(&send(&margaret, "/agents/ada/ban", &[("reason", "")]), 400, "reason is required");
    refused(&send(&margaret, "/agents/margaret/ban", &[("reason", "me")]), 400, "You cannot ban yourself");
    let text = done(&margaret, &send(&margaret, "/agents/ada/ban", &[("reason", "spam")]), "/admin/bans");
    assert!(text.contains("@ada is banned."));
    assert_eq!(server.anyone().get("/agents/ada").status, 404);
    assert_eq!(send(&margaret, "/agents/ada/ban", &[("reason", "spam")]).status, 404);
    assert_eq!(send(&margaret, "/agents/nobody/ban", &[("reason", "spam")]).status, 404);
    drop(ada);
}

#[test]
fn many_bans_have_pages_newest_first() {
    let server = moderated();
    let margaret = server.person("margaret");
    for n in 0..52 {
        server.agent(&format!("spam-{n}"));
        // Some are banned at the same moment, in which their ids decide.
        server.clock.advance(n % 2);
        server.write(move |tx| admin::ban(tx, &Moderator::Administrator, &format!("spam-{n}"), "spam"));
    }
    let (text, _) = page(&margaret, "/admin/bans");
    let next = text.split(r#"rel="next" href=""#).nth(1).unwrap().split('"').next().unwrap().to_owned();
    let all = text + &page(&margaret, &next).0;
    let places: Vec<usize> = (0..52).rev().map(|n| all.find(&format!(">@spam-{n}<")).unwrap()).collect();
    assert!(places.is_sorted(), "the newest ban comes first and none is left out");
    assert_eq!(all.matches(">@spam-").count(), 52);
}

#[test]
fn hostile_words_are_text_to_those_who_decide() {
    let server = moderated();
    let margaret = server.person("margaret");
    for (n, text) in CORPUS.iter().enumerate() {
        let (ada, bob) = (server.verified(&format!("ada-{n}")), server.verified(&format!("bob-{n}")));
        server.grant(&ada.handle, 100);
        let note = json!({"templateId": "article", "fields": {"title": text, "subtitle": text, "body": text}});
        ada.post("/api/notes", note).expect(201);
        let new = json!({"title": text, "description": text, "reward": 2});
        let bounty = id_of(&ada.post("/api/bounties", new).expect(201), "bounty");
        let at = |deed: &str| format!("/api/bounties/{bounty}/{deed}");
        bob.post(&at("claim"), json!({"note": text})).expect(201);
        ada.patch(&at("claim"), json!({"claimAgentId": bob.id()})).expect(200);
        bob.post(&at("deliver"), json!({"note": text})).expect(200);
        bob.post(&at("dispute"), json!({"reason": format!("{text} and more")})).expect(200);
        check(&send(&margaret, "/admin/review/note_x/reject", &[("reason", text)]));
        for path in ["/admin", "/admin/review", "/admin/disputes"] {
            page(&margaret, path);
        }
        let name = text.chars().take(50).collect::<String>();
        bob.patch(&format!("/api/agents/bob-{n}"), json!({"displayName": name})).expect(200);
        assert_eq!(send(&margaret, "/admin/bans", &[("handle", &bob.handle), ("reason", text)]).status, 303);
        let (shown, tags) = page(&margaret, "/admin/bans");
        markup::check_harmless(&tags);
        assert!(!shown.contains("<script>alert"), "{text}");
        check(&send(&margaret, "/admin/bans", &[("handle", text), ("reason", text)]));
    }
}
