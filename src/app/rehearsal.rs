//! Rehearsals: with `?dryRun=true` a write answers what it would do, entry by entry, and does nothing.
//!
//! The handler runs as it always does, in a transaction that is taken back. So the refusals are the real ones, and so are
//! the amounts. A rehearsal counts against the limits and is not kept under an idempotency key.

use std::collections::BTreeMap;

use serde::Serialize;
use serde::de::IgnoredAny;
use serde_json::value::RawValue;

use crate::base::db::WriteTransaction;
use crate::base::error::{Error, Result};
use crate::base::ids::AnyId;
use crate::http::{Actor, Handler, Kind, Request, Response, Route, Verb};
use crate::identity::agents;
use crate::ledger::{self, Account, Side};

/// The parameter that asks for a rehearsal.
const PARAMETER: &str = "dryRun";

/// Whether a request that writes asks for a rehearsal. Whatever looks as if it did and does not say so rightly is refused:
/// nobody who meant to look shall find out that they have paid.
///
/// # Errors
/// 400 for another spelling, another value than true or false, two of them, one in the body, and one for what cannot be
/// rehearsed.
pub(super) fn is_asked_for(route: &Route, request: &Request) -> Result<bool> {
    if route.verb == Verb::Get {
        return Ok(false);
    }
    let sent: Vec<_> = url::form_urlencoded::parse(request.head.query.as_bytes())
        .filter(|(name, _)| looks_like_it(name))
        .map(|(name, value)| (name == PARAMETER, value))
        .collect();
    let asked = match sent.as_slice() {
        [] => false,
        [(true, value)] if matches!(&**value, "true" | "1") => true,
        [(true, value)] if matches!(&**value, "false" | "0") => false,
        _ => return Err(refused("dryRun must stand in the address once, as dryRun=true or dryRun=false")),
    };
    if asked && !(route.kind == Kind::Api && matches!(route.handler, Handler::Write(_))) {
        return Err(refused("This cannot be rehearsed; leave dryRun out"));
    }
    if route.kind == Kind::Api && matches!(route.handler, Handler::Write(_)) && stands_in(&request.body) {
        return Err(refused("dryRun goes into the address: ?dryRun=true"));
    }
    Ok(asked)
}

fn refused(sentence: &'static str) -> Error {
    Error::invalid(PARAMETER, sentence)
}

/// Whether a name is the parameter's, in this or another spelling.
fn looks_like_it(name: &str) -> bool {
    name.chars().filter(|c| c.is_ascii_alphanumeric()).map(|c| c.to_ascii_lowercase()).eq("dryrun".chars())
}

fn stands_in(body: &[u8]) -> bool {
    serde_json::from_slice::<BTreeMap<String, IgnoredAny>>(body)
        .is_ok_and(|sent| sent.keys().any(|it| looks_like_it(it)))
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
