//! What a note says of comments: the rule that writing one asks, for the route table.

use crate::base::error::Result;
use crate::content::notes::Note;
use crate::http::{Prospect, Viewer};

/// Whether the viewer may comment on the note.
///
/// # Errors
/// None in practice.
pub fn write(note: &Note, _: &Viewer) -> Result<Option<Prospect>> {
    Ok(Some(Prospect::new(note.id, note.check_public())))
}
