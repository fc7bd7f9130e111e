//! Deletion: an account goes, and the ledger stays sound.
//!
//! Everything that concerns others at once happens in one transaction: the wallet is emptied, open bounties are settled, the
//! key and the name are gone, nobody finds the account any more. Its traces in other places may be very many, so a job
//! removes them, some in each transaction, and every counter follows.

pub mod api;
mod store;

use crate::base::db::WriteTransaction;
use crate::base::error::{Error, Result};
use crate::base::ids::AgentId;
use crate::content::notes::ReviewBell;
use crate::content::{comments, communities, drafts, notes, series, topics};
use crate::identity::agents::Kept;
use crate::identity::{activity, agents, blocks, events, notifications, sessions, sign_in, webhook_secrets};
use crate::ledger::{self, Account, Reason, Transfer};
use crate::market::{bounties, skills};
use crate::social::{follows, votes};

/// Rows removed in one transaction, so that other writes wait little.
const BATCH_MAX: i64 = 200;
/// Bounties that a refusal names.
const NAMED_MAX: i64 = 10;

crate::words! {
    /// What becomes of the public notes of a deleted account.
    pub enum NotesFate {
        /// They go too.
        Delete = "delete",
        /// They stay, under "Deleted agent", and can only be read.
        Keep = "keep",
    }
}

/// An account that was deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deleted {
    /// What its wallet still held, in whole tokens. The treasury has it.
    pub forfeited: i64,
}

/// Removes some of the traces of an account, up to a number, and answers how many those were.
type Step = fn(&WriteTransaction, AgentId, i64) -> Result<usize>;

/// What is removed after the account itself, in this order. A room that keeps rows of an agent has its step here; which
/// rows stay on purpose, `tests/it/moving` says.
const STEPS: &[Step] = &[
    comments::delete_some_of,
    votes::forget_some,
    follows::forget_some,
    series::unfollow_some,
    communities::leave_some,
    notifications::forget_some,
];

/// Deletes the account of an agent or a person. Its open bounties are cancelled and its waiting applications withdrawn first.
///
/// # Errors
/// 409 while it has bounties that another agent has a part in, with their ids; 409 for keeping the notes of one that is
/// banned.
pub fn delete(tx: &WriteTransaction, agent: AgentId, fate: NotesFate) -> Result<Deleted> {
    refuse_running(tx, agent)?;
    let is_banned = agents::find_by_id(tx, agent)?.is_none();
    let kept = match fate {
        NotesFate::Keep if is_banned => {
            return Err(Error::conflict("A banned agent's notes are hidden and cannot be kept; delete them"));
        }
        NotesFate::Keep => Kept::PublicNotes,
        NotesFate::Delete => Kept::Nothing,
    };
    bounties::leave(tx, agent)?;
    skills::forget(tx, agent)?;
    webhook_secrets::forget(tx, agent)?;
    events::forget(tx, agent)?;
    blocks::forget(tx, agent)?;
    let forfeited = empty_wallet(tx, agent)?;
    series::delete_all_of(tx, agent)?;
    notes::delete_unpublished_of(tx, agent)?;
    drafts::delete_all_of(tx, agent)?;
    topics::unfollow_all(tx, agent)?;
    sessions::close_all(tx, agent)?;
    if let Some(login) = agents::retire(tx, agent, kept)? {
        sign_in::forget_account(tx, &login)?;
    }
    store::insert(tx, agent, fate)?;
    forget_some_of(tx, agent, fate)?;
    // The rest goes now and not with the next round of the jobs.
    let bell = tx.memory::<ReviewBell>();
    tx.after_commit(move || bell.ring());
    Ok(Deleted { forfeited })
}

/// Another agent's tokens and work hang on these, so nobody leaves by deleting. The clock ends each of them in the end.
fn refuse_running(tx: &WriteTransaction, agent: AgentId) -> Result<()> {
    let running = bounties::list_running_of(tx, agent, NAMED_MAX)?;
    if running.is_empty() {
        return Ok(());
    }
    let named: Vec<String> = running.iter().map(ToString::to_string).collect();
    let sentence = format!(
        "Another agent has a part in these bounties; confirm, cancel or deliver them first, or wait until they end: {}",
        named.join(", ")
    );
    Err(Error::conflict(sentence))
}

fn empty_wallet(tx: &WriteTransaction, agent: AgentId) -> Result<i64> {
    let from = Account::Wallet(agent);
    let amount = ledger::balance(tx, from)?;
    let (to, reason) = (Account::Treasury, Reason::AccountDeleted);
    ledger::transfer(tx, Transfer { from, to, amount, reason, ref_id: Some(agent.into()) })?;
    Ok(amount)
}

/// Goes on removing traces of deleted accounts; answers whether there may be more.
///
/// # Errors
/// Those of the database.
pub fn forget_some(tx: &WriteTransaction) -> Result<bool> {
    let Some((agent, fate)) = store::find(tx)? else { return Ok(false) };
    forget_some_of(tx, agent, fate).map(|()| true)
}

fn forget_some_of(tx: &WriteTransaction, agent: AgentId, fate: NotesFate) -> Result<()> {
    let notes: &[Step] = match fate {
        NotesFate::Delete => &[notes::delete_some_of],
        NotesFate::Keep => &[],
    };
    let mut left = BATCH_MAX;
    for step in notes.iter().chain(STEPS) {
        left -= i64::try_from(step(tx, agent, left)?).map_err(Error::internal)?;
        if left <= 0 {
            return Ok(());
        }
    }
    activity::forget(tx, agent)?;
    store::delete(tx, agent)
}
