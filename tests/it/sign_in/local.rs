//! The local form that stands in for GitHub.

use serde_json::json;

use super::browser::{Browser, form, set_cookies, state_of};
use super::github::GitHub;
use super::{count, point_at, user};
use crate::harness::{Answer, Server};

fn server() -> Server {
    Server::with(|settings| settings.auth.dev_login = true)
}

/// Opens the form and answers its state.
#[track_caller]
fn open(browser: &Browser, path: &str) -> String {
    let page = browser.open(path);
    assert_eq!(page.status, 200, "{}", page.text());
    state_of(&page.text())
}

#[track_caller]
fn sign_in(browser: &Browser, path: &str, name: &str) -> Answer {
    let state = open(browser, path);
    browser.submit("/api/auth/dev", &[("state", &state), ("name", name)])
}

#[test]
fn a_name_is_enough_to_sign_in() {
    let server = server();
    let browser = Browser::new(&server);
    let page = browser.open("/api/auth/login");
    assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"));
    assert_eq!(page.header("cache-control"), Some("no-store"));
    let policy = page.header("content-security-policy").unwrap();
    assert_eq!(
        policy,
        "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    );
    assert_eq!(page.header("referrer-policy"), Some("same-origin"));
    let cookies = set_cookies(&page);
    assert!(cookies[0].ends_with("; Path=/api/auth; Max-Age=600; HttpOnly; SameSite=Lax"), "{cookies:?}");
    let html = page.text();
    assert!(html.contains(" method=\"post\" action=\"/api/auth/dev\">"), "{html}");
    assert!(!html.contains("<script") && !html.contains("<style"), "{html}");

    let answer = sign_in(&browser, "/api/auth/login?next=/agents/grace-hopper", "Grace Hopper");
    assert_eq!((answer.status, answer.header("location")), (303, Some("/agents/grace-hopper")));
    assert!(set_cookies(&answer)[0].starts_with("aiins_session=as_"));
    let me = browser.me();
    assert_eq!(me["agent"]["handle"], "grace-hopper");
    assert_eq!(me["agent"]["displayName"], "Grace Hopper");
    assert_eq!(me["agent"]["ownerHandle"], "grace hopper");
    assert_eq!(sign_in(&Browser::new(&server), "/api/auth/login", " GRACE hopper ").header("location"), Some("/"));
    assert_eq!((count(&server, "agents"), count(&server, "github_accounts")), (1, 0));
    assert_eq!(server.anyone().with_key("grace-hopper", "").balance(), 50);
    server.check();
}

#[test]
fn a_name_is_enough_to_get_an_owner_token() {
    let server = server();
    let browser = Browser::new(&server);
    let answer = sign_in(&browser, "/api/auth/github", "Grace Hopper");
    let location = answer.header("location").unwrap();
    assert!(location.starts_with("/register?ownerToken=ot_"), "{location}");
    assert!(location.ends_with("&ownerHandle=grace+hopper&verified=1"), "{location}");
    assert_eq!(answer.header("referrer-policy"), Some("no-referrer"));
    let token = location.split(['=', '&']).nth(1).unwrap();
    let agent = server.anyone().post("/api/agents/register", json!({"handle": "ada", "ownerToken": token}));
    assert_eq!(agent.expect(201)["agent"]["ownerHandle"], "grace hopper");
    assert_eq!((count(&server, "sessions"), count(&server, "agents")), (0, 1));
    server.check();
}

#[test]
fn a_bad_name_gets_the_form_again_and_can_be_mended() {
    let server = server();
    let browser = Browser::new(&server);
    for bad in ["", "   ", "a\u{7}b", "two\nlines", &"x".repeat(40)] {
        let page = sign_in(&browser, "/api/auth/login?next=/notes", bad);
        assert_eq!(page.status, 400, "{bad:?}");
        assert!(page.text().contains("<p role=\"alert\"><strong>The name "), "{}", page.text());
        let answer = browser.submit("/api/auth/dev", &[("state", &state_of(&page.text())), ("name", "ada")]);
        assert_eq!(answer.header("location"), Some("/notes"));
        let state = open(&browser, "/api/auth/login");
        let client = browser.client().with("sec-fetch-site", "same-origin");
        let answer = client.post("/api/auth/dev", json!({"state": state, "name": bad}));
        assert_eq!(answer.expect(400)["error"]["field"], "name", "{bad:?}");
    }
    assert_eq!(count(&server, "agents"), 1);
}

#[test]
fn the_form_counts_from_our_own_page_in_the_browser_that_got_it() {
    let server = server();
    let send = |browser: &Browser, headers: &[(&str, &str)], state: &str| {
        let client = headers.iter().fold(browser.client(), |client, (name, value)| client.with(name, value));
        client.call("POST", "/api/auth/dev", form(&[("state", state), ("name", "ada")]).as_bytes())
    };
    let host = server.url.clone();
    for (headers, status) in [
        (vec![("sec-fetch-site", "cross-site")], 403),
        (vec![("sec-fetch-site", "same-site")], 403),
        (vec![("sec-fetch-site", "none")], 403),
        (vec![("sec-fetch-site", "cross-site"), ("origin", host.as_str())], 403),
        (vec![("origin", "https://evil.example")], 403),
        (vec![("origin", "null")], 403),
        (vec![("sec-fetch-site", "same-origin")], 303),
        (vec![("origin", host.as_str())], 303),
        (vec![], 303),
    ] {
        let browser = Browser::new(&server);
        let state = open(&browser, "/api/auth/login");
        let answer = send(&browser, &headers, &state);
        assert_eq!(answer.status, status, "{headers:?}: {}", answer.text());
        if status == 403 {
            answer.refused(403, "cross_origin");
        }
    }
    let own = [("sec-fetch-site", "same-origin")];
    let (one, other) = (Browser::new(&server), Browser::new(&server));
    open(&other, "/api/auth/login");
    for (browser, words) in [(&other, "another browser"), (&Browser::new(&server), "another browser")] {
        let state = open(&one, "/api/auth/login");
        let message = send(browser, &own, &state).refused(400, "invalid_request");
        assert!(message.contains(words), "{message}");
        let message = send(&one, &own, &state).refused(400, "invalid_request");
        assert!(message.contains("used already"), "{message}");
    }
    let message = send(&one, &own, "").refused(400, "invalid_request");
    assert_eq!(message, "state is required");
    // A form that came in over a session must say where from, like every write with one.
    let browser = Browser::new(&server);
    sign_in(&browser, "/api/auth/login", "ada");
    let state = open(&browser, "/api/auth/login");
    send(&browser, &[], &state).refused(403, "cross_origin");
    assert_eq!(send(&browser, &own, &state).status, 303);
}

#[test]
fn a_program_can_fill_in_the_form_as_json() {
    let server = server();
    let browser = Browser::new(&server);
    let state = open(&browser, "/api/auth/login");
    let answer = browser.client().post("/api/auth/dev", json!({"state": state, "name": "ada"}));
    assert_eq!((answer.status, answer.header("location")), (303, Some("/")));
    let answer = browser.client().call("POST", "/api/auth/dev", b"{\"state\": 1}");
    assert_eq!(answer.expect(400)["error"]["field"], "state");
}

#[test]
fn where_there_is_github_there_is_no_form() {
    let github = GitHub::start();
    let server = Server::with(|settings| {
        point_at(settings, &github);
        settings.auth.dev_login = true;
    });
    let browser = Browser::new(&server);
    let back = browser.go(&github, "/api/auth/login", &user(7, "grace"));
    let state = back.split("state=").nth(1).unwrap();
    let answer = browser.client().post("/api/auth/dev", json!({"state": state, "name": "grace"}));
    answer.refused(404, "not_found");
    assert_eq!(browser.arrive(&back).status, 303);
}

#[test]
fn a_sign_in_of_the_form_is_none_of_github_s() {
    let server = server();
    let browser = Browser::new(&server);
    let state = open(&browser, "/api/auth/login");
    let message = browser.fetch(&format!("/api/auth/callback?code=x&state={state}")).refused(400, "invalid_request");
    assert!(message.contains("did not go to GitHub"), "{message}");
    assert_eq!(count(&server, "agents"), 0);
}
