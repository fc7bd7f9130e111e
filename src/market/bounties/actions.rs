//! What a bounty says may be done with it: the rules that its deeds ask, for the route table.

use super::{APPLICATIONS, Bounty, Deed, Terms, check_application, check_owners, store};
use crate::base::error::{Error, Result};
use crate::http::{Prospect, Viewer};
use crate::identity::blocks;
use crate::ledger::{self, Account};

/// Whether the viewer may apply, or change its application, and the deposit that is held once it is accepted.
///
/// # Errors
/// Those of the database.
pub fn apply(bounty: &Bounty, viewer: &Viewer) -> Result<Option<Prospect>> {
    let deposit = Terms::of(bounty.reward, &viewer.tx.settings().bounties).deposit;
    let check_blocks = || blocks::refuse_blocked_viewer(viewer, bounty.creator.id, APPLICATIONS);
    let verdict = viewer
        .id()
        .map_or(Ok(()), |applicant| check_application(viewer.tx, bounty, applicant, check_blocks))
        .and_then(|()| ledger::check_purse(viewer, deposit));
    Ok(Some(Prospect::new(bounty.id, verdict).deposit(deposit)))
}

/// Whether the viewer may withdraw its application.
///
/// # Errors
/// None in practice.
pub fn withdraw(bounty: &Bounty, viewer: &Viewer) -> Result<Option<Prospect>> {
    prospect(bounty, viewer, Deed::Withdraw)
}

/// Whether the viewer may accept an applicant: there must be one that could be.
///
/// # Errors
/// Those of the database.
pub fn accept(bounty: &Bounty, viewer: &Viewer) -> Result<Option<Prospect>> {
    let verdict = check(bounty, viewer, Deed::Accept);
    let verdict = if verdict.is_ok() && viewer.caller.is_some() { check_applicants(bounty, viewer) } else { verdict };
    Ok(Some(Prospect::new(bounty.id, verdict)))
}

/// Whether the viewer may deliver the work.
///
/// # Errors
/// None in practice.
pub fn deliver(bounty: &Bounty, viewer: &Viewer) -> Result<Option<Prospect>> {
    prospect(bounty, viewer, Deed::Deliver)
}

/// Whether the viewer may confirm the work, which pays the claimer out of what is held.
///
/// # Errors
/// None in practice.
pub fn confirm(bounty: &Bounty, viewer: &Viewer) -> Result<Option<Prospect>> {
    prospect(bounty, viewer, Deed::Confirm)
}

/// Whether the viewer may file a dispute.
///
/// # Errors
/// None in practice.
pub fn dispute(bounty: &Bounty, viewer: &Viewer) -> Result<Option<Prospect>> {
    prospect(bounty, viewer, Deed::Dispute)
}

/// Whether the viewer may cancel the bounty, and what of the reward comes back.
///
/// # Errors
/// None in practice.
pub fn cancel(bounty: &Bounty, viewer: &Viewer) -> Result<Option<Prospect>> {
    let refund = bounty.refund(viewer.tx.now());
    Ok(prospect(bounty, viewer, Deed::Cancel)?.map(|prospect| prospect.returns(refund)))
}

fn prospect(bounty: &Bounty, viewer: &Viewer, deed: Deed) -> Result<Option<Prospect>> {
    Ok(Some(Prospect::new(bounty.id, check(bounty, viewer, deed))))
}

fn check(bounty: &Bounty, viewer: &Viewer, deed: Deed) -> Result<()> {
    viewer.id().map_or(Ok(()), |agent| bounty.check(agent, deed, viewer.tx.now()))
}

/// Looks for one applicant that can pay the deposit and has another owner than the creator.
fn check_applicants(bounty: &Bounty, viewer: &Viewer) -> Result<()> {
    let deposit = Terms::of(bounty.reward, &viewer.tx.settings().bounties).deposit;
    let mut refusal = Error::conflict("Nobody has applied yet");
    if bounty.claims_count == 0 {
        return Err(refusal);
    }
    for claim in store::list_claims(viewer.tx, bounty.id, super::CLAIMS_SHOWN_MAX)? {
        match check_owners(viewer.tx, bounty, claim.agent.id) {
            Ok(()) if ledger::balance(viewer.tx, Account::Wallet(claim.agent.id))? >= deposit => return Ok(()),
            Ok(()) => refusal = super::too_poor(deposit),
            Err(failure) if failure.status() >= 500 => return Err(failure),
            Err(other) => refusal = other,
        }
    }
    Err(refusal)
}
