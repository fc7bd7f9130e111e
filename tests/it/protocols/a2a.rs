//! A2A: agent cards, messages to skills, and every refusal of the protocol.

use serde_json::{Value, json};

use crate::harness::{Answer, Client, Server};
use crate::skills::endpoint::Endpoint;
use crate::skills::{offer, server};

/// Sends one message as a client of version 1.0 does.
#[track_caller]
fn send(client: &Client, message: &Value) -> Answer {
    client.also("a2a-version", "1.0").call("POST", "/a2a", message.to_string().as_bytes())
}

#[track_caller]
fn call(client: &Client, method: &str, params: Value) -> Value {
    let answer = send(client, &json!({"jsonrpc": "2.0", "id": "a", "method": method, "params": params})).expect(200);
    assert_eq!((&answer["jsonrpc"], &answer["id"]), (&json!("2.0"), &json!("a")), "{answer}");
    answer
}

/// A call that is refused: its code, its reason and its sentence.
#[track_caller]
fn refused(client: &Client, method: &str, params: Value) -> (i64, String, String) {
    let answer = call(client, method, params);
    assert!(answer.get("result").is_none(), "{answer}");
    refusal(&answer)
}

fn refusal(answer: &Value) -> (i64, String, String) {
    let error = &answer["error"];
    let info = &error["data"][0];
    assert_eq!(info["@type"], "type.googleapis.com/google.rpc.ErrorInfo", "{answer}");
    assert_eq!(info["domain"], "a2a-protocol.org");
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    (error["code"].as_i64().unwrap(), text(&info["reason"]), text(&error["message"]))
}

/// A message with one part, to a skill of an agent; to its only one when none is named.
fn message(server: &Server, tenant: &str, skill: &str, part: Value) -> Value {
    let message = json!({"messageId": format!("m-{}", server.next()), "role": "ROLE_USER", "parts": [part]});
    let metadata = if skill.is_empty() { json!({}) } else { json!({"skillId": skill}) };
    json!({"tenant": tenant, "message": message, "metadata": metadata})
}

/// Sends a message and answers the one that came back.
#[track_caller]
fn ask(client: &Client, params: Value) -> Value {
    let answer = call(client, "SendMessage", params);
    assert!(answer["error"].is_null(), "{answer}");
    let message = &answer["result"]["message"];
    assert_eq!(message["role"], "ROLE_AGENT");
    assert!(message["messageId"].as_str().unwrap().starts_with("msg_"), "{message}");
    message.clone()
}

#[test]
fn a_card_says_what_can_be_called_and_where() {
    let server = Server::with(|settings| settings.server.public_url = "https://agents.example".to_owned());
    let turing = server.verified("turing");
    let skills = json!([
        {"name": "translate", "description": "From Welsh", "endpoint": "https://secret.example/hook?token=x"},
        {"name": "plain", "endpoint": "https://secret.example/plain"},
        "only-a-word",
    ]);
    let change = json!({"skills": skills, "displayName": "Alan", "bio": "I break codes."});
    turing.patch("/api/agents/turing", change).expect(200);

    let path = "/agents/Turing/.well-known/agent-card.json";
    let answer = server.anyone().get(path);
    let card = answer.expect(200);
    assert_eq!(card["name"], "Alan");
    assert_eq!(card["description"], "I break codes.\n\nA call of a skill costs its caller 1 token.");
    assert_eq!(card["version"], env!("CARGO_PKG_VERSION"));
    let interface = json!({
        "url": "https://agents.example/a2a", "protocolBinding": "JSONRPC", "protocolVersion": "1.0", "tenant": "turing",
    });
    assert_eq!(card["supportedInterfaces"], json!([interface]));
    assert_eq!(card["capabilities"], json!({"streaming": false, "pushNotifications": false}));
    let skill =
        |name: &str, description: &str| json!({"id": name, "name": name, "description": description, "tags": [name]});
    assert_eq!(card["skills"], json!([skill("translate", "From Welsh"), skill("plain", "The skill plain.")]));
    assert_eq!(card["securitySchemes"], json!({"bearer": {"httpAuthSecurityScheme": {"scheme": "Bearer"}}}));
    assert_eq!(card["securityRequirements"], json!([{"schemes": {"bearer": {"list": []}}}]));
    assert!(card["defaultInputModes"].is_array() && card["defaultOutputModes"].is_array());
    assert!(!answer.text().contains("secret.example"), "{}", answer.text());

    assert_eq!(answer.header("cache-control"), Some("public, no-cache"));
    let tag = answer.header("etag").unwrap();
    assert_eq!(server.anyone().also("if-none-match", tag).get(path).status, 304);
    turing.patch("/api/agents/turing", json!({"skills": []})).expect(200);
    assert_eq!(server.anyone().also("if-none-match", tag).get(path).expect(200)["skills"], json!([]));

    let platform = server.anyone().get("/.well-known/agent-card.json").expect(200);
    let ids: Vec<_> = platform["skills"].as_array().unwrap().iter().map(|skill| skill["id"].clone()).collect();
    assert_eq!(ids, ["echo", "ping", "status", "info"]);
    assert_eq!(platform["supportedInterfaces"][0]["url"], "https://agents.example/a2a");
    assert!(platform["supportedInterfaces"][0].get("tenant").is_none());

    server.anyone().get("/agents/nobody/.well-known/agent-card.json").refused(404, "not_found");
    server.admin().post("/api/admin/agents/turing/ban", json!({})).expect(200);
    server.anyone().get(path).refused(404, "not_found");
}

#[test]
fn without_a_configured_address_a_card_names_the_one_it_was_read_at() {
    let server = Server::start();
    server.verified("turing");
    for path in ["/.well-known/agent-card.json", "/agents/turing/.well-known/agent-card.json"] {
        let card = server.anyone().get(path).expect(200);
        assert_eq!(card["supportedInterfaces"][0]["url"], format!("{}/a2a", server.url));
    }
}

#[test]
fn a_message_is_a_call_of_the_skill_and_costs_one_token() {
    let server = server();
    let (caller, target) = (server.verified("ada"), server.verified("turing"));
    let endpoint = Endpoint::answering("200 OK", "application/json", r#"{"welsh": ["cofnod", null]}"#);
    offer(&target, "translate", &endpoint.url());

    let mut params = message(&server, "Turing", "translate", json!({"data": {"text": "log", "to": "cy"}}));
    params["message"]["contextId"] = json!("a conversation");
    let answer = ask(&caller, params);
    assert_eq!(answer["parts"], json!([{"data": {"welsh": ["cofnod", null]}, "mediaType": "application/json"}]));
    assert_eq!(answer["contextId"], "a conversation");
    let expected = json!({"skillId": "translate", "target": "turing", "statusCode": 200, "tokensSpent": 1});
    assert_eq!(answer["metadata"], expected);
    assert_eq!(caller.balance(), 9);
    let delivered = |at: usize| -> Value { serde_json::from_slice(&endpoint.seen()[at].body).unwrap() };
    let payload = json!({"text": "log", "to": "cy"});
    assert_eq!(delivered(0), json!({"caller": "ada", "skill": "translate", "payload": payload}));

    // What a part becomes. Its only skill need not be named.
    let cases = [
        (json!([{"text": "log"}]), json!({"input": "log"})),
        (json!([{"text": "one", "mediaType": "text/plain"}, {"text": "two"}]), json!({"input": "one\ntwo"})),
        (json!([{"text": "both"}, {"data": 7}]), json!({"input": "both", "data": [7]})),
        (json!([{"data": 1}, {"data": null}]), json!({"data": [1, null]})),
        (json!([{"data": null}]), json!(null)),
        (json!([{"data": "bare"}]), json!("bare")),
    ];
    for (at, (parts, payload)) in (1..).zip(cases) {
        let mut params = message(&server, "turing", "", json!(0));
        params["message"]["parts"] = parts;
        let answer = ask(&caller, params);
        assert_eq!(answer["contextId"], answer["messageId"]);
        assert_eq!(delivered(at)["payload"], payload);
    }
    assert_eq!(caller.balance(), 3);
    server.check();
}

#[test]
fn an_answer_comes_in_a_form_that_its_client_takes() {
    let server = server();
    let (caller, target) = (server.verified("ada"), server.verified("turing"));
    let (json_endpoint, text_endpoint) = (
        Endpoint::answering("418 I'm a teapot", "application/json", r#"{"a": 1}"#),
        Endpoint::answering("200 OK", "text/plain", "hello"),
    );
    let (data, text) = (
        |data: Value| json!({"data": data, "mediaType": "application/json"}),
        |text: &str| json!({"text": text, "mediaType": "text/plain"}),
    );
    for (endpoint, status, modes, part) in [
        (&json_endpoint, 418, json!([]), data(json!({"a": 1}))),
        (&json_endpoint, 418, json!(["image/png", "application/json"]), data(json!({"a": 1}))),
        (&json_endpoint, 418, json!(["text/plain"]), text(r#"{"a":1}"#)),
        (&text_endpoint, 200, json!(null), text("hello")),
        (&text_endpoint, 200, json!(["*/*"]), text("hello")),
        (&text_endpoint, 200, json!(["application/json"]), data(json!("hello"))),
    ] {
        offer(&target, "say", &endpoint.url());
        let mut params = message(&server, "turing", "say", json!({"text": "hi"}));
        params["configuration"] = json!({"acceptedOutputModes": modes, "returnImmediately": true});
        let answer = ask(&caller, params);
        assert_eq!(answer["parts"], json!([part]), "{modes}");
        // What an endpoint refuses by itself is its answer.
        assert_eq!(answer["metadata"]["statusCode"], status);
    }
    let mut params = message(&server, "turing", "say", json!({"text": "hi"}));
    params["configuration"] = json!({"acceptedOutputModes": ["image/png"]});
    let (code, reason, _) = refused(&caller, "SendMessage", params);
    assert_eq!((code, &*reason), (-32005, "CONTENT_TYPE_NOT_SUPPORTED"));
    assert_eq!(caller.balance(), 4);
}

#[test]
fn an_agent_with_several_skills_asks_which() {
    let server = server();
    let (caller, target) = (server.verified("ada"), server.verified("turing"));
    let hello = json!({"text": "hello"});
    let (code, _, sentence) = refused(&caller, "SendMessage", message(&server, "turing", "", hello.clone()));
    assert_eq!((code, &*sentence), (-32602, "This agent has no skill that can be called"));
    let hosted =
        |skill: &str| json!({"name": skill, "endpoint": format!("https://aiins.cc/api/skills/{skill}/turing")});
    target.patch("/api/agents/turing", json!({"skills": [hosted("echo"), hosted("ping"), "word"]})).expect(200);

    for (skill, said) in
        [("", "There are several skills"), ("word", "There is no such skill"), ("x/../y", "There is no such skill")]
    {
        let (code, reason, sentence) =
            refused(&caller, "SendMessage", message(&server, "turing", skill, hello.clone()));
        assert_eq!((code, &*reason), (-32602, "INVALID_PARAMS"));
        assert!(sentence.starts_with(said) && sentence.ends_with("echo, ping"), "{sentence}");
    }
    let answer = ask(&caller, message(&server, "turing", "echo", hello.clone()));
    let output = json!({"success": true, "skill": "echo", "agent": "turing", "output": {"input": "hello"}});
    assert_eq!(answer["parts"][0]["data"], output);
    // The message itself may name the skill as well.
    let mut params = message(&server, "turing", "", hello.clone());
    params["message"]["metadata"] = json!({"skillId": "ping"});
    assert_eq!(ask(&caller, params)["parts"][0]["data"]["output"]["pong"], true);
    assert_eq!(caller.balance(), 8);
    let (code, _, sentence) = refused(&caller, "SendMessage", message(&server, "nobody", "echo", hello));
    assert_eq!((code, &*sentence), (-32602, "Agent not found"));
    assert_eq!(caller.balance(), 8);
    server.check();
}

#[test]
fn the_platforms_own_skills_are_free_and_speak_of_their_caller() {
    let server = Server::start();
    let ada = server.agent("ada");
    for (skill, part, output) in
        [("echo", json!({"data": [1, 2]}), json!([1, 2])), ("info", json!({"text": "who am I"}), json!("ada"))]
    {
        let answer = ask(&ada, message(&server, "", skill, part));
        let given = &answer["parts"][0]["data"]["output"];
        assert_eq!(if skill == "info" { &given["handle"] } else { given }, &output);
        assert_eq!(answer["metadata"], json!({"skillId": skill, "tokensSpent": 0}));
    }
    let (code, _, sentence) = refused(&ada, "SendMessage", message(&server, "", "", json!({"text": "hi"})));
    assert_eq!(code, -32602);
    assert!(sentence.ends_with("echo, ping, status, info"), "{sentence}");
    assert_eq!(ada.balance(), 0);
}

#[test]
fn a_message_that_is_sent_again_pays_once() {
    let server = server();
    let (caller, target) = (server.verified("ada"), server.verified("turing"));
    let endpoint = Endpoint::answering("200 OK", "application/json", "{}");
    offer(&target, "translate", &endpoint.url());
    let mut params = message(&server, "turing", "translate", json!({"text": "log"}));
    let first = ask(&caller, params.clone());
    assert_eq!(ask(&caller, params.clone())["parts"], first["parts"]);
    assert_eq!((endpoint.seen().len(), caller.balance()), (1, 9));
    params["message"]["parts"] = json!([{"text": "another"}]);
    let (code, _, sentence) = refused(&caller, "SendMessage", params);
    assert_eq!((code, &*sentence), (-32602, "This messageId was used with another message; each needs a new one"));
    assert_eq!((endpoint.seen().len(), caller.balance()), (1, 9));
}

#[test]
fn methods_that_skills_have_no_use_for_say_so() {
    let server = Server::start();
    let ada = server.verified("ada");
    let tasks = |params: Value| call(&ada, "ListTasks", params)["result"].clone();
    let none = |size: u64| json!({"tasks": [], "nextPageToken": "", "pageSize": size, "totalSize": 0});
    assert_eq!(tasks(json!({"tenant": "turing"})), none(50));
    assert_eq!(tasks(json!({"pageSize": 7})), none(7));
    for (method, params, code, reason) in [
        ("ListTasks", json!({"pageSize": 101}), -32602, "INVALID_PARAMS"),
        ("ListTasks", json!({"pageSize": "7"}), -32602, "INVALID_PARAMS"),
        ("GetTask", json!({"id": "t"}), -32001, "TASK_NOT_FOUND"),
        ("CancelTask", json!({"id": "t"}), -32001, "TASK_NOT_FOUND"),
        ("SendStreamingMessage", json!({}), -32004, "UNSUPPORTED_OPERATION"),
        ("SubscribeToTask", json!({"id": "t"}), -32004, "UNSUPPORTED_OPERATION"),
        ("GetExtendedAgentCard", json!({}), -32004, "UNSUPPORTED_OPERATION"),
        ("CreateTaskPushNotificationConfig", json!({}), -32003, "PUSH_NOTIFICATION_NOT_SUPPORTED"),
        ("GetTaskPushNotificationConfig", json!({}), -32003, "PUSH_NOTIFICATION_NOT_SUPPORTED"),
        ("ListTaskPushNotificationConfigs", json!({}), -32003, "PUSH_NOTIFICATION_NOT_SUPPORTED"),
        ("DeleteTaskPushNotificationConfig", json!({}), -32003, "PUSH_NOTIFICATION_NOT_SUPPORTED"),
        ("message/send", json!({}), -32601, "METHOD_NOT_FOUND"),
        ("sendMessage", json!({}), -32601, "METHOD_NOT_FOUND"),
    ] {
        let (given, said, sentence) = refused(&ada, method, params);
        assert_eq!((given, &*said), (code, reason), "{method}");
        assert!(!sentence.is_empty());
    }
}

#[test]
fn what_is_no_message_is_refused_with_its_id_before_a_token_moves() {
    let server = server();
    let (ada, turing) = (server.verified("ada"), server.verified("turing"));
    let endpoint = Endpoint::answering("200 OK", "application/json", "{}");
    offer(&turing, "translate", &endpoint.url());
    let parse = |body: &str| {
        let answer = ada.also("a2a-version", "1.0").call("POST", "/a2a", body.as_bytes()).expect(200);
        (refusal(&answer), answer["id"].clone())
    };
    for (body, code, id) in [
        ("", -32700, json!(null)),
        ("{", -32700, json!(null)),
        ("[]", -32600, json!(null)),
        (r#"{"id": 7, "method": "ListTasks"}"#, -32600, json!(7)),
        (r#"{"jsonrpc": "2.0", "method": "ListTasks"}"#, -32600, json!(null)),
        (r#"{"jsonrpc": "2.0", "id": null, "method": "ListTasks"}"#, -32600, json!(null)),
        (r#"{"jsonrpc": "2.0", "id": "x", "method": 1}"#, -32600, json!("x")),
        (r#"{"jsonrpc": "2.0", "id": "x", "method": "ListTasks", "params": []}"#, -32602, json!("x")),
    ] {
        let ((given, ..), shown) = parse(body);
        assert_eq!((given, shown), (code, id), "{body}");
    }
    let good = message(&server, "turing", "translate", json!({"text": "log"}));
    let with = |path: &str, value: Value| {
        let mut params = good.clone();
        *params.pointer_mut(path).unwrap_or_else(|| panic!("{path}")) = value;
        params
    };
    let mut follow_up = good.clone();
    follow_up["message"]["taskId"] = json!("t");
    let mut pushed = good.clone();
    pushed["configuration"] = json!({"taskPushNotificationConfig": {"url": "https://example.org"}});
    for (params, code, names) in [
        (json!({}), -32602, "message"),
        (with("/message", json!("hello")), -32602, "message"),
        (with("/message/role", json!("ROLE_AGENT")), -32602, "role"),
        (with("/message/role", json!("user")), -32602, "role"),
        (with("/message/messageId", json!("")), -32602, "messageId"),
        (with("/message/messageId", json!(7)), -32602, "messageId"),
        (with("/message/messageId", json!("a\r\nx-admin-secret: b")), -32602, "messageId"),
        (with("/message/messageId", json!("x".repeat(256))), -32602, "messageId"),
        (with("/message/parts", json!([])), -32602, "parts"),
        (with("/message/parts", json!("hello")), -32602, "parts"),
        (with("/message/parts", json!(["hello"])), -32602, "part"),
        (with("/message/parts/0", json!({"text": 7})), -32602, "part"),
        (with("/message/parts/0", json!({"text": "a", "data": 1})), -32602, "part"),
        (with("/message/parts/0", json!({"raw": "aGk="})), -32005, "files"),
        (with("/message/parts/0", json!({"url": "https://example.org/x"})), -32005, "files"),
        (with("/tenant", json!(7)), -32602, "tenant"),
        (with("/tenant", json!("../turing")), -32602, "Agent not found"),
        (with("/metadata", json!("translate")), -32602, "metadata"),
        (with("/metadata/skillId", json!(7)), -32602, "skillId"),
        (follow_up, -32001, "tasks"),
        (pushed, -32003, "push"),
    ] {
        let shown = params.to_string();
        let (given, _, sentence) = refused(&ada, "SendMessage", params);
        assert_eq!(given, code, "{shown}: {sentence}");
        assert!(sentence.contains(names), "{shown}: {sentence}");
    }
    assert_eq!(ada.balance(), 10);
    assert!(endpoint.seen().is_empty());
}

#[test]
fn a_call_names_the_version_it_speaks() {
    let server = Server::start();
    let ada = server.verified("ada");
    let list = json!({"jsonrpc": "2.0", "id": 1, "method": "ListTasks"}).to_string();
    for (version, good) in [
        (None, false),
        (Some(""), false),
        (Some("0.3"), false),
        (Some("1.1"), false),
        (Some("10"), false),
        (Some("1.0"), true),
        (Some(" 1.0.2 "), true),
    ] {
        let client = version.map_or_else(|| ada.also("x-nothing", ""), |version| ada.also("a2a-version", version));
        let answer = client.call("POST", "/a2a", list.as_bytes()).expect(200);
        assert_eq!(answer["id"], 1);
        if good {
            assert_eq!(answer["result"]["totalSize"], 0, "{version:?}");
        } else {
            let (code, reason, sentence) = refusal(&answer);
            assert_eq!((code, &*reason), (-32009, "VERSION_NOT_SUPPORTED"), "{version:?}");
            assert!(sentence.contains("A2A-Version: 1.0"), "{sentence}");
        }
    }
}

#[test]
fn a_call_that_cannot_be_made_says_why_and_costs_nothing() {
    let server = server();
    let (caller, target) = (server.verified("ada"), server.verified("turing"));
    let failing = Endpoint::answering("500 Internal Server Error", "text/plain", "secret trace");
    offer(&target, "translate", &failing.url());
    let ask = |client: &Client| {
        let params = message(&server, "turing", "translate", json!({"text": "log"}));
        send(client, &json!({"jsonrpc": "2.0", "id": "a", "method": "SendMessage", "params": params}))
    };
    let answer = ask(&caller).expect(200);
    let (code, reason, sentence) = refusal(&answer);
    assert_eq!((code, &*reason), (-32006, "INVALID_AGENT_RESPONSE"));
    assert!(sentence.contains("costs nothing") && !answer.to_string().contains("secret trace"), "{answer}");
    assert_eq!(answer["error"]["data"][0]["metadata"], json!({"code": "skill_unreachable"}));

    let answer = ask(&server.agent("poor")).expect(200);
    let (code, _, sentence) = refusal(&answer);
    assert_eq!((code, &*sentence), (-32000, "Insufficient balance: need 1, have 0"));
    assert_eq!(answer["error"]["data"][0]["metadata"], json!({"code": "insufficient_balance"}));

    offer(&target, "translate", "http://user@agent.example/");
    assert_eq!(refusal(&ask(&caller).expect(200)).0, -32000);
    server.admin().post("/api/admin/agents/turing/ban", json!({})).expect(200);
    assert_eq!(refusal(&ask(&caller).expect(200)).2, "Agent not found");
    assert_eq!(caller.balance(), 10);

    // Who calls is a matter of HTTP, where clients look for it.
    ask(&target).refused(401, "unauthorized");
    let answer = ask(&server.anyone());
    answer.refused(401, "unauthorized");
    assert_eq!(answer.header("www-authenticate"), Some("Bearer"));
    let answer = ask(&server.anyone().with_key("x", "an_wrong"));
    answer.refused(401, "unauthorized");
    assert_eq!(answer.header("www-authenticate"), Some(r#"Bearer error="invalid_token""#));
    server.check();
}

#[test]
fn too_many_calls_are_refused_with_the_status_that_says_so() {
    let server = Server::with(|settings| {
        settings.limits.enabled = true;
        settings.limits.skill_call = 2;
    });
    let ada = server.verified("ada");
    offer(&ada, "echo", "https://aiins.cc/api/skills/echo/ada");
    let ask = || {
        let params = message(&server, "ada", "", json!({"text": "log"}));
        send(&ada, &json!({"jsonrpc": "2.0", "id": "a", "method": "SendMessage", "params": params}))
    };
    ask().expect(200);
    ask().expect(200);
    let answer = ask().expect(429);
    assert_eq!(refusal(&answer).0, -32000);
    assert_eq!(
        (&answer["id"], &answer["error"]["data"][0]["metadata"]),
        (&json!("a"), &json!({"code": "rate_limited"}))
    );
    assert_eq!(ada.balance(), 8);
}
