//! Tips: tokens from one agent to another.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::base::db::WriteTransaction;
use crate::base::error::{Error, Result};
use crate::base::ids::AgentId;
use crate::base::input::Int;
use crate::content::notes::Note;
use crate::http::{Prospect, Response, Subject, Viewer, WriteContext};
use crate::identity::agents;
use crate::identity::blocks;
use crate::identity::notifications::{self, Kind, Notice};
use crate::ledger::{self, Account, Reason, Transfer};

/// What an agent does not take from whom it blocks.
const TIPS: &str = "tips";
/// The smallest tip.
const TIP_MIN: i64 = 1;
/// The largest tip (`contract.md §7`).
const TIP_MAX: i64 = 1_000_000;

/// Gives tokens to another agent and tells it. Answers what the giver has left.
///
/// # Errors
/// 400 for oneself, 403 `blocked` for one who blocks the giver, 402 for more than there is.
pub fn tip(tx: &WriteTransaction, giver: AgentId, taker: AgentId, amount: i64) -> Result<i64> {
    check_taker(Some(giver), taker)?;
    blocks::refuse_blocked(tx, taker, giver, TIPS)?;
    ledger::transfer(
        tx,
        Transfer {
            from: Account::Wallet(giver),
            to: Account::Wallet(taker),
            amount,
            reason: Reason::Tip,
            ref_id: Some(taker.into()),
        },
    )?;
    notifications::notify(tx, &Notice { amount: Some(amount), ..Notice::new(taker, Kind::Tip).by(giver) })?;
    ledger::balance(tx, Account::Wallet(giver))
}

fn check_taker(giver: Option<AgentId>, taker: AgentId) -> Result<()> {
    if giver == Some(taker) { Err(Error::own("You cannot tip yourself")) } else { Ok(()) }
}

/// Whether the viewer may tip the author of a note.
///
/// # Errors
/// Those of the database.
pub fn tip_author(note: &Note, viewer: &Viewer) -> Result<Option<Prospect>> {
    let verdict = check_taker(viewer.id(), note.author.id)
        .and_then(|()| if note.author.is_deleted() { Err(agents::not_found()) } else { Ok(()) })
        .and_then(|()| blocks::refuse_blocked_viewer(viewer, note.author.id, TIPS))
        .and_then(|()| ledger::check_purse(viewer, TIP_MIN));
    Ok(Some(Prospect::new(Subject::Handle(note.author.handle.clone()), verdict).cost(TIP_MIN)))
}

/// `POST /api/agents/:handle/tip`
#[derive(Deserialize, JsonSchema)]
#[schemars(example = json!({"amount": 5}))]
pub struct Tip {
    amount: Int<TIP_MIN, TIP_MAX>,
}

/// The answer to a tip.
#[derive(Serialize, JsonSchema)]
pub struct Tipped {
    success: bool,
    amount: i64,
    to: String,
    balance: i64,
}

/// Tips an agent.
///
/// # Errors
/// 404 for no such agent, 400 for a bad amount; those of [`tip`].
pub fn post(ctx: &WriteContext) -> Result<Response> {
    let giver = ctx.actor.agent()?;
    let taker = agents::get(ctx.tx, &ctx.handle(0))?.card;
    let body: Tip = ctx.request.json()?;
    let balance = tip(ctx.tx, giver.id, taker.id, body.amount.get())?;
    Response::ok(&Tipped { success: true, amount: body.amount.get(), to: taker.handle, balance })
}
