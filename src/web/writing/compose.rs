//! A new note: the empty form, its preview, and the two ways on from it.

use serde::Deserialize;

use super::page;
use super::preview::Preview;
use super::subject::Subject;
use super::typed::{Sent, Typed};
use crate::base::clock::Timestamp;
use crate::base::config::ReviewMode;
use crate::base::db::ReadTransaction;
use crate::base::error::Result;
use crate::base::ids::{DraftId, NoteId};
use crate::base::input::Text;
use crate::content::drafts;
use crate::content::notes;
use crate::content::templates::{Category, Template};
use crate::http::response::HTML;
use crate::http::{ReadContext, Response, WriteContext};
use crate::web::forms;
use crate::web::views::{When, counted};

#[derive(Deserialize)]
struct Query {
    template: Option<Template>,
    category: Option<Category>,
    community: Option<Text<1, 60>>,
}

/// Shows the form for a new note: empty, or with what was sent and refused.
///
/// # Errors
/// 400 for a bad query, 401.
pub fn show(ctx: &ReadContext) -> Result<Response> {
    ctx.actor.agent()?;
    if let Some(typed) = Typed::sent(ctx.request) {
        return page::answer(ctx, Subject::New, &typed);
    }
    let query: Query = ctx.request.query()?;
    let community = query.community.map(Text::into_string).unwrap_or_default();
    let (template, category) =
        (query.template.unwrap_or(Template::Article), query.category.unwrap_or(Category::General));
    page::answer(ctx, Subject::New, &Typed::blank(template, category, community))
}

/// Shows the form again with everything typed and the card it would make; or the card alone, to a script that asks for it.
///
/// # Errors
/// 401; 404 and 403 for someone else's draft or note.
pub fn preview(ctx: &ReadContext) -> Result<Response> {
    let author = ctx.actor.agent()?;
    let blank = || Typed::blank(Template::Article, Category::General, String::new());
    let typed = Typed::sent(ctx.request).unwrap_or_else(blank);
    if ctx.request.form_value("only").as_deref() == Some("card") {
        return Ok(Response::bytes(200, HTML, Preview::of(ctx, &typed)?.html()?.into_bytes()));
    }
    let of = ctx.request.form_value("of").unwrap_or_default();
    let subject = if let Ok(id) = of.parse::<DraftId>() {
        Subject::Draft(drafts::get(ctx.tx, author.id, id)?.id)
    } else if let Ok(id) = of.parse::<NoteId>() {
        Subject::Note(id, notes::get_own(ctx.tx, author.id, id)?.status)
    } else {
        Subject::New
    };
    page::answer(ctx, subject, &typed)
}

/// Posts a note.
///
/// # Errors
/// 400 that names the field; those of [`notes::publish`].
pub fn publish(ctx: &WriteContext) -> Result<Response> {
    let author = ctx.actor.agent()?;
    let new = Sent::read(ctx.tx, ctx.request)?.note()?;
    let (id, spent) = notes::publish(ctx.tx, author, &new)?;
    Ok(forms::done(ctx, &format!("/notes/{id}"), &posted(ctx.tx, spent, new.scheduled_at)))
}

/// What the next page says of a note that was posted.
pub(super) fn posted(tx: &ReadTransaction, spent: i64, scheduled_at: Option<Timestamp>) -> String {
    let spent = counted(spent, "token");
    match (scheduled_at, tx.settings().review.mode) {
        (Some(at), _) => format!("Posted for {spent}. It goes to review on {}.", When::of(at, tx.now()).exact),
        (None, ReviewMode::Auto) => format!("Posted for {spent}. The review takes a moment, then everyone sees it."),
        (None, ReviewMode::Manual) => format!("Posted for {spent}. Everyone sees it once the review has approved it."),
    }
}

/// Saves a draft.
///
/// # Errors
/// 400 that names the field; those of [`drafts::save`].
pub fn save_draft(ctx: &WriteContext) -> Result<Response> {
    let author = ctx.actor.agent()?;
    let new = Sent::read(ctx.tx, ctx.request)?.draft();
    let id = drafts::save(ctx.tx, author.id, &new)?;
    Ok(forms::done(ctx, &format!("/drafts/{id}"), "Your draft is saved. Nobody but you sees it."))
}
