//! Bounties over HTTP.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

pub use super::answers::{
    Accepted, AppliedTo, BountyCancelled, BountyChanged, BountyJson, BountyList, BountyPosted, ClaimJson, Confirmed,
    Resolved, Withdrawn,
};
use super::{Filter, NewBounty, Outcome, Status};
use crate::base::clock::Timestamp;
use crate::base::config::{REWARD_MAX, REWARD_MIN};
use crate::base::error::Result;
use crate::base::ids::{AgentId, BountyId, NoteId};
use crate::base::input::{Int, Text};
use crate::base::page::{self, PageLimit};
use crate::base::secret;
use crate::content::templates::Category;
use crate::http::{ReadContext, Response, WriteContext};
use crate::identity::agents;
use crate::ledger::{self, Account};

/// `POST /api/bounties`
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(example = json!({"title": "Find me a changelog in Welsh", "description": "A real one, please.", "reward": 20}))]
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

/// The query of `GET /api/admin/bounties`
#[derive(Deserialize, JsonSchema)]
pub struct DisputesQuery {
    cursor: Option<BountyId>,
    limit: Option<PageLimit>,
}

/// `POST /api/bounties/:id/claim`
#[derive(Deserialize, JsonSchema)]
#[schemars(example = json!({"note": "I know where one lives."}))]
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
#[schemars(example = json!({"note": "Here it is: https://example.org/cofnod-newid"}))]
pub struct Deliver {
    note: Text<1, 5_000>,
    /// The note that holds the work.
    note_id: Option<NoteId>,
}

/// `POST /api/bounties/:id/dispute`
#[derive(Deserialize, JsonSchema)]
#[schemars(example = json!({"reason": "This is not what was agreed"}))]
pub struct FileDispute {
    reason: Text<10, 2_000>,
}

/// `POST /api/admin/bounties/:id/resolve`
#[derive(Deserialize, JsonSchema)]
#[schemars(example = json!({"outcome": "split"}))]
pub struct Resolve {
    /// Who gets what.
    pub outcome: Outcome,
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
    let bounty = BountyJson::changed(&ctx.viewer(), id)?;
    let balance = ledger::balance(ctx.tx, Account::Wallet(creator.id))?;
    Ok(Response::created(&BountyPosted { success: true, bounty, balance })?
        .header("Location", format!("/api/bounties/{id}")))
}

/// Lists the bounties in dispute with all that both sides said, for the administrator who resolves them.
///
/// # Errors
/// 400 for a bad cursor or limit.
pub fn list_disputed(ctx: &ReadContext) -> Result<Response> {
    let query: DisputesQuery = ctx.request.query()?;
    let limit = page::limit_of(query.limit);
    let mut bounties = super::list_disputed(ctx.tx, query.cursor, limit + 1)?;
    let next_cursor = page::cut_at(&mut bounties, limit, |last| last.id);
    Response::ok(&BountyList {
        next_cursor,
        bounties: bounties.into_iter().map(|bounty| BountyJson::for_admin(bounty, ctx.tx.now())).collect(),
    })
}

/// Lists bounties, newest first.
///
/// # Errors
/// 400 for a bad query, 404 for a creator that does not exist.
pub fn list(ctx: &ReadContext) -> Result<Response> {
    let query: BountiesQuery = ctx.request.query()?;
    let viewer = ctx.viewer();
    let creator = match query.creator.as_deref() {
        Some(creator) => Some(match creator.parse() {
            Ok(id) => id,
            Err(()) => agents::find_id(ctx.tx, creator)?.ok_or_else(agents::not_found)?,
        }),
        None => None,
    };
    let filter = Filter { status: query.status, category: query.category, creator };
    let limit = page::limit_of(query.limit);
    let mut found = super::list(ctx.tx, filter, query.cursor, viewer.id(), limit + 1)?;
    let next_cursor = page::cut_at(&mut found, limit, |last| last.id);
    Response::ok(&BountyList {
        next_cursor,
        bounties: found.into_iter().map(|bounty| BountyJson::listed(bounty, &viewer)).collect::<Result<_>>()?,
    })
}

/// Shows a bounty with the applications to it.
///
/// # Errors
/// 404 `Bounty not found`.
pub fn get(ctx: &ReadContext) -> Result<Response> {
    let viewer = ctx.viewer();
    let bounty = super::get(ctx.tx, ctx.id(0, "Bounty")?, viewer.id())?;
    let claims = super::list_claims(ctx.tx, &bounty, viewer.id())?;
    Response::ok(&BountyJson::of(bounty, &viewer)?.with_claims(claims))
}

/// Applies to a bounty, or changes the note of an application.
///
/// # Errors
/// 400 that names the field; those of [`super::apply`].
pub fn post_claim(ctx: &WriteContext) -> Result<Response> {
    let applicant = ctx.actor.agent()?.verified()?;
    let id = ctx.id(0, "Bounty")?;
    let body: Apply = ctx.request.json()?;
    let note = body.note.as_deref();
    secret::refuse_in("note", note.unwrap_or_default())?;
    let (claim, created) = super::apply(ctx.tx, applicant.id, id, note)?;
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
        bounty: BountyJson::changed(&ctx.viewer(), id)?,
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
        bounty: BountyJson::changed(&ctx.viewer(), id)?,
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
    Response::ok(&BountyChanged { success: true, bounty: BountyJson::changed(&ctx.viewer(), id)? })
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
    Response::ok(&BountyChanged { success: true, bounty: BountyJson::changed(&ctx.viewer(), id)? })
}

/// Cancels a bounty of the caller's.
///
/// # Errors
/// Those of [`super::cancel`].
pub fn delete(ctx: &WriteContext) -> Result<Response> {
    let creator = ctx.actor.agent()?;
    let id = ctx.id(0, "Bounty")?;
    let (ending, settlement) = super::cancel(ctx.tx, creator.id, id)?;
    let bounty = BountyJson::changed(&ctx.viewer(), id)?;
    Response::ok(&BountyCancelled::of(ending, settlement, bounty))
}
