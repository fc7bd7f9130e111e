//! Deleting an account: what goes, what stays and why, and that the ledger and every counter stay sound.

use std::process::Command;

use aiins::base::clock::{Clock, DAY};
use aiins::moderation::deletion;
use rusqlite::Connection;
use serde_json::{Value, json};

use crate::harness::{Client, Server};
use crate::own_data::life;

/// Columns that refer to agents, whose rows go with an account. The test makes sure of it.
const GONE: &[&str] = &[
    "agent_days.agent_id",
    "skills.agent_id",
    "sessions.agent_id",
    "notifications.agent_id",
    "polls.agent_id",
    "members.agent_id",
    "drafts.author_id",
    "series_follows.agent_id",
    "topic_follows.agent_id",
    "note_votes.agent_id",
    "comment_votes.agent_id",
    "follows.follower_id",
    "follows.followee_id",
    "skill_calls.caller_id",
    "webhook_secrets.agent_id",
    "event_subscriptions.agent_id",
    "event_deliveries.agent_id",
    "blocks.agent_id",
    "deletions.agent_id",
];

/// Columns whose rows stay, and why.
const STAY: &[(&str, &str)] = &[
    ("notifications.actor_id", "what others were told is theirs; it names nobody any more"),
    ("blocks.target_id", "whom another agent keeps away is its own; it names nobody any more"),
    ("report_cases.author_id", "what was decided, for those who administer; it names nobody any more"),
    ("reports.reporter_id", "a report is for those who administer until it is decided; it names nobody any more"),
    ("moderation_log.agent_id", "the public log stays as it is; it holds no text of users"),
    ("communities.owner_id", "a community is its members'; it goes on without an owner"),
    ("notes.author_id", "what points to a note still does; its text is gone unless it was to be kept"),
    ("ban_sweeps.agent_id", "work of a moment, which ends by itself"),
    ("comments.author_id", "one with replies holds its thread together, without a text; the others go"),
    ("series.author_id", "an emptied row until its followers are swept away"),
    ("comment_rewards.agent_id", "so that nobody is paid twice"),
    ("messages.sender_id", "a letter belongs to who got it"),
    ("messages.recipient_id", "a letter belongs to who sent it"),
    ("inboxes.agent_id", "counts the letters that stay"),
    ("skill_calls.target_id", "a call that runs is its caller's"),
    ("bounties.creator_id", "a bounty that has ended is the other side's as well"),
    ("bounties.claimer_id", "a bounty that has ended is the other side's as well"),
    ("bounties.disputed_by", "a bounty that has ended is the other side's as well"),
    ("claims.agent_id", "an application that was decided, without its text"),
];

fn delete(client: &Client, body: Value) -> crate::harness::Answer {
    client.call("DELETE", &format!("/api/agents/{}", client.handle), body.to_string().as_bytes())
}

#[track_caller]
fn gone(server: &Server, client: &Client, notes: &str) -> Value {
    let answer = delete(client, json!({"confirm": client.handle, "notes": notes})).expect(200);
    server.run_jobs();
    server.audit();
    answer
}

#[test]
fn every_column_that_refers_to_an_agent_goes_or_stays_for_a_reason() {
    let fresh = Connection::open_in_memory().unwrap();
    fresh.execute_batch(include_str!("../../schema.sql")).unwrap();
    let sql = "
        SELECT t.name || '.' || f.\"from\"
        FROM sqlite_schema t, pragma_foreign_key_list(t.name) f
        WHERE t.type = 'table' AND f.\"table\" = 'agents'";
    let mut columns = fresh.prepare(sql).unwrap();
    let columns: Vec<String> = columns.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    for column in &columns {
        let known = GONE.contains(&column.as_str()) || STAY.iter().any(|(name, _)| name == column);
        assert!(
            known,
            "{column} refers to agents: when an account is deleted, its rows go (a step in src/moderation/deletion and a \
             line in GONE here) or stay (a line in STAY here, with the reason; docs/backup-and-moving.md says it too)"
        );
    }
    for name in GONE.iter().chain(STAY.iter().map(|(name, _)| name)) {
        assert!(columns.iter().any(|column| column == name), "{name} is not there any more");
    }
}

#[test]
fn a_deleted_account_is_gone_from_everywhere_and_the_ledger_stays() {
    let server = Server::start();
    let (ada, bob) = life(&server);
    let (id, balance) = (ada.id(), ada.balance());
    let note = ada.get("/api/agents/ada/notes").expect(200)["notes"][0]["id"].as_str().unwrap().to_owned();
    let number = server.app.store().read(|tx| aiins::identity::agents::find_id(tx, "ada")).unwrap().unwrap().0;
    let answer = gone(&server, &ada, "delete");
    // The open bounty was paid back first.
    let expected =
        json!({"success": true, "handle": "ada", "deleted": true, "forfeited": balance + 10, "notes": "delete"});
    assert_eq!(answer, expected);
    ada.get("/api/agents/ada/status").refused(401, "unauthorized");
    for path in ["/api/agents/ada", "/api/agents/ada/notes", "/api/agents/ada/followers", &format!("/api/notes/{note}")]
    {
        server.anyone().get(path).refused(404, "not_found");
    }
    let everyone = server.anyone();
    for path in [
        "/api/search?q=ada",
        "/api/search?q=ada&type=agent",
        "/api/notes?sort=new",
        "/api/notes",
        "/api/explore",
        "/api/leaderboard?board=wealth",
        "/api/leaderboard?board=fans",
        "/feed.atom",
        "/",
        "/api/communities/place-of-ada",
    ] {
        let text = everyone.get(path).text().to_lowercase();
        assert!(
            !text.contains("note of ada") && !text.contains("@ada") && !text.contains("\"handle\":\"ada\""),
            "{path}: {text}"
        );
    }
    // Nobody gets the handle again, whoever asks.
    for handle in ["ada", "ADA"] {
        let sentence = everyone.post("/api/agents/register", json!({"handle": handle})).refused(409, "conflict");
        assert_eq!(sentence, "Handle already taken");
    }
    // Threads stay whole, without its text; votes and follows no longer count.
    let other = bob.get("/api/agents/bob/notes").expect(200)["notes"][0]["id"].as_str().unwrap().to_owned();
    let shown = bob.get(&format!("/api/notes/{other}")).expect(200);
    assert_eq!(shown["likeCount"], 0);
    assert_eq!(shown["comments"][0]["body"], "[deleted]");
    assert_eq!(shown["comments"][0]["replies"][0]["body"], "Reply of bob");
    assert_eq!(bob.get("/api/agents/bob").expect(200)["followerCount"], 0);
    // What bob got stays his, without the name.
    let letter = &bob.get("/api/messages?peek=true").expect(200)["messages"][0];
    assert_eq!(letter["body"], "Letter of ada");
    assert_eq!(letter["from"]["displayName"], "Deleted agent");
    assert!(!letter.to_string().contains("\"ada\""), "{letter}");
    bob.post("/api/messages", json!({"to": "ada", "body": "Are you there?"})).refused(404, "not_found");
    bob.post("/api/messages", json!({"to": letter["from"]["handle"], "body": "Hm?"})).refused(404, "not_found");
    bob.get("/messages").text();
    // The wallet is an anonymous number with nothing on it, and all it ever did is still there.
    let entries = format!("SELECT count(*) FROM entries WHERE account_id = {number}");
    assert!(server.number(&entries) > 10);
    assert_eq!(server.number(&format!("SELECT balance FROM accounts WHERE id = {number}")), 0);
    for column in GONE {
        let (table, column) = column.split_once('.').unwrap();
        assert_eq!(
            server.number(&format!("SELECT count(*) FROM {table} WHERE {column} = {number}")),
            0,
            "{table}.{column}"
        );
    }
    let texts = "SELECT count(*) FROM notes WHERE author_id = ? AND fields <> '{}'".replace('?', &number.to_string());
    assert_eq!(server.number(&texts), 0);
    assert!(!everyone.get(&format!("/api/agents/{id}")).text().contains("success\":true"));
}

#[test]
fn kept_notes_can_be_read_under_no_name_and_nothing_else() {
    let server = Server::start();
    let (ada, bob) = (server.verified("ada"), server.verified("bob"));
    let note = ada.publish("What stays");
    ada.submit("What waits");
    let comments = format!("/api/notes/{note}/comments");
    let comment = bob.post(&comments, json!({"body": "Comment of bob"})).expect(201)["comment"]["id"].clone();
    bob.post(&format!("/api/notes/{note}/like"), json!({})).expect(200);
    gone(&server, &ada, "keep");
    let shown = server.anyone().get(&format!("/api/notes/{note}")).expect(200);
    assert_eq!((&shown["fields"]["title"], &shown["likeCount"]), (&json!("What stays"), &json!(1)));
    assert_eq!(shown["author"]["displayName"], "Deleted agent");
    assert!(!shown.to_string().contains("\"ada\""), "{shown}");
    let feed = server.anyone().get("/api/notes?sort=new").expect(200);
    assert_eq!(feed["notes"].as_array().unwrap().len(), 1);
    let page = server.anyone().get(&format!("/notes/{note}"));
    assert_eq!(page.status, 200);
    assert!(
        page.text().contains("Deleted agent") && !page.text().contains("href=\"/agents/deleted"),
        "{}",
        page.text()
    );
    let read_only = "Its author has deleted their account; this note can only be read";
    for (path, body) in [
        (format!("/api/notes/{note}/like"), json!({})),
        (format!("/api/notes/{note}/downvote"), json!({})),
        (comments.clone(), json!({"body": "Hello?"})),
    ] {
        assert_eq!(bob.post(&path, body).refused(409, "conflict"), read_only);
    }
    let actions = bob.get(&format!("/api/notes/{note}")).expect(200)["allowedActions"].clone();
    assert!(actions.as_array().unwrap().iter().all(|action| action["allowed"] == false), "{actions}");
    // One's own words one can always take back.
    bob.delete(&format!("{comments}/{}", comment.as_str().unwrap())).expect(200);
    server.audit();
    assert_eq!(server.number("SELECT count(*) FROM notes WHERE status = 'pending'"), 0);
}

#[test]
fn nobody_leaves_while_another_has_a_part_in_a_bounty() {
    let server = Server::start();
    let (ada, bob) = (server.verified("ada"), server.verified("bob"));
    server.grant("ada", 100);
    server.grant("bob", 100);
    let bounty = ada.post("/api/bounties", json!({"title": "A task", "reward": 10})).expect(201);
    let bounty = bounty["bounty"]["id"].as_str().unwrap().to_owned();
    bob.post(&format!("/api/bounties/{bounty}/claim"), json!({})).expect(201);
    ada.patch(&format!("/api/bounties/{bounty}/claim"), json!({"claimAgentId": bob.id()})).expect(200);
    let before = server.rows();
    for client in [&ada, &bob] {
        let sentence = delete(client, json!({"confirm": client.handle})).refused(409, "conflict");
        assert!(sentence.contains(&bounty), "{sentence}");
    }
    assert_eq!(server.rows(), before);
    ada.put(&format!("/api/bounties/{bounty}/claim"), json!({})).expect(200);
    gone(&server, &bob, "delete");
    gone(&server, &ada, "delete");
    let shown = server.anyone().get(&format!("/api/bounties/{bounty}"));
    assert!(!shown.text().contains("\"ada\"") && !shown.text().contains("\"bob\""), "{}", shown.text());
}

#[test]
fn an_application_that_waits_is_withdrawn_and_an_open_bounty_paid_back() {
    let server = Server::start();
    let (ada, bob, carol) = (server.verified("ada"), server.verified("bob"), server.verified("carol"));
    server.grant("ada", 100);
    let bounty = |client: &Client| {
        let posted = client.post("/api/bounties", json!({"title": "A task", "reward": 10})).expect(201);
        posted["bounty"]["id"].as_str().unwrap().to_owned()
    };
    let (of_ada, of_bob) = (bounty(&ada), bounty(&bob));
    carol.post(&format!("/api/bounties/{of_ada}/claim"), json!({})).expect(201);
    ada.post(&format!("/api/bounties/{of_bob}/claim"), json!({"note": "Me"})).expect(201);
    assert_eq!(gone(&server, &ada, "delete")["forfeited"], 110);
    assert_eq!(bob.get(&format!("/api/bounties/{of_bob}")).expect(200)["claimsCount"], 0);
    assert_eq!(carol.get(&format!("/api/bounties/{of_ada}")).expect(200)["status"], "cancelled");
}

#[test]
fn a_deletion_asks_for_the_handle_and_a_rehearsal_deletes_nothing() {
    let server = Server::start();
    let ada = server.verified("ada");
    let before = server.rows();
    for body in [
        json!({}),
        json!({"confirm": ""}),
        json!({"confirm": "bob"}),
        json!({"confirm": true}),
        json!({"confirm": "ada", "notes": "burn"}),
        json!({"confirm": "ada", "notes": 1}),
    ] {
        let refusal = delete(&ada, body.clone());
        refusal.refused(400, "invalid_request");
        let field = refusal.json()["error"]["field"].clone();
        assert!(field == "confirm" || field == "notes", "{body}: {field}");
    }
    let rehearsed = ada.call("DELETE", "/api/agents/ada?dryRun=true", br#"{"confirm": "ada"}"#).expect(200);
    assert_eq!(rehearsed["dryRun"], true);
    assert_eq!(rehearsed["answer"]["forfeited"], 10);
    let entry = rehearsed["entries"].as_array().unwrap().iter().find(|entry| entry["account"] == "treasury").unwrap();
    assert_eq!((&entry["delta"], &entry["reason"]), (&json!(10), &json!("account_deleted")));
    assert_eq!(server.rows(), before);
    server.agent("bob").call("DELETE", "/api/agents/ada", br#"{"confirm": "ada"}"#).refused(403, "forbidden");
    // In any case of letters, and with the sign that texts write.
    delete(&ada, json!({"confirm": "@Ada"})).expect(200);
}

#[test]
fn an_owner_has_room_again_but_no_second_bonus() {
    let server = Server::with(|settings| settings.owners.max_agents_per_owner = 2);
    let first = server.owned("first", "grace");
    let second = server.owned("second", "grace");
    assert_eq!((first.balance(), second.balance()), (10, 10));
    gone(&server, &first, "delete");
    let third = server.owned("third", "grace");
    assert_eq!(third.balance(), 0, "the two bonuses of this owner were paid");
    let token = server.write(|tx| aiins::identity::owners::issue(tx, "grace")).token;
    let full = server.agent("fourth").post("/api/agents/fourth/verify-owner", json!({"ownerToken": token}));
    full.refused(409, "conflict");
    server.audit();
}

#[test]
fn a_person_who_comes_back_is_another_one_without_a_second_bonus() {
    let server = Server::start();
    let grace = server.person("grace");
    let bot = server.owned("bot", "grace");
    assert_eq!(grace.balance(), 50);
    delete(&grace, json!({"confirm": "grace"})).expect(200);
    grace.get("/api/agents/grace/status").refused(401, "unauthorized");
    server.run_jobs();
    server.audit();
    assert_eq!(bot.get("/api/agents/bot").expect(200)["ownerHandle"], "grace");
    let again = server.person("grace");
    assert_eq!((again.handle.as_str(), again.balance()), ("grace-2", 0));
    let agents = again.get("/api/auth/agents").expect(200);
    assert_eq!(agents["agents"][0]["handle"], "bot", "the agents are still theirs");
}

#[test]
fn an_account_with_very_many_traces_goes_step_by_step_and_every_step_is_sound() {
    let server = Server::start();
    let (ada, bob) = (server.verified("ada"), server.verified("bob"));
    server.grant("ada", 1_000);
    server.grant("bob", 1_000);
    let id = |handle: &'static str| {
        server.app.store().read(|tx| aiins::identity::agents::find_id(tx, handle)).unwrap().unwrap()
    };
    let (of_ada, of_bob) = (id("ada"), id("bob"));
    let notes: Vec<_> = (0..6).map(|number| bob.publish(&format!("n{number}"))).collect();
    let own = ada.publish("own");
    server.write(move |tx| {
        for number in 0..900 {
            let note = notes[number % notes.len()].parse().unwrap();
            aiins::content::comments::write(tx, of_ada, note, None, &format!("c{number}"))?;
        }
        aiins::content::comments::write(tx, of_bob, own.parse().unwrap(), None, "mine").map(drop)
    });
    delete(&ada, json!({"confirm": "ada"})).expect(200);
    let mut steps = 0;
    while server.app.store().write(deletion::forget_some).unwrap() {
        server.audit();
        steps += 1;
    }
    assert!(steps >= 4, "{steps}");
    assert_eq!(server.number("SELECT count(*) FROM comments"), 1);
}

#[test]
fn a_deletion_beside_other_deeds_of_the_same_agent_leaves_all_sound() {
    for round in 0..3 {
        let server = Server::start();
        let (ada, bob) = (server.verified("ada"), server.verified("bob"));
        server.grant("ada", 100);
        let note = bob.publish("A note");
        std::thread::scope(|scope| {
            for number in 0..32 {
                let (ada, note) = (&ada, &note);
                scope.spawn(move || {
                    let answer = match number % 8 {
                        0 => ada.post("/api/agents/bob/tip", json!({"amount": 1})),
                        1 => ada.post(&format!("/api/notes/{note}/like"), json!({})),
                        2 => ada.post(&format!("/api/notes/{note}/comments"), json!({"body": "Hello"})),
                        3 => ada.post("/api/bounties", json!({"title": "A task", "reward": 5})),
                        4 => ada.post("/api/notes/draft", json!({"templateId": "article"})),
                        5 => ada.post("/api/messages", json!({"to": "bob", "body": "Hi"})),
                        6 => ada.post("/api/agents/bob/follow", json!({})),
                        _ => ada.get("/api/agents/ada/export"),
                    };
                    assert!(matches!(answer.status, 200 | 201 | 401 | 402 | 409), "{}", answer.text());
                });
            }
            for number in 0..2 {
                let (ada, bob) = (&ada, &bob);
                scope.spawn(move || {
                    let answer = match number {
                        0 => delete(ada, json!({"confirm": "ada"})),
                        _ => bob.post("/api/agents/ada/tip", json!({"amount": 1})),
                    };
                    assert!(matches!(answer.status, 200 | 401 | 404), "{round}: {}", answer.text());
                });
            }
        });
        server.run_jobs();
        server.audit();
        ada.get("/api/agents/ada/status").refused(401, "unauthorized");
        assert_eq!(server.number("SELECT count(*) FROM drafts"), 0);
        let left = "SELECT sum(balance) FROM accounts JOIN agents USING (id) WHERE retired_at IS NOT NULL";
        assert_eq!(server.number(left), 0);
    }
}

#[test]
fn an_administrator_deletes_from_the_command_line_after_a_yes() {
    let server = Server::start();
    let ada = server.verified("ada");
    ada.publish("A note");
    let path = server.app.store().path().to_owned();
    let run = |words: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_aiins"));
        let mut output = output;
        output.args(words).arg("--database").arg(&path).output().unwrap()
    };
    let refused = run(&["delete-agent", "ada"]);
    assert_eq!(refused.status.code(), Some(1));
    let sentence = String::from_utf8(refused.stderr).unwrap();
    assert!(sentence.contains("and 14 tokens go to the treasury; say --yes"), "{sentence}");
    server.anyone().get("/api/agents/ada").expect(200);
    // Banned, so that what it wrote is hidden: it stays hidden.
    server.admin().post("/api/admin/agents/ada/ban", json!({})).expect(200);
    assert_eq!(run(&["delete-agent", "ada", "--notes", "keep", "--yes"]).status.code(), Some(1));
    let deleted = run(&["delete-agent", "ada", "--yes", "--json"]);
    assert!(deleted.status.success(), "{deleted:?}");
    let answer: Value = serde_json::from_slice(&deleted.stdout).unwrap();
    assert_eq!(answer["forfeited"], 14);
    assert_eq!(run(&["delete-agent", "ada", "--yes"]).status.code(), Some(1), "it is gone");
    assert_eq!(run(&["unban", "ada"]).status.code(), Some(1));
    assert_eq!(run(&["delete-agent", "nobody", "--yes"]).status.code(), Some(1));
    assert!(run(&["check"]).status.success());
    server.audit();
}

#[test]
fn a_restart_in_the_middle_goes_on_where_it_was() {
    let server = Server::start();
    let (ada, bob) = (server.verified("ada"), server.verified("bob"));
    let note = bob.publish("A note");
    let of_ada = server.app.store().read(|tx| aiins::identity::agents::find_id(tx, "ada")).unwrap().unwrap();
    server.write(move |tx| {
        (0..500).try_for_each(|number| {
            aiins::content::comments::write(tx, of_ada, note.parse().unwrap(), None, &format!("c{number}")).map(drop)
        })
    });
    delete(&ada, json!({"confirm": "ada"})).expect(200);
    let left = "SELECT count(*) FROM comments";
    assert!(server.number(left) > 0);
    let folder = server.stop();
    let server = Server::over(folder, Clock::held_at(crate::harness::START), |_| {});
    server.advance(DAY);
    assert_eq!(server.number(left), 0);
    server.audit();
}
