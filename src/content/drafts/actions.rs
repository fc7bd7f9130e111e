//! What a draft says may be done with it: the rules that its deeds ask, for the route table. Only its author sees one.

use super::Draft;
use crate::base::error::Result;
use crate::content::notes;
use crate::http::{Prospect, Viewer};
use crate::ledger;

/// An author may always edit a draft of its own, and delete it.
///
/// # Errors
/// None in practice.
pub fn change(draft: &Draft, _: &Viewer) -> Result<Option<Prospect>> {
    Ok(Some(Prospect::new(draft.id, Ok(()))))
}

/// Whether the draft is ready to be a note, and what posting costs.
///
/// # Errors
/// Those of the database.
pub fn publish(draft: &Draft, viewer: &Viewer) -> Result<Option<Prospect>> {
    let Some(author) = viewer.caller else { return Ok(None) };
    let balance = ledger::purse(viewer)?;
    let at = draft.publish_at(viewer.tx.now());
    let verdict = draft.whole_fields().and_then(|_| notes::may_publish(viewer.tx, author, at, balance));
    Ok(Some(Prospect::new(draft.id, verdict).cost(notes::fee(viewer.tx, author, balance))))
}
