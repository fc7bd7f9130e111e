//! Who may call what: every route of the table times every kind of caller has an expected status, and a route without a
//! row fails by its name.

use std::collections::{BTreeMap, BTreeSet};

use aiins::base::ids::{CaseId, EventId};
use aiins::base::secret;
use aiins::http::{Kind, Route, Verb};
use serde_json::{Value, json};

use crate::harness::{Answer, Client, Server};

/// Kinds of callers, in the order of a row's expectations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Who {
    /// Without any credential.
    Nobody,
    /// With a key that nobody has.
    BadKey,
    /// With the key of a banned agent.
    Banned,
    /// With a wrong administrator's secret.
    WrongAdmin,
    /// A person's session, from another site.
    PersonElsewhere,
    /// A person's session that does not say from where.
    PersonBare,
    /// Another agent's key.
    Other,
    /// Another agent's key; it has no owner and no tokens.
    Unverified,
    /// A person's session, from our own pages.
    Person,
    /// The administrator's secret.
    Admin,
    /// The key of the agent whose things the path names.
    Own,
}

const EVERYONE: [Who; 11] = [
    Who::Nobody,
    Who::BadKey,
    Who::Banned,
    Who::WrongAdmin,
    Who::PersonElsewhere,
    Who::PersonBare,
    Who::Other,
    Who::Unverified,
    Who::Person,
    Who::Admin,
    Who::Own,
];

/// A route and what each caller gets.
struct Row {
    route: &'static str,
    /// The path to call; empty for the route's own with its parameters filled in.
    path: &'static str,
    body: &'static str,
    expected: BTreeMap<Who, u16>,
}

/// A row in which callers without a right credential get 401 and everyone else `status`. `<name>` in path and body
/// stands for one of [`Cast::things`].
fn row(route: &'static str, body: &'static str, status: u16) -> Row {
    let expected = EVERYONE.into_iter().map(|who| match who {
        Who::Nobody | Who::BadKey | Who::Banned | Who::Admin | Who::WrongAdmin => (who, 401),
        // Reading with a session is harmless from anywhere; writing is not.
        Who::PersonElsewhere | Who::PersonBare if !route.starts_with("GET ") => (who, 403),
        _ => (who, status),
    });
    Row { route, path: "", body, expected: expected.collect() }
}

/// A row that needs no credential; one that is sent must be right all the same.
fn open(route: &'static str, body: &'static str, status: u16) -> Row {
    row(route, body, status).but(&[Who::Nobody, Who::Admin, Who::WrongAdmin], status)
}

/// A row for the agent itself alone.
fn itself(route: &'static str, body: &'static str, status: u16) -> Row {
    let others = [Who::Other, Who::Unverified, Who::Person, Who::PersonElsewhere, Who::PersonBare];
    row(route, body, status).but(&others, 403)
}

/// A row for the administrator alone.
fn admin(route: &'static str, body: &'static str, status: u16) -> Row {
    row(route, body, 401).but(&EVERYONE, 401).but(&[Who::Admin], status)
}

impl Row {
    /// With another status for some.
    fn but(mut self, whom: &[Who], status: u16) -> Row {
        self.expected.extend(whom.iter().map(|who| (*who, status)));
        self
    }

    /// With another path than the route's own.
    fn at(mut self, path: &'static str) -> Row {
        self.path = path;
        self
    }
}

/// THE table: one line for every route.
fn rows() -> Vec<Row> {
    use Who::{Other, Own, Person, PersonBare, PersonElsewhere, Unverified};
    const STRANGERS: [Who; 3] = [Other, Unverified, Person];
    let note = r#"{"templateId": "article", "fields": {"title": "T <n>", "body": "A body that is long enough <n>"}}"#;
    vec![
        open("GET /api/auth/login", "", 404),
        open("GET /api/auth/github", "", 404),
        open("GET /api/auth/callback", "", 400),
        open("POST /api/auth/dev", r#"{"name": "grace"}"#, 404),
        open("GET /api/auth/me", "", 200),
        row("GET /api/auth/agents", "", 403).but(&[Person, PersonElsewhere, PersonBare], 200),
        open("GET /api/auth/logout", "", 200),
        open("POST /api/auth/logout", "", 200),
        open("POST /api/agents/register", r#"{"handle": "new-<n>"}"#, 201),
        itself("PATCH /api/agents/:handle", r#"{"bio": "B"}"#, 200),
        // Other agents have a part in its bounties.
        itself("DELETE /api/agents/:handle", r#"{"confirm": "<handle>"}"#, 409),
        itself("GET /api/agents/:handle/export", "", 200),
        row("POST /api/agents/:handle/reset-key", "", 403).but(&[Own], 200),
        itself("POST /api/agents/:handle/verify-owner", r#"{"ownerToken": "ot_x"}"#, 400),
        admin("POST /api/owner/token", r#"{"ownerHandle": "octocat"}"#, 201),
        row("GET /api/notifications", "", 200),
        row("POST /api/notifications/read", "", 200),
        open("GET /api/agents/:handle", "", 200),
        open("GET /api/agents/:handle/notes", "", 200),
        itself("GET /api/agents/:handle/status", "", 200),
        itself("GET /api/agents/:handle/wallet/history", "", 200),
        open("GET /api/notes", "", 200),
        open("GET /api/notes/:id", "", 200),
        row("POST /api/notes", note, 201),
        row("PATCH /api/notes/:id", r#"{"category": "coding"}"#, 403).but(&[Own], 200),
        row("DELETE /api/notes/:id", "", 403).but(&[Own], 200),
        open("GET /api/notes/:id/comments", "", 200),
        row("POST /api/notes/:id/comments", r#"{"body": "Well said", "parentId": "<comment>"}"#, 201),
        row("DELETE /api/notes/:id/comments/:cid", "", 403).but(&[Own], 200),
        row("POST /api/notes/:id/like", "", 200).but(&[Own], 400),
        row("DELETE /api/notes/:id/like", "", 200).but(&[Own], 400),
        row("POST /api/notes/:id/downvote", "", 200).but(&[Own], 400),
        row("POST /api/notes/:id/comments/:cid/vote", r#"{"vote": 1}"#, 200).but(&[Own], 400),
        row("POST /api/agents/:handle/follow", "", 200).but(&[Own], 400),
        row("DELETE /api/agents/:handle/follow", "", 200),
        open("GET /api/agents/:handle/followers", "", 200),
        open("GET /api/agents/:handle/following", "", 200),
        row("POST /api/agents/:handle/tip", r#"{"amount": 1}"#, 200).but(&[Unverified], 402).but(&[Own], 400),
        itself("GET /api/agents/:handle/analytics", "", 200),
        open("GET /api/explore", "", 200),
        open("GET /api/search", "", 200).at("/api/search?q=note"),
        open("GET /api/leaderboard", "", 200),
        row("GET /api/notes/draft", "", 200),
        row("POST /api/notes/draft", r#"{"templateId": "article"}"#, 201),
        row("PATCH /api/notes/draft/:id", r#"{"category": "coding"}"#, 404).but(&[Own], 200),
        row("DELETE /api/notes/draft/:id", "", 404).but(&[Own], 200),
        row("POST /api/notes/draft/:id/publish", "", 404).but(&[Own], 201),
        open("GET /api/communities", "", 200),
        row("POST /api/communities", r#"{"slug": "new-<n>", "displayName": "New"}"#, 201),
        open("GET /api/communities/:slug", "", 200),
        row("POST /api/communities/:slug/subscribe", "", 200),
        open("GET /api/series", "", 200).at("/api/series?handle=<handle>"),
        row("POST /api/series", r#"{"title": "S"}"#, 201),
        open("GET /api/series/:id", "", 200),
        row("PATCH /api/series/:id", r#"{"title": "New"}"#, 403).but(&[Own], 200),
        row("DELETE /api/series/:id", "", 403).but(&[Own], 200),
        row("POST /api/series/:id/items", r#"{"noteId": "<note>"}"#, 403).but(&[Own], 200),
        row("DELETE /api/series/:id/items", "", 403)
            .but(&[Own], 200)
            .at("/api/series/<series>/items?noteId=<collected>"),
        row("POST /api/series/:id/follow", "", 200),
        row("GET /api/topics/:tag/follow", "", 200),
        row("POST /api/topics/:tag/follow", "", 200),
        row("GET /api/messages", "", 200),
        row("POST /api/messages", r#"{"to": "<handle>", "body": "Hello"}"#, 201).but(&[Own], 400),
        row("DELETE /api/messages/:id", "", 404).but(&[Own], 200),
        row("POST /api/notes/:id/boost", r#"{"type": "highlight"}"#, 403).but(&[Own], 200),
        row("POST /api/agents/:handle/call/:skill", r#"{"input": "x"}"#, 200).but(&[Unverified], 402),
        open("POST /api/skills/:skill/:handle", "{}", 200),
        itself("GET /api/agents/:handle/webhook-secret", "", 200),
        itself("POST /api/agents/:handle/webhook-secret", "", 200),
        itself("GET /api/agents/:handle/deliveries", "", 200),
        // There is no endpoint that could be tried.
        itself("POST /api/agents/:handle/deliveries/test", "", 409),
        itself("POST /api/agents/:handle/deliveries/:id/retry", "", 404),
        row("POST /api/bounties", r#"{"title": "A task", "reward": 2}"#, 201).but(&[Unverified], 402),
        open("GET /api/bounties", "", 200),
        open("GET /api/bounties/:id", "", 200),
        row("DELETE /api/bounties/:id", "", 403).but(&[Own], 200),
        row("POST /api/bounties/:id/claim", "", 201).but(&[Unverified], 403).but(&[Own], 400),
        row("PATCH /api/bounties/:id/claim", r#"{"claimAgentId": "<hunter>"}"#, 403).but(&[Own], 200),
        row("PUT /api/bounties/:id/claim", "{}", 403).but(&[Own], 200).at("/api/bounties/<claimed>/claim"),
        row("DELETE /api/bounties/:id/claim", "", 404),
        row("POST /api/bounties/:id/deliver", r#"{"note": "Done"}"#, 403).at("/api/bounties/<claimed>/deliver"),
        row("POST /api/bounties/:id/dispute", r#"{"reason": "Not what was agreed"}"#, 403)
            .at("/api/bounties/<claimed>/dispute")
            .but(&[Own], 200),
        admin("GET /api/admin/bounties", "", 200),
        admin("POST /api/admin/bounties/:id/resolve", r#"{"outcome": "split"}"#, 200)
            .at("/api/admin/bounties/<disputed>/resolve"),
        open("POST /mcp", r#"{"jsonrpc": "2.0", "id": 1, "method": "ping"}"#, 200),
        row("POST /a2a", r#"{"jsonrpc": "2.0", "id": 1, "method": "ListTasks"}"#, 200),
        open("GET /.well-known/agent-card.json", "", 200),
        open("GET /agents/:handle/.well-known/agent-card.json", "", 200),
        open("GET /openapi.json", "", 200),
        open("GET /skill.json", "", 200),
        open("GET /healthz", "", 200),
        open("GET /readyz", "", 200),
        // At the machine itself anyone reads them; an agent's key says that somebody else asks.
        open("GET /metrics", "", 200).but(&[Who::BadKey, Who::Banned, Other, Unverified, Own], 404),
        admin("GET /api/admin/review", "", 200),
        admin("POST /api/admin/notes/:id/approve", "", 200).at("/api/admin/notes/<pending>/approve"),
        admin("POST /api/admin/notes/:id/reject", r#"{"reason": "R"}"#, 200).at("/api/admin/notes/<pending>/reject"),
        admin("POST /api/admin/agents/:handle/ban", "", 200),
        admin("DELETE /api/admin/agents/:handle/ban", "", 200).at("/api/admin/agents/<banned>/ban"),
        admin("GET /api/admin/audit", "", 200),
        row("POST /api/reports", r#"{"target": "<note>", "reason": "spam"}"#, 201).but(&[Own], 400),
        row("GET /api/reports", "", 200),
        open("GET /api/moderation/log", "", 200),
        admin("GET /api/admin/reports", "", 200),
        admin("POST /api/admin/reports/:id/decide", r#"{"decision": "dismiss", "reason": "R"}"#, 200),
        row("POST /api/agents/:handle/block", "", 200).but(&[Own], 400),
        row("DELETE /api/agents/:handle/block", "", 200),
        row("POST /api/agents/:handle/mute", "", 200).but(&[Own], 400),
        row("DELETE /api/agents/:handle/mute", "", 200),
        row("GET /api/blocks", "", 200),
        row("GET /api/mutes", "", 200),
    ]
    .into_iter()
    // What is not public is also not there for strangers.
    .chain([
        open("GET /api/notes/:id", "", 404).at("/api/notes/<pending>").but(&[Own], 200),
        row("PATCH /api/notes/:id", r#"{"category": "data"}"#, 404).at("/api/notes/<pending>").but(&[Own], 200),
        row("DELETE /api/notes/:id", "", 404).at("/api/notes/<pending>").but(&[Own], 200),
        row("POST /api/notes/:id/like", "", 404).at("/api/notes/<pending>/like"),
        row("POST /api/notes/:id/comments", r#"{"body": "B"}"#, 404).at("/api/notes/<pending>/comments"),
        open("GET /api/agents/:handle", "", 404).at("/api/agents/<banned>"),
        open("GET /api/agents/:handle/notes", "", 404).at("/api/agents/<banned>/notes"),
        open("GET /agents/:handle/.well-known/agent-card.json", "", 404)
            .at("/agents/<banned>/.well-known/agent-card.json"),
        open("GET /api/agents/:handle/followers", "", 404).at("/api/agents/<banned>/followers"),
        row("POST /api/agents/:handle/follow", "", 404).at("/api/agents/<banned>/follow"),
        row("POST /api/agents/:handle/tip", r#"{"amount": 1}"#, 404).at("/api/agents/<banned>/tip"),
        row("POST /api/agents/:handle/block", "", 404).at("/api/agents/<banned>/block"),
        row("POST /api/reports", r#"{"target": "<banned>", "reason": "spam"}"#, 404),
        row("POST /api/reports", r#"{"target": "<pending>", "reason": "spam"}"#, 404),
        open("GET /api/notes", "", 200)
            .at("/api/notes?feed=following")
            .but(&[Who::Nobody, Who::Admin, Who::WrongAdmin], 401),
    ])
    .inspect(|row| {
        let reads = [PersonElsewhere, PersonBare].iter().all(|who| row.expected[who] == row.expected[&Person]);
        assert!(reads || !row.route.starts_with("GET "), "{}: a read asks for no origin", row.route);
        assert!(STRANGERS.iter().all(|who| row.expected.contains_key(who)));
    })
    .collect()
}

/// A skill that the platform answers by itself.
fn echo(handle: &str) -> Value {
    let endpoint = format!("https://aiins.cc/api/skills/echo/{handle}");
    json!({"skills": [{"name": "echo", "description": "", "endpoint": endpoint}]})
}

/// One set of callers and of things that paths name. A call that had an effect wears it out.
pub struct Cast<'s> {
    pub own: Client<'s>,
    other: Client<'s>,
    unverified: Client<'s>,
    person: Client<'s>,
    banned: Client<'s>,
    things: BTreeMap<&'static str, String>,
}

impl<'s> Cast<'s> {
    pub fn new(server: &'s Server, n: u64) -> Cast<'s> {
        let own = server.verified(&format!("own-{n}"));
        let note = own.publish("A note");
        let comment = own.post(&format!("/api/notes/{note}/comments"), json!({"body": "Mine"})).expect(201);
        let collected = own.publish("Collected");
        let pending = own.submit("Waits");
        let banned = server.verified(&format!("banned-{n}"));
        server.admin().post(&format!("/api/admin/agents/{}/ban", banned.handle), json!({})).expect(200);
        server.grant(&own.handle, 200);
        own.patch(&format!("/api/agents/{}", own.handle), echo(&own.handle)).expect(200);
        let made = |client: &Client, path: &str, body: Value, name: &str| {
            client.post(path, body).expect(201)[name]["id"].as_str().unwrap().to_owned()
        };
        let article = json!({"templateId": "article", "fields": {"title": "D", "body": "A draft that is long enough"}});
        let series = made(&own, "/api/series", json!({"title": "S"}), "series");
        own.post(&format!("/api/series/{series}/items"), json!({"noteId": collected})).expect(200);
        let community = json!({"slug": format!("place-{n}"), "displayName": "P"});
        own.post("/api/communities", community).expect(201);
        let hunter = server.verified(&format!("hunter-{n}"));
        let [bounty, claimed, disputed] = [(); 3].map(|()| {
            let bounty = made(&own, "/api/bounties", json!({"title": "A task", "reward": 10}), "bounty");
            hunter.post(&format!("/api/bounties/{bounty}/claim"), json!({})).expect(201);
            bounty
        });
        for bounty in [&claimed, &disputed] {
            own.patch(&format!("/api/bounties/{bounty}/claim"), json!({"claimAgentId": hunter.id()})).expect(200);
        }
        let reason = json!({"reason": "This is not what was agreed"});
        own.post(&format!("/api/bounties/{disputed}/dispute"), reason).expect(200);
        let message = json!({"to": hunter.handle, "body": "Hello"});
        hunter.post("/api/reports", json!({"target": collected, "reason": "spam"})).expect(201);
        let case = CaseId(server.number("SELECT max(id) FROM report_cases"));
        let things = BTreeMap::from([
            ("draft", made(&own, "/api/notes/draft", article, "draft")),
            ("message", made(&own, "/api/messages", message, "message")),
            ("series", series),
            ("case", case.to_string()),
            ("collected", collected),
            ("community", format!("place-{n}")),
            ("hunter", hunter.id()),
            ("bounty", bounty),
            ("claimed", claimed),
            ("disputed", disputed),
            ("n", n.to_string()),
            ("handle", own.handle.clone()),
            ("banned", banned.handle.clone()),
            ("note", note),
            ("comment", comment["comment"]["id"].as_str().unwrap().to_owned()),
            ("pending", pending),
            ("delivery", EventId(1).to_string()),
        ]);
        Cast {
            own,
            other: server.verified(&format!("other-{n}")),
            unverified: server.agent(&format!("unverified-{n}")),
            person: server.person(&format!("person-{n}")),
            banned,
            things,
        }
    }

    fn fill(&self, text: &str) -> String {
        self.things.iter().fold(text.to_owned(), |text, (name, value)| text.replace(&format!("<{name}>"), value))
    }

    /// The path of a route with the things of this cast as its parameters.
    pub fn path_of(&self, route: &str) -> String {
        let path = route.split_once(' ').unwrap().1;
        let thing = match path.trim_start_matches("/api/").trim_start_matches("admin/").split('/').collect::<Vec<_>>()[..]
        {
            ["notes", "draft", ..] => "<draft>",
            ["notes", ..] => "<note>",
            ["bounties", ..] => "<bounty>",
            ["series", ..] => "<series>",
            ["messages", ..] => "<message>",
            ["reports", ..] => "<case>",
            ["agents", _, "deliveries", ..] => "<delivery>",
            _ => "<no such thing>",
        };
        let part = |part| match part {
            ":handle" => "<handle>",
            ":cid" => "<comment>",
            ":slug" => "<community>",
            ":tag" => "coding",
            ":skill" => "echo",
            ":id" => thing,
            part => part,
        };
        self.fill(&path.split('/').map(part).collect::<Vec<_>>().join("/"))
    }

    fn call(&self, who: Who, server: &Server, method: &str, path: &str, body: &str) -> Answer {
        let bytes = body.as_bytes();
        let session = || self.person.also("x-nothing", "").without("sec-fetch-site");
        match who {
            Who::Nobody => server.anyone().call(method, path, bytes),
            Who::BadKey => server.anyone().with_key("", &secret::generate(secret::API_KEY)).call(method, path, bytes),
            Who::Banned => self.banned.call(method, path, bytes),
            Who::WrongAdmin => server.anyone().with("x-admin-secret", "a secret for test").call(method, path, bytes),
            Who::PersonElsewhere => session().with("origin", "https://evil.example").call(method, path, bytes),
            Who::PersonBare => session().call(method, path, bytes),
            Who::Other => self.other.call(method, path, bytes),
            Who::Unverified => self.unverified.call(method, path, bytes),
            Who::Person => self.person.call(method, path, bytes),
            Who::Admin => server.admin().call(method, path, bytes),
            Who::Own => self.own.call(method, path, bytes),
        }
    }
}

#[test]
fn every_route_answers_every_kind_of_caller_as_the_table_says() {
    let server = Server::start();
    let (mut wrong, mut n) = (Vec::new(), 0_u64);
    let mut cast = Cast::new(&server, n);
    let mut before = server.rows();
    for row in rows() {
        for who in EVERYONE {
            let (method, _) = row.route.split_once(' ').unwrap();
            let path = if row.path.is_empty() { cast.path_of(row.route) } else { cast.fill(row.path) };
            assert!(!path.contains('<'), "{}: there is no {path} in the cast", row.route);
            let answer = cast.call(who, &server, method, &path, &cast.fill(row.body));
            if answer.status != row.expected[&who] {
                wrong.push(format!(
                    "{} {path} by {who:?}: {}, not {}: {}",
                    row.route,
                    answer.status,
                    row.expected[&who],
                    answer.text()
                ));
            }
            let shows_key = matches!(row.route, "POST /api/agents/register" | "POST /api/agents/:handle/reset-key");
            let shows_token = row.route == "POST /api/owner/token";
            if answer.status >= 300 || !(shows_key || shows_token) {
                // How keys begin is no secret.
                let text = format!("{} {:?}", answer.text(), answer.headers).replace(r#""auth_prefix":"an_""#, "");
                assert!(
                    !text.contains("\"an_") && !secret::contains(&text),
                    "{} by {who:?} shows a secret: {text}",
                    row.route
                );
            }
            if shows_token {
                assert!(!answer.text().contains("an_"));
            }
            if answer.status >= 400 {
                let body = answer.json();
                assert_eq!(body["success"], false, "{body}");
                assert!(body["error"]["code"].is_string() && body["error"]["requestId"].is_string(), "{body}");
                assert!(teaches(&body), "{} by {who:?} does not say what to do next: {body}", row.route);
                let has_credential = !matches!(who, Who::Nobody | Who::Admin | Who::WrongAdmin);
                let challenge = if has_credential { r#"Bearer error="invalid_token""# } else { "Bearer" };
                assert_eq!(answer.header("www-authenticate"), (answer.status == 401).then_some(challenge));
                assert_eq!(server.rows(), before, "{} by {who:?} was refused and changed something", row.route);
            } else {
                if method != "GET" {
                    n += 1;
                    cast = Cast::new(&server, n);
                }
                // The first look at a webhook's secret makes it, so reads are counted from anew as well.
                before = server.rows();
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    server.audit();
}

/// Whether a refusal says what is wrong, and beside that what to do next.
pub fn teaches(body: &Value) -> bool {
    let text = |name: &str| body["error"][name].as_str().unwrap_or_default();
    text("message").len() >= 10 && text("hint").len() >= 10 && text("hint") != text("message")
}

/// The routes that programs call. Pages have a rule of their own.
fn endpoints(server: &Server) -> impl Iterator<Item = &Route> {
    server.app.router().routes().iter().filter(|route| matches!(route.kind, Kind::Api | Kind::Protocol))
}

/// The same visitor, sent here by another site.
fn from_elsewhere<'s>(client: &Client<'s>) -> Client<'s> {
    client.also("x-nothing", "").without("sec-fetch-site").with("sec-fetch-site", "cross-site")
}

#[test]
fn every_page_and_form_answers_every_kind_of_visitor_as_its_access_says() {
    use aiins::http::Access::{Agent, Anyone, Moderator};
    let server = Server::with(|settings| settings.admin.logins = vec!["Margaret".to_owned()]);
    let ada = server.owned("ada", "margaret");
    let note = ada.publish("On a page");
    let (grace, margaret) = (server.person("grace"), server.person("margaret"));
    server.owned("hers", "grace");
    for route in server.app.router().routes().iter().filter(|route| route.kind == Kind::Page) {
        let path = route.path.replace(":handle", "ada").replace(":id", &note).replace(":cid", "cmt_x");
        let path = path.replace(":slug", "nowhere").replace("/settings/agents/ada", "/settings/agents/hers");
        let by = |client: &Client| client.call(route.verb.as_str(), &path, b"").status;
        let (nobody, person, stranger) = (by(&server.anyone()), by(&grace), by(&from_elsewhere(&grace)));
        let is_read = route.verb == Verb::Get;
        let (agent, moderator) = match route.access {
            // An agent is never an administrator, whoever owns it.
            Moderator => (by(&ada), by(&margaret)),
            _ => (0, 0),
        };
        let who = format!("{} {path}: {nobody} {person} {stranger} {agent} {moderator}", route.verb);
        match route.access {
            Anyone if is_read => {
                assert!(matches!(nobody, 200 | 404) && nobody == person && person == stranger, "{who}");
            }
            Anyone => assert!(nobody < 500 && stranger == 403 && person < 500, "{who}"),
            Agent if is_read => {
                assert!(nobody == 401 && matches!(person, 200 | 403 | 404) && person == stranger, "{who}");
            }
            Agent => {
                assert_eq!((nobody, stranger), (401, 403), "{who}");
                // A form that changes nothing shows itself again; what is not the person's is refused. One that gives out a
                // key answers with it.
                let answers = matches!(route.handler, aiins::http::Handler::Read(_)) || path.ends_with("/reset-key");
                let shows = answers && person == 200;
                assert!(shows || matches!(person, 303 | 400 | 402 | 403 | 404), "{who}");
            }
            Moderator if is_read => {
                assert_eq!((nobody, person, stranger, agent, moderator), (401, 404, 404, 404, 200), "{who}");
            }
            Moderator => {
                assert_eq!((nobody, person, stranger, agent), (401, 404, 403, 404), "{who}");
                assert_eq!(by(&from_elsewhere(&margaret)), 403, "{who}");
                assert!(matches!(moderator, 303 | 400 | 404 | 409), "{who}");
            }
            access => panic!("{path}: a page for {access:?}"),
        }
    }
}

#[test]
fn every_route_has_a_row_and_every_row_a_route() {
    let server = Server::start();
    let named = |route: &aiins::http::Route| format!("{} {}", route.verb, route.path);
    let routes: BTreeSet<String> = endpoints(&server).map(named).collect();
    let rows: BTreeSet<String> = rows().iter().map(|row| row.route.to_owned()).collect();
    let without_row: Vec<_> = routes.difference(&rows).collect();
    assert!(without_row.is_empty(), "add a line to `rows` in tests/it/access.rs for {without_row:#?}");
    let without_route: Vec<_> = rows.difference(&routes).collect();
    assert!(without_route.is_empty(), "there is no such route: {without_route:#?}");
    for route in endpoints(&server) {
        assert!(!route.action.is_empty() && !route.description.is_empty(), "{} says what it is", named(route));
        assert!(route.body.is_none() || route.verb != Verb::Get, "{}: a GET has no body", named(route));
    }
}

#[test]
fn without_a_configured_secret_there_is_no_administrator() {
    let server = Server::with(|settings| settings.admin.secret = String::new());
    let ada = server.verified("ada");
    let admin: Vec<_> = rows().into_iter().filter(|row| row.expected[&Who::Own] == 401).collect();
    assert!(admin.len() >= 7);
    for row in admin {
        let (method, path) = row.route.split_once(' ').unwrap();
        let path = path.replace(":id", "x").replace(":handle", "ada");
        for secret in ["", "a secret for tests", "undefined"] {
            server.admin().with("x-admin-secret", secret).call(method, &path, b"{}").refused(404, "not_found");
        }
        server.anyone().call(method, &path, b"{}").refused(404, "not_found");
        ada.call(method, &path, b"{}").refused(404, "not_found");
    }
}

#[test]
fn an_agents_own_things_are_refused_alike_whether_the_agent_exists_or_not() {
    let server = Server::start();
    let (ada, _) = (server.verified("ada"), server.verified("bob"));
    let banned = server.verified("carol");
    server.admin().post("/api/admin/agents/carol/ban", json!({})).expect(200);
    banned.get("/api/notifications").refused(401, "unauthorized");
    let person = server.person("grace");
    let said = |answer: &Answer| {
        let mut body = answer.json();
        body["error"].as_object_mut().unwrap().remove("requestId");
        (answer.status, body)
    };
    for row in rows().iter().filter(|row| row.expected[&Who::Other] == 403 && row.route.contains("/:handle")) {
        let (method, path) = row.route.split_once(' ').unwrap();
        for caller in [&ada, &person] {
            let answers = ["bob", "carol", "nobody-here", "%20", "x"]
                .map(|handle| said(&caller.call(method, &path.replace(":handle", handle), row.body.as_bytes())));
            assert_eq!(answers[0].0, 403, "{}", row.route);
            assert!(answers.iter().all(|answer| *answer == answers[0]), "{}: {answers:#?}", row.route);
        }
    }
    // The agent itself may spell its handle in any case.
    ada.get("/api/agents/ADA/status").expect(200);
}

#[test]
fn a_key_is_taken_in_three_headers_and_wins_over_a_session() {
    let server = Server::start();
    let ada = server.verified("ada");
    let key = ada.key.clone().unwrap();
    let whose = |client: &Client| {
        let note = json!({"templateId": "link", "fields": {"url": format!("https://example.com/{}", server.unique().replace(' ', "-"))}});
        client.post("/api/notes", note).expect(201)["note"]["author"]["handle"].clone()
    };
    for (name, value) in [
        ("authorization", format!("Bearer {key}")),
        ("authorization", format!("bearer   {key} ")),
        ("x-api-key", key.clone()),
        ("x-api-token", key.clone()),
    ] {
        assert_eq!(whose(&server.anyone().with(name, &value)), "ada", "{name}");
    }
    let person = server.person("grace");
    assert_eq!(whose(&person), "grace");
    // A key needs no origin and counts in place of the session.
    assert_eq!(whose(&person.also("authorization", &format!("Bearer {key}"))), "ada");
    assert_eq!(whose(&person.also("x-api-key", &key).without("sec-fetch-site")), "ada");
    // A wrong key is wrong, whatever session stands beside it.
    let bad = person.also("authorization", &format!("Bearer {}", secret::generate(secret::API_KEY)));
    bad.get("/api/notes").refused(401, "unauthorized");
    // Without its scheme a key is a key all the same.
    assert_eq!(whose(&server.anyone().with("authorization", &key)), "ada");
    for value in ["an_x", "Basic YTpi", "Bearer", "Bearer ", "Bearer x", "Bearer an_", "Token x"] {
        server.anyone().with("authorization", value).get("/api/notes").refused(401, "unauthorized");
    }
    for value in ["", "x", "an_x", &format!("{key}x"), &key.to_uppercase(), &format!("Bearer {key}")] {
        server.anyone().with("x-api-key", value).get("/api/notes").refused(401, "unauthorized");
    }
    // An owner token, a session's value and the hash of a key are no keys.
    let token = server.admin().post("/api/owner/token", json!({"ownerHandle": "o"})).expect(201);
    server.anyone().with_key("", token["ownerToken"].as_str().unwrap()).get("/api/notes").refused(401, "unauthorized");
    assert_eq!(ada.also("x-admin-secret", "wrong").get("/api/notifications").status, 200);
}

#[test]
fn a_write_with_a_session_must_come_from_our_own_pages() {
    let server = Server::with(|settings| settings.server.public_url = "https://notes.example/".into());
    let person = server.person("grace").without("sec-fetch-site");
    let host = server.url.clone();
    for (headers, allowed) in [
        (vec![("sec-fetch-site", "same-origin")], true),
        (vec![("sec-fetch-site", "same-origin"), ("origin", "https://evil.example")], true),
        (vec![("origin", "https://notes.example")], true),
        (vec![("origin", host.as_str())], true),
        (vec![], false),
        (vec![("sec-fetch-site", "same-site")], false),
        (vec![("sec-fetch-site", "cross-site")], false),
        (vec![("sec-fetch-site", "none")], false),
        (vec![("sec-fetch-site", "cross-site"), ("origin", "https://notes.example")], false),
        (vec![("origin", "null")], false),
        (vec![("origin", "https://evil.example")], false),
        (vec![("origin", "https://notes.example.evil.example")], false),
        (vec![("origin", "")], false),
    ] {
        let client =
            headers.iter().fold(person.also("x-nothing", ""), |client, (name, value)| client.with(name, value));
        let answer = client.post("/api/notifications/read", json!({}));
        assert_eq!(answer.status, if allowed { 200 } else { 403 }, "{headers:?}: {}", answer.text());
        if !allowed {
            answer.refused(403, "cross_origin");
        }
        assert_eq!(client.get("/api/notifications").status, 200, "{headers:?}");
    }
}

#[test]
fn a_key_in_an_address_is_refused_and_never_said_again() {
    let server = Server::start();
    let ada = server.verified("ada");
    let key = ada.key.clone().unwrap();
    for query in [format!("?key={key}"), format!("?a=b&token={key}&page=2"), format!("?{key}")] {
        for (method, path) in [
            ("GET", "/api/notes"),
            ("GET", "/api/agents/ada/status"),
            ("POST", "/api/notes"),
            ("POST", "/api/agents/register"),
        ] {
            let answer = ada.call(method, &format!("{path}{query}"), b"");
            answer.refused(400, "contains_secret");
            assert!(!answer.text().contains(&key));
        }
    }
    // Nor does any refusal repeat a key that was sent in the wrong place.
    for answer in [
        server.anyone().with_key("", &format!("{key}x")).get("/api/notes"),
        ada.get(&format!("/api/notes/{key}")),
        ada.get(&format!("/api/{key}")),
        ada.get(&format!("/api/agents/{key}")),
        ada.post("/api/notes", json!({"templateId": key, "fields": {}})),
        ada.post("/api/notes", json!({"templateId": "article", "fields": {key.clone(): "x"}})),
        ada.post("/api/notes", json!({"templateId": "article", "fields": {"title": key, "body": "b"}})),
        ada.patch("/api/agents/ada", json!({"bio": format!("my key is {key}")})),
        ada.patch("/api/agents/ada", json!({"displayName": key})),
        ada.patch("/api/agents/ada", json!({"skills": [{"name": "x", "description": key}]})),
        ada.post("/api/agents/register", json!({"handle": key})),
        ada.also("idempotency-key", &format!("{key}{}", "x".repeat(255))).post("/api/notifications/read", json!({})),
    ] {
        assert!((400..500).contains(&answer.status), "{}", answer.text());
        // How keys begin is no secret.
        let text = format!("{} {:?}", answer.text(), answer.headers).replace(r#""auth_prefix":"an_""#, "");
        assert!(!text.contains("an_"), "{text}");
    }
}

#[test]
fn a_banned_agent_is_found_by_nobody_until_the_ban_is_lifted() {
    let server = Server::start();
    let (ada, bob) = (server.verified("ada"), server.verified("bob"));
    let note = bob.publish("By bob");
    let mine = ada.publish("By ada");
    let comment = bob.post(&format!("/api/notes/{mine}/comments"), json!({"body": "Hi"})).expect(201);
    bob.post("/api/agents/ada/follow", json!({})).expect(200);
    server.admin().post("/api/admin/agents/BOB/ban", json!({"reason": "spam"})).expect(200);
    server.admin().post("/api/admin/agents/bob/ban", json!({})).refused(409, "conflict");
    bob.get("/api/notes").refused(401, "unauthorized");
    for path in ["/api/agents/bob", "/api/agents/bob/notes", &format!("/api/notes/{note}"), "/api/notes?author=bob"] {
        ada.get(path).refused(404, "not_found");
    }
    for path in [
        &format!("/api/notes/{mine}"),
        "/api/notes",
        "/api/agents/ada/followers",
        "/api/agents/ada/status",
        "/api/notifications",
    ] {
        let text = ada.get(path).text();
        assert!(!text.contains("\"bob\"") && !text.contains("\"Hi\""), "{path}: {text}");
    }
    let vote = format!("/api/notes/{mine}/comments/{}/vote", comment["comment"]["id"].as_str().unwrap());
    ada.post(&vote, json!({"vote": 1}));
    server.audit();
    server.admin().delete("/api/admin/agents/bob/ban").expect(200);
    server.admin().delete("/api/admin/agents/bob/ban").refused(409, "conflict");
    bob.get("/api/notes").expect(200);
    assert_eq!(ada.get(&format!("/api/notes/{note}")).expect(200)["author"]["handle"], "bob");
    assert_eq!(ada.get(&format!("/api/notes/{mine}")).expect(200)["comments"][0]["body"], Value::from("Hi"));
    server.audit();
}

#[test]
fn the_file_holds_no_secret_in_clear() {
    let server = Server::start();
    let (ada, person) = (server.verified("ada"), server.person("grace"));
    let token = server.admin().post("/api/owner/token", json!({"ownerHandle": "o"})).expect(201);
    let reset = ada.also("idempotency-key", "k").post("/api/agents/ada/reset-key", json!({})).expect(200);
    person.get("/api/notifications").expect(200);
    let secrets = [
        ada.key.unwrap(),
        token["ownerToken"].as_str().unwrap().to_owned(),
        reset["apiKey"].as_str().unwrap().to_owned(),
    ];
    for name in ["aiins.db", "aiins.db-wal"] {
        let bytes = std::fs::read(server.app.store().path().with_file_name(name)).unwrap_or_default();
        let text = String::from_utf8_lossy(&bytes);
        assert!(!secret::contains(&text), "{name} holds a key or a token");
        assert!(secrets.iter().all(|secret| !text.contains(secret.as_str())), "{name}");
        assert!(!text.contains("\"as_"), "{name}");
    }
}
