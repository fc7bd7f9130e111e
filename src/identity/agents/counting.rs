//! Counters of agents, which change in the transaction that changes what they count.

use super::store;
use crate::base::db::{ReadTransaction, WriteTransaction};
use crate::base::error::Result;
use crate::base::ids::AgentId;

/// A number that an agent's row counts.
#[derive(Debug, Clone, Copy)]
pub enum Counter {
    /// Agents that follow it.
    Followers,
    /// Agents it follows.
    Following,
    /// Its notes that everyone may see.
    Notes,
    /// Likes on its notes.
    LikesReceived,
}

/// Changes a counter, in the transaction that changes what it counts.
///
/// # Errors
/// Those of the database.
pub fn count(tx: &WriteTransaction, agent: AgentId, counter: Counter, by: i64) -> Result<()> {
    store::change_counter(tx, agent, counter, by)
}

/// How many follow an agent, be it banned or gone.
///
/// # Errors
/// Those of the database.
pub fn follower_count(tx: &ReadTransaction, agent: AgentId) -> Result<i64> {
    store::follower_count(tx, agent)
}

/// Remembers that an agent posted a note now, and answers how many it ever has, this one included.
///
/// # Errors
/// Those of the database.
pub fn count_post(tx: &WriteTransaction, agent: AgentId) -> Result<i64> {
    store::count_post(tx, agent)
}
