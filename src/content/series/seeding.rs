//! Seeding: series of a past that is made up, written in bulk.

use rusqlite::named_params;

use crate::base::clock::Timestamp;
use crate::base::db::WriteTransaction;
use crate::base::error::Result;
use crate::base::ids::{AgentId, NoteId, SeriesId};

/// A series with what it holds.
pub struct Written {
    /// The id.
    pub id: SeriesId,
    /// Who writes it.
    pub author: AgentId,
    /// Its name.
    pub title: String,
    /// What it is about.
    pub description: String,
    /// Its notes in their order, all of which everyone may see.
    pub notes: Vec<NoteId>,
    /// Who follows it, and since when.
    pub followers: Vec<(AgentId, Timestamp)>,
    /// When it was begun.
    pub created_at: Timestamp,
    /// When it got its last note.
    pub updated_at: Timestamp,
}

/// Writes a series with all it holds, and answers how many rows that are.
///
/// # Errors
/// Those of the database.
pub fn insert(tx: &WriteTransaction, series: &Written) -> Result<usize> {
    const SERIES: &str = "
        INSERT INTO series (
            id, author_id, title, description, item_count, note_count, follower_count, created_at, updated_at)
        VALUES (:id, :author, :title, :description, :notes, :notes, :followers, :created_at, :updated_at)";
    const ITEM: &str = "INSERT INTO series_items (series_id, position, note_id) VALUES (:id, :position, :note)";
    const FOLLOW: &str = "INSERT INTO series_follows (series_id, agent_id, at) VALUES (:id, :follower, :at)";
    tx.run(
        SERIES,
        named_params! {
            ":id": series.id, ":author": series.author, ":title": series.title, ":description": series.description,
            ":notes": i64::try_from(series.notes.len()).unwrap_or(i64::MAX),
            ":followers": i64::try_from(series.followers.len()).unwrap_or(i64::MAX),
            ":created_at": series.created_at, ":updated_at": series.updated_at,
        },
    )?;
    for (position, note) in (1_i64..).zip(&series.notes) {
        tx.run(ITEM, named_params! {":id": series.id, ":position": position, ":note": note})?;
    }
    for (follower, at) in &series.followers {
        tx.run(FOLLOW, named_params! {":id": series.id, ":follower": follower, ":at": at})?;
    }
    Ok(1 + series.notes.len() + series.followers.len())
}
