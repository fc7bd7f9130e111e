//! The file: one that is damaged, may not be written, is none, or is of a newer version.

use std::io::{Seek, SeekFrom, Write};
use std::os::unix::fs::PermissionsExt;

use super::*;

/// What the program says when it does not start.
#[track_caller]
fn refused(command: Command) -> String {
    let mut bounded = Command::new("timeout");
    bounded.arg("20").arg(command.get_program()).args(command.get_args());
    bounded.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
    bounded.current_dir(command.get_current_dir().unwrap());
    let output = bounded.output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    assert!(output.stdout.is_empty(), "{output:?}");
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(!said.contains("panicked") && said.lines().count() <= 2, "{said}");
    said
}

/// Overwrites the first page of a table or an index.
fn spoil(path: &Path, name: &str) {
    let file = rusqlite::Connection::open(path).unwrap();
    let sql = "SELECT rootpage FROM sqlite_schema WHERE name = ?1";
    let page: i64 = file.query_row(sql, [name], |row| row.get(0)).unwrap();
    drop(file);
    let mut file = std::fs::File::options().write(true).open(path).unwrap();
    file.seek(SeekFrom::Start(((page - 1) * 4096) as u64)).unwrap();
    file.write_all(&[0xA5; 4096]).unwrap();
}

#[test]
fn a_damaged_page_is_named_no_write_follows_and_a_backup_mends_it() {
    let mut scene = Scene::new(tempfile::tempdir().unwrap());
    let server = scene.start();
    scene.write(&server);
    let (copy, log) = (scene.folder.path().join("copy.db"), scene.folder.path().join("log"));
    assert!(aiins(&scene.path, &["backup", copy.to_str().unwrap()]).status.success());
    server.stop();
    spoil(&scene.path, "entries");

    let server = Process::start(crate::process::logging(serve(&scene.path, &[]), "info", &log));
    let history = "/api/agents/ada/wallet/history";
    let (status, body) = server.call("GET", history, &scene.key, &json!({}));
    assert!(unavailable(status, &body).contains("damaged"), "{body}");
    let (status, body) = scene.write(&server);
    assert!(unavailable(status, &body).contains("damaged"), "{body}");
    assert!(server.is_ready().unwrap_err().contains("damaged"));
    // What lies elsewhere can be read on.
    assert_eq!(server.call("GET", "/api/agents/ada", &scene.key, &json!({})).0, 200);
    assert!(std::fs::read_to_string(&log).unwrap().contains("aiins restore"));
    // It is looked through again and again, and what is damaged stays so.
    let looked = || std::fs::read_to_string(&log).unwrap().contains("it is looked through again");
    eventually("the file is looked through", Duration::from_secs(20), looked);
    let (status, body) = scene.write(&server);
    assert!(unavailable(status, &body).contains("damaged"), "{body}");
    server.stop();

    let checked = aiins(&scene.path, &["check", "--json"]);
    assert_eq!(checked.status.code(), Some(1), "{checked:?}");
    let spoilt = scene.folder.path().join("spoilt.db");
    std::fs::copy(&scene.path, &spoilt).unwrap();
    let words = ["restore", spoilt.to_str().unwrap()];
    assert_eq!(aiins(&scene.path, &words).status.code(), Some(1), "a damaged backup is not restored");
    let restored = aiins(&scene.path, &["restore", copy.to_str().unwrap()]);
    assert!(restored.status.success(), "{restored:?}");
    let server = scene.start();
    scene.ends_whole(server);
}

#[test]
fn an_index_that_says_other_than_its_table_is_found_by_the_check() {
    let mut scene = Scene::new(tempfile::tempdir().unwrap());
    let server = scene.start();
    scene.write(&server);
    server.stop();
    // A row is changed while its index is not there.
    let run = |sql: &str| {
        let file = rusqlite::Connection::open(&scene.path).unwrap();
        file.execute_batch(&format!("PRAGMA writable_schema = on; {sql}")).unwrap();
    };
    run("CREATE TABLE kept AS SELECT * FROM sqlite_schema WHERE name = 'agents_by_followers';
         DELETE FROM sqlite_schema WHERE name = 'agents_by_followers'");
    run("UPDATE agents SET follower_count = 7");
    run("INSERT INTO sqlite_schema SELECT * FROM kept");
    let checked = aiins(&scene.path, &["check"]);
    assert_eq!(checked.status.code(), Some(1), "{checked:?}");
    assert!(String::from_utf8_lossy(&checked.stdout).contains("agents_by_followers"), "{checked:?}");
}

#[test]
fn a_file_that_is_none_of_ours_is_refused_with_a_sentence_and_left_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("aiins.db");
    let server = Process::start(serve(&path, &[]));
    server.stop();
    let whole = std::fs::read(&path).unwrap();
    let mut newer = whole.clone();
    // The user_version stands there.
    newer[60..64].copy_from_slice(&9_999_u32.to_be_bytes());
    let mut headless = whole.clone();
    headless[..16].fill(b'x');
    for (bytes, sentence) in [
        (newer, "newer Aiins"),
        (headless, "not a database"),
        (b"A letter to my sister. ".repeat(100), "not a database"),
        (whole[..whole.len() / 2].to_vec(), "malformed"),
    ] {
        std::fs::write(&path, &bytes).unwrap();
        for words in [&["check"][..], &["backup", "copy.db"], &["grant", "ada", "1"]] {
            let said = aiins(&path, words);
            assert_eq!(said.status.code(), Some(1), "{sentence} {words:?}: {said:?}");
        }
        let said = refused(serve(&path, &[]));
        assert!(said.contains(sentence) || said.contains("damaged"), "{sentence}: {said}");
        assert!(std::fs::read(&path).unwrap() == bytes, "{sentence}: the file was changed");
    }
}

#[test]
fn a_file_or_folder_of_somebody_else_is_refused_with_a_sentence() {
    if !is_root() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("aiins.db");
    Process::start(serve(&path, &[])).stop();
    let program = folder.path().join("aiins");
    std::fs::copy(env!("CARGO_BIN_EXE_aiins"), &program).unwrap();
    let as_nobody = |path: &Path| {
        let mut command = Command::new("setpriv");
        command.args(["--reuid=65534", "--regid=65534", "--clear-groups"]).arg(&program);
        command.args(["serve", "--listen", "127.0.0.1:0", "--database"]).arg(path).current_dir("/");
        command
    };
    let mode = |path: &Path, mode: u32| {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    };
    // A folder in which nothing may be made.
    mode(folder.path(), 0o755);
    let said = refused(as_nobody(&path));
    assert!(said.contains("aiins.db") && said.contains("ermission denied"), "{said}");
    let mend = "run this as the user whose it is, or give it to this one with `chown`";
    assert!(said.contains(mend), "{said}");
    let said = refused(as_nobody(&folder.path().join("new.db")));
    assert!(said.contains(&format!("{} cannot be written into", folder.path().display())), "{said}");
    // A folder that is open to all, with a file that may only be read.
    mode(folder.path(), 0o777);
    mode(&path, 0o444);
    std::fs::remove_file(folder.path().join("aiins.db.lock")).unwrap();
    let said = refused(as_nobody(&path));
    assert!(said.contains("aiins.db cannot be") && said.contains(mend), "{said}");
    // And one that may not even be read.
    mode(&path, 0o600);
    let said = refused(as_nobody(&path));
    assert!(said.contains("aiins.db cannot be") && said.contains(mend), "{said}");
    assert_clean(&path);
}

#[test]
fn a_database_and_its_backup_are_for_their_owners_eyes() {
    let mut scene = Scene::new(tempfile::tempdir().unwrap());
    let server = scene.start();
    let copy = scene.folder.path().join("copy.db");
    assert!(aiins(&scene.path, &["backup", copy.to_str().unwrap()]).status.success());
    for file in [&scene.path, &scene.path.with_extension("db-wal"), &copy] {
        let mode = std::fs::metadata(file).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{}: {mode:o}", file.display());
    }
    scene.ends_whole(server);
}
