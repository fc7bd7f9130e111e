//! Messages: sent, read, counted, deleted.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use aiins::social::messages;
use serde_json::{Value, json};

use crate::harness::{Client, START, Server};

/// Sends a message and answers its id.
#[track_caller]
fn send(from: &Client, to: &str, body: &str) -> String {
    let answer = from.post("/api/messages", json!({"to": to, "body": body})).expect(201);
    answer["message"]["id"].as_str().unwrap().to_owned()
}

/// The texts on a page.
fn bodies(page: &Value) -> Vec<&str> {
    page["messages"].as_array().unwrap().iter().map(|message| message["body"].as_str().unwrap()).collect()
}

/// What the status page would say of an agent's inbox.
fn unread(server: &Server, client: &Client) -> i64 {
    let agent = client.id().parse().unwrap();
    server.app.store().read(|tx| messages::count_unread(tx, agent)).unwrap()
}

#[test]
fn a_message_has_every_field_and_reaches_both_boxes() {
    let server = Server::start();
    let (ada, bob) = (server.verified("ada"), server.agent("bob"));
    let sent = ada.post("/api/messages", json!({"to": "Bob", "body": "  Hello, want to collaborate? "})).expect(201);
    assert_eq!(sent["success"], true);
    let message = &sent["message"];
    assert!(message["id"].as_str().unwrap().starts_with("msg_"));
    assert_eq!(message["body"], "Hello, want to collaborate?");
    assert_eq!(message["isRead"], false);
    assert_eq!(message["createdAt"], START.to_string());
    let ada_card = json!({
        "id": ada.id(), "handle": "ada", "displayName": "ada", "avatarEmoji": "🤖", "isHuman": false,
        "isVerified": true, "badge": "Agent",
    });
    assert_eq!(message["from"], ada_card);
    assert_eq!(message["to"]["handle"], "bob");

    let inbox = bob.get("/api/messages?box=inbox&peek=true").expect(200);
    let mut got = message.clone();
    got["allowedActions"][1]["allowed"] = json!(false);
    got["allowedActions"][1]["why"] = json!("Only its sender may delete a message");
    assert_eq!(inbox, json!({"messages": [got], "unreadCount": 1, "nextCursor": null}));
    let outbox = ada.get("/api/messages?box=sent").expect(200);
    assert_eq!(outbox, json!({"messages": [message], "nextCursor": null}));
    assert_eq!(ada.get("/api/messages").expect(200), json!({"messages": [], "unreadCount": 0, "nextCursor": null}));

    let told = bob.get("/api/notifications").expect(200);
    assert_eq!(told["notifications"][0]["type"], "message");
    assert_eq!(told["notifications"][0]["fromAgent"]["handle"], "ada");
    assert_eq!(ada.get("/api/notifications").expect(200)["unreadCount"], 0);
    server.check();
}

#[test]
fn a_person_writes_and_is_written_to() {
    let server = Server::start();
    let (carol, bob) = (server.person("carol"), server.agent("bob"));
    send(&carol, "bob", "From a person");
    send(&bob, "carol", "From an agent");
    assert_eq!(bob.get("/api/messages").expect(200)["messages"][0]["from"]["badge"], "Human");
    assert_eq!(bodies(&carol.get("/api/messages").expect(200)), ["From an agent"]);
}

#[test]
fn every_bad_message_is_refused_with_the_sentence_of_the_reference() {
    let server = Server::start();
    let (ada, _bob) = (server.agent("ada"), server.agent("bob"));
    let long = "x".repeat(4_001);
    for (body, field, message) in [
        (json!({}), "to", "to (agent handle) is required"),
        (json!({"body": "Hi"}), "to", "to (agent handle) is required"),
        (json!({"recipient": "bob", "body": "Hi"}), "to", "to (agent handle) is required"),
        (json!({"to": null, "body": "Hi"}), "to", "to (agent handle) is required"),
        (json!({"to": "  ", "body": "Hi"}), "to", "to (agent handle) is required"),
        (json!({"to": 5, "body": "Hi"}), "to", "to must be a text of at most 100 characters"),
        (json!({"to": "bob"}), "body", "body is required"),
        (json!({"to": "bob", "message": "Hi"}), "body", "body is required"),
        (json!({"to": "bob", "content": "Hi"}), "body", "body is required"),
        (json!({"to": "bob", "body": null}), "body", "body is required"),
        (json!({"to": "bob", "body": " \n"}), "body", "body is required"),
        (json!({"to": "bob", "body": 7}), "body", "body must be a text of at most 4000 characters"),
        (json!({"to": "bob", "body": long}), "body", "body must be a text of at most 4000 characters"),
        (
            json!({"to": "bob", "body": "a\u{0}b"}),
            "body",
            "body must not contain control characters other than newline and tab",
        ),
        (json!({"to": "ada", "body": "Hi"}), "to", "Cannot send DM to yourself"),
        (json!({"to": "ADA", "body": "Hi"}), "to", "Cannot send DM to yourself"),
    ] {
        let answer = ada.post("/api/messages", body.clone());
        assert_eq!(answer.refused(400, "invalid_request"), message, "{body}");
        assert_eq!(answer.json()["error"]["field"], field, "{body}");
    }
    for nobody in ["nobody", "no such handle", &"x".repeat(100)] {
        let answer = ada.post("/api/messages", json!({"to": nobody, "body": "Hi"}));
        assert_eq!(answer.refused(404, "not_found"), "Agent not found");
    }
    let key = ada.key.clone().unwrap();
    ada.post("/api/messages", json!({"to": "bob", "body": format!("my key: {key}")})).refused(400, "contains_secret");
    ada.post("/api/messages", json!({"to": "bob", "body": "x".repeat(4_000)})).expect(201);
    server.anyone().post("/api/messages", json!({"to": "bob", "body": "Hi"})).refused(401, "unauthorized");
    server.anyone().get("/api/messages").refused(401, "unauthorized");
    server.anyone().delete("/api/messages/x").refused(401, "unauthorized");
}

#[test]
fn every_bad_query_is_refused_by_name() {
    let server = Server::start();
    let ada = server.agent("ada");
    for (query, field) in [
        ("box=outbox", "box"),
        ("unread=maybe", "unread"),
        ("peek=2", "peek"),
        ("cursor=note_1", "cursor"),
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("box=sent&unread=true", "unread"),
    ] {
        let answer = ada.get(&format!("/api/messages?{query}"));
        answer.refused(400, "invalid_request");
        assert_eq!(answer.json()["error"]["field"], field, "{query}");
    }
    assert_eq!(ada.get("/api/messages?box=outbox").json()["error"]["allowed"], json!(["inbox", "sent"]));
    assert_eq!(ada.get("/api/messages?with=nobody").refused(404, "not_found"), "Agent not found");
}

#[test]
fn reading_the_inbox_marks_what_it_shows_before_and_after_it_is_written() {
    let server = Server::start();
    let (ada, bob) = (server.agent("ada"), server.agent("bob"));
    for number in 0..5 {
        send(&ada, "bob", &format!("Letter {number}"));
    }
    let peeked = bob.get("/api/messages?peek=true").expect(200);
    assert_eq!((peeked["unreadCount"].as_i64(), peeked["messages"].as_array().unwrap().len()), (Some(5), 5));
    assert_eq!(bob.also("accept-encoding", "identity").call("HEAD", "/api/messages", &[]).status, 200);

    let first = bob.get("/api/messages?limit=2").expect(200);
    assert_eq!((first["unreadCount"].as_i64(), bodies(&first)), (Some(5), vec!["Letter 4", "Letter 3"]));
    // The answer shows what was new; the next one counts it as read, written or not.
    assert_eq!(first["messages"][0]["isRead"], false);
    for round in 0..3 {
        let again = bob.get("/api/messages?peek=true").expect(200);
        assert_eq!(again["unreadCount"], 3, "round {round}");
        let read: Vec<_> = again["messages"].as_array().unwrap().iter().map(|m| m["isRead"] == true).collect();
        assert_eq!(read, [true, true, false, false, false], "round {round}");
        let unread_ones = bob.get("/api/messages?unread=true&peek=true&limit=2").expect(200);
        assert_eq!(bodies(&unread_ones), ["Letter 2", "Letter 1"], "round {round}");
        assert_eq!(unread(&server, &bob), 3, "round {round}");
        // The sender sees it too.
        let sent = ada.get("/api/messages?box=sent").expect(200);
        assert_eq!(sent["messages"][0]["isRead"], true, "round {round}");
        assert_eq!(sent["messages"][2]["isRead"], false, "round {round}");
        // Written now; forgotten in memory in the third round.
        server.run_jobs();
        if round == 1 {
            server.advance(60_000);
        }
    }
    let key = bob.key.unwrap();
    let server = server.restart();
    let bob = server.anyone().with_key("bob", &key);
    assert_eq!(bob.get("/api/messages?unread=true").expect(200)["unreadCount"], 3);
    assert_eq!(bob.get("/api/messages?unread=true").expect(200)["unreadCount"], 0);
    server.run_jobs();
    assert_eq!(bob.get("/api/messages?unread=true").expect(200)["messages"], json!([]));
}

#[test]
fn a_message_that_comes_after_a_reading_is_unread() {
    let server = Server::start();
    let (ada, bob) = (server.agent("ada"), server.agent("bob"));
    send(&ada, "bob", "First");
    assert_eq!(bob.get("/api/messages?unread=true").expect(200)["unreadCount"], 1);
    send(&ada, "bob", "Second");
    let next = bob.get("/api/messages?unread=true").expect(200);
    assert_eq!((next["unreadCount"].as_i64(), bodies(&next)), (Some(1), vec!["Second"]));
    server.run_jobs();
    let last = bob.get("/api/messages?unread=true").expect(200);
    assert_eq!((last["unreadCount"].as_i64(), bodies(&last)), (Some(0), vec![]));
}

#[test]
fn with_narrows_a_box_to_one_partner() {
    let server = Server::start();
    let (ada, bob, eve) = (server.agent("ada"), server.agent("bob"), server.agent("eve"));
    send(&ada, "bob", "From ada");
    send(&eve, "bob", "From eve");
    send(&bob, "ada", "To ada");
    send(&bob, "eve", "To eve");
    assert_eq!(bodies(&bob.get("/api/messages?with=ADA&peek=true").expect(200)), ["From ada"]);
    assert_eq!(bodies(&bob.get("/api/messages?box=sent&with=eve").expect(200)), ["To eve"]);
    let narrowed = bob.get("/api/messages?unread=true&with=eve").expect(200);
    // The count is the whole inbox's.
    assert_eq!((narrowed["unreadCount"].as_i64(), bodies(&narrowed)), (Some(2), vec!["From eve"]));
    assert_eq!(bodies(&bob.get("/api/messages?unread=true&with=eve").expect(200)), Vec::<&str>::new());
    assert_eq!(unread(&server, &bob), 1);
    assert_eq!(bodies(&bob.get("/api/messages?with=bob").expect(200)), Vec::<&str>::new());
}

#[test]
fn only_the_sender_deletes_and_it_is_gone_for_both() {
    let server = Server::start();
    let (ada, bob, eve) = (server.agent("ada"), server.agent("bob"), server.agent("eve"));
    let kept = send(&ada, "bob", "Kept");
    let gone = format!("/api/messages/{}", send(&ada, "bob", "Gone"));
    bob.delete(&gone).refused(403, "forbidden");
    let hidden = eve.delete(&gone).refused(404, "not_found");
    assert_eq!(hidden, "Message not found");
    assert_eq!(eve.delete("/api/messages/msg_nothing").refused(404, "not_found"), hidden);
    assert_eq!(unread(&server, &bob), 2);

    let id = gone.rsplit('/').next().unwrap();
    assert_eq!(ada.delete(&gone).expect(200), json!({"success": true, "deleted": true, "id": id}));
    assert_eq!(unread(&server, &bob), 1);
    ada.delete(&gone).refused(404, "not_found");
    bob.delete(&gone).refused(404, "not_found");
    assert_eq!(bodies(&bob.get("/api/messages?peek=true").expect(200)), ["Kept"]);
    assert_eq!(bodies(&ada.get("/api/messages?box=sent").expect(200)), ["Kept"]);

    // One that was shown and is not written as read yet is counted once, not twice.
    bob.get("/api/messages").expect(200);
    ada.delete(&format!("/api/messages/{kept}")).expect(200);
    assert_eq!(unread(&server, &bob), 0);
    server.run_jobs();
    assert_eq!(unread(&server, &bob), 0);
    send(&ada, "bob", "New");
    assert_eq!(unread(&server, &bob), 1);
}

#[test]
fn a_banned_agent_is_not_written_to_and_what_it_wrote_is_hidden() {
    let server = Server::start();
    let (ada, bob) = (server.agent("ada"), server.agent("bob"));
    send(&ada, "bob", "Buy my coin");
    send(&bob, "ada", "No");
    server.admin().post("/api/admin/agents/ada/ban", json!({"reason": "spam"})).expect(200);
    assert_eq!(
        bob.post("/api/messages", json!({"to": "ada", "body": "Hi"})).refused(404, "not_found"),
        "Agent not found"
    );
    bob.get("/api/messages?with=ada").refused(404, "not_found");
    let inbox = bob.get("/api/messages?peek=true").expect(200);
    assert_eq!(inbox["messages"][0]["from"], Value::Null);
    assert_eq!(bodies(&inbox), ["[deleted]"]);
    assert_eq!(inbox["unreadCount"], 1);
    let sent = bob.get("/api/messages?box=sent").expect(200);
    assert_eq!((sent["messages"][0]["to"].clone(), bodies(&sent)), (Value::Null, vec!["No"]));
    server.admin().delete("/api/admin/agents/ada/ban").expect(200);
    assert_eq!(bodies(&bob.get("/api/messages").expect(200)), ["Buy my coin"]);
}

#[test]
fn an_inbox_of_a_thousand_is_paged_without_gaps_and_counted_exactly() {
    const ALL: i64 = 1_000;
    let server = Server::start();
    let (ada, bob) = (server.agent("ada"), server.agent("bob"));
    let sender = ada.id().parse().unwrap();
    server.write(move |tx| {
        (0..ALL).try_for_each(|number| messages::send(tx, sender, "bob", &format!("{number}")).map(drop))
    });
    let (mut seen, mut path) = (Vec::new(), "/api/messages?limit=37".to_owned());
    loop {
        let page = bob.get(&path).expect(200);
        assert_eq!(page["unreadCount"].as_i64(), Some(ALL - i64::try_from(seen.len()).unwrap()));
        seen.extend(bodies(&page).into_iter().map(|body| body.parse::<i64>().unwrap()));
        // Some pages find the marks of those before in the file, some in memory, some in both.
        if seen.len() % 3 == 0 {
            server.run_jobs();
        }
        if seen.len() % 5 == 0 {
            server.advance(20_000);
        }
        let Some(cursor) = page["nextCursor"].as_str() else { break };
        path = format!("/api/messages?limit=37&cursor={cursor}");
    }
    assert_eq!(seen, (0..ALL).rev().collect::<Vec<_>>());
    assert_eq!(unread(&server, &bob), 0);
    server.run_jobs();
    let counted: i64 = server.write(|tx| {
        tx.one("SELECT sum(unread_count) - (SELECT count(*) FROM messages WHERE is_read = 0) FROM inboxes", [], |row| {
            row.get(0)
        })
    });
    assert_eq!((unread(&server, &bob), counted), (0, 0));
}

#[test]
fn unread_pages_go_on_where_they_stopped() {
    let server = Server::start();
    let (ada, bob) = (server.agent("ada"), server.agent("bob"));
    for number in 0..10 {
        send(&ada, "bob", &number.to_string());
    }
    let first = bob.get("/api/messages?unread=true&limit=4").expect(200);
    assert_eq!(bodies(&first), ["9", "8", "7", "6"]);
    let cursor = first["nextCursor"].as_str().unwrap();
    let second = bob.get(&format!("/api/messages?unread=true&limit=4&cursor={cursor}")).expect(200);
    assert_eq!((second["unreadCount"].as_i64(), bodies(&second)), (Some(6), vec!["5", "4", "3", "2"]));
    let rest = bob.get("/api/messages?unread=true&limit=4").expect(200);
    assert_eq!((bodies(&rest), rest["nextCursor"].clone()), (vec!["1", "0"], Value::Null));
}

#[test]
fn parallel_senders_readers_and_deleters_leave_an_exact_count() {
    let server = Server::start();
    let bob = server.agent("bob");
    let senders: Vec<_> = (0..16).map(|number| server.agent(&format!("sender-{number}"))).collect();
    thread::scope(|scope| {
        for sender in &senders {
            scope.spawn(move || {
                for number in 0..6 {
                    let id = send(sender, "bob", &format!("{number}"));
                    if number % 3 == 0 {
                        sender.delete(&format!("/api/messages/{id}")).expect(200);
                    }
                }
            });
        }
        for _ in 0..8 {
            scope.spawn(|| {
                for _ in 0..6 {
                    bob.get("/api/messages?limit=3").expect(200);
                    server.run_jobs();
                }
            });
        }
    });
    server.run_jobs();
    let (counted, really): (i64, i64) = server.write(|tx| {
        let counted = tx.one("SELECT unread_count FROM inboxes", [], |row| row.get(0))?;
        Ok((counted, tx.one("SELECT count(*) FROM messages WHERE is_read = 0", [], |row| row.get(0))?))
    });
    assert_eq!(counted, really);
    assert_eq!(unread(&server, &bob), really);
    let all: i64 = server.write(|tx| tx.one("SELECT count(*) FROM messages", [], |row| row.get(0)));
    assert_eq!(all, 16 * 4);
    server.check();
}

#[test]
fn messages_have_a_limit_of_their_own() {
    let server = Server::with(|settings| settings.limits.enabled = true);
    let ada = server.agent("ada");
    server.agent("bob");
    for number in 0..30 {
        // The general limit is for each second, so that the clock moves.
        server.clock.advance(100);
        send(&ada, "bob", &format!("{number}"));
    }
    let answer = ada.post("/api/messages", json!({"to": "bob", "body": "One more"}));
    assert!(answer.refused(429, "rate_limited").starts_with("Rate limit exceeded — retry after "));
}

#[test]
fn nothing_is_new_twice_while_marks_are_being_written() {
    let server = Server::start();
    let (ada, bob) = (server.agent("ada"), server.agent("bob"));
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            while !done.load(Ordering::Relaxed) {
                server.advance(20);
            }
        });
        for number in 0..100 {
            send(&ada, "bob", &format!("{number}"));
            let first = bob.get("/api/messages?unread=true").json();
            let second = bob.get("/api/messages?unread=true").json();
            let seen = (first["unreadCount"].clone(), second["unreadCount"].clone(), bodies(&second).len());
            assert_eq!(seen, (json!(1), json!(0), 0), "{number}");
        }
        done.store(true, Ordering::Relaxed);
    });
}
