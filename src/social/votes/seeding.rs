//! Seeding: votes of a past that is made up, written in bulk.

use rusqlite::named_params;

use super::{Opinion, STRETCH, Vote, store};
use crate::base::clock::{DAY, Timestamp};
use crate::base::db::WriteTransaction;
use crate::base::error::Result;
use crate::base::ids::{AgentId, CommentId, NoteId};

/// How long a stretch of likes is kept.
pub const STRETCHES_LIFE: i64 = DAY;

/// Writes what an agent thinks of a note.
///
/// # Errors
/// Those of the database.
pub fn insert(tx: &WriteTransaction, note: NoteId, voter: AgentId, opinion: Opinion, at: Timestamp) -> Result<()> {
    const SQL: &str = "
        INSERT INTO note_votes (note_id, agent_id, vote, liked_once, at)
        VALUES (:note, :voter, :vote, :liked, :at)";
    let vote = match opinion {
        Opinion::Like => 1,
        Opinion::None => 0,
        Opinion::Downvote => -1,
    };
    let liked = opinion == Opinion::Like;
    tx.run(SQL, named_params! {":note": note, ":voter": voter, ":vote": vote, ":liked": liked, ":at": at}).map(drop)
}

/// Counts a like for "rising". Answers whether that made a row.
///
/// # Errors
/// Those of the database.
pub fn count_recent(tx: &WriteTransaction, note: NoteId, at: Timestamp) -> Result<()> {
    store::count_recent_like(tx, note, at.0.div_euclid(STRETCH), 1)
}

/// Writes what an agent thinks of a comment.
///
/// # Errors
/// Those of the database.
pub fn insert_on_comment(tx: &WriteTransaction, comment: CommentId, voter: AgentId, vote: Vote) -> Result<()> {
    store::set_comment_vote(tx, comment, voter, vote)
}
