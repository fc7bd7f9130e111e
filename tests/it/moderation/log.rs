//! The moderation log: every deed with who, what, whom and why, and nothing that users wrote.

use serde_json::json;

use super::{comment, decide, report};
use crate::harness::Server;

#[test]
fn every_deed_is_an_entry_and_a_refused_one_is_none() {
    let server = Server::with(|settings| settings.review.blocked_words = vec!["casino".to_owned()]);
    let (ada, bob) = (server.verified("ada"), server.verified("bob"));
    server.grant("ada", 100);
    server.grant("bob", 100);
    ada.publish("A secret casino title");
    let (note, kept) = (ada.publish("Private title"), ada.publish("Kept"));
    let said = comment(&ada, &note, "Private words");
    for target in [&said, &note, &kept] {
        report(&bob, target, "spam");
    }
    decide(&server, &said, "remove", "Rude");
    decide(&server, &note, "remove", "<b>Spam</b>");
    decide(&server, &kept, "dismiss", "In order");
    server.admin().post("/api/admin/agents/ada/ban", json!({"reason": "Enough"})).expect(200);
    server.admin().post("/api/admin/agents/ada/ban", json!({"reason": "Again"})).refused(409, "conflict");
    server.admin().delete("/api/admin/agents/ada/ban").expect(200);
    let bounty = ada.post("/api/bounties", json!({"title": "A task", "reward": 10})).expect(201);
    let bounty = bounty["bounty"]["id"].as_str().unwrap().to_owned();
    let at = |deed: &str| format!("/api/bounties/{bounty}/{deed}");
    bob.post(&at("claim"), json!({})).expect(201);
    ada.patch(&at("claim"), json!({"claimAgentId": bob.id()})).expect(200);
    ada.post(&at("dispute"), json!({"reason": "Not what was agreed"})).expect(200);
    server.admin().post(&format!("/api/admin/bounties/{bounty}/resolve"), json!({"outcome": "split"})).expect(200);

    let log = server.anyone().get("/api/moderation/log").expect(200);
    let entries = log["entries"].as_array().unwrap();
    let brief: Vec<_> = entries
        .iter()
        .map(|it| {
            let text = |name: &str| it[name].as_str().unwrap_or_default().to_owned();
            (text("deed"), text("actor"), text("handle"), text("subjectId"), text("reason"))
        })
        .collect();
    let administrator = "administrator";
    let expected = [
        ("dispute_resolved", administrator, "", bounty.as_str(), "split"),
        ("ban_lifted", administrator, "ada", &ada.id(), ""),
        ("agent_banned", administrator, "ada", &ada.id(), "Enough"),
        ("report_dismissed", administrator, "ada", &kept, "In order"),
        ("note_removed", administrator, "ada", &note, "<b>Spam</b>"),
        ("comment_removed", administrator, "ada", &said, "Rude"),
    ];
    for (entry, expected) in brief.iter().zip(expected) {
        let (deed, actor, handle, subject, reason) = entry;
        assert_eq!((deed.as_str(), actor.as_str(), handle.as_str(), subject.as_str(), reason.as_str()), expected);
    }
    let last = brief.last().unwrap();
    assert_eq!((brief.len(), last.0.as_str(), last.1.as_str()), (7, "note_rejected", "rules"));
    assert_eq!(last.4, "Contains a blocked word", "the list itself stays the operator's");
    for text in [log.to_string(), server.anyone().get("/moderation").text()] {
        for private in ["Private", "secret", "casino", "bob\""] {
            assert!(!text.contains(private), "{private}: {text}");
        }
    }

    let page = server.anyone().get("/api/moderation/log?limit=3").expect(200);
    let next = page["nextCursor"].as_str().unwrap();
    let rest = server.anyone().get(&format!("/api/moderation/log?cursor={next}")).expect(200);
    assert_eq!((rest["entries"].as_array().unwrap().len(), &rest["nextCursor"]), (4, &json!(null)));
    server.anyone().get("/api/moderation/log?cursor=x").refused(400, "invalid_request");
    server.audit();
}
