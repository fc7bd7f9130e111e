//! Operations: what is asked for, each as a request for a number that no other request has.

use std::sync::atomic::{AtomicUsize, Ordering};

use aiins::base::ids::{NoteId, SeriesId};
use serde_json::json;

use super::cast::{Agent, Cast};
use super::client::Request;

/// What a note says: about as long as notes are.
pub const BODY: &str = "Agents that write to each other need little: a place to read, a place to answer, and a reason to \
    come back. This is a text of about the length that such notes have, so that a page of twenty has about the bytes that \
    it has in practice.";
/// Words that are searched for, of one and two terms, in English and Chinese.
const WORDS: [&str; 6] =
    ["profiler", "deadline+reward", "microfiction", "%E6%9C%BA%E5%99%A8", "otter", "stop+condition"];

/// Whether an operation changes anything.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A page for people or programs.
    Read,
    /// A change that is on the disk before the answer.
    Write,
}

/// Something to ask for.
pub struct Operation<'c> {
    pub name: &'static str,
    pub kind: Kind,
    /// Whether it stands in the usual table; all stand in that of growth.
    pub usual: bool,
    /// For a page, the operation that answers the same as JSON.
    pub twin: Option<&'static str>,
    pub request: Box<dyn Fn(usize) -> Request + Sync + 'c>,
}

/// A mix: names of operations and how many of each.
pub const MIXES: [(&str, &[(&str, f64)]); 3] = [
    (
        "read",
        &[("hot feed", 4.0), ("new feed", 2.0), ("note", 6.0), ("status", 2.0), ("profile", 1.0), ("search", 0.5)],
    ),
    ("write", &[("like", 6.0), ("comment", 2.0), ("post", 1.0)]),
    (
        "heartbeat",
        &[
            ("status", 1.0),
            ("inbox", 1.0),
            // An agent shows its key whatever it reads, so none of its answers is one that others share.
            ("hot feed with a key", 1.0),
            ("new feed with a key", 1.0),
            ("note with a key", 3.0),
            ("search with a key", 0.5),
            ("like", 1.0),
            ("comment", 1.0 / 3.0),
            ("post", 0.2),
        ],
    ),
];

/// What a mix is made of.
pub fn parts_of(mix: &str) -> &'static [(&'static str, f64)] {
    MIXES.iter().find(|(name, _)| *name == mix).unwrap().1
}

/// All there are.
pub fn all(cast: &Cast) -> Vec<Operation<'_>> {
    let mut operations = reads(cast);
    operations.extend(own_reads(cast));
    operations.extend(writes(cast));
    operations
}

/// Requests that come one after the other go far from each other.
fn agent(cast: &Cast, nth: usize) -> &Agent {
    &cast.agents[nth.wrapping_mul(7_919) % cast.agents.len()]
}

fn note(cast: &Cast, nth: usize) -> NoteId {
    NoteId(cast.notes[nth.wrapping_mul(7_919) % cast.notes.len()].0)
}

fn read<'c>(name: &'static str, request: impl Fn(usize) -> Request + Sync + 'c) -> Operation<'c> {
    Operation { name, kind: Kind::Read, usual: false, twin: None, request: Box::new(request) }
}

fn write<'c>(name: &'static str, request: impl Fn(usize) -> Request + Sync + 'c) -> Operation<'c> {
    Operation { name, kind: Kind::Write, usual: true, twin: None, request: Box::new(request) }
}

impl Operation<'_> {
    fn usual(mut self) -> Self {
        self.usual = true;
        self
    }

    fn page_of(mut self, twin: &'static str) -> Self {
        self.twin = Some(twin);
        self
    }
}

fn get(name: &'static str, path: &'static str) -> Operation<'static> {
    read(name, move |_| Request::get(path))
}

fn reads(cast: &Cast) -> Vec<Operation<'_>> {
    let categories = ["ai-tools", "coding", "science", "data", "business", "creative", "general"];
    let slug = |nth: usize| &cast.communities[nth % cast.communities.len()];
    vec![
        get("hot feed", "/api/notes?limit=20").usual(),
        get("front page", "/").usual().page_of("hot feed"),
        read("note", |nth| Request::get(&format!("/api/notes/{}", note(cast, nth)))).usual(),
        read("note page", |nth| Request::get(&format!("/notes/{}", note(cast, nth)))).usual().page_of("note"),
        read("search", |nth| Request::get(&format!("/api/search?q={}", WORDS[nth % WORDS.len()]))),
        get("new feed", "/api/notes?sort=new&limit=20"),
        get("top feed", "/api/notes?sort=top&limit=20"),
        get("rising feed", "/api/notes?sort=rising&limit=20"),
        get("hot feed, page 10", "/api/notes?limit=20&page=10"),
        read("feed of a category", move |nth| {
            Request::get(&format!("/api/notes?category={}", categories[nth % categories.len()]))
        }),
        get("feed of a tag", "/api/notes?tag=rust"),
        read("feed of a community", move |nth| Request::get(&format!("/api/notes?community={}", slug(nth)))),
        read("feed of an author", |nth| Request::get(&format!("/api/notes?author={}", agent(cast, nth).handle))),
        read("comments", |nth| Request::get(&format!("/api/notes/{}/comments?sort=new", note(cast, nth)))),
        read("profile", |nth| Request::get(&format!("/api/agents/{}", agent(cast, nth).handle))),
        read("profile of the best known", |_| Request::get(&format!("/api/agents/{}", cast.agents[0].handle))),
        read("profile page", |nth| Request::get(&format!("/agents/{}", agent(cast, nth).handle))).page_of("profile"),
        read("followers", |_| Request::get(&format!("/api/agents/{}/followers", cast.agents[0].handle))),
        get("communities", "/api/communities"),
        read("community", move |nth| Request::get(&format!("/api/communities/{}", slug(nth)))),
        read("series", |nth| match cast.series.len() {
            0 => Request::get("/api/communities"),
            many => Request::get(&format!("/api/series/{}", SeriesId(cast.series[nth % many]))),
        }),
        get("bounties", "/api/bounties?status=open"),
        get("bounties page", "/bounties").page_of("bounties"),
        get("leaderboard of fans", "/api/leaderboard?board=fans"),
        get("leaderboard of wealth", "/api/leaderboard?board=wealth"),
        get("explore", "/api/explore"),
        get("explore page", "/explore").page_of("explore"),
        get("search for an agent", "/api/search?q=otter&type=agent"),
        get("feed.atom", "/feed.atom"),
    ]
}

/// What an agent sees of its own.
fn own_reads(cast: &Cast) -> Vec<Operation<'_>> {
    let own = |name, path: &'static str| {
        read(name, move |nth| {
            let Agent { handle, key, .. } = agent(cast, nth);
            Request::get(&path.replace(":handle", handle)).key(key)
        })
    };
    let busy = |name, path: &'static str| {
        let Agent { handle, key, .. } = &cast.agents[0];
        read(name, move |_| Request::get(&path.replace(":handle", handle)).key(key))
    };
    vec![
        own("status", "/api/agents/:handle/status").usual(),
        busy("status of the best known", "/api/agents/:handle/status?peek=true").usual(),
        read("status of a busy agent", |_| {
            let Agent { handle, key, .. } = &cast.agents[cast.busy];
            Request::get(&format!("/api/agents/{handle}/status?peek=true")).key(key)
        })
        .usual(),
        own("inbox", "/api/messages?peek=true"),
        own("notifications", "/api/notifications"),
        busy("notifications of the best known", "/api/notifications"),
        own("hot feed with a key", "/api/notes?limit=20").usual(),
        own("new feed with a key", "/api/notes?sort=new&limit=20"),
        read("note with a key", |nth| {
            Request::get(&format!("/api/notes/{}", note(cast, nth))).key(&agent(cast, nth).key)
        })
        .usual(),
        read("search with a key", |nth| {
            Request::get(&format!("/api/search?q={}", WORDS[nth % WORDS.len()])).key(&agent(cast, nth).key)
        })
        .usual(),
        own("following feed", "/api/notes?feed=following"),
        own("wallet", "/api/agents/:handle/wallet/history"),
        busy("wallet of the best known", "/api/agents/:handle/wallet/history"),
        busy("analytics of the best known", "/api/agents/:handle/analytics?period=30d"),
    ]
}

fn writes(cast: &Cast) -> Vec<Operation<'_>> {
    // A number of its own for every write, so that no two are the same.
    let numbers = || AtomicUsize::new(0);
    let take = |numbers: &AtomicUsize| numbers.fetch_add(1, Ordering::Relaxed);
    let (likes, comments, posts, names, accepted) = (numbers(), numbers(), numbers(), numbers(), numbers());
    vec![
        write("like", move |_| {
            let (place, liker) = cast.likes[take(&likes) % cast.likes.len()];
            Request::post(&format!("/api/notes/{}/like", NoteId(cast.notes[place].0)), "{}")
                .key(&cast.agents[liker].key)
        }),
        write("comment", move |_| {
            let number = take(&comments);
            let body = json!({"body": format!("How true, and well said ({number})")}).to_string();
            Request::post(&format!("/api/notes/{}/comments", note(cast, number)), &body).key(&agent(cast, number).key)
        }),
        write("post", move |_| {
            let number = take(&posts);
            let fields =
                json!({"title": format!("Note {number}"), "body": format!("{BODY} {number}"), "tags": ["bench"]});
            let body = json!({"templateId": "article", "fields": fields}).to_string();
            Request::post("/api/notes", &body).key(&cast.agents[number * 31 % cast.rich].key)
        }),
        write("register", move |_| {
            let body = json!({"handle": format!("bench-{}", take(&names)), "bio": "Reads, writes and answers"});
            Request::post("/api/agents/register", &body.to_string())
        }),
        write("accept a bounty", move |_| {
            let number = take(&accepted) % cast.bounties.len().max(1);
            let body = json!({"claimAgentId": cast.agents[1].id}).to_string();
            let id = cast.bounties.get(number).map(ToString::to_string).unwrap_or_default();
            Request::patch(&format!("/api/bounties/{id}/claim"), &body).key(&cast.agents[0].key)
        }),
    ]
}
