mod log;
mod upgrades;

use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;
use crate::base::clock::Timestamp;
use crate::base::error::Code;

fn store(folder: &tempfile::TempDir) -> Store {
    let path = folder.path().join("test.db");
    Store::open(&path, Arc::new(Settings::default()), Clock::held_at(Timestamp(1_000)), Purpose::Serve).unwrap()
}

fn put(tx: &WriteTransaction, key: &str) -> Result<()> {
    tx.run("INSERT INTO meta (key, value) VALUES (?1, 'x')", [key]).map(drop)
}

fn count(store: &Store) -> i64 {
    store.read(|tx| tx.one("SELECT count(*) FROM meta", [], |row| row.get(0))).unwrap()
}

#[test]
fn a_refused_write_leaves_no_trace_and_others_of_its_batch_stand() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(&folder);
    std::thread::scope(|scope| {
        for n in 0..32 {
            let store = &store;
            scope.spawn(move || {
                let result = store.write(move |tx| {
                    put(tx, &format!("key {n}"))?;
                    if n % 2 == 0 { Err(Error::conflict("refused")) } else { Ok(n) }
                });
                assert_eq!(result.is_ok(), n % 2 == 1);
            });
        }
    });
    assert_eq!(count(&store), 16);
}

#[test]
fn a_write_that_panics_is_an_internal_error_and_the_writer_lives_on() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(&folder);
    let error = store
        .write(|tx| -> Result<()> {
            put(tx, "half")?;
            panic!("on purpose")
        })
        .unwrap_err();
    assert_eq!(error.code(), Code::Internal);
    store.write(|tx| put(tx, "whole")).unwrap();
    assert_eq!(count(&store), 1);
}

#[test]
fn what_is_not_kept_holds_up_nothing_that_is() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(&folder);
    let stop = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        for n in 0..16 {
            let (store, stop) = (&store, &stop);
            scope.spawn(move || {
                while !stop.load(Ordering::Relaxed) {
                    let work = |tx: &WriteTransaction| {
                        std::thread::sleep(Duration::from_millis(2));
                        put(tx, "never")
                    };
                    let refused = move |tx: &WriteTransaction| work(tx).and_then(|()| Err(Error::conflict("refused")));
                    if n % 2 == 0 { store.rehearse(work).unwrap() } else { store.write(refused).unwrap_or_default() }
                }
            });
        }
        let longest = (0..10).map(|n| {
            let began = std::time::Instant::now();
            store.write(move |tx| put(tx, &format!("kept {n}"))).unwrap();
            began.elapsed()
        });
        let longest = longest.max().unwrap();
        stop.store(true, Ordering::Relaxed);
        assert!(longest < Duration::from_secs(2), "{longest:?}");
    });
    assert_eq!(count(&store), 10);
}

#[test]
fn effects_run_after_the_commit_and_only_when_the_write_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(&folder);
    let runs = Arc::new(AtomicUsize::new(0));
    for keep in [true, false] {
        let seen = Arc::clone(&runs);
        let _ = store.write(move |tx| {
            tx.after_commit(move || {
                seen.fetch_add(1, Ordering::SeqCst);
            });
            if keep { Ok(()) } else { Err(Error::conflict("refused")) }
        });
    }
    assert_eq!(runs.load(Ordering::SeqCst), 1);
}

#[test]
fn a_reader_cannot_write() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(&folder);
    let result = store.read(|tx| tx.find("INSERT INTO meta VALUES ('a', 'b') RETURNING key", [], |_| Ok(())));
    assert!(result.is_err());
    assert_eq!(count(&store), 0);
}

#[test]
fn a_second_server_on_the_same_file_refuses_to_start() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(&folder);
    let open = |purpose| Store::open(store.path(), Arc::new(Settings::default()), Clock::System, purpose);
    let Err(error) = open(Purpose::Serve) else { panic!("two servers on one file") };
    assert!(error.message().contains("already runs"));
    assert_eq!(lock(store.path()).unwrap_err().code(), Code::Conflict);
    open(Purpose::Command).unwrap().write(|tx| put(tx, "beside")).unwrap();
    assert_eq!(count(&store), 1);
}

#[test]
fn a_store_that_is_gone_leaves_no_lock_with_processes_that_were_started_meanwhile() {
    let folder = tempfile::tempdir().unwrap();
    let first = store(&folder);
    // What a process has between its beginning and its first instruction: the same open file under another number.
    let _copy = first._lock.as_ref().unwrap().0.try_clone().unwrap();
    drop(first);
    store(&folder);
}

#[test]
fn a_newer_or_foreign_file_is_refused_with_a_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let open = |path: &Path| {
        Store::open(path, Arc::new(Settings::default()), Clock::System, Purpose::Serve)
            .map(drop)
            .unwrap_err()
            .message()
            .to_owned()
    };
    let newer = folder.path().join("newer.db");
    rusqlite::Connection::open(&newer).unwrap().execute_batch("PRAGMA user_version = 9999").unwrap();
    assert!(open(&newer).contains("newer"));
    let foreign = folder.path().join("foreign.db");
    rusqlite::Connection::open(&foreign).unwrap().execute_batch("CREATE TABLE t (x)").unwrap();
    assert!(open(&foreign).contains("another program"));
    let text = folder.path().join("text.db");
    std::fs::write(&text, "this is no database, but long enough to be looked at as one. ".repeat(40)).unwrap();
    assert!(open(&text).contains("text.db"));
    let missing = folder.path().join("missing.db");
    let Err(error) = Store::open(&missing, Arc::new(Settings::default()), Clock::System, Purpose::Command) else {
        panic!("a command made a database")
    };
    assert_eq!(error.code(), Code::NotFound);
}

#[test]
fn what_was_answered_is_there_after_opening_again_and_in_a_backup() {
    let folder = tempfile::tempdir().unwrap();
    let first = store(&folder);
    first.write(|tx| put(tx, "kept")).unwrap();
    let copy = folder.path().join("copy.db");
    first.backup(&copy, |_, _| {}).unwrap();
    assert!(first.backup(&copy, |_, _| {}).is_err());
    first.close();
    drop(first);
    assert_eq!(count(&store(&folder)), 1);
    let copy = Store::open(&copy, Arc::new(Settings::default()), Clock::System, Purpose::Command).unwrap();
    assert_eq!(count(&copy), 1);
}

#[test]
fn a_statement_is_prepared_once_whatever_is_bound_to_it() {
    let connection = rusqlite::Connection::open_in_memory().unwrap();
    super::pool::configure(&connection).unwrap();
    connection.execute_batch("CREATE TABLE t (a, b); CREATE INDEX waiting ON t (a) WHERE b = 'pending'").unwrap();
    let mut statement = connection.prepare("SELECT a FROM t WHERE a = ?1 AND b = ?2").unwrap();
    for word in ["pending", "approved", "rejected"] {
        assert!(!statement.exists([word, word]).unwrap());
    }
    assert_eq!(statement.get_status(rusqlite::StatementStatus::RePrepare), 0);
}
