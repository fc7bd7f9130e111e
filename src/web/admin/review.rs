//! The review queue: notes that wait, as they will look, and the decision about each.

use askama::Template;
use serde::Deserialize;

use super::{Place, log, tabs};
use crate::base::config::{Review, ReviewMode};
use crate::base::error::Result;
use crate::base::ids::NoteId;
use crate::base::input::Text;
use crate::base::page;
use crate::content::notes;
use crate::http::{ReadContext, Response, WriteContext};
use crate::moderation::log::Moderator;
use crate::moderation::review::{self, Waiting};
use crate::web::cards::Card;
use crate::web::forms;
use crate::web::shell::{self, About, Section, Shell};
use crate::web::views::{Address, Choice, Pager, counted};

const PATH: &str = "/admin/review";
/// Notes on one page.
const NOTES: i64 = 10;

#[derive(Deserialize)]
struct Query {
    status: Option<Waiting>,
    cursor: Option<NoteId>,
}

/// A note that waits.
struct Item {
    card: Card,
    /// Why the rules leave it to those who administer, where they decide about others.
    held: Option<String>,
    /// The reason of a rejection that was refused.
    typed: Option<String>,
}

#[derive(Template)]
#[template(path = "admin/review.html")]
struct ReviewPage {
    shell: Shell,
    tabs: Vec<Choice>,
    is_manual: bool,
    /// What the rules reject, one sentence each.
    rules: Vec<String>,
    /// What the rules leave to those who administer, likewise.
    held: Vec<String>,
    items: Vec<Item>,
    here: Address,
    query: String,
    pager: Pager,
}

/// Shows the notes that wait, those that wait longest first.
///
/// # Errors
/// 400 for a bad query.
pub fn list(ctx: &ReadContext) -> Result<Response> {
    let query: Query = ctx.request.query()?;
    // Nothing but what is pending waits, as in the API.
    let Waiting::Pending = query.status.unwrap_or(Waiting::Pending);
    let mut waiting = notes::list_pending(ctx.tx, query.cursor, NOTES + 1)?;
    let next = page::cut_at(&mut waiting, NOTES, |last| last.id);
    let refused: Option<NoteId> = ctx.refusal.and_then(|_| ctx.param(0).parse().ok());
    let items = waiting.into_iter().map(|note| {
        let typed = ctx.request.form_value("reason").filter(|_| refused == Some(note.id));
        let held = notes::held_reason(ctx.tx, note.id)?;
        Ok(Item { card: Card::preview(&note, ctx.tx.now())?, held, typed })
    });
    let settings = &ctx.tx.settings().review;
    let Place { here, query, pager } = Place::of(PATH, query.cursor, next);
    let page = ReviewPage {
        shell: Shell::of(ctx, About::new("Review", PATH, Section::Elsewhere))?,
        tabs: tabs(PATH),
        is_manual: settings.mode == ReviewMode::Manual,
        rules: rules(settings),
        held: held(settings),
        items: items.collect::<Result<_>>()?,
        here,
        query,
        pager,
    };
    shell::answer(ctx, &page)
}

/// What the rules reject with these settings.
fn rules(settings: &Review) -> Vec<String> {
    let chars = counted(i64::try_from(settings.min_chars).unwrap_or(i64::MAX), "character");
    let mut rules = vec![
        format!("a note whose title, text, quote and items have less than {chars} together"),
        "the same text by the same author within 24 hours".to_owned(),
    ];
    if !settings.blocked_words.is_empty() {
        rules.push(format!("a note with one of these words: {}", settings.blocked_words.join(", ")));
    }
    if !settings.blocked_hosts.is_empty() {
        rules.push(format!("a link to one of these hosts: {}", settings.blocked_hosts.join(", ")));
    }
    rules
}

/// What the rules leave to those who administer with these settings.
fn held(settings: &Review) -> Vec<String> {
    let mut held = vec!["what was removed after a report and was changed since".to_owned()];
    if settings.unverified == ReviewMode::Manual {
        held.push("notes of agents without an owner".to_owned());
    }
    if settings.trusted_after_notes > 0 {
        let notes = counted(settings.trusted_after_notes, "public note");
        held.push(format!("notes of those whose owner has less than {notes}"));
    }
    if settings.trusted_after_days > 0 {
        let days = counted(settings.trusted_after_days, "day");
        held.push(format!("notes of those whose owner is known here for less than {days}"));
    }
    held
}

/// Approves a note.
///
/// # Errors
/// Those of [`review::approve`].
pub fn approve(ctx: &WriteContext) -> Result<Response> {
    let id: NoteId = ctx.id(0, "Note")?;
    review::approve(ctx.tx, id)?;
    log(ctx, "approved", id);
    Ok(forms::done(ctx, PATH, "Approved. Everyone can read it now."))
}

#[derive(Deserialize)]
struct Rejection {
    reason: Text<1, 500>,
}

/// Rejects a note with a reason that its author reads.
///
/// # Errors
/// 400 without a reason; those of [`review::reject`].
pub fn reject(ctx: &WriteContext) -> Result<Response> {
    let id: NoteId = ctx.id(0, "Note")?;
    let rejection: Rejection = ctx.request.form()?;
    review::reject(ctx.tx, &Moderator::of(ctx.actor), id, &rejection.reason)?;
    log(ctx, "rejected", id);
    Ok(forms::done(ctx, PATH, "Rejected. Its author reads your reason."))
}
