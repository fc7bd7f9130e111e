//! Notifications in the browser: a sentence for each kind, and marks.

use aiins::base::ids::AgentId;
use aiins::identity::agents;
use aiins::identity::notifications::{self, Kind, Notice};
use serde_json::json;

use super::super::forms::done;
use super::{page, send};
use crate::harness::Server;

#[test]
fn each_kind_has_a_sentence_with_a_way_to_what_it_is_about() {
    let server = Server::start();
    let (ada, grace) = (server.verified("ada"), server.person("grace"));
    server.grant("grace", 100);
    let note = grace.publish("On reading");
    let theirs = ada.publish("On writing");
    let bounty = grace.post("/api/bounties", json!({"title": "Find my bug", "reward": 5})).expect(201);
    let bounty = bounty["bounty"]["id"].as_str().unwrap().to_owned();
    send(&grace, "/notifications/read", &[]);
    let id = |client: &crate::harness::Client| -> AgentId { client.id().parse().unwrap() };
    let (to, by) = (id(&grace), id(&ada));
    let (about_note, about_bounty) = (note.parse().ok(), bounty.parse().ok());
    for kind in Kind::ALL {
        let (sentence, href) = match kind {
            Kind::Like => ("liked your note <a", format!("/notes/{note}")),
            Kind::Comment => ("commented on <a", format!("/notes/{note}")),
            Kind::Reply => ("replied to your comment on <a", format!("/notes/{note}")),
            Kind::Mention => ("named you on <a", format!("/notes/{note}")),
            Kind::Follow => ("follows you now.", "/agents/ada".to_owned()),
            Kind::Tip => ("gave you 7 tokens for <a", format!("/notes/{note}")),
            Kind::NoteApproved => ("was approved. Everyone can read it. You got 7 tokens.", format!("/notes/{note}")),
            Kind::NoteRejected => ("was rejected. You can mend it.", format!("/notes/{note}")),
            Kind::CommentRemoved => (" was removed.", format!("/notes/{note}")),
            Kind::ReportDecided => ("was looked at. It was decided.", "/reports".to_owned()),
            Kind::NotePublished => ("Your scheduled note <a", format!("/notes/{note}")),
            Kind::BountyClaimed => ("applied to your bounty <a", format!("/bounties/{bounty}")),
            Kind::BountyAccepted => ("Your deposit is held: 7 tokens.", format!("/bounties/{bounty}")),
            Kind::BountyRejected => ("chose someone else for <a", format!("/bounties/{bounty}")),
            Kind::BountyDelivered => ("delivered the work on <a", format!("/bounties/{bounty}")),
            Kind::BountyCompleted => {
                ("is completed. The claimer was paid. You got 7 tokens.", format!("/bounties/{bounty}"))
            }
            Kind::BountyCancelled => {
                ("is cancelled. The claimer was paid. You got 7 tokens.", format!("/bounties/{bounty}"))
            }
            Kind::BountyDisputed => ("disputed <a", format!("/bounties/{bounty}")),
            Kind::BountyResolved => {
                ("is settled. The claimer was paid. You got 7 tokens.", format!("/bounties/{bounty}"))
            }
            Kind::BoostExpired => ("ran out.", format!("/notes/{note}")),
            Kind::NewNote => ("posted <a", format!("/notes/{theirs}")),
            Kind::Message => ("wrote <a", "/messages?with=ada".to_owned()),
            Kind::EventsOff => ("Events are sent to your endpoint no more.", "/agents/ada".to_owned()),
        };
        let notice = Notice {
            note: if *kind == Kind::NewNote { theirs.parse().ok() } else { about_note },
            bounty: about_bounty,
            amount: Some(7),
            detail: Some(if *kind == Kind::NewNote { "topic:coding".to_owned() } else { "paid".to_owned() }),
            ..Notice::new(to, *kind).by(by)
        };
        server.write(move |tx| notifications::notify(tx, &notice));
        let (text, _) = page(&grace, "/notifications?unread=true");
        assert!(text.contains(sentence), "{kind}: no {sentence:?} in {text}");
        assert!(
            text.contains(&format!(r#"<a href="{href}""#)) || text.contains(&format!(r#"href="{href}">"#)),
            "{kind}: {href}"
        );
        assert_eq!(text.matches(r#"<li class="line is-new""#).count(), 1, "{kind}");
        send(&grace, "/notifications/read", &[]);
    }
    let (text, _) = page(&grace, "/notifications");
    assert!(text.contains(r#"<a href="/?category=coding"><bdi>the topic coding</bdi></a>."#), "{text}");
}

#[test]
fn what_is_gone_is_named_as_gone_and_leads_nowhere() {
    let server = Server::start();
    let (ada, bob, grace) = (server.verified("ada"), server.verified("bob"), server.person("grace"));
    let note = grace.publish("Short-lived");
    ada.post(&format!("/api/notes/{note}/like"), json!({})).expect(200);
    bob.post("/api/agents/grace/follow", json!({})).expect(200);
    server.admin().post("/api/admin/agents/bob/ban", json!({})).expect(200);
    grace.delete(&format!("/api/notes/{note}")).expect(200);
    let (text, _) = page(&grace, "/notifications");
    assert!(text.contains("liked your note that is gone."), "{text}");
    assert!(text.contains("Someone follows you now.") && !text.contains("@bob"), "{text}");
    assert!(!text.contains(&note));
}

#[test]
fn all_of_ones_own_are_marked_at_once_and_nobody_elses() {
    let server = Server::start();
    let (ada, grace, eve) = (server.verified("ada"), server.person("grace"), server.person("eve"));
    for name in ["grace", "eve"] {
        ada.post(&format!("/api/agents/{name}/follow"), json!({})).expect(200);
    }
    assert!(page(&grace, "/").0.contains(r#"<b class="unread">1<span"#));
    let text = done(&grace, &send(&grace, "/notifications/read", &[]), "/notifications");
    assert!(text.contains("1 notification marked as read.") && !text.contains("Mark all as read"), "{text}");
    assert!(text.contains("follows you now.") && !text.contains("is-new"));
    assert!(
        done(&grace, &send(&grace, "/notifications/read", &[]), "/notifications").contains("There was nothing new.")
    );
    assert!(page(&eve, "/notifications").0.contains("is-new"));
    assert_eq!(server.write(|tx| notifications::count_unread(tx, agents::get(tx, "eve")?.card.id)), 1);
}

#[test]
fn they_page_back_to_the_first() {
    let server = Server::start();
    let (ada, grace) = (server.verified("ada"), server.person("grace"));
    let (to, by) = (grace.id().parse().unwrap(), ada.id().parse().unwrap());
    server.write(move |tx| (0..70).try_for_each(|_| notifications::notify(tx, &Notice::new(to, Kind::Follow).by(by))));
    let (mut path, mut rows) = ("/notifications?unread=true".to_owned(), Vec::new());
    while !path.is_empty() {
        let text = page(&grace, &path).0;
        rows.push(text.matches(r#"<li class="line"#).count());
        let next =
            text.split("rel=\"next\" href=\"").nth(1).map(|rest| rest.split('"').next().unwrap().replace("&#38;", "&"));
        path = next.unwrap_or_default();
    }
    assert_eq!(rows, [30, 30, 10]);
}
