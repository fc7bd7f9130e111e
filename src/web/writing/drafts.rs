//! Drafts and whatever else is not public yet: the list, one draft in the form, and what can be done with it.

use askama::Template;
use serde::Deserialize;

use super::compose::posted;
use super::page;
use super::subject::Subject;
use super::typed::{Sent, Typed};
use crate::base::clock::Timestamp;
use crate::base::error::Result;
use crate::base::ids::{DraftId, NoteId};
use crate::base::page as paging;
use crate::content::drafts::{self, Draft};
use crate::content::notes::{self, NewNote, Note, Status};
use crate::content::templates::Fields;
use crate::http::{ReadContext, Response, WriteContext};
use crate::web::forms;
use crate::web::shell::{self, About, Section, Shell};
use crate::web::views::{Address, Pager, When, excerpt};

/// Drafts on one page.
const ROWS: i64 = 20;
/// Notes shown that are not public, the newest ones.
const UNPUBLISHED: i64 = 100;
/// Characters of a heading in a row.
const HEADING_CHARS_MAX: usize = 120;

#[derive(Deserialize)]
struct Query {
    cursor: Option<DraftId>,
}

struct DraftRow {
    id: DraftId,
    heading: String,
    template: &'static str,
    community: Option<String>,
    changed: When,
    scheduled_at: Option<When>,
}

struct NoteRow {
    id: NoteId,
    heading: String,
    status: Status,
    label: &'static str,
    posted: When,
    scheduled_at: Option<When>,
    reason: Option<String>,
}

#[derive(Template)]
#[template(path = "drafts.html")]
struct DraftsPage {
    shell: Shell,
    handle: String,
    drafts: Vec<DraftRow>,
    pager: Pager,
    notes: Vec<NoteRow>,
}

/// Lists the viewer's drafts, and their notes that are not public.
///
/// # Errors
/// 400 for a bad query, 401.
pub fn list(ctx: &ReadContext) -> Result<Response> {
    let author = ctx.actor.agent()?;
    let query: Query = ctx.request.query()?;
    let (now, before) = (ctx.tx.now(), query.cursor.unwrap_or(DraftId(i64::MAX)));
    let mut found = drafts::list_before(ctx.tx, author.id, before, ROWS + 1)?;
    let more = paging::cut(&mut found, ROWS);
    let next = found.last().filter(|_| more).map(|last| last.id);
    let unpublished = notes::list_unpublished(ctx.tx, author.id, UNPUBLISHED)?;
    let page = DraftsPage {
        shell: Shell::of(ctx, About::new("Drafts and notes", "/drafts", Section::Elsewhere))?,
        handle: author.handle.clone(),
        drafts: found.into_iter().map(|draft| draft_row(draft, now)).collect::<Result<_>>()?,
        pager: Pager::onward(&Address::new("/drafts"), next),
        notes: unpublished.into_iter().map(|note| note_row(&note, now)).collect::<Result<_>>()?,
    };
    shell::answer(ctx, &page)
}

fn draft_row(draft: Draft, now: Timestamp) -> Result<DraftRow> {
    Ok(DraftRow {
        id: draft.id,
        heading: heading(&draft.fields)?,
        template: draft.template.as_str(),
        community: draft.community.map(|(_, slug)| slug),
        changed: When::of(draft.updated_at, now),
        scheduled_at: draft.scheduled_at.map(|at| When::of(at, now)),
    })
}

fn note_row(note: &Note, now: Timestamp) -> Result<NoteRow> {
    Ok(NoteRow {
        id: note.id,
        heading: heading(&note.fields)?,
        status: note.status,
        label: match note.status {
            Status::Scheduled => "Scheduled",
            Status::Pending => "In review",
            Status::Rejected => "Rejected",
            Status::Approved => "Published",
            Status::Deleted => "Deleted",
        },
        posted: When::of(note.created_at, now),
        scheduled_at: note.scheduled_at.filter(|_| note.status == Status::Scheduled).map(|at| When::of(at, now)),
        reason: note.rejected_reason.clone(),
    })
}

fn heading(fields: &str) -> Result<String> {
    let fields = Fields::stored(fields)?;
    let first = fields.texts().find(|text| !text.is_empty()).unwrap_or_default();
    let heading = Some(fields.heading()).filter(|heading| !heading.is_empty()).unwrap_or_else(|| first.to_owned());
    Ok(match excerpt(&heading, HEADING_CHARS_MAX) {
        empty if empty.is_empty() => "Untitled".to_owned(),
        heading => heading,
    })
}

/// Shows the form with a draft of the viewer's, or with what was sent and refused.
///
/// # Errors
/// 401; 404 `Draft not found`.
pub fn show(ctx: &ReadContext) -> Result<Response> {
    let draft = drafts::get(ctx.tx, ctx.actor.agent()?.id, ctx.id(0, "Draft")?)?;
    let typed = match Typed::sent(ctx.request) {
        Some(typed) => typed,
        None => Typed::of_draft(&draft)?,
    };
    page::answer(ctx, Subject::Draft(draft.id), &typed)
}

/// Saves a draft.
///
/// # Errors
/// 404 `Draft not found`; 400 that names the field.
pub fn save(ctx: &WriteContext) -> Result<Response> {
    let (id, _) = keep(ctx)?;
    Ok(forms::done(ctx, &format!("/drafts/{id}"), "Your draft is saved."))
}

/// Writes what was typed into the draft that the path names, and answers the draft and the time that was typed.
fn keep(ctx: &WriteContext) -> Result<(DraftId, Option<Timestamp>)> {
    let author = ctx.actor.agent()?;
    let draft = drafts::get(ctx.tx, author.id, ctx.id(0, "Draft")?)?;
    let sent = Sent::read(ctx.tx, ctx.request)?;
    let scheduled_at = sent.scheduled_at;
    drafts::edit(ctx.tx, author.id, draft.id, &sent.draft_change(&draft))?;
    Ok((draft.id, scheduled_at))
}

/// Posts a draft as a note: as it stands, or as the form has just changed it.
///
/// # Errors
/// 404 `Draft not found`; 400 that names the field; those of [`notes::publish`].
pub fn publish(ctx: &WriteContext) -> Result<Response> {
    let author = ctx.actor.agent()?;
    let new = match ctx.request.form_value("template") {
        Some(_) => {
            let (id, scheduled_at) = keep(ctx)?;
            // A time that stands in the form now is meant, so one that has passed is refused and does not mean at once.
            NewNote { scheduled_at, ..drafts::take(ctx.tx, author.id, id)? }
        }
        None => drafts::take(ctx.tx, author.id, ctx.id(0, "Draft")?)?,
    };
    let (id, spent) = notes::publish(ctx.tx, author, &new)?;
    Ok(forms::done(ctx, &format!("/notes/{id}"), &posted(ctx.tx, spent, new.scheduled_at)))
}

/// Deletes a draft.
///
/// # Errors
/// 404 `Draft not found`.
pub fn delete(ctx: &WriteContext) -> Result<Response> {
    drafts::delete(ctx.tx, ctx.actor.agent()?.id, ctx.id(0, "Draft")?)?;
    Ok(forms::done(ctx, "/drafts", "Your draft is gone."))
}
