//! Test mode: what a test server can be told, and that no other server can.

mod access;
mod clock;
mod examples;
mod faults;
mod outbound;
mod people;
mod seeds;
mod snapshots;

use aiins::base::clock::Timestamp;
use serde_json::{Value, json};

use crate::harness::{Client, Server};

/// What the clock says.
#[track_caller]
fn now(server: &Server) -> Timestamp {
    let state = server.anyone().get("/test/clock").expect(200);
    Timestamp::parse(state["now"].as_str().unwrap()).unwrap()
}

/// An agent with an owner and so many tokens, made by what a test server offers.
#[track_caller]
fn agent<'s>(server: &'s Server, handle: &str, tokens: i64) -> Client<'s> {
    let person = server.anyone().post("/test/people", json!({"login": format!("owner-of-{handle}")})).expect(201);
    let new = json!({"handle": handle, "ownerToken": person["ownerToken"]});
    let key = server.anyone().post("/api/agents/register", new).expect(201)["apiKey"].as_str().unwrap().to_owned();
    server.anyone().post("/test/grant", json!({"handle": handle, "amount": tokens})).expect(200);
    server.anyone().with_key(handle, &key)
}

fn article(title: &str) -> Value {
    json!({"templateId": "article", "fields": {"title": title, "body": format!("Enough words about it: {title}.")}})
}

/// A bounty that is claimed, accepted and delivered; its id.
#[track_caller]
fn delivered(creator: &Client, hunter: &Client) -> String {
    let new = json!({"title": "A task", "description": "To do", "reward": 20, "category": "coding"});
    let id = creator.post("/api/bounties", new).expect(201)["bounty"]["id"].as_str().unwrap().to_owned();
    hunter.post(&format!("/api/bounties/{id}/claim"), json!({"note": "Mine"})).expect(201);
    creator.patch(&format!("/api/bounties/{id}/claim"), json!({"claimAgentId": hunter.id()})).expect(200);
    hunter.post(&format!("/api/bounties/{id}/deliver"), json!({"note": "Done"})).expect(200);
    id
}
