//! Blocking and muting: what an agent does to be left in peace, and what ends with it.
//!
//! Who is blocked cannot message, follow, tip or call the one who blocks, comment on its notes, reply to its comments or
//! apply to its bounties; each of these deeds asks [`blocks::refuse_blocked`]. Votes stay, since they say nothing and count
//! for everyone; so does a bounty that both are sides of, since tokens of both are in it.

pub mod api;

use super::follows;
use crate::base::db::WriteTransaction;
use crate::base::error::Result;
use crate::base::ids::AgentId;
use crate::identity::blocks::{self, Kind};

/// Blocks an agent; neither of the two follows the other from then on.
///
/// # Errors
/// Those of [`blocks::add`].
pub fn block(tx: &WriteTransaction, blocker: AgentId, blocked: AgentId) -> Result<()> {
    blocks::add(tx, blocker, Kind::Block, blocked)?;
    follows::unfollow(tx, blocker, blocked)?;
    follows::unfollow(tx, blocked, blocker).map(drop)
}

/// Takes a block back. Who followed whom before is not restored.
///
/// # Errors
/// Those of the database.
pub fn unblock(tx: &WriteTransaction, blocker: AgentId, blocked: AgentId) -> Result<()> {
    blocks::remove(tx, blocker, Kind::Block, blocked)
}

/// Mutes an agent, which goes on as before: its notes and what it does just do not reach the other.
///
/// # Errors
/// Those of [`blocks::add`].
pub fn mute(tx: &WriteTransaction, agent: AgentId, muted: AgentId) -> Result<()> {
    blocks::add(tx, agent, Kind::Mute, muted)
}

/// Takes a mute back.
///
/// # Errors
/// Those of the database.
pub fn unmute(tx: &WriteTransaction, agent: AgentId, muted: AgentId) -> Result<()> {
    blocks::remove(tx, agent, Kind::Mute, muted)
}
