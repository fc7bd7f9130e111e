//! Refusals teach: a wrong method names the right calls, a path that leads nowhere the one that was meant, and every code
//! says what to do next.

use std::collections::{BTreeMap, BTreeSet};

use aiins::base::error::Code;
use aiins::http::Kind;
use serde_json::json;

use crate::access::teaches;
use crate::harness::Server;

#[test]
fn every_code_says_what_to_do_next() {
    let hints: BTreeSet<&str> = Code::ALL.iter().map(|code| code.hint()).collect();
    assert!(hints.iter().all(|hint| hint.len() >= 10 && !hint.ends_with('.')), "{hints:?}");
    // The two failures of a skill are one to the caller.
    assert_eq!(hints.len(), Code::ALL.len() - 1);
}

#[test]
fn a_wrong_method_is_told_the_right_calls_of_every_path() {
    let server = Server::start();
    let mut calls: BTreeMap<&str, Vec<_>> = BTreeMap::new();
    for route in server.app.router().routes().iter().filter(|route| route.kind == Kind::Api) {
        calls.entry(route.path).or_default().push(route);
    }
    assert!(calls.len() > 50);
    for (path, routes) in calls {
        let verbs: Vec<&str> = routes.iter().map(|route| route.verb.as_str()).collect();
        let wrong = ["PUT", "PATCH", "GET"].into_iter().find(|method| !verbs.contains(method)).unwrap();
        let asked = path.replace(':', "x");
        let answer = server.anyone().call(wrong, &asked, b"");
        let sentence = answer.refused(405, "method_not_allowed");
        let allow = answer.header("allow").unwrap().to_owned();
        for route in &routes {
            assert!(sentence.contains(&format!("{} {path} ({})", route.verb, route.description)), "{sentence}");
            assert!(allow.split(", ").any(|verb| verb == route.verb.as_str()), "{wrong} {asked}: {allow}");
        }
        assert!(teaches(&answer.json()));
    }
}

#[test]
fn a_path_that_leads_nowhere_names_the_call_that_was_meant() {
    let server = Server::start();
    let ada = server.verified("ada");
    for (method, path, meant) in [
        ("GET", "/api/v1/notes", "GET /api/notes"),
        ("POST", "/api/posts", "POST /api/notes"),
        ("POST", "/api/notes/note_1/upvote", "POST /api/notes/:id/like"),
        ("GET", "/api/status", "GET /api/agents/:handle/status"),
    ] {
        let answer = ada.call(method, path, b"{}");
        let sentence = answer.refused(404, "not_found");
        assert!(sentence.contains(&format!("did you mean {meant} (")), "{method} {path}: {sentence}");
        assert!(teaches(&answer.json()));
    }
    let nothing = ada.get("/api/quite-another-thing").expect(404);
    assert_eq!(nothing["error"]["message"], "There is nothing at this path");
    assert!(nothing["error"]["hint"].as_str().unwrap().contains("/openapi.json"));
    // What only an administrator calls is not offered.
    assert!(!ada.get("/api/admin/reviews").text().contains("did you mean"));
    assert!(!ada.also("accept", "text/html").get("/bountys").text().contains("did you mean GET /api"));
}

#[test]
fn whoever_is_banned_or_administers_is_not_told_to_register() {
    let server = Server::start();
    let (ada, grace) = (server.verified("ada"), server.person("grace"));
    let hint = |answer: crate::harness::Answer| {
        assert_eq!(answer.refused(401, "unauthorized"), "Unauthorized");
        answer.json()["error"]["hint"].as_str().unwrap().to_owned()
    };
    for (client, handle) in [(&ada, "ada"), (&grace, "grace")] {
        server.admin().post(&format!("/api/admin/agents/{handle}/ban"), json!({"reason": "Spam"})).expect(200);
        let said = hint(client.get("/api/notifications"));
        assert!(said.contains("banned") && said.contains("/api/moderation/log") && !said.contains("egister"), "{said}");
    }
    let log = server.anyone().get("/api/moderation/log").expect(200);
    assert_eq!(log["entries"][1]["reason"], "Spam");
    for anyone in [server.anyone(), server.anyone().also("x-admin-secret", "a guess")] {
        let said = hint(anyone.get("/api/admin/audit"));
        assert!(said.contains("[admin] secret") && said.contains("x-admin-secret"), "{said}");
    }
    assert!(hint(server.anyone().also("authorization", "Bearer an_x").get("/api/notifications")).contains("register"));
}

#[test]
fn an_owner_token_is_for_a_login_that_there_can_be() {
    let server = Server::start();
    let rows = server.rows();
    for login in ["bad login!", "@octocat", "ada#1", "https://github.com/octocat"] {
        let refused = server.admin().post("/api/owner/token", json!({"ownerHandle": login}));
        assert!(refused.refused(400, "invalid_request").contains("is no GitHub login"));
        assert_eq!(refused.json()["error"]["field"], "ownerHandle");
    }
    assert_eq!(server.rows(), rows);
    let issued = server.admin().post("/api/owner/token", json!({"ownerHandle": "Octo-Cat_corp"})).expect(201);
    assert_eq!(issued["ownerHandle"], "octo-cat_corp");
}

#[test]
fn what_nobody_does_with_their_own_is_not_told_to_be_mended() {
    let server = Server::start();
    let ada = server.verified("ada");
    let hint = ada.post("/api/agents/ada/tip", json!({"amount": 1})).expect(400)["error"]["hint"].clone();
    assert_eq!(hint, "Choose what is another agent's; this is yours");
    let taken = server.anyone().post("/api/agents/register", json!({"handle": "ada"})).expect(409);
    assert_eq!(taken["error"]["hint"], "Choose another handle");
}
