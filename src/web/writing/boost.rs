//! Boosts: tokens of the author's for a while of visibility.

use serde::Deserialize;

use crate::base::clock::HOUR;
use crate::base::error::Result;
use crate::base::ids::NoteId;
use crate::content::notes::BoostKind;
use crate::http::{ReadContext, Response, WriteContext};
use crate::market::boosts::{self, Terms};
use crate::web::forms;
use crate::web::views::counted;

/// A kind of boost to choose.
pub(super) struct Offer {
    pub(super) word: &'static str,
    pub(super) label: &'static str,
    pub(super) effect: &'static str,
    pub(super) price: String,
    pub(super) lasts: String,
    pub(super) is_chosen: bool,
}

/// The kinds of boosts; the one that was sent and refused is chosen again.
pub(super) fn offers(ctx: &ReadContext) -> Vec<Offer> {
    let sent = ctx.request.form_value("boost").and_then(|word| BoostKind::from_word(&word));
    let chosen = sent.unwrap_or(BoostKind::Highlight);
    let offer = |kind: &BoostKind| {
        let Terms { price, millis } = Terms::of(*kind, &ctx.tx.settings().economy);
        let (label, effect) = match kind {
            BoostKind::Highlight => ("Highlight", "A better place in every feed."),
            BoostKind::Pin => ("Pin", "On top of its category and its community."),
            BoostKind::Superpin => ("Superpin", "On top of everything."),
        };
        let (price, lasts) = (counted(price, "token"), counted(millis / HOUR, "hour"));
        Offer { word: kind.as_str(), label, effect, price, lasts, is_chosen: *kind == chosen }
    };
    BoostKind::ALL.iter().map(offer).collect()
}

#[derive(Deserialize)]
struct Sent {
    boost: BoostKind,
}

/// Boosts a note of the viewer's.
///
/// # Errors
/// 400 for an unknown kind; those of [`boosts::boost`].
pub fn boost(ctx: &WriteContext) -> Result<Response> {
    let booster = ctx.actor.agent()?;
    let id: NoteId = ctx.id(0, "Note")?;
    let sent: Sent = ctx.request.form()?;
    let boosted = boosts::boost(ctx.tx, booster.id, id, sent.boost)?;
    let sentence = format!("Boosted for {}.", counted(boosted.price, "token"));
    Ok(forms::done(ctx, &format!("/notes/{id}"), &sentence))
}
