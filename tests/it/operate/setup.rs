//! From nothing to a server: `init`, `config`, what `serve` says, `healthcheck`, and settings that are read again.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::time::Duration;

use serde_json::{Value, json};

use super::{aiins, complained, json_of, said, signal};
use crate::process::{Process, eventually};

#[test]
fn a_settings_file_is_written_once_and_serves() {
    let folder = tempfile::tempdir().unwrap();
    let words = ["init", "--public-url", "https://agents.example", "--trusted-proxy", "127.0.0.1", "--admin-login"];
    let output = aiins(folder.path(), &[&words[..], &["octocat", "--database", "house \"1\".db"]].concat());
    assert!(output.status.success(), "{output:?}");
    let text = std::fs::read_to_string(folder.path().join("aiins.toml")).unwrap();
    assert!(text.contains("public_url = \"https://agents.example\"\n"), "{text}");
    assert_eq!(text.lines().count(), include_str!("../../../aiins.toml").lines().count(), "comments and all");
    let settings = json_of(&aiins(folder.path(), &["config", "--json"]));
    let of = |name: &str| {
        let rows = settings["settings"].as_array().unwrap();
        rows.iter().find(|row| row["name"] == name).unwrap_or_else(|| panic!("no {name}")).clone()
    };
    assert_eq!(of("server.trusted_proxies")["value"], json!(["127.0.0.1"]));
    assert_eq!(of("admin.logins")["value"], json!(["octocat"]));
    assert_eq!(of("database.path")["value"], "house \"1\".db");
    // The file says everything; what is somebody's choice is told from what only stands in it.
    let chosen = |name: &str| (of(name)["origin"].clone(), of(name)["isDefault"].clone());
    assert_eq!(chosen("admin.logins"), (json!("file"), json!(false)));
    assert_eq!(chosen("review.mode"), (json!("file"), json!(true)));
    let lines = said(&aiins(folder.path(), &["config"]));
    let ending =
        |key: &str| lines.lines().find(|line| line.starts_with(key)).map(|line| line.split_once('#').unwrap().1);
    assert_eq!((ending("logins = "), ending("mode = ")), (Some(" file"), Some(" file (default)")), "{lines}");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = folder.path().join("aiins.toml").metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "secrets get written into it");
    }

    let again = aiins(folder.path(), &["init"]);
    assert_eq!(again.status.code(), Some(1));
    assert!(complained(&again).contains("aiins.toml is already there"), "{again:?}");
    assert_eq!(std::fs::read_to_string(folder.path().join("aiins.toml")).unwrap(), text, "nothing is lost");
    let refused = aiins(folder.path(), &["init", "--config", "b.toml", "--trusted-proxy", "proxy"]);
    assert!(complained(&refused).contains("proxy is no IP address"), "{refused:?}");
    assert!(!folder.path().join("b.toml").exists(), "what a start would refuse is not written");
    let plain = aiins(folder.path(), &["init", "--config", "c.toml", "--json"]);
    assert_eq!(json_of(&plain), json!({"success": true, "file": "c.toml"}));
    assert_eq!(std::fs::read_to_string(folder.path().join("c.toml")).unwrap(), include_str!("../../../aiins.toml"));
    assert!(!aiins(folder.path(), &["init", "--config", "no/folder/a.toml"]).status.success());
}

#[test]
fn every_setting_says_where_it_comes_from() {
    let folder = tempfile::tempdir().unwrap();
    let file = "[review]\nmin_chars = 5\n[admin]\nsecret = \"hush hush hush\"\n[limits]\nwrite = 7\n";
    std::fs::write(folder.path().join("aiins.toml"), file).unwrap();
    let run = |words: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_aiins"));
        command.args(words).current_dir(folder.path());
        command.env("AIINS_LIMITS_WRITE", "8").env("AIINS_GITHUB_CLIENT_SECRET", "hush too");
        command.env("AIINS_GITHUB_CLIENT_ID", "an-id").output().unwrap()
    };
    let output = run(&["config", "--database", "other.db", "--json"]);
    let settings = json_of(&output);
    let of = |name: &str| {
        let rows = settings["settings"].as_array().unwrap();
        let row = rows.iter().find(|row| row["name"] == name).unwrap_or_else(|| panic!("no {name}"));
        (row["value"].clone(), row["origin"].as_str().unwrap().to_owned(), row["from"].clone())
    };
    for (name, value, origin, from) in [
        ("review.min_chars", json!(5), "file", Value::Null),
        ("limits.write", json!(8), "environment", json!("AIINS_LIMITS_WRITE")),
        ("database.path", json!("other.db"), "command line", Value::Null),
        ("review.mode", json!("auto"), "default", Value::Null),
        ("admin.secret", json!("********"), "file", Value::Null),
        ("github.client_secret", json!("********"), "environment", json!("AIINS_GITHUB_CLIENT_SECRET")),
    ] {
        assert_eq!(of(name), (value, origin.to_owned(), from), "{name}");
    }
    let text = said(&run(&["config"]));
    assert!(
        text.lines().any(|line| line.starts_with("write = 8 ") && line.ends_with("# AIINS_LIMITS_WRITE")),
        "{text}"
    );
    assert!(!text.contains("hush") && !said(&output).contains("hush"));
    // What it prints is a file that says the same.
    std::fs::write(folder.path().join("printed.toml"), text).unwrap();
    assert!(aiins(folder.path(), &["config", "--config", "printed.toml"]).status.success());

    std::fs::write(folder.path().join("aiins.toml"), "[review]\nmode = \"later\"\n").unwrap();
    let refused = run(&["config"]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(complained(&refused).contains("manual"), "{refused:?}");
}

#[test]
fn without_any_settings_a_server_says_what_it_chose() {
    let folder = tempfile::tempdir().unwrap();
    let start = || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_aiins"));
        command.args(["serve", "--listen", "127.0.0.1:0"]).current_dir(folder.path());
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
        let mut read = Vec::new();
        for line in lines {
            let is_last = line.contains("aiins doctor");
            read.push(line);
            if is_last {
                break;
            }
        }
        signal("TERM", child.id());
        assert!(child.wait().unwrap().success());
        read
    };
    let first = start();
    assert!(first[0].starts_with("Aiins listening on http://127.0.0.1:"), "programs wait for this line: {first:?}");
    let all = first.join("\n");
    for words in
        ["defaults and the environment", "aiins.db (new)", "auto: rules decide", "nobody can", "agents/register"]
    {
        assert!(all.contains(words), "{words}: {all}");
    }
    let second = start().join("\n");
    assert!(!second.contains("(new)") && second.contains("KiB)"), "{second}");
}

#[test]
fn a_place_where_nothing_can_lie_is_named_with_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    assert!(aiins(folder.path(), &["seed", "--database", "a.db", "--agents", "2", "--notes", "2"]).status.success());
    assert!(aiins(folder.path(), &["export", "-o", "a.ndjson", "--database", "a.db"]).status.success());
    let mend = "make it with `mkdir -p no/where`, or name another file";
    let files = || {
        let names = std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name());
        let mut names: Vec<_> = names.collect();
        names.sort();
        names
    };
    let before = files();
    for (words, expected) in [
        (&["serve", "--listen", "127.0.0.1:0", "--database", "no/where/b.db"][..], mend),
        (&["seed", "--agents", "2", "--notes", "2", "--database", "no/where/b.db"], mend),
        (&["import", "a.ndjson", "--database", "no/where/b.db"], mend),
        (&["restore", "a.db", "--database", "no/where/b.db"], mend),
        (&["backup", "no/where/b.db", "--database", "a.db"], mend),
        (&["export", "-o", "no/where/b", "--database", "a.db"], mend),
        (&["init", "--config", "no/where/b.toml"], mend),
        (&["backup", "a.db/copy.db", "--database", "a.db"], "a.db is no folder, so a.db/copy.db cannot lie in it"),
        (&["check", "--database", "."], ". is a folder; name a file in it"),
        (&["check", "--config", "."], ". is a folder; name a file"),
        (
            &["check", "--config", "my b.toml"],
            "There is no file my b.toml; `aiins init --config 'my b.toml'` writes one",
        ),
        (
            &["import", "b.ndjson", "--database", "b.db"],
            "There is no file b.ndjson; name one that `aiins export` wrote",
        ),
    ] {
        let refused = aiins(folder.path(), words);
        assert_eq!(refused.status.code(), Some(1), "{words:?}");
        assert!(complained(&refused).contains(expected), "{words:?}: {refused:?}");
    }
    assert_eq!(files(), before);
}

#[test]
fn a_database_with_known_keys_is_warned_of() {
    let folder = tempfile::tempdir().unwrap();
    let seeded = aiins(folder.path(), &["seed", "--agents", "5", "--notes", "5"]);
    assert!(seeded.status.success(), "{seeded:?}");
    let log = folder.path().join("log");
    let mut command = Command::new(env!("CARGO_BIN_EXE_aiins"));
    command.args(["serve", "--listen", "127.0.0.1:0"]).current_dir(folder.path()).stdout(Stdio::piped());
    command.stderr(File::create(&log).unwrap());
    let server = Process::start(command);
    eventually("the warning", Duration::from_secs(10), || {
        std::fs::read_to_string(&log).unwrap().contains("anyone can work out its agents' keys")
    });
    server.stop();
}

#[test]
fn a_server_is_asked_whether_it_is_well() {
    let folder = tempfile::tempdir().unwrap();
    let server = Process::start(crate::process::serve(&folder.path().join("aiins.db"), &[]));
    let listen = server.url.trim_start_matches("http://").to_owned();
    let well = aiins(folder.path(), &["healthcheck", "--listen", &listen]);
    assert!(well.status.success(), "{well:?}");
    assert_eq!(said(&well), format!("{}/readyz is well\n", server.url));
    let live = json_of(&aiins(folder.path(), &["healthcheck", "--live", "--listen", &listen, "--json"]));
    assert_eq!(live, json!({"success": true, "url": format!("{}/healthz", server.url), "status": 200}));
    let port = listen.rsplit_once(':').unwrap().1;
    let any = aiins(folder.path(), &["healthcheck", "--listen", &format!("0.0.0.0:{port}")]);
    assert!(any.status.success(), "an address that stands for all is asked at its own: {any:?}");
    server.stop();
    let gone = aiins(folder.path(), &["healthcheck", "--listen", &listen]);
    assert_eq!(gone.status.code(), Some(1));
    assert!(complained(&gone).contains("does not answer"), "{gone:?}");
    assert!(complained(&aiins(folder.path(), &["healthcheck", "--listen", "nowhere"])).contains("is no address"));
}

#[test]
fn settings_are_read_again_and_a_broken_file_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (config, log) = (folder.path().join("aiins.toml"), folder.path().join("log"));
    let write = |text: &str| std::fs::write(&config, text).unwrap();
    write("[admin]\nsecret = \"the first secret\"\n");
    let mut command = Command::new(env!("CARGO_BIN_EXE_aiins"));
    command.args(["serve", "--listen", "127.0.0.1:0"]).current_dir(folder.path());
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(File::create(&log).unwrap());
    let server = Process::start(command);
    let audit = |secret: &str| {
        let url = format!("{}/api/admin/audit", server.url);
        crate::process::http().get(url).header("x-admin-secret", secret).call().unwrap().status().as_u16()
    };
    let logged = |words: &str| {
        eventually(words, Duration::from_secs(10), || std::fs::read_to_string(&log).unwrap().contains(words));
    };
    assert_eq!(audit("the first secret"), 200);

    write("[admin]\nsecret = \"the second secret\"\n[server]\nconnections_max = 7\n[log]\nlevel = \"debug\"\n");
    signal("HUP", server.id());
    logged("changed=\"admin.secret, log.level\"");
    logged("needs_restart=\"server.connections_max\"");
    assert_eq!((audit("the first secret"), audit("the second secret")), (401, 200));
    logged("/api/admin/audit");
    assert!(!std::fs::read_to_string(&log).unwrap().contains("second secret"));

    write("[admin]\nsecret = \"the third secret\"\n[reviews]\n");
    signal("HUP", server.id());
    logged("the old ones hold");
    logged("reviews");
    assert_eq!((audit("the third secret"), audit("the second secret")), (401, 200));
    write("[admin]\nsecret = \"the second secret\"\n[server]\nconnections_max = 7\n[log]\nlevel = \"warn\"\n");
    signal("HUP", server.id());
    eventually("debug lines end", Duration::from_secs(10), || {
        let before = std::fs::metadata(&log).unwrap().len();
        audit("the second secret");
        std::fs::metadata(&log).unwrap().len() == before
    });
    server.stop();
}
