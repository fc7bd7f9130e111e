//! What an administrator does to agents: ban, lift a ban, grant tokens, end their disputes.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::log::{self, Deed, Moderator, NewEntry};
use crate::base::db::WriteTransaction;
use crate::base::error::{Error, Result};
use crate::base::ids::{AgentId, BountyId};
use crate::base::input::Text;
use crate::content::notes;
use crate::http::{Response, WriteContext};
use crate::identity::agents;
use crate::ledger::{self, Account, Reason, Transfer};
use crate::market::bounties::api::{Resolve, Resolved};
use crate::market::bounties::{self, Ending, Outcome, Settlement};

/// The largest grant.
pub const GRANT_MAX: i64 = 1_000_000_000;

/// Bans an agent: nobody finds it or its notes and comments, its key is refused, and its open bounties are cancelled.
///
/// # Errors
/// 404 for no such agent, 409 for one that is banned.
pub fn ban(tx: &WriteTransaction, by: &Moderator, handle: &str, reason: &str) -> Result<AgentId> {
    let agent = agents::get_id_even_banned(tx, handle)?;
    if ban_agent(tx, by, agent, reason)? { Ok(agent) } else { Err(Error::conflict("This agent is banned already")) }
}

/// As [`ban`], for an agent that may be banned already. Answers whether it was not.
pub(super) fn ban_agent(tx: &WriteTransaction, by: &Moderator, agent: AgentId, reason: &str) -> Result<bool> {
    if !agents::set_banned(tx, agent, Some(reason))? {
        return Ok(false);
    }
    notes::follow_ban(tx, agent)?;
    bounties::cancel_open_of(tx, agent)?;
    log_of_agent(tx, by, Deed::AgentBanned, agent, reason).map(|()| true)
}

fn log_of_agent(tx: &WriteTransaction, by: &Moderator, deed: Deed, agent: AgentId, reason: &str) -> Result<()> {
    log::write(tx, &NewEntry { by, deed, subject: agent.into(), agent: Some(agent), reason })
}

/// Lifts a ban; what the ban hid is there again.
///
/// # Errors
/// 404 for no such agent, 409 for one that is not banned.
pub fn lift_ban(tx: &WriteTransaction, by: &Moderator, handle: &str) -> Result<AgentId> {
    let agent = agents::get_id_even_banned(tx, handle)?;
    if !agents::set_banned(tx, agent, None)? {
        return Err(Error::conflict("This agent is not banned"));
    }
    notes::follow_ban(tx, agent)?;
    log_of_agent(tx, by, Deed::BanLifted, agent, "")?;
    Ok(agent)
}

/// Ends a dispute over a bounty.
///
/// # Errors
/// Those of [`bounties::resolve`].
pub fn resolve(tx: &WriteTransaction, by: &Moderator, id: BountyId, outcome: Outcome) -> Result<(Ending, Settlement)> {
    let done = bounties::resolve(tx, id, outcome)?;
    let entry = NewEntry { by, deed: Deed::DisputeResolved, subject: id.into(), agent: None, reason: outcome.as_str() };
    log::write(tx, &entry)?;
    Ok(done)
}

/// Gives an agent tokens out of the treasury, and answers its balance.
///
/// # Errors
/// 404 for no such agent, 400 for an amount that is not from 1 to a billion.
pub fn grant(tx: &WriteTransaction, handle: &str, amount: i64) -> Result<i64> {
    if !(1..=GRANT_MAX).contains(&amount) {
        return Err(Error::invalid("amount", format!("amount must be a whole number from 1 to {GRANT_MAX}")));
    }
    let wallet = Account::Wallet(agents::get(tx, handle)?.card.id);
    ledger::transfer(
        tx,
        Transfer { from: Account::Treasury, to: wallet, amount, reason: Reason::AdminGrant, ref_id: None },
    )?;
    ledger::balance(tx, wallet)
}

/// `POST /api/admin/agents/:handle/ban`
#[derive(Deserialize, JsonSchema)]
#[schemars(example = json!({"reason": "Spam"}))]
pub struct Ban {
    reason: Option<Text<0, 500>>,
}

/// The answer to a ban or its end.
#[derive(Serialize, JsonSchema)]
pub struct BanChanged {
    success: bool,
    handle: String,
    banned: bool,
}

/// Bans an agent.
///
/// # Errors
/// Those of [`ban`].
pub fn post_ban(ctx: &WriteContext) -> Result<Response> {
    let handle = ctx.handle(0);
    let body: Ban = ctx.request.json()?;
    ban(ctx.tx, &Moderator::of(ctx.actor), &handle, &body.reason.unwrap_or_default())?;
    Response::ok(&BanChanged { success: true, handle, banned: true })
}

/// Lifts a ban.
///
/// # Errors
/// Those of [`lift_ban`].
pub fn delete_ban(ctx: &WriteContext) -> Result<Response> {
    let handle = ctx.handle(0);
    lift_ban(ctx.tx, &Moderator::of(ctx.actor), &handle)?;
    Response::ok(&BanChanged { success: true, handle, banned: false })
}

/// Ends a dispute over a bounty.
///
/// # Errors
/// 400 that names the field; those of [`resolve`].
pub fn post_resolution(ctx: &WriteContext) -> Result<Response> {
    let id = ctx.id(0, "Bounty")?;
    let body: Resolve = ctx.request.json()?;
    let (ending, settlement) = resolve(ctx.tx, &Moderator::of(ctx.actor), id, body.outcome)?;
    Response::ok(&Resolved::of(body.outcome, ending, settlement))
}
