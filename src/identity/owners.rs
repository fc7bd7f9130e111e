//! Owners: one-time codes that bind an agent to the person behind it.

use rusqlite::named_params;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::base::clock::{HOUR, Timestamp};
use crate::base::db::{ReadTransaction, WriteTransaction};
use crate::base::error::{Error, Result};
use crate::base::input::Text;
use crate::base::secret;
use crate::http::{Response, WriteContext};

/// How long a token is good for (reference 1: 72 h).
const TOKEN_LIFE: i64 = 72 * HOUR;

/// A token as it is shown once.
#[derive(Debug)]
pub struct OwnerToken {
    /// The code itself.
    pub token: String,
    /// The GitHub login it stands for.
    pub owner: String,
    /// When it stops being good.
    pub expires_at: Timestamp,
}

/// Issues a token for a login. Logins are compared without regard to case, as GitHub does.
///
/// # Errors
/// Those of the database.
pub fn issue(tx: &WriteTransaction, login: &str) -> Result<OwnerToken> {
    const SQL: &str = "INSERT INTO owner_tokens (hash, owner, expires_at) VALUES (:hash, :owner, :expires_at)";
    let token = secret::generate(secret::OWNER_TOKEN);
    let owner = login.to_lowercase();
    let expires_at = tx.now().plus(TOKEN_LIFE);
    tx.run(SQL, named_params! {":hash": secret::hash(&token), ":owner": owner, ":expires_at": expires_at})?;
    Ok(OwnerToken { token, owner, expires_at })
}

/// Has the unused tokens of a login stand for another.
///
/// # Errors
/// Those of the database.
pub fn rename(tx: &WriteTransaction, from: &str, to: &str) -> Result<()> {
    const SQL: &str = "UPDATE owner_tokens SET owner = :to WHERE owner = :from AND used_at IS NULL";
    tx.run(SQL, named_params! {":from": from, ":to": to}).map(drop)
}

/// Forgets the tokens that an owner has not used.
///
/// # Errors
/// Those of the database.
pub fn forget(tx: &WriteTransaction, owner: &str) -> Result<()> {
    const SQL: &str = "DELETE FROM owner_tokens WHERE owner = :owner AND used_at IS NULL";
    tx.run(SQL, named_params! {":owner": owner}).map(drop)
}

/// The login that a token stands for, as long as it is good.
///
/// # Errors
/// Those of the database.
pub fn find_owner(tx: &ReadTransaction, token: &str) -> Result<Option<String>> {
    const SQL: &str = "
        SELECT owner
        FROM owner_tokens
        WHERE hash = :hash AND used_at IS NULL AND expires_at > :now";
    tx.find(SQL, named_params! {":hash": secret::hash(token), ":now": tx.now()}, |row| row.get("owner"))
}

/// Uses a token up and answers whose it was. If the transaction is dropped, the token stays good.
///
/// # Errors
/// 400 for a bad, used or expired one, without telling which.
pub fn redeem(tx: &WriteTransaction, token: &str) -> Result<String> {
    const SQL: &str = "
        UPDATE owner_tokens
        SET used_at = :now
        WHERE hash = :hash AND used_at IS NULL AND expires_at > :now
        RETURNING owner";
    let owner = tx.find(SQL, named_params! {":hash": secret::hash(token), ":now": tx.now()}, |row| row.get("owner"))?;
    owner.ok_or_else(|| {
        Error::invalid(
            "ownerToken",
            "ownerToken is not valid, was used or has expired; get a new one at /api/auth/github",
        )
    })
}

/// `POST /api/owner/token`
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(example = json!({"ownerHandle": "octocat"}))]
pub struct IssueToken {
    owner_handle: Text<1, 100>,
}

/// The answer to an issued token.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct TokenIssued {
    success: bool,
    owner_token: String,
    owner_handle: String,
    expires_at: Timestamp,
}

/// Issues a token, for the administrator.
///
/// # Errors
/// 400 without `ownerHandle`.
pub fn post_token(ctx: &WriteContext) -> Result<Response> {
    let body: IssueToken = ctx.request.json()?;
    let issued = issue(ctx.tx, &body.owner_handle)?;
    let answer = TokenIssued {
        success: true,
        owner_token: issued.token,
        owner_handle: issued.owner,
        expires_at: issued.expires_at,
    };
    Ok(Response::created(&answer)?.secret())
}
