//! Upgrades: a file of every schema there ever was is opened, and every row of it is found.
//!
//! `cargo test --test it -- --ignored upgrades` writes the file of the current schema into fixtures/, once for each.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use aiins::base::db::SCHEMA_VERSION;
use rusqlite::Connection;
use serde_json::json;

use crate::process::{Process, aiins, assert_clean, serve};

const SCHEMA: &str = include_str!("../../schema.sql");

fn fixture(version: i64) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("fixtures/schema-{version}.db.gz"))
}

/// A file of a schema, unpacked into a folder.
fn unpack(version: i64, folder: &Path) -> PathBuf {
    let packed = std::fs::read(fixture(version)).unwrap_or_else(|error| {
        panic!("{error}: write the file of schema {version} with cargo test --test it -- --ignored upgrades")
    });
    let mut bytes = Vec::new();
    flate2::read::GzDecoder::new(&*packed).read_to_end(&mut bytes).unwrap();
    let path = folder.join("aiins.db");
    std::fs::write(&path, bytes).unwrap();
    path
}

/// Rows of each table that a file has.
fn rows(path: &Path) -> BTreeMap<String, i64> {
    let file = Connection::open(path).unwrap();
    let list =
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%' AND name NOT LIKE '%search%'";
    let mut tables = file.prepare(list).unwrap();
    let tables = tables.query_map([], |row| row.get::<_, String>(0)).unwrap().map(Result::unwrap);
    let count = |table: String| {
        let rows = file.query_row(&format!("SELECT count(*) FROM \"{table}\""), [], |row| row.get(0)).unwrap();
        (table, rows)
    };
    tables.map(count).collect()
}

/// Everything a schema says, without the order in which it was said.
fn schema_of(file: &Connection) -> BTreeMap<String, Option<String>> {
    let mut entries = file.prepare("SELECT name, sql FROM sqlite_schema").unwrap();
    let entries = entries.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    entries.map(Result::unwrap).collect()
}

#[test]
fn a_file_of_every_schema_is_opened_and_every_row_is_found() {
    for version in 1..=SCHEMA_VERSION {
        let folder = tempfile::tempdir().unwrap();
        let path = unpack(version, folder.path());
        let before = rows(&path);
        assert!(before["agents"] > 5 && before["notes"] > 5 && before["bounties"] > 2 && before["transfers"] > 50);
        let server = Process::start(serve(&path, &[]));
        let (status, body) = server.call("GET", "/api/notes?limit=5", "", &json!({}));
        assert_eq!((status, body["notes"].as_array().map(Vec::len)), (200, Some(5)), "{body}");
        server.stop();
        assert_clean(&path);
        let after = rows(&path);
        for (table, count) in before {
            // What only holds for a while is cleaned up.
            if !matches!(table.as_str(), "idempotency" | "recent_likes" | "meta") {
                assert!(
                    after.get(&table).is_none_or(|found| *found >= count),
                    "{table}: {count}, {:?}",
                    after.get(&table)
                );
            }
        }
        let copy = folder.path().join(format!("aiins.db.schema-{version}"));
        assert_eq!(copy.exists(), version < SCHEMA_VERSION, "the file as it was is kept");
        let (upgraded, fresh) = (Connection::open(&path).unwrap(), Connection::open_in_memory().unwrap());
        fresh.execute_batch(SCHEMA).unwrap();
        let names = |file: &Connection| schema_of(file).into_keys().collect::<Vec<_>>();
        assert_eq!(names(&upgraded), names(&fresh), "the steps lead to another schema than schema.sql");
    }
}

#[test]
fn schema_sql_says_what_the_file_of_its_version_holds() {
    let folder = tempfile::tempdir().unwrap();
    let path = unpack(SCHEMA_VERSION, folder.path());
    let (kept, now) = (Connection::open(&path).unwrap(), Connection::open_in_memory().unwrap());
    now.execute_batch(SCHEMA).unwrap();
    let (kept, now) = (schema_of(&kept), schema_of(&now));
    let differs: Vec<&String> =
        kept.keys().chain(now.keys()).filter(|name| kept.get(*name) != now.get(*name)).collect();
    assert!(
        differs.is_empty(),
        "{differs:?} changed in schema.sql, but files of schema {SCHEMA_VERSION} are out there: write a step in \
         src/base/db/migrations.rs. Only before the first release: cargo test --test it -- --ignored upgrades"
    );
}

#[test]
#[ignore = "writes the file of the current schema into fixtures/"]
fn write_the_file_of_this_schema() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("aiins.db");
    Process::start(serve(&path, &["--demo"])).stop();
    assert!(aiins(&path, &["check"]).status.success());
    Connection::open(&path).unwrap().execute_batch("VACUUM").unwrap();
    let packed = std::fs::File::create(fixture(SCHEMA_VERSION)).unwrap();
    let mut packed = flate2::write::GzEncoder::new(packed, flate2::Compression::best());
    packed.write_all(&std::fs::read(&path).unwrap()).unwrap();
    packed.finish().unwrap();
}
