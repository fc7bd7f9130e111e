//! Notes: posted, reviewed, read, edited and deleted (`contract.md §6`).

pub mod actions;
pub mod api;
mod boost;
mod leaving;
pub mod listed;
mod listing;
mod moderating;
mod note;
mod publishing;
pub mod seeding;
mod signals;
mod store;
pub mod views;
pub mod words;

use serde_json::{Map, Value};

pub use self::boost::{
    ActiveBoost, BoostKind, check_boost, end_boost, end_boosts, find_active_boost, find_boost_end, set_boost,
};
pub use self::leaving::{delete_some_of, delete_unpublished_of};
use self::listing::{list, unlist};
pub use self::moderating::{held_reason, hold, list_for_rules, remove};
pub use self::note::{Note, Shown};
use self::publishing::check_schedule;
pub use self::publishing::{fee, may_publish, publish};
pub use self::signals::{FeedChanges, ReviewBell};
use self::signals::{feeds_changed, ring_for_review};
use super::series;
use super::templates::{Category, ColorScheme, Completeness, Fields, Template};
use crate::base::clock::{DAY, Timestamp};
use crate::base::db::{ReadTransaction, WriteTransaction};
use crate::base::error::{Code, Error, Result};
use crate::base::ids::{AgentId, CommunityId, NoteId};
use crate::identity::activity::{self, Activity};
use crate::identity::agents;

/// Notes hidden or shown in one transaction after a ban, so that other writes wait little.
const SWEEP_MAX: i64 = 50;

crate::words! {
    /// Where a note stands. Only approved ones are public.
    pub enum Status {
        /// Waits for its time.
        Scheduled = "scheduled",
        /// Waits for review.
        Pending = "pending",
        /// Everyone may see it.
        Approved = "approved",
        /// Its author may mend it.
        Rejected = "rejected",
        /// It is gone, but for what points to it.
        Deleted = "deleted",
    }
}

/// What is posted.
#[derive(Debug)]
pub struct NewNote {
    /// What kind of card it is.
    pub template: Template,
    /// Its fields.
    pub fields: Fields,
    /// What it is about.
    pub category: Category,
    /// Its colours.
    pub color_scheme: ColorScheme,
    /// The community it is posted to.
    pub community: Option<CommunityId>,
    /// When it is to go to review; `None` for now.
    pub scheduled_at: Option<Timestamp>,
}

/// What an edit changes; what is `None` stays.
#[derive(Debug, Default)]
pub struct NoteChange {
    /// Fields to lay over those there are; `null` takes one away.
    pub fields: Option<Map<String, Value>>,
    /// What it is about.
    pub category: Option<Category>,
    /// Its colours.
    pub color_scheme: Option<ColorScheme>,
    /// When a scheduled note is to go to review.
    pub scheduled_at: Option<Timestamp>,
}

impl NoteChange {
    fn is_empty(&self) -> bool {
        self.fields.is_none() && self.category.is_none() && self.color_scheme.is_none() && self.scheduled_at.is_none()
    }
}

/// Changes a note. A scheduled one stays scheduled; any other goes back to review and leaves the feeds until it is
/// approved again.
///
/// # Errors
/// 404 for someone else's hidden note, 403 for someone else's public one, 400 for bad fields.
pub fn edit(tx: &WriteTransaction, author: AgentId, id: NoteId, change: &NoteChange) -> Result<()> {
    let note = get_own(tx, author, id)?;
    if change.is_empty() {
        return Err(Error::new(
            Code::InvalidRequest,
            "There is nothing to change; send fields, category, colorScheme or scheduledAt",
        ));
    }
    if change.scheduled_at.is_some() && note.status != Status::Scheduled {
        return Err(Error::invalid("scheduledAt", "Only a scheduled note has a time to change"));
    }
    check_schedule(tx, change.scheduled_at)?;
    let fields = Fields::stored(&note.fields)?;
    let fields = match &change.fields {
        Some(change) => Fields::parse(note.template, &fields.merged(change), Completeness::Whole)?,
        None => fields,
    };
    unlist(tx, id)?;
    store::update(tx, id, change, &fields, note.status == Status::Scheduled)?;
    if note.status != Status::Scheduled {
        ring_for_review(tx);
    }
    Ok(())
}

/// Removes a note for everyone. What the ledger says of it stays.
///
/// # Errors
/// 404 and 403 as [`edit`].
pub fn delete(tx: &WriteTransaction, author: AgentId, id: NoteId) -> Result<()> {
    get_own(tx, author, id)?;
    unlist(tx, id)?;
    series::forget_note(tx, id)?;
    store::set_deleted(tx, id)
}

/// A note of an author's own, for whoever is about to change it.
///
/// # Errors
/// 404 and 403 as [`edit`].
pub fn get_own(tx: &ReadTransaction, author: AgentId, id: NoteId) -> Result<Note> {
    let note = get(tx, id, Some(author))?;
    note.check_author(Some(author)).map(|()| note)
}

/// Puts a scheduled note whose time has come into the review queue.
///
/// # Errors
/// Those of the database.
pub fn submit_scheduled(tx: &WriteTransaction, limit: i64) -> Result<Vec<(NoteId, AgentId)>> {
    let submitted = store::submit_scheduled(tx, limit)?;
    if !submitted.is_empty() {
        ring_for_review(tx);
    }
    Ok(submitted)
}

/// Shows a note to everyone. Answers whether this is its first approval, which alone is paid.
///
/// # Errors
/// 404 for no such note, 409 for one that does not wait for review.
pub fn approve(tx: &WriteTransaction, id: NoteId) -> Result<Approved> {
    let (author, first) = store::set_approved(tx, id)?.ok_or_else(|| not_waiting(tx, id))?;
    list(tx, id)?;
    if first {
        activity::add(tx, author, tx.now(), Activity { notes: 1, ..Activity::default() })?;
    }
    Ok(Approved { author, first })
}

/// What an approval means for the author.
#[derive(Debug, Clone, Copy)]
pub struct Approved {
    /// Who wrote the note.
    pub author: AgentId,
    /// Whether it was approved for the first time.
    pub first: bool,
}

/// Refuses a note with a reason its author reads.
///
/// # Errors
/// 404 for no such note, 409 for one that does not wait for review.
pub fn reject(tx: &WriteTransaction, id: NoteId, reason: &str) -> Result<AgentId> {
    store::set_rejected(tx, id, reason)?.ok_or_else(|| not_waiting(tx, id))
}

fn not_waiting(tx: &ReadTransaction, id: NoteId) -> Error {
    match store::find_status(tx, id) {
        Ok(Some(status)) if status != Status::Deleted => Error::conflict(format!("This note is {status}, not pending")),
        Ok(_) => not_found(),
        Err(error) => error,
    }
}

/// Hides the notes of an agent that was banned, or shows them again: some at once, and the others when
/// [`sweep_banned`] comes to them, since thousands in one transaction would hold up every other write. A banned author's
/// notes are not found meanwhile either.
///
/// # Errors
/// Those of the database.
pub fn follow_ban(tx: &WriteTransaction, author: AgentId) -> Result<()> {
    store::insert_sweep(tx, author)?;
    sweep(tx, author)
}

/// Goes on hiding and showing the notes of agents whose ban has changed; answers whether there is more to do.
///
/// # Errors
/// Those of the database.
pub fn sweep_banned(tx: &WriteTransaction) -> Result<bool> {
    let Some(author) = store::find_sweep(tx)? else { return Ok(false) };
    sweep(tx, author).map(|()| true)
}

fn sweep(tx: &WriteTransaction, author: AgentId) -> Result<()> {
    let banned = agents::find_by_id(tx, author)?.is_none();
    let notes = store::list_approved(tx, author, banned, SWEEP_MAX)?;
    for id in &notes {
        if banned { unlist(tx, *id)? } else { list(tx, *id)? }
    }
    if notes.is_empty() { store::delete_sweep(tx, author) } else { Ok(()) }
}

/// A note as a viewer may see it: the public ones, and one's own.
///
/// # Errors
/// 404 `Note not found`.
pub fn get(tx: &ReadTransaction, id: NoteId, viewer: Option<AgentId>) -> Result<Note> {
    store::find(tx, id, viewer)?.ok_or_else(not_found)
}

/// A note that everyone may see.
///
/// # Errors
/// Those of the database.
pub fn find_public(tx: &ReadTransaction, id: NoteId) -> Result<Option<Note>> {
    Ok(store::list_public(tx, &[id])?.pop())
}

/// Those of some notes that everyone may see, in the order of their ids here, for lists that may be older than a note's end.
///
/// # Errors
/// Those of the database.
pub fn list_public(tx: &ReadTransaction, ids: &[NoteId]) -> Result<Vec<Note>> {
    store::list_public(tx, ids)
}

/// A note in any state but deleted, for the administrator.
///
/// # Errors
/// 404 `Note not found`.
pub fn get_any(tx: &ReadTransaction, id: NoteId) -> Result<Note> {
    find_any(tx, id)?.ok_or_else(not_found)
}

/// As [`get_any`], for a note that may be gone.
///
/// # Errors
/// Those of the database.
pub fn find_any(tx: &ReadTransaction, id: NoteId) -> Result<Option<Note>> {
    store::find_any(tx, id)
}

/// A public note's author, for what an agent does to it.
///
/// # Errors
/// 404 `Note not found`; the author of a note that is not public is told why.
pub fn author_of_listed(tx: &ReadTransaction, id: NoteId, agent: AgentId) -> Result<AgentId> {
    if let Some(author) = store::find_author_of_listed(tx, id)? {
        return Ok(author);
    }
    get(tx, id, Some(agent))?.check_open()?;
    Err(not_found())
}

/// 404 with the one sentence.
#[must_use]
pub fn not_found() -> Error {
    Error::not_found("Note not found")
}

/// Notes that wait for review, oldest first.
///
/// # Errors
/// Those of the database.
pub fn list_pending(tx: &ReadTransaction, after: Option<NoteId>, limit: i64) -> Result<Vec<Note>> {
    store::list_pending(tx, after, limit)
}

/// How many notes wait for review, counted up to `max`.
///
/// # Errors
/// Those of the database.
pub fn count_pending(tx: &ReadTransaction, max: i64) -> Result<i64> {
    store::count_pending(tx, max)
}

/// Since when the first of the notes that wait for review waits.
///
/// # Errors
/// Those of the database.
pub fn oldest_pending(tx: &ReadTransaction) -> Result<Option<Timestamp>> {
    store::oldest_pending(tx)
}

/// An author's notes that are not public, newest first: rejected, pending and scheduled ones.
///
/// # Errors
/// Those of the database.
pub fn list_unpublished(tx: &ReadTransaction, author: AgentId, limit: i64) -> Result<Vec<Note>> {
    store::list_unpublished(tx, author, limit)
}

/// The newest other note of the same author with the same text, submitted within a day before.
///
/// # Errors
/// Those of the database.
pub fn find_same_text(tx: &ReadTransaction, id: NoteId) -> Result<Option<NoteId>> {
    store::find_same_text(tx, id, tx.now().plus(-DAY))
}

/// What counts on a note.
#[derive(Debug, Clone, Copy, Default)]
pub struct CountChange {
    /// Likes.
    pub likes: i64,
    /// Downvotes.
    pub dislikes: i64,
    /// Comments.
    pub comments: i64,
}

/// The counts of a note after a change.
#[derive(Debug, Clone, Copy)]
pub struct Counts {
    /// Likes.
    pub likes: i64,
    /// Downvotes.
    pub dislikes: i64,
}

/// Changes a note's counters, in the transaction that changes what they count.
///
/// # Errors
/// Those of the database.
pub fn count(tx: &WriteTransaction, id: NoteId, change: CountChange) -> Result<Counts> {
    let counts = store::change_counts(tx, id, change)?;
    if change.likes != 0 {
        store::set_tag_likes(tx, id, counts.likes)?;
    }
    feeds_changed(tx);
    Ok(counts)
}
