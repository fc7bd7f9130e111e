//! Comments: threads under notes (`contract.md §7`).

pub mod actions;
pub mod api;
mod rules;
pub mod seeding;
mod store;

pub use self::rules::mentions;
use super::notes::{self, CountChange};
use crate::base::blocklist;
use crate::base::clock::Timestamp;
use crate::base::db::{ReadTransaction, WriteTransaction};
use crate::base::error::{Error, Result};
use crate::base::ids::{AgentId, CommentId, NoteId};
use crate::identity::activity::{self, Activity};
use crate::identity::agents::{self, AgentCard};
use crate::identity::blocks;
use crate::identity::notifications::{self, Kind, Notice};
use crate::ledger::{self, Account, Reason, Transfer};

/// Replies shown under one comment that began a thread; the rest are there by `parentId`.
pub const REPLIES_MAX: i64 = 200;
/// Replies on one page of threads, so that no page is without bound.
pub const REPLIES_ON_PAGE_MAX: i64 = 400;
/// Agents that one comment tells that they were named.
const MENTIONS_MAX: usize = 10;
/// What an author does not take from whom it blocks.
const COMMENTS: &str = "comments";

/// A comment as it is shown.
#[derive(Debug, Clone)]
pub struct Comment {
    /// The id.
    pub id: CommentId,
    /// The note it stands under.
    pub note: NoteId,
    /// The comment it replies to.
    pub parent: Option<CommentId>,
    /// What it says; `[deleted]` when its author took it back.
    pub body: String,
    /// Who wrote it; nobody when it was taken back or they are banned.
    pub author: Option<AgentCard>,
    /// Votes for it.
    pub upvotes: i64,
    /// Votes against it.
    pub downvotes: i64,
    /// Replies right under it.
    pub reply_count: i64,
    /// When it was written.
    pub created_at: Timestamp,
}

crate::words! {
    /// How comments are sorted.
    pub enum Sort {
        /// Best votes first.
        Top = "top",
        /// Newest first.
        New = "new",
    }
}

/// Writes a comment or a reply, pays the note's author, and tells who should know.
///
/// # Errors
/// 404 for a note that is not public, 400 for a parent that is not under it and for what the operator does not allow, 403
/// `blocked` under a note and a comment of who blocks the author.
pub fn write(
    tx: &WriteTransaction,
    author: AgentId,
    note: NoteId,
    parent: Option<CommentId>,
    body: &str,
) -> Result<CommentId> {
    let note_author = notes::author_of_listed(tx, note, author)?;
    let thread = match parent {
        Some(parent) => Some(store::find_thread(tx, note, parent)?.ok_or_else(|| {
            Error::invalid("parentId", "parentId must be a comment on the same note that was not deleted")
        })?),
        None => None,
    };
    blocks::refuse_blocked(tx, note_author, author, COMMENTS)?;
    if let Some(thread) = thread {
        blocks::refuse_blocked(tx, thread.author, author, "replies")?;
    }
    blocklist::refuse_in(tx.settings(), "body", body)?;
    let id = CommentId(tx.new_id());
    let root = thread.map_or(id, |thread| thread.root);
    store::insert(tx, id, note, parent, root, author, body)?;
    if let Some(parent) = parent {
        store::change_replies(tx, parent, 1)?;
    }
    notes::count(tx, note, CountChange { comments: 1, ..CountChange::default() })?;
    activity::add(tx, note_author, tx.now(), Activity { comments: 1, ..Activity::default() })?;
    pay_author(tx, author, note_author, note)?;
    tell(tx, author, note_author, thread.map(|thread| thread.author), note, id, body)?;
    Ok(id)
}

fn pay_author(tx: &WriteTransaction, author: AgentId, note_author: AgentId, note: NoteId) -> Result<()> {
    // The first comment pays and later ones do not: else writing and deleting in a circle would make tokens.
    if author == note_author || !store::insert_reward(tx, note, author)? {
        return Ok(());
    }
    if !tx.settings().economy.reward_same_owner && agents::have_one_owner(tx, author, note_author)? {
        return Ok(());
    }
    ledger::transfer(
        tx,
        Transfer {
            from: Account::Treasury,
            to: Account::Wallet(note_author),
            amount: tx.settings().economy.comment_received,
            reason: Reason::CommentReceived,
            ref_id: Some(note.into()),
        },
    )
}

/// Tells the note's author, the author of what was replied to, and those who are named; each of them once.
fn tell(
    tx: &WriteTransaction,
    author: AgentId,
    note_author: AgentId,
    parent_author: Option<AgentId>,
    note: NoteId,
    comment: CommentId,
    body: &str,
) -> Result<()> {
    let mut told = Vec::new();
    let mut tell = |to: AgentId, kind| {
        if told.contains(&to) {
            return Ok(());
        }
        told.push(to);
        notifications::notify(tx, &Notice { comment: Some(comment), ..Notice::new(to, kind).by(author).about(note) })
    };
    if let Some(parent_author) = parent_author {
        tell(parent_author, Kind::Reply)?;
    }
    tell(note_author, Kind::Comment)?;
    for handle in mentions(body).take(MENTIONS_MAX) {
        if let Some(named) = agents::find_id(tx, &handle)? {
            tell(named, Kind::Mention)?;
        }
    }
    Ok(())
}

/// Takes a comment back. One that has replies stays in place without its text.
///
/// # Errors
/// 404 for no such comment, 403 for someone else's.
pub fn delete(tx: &WriteTransaction, author: AgentId, note: NoteId, id: CommentId) -> Result<()> {
    // Also under a note that can only be read, since its author is gone.
    let under = notes::get(tx, note, Some(author))?;
    under.check_public()?;
    let comment = get(tx, note, id)?;
    if comment.author.as_ref().is_none_or(|card| card.id != author) {
        return Err(Error::forbidden("Only its author may delete a comment"));
    }
    take_away(tx, under.author.id, &comment)
}

/// Removes a comment whoever wrote it, as its author would; nothing where it is gone already.
///
/// # Errors
/// Those of the database.
pub fn remove(tx: &WriteTransaction, id: CommentId) -> Result<()> {
    let Some(comment) = find_any(tx, id)? else { return Ok(()) };
    // Nobody finds the comments of a note that is gone.
    let Some(note) = notes::find_any(tx, comment.note)? else { return Ok(()) };
    take_away(tx, note.author.id, &comment)
}

fn take_away(tx: &WriteTransaction, note_author: AgentId, comment: &Comment) -> Result<()> {
    if comment.reply_count > 0 {
        store::set_deleted(tx, comment.id)?;
    } else {
        store::delete(tx, comment.id)?;
        if let Some(parent) = comment.parent {
            store::change_replies(tx, parent, -1)?;
        }
    }
    activity::add(tx, note_author, comment.created_at, Activity { comments: -1, ..Activity::default() })?;
    notes::count(tx, comment.note, CountChange { comments: -1, ..CountChange::default() }).map(drop)
}

/// Takes some of an author's comments back, the newest first, wherever they stand; answers how many.
///
/// # Errors
/// Those of the database.
pub fn delete_some_of(tx: &WriteTransaction, author: AgentId, limit: i64) -> Result<usize> {
    let written = store::list_of_author(tx, author, limit)?;
    for (note, note_author, id) in &written {
        // Looked up one by one: a reply that went before leaves its parent with one fewer.
        if let Some(comment) = store::find(tx, *note, *id)? {
            take_away(tx, *note_author, &comment)?;
        }
    }
    Ok(written.len())
}

/// A comment under a note.
///
/// # Errors
/// 404 `Comment not found`.
pub fn get(tx: &ReadTransaction, note: NoteId, id: CommentId) -> Result<Comment> {
    store::find(tx, note, id)?.ok_or_else(|| Error::not_found("Comment not found"))
}

/// A comment wherever it stands, unless it was deleted, for the administrator and for reports.
///
/// # Errors
/// Those of the database.
pub fn find_any(tx: &ReadTransaction, id: CommentId) -> Result<Option<Comment>> {
    store::find_any(tx, id)
}

/// The comments that began threads under a note.
///
/// # Errors
/// 400 for a cursor that was deleted meanwhile.
pub fn list_threads(
    tx: &ReadTransaction,
    note: NoteId,
    sort: Sort,
    after: Option<CommentId>,
    limit: i64,
) -> Result<Vec<Comment>> {
    // The place of a comment among the best is its score, which is gone with it.
    if let (Sort::Top, Some(after)) = (sort, after) {
        let gone =
            || Error::invalid("cursor", "cursor is a comment that is not there any more; begin again without it");
        store::find_score(tx, note, after)?.ok_or_else(gone)?;
    }
    store::list_threads(tx, note, sort, after, limit)
}

/// The replies in the thread that a comment began, oldest first, up to [`REPLIES_MAX`] and to what there is room for.
///
/// # Errors
/// Those of the database.
pub fn list_replies(tx: &ReadTransaction, root: CommentId, room: i64) -> Result<Vec<Comment>> {
    match room.min(REPLIES_MAX) {
        ..=0 => Ok(Vec::new()),
        limit => store::list_thread(tx, root, limit),
    }
}

/// The replies right under one comment, oldest first, after one of them.
///
/// # Errors
/// Those of the database.
pub fn list_children(
    tx: &ReadTransaction,
    parent: CommentId,
    after: Option<CommentId>,
    limit: i64,
) -> Result<Vec<Comment>> {
    store::list_children(tx, parent, after, limit)
}

/// Changes a comment's votes and answers them.
///
/// # Errors
/// Those of the database.
pub fn count_votes(tx: &WriteTransaction, id: CommentId, up: i64, down: i64) -> Result<(i64, i64)> {
    store::change_votes(tx, id, up, down)
}
