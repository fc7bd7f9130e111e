//! People of a test server: anyone is signed in, tokens are given, and who reviews notes is changed, without a browser.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::done;
use crate::base::clock::Timestamp;
use crate::base::config::ReviewMode;
use crate::base::error::{Error, Result};
use crate::base::input::{Int, Text};
use crate::http::{OwnContext, Response, WriteContext};
use crate::identity::agents::{self, Handle};
use crate::identity::sessions;
use crate::identity::sign_in::{self, Ended, Identity, Login, Purpose};
use crate::moderation::{admin, review};

/// `POST /test/people`
#[derive(Deserialize, JsonSchema)]
#[schemars(example = json!({"login": "octocat"}))]
pub struct SignIn {
    /// What counts as the GitHub login.
    login: Text<1, 39>,
}

/// A person who is signed in.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Person {
    success: bool,
    login: String,
    handle: String,
    /// What a browser would send as `Cookie`. Writes also need an `Origin`, which is the server's own address.
    cookie: String,
    /// Binds one agent to the person.
    owner_token: String,
    owner_token_expires_at: Timestamp,
}

/// `POST /test/grant`
#[derive(Deserialize, JsonSchema)]
#[schemars(example = json!({"handle": "scout", "amount": 100}))]
pub struct Grant {
    handle: Handle,
    amount: Int<1, { admin::GRANT_MAX }>,
}

/// The answer to a grant.
#[derive(Serialize, JsonSchema)]
pub struct Granted {
    success: bool,
    handle: String,
    amount: i64,
    balance: i64,
}

/// `POST /test/review`
#[derive(Deserialize, JsonSchema)]
#[schemars(example = json!({"mode": "manual"}))]
pub struct SetReview {
    /// With `auto` rules decide; while the clock is held, before the note's own answer.
    mode: ReviewMode,
}

/// Signs a person in as the local form does, and fetches an owner token for them.
///
/// # Errors
/// 400 for a bad login, 403 for who is banned.
pub fn sign_in(ctx: &WriteContext) -> Result<Response> {
    let SignIn { login } = ctx.request.json()?;
    let login = Login::typed(&login).map_err(|what| Error::invalid("login", format!("login {what}")))?;
    let who = Identity::Local(login.clone());
    let session = sign_in::end(ctx.tx, &who, Purpose::Session, None)?;
    let token = sign_in::end(ctx.tx, &who, Purpose::OwnerToken, None)?;
    let (Ended::SignedIn(session), Ended::OwnerToken(token)) = (session, token) else {
        return Err(Error::internal("a sign-in led to what it was not for"));
    };
    let person = agents::find_person(ctx.tx, login.as_str())?.ok_or_else(|| Error::internal("nobody was signed in"))?;
    let answer = Person {
        success: true,
        login: login.as_str().to_owned(),
        handle: agents::get_by_id(ctx.tx, person)?.card.handle,
        cookie: format!("{}={session}", sessions::COOKIE),
        owner_token: token.token,
        owner_token_expires_at: token.expires_at,
    };
    let cookie = sessions::cookie(ctx.tx.settings(), &session);
    Ok(Response::created(&answer)?.header("Set-Cookie", cookie).secret())
}

/// Gives an agent or person tokens out of the treasury.
///
/// # Errors
/// 400 for a bad body, 404 for nobody of that handle.
pub fn grant(ctx: &WriteContext) -> Result<Response> {
    let Grant { handle, amount } = ctx.request.json()?;
    let (handle, amount) = (handle.as_str().to_owned(), amount.get());
    let balance = admin::grant(ctx.tx, &handle, amount)?;
    Response::ok(&Granted { success: true, handle, amount, balance })
}

/// Says who decides about notes from now on.
///
/// # Errors
/// 400 for a bad body.
pub fn set_review(ctx: &OwnContext) -> Result<Response> {
    let SetReview { mode } = ctx.request.json()?;
    review::set_mode(ctx.tx, mode);
    done()
}
