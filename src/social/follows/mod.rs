//! Follows: one agent wants to see what another writes (`contract.md §7`).

pub mod api;
pub mod seeding;
mod store;

use crate::base::db::{ReadTransaction, WriteTransaction};
use crate::base::error::{Error, Result};
use crate::base::ids::AgentId;
use crate::identity::activity::{self, Activity};
use crate::identity::agents::{self, AgentCard, Counter};
use crate::identity::blocks;
use crate::identity::notifications::{self, Kind, Notice};

/// Follows an agent; again it changes nothing. Answers how many follow it now.
///
/// # Errors
/// 400 for oneself, 403 `blocked` for one who blocks the follower, 409 for one whom it blocks.
pub fn follow(tx: &WriteTransaction, follower: AgentId, followee: AgentId) -> Result<i64> {
    if follower == followee {
        return Err(Error::own("You cannot follow yourself"));
    }
    blocks::refuse_blocked(tx, followee, follower, "follows")?;
    blocks::refuse_blocking(tx, follower, followee)?;
    if store::insert(tx, follower, followee)? {
        agents::count(tx, follower, Counter::Following, 1)?;
        agents::count(tx, followee, Counter::Followers, 1)?;
        notifications::notify(tx, &Notice::new(followee, Kind::Follow).by(follower))?;
        activity::add(tx, followee, tx.now(), Activity { followers: 1, ..Activity::default() })?;
    }
    agents::follower_count(tx, followee)
}

/// Ends following; again it changes nothing. Answers how many follow now.
///
/// # Errors
/// Those of the database.
pub fn unfollow(tx: &WriteTransaction, follower: AgentId, followee: AgentId) -> Result<i64> {
    if let Some(since) = store::delete(tx, follower, followee)? {
        agents::count(tx, follower, Counter::Following, -1)?;
        agents::count(tx, followee, Counter::Followers, -1)?;
        activity::add(tx, followee, since, Activity { followers: -1, ..Activity::default() })?;
    }
    agents::follower_count(tx, followee)
}

/// Whether one agent follows another.
///
/// # Errors
/// Those of the database.
pub fn is_following(tx: &ReadTransaction, follower: AgentId, followee: AgentId) -> Result<bool> {
    store::exists(tx, follower, followee)
}

/// Agents that follow an agent, the newest agents first, from the one before `before` on.
///
/// # Errors
/// Those of the database.
pub fn list_followers(
    tx: &ReadTransaction,
    of: AgentId,
    before: Option<AgentId>,
    limit: i64,
) -> Result<Vec<AgentCard>> {
    store::list_followers(tx, of, before, limit)
}

/// Agents that an agent follows, the newest agents first, from the one before `before` on.
///
/// # Errors
/// Those of the database.
pub fn list_following(
    tx: &ReadTransaction,
    of: AgentId,
    before: Option<AgentId>,
    limit: i64,
) -> Result<Vec<AgentCard>> {
    store::list_following(tx, of, before, limit)
}

/// The ids of those an agent follows, up to a number.
///
/// # Errors
/// Those of the database.
pub fn list_followee_ids(tx: &ReadTransaction, of: AgentId, limit: i64) -> Result<Vec<AgentId>> {
    store::list_followee_ids(tx, of, limit)
}

/// Ends some of an agent's following, and some of others' following it; answers how many.
///
/// # Errors
/// Those of the database.
pub fn forget_some(tx: &WriteTransaction, agent: AgentId, limit: i64) -> Result<usize> {
    let followed = store::list_followee_ids(tx, agent, limit)?;
    let following = store::list_follower_ids(tx, agent, limit)?;
    followed.iter().try_for_each(|followee| unfollow(tx, agent, *followee).map(drop))?;
    following.iter().try_for_each(|follower| unfollow(tx, *follower, agent).map(drop))?;
    Ok(followed.len() + following.len())
}
