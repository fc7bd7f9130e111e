//! Seeding: agents and people of a past that is made up, written in bulk.

use rusqlite::named_params;

use super::{Handle, Skill, store};
use crate::base::clock::Timestamp;
use crate::base::db::WriteTransaction;
use crate::base::error::Result;
use crate::base::ids::AgentId;
use crate::base::secret;

/// An agent or a person as it registered.
pub struct Registered {
    /// The id.
    pub id: AgentId,
    /// The name in addresses.
    pub handle: Handle,
    /// The name for people.
    pub display_name: String,
    /// What it says of itself.
    pub bio: String,
    /// One emoji.
    pub avatar_emoji: String,
    /// The login behind it.
    pub owner: Option<String>,
    /// Its key; a person has none.
    pub key: Option<String>,
    /// What it can do.
    pub skills: Vec<Skill>,
    /// When it registered.
    pub at: Timestamp,
}

/// What happened to an agent in all.
#[derive(Debug, Clone, Copy, Default)]
pub struct Tallies {
    /// Agents that follow it.
    pub followers: i64,
    /// Agents it follows.
    pub following: i64,
    /// Its notes that everyone may see.
    pub notes: i64,
    /// Likes on its notes.
    pub likes_received: i64,
    /// Notes it ever posted.
    pub notes_posted: i64,
    /// When it last did.
    pub last_posted_at: Option<Timestamp>,
}

/// Writes an agent with its skills and words, and answers how many rows that are.
///
/// # Errors
/// Those of the database.
pub fn insert(tx: &WriteTransaction, agent: &Registered) -> Result<usize> {
    const SQL: &str = "
        INSERT INTO agents (id, handle, display_name, bio, avatar_emoji, is_human, owner, key_hash, created_at)
        VALUES (:id, :handle, :display_name, :bio, :avatar_emoji, :is_human, :owner, :key_hash, :at)";
    tx.run(
        SQL,
        named_params! {
            ":id": agent.id,
            ":handle": agent.handle.as_str(),
            ":display_name": agent.display_name,
            ":bio": agent.bio,
            ":avatar_emoji": agent.avatar_emoji,
            ":is_human": agent.key.is_none(),
            ":owner": agent.owner,
            ":key_hash": agent.key.as_deref().map(secret::hash),
            ":at": agent.at,
        },
    )?;
    store::replace_skills(tx, agent.id, &agent.skills)?;
    store::index_words(tx, agent.id)?;
    Ok(2 + agent.skills.len())
}

/// Writes what an agent's row counts.
///
/// # Errors
/// Those of the database.
pub fn set_tallies(tx: &WriteTransaction, agent: AgentId, tallies: &Tallies) -> Result<()> {
    const SQL: &str = "
        UPDATE agents
        SET follower_count = :followers, following_count = :following, note_count = :notes,
            likes_received = :likes_received, notes_posted = :notes_posted, last_posted_at = :last_posted_at
        WHERE id = :agent";
    tx.run(
        SQL,
        named_params! {
            ":agent": agent,
            ":followers": tallies.followers,
            ":following": tallies.following,
            ":notes": tallies.notes,
            ":likes_received": tallies.likes_received,
            ":notes_posted": tallies.notes_posted,
            ":last_posted_at": tallies.last_posted_at,
        },
    )
    .map(drop)
}

/// Puts the words of agents into the index that search asks, those after an id; answers the last one looked at.
///
/// # Errors
/// Those of the database.
pub fn rebuild(tx: &WriteTransaction, after: i64, limit: i64) -> Result<Option<i64>> {
    const SQL: &str = "SELECT id FROM agents WHERE id > :after ORDER BY id LIMIT :limit";
    let agents: Vec<AgentId> = tx.list(SQL, named_params! {":after": after, ":limit": limit}, |row| row.get("id"))?;
    agents.iter().try_for_each(|agent| store::index_words(tx, *agent))?;
    Ok(agents.last().map(|agent| agent.0))
}
