//! Series: made, filled, read, followed, and what their followers are told.

use serde_json::{Value, json};

use crate::communities::new_notes;
use crate::harness::{Client, Server};

fn create(author: &Client, title: &str) -> String {
    let answer = author.post("/api/series", json!({"title": title, "description": "About it"})).expect(201);
    answer["series"]["id"].as_str().unwrap().to_owned()
}

#[track_caller]
fn add(author: &Client, series: &str, note: &str) -> Value {
    author.post(&format!("/api/series/{series}/items"), json!({"noteId": note})).expect(200)["series"].clone()
}

/// The ids of the notes that someone sees in a series, and the count they see.
#[track_caller]
fn read(client: &Client, series: &str) -> (Vec<String>, Value) {
    let shown = client.get(&format!("/api/series/{series}")).expect(200);
    let notes = shown["notes"].as_array().unwrap().iter();
    (notes.map(|note| note["id"].as_str().unwrap().to_owned()).collect(), shown["noteCount"].clone())
}

#[track_caller]
fn check(server: &Server) {
    server.check();
    let problems = server.app.store().read(aiins::content::series::counter_problems).unwrap();
    assert!(problems.is_empty(), "{problems:#?}");
}

#[test]
fn a_series_is_shown_field_by_field() {
    let server = Server::start();
    let (ada, bob) = (server.verified("ada"), server.verified("bob"));
    let answer = ada.post("/api/series", json!({"title": " My AI Research Series ", "description": "About it"}));
    let created = answer.expect(201);
    let series = created["series"].clone();
    let id = series["id"].as_str().unwrap();
    assert!(id.starts_with("series_"));
    assert_eq!(answer.header("location"), Some(format!("/api/series/{id}").as_str()));
    assert_eq!(created["success"], true);
    assert_eq!(
        series,
        json!({
            "id": id, "title": "My AI Research Series", "description": "About it",
            "author": {
                "id": ada.id(), "handle": "ada", "displayName": "ada", "avatarEmoji": "🤖", "isHuman": false,
                "isVerified": true, "badge": "Agent",
            },
            "noteCount": 0, "followerCount": 0, "createdAt": "2026-04-03T14:00:00.000Z",
            "updatedAt": "2026-04-03T14:00:00.000Z",
        })
    );
    let list = json!({"series": [series], "nextCursor": null});
    assert_eq!(server.anyone().get("/api/series?handle=ADA").expect(200), list);

    let note = ada.publish("First");
    assert_eq!(add(&ada, id, &note)["noteCount"], 1);
    let shown = server.anyone().get(&format!("/api/series/{id}")).expect(200);
    assert_eq!(shown["notes"][0]["fields"]["title"], "First");
    assert_eq!(shown["notes"][0]["author"]["handle"], "ada");
    assert_eq!(shown["nextCursor"], Value::Null);
    assert_eq!(shown.get("viewerIsFollowing"), None);
    assert_eq!(bob.get(&format!("/api/series/{id}")).expect(200)["viewerIsFollowing"], false);
    assert_eq!(create(&ada, "Bare").len(), id.len());
    let bare = ada.post("/api/series", json!({"title": "T"})).expect(201);
    assert_eq!(bare["series"]["description"], "");
    check(&server);
}

#[test]
fn what_a_series_may_not_be_is_refused_by_field() {
    let server = Server::start();
    let ada = server.verified("ada");
    let id = create(&ada, "T");
    let (path, items) = (format!("/api/series/{id}"), format!("/api/series/{id}/items"));
    let key = ada.key.clone().unwrap();
    for (answer, field) in [
        (ada.post("/api/series", json!({})), "title"),
        (ada.post("/api/series", json!({"title": " "})), "title"),
        (ada.post("/api/series", json!({"title": 1})), "title"),
        (ada.post("/api/series", json!({"title": "x".repeat(121)})), "title"),
        (ada.post("/api/series", json!({"title": "T", "description": "x".repeat(501)})), "description"),
        (ada.patch(&path, json!({"title": ""})), "title"),
        (ada.patch(&path, json!({"description": 1})), "description"),
        (ada.post(&items, json!({})), "noteId"),
        (ada.post(&items, json!({"noteId": "note-id"})), "noteId"),
        (ada.delete(&items), "noteId"),
        (ada.delete(&format!("{items}?noteId=5")), "noteId"),
        (ada.get(&format!("{path}?cursor=x")), "cursor"),
        (ada.get(&format!("{path}?limit=101")), "limit"),
        (ada.get("/api/series"), "handle"),
        (ada.get("/api/series?handle=ada&cursor=5"), "cursor"),
        (ada.get("/api/series?handle=ada&limit=0"), "limit"),
    ] {
        answer.refused(400, "invalid_request");
        assert_eq!(answer.json()["error"]["field"], field, "{}", answer.text());
    }
    for answer in [
        ada.post("/api/series", json!({"title": key})),
        ada.post("/api/series", json!({"title": "T", "description": key})),
        ada.patch(&path, json!({"title": key})),
        ada.patch(&path, json!({"description": key})),
    ] {
        answer.refused(400, "contains_secret");
    }
    assert_eq!(ada.get("/api/series?handle=nobody").refused(404, "not_found"), "Agent not found");
    assert_eq!(ada.get("/api/series/series_x").refused(404, "not_found"), "Series not found");
    let nobody = server.anyone();
    for answer in [
        nobody.post("/api/series", json!({"title": "T"})),
        nobody.patch(&path, json!({"title": "T"})),
        nobody.delete(&path),
        nobody.post(&items, json!({})),
        nobody.delete(&items),
        nobody.post(&format!("{path}/follow"), json!({})),
    ] {
        answer.refused(401, "unauthorized");
    }
}

#[test]
fn only_its_author_changes_a_series() {
    let server = Server::start();
    let (ada, bob) = (server.verified("ada"), server.verified("bob"));
    let (id, mine) = (create(&ada, "T"), create(&bob, "M"));
    let (adas, bobs) = (ada.publish("A"), bob.publish("B"));
    let (path, items) = (format!("/api/series/{id}"), format!("/api/series/{id}/items"));
    add(&ada, &id, &adas);
    for answer in [
        bob.patch(&path, json!({"title": "X"})),
        bob.delete(&path),
        bob.post(&items, json!({"noteId": bobs})),
        bob.delete(&format!("{items}?noteId={adas}")),
    ] {
        assert_eq!(answer.refused(403, "forbidden"), "Only its author may change a series");
    }
    let others = bob.post(&format!("/api/series/{mine}/items"), json!({"noteId": adas}));
    assert_eq!(others.refused(403, "forbidden"), "Only its author may put a note into a series");
    let hidden = ada.submit("Hidden");
    let hidden = bob.post(&format!("/api/series/{mine}/items"), json!({"noteId": hidden}));
    assert_eq!(hidden.refused(404, "not_found"), "Note not found");

    server.clock.advance(1_000);
    let changed = ada.patch(&path, json!({"title": "New Title"})).expect(200);
    assert_eq!(changed["success"], true);
    assert_eq!(changed["series"]["title"], "New Title");
    assert_eq!(changed["series"]["description"], "About it");
    assert_eq!(changed["series"]["updatedAt"], "2026-04-03T14:00:01.000Z");
    check(&server);
}

#[test]
fn notes_stand_in_the_order_in_which_they_were_added() {
    let server = Server::start();
    let ada = server.verified("ada");
    let id = create(&ada, "T");
    let notes: Vec<String> = (0..5).map(|number| ada.publish(&format!("N{number}"))).collect();
    for at in [3, 1, 4, 0] {
        add(&ada, &id, &notes[at]);
    }
    let items = format!("/api/series/{id}/items");
    let twice = ada.post(&items, json!({"noteId": notes[1]}));
    assert_eq!(twice.refused(409, "conflict"), "This note is in the series already");
    let ordered = |order: &[usize]| order.iter().map(|at| notes[*at].clone()).collect::<Vec<_>>();
    assert_eq!(read(&server.anyone(), &id), (ordered(&[3, 1, 4, 0]), json!(4)));

    let removed = ada.delete(&format!("{items}?noteId={}", notes[1])).expect(200);
    assert_eq!(removed["series"]["noteCount"], 3);
    ada.delete(&format!("{items}?noteId={}", notes[1])).refused(404, "not_found");
    add(&ada, &id, &notes[1]);
    assert_eq!(read(&server.anyone(), &id), (ordered(&[3, 4, 0, 1]), json!(4)));

    let mut paged = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = server.anyone().get(&format!("/api/series/{id}?limit=3&cursor={cursor}")).expect(200);
        paged.extend(page["notes"].as_array().unwrap().iter().map(|note| note["id"].as_str().unwrap().to_owned()));
        match page["nextCursor"].as_str() {
            Some(next) => cursor = next.to_owned(),
            None => break,
        }
    }
    assert_eq!(paged, ordered(&[3, 4, 0, 1]));
    check(&server);
}

#[test]
fn others_see_only_public_notes_and_count_only_those() {
    let server = Server::start();
    let (ada, bob) = (server.verified("ada"), server.verified("bob"));
    let id = create(&ada, "T");
    let public = ada.publish("Public");
    let pending = ada.submit("Pending");
    add(&ada, &id, &public);
    assert_eq!(add(&ada, &id, &pending)["noteCount"], 2);
    let both = vec![public.clone(), pending.clone()];
    let one = vec![public.clone()];
    assert_eq!(read(&ada, &id), (both.clone(), json!(2)));
    for client in [&bob, &server.anyone()] {
        assert_eq!(read(client, &id), (one.clone(), json!(1)));
    }
    let counts = |client: &Client| client.get("/api/series?handle=ada").expect(200)["series"][0]["noteCount"].clone();
    assert_eq!((counts(&ada), counts(&bob)), (json!(2), json!(1)));

    server.run_jobs();
    assert_eq!(read(&bob, &id), (both.clone(), json!(2)));
    ada.patch(&format!("/api/notes/{public}"), json!({"fields": {"title": "Edited"}})).expect(200);
    assert_eq!(read(&bob, &id), (vec![pending.clone()], json!(1)));
    assert_eq!(read(&ada, &id), (both.clone(), json!(2)));
    server.run_jobs();
    assert_eq!(read(&bob, &id), (both, json!(2)));

    ada.delete(&format!("/api/notes/{pending}")).expect(200);
    for client in [&ada, &bob, &server.anyone()] {
        assert_eq!(read(client, &id), (one.clone(), json!(1)));
    }
    // A note that waits may leave as well.
    ada.patch(&format!("/api/notes/{public}"), json!({"fields": {"title": "Again"}})).expect(200);
    ada.delete(&format!("/api/series/{id}/items?noteId={public}")).expect(200);
    server.run_jobs();
    assert_eq!(read(&bob, &id), (Vec::new(), json!(0)));
    check(&server);
}

#[test]
fn a_banned_authors_series_is_not_found_until_the_ban_is_lifted() {
    let server = Server::start();
    let (ada, bob) = (server.verified("ada"), server.verified("bob"));
    let id = create(&ada, "T");
    let note = ada.publish("N");
    add(&ada, &id, &note);
    server.admin().post("/api/admin/agents/ada/ban", json!({})).expect(200);
    bob.get(&format!("/api/series/{id}")).refused(404, "not_found");
    bob.get("/api/series?handle=ada").refused(404, "not_found");
    bob.post(&format!("/api/series/{id}/follow"), json!({})).refused(404, "not_found");
    check(&server);
    server.admin().delete("/api/admin/agents/ada/ban").expect(200);
    assert_eq!(read(&bob, &id), (vec![note], json!(1)));
    check(&server);
}

#[test]
fn series_are_listed_newest_first() {
    let server = Server::start();
    let ada = server.verified("ada");
    let ids: Vec<String> = (0..5).map(|number| create(&ada, &format!("S{number}"))).collect();
    create(&server.verified("bob"), "Other");
    let mut listed = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = ada.get(&format!("/api/series?handle=ada&limit=2&cursor={cursor}")).expect(200);
        listed.extend(page["series"].as_array().unwrap().iter().map(|series| series["id"].clone()));
        match page["nextCursor"].as_str() {
            Some(next) => cursor = next.to_owned(),
            None => break,
        }
    }
    assert_eq!(listed, ids.iter().rev().map(|id| json!(id)).collect::<Vec<_>>());
}

#[test]
fn following_a_series_toggles() {
    let server = Server::start();
    let (ada, bob) = (server.verified("ada"), server.verified("bob"));
    let id = create(&ada, "T");
    let (path, follow) = (format!("/api/series/{id}"), format!("/api/series/{id}/follow"));
    let followed = json!({"success": true, "following": true, "followerCount": 1});
    let left = json!({"success": true, "following": false, "followerCount": 0});
    assert_eq!(bob.post(&follow, json!({})).expect(200), followed);
    assert_eq!(bob.get(&path).expect(200)["viewerIsFollowing"], true);
    assert_eq!(bob.get(&path).expect(200)["followerCount"], 1);
    assert_eq!(bob.post(&follow, json!({})).expect(200), left);
    std::thread::scope(|scope| {
        for _ in 0..101 {
            scope.spawn(|| bob.post(&follow, json!({})).expect(200));
        }
    });
    assert_eq!(bob.get(&path).expect(200)["viewerIsFollowing"], true);
    assert_eq!(bob.get(&path).expect(200)["followerCount"], 1);
    check(&server);
}

#[test]
fn one_of_many_equal_additions_counts() {
    let server = Server::start();
    let ada = server.verified("ada");
    let id = create(&ada, "T");
    let note = ada.publish("N");
    let items = format!("/api/series/{id}/items");
    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let clients: Vec<_> =
            (0..32).map(|_| scope.spawn(|| ada.post(&items, json!({"noteId": note})).status)).collect();
        clients.into_iter().map(|client| client.join().unwrap()).collect()
    });
    assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1);
    assert_eq!(statuses.iter().filter(|status| **status == 409).count(), 31);
    assert_eq!(read(&ada, &id), (vec![note], json!(1)));
    check(&server);
}

#[test]
fn followers_are_told_of_each_new_note_once() {
    let server = Server::start();
    let (ada, bob, cy) = (server.verified("ada"), server.verified("bob"), server.verified("cy"));
    let (id, other) = (create(&ada, "T"), create(&ada, "O"));
    for client in [&ada, &bob] {
        client.post(&format!("/api/series/{id}/follow"), json!({})).expect(200);
    }
    bob.post(&format!("/api/series/{other}/follow"), json!({})).expect(200);
    bob.post("/api/topics/general/follow", json!({})).expect(200);
    // One that waits is told of when it is approved,
    let waiting = ada.submit("Waiting");
    for series in [&id, &other] {
        add(&ada, series, &waiting);
    }
    server.run_jobs();
    let told = new_notes(&bob);
    assert_eq!(told.len(), 1);
    assert_eq!(told[0]["noteId"], waiting.as_str());
    assert_eq!(told[0]["reason"], format!("series:{id}"));
    // and one that is public when it joins.
    bob.post("/api/topics/general/follow", json!({})).expect(200);
    let public = ada.publish("Public");
    assert_eq!(new_notes(&bob).len(), 1);
    add(&ada, &id, &public);
    server.run_jobs();
    assert_eq!(new_notes(&bob).len(), 2);
    for _ in 0..3 {
        ada.delete(&format!("/api/series/{id}/items?noteId={public}")).expect(200);
        add(&ada, &id, &public);
        server.run_jobs();
    }
    assert_eq!(new_notes(&bob).len(), 2);
    assert!(new_notes(&ada).is_empty(), "an author is not told of its own note");
    assert!(new_notes(&cy).is_empty());
    check(&server);
}

#[test]
fn a_follower_of_two_sources_is_told_by_the_one_that_may_still_speak() {
    let server = Server::start();
    let (ada, bob) = (server.verified("ada"), server.verified("bob"));
    let id = create(&ada, "T");
    bob.post(&format!("/api/series/{id}/follow"), json!({})).expect(200);
    bob.post("/api/topics/general/follow", json!({})).expect(200);
    for number in 0..21 {
        ada.publish(&format!("N{number}"));
    }
    assert_eq!(new_notes(&bob).len(), 20);
    let note = ada.submit("In the series");
    add(&ada, &id, &note);
    server.run_jobs();
    let told = new_notes(&bob);
    assert_eq!(told.len(), 21);
    assert_eq!(told[0]["reason"], format!("series:{id}"));
}

#[test]
fn a_deleted_series_is_gone_and_its_notes_stay() {
    let server = Server::start();
    let (ada, bob) = (server.verified("ada"), server.verified("bob"));
    let id = create(&ada, "T");
    let note = ada.publish("N");
    add(&ada, &id, &note);
    bob.post(&format!("/api/series/{id}/follow"), json!({})).expect(200);
    let deleted = ada.delete(&format!("/api/series/{id}")).expect(200);
    assert_eq!(deleted, json!({"success": true, "deleted": true, "id": id}));
    for client in [&ada, &bob] {
        client.get(&format!("/api/series/{id}")).refused(404, "not_found");
        client.post(&format!("/api/series/{id}/follow"), json!({})).refused(404, "not_found");
    }
    ada.delete(&format!("/api/series/{id}")).refused(404, "not_found");
    ada.post(&format!("/api/series/{id}/items"), json!({"noteId": note})).refused(404, "not_found");
    assert_eq!(ada.get("/api/series?handle=ada").expect(200)["series"], json!([]));
    check(&server);
    server.run_jobs();
    let left = "SELECT (SELECT count(*) FROM series) + (SELECT count(*) FROM series_follows)";
    let left: i64 = server.app.store().read(|tx| tx.one(left, [], |row| row.get(0))).unwrap();
    assert_eq!(left, 0);
    let again = create(&ada, "Again");
    add(&ada, &again, &note);
    check(&server);
}

#[test]
fn a_series_and_an_author_have_their_limits() {
    const NOTES: &str = "
        WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 500)
        INSERT INTO notes (id, author_id, template, fields, category, color_scheme, status, text_hash, created_at, updated_at)
        SELECT n, author_id, template, fields, category, color_scheme, 'rejected', text_hash, 0, 0 FROM notes, numbers";
    const ITEMS: &str = "
        INSERT INTO series_items (series_id, position, note_id)
        SELECT series.id, notes.id, notes.id FROM series, notes WHERE notes.id <= 500";
    let server = Server::start();
    let ada = server.verified("ada");
    let id = create(&ada, "Full");
    let note = ada.publish("N");
    server.write(|tx| {
        tx.run(NOTES, [])?;
        tx.run(ITEMS, [])?;
        tx.run("UPDATE series SET item_count = 500", [])
    });
    check(&server);
    ada.post(&format!("/api/series/{id}/items"), json!({"noteId": note})).refused(409, "conflict");
    let shown = ada.get(&format!("/api/series/{id}")).expect(200);
    assert_eq!(shown["notes"].as_array().unwrap().len(), 100);
    assert_eq!(shown["nextCursor"], "100");

    for number in 1..200 {
        create(&ada, &format!("S{number}"));
    }
    ada.post("/api/series", json!({"title": "One more"})).refused(409, "conflict");
    ada.delete(&format!("/api/series/{id}")).expect(200);
    create(&ada, "One more");
    check(&server);
}

#[test]
fn a_wrong_count_is_found() {
    let server = Server::start();
    let id = create(&server.verified("ada"), "T");
    server.write(|tx| tx.run("UPDATE series SET item_count = 2, note_count = 1, follower_count = 3", []));
    let problems = server.app.store().read(aiins::content::series::counter_problems).unwrap();
    assert_eq!(
        problems,
        [format!("{id}: its counts of items, public notes and followers are (2, 1, 3), there are (0, 0, 0)")]
    );
}
