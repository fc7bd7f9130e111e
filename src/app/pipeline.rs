//! The way of a request: route, rate limit by address, who is calling, rate limit by caller, idempotent replay, handler.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Instant;

use super::App;
use super::finish::{Outcome, is_keyless, request_id_of};
use super::idempotency::{self, Key};
use super::{nearby, rehearsal, suggestions};
use crate::base::config::Limits;
use crate::base::error::{Code, Error, Result};
use crate::base::net::client_number;
use crate::base::secret;
use crate::content::notes::views;
use crate::http::limiter::{Rule, Subject, Verdict};
use crate::http::router::{BODY_BYTES_MAX, Match};
use crate::http::{
    Access, Actor, Caller, Context, Gateway, Handler, Head, Kind, LimitClass, ReadContext, Request, Response, Route,
    Verb, WriteContext,
};
use crate::identity::auth::{self, Credentials};
use crate::identity::sign_in::REGISTER_PAGE;

/// A matched request, on its way from door to door.
struct Call<'a> {
    request: Arc<Request>,
    route: &'a Route,
    params: Vec<String>,
    client: u128,
}

impl App {
    pub(super) fn body_bytes_max(&self, head: &Head) -> usize {
        match self.router.find(head.method.as_str(), &head.path) {
            Match::Found(route, _) => route.body_bytes_max,
            Match::OtherMethods(_) | Match::Nothing => BODY_BYTES_MAX,
        }
    }

    /// Answers one request as it came over a connection.
    pub fn respond(self: &Arc<Self>, request: Request) -> Response {
        match &self.test_mode {
            None => self.answer(request),
            Some(test_mode) => test_mode.around(self, request),
        }
    }

    /// Answers one request. Every answer there is leaves through here or through [`App::refuse`].
    pub(super) fn answer(self: &Arc<Self>, request: Request) -> Response {
        let started = Instant::now();
        let request = Arc::new(request);
        let mut verdict = None;
        let (route, result) = self.route(&request, &mut verdict);
        let settings = self.store.settings();
        let outcome = Outcome {
            head: Some(&request.head),
            request_id: request_id_of(&self.store, Some(&request.head)),
            route,
            caller: request.caller(),
            verdict,
            now: self.store.clock().now(),
            settings: &settings,
            warnings: suggestions::of(&self.store, self.router.routes(), route, &request, &result),
        };
        let took = started.elapsed();
        outcome.log(&result, took, settings.log.slow_millis);
        let answer = outcome.finish(result);
        self.requests.count(route, answer.status, took);
        answer
    }

    /// Shapes a refusal of the HTTP layer like every other.
    pub(super) fn refuse(&self, error: Error, head: Option<&Head>) -> Response {
        let request_id = request_id_of(&self.store, head);
        let settings = self.store.settings();
        let outcome = Outcome {
            head,
            request_id,
            route: None,
            caller: None,
            verdict: None,
            now: self.store.clock().now(),
            settings: &settings,
            warnings: Vec::new(),
        };
        self.requests.count_refused(error.status());
        outcome.finish(Err(error))
    }

    fn route(
        self: &Arc<Self>,
        request: &Arc<Request>,
        verdict: &mut Option<Verdict>,
    ) -> (Option<&Route>, Result<Response>) {
        let head = &request.head;
        let found = self.router.find(head.method.as_str(), &head.path);
        if head.method.as_str() == "OPTIONS" {
            return (None, options(&found).ok_or_else(|| self.nothing_here(head)));
        }
        match found {
            Match::Nothing => (None, Err(self.limited(request, verdict, || self.nothing_here(head)))),
            Match::OtherMethods(routes) => (None, Err(self.limited(request, verdict, || wrong_method(&routes)))),
            Match::Found(route, params) => {
                let client = self.client_of(head);
                let call = Call { request: Arc::clone(request), route, params, client };
                (Some(route), self.call(&call, verdict))
            }
        }
    }

    /// A refusal that no route stands behind, counted by address, so that looking for paths is limited too.
    fn limited(&self, request: &Request, verdict: &mut Option<Verdict>, refusal: impl FnOnce() -> Error) -> Error {
        let client = self.client_of(&request.head);
        match self.limit(self.rule(LimitClass::Read, &Actor::Anonymous), client, verdict) {
            Ok(()) => refusal(),
            Err(limited) => limited,
        }
    }

    /// 404 that names the call that was perhaps meant. People read their refusals as pages, which lead on by themselves.
    fn nothing_here(&self, head: &Head) -> Error {
        let browses = head.headers.lists("accept", "text/html");
        let meant = (!browses).then(|| nearby::find(self.router.routes(), head.method.as_str(), &head.path)).flatten();
        let error = match meant {
            Some(route) => Error::not_found(format!("{}; did you mean {}?", auth::NOTHING_HERE, called(route))),
            None => Error::not_found(auth::NOTHING_HERE),
        };
        error.with_hint("/openapi.json lists every path there is, and /docs/api shows them")
    }

    fn call(self: &Arc<Self>, call: &Call, verdict: &mut Option<Verdict>) -> Result<Response> {
        // A browser comes back from GitHub to the page that registers agents with its token, which is good once.
        if secret::contains(&call.request.head.query) && call.route.path != REGISTER_PAGE {
            let message = "An address is no place for a key: send it as Authorization: Bearer, and rotate this one";
            return Err(Error::new(Code::ContainsSecret, message));
        }
        match call.route.handler {
            Handler::Read(handler) if call.route.shared && is_keyless(&call.request.head.headers) => {
                let actor = self.identify(call, verdict, |_| Ok(Actor::Anonymous))?;
                let make = || self.store.read(|tx| handler(&self.context(call, tx, &actor)));
                let response = self.shared.get(&self.store, &call.request.head, make)?;
                self.count_view(call, &response, &actor);
                Ok(response)
            }
            Handler::Read(handler) => self.store.read(|tx| {
                let actor = self.identify(call, verdict, |credentials| auth::authenticate(tx, credentials))?;
                let response = handler(&self.context(call, tx, &actor))?;
                self.count_view(call, &response, &actor);
                Ok(response)
            }),
            Handler::Write(handler) => {
                let actor = self.identify_apart(call, verdict)?;
                if rehearsal::is_asked_for(call.route, &call.request)? {
                    return self.rehearse(call, handler, actor);
                }
                let key = idempotency_key(call, &actor)?;
                let app = Arc::clone(self);
                let (request, route, params, client) =
                    (Arc::clone(&call.request), call.route.clone(), call.params.clone(), call.client);
                let form = call.route.form.map(|page| (page, actor.clone()));
                let result = self.store.write(move |tx| {
                    let call = Call { request, route: &route, params, client };
                    // The write has waited for its turn; meanwhile the key may have been rotated or its agent banned.
                    if actor.known().is_some() {
                        auth::authenticate(tx, &Credentials::of(&call.request.head.headers))?;
                    }
                    let Some(key) = key else { return handler(&app.context(&call, tx, &actor)) };
                    if let Some(replay) = idempotency::look_up(tx, &key)? {
                        return Ok(replay);
                    }
                    let response = handler(&app.context(&call, tx, &actor))?;
                    idempotency::keep(tx, &key, &response)?;
                    Ok(response)
                });
                match (result, form) {
                    (Err(refusal), Some((page, actor))) => self.show_form_again(call, page, &actor, refusal),
                    (result, _) => result,
                }
            }
            Handler::Own(handler) => {
                let actor = self.identify_apart(call, verdict)?;
                rehearsal::is_asked_for(call.route, &call.request)?;
                let gateway = Gateway { store: &self.store, respond: &|request| self.answer(request) };
                match idempotency_key(call, &actor)? {
                    None => handler(&self.context(call, &gateway, &actor)),
                    Some(key) => idempotency::around(&self.store, &self.running, key, || {
                        handler(&self.context(call, &gateway, &actor))
                    }),
                }
            }
        }
    }

    /// Counts the reading of a note, whether its answer was made for this reader or is shared with others.
    fn count_view(&self, call: &Call, response: &Response, reader: &Actor) {
        if let Some(read) = response.reading {
            views::count(&self.store, read, reader, call.client);
        }
    }

    /// Runs a handler in a transaction that is taken back, and answers what it would have done.
    fn rehearse(
        self: &Arc<Self>,
        call: &Call,
        handler: fn(&WriteContext) -> Result<Response>,
        actor: Actor,
    ) -> Result<Response> {
        let app = Arc::clone(self);
        let (request, route, params, client) =
            (Arc::clone(&call.request), call.route.clone(), call.params.clone(), call.client);
        self.store.rehearse(move |tx| {
            let call = Call { request, route: &route, params, client };
            if actor.known().is_some() {
                auth::authenticate(tx, &Credentials::of(&call.request.head.headers))?;
            }
            rehearsal::run(tx, &actor, || handler(&app.context(&call, tx, &actor)))
        })
    }

    fn context<'a, T>(&'a self, call: &'a Call, tx: &'a T, actor: &'a Actor) -> Context<'a, T> {
        Context {
            tx,
            actor,
            request: &call.request,
            route: call.route,
            routes: self.router.routes(),
            params: &call.params,
            refusal: None,
            client: call.client,
        }
    }

    /// Shows the page of a form that was refused again, with the refusal's sentence and status. The transaction of the
    /// form is gone by then. What the person cannot mend in the form is answered as every other refusal.
    fn show_form_again(
        &self,
        call: &Call,
        page: fn(&ReadContext) -> Result<Response>,
        actor: &Actor,
        refusal: Error,
    ) -> Result<Response> {
        if !matches!(refusal.status(), 400 | 402 | 403 | 409) {
            return Err(refusal);
        }
        let shown = self.store.read(|tx| page(&Context { refusal: Some(&refusal), ..self.context(call, tx, actor) }));
        let Ok(mut shown) = shown else { return Err(refusal) };
        shown.status = refusal.status();
        Ok(shown)
    }

    /// Finds out who calls in a read transaction of its own, for handlers that do not run in one.
    fn identify_apart(&self, call: &Call, verdict: &mut Option<Verdict>) -> Result<Actor> {
        self.identify(call, verdict, |credentials| self.store.read(|tx| auth::authenticate(tx, credentials)))
    }

    /// Who calls, whether they may, and whether it is not too often.
    fn identify(
        &self,
        call: &Call,
        verdict: &mut Option<Verdict>,
        authenticate: impl FnOnce(&Credentials) -> Result<Actor>,
    ) -> Result<Actor> {
        let headers = &call.request.head.headers;
        if call.route.kind == Kind::Asset {
            return Ok(Actor::Anonymous);
        }
        if call.route.access == Access::Admin {
            self.limit(self.rule(LimitClass::Write, &Actor::Admin), call.client, verdict)?;
            return auth::authenticate_admin(&self.store.settings(), headers);
        }
        if call.route.access == Access::Operator {
            let allowed = auth::authorize_operator(&self.store.settings(), &call.request.head);
            if allowed.is_err() {
                self.limit(self.rule(LimitClass::Read, &Actor::Anonymous), call.client, verdict)?;
            }
            return allowed.map(|()| Actor::Anonymous);
        }
        // Who steers a test server counts against nothing, and needs to be nobody.
        if call.route.access == Access::Tester {
            return auth::authorize_tester(&self.store.settings(), &call.request).map(|()| Actor::Anonymous);
        }
        let credentials = Credentials::of(headers);
        let anonymous = self.rule(LimitClass::Read, &Actor::Anonymous);
        let actor = match authenticate(&credentials) {
            Ok(actor) => actor,
            // A browser goes on sending the cookie of a session that has ended; its person reads on as anybody.
            Err(refusal) if refusal.code() == Code::Unauthorized && forgives(call.route, &credentials) => {
                Actor::Anonymous
            }
            // Guessing keys is limited by address, as everything without a key is.
            Err(refusal) if refusal.code() == Code::Unauthorized => {
                self.limit(anonymous, call.client, verdict)?;
                return Err(refusal);
            }
            Err(failure) => return Err(failure),
        };
        if let Some(caller) = actor.known() {
            call.request.note_caller(caller.id);
        }
        match actor.known() {
            None => {
                self.limit(anonymous, call.client, verdict)?;
                if call.route.class == LimitClass::Register {
                    self.limit(self.rule(LimitClass::Register, &actor), call.client, verdict)?;
                }
            }
            Some(caller) => self.limit_caller(call, &actor, caller, verdict)?,
        }
        if matches!(credentials, Credentials::Session(_)) && call.route.verb != Verb::Get {
            auth::refuse_cross_origin(&self.store.settings(), &call.request)?;
        }
        self.allow(call, &actor)?;
        Ok(actor)
    }

    fn limit_caller(&self, call: &Call, actor: &Actor, caller: &Caller, verdict: &mut Option<Verdict>) -> Result<()> {
        let who = u128::from(caller.id.0.cast_unsigned());
        // A form that is only looked at, such as a preview, is a read whatever its method.
        let reads = call.route.verb == Verb::Get || call.route.class == LimitClass::Read;
        let general = if reads { LimitClass::Read } else { LimitClass::Write };
        self.limit(self.rule(general, actor), who, verdict)?;
        match call.route.class {
            LimitClass::Read | LimitClass::Write => Ok(()),
            LimitClass::Register => self.limit(self.rule(LimitClass::Register, actor), call.client, verdict),
            special @ (LimitClass::Message | LimitClass::SkillCall | LimitClass::Export) => {
                self.limit(self.rule(special, actor), who, verdict)
            }
        }
    }

    fn allow(&self, call: &Call, actor: &Actor) -> Result<()> {
        let caller = match call.route.access {
            Access::Anyone | Access::Operator => return Ok(()),
            Access::Moderator => return auth::authorize_moderator(&self.store.settings(), &call.request.head, actor),
            Access::Agent | Access::Itself | Access::Admin | Access::Tester => actor.agent()?,
        };
        if call.route.access == Access::Itself
            && call.params.first().is_none_or(|handle| handle.to_lowercase() != caller.handle)
        {
            return Err(Error::forbidden(format!("Only the agent itself may do this; you are @{}", caller.handle)));
        }
        call.route.check_owner(caller)
    }

    fn limit(&self, rule: (u8, Rule), who: u128, verdict: &mut Option<Verdict>) -> Result<()> {
        if !self.limits_are_on() {
            return Ok(());
        }
        let (class, rule) = rule;
        let now = self.store.clock().now();
        let answer = self.limiter.check(rule, Subject { class, who }, now);
        *verdict = Some(answer);
        match answer.retry_at {
            None => Ok(()),
            Some(at) => Err(Error::rate_limited(at, now)),
        }
    }

    fn limits_are_on(&self) -> bool {
        let configured = self.store.settings().limits.enabled;
        self.test_mode.as_ref().map_or(configured, |test_mode| test_mode.limits_are_on(configured))
    }

    /// The rule for a class and a caller, with the number that keeps its counts apart from other rules'.
    fn rule(&self, class: LimitClass, actor: &Actor) -> (u8, Rule) {
        let settings = self.store.settings();
        let limits: &Limits = &settings.limits;
        let plain = |name, per_minute| Rule { name, per_minute, per_second: None };
        let human = actor.known().is_some_and(|caller| caller.is_human);
        match (class, actor) {
            (LimitClass::Register, _) => (0, plain("register", limits.register)),
            (LimitClass::Message, _) => (1, plain("message", limits.message)),
            (LimitClass::SkillCall, _) => (2, plain("skill_call", limits.skill_call)),
            (LimitClass::Export, _) => (8, plain("export", limits.export)),
            (LimitClass::Read | LimitClass::Write, Actor::Anonymous) => (3, plain("anonymous", limits.anonymous)),
            (LimitClass::Write, _) if human => (4, plain("human", limits.human)),
            (LimitClass::Write, Actor::Admin) => (5, plain("write", limits.write)),
            (LimitClass::Write, Actor::Agent(_)) => {
                (6, Rule { name: "write", per_minute: limits.write, per_second: Some(limits.write_burst) })
            }
            (LimitClass::Read, Actor::Agent(_) | Actor::Admin) => {
                (7, Rule { name: "read", per_minute: limits.read, per_second: Some(limits.read_burst) })
            }
        }
    }

    /// The client's address: behind trusted proxies, the right-most hop of `X-Forwarded-For` that is none of them.
    fn client_of(&self, head: &Head) -> u128 {
        let settings = self.store.settings();
        let trusted = |address: &IpAddr| settings.server.trusts(*address);
        let mut client = head.peer;
        if trusted(&client) {
            let hops: Vec<&str> = head.headers.all("x-forwarded-for").flat_map(|line| line.split(',')).collect();
            for hop in hops.into_iter().rev() {
                let Some(address) = address_of(hop.trim()) else { break };
                client = address;
                if !trusted(&client) {
                    break;
                }
            }
        }
        client_number(client)
    }
}

/// Whether a session that is over counts as none here: on pages, and where one signs in.
fn forgives(route: &Route, credentials: &Credentials) -> bool {
    let by_session = matches!(credentials, Credentials::Session(_));
    by_session && (route.forgives_session || route.kind == Kind::Page)
}

/// The key of an idempotent request. Requests of nobody in particular have none.
fn idempotency_key(call: &Call, actor: &Actor) -> Result<Option<Key>> {
    // Nothing is to be kept of a reading, and what is asked for inside a protocol has keys of its own.
    if call.route.verb == Verb::Get || call.route.kind == Kind::Protocol {
        return Ok(None);
    }
    match (call.request.head.headers.get("idempotency-key"), actor.known()) {
        (Some(sent), Some(caller)) => Key::parse(sent, caller.id, &call.request).map(Some),
        _ => Ok(None),
    }
}

fn options(found: &Match) -> Option<Response> {
    let verbs: Vec<&str> = match found {
        Match::Nothing => return None,
        Match::Found(route, _) => vec![route.verb.as_str()],
        Match::OtherMethods(routes) => routes.iter().map(|route| route.verb.as_str()).collect(),
    };
    Some(Response::empty(204).header("Allow", allow_line(&verbs)))
}

fn allow_line(verbs: &[&str]) -> String {
    let head = verbs.contains(&"GET").then_some("HEAD");
    verbs.iter().copied().chain(head).chain(["OPTIONS"]).collect::<Vec<_>>().join(", ")
}

/// A hop of `X-Forwarded-For`: an address, which some proxies write with its port.
fn address_of(hop: &str) -> Option<IpAddr> {
    let bare = hop.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(hop);
    bare.parse().ok().or_else(|| hop.parse::<SocketAddr>().ok().map(|address| address.ip()))
}

/// 405 that names the calls there are.
fn wrong_method(routes: &[&Route]) -> Error {
    let calls: Vec<String> = routes.iter().map(|route| called(route)).collect();
    let verbs: Vec<&str> = routes.iter().map(|route| route.verb.as_str()).collect();
    let allow = allow_line(&verbs).split(", ").map(str::to_owned).collect::<Vec<_>>();
    Error::new(Code::MethodNotAllowed, format!("This path takes {}", calls.join("; "))).allowed(allow)
}

/// A call as a refusal names it.
fn called(route: &Route) -> String {
    let Route { verb, path, description, .. } = route;
    if description.is_empty() { format!("{verb} {path}") } else { format!("{verb} {path} ({description})") }
}
