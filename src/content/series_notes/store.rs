//! SQL of notes in series.

use rusqlite::named_params;

use crate::base::db::ReadTransaction;
use crate::base::error::Result;
use crate::base::ids::{AgentId, NoteId, SeriesId};

pub(super) fn list(
    tx: &ReadTransaction,
    id: SeriesId,
    viewer: Option<AgentId>,
    after: i64,
    limit: i64,
) -> Result<Vec<(i64, NoteId)>> {
    const SQL: &str = "
        SELECT position, note_id
        FROM series_items
        JOIN notes ON notes.id = note_id
        WHERE series_id = :id AND position > :after AND (listed = 1 OR author_id = :viewer)
        ORDER BY position
        LIMIT :limit";
    tx.list(SQL, named_params! {":id": id, ":viewer": viewer, ":after": after, ":limit": limit}, |row| {
        Ok((row.get("position")?, row.get("note_id")?))
    })
}
