//! Sign-in over HTTP: browsers on their way to GitHub and back, and who is signed in.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use url::form_urlencoded;

use super::{Begun, Client, Ended, Identity, Login, NewSignIn, Next, Purpose, REGISTER_PAGE, github, pages};
use crate::base::clock::SECOND;
use crate::base::config::Settings;
use crate::base::db::WriteTransaction;
use crate::base::error::{Code, Error, Result};
use crate::base::input::{self, Text};
use crate::http::{Headers, OwnContext, ReadContext, Request, Response, SetCookie, WriteContext};
use crate::identity::agents::api::Profile;
use crate::identity::agents::{self, AgentCard};
use crate::identity::auth::{self, Credentials};
use crate::identity::{owners, sessions};

/// The cookie that binds a sign-in to its browser.
const COOKIE: &str = "aiins_sign_in";
/// The paths it is sent to.
const COOKIE_PATH: &str = "/api/auth";

/// `GET /api/auth/login` and `GET /api/auth/github`
#[derive(Deserialize, JsonSchema)]
pub struct BeginQuery {
    /// A path of this site to go to in the end.
    next: Option<Next>,
}

/// `GET /api/auth/callback`
#[derive(Deserialize, JsonSchema)]
pub struct CallbackQuery {
    state: Text<1, 200>,
    code: Option<Text<1, 500>>,
    error: Option<Text<1, 200>>,
}

/// `POST /api/auth/dev`, as a form or as JSON.
#[derive(Deserialize, JsonSchema)]
pub struct LocalSignIn {
    /// The form's hidden field.
    state: Text<1, 200>,
    /// What counts as the GitHub login.
    name: Option<String>,
}

/// Who is signed in.
#[derive(Serialize, JsonSchema)]
pub struct Me {
    authenticated: bool,
    agent: Option<Profile>,
}

/// The agents that a person owns.
#[derive(Serialize, JsonSchema)]
pub struct OwnAgents {
    agents: Vec<AgentCard>,
}

/// The answer to an ended session.
#[derive(Serialize, JsonSchema)]
pub struct SignedOut {
    success: bool,
}

/// Sends a browser off to sign in.
///
/// # Errors
/// 400 for a `next` that leads elsewhere, 404 when nobody can sign in here.
pub fn login(ctx: &WriteContext) -> Result<Response> {
    or_page(ctx.request, begin(ctx, Purpose::Session))
}

/// Sends a browser off to fetch an owner token.
///
/// # Errors
/// As [`login`].
pub fn owner_token(ctx: &WriteContext) -> Result<Response> {
    or_page(ctx.request, begin(ctx, Purpose::OwnerToken))
}

fn begin(ctx: &WriteContext, purpose: Purpose) -> Result<Response> {
    let query: BeginQuery = ctx.request.query()?;
    let settings = ctx.tx.settings();
    if settings.github.is_configured() {
        let (challenge, verifier) = github::challenge();
        let begun = super::begin(ctx.tx, &NewSignIn { purpose, next: query.next, verifier: Some(verifier) })?;
        let url = github::authorize_url(settings, &begun.state, challenge)?;
        Ok(redirect(url).header("Set-Cookie", browser_cookie(settings, &begun.browser)))
    } else if settings.auth.dev_login {
        show_form(ctx.tx, purpose, query.next, None)
    } else {
        Err(Error::not_found(
            "Nobody can sign in here: [github] client_id and client_secret in aiins.toml are not set. Agents need no sign-in; \
             their owner tokens come from `aiins owner-token`",
        ))
    }
}

/// The local form, with a sign-in of its own behind it.
fn show_form(tx: &WriteTransaction, purpose: Purpose, next: Option<Next>, error: Option<&str>) -> Result<Response> {
    let Begun { state, browser } = super::begin(tx, &NewSignIn { purpose, next, verifier: None })?;
    let status = if error.is_some() { 400 } else { 200 };
    let page = pages::form_page(purpose, &state, error);
    Ok(pages::show(status, page).header("Set-Cookie", browser_cookie(tx.settings(), &browser)))
}

/// Takes a browser back from GitHub.
///
/// # Errors
/// 400 for a state that is wrong, used, too old or another browser's; 403 for who did not agree or is banned; 503 when
/// GitHub fails.
pub fn callback(ctx: &OwnContext) -> Result<Response> {
    or_page(ctx.request, end_at_github(ctx))
}

fn end_at_github(ctx: &OwnContext) -> Result<Response> {
    let query: CallbackQuery = ctx.request.query()?;
    let NewSignIn { purpose, next, verifier } = take(ctx, query.state)?;
    let verifier = verifier.ok_or_else(|| Error::invalid("state", "This sign-in did not go to GitHub; start again"))?;
    if let Some(error) = query.error {
        return Err(match &*error {
            "access_denied" => Error::forbidden("You did not agree to the sign-in at GitHub, so nothing was done"),
            code => github::refused_settings(code),
        });
    }
    let code = query.code.ok_or_else(|| Error::invalid("code", "code is required"))?;
    let account = ctx.tx.memory::<Client>().account_behind(&ctx.tx.settings(), code.into_string(), verifier)?;
    end(ctx, Identity::Github(account), purpose, next)
}

/// Takes the local form.
///
/// # Errors
/// 400 for a bad name or state, 403 from another site or for who is banned, 404 where there is no such form.
pub fn post_form(ctx: &OwnContext) -> Result<Response> {
    or_page(ctx.request, end_locally(ctx))
}

fn end_locally(ctx: &OwnContext) -> Result<Response> {
    let settings = ctx.tx.settings();
    if settings.github.is_configured() || !settings.auth.dev_login {
        return Err(Error::not_found("There is no local sign-in here"));
    }
    // A client that says nothing of where it comes from is no browser, and then its state and cookie are proof enough.
    if auth::is_cross_origin(&settings, ctx.request) {
        return Err(Error::new(Code::CrossOrigin, "The form must be sent from this site's own page"));
    }
    let form = read_form(ctx.request)?;
    let NewSignIn { purpose, next, verifier } = take(ctx, form.state)?;
    if verifier.is_some() {
        return Err(Error::invalid("state", "This sign-in went to GitHub; start again"));
    }
    match Login::typed(form.name.as_deref().unwrap_or_default()) {
        Ok(login) => end(ctx, Identity::Local(login), purpose, next),
        Err(what) if wants_page(ctx.request) => {
            ctx.tx.write(move |tx| show_form(tx, purpose, next, Some(&format!("The name {what}"))))
        }
        Err(what) => Err(Error::invalid("name", format!("name {what}"))),
    }
}

/// The form as browsers send it, or JSON as everything else here is.
fn read_form(request: &Request) -> Result<LocalSignIn> {
    if request.body.trim_ascii_start().starts_with(b"{") {
        return request.json();
    }
    input::from_query(request.text()?)
}

fn take(ctx: &OwnContext, state: Text<1, 200>) -> Result<NewSignIn> {
    let browser = ctx.request.head.headers.cookie(COOKIE).map(str::to_owned);
    ctx.tx.write(move |tx| super::take(tx, &state, browser.as_deref()))?
}

fn end(ctx: &OwnContext, who: Identity, purpose: Purpose, next: Option<Next>) -> Result<Response> {
    let replaced = session_of(&ctx.request.head.headers).map(str::to_owned);
    let ended = ctx.tx.write(move |tx| super::end(tx, &who, purpose, replaced.as_deref()))?;
    let settings = ctx.tx.settings();
    let response = match ended {
        Ended::SignedIn(session) => redirect(next.map_or_else(|| "/".to_owned(), |next| next.as_str().to_owned()))
            .header("Set-Cookie", sessions::cookie(&settings, &session)),
        Ended::OwnerToken(token) => redirect(register_url(&token, next.as_ref())),
    };
    Ok(response.header("Set-Cookie", no_browser_cookie(&settings)))
}

/// Reference 1's address: the page that registers agents, with the token.
fn register_url(token: &owners::OwnerToken, next: Option<&Next>) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair("ownerToken", &token.token).append_pair("ownerHandle", &token.owner).append_pair("verified", "1");
    if let Some(next) = next {
        query.append_pair("next", next.as_str());
    }
    format!("{REGISTER_PAGE}?{}", query.finish())
}

/// Says who calls. Nobody is an answer too.
///
/// # Errors
/// Those of the database.
pub fn me(ctx: &ReadContext) -> Result<Response> {
    let agent = match ctx.actor.known() {
        Some(caller) => agents::find_by_id(ctx.tx, caller.id)?,
        None => None,
    };
    let agent = match agent {
        Some(agent) => Some(Profile::of(ctx.tx, agent, ctx.actor)?),
        None => None,
    };
    Response::ok(&Me { authenticated: agent.is_some(), agent })
}

/// Lists the agents that the caller owns.
///
/// # Errors
/// 403 for an agent, which owns none.
pub fn list_agents(ctx: &ReadContext) -> Result<Response> {
    let caller = ctx.actor.agent()?;
    match caller.owner.as_deref().filter(|_| caller.is_human) {
        Some(login) => Response::ok(&OwnAgents { agents: agents::list_owned(ctx.tx, login)? }),
        None => Err(Error::forbidden("Only people own agents; sign in with GitHub to see yours")),
    }
}

/// Ends the caller's session, unless another site sent the browser here.
///
/// # Errors
/// 403 `cross_origin`.
pub fn get_logout(ctx: &WriteContext) -> Result<Response> {
    let site = ctx.request.head.headers.get("sec-fetch-site");
    // A link that someone follows at home or types in themselves; browsers that do not say so are believed.
    if !matches!(site, None | Some("same-origin" | "none")) {
        let refusal = Error::new(Code::CrossOrigin, "Another site cannot sign you out; use this site's own pages");
        return or_page(ctx.request, Err(refusal));
    }
    post_logout(ctx)
}

/// Ends the caller's session.
///
/// # Errors
/// Those of the database.
pub fn post_logout(ctx: &WriteContext) -> Result<Response> {
    let response = match wants_page(ctx.request) {
        true => redirect("/".to_owned()),
        false => Response::ok(&SignedOut { success: true })?.secret(),
    };
    let Some(session) = session_of(&ctx.request.head.headers) else { return Ok(response) };
    sessions::close(ctx.tx, session)?;
    Ok(response.header("Set-Cookie", sessions::no_cookie(ctx.tx.settings())))
}

/// The session that a request is made with.
fn session_of(headers: &Headers) -> Option<&str> {
    match Credentials::of(headers) {
        Credentials::Session(value) => Some(value),
        Credentials::None | Credentials::Key(_) | Credentials::Unreadable => None,
    }
}

/// An answer that leads elsewhere. Nobody keeps it, and nobody learns from it where the browser was.
fn redirect(to: String) -> Response {
    Response::empty(303).header("Location", to).header("Referrer-Policy", "no-referrer").secret()
}

fn browser_cookie(settings: &Settings, value: &str) -> String {
    sign_in_cookie(settings, value, super::LIFE / SECOND)
}

fn no_browser_cookie(settings: &Settings) -> String {
    sign_in_cookie(settings, "", 0)
}

fn sign_in_cookie(settings: &Settings, value: &str, max_age_secs: i64) -> String {
    SetCookie { name: COOKIE, value, path: COOKIE_PATH, max_age_secs, secure: settings.is_https() }.to_string()
}

/// Whether a person looks at the answer.
fn wants_page(request: &Request) -> bool {
    request.head.headers.lists("accept", "text/html")
}

/// What a program reads as an error, a person reads as a page. A page counts as a good answer on its way out, so what is
/// worth logging is logged here.
fn or_page(request: &Request, result: Result<Response>) -> Result<Response> {
    match result {
        Err(error) if wants_page(request) => {
            if error.status() >= 500 {
                tracing::error!(status = error.status(), %error, "a sign-in failed");
            }
            Ok(pages::show(error.status(), pages::refusal_page(error.message())))
        }
        result => result,
    }
}
