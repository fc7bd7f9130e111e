//! What a note says of comments: the rule that writing one asks, for the route table.

use super::COMMENTS;
use crate::base::error::Result;
use crate::content::notes::Note;
use crate::http::{Prospect, Viewer};
use crate::identity::blocks;

/// Whether the viewer may comment on the note: not where its author blocks them.
///
/// # Errors
/// None in practice.
pub fn write(note: &Note, viewer: &Viewer) -> Result<Option<Prospect>> {
    let verdict = note.check_open().and_then(|()| blocks::refuse_blocked_viewer(viewer, note.author.id, COMMENTS));
    Ok(Some(Prospect::new(note.id, verdict)))
}
