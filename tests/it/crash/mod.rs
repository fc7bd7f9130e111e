//! Crashes: the real binary, killed while it writes. What it acknowledged is there, and nothing stands twice (§12).
//!
//! `AIINS_CRASH_ROUNDS` says how often it is killed.

mod moments;
mod power_cut;

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use aiins::base::clock::Clock;
use aiins::base::config::Settings;
use aiins::base::db::{Purpose, Store};
use aiins::base::error::Result;
use aiins::base::ids::NoteId;
use aiins::content::notes::{self, NewNote};
use aiins::content::templates::{Category, ColorScheme, Completeness, Fields, Template};
use aiins::http::Caller;
use aiins::identity::agents::{self, Handle, NewAgent};
use aiins::identity::owners;
use aiins::moderation::{admin, review};
use rusqlite::Connection;
use serde_json::{Value, json};

use crate::process::{Process, assert_clean, http, serve};

/// Clients that write at the same time.
const CLIENTS: usize = 32;
/// Notes that are there to be liked.
const NOTES: usize = 40;

/// A request as it is sent, and sent again.
#[derive(Debug, Clone)]
struct Attempt {
    agent: usize,
    path: String,
    body: Value,
    key: String,
}

/// What a request was answered.
#[derive(Debug, Clone, PartialEq)]
struct Answer {
    status: u16,
    is_replayed: bool,
    body: String,
}

/// Who writes, and what there is to write about.
struct Cast {
    path: PathBuf,
    keys: Vec<(String, String)>,
    notes: Vec<NoteId>,
}

impl Cast {
    /// Agents with tokens, and notes that everyone sees.
    fn enter(path: PathBuf) -> Result<Cast> {
        let store = Store::open(&path, Arc::new(Settings::default()), Clock::System, Purpose::Serve)?;
        let keys = (0..CLIENTS).map(|nth| register(&store, nth)).collect::<Result<_>>()?;
        let notes = (0..NOTES).map(|nth| publish(&store, nth)).collect::<Result<_>>()?;
        store.close();
        Ok(Cast { path, keys, notes })
    }

    /// Any one of the writes, told apart by its number.
    fn attempt(&self, agent: usize, round: usize, nth: usize) -> Attempt {
        let note = self.notes[rand::random_range(0..self.notes.len())];
        let taker = &self.keys[(agent + 1 + nth % (CLIENTS - 1)) % CLIENTS].0;
        let words = format!("round {round}, agent {agent}, number {nth}: no two have the same words");
        let (path, body) = match nth % 4 {
            0 => ("/api/notes".to_owned(), json!({"templateId": "article", "fields": {"title": words, "body": words}})),
            1 => (format!("/api/notes/{note}/like"), json!({})),
            2 => (format!("/api/agents/{taker}/tip"), json!({"amount": 1 + nth % 5})),
            _ => (format!("/api/notes/{note}/comments"), json!({"body": words})),
        };
        Attempt { agent, path, body, key: format!("{round}-{agent}-{nth}") }
    }

    /// Sends a request; `None` when the server died before it answered.
    fn send(&self, http: &ureq::Agent, url: &str, attempt: &Attempt) -> Option<Answer> {
        let request = ureq::http::Request::post(format!("{url}{}", attempt.path))
            .header("authorization", format!("Bearer {}", self.keys[attempt.agent].1))
            .header("idempotency-key", &attempt.key)
            .body(attempt.body.to_string())
            .unwrap();
        let mut answer = http.run(request).ok()?;
        Some(Answer {
            status: answer.status().as_u16(),
            is_replayed: answer.headers().get("idempotent-replayed").is_some_and(|value| value == "true"),
            body: answer.body_mut().read_to_string().ok()?,
        })
    }

    /// Writes until the server dies: what was acknowledged, and what was under way.
    fn write(&self, url: &str, agent: usize, round: usize) -> (Vec<(Attempt, Answer)>, Attempt) {
        let http = http();
        let mut acknowledged = Vec::new();
        for nth in agent.. {
            let attempt = self.attempt(agent, round, nth);
            match self.send(&http, url, &attempt) {
                Some(answer) => acknowledged.push((attempt, answer)),
                None => return (acknowledged, attempt),
            }
        }
        unreachable!("the server is killed before the numbers end")
    }

    /// Everything acknowledged is replayed; what was under way is done once, now or before. Answers all that was done.
    fn verify(&self, url: &str, acknowledged: Vec<(Attempt, Answer)>, cut_off: &Attempt) -> Vec<(Attempt, Answer)> {
        let http = http();
        let again = |attempt: &Attempt| self.send(&http, url, attempt).expect("the server answers");
        for (attempt, answer) in &acknowledged {
            assert!(answer.status < 300 && !answer.is_replayed, "{attempt:?} {answer:?}");
            assert_eq!(again(attempt), Answer { is_replayed: true, ..answer.clone() }, "{attempt:?}");
        }
        let first = again(cut_off);
        assert!(first.status < 300, "{cut_off:?} {first:?}");
        assert_eq!(again(cut_off), Answer { is_replayed: true, ..first.clone() }, "{cut_off:?}");
        acknowledged.into_iter().chain([(cut_off.clone(), first)]).collect()
    }
}

fn register(store: &Store, nth: usize) -> Result<(String, String)> {
    let handle = format!("agent-{nth}");
    let name = handle.clone();
    let key = store.write(move |tx| {
        let token = owners::issue(tx, &format!("owner-{nth}"))?.token;
        let new = NewAgent {
            handle: Handle::parse(&name).unwrap(),
            display_name: None,
            bio: String::new(),
            avatar_emoji: None,
            endpoint: None,
            skills: Vec::new(),
            owner_token: Some(token),
        };
        let (_, key) = agents::register(tx, &new)?;
        admin::grant(tx, &name, 1_000_000)?;
        Ok(key)
    })?;
    Ok((handle, key))
}

/// Publishes a note of an agent that does not write in the rounds, since a self-like is refused.
fn publish(store: &Store, nth: usize) -> Result<NoteId> {
    store.write(move |tx| {
        let login = "publisher";
        let id = agents::sign_in_person(tx, login, None)?;
        let author = Caller { id, handle: login.into(), is_human: true, owner: Some(login.into()) };
        let fields = json!({"title": format!("Note {nth}"), "body": "There to be liked and commented on."});
        let new = NewNote {
            template: Template::Article,
            fields: Fields::parse(Template::Article, fields.as_object().unwrap(), Completeness::Whole)?,
            category: Category::ALL[0],
            color_scheme: ColorScheme::Light,
            community: None,
            scheduled_at: None,
        };
        let (note, _) = notes::publish(tx, &author, &new)?;
        review::approve(tx, note)?;
        Ok(note)
    })
}

fn count(path: &Path, sql: &str) -> usize {
    let file = Connection::open(path).unwrap();
    file.query_row(sql, [], |row| row.get::<_, i64>(0)).unwrap() as usize
}

#[test]
fn what_was_acknowledged_before_a_kill_is_there_after_it_and_stands_once() {
    let rounds = std::env::var("AIINS_CRASH_ROUNDS").map_or(5, |rounds| rounds.parse().unwrap());
    let folder = tempfile::tempdir().unwrap();
    let cast = Cast::enter(folder.path().join("aiins.db")).unwrap();
    let cast = &cast;
    let mut done: Vec<(Attempt, Answer)> = Vec::new();
    let mut server = Process::start(serve(&cast.path, &[]));
    for round in 0..rounds {
        let url = server.url.clone();
        let written: Vec<_> = std::thread::scope(|scope| {
            let url = &url;
            let clients: Vec<_> =
                (0..CLIENTS).map(|agent| scope.spawn(move || cast.write(url, agent, round))).collect();
            std::thread::sleep(Duration::from_millis(rand::random_range(20..400)));
            server.kill();
            clients.into_iter().map(|client| client.join().unwrap()).collect()
        });
        server = Process::start(serve(&cast.path, &[]));
        let url = server.url.clone();
        std::thread::scope(|scope| {
            let url = &url;
            let verify =
                |(acknowledged, cut_off): (_, Attempt)| scope.spawn(move || cast.verify(url, acknowledged, &cut_off));
            let clients: Vec<_> = written.into_iter().map(verify).collect();
            done.extend(clients.into_iter().flat_map(|client| client.join().unwrap()));
        });
        assert_clean(&cast.path);
        assert_each_stands_once(&cast.path, &done);
    }
    server.kill();
    assert_clean(&cast.path);
    assert!(done.len() > rounds * CLIENTS, "only {} writes in {rounds} rounds", done.len());
}

/// The file holds what was done, and as often as it was done.
#[track_caller]
fn assert_each_stands_once(path: &Path, done: &[(Attempt, Answer)]) {
    let of = |end: &str| done.iter().filter(|(attempt, _)| attempt.path.ends_with(end)).count();
    let ids: HashSet<String> = done.iter().filter_map(|(_, answer)| id_of_note(&answer.body)).collect();
    assert_eq!(ids.len(), of("/api/notes"));
    assert_eq!(count(path, "SELECT count(*) FROM notes"), NOTES + of("/api/notes"));
    assert_eq!(count(path, "SELECT count(*) FROM comments"), of("/comments"));
    assert_eq!(count(path, "SELECT count(*) FROM transfers WHERE reason = 'tip'"), of("/tip"));
    assert_eq!(count(path, "SELECT count(*) FROM idempotency"), done.len());
    let likes: HashSet<(usize, &str)> =
        done.iter().filter(|(it, _)| it.path.ends_with("/like")).map(|(it, _)| (it.agent, it.path.as_str())).collect();
    assert_eq!(count(path, "SELECT count(*) FROM note_votes WHERE vote = 1"), likes.len());
    let file = Connection::open(path).unwrap();
    for id in ids {
        let id: NoteId = id.parse().unwrap();
        let there = file.query_row("SELECT count(*) FROM notes WHERE id = ?1", [id.0], |row| row.get::<_, i64>(0));
        assert_eq!(there.unwrap(), 1, "{id} was acknowledged");
    }
}

fn id_of_note(body: &str) -> Option<String> {
    let body: Value = serde_json::from_str(body).unwrap();
    Some(body["note"]["id"].as_str()?.to_owned())
}
