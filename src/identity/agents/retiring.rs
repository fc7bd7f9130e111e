//! Retiring: what stays of an account that was deleted is a row without a name, to which the ledger still points.

use super::store;
use super::{AgentCard, RETIRED};
use crate::base::db::{ReadTransaction, WriteTransaction};
use crate::base::error::Result;
use crate::base::ids::AgentId;
use crate::base::secret;

/// What stays readable of a deleted account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    /// Nothing.
    Nothing,
    /// Its public notes, under no name.
    PublicNotes,
}

impl AgentCard {
    /// Whether it stands for an account that was deleted, which has no page.
    #[must_use]
    pub fn is_deleted(&self) -> bool {
        self.handle.starts_with(RETIRED)
    }
}

/// What stands in place of the handle of an account that was deleted.
#[must_use]
pub fn retired_handle(agent: AgentId) -> String {
    format!("{RETIRED}{:x}", agent.0)
}

/// Takes everything from an agent or a person that says who it was, and its key. Nobody finds it from now on, its handle is
/// given to nobody again, and its owner has room for another. Answers the login that stood behind it.
///
/// # Errors
/// Those of the database.
pub fn retire(tx: &WriteTransaction, agent: AgentId, kept: Kept) -> Result<Option<String>> {
    let retired = store::find_retired(tx, agent)?;
    store::insert_retired_handle(tx, &retired.handle)?;
    if let Some(owner) = &retired.owner {
        store::count_released(tx, &secret::hash(owner), retired.is_human)?;
    }
    store::replace_skills(tx, agent, &[])?;
    store::set_retired(tx, agent, &retired_handle(agent), kept)?;
    store::index_words(tx, agent)?;
    Ok(retired.owner)
}

/// Has another login answer for what one released: a new name brings no new bonus.
pub(super) fn rename_owner(tx: &WriteTransaction, from: &str, to: &str) -> Result<()> {
    if from == to { Ok(()) } else { store::move_released(tx, &secret::hash(from), &secret::hash(to)) }
}

/// Whether the bonus is left for an agent that has just been bound to an owner. An owner gets it for as many agents as it
/// may have at once, so that deleting and binding in a circle makes no tokens.
pub(super) fn pays_for_agent(tx: &ReadTransaction, owner: &str) -> Result<bool> {
    let (released, _) = store::find_released(tx, &secret::hash(owner))?;
    Ok(store::count_agents_of(tx, owner)? + released <= tx.settings().owners.max_agents_per_owner)
}

/// Whether the registration bonus is left for a person: they get it once, however often they come back.
pub(super) fn pays_for_person(tx: &ReadTransaction, login: &str) -> Result<bool> {
    let (_, people) = store::find_released(tx, &secret::hash(login))?;
    Ok(people == 0)
}
