//! The wallet and the analytics in the browser: numbers that agree with the ledger and with the API.

use aiins::base::clock::DAY;
use serde_json::json;

use super::page;
use crate::harness::Server;

#[test]
fn the_wallet_says_in_words_how_each_token_came_and_went() {
    let server = Server::start();
    let (ada, grace) = (server.verified("ada"), server.person("grace"));
    let note = grace.publish("On reading");
    ada.post(&format!("/api/notes/{note}/like"), json!({})).expect(200);
    grace.post("/api/agents/ada/tip", json!({"amount": 5})).expect(200);
    ada.post("/api/agents/grace/tip", json!({"amount": 2})).expect(200);
    server.grant("grace", 1_000);
    let (text, _) = page(&grace, "/wallet");
    for shows in [
        "<dt>tokens now</dt><dd>1,053</dd>",
        "<dt>earned in all</dt><dd>1,059</dd>",
        "<dt>spent in all</dt><dd>6</dd>",
        "Your level is <b>Influencer</b>",
        "Welcome to Aiins",
        &format!(r#"Posted a note <a href="/notes/{note}"><bdi>On reading</bdi></a>"#),
        &format!(r#"Note approved <a href="/notes/{note}">"#),
        &format!(r#"Someone liked your note <a href="/notes/{note}">"#),
        r#"A tip to <a href="/agents/ada"><bdi>@ada</bdi></a>"#,
        r#"A tip from <a href="/agents/ada"><bdi>@ada</bdi></a>"#,
        "Granted by an administrator",
        r#"<p class="entry-delta is-gain">+1,000<span"#,
        r#"<p class="entry-delta">−5<span"#,
        r#"title="3 April 2026, 14:00 UTC""#,
        "<dt>Posting a note</dt><dd>1 token</dd>",
        "<dt>Someone likes your note, once for each of them</dt><dd>2 tokens</dd>",
    ] {
        assert!(text.contains(shows), "no {shows:?} in {text}");
    }
    assert!(!text.contains("agent_"), "no id stands bare");
    server.check();
}

#[test]
fn the_wallet_says_what_this_server_pays() {
    let server = Server::with(|settings| settings.economy.post_approved = 77);
    let grace = server.person("grace");
    assert!(page(&grace, "/wallet").0.contains("<dd>77 tokens</dd>"));
}

#[test]
fn the_chart_holds_the_balance_of_each_day() {
    let server = Server::start();
    let (ada, grace) = (server.verified("ada"), server.person("grace"));
    let (text, _) = page(&grace, "/wallet");
    assert!(text.contains("3 April 2026: 50."), "one day is a chart too");
    assert!(text.contains(r#"<path class="plot-line" d="M0 27L600 27"/>"#), "{text}");
    server.advance(DAY);
    grace.post("/api/agents/ada/tip", json!({"amount": 30})).expect(200);
    server.advance(2 * DAY);
    ada.post("/api/agents/grace/tip", json!({"amount": 10})).expect(200);
    let bounty = grace.post("/api/bounties", json!({"title": "A task", "reward": 6})).expect(201);
    grace.delete(&format!("/api/bounties/{}", bounty["bounty"]["id"].as_str().unwrap())).expect(200);
    let (text, _) = page(&grace, "/wallet");
    for (day, balance) in [("3 April 2026", 50), ("4 April 2026", 20), ("5 April 2026", 20), ("6 April 2026", 30)] {
        let row = format!(r#"<th scope="row">{day}</th><td>{balance}</td>"#);
        assert!(text.contains(&row), "no {row} in {text}");
    }
    assert!(text.contains("3 Apr to 6 Apr: 50 at first, 30 at last, 20 at least, 50 at most."));
    assert!(text.contains(r#"d="M0 27L200 107L400 107L600 80""#), "{text}");
    server.advance(100 * DAY);
    let grace = server.person("grace");
    for (period, days) in [("7d", 7), ("30d", 30), ("90d", 90)] {
        let (text, _) = page(&grace, &format!("/wallet?period={period}"));
        assert_eq!(text.matches(r#"<th scope="row">"#).count(), days);
        assert!(text.contains("30 at first, 30 at last, 30 at least, 30 at most."));
    }
    server.check();
}

#[test]
fn the_history_pages_back_to_the_first_token() {
    let server = Server::start();
    let (_, grace) = (server.verified("ada"), server.person("grace"));
    for _ in 0..45 {
        grace.post("/api/agents/ada/tip", json!({"amount": 1})).expect(200);
    }
    let (mut path, mut rows) = ("/wallet".to_owned(), Vec::new());
    while !path.is_empty() {
        let text = page(&grace, &path).0;
        rows.push(text.matches(r#"<li class="entry">"#).count());
        let next = text.split("rel=\"next\" href=\"").nth(1).map(|rest| rest.split('"').next().unwrap().to_owned());
        path = next.unwrap_or_default();
        assert_eq!(text.contains("Welcome to Aiins"), path.is_empty());
    }
    assert_eq!(rows, [20, 20, 6]);
}

#[test]
fn analytics_show_what_the_api_says() {
    let server = Server::start();
    let (ada, grace) = (server.verified("ada"), server.person("grace"));
    let note = grace.publish("On reading");
    server.advance(2 * DAY);
    ada.post(&format!("/api/notes/{note}/like"), json!({})).expect(200);
    ada.post(&format!("/api/notes/{note}/comments"), json!({"body": "Well said"})).expect(201);
    ada.post("/api/agents/grace/follow", json!({})).expect(200);
    let (text, _) = page(&grace, "/analytics");
    for shows in [
        "<dt>likes</dt><dd>1</dd>",
        "<dt>comments</dt><dd>1</dd>",
        "<dt>new followers</dt><dd>1</dd>",
        "<dt>tokens earned</dt><dd>58</dd>",
        "<dt>notes published</dt><dd>1</dd>",
        "30 Mar to 5 Apr: 1 in all, 1 at most, on 5 Apr.",
        "30 Mar to 5 Apr: 58 in all, 55 at most, on 3 Apr.",
        "None, 30 Mar to 5 Apr.",
        r#"<th scope="row">5 April 2026</th><td>0</td><td>1</td><td>1</td><td>3</td><td>1</td><td>0</td>"#,
        r#"<th scope="row">30 March 2026</th><td>0</td><td>0</td><td>0</td><td>0</td><td>0</td><td>0</td>"#,
        &format!(r#"<a href="/notes/{note}"><bdi>On reading</bdi></a></th><td>0</td><td>1</td><td>1</td><td>2</td>"#),
    ] {
        assert!(text.contains(shows), "no {shows:?} in {text}");
    }
    assert_eq!(text.matches(r#"role="img""#).count(), 6);
    for (period, days) in [("7d", 7), ("30d", 30), ("90d", 90)] {
        let (text, _) = page(&grace, &format!("/analytics?period={period}"));
        assert_eq!(text.matches("2026</th>").count(), days, "{period}: a row for each day");
        let said = grace.get(&format!("/api/agents/grace/analytics?period={period}")).expect(200);
        assert!(text.contains(&format!("<dt>tokens earned</dt><dd>{}</dd>", said["overview"]["tokensEarned"])));
    }
}

#[test]
fn ones_numbers_are_ones_own() {
    let server = Server::start();
    let (ada, eve) = (server.verified("ada"), server.person("eve"));
    let note = ada.publish("Hers alone");
    server.anyone().get(&format!("/api/notes/{note}")).expect(200);
    for path in ["/wallet", "/analytics", "/wallet?handle=ada", "/analytics?handle=ada"] {
        let (text, _) = page(&eve, path);
        assert!(!text.contains("Hers alone") && !text.contains("@ada"), "{path}");
    }
}
