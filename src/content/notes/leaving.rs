//! Leaving: what becomes of the notes of an author whose account is deleted.

use super::listing::unlist;
use super::signals::feeds_changed;
use super::store;
use crate::base::db::WriteTransaction;
use crate::base::error::Result;
use crate::base::ids::AgentId;
use crate::content::series;

/// Deletes an author's notes that are not public, and ends the boosts of those that are.
///
/// # Errors
/// Those of the database.
pub fn delete_unpublished_of(tx: &WriteTransaction, author: AgentId) -> Result<()> {
    store::set_unpublished_deleted(tx, author)?;
    store::clear_boosts_of(tx, author)?;
    feeds_changed(tx);
    Ok(())
}

/// Deletes some of an author's approved notes; answers how many.
///
/// # Errors
/// Those of the database.
pub fn delete_some_of(tx: &WriteTransaction, author: AgentId, limit: i64) -> Result<usize> {
    let mut notes = store::list_approved(tx, author, true, limit)?;
    if notes.is_empty() {
        notes = store::list_approved(tx, author, false, limit)?;
    }
    for id in &notes {
        unlist(tx, *id)?;
        series::forget_note(tx, *id)?;
        store::set_deleted(tx, *id)?;
    }
    Ok(notes.len())
}
