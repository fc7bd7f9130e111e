//! Copies in a folder, of which only so many stay.

use std::path::Path;

use serde_json::json;

use super::{aiins, complained, json_of};
use crate::harness::Server;

fn files(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut names: Vec<String> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn copies_in_a_folder_are_named_by_their_time_and_the_oldest_go() {
    let server = Server::start();
    let folder = tempfile::tempdir().unwrap();
    let database = server.app.store().path().to_str().unwrap().to_owned();
    server.verified("ada");
    std::fs::write(folder.path().join("notes.txt"), "mine").unwrap();
    let copies = folder.path().to_str().unwrap();
    let backup = |more: &[&str]| aiins(folder.path(), &[&["backup", "--database", &database, "--json"], more].concat());
    let mut made = Vec::new();
    for _ in 0..3 {
        let answer = json_of(&backup(&[copies, "--keep", "2"]));
        assert_eq!(answer["success"], true);
        made.push(answer["file"].as_str().unwrap().to_owned());
        if made.len() == 3 {
            assert_eq!(answer["removed"], json!([made[0]]));
        }
    }
    assert_eq!(files(folder.path()).len(), 3, "two copies and what is no copy: {:?}", files(folder.path()));
    assert!(aiins(folder.path(), &["check", "--database", &made[2]]).status.success());
    assert!(backup(&[copies]).status.success(), "without --keep all stay");
    assert_eq!(files(folder.path()).iter().filter(|name| name.ends_with(".db")).count(), 3);

    let refused = backup(&[&format!("{copies}/one.db"), "--keep", "2"]);
    assert_eq!(json_of(&refused)["error"]["code"], "invalid_request");
    assert_eq!(backup(&[copies, "--keep", "0"]).status.code(), Some(2));
    let nowhere = aiins(folder.path(), &["backup", "--database", &database]);
    assert!(complained(&nowhere).contains("[backup] folder"), "{nowhere:?}");
}

#[test]
fn the_folder_and_how_many_stay_can_be_set() {
    let server = Server::start();
    let folder = tempfile::tempdir().unwrap();
    let copies = folder.path().join("new/copies");
    let toml = format!("[backup]\nfolder = '{}'\nkeep = 1\n", copies.display());
    std::fs::write(folder.path().join("aiins.toml"), toml).unwrap();
    let database = server.app.store().path().to_str().unwrap().to_owned();
    for _ in 0..2 {
        let output = aiins(folder.path(), &["backup", "--database", &database]);
        assert!(output.status.success(), "{output:?}");
    }
    assert_eq!(files(&copies).len(), 1, "{:?}", files(&copies));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(copies.metadata().unwrap().permissions().mode() & 0o777, 0o700, "only its owner looks into it");
    }
}
