//! Forms: what people do, and what they see when it is refused.

use serde_json::json;

use super::{check, id_of, page, send};
use crate::harness::{Answer, Client, Server};

/// Makes sure that a form was taken, follows it and answers the page it leads to.
#[track_caller]
pub fn done(client: &Client, answer: &Answer, path: &str) -> String {
    assert_eq!(answer.status, 303, "{}", answer.text());
    let location = answer.header("location").unwrap();
    assert_eq!(location.split(['?', '#']).next(), Some(path));
    let flash = answer.header("set-cookie").map(|cookie| cookie.split(';').next().unwrap().to_owned());
    match flash {
        None => page(client, location.split('#').next().unwrap()).0,
        Some(flash) => page(&with_cookie(client, &flash), location.split('#').next().unwrap()).0,
    }
}

/// The same client with one more cookie.
fn with_cookie<'s>(client: &Client<'s>, cookie: &str) -> Client<'s> {
    client.also("cookie", cookie)
}

#[test]
fn a_person_likes_comments_replies_and_votes() {
    let server = Server::start();
    let (ada, grace) = (server.verified("ada"), server.person("grace"));
    let note = ada.publish("Worth a like");
    let path = format!("/notes/{note}");
    let at = |deed: &str| format!("{path}/{deed}");

    let text = done(&grace, &send(&grace, &at("like"), &[]), &path);
    assert!(text.contains(r#"aria-pressed="true" title="Take your like back""#), "{text}");
    assert_eq!(ada.balance(), 10 - 1 + 5 + 2);
    let text = done(&grace, &send(&grace, &at("downvote"), &[]), &path);
    assert!(text.contains(r#"aria-pressed="true" title="Take your downvote back""#));
    done(&grace, &send(&grace, &at("downvote"), &[]), &path);
    done(&grace, &send(&grace, &at("like"), &[]), &path);
    let text = done(&grace, &send(&grace, &at("unlike"), &[]), &path);
    assert!(text.contains(r#"aria-pressed="false" title="Like""#));
    assert_eq!(ada.balance(), 10 - 1 + 5 + 2);

    let text = done(&grace, &send(&grace, &at("comments"), &[("comment", "Well said, @ada.")]), &path);
    assert!(text.contains("Your comment stands.") && text.contains("Well said, <a href=\"/agents/ada\">@ada</a>."));
    let comments = server.anyone().get(&format!("/api/notes/{note}/comments")).expect(200);
    let comment = comments["comments"][0]["id"].as_str().unwrap();
    send(&grace, &at(&format!("comments/{comment}/vote")), &[("vote", "up")]);
    let reply =
        ada.post(&format!("/api/notes/{note}/comments"), json!({"body": "Thank you", "parentId": comment})).expect(201);
    let reply = id_of(&reply, "comment");
    let text =
        done(&grace, &send(&grace, &at("comments"), &[("comment", "You are welcome"), ("parent", &reply)]), &path);
    assert!(text.contains("3 comments") && text.contains("You are welcome"));
    done(&grace, &send(&grace, &at(&format!("comments/{reply}/vote")), &[("vote", "down")]), &path);
    let text = done(&grace, &send(&grace, &at(&format!("comments/{comment}/delete")), &[]), &path);
    assert!(text.contains("Your comment is gone.") && text.contains("[deleted]") && text.contains("You are welcome"));
    server.check();
}

#[test]
fn a_person_follows_tips_and_joins() {
    let server = Server::start();
    let (ada, grace) = (server.verified("ada"), server.person("grace"));
    let note = ada.publish("Worth a tip");
    ada.post("/api/communities", json!({"slug": "readers", "displayName": "Readers"})).expect(201);
    let series = id_of(&ada.post("/api/series", json!({"title": "Mine"})).expect(201), "series");

    let text = done(&grace, &send(&grace, "/agents/ada/follow", &[]), "/agents/ada");
    assert!(text.contains("You follow @ada now.") && text.contains("/agents/ada/unfollow"));
    assert!(page(&grace, "/?feed=following").0.contains("Worth a tip"));
    let text = done(&grace, &send(&grace, "/agents/ada/tip", &[("amount", "7")]), "/agents/ada");
    assert!(text.contains("You gave 7 tokens.") && text.contains("43 tokens"));
    done(&grace, &send(&grace, &format!("/notes/{note}/tip"), &[("amount", "3")]), &format!("/notes/{note}"));
    assert_eq!((ada.balance(), grace.balance()), (14 + 10, 40));
    let text = done(&grace, &send(&grace, "/agents/ada/unfollow", &[]), "/agents/ada");
    assert!(text.contains("You follow @ada no more."));
    let text = done(&grace, &send(&grace, "/communities/readers/subscribe", &[]), "/communities/readers");
    assert!(text.contains("2 members") && text.contains("Leave"));
    let text = done(&grace, &send(&grace, "/communities/readers/subscribe", &[]), "/communities/readers");
    assert!(text.contains("1 member") && text.contains("Join"));
    let text = done(&grace, &send(&grace, &format!("/series/{series}/follow"), &[]), &format!("/series/{series}"));
    assert!(text.contains("1 follower") && text.contains("Unfollow"));
    server.check();
}

#[test]
fn two_people_take_a_bounty_from_application_to_payout() {
    let server = Server::start();
    let (creator, claimer, other) = (server.person("grace"), server.person("linus"), server.person("ken"));
    let new = json!({"title": "Find my bug", "description": "It bites", "reward": 20});
    let bounty = id_of(&creator.post("/api/bounties", new).expect(201), "bounty");
    let path = format!("/bounties/{bounty}");
    let at = |deed: &str| format!("{path}/{deed}");

    assert!(page(&creator, &path).0.contains("Cancel the bounty"));
    assert!(!page(&creator, &path).0.contains("Deliver the work"));
    done(&other, &send(&other, &at("apply"), &[("note", "I can")]), &path);
    let text = done(&other, &send(&other, &at("withdraw"), &[]), &path);
    assert!(text.contains("Your application is withdrawn.") && text.contains("0 applications"));
    let text = done(&claimer, &send(&claimer, &at("apply"), &[("note", "I will")]), &path);
    assert!(text.contains("You applied.") && text.contains("Change it") && text.contains(">I will</textarea>"));
    done(&claimer, &send(&claimer, &at("apply"), &[("note", "I really will")]), &path);
    assert!(page(&creator, &path).0.contains("I really will"));
    let text = done(&creator, &send(&creator, &at("accept"), &[("agent", &claimer.id())]), &path);
    assert!(text.contains("In progress") && text.contains("4 tokens"));
    assert!(page(&claimer, &path).0.contains("Deliver the work"));
    assert!(!page(&other, &path).0.contains("Deliver the work"));
    let text =
        done(&claimer, &send(&claimer, &at("deliver"), &[("delivery", "It was a comma"), ("noteId", "")]), &path);
    assert!(text.contains("It was a comma"));
    assert!(!page(&other, &path).0.contains("It was a comma"), "a delivery is for the two sides alone");
    let text = done(&creator, &send(&creator, &at("confirm"), &[]), &path);
    assert!(text.contains("The claimer got 19 tokens.") && text.contains("Completed"));
    assert_eq!((creator.balance(), claimer.balance()), (30, 69));
    server.check();
}

#[test]
fn a_dispute_and_a_cancellation_have_their_forms() {
    let server = Server::start();
    let (creator, claimer) = (server.person("grace"), server.person("linus"));
    let bounty = id_of(&creator.post("/api/bounties", json!({"title": "Find it", "reward": 20})).expect(201), "bounty");
    let path = format!("/bounties/{bounty}");
    let at = |deed: &str| format!("{path}/{deed}");
    send(&claimer, &at("apply"), &[]);
    send(&creator, &at("accept"), &[("agent", &claimer.id())]);
    let refused = send(&claimer, &at("dispute"), &[("reason", "no")]);
    assert_eq!(refused.status, 400);
    let (text, _) = check(&refused);
    assert!(text.contains("reason must be a text of 10 to 2000 characters") && text.contains(">no</textarea>"));
    let text = done(&claimer, &send(&claimer, &at("dispute"), &[("reason", "The bug is a feature")]), &path);
    assert!(text.contains("Disputed by the claimer") && text.contains("The bug is a feature"));
    let text = done(&creator, &send(&creator, &at("cancel"), &[]), &path);
    assert!(text.contains("Cancelled. 10 tokens came back to you."), "{text}");
    server.check();
}

#[test]
fn a_refused_form_shows_its_sentence_and_what_was_typed() {
    let server = Server::start();
    let (ada, grace) = (server.verified("ada"), server.person("grace"));
    let note = ada.publish("Worth a word");
    let key = ada.key.as_deref().unwrap();
    let own = grace.publish("My own");
    let long = "x".repeat(2_001);
    for (path, fields, status, sentence) in [
        (format!("/notes/{note}/comments"), vec![("comment", " ")], 400, "comment is required"),
        (
            format!("/notes/{note}/comments"),
            vec![("comment", long.as_str())],
            400,
            "comment must be a text of 1 to 2000 characters",
        ),
        (format!("/notes/{note}/comments"), vec![("comment", key)], 400, "API key"),
        (format!("/notes/{note}/comments"), vec![("comment", "typed <b>"), ("parent", "cmt_x")], 400, "parent"),
        (format!("/notes/{own}/like"), vec![], 400, "You cannot vote on your own note"),
        ("/agents/ada/tip".to_owned(), vec![("amount", "51000")], 402, "Insufficient balance: need 51000, have 54"),
        ("/agents/ada/tip".to_owned(), vec![("amount", "1.5")], 400, "amount must be a whole number"),
        ("/agents/grace/follow".to_owned(), vec![], 400, "You cannot follow yourself"),
    ] {
        let answer = send(&grace, &path, &fields);
        assert_eq!(answer.status, status, "{path}");
        let (text, _) = check(&answer);
        assert!(text.contains(r#"role="alert""#) && text.contains(sentence), "{path}: {sentence}");
    }
    let (text, _) = check(&send(&grace, &format!("/notes/{note}/comments"), &[("comment", &long)]));
    assert!(text.contains(&format!(">{long}</textarea>")), "what was typed is still there");
    let missing = send(&grace, "/agents/nobody/follow", &[]);
    assert_eq!(missing.status, 404);
    assert!(check(&missing).0.contains("Agent not found"));
    assert_eq!(grace.balance(), 54);
    server.check();
}

#[test]
fn lines_end_as_they_do_everywhere_whatever_a_browser_sends() {
    let server = Server::start();
    let (ada, grace) = (server.verified("ada"), server.person("grace"));
    let note = ada.publish("Worth two lines");
    send(&grace, &format!("/notes/{note}/comments"), &[("comment", "One\r\ntwo\r\n\r\nthree")]);
    let comments = server.anyone().get(&format!("/api/notes/{note}/comments")).expect(200);
    assert_eq!(comments["comments"][0]["body"], "One\ntwo\n\nthree");
}

#[test]
fn a_form_from_another_site_is_refused() {
    let server = Server::start();
    let (ada, grace) = (server.verified("ada"), server.person("grace"));
    let note = ada.publish("Worth a like");
    let cookie = server.person_cookie("grace");
    let plain = server.anyone().with("cookie", &cookie);
    for (name, value) in [
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
        ("origin", "https://evil.example"),
        ("x-nothing", ""),
    ] {
        for path in [format!("/notes/{note}/like"), "/agents/ada/tip".to_owned(), format!("/notes/{note}/comments")] {
            let answer = send(&plain.also(name, value), &path, &[("amount", "5"), ("comment", "x")]);
            assert_eq!(answer.status, 403, "{path} with {name}: {value}");
            check(&answer);
        }
    }
    assert_eq!((ada.balance(), grace.balance()), (14, 50));
    server.check();
}

#[test]
fn where_nobody_can_sign_in_no_page_asks_for_it() {
    let server = Server::start();
    let ada = server.verified("ada");
    let note = ada.publish("Worth a like");
    ada.post("/api/communities", json!({"slug": "tides", "displayName": "Tides"})).expect(201);
    let bounty = json!({"title": "Tide tables", "description": "For three harbours, in CSV", "reward": 5});
    let bounty = ada.post("/api/bounties", bounty).expect(201)["bounty"]["id"].as_str().unwrap().to_owned();
    let (note, bounty) = (format!("/notes/{note}"), format!("/bounties/{bounty}"));
    let browser = server.anyone().also("accept", "text/html");
    for (path, status) in [
        ("/", 200),
        (&note, 200),
        (&bounty, 200),
        ("/communities/tides", 200),
        ("/register", 200),
        ("/nowhere", 404),
        ("/wallet", 401),
    ] {
        let answer = browser.get(path);
        assert_eq!(answer.status, status, "{path}");
        let (text, _) = check(&answer);
        assert!(
            !text.contains("/api/auth/login") && !text.contains("ign in<") && !text.contains("ign in first"),
            "{path}: {text}"
        );
    }
    let open = Server::with_sign_in();
    for path in ["/", "/nowhere", "/wallet"] {
        let answer = open.anyone().also("accept", "text/html").get(path);
        assert!(check(&answer).0.matches("/api/auth/login").count() > usize::from(path == "/wallet"), "{path}");
    }
}

#[test]
fn nobody_in_particular_is_asked_to_sign_in() {
    let server = Server::with_sign_in();
    let note = server.verified("ada").publish("Worth a like");
    for client in
        [server.anyone(), server.anyone().with("cookie", "aiins_session=as_over").with("sec-fetch-site", "same-origin")]
    {
        let (text, _) = page(&client, &format!("/notes/{note}"));
        assert!(text.contains("Sign in") && !text.contains("<textarea"));
        let answer = send(&client, &format!("/notes/{note}/like"), &[]);
        assert_eq!(answer.status, 401);
        let sign_in = format!(r#"href="/api/auth/login?next=%2Fnotes%2F{note}""#);
        assert!(check(&answer).0.contains(&sign_in));
        assert_eq!(client.also("accept", "text/html").get("/?feed=following").status, 401);
    }
    server.anyone().with("cookie", "aiins_session=as_over").get("/api/notes").refused(401, "unauthorized");
}

#[test]
fn a_theme_is_chosen_without_a_script_and_a_sign_in() {
    let server = Server::start();
    let answer = send(&server.anyone(), "/theme", &[("theme", "dark"), ("next", "/rules")]);
    assert_eq!((answer.status, answer.header("location")), (303, Some("/rules")));
    let cookie = answer.header("set-cookie").unwrap().split(';').next().unwrap();
    let (text, _) = page(&server.anyone().with("cookie", cookie), "/rules");
    assert!(text.contains(r#"<html lang="en" data-theme="dark">"#));
    for next in ["https://evil.example/", "//evil.example", "/\\evil.example"] {
        let answer = send(&server.anyone(), "/theme", &[("theme", "light"), ("next", next)]);
        assert_eq!(answer.header("location"), Some("/"), "{next}");
    }
    let refused = send(&server.anyone(), "/theme", &[("theme", "pink")]);
    assert_eq!(refused.status, 400);
    check(&refused);
}

#[test]
fn a_flash_is_said_once() {
    let server = Server::start();
    let (_, grace) = (server.verified("ada"), server.person("grace"));
    let answer = send(&grace, "/agents/ada/follow", &[]);
    let cookie = answer.header("set-cookie").unwrap().split(';').next().unwrap().to_owned();
    let shown = with_cookie(&grace, &cookie).get("/agents/ada");
    assert!(shown.text().contains("You follow @ada now."));
    assert!(shown.header("set-cookie").unwrap().starts_with("aiins_flash=; Path=/; Max-Age=0"));
    assert_eq!(grace.get("/agents/ada").header("set-cookie"), None);
}
