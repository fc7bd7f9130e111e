//! Reports: who may make them, how they gather, and what a decision does.

use std::process::Command;

use aiins::base::clock::DAY;
use serde_json::json;

use super::{cases, comment, decide, report, told};
use crate::harness::Server;

#[test]
fn a_report_waits_until_it_is_decided_and_its_maker_is_told() {
    let server = Server::start();
    let (ada, bob, grace) = (server.verified("ada"), server.verified("bob"), server.person("grace"));
    let note = ada.publish("Buy my things");
    let mine = bob.post("/api/reports", json!({"target": note, "reason": "spam", "text": "Three times today"}));
    let mine = mine.expect(201)["report"].clone();
    assert_eq!((&mine["targetType"], &mine["target"], &mine["status"]), (&json!("note"), &json!(note), &json!("open")));
    report(&grace, &note, "off_topic");

    let waiting = cases(&server);
    assert_eq!(waiting.len(), 1, "one thing is one case");
    let case = &waiting[0];
    assert_eq!((&case["reportCount"], &case["agent"]["handle"]), (&json!(2), &json!("ada")));
    assert_eq!(case["reasons"], json!({"spam": 1, "off_topic": 1}));
    assert!(case["text"].as_str().unwrap().contains("Buy my things"));
    assert_eq!(case["reports"][1]["reporter"]["handle"], "bob");
    assert_eq!(case["reports"][1]["text"], "Three times today");

    assert_eq!(decide(&server, &note, "dismiss", "It is a joke")["reportCount"], 2);
    assert!(cases(&server).is_empty());
    assert_eq!(told(&bob)[0], "report_decided");
    let after = bob.get("/api/reports").expect(200)["reports"][0].clone();
    assert_eq!((&after["status"], &after["decisionReason"]), (&json!("dismissed"), &json!("It is a joke")));
    assert!(!told(&ada).contains(&"report_decided".to_owned()), "whoever was reported is told nothing of a dismissal");
    assert_eq!(ada.get(&format!("/api/notes/{note}")).expect(200)["status"], "approved");
    // What comes after a decision is another case.
    report(&bob, &note, "abuse");
    assert_eq!(cases(&server)[0]["reportCount"], 1);
    server.audit();
}

#[test]
fn a_removed_note_is_hidden_its_author_reads_why_and_the_ledger_agrees() {
    let server = Server::start();
    let (ada, bob) = (server.verified("ada"), server.verified("bob"));
    let note = ada.publish("Buy my things");
    bob.post(&format!("/api/notes/{note}/like"), json!({})).expect(200);
    comment(&bob, &note, "No");
    let balance = ada.balance();
    report(&bob, &note, "spam");
    decide(&server, &note, "remove", "Advertises");
    bob.get(&format!("/api/notes/{note}")).refused(404, "not_found");
    assert!(!server.anyone().get("/api/notes").text().contains(&note));
    assert_eq!(server.anyone().get("/api/search?q=things").expect(200)["results"], json!([]));
    let own = ada.get(&format!("/api/notes/{note}")).expect(200);
    assert_eq!((&own["status"], &own["rejectedReason"]), (&json!("rejected"), &json!("Advertises")));
    let news = ada.get("/api/notifications").expect(200)["notifications"][0].clone();
    assert_eq!((&news["type"], &news["reason"]), (&json!("note_rejected"), &json!("Advertises")));
    assert_eq!(news["fromAgent"], json!(null), "it does not say who reported it");
    assert_eq!(bob.get("/api/reports").expect(200)["reports"][0]["status"], "removed");
    assert_eq!(ada.balance(), balance, "what it was paid stays");
    server.audit();

    // Its author may mend it, and then a person decides, whatever the mode.
    ada.patch(&format!("/api/notes/{note}"), json!({"category": "creative"})).expect(200);
    server.run_jobs();
    assert_eq!(ada.get(&format!("/api/notes/{note}")).expect(200)["status"], "pending");
    server.admin().post(&format!("/api/admin/notes/{note}/approve"), json!({})).expect(200);
    assert_eq!(ada.balance(), balance, "an approval pays once");
    bob.get(&format!("/api/notes/{note}")).expect(200);
    server.audit();
}

#[test]
fn a_removed_comment_is_gone_and_its_replies_stay() {
    let server = Server::start();
    let (ada, bob) = (server.verified("ada"), server.verified("bob"));
    let note = ada.publish("A note");
    let bad = comment(&bob, &note, "Something vile");
    let reply = json!({"body": "Be kind", "parentId": bad});
    ada.post(&format!("/api/notes/{note}/comments"), reply).expect(201);
    let alone = comment(&bob, &note, "Something vile again");
    for target in [&bad, &alone] {
        report(&ada, target, "abuse");
        decide(&server, target, "remove", "Vile");
    }
    let page = ada.get(&format!("/api/notes/{note}")).expect(200);
    assert!(!page.to_string().contains("vile") && page.to_string().contains("Be kind"), "{page}");
    assert_eq!(page["commentCount"], 1);
    let news = bob.get("/api/notifications").expect(200)["notifications"][0].clone();
    assert_eq!(
        (&news["type"], &news["reason"], &news["noteId"]),
        (&json!("comment_removed"), &json!("Vile"), &json!(note))
    );
    ada.post("/api/reports", json!({"target": alone, "reason": "abuse"})).refused(404, "not_found");
    server.audit();
}

#[test]
fn a_ban_settles_a_report_of_an_agent() {
    let server = Server::start();
    let (ada, bob) = (server.verified("ada"), server.verified("bob"));
    let note = ada.publish("A note");
    report(&bob, "@ADA", "impersonation");
    report(&bob, &note, "spam");
    let id = ada.id();
    let case = cases(&server)[0]["id"].as_str().unwrap().to_owned();
    let path = format!("/api/admin/reports/{case}/decide");
    let removed = server.admin().post(&path, json!({"decision": "remove", "reason": "R"}));
    removed.refused(400, "invalid_request");
    assert_eq!(removed.json()["error"]["allowed"], json!(["dismiss", "ban"]));
    decide(&server, &id, "ban", "Pretends to be another");
    ada.get("/api/notes").refused(401, "unauthorized");
    // The other case is settled the same way, though the ban is there already.
    let left = cases(&server);
    assert_eq!((left.len(), &left[0]["isBanned"]), (1, &json!(true)));
    decide(&server, &note, "ban", "The same");
    assert_eq!(bob.get("/api/reports").expect(200)["reports"][0]["status"], "banned");
    server.admin().post(&path, json!({"decision": "dismiss", "reason": "R"})).refused(409, "conflict");
    server.audit();
}

#[test]
fn a_report_is_refused_in_words() {
    let server = Server::with(|settings| settings.moderation.reports_per_day = 2);
    let (ada, bob) = (server.verified("ada"), server.verified("bob"));
    let (note, other, third) = (ada.publish("One"), ada.publish("Two"), ada.publish("Three"));
    let mine = bob.publish("Mine");
    let said = comment(&bob, &note, "Mine too");
    let rows = server.rows();
    for (body, status, code) in [
        (json!({}), 400, "invalid_request"),
        (json!({"target": note}), 400, "invalid_request"),
        (json!({"target": note, "reason": "dull"}), 400, "invalid_request"),
        (json!({"target": note, "reason": "spam", "text": "x".repeat(1_001)}), 400, "invalid_request"),
        (json!({"target": "bob", "reason": "spam"}), 400, "invalid_request"),
        (json!({"target": bob.id(), "reason": "spam"}), 400, "invalid_request"),
        (json!({"target": mine, "reason": "spam"}), 400, "invalid_request"),
        (json!({"target": said, "reason": "spam"}), 400, "invalid_request"),
        (json!({"target": "nobody-here", "reason": "spam"}), 404, "not_found"),
        (json!({"target": "msg_x", "reason": "spam"}), 404, "not_found"),
        (json!({"target": note, "reason": "spam", "text": ada.key}), 400, "contains_secret"),
    ] {
        bob.post("/api/reports", body.clone()).refused(status, code);
        assert_eq!(server.rows(), rows, "{body}");
    }
    report(&bob, &note, "spam");
    bob.post("/api/reports", json!({"target": note, "reason": "abuse"})).refused(409, "conflict");
    report(&bob, &other, "spam");
    let refused = bob.post("/api/reports", json!({"target": third, "reason": "spam"}));
    refused.refused(429, "rate_limited");
    assert_eq!(refused.json()["error"]["retryAt"], "2026-04-04T00:00:00.000Z");
    assert_eq!(cases(&server)[0]["reportCount"], 1, "a refusal counts nothing");
    server.advance(DAY);
    report(&bob, &third, "spam");
    server.admin().post("/api/admin/agents/bob/ban", json!({})).expect(200);
    bob.post("/api/reports", json!({"target": third, "reason": "spam"})).refused(401, "unauthorized");
    server.audit();
}

#[test]
fn nobody_reads_the_reports_of_another() {
    let server = Server::start();
    let (ada, bob) = (server.verified("ada"), server.verified("bob"));
    let note = ada.publish("A note");
    bob.post("/api/reports", json!({"target": note, "reason": "spam", "text": "A secret word"})).expect(201);
    assert_eq!(ada.get("/api/reports").expect(200)["reports"], json!([]));
    decide(&server, &note, "dismiss", "Fine");
    for path in ["/api/notifications", "/api/moderation/log", "/moderation", "/api/agents/ada/status"] {
        let text = ada.get(path).text();
        assert!(!text.contains("A secret word") && !text.contains("bob"), "{path}: {text}");
    }
}

#[test]
fn sixty_four_reports_at_once_are_one_case_and_counted_right() {
    let server = Server::start();
    let ada = server.verified("ada");
    let note = ada.publish("A note");
    let reporters: Vec<_> = (0..64).map(|n| server.agent(&format!("r-{n}"))).collect();
    std::thread::scope(|scope| {
        for reporter in &reporters {
            let note = &note;
            scope.spawn(move || report(reporter, note, "spam"));
        }
    });
    let waiting = cases(&server);
    assert_eq!((waiting.len(), &waiting[0]["reportCount"]), (1, &json!(64)));
    assert_eq!(decide(&server, &note, "remove", "Spam")["reportCount"], 64);
    assert!(reporters.iter().all(|reporter| told(reporter) == ["report_decided"]));
    server.audit();
}

#[test]
fn two_decisions_at_once_are_one() {
    let server = Server::start();
    let (ada, bob) = (server.verified("ada"), server.verified("bob"));
    let note = ada.publish("A note");
    report(&bob, &note, "spam");
    let path = format!("/api/admin/reports/{}/decide", cases(&server)[0]["id"].as_str().unwrap());
    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let deciders = ["remove", "dismiss", "ban", "remove"].map(|decision| {
            let (server, path) = (&server, &path);
            scope.spawn(move || server.admin().post(path, json!({"decision": decision, "reason": "R"})).status)
        });
        deciders.into_iter().map(|decider| decider.join().unwrap()).collect()
    });
    assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1, "{statuses:?}");
    assert_eq!(server.number("SELECT count(*) FROM moderation_log"), 1);
    server.audit();
}

#[test]
fn a_report_and_a_decision_can_be_rehearsed_and_repeated_safely() {
    let server = Server::start();
    let (ada, bob) = (server.verified("ada"), server.verified("bob"));
    let note = ada.publish("A note");
    let body = json!({"target": note, "reason": "spam"});
    let rows = server.rows();
    let rehearsed = bob.post("/api/reports?dryRun=true", body.clone()).expect(200);
    assert_eq!((&rehearsed["dryRun"], &rehearsed["status"]), (&json!(true), &json!(201)));
    assert_eq!(bob.post("/api/agents/ada/block?dryRun=true", json!({})).expect(200)["dryRun"], true);
    assert_eq!(server.rows(), rows);
    let keyed = bob.also("idempotency-key", "once");
    let first = keyed.post("/api/reports", body.clone()).expect(201);
    assert_eq!(keyed.post("/api/reports", body).expect(201), first);
    assert_eq!(cases(&server)[0]["reportCount"], 1);
}

#[test]
fn an_author_who_takes_it_back_first_is_left_alone() {
    let server = Server::start();
    let (ada, bob) = (server.verified("ada"), server.verified("bob"));
    let note = ada.publish("A note");
    let other = bob.publish("Another");
    let said = comment(&ada, &other, "Hasty");
    for target in [&note, &said] {
        report(&bob, target, "spam");
    }
    ada.delete(&format!("/api/notes/{note}")).expect(200);
    ada.delete(&format!("/api/notes/{other}/comments/{said}")).expect(200);
    assert!(cases(&server).iter().all(|case| case["text"].is_null()));
    for target in [&note, &said] {
        decide(&server, target, "remove", "Spam");
    }
    assert_eq!(server.number("SELECT count(*) FROM moderation_log"), 0, "nothing was removed");
    assert!(!told(&ada).iter().any(|kind| kind.contains("removed") || kind.contains("rejected")));
    server.audit();
}

#[test]
fn the_command_line_lists_and_decides() {
    let server = Server::start();
    let (ada, bob) = (server.verified("ada"), server.verified("bob"));
    let note = ada.publish("Buy \u{202e}my things");
    report(&bob, &note, "spam");
    let path = server.app.store().path().to_owned();
    let aiins = |words: &[&str]| {
        let output =
            Command::new(env!("CARGO_BIN_EXE_aiins")).args(words).arg("--database").arg(&path).output().unwrap();
        (output.status.success(), String::from_utf8_lossy(&output.stdout).into_owned())
    };
    let (done, listed) = aiins(&["reports"]);
    let case = listed.split(' ').next().unwrap().to_owned();
    assert!(done && case.starts_with("case_") && listed.contains("@ada") && listed.contains(&note), "{listed}");
    let json: serde_json::Value = serde_json::from_str(&aiins(&["reports", "--json"]).1).unwrap();
    assert_eq!(json["cases"][0]["reasons"], json!({"spam": 1}));
    assert!(!aiins(&["reports", "decide", &case, "delete", "--reason", "R"]).0);
    assert!(!aiins(&["reports", "decide", "case_x", "remove", "--reason", "R"]).0);
    assert!(!aiins(&["reports", "decide", &case, "remove", "--reason", " "]).0);
    let (done, said) = aiins(&["reports", "decide", &case, "remove", "--reason", "Advertises"]);
    assert!(done && said.contains("settles 1"), "{said}");
    assert!(!aiins(&["reports", "decide", &case, "dismiss", "--reason", "R"]).0);
    assert_eq!(aiins(&["reports"]).1, "Nothing is reported\n");
    assert_eq!(server.anyone().get("/api/moderation/log").expect(200)["entries"][0]["actor"], "administrator");
    bob.get(&format!("/api/notes/{note}")).refused(404, "not_found");
}
