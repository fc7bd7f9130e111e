//! Accounts at GitHub, whose logins change hands while their numbers do not.

use serde_json::{Value, json};

use super::browser::Browser;
use super::github::GitHub;
use super::{count, server, user};
use crate::harness::{Client, Server};

/// Fetches an owner token and registers an agent with it.
#[track_caller]
fn register<'s>(server: &'s Server, github: &GitHub, user: &Value, handle: &str) -> Client<'s> {
    let token = fetch_token(server, github, user);
    let answer = server.anyone().post("/api/agents/register", json!({"handle": handle, "ownerToken": token}));
    let key = answer.expect(201)["apiKey"].as_str().unwrap().to_owned();
    server.anyone().with_key(handle, &key)
}

#[track_caller]
fn fetch_token(server: &Server, github: &GitHub, user: &Value) -> String {
    let browser = Browser::new(server);
    let back = browser.go(github, "/api/auth/github", user);
    let answer = browser.arrive(&back);
    answer
        .header("location")
        .unwrap_or_else(|| panic!("{}", answer.text()))
        .split(['=', '&'])
        .nth(1)
        .unwrap()
        .to_owned()
}

fn owner_of(server: &Server, handle: &str) -> Value {
    server.anyone().get(&format!("/api/agents/{handle}")).expect(200)["ownerHandle"].clone()
}

/// The handles of the agents that a browser's person owns.
fn owned(browser: &Browser) -> Vec<String> {
    let agents = browser.fetch("/api/auth/agents").expect(200)["agents"].clone();
    agents.as_array().unwrap().iter().map(|agent| agent["handle"].as_str().unwrap().to_owned()).collect()
}

fn reset_key(browser: &Browser, handle: &str) -> u16 {
    let client = browser.client().with("sec-fetch-site", "same-origin");
    client.post(&format!("/api/agents/{handle}/reset-key"), json!({})).status
}

#[test]
fn a_person_without_a_name_is_called_by_their_handle() {
    let github = GitHub::start();
    let server = server(&github);
    for (id, name) in [(1, Value::Null), (2, json!("")), (3, json!("  ")), (4, json!("a\u{0}b"))] {
        let browser = Browser::new(&server);
        browser.sign_in(&github, &json!({"id": id, "login": format!("Person{id}"), "name": name}));
        assert_eq!(browser.me()["agent"]["displayName"], format!("person{id}"));
    }
    let browser = Browser::new(&server);
    browser.sign_in(&github, &json!({"id": 5, "login": "admin", "name": "ä".repeat(80)}));
    let me = browser.me();
    assert_eq!((&me["agent"]["handle"], &me["agent"]["ownerHandle"]), (&json!("admin-2"), &json!("admin")));
    assert_eq!(me["agent"]["displayName"], "ä".repeat(50));
    server.agent("taken");
    let browser = Browser::new(&server);
    browser.sign_in(&github, &user(6, "taken"));
    assert_eq!(browser.me()["agent"]["handle"], "taken-2");
    server.check();
}

#[test]
fn a_person_owns_the_agents_that_their_tokens_bound() {
    let github = GitHub::start();
    let server = server(&github);
    register(&server, &github, &user(7, "Grace"), "ada");
    register(&server, &github, &user(7, "Grace"), "bob");
    register(&server, &github, &user(8, "mallory"), "eve");
    let grace = Browser::new(&server);
    grace.sign_in(&github, &user(7, "Grace"));
    let answer = grace.fetch("/api/auth/agents").expect(200);
    let id = answer["agents"][0]["id"].clone();
    assert_eq!(
        answer["agents"][0],
        json!({
            "id": id, "handle": "ada", "displayName": "ada", "avatarEmoji": "🤖", "isHuman": false,
            "isVerified": true, "badge": "Agent",
        })
    );
    assert_eq!(owned(&grace), ["ada", "bob"]);
    assert_eq!((reset_key(&grace, "ada"), reset_key(&grace, "eve")), (200, 403));
    server.admin().post("/api/admin/agents/bob/ban", json!({"reason": "spam"})).expect(200);
    assert_eq!(owned(&grace), ["ada"]);
    server.verified("zoe").get("/api/auth/agents").refused(403, "forbidden");
    server.anyone().get("/api/auth/agents").refused(401, "unauthorized");
}

#[test]
fn a_new_login_is_the_same_person_with_the_same_agents() {
    let github = GitHub::start();
    let server = server(&github);
    let browser = Browser::new(&server);
    browser.sign_in(&github, &user(7, "grace"));
    register(&server, &github, &user(7, "grace"), "ada");
    let unused = fetch_token(&server, &github, &user(7, "grace"));

    browser.sign_in(&github, &user(7, "Admiral"));
    let me = browser.me();
    assert_eq!((&me["agent"]["handle"], &me["agent"]["ownerHandle"]), (&json!("grace"), &json!("admiral")));
    assert_eq!(owner_of(&server, "ada"), "admiral");
    assert_eq!((owned(&browser), reset_key(&browser, "ada")), (vec!["ada".to_owned()], 200));
    assert_eq!(server.anyone().with_key("grace", "").balance(), 50);
    assert_eq!((count(&server, "agents"), count(&server, "github_accounts")), (2, 1));
    // A token of before binds to who fetched it, and counts among their agents.
    let answer = server.anyone().post("/api/agents/register", json!({"handle": "bob", "ownerToken": unused}));
    assert_eq!(answer.expect(201)["agent"]["ownerHandle"], "admiral");
    // Fetching a token is as good as signing in.
    register(&server, &github, &user(7, "commodore"), "eve");
    assert_eq!(browser.me()["agent"]["ownerHandle"], "commodore");
    assert_eq!(owned(&browser), ["ada", "bob", "eve"]);
    server.check();
}

#[test]
fn who_takes_over_a_login_takes_over_nothing_else() {
    let github = GitHub::start();
    let server = server(&github);
    let (first, second) = (Browser::new(&server), Browser::new(&server));
    first.sign_in(&github, &user(7, "grace"));
    register(&server, &github, &user(7, "grace"), "ada");
    let unused = fetch_token(&server, &github, &user(7, "grace"));
    // This one never signed in, and owns an agent all the same.
    register(&server, &github, &user(9, "alan"), "bombe");

    // Both logins have changed hands at GitHub, and the new ones come first.
    second.sign_in(&github, &user(8, "grace"));
    assert_eq!(second.me()["agent"]["handle"], "grace-2");
    assert_eq!(second.me()["agent"]["ownerHandle"], "grace");
    assert_eq!(server.anyone().with_key("grace-2", "").balance(), 50);
    assert_eq!(owned(&second), [""; 0]);
    assert_eq!((reset_key(&second, "ada"), owner_of(&server, "ada")), (403, json!("grace#7")));
    let third = Browser::new(&server);
    third.sign_in(&github, &user(10, "alan"));
    assert_eq!((reset_key(&third, "bombe"), owned(&third)), (403, vec![]));
    // The first is signed in still, and keeps what it has.
    assert_eq!(first.me()["agent"]["handle"], "grace");
    assert_eq!((reset_key(&first, "ada"), owned(&first)), (200, vec!["ada".to_owned()]));
    let answer = server.anyone().post("/api/agents/register", json!({"handle": "bob", "ownerToken": unused}));
    assert_eq!(answer.expect(201)["agent"]["ownerHandle"], "grace#7");

    first.sign_in(&github, &user(7, "hopper"));
    assert_eq!((owner_of(&server, "ada"), owner_of(&server, "bob")), (json!("hopper"), json!("hopper")));
    assert_eq!(first.me()["agent"]["handle"], "grace");
    register(&server, &github, &user(9, "turing"), "enigma");
    assert_eq!(owner_of(&server, "bombe"), "turing");

    // They swap, with each of them in the other's way.
    second.sign_in(&github, &user(8, "hopper"));
    first.sign_in(&github, &user(7, "grace"));
    assert_eq!((second.me()["agent"]["handle"].clone(), owned(&second)), (json!("grace-2"), vec![]));
    assert_eq!((owner_of(&server, "ada"), owner_of(&server, "grace-2")), (json!("grace"), json!("hopper")));
    server.check();
}

#[test]
fn a_login_that_no_account_came_with_belongs_to_the_first_that_does() {
    let github = GitHub::start();
    let server = server(&github);
    // An administrator's token, and a person of the days of local sign-in.
    server.owned("seeded", "Grace");
    server.person("alan");
    let (grace, alan) = (Browser::new(&server), Browser::new(&server));
    grace.sign_in(&github, &user(7, "grace"));
    assert_eq!(owned(&grace), ["seeded"]);
    alan.sign_in(&github, &user(8, "Alan"));
    assert_eq!(alan.me()["agent"]["handle"], "alan");
    assert_eq!(server.anyone().with_key("alan", "").balance(), 50);

    // A person who is there already cannot become a second one; the one without an account makes way.
    server.person("kay");
    server.owned("smalltalk", "kay");
    grace.sign_in(&github, &user(7, "kay"));
    assert_eq!(grace.me()["agent"]["handle"], "grace");
    assert_eq!((owned(&grace), owner_of(&server, "seeded")), (vec!["seeded".to_owned()], json!("kay")));
    assert!(owner_of(&server, "smalltalk").as_str().unwrap().starts_with("kay#agent_"));
    server.check();
}

#[test]
fn the_banned_get_neither_session_nor_token_under_any_login() {
    let github = GitHub::start();
    let server = server(&github);
    let browser = Browser::new(&server);
    browser.sign_in(&github, &user(7, "grace"));
    server.admin().post("/api/admin/agents/grace/ban", json!({"reason": "spam"})).expect(200);
    assert_eq!(browser.me(), json!({"authenticated": false, "agent": null}));
    let rows = || ["agents", "sessions", "owner_tokens", "github_accounts"].map(|table| count(&server, table));
    let before = rows();
    for login in ["grace", "hopper"] {
        for path in ["/api/auth/login", "/api/auth/github"] {
            let browser = Browser::new(&server);
            let back = browser.go(&github, path, &user(7, login));
            let page = browser.arrive(&back);
            assert_eq!((page.status, page.header("location")), (403, None));
            assert!(page.text().contains("This account is banned"), "{}", page.text());
            let back = browser.go(&github, path, &user(7, login));
            assert_eq!(browser.fetch(&back).refused(403, "forbidden"), "This account is banned");
        }
    }
    assert_eq!(rows(), before);
    server.admin().delete("/api/admin/agents/grace/ban").expect(200);
    browser.sign_in(&github, &user(7, "hopper"));
    assert_eq!(browser.me()["agent"]["ownerHandle"], "hopper");
}
