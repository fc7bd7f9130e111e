//! Moderating: what an administrator does to a note that is public already, and what the rules leave to one.

use super::listing::unlist;
use super::{Note, store};
use crate::base::db::{ReadTransaction, WriteTransaction};
use crate::base::error::Result;
use crate::base::ids::NoteId;

/// Hides a note that everyone sees, or that waits, with a reason its author reads: from then on it is one that was rejected.
/// What it was paid stays, and is not paid again. Answers whether anything changed.
///
/// # Errors
/// Those of the database.
pub fn remove(tx: &WriteTransaction, id: NoteId, reason: &str) -> Result<bool> {
    unlist(tx, id)?;
    store::set_removed(tx, id, reason)
}

/// Leaves a note that waits to an administrator, and says why.
///
/// # Errors
/// Those of the database.
pub fn hold(tx: &WriteTransaction, id: NoteId, why: &str) -> Result<()> {
    store::set_held(tx, id, why)
}

/// Why the rules leave a note that waits to an administrator, if they do.
///
/// # Errors
/// Those of the database.
pub fn held_reason(tx: &ReadTransaction, id: NoteId) -> Result<Option<String>> {
    store::find_held_reason(tx, id)
}

/// Notes that wait for the rules, oldest first: those that wait and are not held.
///
/// # Errors
/// Those of the database.
pub fn list_for_rules(tx: &ReadTransaction, limit: i64) -> Result<Vec<Note>> {
    store::list_for_rules(tx, limit)
}
