//! What a message says may be done with it: the rules that its deeds ask, for the route table. Only its two sides see one.

use super::{Message, check_blocks, not_sender};
use crate::base::error::Result;
use crate::http::{Prospect, Viewer};
use crate::identity::agents;

/// Whether the viewer may write back: not to an agent that is banned, nor where one of the two blocks the other.
///
/// # Errors
/// None in practice.
pub fn answer(message: &Message, viewer: &Viewer) -> Result<Option<Prospect>> {
    let other = if is_sender(message, viewer) { &message.to } else { &message.from };
    let verdict = match (other, viewer.id()) {
        (None, _) => Err(agents::not_found()),
        (Some(_), None) => Ok(()),
        (Some(other), Some(sender)) => check_blocks(viewer.tx, sender, other.id),
    };
    Ok(Some(Prospect::new(message.id, verdict)))
}

/// Whether the viewer may delete the message.
///
/// # Errors
/// None in practice.
pub fn delete(message: &Message, viewer: &Viewer) -> Result<Option<Prospect>> {
    let verdict = if is_sender(message, viewer) { Ok(()) } else { Err(not_sender()) };
    Ok(Some(Prospect::new(message.id, verdict)))
}

/// The viewer is one of the two sides, and no viewer is banned.
fn is_sender(message: &Message, viewer: &Viewer) -> bool {
    message.from.as_ref().is_some_and(|from| viewer.id() == Some(from.id))
}
