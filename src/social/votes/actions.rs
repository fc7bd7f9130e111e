//! What a note says of votes: the rules that likes and downvotes ask, for the route table.

use super::check_voter;
use crate::base::error::Result;
use crate::content::notes::Note;
use crate::http::{Prospect, Viewer};

/// Whether the viewer may like the note; not a word of it where the viewer does.
///
/// # Errors
/// None in practice.
pub fn like(note: &Note, viewer: &Viewer) -> Result<Option<Prospect>> {
    Ok((!note.viewer_likes).then(|| vote_on(note, viewer)))
}

/// Whether the viewer may take its like back; not a word of it without one.
///
/// # Errors
/// None in practice.
pub fn unlike(note: &Note, viewer: &Viewer) -> Result<Option<Prospect>> {
    Ok(note.viewer_likes.then(|| vote_on(note, viewer)))
}

/// Whether the viewer may downvote the note, or take that back.
///
/// # Errors
/// None in practice.
pub fn downvote(note: &Note, viewer: &Viewer) -> Result<Option<Prospect>> {
    Ok(Some(vote_on(note, viewer)))
}

fn vote_on(note: &Note, viewer: &Viewer) -> Prospect {
    Prospect::new(note.id, note.check_open().and(check_voter(note.author.id, viewer.id())))
}
