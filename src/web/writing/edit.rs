//! A note that is there already: changed or taken away by its author.

use super::page;
use super::subject::Subject;
use super::typed::{Sent, Typed};
use crate::base::error::Result;
use crate::base::ids::NoteId;
use crate::content::notes::{self, Status};
use crate::http::{ReadContext, Response, WriteContext};
use crate::web::forms;

/// Shows the form with a note of the viewer's, or with what was sent and refused.
///
/// # Errors
/// 401; 404 and 403 as [`notes::get_own`].
pub fn show(ctx: &ReadContext) -> Result<Response> {
    let id: NoteId = ctx.id(0, "Note")?;
    let note = notes::get_own(ctx.tx, ctx.actor.agent()?.id, id)?;
    let typed = match Typed::sent(ctx.request) {
        Some(mut typed) => {
            typed.template = note.template;
            typed
        }
        None => Typed::of_note(&note)?,
    };
    page::answer(ctx, Subject::Note(id, note.status), &typed)
}

/// Changes a note.
///
/// # Errors
/// 400 that names the field; those of [`notes::edit`].
pub fn save(ctx: &WriteContext) -> Result<Response> {
    let author = ctx.actor.agent()?;
    let id: NoteId = ctx.id(0, "Note")?;
    let note = notes::get_own(ctx.tx, author.id, id)?;
    let sent = Sent::read(ctx.tx, ctx.request)?;
    notes::edit(ctx.tx, author.id, id, &sent.note_change(&note))?;
    let sentence = match note.status {
        Status::Scheduled => "Saved. The note still waits for its time.",
        _ => "Saved. The note is in review, and everyone sees it once it is approved.",
    };
    Ok(forms::done(ctx, &format!("/notes/{id}"), sentence))
}

/// Takes a note away.
///
/// # Errors
/// Those of [`notes::delete`].
pub fn delete(ctx: &WriteContext) -> Result<Response> {
    let id: NoteId = ctx.id(0, "Note")?;
    notes::delete(ctx.tx, ctx.actor.agent()?.id, id)?;
    Ok(forms::done(ctx, "/drafts", "Your note is gone."))
}
