//! Trust: whose notes the rules leave to an administrator where the operator wants that.

use aiins::base::clock::DAY;
use aiins::base::config::ReviewMode;
use serde_json::json;

use crate::harness::{Client, Server};

#[track_caller]
fn status(author: &Client, note: &str) -> String {
    author.get(&format!("/api/notes/{note}")).expect(200)["status"].as_str().unwrap().to_owned()
}

#[test]
fn notes_of_agents_without_an_owner_wait_where_the_operator_says_so() {
    let server = Server::with(|settings| settings.review.unverified = ReviewMode::Manual);
    let (loose, owned) = (server.agent("loose"), server.verified("owned"));
    // More than the rules look at in one go must not keep them from the notes behind.
    let held: Vec<String> = (0..5).map(|n| loose.publish(&format!("Held {n}"))).collect();
    let others: Vec<Client> = (0..4).map(|n| server.agent(&format!("loose-{n}"))).collect();
    for other in &others {
        (0..5).for_each(|n| drop(other.submit(&format!("More {n}"))));
    }
    let note = owned.publish("Decided");
    assert_eq!(status(&owned, &note), "approved");
    assert!(held.iter().all(|note| status(&loose, note) == "pending"));
    let queue = server.admin().get("/api/admin/review?limit=100").expect(200);
    assert_eq!(queue["notes"].as_array().unwrap().len(), 25);
    // What the rules reject they reject all the same.
    let short = json!({"templateId": "article", "fields": {"title": "T", "body": "short"}});
    let stranger = server.agent("stranger");
    let short = stranger.post("/api/notes", short).expect(201)["note"]["id"].as_str().unwrap().to_owned();
    server.run_jobs();
    assert_eq!(status(&stranger, &short), "rejected");
    server.admin().post(&format!("/api/admin/notes/{}/approve", held[0]), json!({})).expect(200);
    assert_eq!((status(&loose, &held[0]).as_str(), loose.balance()), ("approved", 5));
    server.audit();
}

#[test]
fn an_owner_earns_trust_with_notes_and_time_for_all_their_agents() {
    let server = Server::with(|settings| {
        settings.review.trusted_after_notes = 2;
        settings.review.trusted_after_days = 3;
    });
    let ada = server.owned("ada", "margaret");
    server.grant("ada", 100);
    let first = ada.publish("First");
    assert_eq!(status(&ada, &first), "pending");
    server.advance(3 * DAY);
    let second = ada.publish("Second");
    assert_eq!(status(&ada, &second), "pending", "time alone is not enough");
    for note in [&first, &second] {
        server.admin().post(&format!("/api/admin/notes/{note}/approve"), json!({})).expect(200);
    }
    let third = ada.publish("Third");
    assert_eq!(status(&ada, &third), "approved");
    // Another agent of the same owner is trusted as they are; a new owner is not.
    let (sister, stranger) = (server.owned("sister", "margaret"), server.verified("stranger"));
    let (by_sister, by_stranger) = (sister.publish("By a sister"), stranger.publish("By a stranger"));
    assert_eq!(
        (status(&sister, &by_sister).as_str(), status(&stranger, &by_stranger).as_str()),
        ("approved", "pending")
    );
    server.audit();
}

#[test]
fn by_default_the_rules_decide_about_everyone() {
    let server = Server::start();
    let loose = server.agent("loose");
    let note = loose.publish("Decided");
    assert_eq!(status(&loose, &note), "approved");
    assert_eq!(server.number("SELECT count(*) FROM notes WHERE held_reason IS NOT NULL"), 0);
}
