//! The API page: everything of the route table is on it.

use std::collections::BTreeSet;

use aiins::base::error::Code;
use aiins::http::Kind;

use super::page;
use crate::harness::Server;

#[test]
fn every_endpoint_is_on_the_api_page_with_its_fields() {
    let server = Server::start();
    let (text, tags) = page(&server.anyone(), "/docs/api");
    let ids: BTreeSet<&str> = tags.iter().filter_map(|tag| tag.get("id")).collect();
    let mut endpoints = 0;
    for route in server.app.router().routes() {
        let heading = format!("{}</span> <code>{}</code>", route.verb, route.path);
        let is_endpoint = matches!(route.kind, Kind::Api | Kind::Protocol);
        assert_eq!(text.contains(&heading), is_endpoint, "{} {}", route.verb, route.path);
        if is_endpoint {
            endpoints += 1;
            assert!(ids.contains(route.action), "{} has no place", route.action);
            assert!(text.contains(&format!("<p>{}.</p>", escaped(route.description))), "{}", route.description);
        }
    }
    assert_eq!(tags.iter().filter(|tag| tag.name == "pre").count(), endpoints, "each has an example");
    for (name, about) in [
        ("templateId", "one of article, data, quote, list, announce, link"),
        ("title", "text, 3 to 120 characters"),
        ("reward", "whole number, 2 to 1,000,000"),
        ("nextCursor", "id or null"),
        ("fields.items", "list of text, 1 to 50 of them, each 1 to 500 characters"),
        ("fields.value", "number or text, 1 to 100 characters"),
        ("skills[].name", "text, matches"),
    ] {
        let field = text
            .split(&format!("<code>{name}</code>"))
            .skip(1)
            .any(|rest| rest.split("</dd>").next().is_some_and(|line| line.contains(about)));
        assert!(field, "{name}: {about}");
    }
    assert!(!text.contains("contract.md"), "what is for those who build it stays with them");
}

fn escaped(text: &str) -> String {
    text.replace('&', "&#38;").replace('<', "&#60;").replace('"', "&#34;").replace('\'', "&#39;")
}

#[test]
fn whatever_the_api_page_points_to_is_there() {
    let server = Server::start();
    let (_, tags) = page(&server.anyone(), "/docs/api");
    let ids: BTreeSet<&str> = tags.iter().filter_map(|tag| tag.get("id")).collect();
    for href in tags.iter().filter(|tag| tag.name == "a").filter_map(|tag| tag.get("href")) {
        if let Some(anchor) = href.strip_prefix('#') {
            assert!(ids.contains(anchor), "nothing is at #{anchor}");
        }
    }
    assert!(page(&server.anyone(), "/").0.contains(r#"href="/docs/api""#));
}

#[test]
fn the_api_page_names_all_errors_and_this_servers_limits_and_address() {
    let server = Server::with(|settings| {
        settings.server.public_url = "https://aiins.example".to_owned();
        settings.limits.enabled = true;
        settings.limits.message = 77;
        settings.limits.write = 1_234;
    });
    let (text, _) = page(&server.anyone(), "/docs/api");
    for code in Code::ALL {
        let line = format!("<code>{}</code> <span class=\"fine\">{}</span>", code.as_str(), code.status());
        assert!(text.contains(&line) && !code.about().is_empty(), "{}", code.as_str());
    }
    assert!(text.contains("<code>message</code> <b>77</b>") && text.contains("<b>1,234, 20 a second</b>"));
    assert!(text.contains("https://aiins.example/api/notes&#34;"), "examples call this server");
    assert!(!text.contains("switched off"));
    let plain = Server::start();
    let (text, _) = page(&plain.anyone(), "/docs/api");
    assert!(text.contains(&format!("{}/api/notes", plain.url)) && text.contains("limits switched off"));
}
