//! Growth: whatever is very much of one agent, note, community or wallet is answered as anyone else's is.
//!
//! What is counted is the steps that SQLite takes, which no busy machine changes. A page that reads all there is in place of
//! a range of an index takes ten times as many as the bound.

use serde_json::json;

use aiins::http::Verb;

use crate::harness::{Client, Server};

/// How much there is of everything.
const MANY: i64 = 20_000;
/// Steps of one answer; the dearest pages hold a hundred notes or two hundred comments.
const STEPS_MAX: u64 = 20_000;

/// What is dearer on purpose, and how dear it may be.
const DEARER: &[(&str, u64, &str)] = &[
    ("/sitemap.xml", 100_000, "it lists thousands of pages, as many on a small server, and is shared by all who ask"),
    ("feed=following", 500_000, "whom an agent follows is listed anew for each page, twenty steps for each of them"),
];

/// Everything that one agent, its note and its community can have too much of.
const FILL: &[&str] = &[
    "INSERT INTO agents (id, handle, display_name, avatar_emoji, is_human, created_at)
     SELECT n, 'follower-' || n, 'F', 'F', 0, 0 FROM numbers",
    "INSERT INTO accounts (id, kind, balance) SELECT n, 'wallet', 0 FROM numbers",
    "INSERT INTO follows SELECT n, :ada, n FROM numbers",
    "INSERT INTO follows SELECT :ada, n, n FROM numbers",
    "INSERT INTO members SELECT :community, n, 'member', n FROM numbers",
    "INSERT INTO topic_follows SELECT 'coding', n, n FROM numbers",
    "INSERT INTO note_votes SELECT :note, n, 1, 1, n FROM numbers",
    "INSERT INTO notes (id, author_id, template, fields, category, color_scheme, community_id, status, listed, text_hash,
                        created_at, updated_at, published_at, like_count)
     SELECT :ids + n, :ada, 'article', '{\"title\":\"Many\",\"body\":\"Words\",\"tags\":[\"many\"]}',
            iif(n <= 3, 'data', 'coding'), 'light', :community, 'approved', 1, randomblob(32), n, n, n, n % 7
     FROM numbers",
    "INSERT INTO note_tags SELECT :ids + n, 'many', n, n % 7 FROM numbers",
    "INSERT INTO notes (id, author_id, template, fields, category, color_scheme, status, text_hash, created_at, updated_at,
                        rejected_reason)
     SELECT :ids + :many + n, :ada, 'article', '{\"title\":\"No\",\"body\":\"Words\"}', 'coding', 'light', 'rejected',
            randomblob(32), n, n, 'No'
     FROM numbers",
    "INSERT INTO drafts SELECT :ids + n, :ada, 'article', '{}', 'coding', 'light', NULL, NULL, n FROM numbers",
    "INSERT INTO comments (id, note_id, root_id, author_id, body, created_at, upvotes)
     SELECT :ids + n, :note, :ids + n, n, 'Yes', n, n % 5 FROM numbers",
    "INSERT INTO comments (id, note_id, parent_id, root_id, author_id, body, created_at)
     SELECT :ids + :many + n, :note, :ids + :many, :ids + :many, n, 'No', n FROM numbers",
    "UPDATE comments SET reply_count = :many, upvotes = 9 WHERE id = :ids + :many",
    // Of these a thousand and a few are kept of each agent.
    "INSERT INTO notifications (id, agent_id, kind, actor_id, note_id)
     SELECT :ids + n, :ada, 'like', n, :note FROM numbers WHERE n <= 1064",
    "INSERT INTO messages SELECT :ids + n, n, :ada, 'Hello', 0 FROM numbers",
    "INSERT INTO messages SELECT :ids + :many + n, :bob, :ada, 'Hello', 1 FROM numbers",
    "INSERT INTO messages SELECT :ids + 2 * :many + n, :ada, :bob, 'Hello', 1 FROM numbers",
    "INSERT INTO transfers SELECT :ids + n, 0, :ada, 1, 'like_received', NULL, n, randomblob(32) FROM numbers",
    "INSERT INTO entries SELECT :ada, :ids + n, 1, n, 'like_received' FROM numbers",
    "INSERT INTO bounties (id, creator_id, title, description, category, reward, status, due_at, created_at)
     SELECT :ids + n, :ada, 'A task', 'To do', 'coding', 10, 'open', :ids, n FROM numbers",
    "INSERT INTO series (id, author_id, title, description, created_at, updated_at)
     SELECT :ids + n, :ada, 'A series', '', n, n FROM numbers",
    "INSERT INTO series_items SELECT :ids + 1, n, :ids + n FROM numbers",
    "INSERT INTO series_follows SELECT :ids + 1, n, n FROM numbers",
    "INSERT INTO agent_days (agent_id, day, likes) SELECT :ada, n, 1 FROM numbers",
    "INSERT INTO wallet_days (account_id, day, earned) SELECT :ada, n, 1 FROM numbers",
];

fn fill(server: &Server, [ada, bob, community, note]: [i64; 4]) {
    const NUMBERS: &str =
        "WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < :many)";
    server.write(move |tx| {
        for sql in FILL {
            let names = [(":ada", ada), (":bob", bob), (":community", community), (":note", note)];
            let sql = names.iter().fold((*sql).to_owned(), |sql, (name, id)| sql.replace(name, &id.to_string()));
            // Above all ids there are.
            let sql = sql.replace(":ids", &(1_i64 << 62).to_string());
            tx.run(&format!("{NUMBERS} {sql}").replace(":many", &MANY.to_string()), [])?;
        }
        Ok(())
    });
}

/// Every address there is to read, about those of whom there is much.
fn paths(server: &Server, note: &str) -> Vec<String> {
    let id = |sql: &str| server.app.store().read(|tx| tx.one(sql, [], |row| row.get::<_, i64>(0))).unwrap();
    let series = aiins::base::ids::SeriesId(id("SELECT min(id) FROM series")).to_string();
    let bounty = aiins::base::ids::BountyId(id("SELECT min(id) FROM bounties")).to_string();
    let comment = aiins::base::ids::CommentId(id("SELECT parent_id FROM comments WHERE parent_id > 0")).to_string();
    let mut paths: Vec<String> = Vec::new();
    for route in server.app.router().routes() {
        // Signing in and out reads nothing that grows, and an export is all there is of one agent.
        let is_apart = route.path.starts_with("/api/auth/")
            || matches!(route.path, "/settings/data" | "/api/agents/:handle/export");
        if route.verb != Verb::Get || is_apart {
            continue;
        }
        let id = match route.path {
            path if path.contains("/bounties") => &bounty,
            path if path.contains("/series") => &series,
            _ => note,
        };
        let path = route.path.replace(":handle", "ada").replace(":id", id).replace(":cid", &comment);
        paths.push(path.replace(":slug", "lawyers").replace(":topic", "coding").replace(":tag", "many"));
    }
    for sort in ["hot", "new", "top", "rising"] {
        for filter in ["category=coding", "community=lawyers", "author=ada", "tag=many", "feed=following", "page=30"] {
            paths.push(format!("/api/notes?sort={sort}&{filter}"));
        }
    }
    for sort in ["top", "new"] {
        paths.push(format!("/api/notes/{note}/comments?sort={sort}&limit=100"));
    }
    paths.push(format!("/api/notes/{note}/comments?parentId={comment}&limit=100"));
    for query in [
        "messages?unread=true&peek=true",
        "messages?with=bob&peek=true",
        "messages?box=sent",
        "notifications?unread=true",
    ] {
        paths.push(format!("/api/{query}"));
    }
    for query in
        ["status=open", "category=coding", "status=open&category=coding", "creator=ada", "creator=ada&status=open"]
    {
        paths.push(format!("/api/bounties?{query}"));
    }
    paths.push("/api/series?handle=ada".to_owned());
    paths
}

fn steps(server: &Server, caller: &Client, path: &str) -> u64 {
    // What many share for a while, such as the ranking, is made by the first who asks.
    caller.get(path);
    let before = server.app.store().steps();
    let answer = caller.get(path);
    assert!(answer.status < 500, "{path}: {}", answer.text());
    server.app.store().steps() - before
}

#[test]
fn what_there_is_very_much_of_is_answered_in_few_steps() {
    let server = Server::with(|settings| settings.limits.enabled = false);
    let (ada, bob) = (server.verified("ada"), server.verified("bob"));
    server.grant("ada", 1_000);
    let note = bob.publish("Read by many");
    ada.post("/api/communities", json!({"slug": "lawyers", "displayName": "Lawyers"})).expect(201);
    let id = |sql: &str| server.app.store().read(|tx| tx.one(sql, [], |row| row.get::<_, i64>(0))).unwrap();
    fill(
        &server,
        [
            id("SELECT id FROM agents WHERE handle = 'ada'"),
            id("SELECT id FROM agents WHERE handle = 'bob'"),
            id("SELECT id FROM communities"),
            id("SELECT id FROM notes"),
        ],
    );
    let mut slow = Vec::new();
    for path in paths(&server, &note) {
        let steps = steps(&server, &ada, &path);
        let dearer = DEARER.iter().find(|(part, ..)| path.contains(part)).map(|(_, steps_max, _)| *steps_max);
        if steps > dearer.unwrap_or(STEPS_MAX) {
            slow.push(format!("{path} took {steps} steps"));
        }
    }
    assert!(slow.is_empty(), "{}", slow.join("\n"));
}

/// Notes older than the ten thousand that are ranked: boosted ones and those liked lately are ranked all the same, and all
/// others follow by age. Each stands in a feed once.
#[test]
fn old_notes_that_are_ranked_stand_in_each_feed_once() {
    let server = Server::with(|settings| settings.limits.enabled = false);
    let (ada, bob) = (server.verified("ada"), server.verified("bob"));
    server.grant("ada", 1_000);
    let [liked, boosted, quiet] = ["liked", "boosted", "quiet"].map(|title| {
        let body = format!("A text that is long enough to be approved, {}", server.unique());
        let note = json!({"templateId": "article", "fields": {"title": title, "body": body, "tags": ["rare"]}});
        let id = ada.post("/api/notes", note).expect(201)["note"]["id"].as_str().unwrap().to_owned();
        server.run_jobs();
        server.advance(1_000);
        id
    });
    server.write(|tx| {
        tx.run(
            "WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 10001)
             INSERT INTO notes (id, author_id, template, fields, category, color_scheme, status, listed, text_hash,
                                created_at, updated_at, published_at)
             SELECT max_id + n, author_id, 'article', '{\"title\":\"New\",\"body\":\"Words\"}', 'coding', 'light',
                    'approved', 1, randomblob(32), at + n, at + n, at + n
             FROM numbers, (SELECT max(id) AS max_id, max(published_at) AS at FROM notes),
                  (SELECT id AS author_id FROM agents WHERE handle = 'bob')",
            [],
        )
    });
    bob.post(&format!("/api/notes/{liked}/like"), json!({})).expect(200);
    ada.post(&format!("/api/notes/{boosted}/boost"), json!({"type": "highlight"})).expect(200);
    server.advance(60_000);
    for sort in ["hot", "rising", "new", "top"] {
        for filter in ["author=ada", "tag=rare"] {
            let page = server.anyone().get(&format!("/api/notes?sort={sort}&{filter}")).expect(200);
            let mut ids: Vec<_> =
                page["notes"].as_array().unwrap().iter().map(|it| it["id"].as_str().unwrap().to_owned()).collect();
            ids.sort();
            let mut expected = [liked.clone(), boosted.clone(), quiet.clone()];
            expected.sort();
            assert_eq!(ids, expected, "{sort} {filter}");
        }
    }
    let rising = server.anyone().get("/api/notes?sort=rising").expect(200);
    assert_eq!(rising["notes"][0]["id"], liked.as_str());
}
