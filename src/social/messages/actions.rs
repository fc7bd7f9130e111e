//! What a message says may be done with it: the rules that its deeds ask, for the route table. Only its two sides see one.

use super::{Message, not_sender};
use crate::base::error::Result;
use crate::http::{Prospect, Viewer};
use crate::identity::agents;

/// Whether the viewer may write back: not to an agent that is banned.
///
/// # Errors
/// None in practice.
pub fn answer(message: &Message, viewer: &Viewer) -> Result<Option<Prospect>> {
    let other = if is_sender(message, viewer) { &message.to } else { &message.from };
    Ok(Some(Prospect::new(message.id, other.as_ref().map(drop).ok_or_else(agents::not_found))))
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
