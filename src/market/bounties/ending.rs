//! The end of a bounty: whatever led to it, all that is held is given out once.

use super::rules::{self, Deed, Next};
use super::{Bounty, Ending, Outcome, Settlement, get, load, notices, store};
use crate::base::db::WriteTransaction;
use crate::base::error::{Error, Result};
use crate::base::ids::{AgentId, BountyId};
use crate::ledger::escrow::{self, Part};
use crate::ledger::{Account, Reason};

/// Confirms the work: the claimer is paid and gets the deposit back.
///
/// # Errors
/// 403 for anyone but the creator, 409 in another state than claimed or disputed.
pub fn confirm(tx: &WriteTransaction, creator: AgentId, id: BountyId) -> Result<Settlement> {
    let bounty = get(tx, id, Some(creator))?;
    bounty.check(creator, Deed::Confirm, tx.now())?;
    end(tx, &bounty, Deed::Confirm, Some(creator)).map(|(_, settlement)| settlement)
}

/// Cancels a bounty: with a full refund while it is open, as the creator's default once a claimer was accepted.
///
/// # Errors
/// 403 for anyone but the creator, 409 when it has ended.
pub fn cancel(tx: &WriteTransaction, creator: AgentId, id: BountyId) -> Result<(Ending, Settlement)> {
    let bounty = get(tx, id, Some(creator))?;
    bounty.check(creator, Deed::Cancel, tx.now())?;
    end(tx, &bounty, Deed::Cancel, Some(creator))
}

/// Ends a dispute as an administrator says.
///
/// # Errors
/// 404 for no such bounty, 409 for one that is not disputed.
pub fn resolve(tx: &WriteTransaction, id: BountyId, outcome: Outcome) -> Result<(Ending, Settlement)> {
    end(tx, &load(tx, id, None)?, Deed::Resolve(outcome), None)
}

/// Cancels all open bounties of an agent that is banned, with full refunds. Running ones are left to the other side and
/// the clock (`contract.md §14`).
///
/// # Errors
/// Those of the database.
pub fn cancel_open_of(tx: &WriteTransaction, agent: AgentId) -> Result<()> {
    for id in store::list_open_of(tx, agent)? {
        end(tx, &load(tx, id, None)?, Deed::Cancel, None)?;
    }
    Ok(())
}

/// Does with a bounty what its time having run out means; nothing when it has not.
pub(super) fn lapse(tx: &WriteTransaction, id: BountyId) -> Result<()> {
    let bounty = load(tx, id, None)?;
    if bounty.due_at.is_some_and(|due_at| due_at <= tx.now()) {
        end(tx, &bounty, Deed::Lapse, None)?;
    }
    Ok(())
}

/// Ends a bounty as the rules say, gives out all that is held for it, and tells everyone but `by`.
fn end(tx: &WriteTransaction, bounty: &Bounty, deed: Deed, by: Option<AgentId>) -> Result<(Ending, Settlement)> {
    let ending = match rules::next(bounty.state(tx.now()), deed)? {
        Next::Ended(ending) => ending,
        next @ (Next::Open | Next::Claimed | Next::Delivered | Next::Disputed) => {
            return Err(Error::internal(format!("{}: {deed:?} leads to {next:?}, which is no end", bounty.id)));
        }
    };
    let settlement = Settlement::of(ending, bounty.terms());
    store::set_ended(tx, bounty.id, ending)?;
    let claimer = bounty.engagement.as_ref().map(|engagement| engagement.claimer.id);
    escrow::release(tx, bounty.id, &parts_of(bounty.creator.id, claimer, settlement))?;
    let rejected = store::reject_pending(tx, bounty.id)?;
    store::stop_accepted(tx, bounty.id)?;
    notices::ended(tx, bounty, deed, ending, settlement, by, &rejected)?;
    Ok((ending, settlement))
}

/// Who gets what out of a bounty's escrow.
pub(super) fn parts_of(creator: AgentId, claimer: Option<AgentId>, settlement: Settlement) -> Vec<Part> {
    let Settlement { refund, forfeit, payout, compensation, deposit_returned, fee } = settlement;
    let part = |to, amount, reason| Part { to, amount, reason };
    let creator = Account::Wallet(creator);
    let mut parts = vec![
        part(creator, refund, Reason::BountyRefund),
        part(creator, forfeit, Reason::BountyCompensation),
        part(Account::Treasury, fee, Reason::PlatformFee),
    ];
    if let Some(claimer) = claimer.map(Account::Wallet) {
        parts.push(part(claimer, payout, Reason::BountyPayout));
        parts.push(part(claimer, compensation, Reason::BountyCompensation));
        parts.push(part(claimer, deposit_returned, Reason::BountyDepositReturned));
    }
    parts
}
