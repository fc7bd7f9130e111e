//! Seeding: notes of a past that is made up, written in bulk.

use rusqlite::named_params;

use super::{ActiveBoost, Status, store};
use crate::base::clock::Timestamp;
use crate::base::db::WriteTransaction;
use crate::base::error::{Error, Result};
use crate::base::ids::{AgentId, CommunityId, NoteId};
use crate::content::templates::{Category, ColorScheme, Fields, Template};

/// A note with all that became of it.
pub struct Posted {
    /// The id.
    pub id: NoteId,
    /// Who wrote it.
    pub author: AgentId,
    /// What kind of card it is.
    pub template: Template,
    /// Its fields; those of a deleted note are only hashed.
    pub fields: Fields,
    /// What it is about.
    pub category: Category,
    /// Its colours.
    pub color_scheme: ColorScheme,
    /// The community it was posted to.
    pub community: Option<CommunityId>,
    /// Where it stands.
    pub status: Status,
    /// Why it was rejected.
    pub rejected_reason: Option<&'static str>,
    /// When it was posted.
    pub created_at: Timestamp,
    /// When it is to go to review.
    pub scheduled_at: Option<Timestamp>,
    /// When it was first approved.
    pub published_at: Option<Timestamp>,
    /// A boost that runs, and since when.
    pub boost: Option<(ActiveBoost, Timestamp)>,
    /// Likes.
    pub likes: i64,
    /// Downvotes.
    pub dislikes: i64,
    /// Comments and replies.
    pub comments: i64,
    /// Readings.
    pub views: i64,
}

/// Writes a note, with its tags and words if everyone may see it, and answers how many rows that are.
///
/// # Errors
/// Those of the database.
pub fn insert(tx: &WriteTransaction, note: &Posted) -> Result<usize> {
    const SQL: &str = "
        INSERT INTO notes (
            id, author_id, template, fields, category, color_scheme, community_id, status, listed, rejected_reason,
            text_hash, reward_paid, created_at, updated_at, scheduled_at, submitted_at, published_at, boost_type,
            boosted_at, boost_until, like_count, dislike_count, comment_count, view_count)
        VALUES (
            :id, :author, :template, :fields, :category, :color_scheme, :community, :status, :listed, :rejected_reason,
            :text_hash, :reward_paid, :created_at, :created_at, :scheduled_at, :submitted_at, :published_at, :boost_type,
            :boosted_at, :boost_until, :likes, :dislikes, :comments, :views)";
    let listed = note.status == Status::Approved;
    tx.run(
        SQL,
        named_params! {
            ":id": note.id,
            ":author": note.author,
            ":template": note.template,
            ":fields": if note.status == Status::Deleted { "{}".to_owned() } else { note.fields.to_json() },
            ":category": note.category,
            ":color_scheme": note.color_scheme,
            ":community": note.community,
            ":status": note.status,
            ":listed": listed,
            ":rejected_reason": note.rejected_reason,
            ":text_hash": note.fields.text_hash(),
            ":reward_paid": note.published_at.is_some(),
            ":created_at": note.created_at,
            ":scheduled_at": note.scheduled_at,
            ":submitted_at": note.scheduled_at.is_none().then_some(note.created_at),
            ":published_at": note.published_at,
            ":boost_type": note.boost.map(|(boost, _)| boost.kind),
            ":boosted_at": note.boost.map(|(_, at)| at),
            ":boost_until": note.boost.map(|(boost, _)| boost.until),
            ":likes": note.likes,
            ":dislikes": note.dislikes,
            ":comments": note.comments,
            ":views": note.views,
        },
    )?;
    let mut rows = 1;
    if listed {
        for tag in note.fields.tags() {
            store::insert_tag(tx, note.id, tag)?;
            rows += 1;
        }
        store::insert_words(tx, note.id, &note.fields)?;
        rows += 1;
    }
    Ok(rows)
}

/// Makes one part of the search index, of which every batch left one.
///
/// # Errors
/// Those of the database.
pub fn merge_words(tx: &WriteTransaction) -> Result<()> {
    store::merge_all_words(tx)
}

/// Writes how many listed notes have a tag.
///
/// # Errors
/// Those of the database.
pub fn count_tag(tx: &WriteTransaction, tag: &str, notes: i64) -> Result<()> {
    store::change_note_count(tx, "tag", tag, notes)
}

/// Writes how many listed notes are of a category.
///
/// # Errors
/// Those of the database.
pub fn count_category(tx: &WriteTransaction, category: Category, notes: i64) -> Result<()> {
    store::change_note_count(tx, "category", category.as_str(), notes)
}

/// Writes the tags, the counts and the words of the listed ones among the notes after an id; answers the last one looked
/// at.
///
/// # Errors
/// Those of the database; 409 for a note whose fields cannot be read.
pub fn rebuild(tx: &WriteTransaction, after: i64, limit: i64) -> Result<Option<i64>> {
    const SQL: &str = "
        SELECT id, iif(listed, fields, NULL) AS fields, category
        FROM notes
        WHERE id > :after
        ORDER BY id
        LIMIT :limit";
    let notes = tx.list(SQL, named_params! {":after": after, ":limit": limit}, |row| {
        Ok((row.get::<_, NoteId>("id")?, row.get::<_, Option<String>>("fields")?, row.get::<_, Category>("category")?))
    })?;
    for (id, fields, category) in &notes {
        let Some(fields) = fields else { continue };
        let fields = Fields::stored(fields).map_err(|_| Error::conflict(format!("{id}: its fields cannot be read")))?;
        for tag in fields.tags() {
            store::insert_tag(tx, *id, tag)?;
            count_tag(tx, tag, 1)?;
        }
        store::insert_words(tx, *id, &fields)?;
        count_category(tx, *category, 1)?;
    }
    Ok(notes.last().map(|(id, ..)| id.0))
}
