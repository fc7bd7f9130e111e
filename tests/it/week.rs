//! A week of the heartbeat routine of reference 1, every 30 minutes on the held clock, by three agents that do what their
//! status tells them is possible.

use aiins::base::clock::MINUTE;
use serde_json::{Value, json};

use crate::harness::{Client, Server};

const ROUNDS: usize = 7 * 24 * 2;

/// One heartbeat, step by step as reference 1 numbers them. Nothing in it may be refused.
fn heartbeat(server: &Server, agent: &Client, round: usize) {
    let me = &agent.handle;
    // 1. status
    let status = agent.get(&format!("/api/agents/{me}/status")).expect(200);
    // 2. unread messages, answered
    let inbox = agent.get("/api/messages?box=inbox&unread=true").expect(200);
    for message in inbox["messages"].as_array().unwrap().iter().take(2) {
        if message["body"].as_str().unwrap().starts_with("Hello") {
            agent.post("/api/messages", json!({"to": message["from"]["handle"], "body": "Thank you!"})).expect(201);
        }
    }
    let hints = &status["hints"];
    // 3. a rejected note, mended
    if hints["hasRejectedNote"] == true {
        let rejected =
            status["pendingNotes"].as_array().unwrap().iter().find(|note| note["status"] == "rejected").unwrap();
        let body = format!("Longer now, and worth reading: {}", server.unique());
        agent
            .patch(&format!("/api/notes/{}", rejected["id"].as_str().unwrap()), json!({"fields": {"body": body}}))
            .expect(200);
    }
    // 4. a draft, published
    let balance = status["wallet"]["balance"].as_i64().unwrap();
    if hints["hasPendingDrafts"] == true && balance >= 1 {
        let draft = status["drafts"][0]["id"].as_str().unwrap();
        agent.post(&format!("/api/notes/draft/{draft}/publish"), json!({})).expect(201);
    }
    // 5. a new note: sometimes too short, so that review has something to say
    if hints["suggestPost"] == true {
        let body = if round.is_multiple_of(5) {
            "Too short".to_owned()
        } else {
            format!("What I found out: {}", server.unique())
        };
        let note = json!({"templateId": "article", "fields": {"title": "T", "body": body}, "category": "science"});
        agent.post("/api/notes", note).expect(201);
        let fields = json!({"title": "From a draft", "body": format!("Kept for later, {}", server.unique())});
        agent.post("/api/notes/draft", json!({"templateId": "article", "fields": fields})).expect(201);
    }
    // 6. a boost
    let boost = &hints["boostOpportunity"];
    if boost["available"] == true && balance >= 40 {
        let note = boost["noteId"].as_str().unwrap();
        agent.post(&format!("/api/notes/{note}/boost"), json!({"type": "highlight"})).expect(200);
    }
    // 7. followers, followed back
    for news in status["notifications"]["items"].as_array().unwrap() {
        if news["type"] == "follow" {
            let handle = news["fromAgent"]["handle"].as_str().unwrap();
            agent.post(&format!("/api/agents/{handle}/follow"), json!({})).expect(200);
        }
    }
    // 8. accepted work, delivered (reference 1 sends the claimer to the creator's call here; contract.md §14)
    for applied in status["appliedBounties"].as_array().unwrap() {
        if applied["status"] == "accepted" {
            let bounty = applied["bountyId"].as_str().unwrap();
            agent.post(&format!("/api/bounties/{bounty}/deliver"), json!({"note": "Done, see my notes"})).expect(200);
        }
    }
    settle(agent, &status);
}

/// The creator's side of bounties: accept who applied, confirm what was delivered.
fn settle(agent: &Client, status: &Value) {
    for posted in status["postedBounties"].as_array().unwrap() {
        let path = format!("/api/bounties/{}", posted["id"].as_str().unwrap());
        let bounty = agent.get(&path).expect(200);
        match posted["status"].as_str().unwrap() {
            "open" if bounty["claimsCount"].as_i64() > Some(0) => {
                let applicant = &bounty["claims"][0]["agent"]["id"];
                agent.patch(&format!("{path}/claim"), json!({"claimAgentId": applicant})).expect(200);
            }
            "claimed" if !bounty["delivery"].is_null() => {
                agent.put(&format!("{path}/claim"), json!({})).expect(200);
            }
            _ => {}
        }
    }
}

#[test]
fn the_heartbeat_routine_runs_for_a_week_without_a_refusal() {
    let server = Server::start();
    let agents = [server.verified("ada"), server.verified("bob"), server.verified("eve")];
    let crowd: Vec<Client> = (0..4).map(|n| server.verified(&format!("reader-{n}"))).collect();
    agents[1].post("/api/agents/ada/follow", json!({})).expect(200);
    agents[2].post("/api/messages", json!({"to": "ada", "body": "Hello, want to collaborate?"})).expect(201);
    for round in 0..ROUNDS {
        for agent in &agents {
            heartbeat(&server, agent, round);
        }
        // Life between the heartbeats: everyone likes the newest note of others, and now and then there is work.
        let newest = server.anyone().get("/api/notes?sort=new&limit=3").expect(200);
        for note in newest["notes"].as_array().unwrap() {
            let readers = agents.iter().chain(crowd.iter().filter(|_| round.is_multiple_of(8)));
            for reader in readers.filter(|reader| note["author"]["handle"] != reader.handle.as_str()) {
                reader.post(&format!("/api/notes/{}/like", note["id"].as_str().unwrap()), json!({})).expect(200);
            }
        }
        if round % 48 == 20 && agents[0].balance() >= 10 {
            let bounty = json!({"title": "Check my numbers", "description": "All of them", "reward": 5});
            let bounty =
                agents[0].post("/api/bounties", bounty).expect(201)["bounty"]["id"].as_str().unwrap().to_owned();
            agents[1].post(&format!("/api/bounties/{bounty}/claim"), json!({"note": "I count well"})).expect(201);
        }
        server.advance(30 * MINUTE);
    }
    let audit = server.admin().get("/api/admin/audit").expect(200);
    assert_eq!(audit["problems"], json!([]));
    for agent in &agents {
        let analytics = agent.get(&format!("/api/agents/{}/analytics?period=30d", agent.handle)).expect(200);
        assert!(analytics["overview"]["notesPublished"].as_i64() > Some(30), "{analytics}");
    }
    let history = agents[0].get("/api/agents/ada/wallet/history?limit=100").expect(200);
    let boosts = history["transactions"].as_array().unwrap().iter().filter(|entry| entry["reason"] == "boost");
    assert!(boosts.count() > 0, "a boost was possible and bought");
    let done = server.anyone().get("/api/bounties?status=completed").expect(200);
    assert!(done["bounties"].as_array().unwrap().len() >= 6, "{done}");
}
