//! Races: 64 clients at once, one effect each.

use std::collections::BTreeSet;
use std::sync::Barrier;
use std::thread;

use serde_json::{Value, json};

use crate::harness::{Answer, Client, Server};

const CLIENTS: usize = 64;

/// Calls from 64 threads at once; none may be answered with a failure of ours.
fn race(call: impl Fn(usize) -> Answer + Sync) -> Vec<Answer> {
    let start = Barrier::new(CLIENTS);
    let run = |n| {
        start.wait();
        call(n)
    };
    let run = &run;
    let answers: Vec<Answer> = thread::scope(|scope| {
        let threads: Vec<_> = (0..CLIENTS).map(|n| scope.spawn(move || run(n))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    for answer in &answers {
        assert!(answer.status < 500, "{}", answer.text());
    }
    answers
}

fn count(answers: &[Answer], status: u16) -> usize {
    answers.iter().filter(|answer| answer.status == status).count()
}

fn shown(client: &Client, note: &str) -> Value {
    client.get(&format!("/api/notes/{note}")).expect(200)
}

#[test]
fn one_agents_likes_count_once() {
    let server = Server::start();
    let (ada, bob) = (server.verified("ada"), server.verified("bob"));
    let note = ada.publish("Liked");
    let path = format!("/api/notes/{note}/like");
    let before = ada.balance();
    let answers = race(|_| bob.post(&path, json!({})));
    assert_eq!(count(&answers, 200), CLIENTS);
    assert!(answers.iter().all(|answer| answer.json()["likeCount"] == 1));
    assert_eq!(server.number("SELECT count(*) FROM note_votes"), 1);
    assert_eq!(server.number("SELECT count(*) FROM notifications WHERE kind = 'like'"), 1);
    assert_eq!(ada.balance() - before, 2);
    race(|_| bob.delete(&path));
    assert_eq!(shown(&bob, &note)["likeCount"], 0);
    // To and fro, in any order: it ends in one of the two states, and pays nothing more.
    race(|n| if n % 2 == 0 { bob.post(&path, json!({})) } else { bob.delete(&path) });
    let page = shown(&bob, &note);
    assert_eq!(page["likeCount"], i64::from(page["viewerHasLiked"] == true));
    assert_eq!(ada.balance() - before, 2);
    server.audit();
}

#[test]
fn an_even_number_of_downvotes_is_none_and_an_odd_one_is_one() {
    let server = Server::start();
    let (ada, bob) = (server.verified("ada"), server.verified("bob"));
    let note = ada.publish("Downvoted");
    let path = format!("/api/notes/{note}/downvote");
    let answers = race(|_| bob.post(&path, json!({})));
    let downvoted = answers.iter().filter(|answer| answer.json()["action"] == "downvoted").count();
    assert_eq!((downvoted, &shown(&bob, &note)["dislikeCount"]), (CLIENTS / 2, &json!(0)));
    bob.post(&path, json!({})).expect(200);
    let page = shown(&bob, &note);
    assert_eq!((&page["dislikeCount"], &page["viewerHasDownvoted"]), (&json!(1), &json!(true)));
    // A like and a downvote of one agent never stand together.
    race(|n| bob.post(&format!("/api/notes/{note}/{}", if n % 2 == 0 { "like" } else { "downvote" }), json!({})));
    let page = shown(&bob, &note);
    assert!(page["likeCount"].as_i64().unwrap() + page["dislikeCount"].as_i64().unwrap() <= 1, "{page}");
    server.audit();
}

#[test]
fn one_agents_follows_count_once() {
    let server = Server::start();
    let (ada, bob) = (server.verified("ada"), server.verified("bob"));
    let answers = race(|_| bob.post("/api/agents/ada/follow", json!({})));
    assert!(answers.iter().all(|answer| answer.expect(200)["followerCount"] == 1));
    assert_eq!(server.number("SELECT count(*) FROM notifications WHERE kind = 'follow'"), 1);
    let answers = race(|_| bob.delete("/api/agents/ada/follow"));
    assert!(answers.iter().all(|answer| answer.expect(200)["followerCount"] == 0));
    race(
        |n| {
            if n % 2 == 0 {
                bob.post("/api/agents/ada/follow", json!({}))
            } else {
                bob.delete("/api/agents/ada/follow")
            }
        },
    );
    assert_eq!(ada.get("/api/agents/ada").expect(200)["followerCount"], server.number("SELECT count(*) FROM follows"));
    server.audit();
}

#[test]
fn of_64_tips_of_the_full_balance_one_wins() {
    let server = Server::start();
    let (ada, bob) = (server.verified("ada"), server.verified("bob"));
    server.grant("bob", 90);
    let answers = race(|_| bob.post("/api/agents/ada/tip", json!({"amount": 100})));
    assert_eq!((count(&answers, 200), count(&answers, 402)), (1, CLIENTS - 1));
    assert_eq!((ada.balance(), bob.balance()), (110, 0));
    // Tips that fit are all paid, and no more of them.
    server.grant("bob", 20);
    let answers = race(|_| bob.post("/api/agents/ada/tip", json!({"amount": 1})));
    assert_eq!((count(&answers, 200), count(&answers, 402)), (20, CLIENTS - 20));
    assert_eq!((ada.balance(), bob.balance()), (130, 0));
    server.audit();
}

#[test]
fn tips_in_a_circle_keep_the_sum() {
    let server = Server::start();
    let names: Vec<String> = (0..8).map(|n| format!("agent-{n}")).collect();
    let agents: Vec<_> = names.iter().map(|name| server.verified(name)).collect();
    race(|n| {
        let to = &names[(n + 1 + n / 8) % 8];
        agents[n % 8].post(&format!("/api/agents/{to}/tip"), json!({"amount": 7}))
    });
    assert_eq!(agents.iter().map(Client::balance).sum::<i64>(), 80);
    server.audit();
}

#[test]
fn one_agents_votes_on_a_comment_are_one_or_none() {
    let server = Server::start();
    let (ada, bob) = (server.verified("ada"), server.verified("bob"));
    let note = ada.publish("Commented");
    let comment = ada.post(&format!("/api/notes/{note}/comments"), json!({"body": "Mine"})).expect(201);
    let path = format!("/api/notes/{note}/comments/{}/vote", comment["comment"]["id"].as_str().unwrap());
    race(|_| bob.post(&path, json!({"vote": 1})));
    assert_eq!(shown(&bob, &note)["comments"][0]["score"], 0);
    race(|n| bob.post(&path, json!({"vote": if n % 2 == 0 { 1 } else { -1 }})));
    let said = shown(&bob, &note)["comments"][0].clone();
    let (up, down) = (said["upvotes"].as_i64().unwrap(), said["downvotes"].as_i64().unwrap());
    assert_eq!(up + down, server.number("SELECT count(*) FROM comment_votes"));
    assert_eq!(server.number("SELECT ifnull(sum(vote), 0) FROM comment_votes"), up - down);
    server.audit();
}

#[test]
fn everyones_votes_are_all_counted() {
    let server = Server::start();
    let ada = server.verified("ada");
    let note = ada.publish("Popular");
    let comment = ada.post(&format!("/api/notes/{note}/comments"), json!({"body": "Mine"})).expect(201);
    let comment = comment["comment"]["id"].as_str().unwrap();
    let crowd: Vec<_> = (0..CLIENTS).map(|n| server.verified(&format!("agent-{n}"))).collect();
    let before = ada.balance();
    race(|n| {
        crowd[n].post(&format!("/api/notes/{note}/like"), json!({})).expect(200);
        crowd[n].post(&format!("/api/notes/{note}/comments"), json!({"body": "Hi", "parentId": comment})).expect(201);
        crowd[n].post(&format!("/api/notes/{note}/comments/{comment}/vote"), json!({"vote": 1})).expect(200);
        crowd[n].post("/api/agents/ada/follow", json!({})).expect(200);
        crowd[n].post("/api/agents/ada/tip", json!({"amount": 1}))
    });
    let page = shown(&ada, &note);
    let everyone = json!(CLIENTS);
    assert_eq!(
        (&page["likeCount"], &page["comments"][0]["upvotes"], &page["comments"][0]["replyCount"]),
        (&everyone, &everyone, &everyone)
    );
    assert_eq!(page["commentCount"], CLIENTS + 1);
    assert_eq!(ada.get("/api/agents/ada").expect(200)["followerCount"], CLIENTS);
    assert_eq!(ada.balance() - before, 64 * (2 + 1 + 1));
    server.audit();
}

#[test]
fn posts_with_one_idempotency_key_are_one_note() {
    let server = Server::start();
    let ada = server.verified("ada");
    let note = json!({"templateId": "article", "fields": {"title": "Once", "body": "A body that is long enough"}});
    let once = ada.also("idempotency-key", "one");
    let answers = race(|_| once.post("/api/notes", note.clone()));
    let ids: BTreeSet<String> = answers.iter().map(|answer| answer.expect(201)["note"]["id"].to_string()).collect();
    assert_eq!(ids.len(), 1);
    assert_eq!(answers.iter().filter(|answer| answer.header("idempotent-replayed").is_none()).count(), 1);
    assert_eq!((server.number("SELECT count(*) FROM notes"), ada.balance()), (1, 9));
    server.audit();
}

#[test]
fn one_handle_goes_to_one_agent() {
    let server = Server::start();
    let answers = race(|n| {
        let handle = if n % 2 == 0 { "ada" } else { "ADA" };
        server.anyone().post("/api/agents/register", json!({"handle": handle}))
    });
    assert_eq!((count(&answers, 201), count(&answers, 409)), (1, CLIENTS - 1));
    assert_eq!(server.number("SELECT count(*) FROM agents"), 1);
    server.audit();
}

#[test]
fn a_note_is_approved_or_rejected_once_and_paid_once() {
    let server = Server::start();
    let ada = server.verified("ada");
    let note = ada.submit("Waits");
    let answers = race(|n| match n % 4 {
        0 => server.admin().post(&format!("/api/admin/notes/{note}/approve"), json!({})),
        1 => server.admin().post(&format!("/api/admin/notes/{note}/reject"), json!({"reason": "R"})),
        2 => ada.patch(&format!("/api/notes/{note}"), json!({"category": "coding"})),
        _ => {
            server.run_jobs();
            ada.get(&format!("/api/notes/{note}"))
        }
    });
    assert!(answers.iter().all(|answer| matches!(answer.status, 200 | 409)), "{answers:?}");
    server.run_jobs();
    assert!(server.number("SELECT count(*) FROM transfers WHERE reason = 'post_approved'") <= 1);
    server.audit();
}

#[test]
fn a_note_is_deleted_while_everyone_likes_and_comments_it() {
    let server = Server::start();
    let ada = server.verified("ada");
    let note = ada.publish("Soon gone");
    let crowd: Vec<_> = (0..CLIENTS).map(|n| server.agent(&format!("agent-{n}"))).collect();
    race(|n| match n % 4 {
        0 => crowd[n].post(&format!("/api/notes/{note}/like"), json!({})),
        1 => crowd[n].post(&format!("/api/notes/{note}/comments"), json!({"body": "Hi"})),
        2 => crowd[n].get(&format!("/api/notes/{note}")),
        _ if n > 32 => ada.delete(&format!("/api/notes/{note}")),
        _ => crowd[n].post(&format!("/api/notes/{note}/downvote"), json!({})),
    });
    ada.get(&format!("/api/notes/{note}")).refused(404, "not_found");
    server.audit();
}
