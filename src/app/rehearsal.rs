//! Rehearsals: with `?dryRun=true` a write answers what it would do, entry by entry, and does nothing.
//!
//! The handler runs as it always does, in a transaction that is taken back. So the refusals are the real ones, and so are
//! the amounts. A rehearsal counts against the limits and is not kept under an idempotency key.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::base::db::WriteTransaction;
use crate::base::error::{Error, Result};
use crate::base::ids::AnyId;
use crate::base::input::QueryFlag;
use crate::http::{Actor, Kind, Request, Response, Route, Verb};
use crate::identity::agents;
use crate::ledger::{self, Account, Side};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Query {
    #[serde(default)]
    dry_run: Option<QueryFlag>,
}

/// Whether a request to an endpoint that writes asks for a rehearsal.
///
/// # Errors
/// 400 for a `dryRun` that is neither true nor false: it must never count as false by mistake.
pub(super) fn is_asked_for(route: &Route, request: &Request) -> Result<bool> {
    if route.kind != Kind::Api || route.verb == Verb::Get || !request.head.query.contains("dryRun") {
        return Ok(false);
    }
    let query: Query = request.query()?;
    Ok(query.dry_run.is_some_and(|flag| flag.0))
}

/// Refuses a rehearsal where one is not possible.
///
/// # Errors
/// 400 when one is asked for.
pub(super) fn refuse(route: &Route, request: &Request) -> Result<()> {
    if is_asked_for(route, request)? {
        return Err(Error::invalid(
            "dryRun",
            "A call that reaches another machine cannot be rehearsed; leave dryRun out",
        ));
    }
    Ok(())
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Rehearsed<'a> {
    success: bool,
    dry_run: bool,
    /// The status that the call would answer with.
    status: u16,
    /// What it would answer; ids in it are not kept. Left out where it would hold a secret.
    #[serde(skip_serializing_if = "Option::is_none")]
    answer: Option<&'a RawValue>,
    /// What would be written in the ledger.
    entries: Vec<EntryJson>,
    /// What would be in the caller's wallet.
    balance: Option<i64>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct EntryJson {
    account: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    handle: Option<String>,
    delta: i64,
    /// Of the caller's own wallet.
    #[serde(skip_serializing_if = "Option::is_none")]
    balance_after: Option<i64>,
    reason: &'static str,
    ref_id: Option<AnyId>,
}

/// Runs a handler and tells what it did, for a transaction that is taken back.
///
/// # Errors
/// Those of the handler.
pub(super) fn run(
    tx: &WriteTransaction,
    actor: &Actor,
    handler: impl FnOnce() -> Result<Response>,
) -> Result<Response> {
    let before = ledger::last_transfer(tx)?;
    let response = handler()?;
    let caller = actor.known().map(|caller| caller.id);
    let entries = ledger::sides_after(tx, before)?;
    let entries = entries.into_iter().map(|side| describe(tx, actor, side)).collect::<Result<_>>()?;
    let answer = (!response.secret).then(|| serde_json::from_slice(&response.body)).transpose();
    let rehearsed = Rehearsed {
        success: true,
        dry_run: true,
        status: response.status,
        answer: answer.map_err(Error::internal)?,
        entries,
        balance: caller.map(|caller| ledger::balance(tx, Account::Wallet(caller))).transpose()?,
    };
    Response::ok(&rehearsed)
}

fn describe(tx: &WriteTransaction, actor: &Actor, side: Side) -> Result<EntryJson> {
    let Side { account, delta, balance_after, reason, ref_id } = side;
    let (kind, agent) = match account {
        Account::Treasury => ("treasury", None),
        Account::Escrow(_) => ("escrow", None),
        Account::Wallet(agent) => ("wallet", Some(agent)),
    };
    let is_own = agent.is_some() && agent == actor.known().map(|caller| caller.id);
    let handle = agent.map(|agent| agents::find_by_id(tx, agent)).transpose()?.flatten().map(|agent| agent.card.handle);
    Ok(EntryJson { account: kind, handle, delta, balance_after: is_own.then_some(balance_after), reason, ref_id })
}
