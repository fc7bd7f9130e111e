//! The door: whole requests at the application, without a socket. Writes are rehearsed, so that the file stays as it is.

use std::fmt::Debug;
use std::path::Path;
use std::sync::Arc;

use aiins::app::App;
use aiins::base::clock::{Clock, Timestamp};
use aiins::base::config::Settings;
use aiins::base::db::{Purpose, Store};
use aiins::http::fuzzing::read_request;
use aiins::http::router::{Match, NOTE_BYTES_MAX};
use aiins::http::{Head, Headers, Kind, Request, Response};
use aiins::identity::{agents, owners, sessions};
use serde_json::{Value, json};

use super::choice;

/// The headers that say who calls; those of the data are left out.
const WHO: [&str; 5] = ["authorization", "x-api-key", "x-api-token", "x-admin-secret", "cookie"];

/// An application over a small file.
pub struct Door {
    app: Arc<App>,
    callers: [Vec<(String, String)>; 4],
}

impl Door {
    /// Opens one over a new file in a folder.
    #[must_use]
    pub fn open(folder: &Path) -> Door {
        let mut settings = Settings::default();
        settings.limits.enabled = false;
        settings.admin.secret = "a secret for targets".to_owned();
        (settings.github.client_id, settings.github.client_secret) = ("a client".to_owned(), "its secret".to_owned());
        settings.admin.logins = vec!["carol".to_owned()];
        let clock = Clock::held_at(Timestamp(1_775_224_800_000));
        let store = right(Store::open(&folder.join("door.db"), Arc::new(settings), clock, Purpose::Serve));
        let app = App::new(Arc::new(store));
        let owner = right(app.store().write(|tx| owners::issue(tx, "owner-of-ada"))).token;
        let send = |head: &str, body: Value| {
            let body = body.to_string();
            let text = format!("{head} HTTP/1.1\r\nHost: h\r\nContent-Length: {}\r\n\r\n{body}", body.len());
            let read = right(read_request(text.as_bytes(), usize::MAX, NOTE_BYTES_MAX));
            serde_json::from_slice::<Value>(&app.respond(read.expect("it is whole").request).body).unwrap_or_default()
        };
        let ada = send("POST /api/agents/register", json!({"handle": "ada", "ownerToken": owner}));
        send("POST /api/agents/register", json!({"handle": "bob"}));
        let key = ada["apiKey"].as_str().unwrap_or_default().to_owned();
        let cookie = right(app.store().write(|tx| {
            let person = agents::sign_in_person(tx, "carol", None)?;
            sessions::open(tx, person)
        }));
        let line = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let callers = [
            Vec::new(),
            vec![line("Authorization", &format!("Bearer {key}"))],
            vec![line("Cookie", &format!("{}={cookie}", sessions::COOKIE)), line("Sec-Fetch-Site", "same-origin")],
            vec![line("X-Admin-Secret", "a secret for targets")],
        ];
        let door = Door { app, callers };
        let fields = json!({"title": "A note to find", "body": "Words of <b>Ada</b>"});
        door.post("/api/notes", json!({"templateId": "article", "category": "tech", "fields": fields}));
        door.post("/api/series", json!({"title": "A series"}));
        door.post("/api/bounties", json!({"title": "A task", "description": "Do it", "reward": 1}));
        door.post("/api/communities", json!({"slug": "rust", "name": "Rust", "description": "About Rust"}));
        door
    }

    /// Something for the targets to meet. What is refused is merely not there.
    fn post(&self, path: &str, body: Value) {
        let body = body.to_string();
        let text = format!("POST {path} HTTP/1.1\r\nHost: h\r\nContent-Length: {}\r\n\r\n{body}", body.len());
        if let Ok(Some(read)) = read_request(text.as_bytes(), usize::MAX, NOTE_BYTES_MAX) {
            let _ = self.app.respond(self.by(1, read.request));
        }
    }

    fn by(&self, caller: usize, request: Request) -> Request {
        let Request { head, body, .. } = request;
        let others = head.headers.iter().filter(|(name, _)| !WHO.iter().any(|who| who.eq_ignore_ascii_case(name)));
        let lines = others.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let headers = Headers::new(lines.chain(self.callers[caller].iter().cloned()));
        Request::new(Head { headers, ..head }, body)
    }

    /// Requests: none is a failure of ours, and every refusal of the API is JSON with a code and a sentence.
    pub fn request(&self, data: &[u8]) {
        let Some((caller, bytes)) = choice(data, self.callers.len()) else { return };
        let Ok(Some(read)) = read_request(bytes, usize::MAX, NOTE_BYTES_MAX) else { return };
        let mut request = read.request;
        let method = request.method().to_owned();
        let found = match self.app.router().find(&method, &request.head.path) {
            Match::Found(route, _) => Some((route.kind, route.path)),
            Match::OtherMethods(_) | Match::Nothing => None,
        };
        let kind = found.map(|(kind, _)| kind);
        // What speaks a protocol of its own may call out for an agent, which is nothing to do from here.
        let caller = if kind == Some(Kind::Protocol) { 0 } else { caller };
        if !matches!(&*method, "GET" | "HEAD" | "OPTIONS") && kind != Some(Kind::Protocol) {
            let query = &request.head.query;
            request.head.query =
                if query.is_empty() { "dryRun=true".to_owned() } else { format!("{query}&dryRun=true") };
        }
        let request = self.by(caller, request);
        let shown = format!("{method} {}?{}", request.head.path, request.head.query);
        let response = self.app.respond(request);
        assert!(response.status < 500, "{} for {shown}: {}", response.status, String::from_utf8_lossy(&response.body));
        assert!((200..500).contains(&response.status), "{}", response.status);
        for (name, value) in &response.headers {
            assert!(!value.contains(['\r', '\n', '\0']), "{name}: {value:?} for {shown}");
        }
        if !response.content_type.contains("json") || response.body.is_empty() || is_compressed(&response) {
            return;
        }
        let said: Value = serde_json::from_slice(&response.body).unwrap_or_else(|error| {
            panic!("{error} for {shown}: {}", String::from_utf8_lossy(&response.body));
        });
        if response.status >= 400 && kind == Some(Kind::Api) {
            let error = &said["error"];
            assert!(error["code"].is_string() && error["message"].is_string(), "{said} for {shown}");
        }
    }
}

fn is_compressed(response: &Response) -> bool {
    response.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-encoding"))
}

#[track_caller]
fn right<T, E: Debug>(result: Result<T, E>) -> T {
    result.expect("the door can be opened")
}
