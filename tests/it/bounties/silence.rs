//! What happens when nobody does anything: time alone frees every token.

use aiins::base::clock::{DAY, HOUR};
use serde_json::json;

use super::{apply, check, deliver, dispute, engage, held, kinds, posted, posted_with, status, told};
use crate::harness::{Client, START, Server};

/// Posts a bounty whose deadline is so many milliseconds away.
fn posted_until(creator: &Client, millis: i64, server: &Server) -> String {
    let deadline = server.clock.now().plus(millis);
    posted_with(creator, json!({"title": "With a deadline", "reward": 20, "deadline": deadline}))
}

#[test]
fn every_state_ends_by_time_alone() {
    type Setup = fn(&Server, &Client, &Client) -> String;
    // How it is left alone, how long nothing happens, how it ends, and what creator and claimer have gained by then.
    let table: [(&str, Setup, i64, &str, i64, i64); 9] = [
        ("open without a deadline", |_, ada, _| posted(ada), 365 * DAY, "cancelled", 0, 0),
        ("open with a deadline", |server, ada, _| posted_until(ada, 3 * DAY, server), 3 * DAY, "cancelled", 0, 0),
        (
            "open with applications",
            |server, ada, bob| {
                let bounty = posted_until(ada, 3 * DAY, server);
                apply(bob, &bounty);
                bounty
            },
            3 * DAY,
            "cancelled",
            0,
            0,
        ),
        (
            "claimed without a deadline",
            |_, ada, bob| {
                let bounty = posted(ada);
                engage(ada, bob, &bounty);
                bounty
            },
            30 * DAY,
            "cancelled",
            4,
            -4,
        ),
        (
            "claimed with a deadline",
            |server, ada, bob| {
                let bounty = posted_until(ada, 3 * DAY, server);
                engage(ada, bob, &bounty);
                bounty
            },
            3 * DAY,
            "cancelled",
            4,
            -4,
        ),
        (
            "delivered",
            |server, ada, bob| {
                let bounty = posted_until(ada, 3 * DAY, server);
                engage(ada, bob, &bounty);
                deliver(bob, &bounty);
                bounty
            },
            7 * DAY,
            "completed",
            -20,
            19,
        ),
        (
            "disputed by the creator",
            |_, ada, bob| {
                let bounty = posted(ada);
                engage(ada, bob, &bounty);
                dispute(ada, &bounty);
                bounty
            },
            30 * DAY,
            "cancelled",
            -10,
            10,
        ),
        (
            "disputed by the claimer",
            |server, ada, bob| {
                let bounty = posted_until(ada, 3 * DAY, server);
                engage(ada, bob, &bounty);
                dispute(bob, &bounty);
                bounty
            },
            30 * DAY,
            "cancelled",
            -10,
            10,
        ),
        (
            "delivered and disputed",
            |_, ada, bob| {
                let bounty = posted(ada);
                engage(ada, bob, &bounty);
                deliver(bob, &bounty);
                dispute(ada, &bounty);
                bounty
            },
            30 * DAY,
            "cancelled",
            -10,
            10,
        ),
    ];
    let server = Server::start();
    let (ada, bob) = (server.verified("ada"), server.verified("bob"));
    server.grant("ada", 1_000);
    server.grant("bob", 1_000);
    for (what, setup, silence, expected, creator_gains, claimer_gains) in table {
        let before = (ada.balance(), bob.balance());
        let bounty = setup(&server, &ada, &bob);
        let waiting = status(&server, &bounty);
        server.advance(silence - 1);
        assert_eq!(status(&server, &bounty), waiting, "{what}: not before its time");
        server.advance(1);
        assert_eq!(status(&server, &bounty), expected, "{what}");
        let gains = (ada.balance() - before.0, bob.balance() - before.1);
        assert_eq!((gains, held(&server, &bounty)), ((creator_gains, claimer_gains), 0), "{what}");
        // Running what is due again changes nothing.
        server.run_jobs();
        server.advance(365 * DAY);
        let gains = (ada.balance() - before.0, bob.balance() - before.1);
        assert_eq!(gains, (creator_gains, claimer_gains), "{what}");
    }
    check(&server);
}

#[test]
fn both_sides_are_told_of_what_the_clock_did() {
    let server = Server::start();
    let (ada, bob) = (server.verified("ada"), server.verified("bob"));
    server.grant("ada", 100);
    let open = posted_until(&ada, DAY, &server);
    apply(&bob, &open);
    server.advance(DAY);
    assert_eq!(told(&ada).pop().unwrap(), ("bounty_cancelled".to_owned(), json!(20), json!("refunded")));
    assert_eq!(kinds(&bob), ["bounty_cancelled"]);

    let late = posted_until(&ada, DAY, &server);
    engage(&ada, &bob, &late);
    server.advance(DAY);
    assert_eq!(told(&ada).pop().unwrap(), ("bounty_cancelled".to_owned(), json!(24), json!("claimer_default")));
    assert_eq!(told(&bob).pop().unwrap().2, json!("claimer_default"));

    let done = posted(&ada);
    engage(&ada, &bob, &done);
    deliver(&bob, &done);
    server.advance(7 * DAY);
    assert_eq!(told(&ada).pop().unwrap().0, "bounty_completed");
    assert_eq!(told(&bob).pop().unwrap(), ("bounty_completed".to_owned(), json!(19), json!("paid")));

    let disputed = posted(&ada);
    engage(&ada, &bob, &disputed);
    dispute(&bob, &disputed);
    server.advance(30 * DAY);
    assert_eq!(told(&ada).pop().unwrap(), ("bounty_resolved".to_owned(), json!(10), json!("split")));
    assert_eq!(told(&bob).pop().unwrap(), ("bounty_resolved".to_owned(), json!(14), json!("split")));
    check(&server);
}

#[test]
fn past_its_deadline_an_open_bounty_takes_no_applications_and_accepts_none() {
    let server = Server::start();
    let (ada, bob, cleo) = (server.verified("ada"), server.verified("bob"), server.verified("cleo"));
    server.grant("ada", 100);
    let bounty = posted_until(&ada, HOUR, &server);
    apply(&bob, &bounty);
    // The sweep has not come by yet.
    server.clock.advance(HOUR);
    assert_eq!(ada.get(&bounty).expect(200)["isExpired"], true);
    let sentence = "Bounty is not accepting applications (status: expired)";
    assert_eq!(cleo.post(&format!("{bounty}/claim"), json!({})).refused(409, "conflict"), sentence);
    let accept = ada.patch(&format!("{bounty}/claim"), json!({"claimAgentId": bob.id()}));
    assert_eq!(accept.refused(409, "conflict"), sentence);
    assert_eq!((status(&server, &bounty).as_str(), bob.balance()), ("open", 10));
    assert_eq!(ada.delete(&bounty).expect(200)["refunded"], 20);
    check(&server);
}

#[test]
fn a_claimer_accepted_in_the_last_second_does_not_lose_its_deposit_in_the_next() {
    let server = Server::start();
    let (ada, bob) = (server.verified("ada"), server.verified("bob"));
    server.grant("ada", 100);
    let bounty = posted_until(&ada, 7 * DAY, &server);
    apply(&bob, &bounty);
    server.advance(7 * DAY - 1);
    ada.patch(&format!("{bounty}/claim"), json!({"claimAgentId": bob.id()})).expect(200);
    server.advance(HOUR);
    assert_eq!(status(&server, &bounty), "claimed");
    assert_eq!(bob.get(&bounty).expect(200)["dueAt"], json!(START.plus(8 * DAY - 1)));
    deliver(&bob, &bounty);
    server.advance(7 * DAY);
    assert_eq!((status(&server, &bounty).as_str(), bob.balance()), ("completed", 29));
    check(&server);
}

#[test]
fn what_was_due_while_the_server_was_down_is_done_once_when_it_is_up() {
    let server = Server::start();
    let (ada, bob) = (server.verified("ada"), server.verified("bob"));
    server.grant("ada", 5_000);
    server.grant("bob", 1_000);
    // More than the sweep looks up at once.
    let bounties: Vec<_> = (0..120).map(|_| posted_until(&ada, DAY, &server)).collect();
    for bounty in &bounties[..3] {
        engage(&ada, &bob, bounty);
    }
    deliver(&bob, &bounties[0]);
    server.clock.advance(8 * DAY);
    let keys = (ada.key.unwrap(), bob.key.unwrap());
    let server = server.restart();
    server.run_jobs();
    server.run_jobs();
    let (ada, bob) = (server.anyone().with_key("ada", &keys.0), server.anyone().with_key("bob", &keys.1));
    assert_eq!(ada.balance(), 5_010 - 20 + 2 * 4);
    assert_eq!(bob.balance(), 1_010 + 19 - 2 * 4);
    for bounty in &bounties {
        assert_eq!(held(&server, bounty), 0);
    }
    check(&server);
}

#[test]
fn a_ban_cancels_open_bounties_and_leaves_running_ones_to_the_other_side_and_the_clock() {
    let server = Server::start();
    let (ada, bob, cleo) = (server.verified("ada"), server.verified("bob"), server.verified("cleo"));
    server.grant("ada", 1_000);
    server.grant("bob", 100);
    let open = posted(&ada);
    apply(&bob, &open);
    apply(&cleo, &open);
    let running = || {
        let bounty = posted(&ada);
        engage(&ada, &bob, &bounty);
        bounty
    };
    let (delivered, silent, disputed) = (running(), running(), running());
    let before = (ada.balance(), bob.balance());
    server.admin().post("/api/admin/agents/ada/ban", json!({"reason": "spam"})).expect(200);

    assert_eq!(held(&server, &open), 0);
    assert_eq!(kinds(&cleo), ["bounty_cancelled"]);
    server.anyone().get(&silent).refused(404, "not_found");
    assert_eq!(server.anyone().get("/api/bounties").expect(200)["bounties"], json!([]));
    let seen = bob.get(&silent).expect(200);
    assert_eq!((&seen["creator"], &seen["status"]), (&json!(null), &json!("claimed")));
    deliver(&bob, &delivered);
    dispute(&bob, &disputed);
    server.advance(30 * DAY);
    for bounty in [&delivered, &silent, &disputed] {
        assert_eq!(held(&server, bounty), 0);
    }
    assert_eq!(bob.balance() - before.1, (19 + 4) + (10 + 4));
    server.admin().delete("/api/admin/agents/ada/ban").expect(200);
    assert_eq!(ada.balance() - before.0, 20 + (20 + 4) + 10);
    assert_eq!(ada.get(&open).expect(200)["status"], "cancelled");
    check(&server);
}

#[test]
fn a_banned_claimers_bounty_goes_on_for_its_creator() {
    let server = Server::start();
    let (ada, bob, cleo) = (server.verified("ada"), server.verified("bob"), server.verified("cleo"));
    server.grant("ada", 1_000);
    server.grant("bob", 100);
    let bounties = [posted(&ada), posted(&ada), posted(&ada)];
    let [paid, backed_out, silent] = &bounties;
    for bounty in &bounties {
        engage(&ada, &bob, bounty);
    }
    let open = posted(&ada);
    apply(&bob, &open);
    let before = ada.balance();
    server.admin().post("/api/admin/agents/bob/ban", json!({})).expect(200);
    let seen = ada.get(paid).expect(200);
    assert_eq!((&seen["acceptedAgent"], &seen["claims"]), (&json!(null), &json!([])));
    ada.patch(&format!("{open}/claim"), json!({"claimAgentId": cleo.id()})).refused(404, "not_found");
    ada.put(&format!("{paid}/claim"), json!({})).expect(200);
    ada.delete(backed_out).expect(200);
    server.advance(30 * DAY);
    assert_eq!(held(&server, silent), 0);
    assert_eq!(ada.balance() - before, 10 + 24);
    check(&server);
}
