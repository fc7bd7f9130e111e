//! Faults of the machine under the real binary: each gives a clear error, 503 and a probe that says no where nothing can be
//! written; all is served again when the fault is gone, and nothing is lost (`contract.md §14`).

mod disk;
mod errors;
mod file;
mod machine;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use aiins::base::ids::MessageId;
use serde_json::{Value, json};

use crate::process::{Process, aiins, assert_clean, eventually, http, serve, serve_within};

/// How long all may take to be normal again when a fault is gone.
const RECOVERY: Duration = Duration::from_secs(2);

/// A server and an agent that writes to it, and remembers what was answered.
struct Scene {
    folder: tempfile::TempDir,
    path: PathBuf,
    key: String,
    written: Vec<String>,
}

impl Scene {
    fn new(folder: tempfile::TempDir) -> Scene {
        let path = folder.path().join("aiins.db");
        Scene { path, folder, key: String::new(), written: Vec::new() }
    }

    fn start(&mut self) -> Process {
        self.start_within(&[])
    }

    fn start_within(&mut self, wrapper: &[&str]) -> Process {
        let server = Process::start(serve_within(wrapper, &self.path, &[]));
        if self.key.is_empty() {
            self.key = server.register("ada");
            server.register("bob");
        }
        server
    }

    /// Writes one thing: a message, of which there may be as many as one likes. Answers its status and body.
    #[track_caller]
    fn write(&mut self, server: &Process) -> (u16, Value) {
        let answer = server.call("POST", "/api/messages", &self.key, &message(self.written.len()));
        self.written.extend((answer.0 == 201).then(|| id_of(&answer.1)));
        answer
    }

    /// Writes until that is refused, which has to be with a 503 that says why.
    #[track_caller]
    fn write_until_refused(&mut self, server: &Process) -> String {
        for _ in 0..3_000 {
            let (status, body) = self.write(server);
            if status != 201 {
                return unavailable(status, &body);
            }
        }
        panic!("no write was refused");
    }

    /// Everything is served again, what was answered is there, and the file is clean.
    #[track_caller]
    fn ends_whole(mut self, server: Process) {
        eventually("the probe says yes", RECOVERY, || server.is_ready().is_ok());
        let (status, body) = self.write(&server);
        assert_eq!(status, 201, "{body}");
        let file = rusqlite::Connection::open(&self.path).unwrap();
        let mut found = file.prepare("SELECT id FROM messages ORDER BY id").unwrap();
        let found = found.query_map([], |row| Ok(MessageId(row.get(0)?))).unwrap().map(Result::unwrap);
        let found: BTreeSet<MessageId> = found.collect();
        let written = self.written.iter().map(|id| id.parse().unwrap()).collect();
        assert_eq!(found, written, "what was answered is there, and what was refused left no trace");
        assert_clean(&self.path);
        server.stop();
        assert_clean(&self.path);
    }
}

fn message(nth: usize) -> Value {
    json!({"to": "bob", "body": format!("Message {nth} {}", "x".repeat(3_500))})
}

fn id_of(answer: &Value) -> String {
    answer["message"]["id"].as_str().unwrap_or_else(|| panic!("{answer}")).to_owned()
}

/// The sentence of a 503.
#[track_caller]
fn unavailable(status: u16, body: &Value) -> String {
    assert_eq!((status, body["error"]["code"].as_str()), (503, Some("unavailable")), "{body}");
    assert!(body["error"]["retryAfter"].is_number(), "{body}");
    body["error"]["message"].as_str().unwrap().to_owned()
}

/// Changes a limit of a process that runs: only the soft one, which can be raised again.
#[track_caller]
fn limit(server: &Process, what: &str) {
    let done = Command::new("prlimit").args(["--pid", &server.id().to_string(), &format!("{what}:")]).status().unwrap();
    assert!(done.success(), "prlimit {what}");
}

/// Whether a test that only root can make is left out.
fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output().unwrap();
    let root = id.stdout.starts_with(b"0\n");
    if !root {
        eprintln!("left out: only root can do this");
    }
    root
}
