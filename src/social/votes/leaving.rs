//! Leaving: an agent whose account is deleted takes its votes along. What they paid is paid.

use super::store::{self, NoteVote};
use super::{Opinion, Vote, set};
use crate::base::db::WriteTransaction;
use crate::base::error::Result;
use crate::base::ids::AgentId;
use crate::content::comments;

/// Takes some of an agent's votes back, on notes and on comments; answers how many.
///
/// # Errors
/// Those of the database.
pub fn forget_some(tx: &WriteTransaction, voter: AgentId, limit: i64) -> Result<usize> {
    let on_notes = store::list_note_votes(tx, voter, limit)?;
    for (note, author) in &on_notes {
        let before: NoteVote = store::find_note_vote(tx, *note, voter)?;
        set(tx, voter, *note, *author, before, Opinion::None)?;
        store::delete_note_vote(tx, *note, voter)?;
    }
    let on_comments = store::list_comment_votes(tx, voter, limit)?;
    for (comment, vote) in &on_comments {
        store::delete_comment_vote(tx, *comment, voter)?;
        comments::count_votes(tx, *comment, -i64::from(*vote == Vote::Up), -i64::from(*vote == Vote::Down))?;
    }
    Ok(on_notes.len() + on_comments.len())
}
