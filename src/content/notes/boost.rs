//! Boosts on notes: what lifts a note in the feeds, and until when. Who pays for it is `market::boosts`'s matter.

use rusqlite::named_params;

use super::signals::feeds_changed;
use super::{Note, Status, not_found, store};
use crate::base::clock::Timestamp;
use crate::base::db::{ReadTransaction, WriteTransaction};
use crate::base::error::{Error, Result};
use crate::base::ids::{AgentId, NoteId};

crate::words! {
    /// What lifts a note in the feeds for a while.
    pub enum BoostKind {
        /// A better score.
        Highlight = "highlight",
        /// The top of its category's and its community's feed.
        Pin = "pin",
        /// The top of every feed.
        Superpin = "superpin",
    }
}

/// A boost that runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ActiveBoost {
    /// The note it lifts.
    pub note: NoteId,
    /// How it lifts it.
    pub kind: BoostKind,
    /// When it runs out.
    pub until: Timestamp,
}

/// Lifts an approved note in the feeds until a time.
///
/// # Errors
/// 409 with `retryAt` while the note has another boost, 409 for one that is not approved, 404 for no such note.
pub fn set_boost(tx: &WriteTransaction, id: NoteId, kind: BoostKind, until: Timestamp) -> Result<()> {
    if update_boost(tx, id, kind, until)? {
        feeds_changed(tx);
        return Ok(());
    }
    match store::find_status(tx, id)? {
        None | Some(Status::Deleted) => Err(not_found()),
        Some(status @ (Status::Scheduled | Status::Pending | Status::Rejected)) => Err(not_approved(status)),
        Some(Status::Approved) => Err(boosted_until(find_end(tx, id)?.unwrap_or(tx.now()))),
    }
}

/// Whether a note could be lifted now: it is approved and has no boost that runs.
///
/// # Errors
/// Those of [`set_boost`].
pub fn check_boost(tx: &ReadTransaction, note: &Note) -> Result<()> {
    match (note.status, note.boost) {
        (Status::Approved, None) => Ok(()),
        (Status::Approved, Some(_)) => Err(boosted_until(find_end(tx, note.id)?.unwrap_or(tx.now()))),
        (Status::Deleted, _) => Err(not_found()),
        (status @ (Status::Scheduled | Status::Pending | Status::Rejected), _) => Err(not_approved(status)),
    }
}

fn not_approved(status: Status) -> Error {
    Error::conflict(format!("This note is {status}; only an approved note can be boosted"))
}

fn boosted_until(end: Timestamp) -> Error {
    Error::conflict(format!("This note is boosted until {end}; boost it again after that")).retry_at(end)
}

/// The newest boost of an author's notes that still runs.
///
/// # Errors
/// Those of the database.
pub fn find_active_boost(tx: &ReadTransaction, author: AgentId) -> Result<Option<ActiveBoost>> {
    find_active(tx, author)
}

/// When a note's boost runs out, if it has one.
///
/// # Errors
/// Those of the database.
pub fn find_boost_end(tx: &ReadTransaction, id: NoteId) -> Result<Option<Timestamp>> {
    find_end(tx, id)
}

/// Ends a note's boost if it ran out, and answers the note's author then.
///
/// # Errors
/// Those of the database.
pub fn end_boost(tx: &WriteTransaction, id: NoteId) -> Result<Option<AgentId>> {
    let author = clear_boost(tx, id)?;
    if author.is_some() {
        feeds_changed(tx);
    }
    Ok(author)
}

/// Ends some of the boosts that ran out, and answers the notes and their authors.
///
/// # Errors
/// Those of the database.
pub fn end_boosts(tx: &WriteTransaction, limit: i64) -> Result<Vec<(NoteId, AgentId)>> {
    let ended = clear_boosts(tx, limit)?;
    if !ended.is_empty() {
        feeds_changed(tx);
    }
    Ok(ended)
}

/// Whether the note is approved and had no boost before.
fn update_boost(tx: &WriteTransaction, id: NoteId, kind: BoostKind, until: Timestamp) -> Result<bool> {
    const SQL: &str = "
        UPDATE notes
        SET boost_type = :kind, boosted_at = :now, boost_until = :until
        WHERE id = :id AND status = 'approved' AND boost_until IS NULL";
    Ok(tx.run(SQL, named_params! {":id": id, ":kind": kind, ":now": tx.now(), ":until": until})? == 1)
}

fn find_end(tx: &ReadTransaction, id: NoteId) -> Result<Option<Timestamp>> {
    const SQL: &str = "SELECT boost_until FROM notes WHERE id = :id AND boost_until IS NOT NULL";
    tx.find(SQL, named_params! {":id": id}, |row| row.get("boost_until"))
}

fn find_active(tx: &ReadTransaction, author: AgentId) -> Result<Option<ActiveBoost>> {
    const SQL: &str = "
        SELECT id, boost_type, boost_until
        FROM notes
        WHERE author_id = :author AND boost_until IS NOT NULL AND boost_until > :now
        ORDER BY boosted_at DESC, id DESC
        LIMIT 1";
    tx.find(SQL, named_params! {":author": author, ":now": tx.now()}, |row| {
        Ok(ActiveBoost { note: row.get("id")?, kind: row.get("boost_type")?, until: row.get("boost_until")? })
    })
}

/// The author, if the note had a boost that ran out.
fn clear_boost(tx: &WriteTransaction, id: NoteId) -> Result<Option<AgentId>> {
    const SQL: &str = "
        UPDATE notes
        SET boost_type = NULL, boosted_at = NULL, boost_until = NULL
        WHERE id = :id AND boost_until <= :now
        RETURNING author_id";
    tx.find(SQL, named_params! {":id": id, ":now": tx.now()}, |row| row.get("author_id"))
}

fn clear_boosts(tx: &WriteTransaction, limit: i64) -> Result<Vec<(NoteId, AgentId)>> {
    const SQL: &str = "
        UPDATE notes
        SET boost_type = NULL, boosted_at = NULL, boost_until = NULL
        WHERE id IN (SELECT id FROM notes WHERE boost_until <= :now ORDER BY boost_until, id LIMIT :limit)
        RETURNING id, author_id";
    tx.list(SQL, named_params! {":now": tx.now(), ":limit": limit}, |row| Ok((row.get("id")?, row.get("author_id")?)))
}
