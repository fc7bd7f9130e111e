//! OpenAPI: the document says what the table says, and what it says is so.

use std::collections::BTreeSet;

use aiins::http::{Kind, Route, Verb};
use serde_json::{Value, json};

use crate::harness::{Client, Server};

fn document(server: &Server) -> Value {
    server.anyone().get("/openapi.json").expect(200)
}

/// The operation of a route.
fn operation<'d>(document: &'d Value, route: &Route) -> &'d Value {
    let segment = |segment: &str| segment.strip_prefix(':').map_or(segment.to_owned(), |name| format!("{{{name}}}"));
    let path: Vec<String> = route.path.split('/').map(segment).collect();
    &document["paths"][path.join("/")][route.verb.as_str().to_lowercase()]
}

/// Visits every value of a document.
fn walk<'d>(value: &'d Value, visit: &mut impl FnMut(&'d Value)) {
    visit(value);
    match value {
        Value::Object(members) => members.values().for_each(|member| walk(member, visit)),
        Value::Array(entries) => entries.iter().for_each(|entry| walk(entry, visit)),
        _ => {}
    }
}

#[test]
fn every_endpoint_is_an_operation_with_a_name_of_its_own() {
    let server = Server::start();
    let document = document(&server);
    let mut names = BTreeSet::new();
    for route in server.app.router().routes().iter().filter(|route| route.kind == Kind::Api) {
        let operation = operation(&document, route);
        assert_eq!(operation["operationId"], route.action, "{} {}", route.verb, route.path);
        assert!(names.insert(route.action), "{} is the name of two operations", route.action);
        assert_eq!(operation["requestBody"].is_object(), route.body.is_some(), "{}", route.action);
        assert!(operation["responses"][route.answer.0.to_string()].is_object(), "{}", route.action);
    }
    let pages = document["paths"].as_object().unwrap().keys().filter(|path| path.starts_with("/notes"));
    assert_eq!(pages.count(), 0, "pages are no part of the API");
}

#[test]
fn every_reference_leads_somewhere() {
    let server = Server::start();
    let document = document(&server);
    let mut followed = 0;
    walk(&document, &mut |value| {
        if let Some(reference) = value.get("$ref").and_then(Value::as_str) {
            let pointer = reference.strip_prefix('#').unwrap();
            assert!(document.pointer(pointer).is_some(), "{reference} leads nowhere");
            followed += 1;
        }
    });
    assert!(followed > 100, "{followed}");
}

#[test]
fn the_document_names_this_server_and_keeps_for_an_etag() {
    let server = Server::with(|settings| settings.server.public_url = "https://agents.example".to_owned());
    let answer = server.anyone().get("/openapi.json");
    assert_eq!(answer.expect(200)["servers"][0]["url"], "https://agents.example");
    let tag = answer.header("etag").unwrap().to_owned();
    assert_eq!(server.anyone().also("if-none-match", &tag).get("/openapi.json").status, 304);
}

#[test]
fn the_schema_of_a_note_says_what_each_template_takes() {
    let server = Server::start();
    let document = document(&server);
    let schema = &document["paths"]["/api/notes"]["post"]["requestBody"]["content"]["application/json"]["schema"];
    let link = schema["oneOf"].as_array().unwrap().iter().find(|shape| shape["title"] == "link").unwrap();
    assert_eq!(link["properties"]["fields"]["required"], json!(["url"]));
    assert_eq!(link["properties"]["fields"]["additionalProperties"], false);
    let draft = &document["paths"]["/api/notes/draft"]["post"]["requestBody"]["content"]["application/json"]["schema"];
    assert_eq!(draft["oneOf"][0]["properties"]["fields"]["required"], json!([]));
}

/// A path for an operation that writes, with things of the caller's in it.
fn path_of(action: &str, me: &Client, cast: &Cast) -> String {
    let Cast { note, others_note, comment, draft, series, open, claimed } = cast;
    match action {
        "register" => "/api/agents/register".to_owned(),
        "update_profile" => format!("/api/agents/{}", me.handle),
        "mark_notifications_read" => "/api/notifications/read".to_owned(),
        "post_note" => "/api/notes".to_owned(),
        "edit_note" => format!("/api/notes/{note}"),
        "save_draft" => "/api/notes/draft".to_owned(),
        "edit_draft" => format!("/api/notes/draft/{draft}"),
        "comment" => format!("/api/notes/{others_note}/comments"),
        "vote_on_comment" => format!("/api/notes/{others_note}/comments/{comment}/vote"),
        "tip_agent" => "/api/agents/scout/tip".to_owned(),
        "create_community" => "/api/communities".to_owned(),
        "create_series" => "/api/series".to_owned(),
        "edit_series" => format!("/api/series/{series}"),
        "report" => "/api/reports".to_owned(),
        "send_message" => "/api/messages".to_owned(),
        "boost_note" => format!("/api/notes/{note}/boost"),
        "call_hosted_skill" => "/api/skills/echo/scout".to_owned(),
        "post_bounty" => "/api/bounties".to_owned(),
        "apply_bounty" => format!("/api/bounties/{open}/claim"),
        "deliver_bounty" => format!("/api/bounties/{claimed}/deliver"),
        "dispute_bounty" => format!("/api/bounties/{claimed}/dispute"),
        other => panic!("{other} has an example and no path here"),
    }
}

/// What the examples are about.
struct Cast {
    note: String,
    others_note: String,
    comment: String,
    draft: String,
    series: String,
    open: String,
    claimed: String,
}

fn id(answer: &Value, thing: &str) -> String {
    answer[thing]["id"].as_str().unwrap().to_owned()
}

impl Cast {
    fn of(server: &Server, me: &Client, scout: &Client) -> Cast {
        server.grant("me-too", 500);
        server.grant("scout", 500);
        let others_note = scout.publish("Of scout");
        let comment = scout.post(&format!("/api/notes/{others_note}/comments"), json!({"body": "First"})).expect(201);
        let bounty = || id(&scout.post("/api/bounties", json!({"title": "A task", "reward": 2})).expect(201), "bounty");
        let (open, claimed) = (bounty(), bounty());
        me.post(&format!("/api/bounties/{claimed}/claim"), json!({})).expect(201);
        scout.patch(&format!("/api/bounties/{claimed}/claim"), json!({"claimAgentId": me.id()})).expect(200);
        Cast {
            note: me.publish("Mine"),
            others_note,
            comment: id(&comment, "comment"),
            draft: id(&me.post("/api/notes/draft", json!({"templateId": "quote"})).expect(201), "draft"),
            series: id(&me.post("/api/series", json!({"title": "S"})).expect(201), "series"),
            open,
            claimed,
        }
    }
}

#[test]
fn every_example_of_a_body_is_accepted() {
    // Tokens are made for one server; the administrator's deeds and the end of an account have tests of their own.
    const ELSEWHERE: &[&str] = &[
        "verify_owner",
        "issue_owner_token",
        "reject_note",
        "ban_agent",
        "resolve_bounty",
        "decide_report",
        "delete_account",
    ];
    let server = Server::start();
    let (me, scout) = (server.verified("me-too"), server.verified("scout"));
    let cast = Cast::of(&server, &me, &scout);
    let document = document(&server);
    let mut tried = 0;
    // An edit takes a note offline, so it comes last.
    let routes = server.app.router().routes().iter().filter(|route| route.kind == Kind::Api);
    let (edits, others): (Vec<_>, Vec<_>) = routes.partition(|route| route.verb == Verb::Patch);
    for route in others.into_iter().chain(edits) {
        let schema = &operation(&document, route)["requestBody"]["content"]["application/json"]["schema"];
        let Some(examples) = schema.get("examples").and_then(Value::as_array) else { continue };
        if ELSEWHERE.contains(&route.action) {
            continue;
        }
        let path = path_of(route.action, &me, &cast);
        for example in examples {
            let answer = me.call(route.verb.as_str(), &path, example.to_string().as_bytes());
            assert_eq!(answer.status, route.answer.0, "{}: {}", route.action, answer.text());
            tried += 1;
        }
    }
    assert!(tried >= 20, "{tried}");
}
