//! What a note says may be done with it: the rules that its deeds ask, for the route table.

use super::Note;
use crate::base::error::Result;
use crate::http::{Prospect, Viewer};

/// Whether the viewer may edit the note, or delete it.
///
/// # Errors
/// None in practice.
pub fn change(note: &Note, viewer: &Viewer) -> Result<Option<Prospect>> {
    Ok(Some(Prospect::new(note.id, note.check_author(viewer.id()))))
}
