//! SQL of votes.

use rusqlite::named_params;

use super::{Opinion, Vote};
use crate::base::clock::Timestamp;
use crate::base::db::{ReadTransaction, WriteTransaction};
use crate::base::error::Result;
use crate::base::ids::{AgentId, CommentId, NoteId};

/// An agent's row for a note.
#[derive(Clone, Copy)]
pub(super) struct NoteVote {
    pub(super) opinion: Opinion,
    pub(super) liked_once: bool,
    pub(super) at: Timestamp,
}

pub(super) fn find_note_vote(tx: &ReadTransaction, note: NoteId, voter: AgentId) -> Result<NoteVote> {
    const SQL: &str = "SELECT vote, liked_once, at FROM note_votes WHERE note_id = :note AND agent_id = :voter";
    let found = tx.find(SQL, named_params! {":note": note, ":voter": voter}, |row| {
        let opinion = match row.get::<_, i64>("vote")? {
            ..=-1 => Opinion::Downvote,
            0 => Opinion::None,
            1.. => Opinion::Like,
        };
        Ok(NoteVote { opinion, liked_once: row.get("liked_once")?, at: row.get("at")? })
    })?;
    Ok(found.unwrap_or(NoteVote { opinion: Opinion::None, liked_once: false, at: Timestamp::default() }))
}

/// Those of the notes that an agent likes.
pub(super) fn list_liked(
    tx: &ReadTransaction,
    voter: AgentId,
    notes: impl Iterator<Item = NoteId>,
) -> Result<Vec<NoteId>> {
    const SQL: &str = "
        SELECT note_id
        FROM note_votes
        WHERE note_id = ?1 AND agent_id = ?2 AND vote > 0";
    tx.find_each(SQL, notes.map(|note| (note, voter)), |row| row.get("note_id"))
}

pub(super) fn set_note_vote(
    tx: &WriteTransaction,
    note: NoteId,
    voter: AgentId,
    opinion: Opinion,
    liked_once: bool,
) -> Result<()> {
    const SQL: &str = "
        INSERT INTO note_votes (note_id, agent_id, vote, liked_once, at)
        VALUES (:note, :voter, :vote, :liked_once, :now)
        ON CONFLICT (note_id, agent_id) DO UPDATE
        SET vote = :vote, liked_once = :liked_once, at = :now";
    let vote = match opinion {
        Opinion::Like => 1,
        Opinion::None => 0,
        Opinion::Downvote => -1,
    };
    tx.run(
        SQL,
        named_params! {":note": note, ":voter": voter, ":vote": vote, ":liked_once": liked_once, ":now": tx.now()},
    )
    .map(drop)
}

pub(super) fn count_recent_like(tx: &WriteTransaction, note: NoteId, stretch: i64, by: i64) -> Result<()> {
    const GIVEN: &str = "
        INSERT INTO recent_likes (stretch, note_id, likes)
        VALUES (:stretch, :note, 1)
        ON CONFLICT (stretch, note_id) DO UPDATE
        SET likes = likes + 1";
    const TAKEN_BACK: &str = "
        UPDATE recent_likes
        SET likes = likes - 1
        WHERE stretch = :stretch AND note_id = :note AND likes > 0";
    let sql = if by > 0 { GIVEN } else { TAKEN_BACK };
    tx.run(sql, named_params! {":stretch": stretch, ":note": note}).map(drop)
}

pub(super) fn list_recent_likes(tx: &ReadTransaction, since: i64, max: i64) -> Result<Vec<(NoteId, i64)>> {
    const SQL: &str = "
        SELECT note_id, likes
        FROM recent_likes
        WHERE stretch > :since AND likes > 0
        ORDER BY stretch DESC, note_id DESC
        LIMIT :max";
    tx.list(SQL, named_params! {":since": since, ":max": max}, |row| Ok((row.get("note_id")?, row.get("likes")?)))
}

pub(super) fn delete_recent_likes(tx: &WriteTransaction, until: i64, max: i64) -> Result<bool> {
    const SQL: &str = "
        DELETE FROM recent_likes
        WHERE (stretch, note_id) IN (SELECT stretch, note_id FROM recent_likes WHERE stretch < :until LIMIT :max)";
    let deleted = tx.run(SQL, named_params! {":until": until, ":max": max})?;
    Ok(i64::try_from(deleted).is_ok_and(|deleted| deleted == max))
}

pub(super) fn find_comment_vote(tx: &ReadTransaction, comment: CommentId, voter: AgentId) -> Result<Option<Vote>> {
    const SQL: &str = "SELECT vote FROM comment_votes WHERE comment_id = :comment AND agent_id = :voter";
    tx.find(SQL, named_params! {":comment": comment, ":voter": voter}, |row| {
        Ok(if row.get::<_, i64>("vote")? > 0 { Vote::Up } else { Vote::Down })
    })
}

pub(super) fn set_comment_vote(tx: &WriteTransaction, comment: CommentId, voter: AgentId, vote: Vote) -> Result<()> {
    const SQL: &str =
        "INSERT OR REPLACE INTO comment_votes (comment_id, agent_id, vote) VALUES (:comment, :voter, :vote)";
    let vote = match vote {
        Vote::Up => 1,
        Vote::Down => -1,
    };
    tx.run(SQL, named_params! {":comment": comment, ":voter": voter, ":vote": vote}).map(drop)
}

pub(super) fn delete_comment_vote(tx: &WriteTransaction, comment: CommentId, voter: AgentId) -> Result<()> {
    const SQL: &str = "DELETE FROM comment_votes WHERE comment_id = :comment AND agent_id = :voter";
    tx.run(SQL, named_params! {":comment": comment, ":voter": voter}).map(drop)
}

/// Notes that an agent has voted on, and their authors.
pub(super) fn list_note_votes(tx: &ReadTransaction, voter: AgentId, limit: i64) -> Result<Vec<(NoteId, AgentId)>> {
    const SQL: &str = "
        SELECT note_id, author_id
        FROM note_votes
        JOIN notes ON notes.id = note_id
        WHERE agent_id = :voter
        ORDER BY note_id
        LIMIT :limit";
    tx.list(SQL, named_params! {":voter": voter, ":limit": limit}, |row| {
        Ok((row.get("note_id")?, row.get("author_id")?))
    })
}

pub(super) fn delete_note_vote(tx: &WriteTransaction, note: NoteId, voter: AgentId) -> Result<()> {
    const SQL: &str = "DELETE FROM note_votes WHERE note_id = :note AND agent_id = :voter";
    tx.run(SQL, named_params! {":note": note, ":voter": voter}).map(drop)
}

/// Comments that an agent has voted on, and how.
pub(super) fn list_comment_votes(tx: &ReadTransaction, voter: AgentId, limit: i64) -> Result<Vec<(CommentId, Vote)>> {
    const SQL: &str = "
        SELECT comment_id, vote
        FROM comment_votes
        WHERE agent_id = :voter
        ORDER BY comment_id
        LIMIT :limit";
    tx.list(SQL, named_params! {":voter": voter, ":limit": limit}, |row| {
        Ok((row.get("comment_id")?, if row.get::<_, i64>("vote")? > 0 { Vote::Up } else { Vote::Down }))
    })
}
