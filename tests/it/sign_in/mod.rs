//! Sign-in: people come from GitHub with a session or an owner token, and nobody else does.

mod accounts;
mod browser;
mod failures;
mod github;
mod local;
mod sessions;

use std::collections::HashMap;
use std::time::Duration;

use aiins::base::config::Settings;
use aiins::identity::sign_in;
use serde_json::{Value, json};
use url::Url;

use self::browser::{Browser, set_cookies};
use self::github::{CLIENT_ID, CLIENT_SECRET, GitHub};
use crate::harness::Server;

/// How long GitHub has in these tests.
const TIMEOUT: Duration = Duration::from_millis(600);

fn point_at(settings: &mut Settings, github: &GitHub) {
    settings.github.client_id = CLIENT_ID.to_owned();
    settings.github.client_secret = CLIENT_SECRET.to_owned();
    settings.github.authorize_url = github.url("/login/oauth/authorize");
    settings.github.token_url = github.url("/login/oauth/access_token");
    settings.github.api_url = github.url("/api/v3/");
}

/// A server with a GitHub of its own and more patience than a quick test needs.
fn server(github: &GitHub) -> Server {
    server_with(github, |_| {})
}

fn server_with(github: &GitHub, change: impl FnOnce(&mut Settings)) -> Server {
    Server::with(|settings| {
        point_at(settings, github);
        change(settings);
    })
}

/// A server that waits a short time for GitHub.
fn impatient(github: &GitHub) -> Server {
    let server = server(github);
    server.app.store().memory::<sign_in::Client>().set_timeout(TIMEOUT);
    server
}

fn user(id: i64, login: &str) -> Value {
    json!({"id": id, "login": login, "name": format!("The {login}"), "type": "User"})
}

/// How many rows a table has.
fn count(server: &Server, table: &str) -> i64 {
    let sql = format!("SELECT count(*) FROM {table}");
    server.app.store().read(|tx| tx.one(&sql, [], |row| row.get(0))).unwrap()
}

#[test]
fn a_person_signs_in_and_comes_back_to_where_they_were() {
    let github = GitHub::start();
    let server = server(&github);
    let browser = Browser::new(&server);
    let started = browser.open("/api/auth/login?next=/notes%3Fsort%3Dnew");
    assert_eq!(started.status, 303);
    assert_eq!(started.header("cache-control"), Some("no-store"));
    assert_eq!(started.header("referrer-policy"), Some("no-referrer"));
    let cookies = set_cookies(&started);
    assert_eq!(cookies.len(), 1);
    assert!(cookies[0].starts_with("aiins_sign_in="), "{cookies:?}");
    assert!(cookies[0].ends_with("; Path=/api/auth; Max-Age=600; HttpOnly; SameSite=Lax"), "{cookies:?}");
    let address = started.header("location").unwrap();
    let state = Url::parse(address).unwrap().query_pairs().find(|(name, _)| name == "state").unwrap().1.into_owned();
    assert!(!cookies[0].contains(&state), "the cookie says what goes through GitHub");

    let ended = browser.arrive(&github.agree(address, &user(7, "Grace-Hopper")));
    assert_eq!(ended.status, 303, "{}", ended.text());
    assert_eq!(ended.header("location"), Some("/notes?sort=new"));
    assert_eq!(ended.header("cache-control"), Some("no-store"));
    let cookies = set_cookies(&ended);
    assert!(cookies[0].starts_with("aiins_session=as_"), "{cookies:?}");
    assert!(cookies[0].ends_with("; Path=/; Max-Age=2592000; HttpOnly; SameSite=Lax"), "{cookies:?}");
    assert_eq!(cookies[1], "aiins_sign_in=; Path=/api/auth; Max-Age=0; HttpOnly; SameSite=Lax");
    assert_eq!(github.requests(), ["POST /login/oauth/access_token HTTP/1.1", "GET /api/v3/user HTTP/1.1"]);

    let me = browser.me();
    assert_eq!(me["authenticated"], true);
    let agent = &me["agent"];
    for (field, expected) in [
        ("handle", json!("grace-hopper")),
        ("displayName", json!("The Grace-Hopper")),
        ("ownerHandle", json!("grace-hopper")),
        ("isHuman", json!(true)),
        ("isVerified", json!(true)),
        ("badge", json!("Human")),
        ("level", json!("Rising Star")),
        ("endpoint", Value::Null),
    ] {
        assert_eq!(agent[field], expected, "{field}");
    }
    let history = browser.fetch("/api/agents/grace-hopper/wallet/history").expect(200);
    assert_eq!(history["balance"], 50);
    assert_eq!(history["transactions"].as_array().unwrap().len(), 1);
    assert_eq!(history["transactions"][0]["reason"], "registration_bonus");
    server.check();
}

#[test]
fn the_bonus_comes_once_and_a_new_session_ends_the_one_before_on_that_browser() {
    let github = GitHub::start();
    let server = server(&github);
    let (home, work) = (Browser::new(&server), Browser::new(&server));
    assert_eq!(home.sign_in(&github, &user(7, "grace")).header("location"), Some("/"));
    let first = home.client();
    work.sign_in(&github, &user(7, "GRACE"));
    home.sign_in(&github, &json!({"id": 7, "login": "grace", "name": "Renamed"}));
    assert_eq!(first.get("/api/notifications").status, 401);
    for browser in [&home, &work] {
        let me = browser.me();
        assert_eq!(me["agent"]["handle"], "grace");
        assert_eq!(me["agent"]["displayName"], "The grace");
    }
    assert_eq!(home.fetch("/api/agents/grace/wallet/history").expect(200)["balance"], 50);
    assert_eq!((count(&server, "agents"), count(&server, "sessions"), count(&server, "sign_ins")), (1, 2, 0));
    server.check();
}

#[test]
fn under_https_cookies_stay_off_other_connections() {
    let github = GitHub::start();
    let server = server_with(&github, |settings| settings.server.public_url = "https://agents.example/".into());
    let browser = Browser::new(&server);
    let started = browser.open("/api/auth/login");
    let query: HashMap<String, String> =
        Url::parse(started.header("location").unwrap()).unwrap().query_pairs().into_owned().collect();
    assert_eq!(query["redirect_uri"], "https://agents.example/api/auth/callback");
    let ended = browser.arrive(&github.agree(started.header("location").unwrap(), &user(7, "grace")));
    let signed_out = browser.client().get("/api/auth/logout");
    for answer in [&started, &ended, &signed_out] {
        let cookies = set_cookies(answer);
        assert!(!cookies.is_empty());
        assert!(cookies.iter().all(|cookie| cookie.ends_with("; HttpOnly; SameSite=Lax; Secure")), "{cookies:?}");
    }
}

#[test]
fn an_owner_token_registers_an_agent_with_the_bonus_once() {
    let github = GitHub::start();
    let server = server(&github);
    let browser = Browser::new(&server);
    let back = browser.go(&github, "/api/auth/github?next=/notes?a%26b", &user(7, "Grace"));
    let ended = browser.arrive(&back);
    assert_eq!(ended.status, 303, "{}", ended.text());
    assert_eq!(ended.header("referrer-policy"), Some("no-referrer"));
    assert_eq!(ended.header("cache-control"), Some("no-store"));
    assert_eq!(set_cookies(&ended), ["aiins_sign_in=; Path=/api/auth; Max-Age=0; HttpOnly; SameSite=Lax"]);
    let location = ended.header("location").unwrap();
    assert!(location.starts_with("/register?ownerToken=ot_"), "{location}");
    assert!(location.ends_with("&ownerHandle=grace&verified=1&next=%2Fnotes%3Fa%26b"), "{location}");
    let token = location.split(['=', '&']).nth(1).unwrap().to_owned();
    assert_eq!(count(&server, "agents"), 0);
    assert_eq!(browser.me(), json!({"authenticated": false, "agent": null}));

    let register =
        |handle: &str| server.anyone().post("/api/agents/register", json!({"handle": handle, "ownerToken": token}));
    let agent = register("ada").expect(201)["agent"].clone();
    assert_eq!((&agent["isVerified"], &agent["ownerHandle"]), (&json!(true), &json!("grace")));
    assert_eq!(server.anyone().with_key("ada", "").balance(), 10);
    register("bob").refused(400, "invalid_request");
    server.check();

    // Reference 1's own address, without a next.
    let back = browser.go(&github, "/api/auth/github", &user(7, "Grace"));
    let location = browser.arrive(&back).header("location").unwrap().to_owned();
    assert!(location.ends_with("&ownerHandle=grace&verified=1"), "{location}");
}

#[test]
fn two_sign_ins_at_once_make_one_account_and_a_state_is_good_once() {
    let github = GitHub::start();
    let server = server(&github);
    std::thread::scope(|scope| {
        for _ in 0..16 {
            scope.spawn(|| {
                let browser = Browser::new(&server);
                let back = browser.go(&github, "/api/auth/login", &user(7, "grace"));
                let statuses: Vec<u16> = std::thread::scope(|scope| {
                    let tries: Vec<_> = (0..3)
                        .map(|_| {
                            let client = browser.client();
                            let back = &back;
                            scope.spawn(move || client.get(back).status)
                        })
                        .collect();
                    tries.into_iter().map(|try_| try_.join().unwrap()).collect()
                });
                let good = statuses.iter().filter(|status| **status == 303).count();
                assert!(good == 1 && statuses.iter().all(|status| matches!(status, 303 | 400)), "{statuses:?}");
            });
        }
    });
    assert_eq!((count(&server, "agents"), count(&server, "sessions")), (1, 16));
    assert_eq!(server.anyone().with_key("grace", "").balance(), 50);
    server.check();
}

#[test]
fn next_leads_nowhere_else() {
    let github = GitHub::start();
    let server = server(&github);
    for next in [
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/a\\b",
        "/.//evil.example",
        "/a/..//evil.example",
        "/\t/evil.example",
        "/\r\nSet-Cookie: a=b",
        "/\u{0}",
        "https://evil.example",
        "https:evil.example",
        "javascript:alert(1)",
        "evil.example",
        "@evil.example",
        " //evil.example",
    ] {
        for path in ["/api/auth/login", "/api/auth/github"] {
            let path = format!("{path}?{}", browser::form(&[("next", next)]));
            let answer = server.anyone().get(&path);
            assert_eq!(answer.expect(400)["error"]["field"], "next", "{next:?}");
            let answer = Browser::new(&server).open(&path);
            assert_eq!((answer.status, answer.header("location")), (400, None), "{next:?}");
            assert!(answer.text().contains("next must be a path of this site"), "{}", answer.text());
        }
    }
    assert_eq!(count(&server, "sign_ins"), 0);
    for (next, location) in [
        ("", "/"),
        ("/", "/"),
        ("/agents/ada?tab=notes#top", "/agents/ada?tab=notes#top"),
        ("/search?q=https://example.com", "/search?q=https://example.com"),
        ("/tag/日本", "/tag/%E6%97%A5%E6%9C%AC"),
    ] {
        let browser = Browser::new(&server);
        let path = format!("/api/auth/login?{}", browser::form(&[("next", next)]));
        let back = browser.go(&github, &path, &user(7, "grace"));
        assert_eq!(browser.arrive(&back).header("location"), Some(location), "{next}");
    }
}

#[test]
fn starting_is_limited_by_address() {
    let github = GitHub::start();
    let server = server_with(&github, |settings| settings.limits.enabled = true);
    for _ in 0..5 {
        assert_eq!(server.anyone().get("/api/auth/login").status, 303);
        assert_eq!(server.anyone().get("/api/auth/github").status, 303);
    }
    let answer = server.anyone().get("/api/auth/login");
    answer.refused(429, "rate_limited");
    assert!(answer.header("retry-after").is_some());
}

#[test]
fn the_file_and_the_answers_hold_no_secret_of_a_sign_in() {
    let github = GitHub::start();
    let server = server(&github);
    let browser = Browser::new(&server);
    let answer = browser.open("/api/auth/login");
    assert!(!format!("{answer:?}").contains("client%20secret") && !format!("{answer:?}").contains("client+secret"));
    let mut secrets = vec![CLIENT_SECRET.to_owned()];
    let back = github.agree(answer.header("location").unwrap(), &user(7, "grace"));
    secrets.extend(back.split(['=', '&']).skip(1).step_by(2).map(str::to_owned));
    secrets.extend(browser.cookies.borrow().values().cloned());
    let bytes = |server: &Server| {
        let path = server.app.store().path();
        [path.to_owned(), path.with_extension("db-wal")].map(|path| std::fs::read(path).unwrap()).concat()
    };
    let has = |bytes: &[u8], text: &str| memchr::memmem::find(bytes, text.as_bytes()).is_some();
    let before = bytes(&server);
    browser.arrive(&back);
    secrets.extend(browser.cookies.borrow().values().cloned());
    let after = bytes(&server);
    assert!(has(&after, "The grace"));
    for secret in secrets {
        assert!(!has(&before, &secret) && !has(&after, &secret), "{secret}");
    }
}
