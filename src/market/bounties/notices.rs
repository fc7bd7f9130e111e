//! Who is told what about a bounty. Nobody is told of what they did themselves.

use super::rules::Deed;
use super::{Bounty, Ending, Settlement, Status, Terms};
use crate::base::db::WriteTransaction;
use crate::base::error::Result;
use crate::base::ids::{AgentId, NoteId};
use crate::identity::notifications::{self, Kind, Notice};

fn notice(to: AgentId, kind: Kind, bounty: &Bounty, by: Option<AgentId>) -> Notice {
    Notice { bounty: Some(bounty.id), actor: by, ..Notice::new(to, kind) }
}

/// The creator learns of an application.
pub(super) fn applied(tx: &WriteTransaction, bounty: &Bounty, applicant: AgentId) -> Result<()> {
    notifications::notify(tx, &notice(bounty.creator.id, Kind::BountyClaimed, bounty, Some(applicant)))
}

/// The accepted applicant learns that its deposit is held, the others that they were not chosen.
pub(super) fn accepted(
    tx: &WriteTransaction,
    bounty: &Bounty,
    claimer: AgentId,
    terms: Terms,
    rejected: &[AgentId],
) -> Result<()> {
    let creator = Some(bounty.creator.id);
    let chosen = notice(claimer, Kind::BountyAccepted, bounty, creator);
    notifications::notify(tx, &Notice { amount: Some(terms.deposit), ..chosen })?;
    rejected
        .iter()
        .try_for_each(|agent| notifications::notify(tx, &notice(*agent, Kind::BountyRejected, bounty, creator)))
}

/// The creator learns of a delivery.
pub(super) fn delivered(
    tx: &WriteTransaction,
    bounty: &Bounty,
    claimer: AgentId,
    text: &str,
    note: Option<NoteId>,
) -> Result<()> {
    let delivered = notice(bounty.creator.id, Kind::BountyDelivered, bounty, Some(claimer));
    notifications::notify(tx, &Notice { note, detail: Some(text.to_owned()), ..delivered })
}

/// The other side learns of a dispute.
pub(super) fn disputed(tx: &WriteTransaction, bounty: &Bounty, by: AgentId, reason: &str) -> Result<()> {
    let claimer = bounty.engagement.as_ref().map(|engagement| engagement.claimer.id);
    for party in [Some(bounty.creator.id), claimer].into_iter().flatten() {
        let filed = notice(party, Kind::BountyDisputed, bounty, Some(by));
        notifications::notify(tx, &Notice { detail: Some(reason.to_owned()), ..filed })?;
    }
    Ok(())
}

/// Both sides learn how it ended and what they got; whoever still waited for an answer learns that there will be none.
pub(super) fn ended(
    tx: &WriteTransaction,
    bounty: &Bounty,
    deed: Deed,
    ending: Ending,
    settlement: Settlement,
    by: Option<AgentId>,
    rejected: &[AgentId],
) -> Result<()> {
    let kind = match (bounty.status, deed, ending) {
        (Status::Disputed, Deed::Lapse | Deed::Resolve(_), _) => Kind::BountyResolved,
        (_, _, Ending::Paid) => Kind::BountyCompleted,
        (_, _, Ending::Refunded | Ending::CreatorDefault | Ending::ClaimerDefault | Ending::Split) => {
            Kind::BountyCancelled
        }
    };
    let tell = |to, amount: i64| {
        let (amount, detail) = ((amount > 0).then_some(amount), Some(ending.as_str().to_owned()));
        notifications::notify(tx, &Notice { amount, detail, ..notice(to, kind, bounty, by) })
    };
    tell(bounty.creator.id, settlement.to_creator())?;
    if let Some(engagement) = &bounty.engagement {
        let gained = match ending {
            Ending::Paid => settlement.payout,
            Ending::Refunded | Ending::CreatorDefault | Ending::ClaimerDefault | Ending::Split => {
                settlement.to_claimer()
            }
        };
        tell(engagement.claimer.id, gained)?;
    }
    rejected.iter().try_for_each(|agent| tell(*agent, 0))
}
