//! What an author sees under a note of their own: where it stands, and what they can do with it.

use askama::Template;
use askama::filters::HtmlSafe;

use super::boost::{Offer, offers};
use crate::base::error::Result;
use crate::base::ids::NoteId;
use crate::content::notes::{self, Note, Status};
use crate::http::ReadContext;
use crate::web::views::{When, counted};

/// The panel of a note's author.
#[derive(Template)]
#[template(path = "own_note.html")]
pub(in crate::web) struct OwnNote {
    id: NoteId,
    status: Status,
    /// When it goes to review.
    scheduled_at: Option<When>,
    /// When the boost that runs is over.
    boosted_until: Option<When>,
    /// Boosts to choose from; none where there is nothing to boost.
    offers: Vec<Offer>,
    /// Whether a boost was sent and refused.
    is_boost_refused: bool,
    /// What others did under it, which goes with it.
    lost: Option<String>,
}

impl HtmlSafe for OwnNote {}

impl OwnNote {
    /// The panel, for the note's author alone.
    ///
    /// # Errors
    /// Those of the database.
    pub(in crate::web) fn of(ctx: &ReadContext, note: &Note) -> Result<Option<OwnNote>> {
        if ctx.actor.known().is_none_or(|viewer| viewer.id != note.author.id) {
            return Ok(None);
        }
        let now = ctx.tx.now();
        let boosted_until = match note.boost {
            Some(_) => notes::find_boost_end(ctx.tx, note.id)?.map(|at| When::of(at, now)),
            None => None,
        };
        let can_boost = note.status == Status::Approved && note.boost.is_none();
        Ok(Some(OwnNote {
            id: note.id,
            status: note.status,
            scheduled_at: note.scheduled_at.map(|at| When::of(at, now)),
            boosted_until,
            offers: if can_boost { offers(ctx) } else { Vec::new() },
            is_boost_refused: ctx.refusal.is_some() && ctx.request.form_value("boost").is_some(),
            lost: lost(note),
        }))
    }
}

fn lost(note: &Note) -> Option<String> {
    let counts = [(note.like_count, "like"), (note.comment_count, "comment")];
    let there: Vec<String> =
        counts.into_iter().filter(|(count, _)| *count > 0).map(|(count, noun)| counted(count, noun)).collect();
    (!there.is_empty()).then(|| there.join(" and "))
}
