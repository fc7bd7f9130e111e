//! Power cuts: the file as the disk may hold it at that moment, opened again. What was committed is whole, all else is gone.
//!
//! `AIINS_POWER_CUT_WRITES` says how many writes stand in the log that is cut.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use aiins::discovery::audit;
use aiins::market::tips;
use aiins::social::votes;

use super::*;
use crate::process::serve_within;

/// The log begins with so many bytes about itself,
const LOG_HEAD: usize = 32;
/// and each page in it with so many about the page.
const FRAME_HEAD: usize = 24;
const PAGE: usize = 4096;

/// What stands in a file, as far as the deeds of this test change it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct State {
    rows: Vec<(String, i64)>,
    balances: Vec<(i64, i64)>,
}

impl State {
    fn of(path: &Path) -> State {
        let file = Connection::open(path).unwrap();
        let list = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name";
        let mut tables = file.prepare(list).unwrap();
        let tables = tables.query_map([], |row| row.get::<_, String>(0)).unwrap().map(Result::unwrap);
        let count = |table: String| {
            let sql = format!("SELECT count(*) FROM \"{table}\"");
            let rows = file.query_row(&sql, [], |row| row.get(0)).unwrap();
            (table, rows)
        };
        let rows = tables.map(count).collect();
        let mut accounts = file.prepare("SELECT id, balance FROM accounts ORDER BY id").unwrap();
        let accounts = accounts.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
        State { rows, balances: accounts.map(Result::unwrap).collect() }
    }
}

fn log_of(path: &Path) -> PathBuf {
    path.with_extension("db-wal")
}

/// Deeds of each kind, one after the other; a write each.
fn do_something(store: &Store, nth: usize) {
    match nth % 3 {
        0 => drop(publish(store, 1_000 + nth).unwrap()),
        1 => {
            let give = move |tx: &aiins::base::db::WriteTransaction| {
                let agents = [agents::get(tx, "agent-0")?.card.id, agents::get(tx, "agent-1")?.card.id];
                tips::tip(tx, agents[nth % 2], agents[1 - nth % 2], 1 + nth as i64)
            };
            store.write(give).unwrap();
        }
        _ => {
            let like = |tx: &aiins::base::db::WriteTransaction| {
                let liker = agents::get(tx, "agent-0")?.card.id;
                let newest = "SELECT id FROM notes ORDER BY id DESC LIMIT 1";
                let note = tx.one(newest, [], |row| row.get(0))?;
                votes::like(tx, liker, note).map(drop)
            };
            store.write(like).unwrap();
        }
    }
}

/// A database whose newest writes stand only in its log.
struct Scene {
    folder: tempfile::TempDir,
    file: Vec<u8>,
    log: Vec<u8>,
    /// How long the log was when a write was answered, and what stood in the file then.
    answered: Vec<(usize, State)>,
}

impl Scene {
    fn new(writes: usize) -> Scene {
        let folder = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap();
        let path = folder.path().join("aiins.db");
        // Closing the first store copies the log into the file, and the second leaves it where it is.
        let store = Store::open(&path, Arc::new(Settings::default()), Clock::System, Purpose::Serve).unwrap();
        (0..2).for_each(|nth| drop(register(&store, nth).unwrap()));
        publish(&store, 0).unwrap();
        drop(store);
        let mut answered = vec![(0, State::of(&path))];
        let mut settings = Settings::default();
        settings.database.litestream = true;
        let store = Store::open(&path, Arc::new(settings), Clock::System, Purpose::Serve).unwrap();
        for nth in 0..writes {
            do_something(&store, nth);
            let length = fs::metadata(log_of(&path)).unwrap().len() as usize;
            answered.push((length, State::of(&path)));
        }
        Scene { file: fs::read(&path).unwrap(), log: fs::read(log_of(&path)).unwrap(), folder, answered }
    }

    /// What was answered before the log had this length.
    fn state_at(&self, length: usize) -> &State {
        &self.answered.iter().rev().find(|(at, _)| *at <= length).unwrap().1
    }

    /// Opens what a cut leaves as a server does, and compares.
    #[track_caller]
    fn survives(&self, file: &[u8], log: &[u8], expected: &State, what: &str) {
        let folder = self.folder.path().join("cut");
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir(&folder).unwrap();
        let path = folder.join("aiins.db");
        fs::write(&path, file).unwrap();
        fs::write(log_of(&path), log).unwrap();
        let store = Store::open(&path, Arc::new(Settings::default()), Clock::System, Purpose::Serve).unwrap();
        let audit = store.read_at_leisure(audit::run).unwrap();
        assert!(audit.ok, "{what}: {:?}", audit.problems);
        assert_eq!(&State::of(&path), expected, "{what}");
        // And it goes on.
        store.write(|tx| tx.touch()).unwrap();
    }
}

fn writes() -> usize {
    std::env::var("AIINS_POWER_CUT_WRITES").map_or(6, |writes| writes.parse().unwrap())
}

#[test]
fn a_log_cut_at_every_page_or_torn_within_one_holds_what_was_answered_before() {
    let scene = Scene::new(writes());
    let frames = (scene.log.len() - LOG_HEAD) / (FRAME_HEAD + PAGE);
    assert!(frames >= writes(), "{frames} pages in the log");
    for frame in 0..=frames {
        let cut = LOG_HEAD + frame * (FRAME_HEAD + PAGE);
        let expected = scene.state_at(cut);
        scene.survives(&scene.file, &scene.log[..cut], expected, &format!("cut after page {frame} of {frames}"));
        if frame == frames {
            break;
        }
        // Within the next page: nothing follows, or what the disk held there before.
        let torn = cut + rand::random_range(1..FRAME_HEAD + PAGE);
        scene.survives(&scene.file, &scene.log[..torn], expected, &format!("torn at byte {torn}"));
        let mut old = scene.log.clone();
        old[torn..].fill_with(rand::random);
        scene.survives(&scene.file, &old, expected, &format!("torn at byte {torn}, and old bytes behind it"));
    }
    scene.survives(&scene.file, &scene.log[..LOG_HEAD / 2], scene.state_at(0), "the head of the log torn");
    scene.survives(&scene.file, &[], scene.state_at(0), "no log");
}

#[test]
fn a_checkpoint_cut_off_anywhere_loses_nothing() {
    let scene = Scene::new(writes());
    let path = scene.folder.path().join("whole.db");
    fs::write(&path, &scene.file).unwrap();
    fs::write(log_of(&path), &scene.log).unwrap();
    aiins::base::db::fold_log(&path).unwrap();
    let after = fs::read(&path).unwrap();
    let expected = &scene.answered.last().unwrap().1;
    for round in 0..4 * writes() {
        // Pages reach the disk in any order, and half of them while the power fails.
        let mut mixed = scene.file.clone();
        mixed.resize(after.len().max(mixed.len()), 0);
        for (nth, page) in after.chunks(PAGE).enumerate() {
            let written = match rand::random_range(0..4) {
                0 => 0,
                1 => rand::random_range(0..page.len()),
                _ => page.len(),
            };
            mixed[nth * PAGE..nth * PAGE + written].copy_from_slice(&page[..written]);
        }
        scene.survives(&mixed, &scene.log, expected, &format!("round {round}"));
    }
}

/// A power cut takes what the disk was not told to keep. So each answer has to leave after the sync of its log.
#[test]
fn an_answer_leaves_after_the_disk_has_its_write() {
    if Command::new("strace").arg("-V").output().is_err() {
        eprintln!("left out: there is no strace here");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let (path, trace) = (folder.path().join("aiins.db"), folder.path().join("trace"));
    let calls = "--trace=pwrite64,fdatasync,fsync,sendto";
    let strace = ["strace", "--follow-forks", "--decode-fds=path", "-qq", calls, "-o", trace.to_str().unwrap()];
    let server = Process::start(serve_within(&strace, &path, &[]));
    for nth in 0..10 {
        server.register(&format!("agent-{nth}"));
    }
    // The binary is a child of strace, which passes the signal on by ending with it.
    server.stop_traced();
    let text = fs::read_to_string(&trace).unwrap();
    let (mut is_synced, mut syncs, mut answers) = (true, 0, 0);
    let mut syncing: HashSet<&str> = HashSet::new();
    for line in text.lines() {
        let (thread, call) = line.split_once(' ').unwrap();
        let call = call.trim_start();
        let is_sync = call.starts_with("fdatasync(") || call.starts_with("fsync(");
        if call.starts_with("pwrite64(") && call.contains("aiins.db-wal>") {
            is_synced = false;
        } else if is_sync && call.contains("aiins.db-wal>") && call.ends_with("<unfinished ...>") {
            syncing.insert(thread);
        } else if (is_sync && call.contains("aiins.db-wal>"))
            || (call.contains("sync resumed>") && syncing.remove(thread))
        {
            (is_synced, syncs) = (true, syncs + 1);
        } else if call.starts_with("sendto(") && call.contains("HTTP/1.1 201") {
            answers += 1;
            assert!(is_synced, "answer {answers} left before its write was on the disk");
        }
    }
    assert_eq!(answers, 10, "answers in the trace");
    assert!(syncs >= answers, "{syncs} syncs for {answers} answers");
}
