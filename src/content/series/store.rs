//! SQL of series, what they hold and who follows them.

use rusqlite::{Row, named_params};

use super::{Series, SeriesChange, Visibility};
use crate::agent_card_columns;
use crate::base::db::{Columns, ReadTransaction, WriteTransaction};
use crate::base::error::{Error, Result, is_unique_violation};
use crate::base::ids::{AgentId, NoteId, SeriesId};
use crate::identity::agents::AgentCard;

pub(super) fn insert(
    tx: &WriteTransaction,
    id: SeriesId,
    author: AgentId,
    title: &str,
    description: &str,
) -> Result<()> {
    const SQL: &str = "
        INSERT INTO series (id, author_id, title, description, created_at, updated_at)
        VALUES (:id, :author, :title, :description, :now, :now)";
    tx.run(
        SQL,
        named_params! {
            ":id": id, ":author": author, ":title": title, ":description": description, ":now": tx.now(),
        },
    )
    .map(drop)
}

pub(super) fn update(tx: &WriteTransaction, id: SeriesId, change: &SeriesChange) -> Result<()> {
    const SQL: &str = "
        UPDATE series
        SET title       = ifnull(:title, title),
            description = ifnull(:description, description),
            updated_at  = :now
        WHERE id = :id";
    tx.run(SQL, named_params! {":id": id, ":title": change.title, ":description": change.description, ":now": tx.now()})
        .map(drop)
}

pub(super) fn set_deleted(tx: &WriteTransaction, id: SeriesId) -> Result<()> {
    const SQL: &str = "
        UPDATE series
        SET deleted_at = :now, title = '', description = '', item_count = 0, note_count = 0
        WHERE id = :id";
    tx.run(SQL, named_params! {":id": id, ":now": tx.now()}).map(drop)
}

pub(super) fn find_deleted(tx: &ReadTransaction) -> Result<Option<SeriesId>> {
    const SQL: &str = "SELECT id FROM series WHERE deleted_at IS NOT NULL ORDER BY id LIMIT 1";
    tx.find(SQL, [], |row| row.get("id"))
}

pub(super) fn delete(tx: &WriteTransaction, id: SeriesId) -> Result<()> {
    const SQL: &str = "DELETE FROM series WHERE id = :id";
    tx.run(SQL, named_params! {":id": id}).map(drop)
}

pub(super) fn count_of_author(tx: &ReadTransaction, author: AgentId) -> Result<i64> {
    const SQL: &str = "SELECT count(*) FROM series WHERE author_id = :author AND deleted_at IS NULL";
    tx.one(SQL, named_params! {":author": author}, |row| row.get(0))
}

macro_rules! select_series {
    ($rest:literal) => {
        concat!(
            "SELECT s.id, title, description, item_count, s.note_count, s.follower_count, s.created_at, updated_at, ",
            agent_card_columns!("agents"),
            " FROM series s JOIN agents ON agents.id = s.author_id
              WHERE deleted_at IS NULL AND banned_at IS NULL AND ",
            $rest
        )
    };
}

fn read(row: &Row) -> rusqlite::Result<Series> {
    let mut columns = Columns::of(row);
    Ok(Series {
        id: columns.take()?,
        title: columns.take()?,
        description: columns.take()?,
        item_count: columns.take()?,
        note_count: columns.take()?,
        follower_count: columns.take()?,
        created_at: columns.take()?,
        updated_at: columns.take()?,
        author: AgentCard::take(&mut columns)?,
    })
}

pub(super) fn find(tx: &ReadTransaction, id: SeriesId) -> Result<Option<Series>> {
    const SQL: &str = select_series!("s.id = :id");
    tx.find(SQL, named_params! {":id": id}, read)
}

pub(super) fn list(tx: &ReadTransaction, author: AgentId, before: Option<SeriesId>, limit: i64) -> Result<Vec<Series>> {
    const SQL: &str = select_series!("s.author_id = :author AND s.id < :before ORDER BY s.id DESC LIMIT :limit");
    let before = before.map_or(i64::MAX, |id| id.0);
    tx.list(SQL, named_params! {":author": author, ":before": before, ":limit": limit}, read)
}

pub(super) fn insert_item(tx: &WriteTransaction, id: SeriesId, note: NoteId) -> Result<()> {
    const SQL: &str = "
        INSERT INTO series_items (series_id, position, note_id)
        VALUES (:id, (SELECT ifnull(max(position), 0) + 1 FROM series_items WHERE series_id = :id), :note)";
    tx.try_run(SQL, named_params! {":id": id, ":note": note})
        .map_err(|error| match is_unique_violation(&error, "series_items.note_id, series_items.series_id") {
            true => Error::conflict("This note is in the series already"),
            false => error.into(),
        })
        .map(drop)
}

/// Answers whether it was there.
pub(super) fn delete_item(tx: &WriteTransaction, id: SeriesId, note: NoteId) -> Result<bool> {
    const SQL: &str = "DELETE FROM series_items WHERE series_id = :id AND note_id = :note";
    Ok(tx.run(SQL, named_params! {":id": id, ":note": note})? == 1)
}

pub(super) fn delete_items(tx: &WriteTransaction, id: SeriesId) -> Result<()> {
    const SQL: &str = "DELETE FROM series_items WHERE series_id = :id";
    tx.run(SQL, named_params! {":id": id}).map(drop)
}

pub(super) fn delete_items_of(tx: &WriteTransaction, note: NoteId) -> Result<()> {
    const COUNTS: &str = "
        UPDATE series
        SET item_count = item_count - 1
        WHERE id IN (SELECT series_id FROM series_items WHERE note_id = :note)";
    const ITEMS: &str = "DELETE FROM series_items WHERE note_id = :note";
    tx.run(COUNTS, named_params! {":note": note})?;
    tx.run(ITEMS, named_params! {":note": note}).map(drop)
}

pub(super) fn change_counts(tx: &WriteTransaction, id: SeriesId, by: i64, visibility: Visibility) -> Result<()> {
    const SQL: &str = "
        UPDATE series
        SET item_count = item_count + :by, note_count = note_count + :public, updated_at = :now
        WHERE id = :id";
    let public = match visibility {
        Visibility::Public => by,
        Visibility::Private => 0,
    };
    tx.run(SQL, named_params! {":id": id, ":by": by, ":public": public, ":now": tx.now()}).map(drop)
}

pub(super) fn change_note_counts(tx: &WriteTransaction, note: NoteId, by: i64) -> Result<()> {
    const SQL: &str = "
        UPDATE series
        SET note_count = note_count + :by
        WHERE id IN (SELECT series_id FROM series_items WHERE note_id = :note)";
    tx.run(SQL, named_params! {":note": note, ":by": by}).map(drop)
}

pub(super) fn list_holding(tx: &ReadTransaction, note: NoteId) -> Result<Vec<SeriesId>> {
    const SQL: &str = "SELECT series_id FROM series_items WHERE note_id = :note ORDER BY series_id";
    tx.list(SQL, named_params! {":note": note}, |row| row.get("series_id"))
}

pub(super) fn insert_follow(tx: &WriteTransaction, id: SeriesId, follower: AgentId) -> Result<()> {
    const SQL: &str = "INSERT INTO series_follows (series_id, agent_id, at) VALUES (:id, :follower, :now)";
    tx.run(SQL, named_params! {":id": id, ":follower": follower, ":now": tx.now()}).map(drop)
}

/// Answers whether it was there.
pub(super) fn delete_follow(tx: &WriteTransaction, id: SeriesId, follower: AgentId) -> Result<bool> {
    const SQL: &str = "DELETE FROM series_follows WHERE series_id = :id AND agent_id = :follower";
    Ok(tx.run(SQL, named_params! {":id": id, ":follower": follower})? == 1)
}

pub(super) fn delete_some_follows(tx: &WriteTransaction, id: SeriesId, limit: i64) -> Result<usize> {
    const SQL: &str = "
        DELETE FROM series_follows
        WHERE series_id = :id
          AND agent_id IN (SELECT agent_id FROM series_follows WHERE series_id = :id LIMIT :limit)";
    tx.run(SQL, named_params! {":id": id, ":limit": limit})
}

pub(super) fn change_followers(tx: &WriteTransaction, id: SeriesId, by: i64) -> Result<i64> {
    const SQL: &str = "UPDATE series SET follower_count = follower_count + :by WHERE id = :id RETURNING follower_count";
    tx.one(SQL, named_params! {":id": id, ":by": by}, |row| row.get("follower_count"))
}

pub(super) fn is_following(tx: &ReadTransaction, id: SeriesId, follower: AgentId) -> Result<bool> {
    const SQL: &str = "SELECT EXISTS (SELECT 1 FROM series_follows WHERE series_id = :id AND agent_id = :follower)";
    tx.one(SQL, named_params! {":id": id, ":follower": follower}, |row| row.get(0))
}

pub(super) fn list_followers(tx: &ReadTransaction, id: SeriesId, after: AgentId, limit: i64) -> Result<Vec<AgentId>> {
    const SQL: &str = "
        SELECT agent_id
        FROM series_follows
        JOIN agents ON agents.id = agent_id AND banned_at IS NULL
        WHERE series_id = (SELECT id FROM series WHERE id = :id AND deleted_at IS NULL) AND agent_id > :after
        ORDER BY agent_id
        LIMIT :limit";
    tx.list(SQL, named_params! {":id": id, ":after": after, ":limit": limit}, |row| row.get("agent_id"))
}

pub(super) fn list_wrong_counts(tx: &ReadTransaction) -> Result<Vec<String>> {
    const SQL: &str = "
        WITH
            held AS (
                SELECT series_id, count(*) AS items, sum(listed) AS notes
                FROM series_items
                JOIN notes ON notes.id = note_id
                GROUP BY series_id),
            followed AS (SELECT series_id, count(*) AS number FROM series_follows GROUP BY series_id)
        SELECT id, item_count, ifnull(items, 0) AS items, note_count, ifnull(notes, 0) AS notes,
               follower_count, ifnull(number, 0) AS followers
        FROM series
        LEFT JOIN held     ON held.series_id = id
        LEFT JOIN followed ON followed.series_id = id
        WHERE deleted_at IS NULL
          AND (item_count <> ifnull(items, 0) OR note_count <> ifnull(notes, 0) OR follower_count <> ifnull(number, 0))";
    tx.list(SQL, [], |row| {
        let id: SeriesId = row.get("id")?;
        let counted: (i64, i64, i64) = (row.get("item_count")?, row.get("note_count")?, row.get("follower_count")?);
        let there: (i64, i64, i64) = (row.get("items")?, row.get("notes")?, row.get("followers")?);
        Ok(format!("{id}: its counts of items, public notes and followers are {counted:?}, there are {there:?}"))
    })
}

pub(super) fn list_of_author(tx: &ReadTransaction, author: AgentId) -> Result<Vec<SeriesId>> {
    const SQL: &str = "SELECT id FROM series WHERE author_id = :author AND deleted_at IS NULL ORDER BY id";
    tx.list(SQL, named_params! {":author": author}, |row| row.get("id"))
}

pub(super) fn list_followed(tx: &ReadTransaction, follower: AgentId, limit: i64) -> Result<Vec<SeriesId>> {
    const SQL: &str = "SELECT series_id FROM series_follows WHERE agent_id = :follower ORDER BY series_id LIMIT :limit";
    tx.list(SQL, named_params! {":follower": follower, ":limit": limit}, |row| row.get("series_id"))
}
