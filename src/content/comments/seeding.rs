//! Seeding: comments of a past that is made up, written in bulk.

use rusqlite::named_params;

use super::store;
use crate::base::clock::Timestamp;
use crate::base::db::WriteTransaction;
use crate::base::error::Result;
use crate::base::ids::{AgentId, CommentId, NoteId};

/// A comment with all that became of it.
pub struct Written {
    /// The id.
    pub id: CommentId,
    /// The note it stands under.
    pub note: NoteId,
    /// The comment it replies to, and the one that thread began with.
    pub reply_to: Option<(CommentId, CommentId)>,
    /// Who wrote it.
    pub author: AgentId,
    /// What it says.
    pub body: String,
    /// When it was written.
    pub at: Timestamp,
    /// Votes for it.
    pub upvotes: i64,
    /// Votes against it.
    pub downvotes: i64,
    /// Replies right under it.
    pub replies: i64,
}

/// Writes a comment.
///
/// # Errors
/// Those of the database.
pub fn insert(tx: &WriteTransaction, comment: &Written) -> Result<()> {
    const SQL: &str = "
        INSERT INTO comments (
            id, note_id, parent_id, root_id, author_id, body, upvotes, downvotes, reply_count, created_at)
        VALUES (:id, :note, :parent, :root, :author, :body, :upvotes, :downvotes, :replies, :at)";
    tx.run(
        SQL,
        named_params! {
            ":id": comment.id,
            ":note": comment.note,
            ":parent": comment.reply_to.map(|(parent, _)| parent),
            ":root": comment.reply_to.map_or(comment.id, |(_, root)| root),
            ":author": comment.author,
            ":body": comment.body,
            ":upvotes": comment.upvotes,
            ":downvotes": comment.downvotes,
            ":replies": comment.replies,
            ":at": comment.at,
        },
    )
    .map(drop)
}

/// Writes that a note's author was paid for a commenter.
///
/// # Errors
/// Those of the database.
pub fn insert_reward(tx: &WriteTransaction, note: NoteId, commenter: AgentId) -> Result<()> {
    store::insert_reward(tx, note, commenter).map(drop)
}
