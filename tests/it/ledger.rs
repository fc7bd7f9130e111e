//! The ledger: what the schema refuses, what the audit finds, and what cannot be farmed (`contract.md` §5).

use aiins::base::error::{Code, Result};
use aiins::base::ids::AgentId;
use aiins::discovery::audit;
use aiins::identity::agents;
use aiins::ledger::{self, Account, Reason, Transfer, Wallet};
use rusqlite::Connection;
use serde_json::json;

use crate::harness::{Client, Server};

fn id_of(server: &Server, handle: &str) -> AgentId {
    server.app.store().read(|tx| agents::get(tx, handle)).unwrap().card.id
}

fn wallet_of(server: &Server, handle: &str) -> Wallet {
    let agent = id_of(server, handle);
    server.app.store().read(|tx| ledger::wallet(tx, agent)).unwrap()
}

fn raw(server: &Server) -> Connection {
    Connection::open(server.app.store().path()).unwrap()
}

/// The wealth board's order, as its index has it.
fn wealth(server: &Server) -> Vec<(i64, i64)> {
    let file = raw(server);
    let sql = "SELECT id, wealth FROM accounts WHERE kind = 'wallet' ORDER BY wealth DESC, id";
    let mut statement = file.prepare(sql).unwrap();
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    rows.collect::<rusqlite::Result<_>>().unwrap()
}

/// A server on which tokens have moved for several reasons: ada has tipped bob and been liked and approved.
fn busy_server() -> Server {
    let server = Server::start();
    let (ada, bob) = (server.verified("ada"), server.verified("bob"));
    let note = ada.publish("First");
    bob.post(&format!("/api/notes/{note}/like"), json!({})).expect(200);
    ada.post("/api/agents/bob/tip", json!({"amount": 3})).expect(200);
    server
}

#[test]
fn what_is_written_in_the_ledger_is_neither_changed_nor_deleted() {
    let server = busy_server();
    for (sql, sentence) in [
        ("UPDATE transfers SET amount = amount + 1", "transfers are append-only"),
        ("DELETE FROM transfers", "transfers are append-only"),
        ("UPDATE entries SET delta = delta + 1", "entries are append-only"),
        ("DELETE FROM entries", "entries are append-only"),
        ("DELETE FROM accounts", "accounts are never deleted"),
    ] {
        let error = raw(&server).execute(sql, []).unwrap_err();
        assert!(error.to_string().contains(sentence), "{sql}: {error}");
    }
    server.check();
}

#[test]
fn the_schema_lets_the_treasury_alone_go_below_zero() {
    let server = busy_server();
    let file = raw(&server);
    for sql in [
        "UPDATE accounts SET balance = -1 WHERE kind = 'wallet'",
        "INSERT INTO accounts (id, kind, balance) VALUES (7, 'escrow', -1)",
        "INSERT INTO accounts (id, kind) VALUES (8, 'treasury')",
        "INSERT INTO transfers VALUES (9, 0, 0, 1, 'tip', NULL, 0, x'')",
        "INSERT INTO transfers SELECT 10, 0, max(id), 0, 'tip', NULL, 0, x'' FROM accounts",
    ] {
        let error = file.execute(sql, []).unwrap_err();
        assert!(error.to_string().contains("CHECK"), "{sql}: {error}");
    }
    let treasury: i64 = file.query_row("SELECT balance FROM accounts WHERE id = 0", [], |row| row.get(0)).unwrap();
    assert!(treasury < 0, "{treasury}");
}

#[test]
fn the_audit_names_whatever_was_tampered_with() {
    const UNLOCK: &str = "
        DROP TRIGGER transfers_are_not_changed; DROP TRIGGER transfers_are_not_deleted;
        DROP TRIGGER entries_are_not_changed;   DROP TRIGGER entries_are_not_deleted;
        PRAGMA foreign_keys = OFF;";
    let tip = "(SELECT id FROM transfers WHERE reason = 'tip')";
    for (tampering, sentences) in [
        (format!("UPDATE transfers SET amount = 2 WHERE id = {tip}"), vec!["hash chain", "two entries"]),
        (format!("UPDATE transfers SET reason = 'boost' WHERE id = {tip}"), vec!["hash chain"]),
        (format!("UPDATE transfers SET ref_id = NULL WHERE id = {tip}"), vec!["hash chain"]),
        (format!("UPDATE transfers SET at = at - 1 WHERE id = {tip}"), vec!["hash chain"]),
        (
            "DELETE FROM transfers WHERE id = (SELECT min(id) FROM transfers)".into(),
            vec!["hash chain", "in place of two each"],
        ),
        (
            format!("DELETE FROM entries WHERE transfer_id = {tip} AND delta > 0"),
            vec!["two entries", "entries add up to"],
        ),
        (
            format!("UPDATE entries SET delta = 4 WHERE transfer_id = {tip} AND delta > 0"),
            vec!["two entries", "entries add up to"],
        ),
        (format!("UPDATE entries SET balance_after = 99 WHERE transfer_id = {tip}"), vec!["leaves another balance"]),
        (format!("UPDATE entries SET reason = 'gift' WHERE transfer_id = {tip}"), vec!["unknown reason gift"]),
        (
            "UPDATE accounts SET balance = balance + 5 WHERE kind = 'wallet'".into(),
            vec!["entries add up to", "in place of 0"],
        ),
        ("UPDATE accounts SET total_earned = 0 WHERE kind = 'wallet'".into(), vec!["its totals are"]),
        ("UPDATE accounts SET to_agents = to_agents + 1 WHERE kind = 'wallet'".into(), vec!["its totals are"]),
        ("UPDATE notes SET like_count = 7".into(), vec!["says 7 likes, there are 1"]),
        ("UPDATE agents SET follower_count = 7".into(), vec!["ada: says 7 followers, there are 0"]),
    ] {
        let server = busy_server();
        let file = raw(&server);
        file.execute_batch(UNLOCK).unwrap();
        assert!(file.execute(&tampering, []).unwrap() > 0, "{tampering} changes nothing");
        let found = server.app.store().read(audit::run).unwrap();
        assert!(!found.ok, "{tampering} is not found");
        for sentence in sentences {
            let named = found.problems.iter().any(|problem| problem.contains(sentence));
            assert!(named, "{tampering}: no `{sentence}` in {:#?}", found.problems);
        }
        let answer = server.admin().get("/api/admin/audit").expect(200);
        assert_eq!(answer["ok"], false, "{answer}");
    }
}

#[test]
fn a_transfer_of_more_than_there_is_leaves_no_trace() {
    let server = busy_server();
    let (ada, bob) = (id_of(&server, "ada"), id_of(&server, "bob"));
    let before = (wallet_of(&server, "ada"), wallet_of(&server, "bob"));
    let transfer = |amount| {
        let transfer = Transfer {
            from: Account::Wallet(ada),
            to: Account::Wallet(bob),
            amount,
            reason: Reason::Tip,
            ref_id: None,
        };
        server.app.store().write(move |tx| ledger::transfer(tx, transfer)).map_err(|error| error.code())
    };
    assert_eq!(transfer(before.0.balance + 1), Err(Code::InsufficientBalance));
    assert_eq!(transfer(-1), Err(Code::Internal));
    assert_eq!(transfer(i64::MAX / 2), Err(Code::InsufficientBalance));
    assert_eq!(transfer(0), Ok(()));
    assert_eq!((wallet_of(&server, "ada"), wallet_of(&server, "bob")), before);
    server.check();
}

#[test]
fn what_comes_back_lowers_what_was_spent_in_place_of_raising_what_was_earned() {
    for (out, back) in [
        (Reason::BountyEscrow, Reason::BountyRefund),
        (Reason::BountyDeposit, Reason::BountyDepositReturned),
        (Reason::SkillCall, Reason::SkillCallRefund),
    ] {
        let server = busy_server();
        let before = (wallet_of(&server, "ada"), wealth(&server));
        let ada = Account::Wallet(id_of(&server, "ada"));
        for _ in 0..20 {
            server.write(move |tx| -> Result<()> {
                let amount = 4;
                let there = Transfer { from: ada, to: Account::Treasury, amount, reason: out, ref_id: None };
                ledger::transfer(tx, there)?;
                ledger::transfer(tx, Transfer { from: Account::Treasury, to: ada, amount, reason: back, ref_id: None })
            });
        }
        assert_eq!((wallet_of(&server, "ada"), wealth(&server)), before, "{out} and {back}");
        server.check();
    }
}

#[test]
fn tips_in_a_circle_never_climb_the_wealth_board() {
    let server = Server::start();
    let circle = ["ada", "bob", "cid"].map(|handle| server.verified(handle));
    let before = wealth(&server);
    for _ in 0..5 {
        for (giver, taker) in [(0, 1), (1, 2), (2, 0)] {
            let path = format!("/api/agents/{}/tip", circle[taker].handle);
            circle[giver].post(&path, json!({"amount": 9})).expect(200);
        }
        assert_eq!(wealth(&server), before);
    }
    // What totalEarned counts gross, the board nets.
    assert_eq!(wallet_of(&server, "ada").total_earned, 10 + 5 * 9);
    server.check();
}

#[test]
fn tips_back_and_forth_never_climb_the_wealth_board() {
    let server = Server::start();
    let (ada, bob) = (server.verified("ada"), server.verified("bob"));
    let before = wealth(&server);
    for _ in 0..10 {
        ada.post("/api/agents/bob/tip", json!({"amount": 10})).expect(200);
        bob.post("/api/agents/ada/tip", json!({"amount": 10})).expect(200);
    }
    assert_eq!(wealth(&server), before);
    server.check();
}

#[test]
fn an_amount_that_is_no_whole_number_above_zero_moves_nothing() {
    let server = busy_server();
    let eve = server.verified("eve");
    let amounts = [
        "0",
        "-1",
        "1.5",
        "1.0",
        "\"5\"",
        "true",
        "null",
        "1e309",
        "9223372036854775808",
        "1e3",
        "NaN",
        "[1]",
        "1000001",
    ];
    let before = (wallet_of(&server, "eve"), wallet_of(&server, "bob"));
    for amount in amounts {
        let answer = eve.call("POST", "/api/agents/bob/tip", format!("{{\"amount\": {amount}}}").as_bytes());
        answer.refused(400, "invalid_request");
    }
    assert_eq!((wallet_of(&server, "eve"), wallet_of(&server, "bob")), before);
    server.check();
}

#[test]
fn tips_of_a_whole_balance_at_once_succeed_once() {
    let server = Server::start();
    let (ada, bob) = (server.verified("ada"), server.verified("bob"));
    let statuses = at_once(50, |_| ada.post("/api/agents/bob/tip", json!({"amount": 10})).status);
    assert_eq!(count(&statuses, 200), 1, "{statuses:?}");
    assert_eq!(count(&statuses, 402), 49, "{statuses:?}");
    assert_eq!((ada.balance(), bob.balance()), (0, 20));
    server.check();
}

#[test]
fn a_like_given_and_taken_back_a_hundred_times_pays_once() {
    let server = Server::start();
    let (ada, bob) = (server.verified("ada"), server.verified("bob"));
    let like = format!("/api/notes/{}/like", ada.publish("First"));
    let before = ada.balance();
    for _ in 0..100 {
        bob.post(&like, json!({})).expect(200);
        bob.delete(&like).expect(200);
    }
    assert_eq!(ada.balance(), before + 2);
    server.check();
}

#[test]
fn one_agent_that_likes_sixty_four_times_at_once_likes_once() {
    let server = Server::start();
    let (ada, bob) = (server.verified("ada"), server.verified("bob"));
    let note = ada.publish("First");
    let before = ada.balance();
    let statuses = at_once(64, |_| bob.post(&format!("/api/notes/{note}/like"), json!({})).status);
    assert_eq!(count(&statuses, 200), 64, "{statuses:?}");
    assert_eq!(ada.balance(), before + 2);
    assert_eq!(bob.get(&format!("/api/notes/{note}")).expect(200)["likeCount"], 1);
    server.check();
}

#[test]
fn a_downvote_toggled_an_odd_number_of_times_at_once_stands() {
    let server = Server::start();
    let (ada, bob) = (server.verified("ada"), server.verified("bob"));
    let note = ada.publish("First");
    let statuses = at_once(101, |_| bob.post(&format!("/api/notes/{note}/downvote"), json!({})).status);
    assert_eq!(count(&statuses, 200), 101, "{statuses:?}");
    assert_eq!(bob.get(&format!("/api/notes/{note}")).expect(200)["dislikeCount"], 1);
    server.check();
}

#[test]
fn agents_of_one_owner_earn_nothing_from_each_other() {
    let server = Server::start();
    let ring: Vec<Client> = (0..20).map(|nth| server.owned(&format!("ring-{nth}"), "one")).collect();
    let notes: Vec<String> = ring.iter().map(|agent| agent.publish("Ring")).collect();
    let before: Vec<i64> = ring.iter().map(Client::balance).collect();
    for (nth, agent) in ring.iter().enumerate() {
        let next = &notes[(nth + 1) % notes.len()];
        agent.post(&format!("/api/notes/{next}/like"), json!({})).expect(200);
        agent.post(&format!("/api/notes/{next}/comments"), json!({"body": "How true"})).expect(201);
    }
    assert_eq!(ring.iter().map(Client::balance).collect::<Vec<_>>(), before);
    server.check();
}

#[test]
fn agents_of_two_owners_pay_each_other_for_likes_and_comments() {
    let server = Server::start();
    let (ada, bob) = (server.owned("ada", "one"), server.owned("bob", "two"));
    let note = ada.publish("First");
    let before = ada.balance();
    bob.post(&format!("/api/notes/{note}/like"), json!({})).expect(200);
    bob.post(&format!("/api/notes/{note}/comments"), json!({"body": "How true"})).expect(201);
    ada.post(&format!("/api/notes/{note}/comments"), json!({"body": "Thank you"})).expect(201);
    assert_eq!(ada.balance(), before + 2 + 1);
    server.check();
}

#[test]
fn deleting_a_note_and_posting_it_again_earns_nothing() {
    let server = Server::start();
    let ada = server.verified("ada");
    let note = json!({"templateId": "article", "fields": {"title": "Again", "body": "The same words every time."}});
    let mut balances = Vec::new();
    for _ in 0..4 {
        let posted = ada.post("/api/notes", note.clone()).expect(201);
        server.run_jobs();
        balances.push(ada.balance());
        ada.delete(&format!("/api/notes/{}", posted["note"]["id"].as_str().unwrap())).expect(200);
    }
    assert_eq!(balances, [10 - 1 + 5, 10 - 2 + 5, 10 - 3 + 5, 10 - 4 + 5]);
    server.check();
}

#[test]
fn an_owner_token_that_twenty_agents_use_at_once_binds_one() {
    let server = Server::start();
    let issued = server.admin().post("/api/owner/token", json!({"ownerHandle": "one"})).expect(201);
    let agents: Vec<Client> = (0..20).map(|nth| server.agent(&format!("agent-{nth}"))).collect();
    let statuses = at_once(20, |nth| {
        let path = format!("/api/agents/{}/verify-owner", agents[nth].handle);
        agents[nth].post(&path, json!({"ownerToken": issued["ownerToken"]})).status
    });
    assert_eq!((count(&statuses, 200), count(&statuses, 400)), (1, 19), "{statuses:?}");
    assert_eq!(agents.iter().map(Client::balance).sum::<i64>(), 10);
    server.check();
}

/// Does the same from many threads at the same moment.
fn at_once<R: Send>(threads: usize, deed: impl Fn(usize) -> R + Sync) -> Vec<R> {
    let start = std::sync::Barrier::new(threads);
    std::thread::scope(|scope| {
        let (start, deed) = (&start, &deed);
        let begin = move |nth| {
            start.wait();
            deed(nth)
        };
        let started: Vec<_> = (0..threads).map(|nth| scope.spawn(move || begin(nth))).collect();
        started.into_iter().map(|thread| thread.join().unwrap()).collect()
    })
}

fn count(statuses: &[u16], which: u16) -> usize {
    statuses.iter().filter(|status| **status == which).count()
}
