//! Seeding: announcements of a past that is made up, all of them long told.

use rusqlite::named_params;

use super::Source;
use crate::base::db::WriteTransaction;
use crate::base::error::Result;
use crate::base::ids::NoteId;

/// Writes that a note was announced to all who follow a source.
///
/// # Errors
/// Those of the database.
pub fn insert_told(tx: &WriteTransaction, note: NoteId, source: &Source) -> Result<()> {
    const SQL: &str = "INSERT INTO fanouts (note_id, source, told_up_to) VALUES (:note, :source, NULL)";
    tx.run(SQL, named_params! {":note": note, ":source": source.to_string()}).map(drop)
}
