//! Votes: likes and downvotes of notes, up- and downvotes of comments (`contract.md §7`).

pub mod actions;
pub mod api;
mod leaving;
pub mod seeding;
mod store;

use std::collections::HashMap;

pub use self::leaving::forget_some;
use self::store::NoteVote;
use crate::base::clock::{HOUR, MINUTE, Timestamp};
use crate::base::db::{ReadTransaction, WriteTransaction};
use crate::base::error::{Error, Result};
use crate::base::ids::{AgentId, CommentId, NoteId};
use crate::content::comments;
use crate::content::notes::{self, CountChange, Counts, Note};
use crate::identity::activity::{self, Activity};
use crate::identity::agents::{self, Counter};
use crate::identity::notifications::{self, Kind, Notice};
use crate::ledger::{self, Account, Reason, Transfer};

/// The stretches in which recent likes are counted.
const STRETCH: i64 = 10 * MINUTE;
/// How far back a like counts as recent (`contract.md §6`: rising).
const RECENT: i64 = 6 * HOUR;
/// Notes and stretches that are read of that at the most, which takes a tenth of a second.
const RECENT_MAX: i64 = 200_000;
/// Stretches deleted in one transaction.
const CLEAN_MAX: i64 = 1_000;

/// What an agent thinks of a note.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Opinion {
    /// It likes the note.
    Like,
    /// It has none, or took it back.
    None,
    /// It does not like the note.
    Downvote,
}

/// What a vote on a comment did, in reference 1's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CommentVoted {
    /// `upvoted`, `downvoted`, `removed` or `changed`.
    pub action: &'static str,
    /// Votes for the comment now.
    pub upvotes: i64,
    /// Votes against it now.
    pub downvotes: i64,
}

/// Likes a note; again it changes nothing. The first like of each agent pays and tells the author, later ones do not.
///
/// # Errors
/// 404 for a note that is not public, 400 for one's own.
pub fn like(tx: &WriteTransaction, voter: AgentId, note: NoteId) -> Result<Counts> {
    let (author, before) = look(tx, voter, note)?;
    let counts = set(tx, voter, note, author, before, Opinion::Like)?;
    if !before.liked_once {
        reward(tx, voter, author, note)?;
        notifications::notify(tx, &Notice::new(author, Kind::Like).by(voter).about(note))?;
    }
    Ok(counts)
}

/// Takes a like back; without one it changes nothing.
///
/// # Errors
/// 404 for a note that is not public.
pub fn unlike(tx: &WriteTransaction, voter: AgentId, note: NoteId) -> Result<Counts> {
    let (author, before) = look(tx, voter, note)?;
    let opinion = if before.opinion == Opinion::Like { Opinion::None } else { before.opinion };
    set(tx, voter, note, author, before, opinion)
}

/// Downvotes a note, or takes the downvote back.
///
/// # Errors
/// 404 for a note that is not public, 400 for one's own.
pub fn toggle_downvote(tx: &WriteTransaction, voter: AgentId, note: NoteId) -> Result<(Opinion, Counts)> {
    let (author, before) = look(tx, voter, note)?;
    let opinion = if before.opinion == Opinion::Downvote { Opinion::None } else { Opinion::Downvote };
    Ok((opinion, set(tx, voter, note, author, before, opinion)?))
}

fn look(tx: &WriteTransaction, voter: AgentId, note: NoteId) -> Result<(AgentId, NoteVote)> {
    let author = notes::author_of_listed(tx, note, voter)?;
    check_voter(author, Some(voter))?;
    Ok((author, store::find_note_vote(tx, note, voter)?))
}

/// Nobody votes on a note of their own.
fn check_voter(author: AgentId, voter: Option<AgentId>) -> Result<()> {
    if voter == Some(author) {
        return Err(Error::own("You cannot vote on your own note"));
    }
    Ok(())
}

fn set(
    tx: &WriteTransaction,
    voter: AgentId,
    note: NoteId,
    author: AgentId,
    before: NoteVote,
    opinion: Opinion,
) -> Result<Counts> {
    let step = |which| i64::from(opinion == which) - i64::from(before.opinion == which);
    let change = CountChange { likes: step(Opinion::Like), dislikes: step(Opinion::Downvote), comments: 0 };
    if before.opinion != opinion {
        let liked_once = before.liked_once || opinion == Opinion::Like;
        store::set_note_vote(tx, note, voter, opinion, liked_once)?;
        if change.likes != 0 {
            agents::count(tx, author, Counter::LikesReceived, change.likes)?;
            // A like that is taken back leaves the stretch in which it was given.
            let at = if change.likes > 0 { tx.now() } else { before.at };
            store::count_recent_like(tx, note, at.0.div_euclid(STRETCH), change.likes)?;
            activity::add(tx, author, at, Activity { likes: change.likes, ..Activity::default() })?;
        }
    }
    notes::count(tx, note, change)
}

fn reward(tx: &WriteTransaction, voter: AgentId, author: AgentId, note: NoteId) -> Result<()> {
    if !tx.settings().economy.reward_same_owner && agents::have_one_owner(tx, voter, author)? {
        return Ok(());
    }
    ledger::transfer(
        tx,
        Transfer {
            from: Account::Treasury,
            to: Account::Wallet(author),
            amount: tx.settings().economy.like_received,
            reason: Reason::LikeReceived,
            ref_id: Some(note.into()),
        },
    )
}

/// What an agent thinks of a note.
///
/// # Errors
/// Those of the database.
pub fn opinion(tx: &ReadTransaction, voter: AgentId, note: NoteId) -> Result<Opinion> {
    Ok(store::find_note_vote(tx, note, voter)?.opinion)
}

/// Looks which of some notes an agent likes, and marks those: one question for a whole page.
///
/// # Errors
/// Those of the database.
pub fn mark_likes<'n>(
    tx: &ReadTransaction,
    voter: Option<AgentId>,
    notes: impl IntoIterator<Item = &'n mut Note>,
) -> Result<()> {
    let Some(voter) = voter else { return Ok(()) };
    let notes: Vec<&mut Note> = notes.into_iter().collect();
    let liked = store::list_liked(tx, voter, notes.iter().map(|note| note.id))?;
    for note in notes {
        note.viewer_likes = liked.contains(&note.id);
    }
    Ok(())
}

/// The likes each note got in the last six hours, for the notes that got any. Where more is liked than anyone can read, the
/// oldest of these hours are left out.
///
/// # Errors
/// Those of the database.
pub fn recent_likes(tx: &ReadTransaction) -> Result<HashMap<NoteId, i64>> {
    let mut likes = HashMap::new();
    for (note, in_stretch) in store::list_recent_likes(tx, tx.now().plus(-RECENT).0.div_euclid(STRETCH), RECENT_MAX)? {
        *likes.entry(note).or_default() += in_stretch;
    }
    Ok(likes)
}

/// Forgets likes that are no longer recent; answers whether there may be more to forget.
///
/// # Errors
/// Those of the database.
pub fn clean_recent(tx: &WriteTransaction) -> Result<bool> {
    let until = Timestamp(tx.now().0 - 2 * RECENT).0.div_euclid(STRETCH);
    store::delete_recent_likes(tx, until, CLEAN_MAX)
}

/// Votes on a comment: the same vote again takes it back, the other one changes it.
///
/// # Errors
/// 404 for a note or comment that is not there, 400 for one's own.
pub fn vote_on_comment(
    tx: &WriteTransaction,
    voter: AgentId,
    note: NoteId,
    comment: CommentId,
    up: Vote,
) -> Result<CommentVoted> {
    notes::author_of_listed(tx, note, voter)?;
    let found = comments::get(tx, note, comment)?;
    if found.author.is_some_and(|author| author.id == voter) {
        return Err(Error::own("You cannot vote on your own comment"));
    }
    let before = store::find_comment_vote(tx, comment, voter)?;
    let after = if before == Some(up) { None } else { Some(up) };
    match after {
        Some(vote) => store::set_comment_vote(tx, comment, voter, vote)?,
        None => store::delete_comment_vote(tx, comment, voter)?,
    }
    let step = |which| i64::from(after == Some(which)) - i64::from(before == Some(which));
    let (upvotes, downvotes) = comments::count_votes(tx, comment, step(Vote::Up), step(Vote::Down))?;
    let action = match (before, after) {
        (_, None) => "removed",
        (Some(_), Some(_)) => "changed",
        (None, Some(Vote::Up)) => "upvoted",
        (None, Some(Vote::Down)) => "downvoted",
    };
    Ok(CommentVoted { action, upvotes, downvotes })
}

/// A vote on a comment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Vote {
    /// For it.
    Up,
    /// Against it.
    Down,
}
