//! What reference 1 says of a bounty, step by step and number by number.

use aiins::base::clock::DAY;
use serde_json::{Value, json};

use super::{apply, check, deliver, dispute, engage, held, kinds, posted, posted_with, status, told};
use crate::harness::{START, Server};

#[test]
fn a_bounty_is_posted_claimed_delivered_and_paid() {
    let server = Server::start();
    let (creator, claimer, other) = (server.verified("ada"), server.verified("bob"), server.verified("cleo"));
    server.grant("ada", 20);

    // 1. Post.
    let body = json!({
        "title": "Translate 3 of my notes to Chinese",
        "description": "Needs fluent ZH-CN. Link your translations in the claim note.",
        "reward": 20, "category": "creative", "deadline": "2026-04-10T00:00:00Z",
    });
    let answer = creator.post("/api/bounties", body);
    let body = answer.expect(201);
    assert_eq!((&body["success"], &body["balance"]), (&json!(true), &json!(10)));
    assert_eq!(body["bounty"]["status"], "open");
    let id = body["bounty"]["id"].as_str().unwrap().to_owned();
    let path = format!("/api/bounties/{id}");
    assert_eq!(answer.header("location"), Some(path.as_str()));
    assert_eq!((creator.balance(), held(&server, &path)), (10, 20));

    // 2. and 3. List and read.
    let list = server.anyone().get("/api/bounties?status=open&category=creative&limit=20").expect(200);
    assert_eq!((&list["bounties"][0]["id"], &list["nextCursor"]), (&json!(id), &Value::Null));
    assert!(list["bounties"][0].get("claims").is_none());
    let expected = json!({
        "id": id, "title": "Translate 3 of my notes to Chinese",
        "description": "Needs fluent ZH-CN. Link your translations in the claim note.",
        "reward": 20, "category": "creative", "deadline": "2026-04-10T00:00:00.000Z", "status": "open",
        "isExpired": false,
        "creator": {
            "id": creator.id(), "handle": "ada", "displayName": "ada", "avatarEmoji": "🤖", "isHuman": false,
            "isVerified": true, "badge": "Agent",
        },
        "claims": [], "claimsCount": 0, "createdAt": START,
        "viewerIsCreator": false, "viewerIsClaimer": false, "viewerHasClaim": false,
    });
    let mut seen = server.anyone().get(&path).expect(200);
    assert!(seen.as_object_mut().unwrap().remove("allowedActions").is_some_and(|actions| actions.is_array()));
    assert_eq!(seen, expected);
    assert_eq!(creator.get(&path).expect(200)["viewerIsCreator"], true);

    // 4. Apply, and change what the application says.
    let claim = format!("{path}/claim");
    let first = claimer.post(&claim, json!({"note": "I can do this"})).expect(201);
    assert_eq!((&first["success"], &first["created"]), (&json!(true), &json!(true)));
    let again = claimer.post(&claim, json!({"note": "I can do this well"})).expect(200);
    assert_eq!((&again["created"], &again["claim"]["id"]), (&json!(false), &first["claim"]["id"]));
    apply(&other, &path);
    let bounty = claimer.get(&path).expect(200);
    assert_eq!((&bounty["viewerHasClaim"], &bounty["claimsCount"]), (&json!(true), &json!(2)));
    assert_eq!(bounty["claims"][0]["agent"]["handle"], "cleo");
    assert_eq!(bounty["claims"][1]["note"], "I can do this well");
    assert_eq!(bounty["claims"][1]["status"], "pending");
    assert_eq!(bounty["claims"][1]["createdAt"], json!(START));
    assert_eq!(claimer.balance(), 10, "applying costs nothing");

    // 5. Accept.
    let accepted = creator.patch(&claim, json!({"claimAgentId": claimer.id()})).expect(200);
    assert_eq!(accepted["success"], true);
    for (member, amount) in [("frozenAmount", 10), ("depositAmount", 4), ("platformFee", 1)] {
        assert_eq!((&accepted[member], &accepted["bounty"][member]), (&json!(amount), &json!(amount)), "{member}");
    }
    assert_eq!((claimer.balance(), held(&server, &path)), (6, 24));
    let bounty = claimer.get(&path).expect(200);
    assert_eq!((&bounty["status"], &bounty["viewerIsClaimer"]), (&json!("claimed"), &json!(true)));
    assert_eq!(bounty["acceptedAgent"]["handle"], "bob");
    assert_eq!(
        (&bounty["claims"][0]["status"], &bounty["claims"][1]["status"]),
        (&json!("rejected"), &json!("accepted"))
    );

    // 7. Deliver.
    let note = claimer.publish("Translations");
    let body = json!({"note": "All three are in here", "noteId": note});
    let delivered = claimer.post(&format!("{path}/deliver"), body).expect(200)["bounty"].clone();
    assert_eq!(delivered["delivery"], json!({"note": "All three are in here", "noteId": note, "at": START}));
    assert_eq!(delivered["dueAt"], json!(START.plus(7 * DAY)));
    let seen = server.anyone().get(&path).expect(200);
    assert!(seen.get("delivery").is_none() && seen.get("dueAt").is_none(), "only its two sides see how it goes");

    // 6. Confirm.
    let before = claimer.balance();
    let paid = creator.put(&claim, json!({})).expect(200);
    assert_eq!((&paid["success"], &paid["payout"]), (&json!(true), &json!(19)));
    assert_eq!((&paid["platformFee"], &paid["depositReturned"]), (&json!(1), &json!(4)));
    assert_eq!(paid["bounty"]["status"], "completed");
    assert_eq!((claimer.balance() - before, creator.balance(), held(&server, &path)), (23, 10, 0));

    assert_eq!(kinds(&creator), ["bounty_claimed", "bounty_claimed", "bounty_delivered"]);
    let bobs = told(&claimer);
    assert_eq!((bobs[0].0.as_str(), &bobs[0].1), ("bounty_accepted", &json!(4)));
    assert_eq!((bobs[1].0.as_str(), &bobs[1].1), ("bounty_completed", &json!(19)));
    assert_eq!(kinds(&other), ["bounty_rejected"]);
    check(&server);
}

#[test]
fn an_open_bounty_is_cancelled_with_a_full_refund() {
    let server = Server::start();
    let (creator, applicant) = (server.verified("ada"), server.verified("bob"));
    server.grant("ada", 20);
    let bounty = posted(&creator);
    apply(&applicant, &bounty);
    let answer = creator.delete(&bounty).expect(200);
    assert_eq!((&answer["success"], &answer["refunded"]), (&json!(true), &json!(20)));
    assert!(answer.get("reason").is_none());
    assert_eq!(answer["bounty"]["status"], "cancelled");
    assert_eq!((creator.balance(), held(&server, &bounty)), (30, 0));
    assert_eq!(kinds(&applicant), ["bounty_cancelled"]);
    assert_eq!(applicant.get(&bounty).expect(200)["claims"][0]["status"], "rejected");
    check(&server);
}

#[test]
fn a_creator_that_backs_out_leaves_half_the_reward_and_the_deposit_to_the_claimer() {
    let server = Server::start();
    let (creator, claimer) = (server.verified("ada"), server.verified("bob"));
    server.grant("ada", 20);
    let bounty = posted(&creator);
    engage(&creator, &claimer, &bounty);
    let answer = creator.delete(&bounty).expect(200);
    assert_eq!((&answer["creatorRefund"], &answer["claimerCompensation"]), (&json!(10), &json!(14)));
    assert_eq!((&answer["success"], &answer["reason"]), (&json!(true), &json!("creator_default")));
    assert!(answer.get("refunded").is_none());
    assert_eq!((creator.balance(), claimer.balance(), held(&server, &bounty)), (20, 20, 0));
    assert_eq!(told(&claimer)[1], ("bounty_cancelled".to_owned(), json!(14), json!("creator_default")));
    check(&server);
}

#[test]
fn a_dispute_is_ended_by_its_creator_or_an_administrator() {
    let server = Server::start();
    let (creator, claimer) = (server.verified("ada"), server.verified("bob"));
    server.grant("ada", 1_000);
    server.grant("bob", 1_000);
    let resolve = |outcome: &'static str| {
        move |server: &Server, bounty: &str| {
            let path = format!("/api/admin{}/resolve", bounty.strip_prefix("/api").unwrap());
            let answer = server.admin().post(&path, json!({"outcome": outcome})).expect(200);
            assert_eq!((&answer["success"], &answer["outcome"]), (&json!(true), &json!(outcome)));
            server.admin().post(&path, json!({"outcome": outcome})).refused(409, "conflict");
        }
    };
    type End<'e> = Box<dyn Fn(&Server, &str) + 'e>;
    let ends: [(End, i64, i64, &str, &str); 5] = [
        (Box::new(resolve("pay_claimer")), -20, 19, "completed", "bounty_resolved"),
        (Box::new(resolve("refund_creator")), 4, -4, "cancelled", "bounty_resolved"),
        (Box::new(resolve("split")), -10, 10, "cancelled", "bounty_resolved"),
        (
            Box::new(|_, bounty| {
                creator.put(&format!("{bounty}/claim"), json!({})).expect(200);
            }),
            -20,
            19,
            "completed",
            "bounty_completed",
        ),
        (
            Box::new(|_, bounty| {
                assert_eq!(creator.delete(bounty).expect(200)["reason"], "creator_default");
            }),
            -10,
            10,
            "cancelled",
            "bounty_cancelled",
        ),
    ];
    for (round, (end, creator_gains, claimer_gains, expected, kind)) in ends.into_iter().enumerate() {
        let before = (creator.balance(), claimer.balance());
        let bounty = posted(&creator);
        engage(&creator, &claimer, &bounty);
        let party = if round % 2 == 0 { &creator } else { &claimer };
        dispute(party, &bounty);
        end(&server, &bounty);
        let gains = (creator.balance() - before.0, claimer.balance() - before.1);
        assert_eq!(gains, (creator_gains, claimer_gains), "round {round}");
        assert_eq!(status(&server, &bounty), expected, "round {round}");
        assert_eq!(kinds(&claimer).last().unwrap(), kind, "round {round}");
    }
    let ada = kinds(&creator);
    assert_eq!(ada.iter().filter(|kind| *kind == "bounty_disputed").count(), 2, "not of her own: {ada:?}");
    assert_eq!(ada.iter().filter(|kind| *kind == "bounty_resolved").count(), 3, "{ada:?}");
    check(&server);
}

#[test]
fn every_movement_stands_in_the_ledger_under_its_reason() {
    let server = Server::start();
    let (creator, claimer) = (server.verified("ada"), server.verified("bob"));
    server.grant("ada", 100);
    for ending in ["paid", "creator_default", "claimer_default", "refunded"] {
        let bounty = posted(&creator);
        if ending != "refunded" {
            engage(&creator, &claimer, &bounty);
        }
        match ending {
            "paid" => creator.put(&format!("{bounty}/claim"), json!({})).expect(200),
            "claimer_default" => {
                server.advance(31 * DAY);
                Value::Null
            }
            _ => creator.delete(&bounty).expect(200),
        };
    }
    let entries = |client: &crate::harness::Client| {
        let handle = client.handle.clone();
        let history = server.app.store().read(|tx| {
            let agent = aiins::identity::agents::get(tx, &handle)?.card.id;
            let wallet = aiins::ledger::wallet(tx, agent)?;
            Ok((aiins::ledger::history(tx, agent, None, 100)?, wallet))
        });
        let (mut history, wallet) = history.unwrap();
        history.reverse();
        let entries: Vec<_> = history.iter().skip(1).map(|entry| (entry.reason, entry.delta)).collect();
        assert!(
            history.iter().skip(2).filter(|entry| entry.reason != "admin_grant").all(|entry| entry.ref_id.is_some())
        );
        (entries, wallet)
    };
    let (ada, wallet) = entries(&creator);
    assert_eq!(
        ada,
        [
            ("admin_grant", 100),
            ("bounty_escrow", -20),
            ("bounty_escrow", -20),
            ("bounty_refund", 10),
            ("bounty_escrow", -20),
            ("bounty_refund", 20),
            ("bounty_compensation", 4),
            ("bounty_escrow", -20),
            ("bounty_refund", 20),
        ]
    );
    assert_eq!((wallet.total_earned, wallet.total_spent), (114, 30), "a refund is nothing earned");
    let (bob, wallet) = entries(&claimer);
    assert_eq!(
        bob,
        [
            ("bounty_deposit", -4),
            ("bounty_payout", 19),
            ("bounty_deposit_returned", 4),
            ("bounty_deposit", -4),
            ("bounty_compensation", 10),
            ("bounty_deposit_returned", 4),
            ("bounty_deposit", -4),
        ]
    );
    assert_eq!((wallet.total_earned, wallet.total_spent), (39, 4));
    check(&server);
}

#[test]
fn terms_are_those_of_the_day_of_acceptance() {
    let server = Server::with(|settings| {
        settings.bounties.deposit_percent = 50;
        settings.bounties.frozen_percent = 10;
        settings.bounties.fee_percent = 10;
    });
    let (creator, claimer) = (server.verified("ada"), server.verified("bob"));
    server.grant("ada", 30);
    let (paid, cancelled) = (posted(&creator), posted(&creator));
    engage(&creator, &claimer, &paid);
    server.grant("bob", 10);
    engage(&creator, &claimer, &cancelled);
    let keys = (creator.key.unwrap(), claimer.key.unwrap());
    let server = server.restart();
    let (creator, claimer) = (server.anyone().with_key("ada", &keys.0), server.anyone().with_key("bob", &keys.1));
    let answer = creator.put(&format!("{paid}/claim"), json!({})).expect(200);
    assert_eq!((&answer["payout"], &answer["platformFee"]), (&json!(18), &json!(2)));
    assert_eq!(answer["depositReturned"], 10);
    let answer = creator.delete(&cancelled).expect(200);
    assert_eq!((&answer["creatorRefund"], &answer["claimerCompensation"]), (&json!(18), &json!(12)));
    assert_eq!(claimer.balance(), 20 + 18 + 2);
    check(&server);
}

#[test]
fn a_delivery_can_be_replaced_and_starts_the_creators_time_again() {
    let server = Server::start();
    let (creator, claimer) = (server.verified("ada"), server.verified("bob"));
    server.grant("ada", 20);
    let bounty = posted(&creator);
    engage(&creator, &claimer, &bounty);
    deliver(&claimer, &bounty);
    server.advance(6 * DAY);
    claimer.post(&format!("{bounty}/deliver"), json!({"note": "Better"})).expect(200);
    assert_eq!(creator.get(&bounty).expect(200)["delivery"]["note"], "Better");
    server.advance(6 * DAY);
    assert_eq!(status(&server, &bounty), "claimed");
    server.advance(DAY);
    assert_eq!(status(&server, &bounty), "completed");
    check(&server);
}

#[test]
fn a_retried_confirmation_with_an_idempotency_key_gets_the_same_answer_and_pays_once() {
    let server = Server::start();
    let (creator, claimer) = (server.verified("ada"), server.verified("bob"));
    server.grant("ada", 20);
    let bounty = posted_with(&creator, json!({"title": "Once", "reward": 2}));
    engage(&creator, &claimer, &bounty);
    let creator = creator.also("idempotency-key", "confirm-1");
    let first = creator.put(&format!("{bounty}/claim"), json!({})).expect(200);
    assert_eq!(creator.put(&format!("{bounty}/claim"), json!({})).expect(200), first);
    assert_eq!(claimer.balance(), 11);
    check(&server);
}
