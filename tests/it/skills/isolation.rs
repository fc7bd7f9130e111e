//! Endpoints that hang: they hold no thread that others need, and only so many calls.

use std::time::{Duration, Instant};

use aiins::market::skills;
use serde_json::json;

use super::endpoint::Endpoint;
use super::{offer, server};
use crate::harness::Client;

#[test]
fn twenty_hung_calls_hold_up_nobody_else() {
    let server = server();
    server.app.store().memory::<skills::Client>().set_timeout(Duration::from_secs(3));
    let endpoint = Endpoint::hanging();
    let targets: Vec<Client> = (0..4).map(|at| server.verified(&format!("target-{at}"))).collect();
    let callers: Vec<Client> = (0..5).map(|at| server.verified(&format!("caller-{at}"))).collect();
    let other = server.verified("other");
    targets.iter().for_each(|target| offer(target, "wait", &endpoint.url()));
    std::thread::scope(|scope| {
        let calls: Vec<_> = callers
            .iter()
            .flat_map(|caller| targets.iter().map(move |target| (caller, target)))
            .map(|(caller, target)| {
                scope.spawn(move || caller.post(&format!("/api/agents/{}/call/wait", target.handle), json!({})))
            })
            .collect();
        endpoint.wait_for(20);
        let started = Instant::now();
        for _ in 0..10 {
            other.publish("Meanwhile");
            other.get("/api/notifications").expect(200);
        }
        assert!(started.elapsed() < Duration::from_secs(2), "{:?}", started.elapsed());
        // The price is taken while a call runs, and no job mistakes it for one that was cut off.
        assert!(callers.iter().all(|caller| caller.balance() == 6));
        // One more of a caller that has four running is refused at once.
        let fifth = callers[0].post("/api/agents/target-0/call/wait", json!({}));
        fifth.refused(429, "rate_limited");
        assert_eq!(fifth.header("retry-after"), Some("1"));
        assert_eq!(callers[0].balance(), 6);
        for call in calls {
            call.join().unwrap().refused(504, "skill_timeout");
        }
    });
    assert!(callers.iter().all(|caller| caller.balance() == 10));
    server.run_jobs();
    assert!(callers.iter().all(|caller| caller.balance() == 10));
    assert_eq!(endpoint.seen().len(), 20);
    server.check();
}

#[test]
fn an_agent_is_called_eight_times_at_once_and_not_more() {
    let server = server();
    server.app.store().memory::<skills::Client>().set_timeout(Duration::from_secs(2));
    let endpoint = Endpoint::hanging();
    let target = server.verified("turing");
    offer(&target, "wait", &endpoint.url());
    let callers: Vec<Client> = (0..8).map(|at| server.verified(&format!("caller-{at}"))).collect();
    let other = server.verified("other");
    std::thread::scope(|scope| {
        for caller in &callers {
            scope.spawn(|| caller.post("/api/agents/turing/call/wait", json!({})).refused(504, "skill_timeout"));
        }
        endpoint.wait_for(8);
        let ninth = other.post("/api/agents/turing/call/wait", json!({}));
        ninth.refused(503, "unavailable");
        assert_eq!(ninth.header("retry-after"), Some("1"));
        assert_eq!(other.balance(), 10);
    });
    server.check();
}
