//! Plans: a walk through the endpoints, and then a look at how SQLite runs every statement they used.

use serde_json::{Value, json};

use crate::harness::{Client, Server};

/// Statements that read a whole table or sort it on purpose: a piece of their text, and why.
const ON_PURPOSE: &[(&str, &str)] = &[
    ("FROM transfers\n        ORDER BY id", "the audit reads the whole chain"),
    ("FROM transfers\n        WHERE (SELECT delta", "the audit looks at both sides of every transfer"),
    ("FROM transfers ORDER BY id DESC LIMIT 1", "the end of the chain is one row, found from the end of the table"),
    ("GROUP BY category", "what is trending is counted over a bounded range, once a minute for everyone"),
    ("SELECT count(*) FROM entries", "the audit counts all entries"),
    ("FROM accounts\n        ORDER BY id", "the audit reads every account"),
    ("AS so\n         FROM", "the audit compares every counter"),
    ("FROM bounties b\n        LEFT JOIN accounts", "the audit looks at every bounty's escrow"),
    ("WHERE kind = 'escrow' AND NOT EXISTS", "the audit looks at every escrow's bounty"),
    ("WHERE claims_count <> counted", "the audit compares every counter"),
    ("followed AS (SELECT series_id", "the audit compares every counter"),
    ("joined AS (SELECT community_id", "the audit compares every counter"),
    ("FROM report_cases\n         WHERE said <> so", "the audit compares every counter"),
    ("FROM pragma_foreign_key_check", "the audit looks at every reference"),
    ("SELECT ifnull(sum(balance), 0)", "what all accounts add up to, counted a few times a minute at most"),
    ("FROM ban_sweeps ORDER BY agent_id", "the table holds only the agents that are being swept now"),
    ("FROM skill_calls ORDER BY id", "the table holds only the calls that run now"),
    ("FROM skill_calls WHERE caller_id", "the table holds only the calls that run now"),
    ("FROM deletions ORDER BY agent_id", "the table holds only the accounts that are being deleted now"),
];

/// One of everything, so that every kind of row has been written and read.
fn walk(server: &Server) {
    let (ada, bob) = (server.verified("ada"), server.verified("bob"));
    let person = server.person("carol");
    server.grant("ada", 1_000);
    server.agent("dan").patch("/api/agents/dan", json!({"bio": "New", "skills": ["echo"]})).expect(200);
    let note = ada.publish("First");
    let other = bob.publish("Second");
    let keyed = bob.also("idempotency-key", "once");
    keyed.post(&format!("/api/notes/{note}/like"), json!({})).expect(200);
    keyed.post(&format!("/api/notes/{note}/like"), json!({})).expect(200);
    person.post(&format!("/api/notes/{note}/downvote"), json!({})).expect(200);
    let comments = format!("/api/notes/{note}/comments");
    let comment = bob.post(&comments, json!({"body": "How true, @ada"})).expect(201)["comment"]["id"].clone();
    let comment = comment.as_str().unwrap().to_owned();
    let reply =
        ada.post(&comments, json!({"body": "Thanks", "parentId": comment})).expect(201)["comment"]["id"].clone();
    ada.post(&format!("{comments}/{comment}/vote"), json!({"vote": 1})).expect(200);
    ada.post(&format!("{comments}/{comment}/vote"), json!({"vote": 1})).expect(200);
    ada.post("/api/agents/bob/follow", json!({})).expect(200);
    ada.post("/api/agents/bob/tip", json!({"amount": 3})).expect(200);
    let tagged = json!({"templateId": "article", "fields": {"title": "Tagged", "body": "Words enough for a review.", "tags": ["law"]}});
    let tagged = ada.post("/api/notes", tagged).expect(201)["note"]["id"].as_str().unwrap().to_owned();
    server.run_jobs();
    bob.post(&format!("/api/notes/{tagged}/like"), json!({})).expect(200);
    ada.patch(&format!("/api/notes/{other}"), json!({"category": "tech"}));
    bob.patch(&format!("/api/notes/{other}"), json!({"colorScheme": "dark"})).expect(200);
    ada.post("/api/notifications/read", json!({})).expect(200);

    events(server, &ada);
    let (bounty, series) = market(server, &ada, &bob, &note);
    for route in server.app.router().routes() {
        if route.verb != aiins::http::Verb::Get {
            continue;
        }
        let id = match route.path {
            path if path.starts_with("/api/bounties") => bounty.as_str(),
            path if path.starts_with("/api/series") => series.as_str(),
            _ => note.as_str(),
        };
        let path = route.path.replace(":handle", "ada").replace(":id", id).replace(":cid", &comment);
        let path = path.replace(":slug", "lawyers").replace(":tag", "coding");
        for caller in [&ada, &server.admin(), &server.anyone(), &person] {
            let answer = caller.get(&path);
            assert!(answer.status < 500, "{path}: {}", answer.text());
        }
    }
    for sort in ["hot", "new", "top", "rising"] {
        for filter in
            ["", "&category=tech", "&tag=law", "&author=ada", "&feed=following", "&author=ada&category=tech", "&page=3"]
        {
            let answer = ada.get(&format!("/api/notes?sort={sort}{filter}"));
            assert!(answer.status < 500, "{sort}{filter}: {}", answer.text());
        }
    }
    for query in ["sort=top", "sort=new", "sort=top&limit=1"] {
        ada.get(&format!("{comments}?{query}")).expect(200);
    }
    next_page(&ada.get(&format!("{comments}?limit=1")).expect(200), |cursor| {
        ada.get(&format!("{comments}?limit=1&cursor={cursor}")).status
    });
    ada.get(&format!("{comments}?parentId={comment}")).expect(200);
    ada.get("/api/notifications?unread=true").expect(200);
    for list in ["/api/agents/ada/wallet/history", "/api/notifications"] {
        next_page(&ada.get(&format!("{list}?limit=1")).expect(200), |cursor| {
            ada.get(&format!("{list}?limit=1&cursor={cursor}")).status
        });
    }

    for path in ["/messages?with=bob", "/messages?box=sent", "/settings", "/register?ownerToken=ot_x"] {
        assert_eq!(ada.get(path).status, 200, "{path}");
    }
    // Looking at every page, the person has signed out.
    let person = server.person("carol");
    assert_eq!(person.post("/settings/sessions/end-others", json!({})).status, 303);

    moderation(server, &ada, &bob, &other);
    let key = ada.post("/api/agents/ada/reset-key", json!({})).expect(200)["apiKey"].as_str().unwrap().to_owned();
    let ada = server.anyone().with_key("ada", &key);
    ada.delete(&format!("{comments}/{}", reply.as_str().unwrap())).expect(200);
    bob.delete(&format!("{comments}/{comment}")).expect(200);
    bob.delete(&format!("/api/notes/{note}/like")).expect(200);
    ada.delete("/api/agents/bob/follow").expect(200);
    server.admin().post("/api/admin/agents/bob/ban", json!({})).expect(200);
    server.admin().delete("/api/admin/agents/bob/ban").expect(200);
    ada.delete(&format!("/api/notes/{note}")).expect(200);
    // Who leaves has done a little of everything, and keeps the notes or does not.
    let leaving = server.verified("leaving");
    leaving.publish("Goes");
    leaving.post(&format!("/api/notes/{other}/comments"), json!({"body": "Goes too"}));
    leaving.call("DELETE", "/api/agents/leaving", br#"{"confirm": "leaving"}"#).expect(200);
    let staying = server.verified("staying");
    staying.publish("Stays");
    staying.call("DELETE", "/api/agents/staying", br#"{"confirm": "staying", "notes": "keep"}"#).expect(200);
    server.advance(3 * aiins::base::clock::DAY);
}

/// Events that are sent, refused, sent again and forgotten.
fn events(server: &Server, ada: &Client) {
    use aiins::identity::{deliveries, events};
    let pushed = server.agent("pushed");
    // The port of mail: it is refused without a look at the network.
    let body = json!({"endpoint": "http://agent.example:25/", "events": ["*"]});
    pushed.patch("/api/agents/pushed", body).expect(200);
    ada.post("/api/agents/pushed/tip", json!({"amount": 1})).expect(200);
    deliveries::deliver_due(server.app.store());
    let list = pushed.get("/api/agents/pushed/deliveries").expect(200);
    let id = list["deliveries"][0]["id"].as_str().unwrap().to_owned();
    pushed.post("/api/agents/pushed/deliveries/test", json!({})).expect(200);
    pushed.post(&format!("/api/agents/pushed/deliveries/{id}/retry"), json!({})).expect(200);
    pushed.get("/api/agents/pushed/status").expect(200);
    server.app.store().read(events::counts).unwrap();
    pushed.patch("/api/agents/pushed", json!({"events": []})).expect(200);
    let agent = pushed.id().parse().unwrap();
    server.write(move |tx| events::forget(tx, agent));
}

/// What the rooms beside notes do.
fn market(server: &Server, ada: &Client, bob: &Client, note: &str) -> (String, String) {
    let id = |answer: Value, thing: &str| answer[thing]["id"].as_str().unwrap().to_owned();
    let bounty = json!({"title": "A task", "description": "To do", "reward": 10, "category": "coding"});
    let bounty = id(ada.post("/api/bounties", bounty).expect(201), "bounty");
    bob.post(&format!("/api/bounties/{bounty}/claim"), json!({"note": "Mine"})).expect(201);
    ada.patch(&format!("/api/bounties/{bounty}/claim"), json!({"claimAgentId": bob.id()})).expect(200);
    bob.post(&format!("/api/bounties/{bounty}/deliver"), json!({"note": "Done"})).expect(200);
    for query in [
        "status=open",
        "category=coding",
        "status=claimed&category=coding",
        "creator=ada",
        "creator=ada&status=claimed",
    ] {
        server.anyone().get(&format!("/api/bounties?{query}")).expect(200);
    }
    let series = id(ada.post("/api/series", json!({"title": "A series"})).expect(201), "series");
    ada.post(&format!("/api/series/{series}/items"), json!({"noteId": note})).expect(200);
    bob.post(&format!("/api/series/{series}/follow"), json!({})).expect(200);
    ada.get("/api/series?handle=ada").expect(200);
    ada.post("/api/communities", json!({"slug": "lawyers", "displayName": "Lawyers"})).expect(201);
    bob.post("/api/communities/lawyers/subscribe", json!({})).expect(200);
    for sort in ["members", "new"] {
        server.anyone().get(&format!("/api/communities?sort={sort}")).expect(200);
    }
    bob.post("/api/topics/coding/follow", json!({})).expect(200);
    ada.post("/api/messages", json!({"to": "bob", "body": "Hello"})).expect(201);
    for query in [
        "box=inbox",
        "box=inbox&unread=true",
        "box=inbox&with=ada",
        "box=inbox&unread=true&with=ada&peek=true",
        "box=sent",
    ] {
        bob.get(&format!("/api/messages?{query}")).expect(200);
    }
    ada.post("/api/notes/draft", json!({"templateId": "article", "fields": {"title": "Later"}})).expect(201);
    ada.post(&format!("/api/notes/{note}/boost"), json!({"type": "pin"})).expect(200);
    for kind in ["note", "agent", "community", "tag"] {
        server.anyone().get(&format!("/api/search?q=law&type={kind}")).expect(200);
    }
    for board in ["fans", "wealth", "hot"] {
        server.anyone().get(&format!("/api/leaderboard?board={board}")).expect(200);
    }
    server.run_jobs();
    (bounty, series)
}

/// What is reported, decided, blocked and muted.
fn moderation(server: &Server, ada: &Client, bob: &Client, of_bob: &str) {
    let note = bob.publish("Reported");
    for target in [of_bob, &note, "bob"] {
        ada.post("/api/reports", json!({"target": target, "reason": "other", "text": "Look"})).expect(201);
    }
    next_page(&ada.get("/api/reports?limit=1").expect(200), |cursor| {
        ada.get(&format!("/api/reports?limit=1&cursor={cursor}")).status
    });
    let cases = server.admin().get("/api/admin/reports?limit=2").expect(200);
    next_page(&cases, |cursor| server.admin().get(&format!("/api/admin/reports?cursor={cursor}")).status);
    for (case, decision) in cases["cases"].as_array().unwrap().iter().zip(["dismiss", "remove"]) {
        let path = format!("/api/admin/reports/{}/decide", case["id"].as_str().unwrap());
        server.admin().post(&path, json!({"decision": decision, "reason": "R"})).expect(200);
    }
    bob.patch(&format!("/api/notes/{note}"), json!({"colorScheme": "dark"})).expect(200);
    server.run_jobs();
    for kind in ["mute", "block"] {
        ada.post(&format!("/api/agents/bob/{kind}"), json!({})).expect(200);
        for path in ["/api/notes?sort=new", "/api/notes?sort=top&tag=law", "/api/notes?feed=following", "/settings"] {
            assert_eq!(ada.get(path).status, 200, "{path}");
        }
        ada.delete(&format!("/api/agents/bob/{kind}")).expect(200);
    }
}

fn next_page(answer: &Value, get: impl FnOnce(&str) -> u16) {
    if let Some(cursor) = answer["nextCursor"].as_str() {
        assert_eq!(get(cursor), 200);
    }
}

#[test]
fn no_statement_reads_a_whole_table_or_sorts_what_an_index_could() {
    let server = Server::with(|settings| {
        settings.auth.dev_login = true;
        settings.admin.logins = vec!["carol".to_owned()];
    });
    walk(&server);
    let statements = server.app.store().statements();
    assert!(statements.len() > 50, "the walk saw {} statements", statements.len());
    let mut problems = Vec::new();
    for sql in &statements {
        if ON_PURPOSE.iter().any(|(text, _)| sql.contains(text)) {
            continue;
        }
        let steps = server.app.store().read(|tx| tx.plan(sql)).unwrap();
        let bad: Vec<&String> = steps.iter().filter(|step| is_bad(step)).collect();
        if !bad.is_empty() {
            problems.push(format!("{bad:?}\n{}\n", sql.trim()));
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

/// A scan of a table in no order, or a sort. What SQLite makes by itself, such as the list of an IN, it may scan.
fn is_bad(step: &str) -> bool {
    let scans = step.starts_with("SCAN ") && !step.contains("USING");
    let made = ["SCAN CONSTANT ROW", "VIRTUAL TABLE", "SUBQUERY", "SCAN (", "MATERIALIZE", "CO-ROUTINE"];
    (scans && !made.iter().any(|word| step.contains(word))) || step.contains("USE TEMP B-TREE")
}
