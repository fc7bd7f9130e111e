//! Events: notifications that are pushed to an agent's endpoint, so that it need not poll.
//!
//! This is the outbox: what an agent wants pushed, and what is on its way. An event comes in the transaction of its
//! notification, so none is lost by a kill and none invented by a rollback. [`deliveries`](super::deliveries) sends them.

mod kinds;
mod rules;
mod store;

use std::ops::Deref;

use serde::Serialize;
use serde_json::value::RawValue;

pub use self::kinds::Kind;
use self::rules::Failing;
pub use self::rules::{ATTEMPTS_MAX, Wanted};
use super::webhook_secrets;
use crate::base::bell::Bell;
use crate::base::clock::{DAY, Timestamp};
use crate::base::db::{ReadTransaction, WriteTransaction};
use crate::base::error::{Error, Result};
use crate::base::ids::{self, AgentId, EventId};

/// Events of one agent that may wait; beyond that the oldest are dropped.
pub const PENDING_MAX: i64 = 1_000;
/// Events of one agent that have ended and are kept, the newest.
pub const ENDED_MAX: i64 = 200;
/// How long an event is kept.
pub const KEPT_LIFE: i64 = 7 * DAY;
/// Bytes of an event. No notification comes near it.
const BODY_BYTES_MAX: usize = 64 << 10;
/// Those thrown away in one transaction, so that other writes wait little.
const CLEAN_MAX: i64 = 1_000;
/// The type of the event that an agent sends itself to try its endpoint.
pub const PING: &str = "ping";
/// Why events are off when the endpoint said that it is gone for good.
const GONE: &str = "your endpoint answered 410 Gone";

crate::words! {
    /// How far an event has come.
    pub enum State {
        /// It is on its way.
        Pending = "pending",
        /// The endpoint took it.
        Delivered = "delivered",
        /// The endpoint did not take it, however often it was tried.
        Failed = "failed",
        /// It was not sent, or not to the end, for a reason that stands beside it.
        Dropped = "dropped",
    }
}

/// What an agent has pushed to it, and how that goes.
#[derive(Debug, Clone)]
pub struct Subscription {
    /// Which kinds.
    pub wanted: Wanted,
    /// Failures since the last success.
    pub failures: i64,
    /// When the first of them was.
    pub failing_since: Option<Timestamp>,
    /// Nothing is sent before.
    pub paused_until: Option<Timestamp>,
    /// When and why we switched it off.
    pub off: Option<(Timestamp, String)>,
}

/// An event that may be sent now.
#[derive(Debug, Clone)]
pub struct Due {
    /// The event; also the `webhook-id` of every attempt.
    pub id: EventId,
    /// What is sent.
    pub body: String,
}

/// An event and what became of it.
#[derive(Debug, Clone)]
pub struct Delivery {
    /// The event.
    pub id: EventId,
    /// The kind of its notification, or [`PING`].
    pub kind: String,
    /// What is sent.
    pub body: String,
    /// How far it has come.
    pub state: State,
    /// How often it was sent.
    pub attempts: i64,
    /// When it is sent next.
    pub next_at: Option<Timestamp>,
    /// When it was sent last.
    pub attempted_at: Option<Timestamp>,
    /// What the endpoint answered with then.
    pub status: Option<u16>,
    /// Why it was not taken.
    pub error: Option<String>,
}

/// What came of an attempt.
#[derive(Debug, Clone)]
pub enum Outcome {
    /// The endpoint took it.
    Taken {
        /// What it answered with.
        status: u16,
    },
    /// The endpoint says that it is gone for good.
    Gone,
    /// It was not taken.
    Failed {
        /// What the endpoint answered with.
        status: Option<u16>,
        /// Why, in words.
        why: String,
        /// How long the endpoint asked to wait, in milliseconds.
        retry_after: Option<i64>,
    },
}

impl Outcome {
    fn status(&self) -> Option<u16> {
        match self {
            Outcome::Taken { status } => Some(*status),
            Outcome::Gone => Some(410),
            Outcome::Failed { status, .. } => *status,
        }
    }

    fn why(&self) -> Option<&str> {
        match self {
            Outcome::Taken { .. } => None,
            Outcome::Gone => Some("it answered 410 Gone"),
            Outcome::Failed { why, .. } => Some(why),
        }
    }
}

/// The lane in which an agent's events are sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lane {
    /// Its endpoint took the last one.
    Working,
    /// Its endpoint failed the last time, or has taken none since it was named or events were switched on.
    Unproven,
}

/// How many events there are, for whoever measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counts {
    /// Events on their way.
    pub pending: i64,
    /// Agents whose endpoint failed the last time and that have events on their way.
    pub failing_agents: i64,
}

/// Rings when there is an event to send.
#[derive(Debug, Default)]
pub struct EventBell(Bell);

impl Deref for EventBell {
    type Target = Bell;

    fn deref(&self) -> &Bell {
        &self.0
    }
}

/// The body of an event.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Body<'a> {
    id: EventId,
    #[serde(rename = "type")]
    kind: &'a str,
    created_at: Timestamp,
    agent: &'a str,
    data: &'a RawValue,
}

/// Writes the body of an event.
///
/// # Errors
/// 500 when it cannot be written as JSON, which is a fault of ours.
pub fn body(id: EventId, kind: &str, agent: &str, data: &RawValue) -> Result<String> {
    let created_at = ids::made_at(id.0);
    serde_json::to_string(&Body { id, kind, created_at, agent, data }).map_err(Error::internal)
}

/// What an agent has pushed to it.
///
/// # Errors
/// Those of the database.
pub fn find(tx: &ReadTransaction, agent: AgentId) -> Result<Option<Subscription>> {
    store::find(tx, agent)
}

/// Has events of these kinds pushed to an agent's endpoint from now on. Where they were off, earlier failures are forgotten;
/// else a pause goes on until its end or until the endpoint takes a ping, so that asking again is no way to the front.
///
/// # Errors
/// Those of the database.
pub fn switch_on(tx: &WriteTransaction, agent: AgentId, wanted: &Wanted) -> Result<()> {
    webhook_secrets::get_or_make(tx, agent)?;
    store::set_wanted(tx, agent, wanted)?;
    schedule(tx, agent)
}

/// Has an agent's next event sent among those to endpoints that may hang, since its endpoint is another one.
///
/// # Errors
/// Those of the database.
pub fn distrust(tx: &WriteTransaction, agent: AgentId) -> Result<()> {
    store::set_unproven(tx, agent)
}

/// Pushes nothing to an agent any more. What is on its way is dropped.
///
/// # Errors
/// Those of the database.
pub fn switch_off(tx: &WriteTransaction, agent: AgentId) -> Result<()> {
    store::drop_pending(tx, agent, "events were switched off")?;
    store::delete(tx, agent)
}

/// Forgets all of an agent's events and what it chose, for an agent that goes.
///
/// # Errors
/// Those of the database.
pub fn forget(tx: &WriteTransaction, agent: AgentId) -> Result<()> {
    store::delete(tx, agent)?;
    store::delete_deliveries(tx, agent)
}

/// Puts an event into the outbox if its agent wants that kind. `data` is asked for only then; with none, nothing is sent.
///
/// # Errors
/// Those of the database and of `data`.
pub fn push(
    tx: &WriteTransaction,
    to: AgentId,
    kind: Kind,
    data: impl FnOnce() -> Result<Option<(String, Box<RawValue>)>>,
) -> Result<()> {
    let Some(subscription) = store::find(tx, to)? else { return Ok(()) };
    if subscription.off.is_some() || !subscription.wanted.has(kind) {
        return Ok(());
    }
    let Some((handle, data)) = data()? else { return Ok(()) };
    let id = EventId(tx.new_id());
    let body = body(id, kind.as_str(), &handle, &data)?;
    if body.len() > BODY_BYTES_MAX {
        tracing::error!(event = %id, bytes = body.len(), "an event is too long to be sent");
        return Ok(());
    }
    store::insert_pending(tx, to, id, kind.as_str(), &body)?;
    if store::drop_beyond(tx, to, PENDING_MAX, "more than 1,000 events were waiting")? > 0 {
        store::delete_ended_beyond(tx, to, ENDED_MAX)?;
    }
    schedule(tx, to)
}

/// Agents with an event to send now, longest due first.
///
/// # Errors
/// Those of the database.
pub fn list_due(tx: &ReadTransaction, lane: Lane, limit: i64) -> Result<Vec<AgentId>> {
    store::list_due(tx, lane, limit)
}

/// The event of an agent that is to be sent now.
///
/// # Errors
/// Those of the database.
pub fn find_due(tx: &ReadTransaction, agent: AgentId) -> Result<Option<Due>> {
    store::find_due(tx, agent)
}

/// Sends nothing to an agent before a moment.
///
/// # Errors
/// Those of the database.
pub fn postpone(tx: &WriteTransaction, agent: AgentId, until: Timestamp) -> Result<()> {
    store::set_next(tx, agent, Some(until))
}

/// Drops what is on its way to an agent.
///
/// # Errors
/// Those of the database.
pub fn drop_pending(tx: &WriteTransaction, agent: AgentId, why: &str) -> Result<()> {
    store::drop_pending(tx, agent, why)?;
    schedule(tx, agent)
}

/// Keeps what came of an attempt. Answers why we switched the agent's events off with it, if we did.
///
/// # Errors
/// Those of the database.
pub fn settle(tx: &WriteTransaction, agent: AgentId, id: EventId, outcome: &Outcome) -> Result<Option<String>> {
    let subscription = store::find(tx, agent)?.filter(|subscription| subscription.off.is_none());
    let (Some(event), Some(subscription)) = (store::get(tx, agent, id)?, subscription) else { return Ok(None) };
    let attempts = event.attempts + 1;
    let reason = match outcome {
        Outcome::Taken { .. } => {
            store::set_attempt(tx, id, State::Delivered, None, outcome)?;
            store::set_working(tx, agent)?;
            None
        }
        Outcome::Gone => {
            store::set_attempt(tx, id, State::Failed, None, outcome)?;
            Some(GONE.to_owned())
        }
        Outcome::Failed { status, retry_after, why } => {
            let (failures, due_at) = (subscription.failures + 1, event.next_at.unwrap_or(tx.now()));
            let failing = Failing { attempts, failures, due_at, status: *status, retry_after: *retry_after };
            let retry = failing.retry(tx.now(), rand::random());
            // One that was dropped or ended meanwhile stays so.
            let state = match (event.state, retry.event_at) {
                (State::Pending, None) => State::Failed,
                (state, _) => state,
            };
            let next_at = retry.event_at.filter(|_| state == State::Pending);
            store::set_attempt(tx, id, state, next_at, outcome)?;
            store::set_failing(tx, agent, failures, retry.agent_at)?;
            let since = subscription.failing_since.unwrap_or(tx.now());
            rules::is_hopeless(failures, since, tx.now())
                .then(|| format!("your endpoint failed for a day, the last time because {why}"))
        }
    };
    match &reason {
        Some(reason) => give_up(tx, agent, reason)?,
        None => schedule(tx, agent)?,
    }
    store::delete_ended_beyond(tx, agent, ENDED_MAX)?;
    Ok(reason)
}

fn give_up(tx: &WriteTransaction, agent: AgentId, reason: &str) -> Result<()> {
    store::drop_pending(tx, agent, "events were switched off, since the endpoint failed")?;
    store::set_off(tx, agent, reason)
}

/// Keeps what came of an agent's ping. One that was taken ends the pause after failures; one that failed adds nothing to
/// them, but for a 410, which switches the agent's events off: the answer says why then.
///
/// # Errors
/// Those of the database.
pub fn settle_ping(
    tx: &WriteTransaction,
    agent: AgentId,
    id: EventId,
    body: &str,
    outcome: &Outcome,
) -> Result<Option<String>> {
    store::insert_ping(tx, agent, id, body)?;
    let state = if let Outcome::Taken { .. } = outcome { State::Delivered } else { State::Failed };
    store::set_attempt(tx, id, state, None, outcome)?;
    store::delete_ended_beyond(tx, agent, ENDED_MAX)?;
    let is_on = store::find(tx, agent)?.is_some_and(|subscription| subscription.off.is_none());
    match outcome {
        Outcome::Taken { .. } if is_on => {
            // A ping costs nothing, so it says nothing of how events will be taken.
            store::forget_failures(tx, agent)?;
            schedule(tx, agent)?;
            Ok(None)
        }
        Outcome::Gone if is_on => {
            let reason = GONE.to_owned();
            give_up(tx, agent, &reason)?;
            Ok(Some(reason))
        }
        Outcome::Taken { .. } | Outcome::Gone | Outcome::Failed { .. } => Ok(None),
    }
}

/// Sends an event again, or at once if it is on its way.
///
/// # Errors
/// 404 `Delivery not found`; 409 for a ping, and while the agent's events are off.
pub fn retry(tx: &WriteTransaction, agent: AgentId, id: EventId) -> Result<()> {
    let event = get(tx, agent, id)?;
    if event.kind == PING {
        return Err(Error::conflict("A ping is not sent again; send another one"));
    }
    if store::find(tx, agent)?.is_none_or(|subscription| subscription.off.is_some()) {
        return Err(Error::conflict("Your events are off; switch them on with PATCH /api/agents/:handle first"));
    }
    store::set_pending(tx, id)?;
    store::end_pause(tx, agent)?;
    schedule(tx, agent)
}

/// Says when there is something to send to an agent, and wakes the sender once that is on the disk.
///
/// # Errors
/// Those of the database.
pub fn schedule(tx: &WriteTransaction, agent: AgentId) -> Result<()> {
    let next = store::next_pending(tx, agent)?;
    store::set_next(tx, agent, next)?;
    if next.is_some() {
        let bell = tx.memory::<EventBell>();
        tx.after_commit(move || bell.ring());
    }
    Ok(())
}

/// An agent's events, newest first, from the one before `before` on.
///
/// # Errors
/// Those of the database.
pub fn list(tx: &ReadTransaction, of: AgentId, before: Option<EventId>, limit: i64) -> Result<Vec<Delivery>> {
    store::list(tx, of, before, limit)
}

/// An event of an agent.
///
/// # Errors
/// 404 `Delivery not found`.
pub fn get(tx: &ReadTransaction, of: AgentId, id: EventId) -> Result<Delivery> {
    store::get(tx, of, id)?.ok_or_else(|| Error::not_found("Delivery not found"))
}

/// How many events of an agent are on their way.
///
/// # Errors
/// Those of the database.
pub fn count_pending(tx: &ReadTransaction, of: AgentId) -> Result<i64> {
    store::count_pending(tx, of)
}

/// How many events there are.
///
/// # Errors
/// Those of the database.
pub fn counts(tx: &ReadTransaction) -> Result<Counts> {
    store::counts(tx)
}

/// Throws away some events that are older than [`KEPT_LIFE`]; answers whether there may be more.
///
/// # Errors
/// Those of the database.
pub fn clean(tx: &WriteTransaction) -> Result<bool> {
    store::delete_before(tx, tx.now().plus(-KEPT_LIFE), CLEAN_MAX)
}
