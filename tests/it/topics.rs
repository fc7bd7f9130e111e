//! Topics: followed, and what their followers are told.

use aiins::base::clock::{DAY, HOUR};
use serde_json::json;

use crate::communities::new_notes;
use crate::harness::{Client, Server};

const TOPICS: [&str; 7] = ["ai-tools", "coding", "science", "data", "business", "creative", "general"];

fn post_in(author: &Client, server: &Server, category: &str) -> String {
    let fields = json!({"title": "T", "body": format!("A text that is long enough, {}", server.unique())});
    let note = json!({"templateId": "article", "fields": fields, "category": category});
    let id = author.post("/api/notes", note).expect(201)["note"]["id"].as_str().unwrap().to_owned();
    server.run_jobs();
    id
}

#[test]
fn following_a_topic_toggles() {
    let server = Server::start();
    let ada = server.agent("ada");
    for topic in TOPICS {
        let path = format!("/api/topics/{topic}/follow");
        assert_eq!(ada.get(&path).expect(200), json!({"following": false}));
        assert_eq!(ada.post(&path, json!({})).expect(200), json!({"success": true, "following": true}));
        assert_eq!(ada.get(&path).expect(200), json!({"following": true}));
    }
    assert_eq!(ada.post("/api/topics/Coding/follow", json!({})).expect(200)["following"], false);
    assert_eq!(ada.get("/api/topics/coding/follow").expect(200), json!({"following": false}));
    assert_eq!(ada.get("/api/topics/data/follow").expect(200), json!({"following": true}));
    server.check();
}

#[test]
fn what_is_no_topic_is_refused_with_those_there_are() {
    let server = Server::start();
    let ada = server.agent("ada");
    for refusal in [ada.get("/api/topics/cooking/follow"), ada.post("/api/topics/cooking/follow", json!({}))] {
        refusal.refused(400, "invalid_request");
        assert_eq!(refusal.json()["error"]["field"], "tag");
        assert_eq!(refusal.json()["error"]["allowed"], json!(TOPICS));
    }
    server.anyone().get("/api/topics/coding/follow").refused(401, "unauthorized");
    server.anyone().post("/api/topics/coding/follow", json!({})).refused(401, "unauthorized");
}

#[test]
fn a_hundred_and_one_toggles_at_once_end_in_following() {
    let server = Server::start();
    let ada = server.agent("ada");
    std::thread::scope(|scope| {
        for _ in 0..101 {
            scope.spawn(|| ada.post("/api/topics/coding/follow", json!({})).expect(200));
        }
    });
    assert_eq!(ada.get("/api/topics/coding/follow").expect(200), json!({"following": true}));
}

#[test]
fn followers_are_told_of_a_note_when_it_is_first_approved() {
    let server = Server::start();
    let (ada, bob, cy) = (server.verified("ada"), server.verified("bob"), server.verified("cy"));
    for client in [&ada, &bob] {
        client.post("/api/topics/coding/follow", json!({})).expect(200);
    }
    let note = post_in(&ada, &server, "coding");
    post_in(&ada, &server, "science");
    let told = new_notes(&bob);
    assert_eq!(told.len(), 1);
    assert_eq!(told[0]["noteId"], note.as_str());
    assert_eq!(told[0]["reason"], "topic:coding");
    assert!(new_notes(&ada).is_empty(), "an author is not told of its own note");
    assert!(new_notes(&cy).is_empty());

    for _ in 0..3 {
        let change = json!({"fields": {"title": server.unique()}, "category": "coding"});
        ada.patch(&format!("/api/notes/{note}"), change).expect(200);
        server.run_jobs();
    }
    assert_eq!(new_notes(&bob).len(), 1);
    bob.post("/api/topics/coding/follow", json!({})).expect(200);
    post_in(&ada, &server, "coding");
    assert_eq!(new_notes(&bob).len(), 1);
    server.check();
}

#[test]
fn a_rejected_note_is_announced_when_it_is_mended() {
    let server = Server::start();
    let (ada, bob) = (server.verified("ada"), server.verified("bob"));
    bob.post("/api/topics/general/follow", json!({})).expect(200);
    let short = json!({"templateId": "article", "fields": {"title": "T", "body": "short"}});
    let note = ada.post("/api/notes", short).expect(201)["note"]["id"].as_str().unwrap().to_owned();
    server.run_jobs();
    assert!(new_notes(&bob).is_empty());
    let mended = json!({"fields": {"body": "A text that is long enough now"}});
    ada.patch(&format!("/api/notes/{note}"), mended).expect(200);
    server.run_jobs();
    assert_eq!(new_notes(&bob).len(), 1);
}

#[test]
fn a_follower_is_told_twenty_times_a_day_of_each_source() {
    let server = Server::start();
    let (ada, bob) = (server.verified("ada"), server.verified("bob"));
    for topic in ["coding", "data"] {
        bob.post(&format!("/api/topics/{topic}/follow"), json!({})).expect(200);
    }
    for _ in 0..23 {
        post_in(&ada, &server, "coding");
    }
    assert_eq!(new_notes(&bob).len(), 20);
    post_in(&ada, &server, "data");
    assert_eq!(new_notes(&bob).len(), 21);
    // The day ends at midnight, ten hours later, and not after 24 hours. What was not told then stays so.
    server.advance(10 * HOUR - 1);
    post_in(&ada, &server, "coding");
    assert_eq!(new_notes(&bob).len(), 21);
    server.advance(1);
    assert_eq!(new_notes(&bob).len(), 21);
    for _ in 0..21 {
        post_in(&ada, &server, "coding");
    }
    assert_eq!(new_notes(&bob).len(), 41);
    server.advance(DAY);
    post_in(&ada, &server, "coding");
    assert_eq!(new_notes(&bob).len(), 42);
    server.check();
}

#[test]
fn very_many_followers_are_told_in_pieces_also_across_a_restart() {
    const FOLLOWERS: i64 = 10_700;
    const AGENTS: &str = "
        WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ?1)
        INSERT INTO agents (id, handle, display_name, avatar_emoji, is_human, created_at)
        SELECT n, 'follower-' || n, 'F', 'F', 0, 0 FROM numbers";
    const FOLLOWS: &str = "INSERT INTO topic_follows (topic, agent_id, at) SELECT 'general', id, 0 FROM agents";
    let told = |server: &Server| -> (i64, i64) {
        let count = "SELECT count(*), count(DISTINCT agent_id) FROM notifications WHERE kind = 'new_note'";
        server.app.store().read(|tx| tx.one(count, [], |row| Ok((row.get(0)?, row.get(1)?)))).unwrap()
    };
    let server = Server::start();
    let ada = server.verified("ada");
    server.write(|tx| tx.run(AGENTS, [FOLLOWERS]));
    server.write(|tx| tx.run(FOLLOWS, []));
    ada.publish("For all of them");
    let (first, _) = told(&server);
    assert_eq!(first, 10_000, "one run of the jobs does so much and no more");
    let server = server.restart();
    server.run_jobs();
    // The author follows the topic too and is not told.
    assert_eq!(told(&server), (FOLLOWERS, FOLLOWERS));
    server.run_jobs();
    assert_eq!(told(&server), (FOLLOWERS, FOLLOWERS));
    server.check();
}

#[test]
fn a_note_that_was_deleted_before_its_followers_were_told_is_not_announced() {
    let server = Server::with(|settings| settings.review.mode = aiins::base::config::ReviewMode::Manual);
    let (ada, bob) = (server.verified("ada"), server.verified("bob"));
    bob.post("/api/topics/general/follow", json!({})).expect(200);
    let note = ada.submit("Short-lived");
    server.admin().post(&format!("/api/admin/notes/{note}/approve"), json!({})).expect(200);
    ada.delete(&format!("/api/notes/{note}")).expect(200);
    server.run_jobs();
    assert!(new_notes(&bob).is_empty());
    server.check();
}
