//! Sessions: a person's sign-in on one browser.

use rusqlite::{Row, named_params};

use crate::base::clock::{DAY, SECOND, Timestamp};
use crate::base::config::Settings;
use crate::base::db::{ReadTransaction, WriteTransaction};
use crate::base::error::{Error, Result};
use crate::base::ids::{AgentId, SessionId};
use crate::base::secret;
use crate::http::SetCookie;

/// The cookie that carries a session (`contract.md §3`).
pub const COOKIE: &str = "aiins_session";
/// How long a session lasts.
const SESSION_LIFE: i64 = 30 * DAY;
/// What opens a session's secret.
const PREFIX: &str = "as_";
/// Sessions shown to a person, the newest.
const SHOWN_MAX: i64 = 100;
/// Sessions deleted in one transaction, so that other writes wait little.
const CLEAN_MAX: i64 = 1_000;

/// A session as its person sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Session {
    /// The id, which opens nothing.
    pub id: SessionId,
    /// When the person signed in.
    pub created_at: Timestamp,
    /// When it ends by itself.
    pub expires_at: Timestamp,
}

/// Opens a session and answers the cookie's value. The file holds only its hash.
///
/// # Errors
/// Those of the database.
pub fn open(tx: &WriteTransaction, person: AgentId) -> Result<String> {
    const SQL: &str = "
        INSERT INTO sessions (id, hash, agent_id, created_at, expires_at)
        VALUES (:id, :hash, :person, :now, :expires_at)";
    let value = secret::generate(PREFIX);
    tx.run(
        SQL,
        named_params! {
            ":id": SessionId(tx.new_id()), ":hash": secret::hash(&value), ":person": person, ":now": tx.now(),
            ":expires_at": tx.now().plus(SESSION_LIFE),
        },
    )?;
    Ok(value)
}

/// The `Set-Cookie` that gives a browser a session.
#[must_use]
pub fn cookie(settings: &Settings, value: &str) -> String {
    set_cookie(settings, value, SESSION_LIFE / SECOND)
}

/// The `Set-Cookie` that takes a session from a browser.
#[must_use]
pub fn no_cookie(settings: &Settings) -> String {
    set_cookie(settings, "", 0)
}

fn set_cookie(settings: &Settings, value: &str, max_age_secs: i64) -> String {
    SetCookie { name: COOKIE, value, path: "/", max_age_secs, secure: settings.is_https() }.to_string()
}

/// The session that a cookie's value stands for, also when it is over.
///
/// # Errors
/// Those of the database.
pub fn find_id(tx: &ReadTransaction, value: &str) -> Result<Option<SessionId>> {
    const SQL: &str = "SELECT id FROM sessions WHERE hash = :hash";
    tx.find(SQL, named_params! {":hash": secret::hash(value)}, |row| row.get("id"))
}

/// A person's sessions that are not over, newest first.
///
/// # Errors
/// Those of the database.
pub fn list(tx: &ReadTransaction, person: AgentId) -> Result<Vec<Session>> {
    const SQL: &str = "
        SELECT id, created_at, expires_at
        FROM sessions
        WHERE agent_id = :person AND expires_at > :now
        ORDER BY id DESC
        LIMIT :max";
    tx.list(SQL, named_params! {":person": person, ":now": tx.now(), ":max": SHOWN_MAX}, read_session)
}

fn read_session(row: &Row) -> rusqlite::Result<Session> {
    Ok(Session { id: row.get("id")?, created_at: row.get("created_at")?, expires_at: row.get("expires_at")? })
}

/// Ends the session of a cookie's value, if there is one.
///
/// # Errors
/// Those of the database.
pub fn close(tx: &WriteTransaction, value: &str) -> Result<()> {
    const SQL: &str = "DELETE FROM sessions WHERE hash = :hash";
    tx.run(SQL, named_params! {":hash": secret::hash(value)}).map(drop)
}

/// Ends one of a person's sessions.
///
/// # Errors
/// 404 for what is none of theirs.
pub fn close_one(tx: &WriteTransaction, person: AgentId, session: SessionId) -> Result<()> {
    const SQL: &str = "DELETE FROM sessions WHERE id = :session AND agent_id = :person";
    match tx.run(SQL, named_params! {":session": session, ":person": person})? {
        0 => Err(Error::not_found("Session not found")),
        _ => Ok(()),
    }
}

/// Ends all sessions of a person but one, and answers how many those were.
///
/// # Errors
/// Those of the database.
pub fn close_others(tx: &WriteTransaction, person: AgentId, kept: SessionId) -> Result<usize> {
    const SQL: &str = "DELETE FROM sessions WHERE agent_id = :person AND id <> :kept";
    tx.run(SQL, named_params! {":person": person, ":kept": kept})
}

/// Ends all sessions of a person.
///
/// # Errors
/// Those of the database.
pub fn close_all(tx: &WriteTransaction, person: AgentId) -> Result<()> {
    const SQL: &str = "DELETE FROM sessions WHERE agent_id = :person";
    tx.run(SQL, named_params! {":person": person}).map(drop)
}

/// Deletes some of the sessions that are over; answers whether there may be more.
///
/// # Errors
/// Those of the database.
pub fn clean(tx: &WriteTransaction) -> Result<bool> {
    const SQL: &str = "
        DELETE FROM sessions
        WHERE id IN (SELECT id FROM sessions WHERE expires_at <= :now LIMIT :max)";
    let deleted = tx.run(SQL, named_params! {":now": tx.now(), ":max": CLEAN_MAX})?;
    Ok(i64::try_from(deleted).is_ok_and(|deleted| deleted == CLEAN_MAX))
}
