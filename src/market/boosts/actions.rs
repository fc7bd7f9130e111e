//! What a note says of boosts: the rules that buying one asks, for the route table.

use super::{BoostKind, Terms, check_booster};
use crate::base::error::Result;
use crate::content::notes::{self, Note};
use crate::http::{Prospect, Viewer};
use crate::ledger;

/// Whether the viewer may boost the note, and what each kind costs.
///
/// # Errors
/// Those of the database.
pub fn boost(note: &Note, viewer: &Viewer) -> Result<Option<Prospect>> {
    let price = |kind: &BoostKind| Terms::of(*kind, &viewer.tx.settings().economy).price;
    let costs = BoostKind::ALL.iter().map(|kind| (kind.as_str(), price(kind)));
    let least = BoostKind::ALL.iter().map(price).min().unwrap_or_default();
    let verdict = check_booster(note, viewer.id())
        .and_then(|()| notes::check_boost(viewer.tx, note))
        .and_then(|()| ledger::check_purse(viewer, least));
    Ok(Some(Prospect::new(note.id, verdict).costs(costs.collect())))
}
