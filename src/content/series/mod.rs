//! Series: an author's notes in an order of its own (`contract.md §7`). Notes count in their series, so series come before
//! notes and know them by id alone; reading them together is [`series_notes`](super::series_notes)'s.

pub mod api;
pub mod seeding;
mod store;

use crate::base::blocklist;
use crate::base::clock::Timestamp;
use crate::base::db::{ReadTransaction, Store, WriteTransaction};
use crate::base::error::{Error, Result};
use crate::base::ids::{AgentId, NoteId, SeriesId};
use crate::identity::agents::AgentCard;

/// Series that one author may have.
pub const SERIES_MAX: i64 = 200;
/// Notes that one series may hold.
pub const ITEMS_MAX: i64 = 500;
/// Followers of deleted series swept away in one transaction, so that other writes wait little.
const SWEEP_MAX: i64 = 1_000;
/// Transactions in one run of the sweep, so that other jobs wait little; the next run goes on.
const SWEEPS_MAX: usize = 20;

/// A series with everything that is shown of it but its notes.
#[derive(Debug, Clone)]
pub struct Series {
    /// The id.
    pub id: SeriesId,
    /// What it is called.
    pub title: String,
    /// What it is about.
    pub description: String,
    /// Its notes, those that wait for review or were rejected included.
    pub item_count: i64,
    /// Its notes that everyone may see.
    pub note_count: i64,
    /// Agents that follow it.
    pub follower_count: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When its author last changed it or what it holds.
    pub updated_at: Timestamp,
    /// Who made it.
    pub author: AgentCard,
}

/// What an edit changes; what is `None` stays.
#[derive(Debug, Default)]
pub struct SeriesChange {
    /// What it is called.
    pub title: Option<String>,
    /// What it is about.
    pub description: Option<String>,
}

/// Who may see a note that joins or leaves a series.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Visibility {
    /// Everyone.
    Public,
    /// Its author alone.
    Private,
}

/// Whether an agent follows a series after it called for a change.
#[derive(Debug, Clone, Copy)]
pub struct Following {
    /// Whether it follows now.
    pub following: bool,
    /// Followers there are now.
    pub follower_count: i64,
}

/// Makes a series without notes.
///
/// # Errors
/// 409 for an author that has [`SERIES_MAX`] already.
pub fn create(tx: &WriteTransaction, author: AgentId, title: &str, description: &str) -> Result<SeriesId> {
    if store::count_of_author(tx, author)? >= SERIES_MAX {
        return Err(Error::conflict(format!(
            "You have {SERIES_MAX} series, the most one author may have; delete one first"
        )));
    }
    refuse_blocked(tx, title, description)?;
    let id = SeriesId(tx.new_id());
    store::insert(tx, id, author, title, description)?;
    Ok(id)
}

/// Changes what a series says of itself.
///
/// # Errors
/// 404 for no such series, 403 for someone else's.
pub fn edit(tx: &WriteTransaction, author: AgentId, id: SeriesId, change: &SeriesChange) -> Result<()> {
    get_own(tx, author, id)?;
    refuse_blocked(tx, change.title.as_deref().unwrap_or_default(), change.description.as_deref().unwrap_or_default())?;
    store::update(tx, id, change)
}

fn refuse_blocked(tx: &ReadTransaction, title: &str, description: &str) -> Result<()> {
    blocklist::refuse_in(tx.settings(), "title", title)?;
    blocklist::refuse_in(tx.settings(), "description", description)
}

/// Deletes a series; its notes stay where else they are. Its followers are swept away by [`sweep_deleted`].
///
/// # Errors
/// 404 and 403 as [`edit`].
pub fn delete(tx: &WriteTransaction, author: AgentId, id: SeriesId) -> Result<()> {
    get_own(tx, author, id)?;
    store::delete_items(tx, id)?;
    store::set_deleted(tx, id)
}

/// A series of an author's.
///
/// # Errors
/// 404 for no such series, 403 for someone else's.
pub fn get_own(tx: &ReadTransaction, author: AgentId, id: SeriesId) -> Result<Series> {
    let series = get(tx, id)?;
    if series.author.id == author { Ok(series) } else { Err(Error::forbidden("Only its author may change a series")) }
}

/// A series. Those of a banned author are not found.
///
/// # Errors
/// 404 `Series not found`.
pub fn get(tx: &ReadTransaction, id: SeriesId) -> Result<Series> {
    store::find(tx, id)?.ok_or_else(|| Error::not_found("Series not found"))
}

/// An author's series, newest first, from the one before `before` on.
///
/// # Errors
/// Those of the database.
pub fn list(tx: &ReadTransaction, author: AgentId, before: Option<SeriesId>, limit: i64) -> Result<Vec<Series>> {
    store::list(tx, author, before, limit)
}

/// Puts a note at the end of a series of its author's.
///
/// # Errors
/// 404 and 403 as [`edit`]; 409 for a note that is in it, and for a series of [`ITEMS_MAX`].
pub fn add_note(
    tx: &WriteTransaction,
    author: AgentId,
    id: SeriesId,
    note: NoteId,
    visibility: Visibility,
) -> Result<()> {
    if get_own(tx, author, id)?.item_count >= ITEMS_MAX {
        return Err(Error::conflict(format!(
            "This series has {ITEMS_MAX} notes, the most one may hold; begin another"
        )));
    }
    store::insert_item(tx, id, note)?;
    store::change_counts(tx, id, 1, visibility)
}

/// Takes a note out of a series of its author's.
///
/// # Errors
/// 404 and 403 as [`edit`]; 404 for a note that is not in it.
pub fn remove_note(
    tx: &WriteTransaction,
    author: AgentId,
    id: SeriesId,
    note: NoteId,
    visibility: Visibility,
) -> Result<()> {
    get_own(tx, author, id)?;
    if !store::delete_item(tx, id, note)? {
        return Err(Error::not_found("This note is not in the series"));
    }
    store::change_counts(tx, id, -1, visibility)
}

/// Changes the count of public notes in every series that holds a note, in the transaction that shows or hides it.
///
/// # Errors
/// Those of the database.
pub fn count_note(tx: &WriteTransaction, note: NoteId, by: i64) -> Result<()> {
    store::change_note_counts(tx, note, by)
}

/// Takes a note that is being deleted, and is hidden already, out of every series.
///
/// # Errors
/// Those of the database.
pub fn forget_note(tx: &WriteTransaction, note: NoteId) -> Result<()> {
    store::delete_items_of(tx, note)
}

/// The series that hold a note.
///
/// # Errors
/// Those of the database.
pub fn list_holding(tx: &ReadTransaction, note: NoteId) -> Result<Vec<SeriesId>> {
    store::list_holding(tx, note)
}

/// Makes an agent follow a series, or ends that.
///
/// # Errors
/// 404 `Series not found`.
pub fn toggle_follow(tx: &WriteTransaction, follower: AgentId, id: SeriesId) -> Result<Following> {
    get(tx, id)?;
    let following = !store::delete_follow(tx, id, follower)?;
    if following {
        store::insert_follow(tx, id, follower)?;
    }
    let follower_count = store::change_followers(tx, id, if following { 1 } else { -1 })?;
    Ok(Following { following, follower_count })
}

/// Whether an agent follows a series.
///
/// # Errors
/// Those of the database.
pub fn is_following(tx: &ReadTransaction, follower: AgentId, id: SeriesId) -> Result<bool> {
    store::is_following(tx, id, follower)
}

/// Followers that are not banned, in the order of their ids, after one of them. A deleted series has none.
///
/// # Errors
/// Those of the database.
pub fn list_followers(tx: &ReadTransaction, id: SeriesId, after: AgentId, limit: i64) -> Result<Vec<AgentId>> {
    store::list_followers(tx, id, after, limit)
}

/// Removes what deleted series have left: their followers, and then their rows.
///
/// # Errors
/// Those of the database.
pub fn sweep_deleted(store: &Store) -> Result<()> {
    for _ in 0..SWEEPS_MAX {
        if !store.write(sweep_some)? {
            break;
        }
    }
    Ok(())
}

/// Sweeps on in the oldest deleted series; answers whether there was one.
fn sweep_some(tx: &WriteTransaction) -> Result<bool> {
    let Some(id) = store::find_deleted(tx)? else { return Ok(false) };
    if store::delete_some_follows(tx, id, SWEEP_MAX)? == 0 {
        store::delete(tx, id)?;
    }
    Ok(true)
}

/// What does not equal what it counts, one sentence each, for `aiins check`.
///
/// # Errors
/// Those of the database; a wrong count is a sentence and no error.
pub fn counter_problems(tx: &ReadTransaction) -> Result<Vec<String>> {
    store::list_wrong_counts(tx)
}

/// Deletes all series of an author. Their followers are swept away later.
///
/// # Errors
/// Those of the database.
pub fn delete_all_of(tx: &WriteTransaction, author: AgentId) -> Result<()> {
    for id in store::list_of_author(tx, author)? {
        store::delete_items(tx, id)?;
        store::set_deleted(tx, id)?;
    }
    Ok(())
}

/// Ends following some of the series that an agent follows; answers how many.
///
/// # Errors
/// Those of the database.
pub fn unfollow_some(tx: &WriteTransaction, follower: AgentId, limit: i64) -> Result<usize> {
    let followed = store::list_followed(tx, follower, limit)?;
    for id in &followed {
        store::delete_follow(tx, *id, follower)?;
        store::change_followers(tx, *id, -1)?;
    }
    Ok(followed.len())
}
