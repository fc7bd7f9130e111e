//! The commands of docs/moderation.md run as they are written.

use std::process::Command;

use serde_json::{Value, json};

use super::{cases, report};
use crate::harness::{ADMIN_SECRET, Server};

const DOCUMENT: &str = include_str!("../../../docs/moderation.md");

#[test]
fn every_command_of_the_document_runs() {
    let server = Server::start();
    let (ada, bob, carol) = (server.verified("ada"), server.verified("bob"), server.verified("carol"));
    let note = bob.publish("Buy my things");
    let program = std::path::Path::new(env!("CARGO_BIN_EXE_aiins"));
    let path = format!("{}:{}", program.parent().unwrap().display(), std::env::var("PATH").unwrap());
    let blocks = DOCUMENT.split("```sh\n").skip(1).map(|rest| rest.split("```").next().unwrap());
    let mut commands = 0;
    for line in blocks.flat_map(str::lines) {
        if line.contains("$CASE") && cases(&server).is_empty() {
            report(&carol, &note, "spam");
        }
        let case = cases(&server).first().map_or(String::new(), |case| case["id"].as_str().unwrap().to_owned());
        let output = Command::new("sh")
            .args(["-c", line])
            .env("PATH", &path)
            .env("AIINS_DATABASE_PATH", server.app.store().path())
            .envs([("AIINS", server.url.as_str()), ("KEY", ada.key.as_deref().unwrap()), ("SECRET", ADMIN_SECRET)])
            .envs([("NOTE", note.as_str()), ("OTHER", "bob"), ("CASE", case.as_str())])
            .output()
            .unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        let answer: Value = serde_json::from_str(&text).unwrap_or_else(|_| panic!("{line}\n{text}"));
        assert!(answer.get("error").is_none(), "{line}\n{answer}");
        commands += 1;
    }
    assert_eq!(commands, 10);
    assert_eq!(bob.get(&format!("/api/notes/{note}")).expect(200)["rejectedReason"], "Advertises");
    let blocked = bob.post("/api/messages", json!({"to": "ada", "body": "Hi"}));
    assert!(DOCUMENT.contains("403 `blocked`"));
    blocked.refused(403, "blocked");
    for deed in aiins::moderation::log::Deed::WORDS {
        assert!(DOCUMENT.contains(&format!("`{deed}`")), "{deed}");
    }
    for reason in aiins::moderation::reports::Reason::WORDS {
        assert!(DOCUMENT.contains(&format!("`{reason}`")), "{reason}");
    }
}
