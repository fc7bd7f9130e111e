//! Registering an agent in the browser: who owns it, what is typed, and the key that is shown once.

use aiins::identity::owners;
use serde_json::json;

use super::{check, key_in, page, refused, send};
use crate::harness::{Answer, Client, Server};

/// Makes sure that an answer shows a key that nobody keeps, and answers the page and the key.
#[track_caller]
fn shown(answer: &Answer) -> (String, String) {
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert_eq!((answer.header("etag"), answer.header("content-encoding")), (None, None));
    let (text, _) = check(answer);
    let key = key_in(&text);
    assert_eq!(text.matches("id=\"key\"").count(), 1);
    // Once by itself and once in each of the three calls.
    assert_eq!((text.matches(&key).count(), text.matches("an_").count()), (4, 4), "{text}");
    (text, key)
}

/// The owner token of a login, and the address that brings it here.
fn token_of(server: &Server, login: &'static str) -> (String, String) {
    let token = server.write(move |tx| owners::issue(tx, login)).token;
    let address = format!("/register?ownerToken={token}&ownerHandle={login}&verified=1");
    (token, address)
}

#[track_caller]
fn profile(client: &Client, handle: &str) -> serde_json::Value {
    client.get(&format!("/api/agents/{handle}")).expect(200)
}

#[test]
fn a_person_registers_an_agent_of_their_own_without_leaving_the_page() {
    let server = Server::start();
    let grace = server.person("grace");
    let fields = [
        ("handle", "Helper"),
        ("displayName", "The helper"),
        ("bio", "It helps.\r\nA lot."),
        ("avatarEmoji", "🦉"),
        ("skillName", "echo"),
        ("skillDescription", "Says it back"),
        ("skillEndpoint", "https://aiins.cc/api/skills/echo/helper"),
        ("skillName", ""),
        ("skillDescription", ""),
        ("skillEndpoint", ""),
    ];
    let answer = send(&grace, "/register", &fields);
    let (text, key) = shown(&answer);
    assert!(text.contains("@helper is registered") && text.contains("It belongs to <b><bdi>grace</bdi></b>"));
    assert!(text.contains(&format!("curl -s {}/api/agents/helper/status", server.url)), "{text}");
    let helper = profile(&server.anyone(), "helper");
    assert_eq!(
        json!([helper["displayName"], helper["bio"], helper["avatarEmoji"], helper["ownerHandle"], helper["skills"]]),
        json!(["The helper", "It helps.\nA lot.", "🦉", "grace", [
            {"name": "echo", "description": "Says it back", "callable": true}
        ]])
    );
    let helper = server.anyone().with_key("helper", &key);
    assert_eq!(helper.balance(), 10, "the owner's bonus");
    helper.get("/api/agents/helper/status").expect(200);
    // The token that bound it was made and used up on the way.
    assert_eq!(server.number("SELECT count(*) FROM owner_tokens WHERE used_at IS NULL"), 0);
    for path in ["/", "/settings", "/register", "/agents/helper", "/notifications", "/wallet"] {
        assert!(!page(&grace, path).0.contains("an_"), "{path} shows a key again");
    }
    server.check();
}

#[test]
fn the_calls_on_the_page_work_as_they_stand() {
    let server = Server::start();
    let (text, key) = shown(&send(&server.person("grace"), "/register", &[("handle", "helper")]));
    let helper = server.anyone().with_key("helper", &key);
    let line = text.split("id=\"call-note\">").nth(1).unwrap().split("</code>").next().unwrap();
    let line = line.replace("&#34;", "\"").replace("&#39;", "'");
    assert!(line.contains(&format!("-H 'Authorization: Bearer {key}'")), "{line}");
    let body = line.split("-d '").nth(1).unwrap().trim_end_matches('\'');
    helper.post("/api/notes", serde_json::from_str(body).unwrap()).expect(201);
    server.run_jobs();
    assert_eq!(helper.get("/api/notes?sort=new").expect(200)["notes"][0]["author"]["handle"], "helper");
}

#[test]
fn an_owner_token_brings_its_own_owner_whatever_the_address_says() {
    let server = Server::start();
    let (token, _) = token_of(&server, "octocat");
    let address = format!("/register?ownerToken={token}&ownerHandle=somebody-else&verified=1");
    for client in [&server.anyone(), &server.person("grace")] {
        let answer = client.also("accept", "text/html").get(&address);
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        let (text, _) = check(&answer);
        assert!(text.contains("It will belong to <b><bdi>octocat</bdi></b>") && !text.contains("somebody-else</b"));
        assert!(!text.contains(&format!("login?next=%2Fregister%3FownerToken%3D{token}")), "no link repeats the token");
        assert!(text.contains(&format!(r#"name="ownerToken" value="{token}""#)));
    }
    // A token counts before a session.
    shown(&send(&server.person("grace"), "/register", &[("handle", "helper"), ("ownerToken", &token)]));
    assert_eq!(profile(&server.anyone(), "helper")["ownerHandle"], "octocat");
    let text = page(&server.anyone(), &address).0;
    assert!(text.contains("was used already") && !text.contains(r#"name="ownerToken""#));
}

#[test]
fn what_was_typed_survives_a_refusal_and_the_token_stays_good() {
    let server = Server::start();
    server.verified("taken");
    let (token, _) = token_of(&server, "octocat");
    let typed = [
        ("ownerToken", token.as_str()),
        ("displayName", "The <helper>"),
        ("bio", "It helps"),
        ("avatarEmoji", "🦉"),
        ("skillName", "echo"),
        ("skillDescription", "Says it back"),
        ("skillEndpoint", ""),
    ];
    let before = server.rows();
    for (handle, more, status, sentence) in [
        ("taken", None, 409, "Handle already taken"),
        ("x", None, 400, "handle must be 2 to 30"),
        ("", None, 400, "handle is required"),
        ("admin", None, 400, "handle is reserved"),
        ("helper", Some(("skillName", "two words")), 400, "Skill 2: name must be 1 to 50"),
        ("helper", Some(("skillName", "echo")), 400, "stands twice"),
        ("helper", Some(("skillDescription", "nameless")), 400, "nameless"),
    ] {
        let fields: Vec<_> = typed.into_iter().chain([("handle", handle)]).chain(more).collect();
        let text = refused(&send(&server.anyone(), "/register", &fields), status, sentence);
        for kept in ["The &#60;helper&#62;", ">It helps</textarea>", "🦉", "Says it back", &token] {
            assert!(text.contains(kept), "{sentence}: no {kept}");
        }
        assert!(text.contains(&format!(r#"name="handle" type="text" minlength="2" maxlength="30" value="{handle}""#)));
        assert_eq!(server.rows(), before, "{sentence}");
    }
    let fields: Vec<_> = typed.into_iter().chain([("handle", "helper")]).collect();
    shown(&send(&server.anyone(), "/register", &fields));
    assert_eq!(profile(&server.anyone(), "helper")["ownerHandle"], "octocat");
    refused(
        &send(&server.anyone(), "/register", &[("handle", "second"), ("ownerToken", &token)]),
        400,
        "ownerToken is not valid",
    );
    server.check();
}

#[test]
fn anybody_may_register_an_agent_without_an_owner() {
    let server = Server::with_sign_in();
    let (text, _) = page(&server.anyone(), "/register");
    assert!(text.contains("Without an owner it may post 5 notes") && text.contains("/api/auth/login?next=%2Fregister"));
    let (text, key) = shown(&send(&server.anyone(), "/register", &[("handle", "stray"), ("avatarEmoji", "no")]));
    assert!(text.contains("It has no owner yet and may post 5 notes") && text.contains("is no emoji"));
    assert_eq!(profile(&server.anyone(), "stray")["ownerHandle"], json!(null));
    // An agent that registers another one does not become its owner, nor does its owner.
    let stray = server.anyone().with_key("stray", &key);
    shown(&send(&stray, "/register", &[("handle", "other")]));
    shown(&send(&server.verified("ada"), "/register", &[("handle", "third")]));
    for handle in ["other", "third"] {
        assert_eq!(profile(&server.anyone(), handle)["ownerHandle"], json!(null));
    }
}

#[test]
fn a_person_may_own_as_many_agents_as_the_owner_flow_allows() {
    let server = Server::with(|settings| settings.owners.max_agents_per_owner = 2);
    let grace = server.person("grace");
    for handle in ["one", "two"] {
        shown(&send(&grace, "/register", &[("handle", handle)]));
    }
    let before = server.rows();
    let text = refused(&send(&grace, "/register", &[("handle", "three")]), 409, "grace has 2 agents already");
    assert!(text.contains(r#"value="three""#));
    assert_eq!(server.rows(), before);
}

#[test]
fn registering_counts_against_the_limit_of_registrations() {
    let server = Server::with(|settings| {
        settings.limits.enabled = true;
        settings.limits.register = 2;
    });
    let grace = server.person("grace");
    for (handle, status) in [("one", 200), ("two", 200), ("three", 429)] {
        assert_eq!(send(&grace, "/register", &[("handle", handle)]).status, status);
    }
    assert_eq!(send(&server.anyone(), "/register", &[("handle", "four")]).status, 429);
}

#[test]
fn a_form_from_another_site_registers_nothing_for_a_person() {
    let server = Server::start();
    let cookie = server.person_cookie("grace");
    let elsewhere = server.anyone().with("cookie", &cookie).with("sec-fetch-site", "cross-site");
    let before = server.rows();
    assert_eq!(send(&elsewhere, "/register", &[("handle", "helper")]).status, 403);
    assert_eq!(server.rows(), before);
}
