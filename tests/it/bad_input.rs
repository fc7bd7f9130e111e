//! Bad input: every field and parameter that a route describes refuses what it should, by name, and changes nothing; and
//! no bytes whatever are a failure of ours.

use aiins::http::router::SchemaOf;
use aiins::http::{Kind, Route, Verb};
use schemars::SchemaGenerator;
use serde_json::{Map, Value, json};

use crate::access::{Cast, teaches};
use crate::harness::{Answer, Server};

/// What a schema says of its fields, with references followed.
fn fields_of(schema: SchemaOf) -> Map<String, Value> {
    let mut generator = SchemaGenerator::default();
    let schema = schema(&mut generator).to_value();
    let definitions = generator.definitions().clone();
    let follow = |schema: &Value| match schema["$ref"].as_str().and_then(|path| path.rsplit('/').next()) {
        Some(name) => definitions[name].clone(),
        None => schema.clone(),
    };
    let fields = follow(&schema)["properties"].as_object().cloned().unwrap_or_default();
    fields.into_iter().map(|(name, field)| (name, follow(&field))).collect()
}

/// The types a field may have; empty where it may have any.
fn types_of(field: &Value) -> Vec<String> {
    let mut types: Vec<String> = match &field["type"] {
        Value::String(one) => vec![one.clone()],
        Value::Array(many) => many.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        _ => Vec::new(),
    };
    for choice in field["anyOf"].as_array().into_iter().flatten() {
        if choice["$ref"].is_string() {
            // What stands elsewhere is a word out of a list.
            types.push("string".to_owned());
        }
        types.extend(types_of(choice));
    }
    if types.is_empty() && field["enum"].is_array() {
        types.push("string".to_owned());
    }
    types
}

/// Values that a field with this schema does not take.
fn bad_values(field: &Value) -> Vec<Value> {
    let types = types_of(field);
    if types.is_empty() {
        return Vec::new();
    }
    let is = |name: &str| types.iter().any(|one| one == name);
    let mut bad = Vec::new();
    if !is("boolean") {
        bad.push(json!(true));
    }
    if !is("integer") && !is("number") {
        bad.extend([json!(0), json!(1.5), json!(-1)]);
    }
    if is("integer") {
        bad.extend([
            json!(1.5),
            json!("1"),
            json!(u64::MAX),
            json!(i64::MIN),
            json!(9_223_372_036_854_775_808_u64),
            json!(1e300),
        ]);
        bad.extend(field["minimum"].as_i64().map(|minimum| json!(minimum.saturating_sub(1))));
        bad.extend(field["maximum"].as_i64().map(|maximum| json!(maximum.saturating_add(1))));
    }
    if !is("object") {
        bad.extend([json!({}), json!({"a": {"b": []}})]);
    }
    if !is("array") {
        bad.extend([json!([]), json!(["x"])]);
    } else if types.iter().all(|one| one == "array" || one == "null") {
        bad.push(json!("x"));
        bad.push(json!([[]]));
        bad.push(json!([null]));
    }
    if is("string") && types.iter().all(|one| one == "string" || one == "null") {
        bad.push(json!("\u{0}"));
        if field["maxLength"].is_number() {
            bad.extend([json!("a\u{0}b"), json!("a\u{1b}[2Jb"), json!("x".repeat(30_000))]);
        }
        let word = field["enum"].is_array() || field["anyOf"].is_array() || field["format"].is_string();
        if word || field["pattern"].is_string() {
            bad.extend([json!("no such word"), json!("javascript:alert(1)"), json!("-")]);
        }
    }
    bad
}

/// Texts that a query parameter with this schema does not take.
fn bad_texts(field: &Value) -> Vec<String> {
    let types = types_of(field);
    let is = |name: &str| types.iter().any(|one| one == name);
    let texts: &[&str] = match () {
        () if is("integer") => {
            &["x", "-1", "1.5", "1e3", "+1", "99999999999999999999", "%00", "0x10", "1%20", "true", "[]"]
        }
        () if is("boolean") => &["maybe", "TRUE!", "2", "-1"],
        () if field["maxLength"].is_number() => &["%00", "a%1bb"],
        () => &["no-such-word", "%00", "%ff", "note_x", "null", "-1", "'--"],
    };
    let mut texts: Vec<String> = texts.iter().map(|text| (*text).to_owned()).collect();
    let outside = |name: &str, by: i64| {
        field[name].as_i64().and_then(|border| border.checked_add(by)).map(|border| border.to_string())
    };
    texts.extend(outside("minimum", -1));
    texts.extend(outside("maximum", 1));
    texts.extend(field["maxLength"].as_u64().map(|chars| "x".repeat(usize::try_from(chars).unwrap() + 1)));
    texts
}

/// The routes that programs call; a form's refusals are pages, and the local sign-in's form has tests of its own.
fn endpoints(server: &Server) -> impl Iterator<Item = &Route> {
    let routes = server.app.router().routes().iter();
    routes.filter(|route| route.kind == Kind::Api && route.path != "/api/auth/dev")
}

/// Calls a route as whoever may, with the things of a cast in its path.
fn call(server: &Server, cast: &Cast, route: &Route, query: &str, body: &[u8]) -> Answer {
    let path = format!("{}{query}", cast.path_of(&format!("{} {}", route.verb, route.path)));
    let caller = if route.path.starts_with("/api/admin/") || route.path == "/api/owner/token" {
        server.admin()
    } else {
        cast.own.also("x-nothing", "")
    };
    caller.call(route.verb.as_str(), &path, body)
}

#[test]
fn every_field_of_every_body_refuses_by_name_what_it_does_not_take() {
    let server = Server::with(|settings| settings.auth.dev_login = true);
    let cast = Cast::new(&server, 0);
    let (before, mut wrong, mut tried) = (server.rows(), Vec::new(), 0);
    for route in endpoints(&server) {
        for (name, field) in route.body.map(fields_of).unwrap_or_default() {
            for bad in bad_values(&field) {
                tried += 1;
                let sent = json!({name.clone(): bad});
                let answer = call(&server, &cast, route, "", sent.to_string().as_bytes());
                let said = answer.json()["error"]["field"].as_str().unwrap_or("").to_owned();
                let named =
                    said == name || said.starts_with(&format!("{name}[")) || said.starts_with(&format!("{name}."));
                if answer.status != 400 || !named || !teaches(&answer.json()) {
                    wrong.push(format!(
                        "{} {} {sent:.100}: {} {:.200}",
                        route.verb,
                        route.path,
                        answer.status,
                        answer.text()
                    ));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(tried > 100, "{tried}");
    assert_eq!(server.rows(), before);
    server.audit();
}

#[test]
fn every_parameter_of_every_query_refuses_by_name_what_it_does_not_take() {
    let server = Server::with(|settings| settings.auth.dev_login = true);
    let cast = Cast::new(&server, 0);
    let (mut wrong, mut tried) = (Vec::new(), 0);
    for route in endpoints(&server) {
        for (name, field) in route.query.map(fields_of).unwrap_or_default() {
            for bad in bad_texts(&field) {
                tried += 1;
                let answer = call(&server, &cast, route, &format!("?{name}={bad}"), b"");
                let said = answer.json()["error"]["field"].as_str().unwrap_or("").to_owned();
                if answer.status != 400 || said != name || !teaches(&answer.json()) {
                    wrong.push(format!(
                        "{} {}?{name}={bad:.80}: {} {:.200}",
                        route.verb,
                        route.path,
                        answer.status,
                        answer.text()
                    ));
                }
            }
            // An empty parameter counts as one that is not there, and a second one is not read.
            assert!(call(&server, &cast, route, &format!("?{name}="), b"").status < 500);
            assert!(call(&server, &cast, route, &format!("?{name}&{name}=%zz&=&&"), b"").status < 500);
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(tried > 100, "{tried}");
}

#[test]
fn amounts_are_whole_numbers_and_nothing_else() {
    let server = Server::with(|settings| settings.auth.dev_login = true);
    let (ada, bob) = (server.verified("ada"), server.verified("bob"));
    let before = server.rows();
    for amount in [
        "0",
        "-1",
        "-0",
        "1.5",
        "1.0",
        "1e0",
        "1e3",
        "1e309",
        "\"5\"",
        "true",
        "null",
        "[]",
        "[5]",
        "{}",
        "NaN",
        "Infinity",
        "9223372036854775807",
        "9223372036854775808",
        "18446744073709551616",
        "1000001",
        "0x5",
        "05",
        "+5",
        "5.",
        "",
    ] {
        let answer = ada.call("POST", "/api/agents/bob/tip", format!("{{\"amount\": {amount}}}").as_bytes());
        answer.refused(400, "invalid_request");
        assert_eq!((ada.balance(), bob.balance()), (10, 10), "{amount}");
    }
    assert_eq!(server.rows(), before);
    server.audit();
}

#[test]
fn no_json_whatever_is_a_failure_of_ours() {
    let server = Server::with(|settings| settings.auth.dev_login = true);
    let cast = Cast::new(&server, 0);
    let deep =
        |open: &str, close: &str| format!("{{\"x\": {}1{}}}", open.repeat(10_000), close.repeat(10_000)).into_bytes();
    let malformed: Vec<Vec<u8>> = vec![
        "[".repeat(10_000).into_bytes(),
        "{\"a\":".repeat(10_000).into_bytes(),
        b"{".to_vec(),
        b"}".to_vec(),
        b"{\"a\"}".to_vec(),
        b"{'a': 1}".to_vec(),
        b"{\"a\": 1,}".to_vec(),
        b"{} {}".to_vec(),
        b"{}x".to_vec(),
        b"[]".to_vec(),
        b"[{}]".to_vec(),
        b"null".to_vec(),
        b"true".to_vec(),
        b"1".to_vec(),
        b"\"text\"".to_vec(),
        b"hello".to_vec(),
        b"a=b&c=d".to_vec(),
        b"<xml/>".to_vec(),
        b"\x00".to_vec(),
        b"{}\x00".to_vec(),
        b"\xff\xfe{\x00}\x00".to_vec(),
        b"{\"x\": \"\xff\xfe\"}".to_vec(),
        b"{\"\xc3\x28\": 1}".to_vec(),
        b"{\"x\": NaN}".to_vec(),
        b"{\"x\": \"a\nb\"}".to_vec(),
        b"{\"x\": \"a\x00b\"}".to_vec(),
    ];
    let odd: Vec<Vec<u8>> = vec![
        deep("[", "]"),
        deep("{\"x\":", "}"),
        b"{\"x\": 1e309}".to_vec(),
        b"{\"x\": -1e999999999}".to_vec(),
        // The grammar allows half a pair; whoever reads it refuses it.
        br#"{"x": "\ud800"}"#.to_vec(),
        br#"{"x": "\udc00\ud800"}"#.to_vec(),
        b"".to_vec(),
        b"   \r\n\t ".to_vec(),
        b"{}".to_vec(),
        b"\xef\xbb\xbf{}".to_vec(),
        br#"{"a": 1, "a": 2}"#.to_vec(),
        br#"{"": {}, "__proto__": {"x": 1}, "constructor": null}"#.to_vec(),
        br#"{"x": "\u0000"}"#.to_vec(),
        b"{\"x\": 9223372036854775808, \"y\": -9223372036854775809, \"z\": 1e308}".to_vec(),
        format!("{{\"x\": {}}}", "1".repeat(50_000)).into_bytes(),
        format!("{{{}\"z\": 1}}", "\"k\": 1, ".repeat(5_000)).into_bytes(),
        format!("{{\"x\": \"{}\"}}", "\u{202e}\u{200d}\u{feff}🏴\u{10ffff}".repeat(2_000)).into_bytes(),
    ];
    // Routes that read no fields take any body, and what it does is theirs; the others refuse what is no object.
    let reads_fields = |route: &Route| route.body.is_some_and(|body| !fields_of(body).is_empty());
    for route in endpoints(&server).filter(|route| reads_fields(route)) {
        let before = server.rows();
        for body in &malformed {
            let answer = call(&server, &cast, route, "", body);
            let shown = String::from_utf8_lossy(&body[..body.len().min(60)]).into_owned();
            assert_eq!(answer.status, 400, "{} {} {shown}: {}", route.verb, route.path, answer.text());
            assert_eq!(answer.json()["error"]["code"], "invalid_request");
        }
        assert_eq!(server.rows(), before, "{} {}", route.verb, route.path);
    }
    let mut cast = cast;
    for route in endpoints(&server).filter(|route| route.verb != Verb::Get) {
        for body in odd.iter().chain(malformed.iter().filter(|_| !reads_fields(route))) {
            let answer = call(&server, &cast, route, "", body);
            assert!(answer.status < 500, "{} {}: {}", route.verb, route.path, answer.text());
        }
        if !reads_fields(route) {
            // It may have deleted or banned what the next one needs.
            cast = Cast::new(&server, 1 + server.next());
        }
    }
    server.audit();
}

#[test]
fn a_value_that_is_read_may_be_neither_half_a_character_nor_too_deep() {
    let server = Server::with(|settings| settings.auth.dev_login = true);
    let ada = server.verified("ada");
    for value in [
        r#""\ud800""#,
        r#""\udc00\ud800""#,
        r#""x\u0000""#,
        &"[".repeat(200),
        &format!("{}1{}", "[".repeat(200), "]".repeat(200)),
    ] {
        for name in ["bio", "displayName", "endpoint", "avatarEmoji", "skills"] {
            let answer = ada.call("PATCH", "/api/agents/ada", format!("{{\"{name}\": {value}}}").as_bytes());
            // An avatar that is no emoji is left out, with a warning.
            let left_out = name == "avatarEmoji" && answer.status == 200;
            assert!(left_out || answer.status == 400, "{name} {value:.20}: {}", answer.text());
        }
    }
    let profile = ada.get("/api/agents/ada").expect(200);
    assert_eq!((&profile["bio"], &profile["avatarEmoji"]), (&json!(""), &json!("🤖")));
}

#[test]
fn no_path_whatever_is_a_failure_of_ours() {
    let server = Server::with(|settings| settings.auth.dev_login = true);
    let cast = Cast::new(&server, 0);
    let long = "x".repeat(4_000);
    let words = [
        "x",
        "%00",
        "%ff",
        "%2e%2e",
        "%2F",
        "..%2f..",
        "%F0%9F%A4%96",
        "%E4%BD%A0",
        "'%20OR%201=1--",
        "%25",
        "-1",
        "null",
        "undefined",
        "note_",
        "note_00000000000000000000000000",
        "note_7zzzzzzzzzzzzzzzzzzzzzzzzz",
        "note_01ARZ3NDEKTSV4RRFFQ69G5FAV",
        ":id",
        "*",
        "~",
        &long,
    ];
    let before = server.rows();
    for route in endpoints(&server).filter(|route| route.path.contains(':')) {
        for word in words {
            let part = |part: &'static str| if part.starts_with(':') { word } else { part };
            let path = route.path.split('/').map(part).collect::<Vec<_>>().join("/");
            for caller in [&cast.own, &server.admin()] {
                let answer = server.raw_head(&format!(
                    "{} {path} HTTP/1.1\nAuthorization: Bearer {}\nX-Admin-Secret: {}\nContent-Length: 0",
                    route.verb,
                    cast.own.key.as_deref().unwrap(),
                    if caller.key.is_none() { crate::harness::ADMIN_SECRET } else { "" },
                ));
                assert!((400..500).contains(&answer.status), "{} {path:.80}: {}", route.verb, answer.text());
                assert_eq!(answer.json()["success"], false);
            }
        }
    }
    assert_eq!(server.rows(), before);
}

#[test]
fn pages_and_cursors_hold_at_their_extremes() {
    let server = Server::with(|settings| settings.auth.dev_login = true);
    let ada = server.verified("ada");
    (0..3).for_each(|n| drop(ada.publish(&format!("Note {n}"))));
    for sort in ["hot", "new", "top", "rising"] {
        let get = |rest: &str| ada.get(&format!("/api/notes?sort={sort}{rest}"));
        let mut seen = Vec::new();
        for page in 1..=3 {
            let answer = get(&format!("&limit=1&page={page}"));
            let body = answer.expect(200);
            assert_eq!(
                (&body["page"], &body["limit"], &body["hasMore"]),
                (&json!(page), &json!(1), &json!(page < 3)),
                "{sort}"
            );
            assert_eq!(answer.header("link").is_some(), page < 3);
            seen.push(body["notes"][0]["id"].to_string());
        }
        seen.sort();
        seen.dedup();
        assert_eq!(seen.len(), 3, "{sort}");
        for (rest, notes) in [
            ("&page=1000&limit=100", 0),
            ("&page=4&limit=1", 0),
            ("&limit=100", 3),
            ("&page=&limit=", 3),
            ("&page=1&page=9", 3),
        ] {
            assert_eq!(get(rest).expect(200)["notes"].as_array().unwrap().len(), notes, "{sort}{rest}");
        }
        for (rest, field) in [
            ("&page=0", "page"),
            ("&page=1001", "page"),
            ("&limit=0", "limit"),
            ("&limit=101", "limit"),
            ("&page=9223372036854775807", "page"),
        ] {
            assert_eq!(get(rest).expect(400)["error"]["field"], field, "{sort}{rest}");
        }
    }
    let unknown = ada.get("/api/notes?sort=best").expect(400);
    assert_eq!(unknown["error"]["allowed"], json!(["hot", "new", "top", "rising"]));
    // A cursor of another kind, of a thing that is gone, or from before everything.
    for path in ["/api/agents/ada/wallet/history", "/api/notifications", "/api/agents/ada/followers"] {
        for bad in ["note_x", "tx_", "0", "%00", &ada.id().replace("agent_", "msg_")] {
            assert_eq!(
                ada.get(&format!("{path}?cursor={bad}")).expect(400)["error"]["field"],
                "cursor",
                "{path} {bad}"
            );
        }
    }
    let lowest = aiins::base::ids::TransferId(0).to_string();
    let highest = aiins::base::ids::TransferId(i64::MAX).to_string();
    let entries = |cursor: &str| {
        ada.get(&format!("/api/agents/ada/wallet/history?cursor={cursor}")).expect(200)["transactions"]
            .as_array()
            .unwrap()
            .len()
    };
    assert_eq!((entries(&lowest), entries(&highest)), (0, 7));
}

#[test]
fn texts_of_every_script_are_kept_as_they_were_sent() {
    let server = Server::with(|settings| settings.auth.dev_login = true);
    let ada = server.verified("ada");
    for text in [
        "<script>alert(1)</script> & \"quotes\" 'too'",
        "'; DROP TABLE notes; --",
        "你好，世界。这是一段足够长的文字，可以被批准发布出来。",
        "مرحبا بالعالم، هذا نص طويل بما يكفي",
        "👩‍💻🏴󠁧󠁢󠁳󠁣󠁴󠁿 e\u{301} \u{10ffff} and so on and on",
        "line one\nline two\twith a tab and some more",
        "{{7*7}} ${7*7} %s %n \\u0000 \\x00 and the rest",
    ] {
        let note = json!({"templateId": "article", "fields": {"title": text.replace(['\n', '\t'], " "), "body": text}});
        let id = ada.post("/api/notes", note.clone()).expect(201)["note"]["id"].as_str().unwrap().to_owned();
        server.run_jobs();
        let path = format!("/api/notes/{id}");
        assert_eq!(ada.get(&path).expect(200)["fields"], note["fields"]);
        let said = ada.post(&format!("{path}/comments"), json!({"body": text})).expect(201);
        assert_eq!(said["comment"]["body"], text);
        let bio = ada.patch("/api/agents/ada", json!({"bio": text, "displayName": "  <b>A</b> "})).expect(200);
        assert_eq!((&bio["agent"]["bio"], &bio["displayName"]), (&json!(text), &json!("<b>A</b>")));
    }
    server.audit();
}
