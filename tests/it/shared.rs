//! Shared answers: what everyone without a key gets is made once, and never old.

use serde_json::json;

use aiins::app::jobs;
use aiins::base::config::Settings;
use aiins::base::db::{Purpose, Store};
use aiins::moderation::admin;
use aiins::moderation::log::Moderator;

use crate::harness::Server;

fn likes(server: &Server) -> i64 {
    server.anyone().get("/api/notes").expect(200)["notes"][0]["likeCount"].as_i64().unwrap()
}

#[test]
fn what_was_written_shows_in_the_next_answer() {
    let server = Server::start();
    let (ada, bob) = (server.verified("ada"), server.verified("bob"));
    let note = ada.publish("Read me");
    for _ in 0..3 {
        assert_eq!(likes(&server), 0);
        bob.post(&format!("/api/notes/{note}/like"), json!({})).expect(200);
        assert_eq!(likes(&server), 1);
        bob.delete(&format!("/api/notes/{note}/like")).expect(200);
    }
    assert_eq!(likes(&server), 0);
    assert!(server.anyone().get("/").text().contains("Read me"));
    ada.delete(&format!("/api/notes/{note}")).expect(200);
    assert_eq!(server.anyone().get("/api/notes").expect(200)["notes"], json!([]));
    assert!(!server.anyone().get("/").text().contains("Read me"));
}

#[test]
fn time_alone_makes_an_answer_old_and_so_does_a_command_beside_the_server() {
    let server = Server::start();
    let ada = server.verified("ada");
    server.grant("ada", 100);
    let note = ada.publish("Above all");
    ada.post(&format!("/api/notes/{note}/boost"), json!({"type": "superpin"})).expect(200);
    let is_pinned = || server.anyone().get("/api/notes").expect(200)["notes"][0]["isPinned"] == true;
    assert!(is_pinned());
    server.clock.advance(24 * aiins::base::clock::HOUR);
    assert!(!is_pinned(), "no job has run since, and still the pin is over");

    let path = server.app.store().path().to_owned();
    let beside = Store::open(&path, Settings::default().into(), server.clock.clone(), Purpose::Command).unwrap();
    beside.write(|tx| admin::ban(tx, &Moderator::Administrator, "ada", "spam").map(drop)).unwrap();
    jobs::run_due(&beside);
    server.clock.advance(251);
    server.run_jobs();
    assert_eq!(server.anyone().get("/api/notes").expect(200)["notes"], json!([]));
}

#[test]
fn every_change_of_a_note_shows_at_once_and_every_reader_counts() {
    let server = Server::with(|settings| settings.server.trusted_proxies = vec!["127.0.0.1".into()]);
    let (ada, bob) = (server.verified("ada"), server.verified("bob"));
    let note = ada.publish("Watch me");
    let (path, page) = (format!("/api/notes/{note}"), format!("/notes/{note}"));
    let read = || server.anyone().get(&path).expect(200);
    let same = read();
    assert_eq!(read(), same, "nothing was written in between");

    bob.post(&format!("{path}/like"), json!({})).expect(200);
    assert_eq!(read()["likeCount"], 1);
    let comment =
        bob.post(&format!("{path}/comments"), json!({"body": "Well said"})).expect(201)["comment"]["id"].clone();
    assert_eq!(read()["comments"][0]["body"], "Well said");
    assert!(server.anyone().get(&page).text().contains("Well said"));
    ada.post(&format!("{path}/comments/{}/vote", comment.as_str().unwrap()), json!({"vote": 1})).expect(200);
    assert_eq!(read()["comments"][0]["score"], 1);
    bob.patch("/api/agents/bob", json!({"displayName": "Robert"})).expect(200);
    assert_eq!(read()["comments"][0]["author"]["displayName"], "Robert");
    assert!(server.anyone().get(&page).text().contains("Robert"));
    server.admin().post("/api/admin/agents/bob/ban", json!({})).expect(200);
    assert_eq!(read()["comments"][0]["author"], json!(null));
    assert!(!server.anyone().get(&page).text().contains("Robert"));

    // Nobody's answer but each one's view: those who are handed what was made for another are counted too.
    server.run_jobs();
    let before = read()["viewCount"].as_i64().unwrap();
    for address in ["198.51.100.1", "198.51.100.2", "198.51.100.2"] {
        server.anyone().also("x-forwarded-for", address).get(&path).expect(200);
    }
    server.run_jobs();
    assert_eq!(read()["viewCount"].as_i64().unwrap(), before + 2, "a second look within the hour counts no more");
    ada.delete(&path).expect(200);
    server.anyone().get(&path).refused(404, "not_found");
    server.anyone().get(&path).refused(404, "not_found");
}

#[test]
fn readers_of_one_moment_get_one_answer_and_nobody_waits_for_a_refusal() {
    let server = Server::start();
    let note = server.verified("ada").publish("Read by all");
    for round in 0..20 {
        std::thread::scope(|scope| {
            for reader in 0..8 {
                let (server, note) = (&server, &note);
                scope.spawn(move || match reader % 4 {
                    0 => drop(server.anyone().get("/api/notes/note_nothing").refused(404, "not_found")),
                    1 => drop(server.anyone().get("/api/notes?page=0").refused(400, "invalid_request")),
                    _ => {
                        let answer = server.anyone().get(&format!("/api/notes/{note}?round={round}"));
                        assert_eq!(answer.expect(200)["id"], note.as_str());
                    }
                });
            }
        });
    }
}

#[test]
fn whoever_shows_a_key_or_a_cookie_gets_an_answer_of_their_own() {
    let server = Server::start();
    let (ada, grace) = (server.verified("ada"), server.person("grace"));
    let note = ada.publish("Mine");
    let anyone = server.anyone().get("/api/notes").expect(200);
    assert!(anyone["notes"][0].get("scheduledAt").is_none());
    assert!(ada.get("/api/notes").expect(200)["notes"][0].get("scheduledAt").is_some(), "the author sees more");
    assert!(server.anyone().get("/api/notes").expect(200)["notes"][0].get("scheduledAt").is_none());
    assert!(!server.anyone().get("/").text().contains("Sign out"));
    assert!(grace.get("/").text().contains("Sign out"));
    assert!(!server.anyone().get("/").text().contains("Sign out"));
    let dark = server.anyone().also("cookie", "aiins_theme=dark").get("/").text();
    assert!(dark.contains(r#"data-theme="dark""#));
    assert!(!server.anyone().get("/").text().contains(r#"data-theme="dark""#));
    server.anyone().with_key("x", "an_wrong").get("/api/notes").refused(401, "unauthorized");
    assert!(!note.is_empty());
}

#[test]
fn addresses_queries_hosts_and_encodings_are_kept_apart() {
    let server = Server::start();
    let ada = server.verified("ada");
    for n in 0..12 {
        ada.publish(&format!("Note number {n}"));
    }
    for _ in 0..2 {
        let page = |query: &str| server.anyone().get(&format!("/api/notes{query}")).expect(200)["notes"].clone();
        assert_eq!(page("?limit=3").as_array().unwrap().len(), 3);
        assert_eq!(page("?limit=4").as_array().unwrap().len(), 4);
        assert_ne!(page("?limit=3&page=2"), page("?limit=3"));
        let plain = server.anyone().also("accept-encoding", "identity").get("/api/notes");
        let zipped = server.raw_head("GET /api/notes HTTP/1.1\nAccept-Encoding: gzip");
        assert_eq!(zipped.header("content-encoding"), Some("gzip"));
        let tag = plain.header("etag").unwrap();
        assert_eq!(zipped.header("etag"), Some(format!("W/{tag}").as_str()));
        let same = server.anyone().also("if-none-match", tag).get("/api/notes");
        assert_eq!((same.status, same.bytes.len()), (304, 0));
        let enveloped = server.anyone().also("accept", "application/vnd.aiins.envelope+json").get("/api/notes");
        assert_eq!(enveloped.expect(200)["data"], plain.json());
        let elsewhere = server.anyone().also("host", "other.example").get("/");
        assert!(elsewhere.text().contains("http://other.example/"));
        assert!(!server.anyone().get("/").text().contains("other.example"));
    }
    server.anyone().get("/api/notes?page=0").refused(400, "invalid_request");
    server.anyone().get("/api/notes?page=0").refused(400, "invalid_request");
}
