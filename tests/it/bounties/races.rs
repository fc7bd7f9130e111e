//! What many do at once: exactly one outcome, one payout, and never a failure of ours.

use std::sync::Barrier;

use serde_json::json;

use super::{apply, check, engage, held, posted, posted_with};
use crate::harness::{Answer, Client, Server};

/// Does everything at the same moment and answers how it went.
fn all_at_once(deeds: Vec<Box<dyn Fn() -> Answer + Send + Sync + '_>>) -> Vec<Answer> {
    let barrier = Barrier::new(deeds.len());
    std::thread::scope(|scope| {
        let threads: Vec<_> = deeds
            .iter()
            .map(|deed| {
                scope.spawn(|| {
                    barrier.wait();
                    deed()
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    })
}

/// Makes sure that one succeeded and all others were refused with 409.
#[track_caller]
fn one_wins(answers: &[Answer]) {
    let won = answers.iter().filter(|answer| answer.status == 200).count();
    let statuses: Vec<_> = answers.iter().map(|answer| answer.status).collect();
    assert_eq!(won, 1, "{statuses:?}");
    assert!(answers.iter().all(|answer| matches!(answer.status, 200 | 409)), "{statuses:?}");
}

type Deed<'d> = Box<dyn Fn() -> Answer + Send + Sync + 'd>;

fn put<'d>(creator: &'d Client, bounty: &'d str) -> Deed<'d> {
    Box::new(move || creator.put(&format!("{bounty}/claim"), json!({})))
}

fn cancel<'d>(creator: &'d Client, bounty: &'d str) -> Deed<'d> {
    Box::new(move || creator.delete(bounty))
}

fn file<'d>(party: &'d Client, bounty: &'d str) -> Deed<'d> {
    Box::new(move || party.post(&format!("{bounty}/dispute"), json!({"reason": "long enough a reason"})))
}

#[test]
fn of_two_claimers_accepted_at_once_one_is() {
    let server = Server::start();
    let (ada, bob, cleo) = (server.verified("ada"), server.verified("bob"), server.verified("cleo"));
    server.grant("ada", 100);
    for _ in 0..3 {
        let bounty = posted(&ada);
        apply(&bob, &bounty);
        apply(&cleo, &bounty);
        let before = bob.balance() + cleo.balance();
        let ids = [bob.id(), cleo.id()];
        let (ada, bounty_path) = (&ada, &bounty);
        let deeds: Vec<Deed> = (0..32)
            .map(|number| {
                let id = ids[number % 2].clone();
                Box::new(move || ada.patch(&format!("{bounty_path}/claim"), json!({"claimAgentId": id}))) as Deed
            })
            .collect();
        one_wins(&all_at_once(deeds));
        assert_eq!((before - bob.balance() - cleo.balance(), held(&server, &bounty)), (4, 24));
        ada.put(&format!("{bounty}/claim"), json!({})).expect(200);
    }
    check(&server);
}

#[test]
fn confirming_many_times_at_once_pays_once() {
    let server = Server::start();
    let (ada, bob) = (server.verified("ada"), server.verified("bob"));
    server.grant("ada", 100);
    let bounty = posted(&ada);
    engage(&ada, &bob, &bounty);
    one_wins(&all_at_once((0..32).map(|_| put(&ada, &bounty)).collect()));
    assert_eq!((ada.balance(), bob.balance(), held(&server, &bounty)), (90, 29, 0));
    check(&server);
}

#[test]
fn confirming_and_cancelling_at_once_has_one_outcome() {
    let server = Server::start();
    let (ada, bob) = (server.verified("ada"), server.verified("bob"));
    server.grant("ada", 1_000);
    for _ in 0..5 {
        let bounty = posted(&ada);
        engage(&ada, &bob, &bounty);
        let before = (ada.balance(), bob.balance());
        let deeds = (0..32).map(|number| if number % 2 == 0 { put(&ada, &bounty) } else { cancel(&ada, &bounty) });
        one_wins(&all_at_once(deeds.collect()));
        let gains = (ada.balance() - before.0, bob.balance() - before.1);
        assert!(matches!(gains, (0, 23) | (10, 14)), "{gains:?}");
        assert_eq!(held(&server, &bounty), 0);
    }
    check(&server);
}

#[test]
fn confirming_and_disputing_at_once_pays_once() {
    let server = Server::start();
    let (ada, bob) = (server.verified("ada"), server.verified("bob"));
    server.grant("ada", 1_000);
    for _ in 0..5 {
        let bounty = posted(&ada);
        engage(&ada, &bob, &bounty);
        let before = (ada.balance(), bob.balance());
        let deeds = (0..32).map(|number| if number % 2 == 0 { put(&ada, &bounty) } else { file(&bob, &bounty) });
        let answers = all_at_once(deeds.collect());
        assert!(answers.iter().all(|answer| matches!(answer.status, 200 | 409)));
        // A disputed bounty can be confirmed too, so the confirmation wins in the end, and once.
        let paid = answers.iter().step_by(2).filter(|answer| answer.status == 200).count();
        let disputes = answers.iter().skip(1).step_by(2).filter(|answer| answer.status == 200).count();
        assert!(paid == 1 && disputes <= 1, "{paid} {disputes}");
        assert_eq!((ada.balance() - before.0, bob.balance() - before.1, held(&server, &bounty)), (0, 23, 0));
    }
    check(&server);
}

#[test]
fn disputing_many_times_at_once_is_one_dispute() {
    let server = Server::start();
    let (ada, bob) = (server.verified("ada"), server.verified("bob"));
    server.grant("ada", 100);
    let bounty = posted(&ada);
    engage(&ada, &bob, &bounty);
    let deeds = (0..32).map(|number| file(if number % 2 == 0 { &ada } else { &bob }, &bounty));
    one_wins(&all_at_once(deeds.collect()));
    assert_eq!(held(&server, &bounty), 24);
    check(&server);
}

#[test]
fn a_ban_a_sweep_and_the_creator_at_once_refund_once() {
    let server = Server::start();
    let ada = server.verified("ada");
    server.grant("ada", 100);
    let deadline = server.clock.now().plus(1_000);
    let bounty = posted_with(&ada, json!({"title": "Contested", "reward": 20, "deadline": deadline}));
    server.clock.advance(1_000);
    std::thread::scope(|scope| {
        scope.spawn(|| server.run_jobs());
        scope.spawn(|| server.run_jobs());
        scope.spawn(|| ada.delete(&bounty));
        scope.spawn(|| server.admin().post("/api/admin/agents/ada/ban", json!({})).expect(200));
    });
    server.admin().delete("/api/admin/agents/ada/ban").expect(200);
    assert_eq!((ada.balance(), held(&server, &bounty)), (110, 0));
    check(&server);
}

#[test]
fn applying_many_times_at_once_is_one_application() {
    let server = Server::start();
    let (ada, bob) = (server.verified("ada"), server.verified("bob"));
    server.grant("ada", 100);
    let bounty = posted(&ada);
    let (bob_calls, path) = (&bob, format!("{bounty}/claim"));
    let path = &path;
    let answers = all_at_once(
        (0..32)
            .map(|number| Box::new(move || bob_calls.post(path, json!({"note": number.to_string()}))) as Deed)
            .collect(),
    );
    assert_eq!(answers.iter().filter(|answer| answer.status == 201).count(), 1);
    assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 31);
    let seen = ada.get(&bounty).expect(200);
    assert_eq!((&seen["claimsCount"], seen["claims"].as_array().unwrap().len()), (&json!(1), 1));
    check(&server);
}

#[test]
fn a_wallet_posts_no_more_bounties_than_it_can_pay() {
    let server = Server::start();
    let ada = server.verified("ada");
    let ada = &ada;
    let body = json!({"title": "All I have", "reward": 10});
    let deeds = (0..32).map(|_| {
        let body = body.clone();
        Box::new(move || ada.post("/api/bounties", body.clone())) as Deed
    });
    let answers = all_at_once(deeds.collect());
    assert_eq!(answers.iter().filter(|answer| answer.status == 201).count(), 1);
    assert_eq!(answers.iter().filter(|answer| answer.status == 402).count(), 31);
    assert_eq!(ada.balance(), 0);
    check(&server);
}
