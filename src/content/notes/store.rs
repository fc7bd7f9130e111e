//! SQL of notes and their tags.

use rusqlite::{Params, Row, named_params};

use super::listing::Listed;
use super::{CountChange, Counts, NewNote, Note, NoteChange, Shown, Status};
use crate::base::clock::Timestamp;
use crate::base::db::{Columns, ReadTransaction, WriteTransaction};
use crate::base::error::{Error, Result};
use crate::base::ids::{AgentId, NoteId};
use crate::base::search_text::indexable;
use crate::content::templates::Fields;
use crate::select_notes;

pub(super) fn insert(tx: &WriteTransaction, id: NoteId, author: AgentId, new: &NewNote) -> Result<()> {
    const SQL: &str = "
        INSERT INTO notes (
            id, author_id, template, fields, category, color_scheme, community_id, status, text_hash,
            created_at, updated_at, scheduled_at, submitted_at)
        VALUES (
            :id, :author, :template, :fields, :category, :color_scheme, :community, :status, :text_hash,
            :now, :now, :scheduled_at, :submitted_at)";
    let (status, submitted_at) = match new.scheduled_at {
        Some(_) => (Status::Scheduled, None),
        None => (Status::Pending, Some(tx.now())),
    };
    tx.run(
        SQL,
        named_params! {
            ":id": id,
            ":author": author,
            ":template": new.template,
            ":fields": new.fields.to_json(),
            ":category": new.category,
            ":color_scheme": new.color_scheme,
            ":community": new.community,
            ":status": status,
            ":text_hash": new.fields.text_hash(),
            ":now": tx.now(),
            ":scheduled_at": new.scheduled_at,
            ":submitted_at": submitted_at,
        },
    )
    .map(drop)
}

pub(super) fn update(
    tx: &WriteTransaction,
    id: NoteId,
    change: &NoteChange,
    fields: &Fields,
    stays_scheduled: bool,
) -> Result<()> {
    const SQL: &str = "
        UPDATE notes
        SET fields          = :fields,
            text_hash       = :text_hash,
            category        = ifnull(:category, category),
            color_scheme    = ifnull(:color_scheme, color_scheme),
            scheduled_at    = ifnull(:scheduled_at, scheduled_at),
            status          = iif(:stays_scheduled, 'scheduled', 'pending'),
            submitted_at    = iif(:stays_scheduled, NULL, :now),
            rejected_reason = NULL,
            held_reason     = NULL,
            updated_at      = :now
        WHERE id = :id";
    tx.run(
        SQL,
        named_params! {
            ":id": id,
            ":fields": fields.to_json(),
            ":text_hash": fields.text_hash(),
            ":category": change.category,
            ":color_scheme": change.color_scheme,
            ":scheduled_at": change.scheduled_at,
            ":stays_scheduled": stays_scheduled,
            ":now": tx.now(),
        },
    )
    .map(drop)
}

pub(super) fn set_deleted(tx: &WriteTransaction, id: NoteId) -> Result<()> {
    const SQL: &str = "
        UPDATE notes
        SET status = 'deleted', fields = '{}', rejected_reason = NULL, boost_type = NULL, boosted_at = NULL,
            boost_until = NULL, updated_at = :now
        WHERE id = :id";
    tx.run(SQL, named_params! {":id": id, ":now": tx.now()}).map(drop)
}

pub(super) fn submit_scheduled(tx: &WriteTransaction, limit: i64) -> Result<Vec<(NoteId, AgentId)>> {
    const SQL: &str = "
        UPDATE notes
        SET status = 'pending', submitted_at = :now
        WHERE id IN (
            SELECT id FROM notes WHERE status = 'scheduled' AND scheduled_at <= :now ORDER BY scheduled_at LIMIT :limit)
        RETURNING id, author_id";
    tx.list(SQL, named_params! {":now": tx.now(), ":limit": limit}, |row| Ok((row.get("id")?, row.get("author_id")?)))
}

/// The author, and whether the approval is the note's first; `None` when it does not wait for review.
pub(super) fn set_approved(tx: &WriteTransaction, id: NoteId) -> Result<Option<(AgentId, bool)>> {
    const PENDING: &str = "SELECT author_id, reward_paid = 0 FROM notes WHERE id = :id AND status = 'pending'";
    const SQL: &str = "
        UPDATE notes
        SET status = 'approved', rejected_reason = NULL, reward_paid = 1, published_at = ifnull(published_at, :now)
        WHERE id = :id";
    let pending = tx.find(PENDING, named_params! {":id": id}, |row| Ok((row.get(0)?, row.get(1)?)))?;
    if pending.is_some() {
        tx.run(SQL, named_params! {":id": id, ":now": tx.now()})?;
    }
    Ok(pending)
}

pub(super) fn set_rejected(tx: &WriteTransaction, id: NoteId, reason: &str) -> Result<Option<AgentId>> {
    const SQL: &str = "
        UPDATE notes
        SET status = 'rejected', rejected_reason = :reason
        WHERE id = :id AND status = 'pending'
        RETURNING author_id";
    tx.find(SQL, named_params! {":id": id, ":reason": reason}, |row| row.get("author_id"))
}

/// Whether the note was public or waited.
pub(super) fn set_removed(tx: &WriteTransaction, id: NoteId, reason: &str) -> Result<bool> {
    const SQL: &str = "
        UPDATE notes
        SET status = 'rejected', rejected_reason = :reason
        WHERE id = :id AND status IN ('approved', 'pending')";
    Ok(tx.run(SQL, named_params! {":id": id, ":reason": reason})? == 1)
}

pub(super) fn set_held(tx: &WriteTransaction, id: NoteId, why: &str) -> Result<()> {
    const SQL: &str = "UPDATE notes SET held_reason = :why WHERE id = :id AND status = 'pending'";
    tx.run(SQL, named_params! {":id": id, ":why": why}).map(drop)
}

pub(super) fn find_held_reason(tx: &ReadTransaction, id: NoteId) -> Result<Option<String>> {
    const SQL: &str = "SELECT held_reason FROM notes WHERE id = :id AND held_reason IS NOT NULL";
    tx.find(SQL, named_params! {":id": id}, |row| row.get("held_reason"))
}

/// `None` when the note is listed already, is not approved or its author is banned.
pub(super) fn set_listed(tx: &WriteTransaction, id: NoteId) -> Result<Option<Listed>> {
    const HIDDEN: &str = "
        SELECT author_id, community_id, category, fields
        FROM notes
        WHERE id = :id AND listed = 0 AND status = 'approved'
          AND (SELECT banned_at FROM agents WHERE agents.id = author_id) IS NULL";
    let hidden = tx.find(HIDDEN, named_params! {":id": id}, read_listed)?;
    if hidden.is_some() {
        tx.run("UPDATE notes SET listed = 1 WHERE id = :id", named_params! {":id": id})?;
    }
    Ok(hidden)
}

/// `None` when the note was not listed.
pub(super) fn set_unlisted(tx: &WriteTransaction, id: NoteId) -> Result<Option<Listed>> {
    const SQL: &str = "
        UPDATE notes
        SET listed = 0
        WHERE id = :id AND listed = 1
        RETURNING author_id, community_id, category, fields";
    tx.find(SQL, named_params! {":id": id}, read_listed)
}

fn read_listed(row: &Row) -> rusqlite::Result<Listed> {
    Ok(Listed {
        author: row.get("author_id")?,
        community: row.get("community_id")?,
        category: row.get("category")?,
        fields: row.get("fields")?,
    })
}

pub(super) fn change_note_count(tx: &WriteTransaction, kind: &'static str, name: &str, by: i64) -> Result<()> {
    const GIVE: &str = "
        INSERT INTO note_counts (kind, name, notes)
        VALUES (:kind, :name, :by)
        ON CONFLICT (kind, name) DO UPDATE
        SET notes = notes + :by";
    const TAKE: &str = "UPDATE note_counts SET notes = notes + :by WHERE kind = :kind AND name = :name";
    let sql = if by > 0 { GIVE } else { TAKE };
    tx.run(sql, named_params! {":kind": kind, ":name": name, ":by": by}).map(drop)
}

/// Puts a note's words into the index that search asks.
pub(super) fn insert_words(tx: &WriteTransaction, id: NoteId, fields: &Fields) -> Result<()> {
    const SQL: &str = "INSERT INTO notes_search (rowid, title, tags, body) VALUES (:id, :title, :tags, :body)";
    let title = indexable(fields.text("title").unwrap_or_default());
    let tags = indexable(&fields.tags().collect::<Vec<_>>().join(" "));
    let body = indexable(&fields.texts_but_title().collect::<Vec<_>>().join(" "));
    tx.run(SQL, named_params! {":id": id, ":title": title, ":tags": tags, ":body": body}).map(drop)
}

/// Makes the parts of the search index fewer, with so many pages of work at the most; answers whether there was any.
pub(super) fn merge_words(tx: &WriteTransaction, pages: i64) -> Result<bool> {
    const SQL: &str = "INSERT INTO notes_search (notes_search, rank) VALUES ('merge', :pages)";
    let before = tx.rows_changed();
    tx.run(SQL, named_params! {":pages": pages})?;
    // The command itself counts as a row.
    Ok(tx.rows_changed() - before > 1)
}

/// Makes the search index one part, however much work that is.
pub(super) fn merge_all_words(tx: &WriteTransaction) -> Result<()> {
    tx.run("INSERT INTO notes_search (notes_search) VALUES ('optimize')", []).map(drop)
}

pub(super) fn delete_words(tx: &WriteTransaction, id: NoteId) -> Result<()> {
    const SQL: &str = "DELETE FROM notes_search WHERE rowid = :id";
    tx.run(SQL, named_params! {":id": id}).map(drop)
}

pub(super) fn insert_tag(tx: &WriteTransaction, id: NoteId, tag: &str) -> Result<()> {
    const SQL: &str = "
        INSERT INTO note_tags (note_id, tag, published_at, like_count)
        SELECT id, :tag, published_at, like_count FROM notes WHERE id = :id";
    tx.run(SQL, named_params! {":id": id, ":tag": tag}).map(drop)
}

pub(super) fn delete_tags(tx: &WriteTransaction, id: NoteId) -> Result<()> {
    const SQL: &str = "DELETE FROM note_tags WHERE note_id = :id";
    tx.run(SQL, named_params! {":id": id}).map(drop)
}

pub(super) fn set_tag_likes(tx: &WriteTransaction, id: NoteId, likes: i64) -> Result<()> {
    const SQL: &str = "UPDATE note_tags SET like_count = :likes WHERE note_id = :id";
    tx.run(SQL, named_params! {":id": id, ":likes": likes}).map(drop)
}

/// The approved notes of an author that are listed, or those that are not.
pub(super) fn list_approved(tx: &ReadTransaction, author: AgentId, listed: bool, limit: i64) -> Result<Vec<NoteId>> {
    const LISTED: &str = "SELECT id FROM notes WHERE author_id = :author AND listed = 1 LIMIT :limit";
    const HIDDEN: &str =
        "SELECT id FROM notes WHERE author_id = :author AND status = 'approved' AND listed = 0 LIMIT :limit";
    let sql = if listed { LISTED } else { HIDDEN };
    tx.list(sql, named_params! {":author": author, ":limit": limit}, |row| row.get("id"))
}

pub(super) fn insert_sweep(tx: &WriteTransaction, author: AgentId) -> Result<()> {
    const SQL: &str = "INSERT INTO ban_sweeps (agent_id) VALUES (:author) ON CONFLICT DO NOTHING";
    tx.run(SQL, named_params! {":author": author}).map(drop)
}

pub(super) fn find_sweep(tx: &ReadTransaction) -> Result<Option<AgentId>> {
    const SQL: &str = "SELECT agent_id FROM ban_sweeps ORDER BY agent_id LIMIT 1";
    tx.find(SQL, [], |row| row.get("agent_id"))
}

pub(super) fn delete_sweep(tx: &WriteTransaction, author: AgentId) -> Result<()> {
    const SQL: &str = "DELETE FROM ban_sweeps WHERE agent_id = :author";
    tx.run(SQL, named_params! {":author": author}).map(drop)
}

pub(super) fn find(tx: &ReadTransaction, id: NoteId, viewer: Option<AgentId>) -> Result<Option<Note>> {
    const SQL: &str = select_notes!(
        "WHERE notes.id = :id AND status <> 'deleted'
                         AND ((listed = 1 AND (banned_at IS NULL OR notes_kept = 1)) OR author_id = :viewer)"
    );
    tx.find(SQL, named_params! {":id": id, ":viewer": viewer}, |row| Note::take(&mut Columns::of(row), tx.now()))
}

/// Feeds and searches show the same notes again and again, so these are kept.
pub(super) fn list_public(tx: &ReadTransaction, ids: &[NoteId]) -> Result<Vec<Note>> {
    const SQL: &str = select_notes!("WHERE notes.id = ?1 AND listed = 1 AND (banned_at IS NULL OR notes_kept = 1)");
    let ids: Vec<i64> = ids.iter().map(|id| id.0).collect();
    let found = tx.keep_each(&ids, |missing| {
        tx.find_each(SQL, missing.iter().map(|id| [id]), |row| {
            Shown::take(&mut Columns::of(row), tx.now()).map(|note| (note.id.0, note))
        })
    })?;
    Ok(found.into_iter().map(Note::from).collect())
}

pub(super) fn find_any(tx: &ReadTransaction, id: NoteId) -> Result<Option<Note>> {
    const SQL: &str = select_notes!("WHERE notes.id = :id AND status <> 'deleted'");
    tx.find(SQL, named_params! {":id": id}, |row| Note::take(&mut Columns::of(row), tx.now()))
}

pub(super) fn find_author_of_listed(tx: &ReadTransaction, id: NoteId) -> Result<Option<AgentId>> {
    const SQL: &str = "
        SELECT author_id
        FROM notes
        JOIN agents ON agents.id = author_id
        WHERE notes.id = :id AND listed = 1 AND banned_at IS NULL";
    tx.find(SQL, named_params! {":id": id}, |row| row.get("author_id"))
}

pub(super) fn find_status(tx: &ReadTransaction, id: NoteId) -> Result<Option<Status>> {
    const SQL: &str = "SELECT status FROM notes WHERE id = :id";
    tx.find(SQL, named_params! {":id": id}, |row| row.get("status"))
}

pub(super) fn list_pending(tx: &ReadTransaction, after: Option<NoteId>, limit: i64) -> Result<Vec<Note>> {
    const SQL: &str = select_notes!(
        "WHERE status = 'pending' AND (submitted_at, notes.id) > (
             ifnull((SELECT submitted_at FROM notes WHERE id = :after), 0), :after)
         ORDER BY submitted_at, notes.id
         LIMIT :limit"
    );
    let after = after.map_or(0, |id| id.0);
    list(tx, SQL, named_params! {":after": after, ":limit": limit})
}

pub(super) fn oldest_pending(tx: &ReadTransaction) -> Result<Option<Timestamp>> {
    const SQL: &str = "SELECT min(submitted_at) FROM notes WHERE status = 'pending'";
    tx.one(SQL, [], |row| row.get(0))
}

pub(super) fn list_for_rules(tx: &ReadTransaction, limit: i64) -> Result<Vec<Note>> {
    const SQL: &str = select_notes!(
        "WHERE status = 'pending' AND held_reason IS NULL
         ORDER BY submitted_at, notes.id
         LIMIT :limit"
    );
    list(tx, SQL, named_params! {":limit": limit})
}

pub(super) fn count_pending(tx: &ReadTransaction, max: i64) -> Result<i64> {
    const SQL: &str = "SELECT count(*) FROM (SELECT 1 FROM notes WHERE status = 'pending' LIMIT :max)";
    tx.one(SQL, named_params! {":max": max}, |row| row.get(0))
}

pub(super) fn list_unpublished(tx: &ReadTransaction, author: AgentId, limit: i64) -> Result<Vec<Note>> {
    const SQL: &str = select_notes!(
        "WHERE author_id = :author AND status = :status
         ORDER BY notes.id DESC
         LIMIT :limit"
    );
    // One range of the index for each status, in place of a sort over all of them.
    let mut notes = Vec::new();
    for status in [Status::Rejected, Status::Pending, Status::Scheduled] {
        notes.append(&mut list(tx, SQL, named_params! {":author": author, ":status": status, ":limit": limit})?);
    }
    notes.sort_by_key(|note| std::cmp::Reverse(note.id));
    notes.truncate(usize::try_from(limit).unwrap_or_default());
    Ok(notes)
}

fn list(tx: &ReadTransaction, sql: &str, params: impl Params) -> Result<Vec<Note>> {
    tx.list(sql, params, |row: &Row| Note::take(&mut Columns::of(row), tx.now()))
}

/// A note that was paid counts also when it is deleted, so that deleting and posting it again earns nothing.
pub(super) fn find_same_text(tx: &ReadTransaction, id: NoteId, since: Timestamp) -> Result<Option<NoteId>> {
    const SQL: &str = "
        SELECT earlier.id
        FROM notes note
        JOIN notes earlier ON earlier.author_id = note.author_id AND earlier.text_hash = note.text_hash
        WHERE note.id = :id AND earlier.id < :id AND earlier.submitted_at > :since
          AND (earlier.status IN ('pending', 'approved') OR earlier.reward_paid = 1)
        ORDER BY earlier.submitted_at DESC
        LIMIT 1";
    tx.find(SQL, named_params! {":id": id, ":since": since}, |row| row.get(0))
}

/// The counts are read with a statement of their own: RETURNING makes a table for its rows, which costs more than the update.
pub(super) fn change_counts(tx: &WriteTransaction, id: NoteId, change: CountChange) -> Result<Counts> {
    const SQL: &str = "
        UPDATE notes
        SET like_count    = like_count    + :likes,
            dislike_count = dislike_count + :dislikes,
            comment_count = comment_count + :comments
        WHERE id = :id";
    const COMMENTS: &str = "UPDATE notes SET comment_count = comment_count + :comments WHERE id = :id";
    const COUNTS: &str = "SELECT like_count, dislike_count FROM notes WHERE id = :id";
    let read = |row: &Row| Ok(Counts { likes: row.get("like_count")?, dislikes: row.get("dislike_count")? });
    let CountChange { likes, dislikes, comments } = change;
    // A comment moves the note in no index, and is not made to look as if it did.
    if likes == 0 && dislikes == 0 {
        tx.run(COMMENTS, named_params! {":id": id, ":comments": comments})?;
    } else {
        tx.run(SQL, named_params! {":id": id, ":likes": likes, ":dislikes": dislikes, ":comments": comments})?;
    }
    let counts = tx.find(COUNTS, named_params! {":id": id}, read)?;
    counts.ok_or_else(|| Error::internal(format!("{id} is counted and does not exist")))
}

pub(super) fn add_views(tx: &WriteTransaction, id: NoteId, views: i64) -> Result<Option<AgentId>> {
    const SQL: &str = "UPDATE notes SET view_count = view_count + :views WHERE id = :id RETURNING author_id";
    tx.find(SQL, named_params! {":id": id, ":views": views}, |row| row.get("author_id"))
}

/// Empties the notes of an author that are not public.
pub(super) fn set_unpublished_deleted(tx: &WriteTransaction, author: AgentId) -> Result<()> {
    const SQL: &str = "
        UPDATE notes
        SET status = 'deleted', fields = '{}', rejected_reason = NULL, boost_type = NULL, boosted_at = NULL,
            boost_until = NULL, updated_at = :now
        WHERE author_id = :author AND status IN ('scheduled', 'pending', 'rejected')";
    tx.run(SQL, named_params! {":author": author, ":now": tx.now()}).map(drop)
}

pub(super) fn clear_boosts_of(tx: &WriteTransaction, author: AgentId) -> Result<()> {
    const SQL: &str = "
        UPDATE notes
        SET boost_type = NULL, boosted_at = NULL, boost_until = NULL
        WHERE author_id = :author AND boost_until IS NOT NULL";
    tx.run(SQL, named_params! {":author": author}).map(drop)
}
