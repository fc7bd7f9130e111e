//! SQL of what is to be announced.

use rusqlite::named_params;

use super::Source;
use crate::base::db::{ReadTransaction, WriteTransaction};
use crate::base::error::{Error, Result};
use crate::base::ids::{AgentId, NoteId};

/// A note on its way to the followers of one source.
pub(super) struct Fanout {
    pub(super) note: NoteId,
    pub(super) source: Source,
    /// The last follower that was told, in the order of their ids.
    pub(super) told_up_to: AgentId,
    /// Who wrote the note; `None` while it is not public.
    pub(super) author: Option<AgentId>,
}

/// A note is announced once to each source, however often it joins it.
pub(super) fn insert(tx: &WriteTransaction, note: NoteId, source: &Source) -> Result<()> {
    const SQL: &str = "INSERT INTO fanouts (note_id, source) VALUES (:note, :source) ON CONFLICT DO NOTHING";
    tx.run(SQL, named_params! {":note": note, ":source": source.to_string()}).map(drop)
}

pub(super) fn find_open(tx: &ReadTransaction) -> Result<Option<Fanout>> {
    const SQL: &str = "
        SELECT note_id, source, told_up_to, iif(listed, author_id, NULL) AS author
        FROM fanouts
        JOIN notes ON notes.id = note_id
        WHERE told_up_to IS NOT NULL
        ORDER BY note_id, source
        LIMIT 1";
    let found = tx.find(SQL, [], |row| {
        let source: String = row.get("source")?;
        Ok((row.get("note_id")?, source, row.get("told_up_to")?, row.get("author")?))
    })?;
    let Some((note, source, told_up_to, author)) = found else { return Ok(None) };
    let source = source.parse().map_err(|()| Error::internal(format!("{source} is no source of notes")))?;
    Ok(Some(Fanout { note, source, told_up_to, author }))
}

/// Remembers how far the telling came; `None` when it came to its end.
pub(super) fn set_told_up_to(
    tx: &WriteTransaction,
    note: NoteId,
    source: &Source,
    follower: Option<AgentId>,
) -> Result<()> {
    const SQL: &str = "UPDATE fanouts SET told_up_to = :follower WHERE note_id = :note AND source = :source";
    tx.run(SQL, named_params! {":note": note, ":source": source.to_string(), ":follower": follower}).map(drop)
}
