//! Notes in series: which join, and in what order they are read. Series themselves are [`series`]'s.

pub mod api;
mod store;

use super::announcements;
use super::notes::{self, Note, Status};
use super::series::{self, Visibility};
use crate::base::db::{ReadTransaction, WriteTransaction};
use crate::base::error::{Error, Result};
use crate::base::ids::{AgentId, NoteId, SeriesId};

/// Puts a note of the author's at the end of a series of the author's. A public one is announced to those who follow the
/// series, as one that waits for review will be when it is approved.
///
/// # Errors
/// 404 for a note or series that is not there, 403 for someone else's; 409 as [`series::add_note`].
pub fn add(tx: &WriteTransaction, author: AgentId, id: SeriesId, note: NoteId) -> Result<()> {
    series::get_own(tx, author, id)?;
    let note = notes::get(tx, note, Some(author))?;
    if note.author.id != author {
        return Err(Error::forbidden("Only its author may put a note into a series"));
    }
    let visibility = visibility_of(&note);
    series::add_note(tx, author, id, note.id, visibility)?;
    match visibility {
        Visibility::Public => announcements::announce_in_series(tx, note.id, id),
        Visibility::Private => Ok(()),
    }
}

/// Takes a note out of a series of the author's.
///
/// # Errors
/// 404 for a note or series that is not there or a note that is not in the series, 403 for someone else's series.
pub fn remove(tx: &WriteTransaction, author: AgentId, id: SeriesId, note: NoteId) -> Result<()> {
    series::get_own(tx, author, id)?;
    let note = notes::get(tx, note, Some(author))?;
    series::remove_note(tx, author, id, note.id, visibility_of(&note))
}

/// Who may see a note whose author is here, and so not banned.
fn visibility_of(note: &Note) -> Visibility {
    match note.status {
        Status::Approved => Visibility::Public,
        Status::Scheduled | Status::Pending | Status::Rejected | Status::Deleted => Visibility::Private,
    }
}

/// A note and its place in a series, from which the next page goes on.
#[derive(Debug)]
pub struct Item {
    /// The place; notes that left a series leave gaps.
    pub position: i64,
    /// The note.
    pub note: Note,
}

/// A series' notes that a viewer may see, in its order, after a place.
///
/// # Errors
/// Those of the database.
pub fn list(tx: &ReadTransaction, id: SeriesId, viewer: Option<AgentId>, after: i64, limit: i64) -> Result<Vec<Item>> {
    let places = store::list(tx, id, viewer, after, limit)?;
    places.into_iter().map(|(position, note)| Ok(Item { position, note: notes::get(tx, note, viewer)? })).collect()
}
