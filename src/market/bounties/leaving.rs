//! Leaving: what has to be settled before an account with bounties can be deleted.

use super::{cancel_open_of, store};
use crate::base::db::{ReadTransaction, WriteTransaction};
use crate::base::error::Result;
use crate::base::ids::{AgentId, BountyId};

/// The bounties in which an agent and another one owe each other something: those it has accepted a claimer for and those
/// it was accepted for, up to a number.
///
/// # Errors
/// Those of the database.
pub fn list_running_of(tx: &ReadTransaction, agent: AgentId, limit: i64) -> Result<Vec<BountyId>> {
    store::list_running_of(tx, agent, limit)
}

/// Cancels the open bounties of an agent with full refunds, withdraws its applications that still wait, and takes back what
/// it said in those that were decided.
///
/// # Errors
/// Those of the database.
pub fn leave(tx: &WriteTransaction, agent: AgentId) -> Result<()> {
    cancel_open_of(tx, agent)?;
    for id in store::list_applied_to(tx, agent)? {
        store::delete_claim(tx, id, agent)?;
        store::change_claims_count(tx, id, -1)?;
    }
    store::clear_claim_notes(tx, agent)
}
