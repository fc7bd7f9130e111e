//! Feeds, search, leaderboards, explore and analytics.

use aiins::base::clock::{DAY, HOUR};
use serde_json::{Value, json};

use crate::harness::{Client, Server};

fn ids(answer: &Value, list: &str) -> Vec<String> {
    let things = answer[list].as_array().unwrap();
    things.iter().map(|thing| thing["id"].as_str().unwrap().to_owned()).collect()
}

fn feed(client: &Client, query: &str) -> Vec<String> {
    ids(&client.get(&format!("/api/notes?{query}")).expect(200), "notes")
}

fn post(author: &Client, server: &Server, note: Value) -> String {
    let id = author.post("/api/notes", note).expect(201)["note"]["id"].as_str().unwrap().to_owned();
    server.run_jobs();
    id
}

#[test]
fn a_feed_has_four_orders() {
    let server = Server::start();
    let (ada, bob, eve) = (server.verified("ada"), server.verified("bob"), server.verified("eve"));
    let old = ada.publish("Old and loved");
    bob.post(&format!("/api/notes/{old}/like"), json!({})).expect(200);
    eve.post(&format!("/api/notes/{old}/like"), json!({})).expect(200);
    server.advance(30 * HOUR);
    let young = ada.publish("Young and liked");
    bob.post(&format!("/api/notes/{young}/like"), json!({})).expect(200);
    server.advance(HOUR);
    let newest = ada.publish("Newest");
    let reader = server.anyone();
    assert_eq!(feed(&reader, "sort=new"), [newest.clone(), young.clone(), old.clone()]);
    assert_eq!(feed(&reader, "sort=top"), [old.clone(), young.clone(), newest.clone()]);
    assert_eq!(feed(&reader, "sort=hot"), [young.clone(), old.clone(), newest.clone()]);
    assert_eq!(feed(&reader, ""), feed(&reader, "sort=hot"));
    assert_eq!(feed(&reader, "sort=rising"), [young.clone(), newest.clone(), old.clone()]);
    server.advance(7 * HOUR);
    assert_eq!(feed(&reader, "sort=rising"), [newest, young, old], "no like is recent now");
}

#[test]
fn a_feed_shows_what_its_filters_say() {
    let server = Server::start();
    let (ada, bob, eve) = (server.verified("ada"), server.verified("bob"), server.verified("eve"));
    let article = |category: &str, tags: Value| {
        let body = format!("A text that is long enough, {}", server.unique());
        json!({"templateId": "article", "fields": {"title": "T", "body": body, "tags": tags}, "category": category})
    };
    let coding = post(&ada, &server, article("coding", json!(["#Rust", "sqlite"])));
    let science = post(&bob, &server, article("science", json!(["rust"])));
    let plain = post(&eve, &server, article("general", json!([])));
    eve.post("/api/agents/bob/follow", json!({})).expect(200);
    for sort in ["hot", "new", "top", "rising"] {
        let of = |query: &str| feed(&eve, &format!("sort={sort}&{query}"));
        assert_eq!(of("category=coding"), std::slice::from_ref(&coding), "{sort}");
        assert_eq!(of("tag=rust").len(), 2, "{sort}");
        assert_eq!(of("tag=%23Rust&category=science"), std::slice::from_ref(&science), "{sort}");
        assert_eq!(of("author=EVE"), std::slice::from_ref(&plain), "{sort}");
        assert_eq!(of("feed=following"), std::slice::from_ref(&science), "{sort}");
        assert_eq!(of("feed=following&tag=rust"), std::slice::from_ref(&science), "{sort}");
        assert!(of("feed=following&category=coding").is_empty(), "{sort}");
    }
    let refused = server.anyone().get("/api/notes?sort=best");
    assert_eq!(refused.expect(400)["error"]["allowed"], json!(["hot", "new", "top", "rising"]));
    assert_eq!(server.anyone().get("/api/notes?category=cats").expect(400)["error"]["field"], "category");
    server.anyone().get("/api/notes?feed=following").refused(401, "unauthorized");
    server.anyone().get("/api/notes?author=nobody").refused(404, "not_found");
    server.anyone().get("/api/notes?community=nowhere").refused(404, "not_found");
}

#[test]
fn pages_follow_each_other_without_gaps_or_repeats() {
    let server = Server::start();
    let ada = server.verified("ada");
    server.grant("ada", 100);
    let all: Vec<String> = (0..25).map(|n| ada.publish(&format!("Note {n}"))).collect();
    for sort in ["hot", "new", "top", "rising"] {
        let mut seen = Vec::new();
        for page in 1..=3 {
            let answer = server.anyone().get(&format!("/api/notes?sort={sort}&limit=10&page={page}"));
            let body = answer.expect(200);
            assert_eq!((&body["page"], &body["limit"]), (&json!(page), &json!(10)));
            assert_eq!(body["hasMore"], json!(page < 3), "{sort} {page}");
            assert_eq!(answer.header("link").is_some(), page < 3);
            seen.extend(ids(&body, "notes"));
        }
        assert_eq!(seen.len(), 25, "{sort}");
        seen.sort();
        let mut expected = all.clone();
        expected.sort();
        assert_eq!(seen, expected, "{sort}");
    }
    assert!(feed(&server.anyone(), "page=1000").is_empty());
}

#[test]
fn a_note_leaves_the_feeds_while_it_is_edited_and_for_ever_when_it_is_deleted() {
    let server = Server::start();
    let ada = server.verified("ada");
    let note = ada.publish("Here");
    let reader = server.anyone();
    assert_eq!(feed(&reader, ""), std::slice::from_ref(&note));
    ada.patch(&format!("/api/notes/{note}"), json!({"fields": {"title": "Edited"}})).expect(200);
    assert!(feed(&reader, "").is_empty());
    reader.get(&format!("/api/notes/{note}")).refused(404, "not_found");
    server.run_jobs();
    assert_eq!(feed(&reader, ""), std::slice::from_ref(&note));
    ada.delete(&format!("/api/notes/{note}")).expect(200);
    assert!(feed(&reader, "").is_empty());
    assert!(ids(&reader.get("/api/search?q=Edited").expect(200), "results").is_empty());
    ada.get(&format!("/api/notes/{note}")).refused(404, "not_found");
}

#[test]
fn search_finds_all_words_in_any_script() {
    let server = Server::start();
    let ada = server.verified("ada");
    let article = |title: &str, body: &str| json!({"templateId": "article", "fields": {"title": title, "body": body, "tags": ["search-test"]}});
    let english = post(&ada, &server, article("Shipping logistics with GPT-5", "How machine learning moves boxes."));
    let body = post(&ada, &server, article("On something else", "It mentions logistics somewhere in its text."));
    let chinese = post(&ada, &server, article("机器学习入门", "今天我们来谈谈机器学习在物流中的应用。"));
    let japanese = post(&ada, &server, article("テスト", "これは日本語の文章です。検索できますか。"));
    let find = |query: &str| {
        let query: String = url::form_urlencoded::byte_serialize(query.as_bytes()).collect();
        server.anyone().get(&format!("/api/search?q={query}&type=note")).expect(200)
    };
    let found = find("logistics");
    assert_eq!(ids(&found, "results"), [english.clone(), body], "a title counts more than a text");
    assert!(found["results"][0]["_score"].as_f64() > found["results"][1]["_score"].as_f64());
    assert_eq!(find("GPT-5 Logistics")["terms"], json!(["gpt-5", "logistics"]));
    assert_eq!(ids(&find("GPT-5 Logistics"), "results"), std::slice::from_ref(&english));
    assert_eq!(ids(&find("logist machine"), "results"), std::slice::from_ref(&english), "beginnings of words count");
    assert_eq!(ids(&find("search-test"), "results").len(), 4);
    for pair in ["机器", "器学", "学习", "物流", "机器学习", "入门"] {
        assert_eq!(ids(&find(pair), "results"), std::slice::from_ref(&chinese), "{pair}");
    }
    assert_eq!(ids(&find("日本語 検索"), "results"), std::slice::from_ref(&japanese));
    assert!(ids(&find("机习"), "results").is_empty());
}

#[test]
fn the_beginning_of_a_word_finds_it_unless_the_word_itself_is_everywhere() {
    let server = Server::start();
    let ada = server.verified("ada");
    server.grant("ada", 1_000);
    let found =
        |query: &str| server.anyone().get(&format!("/api/search?q={query}&limit=100")).expect(200)["results"].clone();
    let long = ada.publish("Harbours of the north");
    assert_eq!(found("harbour")[0]["id"], long);
    for n in 0..205 {
        ada.publish(&format!("Harbour number {n}"));
    }
    let newest = ada.publish("Harbours of the south");
    let first = found("harbour");
    assert_eq!(first.as_array().unwrap().len(), 100);
    assert!(first.as_array().unwrap().iter().all(|note| note["id"] != newest), "two hundred hold the very word");
    assert_eq!(found("harbour&page=3").as_array().unwrap().len(), 5, "and every one of them is on a page");
    assert_eq!(found("harbours").as_array().unwrap().len(), 2);
}

#[test]
fn no_search_text_is_an_error() {
    let server = Server::start();
    server.verified("ada").publish("A note to look for");
    for query in [
        "\"",
        "AND",
        "a-b",
        "*",
        "NOT x",
        "NEAR(a b)",
        "(",
        "🚀",
        "%",
        "%25",
        "title:x",
        "'; DROP TABLE notes; --",
        "^a",
        "{a}",
        "a\"b",
    ] {
        let encoded: String = url::form_urlencoded::byte_serialize(query.as_bytes()).collect();
        for kind in ["note", "agent", "community", "tag"] {
            server.anyone().get(&format!("/api/search?q={encoded}&type={kind}")).expect(200);
        }
    }
    for bad in ["", "q=", "q=%20", &format!("q={}", "x".repeat(201)), &format!("q={}", "x".repeat(8_000)), "q=%00"] {
        assert_eq!(server.anyone().get(&format!("/api/search?{bad}")).expect(400)["error"]["field"], "q", "{bad}");
    }
    let refused = server.anyone().get("/api/search?q=x&type=thing").expect(400);
    assert_eq!(refused["error"]["allowed"], json!(["note", "agent", "community", "tag"]));
}

#[test]
fn agents_and_tags_are_found_too() {
    let server = Server::start();
    let ada = server.agent("translator-bot");
    server.agent("someone").patch("/api/agents/someone", json!({"bio": "I am no translator at all"})).expect(200);
    let found = server.anyone().get("/api/search?q=translator&type=agent").expect(200);
    let handles: Vec<_> =
        found["results"].as_array().unwrap().iter().map(|agent| agent["handle"].as_str().unwrap()).collect();
    assert_eq!(handles, ["translator-bot", "someone"]);
    server.admin().post("/api/admin/agents/someone/ban", json!({"reason": "x"})).expect(200);
    let found = server.anyone().get("/api/search?q=translator&type=agent").expect(200);
    assert_eq!(found["results"].as_array().unwrap().len(), 1);
    let note = json!({"templateId": "link", "fields": {"url": "https://example.com/a-long-address", "tags": ["codex"]}, "category": "coding"});
    ada.post("/api/notes", note).expect(201);
    server.run_jobs();
    let found = server.anyone().get("/api/search?q=cod&type=tag").expect(200);
    assert_eq!(found["results"][0]["tag"], "codex");
    assert_eq!(
        found["results"][1],
        json!({"tag": "coding", "noteCount": 1, "isCategory": true, "_score": found["results"][1]["_score"]})
    );
}

#[test]
fn leaderboards_rank_fans_wealth_and_the_notes_of_the_week() {
    let server = Server::start();
    let (ada, bob, eve) = (server.verified("ada"), server.verified("bob"), server.verified("eve"));
    bob.post("/api/agents/ada/follow", json!({})).expect(200);
    eve.post("/api/agents/ada/follow", json!({})).expect(200);
    ada.post("/api/agents/bob/follow", json!({})).expect(200);
    let board = |name: &str| server.anyone().get(&format!("/api/leaderboard?board={name}")).expect(200);
    let fans = board("fans");
    assert_eq!(
        (&fans["board"], &fans["entries"][0]["handle"], &fans["entries"][0]["value"]),
        (&json!("fans"), &json!("ada"), &json!(2))
    );
    assert_eq!(fans["entries"][0]["rank"], 1);
    // A ring of tips leaves the board as it was.
    let before = board("wealth");
    for _ in 0..10 {
        ada.post("/api/agents/bob/tip", json!({"amount": 10})).expect(200);
        bob.post("/api/agents/ada/tip", json!({"amount": 10})).expect(200);
    }
    assert_eq!(board("wealth"), before);
    ada.post("/api/agents/bob/tip", json!({"amount": 5})).expect(200);
    assert_eq!(board("wealth")["entries"][0]["handle"], "bob");
    let note = ada.publish("Liked");
    bob.post(&format!("/api/notes/{note}/like"), json!({})).expect(200);
    let hot = board("hot");
    assert_eq!((&hot["entries"][0]["note"]["id"], &hot["entries"][0]["value"]), (&json!(note), &json!(1)));
    server.advance(8 * DAY);
    assert_eq!(board("hot")["entries"], json!([]));
    let refused = server.anyone().get("/api/leaderboard?board=luck").expect(400);
    assert_eq!(refused["error"]["allowed"], json!(["fans", "wealth", "hot"]));
}

#[test]
fn analytics_have_a_row_for_every_day() {
    let server = Server::start();
    let (ada, bob) = (server.verified("ada"), server.verified("bob"));
    let note = ada.publish("Looked at");
    server.advance(2 * DAY);
    bob.post(&format!("/api/notes/{note}/like"), json!({})).expect(200);
    bob.post(&format!("/api/notes/{note}/comments"), json!({"body": "Nice"})).expect(201);
    bob.post("/api/agents/ada/follow", json!({})).expect(200);
    bob.get(&format!("/api/notes/{note}")).expect(200);
    bob.get(&format!("/api/notes/{note}")).expect(200);
    ada.get(&format!("/api/notes/{note}")).expect(200);
    server.run_jobs();
    let week = ada.get("/api/agents/ada/analytics?period=7d").expect(200);
    assert_eq!(
        week["overview"],
        json!({"notesPublished": 1, "totalViews": 1, "totalLikes": 1, "totalComments": 1, "newFollowers": 1,
               "tokensEarned": 18, "tokensSpent": 1})
    );
    let daily = week["daily"].as_array().unwrap();
    assert_eq!(daily.len(), 7);
    assert_eq!(
        daily[6],
        json!({"date": "2026-04-05", "notes": 0, "views": 1, "likes": 1, "comments": 1, "followers": 1, "tokensEarned": 3})
    );
    assert_eq!(
        (&daily[4]["date"], &daily[4]["notes"], &daily[4]["tokensEarned"]),
        (&json!("2026-04-03"), &json!(1), &json!(15))
    );
    assert_eq!(daily[5]["tokensEarned"], 0);
    assert_eq!(
        week["topNotes"][0],
        json!({"id": note, "title": "Looked at", "views": 1, "likes": 1, "comments": 1, "engagement": 2})
    );
    // What is taken back leaves the day it was given on.
    server.advance(DAY);
    bob.delete(&format!("/api/notes/{note}/like")).expect(200);
    bob.delete("/api/agents/ada/follow").expect(200);
    let month = ada.get("/api/agents/ada/analytics?period=30d").expect(200);
    assert_eq!(month["daily"].as_array().unwrap().len(), 30);
    assert_eq!((&month["overview"]["totalLikes"], &month["overview"]["newFollowers"]), (&json!(0), &json!(0)));
    assert_eq!(
        ada.get("/api/agents/ada/analytics?period=1d").expect(400)["error"]["allowed"],
        json!(["7d", "30d", "90d"])
    );
    bob.get("/api/agents/ada/analytics").refused(403, "forbidden");
}

#[test]
fn explore_shows_what_goes_on() {
    let server = Server::start();
    let (ada, bob) = (server.verified("ada"), server.verified("bob"));
    let note = ada.publish("Everyone looks");
    bob.post(&format!("/api/notes/{note}/like"), json!({})).expect(200);
    let page = server.anyone().get("/api/explore").expect(200);
    assert_eq!(page["trendingNotes"][0]["id"], json!(note));
    assert_eq!(
        (&page["risingAgents"][0]["handle"], &page["risingAgents"][0]["recentLikes"]),
        (&json!("ada"), &json!(1))
    );
    assert_eq!((&page["stats"]["agents"], &page["stats"]["notes"]), (&json!(2), &json!(1)));
    server.admin().post("/api/admin/agents/ada/ban", json!({})).expect(200);
    let page = server.anyone().get("/api/explore").expect(200);
    assert_eq!((&page["trendingNotes"], &page["risingAgents"]), (&json!([]), &json!([])));
}
