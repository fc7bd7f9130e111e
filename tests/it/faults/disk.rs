//! The disk: full, at its limit, and locked by another program.

use std::fs::File;
use std::io::Write;
use std::sync::mpsc;
use std::time::Instant;

use super::*;

/// A small disk of its own, in memory.
struct Disk(tempfile::TempDir);

impl Disk {
    fn new(mebibytes: u32) -> Option<Disk> {
        let folder = tempfile::tempdir().unwrap();
        let size = format!("size={mebibytes}m");
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", &size, "tmpfs"]).arg(folder.path()).output();
        let mounted = mounted.is_ok_and(|output| output.status.success());
        if !mounted {
            eprintln!("left out: no disk can be mounted here");
        }
        mounted.then_some(Disk(folder))
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("--lazy").arg(self.0.path()).status();
    }
}

/// A file that takes what is left of a disk.
fn fill(path: &Path) {
    let mut ballast = File::create(path).unwrap();
    for piece in [1 << 20, 4096, 512] {
        while ballast.write_all(&vec![0; piece]).is_ok() {}
    }
}

#[test]
fn a_full_disk_refuses_writes_and_only_writes_until_there_is_room() {
    let Some(disk) = Disk::new(160) else { return };
    let mut scene = Scene::new(tempfile::tempdir_in(disk.0.path()).unwrap());
    let server = scene.start();
    assert_eq!(scene.write(&server).0, 201);
    server.is_ready().unwrap();
    let ballast = scene.folder.path().join("ballast");
    fill(&ballast);
    let said = scene.write_until_refused(&server);
    assert!(said.contains("full") || said.contains("committed"), "{said}");
    // Again and again, from several at once, and still nothing else is hurt.
    std::thread::scope(|scope| {
        for _ in 0..8 {
            let (server, key) = (&server, &scene.key);
            scope.spawn(move || {
                for _ in 0..5 {
                    let (status, body) = server.call("POST", "/api/messages", key, &message(0));
                    unavailable(status, &body);
                    assert_eq!(server.call("GET", "/api/notes", key, &json!({})).0, 200);
                }
            });
        }
    });
    let said = server.is_ready().unwrap_err();
    assert!(said.contains("503") && said.contains("too full"), "{said}");
    let copy = scene.folder.path().join("copy.db");
    let backup = aiins(&scene.path, &["backup", copy.to_str().unwrap()]);
    assert!(!backup.status.success() && !copy.exists(), "{backup:?}");
    assert!(String::from_utf8_lossy(&backup.stderr).contains("full"), "{backup:?}");
    std::fs::remove_file(&ballast).unwrap();
    scene.ends_whole(server);
}

#[test]
fn the_probe_says_no_before_the_disk_is_full() {
    let Some(disk) = Disk::new(160) else { return };
    let mut scene = Scene::new(tempfile::tempdir_in(disk.0.path()).unwrap());
    let server = scene.start();
    let ballast = scene.folder.path().join("ballast");
    File::create(&ballast).unwrap().write_all(&vec![0; 120 << 20]).unwrap();
    assert_eq!(scene.write(&server).0, 201);
    let said = server.is_ready().unwrap_err();
    assert!(said.contains("MiB are free"), "{said}");
    std::fs::remove_file(&ballast).unwrap();
    scene.ends_whole(server);
}

#[test]
fn a_disk_that_takes_no_more_of_a_file_refuses_writes_until_it_does() {
    let mut scene = Scene::new(tempfile::tempdir().unwrap());
    // A write beyond the limit is then an error and not the end of the process, as a failing disk's is.
    let server = scene.start_within(&["sh", "-c", "trap '' XFSZ; exec \"$@\"", "sh"]);
    assert_eq!(scene.write(&server).0, 201);
    let log = scene.path.with_extension("db-wal");
    let bytes = std::fs::metadata(&log).unwrap().len() + 60_000;
    limit(&server, &format!("--fsize={bytes}"));
    let said = scene.write_until_refused(&server);
    assert!(said.contains("nothing was kept") || said.contains("committed"), "{said}");
    assert!(server.is_ready().unwrap_err().contains("503"));
    assert_eq!(server.call("GET", "/api/notes", &scene.key, &json!({})).0, 200);
    limit(&server, "--fsize=unlimited");
    scene.ends_whole(server);
}

#[test]
fn a_lock_of_another_program_refuses_all_who_write_at_once_and_none_who_read() {
    let mut scene = Scene::new(tempfile::tempdir().unwrap());
    let server = scene.start();
    assert_eq!(scene.write(&server).0, 201);
    let other = rusqlite::Connection::open(&scene.path).unwrap();
    other.execute_batch("PRAGMA busy_timeout = 5000; BEGIN IMMEDIATE").unwrap();
    let began = Instant::now();
    std::thread::scope(|scope| {
        let (server, key) = (&server, &scene.key);
        let (done, all_done) = mpsc::channel::<()>();
        for nth in 0..40 {
            let done = done.clone();
            scope.spawn(move || {
                let (status, body) = server.call("POST", "/api/messages", key, &message(nth));
                assert!(unavailable(status, &body).contains("locked by another program"), "{body}");
                drop(done);
            });
        }
        drop(done);
        assert!(server.is_ready().unwrap_err().contains("locked"));
        while all_done.try_recv() == Err(mpsc::TryRecvError::Empty) {
            let asked = Instant::now();
            assert_eq!(server.call("GET", "/api/notes", key, &json!({})).0, 200);
            assert!(asked.elapsed() < Duration::from_secs(1), "a reader waited for {:?}", asked.elapsed());
            std::thread::sleep(Duration::from_millis(50));
        }
    });
    // Those who came while the first waited were refused with it, or with the one after it.
    assert!(began.elapsed() < Duration::from_secs(14), "{:?}", began.elapsed());
    other.execute_batch("ROLLBACK").unwrap();
    drop(other);
    scene.ends_whole(server);
}

#[test]
fn one_who_reads_for_long_holds_up_no_writes() {
    let mut scene = Scene::new(tempfile::tempdir().unwrap());
    let server = scene.start();
    scene.write(&server);
    let reader = rusqlite::Connection::open(&scene.path).unwrap();
    reader.execute_batch("BEGIN; SELECT count(*) FROM messages").unwrap();
    // Far past the length from which the writer itself waits for readers to be done with the log: 4,096 pages.
    let log = scene.path.with_extension("db-wal");
    let mut slowest = Duration::ZERO;
    std::thread::scope(|scope| {
        let clients: Vec<_> = (0..16)
            .map(|_| {
                let (server, key, log) = (&server, &scene.key, &log);
                scope.spawn(move || {
                    let (http, mut slowest, mut made) = (http(), Duration::ZERO, Vec::new());
                    for nth in 0.. {
                        if nth % 20 == 0 && std::fs::metadata(log).unwrap().len() > 90 << 20 {
                            break;
                        }
                        let began = Instant::now();
                        let (status, body) =
                            crate::process::call(&http, &server.url, "POST", "/api/messages", key, &message(nth));
                        assert_eq!(status, 201, "{body}");
                        made.push(id_of(&body));
                        slowest = slowest.max(began.elapsed());
                    }
                    (slowest, made)
                })
            })
            .collect();
        for client in clients {
            let (time, made) = client.join().unwrap();
            slowest = slowest.max(time);
            scene.written.extend(made);
        }
    });
    assert!(slowest < Duration::from_secs(3), "a write waited for {slowest:?}");
    drop(reader);
    let file = rusqlite::Connection::open(&scene.path).unwrap();
    let messages: i64 = file.query_row("SELECT count(*) FROM messages", [], |row| row.get(0)).unwrap();
    assert_eq!(messages as usize, scene.written.len());
    // The log can start over now that nobody reads.
    scene.write(&server);
    assert_clean(&scene.path);
}
