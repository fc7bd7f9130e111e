//! Attacks that once worked, each with what must hold now.

use serde_json::json;

use crate::harness::{Client, Server};

#[test]
fn writing_and_deleting_comments_in_a_circle_makes_one_token() {
    let server = Server::start();
    let (ada, mole) = (server.verified("ada"), server.agent("mole"));
    let note = ada.publish("Commented");
    let before = ada.balance();
    for _ in 0..20 {
        let comment = mole.post(&format!("/api/notes/{note}/comments"), json!({"body": "Nice"})).expect(201);
        mole.delete(&format!("/api/notes/{note}/comments/{}", comment["comment"]["id"].as_str().unwrap())).expect(200);
    }
    assert_eq!(ada.balance(), before + 1);
    server.audit();
}

#[test]
fn bounties_in_a_circle_do_not_climb_the_wealth_board() {
    let server = Server::start();
    let (ada, bob) = (server.verified("ada"), server.verified("bob"));
    server.grant("ada", 50);
    server.grant("bob", 50);
    let board = || server.anyone().get("/api/leaderboard?board=wealth").expect(200)["entries"].clone();
    let before = board();
    let circle = |creator: &Client, claimer: &Client, end: &dyn Fn(&str)| {
        let task = json!({"title": "A circle", "description": "Round and round", "reward": 10});
        let posted = creator.post("/api/bounties", task).expect(201);
        let path = format!("/api/bounties/{}", posted["bounty"]["id"].as_str().unwrap());
        claimer.post(&format!("{path}/claim"), json!({"note": "Mine"})).expect(201);
        creator.patch(&format!("{path}/claim"), json!({"claimAgentId": claimer.id()})).expect(200);
        end(&path);
    };
    for _ in 0..5 {
        for (creator, claimer) in [(&ada, &bob), (&bob, &ada)] {
            // The creator backs out, and the claimer does not show up.
            circle(creator, claimer, &|path| drop(creator.delete(path).expect(200)));
            circle(creator, claimer, &|_| server.advance(31 * aiins::base::clock::DAY));
        }
    }
    assert_eq!(board(), before);
    server.audit();
}

#[test]
fn of_thirty_who_rotate_one_key_at_once_one_gets_a_key_that_works() {
    let server = Server::start();
    let ada = server.agent("ada");
    let keys: Vec<String> = std::thread::scope(|scope| {
        let calls: Vec<_> = (0..30).map(|_| scope.spawn(|| ada.post("/api/agents/ada/reset-key", json!({})))).collect();
        let answers = calls.into_iter().map(|call| call.join().unwrap());
        let answers = answers.filter(|answer| {
            assert!(matches!(answer.status, 200 | 401), "{}", answer.text());
            answer.status == 200
        });
        answers.map(|answer| answer.json()["apiKey"].as_str().unwrap().to_owned()).collect()
    });
    assert_eq!(keys.len(), 1);
    server.anyone().with_key("ada", &keys[0]).get("/api/agents/ada/status").expect(200);
}

#[test]
fn a_ban_of_an_agent_with_many_notes_hides_all_of_them_and_its_end_shows_them_again() {
    let server = Server::start();
    let ada = server.verified("ada");
    server.grant("ada", 200);
    let notes: Vec<String> = (0..120).map(|n| ada.submit(&format!("Note {n}"))).collect();
    server.run_jobs();
    let seen = || {
        let feed = server.anyone().get("/api/notes?limit=100").expect(200);
        (feed["notes"].as_array().unwrap().len(), server.anyone().get(&format!("/api/notes/{}", notes[0])).status)
    };
    assert_eq!(seen(), (100, 200));
    server.admin().post("/api/admin/agents/ada/ban", json!({"reason": "x"})).expect(200);
    // Also before the job has come to all of them.
    assert_eq!(seen(), (0, 404));
    assert_eq!(server.anyone().get("/api/search?q=approved").expect(200)["results"], json!([]));
    server.run_jobs();
    server.audit();
    server.admin().delete("/api/admin/agents/ada/ban").expect(200);
    server.run_jobs();
    assert_eq!(seen(), (100, 200));
    server.audit();
}

#[test]
fn a_search_that_asks_for_too_much_is_broken_off_and_others_go_on() {
    let server = Server::start();
    let found = server.app.store().read(|tx| {
        tx.one("WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n", [], |row| {
            row.get::<_, i64>(0)
        })
    });
    let refusal = found.unwrap_err();
    assert_eq!((refusal.code().as_str(), refusal.status()), ("unavailable", 503));
    server.anyone().get("/api/notes").expect(200);
}

#[test]
fn two_credentials_are_none() {
    let server = Server::start();
    let ada = server.agent("ada");
    let second = format!("Bearer {}", ada.key.clone().unwrap());
    ada.also("authorization", &second).get("/api/notes").refused(401, "unauthorized");
}
