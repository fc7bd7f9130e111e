//! `aiins doctor`: what it finds, how bad it says that is, and that it changes nothing.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

use super::{aiins, json_of, said};
use crate::process::Process;

/// What it says with a settings file: the answer, by check.
struct Looked {
    code: i32,
    answer: Value,
}

impl Looked {
    #[track_caller]
    fn level(&self, check: &str) -> &str {
        self.found(check)["level"].as_str().unwrap()
    }

    #[track_caller]
    fn found(&self, check: &str) -> &Value {
        let all = self.answer["findings"].as_array().unwrap();
        let mut of = all.iter().filter(|finding| finding["check"] == check);
        let worst = ["fail", "warn", "ok"];
        let rank = |finding: &&Value| worst.iter().position(|level| finding["level"] == *level);
        let found: Option<&Value> = of.by_ref().min_by_key(rank);
        found.unwrap_or_else(|| panic!("no {check}: {}", self.answer))
    }
}

fn look(folder: &Path, toml: &str, env: &[(&str, &str)]) -> Looked {
    std::fs::write(folder.join("aiins.toml"), toml).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_aiins"));
    let output = command.args(["doctor", "--json"]).current_dir(folder).envs(env.iter().copied()).output().unwrap();
    Looked { code: output.status.code().unwrap(), answer: json_of(&output) }
}

/// A folder with a database that a server has made.
fn house() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let server = Process::start(crate::process::serve(&folder.path().join("aiins.db"), &[]));
    server.register("ada");
    server.stop();
    folder
}

const PUBLIC: &str = "[server]\npublic_url = \"https://agents.example\"\ntrusted_proxies = [\"127.0.0.1\"]\n";

#[test]
fn what_it_tells_to_run_names_the_files_that_it_was_given() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("my house.toml"), "").unwrap();
    let answer = json_of(&aiins(folder.path(), &["doctor", "--json", "--config", "my house.toml"]));
    let text = answer.to_string();
    assert!(text.contains("`aiins serve --config 'my house.toml'` makes it"), "{text}");
    assert!(!text.contains("aiins serve`"), "{text}");
    let refused = aiins(folder.path(), &["backup", "--config", "my house.toml"]);
    assert!(super::complained(&refused).contains("[backup] folder in my house.toml"), "{refused:?}");
}

#[test]
fn a_house_in_order_has_nothing_to_mend_and_stays_as_it_is() {
    let folder = house();
    let bytes = || std::fs::read(folder.path().join("aiins.db")).unwrap();
    let before = bytes();
    let looked = look(folder.path(), "", &[]);
    assert_eq!((looked.code, &looked.answer["ok"]), (0, &Value::Bool(true)), "{}", looked.answer);
    for check in ["folder", "rights", "version", "database", "keys", "clock", "address", "proxy", "litestream"] {
        assert_eq!(looked.level(check), "ok", "{}", looked.answer);
    }
    assert_eq!(looked.level("backup"), "warn");
    assert_eq!(bytes(), before);
    let mut files: Vec<_> = std::fs::read_dir(folder.path()).unwrap().map(|file| file.unwrap().file_name()).collect();
    files.sort();
    assert_eq!(files, ["aiins.db", "aiins.db.lock", "aiins.toml"], "nothing is left behind");
    let text = said(&aiins(folder.path(), &["doctor"]));
    assert!(text.lines().any(|line| line.starts_with("ok    database ")), "{text}");
    assert!(text.contains("→ set backup.folder") && text.contains("0 to mend, "), "{text}");

    let empty = tempfile::tempdir().unwrap();
    let looked = look(empty.path(), "", &[]);
    assert_eq!(looked.code, 0, "{}", looked.answer);
    assert!(looked.found("database")["says"].as_str().unwrap().contains("not there yet"));
    assert!(!empty.path().join("aiins.db").exists());
}

#[test]
fn it_works_beside_a_running_server() {
    let folder = tempfile::tempdir().unwrap();
    let server = Process::start(crate::process::serve(&folder.path().join("aiins.db"), &[]));
    server.register("ada");
    let looked = look(folder.path(), "", &[]);
    assert_eq!(looked.code, 0, "{}", looked.answer);
    server.register("bob");
    server.stop();
    crate::process::assert_clean(&folder.path().join("aiins.db"));
}

#[test]
fn settings_that_do_not_go_together_are_found() {
    let folder = house();
    let long = "a secret that is long enough";
    for (toml, env, check, level) in [
        ("[server]\nlisten = \"nowhere\"\n".to_owned(), vec![], "address", "fail"),
        ("[server]\npublic_url = \"agents.example\"\n".to_owned(), vec![], "settings", "fail"),
        ("[server]\npublic_url = \"http://agents.example\"\n".to_owned(), vec![], "address", "fail"),
        ("[server]\npublic_url = \"http://localhost:3000\"\n".to_owned(), vec![], "address", "ok"),
        ("[server]\nlisten = \"0.0.0.0:3000\"\n".to_owned(), vec![], "address", "warn"),
        ("[server]\npublic_url = \"https://agents.example\"\n".to_owned(), vec![], "proxy", "fail"),
        (PUBLIC.to_owned(), vec![], "proxy", "ok"),
        (PUBLIC.to_owned(), vec![], "address", "ok"),
        ("[server]\ntrusted_proxies = [\"127.0.0.1\"]\n".to_owned(), vec![], "proxy", "warn"),
        (String::new(), vec![], "github", "warn"),
        (
            PUBLIC.to_owned(),
            vec![("AIINS_GITHUB_CLIENT_ID", "id"), ("AIINS_GITHUB_CLIENT_SECRET", "s")],
            "github",
            "ok",
        ),
        (String::new(), vec![("AIINS_GITHUB_CLIENT_ID", "id"), ("AIINS_GITHUB_CLIENT_SECRET", "s")], "github", "warn"),
        ("[auth]\ndev_login = true\n".to_owned(), vec![], "github", "warn"),
        (format!("{PUBLIC}[auth]\ndev_login = true\n"), vec![], "github", "fail"),
        (String::new(), vec![("AIINS_ADMIN_SECRET", "hush")], "admin", "fail"),
        (String::new(), vec![("AIINS_ADMIN_SECRET", long)], "admin", "ok"),
        ("[admin]\nlogins = [\"octocat\"]\n".to_owned(), vec![], "admin", "warn"),
        ("[limits]\nenabled = false\n".to_owned(), vec![], "limits", "warn"),
        ("[skills]\nallow_private_networks = true\n".to_owned(), vec![], "calls out", "warn"),
        (format!("{PUBLIC}[skills]\nallow_private_networks = true\n"), vec![], "calls out", "fail"),
        (String::new(), vec![("AIINS_SERVER_LISTN", "x")], "settings", "warn"),
        ("[server]\nlissten = \"x\"\n".to_owned(), vec![], "settings", "fail"),
        ("[server]\nconnections_max = 4000000000\n".to_owned(), vec![], "files", "warn"),
        ("[server]\nconnections_max = 4000000000\n".to_owned(), vec![], "threads", "warn"),
        ("[database]\nlitestream = true\n".to_owned(), vec![], "litestream", "warn"),
        ("[database]\nlitestream = true\n".to_owned(), vec![], "backup", "ok"),
        ("[backup]\nfolder = \"copies\"\n".to_owned(), vec![], "backup", "fail"),
    ] {
        let looked = look(folder.path(), &toml, &env);
        assert_eq!(looked.level(check), level, "{toml} {env:?}: {}", looked.answer);
        let found = looked.found(check);
        assert_eq!(found["mend"].is_string(), level != "ok", "what is not well can be mended: {found}");
        assert_eq!(looked.code, i32::from(looked.answer["failures"] != 0), "{toml}");
        assert!(level != "fail" || looked.code == 1, "{toml}");
    }
}

#[test]
fn secrets_in_a_file_that_others_read_are_found() {
    use std::os::unix::fs::PermissionsExt;
    let folder = house();
    let config = folder.path().join("aiins.toml");
    let toml = "[admin]\nsecret = \"a secret that is long enough\"\n";
    std::fs::write(&config, toml).unwrap();
    for (mode, level) in [(0o644, "fail"), (0o640, "ok"), (0o600, "ok")] {
        std::fs::set_permissions(&config, std::fs::Permissions::from_mode(mode)).unwrap();
        let looked = look(folder.path(), toml, &[]);
        assert_eq!(looked.level("settings"), level, "{mode:o}: {}", looked.answer);
        assert!(!looked.answer.to_string().contains("long enough"), "{}", looked.answer);
    }
    let database = folder.path().join("aiins.db");
    std::fs::set_permissions(&database, std::fs::Permissions::from_mode(0o644)).unwrap();
    let looked = look(folder.path(), "", &[]);
    assert_eq!((looked.level("rights"), looked.code), ("fail", 1));
}

#[test]
fn a_lock_of_another_user_is_found() {
    let folder = house();
    let lock = folder.path().join("aiins.db.lock");
    // Only root gives files away.
    if std::os::unix::fs::chown(&lock, Some(12_345), None).is_err() {
        return;
    }
    let looked = look(folder.path(), "", &[]);
    assert_eq!((looked.level("owner"), looked.code), ("fail", 1), "{}", looked.answer);
    std::os::unix::fs::chown(&lock, Some(user_of(folder.path())), None).unwrap();
    assert_eq!(look(folder.path(), "", &[]).level("owner"), "ok");
}

/// Whose a folder is.
fn user_of(folder: &Path) -> u32 {
    std::os::unix::fs::MetadataExt::uid(&folder.metadata().unwrap())
}

#[test]
fn a_file_that_is_not_well_is_found() {
    let folder = house();
    let path = folder.path().join("aiins.db");
    let change = |sql: &str| rusqlite::Connection::open(&path).unwrap().execute_batch(sql).unwrap();

    change("PRAGMA user_version = 99");
    assert_eq!(look(folder.path(), "", &[]).level("version"), "fail");
    change("PRAGMA user_version = 1");
    assert_eq!(look(folder.path(), "", &[]).level("version"), "warn");
    change("PRAGMA user_version = 2; INSERT INTO meta (key, value) VALUES ('seed', '1')");
    assert_eq!(look(folder.path(), "", &[]).level("keys"), "warn");
    assert_eq!(look(folder.path(), PUBLIC, &[]).level("keys"), "fail");
    change("DELETE FROM meta WHERE key = 'seed'; CREATE TABLE _litestream_seq (id INTEGER PRIMARY KEY)");
    assert_eq!(look(folder.path(), "", &[]).level("litestream"), "fail");
    assert_eq!(look(folder.path(), "[database]\nlitestream = true\n", &[]).level("litestream"), "ok");
    // The clock was ahead once: a row of the year 2100.
    let far = aiins::base::ids::first_of(aiins::base::clock::Timestamp(4_102_444_800_000));
    change(&format!(
        "DROP TABLE _litestream_seq; PRAGMA foreign_keys = off; UPDATE agents SET id = {far} WHERE handle = 'ada'"
    ));
    assert_eq!(look(folder.path(), "", &[]).level("clock"), "fail");

    let mut bytes = std::fs::read(&path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle..middle + 8192].fill(0xa5);
    std::fs::write(&path, &bytes).unwrap();
    assert_eq!(look(folder.path(), "", &[]).level("database"), "fail");
    std::fs::write(&path, "this is no database, however long it is").unwrap();
    let looked = look(folder.path(), "", &[]);
    assert_eq!((looked.level("database"), looked.code), ("fail", 1), "{}", looked.answer);
}

#[test]
fn the_age_of_the_newest_copy_counts() {
    let folder = house();
    let toml = "[backup]\nfolder = \"copies\"\nmax_age_hours = 26\n";
    std::fs::write(folder.path().join("aiins.toml"), toml).unwrap();
    assert!(aiins(folder.path(), &["backup"]).status.success());
    assert_eq!(look(folder.path(), toml, &[]).level("backup"), "ok");
    let copies = folder.path().join("copies");
    let young = std::fs::read_dir(&copies).unwrap().next().unwrap().unwrap().path();
    std::fs::rename(young, copies.join("aiins-2026-01-01T000000.000Z.db")).unwrap();
    let looked = look(folder.path(), toml, &[]);
    assert_eq!(looked.level("backup"), "fail", "{}", looked.answer);
}

#[test]
fn strangers_are_called_only_when_asked() {
    let folder = house();
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let api = format!("http://{}", listener.local_addr().unwrap());
    let run = |words: &[&str], api: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_aiins"));
        command.args(words).current_dir(folder.path());
        command.env("AIINS_GITHUB_CLIENT_ID", "id").env("AIINS_GITHUB_CLIENT_SECRET", "s");
        let output = command.env("AIINS_GITHUB_API_URL", api).output().unwrap();
        Looked { code: output.status.code().unwrap(), answer: json_of(&output) }
    };
    let quiet = run(&["doctor", "--json"], &api);
    assert!(!quiet.answer.to_string().contains("can be reached"), "{}", quiet.answer);
    listener.set_nonblocking(true).unwrap();
    assert!(listener.accept().is_err(), "nobody called");
    assert_eq!(run(&["doctor", "--online", "--json"], &api).level("network"), "ok");
    assert!(listener.accept().is_ok());
    drop(listener);
    assert_eq!(run(&["doctor", "--online", "--json"], &api).level("network"), "fail");
}
