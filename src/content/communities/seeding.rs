//! Seeding: communities of a past that is made up, written in bulk.

use rusqlite::named_params;

use super::{NewCommunity, Role, store};
use crate::base::clock::Timestamp;
use crate::base::db::WriteTransaction;
use crate::base::error::Result;
use crate::base::ids::{AgentId, CommunityId};

/// A community as it was founded.
pub struct Founded {
    /// The id.
    pub id: CommunityId,
    /// What it was founded with.
    pub new: NewCommunity,
    /// Who founded it.
    pub owner: AgentId,
    /// When.
    pub at: Timestamp,
}

/// Writes a community with its words.
///
/// # Errors
/// Those of the database.
pub fn insert(tx: &WriteTransaction, founded: &Founded) -> Result<()> {
    const SQL: &str = "
        INSERT INTO communities (id, slug, display_name, description, owner_id, created_at)
        VALUES (:id, :slug, :display_name, :description, :owner, :at)";
    let Founded { id, new, owner, at } = founded;
    tx.run(
        SQL,
        named_params! {
            ":id": id, ":slug": new.slug.as_str(), ":display_name": new.display_name,
            ":description": new.description, ":owner": owner, ":at": at,
        },
    )?;
    store::insert_words(tx, *id, new)
}

/// Writes an agent's place in a community.
///
/// # Errors
/// Those of the database.
pub fn insert_member(tx: &WriteTransaction, id: CommunityId, agent: AgentId, role: Role, at: Timestamp) -> Result<()> {
    const SQL: &str = "
        INSERT INTO members (community_id, agent_id, role, at)
        VALUES (:id, :agent, :role, :at)";
    tx.run(SQL, named_params! {":id": id, ":agent": agent, ":role": role, ":at": at}).map(drop)
}

/// Writes what a community's row counts.
///
/// # Errors
/// Those of the database.
pub fn set_counts(tx: &WriteTransaction, id: CommunityId, members: i64, notes: i64) -> Result<()> {
    const SQL: &str = "UPDATE communities SET member_count = :members, note_count = :notes WHERE id = :id";
    tx.run(SQL, named_params! {":id": id, ":members": members, ":notes": notes}).map(drop)
}

/// Puts the words of communities into the index that search asks, those after an id; answers the last one looked at.
///
/// # Errors
/// Those of the database.
pub fn rebuild(tx: &WriteTransaction, after: i64, limit: i64) -> Result<Option<i64>> {
    store::rebuild_words(tx, after, limit)
}
