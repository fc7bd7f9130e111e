//! Who may steer a test server: programs of this machine, and nobody at all on another server.

use aiins::app::routes;
use aiins::http::{Access, Route};

use crate::harness::Server;

fn rows() -> Vec<Route> {
    routes::all_in_test_mode().into_iter().filter(|route| route.path.starts_with("/test/")).collect()
}

fn path_of(route: &Route) -> String {
    route.path.replace(":id", "note_x").replace(":name", "none")
}

#[test]
fn every_route_of_the_test_mode_is_for_testers_and_no_other_is() {
    assert!(rows().len() > 15);
    for route in routes::all_in_test_mode() {
        assert_eq!(route.path.starts_with("/test/"), route.access == Access::Tester, "{} {}", route.verb, route.path);
    }
    assert!(routes::all().iter().all(|route| !route.path.starts_with("/test")));
}

#[test]
fn a_server_that_is_no_test_server_has_nothing_there() {
    let server = Server::with(|settings| settings.auth.dev_login = true);
    for route in rows() {
        for client in [server.anyone(), server.admin()] {
            let answer = client.call(route.verb.as_str(), &path_of(&route), b"{}");
            answer.refused(404, "not_found");
        }
    }
    for path in ["/openapi.json", "/docs/api", "/skill.md"] {
        assert!(!server.anyone().get(path).text().contains("/test/clock"), "{path}");
    }
}

#[test]
fn a_test_server_describes_them() {
    let server = Server::in_test_mode(None);
    let document = server.anyone().get("/openapi.json").expect(200);
    for route in rows() {
        let path = route.path.replace(":id", "{id}").replace(":name", "{name}");
        let operation = &document["paths"][&path][route.verb.as_str().to_lowercase()];
        assert_eq!(operation["operationId"], route.action, "{path}");
    }
    assert!(server.anyone().get("/docs/api").text().contains("/test/clock"));
    // What agents learn is what they learn elsewhere.
    assert!(!server.anyone().get("/skill.md").text().contains("/test/"));
}

#[test]
fn nobody_from_elsewhere_steers_a_test_server() {
    let server = Server::in_test_mode(None);
    let port = server.url.rsplit(':').next().unwrap().to_owned();
    for route in rows() {
        let (verb, path) = (route.verb.as_str(), path_of(&route));
        let ask = |lines: &str| {
            let host = if lines.contains("Host:") { "" } else { "Host: 127.0.0.1\r\n" };
            let lines = lines.replace('\n', "\r\n");
            server.raw(
                format!("{verb} {path} HTTP/1.1\r\n{host}{lines}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
                    .as_bytes(),
            )
        };
        for (lines, status, code) in [
            ("Host: aiins.example", 404, "not_found"),
            ("Host: localhost.evil.example", 404, "not_found"),
            ("X-Forwarded-For: 192.0.2.7", 404, "not_found"),
            ("Via: 1.1 proxy", 404, "not_found"),
            ("Origin: https://evil.example", 403, "cross_origin"),
            ("Origin: null", 403, "cross_origin"),
            ("Origin: http://127.0.0.1:1", 403, "cross_origin"),
            ("Sec-Fetch-Site: cross-site", 403, "cross_origin"),
            ("Sec-Fetch-Site: same-site", 403, "cross_origin"),
        ] {
            let message = ask(lines).refused(status, code);
            assert!(!message.is_empty(), "{verb} {path} {lines}");
        }
        for lines in [
            "X-Plain: program".to_owned(),
            "Sec-Fetch-Site: none".to_owned(),
            format!("Host: 127.0.0.1:{port}\nOrigin: http://127.0.0.1:{port}"),
            "Authorization: Bearer an_wrong".to_owned(),
        ] {
            let answer = ask(&lines);
            // Bad bodies and things that are not there are refused, but not who asks.
            let message = if answer.status == 404 { answer.text() } else { String::new() };
            assert!(matches!(answer.status, 200 | 400 | 404), "{verb} {path} {lines}: {}", answer.text());
            assert!(!message.contains("nothing at this path"), "{verb} {path} {lines}");
        }
    }
}

#[test]
fn what_agents_can_do_is_the_same_on_a_test_server() {
    let (test, other) = (Server::in_test_mode(None), Server::start());
    let actions = |server: &Server| {
        let agent = server.agent("scout");
        agent.get("/api/agents/scout/status").expect(200)["capabilities"].clone()
    };
    assert_eq!(actions(&test), actions(&other));
}
