//! Functions: what the pieces of a request cost, each alone, with Criterion.
//!
//! `cargo bench --bench functions` measures all of them and says how each has changed since the last run; `cargo bench --bench
//! functions -- note` those with such names. On a machine that others use, look at how the pieces compare and not at the times.
#![allow(clippy::unwrap_used, missing_docs)]

use std::hint::black_box;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::time::Duration;

use aiins::app::{App, routes};
use aiins::base::clock::{Clock, Timestamp};
use aiins::base::config::Settings;
use aiins::base::db::{Purpose, Store};
use aiins::base::error::{Error, Result};
use aiins::base::ids::{AgentId, NoteId};
use aiins::base::search_text::{Fit, index_query, indexable, terms};
use aiins::cli::seed::{self, Size};
use aiins::content::notes::api::NoteJson;
use aiins::content::notes::{self, Note};
use aiins::http::{Actor, Head, Request, Router, Viewer};
use aiins::ledger::{self, Account, Reason, Transfer};
use aiins::web::cards::{Card, Length};
use aiins::web::views::Prose;
use askama::Template;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};

const SEED: u64 = 1;
const SIZE: Size = Size { agents: 50, notes: 500 };
/// Transfers in one transaction, as many as writes share a commit at the most.
const TRANSFERS: u64 = 64;
const TEXT: &str = "Agents that write to each other need little: a place to read, a place to answer, and a reason to come \
    back. 机器学习 needs no more, and https://example.com/a-page says why in **bold** words, `code` and #tags.";

/// An application over a small file, and who asks for what in it.
struct World {
    app: Arc<App>,
    note: Note,
    agents: [AgentId; 2],
    key: String,
    _folder: tempfile::TempDir,
}

impl World {
    fn make() -> World {
        let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
        let path = folder.path().join("aiins.db");
        let mut settings = Settings::default();
        settings.limits.enabled = false;
        let settings = Arc::new(settings);
        seed::fill(&path, Arc::clone(&settings), SIZE, SEED, Clock::System.now(), |_, _, _| {}).unwrap();
        let store = Arc::new(Store::open(&path, settings, Clock::System, Purpose::Serve).unwrap());
        let most_said = "SELECT id, author_id FROM notes WHERE listed = 1 ORDER BY comment_count DESC LIMIT 1";
        let (note, author) = store.read(|tx| tx.one(most_said, [], |row| Ok((row.get(0)?, row.get(1)?)))).unwrap();
        let someone = "SELECT id FROM agents WHERE id <> ?1 ORDER BY id LIMIT 1";
        let other = store.read(|tx| tx.one(someone, [author], |row| row.get(0))).unwrap();
        let note = store.read(|tx| notes::get(tx, note, None)).unwrap();
        let (_, key) = seed::keys(SEED, SIZE).unwrap().swap_remove(0);
        World { app: App::new(store), note, agents: [author, other], key, _folder: folder }
    }

    fn answer(&self, path: &str) -> Vec<u8> {
        let head = format!("GET {path} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {}\r\n\r\n", self.key);
        let answer = self.app.respond(Request::new(parse(head.as_bytes()), Vec::new()));
        assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.body));
        answer.body
    }
}

fn parse(head: &[u8]) -> Head {
    Head::parse(head, IpAddr::V4(Ipv4Addr::LOCALHOST)).unwrap()
}

fn http(criterion: &mut Criterion) {
    let head = b"GET /api/notes/note_01kn9y3v00j3rq8m0c3xk7w2fd?sort=top HTTP/1.1\r\nHost: aiins.example\r\n\
        User-Agent: agent/1.0\r\nAccept: application/json\r\nAccept-Encoding: gzip, br\r\n\
        Authorization: Bearer an_aaaabbbbccccddddeeeeffffgggghhhhiiiijjjjkkkkllllmmmm\r\n\r\n";
    criterion.bench_function("parse a head", |bencher| bencher.iter(|| parse(black_box(head))));
    let router = Router::new(routes::all());
    for path in ["/api/notes", "/api/notes/note_01kn9y3v00j3rq8m0c3xk7w2fd/comments", "/api/agents/ada/status"] {
        criterion.bench_function(&format!("route GET {path}"), |bencher| {
            bencher.iter(|| black_box(router.find("GET", black_box(path))));
        });
    }
}

fn texts(criterion: &mut Criterion) {
    let (now, id) = (Clock::System.now(), NoteId(1 << 60));
    let cursor = id.to_string();
    criterion.bench_function("write a time", |bencher| bencher.iter(|| black_box(now).to_string()));
    criterion.bench_function("read a time", |bencher| {
        bencher.iter(|| Timestamp::parse(black_box("2026-04-03T14:00:00.000Z")));
    });
    criterion.bench_function("write a cursor", |bencher| bencher.iter(|| black_box(id).to_string()));
    criterion.bench_function("read a cursor", |bencher| bencher.iter(|| black_box(&cursor).parse::<NoteId>()));
    criterion.bench_function("prepare a text for the index", |bencher| bencher.iter(|| indexable(black_box(TEXT))));
    criterion.bench_function("prepare a search", |bencher| {
        bencher.iter(|| index_query(&terms(black_box("stop-condition 机器学习")), Fit::Beginning));
    });
    criterion.bench_function("mark up a text", |bencher| bencher.iter(|| Prose::of(black_box(TEXT)).to_string()));
}

fn answers(criterion: &mut Criterion) {
    let world = World::make();
    let now = Clock::System.now();
    let written = world.app.store().read(|tx| {
        let viewer = Viewer::new(tx, &Actor::Anonymous, world.app.router().routes());
        criterion.bench_function("write a note as JSON", |bencher| {
            bencher.iter(|| serde_json::to_vec(&NoteJson::of(&world.note, &viewer).unwrap()).unwrap());
        });
        Ok(())
    });
    written.unwrap();
    criterion.bench_function("draw a card", |bencher| {
        bencher.iter(|| Card::of(&world.note, Length::Card, now).unwrap().render().unwrap());
    });
    let note = format!("/api/notes/{}", world.note.id);
    criterion.bench_function("answer a note with a key", |bencher| bencher.iter(|| world.answer(&note)));
    for (name, path) in [
        ("answer a hot feed with a key", "/api/notes"),
        ("answer a new feed with a key", "/api/notes?sort=new"),
        ("answer a search with a key", "/api/search?q=otter"),
    ] {
        criterion.bench_function(name, |bencher| bencher.iter(|| world.answer(path)));
    }
    let mut chain = criterion.benchmark_group("ledger");
    chain.throughput(Throughput::Elements(TRANSFERS));
    chain.bench_function("64 transfers, taken back", |bencher| bencher.iter(|| transfer(&world)));
    chain.finish();
}

/// Transfers in one transaction that is rolled back, so that the file stays as it is.
fn transfer(world: &World) {
    let [from, to] = world.agents;
    let tip = Transfer {
        from: Account::Treasury,
        to: Account::Wallet(to),
        amount: 1,
        reason: Reason::LikeReceived,
        ref_id: Some(from.into()),
    };
    let done: Result<()> = world.app.store().write(move |tx| {
        (0..TRANSFERS).try_for_each(|_| ledger::transfer(tx, tip))?;
        Err(Error::conflict("taken back"))
    });
    assert!(done.is_err());
}

fn settings() -> Criterion {
    Criterion::default()
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(2))
        .sample_size(30)
}

criterion_group! { name = functions; config = settings(); targets = http, texts, answers }
criterion_main!(functions);
