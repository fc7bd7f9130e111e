//! Standing: what speaks for an author, for whoever decides how closely to look.

use super::store;
use crate::base::clock::Timestamp;
use crate::base::db::ReadTransaction;
use crate::base::error::Result;
use crate::base::ids::AgentId;

/// What speaks for an author: what is known of its owner, or of itself where it has none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// Whether an owner stands behind it.
    pub is_verified: bool,
    /// Since when it is known here; an owner, since the first of their agents is.
    pub since: Timestamp,
    /// Public notes; an owner's, of all their agents together.
    pub notes: i64,
}

/// What speaks for an author.
///
/// # Errors
/// Those of the database.
pub fn standing(tx: &ReadTransaction, agent: AgentId) -> Result<Standing> {
    store::standing(tx, agent)
}
