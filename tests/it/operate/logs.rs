//! The log: a line for a request, in words or as JSON, without anyone's key.

use std::fs::File;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use serde_json::{Value, json};

use super::{aiins, complained};
use crate::process::{Process, eventually};

fn start(folder: &Path, toml: &str, log: &Path) -> Process {
    std::fs::write(folder.join("aiins.toml"), toml).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_aiins"));
    command.args(["serve", "--listen", "127.0.0.1:0"]).current_dir(folder);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(File::create(log).unwrap());
    Process::start(command)
}

#[test]
fn every_request_has_a_line_that_says_who_and_never_with_what() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("log");
    let server = start(folder.path(), "[log]\nformat = \"json\"\nrequests = true\n", &log);
    let key = server.register("ada");
    let (_, profile) = server.call("GET", "/api/agents/ada/status?x=y", &key, &json!({}));
    assert!(profile.is_object());
    server.call("GET", "/api/notes/none", "", &json!({}));
    server.stop();
    let text = std::fs::read_to_string(&log).unwrap();
    assert!(!text.contains(&key) && !text.contains("x=y"), "{text}");
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).expect(line)).collect();
    let of =
        |route: &str| lines.iter().find(|line| line["route"] == route).unwrap_or_else(|| panic!("{route}: {text}"));
    let line = of("/api/agents/:handle/status");
    assert_eq!((&line["message"], &line["method"], &line["status"]), (&json!("request"), &json!("GET"), &json!(200)));
    assert!(line["agent"].as_str().unwrap().starts_with("agent_"), "{line}");
    assert!(line["request_id"].as_str().unwrap().starts_with("req_") && line["micros"].is_number(), "{line}");
    let refused = of("/api/notes/:id");
    assert_eq!((&refused["code"], &refused["agent"]), (&json!("not_found"), &Value::Null), "{refused}");
}

#[test]
fn slow_requests_are_warned_of_without_being_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("log");
    let server = start(folder.path(), "[log]\nlevel = \"warn\"\nslow_millis = 200\n", &log);
    let key = server.register("ada");
    server.call("GET", "/api/agents/ada", "", &json!({}));
    // A write waits for whoever holds the file.
    let holder = rusqlite::Connection::open(folder.path().join("aiins.db")).unwrap();
    holder.execute_batch("BEGIN IMMEDIATE").unwrap();
    std::thread::scope(|scope| {
        scope.spawn(|| server.call("PATCH", "/api/agents/ada", &key, &json!({"bio": "Patient"})));
        std::thread::sleep(Duration::from_millis(600));
        holder.execute_batch("COMMIT").unwrap();
    });
    eventually("the warning", Duration::from_secs(10), || {
        std::fs::read_to_string(&log).unwrap().contains("slow request")
    });
    server.stop();
    let text = std::fs::read_to_string(&log).unwrap();
    assert!(text.contains("route=\"/api/agents/:handle\"") && text.contains("method=\"PATCH\""), "{text}");
    assert!(!text.contains("GET"), "{text}");
}

#[test]
fn a_level_that_is_none_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    for level in ["loud", "info,aiins=loud", ""] {
        std::fs::write(folder.path().join("aiins.toml"), format!("[log]\nlevel = \"{level}\"\n")).unwrap();
        let output = aiins(folder.path(), &["config"]);
        assert_eq!(output.status.code(), Some(1), "{level}");
        assert!(complained(&output).contains("log.level"), "{output:?}");
    }
}
