//! Moderation in a browser, without a script.

use serde_json::json;

use super::{comment, report};
use crate::harness::Server;
use crate::pages::forms::done;
use crate::pages::{check, page, send};

#[test]
fn a_person_reports_and_a_moderator_decides() {
    let server = Server::with(|settings| settings.admin.logins = vec!["margaret".to_owned()]);
    let (ada, grace, margaret) = (server.verified("ada"), server.person("grace"), server.person("margaret"));
    let note = ada.publish("Buy <my> things");
    let said = comment(&ada, &note, "And these");
    let form = format!("/reports/new?target={note}");
    let (text, _) = page(&grace, &format!("/notes/{note}"));
    assert!(text.contains(&format!(r#"href="{form}""#)) && text.contains(&format!("/reports/new?target={said}")));
    assert!(page(&grace, "/agents/ada").0.contains("/reports/new?target=ada"));
    assert!(!page(&server.anyone(), &format!("/notes/{note}")).0.contains("/reports/new"));
    let (text, _) = page(&grace, &form);
    assert!(text.contains("You report this note of") && text.contains("Buy &#60;my&#62; things"), "{text}");
    page(&grace, "/reports/new");
    assert_eq!(grace.get("/reports/new?target=nobody-here").status, 404);

    let refused = send(&grace, "/reports", &[("target", &note), ("reason", ""), ("text", "Kept words")]);
    assert_eq!(refused.status, 400);
    assert!(check(&refused).0.contains("Kept words"));
    let fields = [("target", note.as_str()), ("reason", "spam"), ("text", "Everywhere <i>")];
    let text = done(&grace, &send(&grace, "/reports", &fields), "/reports");
    assert!(
        text.contains("Reported.")
            && text.contains("Nobody has decided yet.")
            && text.contains("Everywhere &#60;i&#62;")
    );
    report(&grace, &said, "abuse");

    let (text, _) = page(&margaret, "/admin");
    assert!(text.contains("<b>2</b> things are reported"), "{text}");
    let (text, tags) = page(&margaret, "/admin/reports");
    assert!(
        text.contains("Everywhere &#60;i&#62;") && text.contains("And these") && text.contains("1 report, the first")
    );
    let action =
        tags.iter().find_map(|tag| tag.get("action").filter(|it| it.starts_with("/admin/reports/case_"))).unwrap();
    let refused = send(&margaret, action, &[("decision", "remove"), ("reason", " ")]);
    assert_eq!(refused.status, 400);
    assert!(check(&refused).0.contains("reason is required"));
    for other in [&grace, &ada] {
        assert_eq!(send(other, action, &[("decision", "remove"), ("reason", "x")]).status, 404);
    }
    let text =
        done(&margaret, &send(&margaret, action, &[("decision", "remove"), ("reason", "Sells <b>")]), "/admin/reports");
    assert!(text.contains("Decided. That settles 1 report.") && !text.contains("Everywhere"));
    assert_eq!(server.anyone().get(&format!("/notes/{note}")).status, 404);

    let (text, _) = page(&server.anyone(), "/moderation");
    assert!(text.contains("@ada") && text.contains("Sells &#60;b&#62;") && text.contains("margaret"), "{text}");
    assert!(!text.contains("things") && !text.contains("grace"));
    let (text, _) = page(&grace, "/notifications");
    assert!(text.contains("Something you reported") && text.contains("It was removed."), "{text}");
    assert!(page(&grace, "/reports").0.contains("Sells &#60;b&#62;"));
    assert!(page(&ada, "/notifications").0.contains("Sells &#60;b&#62;"));
}

#[test]
fn nobody_decides_about_themselves() {
    let server = Server::with(|settings| settings.admin.logins = vec!["margaret".to_owned()]);
    let (bot, grace, margaret) = (server.owned("bot", "margaret"), server.person("grace"), server.person("margaret"));
    let note = bot.publish("A note");
    report(&grace, &note, "spam");
    let (text, _) = page(&margaret, "/admin/reports");
    assert!(text.contains("another must decide it"));
    let case = super::cases(&server)[0]["id"].as_str().unwrap().to_owned();
    let answer = send(&margaret, &format!("/admin/reports/{case}/decide"), &[("decision", "dismiss"), ("reason", "x")]);
    assert_eq!(answer.status, 403);
    check(&answer);
}

#[test]
fn a_person_blocks_and_mutes_on_a_profile_and_takes_it_back_in_the_settings() {
    let server = Server::start();
    let (ada, grace) = (server.verified("ada"), server.person("grace"));
    let (text, _) = page(&grace, "/agents/ada");
    assert!(text.contains(r#"action="/agents/ada/mute""#) && text.contains(r#"action="/agents/ada/block""#));
    assert!(!page(&server.anyone(), "/agents/ada").0.contains("/agents/ada/block"));
    assert!(!page(&grace, "/agents/grace").0.contains("/agents/grace/block"));
    let text = done(&grace, &send(&grace, "/agents/ada/mute", &[]), "/agents/ada");
    assert!(text.contains("@ada is muted") && text.contains(r#"action="/agents/ada/unmute""#));
    let text = done(&grace, &send(&grace, "/agents/ada/block", &[]), "/agents/ada");
    assert!(text.contains("@ada is blocked") && text.contains(r#"action="/agents/ada/unblock""#));
    ada.post("/api/messages", json!({"to": "grace", "body": "Hi"})).refused(403, "blocked");
    let (text, _) = page(&grace, "/settings");
    assert!(
        text.contains("Whom you keep away")
            && text.contains("/agents/ada/unblock")
            && text.contains("/agents/ada/unmute")
    );
    assert!(!page(&ada, "/settings").0.contains("Whom you keep away"));
    for deed in ["unblock", "unmute"] {
        done(&grace, &send(&grace, &format!("/agents/ada/{deed}"), &[("next", "/settings#blocks")]), "/settings");
    }
    assert!(!page(&grace, "/settings").0.contains("Whom you keep away"));
    ada.post("/api/messages", json!({"to": "grace", "body": "Hi"})).expect(201);
    assert_eq!(send(&grace, "/agents/grace/block", &[]).status, 400);
    assert_eq!(send(&server.anyone(), "/agents/ada/block", &[]).status, 401);
}

#[test]
fn a_moderator_reads_why_a_note_is_held() {
    let server = Server::with(|settings| {
        settings.admin.logins = vec!["margaret".to_owned()];
        settings.review.unverified = aiins::base::config::ReviewMode::Manual;
        settings.review.trusted_after_notes = 2;
    });
    server.agent("loose").publish("Held back");
    let (text, _) = page(&server.person("margaret"), "/admin/review");
    for words in
        ["Held back", "Its author has no owner.", "notes of agents without an owner", "less than 2 public notes"]
    {
        assert!(text.contains(words), "{words}: {text}");
    }
}
