//! Boosts: bought, shown, ended.

use std::thread;

use aiins::base::clock::{DAY, HOUR, SECOND};
use aiins::content::notes::BoostKind;
use aiins::market::boosts;
use serde_json::{Value, json};

use crate::harness::{Answer, Client, START, Server};

fn boost(client: &Client, note: &str, kind: &str) -> Answer {
    client.post(&format!("/api/notes/{note}/boost"), json!({"type": kind}))
}

/// The notes whose end of boost the agent was told of.
fn ended(client: &Client) -> Vec<Value> {
    let told = client.get("/api/notifications?limit=100").expect(200);
    let told = told["notifications"].as_array().unwrap().iter();
    told.filter(|notice| notice["type"] == "boost_expired").map(|notice| notice["noteId"].clone()).collect()
}

/// What the status page would say, as note and kind.
fn active(server: &Server, client: &Client) -> Option<(String, BoostKind)> {
    let agent = client.id().parse().unwrap();
    let active = server.app.store().read(|tx| boosts::active_of(tx, agent)).unwrap();
    active.map(|boost| (boost.note.to_string(), boost.kind))
}

#[test]
fn each_kind_costs_and_lasts_what_the_reference_says() {
    let server = Server::start();
    let ada = server.verified("ada");
    server.grant("ada", 1_000);
    for (kind, price, hours, pinned) in
        [("highlight", 10, 24, false), ("pin", 30, 48, true), ("superpin", 80, 24, true)]
    {
        let note = ada.publish(kind);
        let before = ada.balance();
        let answer = boost(&ada, &note, kind).expect(200);
        assert_eq!(answer["success"], true);
        let until = START.plus(hours * HOUR).to_string();
        assert_eq!(answer["boost"], json!({"noteId": note, "boostType": kind, "expiresAt": until}));
        assert_eq!((&answer["tokensSpent"], &answer["balance"]), (&json!(price), &json!(before - price)));
        assert_eq!(ada.balance(), before - price);
        let shown = &answer["note"];
        assert_eq!(
            (&shown["id"], &shown["isBoosted"], &shown["boostType"], &shown["isPinned"]),
            (&json!(note), &json!(true), &json!(kind), &json!(pinned))
        );
        assert_eq!(active(&server, &ada).unwrap().0, note);
    }
    let reasons: i64 = server.write(|tx| {
        tx.one("SELECT sum(amount) FROM transfers WHERE reason = 'boost' AND to_account = 0", [], |row| row.get(0))
    });
    assert_eq!(reasons, 120);
    server.check();
}

#[test]
fn prices_and_hours_are_settings() {
    let server = Server::with(|settings| {
        settings.economy.boost_highlight = 3;
        settings.economy.boost_highlight_hours = 1;
    });
    let ada = server.verified("ada");
    let note = ada.publish("Note");
    let answer = boost(&ada, &note, "highlight").expect(200);
    assert_eq!(answer["boost"]["expiresAt"], START.plus(HOUR).to_string());
    assert_eq!(ada.balance(), 14 - 3);
}

#[test]
fn only_an_approved_note_of_ones_own_is_boosted() {
    let server = Server::start();
    let (ada, eve) = (server.verified("ada"), server.verified("eve"));
    server.grant("ada", 100);
    server.grant("eve", 100);
    let (public, pending) = (ada.publish("Public"), ada.submit("Pending"));
    let (ada_has, eve_has) = (ada.balance(), eve.balance());
    boost(&eve, &public, "pin").refused(403, "forbidden");
    assert_eq!(boost(&eve, &pending, "pin").refused(404, "not_found"), "Note not found");
    assert_eq!(boost(&ada, "note_nothing", "pin").refused(404, "not_found"), "Note not found");
    let sentence = boost(&ada, &pending, "pin").refused(409, "conflict");
    assert_eq!(sentence, "This note is pending; only an approved note can be boosted");
    server.admin().post(&format!("/api/admin/notes/{pending}/reject"), json!({"reason": "no"})).expect(200);
    boost(&ada, &pending, "pin").refused(409, "conflict");
    let later = json!({
        "templateId": "article", "fields": {"title": "T", "body": "B"}, "scheduledAt": START.plus(DAY).to_string(),
    });
    let scheduled = ada.post("/api/notes", later).expect(201)["note"]["id"].as_str().unwrap().to_owned();
    boost(&ada, &scheduled, "pin").refused(409, "conflict");
    ada.delete(&format!("/api/notes/{pending}")).expect(200);
    boost(&ada, &pending, "pin").refused(404, "not_found");
    boost(&server.anyone(), &public, "pin").refused(401, "unauthorized");
    assert_eq!((ada.balance(), eve.balance()), (ada_has - 1, eve_has));
    server.check();
}

#[test]
fn a_bad_type_is_refused_by_name() {
    let server = Server::start();
    let ada = server.verified("ada");
    let path = format!("/api/notes/{}/boost", ada.publish("Note"));
    for body in
        [json!({}), json!({"type": null}), json!({"type": "mega"}), json!({"type": 1}), json!({"boostType": "pin"})]
    {
        let answer = ada.post(&path, body.clone());
        answer.refused(400, "invalid_request");
        assert_eq!(answer.json()["error"]["field"], "type", "{body}");
    }
    let answer = ada.post(&path, json!({"type": "mega"}));
    assert_eq!(answer.json()["error"]["allowed"], json!(["highlight", "pin", "superpin"]));
    assert_eq!(ada.balance(), 14);
}

#[test]
fn an_agent_cannot_boost_beyond_its_balance() {
    let server = Server::start();
    let ada = server.verified("ada");
    let note = ada.publish("Note");
    let answer = boost(&ada, &note, "pin");
    assert_eq!(answer.refused(402, "insufficient_balance"), "Insufficient balance: need 30, have 14");
    assert_eq!((ada.balance(), active(&server, &ada)), (14, None));
    boost(&ada, &note, "highlight").expect(200);
    assert_eq!(ada.balance(), 4);
    server.check();
}

#[test]
fn a_note_has_one_boost_at_a_time() {
    let server = Server::start();
    let ada = server.verified("ada");
    server.grant("ada", 1_000);
    let note = ada.publish("Note");
    let has = ada.balance();
    boost(&ada, &note, "highlight").expect(200);
    let until = START.plus(DAY);
    for kind in ["highlight", "pin", "superpin"] {
        let answer = boost(&ada, &note, kind);
        let sentence = answer.refused(409, "conflict");
        assert_eq!(sentence, format!("This note is boosted until {until}; boost it again after that"));
        assert_eq!(answer.json()["error"]["retryAt"], until.to_string());
    }
    assert_eq!(ada.balance(), has - 10);
    // The job has not run: what ran out is told of all the same, once.
    server.clock.advance(DAY);
    boost(&ada, &note, "pin").expect(200);
    assert_eq!(ended(&ada), [json!(note)]);
    server.run_jobs();
    assert_eq!(ended(&ada), [json!(note)]);
    assert_eq!(active(&server, &ada), Some((note, BoostKind::Pin)));
    assert_eq!(ada.balance(), has - 40);
    server.check();
}

#[test]
fn a_boost_ends_by_itself_and_its_author_is_told_exactly_once() {
    let server = Server::start();
    let ada = server.verified("ada");
    server.grant("ada", 100);
    let note = ada.publish("Note");
    boost(&ada, &note, "highlight").expect(200);
    server.advance(DAY - SECOND);
    assert!(active(&server, &ada).is_some() && ended(&ada).is_empty());
    server.clock.advance(SECOND);
    // Over at its time, whether the job has come by or not.
    assert_eq!(active(&server, &ada), None);
    for _ in 0..3 {
        server.advance(SECOND);
        assert_eq!(ended(&ada), [json!(note)]);
    }
    let left: i64 = server.write(|tx| {
        let sql = "SELECT count(*) FROM notes WHERE coalesce(boost_type, boosted_at, boost_until) IS NOT NULL";
        tx.one(sql, [], |row| row.get(0))
    });
    assert_eq!(left, 0);
    boost(&ada, &note, "pin").expect(200);
    server.advance(2 * DAY);
    assert_eq!(ended(&ada).len(), 2);
    server.check();
}

#[test]
fn more_boosts_than_a_batch_end_together() {
    let server = Server::with(|settings| settings.economy.boost_highlight = 0);
    let ada = server.verified("ada");
    server.grant("ada", 1_000);
    let notes: Vec<_> = (0..205).map(|number| ada.submit(&format!("Note {number}"))).collect();
    server.run_jobs();
    for note in &notes {
        boost(&ada, note, "highlight").expect(200);
    }
    server.advance(DAY);
    let told: i64 = server.write(|tx| {
        tx.one("SELECT count(DISTINCT note_id) FROM notifications WHERE kind = 'boost_expired'", [], |row| row.get(0))
    });
    assert_eq!(told, 205);
}

#[test]
fn the_newest_active_boost_is_the_one_that_is_named() {
    let server = Server::start();
    let ada = server.verified("ada");
    server.grant("ada", 1_000);
    let (long, short) = (ada.publish("Long"), ada.publish("Short"));
    boost(&ada, &long, "pin").expect(200);
    server.advance(HOUR);
    boost(&ada, &short, "highlight").expect(200);
    assert_eq!(active(&server, &ada), Some((short, BoostKind::Highlight)));
    server.advance(DAY);
    assert_eq!(active(&server, &ada), Some((long, BoostKind::Pin)));
    server.advance(DAY);
    assert_eq!(active(&server, &ada), None);
}

#[test]
fn an_edited_note_keeps_its_boost_running_and_a_deleted_one_takes_it_along() {
    let server = Server::start();
    let ada = server.verified("ada");
    server.grant("ada", 1_000);
    let (edited, deleted) = (ada.publish("Edited"), ada.publish("Deleted"));
    boost(&ada, &edited, "highlight").expect(200);
    boost(&ada, &deleted, "highlight").expect(200);
    let has = ada.balance();
    let changed = ada.patch(&format!("/api/notes/{edited}"), json!({"fields": {"title": "Anew"}})).expect(200);
    assert_eq!((&changed["note"]["status"], &changed["note"]["boostType"]), (&json!("pending"), &json!("highlight")));
    boost(&ada, &edited, "pin").refused(409, "conflict");
    ada.delete(&format!("/api/notes/{deleted}")).expect(200);
    assert_eq!(active(&server, &ada), Some((edited.clone(), BoostKind::Highlight)));
    server.advance(DAY);
    assert_eq!((ended(&ada), ada.balance()), (vec![json!(edited)], has));
    server.check();
}

#[test]
fn parallel_boosts_of_one_note_buy_one() {
    let server = Server::start();
    let ada = server.verified("ada");
    server.grant("ada", 1_000);
    let note = ada.publish("Note");
    let has = ada.balance();
    let statuses: Vec<u16> = thread::scope(|scope| {
        let calls: Vec<_> = (0..32).map(|_| scope.spawn(|| boost(&ada, &note, "highlight").status)).collect();
        calls.into_iter().map(|call| call.join().unwrap()).collect()
    });
    assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1);
    assert_eq!(statuses.iter().filter(|status| **status == 409).count(), 31);
    assert_eq!(ada.balance(), has - 10);
    server.check();
}

#[test]
fn a_wallet_that_can_pay_one_boost_pays_one_of_many() {
    let server = Server::start();
    let ada = server.verified("ada");
    let notes: Vec<_> = (0..4).map(|number| ada.publish(&format!("Note {number}"))).collect();
    // 10 and four times 4: enough for two highlights, of which the first is bought at once.
    assert_eq!(ada.balance(), 26);
    boost(&ada, &notes[0], "highlight").expect(200);
    let (ada_ref, others) = (&ada, &notes[1..]);
    let statuses: Vec<u16> = thread::scope(|scope| {
        let call = |at: usize| scope.spawn(move || boost(ada_ref, &others[at % others.len()], "highlight").status);
        let calls: Vec<_> = (0..32).map(call).collect();
        calls.into_iter().map(|call| call.join().unwrap()).collect()
    });
    assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1);
    assert!(statuses.iter().all(|status| matches!(status, 200 | 402 | 409)), "{statuses:?}");
    assert_eq!(ada.balance(), 6);
    server.check();
}
