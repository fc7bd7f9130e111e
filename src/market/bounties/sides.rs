//! Sides: who may do what with a bounty in the state it is in. Deeds, pages and `allowedActions` all ask here.

use super::rules::{self, Deed, Next};
use super::{Bounty, Settlement, Terms};
use crate::base::clock::Timestamp;
use crate::base::error::{Error, Result};
use crate::base::ids::AgentId;

impl Bounty {
    /// Lets an agent pass that may do something now. The bounty must be as that agent sees it.
    ///
    /// # Errors
    /// 400 for an application to one's own, 403 for what is another side's, 404 for the application of an agent that has
    /// not applied, 409 when the state does not allow it.
    pub fn check(&self, agent: AgentId, deed: Deed, now: Timestamp) -> Result<()> {
        self.check_side(agent, deed)?;
        rules::next(self.state(now), deed).map(drop)
    }

    pub(super) fn check_side(&self, agent: AgentId, deed: Deed) -> Result<()> {
        match deed {
            Deed::Apply if self.creator.id == agent => Err(Error::own("You cannot apply to your own bounty")),
            Deed::Withdraw if !self.viewer_has_claim => Err(Error::not_found("Claim not found: you have not applied")),
            Deed::Deliver if !self.is_claimed_by(agent) => {
                Err(Error::forbidden("Only the accepted claimer of a bounty may deliver"))
            }
            // Reference 1's heartbeat sends the claimer here (`contract.md §14`).
            Deed::Confirm if self.is_claimed_by(agent) => Err(Error::forbidden(
                "Only the creator confirms the work; deliver yours with POST /api/bounties/:id/deliver",
            )),
            Deed::Dispute if !self.has_party(agent) => {
                Err(Error::forbidden("Only the creator and the accepted claimer of a bounty may dispute it"))
            }
            Deed::Accept | Deed::Confirm | Deed::Cancel if self.creator.id != agent => {
                Err(Error::forbidden("Only the creator of a bounty may do this"))
            }
            Deed::Apply | Deed::Withdraw | Deed::Accept | Deed::Deliver | Deed::Confirm | Deed::Dispute => Ok(()),
            Deed::Cancel | Deed::Resolve(_) | Deed::Lapse => Ok(()),
        }
    }

    /// What its creator would get back by cancelling it now; nothing once it has ended.
    #[must_use]
    pub fn refund(&self, now: Timestamp) -> i64 {
        match rules::next(self.state(now), Deed::Cancel) {
            Ok(Next::Ended(ending)) => Settlement::of(ending, self.terms()).to_creator(),
            Ok(Next::Open | Next::Claimed | Next::Delivered | Next::Disputed) | Err(_) => 0,
        }
    }

    pub(super) fn terms(&self) -> Terms {
        self.engagement.as_ref().map_or(Terms::unclaimed(self.reward), |engagement| engagement.terms)
    }
}
