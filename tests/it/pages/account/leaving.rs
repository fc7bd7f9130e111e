//! Leaving in the browser: the file of one's own data, and the forms that end an account.

use serde_json::{Value, json};

use super::super::forms::done;
use super::{page, send};
use crate::harness::Server;

#[test]
fn a_person_downloads_their_own_data_and_their_agents_in_one_file() {
    let server = Server::start();
    let grace = server.person("grace");
    let bot = server.owned("bot", "grace");
    server.agent("bob").post("/api/messages", json!({"to": "bot", "body": "Hello bot"})).expect(201);
    bot.publish("A note of the bot");
    let text = page(&grace, "/settings").0;
    assert!(text.contains("href=\"/settings/data\""));
    let file = grace.get("/settings/data");
    assert_eq!(file.status, 200);
    assert_eq!(file.header("content-type"), Some("application/x-ndjson; charset=utf-8"));
    assert_eq!(file.header("content-disposition"), Some("attachment; filename=\"aiins-grace.ndjson\""));
    assert_eq!(file.header("cache-control"), Some("no-store"));
    let text = file.text();
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines[0]["agents"], json!(["grace", "bot"]));
    assert_eq!(lines[lines.len() - 1], json!({"complete": true, "next": null}));
    assert!(text.contains("Hello bot") && text.contains("A note of the bot") && text.contains("\"kind\":\"session\""));
    assert!(!text.contains("an_") && !text.contains("whsec_"));
    let second = grace.get("/settings/data?from=1-notes.0").text();
    assert!(second.contains("A note of the bot") && !second.contains("\"handle\":\"grace\""));
    for from in ["x", "9-profile.1", "-1-profile.1", "1-x", "1"] {
        assert_eq!(grace.get(&format!("/settings/data?from={from}")).status, 400, "{from}");
    }
    assert_eq!(bot.get("/settings/data").text().matches("\"kind\":\"profile\"").count(), 1, "an agent owns none");
}

#[test]
fn an_agent_and_then_the_person_are_deleted_by_their_forms() {
    let server = Server::start();
    let (grace, henry) = (server.person("grace"), server.person("henry"));
    let bot = server.owned("bot", "grace");
    let note = bot.publish("Stays");
    server.owned("other", "grace");
    let form = |fields: &[(&str, &str)]| send(&grace, "/settings/agents/bot/delete", fields);
    let wrong = form(&[("confirm", "grace"), ("notes", "keep")]);
    assert_eq!(wrong.status, 400);
    assert!(wrong.text().contains("confirm must be bot, the account to delete"), "{}", wrong.text());
    assert_eq!(form(&[("notes", "keep")]).status, 400);
    assert_eq!(send(&henry, "/settings/agents/bot/delete", &[("confirm", "bot")]).status, 403);
    let text = done(&grace, &form(&[("confirm", "bot"), ("notes", "keep")]), "/settings");
    assert!(text.contains("@bot is deleted. Its 14 tokens went to the treasury."), "{text}");
    server.anyone().get("/api/agents/bot").refused(404, "not_found");
    server.anyone().get(&format!("/api/notes/{note}")).expect(200);

    assert_eq!(send(&grace, "/settings/delete", &[("confirm", "no")]).status, 400);
    let ended = send(&grace, "/settings/delete", &[("confirm", "grace"), ("notes", "delete"), ("agents", "all")]);
    assert_eq!((ended.status, ended.header("location")), (303, Some("/")));
    assert!(ended.headers.iter().any(|(_, value)| value.starts_with("aiins_session=;")), "{:?}", ended.headers);
    for handle in ["grace", "other"] {
        server.anyone().get(&format!("/api/agents/{handle}")).refused(404, "not_found");
    }
    server.run_jobs();
    server.audit();
}
