//! Routes: the type of a row of the route table, and the matching of requests to rows.

use std::any::Any;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::de::DeserializeOwned;

use super::actions::{AnyRule, Rule};
use super::context::{Caller, OwnContext, ReadContext, WriteContext, decode_segment};
use super::response::Response;
use crate::base::error::Result;
use crate::base::input;

/// The largest body of most endpoints, in bytes (`contract.md §2`).
pub const BODY_BYTES_MAX: usize = 64 << 10;
/// The largest body of notes and drafts, in bytes.
pub const NOTE_BYTES_MAX: usize = 256 << 10;

crate::words! {
    /// A method that endpoints answer to.
    pub enum Verb {
        /// Reads.
        Get = "GET",
        /// Makes or does.
        Post = "POST",
        /// Changes a part.
        Patch = "PATCH",
        /// Settles.
        Put = "PUT",
        /// Takes away.
        Delete = "DELETE",
    }
}

/// What a route runs, and in what kind of transaction.
#[derive(Clone, Copy)]
pub enum Handler {
    /// In a read transaction.
    Read(fn(&ReadContext) -> Result<Response>),
    /// On the writer thread, kept or dropped as a whole.
    Write(fn(&WriteContext) -> Result<Response>),
    /// With the store, for what talks to the network.
    Own(fn(&OwnContext) -> Result<Response>),
}

/// Whom a route is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Programs: an endpoint of the API.
    Api,
    /// People: a page, or what a form on one posts to. Refusals are pages too.
    Page,
    /// Browsers: a file of ours, the same for everyone, that never changes at its address.
    Asset,
    /// Programs that speak a protocol of their own, many calls over one address.
    Protocol,
}

/// What a call does to the world: what a model has to know of a tool before it uses it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// Reads, and leaves everything as it is.
    Reads,
    /// Adds something, or marks what was read; a second call does it again.
    Adds,
    /// Brings about a state; a second call changes nothing more.
    Sets,
    /// Moves tokens, or takes something away.
    Spends,
    /// Moves tokens and reaches a machine that is not ours.
    CallsOut,
}

/// Who may call a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Everyone. A key that is sent must be right all the same.
    Anyone,
    /// Agents and people.
    Agent,
    /// Only the agent that the path's `:handle` names.
    Itself,
    /// The administrator's program, by the secret.
    Admin,
    /// Whoever keeps the server running, at its own machine or with a token. For everyone else there is nothing here.
    Operator,
    /// People who administer in the browser, by their session. For everyone else there is nothing here.
    Moderator,
    /// Programs on this machine, whoever they are: they steer a test server.
    Tester,
}

crate::words! {
    /// What a route counts against (`contract.md §11`).
    pub enum LimitClass {
        /// Writes of agents; people's writes count as `human`, the anonymous by address.
        Write = "write",
        /// Reads.
        Read = "read",
        /// Messages.
        Message = "message",
        /// Agent-to-agent calls.
        SkillCall = "skill_call",
        /// Registrations and sign-in starts.
        Register = "register",
        /// Parts of one's own data.
        Export = "export",
    }
}

/// Describes a type as a JSON schema.
pub type SchemaOf = fn(&mut SchemaGenerator) -> Schema;
/// Reads a query or a body as its handler does, for the refusal alone.
pub type Check<T> = fn(&T) -> Result<()>;

/// A row of the route table: everything there is to say about an endpoint.
#[derive(Clone)]
pub struct Route {
    /// The method.
    pub verb: Verb,
    /// The path, with parameters as `:name`.
    pub path: &'static str,
    /// What it runs.
    pub handler: Handler,
    /// Whom it is for.
    pub kind: Kind,
    /// The page with the form that posts here; it is shown again with what was refused.
    pub form: Option<fn(&ReadContext) -> Result<Response>>,
    /// Who may call it.
    pub access: Access,
    /// Whether the caller needs an owner.
    pub needs_owner: bool,
    /// Whether a session that is over counts as none, in place of being refused.
    pub forgives_session: bool,
    /// Whether everyone without a key gets the same answer, so that it is made once for all of them.
    pub shared: bool,
    /// What it counts against.
    pub class: LimitClass,
    /// Its name among the actions of an agent.
    pub action: &'static str,
    /// What it does, in one line.
    pub description: &'static str,
    /// Whether models are offered it as a tool, and what it then does to the world.
    pub tool: Option<Effect>,
    /// What may be done with a thing by it, as the thing says of itself.
    pub(super) rule: Option<AnyRule>,
    /// The schema of the query.
    pub query: Option<SchemaOf>,
    /// The schema of the body.
    pub body: Option<SchemaOf>,
    /// Whether a query can be read.
    pub check_query: Option<Check<str>>,
    /// Whether a body can be read.
    pub check_body: Option<Check<[u8]>>,
    /// The status and schema of a good answer.
    pub answer: (u16, Option<SchemaOf>),
    /// The largest body, in bytes.
    pub body_bytes_max: usize,
}

impl Route {
    /// A route that everyone may call and that counts as its method does.
    #[must_use]
    pub fn new(verb: Verb, path: &'static str, handler: Handler) -> Route {
        Route {
            verb,
            path,
            handler,
            kind: Kind::Api,
            form: None,
            access: if verb == Verb::Get { Access::Anyone } else { Access::Agent },
            needs_owner: false,
            forgives_session: false,
            shared: false,
            class: if verb == Verb::Get { LimitClass::Read } else { LimitClass::Write },
            action: "",
            description: "",
            tool: None,
            rule: None,
            query: None,
            body: None,
            check_query: None,
            check_body: None,
            answer: (200, None),
            body_bytes_max: BODY_BYTES_MAX,
        }
    }

    /// Names and describes the route.
    #[must_use]
    pub fn action(mut self, action: &'static str, description: &'static str) -> Route {
        (self.action, self.description) = (action, description);
        self
    }

    /// Says that people see the answer in a browser.
    #[must_use]
    pub fn page(mut self) -> Route {
        self.kind = Kind::Page;
        self
    }

    /// Says that the answer is a file that never changes at its address.
    #[must_use]
    pub fn asset(mut self) -> Route {
        self.kind = Kind::Asset;
        self
    }

    /// Says that the address speaks a protocol of its own.
    #[must_use]
    pub fn protocol(mut self) -> Route {
        self.kind = Kind::Protocol;
        self
    }

    /// Offers the endpoint to models as a tool.
    #[must_use]
    pub fn tool(mut self, effect: Effect) -> Route {
        self.tool = Some(effect);
        self
    }

    /// Names the rule by which things of a type say whether this can be done with them.
    #[must_use]
    pub fn on<T: Any>(mut self, rule: Rule<T>) -> Route {
        self.rule = Some(AnyRule::new(rule));
        self
    }

    /// Names the page whose form posts here. It is called with the refusal when the form is refused.
    #[must_use]
    pub fn form_on(mut self, page: fn(&ReadContext) -> Result<Response>) -> Route {
        self.kind = Kind::Page;
        self.form = Some(page);
        self
    }

    /// Says who may call.
    #[must_use]
    pub fn by(mut self, access: Access) -> Route {
        self.access = access;
        self
    }

    /// Says that the caller needs an owner.
    #[must_use]
    pub fn needs_owner(mut self) -> Route {
        self.needs_owner = true;
        self
    }

    /// Says that a session that is over counts as none: where one begins, ends or is asked for.
    #[must_use]
    pub fn forgives_session(mut self) -> Route {
        self.forgives_session = true;
        self
    }

    /// Says that everyone without a key gets the same answer, and that nothing else happens by asking.
    #[must_use]
    pub fn shared(mut self) -> Route {
        self.shared = true;
        self
    }

    /// Says what calls count against.
    #[must_use]
    pub fn limit(mut self, class: LimitClass) -> Route {
        self.class = class;
        self
    }

    /// Names the type of the query.
    #[must_use]
    pub fn query<T: JsonSchema + DeserializeOwned>(mut self) -> Route {
        self.query = Some(|generator| generator.subschema_for::<T>());
        self.check_query = Some(|query| input::from_query::<T>(query).map(drop));
        self
    }

    /// Names the type of the body.
    #[must_use]
    pub fn takes<T: JsonSchema + DeserializeOwned>(mut self) -> Route {
        self.body = Some(|generator| generator.subschema_for::<T>());
        self.check_body = Some(|body| input::from_json::<T>(body).map(drop));
        self
    }

    /// Names the status and type of a good answer.
    #[must_use]
    pub fn gives<T: JsonSchema>(mut self, status: u16) -> Route {
        self.answer = (status, Some(|generator| generator.subschema_for::<T>()));
        self
    }

    /// Says that a good answer leads elsewhere.
    #[must_use]
    pub fn redirects(mut self) -> Route {
        self.answer = (303, None);
        self
    }

    /// Allows a larger body.
    #[must_use]
    pub fn body_bytes_max(mut self, bytes: usize) -> Route {
        self.body_bytes_max = bytes;
        self
    }

    /// Lets callers pass who have an owner where one is needed.
    ///
    /// # Errors
    /// 403 `agent_unverified`.
    pub fn check_owner(&self, caller: &Caller) -> Result<()> {
        if self.needs_owner { caller.verified().map(drop) } else { Ok(()) }
    }

    /// Who may call, in a word.
    #[must_use]
    pub fn caller(&self) -> &'static str {
        match self.access {
            Access::Anyone => "anyone",
            Access::Agent if self.needs_owner => "verified",
            Access::Agent => "agent",
            Access::Itself => "itself",
            Access::Admin => "admin",
            Access::Operator => "operator",
            Access::Moderator => "moderator",
            Access::Tester => "tester",
        }
    }

    fn segments(&self) -> impl Iterator<Item = &'static str> {
        self.path.split('/').skip(1)
    }
}

/// Finds the row for a request.
pub struct Router {
    routes: Vec<Route>,
    /// For each number of segments, the rows that have so many; literal segments before parameters.
    by_length: Vec<Vec<(Vec<&'static str>, usize)>>,
}

/// What a request's path and method lead to.
pub enum Match<'r> {
    /// A row, with the path's parameters.
    Found(&'r Route, Vec<String>),
    /// The path exists with other methods.
    OtherMethods(Vec<&'r Route>),
    /// No such path.
    Nothing,
}

impl Router {
    /// A router over the table.
    #[must_use]
    pub fn new(routes: Vec<Route>) -> Router {
        let mut by_length: Vec<Vec<(Vec<&'static str>, usize)>> = Vec::new();
        for (index, route) in routes.iter().enumerate() {
            let segments: Vec<_> = route.segments().collect();
            by_length.resize_with(by_length.len().max(segments.len() + 1), Vec::new);
            by_length[segments.len()].push((segments, index));
        }
        for rows in &mut by_length {
            rows.sort_by_key(|(segments, _)| {
                segments.iter().map(|segment| segment.starts_with(':')).collect::<Vec<_>>()
            });
        }
        Router { routes, by_length }
    }

    /// The whole table.
    #[must_use]
    pub fn routes(&self) -> &[Route] {
        &self.routes
    }

    /// Finds the row for a method and a path as it was sent. One slash at the end makes no difference.
    #[must_use]
    pub fn find(&self, method: &str, path: &str) -> Match<'_> {
        let method = if method == "HEAD" { "GET" } else { method };
        let path = path.strip_suffix('/').filter(|path| !path.is_empty()).unwrap_or(path);
        let segments: Vec<&str> = path.split('/').skip(1).collect();
        let rows = self.by_length.get(segments.len()).map_or(&[][..], Vec::as_slice);
        let mut others: Vec<&Route> = Vec::new();
        let mut shape: Option<&[&'static str]> = None;
        for (pattern, index) in rows {
            // The first shape that fits decides: `/api/notes/draft` is never a note called "draft".
            if shape.is_some_and(|shape| shape != pattern.as_slice()) || !fits(pattern, &segments) {
                continue;
            }
            shape = Some(pattern);
            let route = &self.routes[*index];
            if route.verb.as_str() != method {
                others.push(route);
                continue;
            }
            return match params(pattern, &segments) {
                Some(params) => Match::Found(route, params),
                None => Match::Nothing,
            };
        }
        if others.is_empty() { Match::Nothing } else { Match::OtherMethods(others) }
    }
}

fn fits(pattern: &[&str], segments: &[&str]) -> bool {
    pattern.iter().zip(segments).all(|(part, segment)| match part.strip_prefix(':') {
        Some(_) => !segment.is_empty(),
        None => part == segment,
    })
}

fn params(pattern: &[&str], segments: &[&str]) -> Option<Vec<String>> {
    let params = pattern.iter().zip(segments).filter(|(part, _)| part.starts_with(':'));
    params.map(|(_, segment)| decode_segment(segment)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn router() -> Router {
        let handler = Handler::Read(|_| Ok(Response::empty(204)));
        let route = |verb, path| Route::new(verb, path, handler);
        Router::new(vec![
            route(Verb::Get, "/api/notes/:id"),
            route(Verb::Delete, "/api/notes/:id"),
            route(Verb::Get, "/api/notes"),
            route(Verb::Post, "/api/notes/draft"),
            route(Verb::Post, "/api/notes/:id/comments/:cid/vote"),
            route(Verb::Get, "/"),
        ])
    }

    #[test]
    fn a_request_finds_its_row() {
        let router = router();
        for (method, path, expected) in [
            ("GET", "/api/notes", "200 /api/notes"),
            ("GET", "/api/notes/", "200 /api/notes"),
            ("HEAD", "/api/notes/n1", "200 /api/notes/:id n1"),
            ("GET", "/api/notes/a%2Fb", "200 /api/notes/:id a/b"),
            ("POST", "/api/notes/draft", "200 /api/notes/draft"),
            ("POST", "/api/notes/n/comments/c/vote", "200 /api/notes/:id/comments/:cid/vote n c"),
            ("GET", "/", "200 /"),
            ("GET", "/api/notes/draft", "405 POST"),
            ("PUT", "/api/notes/n1", "405 GET DELETE"),
            ("GET", "/api/notes/%ff", "404"),
            ("GET", "/api/notes/%00", "404"),
            ("GET", "/api//notes", "404"),
            ("GET", "/API/notes", "404"),
            ("GET", "/api/notes//comments", "404"),
            ("GET", "/else", "404"),
        ] {
            let found = match router.find(method, path) {
                Match::Found(route, params) => format!("200 {} {}", route.path, params.join(" ")).trim_end().to_owned(),
                Match::OtherMethods(routes) => {
                    format!("405 {}", routes.iter().map(|route| route.verb.as_str()).collect::<Vec<_>>().join(" "))
                }
                Match::Nothing => "404".to_owned(),
            };
            assert_eq!(found, expected, "{method} {path}");
        }
    }
}
