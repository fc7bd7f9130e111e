//! What goes wrong between a browser, GitHub and us, and what people and programs are told then.

use std::time::{Duration, Instant};

use aiins::base::clock::{HOUR, MINUTE};
use serde_json::json;

use super::browser::{Browser, set_cookies};
use super::github::{GitHub, Mood};
use super::{TIMEOUT, count, impatient, point_at, server, user};
use crate::harness::{Answer, Server};

/// Makes sure that a sign-in led to nothing at all.
#[track_caller]
fn nothing_came_of_it(server: &Server, answer: &Answer) {
    assert!(set_cookies(answer).iter().all(|cookie| !cookie.starts_with("aiins_session")), "{answer:?}");
    assert_eq!(answer.header("location"), None);
    for table in ["agents", "sessions", "owner_tokens", "github_accounts"] {
        assert_eq!(count(server, table), 0, "{table}");
    }
}

/// Makes sure that a browser reads a page that says this.
#[track_caller]
fn a_page_says(answer: &Answer, status: u16, words: &str) {
    let page = answer.text();
    assert_eq!(answer.status, status, "{page}");
    assert_eq!(answer.header("content-type"), Some("text/html; charset=utf-8"));
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let policy = answer.header("content-security-policy").unwrap();
    assert!(policy.starts_with("default-src 'none';") && !policy.contains("unsafe"), "{policy}");
    assert!(page.contains(words) && page.contains("href=\"/api/auth/login\""), "{page}");
}

#[test]
fn a_state_is_good_once_in_one_browser_for_ten_minutes() {
    let github = GitHub::start();
    let server = server(&github);
    let late = |millis| {
        let browser = Browser::new(&server);
        let back = browser.go(&github, "/api/auth/login", &user(7, "grace"));
        server.advance(millis);
        (browser, back)
    };
    let (there, elsewhere) = (Browser::new(&server), Browser::new(&server));
    there.open("/api/auth/login");

    let (browser, back) = late(0);
    let stranger = back.replace("state=", "state=x");
    let (_, no_state) = late(0);
    let no_state = no_state.split("&state").next().unwrap().to_owned();
    let (slower, forgotten) = late(HOUR + 10 * MINUTE);
    let (slow, too_late) = late(10 * MINUTE);
    let (_, of_another) = late(0);
    let (_, of_no_cookie) = late(0);
    let cases = [
        (&browser, stranger.as_str(), "did not begin here"),
        (&browser, "/api/auth/callback", "state is required"),
        (&browser, &no_state, "state is required"),
        (&browser, "/api/auth/callback?state=&code=x", "state is required"),
        (&slow, &too_late, "took longer than 10 minutes"),
        (&slower, &forgotten, "did not begin here"),
        (&there, &of_another, "began in another browser"),
        (&elsewhere, &of_no_cookie, "began in another browser"),
        (&there, &of_another, "used already"),
    ];
    for (browser, back, words) in cases {
        let answer = browser.arrive(back);
        a_page_says(&answer, 400, words);
        nothing_came_of_it(&server, &answer);
        let answer = browser.fetch(back);
        assert_eq!(answer.expect(400)["error"]["field"], "state");
        answer.refused(400, "invalid_request");
    }
    assert!(github.requests().is_empty(), "GitHub was asked for a sign-in that is none");

    let (browser, back) = late(10 * MINUTE - 1);
    assert_eq!(browser.arrive(&back).status, 303);
    let sessions = count(&server, "sessions");
    a_page_says(&browser.arrive(&back), 400, "used already");
    assert_eq!((browser.me()["authenticated"].clone(), count(&server, "sessions")), (json!(true), sessions));
    server.advance(2 * HOUR);
    assert_eq!(count(&server, "sign_ins"), 0);
}

#[test]
fn who_does_not_agree_is_told_so_and_gets_nothing() {
    let github = GitHub::start();
    let server = server(&github);
    for path in ["/api/auth/login", "/api/auth/github"] {
        for error in
            ["access_denied&error_description=%3Cscript%3Eno", "application_suspended", "redirect_uri_mismatch"]
        {
            let browser = Browser::new(&server);
            let state = browser.go(&github, path, &user(7, "grace"));
            let back = format!("/api/auth/callback?error={error}&{}", state.split('&').nth(1).unwrap());
            let answer = match error.starts_with("access_denied") {
                true => {
                    let answer = browser.arrive(&back);
                    a_page_says(&answer, 403, "You did not agree");
                    answer
                }
                false => {
                    let answer = browser.fetch(&back);
                    answer.refused(503, "unavailable");
                    answer
                }
            };
            assert!(!answer.text().contains("script") && !answer.text().contains("mismatch"), "{}", answer.text());
            nothing_came_of_it(&server, &answer);
            // What was denied is over: the code of a later yes to the same question is none.
            assert_eq!(browser.fetch(&state).status, 400);
        }
    }
    assert!(github.requests().is_empty());
}

#[test]
fn github_on_a_bad_day_makes_nothing_and_holds_nobody_up() {
    let github = GitHub::start();
    let server = impatient(&github);
    let moods = [
        Mood::Says(""),
        Mood::Says("HTTP/1.1 500 Internal Server Error\r\nContent-Length: 4\r\n\r\nhelp"),
        Mood::Says("HTTP/1.1 502 Bad Gateway\r\nContent-Type: text/html\r\nContent-Length: 0\r\n\r\n"),
        Mood::Says("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n"),
        Mood::Says("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n[{]"),
        Mood::Says("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n\"gho_in_a_text\""),
        Mood::Says("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{\"id\": \"gho_in_a_text\"}"),
        Mood::Says("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{\"id\": 1, \"login\": \"a<b>\"}"),
        Mood::Says("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<html>maintenance</html>"),
        Mood::Says("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{\"id\": 1"),
        Mood::Says(
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n\
             {\"access_token\": \"gho_a\\nb\", \"token_type\": \"bearer\"}",
        ),
        Mood::Says("HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/\r\nContent-Length: 0\r\n\r\n"),
        Mood::Says("220 mail.example ESMTP\r\n"),
        Mood::Hangs,
        Mood::Drips,
        Mood::Floods,
    ];
    for mood in moods {
        for of_token in [true, false] {
            let (token, user_) = if of_token { (mood, Mood::Good) } else { (Mood::Good, mood) };
            github.token_is(token);
            github.user_is(user_);
            let browser = Browser::new(&server);
            let back = browser.go(&github, "/api/auth/login", &user(7, "grace"));
            let started = Instant::now();
            let answer = if of_token { browser.arrive(&back) } else { browser.fetch(&back) };
            assert!(started.elapsed() < TIMEOUT + Duration::from_secs(2), "{mood:?}: {:?}", started.elapsed());
            if of_token {
                a_page_says(&answer, 503, "GitHub");
            } else {
                let message = answer.refused(503, "unavailable");
                assert!(message.starts_with("GitHub"), "{message}");
                assert_eq!(answer.header("retry-after"), Some("1"));
                assert_eq!(answer.header("x-should-retry"), Some("true"));
            }
            assert!(!answer.text().contains("gho_"), "{}", answer.text());
            nothing_came_of_it(&server, &answer);
        }
    }
    github.token_is(Mood::Good);
    github.user_is(Mood::Good);
    assert_eq!(Browser::new(&server).sign_in(&github, &user(7, "grace")).status, 303);
}

#[test]
fn a_github_that_is_not_there_is_told() {
    let github = GitHub::start();
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let server = Server::with(|settings| {
        point_at(settings, &github);
        settings.github.token_url = format!("http://127.0.0.1:{port}/token");
    });
    let browser = Browser::new(&server);
    let back = browser.go(&github, "/api/auth/github", &user(7, "grace"));
    let answer = browser.arrive(&back);
    a_page_says(&answer, 503, "GitHub did not answer");
    nothing_came_of_it(&server, &answer);
}

#[test]
fn a_code_is_good_for_the_sign_in_it_was_made_for() {
    let github = GitHub::start();
    let server = server(&github);
    let (victim, attacker) = (Browser::new(&server), Browser::new(&server));
    let mine = victim.go(&github, "/api/auth/login", &user(7, "grace"));
    let theirs = attacker.go(&github, "/api/auth/login", &user(8, "mallory"));
    // A stolen code in the thief's own sign-in: the verifier there is another.
    let stolen = format!("{}&{}", mine.split('&').next().unwrap(), theirs.split('&').nth(1).unwrap());
    let answer = attacker.arrive(&stolen);
    a_page_says(&answer, 400, "GitHub does not know this sign-in any more");
    nothing_came_of_it(&server, &answer);
    let made_up = attacker.go(&github, "/api/auth/login", &user(8, "mallory"));
    let made_up = format!("/api/auth/callback?code=00000&{}", made_up.split('&').nth(1).unwrap());
    assert_eq!(attacker.fetch(&made_up).expect(400)["error"]["field"], "code");
    let none = attacker.go(&github, "/api/auth/login", &user(8, "mallory"));
    let none = format!("/api/auth/callback?{}", none.split('&').nth(1).unwrap());
    assert_eq!(attacker.fetch(&none).expect(400)["error"]["message"], "code is required");
    nothing_came_of_it(&server, &answer);
}

#[test]
fn a_secret_that_github_does_not_take_is_the_operators_matter() {
    let github = GitHub::start();
    let server = Server::with(|settings| {
        point_at(settings, &github);
        settings.github.client_secret = "an old secret".into();
    });
    let browser = Browser::new(&server);
    let back = browser.go(&github, "/api/auth/login", &user(7, "grace"));
    let answer = browser.arrive(&back);
    a_page_says(&answer, 503, "its operator finds the reason in the log");
    assert!(!answer.text().contains("old secret"));
    nothing_came_of_it(&server, &answer);
}

#[test]
fn without_github_and_local_sign_in_the_operator_is_told_what_to_do() {
    let server = Server::start();
    for path in ["/api/auth/login", "/api/auth/github"] {
        let answer = server.anyone().get(path);
        let message = answer.refused(404, "not_found");
        assert!(message.contains("[github] client_id"), "{message}");
        a_page_says(&Browser::new(&server).open(path), 404, "[github] client_id");
    }
    server.anyone().get("/api/auth/callback?state=a&code=b").refused(400, "invalid_request");
    server.anyone().post("/api/auth/dev", json!({"name": "ada", "state": "x"})).refused(404, "not_found");
    assert_eq!(server.anyone().get("/api/auth/me").expect(200), json!({"authenticated": false, "agent": null}));
}
