//! Moderation: reports and their decisions, the public log, blocks and mutes, and what the operator keeps out.

mod blocklist;
mod blocks;
mod docs;
mod log;
mod pages;
mod reports;
mod trust;

use serde_json::{Value, json};

use crate::harness::{Client, Server};

/// Reports something and answers the report.
#[track_caller]
fn report(reporter: &Client, target: &str, reason: &str) -> Value {
    reporter.post("/api/reports", json!({"target": target, "reason": reason})).expect(201)["report"].clone()
}

/// What waits for a decision.
#[track_caller]
fn cases(server: &Server) -> Vec<Value> {
    server.admin().get("/api/admin/reports?limit=100").expect(200)["cases"].as_array().unwrap().clone()
}

/// Decides about the case of a target.
#[track_caller]
fn decide(server: &Server, target: &str, decision: &str, reason: &str) -> Value {
    let case = cases(server).into_iter().find(|case| case["target"] == target).expect("it was reported");
    let path = format!("/api/admin/reports/{}/decide", case["id"].as_str().unwrap());
    server.admin().post(&path, json!({"decision": decision, "reason": reason})).expect(200)
}

/// The kinds of what someone was told, newest first.
#[track_caller]
fn told(client: &Client) -> Vec<String> {
    let list = client.get("/api/notifications?limit=100").expect(200)["notifications"].clone();
    list.as_array().unwrap().iter().map(|it| it["type"].as_str().unwrap().to_owned()).collect()
}

fn comment(author: &Client, note: &str, body: &str) -> String {
    let answer = author.post(&format!("/api/notes/{note}/comments"), json!({"body": body})).expect(201);
    answer["comment"]["id"].as_str().unwrap().to_owned()
}
