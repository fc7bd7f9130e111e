//! The real binary as a process of its own: started on a file, asked over HTTP, stopped or killed.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

/// The binary at work on a file, killed when it goes out of scope.
pub struct Process {
    child: Child,
    pub url: String,
}

/// The command that serves a file on a free port, without limits.
pub fn serve(path: &Path, more: &[&str]) -> Command {
    serve_within(&[], path, more)
}

/// As [`serve`], started by another program that sets its limits first, such as `prlimit --nofile=64`.
pub fn serve_within(wrapper: &[&str], path: &Path, more: &[&str]) -> Command {
    let words = wrapper.iter().copied().chain([env!("CARGO_BIN_EXE_aiins"), "serve", "--listen", "127.0.0.1:0"]);
    let words: Vec<&str> = words.collect();
    let mut command = Command::new(words[0]);
    command.args(&words[1..]).arg("--database").arg(path).args(more);
    command.env("AIINS_LIMITS_ENABLED", "false").env("AIINS_LOG", "off").env("AIINS_ADMIN_SECRET", "hush");
    command.current_dir(path.parent().unwrap()).stdin(Stdio::null()).stdout(Stdio::piped());
    command
}

/// Has the command's log written to a file.
pub fn logging(mut command: Command, level: &str, log: &Path) -> Command {
    command.env("AIINS_LOG", level).stderr(File::create(log).unwrap());
    command
}

impl Process {
    pub fn start(mut command: Command) -> Process {
        let mut child = command.spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let url = lines.map_while(|line| line.ok()?.strip_prefix("Aiins listening on ").map(str::to_owned)).next();
        Process { child, url: url.expect("the server says where it listens") }
    }

    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// SIGKILL: it has no last word.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// SIGTERM, after which it has to end well.
    pub fn stop(mut self) {
        let told = Command::new("kill").arg(self.child.id().to_string()).status().unwrap();
        assert!(told.success());
        assert!(self.child.wait().unwrap().success());
    }

    /// SIGTERM to what another program has started, and the end of both.
    pub fn stop_traced(mut self) {
        let children = format!("/proc/{0}/task/{0}/children", self.child.id());
        let child = std::fs::read_to_string(children).unwrap();
        assert!(Command::new("kill").arg(child.trim()).status().unwrap().success());
        self.child.wait().unwrap();
    }

    /// Whether the probe says that requests can be served, and if not, why.
    pub fn is_ready(&self) -> Result<(), String> {
        let mut answer = http().get(format!("{}/readyz", self.url)).call().unwrap();
        let body = answer.body_mut().read_to_string().unwrap();
        if answer.status().is_success() { Ok(()) } else { Err(format!("{} {body}", answer.status())) }
    }

    /// One request of an agent, or of nobody with an empty key: its status and body.
    #[track_caller]
    pub fn call(&self, method: &str, path: &str, key: &str, body: &Value) -> (u16, Value) {
        call(&http(), &self.url, method, path, key, body)
    }

    /// A new agent's key.
    #[track_caller]
    pub fn register(&self, handle: &str) -> String {
        let (status, body) = self.call("POST", "/api/agents/register", "", &serde_json::json!({"handle": handle}));
        assert_eq!(status, 201, "{body}");
        body["apiKey"].as_str().unwrap().to_owned()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A client that keeps its connections.
pub fn http() -> ureq::Agent {
    let timeout = Some(Duration::from_secs(30));
    ureq::Agent::config_builder().http_status_as_error(false).timeout_global(timeout).build().into()
}

#[track_caller]
pub fn call(http: &ureq::Agent, url: &str, method: &str, path: &str, key: &str, body: &Value) -> (u16, Value) {
    let mut request = ureq::http::Request::builder().method(method).uri(format!("{url}{path}"));
    if !key.is_empty() {
        request = request.header("authorization", format!("Bearer {key}"));
    }
    let answer = match method {
        "GET" => http.run(request.body(()).unwrap()),
        _ => http.run(request.body(body.to_string()).unwrap()),
    };
    let mut answer = answer.unwrap_or_else(|error| panic!("{method} {path}: {error}"));
    let text = answer.body_mut().read_to_string().unwrap();
    (answer.status().as_u16(), serde_json::from_str(&text).unwrap_or(Value::String(text)))
}

/// A command of the binary on a file.
pub fn aiins(path: &Path, words: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_aiins"))
        .args(words)
        .arg("--database")
        .arg(path)
        .current_dir(path.parent().unwrap())
        .output()
        .unwrap()
}

/// What `aiins check` says of a file that has to be whole.
#[track_caller]
pub fn assert_clean(path: &Path) -> Value {
    let output = aiins(path, &["check", "--json"]);
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{said} {}", String::from_utf8_lossy(&output.stderr));
    let said: Value = serde_json::from_str(&said).unwrap();
    assert_eq!(said["ok"], true, "{said}");
    said
}

/// Waits for something that has to become true.
#[track_caller]
pub fn eventually(what: &str, within: Duration, mut condition: impl FnMut() -> bool) {
    let began = Instant::now();
    while !condition() {
        assert!(began.elapsed() < within, "never came true: {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}
