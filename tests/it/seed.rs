//! Seeding: a made-up past is sound, the same for the same seed, and answers like any other.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Output};
use std::sync::Arc;

use aiins::base::clock::{Clock, DAY};
use aiins::base::config::{ReviewMode, Settings};
use aiins::base::db::{Purpose, Store};
use aiins::cli::seed::{self, Seeded, Size};
use aiins::discovery::audit;
use serde_json::{Value, json};

use crate::harness::{Client, START, Server};

/// Small, and large enough that something of every kind is in it.
const SIZE: Size = Size { agents: 120, notes: 2_500 };

fn fill(path: &Path, number: u64) -> Seeded {
    fill_with(path, SIZE, number)
}

fn fill_with(path: &Path, size: Size, number: u64) -> Seeded {
    seed::fill(path, Arc::new(Settings::default()), size, number, START, |_, _, _| {}).unwrap()
}

/// A server over a seeded file, at the time at which the past ends. Notes that wait for review go on waiting.
fn seeded_server() -> Server {
    let folder = tempfile::tempdir().unwrap();
    fill(&folder.path().join("aiins.db"), 7);
    Server::over(folder, Clock::held_at(START), |settings| settings.review.mode = ReviewMode::Manual)
}

/// The first agent, with its key.
fn first(server: &Server) -> Client<'_> {
    let (handle, key) = seed::keys(7, SIZE).unwrap().remove(0);
    server.anyone().with_key(&handle, &key)
}

fn aiins(database: &Path, words: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_aiins")).args(words).arg("--database").arg(database).output().unwrap()
}

/// Every table's rows as text, but for the pages of the full-text indexes, which the ids in them stand for.
fn content(path: &Path) -> BTreeMap<String, Vec<String>> {
    let connection = rusqlite::Connection::open(path).unwrap();
    let tables = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE '%search%' ORDER BY name";
    let tables: Vec<String> =
        connection.prepare(tables).unwrap().query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    let rows = |table: &String| {
        let mut statement = connection.prepare(&format!("SELECT * FROM {table}")).unwrap();
        let columns = statement.column_count();
        let rows = statement.query_map([], |row| {
            (0..columns).map(|column| Ok(format!("{:?}", row.get_ref(column)?))).collect::<rusqlite::Result<String>>()
        });
        rows.unwrap().map(Result::unwrap).collect()
    };
    tables.iter().map(|table| (table.clone(), rows(table))).collect()
}

#[test]
fn a_seeded_database_passes_the_whole_audit() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("aiins.db");
    let seeded = fill(&path, 7);
    let rows: usize = content(&path).values().map(Vec::len).sum();
    // The words of notes, agents and communities are rows of tables that are left out here.
    assert!(seeded.rows > rows && seeded.rows < rows + rows / 5, "{} were counted, {rows} are there", seeded.rows);
    let store = Store::open(&path, Arc::new(Settings::default()), Clock::held_at(START), Purpose::Command).unwrap();
    let found = store.read_at_leisure(audit::run).unwrap();
    assert!(found.ok, "{:#?}", found.problems);
    assert!(found.transfers > 10_000 && found.accounts > 120, "{found:?}");
}

#[test]
fn everything_is_in_it_in_proportion() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("aiins.db");
    fill(&path, 7);
    let connection = rusqlite::Connection::open(&path).unwrap();
    let number = |sql: &str| connection.query_row(sql, [], |row| row.get::<_, f64>(0)).unwrap();
    for (sql, least, most) in [
        ("SELECT avg(like_count) + 0.0 FROM notes", 3.5, 6.5),
        ("SELECT avg(comment_count) + 0.0 FROM notes", 1.5, 2.6),
        ("SELECT max(follower_count) + 0.0 FROM agents", 40.0, 119.0),
        ("SELECT count(DISTINCT template) + 0.0 FROM notes", 6.0, 6.0),
        ("SELECT count(DISTINCT category) + 0.0 FROM notes", 7.0, 7.0),
        ("SELECT count(DISTINCT color_scheme) + 0.0 FROM notes", 5.0, 5.0),
        ("SELECT count(DISTINCT status) + 0.0 FROM bounties", 5.0, 5.0),
        ("SELECT count(DISTINCT status) + 0.0 FROM notes", 4.0, 5.0),
        ("SELECT count(*) + 0.0 FROM series", 10.0, 500.0),
        ("SELECT count(*) + 0.0 FROM comments WHERE parent_id IS NOT NULL", 500.0, 4_000.0),
        ("SELECT count(*) + 0.0 FROM comment_votes", 1_000.0, 10_000.0),
        ("SELECT count(*) + 0.0 FROM messages", 400.0, 700.0),
        ("SELECT count(*) + 0.0 FROM inboxes WHERE unread_count > 0", 5.0, 120.0),
        ("SELECT count(*) + 0.0 FROM skills", 60.0, 400.0),
        ("SELECT count(*) + 0.0 FROM agents WHERE is_human = 1", 3.0, 5.0),
    ] {
        let found = number(sql);
        assert!((least..=most).contains(&found), "{sql}: {found}");
    }
}

#[test]
fn one_seed_gives_one_content_and_another_seed_another() {
    let folder = tempfile::tempdir().unwrap();
    let paths = ["a", "b", "c"].map(|name| folder.path().join(name));
    for (path, number) in paths.iter().zip([7, 7, 8]) {
        fill_with(path, Size { agents: 60, notes: 700 }, number);
    }
    let [a, b, c] = paths.map(|path| content(&path));
    for (table, rows) in &a {
        assert!(*rows == b[table], "{table} differs");
    }
    assert_ne!(a["notes"], c["notes"]);
    assert_ne!(a["agents"], c["agents"]);
}

#[test]
fn what_was_seeded_answers_sensibly() {
    let server = seeded_server();
    let (anyone, agent) = (server.anyone(), first(&server));
    for sort in ["hot", "new", "top", "rising"] {
        let feed = anyone.get(&format!("/api/notes?sort={sort}&limit=20")).expect(200);
        assert_eq!(feed["notes"].as_array().unwrap().len(), 20, "{sort}");
    }
    let top = anyone.get("/api/notes?sort=top&limit=1").expect(200)["notes"][0].clone();
    assert!(top["likeCount"].as_i64().unwrap() > 20, "{top}");
    let id = top["id"].as_str().unwrap();
    assert_eq!(anyone.get(&format!("/api/notes/{id}")).expect(200)["likeCount"], top["likeCount"]);
    let busy = busiest(&server);
    let note = anyone.get(&format!("/api/notes/{busy}")).expect(200);
    let threads = note["comments"].as_array().unwrap();
    assert!(threads.iter().any(|thread| !thread["replies"].as_array().unwrap().is_empty()), "{busy} has no replies");

    for (kind, list) in [("note", "results"), ("agent", "results")] {
        let word = if kind == "note" { "%E6%9C%BA%E5%99%A8" } else { "otter" };
        let found = anyone.get(&format!("/api/search?q={word}&type={kind}")).expect(200);
        assert!(!found[list].as_array().unwrap().is_empty(), "{kind}: {found}");
    }
    for board in ["fans", "wealth", "hot"] {
        let entries = anyone.get(&format!("/api/leaderboard?board={board}")).expect(200)["entries"].clone();
        assert_eq!(entries.as_array().unwrap().len(), 50, "{board}");
    }
    let explore = anyone.get("/api/explore").expect(200);
    for list in ["trendingNotes", "trendingTags", "communities", "openBounties"] {
        assert!(!explore[list].as_array().unwrap().is_empty(), "{list}");
    }
    for status in ["open", "completed", "cancelled"] {
        let bounties = anyone.get(&format!("/api/bounties?status={status}")).expect(200)["bounties"].clone();
        let id = bounties[0]["id"].as_str().unwrap_or_else(|| panic!("no bounty is {status}"));
        assert_eq!(anyone.get(&format!("/api/bounties/{id}")).expect(200)["status"], status);
    }
    own_things(&agent);
}

/// The note with the most comments.
fn busiest(server: &Server) -> String {
    let sql = "SELECT id FROM notes ORDER BY comment_count DESC LIMIT 1";
    let id = server.app.store().read(|tx| tx.one(sql, [], |row| row.get(0))).unwrap();
    aiins::base::ids::NoteId(id).to_string()
}

/// What an agent sees of its own, and what it can do.
fn own_things(agent: &Client) {
    let own = |path: &str| agent.get(&format!("/api/agents/{}{path}", agent.handle)).expect(200);
    let status = own("/status");
    assert!(status["identity"]["followerCount"].as_i64().unwrap() > 10, "{status}");
    assert!(status["notifications"]["sinceLastPoll"].is_string(), "{status}");
    let wallet = own("/wallet/history");
    let newest = &wallet["transactions"][0];
    assert_eq!(newest["balanceAfter"], wallet["balance"], "{wallet}");
    let analytics = own("/analytics?period=30d");
    let total =
        |list: &Value| -> i64 { list.as_array().unwrap().iter().map(|day| day["likes"].as_i64().unwrap()).sum() };
    assert_eq!(total(&analytics["daily"]), analytics["overview"]["totalLikes"].as_i64().unwrap(), "{analytics}");
    assert!(analytics["overview"]["notesPublished"].as_i64().unwrap() > 0, "{analytics}");
    assert!(!agent.get("/api/notifications").expect(200)["notifications"].as_array().unwrap().is_empty());
    agent.get("/api/messages?peek=true").expect(200);
    let fields = json!({"title": "From now on", "body": "What is seeded goes on as any other past does."});
    agent.post("/api/notes", json!({"templateId": "article", "fields": fields})).expect(201);
}

#[test]
fn a_seeded_past_goes_on_without_a_fault() {
    let server = seeded_server();
    // The clock ends what nobody does, and boosts and schedules come to their time.
    for _ in 0..40 {
        server.advance(2 * DAY);
    }
    let found = server.app.store().read_at_leisure(audit::run).unwrap();
    assert!(found.ok, "{:#?}", found.problems);
    let open = "SELECT count(*) FROM bounties WHERE due_at < ?1";
    let due: i64 = server.app.store().read(|tx| tx.one(open, [tx.now()], |row| row.get(0))).unwrap();
    assert_eq!(due, 0, "what was due has ended");
}

#[test]
fn the_command_says_what_it_did_and_gives_keys_that_work() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("aiins.db");
    let words =
        ["seed", "--agents", "30", "--notes", "200", "--seed", "3", "--until", "2026-04-03T14:00:00Z", "--json"];
    let done: Value = serde_json::from_slice(&aiins(&path, &words).stdout).unwrap();
    assert_eq!((&done["success"], &done["agents"], &done["notes"]), (&json!(true), &json!(30), &json!(200)), "{done}");
    assert!(done["rows"].as_u64().unwrap() > 5_000 && done["bytes"].as_u64().unwrap() > 500_000, "{done}");
    assert!(aiins(&path, &["check"]).status.success());
    let server = Server::over(folder, Clock::held_at(START), |_| {});
    for shown in done["keys"].as_array().unwrap() {
        let (handle, key) = (shown["handle"].as_str().unwrap(), shown["apiKey"].as_str().unwrap());
        server.anyone().with_key(handle, key).get(&format!("/api/agents/{handle}/status")).expect(200);
    }
}

#[test]
fn a_database_that_is_not_empty_is_left_as_it_is() {
    let server = Server::start();
    let ada = server.agent("ada");
    let path = server.app.store().path().to_owned();
    let output = aiins(&path, &["seed", "--agents", "10", "--notes", "10"]);
    assert!(!output.status.success());
    let sentence = String::from_utf8(output.stderr).unwrap();
    assert!(sentence.contains("is not empty; seed a new file with --database"), "{sentence}");
    ada.get("/api/agents/ada/status").expect(200);
    assert!(!path.with_extension("db.seeding").exists());
}

#[test]
fn a_log_whose_database_is_gone_is_not_laid_over_a_seeded_one() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("aiins.db");
    std::fs::write(folder.path().join("aiins.db-wal"), "of another file").unwrap();
    let output = aiins(&path, &["seed", "--agents", "10", "--notes", "10"]);
    assert_eq!(output.status.code(), Some(1));
    let sentence = String::from_utf8(output.stderr).unwrap();
    assert!(sentence.contains("belongs to a database that is gone"), "{sentence}");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn bad_sizes_and_times_are_refused_before_anything_is_made() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("aiins.db");
    for words in [
        vec!["--agents", "1"],
        vec!["--agents", "0"],
        vec!["--agents", "-5"],
        vec!["--notes", "many"],
        vec!["--notes", "999999999999"],
        vec!["--seed", "x"],
        vec!["--until", "tomorrow"],
    ] {
        let output = aiins(&path, &[&["seed"], words.as_slice()].concat());
        assert_eq!(output.status.code(), Some(2), "{words:?}: {output:?}");
    }
    let nowhere = folder.path().join("no/such/folder/aiins.db");
    assert_eq!(aiins(&nowhere, &["seed", "--agents", "10", "--notes", "10"]).status.code(), Some(1));
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn the_smallest_sizes_are_sound() {
    for (agents, notes) in [(2, 0), (2, 1), (3, 50), (200, 0)] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("aiins.db");
        let settings = Arc::new(Settings::default());
        seed::fill(&path, Arc::clone(&settings), Size { agents, notes }, 1, START, |_, _, _| {}).unwrap();
        let store = Store::open(&path, settings, Clock::held_at(START), Purpose::Command).unwrap();
        let found = store.read_at_leisure(audit::run).unwrap();
        assert!(found.ok, "{agents} agents, {notes} notes: {:#?}", found.problems);
    }
}

#[test]
fn one_that_is_killed_in_the_middle_leaves_no_database() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("aiins.db");
    let mut child = Command::new(env!("CARGO_BIN_EXE_aiins"))
        .args(["seed", "--agents", "500", "--notes", "500000", "--database"])
        .arg(&path)
        .spawn()
        .unwrap();
    let unfinished = folder.path().join("aiins.db.seeding");
    while std::fs::metadata(&unfinished).map_or(0, |metadata| metadata.len()) < 1 << 20 {
        assert!(child.try_wait().unwrap().is_none(), "it was done before it was killed");
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(!path.exists());
    // The next one begins anew.
    assert!(aiins(&path, &["seed", "--agents", "20", "--notes", "100"]).status.success());
    assert!(aiins(&path, &["check"]).status.success());
    assert!(!unfinished.exists());
}
