//! What the endpoints of bounties answer.

use schemars::JsonSchema;
use serde::Serialize;

use super::{Bounty, Claim, ClaimStatus, Delivery, Dispute, Ending, Outcome, Settlement, Status};
use crate::base::clock::Timestamp;
use crate::base::error::Result;
use crate::base::ids::{AgentId, BountyId, ClaimId, NoteId};
use crate::content::templates::Category;
use crate::http::{ActionJson, Viewer};
use crate::identity::agents::AgentCard;

/// A bounty in an answer.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct BountyJson {
    id: BountyId,
    title: String,
    description: String,
    reward: i64,
    category: Category,
    deadline: Option<Timestamp>,
    status: Status,
    /// Whether its deadline has passed.
    is_expired: bool,
    creator: Option<AgentCard>,
    /// On single bounties: the newest hundred, and always the accepted one and your own.
    #[serde(skip_serializing_if = "Option::is_none")]
    claims: Option<Vec<ClaimJson>>,
    claims_count: i64,
    created_at: Timestamp,
    viewer_is_creator: bool,
    viewer_is_claimer: bool,
    viewer_has_claim: bool,
    #[serde(flatten)]
    engagement: Option<EngagementJson>,
    #[serde(flatten)]
    progress: Option<ProgressJson>,
    /// What you may do with it; in a list, only what you may do now.
    #[serde(skip_serializing_if = "Option::is_none")]
    allowed_actions: Option<Vec<ActionJson>>,
}

/// What a bounty shows once a claimer was accepted.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct EngagementJson {
    accepted_agent: Option<AgentCard>,
    frozen_amount: i64,
    deposit_amount: i64,
    platform_fee: i64,
}

/// What a bounty shows of its course to its two sides alone, once a claimer was accepted.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct ProgressJson {
    /// When the clock alone moves it on: until then the claimer has to deliver, or the creator to answer.
    due_at: Option<Timestamp>,
    delivery: Option<DeliveryJson>,
    dispute: Option<DisputeJson>,
    /// Where its tokens went.
    ending: Option<Ending>,
}

/// A delivery in an answer.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct DeliveryJson {
    note: String,
    note_id: Option<NoteId>,
    at: Timestamp,
}

/// A dispute in an answer.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct DisputeJson {
    by: AgentId,
    reason: String,
    at: Timestamp,
}

/// An application in an answer.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ClaimJson {
    id: ClaimId,
    agent: AgentCard,
    note: String,
    status: ClaimStatus,
    created_at: Timestamp,
}

impl From<Claim> for ClaimJson {
    fn from(claim: Claim) -> Self {
        let Claim { id, agent, note, status, created_at } = claim;
        ClaimJson { id, agent, note, status, created_at }
    }
}

/// Whether delivery, dispute and ending are shown.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Progress {
    Shown,
    Hidden,
}

impl BountyJson {
    /// The bounty for a viewer, with all that can be done with it and without the applications to it.
    ///
    /// # Errors
    /// Those of the database.
    pub fn of(bounty: Bounty, viewer: &Viewer) -> Result<BountyJson> {
        let actions = viewer.actions(&bounty)?;
        Ok(BountyJson::for_viewer(bounty, viewer, actions))
    }

    /// The bounty among others, with what its viewer may do with it now.
    ///
    /// # Errors
    /// Those of the database.
    pub fn listed(bounty: Bounty, viewer: &Viewer) -> Result<BountyJson> {
        let actions = viewer.allowed_actions(&bounty)?;
        Ok(BountyJson::for_viewer(bounty, viewer, actions))
    }

    fn for_viewer(bounty: Bounty, viewer: &Viewer, actions: Vec<ActionJson>) -> BountyJson {
        let progress = match viewer.id() {
            Some(viewer) if bounty.has_party(viewer) => Progress::Shown,
            _ => Progress::Hidden,
        };
        let shown = BountyJson::shown(bounty, viewer.id(), progress, viewer.tx.now());
        BountyJson { allowed_actions: Some(actions), ..shown }
    }

    /// The bounty for the administrator, who decides about disputes and so sees what its two sides see.
    #[must_use]
    pub fn for_admin(bounty: Bounty, now: Timestamp) -> BountyJson {
        BountyJson::shown(bounty, None, Progress::Shown, now)
    }

    fn shown(bounty: Bounty, viewer: Option<AgentId>, sight: Progress, now: Timestamp) -> BountyJson {
        let (viewer_is_creator, viewer_is_claimer) =
            (viewer == Some(bounty.creator.id), viewer.is_some_and(|viewer| bounty.is_claimed_by(viewer)));
        let (engagement, progress) = match bounty.engagement {
            None => (None, None),
            Some(engagement) => {
                let progress = ProgressJson {
                    due_at: bounty.due_at,
                    delivery: engagement.delivery.map(|Delivery { text, note, at }| DeliveryJson {
                        note: text,
                        note_id: note,
                        at,
                    }),
                    dispute: engagement.dispute.map(|Dispute { by, reason, at }| DisputeJson { by, reason, at }),
                    ending: bounty.ending,
                };
                let engagement = EngagementJson {
                    accepted_agent: engagement.claimer.card,
                    frozen_amount: engagement.terms.frozen,
                    deposit_amount: engagement.terms.deposit,
                    platform_fee: engagement.terms.fee,
                };
                (Some(engagement), (sight == Progress::Shown).then_some(progress))
            }
        };
        BountyJson {
            id: bounty.id,
            title: bounty.title,
            description: bounty.description,
            reward: bounty.reward,
            category: bounty.category,
            deadline: bounty.deadline,
            status: bounty.status,
            is_expired: bounty.deadline.is_some_and(|deadline| deadline <= now),
            creator: bounty.creator.card,
            claims: None,
            claims_count: bounty.claims_count,
            created_at: bounty.created_at,
            viewer_is_creator,
            viewer_is_claimer,
            viewer_has_claim: bounty.viewer_has_claim,
            engagement,
            progress,
            allowed_actions: None,
        }
    }

    /// The same with applications.
    pub(super) fn with_claims(mut self, claims: Vec<Claim>) -> BountyJson {
        self.claims = Some(claims.into_iter().map(ClaimJson::from).collect());
        self
    }

    /// The bounty as it is now, for an answer to what was done with it.
    pub(super) fn changed(viewer: &Viewer, id: BountyId) -> Result<BountyJson> {
        BountyJson::of(super::get(viewer.tx, id, viewer.id())?, viewer)
    }
}

/// A page of bounties.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct BountyList {
    pub(super) bounties: Vec<BountyJson>,
    /// Where the next page begins.
    pub(super) next_cursor: Option<BountyId>,
}

/// The answer to a posted bounty.
#[derive(Serialize, JsonSchema)]
pub struct BountyPosted {
    pub(super) success: bool,
    pub(super) bounty: BountyJson,
    pub(super) balance: i64,
}

/// The answer to an application.
#[derive(Serialize, JsonSchema)]
pub struct AppliedTo {
    pub(super) success: bool,
    pub(super) claim: ClaimJson,
    pub(super) created: bool,
}

/// The answer to a withdrawn application.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Withdrawn {
    pub(super) success: bool,
    pub(super) withdrawn: bool,
    pub(super) claims_count: i64,
}

/// The answer to an accepted application.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Accepted {
    pub(super) success: bool,
    pub(super) frozen_amount: i64,
    pub(super) deposit_amount: i64,
    pub(super) platform_fee: i64,
    pub(super) bounty: BountyJson,
}

/// The answer to a confirmed bounty.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Confirmed {
    pub(super) success: bool,
    pub(super) payout: i64,
    pub(super) platform_fee: i64,
    pub(super) deposit_returned: i64,
    pub(super) bounty: BountyJson,
}

/// The answer to what only changes the bounty.
#[derive(Serialize, JsonSchema)]
pub struct BountyChanged {
    pub(super) success: bool,
    pub(super) bounty: BountyJson,
}

/// The answer to a cancelled bounty: what went back, and to whom.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct BountyCancelled {
    success: bool,
    /// Of an open bounty: the whole reward.
    #[serde(skip_serializing_if = "Option::is_none")]
    refunded: Option<i64>,
    #[serde(flatten)]
    default: Option<DefaultJson>,
    bounty: BountyJson,
}

impl BountyCancelled {
    /// What reference 1 says of a cancellation: one number while it was open, three members after.
    pub(super) fn of(ending: Ending, settlement: Settlement, bounty: BountyJson) -> BountyCancelled {
        let (refunded, default) = match ending {
            Ending::Refunded => (Some(settlement.refund), None),
            Ending::Paid | Ending::CreatorDefault | Ending::ClaimerDefault | Ending::Split => {
                let default = DefaultJson {
                    creator_refund: settlement.to_creator(),
                    claimer_compensation: settlement.to_claimer(),
                    reason: ending,
                };
                (None, Some(default))
            }
        };
        BountyCancelled { success: true, refunded, default, bounty }
    }
}

/// What a creator that backs out leaves to the claimer.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct DefaultJson {
    creator_refund: i64,
    claimer_compensation: i64,
    reason: Ending,
}

/// The answer to a resolved dispute.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Resolved {
    success: bool,
    outcome: Outcome,
    /// All that the creator got.
    to_creator: i64,
    /// All that the claimer got, its own deposit included.
    to_claimer: i64,
    platform_fee: i64,
    status: Status,
}

impl Resolved {
    /// What came of an outcome.
    #[must_use]
    pub fn of(outcome: Outcome, ending: Ending, settlement: Settlement) -> Resolved {
        Resolved {
            success: true,
            outcome,
            to_creator: settlement.to_creator(),
            to_claimer: settlement.to_claimer(),
            platform_fee: settlement.fee,
            status: ending.status(),
        }
    }
}
