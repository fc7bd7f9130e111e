//! GitHub, as far as sign-in knows it, and as it is on bad days.

use std::collections::HashMap;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use data_encoding::BASE64URL_NOPAD;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use url::{Url, form_urlencoded};

pub const CLIENT_ID: &str = "Iv1.0123456789abcdef";
pub const CLIENT_SECRET: &str = "a client secret & more";

/// How an endpoint answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mood {
    Good,
    /// Writes these bytes and closes.
    Says(&'static str),
    /// Reads and never answers.
    Hangs,
    /// Answers, a byte at a time.
    Drips,
    /// Answers with more than anyone wants to read.
    Floods,
}

struct Grant {
    challenge: String,
    redirect_uri: String,
    user: Value,
}

struct Inner {
    token_mood: Mutex<Mood>,
    user_mood: Mutex<Mood>,
    grants: Mutex<HashMap<String, Grant>>,
    tokens: Mutex<HashMap<String, Value>>,
    requests: Mutex<Vec<String>>,
    open: AtomicBool,
}

/// A server on a free port.
pub struct GitHub {
    pub port: u16,
    inner: Arc<Inner>,
}

impl GitHub {
    pub fn start() -> GitHub {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let inner = Arc::new(Inner {
            token_mood: Mutex::new(Mood::Good),
            user_mood: Mutex::new(Mood::Good),
            grants: Mutex::default(),
            tokens: Mutex::default(),
            requests: Mutex::default(),
            open: AtomicBool::new(true),
        });
        let github = GitHub { port, inner: Arc::clone(&inner) };
        thread::spawn(move || {
            for stream in listener.incoming() {
                if !inner.open.load(Ordering::SeqCst) {
                    return;
                }
                let inner = Arc::clone(&inner);
                thread::spawn(move || inner.serve(&mut stream.unwrap()));
            }
        });
        github
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    /// The token endpoint's mood from now on.
    pub fn token_is(&self, mood: Mood) {
        *self.inner.token_mood.lock().unwrap() = mood;
    }

    /// The user endpoint's mood from now on.
    pub fn user_is(&self, mood: Mood) {
        *self.inner.user_mood.lock().unwrap() = mood;
    }

    /// The request lines that have arrived so far.
    pub fn requests(&self) -> Vec<String> {
        self.inner.requests.lock().unwrap().clone()
    }

    /// What a user who agrees does with the address a browser was sent to: answers the path it is sent back to.
    #[track_caller]
    pub fn agree(&self, address: &str, user: &Value) -> String {
        let url = Url::parse(address).unwrap();
        assert!(address.starts_with(&self.url("/login/oauth/authorize?")), "{address}");
        let query: HashMap<String, String> = url.query_pairs().into_owned().collect();
        assert_eq!(query["response_type"], "code");
        assert_eq!(query["client_id"], CLIENT_ID);
        assert_eq!(query["code_challenge_method"], "S256");
        assert!(query["state"].len() >= 32 && query["code_challenge"].len() == 43, "{address}");
        assert!(!query.contains_key("scope"), "the public profile needs no scope");
        let grant = Grant {
            challenge: query["code_challenge"].clone(),
            redirect_uri: query["redirect_uri"].clone(),
            user: user.clone(),
        };
        let code = format!("{:020x}", rand::random::<u64>());
        self.inner.grants.lock().unwrap().insert(code.clone(), grant);
        format!("/api/auth/callback?code={code}&state={}", query["state"])
    }
}

impl Drop for GitHub {
    fn drop(&mut self) {
        self.inner.open.store(false, Ordering::SeqCst);
        let _ = TcpStream::connect(("127.0.0.1", self.port));
    }
}

impl Inner {
    fn serve(&self, stream: &mut TcpStream) -> Option<()> {
        let (head, body) = read(stream)?;
        let line = head.lines().next().unwrap().to_owned();
        self.requests.lock().unwrap().push(line.clone());
        let (mood, answer) = match line.as_str() {
            "POST /login/oauth/access_token HTTP/1.1" => {
                (*self.token_mood.lock().unwrap(), self.exchange(&head, &body))
            }
            "GET /api/v3/user HTTP/1.1" => (*self.user_mood.lock().unwrap(), self.user(&head)),
            other => panic!("GitHub was asked for {other}"),
        };
        let (status, answer) = answer;
        let answer = answer.to_string();
        let whole = format!(
            "HTTP/1.1 {status}\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: {}\r\n\r\n{answer}",
            answer.len()
        );
        match mood {
            Mood::Good => stream.write_all(whole.as_bytes()).ok(),
            Mood::Says(bytes) => stream.write_all(bytes.as_bytes()).ok(),
            Mood::Hangs => self.go_on(|| Some(())),
            Mood::Drips => {
                let mut bytes = whole.bytes();
                self.go_on(|| stream.write_all(&[bytes.next()?]).ok())
            }
            Mood::Floods => {
                stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n").ok()?;
                let spaces = [b' '; 1 << 16];
                self.go_on(|| stream.write_all(&spaces).ok())
            }
        }
    }

    fn go_on(&self, mut step: impl FnMut() -> Option<()>) -> Option<()> {
        while self.open.load(Ordering::SeqCst) {
            step()?;
            thread::sleep(Duration::from_millis(20));
        }
        None
    }

    /// A code becomes a token once, for who knows the client's secret and the verifier of the challenge.
    fn exchange(&self, head: &str, body: &[u8]) -> (&'static str, Value) {
        assert_eq!(header(head, "accept"), "application/json");
        let form: HashMap<String, String> = form_urlencoded::parse(body).into_owned().collect();
        if form["client_id"] != CLIENT_ID || form["client_secret"] != CLIENT_SECRET {
            return ("200 OK", json!({"error": "incorrect_client_credentials", "error_description": "no"}));
        }
        assert_eq!(form["grant_type"], "authorization_code");
        let challenge = BASE64URL_NOPAD.encode(&Sha256::digest(form["code_verifier"].as_bytes()));
        match self.grants.lock().unwrap().remove(&form["code"]) {
            Some(grant) if grant.challenge == challenge && grant.redirect_uri == form["redirect_uri"] => {
                let token = format!("gho_{:032x}", rand::random::<u128>());
                self.tokens.lock().unwrap().insert(token.clone(), grant.user);
                ("200 OK", json!({"access_token": token, "token_type": "bearer", "scope": ""}))
            }
            Some(_) | None => (
                "200 OK",
                json!({
                    "error": "bad_verification_code",
                    "error_description": "The code passed is incorrect or expired.",
                    "error_uri": "https://docs.github.com/",
                }),
            ),
        }
    }

    fn user(&self, head: &str) -> (&'static str, Value) {
        assert!(header(head, "user-agent").starts_with("Aiins/"));
        let token = header(head, "authorization").strip_prefix("Bearer ").unwrap().to_owned();
        match self.tokens.lock().unwrap().get(&token) {
            Some(user) => ("200 OK", user.clone()),
            None => ("401 Unauthorized", json!({"message": "Bad credentials"})),
        }
    }
}

#[track_caller]
fn header<'h>(head: &'h str, name: &str) -> &'h str {
    let line = head.lines().find(|line| line.to_lowercase().starts_with(&format!("{name}: ")));
    line.unwrap_or_else(|| panic!("no {name} in {head}")).split_once(": ").unwrap().1
}

/// Reads a request to its end.
fn read(stream: &mut TcpStream) -> Option<(String, Vec<u8>)> {
    let mut bytes = Vec::new();
    let mut piece = [0; 4096];
    loop {
        let count = stream.read(&mut piece).ok().filter(|count| *count > 0)?;
        bytes.extend_from_slice(&piece[..count]);
        let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") else { continue };
        let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
        let body = bytes[end + 4..].to_vec();
        let expected = if head.starts_with("POST") { header(&head, "content-length").parse().unwrap() } else { 0 };
        if body.len() == expected {
            return Some((head, body));
        }
    }
}
