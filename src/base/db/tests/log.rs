//! The write-ahead log: who copies it into the file, and what a backup takes while others write.

use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use super::*;

fn opened(path: &Path, litestream: bool) -> Store {
    let mut settings = Settings::default();
    settings.database.litestream = litestream;
    Store::open(path, Arc::new(settings), Clock::System, Purpose::Serve).unwrap()
}

/// The log's first bytes, which change whenever it begins anew, and its length.
fn log(path: &Path) -> (Vec<u8>, usize) {
    let bytes = std::fs::read(with_suffix(path, "-wal")).unwrap_or_default();
    (bytes[..bytes.len().min(32)].to_vec(), bytes.len())
}

#[test]
fn a_log_that_is_left_to_litestream_only_grows() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("aiins.db");
    drop(opened(&path, false));
    let file = std::fs::read(&path).unwrap();
    let store = opened(&path, true);
    store.write(|tx| tx.touch()).unwrap();
    let (head, mut length) = log(&path);
    for nth in 0..1_200 {
        store.write(move |tx| put(tx, &format!("key {nth}"))).unwrap();
        if nth % 400 == 0 {
            // As long as the checkpoint thread would take to look.
            std::thread::sleep(Duration::from_millis(250));
            let now = log(&path);
            assert!(now.0 == head && now.1 > length, "the log began anew");
            length = now.1;
        }
    }
    // Neither a command nor the end of the server copies it.
    let command = {
        let mut settings = Settings::default();
        settings.database.litestream = true;
        Store::open(&path, Arc::new(settings), Clock::System, Purpose::Command).unwrap()
    };
    command.write(|tx| put(tx, "of a command")).unwrap();
    drop(command);
    drop(store);
    let end = log(&path);
    assert!(end.0 == head && end.1 > length);
    assert!(std::fs::read(&path).unwrap() == file, "a checkpoint wrote into the file");
    // What stands in the log is there, and without the switch it is copied again.
    let store = opened(&path, false);
    assert_eq!(count(&store), 1_202);
    drop(store);
    assert_eq!(log(&path).1, 0);
}

#[test]
fn without_litestream_the_log_is_copied_and_cut() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("aiins.db");
    let store = opened(&path, false);
    store.write(|tx| put(tx, "a")).unwrap();
    drop(store);
    assert_eq!(log(&path).1, 0);
}

#[test]
fn the_log_starts_over_while_all_read_and_write() {
    const SOON: Duration = Duration::from_secs(20);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("aiins.db");
    let store = opened(&path, false);
    store.write(|tx| put(tx, "first")).unwrap();
    let first = log(&path).0;
    let (began, is_over) = (Instant::now(), AtomicBool::new(false));
    let goes_on = || !is_over.load(Ordering::SeqCst) && began.elapsed() < SOON;
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                while goes_on() {
                    count(&store);
                    std::thread::sleep(Duration::from_micros(200));
                }
            });
        }
        let filler = "INSERT INTO meta (key, value) VALUES (?1, hex(zeroblob(20000)))";
        for client in 0..4 {
            let (store, path, first, is_over, goes_on) = (&store, &path, &first, &is_over, &goes_on);
            scope.spawn(move || {
                for nth in 0.. {
                    if !goes_on() {
                        break;
                    }
                    let key = format!("filler {client} {nth}");
                    store.write(move |tx| tx.run(filler, [key]).map(drop)).unwrap();
                    if nth % 20 == 0 && log(path).0 != *first {
                        is_over.store(true, Ordering::SeqCst);
                    }
                }
            });
        }
    });
    assert!(is_over.into_inner(), "the log had {} bytes and went on", log(&path).1);
}

#[test]
fn a_backup_ends_while_others_write_and_holds_one_state() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(&folder);
    let filler = "INSERT INTO meta (key, value) VALUES (?1, hex(zeroblob(200000)))";
    for nth in 0..100 {
        store.write(move |tx| tx.run(filler, [format!("filler {nth}")]).map(drop)).unwrap();
    }
    let (stop, written) = (AtomicBool::new(false), AtomicUsize::new(0));
    let copy = folder.path().join("copy.db");
    let (before, after, took) = std::thread::scope(|scope| {
        for client in 0..4 {
            let (store, stop, written) = (&store, &stop, &written);
            scope.spawn(move || {
                for nth in 0.. {
                    if stop.load(Ordering::SeqCst) {
                        break;
                    }
                    // Two rows in each write: a copy that holds one of them is of no one state.
                    let (one, other) = (format!("a {client} {nth}"), format!("b {client} {nth}"));
                    store.write(move |tx| put(tx, &one).and_then(|()| put(tx, &other))).unwrap();
                    written.fetch_add(1, Ordering::SeqCst);
                }
            });
        }
        while written.load(Ordering::SeqCst) < 20 {
            std::thread::yield_now();
        }
        let (before, began) = (written.load(Ordering::SeqCst), Instant::now());
        // Each step of the copy comes upon new writes.
        let made = store.backup(&copy, |_, _| std::thread::sleep(Duration::from_millis(10)));
        let after = written.load(Ordering::SeqCst);
        stop.store(true, Ordering::SeqCst);
        made.unwrap();
        (before, after, began.elapsed())
    });
    assert!(after > before, "nobody wrote meanwhile");
    assert!(took < Duration::from_secs(20), "{took:?}");
    let copy = Store::open(&copy, Arc::new(Settings::default()), Clock::System, Purpose::Command).unwrap();
    let number = |sql: &'static str| copy.read(|tx| tx.one(sql, [], |row| row.get::<_, i64>(0))).unwrap() as usize;
    let (ones, others) = (
        number("SELECT count(*) FROM meta WHERE key LIKE 'a %'"),
        number("SELECT count(*) FROM meta WHERE key LIKE 'b %'"),
    );
    assert_eq!(ones, others);
    assert!((before..=after + 4).contains(&ones), "{before} {ones} {after}");
    assert_eq!(copy.read(|tx| tx.damage()).unwrap(), Vec::<String>::new());
}
