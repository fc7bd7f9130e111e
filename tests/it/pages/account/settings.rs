//! Settings in the browser: profile, sessions, keys and webhook secrets.

use serde_json::json;

use super::super::forms::done;
use super::{check, key_in, page, refused, send};
use crate::harness::{Client, Server};
use crate::skills::endpoint::Endpoint;

/// A further browser of a person.
fn browser<'s>(server: &'s Server, login: &str) -> Client<'s> {
    server.anyone().with("cookie", &server.person_cookie(login)).with("sec-fetch-site", "same-origin")
}

/// The ids of the sessions on a page, in its order.
fn sessions(text: &str) -> Vec<String> {
    let ends = text.split("action=\"/settings/sessions/").skip(1).map(|rest| rest.split('/').next().unwrap());
    ends.filter(|id| id.starts_with("ses_")).map(str::to_owned).collect()
}

#[test]
fn a_profile_is_changed_and_emptied_by_its_form() {
    let server = Server::start();
    let grace = server.person("grace");
    let save = |fields: &[(&str, &str)]| done(&grace, &send(&grace, "/settings/profile", fields), "/settings");
    let profile = || server.anyone().get("/api/agents/grace").expect(200);
    let text = save(&[
        ("displayName", "Grace H."),
        ("bio", "One.\r\nTwo."),
        ("avatarEmoji", "🦉"),
        ("skillName", "review"),
        ("skillDescription", "I read it"),
        ("skillEndpoint", "https://example.com/hook?secret=1"),
        ("skillName", "teach"),
        ("skillDescription", ""),
        ("skillEndpoint", ""),
    ]);
    assert!(
        text.contains("Saved.") && text.contains("https://example.com/hook?secret=1"),
        "one sees one's own endpoints"
    );
    let now = profile();
    assert_eq!(json!([now["displayName"], now["bio"], now["avatarEmoji"]]), json!(["Grace H.", "One.\nTwo.", "🦉"]));
    assert_eq!(now["skills"][0]["name"], "review");
    assert_eq!(now["skills"][1]["name"], "teach");
    assert!(!page(&server.anyone(), "/agents/grace").0.contains("secret=1"));
    let text = save(&[("displayName", "Grace"), ("bio", ""), ("avatarEmoji", "owl"), ("skillName", "")]);
    assert!(text.contains("Saved, but for the avatar: that is no emoji."));
    let now = profile();
    assert_eq!(json!([now["bio"], now["avatarEmoji"], now["skills"]]), json!(["", "🦉", []]));
}

#[test]
fn a_refused_profile_keeps_what_was_typed_and_changes_nothing() {
    let server = Server::start();
    let (ada, grace) = (server.verified("ada"), server.person("grace"));
    let key = ada.key.as_deref().unwrap();
    let long = "x".repeat(301);
    let before = grace.get("/api/agents/grace").expect(200);
    for (fields, sentence) in [
        (vec![("displayName", ""), ("bio", "typed <b>")], "displayName is required"),
        (vec![("displayName", "G"), ("bio", &long)], "bio must be a text of at most 300 characters"),
        (vec![("displayName", "G"), ("bio", key)], "bio contains an API key"),
        (vec![("displayName", "G"), ("skillName", "a b"), ("skillDescription", "typed <b>")], "Skill 1: name must be"),
        (
            vec![("displayName", "G"), ("skillName", "a"), ("skillEndpoint", "javascript:alert(1)")],
            "Skill 1: endpoint must be an absolute http or https URL",
        ),
        (
            vec![("displayName", "G"), ("skillName", "a"), ("skillEndpoint", "http://127.0.0.1/")],
            "may not lie on a loopback",
        ),
        (vec![("displayName", "G"), ("skillName", "a"), ("skillDescription", key)], "skills contains an API key"),
    ] {
        let text = refused(&send(&grace, "/settings/profile", &fields), 400, sentence);
        for (_, typed) in fields {
            assert!(text.contains(&typed.replace('<', "&#60;").replace('>', "&#62;")), "{sentence}: {typed}");
        }
        assert_eq!(grace.get("/api/agents/grace").expect(200), before, "{sentence}");
    }
}

#[test]
fn sessions_are_listed_and_ended_one_by_one_or_all_others() {
    let server = Server::start();
    let (here, there, third, eve) =
        (browser(&server, "grace"), browser(&server, "grace"), browser(&server, "grace"), server.person("eve"));
    let (text, _) = page(&here, "/settings");
    let all = sessions(&text);
    assert_eq!((all.len(), text.matches("this browser").count()), (3, 1));
    let mine = sessions(text.split("this browser").nth(1).unwrap()).remove(0);
    let other = all.iter().find(|id| **id != mine).unwrap();
    // Nobody ends another's.
    assert_eq!(send(&eve, &format!("/settings/sessions/{mine}/end"), &[]).status, 404);
    assert!(!page(&eve, "/settings").0.contains(&mine));
    let text = done(&here, &send(&here, &format!("/settings/sessions/{other}/end"), &[]), "/settings");
    assert!(text.contains("That browser is signed out.") && sessions(&text).len() == 2);
    let signed_in = |client: &Client| client.get("/api/auth/me").expect(200)["authenticated"].clone();
    let left: Vec<&Client> = [&there, &third].into_iter().filter(|client| signed_in(client) == true).collect();
    assert_eq!(left.len(), 1);
    let text = done(&here, &send(&here, "/settings/sessions/end-others", &[]), "/settings");
    assert!(text.contains("You are signed out on 1 other browser.") && sessions(&text) == [mine.clone()]);
    assert!(!text.contains("Sign out everywhere else"));
    assert_eq!((signed_in(left[0]), signed_in(&here), signed_in(&eve)), (json!(false), json!(true), json!(true)));
    // The one of this browser ends with its cookie.
    let answer = send(&here, &format!("/settings/sessions/{mine}/end"), &[]);
    assert_eq!((answer.status, answer.header("location")), (303, Some("/")));
    assert!(answer.header("set-cookie").unwrap().starts_with("aiins_session=;"));
    assert_eq!(signed_in(&here), false);
}

#[test]
fn an_owner_gives_their_agent_a_new_key_and_sees_it_once() {
    let server = Server::start();
    let (helper, grace, eve) = (server.owned("helper", "grace"), server.person("grace"), server.person("eve"));
    assert!(page(&grace, "/settings").0.contains(r#"action="/settings/agents/helper/reset-key""#));
    assert!(!page(&eve, "/settings").0.contains("helper"));
    for (client, handle, status) in
        [(&eve, "helper", 403), (&eve, "nobody", 403), (&grace, "nobody", 403), (&grace, "grace", 409)]
    {
        let answer = send(client, &format!("/settings/agents/{handle}/reset-key"), &[]);
        assert_eq!(answer.status, status, "{handle}");
        assert!(!check(&answer).0.contains("an_"));
    }
    helper.get("/api/agents/helper/status").expect(200);
    let answer = send(&grace, "/settings/agents/helper/reset-key", &[]);
    assert_eq!((answer.status, answer.header("cache-control")), (200, Some("no-store")));
    assert_eq!((answer.header("location"), answer.header("set-cookie")), (None, None), "no redirect carries it");
    let (text, _) = check(&answer);
    let key = key_in(&text);
    assert!(text.contains("A new key for @helper") && text.contains("opens nothing any more"));
    helper.get("/api/agents/helper/status").refused(401, "unauthorized");
    server.anyone().with_key("helper", &key).get("/api/agents/helper/status").expect(200);
    for path in ["/settings", "/agents/helper", "/notifications"] {
        assert!(!page(&grace, path).0.contains("an_"), "{path}");
    }
    // Nor is it kept for whoever sends the form a second time.
    let again = grace.also("idempotency-key", "once");
    let first = key_in(&send(&again, "/settings/agents/helper/reset-key", &[]).text());
    let second = send(&again, "/settings/agents/helper/reset-key", &[]);
    assert_eq!(second.status, 409);
    assert!(!second.text().contains(&first));
}

#[test]
fn webhook_secrets_are_shown_to_their_owner_in_an_answer_that_nobody_keeps() {
    let server = Server::start();
    let (helper, grace, eve) = (server.owned("helper", "grace"), server.person("grace"), server.person("eve"));
    let secret_of = |client: &Client| {
        client.get(&format!("/api/agents/{}/webhook-secret", client.handle)).expect(200)["secret"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    assert!(!page(&grace, "/settings").0.contains("whsec_"), "none is made by looking");
    let own = secret_of(&helper);
    let answer = grace.also("accept", "text/html").get("/settings");
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert_eq!(answer.text().matches(&own).count(), 1);
    assert!(!page(&eve, "/settings").0.contains("whsec_"));
    let text = done(&grace, &send(&grace, "/settings/agents/helper/webhook-secret", &[]), "/settings");
    assert!(text.contains("@helper has a new webhook secret.") && !text.contains(&own));
    assert!(text.contains(&secret_of(&helper)), "it is the one that the agent reads");
    done(&grace, &send(&grace, "/settings/agents/grace/webhook-secret", &[]), "/settings");
    assert!(page(&grace, "/settings").0.contains(&secret_of(&grace)));
    let before = secret_of(&helper);
    refused(&send(&eve, "/settings/agents/helper/webhook-secret", &[]), 403, "Only the agent itself may do this");
    assert_eq!(secret_of(&helper), before);
}

#[test]
fn an_owner_sees_how_events_go_and_switches_them_on_and_off() {
    let server = Server::with(|settings| settings.skills.allow_private_networks = true);
    let (helper, grace, eve) = (server.owned("helper", "grace"), server.person("grace"), server.person("eve"));
    let endpoint = Endpoint::answering("500 Internal Server Error", "text/plain", "");
    let form = "/settings/agents/helper/events";
    let text = page(&grace, "/settings").0;
    assert!(text.contains("No events are sent to the endpoint.") && !text.contains(form), "there is no endpoint");
    refused(&send(&grace, form, &[("events", "*")]), 400, "events need an endpoint to be sent to");
    helper.patch("/api/agents/helper", json!({"endpoint": endpoint.url()})).expect(200);
    assert!(page(&grace, "/settings").0.contains("Send all events to the endpoint"));
    refused(&send(&eve, form, &[("events", "*")]), 403, "Only the agent itself may do this");
    refused(&send(&grace, form, &[("events", "likes")]), 400, "did you mean `like`?");
    let text = done(&grace, &send(&grace, form, &[("events", "*")]), "/settings");
    assert!(text.contains("Events are sent to the endpoint of @helper from now on."));
    assert!(text.contains("Every notification is sent to the endpoint as an event."));
    assert_eq!(helper.get("/api/agents/helper").expect(200)["events"], json!(["*"]));
    eve.post("/api/agents/helper/follow", json!({})).expect(200);
    aiins::identity::deliveries::deliver_due(server.app.store());
    let text = page(&grace, "/settings").0;
    assert!(text.contains("It fails at the moment and is tried again."));
    assert!(text.contains("on its way after 1 attempt: it answered 500"), "{text}");
    assert!(!text.contains(&endpoint.url()) && !page(&eve, "/settings").0.contains("it answered"));
    let text = done(&grace, &send(&grace, form, &[]), "/settings");
    assert!(text.contains("No more events are sent to the endpoint of @helper."));
    assert!(text.contains("dropped: events were switched off"));
}
