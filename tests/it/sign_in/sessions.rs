//! Sessions: what they open, and how they end.

use aiins::base::clock::DAY;
use aiins::identity::{agents, sessions};
use serde_json::json;

use super::browser::{Browser, set_cookies};
use super::github::GitHub;
use super::{count, server, user};

#[test]
fn a_session_reads_from_anywhere_and_writes_from_our_own_pages() {
    let github = GitHub::start();
    let server = server(&github);
    server.agent("ada");
    let browser = Browser::new(&server);
    browser.sign_in(&github, &user(7, "grace"));
    let from = |site: &str| browser.client().with("sec-fetch-site", site);
    let follow = "/api/agents/ada/follow";
    browser.client().get("/api/notifications").expect(200);
    from("cross-site").get("/api/notifications").expect(200);
    from("cross-site").post(follow, json!({})).refused(403, "cross_origin");
    from("same-site").post(follow, json!({})).refused(403, "cross_origin");
    browser.client().post(follow, json!({})).refused(403, "cross_origin");
    browser.client().with("origin", "https://evil.example").post(follow, json!({})).refused(403, "cross_origin");
    from("same-origin").post(follow, json!({})).expect(200);
    browser.client().with("origin", &server.url).post(follow, json!({})).expect(200);
    // A key goes before a session, also a wrong one.
    let ada = server.verified("turing");
    let both = ada.also("cookie", "aiins_session=as_x");
    assert_eq!(both.get("/api/auth/me").expect(200)["agent"]["handle"], "turing");
    let wrong = browser.client().with_key("", "an_x");
    wrong.get("/api/auth/me").refused(401, "unauthorized");
}

#[test]
fn a_session_ends_when_its_person_says_so() {
    let github = GitHub::start();
    let server = server(&github);
    let browser = Browser::new(&server);
    let sign_in = || drop(browser.sign_in(&github, &user(7, "grace")));
    let gone = "aiins_session=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax";

    sign_in();
    let old = browser.client();
    let answer = browser.fetch("/api/auth/logout");
    assert_eq!(answer.expect(200), json!({"success": true}));
    assert_eq!((set_cookies(&answer), answer.header("cache-control")), (vec![gone.to_owned()], Some("no-store")));
    old.get("/api/notifications").refused(401, "unauthorized");
    assert_eq!(old.get("/api/auth/me").expect(200), json!({"authenticated": false, "agent": null}));
    assert_eq!(count(&server, "sessions"), 0);

    sign_in();
    let answer = browser.open("/api/auth/logout");
    assert_eq!((answer.status, answer.header("location")), (303, Some("/")));
    sign_in();
    let answer = browser.submit("/api/auth/logout", &[]);
    assert_eq!((answer.status, set_cookies(&answer)), (303, vec![gone.to_owned()]));
    assert_eq!(count(&server, "sessions"), 0);

    // Other sites have no say in it.
    sign_in();
    let from = |site: &str| browser.client().with("sec-fetch-site", site);
    for site in ["cross-site", "same-site"] {
        let answer = from(site).get("/api/auth/logout");
        answer.refused(403, "cross_origin");
        assert!(set_cookies(&answer).is_empty());
        from(site).post("/api/auth/logout", json!({})).refused(403, "cross_origin");
        assert_eq!(browser.arrive("/api/auth/logout").status, 403);
    }
    browser.client().post("/api/auth/logout", json!({})).refused(403, "cross_origin");
    from("same-origin").with_key("grace", "an_x").get("/api/auth/logout").refused(401, "unauthorized");
    assert_eq!(browser.me()["authenticated"], true);
    // With nobody signed in there is nothing to end, and that is fine.
    let answer = server.anyone().post("/api/auth/logout", json!({}));
    assert_eq!((answer.expect(200), set_cookies(&answer)), (json!({"success": true}), vec![]));
}

#[test]
fn a_key_ends_no_session() {
    let github = GitHub::start();
    let server = server(&github);
    let browser = Browser::new(&server);
    browser.sign_in(&github, &user(7, "grace"));
    let session = format!("aiins_session={}", browser.cookies.borrow()["aiins_session"]);
    let answer = server.agent("ada").also("cookie", &session).get("/api/auth/logout");
    assert_eq!((answer.expect(200), set_cookies(&answer)), (json!({"success": true}), vec![]));
    assert_eq!(browser.me()["authenticated"], true);
}

#[test]
fn a_session_lasts_thirty_days_and_is_no_hindrance_after_that() {
    let github = GitHub::start();
    let server = server(&github);
    let browser = Browser::new(&server);
    browser.sign_in(&github, &user(7, "grace"));
    server.advance(30 * DAY - 1);
    assert_eq!(browser.me()["authenticated"], true);
    server.clock.advance(1);
    browser.fetch("/api/notifications").refused(401, "unauthorized");
    assert_eq!((browser.me()["authenticated"].clone(), count(&server, "sessions")), (json!(false), 1));
    server.run_jobs();
    assert_eq!(count(&server, "sessions"), 0);
    // The browser has the cookie still. It can sign in again, and out.
    browser.fetch("/api/auth/logout").expect(200);
    assert_eq!(browser.sign_in(&github, &user(7, "grace")).status, 303);
    assert_eq!(browser.me()["authenticated"], true);
}

#[test]
fn a_person_sees_their_sessions_and_ends_them() {
    let github = GitHub::start();
    let server = server(&github);
    let (home, work, other) = (Browser::new(&server), Browser::new(&server), Browser::new(&server));
    home.sign_in(&github, &user(7, "grace"));
    server.advance(DAY);
    work.sign_in(&github, &user(7, "grace"));
    other.sign_in(&github, &user(8, "mallory"));
    let store = server.app.store();
    let [grace, mallory] = ["grace", "mallory"].map(|handle| store.read(|tx| agents::get(tx, handle)).unwrap().card.id);
    let listed = store.read(|tx| sessions::list(tx, grace)).unwrap();
    assert_eq!(listed.len(), 2);
    assert_eq!(listed[0].created_at.since(listed[1].created_at), DAY);
    assert_eq!(listed[0].expires_at.since(listed[0].created_at), 30 * DAY);
    let cookie = work.cookies.borrow()["aiins_session"].clone();
    assert_eq!(store.read(|tx| sessions::find_id(tx, &cookie)).unwrap(), Some(listed[0].id));

    let (old, new) = (listed[1].id, listed[0].id);
    let refusal = store.write(move |tx| sessions::close_one(tx, mallory, old)).unwrap_err();
    assert_eq!((refusal.status(), refusal.message()), (404, "Session not found"));
    server.write(move |tx| sessions::close_one(tx, grace, old));
    assert_eq!(home.me()["authenticated"], false);
    assert_eq!(store.read(|tx| sessions::list(tx, grace)).unwrap().iter().map(|s| s.id).collect::<Vec<_>>(), [new]);
    server.write(move |tx| sessions::close_all(tx, grace));
    assert_eq!(work.me()["authenticated"], false);
    assert_eq!(other.me()["authenticated"], true);
}
