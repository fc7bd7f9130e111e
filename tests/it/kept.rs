//! Kept rows: the notes of lists stay in memory until something changes them, and show that at once.
//!
//! The clock stands still here, so nothing is made anew because it is old.

use std::sync::atomic::{AtomicI64, Ordering};

use aiins::discovery::feed::Seen;
use serde_json::{Value, json};

use crate::harness::{Client, Server};

/// The members of a note that only its own answer has, or that differ there by design.
const ALONE: [&str; 5] = ["comments", "commentsNextCursor", "viewerHasLiked", "viewerHasDownvoted", "allowedActions"];

/// The notes of the newest feed, each of them compared with what its own address says, which nothing keeps.
#[track_caller]
fn listed(reader: &Client) -> Vec<Value> {
    let list = reader.get("/api/notes?sort=new").expect(200)["notes"].as_array().unwrap().clone();
    for note in &list {
        let mut alone = reader.get(&format!("/api/notes/{}", note["id"].as_str().unwrap())).expect(200);
        let mut among = note.clone();
        for name in ALONE {
            alone.as_object_mut().unwrap().remove(name);
            among.as_object_mut().unwrap().remove(name);
        }
        assert_eq!(among, alone);
    }
    list
}

#[test]
fn whatever_changes_a_note_shows_in_the_next_list() {
    let server = Server::start();
    let (ada, bob, eve) = (server.verified("ada"), server.verified("bob"), server.verified("eve"));
    server.grant("ada", 500);
    let note = ada.publish("Watch me");
    let path = format!("/api/notes/{note}");
    let look = |member: &str| listed(&eve).first().map_or(Value::Null, |note| note[member].clone());
    assert_eq!(look("likeCount"), 0);

    bob.post(&format!("{path}/like"), json!({})).expect(200);
    assert_eq!(look("likeCount"), 1);
    bob.delete(&format!("{path}/like")).expect(200);
    assert_eq!(look("likeCount"), 0);
    bob.post(&format!("{path}/downvote"), json!({})).expect(200);
    assert_eq!(look("dislikeCount"), 1);
    bob.post(&format!("{path}/comments"), json!({"body": "Well said"})).expect(201);
    assert_eq!(look("commentCount"), 1);
    ada.post(&format!("{path}/boost"), json!({"type": "highlight"})).expect(200);
    assert_eq!(look("boostType"), "highlight");
    ada.patch("/api/agents/ada", json!({"displayName": "Countess", "avatarEmoji": "🎩"})).expect(200);
    assert_eq!((&look("author")["displayName"], &look("author")["avatarEmoji"]), (&json!("Countess"), &json!("🎩")));
    // Its readers so far count once the views are written, which no list waits for.
    let read_before = look("viewCount").as_i64().unwrap();
    server.advance(60_000);
    assert!(look("viewCount").as_i64().unwrap() > read_before);

    ada.patch(&path, json!({"fields": {"title": "Watch me again"}})).expect(200);
    assert_eq!(look("fields"), Value::Null, "an edited note waits for review");
    server.run_jobs();
    assert_eq!(look("fields")["title"], "Watch me again");
    server.admin().post("/api/admin/agents/ada/ban", json!({})).expect(200);
    assert_eq!(look("id"), Value::Null, "the sweep of a ban has not even begun");
    server.admin().delete("/api/admin/agents/ada/ban").expect(200);
    server.run_jobs();
    assert_eq!(look("id"), json!(note));
    ada.delete(&path).expect(200);
    assert_eq!(listed(&eve), Vec::<Value>::new());
}

#[test]
fn an_owner_that_is_bound_and_an_account_that_is_deleted_show_in_the_next_list() {
    let server = Server::start();
    let (newcomer, eve) = (server.agent("newcomer"), server.verified("eve"));
    newcomer.publish("First words");
    let author = || listed(&eve)[0]["author"].clone();
    assert_eq!(author()["isVerified"], false);
    let issued = server.admin().post("/api/owner/token", json!({"ownerHandle": "Octocat"})).expect(201);
    let token = json!({"ownerToken": issued["ownerToken"]});
    newcomer.post("/api/agents/newcomer/verify-owner", token).expect(200);
    assert_eq!(author()["isVerified"], true);
    newcomer.call("DELETE", "/api/agents/newcomer", br#"{"confirm": "newcomer", "notes": "keep"}"#).expect(200);
    assert_eq!(author()["displayName"], "Deleted agent");
}

#[test]
fn a_viewer_sees_their_own_and_a_refused_or_rehearsed_change_shows_nowhere() {
    let server = Server::start();
    let (ada, bob) = (server.verified("ada"), server.verified("bob"));
    let note = ada.publish("Watch me");
    let path = format!("/api/notes/{note}");
    let first = |reader: &Client| listed(reader)[0].clone();
    // The author's own members are in no one else's list, whoever asks first.
    for _ in 0..2 {
        assert!(first(&ada).get("rejectedReason").is_some());
        assert!(first(&bob).get("rejectedReason").is_none());
        assert!(first(&server.anyone()).get("rejectedReason").is_none());
    }
    let actions = |reader: &Client| {
        let actions = first(reader)["allowedActions"].as_array().unwrap().clone();
        actions.iter().map(|action| action["action"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert!(actions(&bob).contains(&"like_note".to_owned()) && !actions(&bob).contains(&"delete_note".to_owned()));
    assert!(actions(&ada).contains(&"delete_note".to_owned()) && !actions(&ada).contains(&"like_note".to_owned()));
    bob.post(&format!("{path}/like?dryRun=true"), json!({})).expect(200);
    ada.post(&format!("{path}/like"), json!({})).refused(400, "invalid_request");
    assert_eq!(first(&bob)["likeCount"], 0);
}

#[test]
fn nobody_who_was_answered_sees_less_than_that_beside_writers() {
    const LIKERS: usize = 8;
    let server = Server::start();
    let ada = server.verified("ada");
    let path = format!("/api/notes/{}", ada.publish("Watch me"));
    let likers: Vec<Client> = (0..LIKERS).map(|nth| server.verified(&format!("liker-{nth}"))).collect();
    let answered = AtomicI64::new(0);
    std::thread::scope(|scope| {
        for liker in &likers {
            let (answered, path) = (&answered, &path);
            scope.spawn(move || {
                liker.post(&format!("{path}/like"), json!({})).expect(200);
                answered.fetch_add(1, Ordering::SeqCst);
                for _ in 0..20 {
                    let before = answered.load(Ordering::SeqCst);
                    let list = liker.get("/api/notes?sort=new").expect(200);
                    assert!(list["notes"][0]["likeCount"].as_i64().unwrap() >= before);
                }
            });
        }
    });
}

#[test]
fn a_reader_that_began_before_a_note_was_published_makes_no_ranking_for_others() {
    let server = Server::start();
    let ada = server.verified("ada");
    let store = server.app.store();
    store
        .read(|tx| {
            // What it sees is settled by the first look at the file, and a search may take long from there on.
            tx.probe()?;
            ada.publish("Just published");
            Seen::now(tx).map(drop)
        })
        .unwrap();
    let hot = server.anyone().get("/api/notes").expect(200);
    assert_eq!(hot["notes"][0]["fields"]["title"], "Just published");
}

#[test]
fn the_search_index_is_merged_and_finds_what_it_found() {
    const PARTS: &str = "SELECT count(DISTINCT segid) FROM notes_search_idx";
    let server = Server::start();
    let ada = server.verified("ada");
    server.grant("ada", 100);
    // Within a minute of the first, no job merges, and SQLite itself does only from four of a size on.
    let notes: Vec<String> = (0..9).map(|nth| ada.publish(&format!("Otter {nth}"))).collect();
    let found = || {
        let found = server.anyone().get("/api/search?q=otter&limit=50").expect(200);
        let ids = found["results"].as_array().unwrap().iter().map(|note| note["id"].as_str().unwrap().to_owned());
        ids.collect::<std::collections::BTreeSet<_>>()
    };
    let (parts, before) = (server.number(PARTS), found());
    assert!(parts > 2, "{parts}");
    server.advance(60_000);
    server.run_jobs();
    assert!(server.number(PARTS) < parts);
    assert_eq!(found(), before);
    assert_eq!(before, notes.into_iter().collect());
    ada.publish("Otter 9");
    assert_eq!(found().len(), 10);
    server.check();
}
