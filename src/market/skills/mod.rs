//! Skills: agents call each other, for a token a call (`contract.md §10`).
//!
//! The price is taken before a call and comes back if the call fails, each in a transaction of its own, since no
//! transaction is held while an endpoint is waited for. A row says that the call runs; who deletes it settles the call.

pub mod api;
mod hosted;
mod outbound;
mod rules;
mod running;
mod store;

use std::sync::Arc;

use serde::Serialize;
use serde_json::json;
use serde_json::value::{RawValue, to_raw_value};
use url::Url;

pub use self::hosted::{HostedAnswer, HostedSkill, answer as answer_hosted};
use self::outbound::Answer;
pub use self::outbound::Client;
use self::rules::Destination;
pub use self::running::Running;
use self::running::{RUNNING_MAX, RunningCall};
use crate::base::clock::SECOND;
use crate::base::db::{ReadTransaction, Store, WriteTransaction};
use crate::base::error::{Code, Error, Result};
use crate::base::ids::{AgentId, MessageId};
use crate::base::tape::Tape;
use crate::base::webhook::{self, Message};
use crate::http::Caller;
use crate::identity::{agents, blocks, webhook_secrets};
use crate::ledger::{self, Account, Reason, Transfer};

/// Calls given back in one transaction. More than can run at once, so that those that do never hide those that do not.
const REFUNDS_MAX: usize = 2 * RUNNING_MAX;

/// What came of a call.
#[derive(Debug)]
pub struct Called {
    /// The handle of the agent that was called.
    pub target: String,
    /// The status its endpoint answered with, below 500.
    pub status_code: u16,
    /// What it answered: its JSON as it stands, anything else as a text.
    pub response: Box<RawValue>,
    /// What it cost, in whole tokens.
    pub tokens_spent: i64,
}

/// What a target gets.
#[derive(Serialize)]
struct Delivery<'a> {
    caller: &'a str,
    skill: &'a str,
    payload: &'a RawValue,
}

/// A skill that can be called.
struct Offer {
    target: AgentId,
    handle: String,
    destination: Destination,
}

/// Calls a skill of an agent, the caller's own included. This waits for the endpoint, up to the [`Client`]'s time.
///
/// # Errors
/// 402 without the price; 403 `blocked` for one who blocks the caller; 404 for no such agent or skill; 409 when it has no endpoint that may be called; 429 and 503 when
/// too many calls run; 502 `skill_unreachable` and 504 `skill_timeout` when the endpoint failed. All of them cost nothing.
pub fn call(store: &Store, caller: &Caller, handle: &str, skill: &str, payload: &RawValue) -> Result<Called> {
    let Offer { target, handle, destination } = store.read(|tx| find_offer(tx, caller.id, handle, skill))?;
    let (status_code, response) = match destination {
        Destination::Hosted { skill, handle } => {
            let (caller, payload) = (caller.id, payload.to_owned());
            store.write(move |tx| {
                charge(tx, caller, target)?;
                answer_as_endpoint(tx, &skill, &handle, &payload)
            })?
        }
        Destination::Endpoint(url) => {
            let delivery = Delivery { caller: &caller.handle, skill, payload };
            let Answer { status, body } = call_endpoint(store, caller.id, target, url, &delivery)?;
            (status, rules::read_answer(&body)?)
        }
    };
    Ok(Called { target: handle, status_code, response, tokens_spent: store.settings().economy.skill_call })
}

fn find_offer(tx: &ReadTransaction, caller: AgentId, handle: &str, skill: &str) -> Result<Offer> {
    let target = agents::get(tx, handle)?.card;
    blocks::refuse_blocked(tx, target.id, caller, "calls")?;
    let skills = agents::skills(tx, target.id)?;
    let skill = skills.into_iter().find(|offered| offered.name == skill);
    let endpoint = skill.ok_or_else(|| Error::not_found("Skill not found"))?.endpoint;
    let endpoint = endpoint.ok_or_else(|| Error::conflict("This skill has no endpoint that could be called"))?;
    let destination = rules::destination(tx.settings(), &endpoint)?;
    // The ledger decides when the price is taken; who is too poor now need not make us look up names before that.
    let (price, balance) = (tx.settings().economy.skill_call, ledger::balance(tx, Account::Wallet(caller))?);
    if balance < price {
        return Err(Error::insufficient_balance(price, balance));
    }
    Ok(Offer { target: target.id, handle: target.handle, destination })
}

/// Takes the price of a call and answers what it was.
fn charge(tx: &WriteTransaction, caller: AgentId, target: AgentId) -> Result<i64> {
    let price = tx.settings().economy.skill_call;
    ledger::transfer(
        tx,
        Transfer {
            from: Account::Wallet(caller),
            to: Account::Treasury,
            amount: price,
            reason: Reason::SkillCall,
            ref_id: Some(target.into()),
        },
    )?;
    Ok(price)
}

/// A hosted skill's answer as it would look from outside: status and body.
fn answer_as_endpoint(
    tx: &ReadTransaction,
    skill: &str,
    handle: &str,
    payload: &RawValue,
) -> Result<(u16, Box<RawValue>)> {
    let (status, body) = match hosted::answer(tx, skill, handle, payload) {
        Ok(answer) => (200, to_raw_value(&answer)),
        Err(refusal) if refusal.code() == Code::NotFound => {
            let error = json!({"code": refusal.code().as_str(), "message": refusal.message()});
            (refusal.status(), to_raw_value(&json!({"success": false, "error": error})))
        }
        Err(failure) => return Err(failure),
    };
    Ok((status, body.map_err(Error::internal)?))
}

fn call_endpoint(store: &Store, caller: AgentId, target: AgentId, url: Url, delivery: &Delivery) -> Result<Answer> {
    let now = store.clock().now();
    let call = RunningCall { id: MessageId(store.ids().next(now)), caller, target };
    let place = Arc::new(store.memory::<Running>().enter(call, now)?);
    let client = store.memory::<Client>();
    let deadline = client.deadline();
    let tape = store.memory::<Tape>();
    let endpoint = outbound::resolve(&tape, url, &store.settings().skills, deadline, &place)?;

    let (id, timestamp_secs) = (call.id.to_string(), now.0.div_euclid(SECOND));
    let body = serde_json::to_vec(delivery).map_err(Error::internal)?;
    let skill = delivery.skill.to_owned();
    let secret = store.write(move |tx| begin(tx, call, &skill))?;
    let outcome = webhook::sign(&secret, &id, timestamp_secs, &body).and_then(|signature| {
        let message = Message { id: &id, timestamp_secs, signature: &signature, body: &body };
        outbound::post(&tape, endpoint, &message, deadline)
    });
    match &outcome {
        Ok(_) => {
            store.write(move |tx| store::take_call(tx, call.id))?;
        }
        // The caller learns why the call failed. A price that could not be returned now is returned by the job.
        Err(_) => match store.write(move |tx| refund(tx, call.id)) {
            Ok(()) => {}
            Err(error) => tracing::warn!(call = id, %error, "the price of a failed skill call is not returned yet"),
        },
    }
    outcome
}

/// Takes the price, notes that the call runs, and answers the secret to sign it with.
fn begin(tx: &WriteTransaction, call: RunningCall, skill: &str) -> Result<String> {
    let price = charge(tx, call.caller, call.target)?;
    store::insert_call(tx, call, skill, price)?;
    webhook_secrets::get_or_make(tx, call.target)
}

/// Gives the price of a call back, unless the call is settled.
fn refund(tx: &WriteTransaction, id: MessageId) -> Result<()> {
    let Some(call) = store::take_call(tx, id)? else { return Ok(()) };
    ledger::transfer(
        tx,
        Transfer {
            from: Account::Treasury,
            to: Account::Wallet(call.caller),
            amount: call.price,
            reason: Reason::SkillCallRefund,
            ref_id: Some(call.target.into()),
        },
    )
}

/// Gives back the price of calls that were cut off: their rows are there, but nothing in this process runs them. They are
/// not made again, since nobody knows how far they came.
///
/// # Errors
/// Those of the database.
pub fn refund_cut_off(store: &Store) -> Result<()> {
    let running = store.memory::<Running>();
    let mut calls = store.read(|tx| store::list_calls(tx, REFUNDS_MAX))?;
    // A call enters `running` before its row is there and leaves after it is gone, so what is not in it now has ended.
    calls.retain(|id| !running.has(*id));
    if calls.is_empty() {
        return Ok(());
    }
    tracing::warn!(calls = calls.len(), "skill calls were cut off; their price is returned");
    store.write(move |tx| calls.iter().try_for_each(|id| refund(tx, *id)))
}

/// Forgets an agent's calls that still run: a price that would come back has nobody to come to.
///
/// # Errors
/// Those of the database.
pub fn forget(tx: &WriteTransaction, agent: AgentId) -> Result<()> {
    store::delete_calls_of(tx, agent)
}
