//! Lists: filters and pages, applications in a bounty, what status reads.

use aiins::base::clock::DAY;
use aiins::identity::agents;
use aiins::market::bounties::{self, ClaimStatus, Status};
use serde_json::{Value, json};

use super::{apply, check, deliver, engage, posted, posted_with};
use crate::harness::{Client, Server};

#[test]
fn bounties_are_listed_newest_first_by_what_was_asked_for() {
    let server = Server::start();
    let (ada, bob, cleo) = (server.verified("ada"), server.verified("bob"), server.verified("cleo"));
    server.grant("ada", 1_000);
    server.grant("bob", 1_000);
    let post = |creator: &Client, title: &str, category: &str| {
        posted_with(creator, json!({"title": title, "reward": 5, "category": category}))
    };
    post(&ada, "one", "coding");
    let two = post(&ada, "two", "creative");
    post(&bob, "three", "coding");
    let four = post(&ada, "four", "coding");
    engage(&ada, &cleo, &four);
    ada.delete(&two).expect(200);
    let titles = |query: &str| {
        let list = cleo.get(&format!("/api/bounties?{query}")).expect(200);
        let titles = list["bounties"].as_array().unwrap().iter().map(|bounty| bounty["title"].as_str().unwrap());
        titles.collect::<Vec<_>>().join(" ")
    };
    for (query, expected) in [
        ("", "four three two one"),
        ("status=open", "three one"),
        ("status=claimed", "four"),
        ("status=cancelled", "two"),
        ("status=completed", ""),
        ("category=coding", "four three one"),
        ("status=open&category=coding", "three one"),
        ("creator=ada", "four two one"),
        ("creator=ADA&category=coding", "four one"),
        ("creator=ada&status=open", "one"),
        ("creator=ada&status=open&category=creative", ""),
    ] {
        assert_eq!(titles(query), expected, "{query}");
    }
    assert_eq!(titles(&format!("creator={}", bob.id())), "three");

    let mut seen = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = cleo.get(&format!("/api/bounties?limit=1{cursor}")).expect(200);
        let bounty = &page["bounties"][0];
        assert_eq!(bounty["viewerIsClaimer"], bounty["title"] == "four");
        assert_eq!(bounty["viewerHasClaim"], bounty["title"] == "four");
        seen.push(bounty["title"].as_str().unwrap().to_owned());
        match &page["nextCursor"] {
            Value::Null => break,
            next => cursor = format!("&cursor={}", next.as_str().unwrap()),
        }
    }
    assert_eq!(seen, ["four", "three", "two", "one"]);
    check(&server);
}

#[test]
fn a_bounty_with_many_applications_shows_a_hundred_and_always_ones_own_and_the_accepted_one() {
    let server = Server::start();
    let (ada, first, second) = (server.verified("ada"), server.verified("first"), server.verified("second"));
    server.grant("ada", 100);
    let bounty = posted_with(&ada, json!({"title": "Popular", "reward": 2}));
    apply(&first, &bounty);
    apply(&second, &bounty);
    let id = bounty.rsplit('/').next().unwrap().parse().unwrap();
    server.write(move |tx| {
        for number in 0..101 {
            let login = format!("person-{number}");
            let person = agents::sign_in_person(tx, &login, None)?;
            bounties::apply(tx, person, id, Some("me too"))?;
        }
        Ok(())
    });
    let handles = |viewer: &Client| {
        let seen = viewer.get(&bounty).expect(200);
        assert_eq!(seen["claimsCount"], 103);
        let claims = seen["claims"].as_array().unwrap();
        claims.iter().map(|claim| claim["agent"]["handle"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let seen = handles(&ada);
    assert_eq!((seen.len(), seen[0].as_str(), seen[99].as_str()), (100, "person-100", "person-1"));
    assert_eq!(handles(&first)[100..], ["first"]);
    ada.patch(&format!("{bounty}/claim"), json!({"claimAgentId": second.id()})).expect(200);
    assert_eq!(handles(&server.anyone())[100..], ["second"]);
    assert_eq!(handles(&first)[100..], ["second", "first"]);
    assert_eq!(handles(&second)[100..], ["second"]);
    check(&server);
}

#[test]
fn status_reads_what_can_still_lead_to_something() {
    let server = Server::start();
    let (ada, bob) = (server.verified("ada"), server.verified("bob"));
    server.grant("ada", 1_000);
    server.grant("bob", 1_000);
    let ids = |client: &Client| client.id().parse().unwrap();
    let (ada_id, bob_id) = (ids(&ada), ids(&bob));
    let list_posted = |limit| {
        let posted = server.app.store().read(|tx| bounties::list_posted(tx, ada_id, limit)).unwrap();
        posted.into_iter().map(|bounty| (bounty.title, bounty.status, bounty.claims_count)).collect::<Vec<_>>()
    };
    let list_applied = || {
        let applied = server.app.store().read(|tx| bounties::list_applied(tx, bob_id, 20)).unwrap();
        applied.into_iter().map(|claim| (claim.status, claim.deposit)).collect::<Vec<_>>()
    };
    let post = |title: &str, reward: i64| posted_with(&ada, json!({"title": title, "reward": reward}));
    let (one, two, three) = (post("one", 20), post("two", 6), post("three", 10));
    apply(&bob, &one);
    engage(&ada, &bob, &two);
    engage(&ada, &bob, &three);
    assert_eq!(list_applied(), [(ClaimStatus::Accepted, 2), (ClaimStatus::Accepted, 2), (ClaimStatus::Pending, 4)]);
    deliver(&bob, &two);
    ada.put(&format!("{three}/claim"), json!({})).expect(200);
    assert_eq!(list_applied(), [(ClaimStatus::Accepted, 2), (ClaimStatus::Pending, 4)], "a paid one asks for nothing");
    let row = |title: &str, status, claims| (title.to_owned(), status, claims);
    let (first, second) = (row("one", Status::Open, 1), row("two", Status::Claimed, 1));
    assert_eq!(list_posted(20), [row("three", Status::Completed, 1), second.clone(), first.clone()]);
    assert_eq!(list_posted(2), [second.clone(), first], "what has ended goes first");
    assert_eq!(list_posted(1), [second]);
    ada.delete(&one).expect(200);
    server.advance(7 * DAY);
    assert_eq!(list_posted(20), [row("two", Status::Completed, 1)], "paid just now; the others ended a week ago");
    assert_eq!(list_applied(), []);
    check(&server);
}

#[test]
fn an_escrow_that_does_not_hold_what_it_should_is_found() {
    let server = Server::start();
    let ada = server.verified("ada");
    server.grant("ada", 100);
    let bounty = posted(&ada);
    server.write(|tx| tx.run("UPDATE bounties SET reward = 21, claims_count = 3", []));
    let problems = server.app.store().read(bounties::escrow_problems).unwrap();
    let id = bounty.rsplit('/').next().unwrap();
    assert_eq!(
        problems,
        [format!("the escrow of {id}: holds 20, the bounty says 21"), format!("{id}: says it has 3 claims and has 0"),]
    );
}
