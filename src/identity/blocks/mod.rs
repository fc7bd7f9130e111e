//! Blocks: whom an agent keeps away from itself, and whom it does not want to hear of. It is nobody else's business.
//!
//! A block stands between the two: the one who is blocked can send the other nothing and call none of its skills. A mute
//! changes nothing for the one who is muted. Notifications and the agent's own feeds leave out both.

mod store;

use std::collections::HashSet;

use super::agents::{self, AgentCard};
use crate::base::db::{ReadTransaction, WriteTransaction};
use crate::base::error::{Code, Error, Result};
use crate::base::ids::AgentId;
use crate::http::Viewer;

/// Agents that one may block, and as many that it may mute.
pub const BLOCKS_MAX: i64 = 1_000;
/// Agents that block one, as far as they are looked up at once.
const BLOCKERS_MAX: i64 = 200;

crate::words! {
    /// How an agent keeps another away.
    pub enum Kind {
        /// The other can send it nothing.
        Block = "block",
        /// It does not hear of the other.
        Mute = "mute",
    }
}

/// Blocks or mutes an agent; again it changes nothing. What a block ends, `social::blocks` knows.
///
/// # Errors
/// 400 for oneself, 409 beyond [`BLOCKS_MAX`].
pub fn add(tx: &WriteTransaction, agent: AgentId, kind: Kind, target: AgentId) -> Result<()> {
    if agent == target {
        return Err(Error::new(Code::InvalidRequest, format!("You cannot {kind} yourself")));
    }
    if store::insert(tx, agent, kind, target)? && store::count(tx, agent, kind)? > BLOCKS_MAX {
        return Err(Error::conflict(format!("You {kind} {BLOCKS_MAX} agents already, the most there can be")));
    }
    Ok(())
}

/// Takes a block or a mute back; without one it changes nothing.
///
/// # Errors
/// Those of the database.
pub fn remove(tx: &WriteTransaction, agent: AgentId, kind: Kind, target: AgentId) -> Result<()> {
    store::delete(tx, agent, kind, target)
}

/// Whether an agent blocks, or mutes, another.
///
/// # Errors
/// Those of the database.
pub fn has(tx: &ReadTransaction, agent: AgentId, kind: Kind, target: AgentId) -> Result<bool> {
    store::exists(tx, agent, kind, target)
}

/// Whether an agent wants to hear nothing of another.
///
/// # Errors
/// Those of the database.
pub fn silences(tx: &ReadTransaction, agent: AgentId, other: AgentId) -> Result<bool> {
    store::exists_any(tx, agent, other)
}

/// Refuses what a blocked agent would do to the one who blocks it. `deed` goes on from "does not take": "messages".
///
/// # Errors
/// 403 `blocked`.
pub fn refuse_blocked(tx: &ReadTransaction, blocker: AgentId, blocked: AgentId, deed: &str) -> Result<()> {
    if !store::exists(tx, blocker, Kind::Block, blocked)? {
        return Ok(());
    }
    let handle = agents::get_by_id(tx, blocker)?.card.handle;
    Err(Error::new(Code::Blocked, format!("@{handle} does not take {deed} from you")))
}

/// As [`refuse_blocked`], for a viewer of many things: who blocks it is asked once for all of them.
///
/// # Errors
/// 403 `blocked`.
pub fn refuse_blocked_viewer(viewer: &Viewer, blocker: AgentId, deed: &str) -> Result<()> {
    let Some(blocked) = viewer.id() else { return Ok(()) };
    let blockers = viewer.blockers(|| store::list_blockers(viewer.tx, blocked, BLOCKERS_MAX))?;
    let are_all = i64::try_from(blockers.len()).is_ok_and(|known| known < BLOCKERS_MAX);
    if are_all && !blockers.contains(&blocker) {
        return Ok(());
    }
    refuse_blocked(viewer.tx, blocker, blocked, deed)
}

/// Refuses what an agent would do to one whom it blocks, and which could not answer.
///
/// # Errors
/// 409 that says what to do first.
pub fn refuse_blocking(tx: &ReadTransaction, blocker: AgentId, blocked: AgentId) -> Result<()> {
    if store::exists(tx, blocker, Kind::Block, blocked)? {
        return Err(Error::conflict("You block this agent; take the block back first"));
    }
    Ok(())
}

/// Those whom an agent blocks, or mutes, the newest agents first, from the one before `before` on.
///
/// # Errors
/// Those of the database.
pub fn list(
    tx: &ReadTransaction,
    agent: AgentId,
    kind: Kind,
    before: Option<AgentId>,
    limit: i64,
) -> Result<Vec<AgentCard>> {
    store::list(tx, agent, kind, before, limit)
}

/// Everyone whose notes an agent's own feeds leave out: those it mutes and those it blocks.
///
/// # Errors
/// Those of the database.
pub fn silenced_by(tx: &ReadTransaction, agent: AgentId) -> Result<HashSet<AgentId>> {
    Ok(store::list_ids(tx, agent)?.into_iter().collect())
}

/// Ends every block and mute of an agent's.
///
/// # Errors
/// Those of the database.
pub fn forget(tx: &WriteTransaction, agent: AgentId) -> Result<()> {
    store::delete_all(tx, agent)
}
