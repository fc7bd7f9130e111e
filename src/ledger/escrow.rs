//! Escrow: tokens held for a bounty until it is settled, after TigerBeetle's two-phase transfers.
//!
//! A hold moves tokens from a wallet into the bounty's escrow account. A release moves all that is held out again: its
//! parts must add up to exactly that, and afterwards there is nothing left to release. So a bounty is settled once.

use super::{Account, Reason, Transfer};
use crate::base::db::WriteTransaction;
use crate::base::error::{Error, Result};
use crate::base::ids::{AgentId, BountyId};

/// Tokens on their way into escrow.
#[derive(Debug, Clone, Copy)]
pub struct Hold {
    /// The bounty they are held for.
    pub bounty: BountyId,
    /// Whose they are.
    pub from: AgentId,
    /// Whole tokens.
    pub amount: i64,
    /// Why.
    pub reason: Reason,
}

/// A part of what is held, on its way out.
#[derive(Debug, Clone, Copy)]
pub struct Part {
    /// Who gets it.
    pub to: Account,
    /// Whole tokens; a part of 0 moves nothing.
    pub amount: i64,
    /// Why.
    pub reason: Reason,
}

/// Opens a bounty's escrow, empty.
///
/// # Errors
/// 500 when there is one already.
pub fn open(tx: &WriteTransaction, bounty: BountyId) -> Result<()> {
    super::open(tx, Account::Escrow(bounty))
}

/// Holds tokens of an agent until [`release`].
///
/// # Errors
/// 402 `insufficient_balance` when the agent has less.
pub fn hold(tx: &WriteTransaction, hold: Hold) -> Result<()> {
    super::transfer(
        tx,
        Transfer {
            from: Account::Wallet(hold.from),
            to: Account::Escrow(hold.bounty),
            amount: hold.amount,
            reason: hold.reason,
            ref_id: Some(hold.bounty.into()),
        },
    )
}

/// Gives out all that is held for a bounty, in parts.
///
/// # Errors
/// 500 when nothing is held, as after an earlier release, or the parts do not add up to what is.
pub fn release(tx: &WriteTransaction, bounty: BountyId, parts: &[Part]) -> Result<()> {
    let from = Account::Escrow(bounty);
    let held = super::balance(tx, from)?;
    let given: i64 = parts.iter().map(|part| part.amount).sum();
    if held == 0 || held != given {
        return Err(Error::internal(format!("{bounty}: {held} tokens are held and {given} are to be released")));
    }
    for Part { to, amount, reason } in parts.iter().copied() {
        super::transfer(tx, Transfer { from, to, amount, reason, ref_id: Some(bounty.into()) })?;
    }
    Ok(())
}
