//! Moving: an instance goes out as lines of JSON and comes back as it was, or not at all.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};

use aiins::base::clock::Clock;
use aiins::base::db::SCHEMA_VERSION;
use aiins::base::db::tables::{Fate, TABLES};
use aiins::discovery::own_data;
use rusqlite::Connection;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::harness::{START, Server};

const SCHEMA: &str = include_str!("../../schema.sql");
/// What a person reads who adds a table.
const WHAT_TO_DO: &str = "add it to TABLES in src/base/db/tables.rs, at its place in schema.sql: Exported if it holds \
    something that other tables do not; Secret if it opens or signs something; Rebuilt if it follows from other tables, \
    and then have src/cli/export/rebuilding.rs make it anew; Left(why) if it belongs to one server at one moment. If it \
    refers to agents, src/discovery/own_data/sections.rs and tests/it/deletion.rs ask about it too";

fn run(words: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_aiins")).args(words).output().unwrap()
}

#[track_caller]
fn done(words: &[&str]) -> Value {
    let output = run(&[words, &["--json"]].concat());
    assert!(output.status.success(), "{words:?}: {output:?}");
    serde_json::from_slice(&output.stdout).unwrap()
}

#[track_caller]
fn refused(words: &[&str]) -> String {
    let output = run(words);
    assert_eq!(output.status.code(), Some(1), "{words:?}: {output:?}");
    String::from_utf8(output.stderr).unwrap()
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

fn export(database: &Path, file: &Path) {
    done(&["export", "--database", text(database), "-o", text(file)]);
}

fn lines(file: &Path) -> Vec<String> {
    std::fs::read_to_string(file).unwrap().lines().map(str::to_owned).collect()
}

/// An export's lines, but for when it was made and what follows from that.
fn comparable(file: &Path) -> Vec<String> {
    let mut lines = lines(file);
    let last = lines.len() - 1;
    for (at, member) in [(0, "exportedAt"), (last, "sha256")] {
        let mut line: Value = serde_json::from_str(&lines[at]).unwrap();
        line.as_object_mut().unwrap().remove(member).unwrap();
        lines[at] = line.to_string();
    }
    lines
}

/// A seeded database, whose past ends where the held clock stands, and the keys of two agents.
fn seeded(path: &Path) -> Vec<(String, String)> {
    let words = ["seed", "--agents", "40", "--notes", "160", "--seed", "7", "--until", "2026-04-03T14:00:00Z"];
    let answer = done(&[&words[..], &["--database", text(path)]].concat());
    let keys = answer["keys"].as_array().unwrap().iter();
    keys.map(|key| (key["handle"].as_str().unwrap().to_owned(), key["apiKey"].as_str().unwrap().to_owned())).collect()
}

#[test]
fn every_table_of_the_schema_has_a_fate() {
    let fresh = Connection::open_in_memory().unwrap();
    fresh.execute_batch(SCHEMA).unwrap();
    let list = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE '%\\_search\\_%' ESCAPE '\\'";
    let mut tables = fresh.prepare(list).unwrap();
    let tables: Vec<String> = tables.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    let known: Vec<&str> = TABLES.iter().map(|table| table.name).collect();
    for table in &tables {
        assert!(known.contains(&table.as_str()), "schema.sql has the table {table}: {WHAT_TO_DO}");
    }
    assert_eq!(tables, known, "TABLES has the order of schema.sql, and no table twice or that is gone");
    for table in TABLES {
        let is_index = table.name.ends_with("_search");
        assert_eq!(is_index, is_index && table.fate == Fate::Rebuilt, "{}", table.name);
    }
}

#[test]
fn every_table_that_speaks_of_agents_is_part_of_their_own_data_or_left_out_for_a_reason() {
    let fresh = Connection::open_in_memory().unwrap();
    fresh.execute_batch(SCHEMA).unwrap();
    let (shown, left): (BTreeSet<&str>, BTreeMap<&str, &str>) =
        (own_data::tables().into_iter().collect(), own_data::LEFT_OUT.iter().copied().collect());
    for table in TABLES {
        let sql = "SELECT count(*) FROM pragma_foreign_key_list(?1) WHERE \"table\" = 'agents'";
        let references: i64 = fresh.query_row(sql, [table.name], |row| row.get(0)).unwrap();
        let is_known = shown.contains(table.name) || left.contains_key(table.name);
        assert!(
            references == 0 || is_known,
            "{} refers to agents: give it a section in src/discovery/own_data/sections.rs, so that they can take it \
             along, or a reason in LEFT_OUT there",
            table.name
        );
    }
}

#[test]
fn what_was_exported_comes_back_byte_for_byte_and_answers_alike() {
    let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    let [old, new] = [0, 1].map(|number: usize| folders[number].path().join("aiins.db"));
    let keys = seeded(&old);
    let [first, second] = [0, 1].map(|number: usize| folders[number].path().join("export.ndjson"));
    export(&old, &first);
    let imported = done(&["import", text(&first), "--database", text(&new)]);
    let last: Value = serde_json::from_str(lines(&first).last().unwrap()).unwrap();
    let counted: i64 = last["rows"].as_object().unwrap().values().map(|rows| rows.as_i64().unwrap()).sum();
    assert_eq!(imported["rows"], counted);
    assert!(counted > 2_000, "{last}");
    export(&new, &second);
    assert!(comparable(&first) == comparable(&second), "the exports differ");
    assert_eq!(done(&["check", "--database", text(&new)])["ok"], true);

    let bounties: Vec<String> = ["open", "claimed", "disputed", "completed", "cancelled"]
        .iter()
        .flat_map(|status| [format!("/api/bounties?status={status}"), format!("/bounties?status={status}")])
        .collect();
    let mut paths: Vec<String> = [
        "/api/notes",
        "/api/notes?sort=new",
        "/api/notes?sort=top&limit=50",
        "/api/notes?sort=rising",
        "/api/explore",
        "/api/leaderboard?board=fans",
        "/api/leaderboard?board=wealth",
        "/api/leaderboard?board=hot",
        "/api/communities",
        "/api/search?q=agent",
        "/api/search?q=agent&type=agent",
        "/api/search?q=a&type=community",
        "/api/search?q=a&type=tag",
        "/api/messages?peek=true",
        "/api/messages?box=sent",
        "/api/notifications",
        "/api/notes/draft",
        "/feed.atom",
    ]
    .map(str::to_owned)
    .to_vec();
    paths.extend(bounties);
    for (handle, _) in &keys {
        let of =
            ["", "/status?peek=true", "/wallet/history?limit=100", "/analytics?period=90d", "/followers", "/notes"];
        paths.extend(of.map(|rest| format!("/api/agents/{handle}{rest}")));
    }
    let [old, new] = folders.map(|folder| Server::over(folder, Clock::held_at(START), |_| {}));
    let mut compared = 0;
    for (handle, key) in &keys {
        for path in &paths {
            let [before, after] = [&old, &new].map(|server| {
                let answer = server.anyone().with_key(handle, key).get(path);
                // A refusal names its request.
                let text = if answer.status == 200 { answer.text() } else { String::new() };
                (answer.status, text.replace(&server.url, "http://here"))
            });
            assert_eq!(before, after, "{path} as {handle}");
            compared += usize::from(before.0 == 200);
        }
    }
    assert!(compared > 50, "{compared} answers");
    // Both go on alike: what was paid once is not paid again, and the chain takes the next link.
    for server in [&old, &new] {
        let (handle, key) = &keys[0];
        let client = server.anyone().with_key(handle, key);
        client.post("/api/notes/draft", json!({"templateId": "article"})).expect(201);
        client.publish("After the move");
        server.audit();
    }
}

#[test]
fn an_export_beside_a_server_that_writes_is_one_state() {
    let server = Server::start();
    let (ada, bob) = (server.verified("ada"), server.verified("bob"));
    server.grant("ada", 10_000);
    let path = server.app.store().path().to_owned();
    let (file, copy) = (path.with_file_name("export.ndjson"), path.with_file_name("copy.db"));
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !stop.load(Ordering::SeqCst) {
                ada.post("/api/agents/bob/tip", json!({"amount": 1})).expect(200);
                bob.post("/api/agents/ada/tip", json!({"amount": 1})).expect(200);
            }
        });
        export(&path, &file);
        stop.store(true, Ordering::SeqCst);
    });
    done(&["import", text(&file), "--database", text(&copy)]);
    assert_eq!(done(&["check", "--database", text(&copy)])["ok"], true);
}

#[test]
fn an_export_is_private_and_never_overwrites() {
    let server = Server::start();
    server.verified("ada");
    let path = server.app.store().path().to_owned();
    let file = path.with_file_name("export.ndjson");
    export(&path, &file);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    }
    let before = std::fs::read(&file).unwrap();
    let sentence = refused(&["export", "--database", text(&path), "-o", text(&file)]);
    assert!(sentence.contains("is already there"), "{sentence}");
    assert_eq!(std::fs::read(&file).unwrap(), before);
    // Without a name it goes to the standard output, and only there.
    let output = run(&["export", "--database", text(&path)]);
    assert!(output.status.success());
    assert!(output.stdout.starts_with(br#"{"format":"aiins-export","version":1,"schema":"#), "{output:?}");
    assert!(String::from_utf8(output.stderr).unwrap().contains("rows exported"));
    // And it comes from the standard input.
    let copy = path.with_file_name("copy.db");
    let mut import = Command::new(env!("CARGO_BIN_EXE_aiins"))
        .args(["import", "-", "--database", text(&copy)])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    std::io::Write::write_all(&mut import.stdin.take().unwrap(), &output.stdout).unwrap();
    assert!(import.wait().unwrap().success());
}

#[test]
fn without_secrets_nobody_has_a_key_until_it_is_reset() {
    let server = Server::start();
    let ada = server.verified("ada");
    let secret = ada.get("/api/agents/ada/webhook-secret").expect(200)["secret"].as_str().unwrap().to_owned();
    let path = server.app.store().path().to_owned();
    let [whole, bare] = ["whole", "bare"].map(|name| path.with_file_name(format!("{name}.ndjson")));
    export(&path, &whole);
    done(&["export", "--database", text(&path), "--without-secrets", "-o", text(&bare)]);
    let hash = data_encoding::HEXLOWER.encode(&aiins::base::secret::hash(ada.key.as_deref().unwrap()));
    let [whole_text, bare_text] = [&whole, &bare].map(|file| std::fs::read_to_string(file).unwrap());
    for it in [secret.as_str(), &hash, "owner_tokens", "webhook_secrets"] {
        assert!(whole_text.contains(it) && !bare_text.contains(it), "{it}");
    }
    for (file, status) in [(whole, 200), (bare, 401)] {
        let folder = tempfile::tempdir().unwrap();
        let copy = folder.path().join("aiins.db");
        done(&["import", text(&file), "--database", text(&copy)]);
        let server = Server::over(folder, Clock::held_at(START), |_| {});
        let client = server.anyone().with_key("ada", ada.key.as_deref().unwrap());
        assert_eq!(client.get("/api/agents/ada/status").status, status);
        let key = done(&["reset-key", "ada", "--database", text(&copy)])["apiKey"].as_str().unwrap().to_owned();
        server.anyone().with_key("ada", &key).get("/api/agents/ada/status").expect(200);
    }
}

/// A small export as lines, and the place to import it to.
fn small() -> (tempfile::TempDir, Vec<String>, PathBuf) {
    let server = Server::start();
    let (ada, bob) = (server.verified("ada"), server.agent("bob"));
    let note = ada.publish("A note");
    bob.post(&format!("/api/notes/{note}/like"), json!({})).expect(200);
    let path = server.app.store().path().to_owned();
    let file = path.with_file_name("export.ndjson");
    export(&path, &file);
    let folder = tempfile::tempdir().unwrap();
    let target = folder.path().join("new.db");
    (folder, lines(&file), target)
}

/// The lines with a last one that fits them, as whoever changes a file on purpose would write it.
fn sealed(lines: &[String]) -> String {
    let mut rows: BTreeMap<String, u64> = BTreeMap::new();
    let mut current = String::new();
    for line in &lines[1..lines.len() - 1] {
        let line: Value = serde_json::from_str(line).unwrap_or_default();
        match line["table"].as_str() {
            Some(table) => {
                current = table.to_owned();
                rows.entry(current.clone()).or_default();
            }
            None => *rows.entry(current.clone()).or_default() += 1,
        }
    }
    let body: String = lines[..lines.len() - 1].iter().map(|line| format!("{line}\n")).collect();
    let digest = data_encoding::HEXLOWER.encode(&Sha256::digest(&body));
    format!("{body}{}\n", json!({"rows": rows, "sha256": digest}))
}

#[test]
fn what_does_not_fit_is_refused_with_its_line_and_leaves_nothing() {
    let (folder, lines, target) = small();
    let whole = lines.iter().map(|line| format!("{line}\n")).collect::<String>();
    assert_eq!(sealed(&lines).len(), whole.len(), "the test seals as the program does");
    let at = |table: &str| lines.iter().position(|line| line.contains(&format!("{{\"table\":\"{table}\""))).unwrap();
    let (agents, accounts, notes) = (at("agents"), at("accounts"), at("notes"));
    let with = |at: usize, change: &dyn Fn(&str) -> String| {
        let mut lines = lines.clone();
        lines[at] = change(&lines[at]);
        sealed(&lines)
    };
    let without = |at: usize| {
        let mut lines = lines.clone();
        lines.remove(at);
        sealed(&lines)
    };
    let twice = |at: usize| {
        let mut lines = lines.clone();
        lines.insert(at, lines[at].clone());
        sealed(&lines)
    };
    let row = |at: usize, change: &dyn Fn(&mut Vec<Value>)| {
        with(at, &|line| {
            let mut row: Vec<Value> = serde_json::from_str(line).unwrap();
            change(&mut row);
            serde_json::to_string(&row).unwrap()
        })
    };
    let column = |table: usize, name: &str| {
        let heading: Value = serde_json::from_str(&lines[table]).unwrap();
        heading["columns"].as_array().unwrap().iter().position(|column| column == name).unwrap()
    };
    let (handle, balance) = (column(agents, "handle"), column(accounts, "balance"));
    let number = |line: usize| format!("Line {} ", line + 1);
    let last = lines.len() - 1;
    let cases: Vec<(String, String)> = vec![
        (String::new(), "does not open an export".to_owned()),
        ("{}\n".to_owned(), "Line 1 does not open an export".to_owned()),
        ("not JSON\n".to_owned(), "Line 1 does not open an export".to_owned()),
        (whole[..whole.len() - 1].to_owned(), "was cut off".to_owned()),
        (whole[..whole.len() / 2].to_owned(), "was cut off".to_owned()),
        (
            lines[..last].iter().map(|line| format!("{line}\n")).collect(),
            "without its last line: it was cut off".to_owned(),
        ),
        (whole.replacen("A note", "B note", 1), format!("{}has the digest of another file", number(last))),
        (format!("{whole}[]\n"), "stands behind the last line".to_owned()),
        (whole.replacen("\"version\":1", "\"version\":2", 1), "Line 1 says aiins-export version 2".to_owned()),
        (whole.replacen("aiins-export", "aiins-own-data", 1), "Line 1 says aiins-own-data".to_owned()),
        (whole.replacen(&format!("\"schema\":{SCHEMA_VERSION}"), "\"schema\":99", 1), "says schema 99".to_owned()),
        (whole.replacen(&format!("\"schema\":{SCHEMA_VERSION}"), "\"schema\":1", 1), "let this one upgrade".to_owned()),
        (
            with(agents, &|line| line.replace("\"agents\"", "\"sessions\"")),
            format!("{}names the table sessions", number(agents)),
        ),
        (
            with(agents, &|line| line.replace("\"handle\"", "\"name\"")),
            format!("{}names other columns", number(agents)),
        ),
        (row(agents + 1, &|row| drop(row.pop())), format!("{}has ", number(agents + 1))),
        (
            row(agents + 1, &|row| row[handle] = json!(7)),
            format!("{}holds what agents.handle cannot hold", number(agents + 1)),
        ),
        (row(agents + 1, &|row| row[handle] = json!(null)), format!("{}does not fit into agents", number(agents + 1))),
        (
            row(agents + 1, &|row| row[0] = json!(1.5)),
            format!("{}holds what agents.id cannot hold", number(agents + 1)),
        ),
        (with(agents + 1, &|_| "[1, 2".to_owned()), format!("{}is no row", number(agents + 1))),
        (with(agents + 1, &|_| "hello".to_owned()), format!("{}is no line of an export", number(agents + 1))),
        (twice(agents + 1), format!("{}does not fit into agents: UNIQUE", number(agents + 2))),
        (twice(accounts + 1), format!("{}is a second row of one account", number(accounts + 2))),
        (twice(accounts + 2), format!("{}is a second row of one account", number(accounts + 3))),
        (without(agents + 1), "FOREIGN KEY".to_owned()),
        (without(notes + 1), "FOREIGN KEY".to_owned()),
        (without(at("follows")), "comes before the table follows".to_owned()),
        (row(accounts + 1, &|row| row[balance] = json!(row[balance].as_i64().unwrap() - 1)), "is not sound".to_owned()),
        (with(1, &|_| "[1]".to_owned()), "is a row before any table".to_owned()),
    ];
    let handles = ["Ada", "a", "../ada", "<script>", " ada", "api", "deleted.1", "ada\n", "ädä", ""].map(|taken| {
        let expected = format!("{}holds what is no handle in agents.handle", number(agents + 1));
        (row(agents + 1, &|row| row[handle] = json!(taken)), expected)
    });
    let cases: Vec<(String, String)> = cases.into_iter().chain(handles).collect();
    for (number, (content, expected)) in cases.into_iter().enumerate() {
        let file = folder.path().join("changed.ndjson");
        std::fs::write(&file, content).unwrap();
        let sentence = refused(&["import", text(&file), "--database", text(&target)]);
        assert!(sentence.contains(&expected), "case {number}: expected {expected}: {sentence}");
        let left: Vec<String> = std::fs::read_dir(folder.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .filter(|name| name != "changed.ndjson" && !name.ends_with(".lock"))
            .collect();
        assert!(left.is_empty(), "case {number} left {left:?}");
    }
}

#[test]
fn an_import_takes_only_an_empty_place() {
    let (folder, lines, target) = small();
    let file = folder.path().join("export.ndjson");
    std::fs::write(&file, lines.iter().map(|line| format!("{line}\n")).collect::<String>()).unwrap();
    done(&["import", text(&file), "--database", text(&target)]);
    let before = std::fs::read(&target).unwrap();
    assert!(refused(&["import", text(&file), "--database", text(&target)]).contains("is not empty"));
    assert_eq!(std::fs::read(&target).unwrap(), before);
    let missing = folder.path().join("missing.ndjson");
    assert!(refused(&["import", text(&missing), "--database", text(&folder.path().join("x.db"))]).contains("missing"));
    assert!(refused(&["export", "--database", text(&folder.path().join("y.db"))]).contains("There is no database"));
}

/// The commands of the document, block by block, each line without its remark.
fn commands() -> Vec<Vec<String>> {
    let document = include_str!("../../docs/backup-and-moving.md");
    let blocks = document.split("```sh\n").skip(1).map(|rest| rest.split("```").next().unwrap());
    let command = |line: &str| line.split("  #").next().unwrap().split("   #").next().unwrap().trim().to_owned();
    blocks.map(|block| block.lines().map(command).collect()).collect()
}

#[test]
fn the_commands_of_the_document_run_as_written() {
    let server = Server::start();
    let ada = server.verified("ada");
    ada.publish("A note");
    let key = ada.key.unwrap();
    let folder = server.stop();
    let programs = Path::new(env!("CARGO_BIN_EXE_aiins")).parent().unwrap().to_owned();
    let home = folder.path().to_owned();
    let sh = |command: &str, address: &str| {
        let path = format!("{}:{}", text(&programs), std::env::var("PATH").unwrap_or_default());
        let run = Command::new("sh")
            .args(["-c", command])
            .current_dir(&home)
            .envs([("PATH", path.as_str()), ("KEY", &key), ("AIINS", address)])
            .output()
            .unwrap();
        assert!(run.status.success(), "{command}: {run:?}");
        String::from_utf8(run.stdout).unwrap()
    };
    let blocks = commands();
    let [backups, moves, own, deletions] = &blocks[..] else { panic!("there are four blocks: {blocks:?}") };
    for command in backups.iter().chain(moves) {
        sh(command, "");
    }
    assert!(home.join("aiins.db.before-restore-1").exists());
    let opening = lines(&home.join("instance.ndjson")).swap_remove(0);
    let shown = include_str!("../../docs/backup-and-moving.md").lines().find(|line| line.starts_with("{\"format\""));
    let names = |line: &str| line.split('"').skip(1).step_by(2).map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(names(shown.unwrap()).len(), names(&opening).len());
    assert!(opening.starts_with(&shown.unwrap()[..40]), "{opening}");
    let server = Server::over(folder, Clock::held_at(START), |_| {});
    for command in own {
        sh(command, &server.url);
    }
    assert!(home.join("ada.ndjson").exists());
    for command in deletions {
        if command.starts_with("aiins") {
            // The server's account is gone by now; the copy still has it.
            sh(&format!("{command} --database moved.db"), "");
        } else {
            let answer: Value = serde_json::from_str(&sh(&command.replace("curl", "curl -s"), &server.url)).unwrap();
            assert_eq!(answer["success"], true, "{command}: {answer}");
        }
    }
    server.anyone().get("/api/agents/ada").refused(404, "not_found");
}
