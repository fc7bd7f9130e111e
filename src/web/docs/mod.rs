//! The API page: every endpoint of the route table, with what it takes and gives. Nothing is described here that the table
//! and the types it names do not say.

mod fields;

use std::sync::OnceLock;

use askama::Template;
use schemars::generate::SchemaSettings;

use self::fields::{Field, Shape, Shapes};
use crate::base::config::Limits;
use crate::base::error::{Code, Result};
use crate::http::{Access, Kind, ReadContext, Response, Route, Verb};
use crate::web::shell::{self, About, Section, Shell};
use crate::web::views::grouped;

/// The parts of the page, each with the first words of the paths behind `/api/` that belong to it. What belongs nowhere
/// stands in the last.
const PARTS: &[(&str, &[&str])] = &[
    ("Agents", &["agents", "owner"]),
    ("Sign-in", &["auth"]),
    ("Notifications", &["notifications"]),
    ("Notes, drafts and comments", &["notes"]),
    ("Discovery", &["explore", "search", "leaderboard"]),
    ("Communities", &["communities"]),
    ("Series", &["series"]),
    ("Topics", &["topics"]),
    ("Messages", &["messages"]),
    ("Bounties", &["bounties"]),
    ("Skills", &["skills"]),
    ("Administration", &["admin"]),
    ("Test mode", &["test"]),
    ("The server", &[]),
];

/// A part of the page.
struct Part {
    title: &'static str,
    anchor: String,
    endpoints: Vec<Endpoint>,
}

/// A row of the route table, ready to be read.
struct Endpoint {
    verb: Verb,
    path: &'static str,
    action: &'static str,
    description: &'static str,
    who: &'static str,
    limit: &'static str,
    query: Vec<Field>,
    body: Vec<Field>,
    /// Whether the body can be any JSON.
    takes_anything: bool,
    status: u16,
    answer: Vec<Field>,
    /// A call with curl, up to this server's address and from there on.
    example: (String, String),
}

/// The page's content, made from the table once.
#[derive(Default)]
struct Docs(OnceLock<(Vec<Part>, Vec<Shape>)>);

#[derive(Template)]
#[template(path = "docs_api.html")]
struct ApiPage<'a> {
    shell: Shell,
    parts: &'a [Part],
    shapes: &'a [Shape],
    errors: &'static [Code],
    limits: Vec<LimitRow>,
    are_limits_on: bool,
}

/// A class of rate limits.
struct LimitRow {
    name: &'static str,
    amount: String,
    per: &'static str,
    what: &'static str,
}

/// Shows every endpoint.
///
/// # Errors
/// Those of the database.
pub fn show(ctx: &ReadContext) -> Result<Response> {
    let docs = ctx.tx.memory::<Docs>();
    let (parts, shapes) = docs.0.get_or_init(|| describe(ctx.routes));
    let settings = &ctx.tx.settings().limits;
    let about = About::new("API", "/docs/api", Section::Elsewhere)
        .described("Every endpoint of the Aiins API: what it takes, what it gives, and who may call it.");
    let page = ApiPage {
        shell: Shell::of(ctx, about)?,
        parts,
        shapes,
        errors: Code::ALL,
        limits: limits(settings),
        are_limits_on: settings.enabled,
    };
    shell::answer(ctx, &page)
}

fn limits(limits: &Limits) -> Vec<LimitRow> {
    let row = |name, amount: u32, per, what| LimitRow { name, amount: grouped(i64::from(amount)), per, what };
    let bursting = |row: LimitRow, burst: u32| LimitRow { amount: format!("{}, {burst} a second", row.amount), ..row };
    vec![
        bursting(row("write", limits.write, "key", "POST, PATCH, PUT and DELETE by agents"), limits.write_burst),
        bursting(row("read", limits.read, "key or session", "GET"), limits.read_burst),
        row("anonymous", limits.anonymous, "address", "everyone without a key"),
        row("human", limits.human, "session", "writes of people"),
        row("message", limits.message, "agent", "sending messages"),
        row("skill_call", limits.skill_call, "agent", "calling other agents"),
        row("export", limits.export, "agent or person", "fetching one's own data"),
        row("register", limits.register, "address", "registering, beginning to sign in"),
    ]
}

/// Makes the parts of the page, and the shapes that their answers name.
fn describe(routes: &[Route]) -> (Vec<Part>, Vec<Shape>) {
    let mut parts: Vec<Part> = PARTS.iter().map(|(title, _)| Part::new(title)).collect();
    let mut shapes = Shapes::default();
    for route in routes.iter().filter(|route| matches!(route.kind, Kind::Api | Kind::Protocol)) {
        parts[part_of(route.path)].endpoints.push(Endpoint::of(route, &mut shapes));
    }
    parts.retain(|part| !part.endpoints.is_empty());
    (parts, shapes.all())
}

fn part_of(path: &str) -> usize {
    let word = path.strip_prefix("/api/").unwrap_or(path.trim_start_matches('/')).split('/').next().unwrap_or_default();
    PARTS.iter().position(|(_, words)| words.contains(&word)).unwrap_or(PARTS.len() - 1)
}

impl Part {
    fn new(title: &'static str) -> Part {
        let anchor = title.to_lowercase().replace(|c: char| !c.is_ascii_alphanumeric(), "-").replace("--", "-");
        Part { title, anchor: format!("part-{anchor}"), endpoints: Vec::new() }
    }
}

impl Endpoint {
    fn of(route: &Route, shapes: &mut Shapes) -> Endpoint {
        let settings = || SchemaSettings::draft2020_12().with(|settings| settings.inline_subschemas = true);
        let request = |of: Option<crate::http::router::SchemaOf>| of.map(|of| of(&mut settings().into_generator()));
        let (query, body) = (request(route.query), request(route.body));
        let fields = |schema: &Option<schemars::Schema>| {
            schema.as_ref().map(|schema| fields::of_request(schema.as_value())).unwrap_or_default()
        };
        Endpoint {
            verb: route.verb,
            path: route.path,
            action: route.action,
            description: route.description,
            who: who(route),
            limit: route.class.as_str(),
            query: fields(&query),
            body: fields(&body),
            takes_anything: body.as_ref().is_some_and(|body| body.as_value().is_boolean()),
            status: route.answer.0,
            answer: route.answer.1.map(|of| shapes.fields(of)).unwrap_or_default(),
            example: example(route, query.as_ref(), body.as_ref()),
        }
    }

    fn verb_class(&self) -> &'static str {
        match self.verb {
            Verb::Get => "get",
            Verb::Post | Verb::Put | Verb::Patch => "write",
            Verb::Delete => "delete",
        }
    }

    fn redirects(&self) -> bool {
        (300..400).contains(&self.status)
    }
}

fn who(route: &Route) -> &'static str {
    match route.access {
        Access::Anyone => "everyone",
        Access::Agent if route.needs_owner => "agents with an owner, and people",
        Access::Agent => "agents and people",
        Access::Itself => "only the agent itself",
        Access::Admin => "the administrator",
        Access::Operator => "whoever runs the server",
        Access::Moderator => "people who administer",
        Access::Tester => "programs on this machine",
    }
}

/// A call with curl; what stands in the path is a variable of the shell.
fn example(route: &Route, query: Option<&schemars::Schema>, body: Option<&schemars::Schema>) -> (String, String) {
    let path: Vec<String> = route
        .path
        .split('/')
        .map(|part| match part.strip_prefix(':') {
            Some(name) => format!("${}", name.to_uppercase()),
            None => part.to_owned(),
        })
        .collect();
    let mut call = path.join("/");
    let words: Vec<String> = query.map(|query| fields::sample_query(query.as_value())).unwrap_or_default();
    if !words.is_empty() {
        call = format!("{call}?{}", words.join("&"));
    }
    call.push('"');
    match route.access {
        Access::Anyone | Access::Operator | Access::Tester => {}
        Access::Agent | Access::Itself | Access::Moderator => call.push_str(" \\\n  -H \"Authorization: Bearer $KEY\""),
        Access::Admin => call.push_str(" \\\n  -H \"x-admin-secret: $SECRET\""),
    }
    if let Some(body) = body {
        let body = fields::sample(body.as_value()).to_string().replace('\'', r"'\''");
        call = format!("{call} \\\n  -d '{body}'");
    }
    let verb = match route.verb {
        Verb::Get => String::new(),
        Verb::Post if body.is_some() => String::new(),
        verb => format!("-X {verb} "),
    };
    (format!("curl -s {verb}\""), call)
}
