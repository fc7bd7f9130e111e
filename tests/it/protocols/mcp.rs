//! MCP: both eras of the protocol, and an agent that knows nothing but the address.

use serde_json::{Value, json};

use crate::harness::{Answer, Client, Server};

const MODERN: &str = "2026-07-28";

/// Sends one message as a legacy client does.
#[track_caller]
fn send(client: &Client, message: Value) -> Answer {
    client.call("POST", "/mcp", message.to_string().as_bytes())
}

/// Calls a method as a legacy client does, and answers its result.
#[track_caller]
fn legacy(client: &Client, method: &str, params: Value) -> Value {
    let answer = send(client, json!({"jsonrpc": "2.0", "id": 7, "method": method, "params": params})).expect(200);
    assert_eq!((&answer["jsonrpc"], &answer["id"]), (&json!("2.0"), &json!(7)));
    assert!(answer["error"].is_null(), "{answer}");
    answer["result"].clone()
}

/// Calls a method as a modern client does, with the headers that go with it.
fn modern(client: &Client, method: &str, mut params: Value) -> Answer {
    params["_meta"] = json!({
        "io.modelcontextprotocol/protocolVersion": MODERN,
        "io.modelcontextprotocol/clientCapabilities": {},
    });
    let mut client = client.also("mcp-protocol-version", MODERN).also("mcp-method", method);
    if let Some(name) = params["name"].as_str() {
        client = client.also("mcp-name", name);
    }
    send(&client, json!({"jsonrpc": "2.0", "id": "a", "method": method, "params": params}))
}

/// Uses a tool and answers what it gave.
#[track_caller]
fn tool(client: &Client, name: &str, arguments: Value) -> Value {
    let result = legacy(client, "tools/call", json!({"name": name, "arguments": arguments}));
    assert_eq!(result["isError"], false, "{name}: {result}");
    let text: Value = serde_json::from_str(result["content"][0]["text"].as_str().unwrap()).unwrap();
    assert_eq!(text, result["structuredContent"]);
    text
}

/// Uses a tool that refuses, and answers its sentence.
#[track_caller]
fn refused(client: &Client, name: &str, arguments: Value) -> String {
    let result = legacy(client, "tools/call", json!({"name": name, "arguments": arguments}));
    assert_eq!(result["isError"], true, "{name}: {result}");
    result["content"][0]["text"].as_str().unwrap().to_owned()
}

fn code(answer: &Answer) -> (u16, i64) {
    (answer.status, answer.json()["error"]["code"].as_i64().unwrap())
}

#[test]
fn a_handshake_agrees_on_a_version_and_binds_nothing() {
    let server = Server::start();
    let anyone = server.anyone();
    for (asked, agreed) in [("2025-03-26", "2025-03-26"), ("2025-11-25", "2025-11-25"), ("1999-01-01", "2025-11-25")] {
        let result = legacy(&anyone, "initialize", json!({"protocolVersion": asked, "capabilities": {}}));
        assert_eq!(result["protocolVersion"], agreed);
        assert_eq!(result["serverInfo"]["name"], "aiins");
        assert_eq!(result["capabilities"], json!({"tools": {}}));
    }
    let answer = send(&anyone, json!({"jsonrpc": "2.0", "method": "notifications/initialized"}));
    assert_eq!((answer.status, answer.bytes.len()), (202, 0));
    assert_eq!(legacy(&anyone, "ping", json!({})), json!({}));
    let unknown = send(&anyone, json!({"jsonrpc": "2.0", "id": 1, "method": "resources/list"}));
    assert_eq!(code(&unknown), (200, -32601));
    let client = anyone.also("mcp-protocol-version", "2024-01-01");
    assert_eq!(code(&send(&client, json!({"jsonrpc": "2.0", "id": 1, "method": "ping"}))), (400, -32600));
    assert_eq!(anyone.get("/mcp").header("allow"), Some("POST, OPTIONS"));
}

#[test]
fn what_is_no_message_is_refused_with_its_id() {
    let server = Server::start();
    let anyone = server.anyone();
    for (body, expected) in [
        ("", (400, -32700)),
        ("{", (400, -32700)),
        ("[]", (400, -32600)),
        (r#"[{"jsonrpc": "2.0", "id": 1, "method": "ping"}]"#, (400, -32600)),
        ("7", (400, -32600)),
        (r#"{"id": 1, "method": "ping"}"#, (400, -32600)),
        (r#"{"jsonrpc": "2.0", "id": null, "method": "ping"}"#, (400, -32600)),
        (r#"{"jsonrpc": "2.0", "id": {}, "method": "ping"}"#, (400, -32600)),
        (r#"{"jsonrpc": "2.0", "id": 1, "method": 2}"#, (400, -32600)),
        (r#"{"jsonrpc": "2.0", "id": 1}"#, (400, -32600)),
        (r#"{"jsonrpc": "2.0", "id": 1, "method": "ping", "params": []}"#, (400, -32602)),
        (r#"{"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "nothing"}}"#, (400, -32602)),
        (
            r#"{"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "search", "arguments": 1}}"#,
            (400, -32602),
        ),
    ] {
        let answer = anyone.call("POST", "/mcp", body.as_bytes());
        assert_eq!(code(&answer), expected, "{body}");
        let has_id = body.contains(r#""id": 1"#) && body.starts_with('{');
        assert_eq!(answer.json()["id"], if has_id { json!(1) } else { json!(null) }, "{body}");
    }
    let answer = anyone.call("POST", "/mcp", br#"{"jsonrpc": "2.0", "id": 1, "result": {}}"#);
    assert_eq!(answer.status, 202);
}

#[test]
fn a_modern_call_says_in_its_headers_what_its_body_says() {
    let server = Server::start();
    let anyone = server.anyone();
    let found = modern(&anyone, "server/discover", json!({})).expect(200)["result"].clone();
    assert_eq!(found["supportedVersions"], json!([MODERN]));
    assert_eq!((&found["resultType"], &found["cacheScope"]), (&json!("complete"), &json!("public")));
    assert_eq!(found["_meta"]["io.modelcontextprotocol/serverInfo"]["name"], "aiins");
    let tools = modern(&anyone, "tools/list", json!({})).expect(200)["result"].clone();
    assert!(tools["ttlMs"].is_u64() && tools["tools"].as_array().unwrap().len() > 15);
    let called = modern(&anyone, "tools/call", json!({"name": "list_notes", "arguments": {"sort": "new"}})).expect(200);
    assert_eq!(called["result"]["structuredContent"]["notes"], json!([]));
    assert_eq!(code(&modern(&anyone, "ping", json!({}))), (404, -32601));
    assert_eq!(code(&modern(&anyone, "initialize", json!({}))), (404, -32601));

    let meta = |version: &str| json!({"io.modelcontextprotocol/protocolVersion": version, "io.modelcontextprotocol/clientCapabilities": {}});
    let list = |meta: Value| json!({"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {"_meta": meta}});
    let speaking = anyone.also("mcp-protocol-version", MODERN);
    assert_eq!(code(&send(&speaking, list(meta(MODERN)))), (400, -32020), "without Mcp-Method");
    let other = speaking.also("mcp-method", "tools/call");
    assert_eq!(code(&send(&other, list(meta(MODERN)))), (400, -32020), "with another Mcp-Method");
    let right = speaking.also("mcp-method", "=?base64?dG9vbHMvbGlzdA==?=");
    assert_eq!(send(&right, list(meta(MODERN))).status, 200);
    assert_eq!(code(&send(&right, list(json!({})))), (400, -32602), "without its metadata");
    let bare = json!({"io.modelcontextprotocol/protocolVersion": MODERN});
    assert_eq!(code(&send(&right, list(bare))), (400, -32602), "without capabilities");
    let future = anyone.also("mcp-protocol-version", "2099-01-01").also("mcp-method", "tools/list");
    let answer = send(&future, list(meta("2099-01-01")));
    assert_eq!(code(&answer), (400, -32022));
    assert_eq!(answer.json()["error"]["data"], json!({"supported": [MODERN], "requested": "2099-01-01"}));
}

#[test]
fn tools_say_honestly_what_they_do() {
    let server = Server::start();
    let tools = legacy(&server.anyone(), "tools/list", json!({}))["tools"].clone();
    let tool = |name: &str| tools.as_array().unwrap().iter().find(|tool| tool["name"] == name).unwrap().clone();
    for tool in tools.as_array().unwrap() {
        assert_eq!(tool["inputSchema"]["additionalProperties"], false);
        // A schema that is only `true` is good JSON Schema, and yet clients of the handshake era refuse the whole list for it.
        let properties = tool["inputSchema"]["properties"].as_object().unwrap();
        assert!(properties.values().all(Value::is_object), "{tool}");
        assert!(!tool["inputSchema"].to_string().contains(r#""null""#), "{tool}");
        for hint in ["readOnlyHint", "destructiveHint", "idempotentHint", "openWorldHint"] {
            assert!(tool["annotations"][hint].is_boolean(), "{tool}");
        }
        assert!(tool["title"].as_str().unwrap().starts_with(char::is_uppercase));
    }
    assert_eq!(tool("search")["annotations"]["readOnlyHint"], true);
    // Reading the inbox marks it as read, and a status moves the mark of the last one.
    assert_eq!(tool("list_messages")["annotations"]["readOnlyHint"], false);
    let tip = tool("tip_agent");
    assert_eq!(tip["annotations"]["destructiveHint"], true);
    assert_eq!(tip["inputSchema"]["required"], json!(["handle", "amount"]));
    assert!(tip["inputSchema"]["properties"]["idempotencyKey"].is_object());
    assert!(tool("status")["inputSchema"]["properties"].get("handle").is_none());
    assert_eq!(tool("get_bounty")["inputSchema"]["required"], json!(["bountyId"]));
    assert_eq!(tool("post_note")["inputSchema"]["oneOf"].as_array().unwrap().len(), 6);
}

#[test]
fn an_agent_that_knows_the_address_alone_lives_its_first_day_and_is_paid_for_a_bounty() {
    let server = Server::start();
    let anyone = server.anyone();
    let sentence = refused(&anyone, "post_note", json!({}));
    assert!(sentence.contains("Authorization: Bearer") && sentence.contains("register"), "{sentence}");
    let owner = |login: &str| {
        let issued = server.admin().post("/api/owner/token", json!({"ownerHandle": login})).expect(201);
        issued["ownerToken"].as_str().unwrap().to_owned()
    };
    let join = |handle: &str| {
        let key = tool(&anyone, "register", json!({"handle": handle}))["apiKey"].as_str().unwrap().to_owned();
        let client = server.anyone().with_key(handle, &key);
        tool(&client, "verify_owner", json!({"ownerToken": owner(&format!("owner-of-{handle}"))}));
        server.grant(handle, 100);
        client
    };
    let (ada, bob) = (join("ada"), join("bob"));
    assert_eq!(tool(&ada, "status", json!({}))["wallet"]["balance"], 110);

    let fields = json!({"title": "On tools", "body": "A tool should say what it does."});
    let note = json!({"templateId": "article", "fields": fields, "idempotencyKey": "first"});
    let posted = tool(&ada, "post_note", note.clone());
    assert_eq!(tool(&ada, "post_note", note)["note"]["id"], posted["note"]["id"], "one key, one note");
    server.run_jobs();
    let feed = tool(&bob, "list_notes", json!({"sort": "new", "limit": 5}));
    let id = feed["notes"][0]["id"].as_str().unwrap();
    tool(&bob, "like_note", json!({"noteId": id}));
    tool(&bob, "comment", json!({"noteId": id, "body": "It should, @ada."}));
    tool(&bob, "follow_agent", json!({"handle": "ada"}));
    tool(&bob, "tip_agent", json!({"handle": "ada", "amount": 3, "idempotencyKey": "tip"}));
    tool(&bob, "tip_agent", json!({"handle": "ada", "amount": 3, "idempotencyKey": "tip"}));
    let status = tool(&ada, "status", json!({}));
    assert_eq!(status["wallet"]["balance"], 110 - 1 + 5 + 2 + 1 + 3);
    assert_eq!(status["notifications"]["delta"]["newFollowers"], 1);
    assert_eq!(tool(&ada, "search", json!({"q": "tools"}))["results"][0]["id"], id);

    let bounty = tool(&ada, "post_bounty", json!({"title": "Find a tool", "reward": 20}));
    let bounty = json!(bounty["bounty"]["id"]);
    tool(&bob, "apply_bounty", json!({"bountyId": bounty, "note": "I know one"}));
    let claims = tool(&ada, "get_bounty", json!({"bountyId": bounty}))["claims"].clone();
    tool(&ada, "accept_claim", json!({"bountyId": bounty, "claimAgentId": claims[0]["agent"]["id"]}));
    tool(&bob, "deliver_bounty", json!({"bountyId": bounty, "note": "Here"}));
    assert_eq!(tool(&ada, "confirm_bounty", json!({"bountyId": bounty}))["payout"], 19);
    let called = refused(&bob, "call_skill", json!({"handle": "ada", "skill": "none", "payload": {"input": 1}}));
    assert!(called.contains("not found"), "{called}");
    server.check();
}

#[test]
fn a_refusal_is_a_sentence_to_act_on_and_goes_the_way_of_every_request() {
    let server = Server::start();
    let ada = server.verified("ada");
    for (name, arguments, sentence) in [
        ("tip_agent", json!({"handle": "nobody", "amount": 1}), "Agent not found"),
        ("tip_agent", json!({"amount": 1}), "handle is required, and must be a text"),
        ("tip_agent", json!({"handle": "ada", "amount": "1"}), "amount must be a whole number from 1 to 1000000"),
        ("show_note", json!({"noteId": "../agents/ada"}), "Note not found"),
        ("search", json!({"q": "x", "colour": 1}), "An argument is not known; this tool takes"),
        ("status", json!({"handle": "bob"}), "An argument is not known; this tool takes"),
    ] {
        let said = refused(&ada, name, arguments);
        assert!(said.starts_with(sentence), "{said}");
    }
    server.anyone().with_key("x", "an_wrong").call("POST", "/mcp", b"{}").refused(401, "unauthorized");
    let limited = Server::with(|settings| {
        settings.limits.enabled = true;
        settings.limits.anonymous = 4;
    });
    let anyone = limited.anyone();
    tool(&anyone, "list_notes", json!({}));
    let said = refused(&anyone, "show_agent", json!({"handle": "nobody"}));
    assert!(said.starts_with("Agent not found. Check the id or handle"), "{said}");
    send(&anyone, json!({"jsonrpc": "2.0", "id": 1, "method": "ping"})).refused(429, "rate_limited");
}

#[test]
fn pages_of_other_sites_are_refused() {
    let local = Server::start();
    let public = Server::with(|settings| settings.server.public_url = "https://agents.example".to_owned());
    let ping = json!({"jsonrpc": "2.0", "id": 1, "method": "ping"});
    for (server, header, value, status) in [
        (&local, "origin", "https://evil.example", 403),
        (&local, "origin", "null", 403),
        (&local, "origin", "http://localhost:5173", 200),
        (&public, "origin", "https://agents.example", 200),
        (&public, "origin", "https://agents.example.evil.example", 403),
        (&public, "origin", "http://127.0.0.1:9", 200),
    ] {
        let answer = send(&server.anyone().also(header, value), ping.clone());
        assert_eq!(answer.status, status, "{header}: {value}");
    }
    let length = ping.to_string().len();
    let head =
        format!("POST /mcp HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n");
    assert_eq!(local.raw(format!("{head}{ping}").as_bytes()).status, 403);
}

#[test]
fn the_protocols_own_answers_are_not_kept_and_large_ones_are_not_passed_on() {
    let server = Server::start();
    let (ada, bob) = (server.verified("ada"), server.verified("bob"));
    let once = ada.also("idempotency-key", "once");
    let sentence = refused(&once, "tip_agent", json!({"handle": "bob", "amount": 50}));
    assert!(sentence.starts_with("Insufficient balance"), "{sentence}");
    server.grant("ada", 100);
    let before = server.rows();
    tool(&once, "list_notes", json!({}));
    assert_eq!(server.rows(), before, "reading leaves nothing behind");
    tool(&once, "tip_agent", json!({"handle": "bob", "amount": 50}));
    assert_eq!(bob.balance(), 60);
    assert_eq!(once.get("/readyz").header("idempotent-replayed"), None);
    assert_eq!(once.get("/readyz").header("idempotent-replayed"), None);
    for n in 0..15 {
        let body = format!("{n} {}", "字".repeat(19_000));
        let note = json!({"templateId": "article", "fields": {"title": format!("Long {n}"), "body": body}});
        ada.post("/api/notes", note).expect(201);
    }
    server.run_jobs();
    let said = refused(&server.anyone(), "list_notes", json!({"limit": 100}));
    assert!(said.starts_with("The answer has ") && said.ends_with("ask for fewer"), "{said}");
    assert_eq!(tool(&server.anyone(), "list_notes", json!({"limit": 3}))["notes"].as_array().unwrap().len(), 3);
}
