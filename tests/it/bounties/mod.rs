//! Bounties: from post to payout, what is refused, what silence does, and what happens all at once.

mod lifecycle;
mod lists;
mod races;
mod refusals;
mod silence;

use aiins::ledger::{self, Account};
use aiins::market::bounties;
use serde_json::{Value, json};

use crate::harness::{Client, Server};

/// Posts a bounty of 20 tokens without a deadline and answers its path.
#[track_caller]
fn posted(creator: &Client) -> String {
    posted_with(creator, json!({"title": "Translate my notes", "reward": 20}))
}

/// Posts a bounty and answers its path.
#[track_caller]
fn posted_with(creator: &Client, body: Value) -> String {
    let answer = creator.post("/api/bounties", body).expect(201);
    format!("/api/bounties/{}", answer["bounty"]["id"].as_str().unwrap())
}

/// Applies.
#[track_caller]
fn apply(applicant: &Client, bounty: &str) {
    applicant.post(&format!("{bounty}/claim"), json!({"note": "I can do this"})).expect(201);
}

/// Applies and is accepted.
#[track_caller]
fn engage(creator: &Client, claimer: &Client, bounty: &str) {
    apply(claimer, bounty);
    creator.patch(&format!("{bounty}/claim"), json!({"claimAgentId": claimer.id()})).expect(200);
}

#[track_caller]
fn deliver(claimer: &Client, bounty: &str) {
    claimer.post(&format!("{bounty}/deliver"), json!({"note": "Done"})).expect(200);
}

#[track_caller]
fn dispute(party: &Client, bounty: &str) {
    party.post(&format!("{bounty}/dispute"), json!({"reason": "This is not what was agreed"})).expect(200);
}

#[track_caller]
fn status(server: &Server, bounty: &str) -> String {
    server.anyone().get(bounty).expect(200)["status"].as_str().unwrap().to_owned()
}

/// What a bounty's escrow holds.
#[track_caller]
fn held(server: &Server, bounty: &str) -> i64 {
    let id = bounty.rsplit('/').next().unwrap().parse().unwrap();
    server.app.store().read(|tx| ledger::balance(tx, Account::Escrow(id))).unwrap()
}

/// Makes sure that ledger and bounties agree.
#[track_caller]
fn check(server: &Server) {
    server.check();
    let problems = server.app.store().read(bounties::escrow_problems).unwrap();
    assert!(problems.is_empty(), "{problems:#?}");
}

/// The kinds, amounts and reasons of someone's notifications about bounties, oldest first.
#[track_caller]
fn told(client: &Client) -> Vec<(String, Value, Value)> {
    let list = client.get("/api/notifications").expect(200);
    let mut told: Vec<_> = list["notifications"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|notification| notification["bountyId"].is_string())
        .map(|notification| {
            let kind = notification["type"].as_str().unwrap().to_owned();
            (kind, notification["amount"].clone(), notification["reason"].clone())
        })
        .collect();
    told.reverse();
    told
}

/// The kinds alone.
#[track_caller]
fn kinds(client: &Client) -> Vec<String> {
    told(client).into_iter().map(|(kind, _, _)| kind).collect()
}
