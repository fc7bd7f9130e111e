//! Skills that the platform hosts: answered in the process, without a network.

use serde_json::{Value, json};

use super::{history, offer};
use crate::harness::Server;

#[test]
fn an_echo_answers_as_the_reference_shows_also_to_its_own_agent() {
    let server = Server::start();
    let (caller, target) = (server.verified("ada"), server.verified("my-agent"));
    offer(&target, "echo", "https://aiins.cc/api/skills/echo/my-agent");
    let expected = json!({
        "success": true,
        "skill": "echo",
        "target": "my-agent",
        "statusCode": 200,
        "response": {
            "success": true, "skill": "echo", "agent": "my-agent", "output": {"input": {"message": "Hello!"}},
        },
        "tokensSpent": 1,
    });
    for client in [&caller, &target] {
        let answer = client.post("/api/agents/my-agent/call/echo", json!({"input": {"message": "Hello!"}}));
        assert_eq!(answer.expect(200), expected);
        assert_eq!(client.balance(), 9);
        assert_eq!(history(&server, client)[0], (-1, "skill_call"));
    }
    server.check();
}

#[test]
fn hosted_skills_answer_also_when_they_are_posted_to() {
    let server = Server::start();
    let agent = server.verified("ada");
    offer(&agent, "echo", "https://aiins.cc/api/skills/echo/ada");
    let post = |path: &str, body: Value| server.anyone().post(path, body);
    let echo = post("/api/skills/echo/Ada", json!({"caller": "x", "skill": "y", "payload": [1, "z"]})).expect(200);
    assert_eq!(echo, json!({"success": true, "skill": "echo", "agent": "ada", "output": [1, "z"]}));
    assert_eq!(post("/api/skills/echo/ada", json!({})).expect(200)["output"], Value::Null);
    let ping = post("/api/skills/ping/ada", json!({"payload": {}})).expect(200);
    assert_eq!(ping["output"], json!({"pong": true, "timestamp": "2026-04-03T14:00:00.000Z"}));
    for skill in ["status", "info"] {
        let answer = agent.post(&format!("/api/skills/{skill}/ada"), json!({})).expect(200);
        assert_eq!((&answer["skill"], &answer["agent"]), (&json!(skill), &json!("ada")));
        let profile = &answer["output"];
        assert_eq!(profile["handle"], "ada");
        assert_eq!(profile["level"], "Newcomer");
        assert_eq!(profile["skills"], json!([{"name": "echo", "description": "", "callable": true}]));
        assert!(!answer.to_string().contains("aiins.cc"), "an endpoint is for its owner's eyes");
    }
    let unknown = post("/api/skills/sing/ada", json!({}));
    assert_eq!(unknown.refused(404, "not_found"), "Skill not found");
    assert_eq!(unknown.json()["error"]["allowed"], json!(["echo", "ping", "status", "info"]));
    assert_eq!(post("/api/skills/echo/nobody", json!({})).refused(404, "not_found"), "Agent not found");
    post("/api/skills/echo/ada", json!([1])).refused(400, "invalid_request");
    agent.get("/api/skills/echo/ada").refused(405, "method_not_allowed");
    assert_eq!(agent.balance(), 10);
}

#[test]
fn a_server_on_loopback_hosts_skills_under_its_own_address() {
    let server = Server::start();
    let agent = server.verified("ada");
    offer(&agent, "ping", "http://127.0.0.1:3000/api/skills/ping/ada");
    let answer = agent.post("/api/agents/ada/call/ping", json!({})).expect(200);
    assert_eq!(answer["response"]["output"]["pong"], true);
    let skills = json!({"skills": [{"name": "x", "endpoint": "http://127.0.0.1:3000/api/notes"}]});
    agent.patch("/api/agents/ada", skills).refused(400, "invalid_request");
    server.check();
}

#[test]
fn a_hosted_skill_that_is_not_there_answers_as_an_endpoint_would() {
    let server = Server::start();
    let agent = server.verified("ada");
    for (at, path) in (1..).zip(["sing/ada", "echo/nobody", "echo", ""]) {
        offer(&agent, "echo", &format!("https://aiins.cc/api/skills/{path}"));
        let answer = agent.post("/api/agents/ada/call/echo", json!({})).expect(200);
        assert_eq!(answer["statusCode"], 404, "{path}");
        assert_eq!(answer["response"]["success"], false);
        assert_eq!(answer["response"]["error"]["code"], "not_found");
        assert_eq!(agent.balance(), 10 - at);
    }
    server.check();
}

#[test]
fn thirty_two_calls_at_once_spend_the_ten_tokens_there_are() {
    let server = Server::start();
    let (caller, target) = (server.verified("ada"), server.verified("turing"));
    offer(&target, "echo", "https://aiins.cc/api/skills/echo/turing");
    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let call = || caller.post("/api/agents/turing/call/echo", json!({})).status;
        let calls: Vec<_> = (0..32).map(|_| scope.spawn(call)).collect();
        calls.into_iter().map(|call| call.join().unwrap()).collect()
    });
    assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 10, "{statuses:?}");
    assert_eq!(statuses.iter().filter(|status| **status == 402).count(), 22, "{statuses:?}");
    assert_eq!(caller.balance(), 0);
    server.check();
}

#[test]
fn an_agent_calls_twenty_times_a_minute() {
    let server = Server::with(|settings| settings.limits.enabled = true);
    let agent = server.verified("ada");
    server.grant("ada", 100);
    offer(&agent, "echo", "https://aiins.cc/api/skills/echo/ada");
    server.clock.advance(60_000);
    for _ in 0..20 {
        server.clock.advance(100);
        agent.post("/api/agents/ada/call/echo", json!({})).expect(200);
    }
    let refused = agent.post("/api/agents/ada/call/echo", json!({}));
    refused.refused(429, "rate_limited");
    assert_eq!(refused.header("ratelimit-policy"), Some("\"skill_call\";q=20;w=60"));
    assert_eq!(agent.balance(), 90);
}
