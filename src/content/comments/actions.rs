//! What a note says of comments: the rule that writing one asks, for the route table.

use super::check_blocks;
use crate::base::error::Result;
use crate::content::notes::Note;
use crate::http::{Prospect, Viewer};

/// Whether the viewer may comment on the note: not where its author blocks them.
///
/// # Errors
/// None in practice.
pub fn write(note: &Note, viewer: &Viewer) -> Result<Option<Prospect>> {
    let verdict = note
        .check_public()
        .and_then(|()| viewer.id().map_or(Ok(()), |author| check_blocks(viewer.tx, note.author.id, author)));
    Ok(Some(Prospect::new(note.id, verdict)))
}
