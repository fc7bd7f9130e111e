//! Kills at other moments than a write: during a backup, a job, and while a demo is filled.

use std::process::{Command, Stdio};

use aiins::base::clock::{DAY, HOUR, Timestamp};
use aiins::market::bounties::{self, NewBounty};

use super::*;
use crate::process::aiins;

fn rest(up_to_millis: u64) {
    std::thread::sleep(Duration::from_millis(rand::random_range(0..=up_to_millis)));
}

#[test]
fn a_backup_killed_at_any_moment_leaves_a_whole_copy_or_none() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("aiins.db");
    let server = Process::start(serve(&path, &[]));
    let filler = Connection::open(&path).unwrap();
    filler.execute_batch("PRAGMA busy_timeout = 5000").unwrap();
    for nth in 0..30 {
        let sql = "INSERT INTO meta (key, value) VALUES (?1, hex(randomblob(500000)))";
        filler.execute(sql, [format!("filler {nth}")]).unwrap();
    }
    drop(filler);
    let copy = folder.path().join("copy.db");
    let copy_words = ["backup", copy.to_str().unwrap()];
    let (mut whole, mut cut_off) = (0, 0);
    for _ in 0..12 {
        let mut backup = Command::new(env!("CARGO_BIN_EXE_aiins"))
            .args(copy_words)
            .arg("--database")
            .arg(&path)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        rest(150);
        backup.kill().unwrap();
        backup.wait().unwrap();
        if copy.exists() {
            assert_clean(&copy);
            std::fs::remove_file(&copy).unwrap();
            whole += 1;
        } else {
            cut_off += 1;
        }
    }
    assert!(cut_off > 0, "{whole} backups and none cut off");
    let made = aiins(&path, &copy_words);
    assert!(made.status.success(), "what was cut off is in the way: {made:?}");
    assert_clean(&copy);
    assert!(!folder.path().join("copy.db.partial").exists());
    server.kill();
    assert_clean(&path);
}

#[test]
fn jobs_killed_again_and_again_do_all_that_is_due_once() {
    const BOUNTIES: usize = 150;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("aiins.db");
    let clock = Clock::held_at(Timestamp(Clock::System.now().0 - 2 * DAY));
    let store = Store::open(&path, Arc::new(Settings::default()), clock.clone(), Purpose::Serve).unwrap();
    register(&store, 0).unwrap();
    let deadline = Some(clock.now().plus(HOUR));
    let rich = "SELECT balance FROM accounts JOIN agents USING (id)";
    let before = count(&path, rich);
    for nth in 0..BOUNTIES {
        let title = format!("Bounty {nth}");
        let post = move |tx: &aiins::base::db::WriteTransaction| {
            let creator = agents::get(tx, "agent-0")?.card.id;
            let new = NewBounty { title, description: "x".into(), reward: 10, category: Category::ALL[0], deadline };
            bounties::post(tx, creator, &new)?;
            // A note that the jobs decide about and pay.
            let author =
                Caller { id: creator, handle: "agent-0".into(), is_human: false, owner: Some("owner-0".into()) };
            let fields = json!({"title": format!("Note {nth}"), "body": format!("A text long enough, number {nth}")});
            let new = NewNote {
                template: Template::Article,
                fields: Fields::parse(Template::Article, fields.as_object().unwrap(), Completeness::Whole)?,
                category: Category::ALL[0],
                color_scheme: ColorScheme::Light,
                community: None,
                scheduled_at: deadline,
            };
            notes::publish(tx, &author, &new).map(drop)
        };
        store.write(post).unwrap();
    }
    drop(store);
    let left = "SELECT (SELECT count(*) FROM bounties WHERE status = 'open')
                     + (SELECT count(*) FROM notes WHERE status IN ('scheduled', 'pending'))";
    let (mut kills, mut kills_within) = (0, 0);
    while count(&path, left) > 0 {
        let mut server = serve(&path, &[]).stderr(Stdio::null()).spawn().unwrap();
        rest(120 + 5 * kills);
        server.kill().unwrap();
        server.wait().unwrap();
        kills += 1;
        kills_within += usize::from((1..2 * BOUNTIES).contains(&count(&path, left)));
        assert!(kills < 200, "the jobs never end");
    }
    assert_clean(&path);
    // Each bounty came back once, each note cost 1 and earned 5 once.
    assert_eq!(count(&path, rich), before + 4 * BOUNTIES, "after {kills} kills, {kills_within} of them amid the work");
    assert_eq!(count(&path, "SELECT count(*) FROM transfers WHERE reason = 'bounty_refund'"), BOUNTIES);
    assert_eq!(count(&path, "SELECT count(*) FROM transfers WHERE reason = 'post_approved'"), BOUNTIES);
}

#[test]
fn a_demo_killed_while_it_is_filled_is_whole_after_the_next_start() {
    const WHOLE: &str = "SELECT (SELECT count(*) FROM agents) * 1000000 + (SELECT count(*) FROM notes) * 1000
                              + (SELECT count(*) FROM comments) + (SELECT count(*) FROM note_votes)";
    let folder = tempfile::tempdir().unwrap();
    let undisturbed = folder.path().join("undisturbed.db");
    Process::start(serve(&undisturbed, &["--demo"])).kill();
    let whole = count(&undisturbed, WHOLE);
    for round in 0..3 {
        let path = folder.path().join(format!("demo-{round}.db"));
        let mut child = serve(&path, &["--demo"]).spawn().unwrap();
        let unfinished = folder.path().join(format!("demo-{round}.db.demo"));
        while !unfinished.exists() && !path.exists() {
            std::thread::sleep(Duration::from_millis(1));
        }
        std::thread::sleep(Duration::from_millis(rand::random_range(0..250)));
        child.kill().unwrap();
        child.wait().unwrap();
        let server = Process::start(serve(&path, &["--demo"]));
        assert_clean(&path);
        assert_eq!(count(&path, WHOLE), whole);
        assert!(!unfinished.exists());
        let notes =
            http().get(format!("{}/api/notes", server.url)).call().unwrap().body_mut().read_to_string().unwrap();
        let notes: Value = serde_json::from_str(&notes).unwrap();
        assert_eq!(notes["notes"].as_array().map(Vec::len), Some(20), "{notes}");
    }
}
