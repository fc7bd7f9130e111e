//! A server in this process on a free port, over a file of its own, with a clock that stands still until a test moves it.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use aiins::app::{App, jobs};
use aiins::base::clock::{Clock, Motion, Timestamp};
use aiins::base::config::Settings;
use aiins::base::db::{Purpose, ReadTransaction, Store, WriteTransaction};
use aiins::base::error::Result;
use aiins::http::{Listener, Options};
use aiins::identity::{agents, owners, sessions};
use aiins::moderation::admin;
use serde_json::{Value, json};

/// The administrator's secret of every test server.
pub const ADMIN_SECRET: &str = "a secret for tests";
/// Where the held clock stands when a server starts: 2026-04-03T14:00:00.000Z.
pub const START: Timestamp = Timestamp(1_775_224_800_000);

/// A running server.
pub struct Server {
    pub app: Arc<App>,
    pub clock: Clock,
    pub url: String,
    // Dropped in this order: the clients hang up, so that the listener has no connection to wait for.
    http: ureq::Agent,
    listener: Listener,
    folder: tempfile::TempDir,
    names: AtomicU64,
}

/// One answer.
#[derive(Debug, Clone)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub bytes: Vec<u8>,
}

impl Answer {
    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes)
            .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&self.bytes)))
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    /// A header's first value.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// The body, after making sure of the status.
    #[track_caller]
    pub fn expect(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.text());
        self.json()
    }

    /// Makes sure that this is a refusal with a status and a code, and answers its sentence.
    #[track_caller]
    pub fn refused(&self, status: u16, code: &str) -> String {
        let body = self.expect(status);
        assert_eq!(body["success"], false, "{body}");
        assert_eq!(body["error"]["code"], code, "{body}");
        assert!(body["error"]["requestId"].is_string(), "{body}");
        body["error"]["message"].as_str().expect("a refusal has a message").to_owned()
    }
}

/// Someone who calls the server.
pub struct Client<'s> {
    server: &'s Server,
    pub handle: String,
    pub key: Option<String>,
    headers: Vec<(String, String)>,
}

/// A folder for one test, in memory where the machine has that: what a disk's sync costs is nothing that these tests measure.
fn new_folder() -> tempfile::TempDir {
    tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap()
}

impl Server {
    /// A server with the default settings, but for limits, which are off, and an administrator's secret.
    pub fn start() -> Server {
        Server::with(|_| {})
    }

    /// A server with settings of its own.
    pub fn with(change: impl FnOnce(&mut Settings)) -> Server {
        let folder = new_folder();
        Server::over(folder, Clock::held_at(START), change)
    }

    /// A server whose pages know of a way to sign in.
    pub fn with_sign_in() -> Server {
        Server::with(|settings| settings.github.client_id = "an-id".to_owned())
    }

    /// A test server, as `aiins serve --ephemeral` starts one, whose clock is held.
    pub fn in_test_mode(seed: Option<u64>) -> Server {
        let change = |settings: &mut Settings| {
            settings.auth.dev_login = true;
            settings.skills.allow_private_networks = true;
        };
        let clock = Clock::steered(Motion::Stands(START));
        Server::of(new_folder(), clock, change, |store| App::new_in_test_mode(store, seed).unwrap())
    }

    /// A server over a folder that may hold the file of an earlier one.
    pub fn over(folder: tempfile::TempDir, clock: Clock, change: impl FnOnce(&mut Settings)) -> Server {
        Server::of(folder, clock, change, App::new)
    }

    fn of(
        folder: tempfile::TempDir,
        clock: Clock,
        change: impl FnOnce(&mut Settings),
        make: impl FnOnce(Arc<Store>) -> Arc<App>,
    ) -> Server {
        let mut settings = Settings::default();
        settings.limits.enabled = false;
        settings.admin.secret = ADMIN_SECRET.to_owned();
        change(&mut settings);
        let path = folder.path().join("aiins.db");
        let store = Store::open(&path, Arc::new(settings), clock.clone(), Purpose::Serve).unwrap();
        let app = make(Arc::new(store));
        let mut options = Options::new("127.0.0.1:0".parse().unwrap());
        options.open_connections = app.open_connections();
        let listener = Listener::start(options, app.service()).unwrap();
        let url = format!("http://{}", listener.local_addr());
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(Duration::from_secs(60)))
            .max_redirects(0)
            .build();
        Server { app, clock, url, listener, folder, http: config.into(), names: AtomicU64::new(0) }
    }

    /// Stops the server and answers the folder of its file.
    pub fn stop(self) -> tempfile::TempDir {
        drop(self.http);
        self.listener.shutdown();
        // A thread that has just answered may hold the application for a moment longer.
        let deadline = Instant::now() + Duration::from_secs(30);
        while Arc::strong_count(&self.app) > 1 {
            assert!(Instant::now() < deadline, "a thread of the server goes on after its end");
            std::thread::sleep(Duration::from_millis(1));
        }
        self.folder
    }

    /// Stops the server and starts one over the same file, at the same time of day.
    pub fn restart(self) -> Server {
        let clock = self.clock.clone();
        Server::over(self.stop(), clock, |_| {})
    }

    /// Moves the clock and runs what is due then.
    pub fn advance(&self, millis: i64) {
        self.clock.advance(millis);
        self.run_jobs();
    }

    /// Runs what is due now, such as the review of pending notes.
    pub fn run_jobs(&self) {
        jobs::run_due(self.app.store());
    }

    /// Runs a deed in a transaction of its own.
    #[track_caller]
    pub fn write<R: Send + 'static>(&self, deed: impl FnOnce(&WriteTransaction) -> Result<R> + Send + 'static) -> R {
        self.app.store().write(deed).unwrap()
    }

    /// Someone without a key.
    pub fn anyone(&self) -> Client<'_> {
        Client { server: self, handle: String::new(), key: None, headers: Vec::new() }
    }

    /// The administrator.
    pub fn admin(&self) -> Client<'_> {
        self.anyone().with("x-admin-secret", ADMIN_SECRET)
    }

    /// A new agent without an owner.
    #[track_caller]
    pub fn agent(&self, handle: &str) -> Client<'_> {
        let answer = self.anyone().post("/api/agents/register", json!({"handle": handle}));
        let key = answer.expect(201)["apiKey"].as_str().unwrap().to_owned();
        self.anyone().with_key(handle, &key)
    }

    /// A new agent that an owner stands behind: an owner of its own, so that others' likes pay. It has 10 tokens.
    #[track_caller]
    pub fn verified(&self, handle: &str) -> Client<'_> {
        self.owned(handle, &format!("owner-of-{handle}"))
    }

    /// A new agent of an owner.
    #[track_caller]
    pub fn owned(&self, handle: &str, owner: &str) -> Client<'_> {
        let owner = owner.to_owned();
        let token = self.write(move |tx| owners::issue(tx, &owner)).token;
        let answer = self.anyone().post("/api/agents/register", json!({"handle": handle, "ownerToken": token}));
        let key = answer.expect(201)["apiKey"].as_str().unwrap().to_owned();
        self.anyone().with_key(handle, &key)
    }

    /// The cookie of a person who signs in.
    pub fn person_cookie(&self, login: &str) -> String {
        let login = login.to_owned();
        let value = self.write(move |tx| {
            let person = agents::sign_in_person(tx, &login, None)?;
            sessions::open(tx, person)
        });
        format!("{}={value}", sessions::COOKIE)
    }

    /// A person who has signed in. They have 50 tokens.
    pub fn person(&self, login: &str) -> Client<'_> {
        let cookie = self.person_cookie(login);
        let mut client = self.anyone().with("cookie", &cookie).with("sec-fetch-site", "same-origin");
        let login = login.to_owned();
        client.handle = self.write(move |tx| {
            let person = agents::sign_in_person(tx, &login, None)?;
            Ok(agents::get_by_id(tx, person)?.card.handle)
        });
        client
    }

    /// Gives an agent tokens.
    pub fn grant(&self, handle: &str, amount: i64) {
        let handle = handle.to_owned();
        self.write(move |tx| admin::grant(tx, &handle, amount));
    }

    /// Makes sure that the whole ledger agrees with itself.
    #[track_caller]
    pub fn check(&self) {
        let findings = self.app.store().read(aiins::ledger::audit::audit).unwrap();
        assert!(findings.problems.is_empty(), "{:#?}", findings.problems);
    }

    /// As [`Server::check`], and every counter against what it counts.
    #[track_caller]
    pub fn audit(&self) {
        self.check();
        let audit = self.app.store().read(aiins::discovery::audit::run).unwrap();
        assert!(audit.ok, "{:#?}", audit.problems);
    }

    /// How many rows each table has: what a refused request must not change.
    pub fn rows(&self) -> BTreeMap<String, i64> {
        const TABLES: &str = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'";
        let count = |tx: &ReadTransaction| {
            let tables: Vec<String> = tx.list(TABLES, [], |row| row.get(0))?;
            tables
                .into_iter()
                .map(|table| Ok((table.clone(), self.one(tx, &format!("SELECT count(*) FROM \"{table}\""))?)))
                .collect()
        };
        self.app.store().read(count).unwrap()
    }

    /// The number that a query answers.
    #[track_caller]
    pub fn number(&self, sql: &str) -> i64 {
        self.app.store().read(|tx| self.one(tx, sql)).unwrap()
    }

    fn one(&self, tx: &ReadTransaction, sql: &str) -> Result<i64> {
        tx.one(sql, [], |row| row.get(0))
    }

    /// Sends bytes as they are over a connection of their own and reads what comes back until its end.
    #[track_caller]
    pub fn raw(&self, request: &[u8]) -> Answer {
        let mut socket = TcpStream::connect(self.url.trim_start_matches("http://")).unwrap();
        socket.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        // The server may answer and close before it has read everything.
        let _ = socket.write_all(request);
        let mut bytes = Vec::new();
        let _ = socket.read_to_end(&mut bytes);
        let end = bytes.windows(4).position(|window| window == b"\r\n\r\n").expect("an answer has a head");
        let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
        let mut lines = head.split("\r\n");
        let status = lines.next().and_then(|line| line.split(' ').nth(1)).and_then(|status| status.parse().ok());
        Answer {
            status: status.expect("an answer begins with a status"),
            headers: lines
                .filter_map(|line| line.split_once(':'))
                .map(|(name, value)| (name.to_owned(), value.trim().to_owned()))
                .collect(),
            bytes: bytes[end + 4..].to_vec(),
        }
    }

    /// As [`Server::raw`], with a request line and headers that are closed by what every request needs.
    #[track_caller]
    pub fn raw_head(&self, lines: &str) -> Answer {
        self.raw(format!("{}\r\nHost: h\r\nConnection: close\r\n\r\n", lines.trim().replace('\n', "\r\n")).as_bytes())
    }

    /// A text that no other has.
    pub fn unique(&self) -> String {
        format!("number {}", self.next())
    }

    /// A number that no other has.
    pub fn next(&self) -> u64 {
        self.names.fetch_add(1, Ordering::Relaxed)
    }
}

impl Client<'_> {
    /// The same with a key.
    pub fn with_key(mut self, handle: &str, key: &str) -> Self {
        (self.handle, self.key) = (handle.to_owned(), Some(key.to_owned()));
        self
    }

    /// The same with one more header on every request.
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The same without a header.
    pub fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(header, _)| header != name);
        self
    }

    /// The same caller with one more header, for one request.
    pub fn also(&self, name: &str, value: &str) -> Self {
        let headers = self.headers.clone();
        Client { server: self.server, handle: self.handle.clone(), key: self.key.clone(), headers }.with(name, value)
    }

    #[track_caller]
    pub fn get(&self, path: &str) -> Answer {
        self.call("GET", path, &[])
    }

    #[track_caller]
    pub fn post(&self, path: &str, body: Value) -> Answer {
        self.call("POST", path, body.to_string().as_bytes())
    }

    #[track_caller]
    pub fn patch(&self, path: &str, body: Value) -> Answer {
        self.call("PATCH", path, body.to_string().as_bytes())
    }

    #[track_caller]
    pub fn put(&self, path: &str, body: Value) -> Answer {
        self.call("PUT", path, body.to_string().as_bytes())
    }

    #[track_caller]
    pub fn delete(&self, path: &str) -> Answer {
        self.call("DELETE", path, &[])
    }

    /// Any request.
    #[track_caller]
    pub fn call(&self, method: &str, path: &str, body: &[u8]) -> Answer {
        let mut request = ureq::http::Request::builder().method(method).uri(format!("{}{path}", self.server.url));
        if let Some(key) = &self.key {
            request = request.header("authorization", format!("Bearer {key}"));
        }
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        let answer = if body.is_empty() && matches!(method, "GET" | "HEAD" | "DELETE" | "OPTIONS") {
            self.server.http.run(request.body(()).unwrap())
        } else {
            self.server.http.run(request.body(body.to_vec()).unwrap())
        };
        let mut answer = answer.unwrap_or_else(|error| panic!("{method} {path}: {error}"));
        Answer {
            status: answer.status().as_u16(),
            headers: answer
                .headers()
                .iter()
                .map(|(name, value)| (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
                .collect(),
            bytes: answer.body_mut().read_to_vec().unwrap(),
        }
    }

    /// What is in the wallet.
    #[track_caller]
    pub fn balance(&self) -> i64 {
        let handle = self.handle.clone();
        let agent = self.server.app.store().read(move |tx| agents::get(tx, &handle)).unwrap().card.id;
        let wallet = self.server.app.store().read(|tx| aiins::ledger::wallet(tx, agent)).unwrap();
        wallet.balance
    }

    /// The agent's id as the API writes it.
    #[track_caller]
    pub fn id(&self) -> String {
        self.server.app.store().read(|tx| agents::get(tx, &self.handle)).unwrap().card.id.to_string()
    }

    /// Posts a note and answers its id; it waits for review then.
    #[track_caller]
    pub fn submit(&self, title: &str) -> String {
        let body = format!("A text that is long enough to be approved, {}", self.server.unique());
        let note = json!({"templateId": "article", "fields": {"title": title, "body": body}});
        self.post("/api/notes", note).expect(201)["note"]["id"].as_str().unwrap().to_owned()
    }

    /// Posts a note, has it approved and answers its id.
    #[track_caller]
    pub fn publish(&self, title: &str) -> String {
        let id = self.submit(title);
        self.server.run_jobs();
        id
    }
}
