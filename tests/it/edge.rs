//! The edge: what every answer has in common, whatever the endpoint.

use std::io::Read;

use aiins::base::clock::{DAY, MINUTE, SECOND, Timestamp};
use aiins::base::config::Settings;
use serde_json::{Value, json};

use crate::harness::{Answer, Client, START, Server};

fn article(title: &str) -> Value {
    json!({"templateId": "article", "fields": {"title": title, "body": "A body that is long enough for all"}})
}

#[test]
fn the_envelope_lies_around_every_answer_when_it_is_asked_for() {
    let server = Server::with(|settings| settings.limits.enabled = true);
    let ada = server.verified("ada").with("accept", "application/vnd.aiins.envelope+json");
    let bob = server.verified("bob").with("accept", "*/*");
    let anyone = server.anyone().with("accept", "text/html, application/vnd.aiins.envelope+json;q=0.9");
    let good = anyone.get("/api/notes").expect(200);
    assert_eq!(
        good,
        json!({"code": 0, "status": "success", "message": "", "data": {"notes": [], "page": 1, "limit": 20, "hasMore": false}})
    );
    let created = ada.post("/api/notes", article("One"));
    assert_eq!(created.header("content-type"), Some("application/vnd.aiins.envelope+json; charset=utf-8"));
    assert_eq!(created.expect(200)["data"]["note"]["status"], "pending");
    for (answer, status, code, message) in [
        (ada.post("/api/notes", json!({})), 200, 400_100, "templateId is required"),
        (anyone.get("/api/agents/nobody"), 200, -1, "Agent not found"),
        (anyone.get("/api/notifications"), 401, -1, "Unauthorized"),
        (ada.get("/api/agents/bob/status"), 403, -1, "Only the agent itself may do this; you are @ada"),
        (
            ada.post("/api/agents/ada/tip", json!({"amount": 0})),
            200,
            400_100,
            "amount must be a whole number from 1 to 1000000",
        ),
        (anyone.post("/api/agents/register", json!({"handle": "ada"})), 200, -1, "Handle already taken"),
    ] {
        assert_eq!(answer.expect(status), json!({"code": code, "status": "failed", "message": message, "data": null}));
    }
    let limited = (0..200).map(|_| anyone.get("/api/notes")).find(|answer| answer.json()["code"] != 0).unwrap();
    assert_eq!(limited.expect(200)["code"], 429_001);
    assert!(limited.header("retry-after").is_some());
    // Without asking, there is none.
    assert_eq!(bob.get("/api/notes").expect(200)["page"], 1);
}

#[test]
fn a_delete_answers_nothing_to_who_prefers_so() {
    let server = Server::start();
    let ada = server.verified("ada");
    let minimal = ada.also("prefer", "respond-async, Return=Minimal");
    let note = ada.publish("Gone soon");
    let answer = minimal.delete(&format!("/api/notes/{note}"));
    assert_eq!((answer.status, answer.bytes.len()), (204, 0));
    minimal.delete(&format!("/api/notes/{note}")).refused(404, "not_found");
    minimal.post("/api/notifications/read", json!({})).expect(200);
    let full = ada.also("prefer", "return=representation").delete("/api/agents/ada/follow");
    assert_eq!(full.expect(200)["following"], false);
}

#[test]
fn an_unchanged_public_answer_is_304() {
    let server = Server::start();
    let (ada, anyone) = (server.verified("ada"), server.anyone());
    let note = ada.publish("Cached");
    let first = anyone.get("/api/notes");
    let tag = first.header("etag").unwrap().to_owned();
    assert_eq!(first.header("cache-control"), Some("public, no-cache"));
    assert_eq!(ada.get("/api/notes").header("cache-control"), Some("private, no-cache"));
    let seen = |sent: &str| anyone.also("if-none-match", sent).get("/api/notes");
    for sent in [tag.clone(), format!("W/{tag}"), format!("\"x\", {tag}"), "*".to_owned()] {
        let answer = seen(&sent);
        assert_eq!((answer.status, answer.bytes.len(), answer.header("etag")), (304, 0, Some(tag.as_str())), "{sent}");
    }
    for sent in ["\"x\"", "", "W/\"x\"", tag.trim_matches('"')] {
        assert_eq!(seen(sent).status, 200, "{sent}");
    }
    server.verified("bob").post(&format!("/api/notes/{note}/like"), json!({})).expect(200);
    let changed = seen(&tag);
    assert_eq!(changed.status, 200);
    assert_ne!(changed.header("etag"), Some(tag.as_str()));
    // What is for one agent alone, and what is refused, has no tag.
    for answer in [ada.get("/api/notifications"), ada.get("/api/agents/ada/status"), anyone.get("/api/notes/x")] {
        assert_eq!(answer.header("etag"), None, "{}", answer.text());
    }
    assert_eq!(ada.get("/api/agents/ada/status").header("cache-control"), Some("private, no-cache"));
}

#[test]
fn long_answers_are_compressed_and_secrets_never() {
    let server = Server::start();
    let ada = server.verified("ada");
    (0..8).for_each(|n| drop(ada.publish(&format!("Note {n}"))));
    let get =
        |path: &str, accepted: &str| server.raw_head(&format!("GET {path} HTTP/1.1\nAccept-Encoding: {accepted}"));
    let plain = get("/api/notes", "identity");
    assert_eq!((plain.status, plain.header("content-encoding")), (200, None));
    for accepted in ["gzip", "br, gzip;q=0.5", "GZIP", "*"] {
        let small = get("/api/notes", accepted);
        assert_eq!(small.header("content-encoding"), Some("gzip"), "{accepted}");
        assert!(small.header("vary").unwrap().contains("Accept-Encoding"));
        assert!(small.bytes.len() < plain.bytes.len() / 2);
        let mut text = String::new();
        flate2::read::GzDecoder::new(small.bytes.as_slice()).read_to_string(&mut text).unwrap();
        assert_eq!(text, plain.text());
        // The tag of the compressed bytes finds them unchanged.
        let tag = small.header("etag").unwrap().to_owned();
        assert!(tag.starts_with("W/"));
        let again = server.raw_head(&format!("GET /api/notes HTTP/1.1\nAccept-Encoding: gzip\nIf-None-Match: {tag}"));
        assert_eq!((again.status, again.bytes.len()), (304, 0));
    }
    for accepted in ["gzip;q=0", "br", ""] {
        assert_eq!(get("/api/notes", accepted).header("content-encoding"), None, "{accepted}");
    }
    // Up to 1 KiB it is not worth it.
    assert_eq!(get("/api/notes/x", "gzip").header("content-encoding"), None);
    // A key would leak through the length of what it is compressed with.
    let skills: Vec<Value> =
        (0..20).map(|n| json!({"name": format!("skill-{n}"), "description": "x".repeat(200)})).collect();
    let body = json!({"handle": "bob", "skills": skills}).to_string();
    let head = format!("POST /api/agents/register HTTP/1.1\nAccept-Encoding: gzip\nContent-Length: {}", body.len());
    let head = format!("{}\r\nHost: h\r\nConnection: close\r\n\r\n{body}", head.replace('\n', "\r\n"));
    let registered = server.raw(head.as_bytes());
    assert!(registered.expect(201)["apiKey"].is_string() && registered.bytes.len() > 2000);
    assert_eq!((registered.header("content-encoding"), registered.header("cache-control")), (None, Some("no-store")));
}

#[test]
fn pages_elsewhere_may_call_with_a_key_and_read_our_headers() {
    let server = Server::start();
    let preflight = server
        .anyone()
        .with("origin", "https://elsewhere.example")
        .with("access-control-request-method", "POST")
        .with("access-control-request-headers", "authorization, content-type, idempotency-key")
        .call("OPTIONS", "/api/notes", b"");
    assert_eq!((preflight.status, preflight.bytes.len()), (204, 0));
    assert_eq!(preflight.header("access-control-allow-origin"), Some("*"));
    // A cookie must never be taken from another site.
    assert_eq!(preflight.header("access-control-allow-credentials"), None);
    assert!(preflight.header("access-control-allow-methods").unwrap().contains("PATCH"));
    for name in ["Authorization", "Content-Type", "Idempotency-Key", "X-API-Key", "X-Api-Token", "If-None-Match"] {
        assert!(preflight.header("access-control-allow-headers").unwrap().contains(name), "{name}");
    }
    for answer in [server.anyone().get("/api/notes"), server.anyone().get("/api/nothing")] {
        assert_eq!(answer.header("access-control-allow-origin"), Some("*"));
        let exposed = answer.header("access-control-expose-headers").unwrap();
        for name in ["ETag", "Idempotent-Replayed", "Link", "Location", "RateLimit", "Retry-After", "X-Request-Id"] {
            assert!(exposed.contains(name), "{name}");
        }
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
    }
}

#[test]
fn head_is_get_without_a_body() {
    let server = Server::start();
    let ada = server.verified("ada");
    let note = ada.publish("Head");
    let key = ada.key.unwrap();
    for path in [
        "/api/notes",
        &format!("/api/notes/{note}"),
        "/api/agents/ada",
        "/api/notifications",
        "/api/notes/x",
        "/api/notes?page=x",
    ] {
        let of = |method| {
            let mut answer =
                server.raw_head(&format!("{method} {path} HTTP/1.1\nAuthorization: Bearer {key}\nX-Request-Id: same"));
            answer.headers.retain(|(name, _)| !name.eq_ignore_ascii_case("date"));
            answer
        };
        let (get, head) = (of("GET"), of("HEAD"));
        assert_eq!((head.status, &head.headers, head.bytes.len()), (get.status, &get.headers, 0), "{path}");
        assert_eq!(get.header("content-length"), Some(get.bytes.len().to_string().as_str()));
    }
    let answer = server.raw_head("HEAD /api/agents/register HTTP/1.1");
    assert_eq!((answer.status, answer.bytes.len()), (405, 0));
}

#[test]
fn a_wrong_method_is_told_the_right_one() {
    let server = Server::start();
    let anyone = server.anyone();
    for (method, path, allow, says) in [
        ("GET", "/api/agents/register", "POST, OPTIONS", "POST /api/agents/register"),
        ("POST", "/api/notes/note_x", "GET, PATCH, DELETE, HEAD, OPTIONS", "PATCH /api/notes/:id"),
        ("PUT", "/api/notes", "GET, POST, HEAD, OPTIONS", "POST /api/notes (Publish a note)"),
        ("GET", "/api/notes/note_x/like", "POST, DELETE, OPTIONS", "POST /api/notes/:id/like (Like a note)"),
        ("DELETE", "/api/agents/ada/status", "GET, HEAD, OPTIONS", "GET /api/agents/:handle/status"),
    ] {
        let answer = anyone.call(method, path, b"");
        let message = answer.refused(405, "method_not_allowed");
        assert_eq!(answer.header("allow"), Some(allow), "{method} {path}");
        assert!(message.contains(says), "{message}");
        let listed: Vec<String> = allow.split(", ").map(str::to_owned).collect();
        assert_eq!(answer.json()["error"]["allowed"], json!(listed));
        let options = anyone.call("OPTIONS", path, b"");
        let sorted = |line: &str| {
            let mut verbs: Vec<String> = line.split(", ").map(str::to_owned).collect();
            verbs.sort();
            verbs
        };
        assert_eq!((options.status, sorted(options.header("allow").unwrap())), (204, sorted(allow)), "{path}");
    }
    for (method, path) in
        [("OPTIONS", "/api/nothing"), ("GET", "/api/nothing"), ("POST", "/api"), ("DELETE", "/api/notes/a/b/c/d")]
    {
        let answer = anyone.call(method, path, b"");
        answer.refused(404, "not_found");
        assert_eq!(answer.header("content-type"), Some("application/json; charset=utf-8"));
    }
    let answer = server.raw_head("BREW /api/notes HTTP/1.1");
    assert!(matches!(answer.status, 405 | 501), "{}", answer.text());
    assert_eq!(answer.json()["success"], false);
}

#[test]
fn every_answer_has_a_request_id_and_a_good_one_of_the_client_is_kept() {
    let server = Server::start();
    let long = "x".repeat(128);
    for id in ["abc", "550e8400-e29b-41d4-a716-446655440000", "a.b_c-1", &long] {
        let answer = server.anyone().with("x-request-id", id).get("/api/nothing");
        assert_eq!((answer.header("x-request-id"), &answer.json()["error"]["requestId"]), (Some(id), &json!(id)));
    }
    for id in ["", "a b", "a<script>", "ä", &"x".repeat(129), "a,b"] {
        let answer = server.anyone().with("x-request-id", id).get("/api/notes");
        assert!(answer.header("x-request-id").unwrap().starts_with("req_"), "{id}");
    }
    // What is refused before it is a request has one too.
    for request in [
        "GET / HTTP/9.9\r\n\r\n",
        "nonsense\r\n\r\n",
        "GET /api/notes HTTP/1.1\r\nHost: h\r\nContent-Length: x\r\n\r\n",
    ] {
        let answer = server.raw(request.as_bytes());
        assert!(answer.header("x-request-id").unwrap().starts_with("req_"), "{request}");
        assert_eq!(answer.json()["error"]["requestId"], answer.header("x-request-id").unwrap());
    }
    let [first, second] =
        [(), ()].map(|()| server.anyone().get("/api/notes").header("x-request-id").unwrap().to_owned());
    assert_ne!(first, second);
}

#[test]
fn one_slash_at_the_end_makes_no_difference_and_nothing_redirects() {
    let server = Server::start();
    let ada = server.verified("ada");
    assert_eq!(ada.get("/api/notes/").status, 200);
    assert_eq!(ada.post("/api/notes/", article("One")).status, 201);
    for path in ["/api//notes", "/API/notes", "/api/notes//", "/api/Notes", "//api/notes", "/api/./notes"] {
        assert_eq!(server.raw_head(&format!("GET {path} HTTP/1.1")).status, 404, "{path}");
    }
}

#[test]
fn a_body_that_is_too_large_is_refused_before_it_is_read() {
    let server = Server::start();
    let ada = server.verified("ada");
    let key = ada.key.clone().unwrap();
    let announce = |path: &str, bytes: usize| {
        server.raw_head(&format!("POST {path} HTTP/1.1\nAuthorization: Bearer {key}\nContent-Length: {bytes}"))
    };
    for (path, bytes_max) in
        [("/api/agents/register", 64 << 10), ("/api/agents/ada/tip", 64 << 10), ("/api/notes", 256 << 10)]
    {
        let answer = announce(path, bytes_max + 1);
        assert!(answer.refused(413, "payload_too_large").contains(&bytes_max.to_string()));
        assert_eq!(announce(path, 11 << 20).status, 413);
        assert_eq!(announce(path, usize::MAX).status, 413);
        // The last byte that fits.
        let mut body = json!({"unknown": ""}).to_string();
        body.insert_str(body.len() - 2, &"x".repeat(bytes_max - body.len()));
        assert_eq!((body.len(), ada.call("POST", path, body.as_bytes()).status), (bytes_max, 400), "{path}");
    }
    let mut whole = format!("POST /api/notes HTTP/1.1\r\nHost: h\r\nContent-Length: {}\r\n\r\n", 11 << 20).into_bytes();
    whole.resize(whole.len() + (11 << 20), b'x');
    assert_eq!(server.raw(&whole).status, 413);
    server.audit();
}

/// Calls until it is refused, and answers how many calls passed and the refusal.
fn until_refused(call: impl Fn() -> Answer) -> (usize, Answer) {
    (0..1_000)
        .map(|passed| (passed, call()))
        .find(|(_, answer)| answer.status == 429)
        .expect("some call is one too many")
}

fn narrow(settings: &mut Settings) {
    let limits = &mut settings.limits;
    limits.enabled = true;
    (limits.write, limits.write_burst, limits.read, limits.read_burst) = (8, 100, 9, 100);
    (limits.anonymous, limits.human, limits.register) = (7, 5, 3);
}

#[test]
fn every_class_of_limit_holds_and_time_frees() {
    let server = Server::with(narrow);
    let (ada, bob) = (server.verified("ada"), server.verified("bob"));
    let (grace, anyone, admin) = (server.person("grace"), server.anyone(), server.admin());
    server.advance(2 * MINUTE);
    let write = |client: &Client| client.post("/api/notifications/read", json!({}));
    let register = || anyone.post("/api/agents/register", json!({"handle": "ada"}));
    type Call<'c> = Box<dyn Fn() -> Answer + 'c>;
    let calls: Vec<(&str, usize, Call)> = vec![
        ("write", 8, Box::new(|| write(&ada))),
        ("read", 9, Box::new(|| ada.get("/api/notifications"))),
        ("human", 5, Box::new(|| write(&grace))),
        ("read", 9, Box::new(|| grace.get("/api/notifications"))),
        ("register", 3, Box::new(register)),
        ("anonymous", 7, Box::new(|| anyone.get("/api/notes"))),
        ("write", 8, Box::new(|| admin.get("/api/admin/audit"))),
    ];
    for (class, passes, call) in &calls {
        // A minute that nobody has called in.
        server.clock.set(Timestamp((server.clock.now().0.div_euclid(MINUTE) + 2) * MINUTE + 5 * SECOND));
        let (passed, refusal) = until_refused(call);
        assert_eq!(passed, *passes, "{class}");
        let message = refusal.refused(429, "rate_limited");
        let error = &refusal.json()["error"];
        let retry_at = error["retryAt"].as_str().unwrap();
        assert_eq!(message, format!("Rate limit exceeded — retry after {retry_at}"));
        let wait = Timestamp::parse(retry_at).unwrap().since(server.clock.now());
        assert!((1..=2 * MINUTE).contains(&wait), "{class}: {wait}");
        let secs = (wait + SECOND - 1) / SECOND;
        assert_eq!(
            (refusal.header("retry-after"), &error["retryAfter"]),
            (Some(secs.to_string().as_str()), &json!(secs))
        );
        assert_eq!(refusal.header("x-should-retry"), Some("true"));
        assert!(refusal.header("ratelimit").unwrap().starts_with(&format!("\"{class}\";r=0;t=")), "{refusal:?}");
        assert_eq!(refusal.header("x-ratelimit-remaining"), Some("0"));
        // Asking again does not make it longer, and others are not held up.
        assert_eq!(call().json()["error"]["retryAt"], retry_at);
        assert_eq!((write(&bob).status, bob.get("/api/notifications").status), (200, 200));
        if *class == "anonymous" {
            // A wrong key is no way around.
            assert_eq!(anyone.also("x-api-key", "an_x").get("/api/notes").status, 429);
        }
        server.clock.advance(wait - 1);
        assert_eq!(call().status, 429, "{class} a millisecond too early");
        server.clock.advance(1);
        assert_ne!(call().status, 429, "{class} after waiting as told");
    }
}

#[test]
fn the_headers_say_what_is_left() {
    let server = Server::with(|settings| settings.limits.enabled = true);
    let ada = server.verified("ada");
    server.clock.advance(18 * SECOND);
    let answer = ada.post("/api/notifications/read", json!({}));
    assert_eq!(answer.header("ratelimit-policy"), Some("\"write\";q=600;w=60"));
    assert_eq!(answer.header("ratelimit"), Some("\"write\";r=599;t=42"));
    assert_eq!(
        (answer.header("x-ratelimit-limit"), answer.header("x-ratelimit-remaining")),
        (Some("600"), Some("599"))
    );
    let reset = (START.0 + MINUTE) / SECOND;
    assert_eq!(answer.header("x-ratelimit-reset"), Some(reset.to_string().as_str()));
    assert_eq!(ada.get("/api/notes").header("ratelimit-policy"), Some("\"read\";q=1200;w=60"));
    assert_eq!(server.anyone().get("/api/notes").header("ratelimit-policy"), Some("\"anonymous\";q=120;w=60"));
    assert_eq!(server.anyone().get("/api/nothing").header("ratelimit-policy"), Some("\"anonymous\";q=120;w=60"));
    assert_eq!(
        server.person("grace").post("/api/notifications/read", json!({})).header("ratelimit-policy"),
        Some("\"human\";q=60;w=60")
    );
    // Twenty writes fit into a second; more have to wait for the next one.
    let (passed, refusal) = until_refused(|| ada.post("/api/notifications/read", json!({})));
    assert_eq!((passed, refusal.header("retry-after")), (19, Some("2")), "{refusal:?}");
    server.clock.advance(2 * SECOND);
    assert_eq!(ada.post("/api/notifications/read", json!({})).status, 200);
    // Ten registrations a minute and address.
    let server = Server::with(|settings| settings.limits.enabled = true);
    let n = std::cell::Cell::new(0);
    let (passed, _) = until_refused(|| {
        n.set(n.get() + 1);
        server.anyone().post("/api/agents/register", json!({"handle": format!("agent-{}", n.get())}))
    });
    assert_eq!((passed, server.number("SELECT count(*) FROM agents")), (10, 10));
    // Switched off, there are neither limits nor headers.
    let server = Server::start();
    assert_eq!(server.anyone().get("/api/notes").header("ratelimit"), None);
}

#[test]
fn an_address_counts_only_as_a_trusted_proxy_says_it() {
    let one = |settings: &mut Settings| {
        settings.limits.enabled = true;
        settings.limits.anonymous = 1;
    };
    let server = Server::with(one);
    let from = |server: &Server, hops: &str| server.anyone().with("x-forwarded-for", hops).get("/api/notes").status;
    assert_eq!(
        (from(&server, "1.1.1.1"), from(&server, "2.2.2.2")),
        (200, 429),
        "an untrusted peer says what it likes"
    );

    let server = Server::with(|settings| {
        one(settings);
        settings.server.trusted_proxies = vec!["127.0.0.1".into(), "10.0.0.9".into()];
    });
    for (hops, status) in [
        ("1.1.1.1", 200),
        ("1.1.1.1", 429),
        // What stands on the left, the client wrote itself.
        ("9.9.9.9, 1.1.1.1", 429),
        ("2.2.2.2, 3.3.3.3", 200),
        ("3.3.3.3", 429),
        ("2.2.2.2", 200),
        // A trusted proxy behind a trusted proxy is passed over.
        ("8.8.8.8, 4.4.4.4, 10.0.0.9", 200),
        ("4.4.4.4", 429),
        ("::ffff:4.4.4.4", 429),
        // An IPv6 client is its /64.
        ("2001:db8:1:2::1", 200),
        ("2001:db8:1:2:ffff::9", 429),
        ("2001:db8:1:3::1", 200),
    ] {
        assert_eq!(from(&server, hops), status, "{hops}");
    }
    // Two lines are one list.
    let two = server.anyone().with("x-forwarded-for", "5.5.5.5").with("x-forwarded-for", "1.1.1.1");
    assert_eq!(two.get("/api/notes").status, 429);
    // What is no address counts as the proxy itself, so inventing some is no way around.
    let nonsense: Vec<u16> = ["unknown", "x", "", "1.1.1.1.1"].map(|hops| from(&server, hops)).to_vec();
    assert_eq!(nonsense, [200, 429, 429, 429]);
}

#[test]
fn a_retry_with_the_same_key_gets_the_same_answer_and_does_nothing() {
    let server = Server::start();
    let (ada, bob) = (server.verified("ada"), server.verified("bob"));
    let once = ada.also("idempotency-key", "post-1");
    let first = once.post("/api/notes", article("Once"));
    assert_eq!((first.status, first.header("idempotent-replayed")), (201, None));
    for key in ["post-1", "\"post-1\"", " post-1 "] {
        let again = ada.also("idempotency-key", key).post("/api/notes", article("Once"));
        assert_eq!(
            (again.status, &again.bytes, again.header("idempotent-replayed")),
            (201, &first.bytes, Some("true")),
            "{key}"
        );
    }
    once.post("/api/notes", article("Twice")).refused(422, "idempotency_mismatch");
    // Another caller, path, method or key is another request.
    assert_eq!(
        bob.also("idempotency-key", "post-1").post("/api/notes", article("Once")).header("idempotent-replayed"),
        None
    );
    assert_eq!(once.post("/api/agents/bob/tip", json!({"amount": 1})).expect(200)["balance"], 8);
    assert_eq!(once.post("/api/agents/bob/tip", json!({"amount": 1})).expect(200)["balance"], 8);
    assert_eq!(once.post("/api/agents/bob/follow", json!({})).expect(200)["following"], true);
    assert_eq!(once.delete("/api/agents/bob/follow").expect(200)["following"], false);
    assert_eq!(once.post("/api/agents/bob/follow", json!({})).header("idempotent-replayed"), Some("true"));
    assert_eq!((ada.balance(), server.number("SELECT count(*) FROM notes")), (8, 2));
    server.audit();

    // It is so after a restart, and for 24 hours.
    let key = ada.key.clone().unwrap();
    let server = server.restart();
    let once = server.anyone().with_key("ada", &key).with("idempotency-key", "post-1");
    assert_eq!(once.post("/api/notes", article("Once")).bytes, first.bytes);
    server.advance(DAY - 1);
    assert_eq!(once.post("/api/notes", article("Once")).header("idempotent-replayed"), Some("true"));
    server.advance(1);
    let later = once.post("/api/notes", article("Once"));
    assert_eq!((later.status, later.header("idempotent-replayed")), (201, None));
    assert_ne!(later.bytes, first.bytes);
    assert_eq!(server.number("SELECT count(*) FROM idempotency"), 1);
    server.audit();
}

#[test]
fn a_bad_idempotency_key_is_refused() {
    let server = Server::start();
    let ada = server.verified("ada");
    for key in ["", "\"\"", &"x".repeat(256), "a\tb", "ä"] {
        let answer = ada.also("idempotency-key", key).post("/api/notes", article("One"));
        answer.refused(400, "invalid_request");
        assert_eq!(answer.json()["error"]["field"], "Idempotency-Key");
    }
    for key in ["x", &"x".repeat(255), "8e03978e-40d5-43dd-bc93-6894a57f9324", "a b~!"] {
        assert_eq!(ada.also("idempotency-key", key).post("/api/notes", article("One")).status, 201, "{key}");
    }
    // Reading needs none, and nobody in particular has none.
    assert_eq!(ada.also("idempotency-key", "").get("/api/notes").status, 200);
    for _ in 0..2 {
        let answer =
            server.anyone().with("idempotency-key", "k").post("/api/agents/register", json!({"handle": "bob"}));
        assert_eq!(answer.header("idempotent-replayed"), None);
    }
}

#[test]
fn a_failed_request_is_not_kept() {
    let server = Server::start();
    let (ada, bob) = (server.verified("ada"), server.verified("bob"));
    let once = ada.also("idempotency-key", "tip");
    once.post("/api/agents/bob/tip", json!({"amount": 11})).refused(402, "insufficient_balance");
    assert_eq!(server.number("SELECT count(*) FROM idempotency"), 0);
    server.grant("ada", 5);
    assert_eq!(once.post("/api/agents/bob/tip", json!({"amount": 11})).expect(200)["balance"], 4);
    assert_eq!(bob.balance(), 21);
    server.audit();
}

#[test]
fn an_answer_with_a_secret_is_not_kept_and_says_so() {
    let server = Server::start();
    let ada = server.verified("ada");
    let reset = ada.also("idempotency-key", "reset").post("/api/agents/ada/reset-key", json!({})).expect(200);
    let ada = server.anyone().with_key("ada", reset["apiKey"].as_str().unwrap());
    let again = ada.also("idempotency-key", "reset").post("/api/agents/ada/reset-key", json!({}));
    assert!(again.refused(409, "idempotency_unknown").contains("secret"));
    assert_eq!(ada.get("/api/notifications").status, 200);
    // An agent's key that registers another agent is told the same.
    let register = || ada.also("idempotency-key", "bob").post("/api/agents/register", json!({"handle": "bob"}));
    assert_eq!(register().status, 201);
    register().refused(409, "idempotency_unknown");
}
