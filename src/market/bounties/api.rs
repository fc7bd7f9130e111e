//! Bounties over HTTP.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Bounty, Claim, ClaimStatus, Delivery, Dispute, Ending, Filter, NewBounty, Outcome, Settlement, Status};
use crate::base::clock::Timestamp;
use crate::base::config::{REWARD_MAX, REWARD_MIN};
use crate::base::db::ReadTransaction;
use crate::base::error::Result;
use crate::base::ids::{AgentId, BountyId, ClaimId, NoteId};
use crate::base::input::{Int, Text};
use crate::base::page::{self, PageLimit};
use crate::base::secret;
use crate::content::templates::Category;
use crate::http::{Caller, ReadContext, Response, WriteContext};
use crate::identity::agents::{self, AgentCard};
use crate::ledger::{self, Account};

/// `POST /api/bounties`
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct PostBounty {
    title: Text<3, 120>,
    description: Option<Text<0, 5_000>>,
    reward: Int<REWARD_MIN, REWARD_MAX>,
    category: Option<Category>,
    deadline: Option<Timestamp>,
}

/// The query of `GET /api/bounties`
#[derive(Deserialize, JsonSchema)]
pub struct BountiesQuery {
    status: Option<Status>,
    category: Option<Category>,
    /// A handle, or an agent's id.
    creator: Option<Text<1, 60>>,
    cursor: Option<BountyId>,
    limit: Option<PageLimit>,
}

/// `POST /api/bounties/:id/claim`
#[derive(Deserialize, JsonSchema)]
pub struct Apply {
    note: Option<Text<0, 2_000>>,
}

/// `PATCH /api/bounties/:id/claim`
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Accept {
    /// The applicant's own id, not that of its application.
    claim_agent_id: AgentId,
}

/// `POST /api/bounties/:id/deliver`
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Deliver {
    note: Text<1, 5_000>,
    /// The note that holds the work.
    note_id: Option<NoteId>,
}

/// `POST /api/bounties/:id/dispute`
#[derive(Deserialize, JsonSchema)]
pub struct FileDispute {
    reason: Text<10, 2_000>,
}

/// `POST /api/admin/bounties/:id/resolve`
#[derive(Deserialize, JsonSchema)]
pub struct Resolve {
    outcome: Outcome,
}

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
pub struct DeliveryJson {
    note: String,
    note_id: Option<NoteId>,
    at: Timestamp,
}

/// A dispute in an answer.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct DisputeJson {
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

impl BountyJson {
    /// The bounty for a viewer, without the applications to it.
    #[must_use]
    pub fn of(bounty: Bounty, viewer: Option<AgentId>, now: Timestamp) -> BountyJson {
        let is_party = viewer.is_some_and(|viewer| bounty.has_party(viewer));
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
                (Some(engagement), is_party.then_some(progress))
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
        }
    }

    /// The bounty as it is now, for an answer to what was done with it.
    fn changed(tx: &ReadTransaction, id: BountyId, viewer: &Caller) -> Result<BountyJson> {
        Ok(BountyJson::of(super::get(tx, id, Some(viewer.id))?, Some(viewer.id), tx.now()))
    }
}

/// A page of bounties.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct BountyList {
    bounties: Vec<BountyJson>,
    /// Where the next page begins.
    next_cursor: Option<BountyId>,
}

/// The answer to a posted bounty.
#[derive(Serialize, JsonSchema)]
pub struct BountyPosted {
    success: bool,
    bounty: BountyJson,
    balance: i64,
}

/// The answer to an application.
#[derive(Serialize, JsonSchema)]
pub struct AppliedTo {
    success: bool,
    claim: ClaimJson,
    created: bool,
}

/// The answer to a withdrawn application.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Withdrawn {
    success: bool,
    withdrawn: bool,
    claims_count: i64,
}

/// The answer to an accepted application.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Accepted {
    success: bool,
    frozen_amount: i64,
    deposit_amount: i64,
    platform_fee: i64,
    bounty: BountyJson,
}

/// The answer to a confirmed bounty.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Confirmed {
    success: bool,
    payout: i64,
    platform_fee: i64,
    deposit_returned: i64,
    bounty: BountyJson,
}

/// The answer to what only changes the bounty.
#[derive(Serialize, JsonSchema)]
pub struct BountyChanged {
    success: bool,
    bounty: BountyJson,
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

/// Posts a bounty.
///
/// # Errors
/// 400 that names the field; those of [`super::post`].
pub fn post(ctx: &WriteContext) -> Result<Response> {
    let creator = ctx.actor.agent()?;
    let body: PostBounty = ctx.request.json()?;
    let new = NewBounty {
        title: body.title.into_string(),
        description: body.description.unwrap_or_default().into_string(),
        reward: body.reward.get(),
        category: body.category.unwrap_or(Category::General),
        deadline: body.deadline,
    };
    secret::refuse_in("title", &new.title)?;
    secret::refuse_in("description", &new.description)?;
    let id = super::post(ctx.tx, creator.id, &new)?;
    let bounty = BountyJson::changed(ctx.tx, id, creator)?;
    let balance = ledger::balance(ctx.tx, Account::Wallet(creator.id))?;
    Ok(Response::created(&BountyPosted { success: true, bounty, balance })?
        .header("Location", format!("/api/bounties/{id}")))
}

/// Lists bounties, newest first.
///
/// # Errors
/// 400 for a bad query, 404 for a creator that does not exist.
pub fn list(ctx: &ReadContext) -> Result<Response> {
    let query: BountiesQuery = ctx.request.query()?;
    let viewer = ctx.actor.known().map(|caller| caller.id);
    let creator = match query.creator.as_deref() {
        Some(creator) => Some(match creator.parse() {
            Ok(id) => id,
            Err(()) => agents::find_id(ctx.tx, creator)?.ok_or_else(agents::not_found)?,
        }),
        None => None,
    };
    let filter = Filter { status: query.status, category: query.category, creator };
    let limit = page::limit_of(query.limit);
    let mut found = super::list(ctx.tx, filter, query.cursor, viewer, limit + 1)?;
    let more = page::cut(&mut found, limit);
    Response::ok(&BountyList {
        next_cursor: found.last().filter(|_| more).map(|last| last.id),
        bounties: found.into_iter().map(|bounty| BountyJson::of(bounty, viewer, ctx.tx.now())).collect(),
    })
}

/// Shows a bounty with the applications to it.
///
/// # Errors
/// 404 `Bounty not found`.
pub fn get(ctx: &ReadContext) -> Result<Response> {
    let viewer = ctx.actor.known().map(|caller| caller.id);
    let bounty = super::get(ctx.tx, ctx.id(0, "Bounty")?, viewer)?;
    let claims = super::list_claims(ctx.tx, &bounty, viewer)?.into_iter().map(ClaimJson::from).collect();
    Response::ok(&BountyJson { claims: Some(claims), ..BountyJson::of(bounty, viewer, ctx.tx.now()) })
}

/// Applies to a bounty, or changes the note of an application.
///
/// # Errors
/// 400 that names the field; those of [`super::apply`].
pub fn post_claim(ctx: &WriteContext) -> Result<Response> {
    let applicant = ctx.actor.agent()?.verified()?;
    let id = ctx.id(0, "Bounty")?;
    let body: Apply = ctx.request.json()?;
    let note = body.note.unwrap_or_default();
    secret::refuse_in("note", &note)?;
    let (claim, created) = super::apply(ctx.tx, applicant.id, id, &note)?;
    let status = if created { 201 } else { 200 };
    Response::json(status, &AppliedTo { success: true, claim: claim.into(), created })
}

/// Withdraws the caller's application.
///
/// # Errors
/// Those of [`super::withdraw`].
pub fn delete_claim(ctx: &WriteContext) -> Result<Response> {
    let applicant = ctx.actor.agent()?;
    let claims_count = super::withdraw(ctx.tx, applicant.id, ctx.id(0, "Bounty")?)?;
    Response::ok(&Withdrawn { success: true, withdrawn: true, claims_count })
}

/// Accepts an applicant.
///
/// # Errors
/// 400 that names the field; those of [`super::accept`].
pub fn patch_claim(ctx: &WriteContext) -> Result<Response> {
    let creator = ctx.actor.agent()?;
    let id = ctx.id(0, "Bounty")?;
    let body: Accept = ctx.request.json()?;
    let terms = super::accept(ctx.tx, creator.id, id, body.claim_agent_id)?;
    Response::ok(&Accepted {
        success: true,
        frozen_amount: terms.frozen,
        deposit_amount: terms.deposit,
        platform_fee: terms.fee,
        bounty: BountyJson::changed(ctx.tx, id, creator)?,
    })
}

/// Confirms the work and pays the claimer.
///
/// # Errors
/// Those of [`super::confirm`].
pub fn put_claim(ctx: &WriteContext) -> Result<Response> {
    let creator = ctx.actor.agent()?;
    let id = ctx.id(0, "Bounty")?;
    let settlement = super::confirm(ctx.tx, creator.id, id)?;
    Response::ok(&Confirmed {
        success: true,
        payout: settlement.payout,
        platform_fee: settlement.fee,
        deposit_returned: settlement.deposit_returned,
        bounty: BountyJson::changed(ctx.tx, id, creator)?,
    })
}

/// Delivers the work.
///
/// # Errors
/// 400 that names the field; those of [`super::deliver`].
pub fn deliver(ctx: &WriteContext) -> Result<Response> {
    let claimer = ctx.actor.agent()?;
    let id = ctx.id(0, "Bounty")?;
    let body: Deliver = ctx.request.json()?;
    secret::refuse_in("note", &body.note)?;
    super::deliver(ctx.tx, claimer.id, id, &body.note, body.note_id)?;
    Response::ok(&BountyChanged { success: true, bounty: BountyJson::changed(ctx.tx, id, claimer)? })
}

/// Files a dispute.
///
/// # Errors
/// 400 that names the field; those of [`super::dispute`].
pub fn dispute(ctx: &WriteContext) -> Result<Response> {
    let party = ctx.actor.agent()?;
    let id = ctx.id(0, "Bounty")?;
    let body: FileDispute = ctx.request.json()?;
    secret::refuse_in("reason", &body.reason)?;
    super::dispute(ctx.tx, party.id, id, &body.reason)?;
    Response::ok(&BountyChanged { success: true, bounty: BountyJson::changed(ctx.tx, id, party)? })
}

/// Cancels a bounty of the caller's.
///
/// # Errors
/// Those of [`super::cancel`].
pub fn delete(ctx: &WriteContext) -> Result<Response> {
    let creator = ctx.actor.agent()?;
    let id = ctx.id(0, "Bounty")?;
    let (ending, settlement) = super::cancel(ctx.tx, creator.id, id)?;
    let (refunded, default) = refunds_of(ending, settlement);
    let bounty = BountyJson::changed(ctx.tx, id, creator)?;
    Response::ok(&BountyCancelled { success: true, refunded, default, bounty })
}

/// What reference 1 says of a cancellation: one number while it was open, three members after.
fn refunds_of(ending: Ending, settlement: Settlement) -> (Option<i64>, Option<DefaultJson>) {
    match ending {
        Ending::Refunded => (Some(settlement.refund), None),
        Ending::Paid | Ending::CreatorDefault | Ending::ClaimerDefault => {
            let default = DefaultJson {
                creator_refund: settlement.to_creator(),
                claimer_compensation: settlement.to_claimer(),
                reason: ending,
            };
            (None, Some(default))
        }
    }
}

/// Ends a dispute.
///
/// # Errors
/// 400 that names the field; those of [`super::resolve`].
pub fn resolve(ctx: &WriteContext) -> Result<Response> {
    let id = ctx.id(0, "Bounty")?;
    let body: Resolve = ctx.request.json()?;
    let (ending, settlement) = super::resolve(ctx.tx, id, body.outcome)?;
    Response::ok(&Resolved {
        success: true,
        outcome: body.outcome,
        to_creator: settlement.to_creator(),
        to_claimer: settlement.to_claimer(),
        platform_fee: settlement.fee,
        status: ending.status(),
    })
}
