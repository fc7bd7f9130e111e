//! The command line: what each command does to the file and what it prints.

use std::path::Path;
use std::process::{Command, Output};

use serde_json::{Value, json};

use crate::harness::Server;

fn aiins(database: &Path, words: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_aiins")).args(words).arg("--database").arg(database).output().unwrap()
}

fn json_of(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {output:?}"))
}

#[test]
fn commands_work_beside_a_running_server() {
    let server = Server::with(|settings| settings.review.mode = aiins::base::config::ReviewMode::Manual);
    let path = server.app.store().path().to_owned();
    let ada = server.verified("ada");

    let granted = json_of(&aiins(&path, &["grant", "ada", "100", "--json"]));
    assert_eq!(granted, json!({"success": true, "handle": "ada", "amount": 100, "balance": 110}));
    assert_eq!(ada.balance(), 110);

    let note = ada.submit("Waits for a person");
    let listed = json_of(&aiins(&path, &["review", "--json"]));
    assert_eq!(listed["notes"][0]["id"], json!(note));
    let text = String::from_utf8(aiins(&path, &["review"]).stdout).unwrap();
    assert!(text.contains(&note) && text.contains("@ada"), "{text}");
    let approved = aiins(&path, &["review", "approve", &note]);
    assert!(approved.status.success(), "{approved:?}");
    server.anyone().get(&format!("/api/notes/{note}")).expect(200);

    let second = ada.submit("Not this one");
    assert!(aiins(&path, &["review", "reject", &second, "--reason", "Off topic"]).status.success());
    assert_eq!(ada.get(&format!("/api/notes/{second}")).expect(200)["rejectedReason"], "Off topic");

    let refused = aiins(&path, &["owner-token", "bad login!"]);
    assert!(String::from_utf8_lossy(&refused.stderr).contains("is no GitHub login"), "{refused:?}");
    let issued = json_of(&aiins(&path, &["owner-token", "Octocat", "--json"]));
    assert_eq!(issued["ownerHandle"], "octocat");
    let bob = server.agent("bob");
    let verified = bob.post("/api/agents/bob/verify-owner", json!({"ownerToken": issued["ownerToken"]})).expect(200);
    assert_eq!((&verified["bonus"], &verified["balance"]), (&json!(10), &json!(10)));

    let key = json_of(&aiins(&path, &["reset-key", "bob", "--json"]))["apiKey"].as_str().unwrap().to_owned();
    bob.get("/api/agents/bob/status").refused(401, "unauthorized");
    server.anyone().with_key("bob", &key).get("/api/agents/bob/status").expect(200);

    assert!(aiins(&path, &["ban", "bob", "--reason", "spam"]).status.success());
    server.anyone().get("/api/agents/bob").refused(404, "not_found");
    assert!(aiins(&path, &["unban", "bob"]).status.success());
    server.anyone().get("/api/agents/bob").expect(200);

    let checked = aiins(&path, &["check", "--json"]);
    assert!(checked.status.success());
    assert_eq!(json_of(&checked)["ok"], true);
}

#[test]
fn a_backup_can_be_restored_and_the_old_file_is_kept() {
    let server = Server::start();
    let path = server.app.store().path().to_owned();
    let ada = server.verified("ada");
    let kept = ada.publish("In the backup");
    let copy = path.with_file_name("copy.db");
    let copy_text = copy.to_str().unwrap();
    let made = json_of(&aiins(&path, &["backup", copy_text, "--json"]));
    assert_eq!(made["success"], true);
    assert!(!aiins(&path, &["backup", copy_text]).status.success(), "a backup never overwrites");
    assert!(aiins(&copy, &["check"]).status.success());
    let lost = ada.publish("After the backup");

    let refused = aiins(&path, &["restore", copy_text]);
    assert!(!refused.status.success());
    assert!(String::from_utf8(refused.stderr).unwrap().contains("A server runs"));

    let folder = server.stop();
    let restored = json_of(&aiins(&path, &["restore", copy_text, "--json"]));
    let aside = restored["kept"].as_str().unwrap();
    assert!(aiins(Path::new(aside), &["check"]).status.success(), "the old file is whole");
    let server = Server::over(folder, aiins::base::clock::Clock::System, |_| {});
    server.anyone().get(&format!("/api/notes/{kept}")).expect(200);
    server.anyone().get(&format!("/api/notes/{lost}")).refused(404, "not_found");
    server.check();
}

#[test]
fn a_broken_ledger_is_found_and_named() {
    let server = Server::start();
    let path = server.app.store().path().to_owned();
    server.verified("ada");
    let _folder = server.stop();
    let file = rusqlite::Connection::open(&path).unwrap();
    file.execute_batch("UPDATE accounts SET balance = balance + 5 WHERE kind = 'wallet'").unwrap();
    drop(file);
    let checked = aiins(&path, &["check", "--json"]);
    assert_eq!(checked.status.code(), Some(1));
    let problems = json_of(&checked)["problems"].to_string();
    assert!(problems.contains("its entries add up to 10") && problems.contains("together hold 5"), "{problems}");
    assert!(!aiins(&path.with_file_name("other.db"), &["restore", path.to_str().unwrap()]).status.success());
}

#[test]
fn what_cannot_be_done_says_why() {
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("missing.db");
    for words in [
        &["check"][..],
        &["review"],
        &["grant", "ada", "1"],
        &["ban", "ada"],
        &["reset-key", "ada"],
        &["backup", "x.db"],
        &["owner-token", "ada"],
    ] {
        let output = aiins(&missing, words);
        assert_eq!(output.status.code(), Some(1), "{words:?}");
        assert!(String::from_utf8(output.stderr).unwrap().contains("There is no database at"), "{words:?}");
        assert!(!missing.exists(), "{words:?}");
    }
    let server = Server::start();
    let path = server.app.store().path().to_owned();
    for (words, sentence) in [
        (&["grant", "nobody", "1"][..], "Agent not found"),
        (&["grant", "nobody", "0"], "amount must be"),
        (&["ban", "nobody"], "Agent not found"),
        (&["unban", "nobody"], "Agent not found"),
        (&["review", "approve", "x"], "x is no note's id"),
    ] {
        let output = aiins(&path, words);
        assert_eq!(output.status.code(), Some(1), "{words:?}");
        assert!(String::from_utf8(output.stderr).unwrap().contains(sentence), "{words:?}");
    }
    let config = folder.path().join("aiins.toml");
    std::fs::write(&config, "[server]\nlissten = \"x\"\n").unwrap();
    let output = aiins(&path, &["check", "--config", config.to_str().unwrap()]);
    assert!(String::from_utf8(output.stderr).unwrap().contains("lissten"));
    let output = aiins(&missing, &["serve", "--demo", "--listen", "0.0.0.0:0"]);
    assert!(String::from_utf8(output.stderr).unwrap().contains("loopback"));
}

#[test]
fn the_settings_file_in_the_tree_holds_the_defaults() {
    use aiins::base::config::Settings;
    let settings = Settings::from_toml(include_str!("../../aiins.toml"), std::iter::empty()).unwrap();
    assert_eq!(settings, Settings::default());
}

#[test]
fn every_endpoint_is_printed() {
    let output = Command::new(env!("CARGO_BIN_EXE_aiins")).arg("routes").output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let server = Server::start();
    for route in server.app.router().routes() {
        assert!(text.contains(route.path), "{}", route.path);
        assert!(!route.description.is_empty(), "{}", route.path);
        if route.kind != aiins::http::Kind::Api {
            continue;
        }
        assert!(!route.action.is_empty(), "{}", route.path);
        let redirects = (300..400).contains(&route.answer.0);
        assert!(redirects || route.answer.1.is_some(), "{} has no answer's schema", route.path);
    }
}

#[test]
fn a_throwaway_server_says_who_administers_it() {
    use std::io::{BufRead, BufReader};
    let folder = tempfile::tempdir().unwrap();
    let mut child = Command::new(env!("CARGO_BIN_EXE_aiins"))
        .args(["serve", "--ephemeral"])
        .current_dir(folder.path())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
    let said = lines.find(|line| line.starts_with("To administer, sign in as ada-okafor: http://127.0.0.1:"));
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(said.unwrap().ends_with("/api/auth/login?next=/admin"));
}

#[test]
fn a_throwaway_server_has_github_send_people_back_to_the_port_it_took() {
    use std::io::{BufRead, BufReader, Read, Write};
    let folder = tempfile::tempdir().unwrap();
    let mut child = Command::new(env!("CARGO_BIN_EXE_aiins"))
        .args(["serve", "--ephemeral"])
        .env("AIINS_GITHUB_CLIENT_ID", "an-id")
        .env("AIINS_GITHUB_CLIENT_SECRET", "a-secret")
        .current_dir(folder.path())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
    let said = lines.find(|line| line.starts_with("Aiins listening on ")).unwrap();
    let address = said.rsplit_once('/').unwrap().1;
    let mut connection = std::net::TcpStream::connect(address).unwrap();
    write!(connection, "GET /api/auth/login HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    connection.read_to_string(&mut answer).unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    let port = address.rsplit_once(':').unwrap().1;
    assert!(
        answer.contains(&format!("redirect_uri=http%3A%2F%2F127.0.0.1%3A{port}%2Fapi%2Fauth%2Fcallback")),
        "{answer}"
    );
}
