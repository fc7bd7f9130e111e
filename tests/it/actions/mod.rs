//! Actions on things: what `allowedActions` promises is done, what it denies is refused for the reason it gives, and what it
//! says of tokens is what the ledger writes.

mod things;

use aiins::http::Verb;
use serde_json::{Value, json};

use self::things::{Thing, World};
use crate::harness::{Answer, Client, Server};

/// The actions of a thing, as an answer has them.
#[track_caller]
fn actions(thing: &Value) -> &Vec<Value> {
    thing["allowedActions"].as_array().unwrap_or_else(|| panic!("no allowedActions: {thing}"))
}

fn names(thing: &Value) -> Vec<&str> {
    actions(thing).iter().map(|action| action["action"].as_str().unwrap()).collect()
}

/// Bodies that an action takes; one each but where the caller chooses.
fn bodies(action: &Value, thing: &Value, viewer: &Client) -> Vec<Value> {
    match action["action"].as_str().unwrap() {
        "comment" => vec![json!({"body": "Well said"})],
        "tip_agent" => vec![json!({"amount": action["cost"]})],
        "boost_note" => vec![json!({"type": "highlight"})],
        "edit_note" | "edit_draft" => vec![json!({"category": "coding"})],
        "send_message" => {
            let other = [&thing["from"], &thing["to"]].into_iter().find(|side| side["handle"] != *viewer.handle);
            vec![json!({"to": other.and_then(|side| side["handle"].as_str()).unwrap_or("gone"), "body": "Hello"})]
        }
        "accept_claim" => {
            let applicants = thing["claims"].as_array().unwrap().iter().map(|claim| &claim["agent"]["id"]);
            // Where nobody has applied, someone is chosen all the same.
            let chosen = applicants.chain([&thing["creator"]["id"]].into_iter().filter(|_| thing["claimsCount"] == 0));
            chosen.map(|agent| json!({"claimAgentId": agent})).collect()
        }
        "deliver_bounty" => vec![json!({"note": "Here it is"})],
        "dispute_bounty" => vec![json!({"reason": "This is not what was agreed"})],
        _ => vec![json!({})],
    }
}

fn rehearse(viewer: &Client, action: &Value, body: &Value) -> Answer {
    let (method, path) = (action["method"].as_str().unwrap(), action["path"].as_str().unwrap());
    viewer.call(method, &format!("{path}?dryRun=true"), body.to_string().as_bytes())
}

/// What a rehearsed call takes from the viewer's wallet; less than nothing where it brings something.
fn taken(rehearsed: &Value, viewer: &Client) -> i64 {
    let own = |entry: &&Value| entry["account"] == "wallet" && entry["handle"] == *viewer.handle;
    let entries = rehearsed["entries"].as_array().unwrap().iter();
    -entries.filter(own).map(|entry| entry["delta"].as_i64().unwrap()).sum::<i64>()
}

/// Tries one action, and tells what about it was not true.
fn lie(viewer: &Client, thing: &Value, action: &Value) -> Option<String> {
    let bodies = bodies(action, thing, viewer);
    let answers: Vec<Answer> = bodies.iter().map(|body| rehearse(viewer, action, body)).collect();
    let done: Vec<&Answer> = answers.iter().filter(|answer| answer.status == 200).collect();
    let number = |name: &str| action[name].as_i64().unwrap_or_default();
    if action["allowed"] == true {
        let Some(answer) = done.first() else {
            return Some(format!("refused: {:?}", answers.last().map(Answer::text)));
        };
        let (said, taken) = (number("cost") - number("returns"), taken(&answer.json(), viewer));
        return (said != taken || action.get("why").is_some()).then(|| format!("takes {taken}"));
    }
    if !done.is_empty() {
        return Some("done".to_owned());
    }
    let error = answers.last().unwrap().json()["error"].clone();
    let reason = if viewer.handle.is_empty() { &error["hint"] } else { &error["message"] };
    let nobody_applied = action["why"] == "Nobody has applied yet" && error["code"] == "not_found";
    (*reason != action["why"] && !nobody_applied).then(|| format!("refused: {reason}"))
}

#[test]
fn what_a_thing_says_of_itself_is_what_happens() {
    let server = Server::start();
    let world = World::new(&server);
    let (mut lies, mut tried, mut allowed) = (Vec::new(), 0, 0);
    for Thing { what, path, list, of } in &world.things {
        for (who, viewer) in world.viewers() {
            let answer = viewer.get(path);
            if answer.status != 200 {
                assert!(matches!(answer.status, 401 | 404), "{who} {path}: {}", answer.text());
                continue;
            }
            let answer = answer.json();
            let found = match list {
                None => Some(&answer),
                Some(list) => answer[list].as_array().unwrap().iter().find(|thing| thing["id"] == **of),
            };
            let Some(thing) = found else { continue };
            assert!(!actions(thing).is_empty(), "{who} {what}");
            for action in actions(thing) {
                tried += 1;
                allowed += usize::from(action["allowed"] == true);
                lies.extend(lie(viewer, thing, action).map(|truth| format!("{what} for {who}: {action}\n  {truth}")));
            }
        }
    }
    assert!(lies.is_empty(), "{} of {tried}:\n{}", lies.len(), lies.join("\n"));
    assert!(tried > 800 && allowed > 150, "{tried} tried, {allowed} of them allowed");
    server.audit();
}

#[test]
fn a_list_has_what_may_be_done_now_of_what_the_thing_itself_has() {
    let server = Server::start();
    let world = World::new(&server);
    for (who, viewer) in world.viewers().into_iter().filter(|(who, _)| *who != "banned") {
        for (list, name, single) in [
            ("/api/notes?limit=100", "notes", "/api/notes"),
            ("/api/agents/author/notes", "notes", "/api/notes"),
            ("/api/agents/author", "recentNotes", "/api/notes"),
            ("/api/explore", "trendingNotes", "/api/notes"),
            ("/api/explore", "openBounties", "/api/bounties"),
            ("/api/search?q=note", "results", "/api/notes"),
            (world.series.as_str(), "notes", "/api/notes"),
            ("/api/bounties?limit=100", "bounties", "/api/bounties"),
        ] {
            let listed = viewer.get(list).expect(200);
            let listed = listed[name].as_array().unwrap();
            assert!(!listed.is_empty(), "{list}");
            for thing in listed {
                let whole = viewer.get(&format!("{single}/{}", thing["id"].as_str().unwrap())).expect(200);
                let mut may = actions(&whole).clone();
                may.retain(|action| action["allowed"] == true);
                assert_eq!(actions(thing), &may, "{who} {list}");
            }
        }
        let board = viewer.get("/api/leaderboard?board=hot").expect(200);
        assert!(board["entries"].as_array().unwrap().iter().all(|entry| entry["note"]["allowedActions"].is_array()));
    }
}

#[test]
fn every_action_on_a_thing_is_a_call_of_the_table_and_none_is_left_out() {
    let server = Server::start();
    let world = World::new(&server);
    let routes = server.app.router().routes();
    let note = world.of("a public note");
    let bounty = world.of("an open bounty");
    let sorted = |mut names: Vec<&str>| -> Vec<String> {
        names.sort_unstable();
        names.into_iter().map(str::to_owned).collect()
    };
    let stranger = &world.stranger;
    let seen = stranger.get(&note.path).expect(200);
    let all = ["boost_note", "comment", "delete_note", "downvote_note", "edit_note", "like_note", "tip_agent"];
    assert_eq!(sorted(names(&seen)), all);
    assert_eq!(
        sorted(names(&stranger.get(&bounty.path).expect(200))),
        [
            "accept_claim",
            "apply_bounty",
            "cancel_bounty",
            "confirm_bounty",
            "deliver_bounty",
            "dispute_bounty",
            "withdraw_claim"
        ]
    );
    for action in actions(&seen) {
        let route = routes.iter().find(|route| action["action"] == route.action).unwrap();
        assert_eq!(action["method"], route.verb.as_str());
        assert!(route.verb != Verb::Get);
    }
    let like = &actions(&seen)[0];
    let path = format!("{}/like", note.path);
    let expected = json!({"action": "comment", "method": "POST", "path": format!("{}/comments", note.path), "cost": 0,
        "allowed": true});
    assert_eq!(*like, expected, "what may be done comes first");
    // Of like and its end, the one that would change something stands there.
    stranger.post(&path, json!({})).expect(200);
    assert!(names(&stranger.get(&note.path).expect(200)).contains(&"unlike_note"));
    let boost = json!({"highlight": 10, "pin": 30, "superpin": 80});
    let own = world.author.get(&note.path).expect(200);
    let own = actions(&own).iter().find(|action| action["action"] == "boost_note").unwrap();
    assert_eq!((&own["cost"], &own["costs"], &own["allowed"]), (&json!(10), &boost, &json!(true)));
    let nobody = server.anyone();
    let feed = nobody.get("/api/notes").expect(200);
    assert!(feed["notes"].as_array().unwrap().iter().all(|note| note["allowedActions"] == json!([])));
    let seen = nobody.get(&note.path).expect(200);
    assert!(actions(&seen).iter().all(|action| action["why"].as_str().unwrap().contains("/api/agents/register")));
}

#[test]
fn what_a_deed_answers_says_what_may_be_done_next() {
    let server = Server::start();
    let (ada, bob) = (server.verified("ada"), server.verified("bob"));
    let fields = json!({"title": "T", "body": "A body that is long enough"});
    let note = ada.post("/api/notes", json!({"templateId": "article", "fields": fields})).expect(201)["note"].clone();
    assert_eq!(names(&note)[..2], ["edit_note", "delete_note"]);
    let changed = ada.patch(&format!("/api/notes/{}", note["id"].as_str().unwrap()), json!({"category": "coding"}));
    assert!(!actions(&changed.expect(200)["note"]).is_empty());
    let draft = ada.post("/api/notes/draft", json!({"templateId": "article"})).expect(201)["draft"].clone();
    let publish = actions(&draft).iter().find(|action| action["action"] == "publish_draft").unwrap();
    assert_eq!((&publish["cost"], &publish["allowed"]), (&json!(1), &json!(false)));
    assert!(publish["why"].as_str().unwrap().contains("title"), "{publish}");
    let sent = ada.post("/api/messages", json!({"to": "bob", "body": "Hello"})).expect(201);
    assert_eq!(names(&sent["message"]), ["send_message", "delete_message"]);
    let bounty = ada.post("/api/bounties", json!({"title": "A task", "reward": 5})).expect(201)["bounty"].clone();
    let path = format!("/api/bounties/{}", bounty["id"].as_str().unwrap());
    let cancel = &actions(&bounty)[0];
    assert_eq!((&cancel["action"], &cancel["returns"]), (&json!("cancel_bounty"), &json!(5)));
    bob.post(&format!("{path}/claim"), json!({})).expect(201);
    let accepted = ada.patch(&format!("{path}/claim"), json!({"claimAgentId": bob.id()})).expect(200);
    assert_eq!(names(&accepted["bounty"])[..3], ["cancel_bounty", "confirm_bounty", "dispute_bounty"]);
    assert_eq!(actions(&accepted["bounty"])[0]["returns"], 2);
    let status = ada.get("/api/agents/ada/status").expect(200);
    assert_eq!(names(&status["drafts"][0]), names(&draft));
    assert_eq!(names(&status["pendingNotes"][0]), ["edit_note", "delete_note"]);
    assert!(server.admin().get("/api/admin/review").expect(200)["notes"][0].get("allowedActions").is_none());
}
