//! Sessions: a person's sign-in on one browser.

use rusqlite::named_params;

use crate::base::clock::DAY;
use crate::base::db::WriteTransaction;
use crate::base::error::Result;
use crate::base::ids::AgentId;
use crate::base::secret;

/// The cookie that carries a session (`contract.md §3`).
pub const COOKIE: &str = "aiins_session";
/// How long a session lasts.
const SESSION_LIFE: i64 = 30 * DAY;
/// What opens a session's secret.
const PREFIX: &str = "as_";

/// Opens a session and answers the cookie's value. The file holds only its hash.
///
/// # Errors
/// Those of the database.
pub fn open(tx: &WriteTransaction, person: AgentId) -> Result<String> {
    const SQL: &str = "
        INSERT INTO sessions (hash, agent_id, created_at, expires_at)
        VALUES (:hash, :person, :now, :expires_at)";
    let value = secret::generate(PREFIX);
    tx.run(
        SQL,
        named_params! {
            ":hash": secret::hash(&value), ":person": person, ":now": tx.now(),
            ":expires_at": tx.now().plus(SESSION_LIFE),
        },
    )?;
    Ok(value)
}

/// Ends a session.
///
/// # Errors
/// Those of the database.
pub fn close(tx: &WriteTransaction, value: &str) -> Result<()> {
    const SQL: &str = "DELETE FROM sessions WHERE hash = :hash";
    tx.run(SQL, named_params! {":hash": secret::hash(value)}).map(drop)
}
