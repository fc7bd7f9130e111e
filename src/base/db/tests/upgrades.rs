//! Upgrades by steps that only this test has, over a file of an older schema.

use std::process::Command;
use std::time::Duration;

use super::super::{migrations, pool};
use super::*;

/// Rows that the long step writes, so that there is time to kill it.
const ROWS: i64 = 60_000;
/// What the file was before, and what each step adds.
const OLD: &str = "CREATE TABLE old (x INTEGER) STRICT; PRAGMA user_version = 1;";
const SHORT: &str = "CREATE TABLE short (x INTEGER) STRICT; INSERT INTO short SELECT x FROM old";
const LONG: &str = "
    CREATE TABLE long (x INTEGER) STRICT;
    WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 60000) INSERT INTO long SELECT x FROM n";
const BROKEN: &str = "CREATE TABLE broken (x INTEGER) STRICT; INSERT INTO broken SELECT x FROM nowhere";

fn old_file(path: &Path) {
    let file = rusqlite::Connection::open(path).unwrap();
    file.execute_batch(OLD).unwrap();
    file.execute("INSERT INTO old VALUES (7)", []).unwrap();
}

fn migrate(path: &Path, steps: &[&str]) -> Result<()> {
    let connection = pool::open_for_writing(path, pool::Checkpoints::Ours)?;
    migrations::migrate_by(steps, &connection, path)
}

fn number(path: &Path, sql: &str) -> i64 {
    rusqlite::Connection::open(path).unwrap().query_row(sql, [], |row| row.get(0)).unwrap()
}

fn version(path: &Path) -> i64 {
    number(path, "SELECT user_version FROM pragma_user_version")
}

#[test]
fn an_upgrade_runs_the_steps_that_are_missing_and_keeps_the_file_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("aiins.db");
    old_file(&path);
    migrate(&path, &[SHORT]).unwrap();
    assert_eq!((version(&path), number(&path, "SELECT x FROM short")), (2, 7));
    migrate(&path, &[SHORT, LONG]).unwrap();
    assert_eq!((version(&path), number(&path, "SELECT count(*) FROM long")), (3, ROWS));
    for from in [1, 2] {
        let copy = folder.path().join(format!("aiins.db.schema-{from}"));
        assert_eq!((version(&copy), number(&copy, "SELECT x FROM old")), (from, 7));
    }
    let newer = migrate(&path, &[SHORT]).unwrap_err();
    assert!(newer.message().contains("newer Aiins (schema 3, this one knows 2)"), "{newer}");
}

#[test]
fn a_step_that_fails_leaves_no_trace_and_the_one_before_it_stands() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("aiins.db");
    old_file(&path);
    for _ in 0..2 {
        assert!(migrate(&path, &[SHORT, BROKEN]).is_err());
        assert_eq!((version(&path), number(&path, "SELECT count(*) FROM sqlite_schema WHERE name = 'broken'")), (2, 0));
    }
    migrate(&path, &[SHORT, LONG]).unwrap();
    assert_eq!(version(&path), 3);
}

#[test]
fn an_upgrade_killed_at_any_moment_goes_on_with_the_next_start() {
    const PATH: &str = "AIINS_TEST_UPGRADE";
    if let Some(path) = std::env::var_os(PATH) {
        migrate(Path::new(&path), &[SHORT, LONG, SHORT.replace("short", "last").leak()]).unwrap();
        return;
    }
    let test = "base::db::tests::upgrades::an_upgrade_killed_at_any_moment_goes_on_with_the_next_start";
    for round in 0..8 {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("aiins.db");
        old_file(&path);
        let run = || Command::new(std::env::current_exe().unwrap()).args(["--exact", test]).env(PATH, &path).spawn();
        let mut killed = run().unwrap();
        std::thread::sleep(Duration::from_millis(10 * round + rand::random_range(0..10)));
        killed.kill().unwrap();
        killed.wait().unwrap();
        assert!(run().unwrap().wait().unwrap().success());
        let rows = "SELECT (SELECT count(*) FROM short) + (SELECT count(*) FROM long) + (SELECT count(*) FROM last)";
        assert_eq!((version(&path), number(&path, rows)), (4, ROWS + 2));
        assert!(!folder.path().join("aiins.db.schema-1.partial").exists());
    }
}

#[test]
fn a_command_does_not_upgrade_a_file_under_a_server_that_knows_the_old_schema() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("aiins.db");
    old_file(&path);
    let outdated = |path: &Path| migrations::is_outdated(&rusqlite::Connection::open(path).unwrap());
    // As long as there is one schema, no file is older than it.
    assert_eq!(outdated(&path), SCHEMA_VERSION > 1);
    let _server = lock(&path).unwrap();
    if outdated(&path) {
        let opened = Store::open(&path, Arc::new(Settings::default()), Clock::System, Purpose::Command);
        assert_eq!(opened.err().map(|error| error.code()), Some(Code::Conflict));
        assert_eq!(version(&path), 1);
    }
}
