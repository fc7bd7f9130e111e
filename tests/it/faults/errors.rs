//! Errors of the disk itself: calls on the file and its log answer EIO for a while, as a failing disk's do.

use std::process::{Child, Stdio};

use super::*;

/// A tracer at a running server, which answers chosen calls on chosen files with EIO until it is dropped.
struct Failing {
    tracer: Child,
    server: u32,
}

impl Failing {
    /// `None` where nothing can be traced.
    fn start(server: &Process, calls: &str, files: &[&Path]) -> Option<Failing> {
        let (pid, inject) = (server.id().to_string(), format!("--inject={calls}:error=EIO"));
        let mut command = Command::new("strace");
        command.args(["--follow-forks", "-qq", "-o", "/dev/null", &format!("--trace={calls}"), &inject, "-p", &pid]);
        for file in files {
            command.arg("-P").arg(file);
        }
        let Ok(mut tracer) = command.stderr(Stdio::null()).spawn() else {
            eprintln!("left out: there is no strace here");
            return None;
        };
        let began = std::time::Instant::now();
        while !threads(server.id()).iter().all(|thread| is_traced(thread)) {
            if tracer.try_wait().unwrap().is_some() || began.elapsed() > Duration::from_secs(20) {
                eprintln!("left out: nothing can be traced here");
                let _ = tracer.kill();
                let _ = tracer.wait();
                return None;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Some(Failing { tracer, server: server.id() })
    }
}

impl Drop for Failing {
    fn drop(&mut self) {
        let told = Command::new("kill").args(["-INT", &self.tracer.id().to_string()]).status();
        assert!(told.is_ok_and(|told| told.success()) && self.tracer.wait().is_ok());
        assert!(!threads(self.server).iter().any(|thread| is_traced(thread)));
    }
}

/// What is told about each thread of a process.
fn threads(process: u32) -> Vec<String> {
    let threads = std::fs::read_dir(format!("/proc/{process}/task")).unwrap();
    threads.filter_map(|thread| std::fs::read_to_string(thread.ok()?.path().join("status")).ok()).collect()
}

fn is_traced(status: &str) -> bool {
    status.lines().any(|line| line.strip_prefix("TracerPid:").is_some_and(|pid| pid.trim() != "0"))
}

fn log_of(scene: &Scene) -> PathBuf {
    scene.path.with_extension("db-wal")
}

#[test]
fn a_log_that_cannot_be_written_refuses_writes_and_only_writes_until_it_can() {
    let mut scene = Scene::new(tempfile::tempdir().unwrap());
    let server = scene.start();
    assert_eq!(scene.write(&server).0, 201);
    let Some(failing) = Failing::start(&server, "pwrite64", &[&log_of(&scene)]) else { return };
    for _ in 0..5 {
        let (status, body) = scene.write(&server);
        let said = unavailable(status, &body);
        assert!(said.contains("nothing of it was kept") || said.contains("nothing was kept"), "{said}");
        assert_eq!(server.call("GET", "/api/notes", &scene.key, &json!({})).0, 200);
    }
    assert!(server.is_ready().unwrap_err().contains("503"));
    drop(failing);
    scene.ends_whole(server);
}

#[test]
fn a_file_that_cannot_be_read_is_503_and_never_a_wrong_answer_until_it_can() {
    let mut scene = Scene::new(tempfile::tempdir().unwrap());
    let server = scene.start();
    assert_eq!(scene.write(&server).0, 201);
    let before = server.call("GET", "/api/agents/ada", "", &json!({}));
    let Some(failing) = Failing::start(&server, "pread64", &[&log_of(&scene), &scene.path]) else { return };
    let mut refused = 0;
    for _ in 0..8 {
        // What was committed meanwhile stands in the log alone, so that readers have to read it anew.
        let (status, body) = scene.write(&server);
        assert!(status == 201 || !unavailable(status, &body).is_empty());
        for path in ["/api/agents/ada", "/api/notes", "/api/agents/ada/status", "/api/messages", "/agents/ada"] {
            let (status, body) = server.call("GET", path, &scene.key, &json!({}));
            match status {
                200 => {}
                503 if path.starts_with("/api/") => {
                    let said = unavailable(status, &body);
                    // SQLite takes a page that cannot be read for one that is damaged.
                    assert!(said.contains("cannot be reached") || said.contains("damaged"), "{said}");
                    refused += 1;
                }
                503 => assert!(body.as_str().is_some_and(|page| page.contains("The database")), "{body}"),
                _ => panic!("{path}: {status} {body}"),
            }
        }
    }
    assert!(refused > 0, "nothing was read from the log");
    eventually("the probe says no", RECOVERY, || server.is_ready().is_err_and(|said| said.contains("503")));
    drop(failing);
    // The file is looked through before anything is written into it again.
    eventually("the probe says yes", Duration::from_secs(30), || server.is_ready().is_ok());
    let after = server.call("GET", "/api/agents/ada", "", &json!({}));
    assert_eq!((after.0, &after.1["handle"]), (200, &before.1["handle"]));
    scene.ends_whole(server);
}

#[test]
fn a_file_that_takes_no_checkpoint_hurts_nobody_and_gets_its_pages_later() {
    let mut scene = Scene::new(tempfile::tempdir().unwrap());
    let server = scene.start();
    assert_eq!(scene.write(&server).0, 201);
    let Some(failing) = Failing::start(&server, "pwrite64,fdatasync,fsync", &[&scene.path]) else { return };
    let began = std::time::Instant::now();
    // A checkpoint is due after five seconds.
    while began.elapsed() < Duration::from_secs(7) {
        assert_eq!(scene.write(&server).0, 201);
        assert_eq!(server.call("GET", "/api/messages", &scene.key, &json!({})).0, 200);
        std::thread::sleep(Duration::from_millis(50));
    }
    server.is_ready().unwrap();
    drop(failing);
    scene.ends_whole(server);
}
