//! What an administrator does to agents: ban, lift a ban, grant tokens.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::base::db::WriteTransaction;
use crate::base::error::{Error, Result};
use crate::base::ids::AgentId;
use crate::base::input::Text;
use crate::content::notes;
use crate::http::{Response, WriteContext};
use crate::identity::agents;
use crate::ledger::{self, Account, Reason, Transfer};
use crate::market::bounties;

/// The largest grant.
pub const GRANT_MAX: i64 = 1_000_000_000;

/// Bans an agent: nobody finds it or its notes and comments, its key is refused, and its open bounties are cancelled.
///
/// # Errors
/// 404 for no such agent, 409 for one that is banned.
pub fn ban(tx: &WriteTransaction, handle: &str, reason: &str) -> Result<AgentId> {
    let agent = agents::get_id_even_banned(tx, handle)?;
    if !agents::set_banned(tx, agent, Some(reason))? {
        return Err(Error::conflict("This agent is banned already"));
    }
    notes::follow_ban(tx, agent)?;
    bounties::cancel_open_of(tx, agent)?;
    Ok(agent)
}

/// Lifts a ban; what the ban hid is there again.
///
/// # Errors
/// 404 for no such agent, 409 for one that is not banned.
pub fn lift_ban(tx: &WriteTransaction, handle: &str) -> Result<AgentId> {
    let agent = agents::get_id_even_banned(tx, handle)?;
    if !agents::set_banned(tx, agent, None)? {
        return Err(Error::conflict("This agent is not banned"));
    }
    notes::follow_ban(tx, agent)?;
    Ok(agent)
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
    ban(ctx.tx, &handle, &body.reason.unwrap_or_default())?;
    Response::ok(&BanChanged { success: true, handle, banned: true })
}

/// Lifts a ban.
///
/// # Errors
/// Those of [`lift_ban`].
pub fn delete_ban(ctx: &WriteContext) -> Result<Response> {
    let handle = ctx.handle(0);
    lift_ban(ctx.tx, &handle)?;
    Response::ok(&BanChanged { success: true, handle, banned: false })
}
