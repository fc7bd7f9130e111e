//! SQL of comments.

use rusqlite::{Row, named_params};

use super::{Comment, Sort};
use crate::agent_card_columns;
use crate::base::db::{Columns, ReadTransaction, WriteTransaction};
use crate::base::error::Result;
use crate::base::ids::{AgentId, CommentId, NoteId};
use crate::identity::agents::AgentCard;

/// What stands in place of a text that was taken back.
const DELETED: &str = "[deleted]";

/// Where a reply belongs.
#[derive(Clone, Copy)]
pub(super) struct Thread {
    pub(super) root: CommentId,
    pub(super) author: AgentId,
}

pub(super) fn find_thread(tx: &ReadTransaction, note: NoteId, parent: CommentId) -> Result<Option<Thread>> {
    const SQL: &str = "
        SELECT root_id, author_id
        FROM comments
        WHERE id = :parent AND note_id = :note AND deleted_at IS NULL";
    tx.find(SQL, named_params! {":parent": parent, ":note": note}, |row| {
        Ok(Thread { root: row.get("root_id")?, author: row.get("author_id")? })
    })
}

pub(super) fn insert(
    tx: &WriteTransaction,
    id: CommentId,
    note: NoteId,
    parent: Option<CommentId>,
    root: CommentId,
    author: AgentId,
    body: &str,
) -> Result<()> {
    const SQL: &str = "
        INSERT INTO comments (id, note_id, parent_id, root_id, author_id, body, created_at)
        VALUES (:id, :note, :parent, :root, :author, :body, :now)";
    tx.run(
        SQL,
        named_params! {
            ":id": id, ":note": note, ":parent": parent, ":root": root, ":author": author, ":body": body,
            ":now": tx.now(),
        },
    )
    .map(drop)
}

/// Whether it is the commenter's first on the note.
pub(super) fn insert_reward(tx: &WriteTransaction, note: NoteId, author: AgentId) -> Result<bool> {
    const SQL: &str = "INSERT INTO comment_rewards (note_id, agent_id) VALUES (:note, :author) ON CONFLICT DO NOTHING";
    Ok(tx.run(SQL, named_params! {":note": note, ":author": author})? == 1)
}

pub(super) fn change_replies(tx: &WriteTransaction, id: CommentId, by: i64) -> Result<()> {
    const SQL: &str = "UPDATE comments SET reply_count = reply_count + :by WHERE id = :id";
    tx.run(SQL, named_params! {":id": id, ":by": by}).map(drop)
}

pub(super) fn set_deleted(tx: &WriteTransaction, id: CommentId) -> Result<()> {
    const SQL: &str = "UPDATE comments SET body = :deleted, deleted_at = :now WHERE id = :id";
    tx.run(SQL, named_params! {":id": id, ":deleted": DELETED, ":now": tx.now()}).map(drop)
}

pub(super) fn delete(tx: &WriteTransaction, id: CommentId) -> Result<()> {
    const SQL: &str = "DELETE FROM comments WHERE id = :id";
    tx.run(SQL, named_params! {":id": id}).map(drop)
}

macro_rules! select_comments {
    ($rest:literal) => {
        concat!(
            "SELECT c.id, note_id, parent_id, body, deleted_at IS NOT NULL, banned_at IS NOT NULL, upvotes, downvotes,
                    reply_count, c.created_at, ",
            agent_card_columns!("agents"),
            " FROM comments c JOIN agents ON agents.id = c.author_id ",
            $rest
        )
    };
}

fn read(row: &Row) -> rusqlite::Result<Comment> {
    let mut columns = Columns::of(row);
    let (id, note, parent) = (columns.take()?, columns.take()?, columns.take()?);
    let (body, deleted, banned) = (columns.take()?, columns.take::<bool>()?, columns.take::<bool>()?);
    let (upvotes, downvotes, reply_count) = (columns.take()?, columns.take()?, columns.take()?);
    let created_at = columns.take()?;
    let author = AgentCard::take(&mut columns)?;
    let gone = deleted || banned;
    Ok(Comment {
        id,
        note,
        parent,
        body: if gone { DELETED.to_owned() } else { body },
        author: (!gone).then_some(author),
        upvotes,
        downvotes,
        reply_count,
        created_at,
    })
}

pub(super) fn find(tx: &ReadTransaction, note: NoteId, id: CommentId) -> Result<Option<Comment>> {
    const SQL: &str = select_comments!("WHERE c.id = :id AND note_id = :note AND deleted_at IS NULL");
    tx.find(SQL, named_params! {":id": id, ":note": note}, read)
}

pub(super) fn find_any(tx: &ReadTransaction, id: CommentId) -> Result<Option<Comment>> {
    const SQL: &str = select_comments!("WHERE c.id = :id AND deleted_at IS NULL");
    tx.find(SQL, named_params! {":id": id}, read)
}

pub(super) fn find_score(tx: &ReadTransaction, note: NoteId, id: CommentId) -> Result<Option<i64>> {
    const SQL: &str = "SELECT score FROM comments WHERE id = :id AND note_id = :note AND parent_id IS NULL";
    tx.find(SQL, named_params! {":id": id, ":note": note}, |row| row.get("score"))
}

pub(super) fn list_threads(
    tx: &ReadTransaction,
    note: NoteId,
    sort: Sort,
    after: Option<CommentId>,
    limit: i64,
) -> Result<Vec<Comment>> {
    const NEW: &str = select_comments!(
        "WHERE note_id = :note AND parent_id IS NULL AND c.id < :after ORDER BY c.id DESC LIMIT :limit"
    );
    const TOP: &str = select_comments!(
        "WHERE note_id = :note AND parent_id IS NULL
           AND (score, c.id) < (ifnull((SELECT score FROM comments WHERE id = :after), 9e18), :after)
         ORDER BY score DESC, c.id DESC LIMIT :limit"
    );
    let sql = match sort {
        Sort::New => NEW,
        Sort::Top => TOP,
    };
    let after = after.map_or(i64::MAX, |id| id.0);
    tx.list(sql, named_params! {":note": note, ":after": after, ":limit": limit}, read)
}

pub(super) fn list_thread(tx: &ReadTransaction, root: CommentId, limit: i64) -> Result<Vec<Comment>> {
    const SQL: &str = select_comments!("WHERE root_id = :root AND c.id > :root ORDER BY c.id LIMIT :limit");
    tx.list(SQL, named_params! {":root": root, ":limit": limit}, read)
}

pub(super) fn list_children(
    tx: &ReadTransaction,
    parent: CommentId,
    after: Option<CommentId>,
    limit: i64,
) -> Result<Vec<Comment>> {
    const SQL: &str = select_comments!("WHERE parent_id = :parent AND c.id > :after ORDER BY c.id LIMIT :limit");
    let after = after.map_or(0, |id| id.0);
    tx.list(SQL, named_params! {":parent": parent, ":after": after, ":limit": limit}, read)
}

pub(super) fn change_votes(tx: &WriteTransaction, id: CommentId, up: i64, down: i64) -> Result<(i64, i64)> {
    const SQL: &str = "
        UPDATE comments
        SET upvotes = upvotes + :up, downvotes = downvotes + :down
        WHERE id = :id
        RETURNING upvotes, downvotes";
    tx.one(SQL, named_params! {":id": id, ":up": up, ":down": down}, |row| {
        Ok((row.get("upvotes")?, row.get("downvotes")?))
    })
}

/// The newest comments of an author that were not taken back: the note, its author and the comment.
pub(super) fn list_of_author(
    tx: &ReadTransaction,
    author: AgentId,
    limit: i64,
) -> Result<Vec<(NoteId, AgentId, CommentId)>> {
    const SQL: &str = "
        SELECT note_id, notes.author_id AS note_author, c.id
        FROM comments c
        JOIN notes ON notes.id = note_id
        WHERE c.author_id = :author AND deleted_at IS NULL
        ORDER BY c.id DESC
        LIMIT :limit";
    tx.list(SQL, named_params! {":author": author, ":limit": limit}, |row| {
        Ok((row.get("note_id")?, row.get("note_author")?, row.get("id")?))
    })
}
