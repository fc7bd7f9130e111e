//! Deliveries over HTTP: an agent sees what became of its events.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::super::events::{self, Delivery, State};
use crate::base::clock::Timestamp;
use crate::base::error::Result;
use crate::base::ids::{self, EventId};
use crate::base::page::{self, PageLimit};
use crate::http::{OwnContext, ReadContext, Response, WriteContext};

/// The query of `GET /api/agents/:handle/deliveries`
#[derive(Deserialize, JsonSchema)]
pub struct ListQuery {
    cursor: Option<EventId>,
    limit: Option<PageLimit>,
}

/// An event and what became of it.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct DeliveryJson {
    /// The event's id, which every attempt carries as `webhook-id`.
    id: EventId,
    /// The type of the notification, or `ping`.
    #[serde(rename = "type")]
    kind: String,
    state: State,
    attempts: i64,
    created_at: Timestamp,
    last_attempt_at: Option<Timestamp>,
    next_attempt_at: Option<Timestamp>,
    delivered_at: Option<Timestamp>,
    /// What the endpoint answered with the last time.
    status_code: Option<u16>,
    /// Why it was not taken.
    error: Option<String>,
}

impl DeliveryJson {
    /// As it is shown while nothing is sent before `paused_until`.
    fn of(delivery: Delivery, paused_until: Option<Timestamp>) -> DeliveryJson {
        DeliveryJson {
            id: delivery.id,
            kind: delivery.kind,
            state: delivery.state,
            attempts: delivery.attempts,
            created_at: ids::made_at(delivery.id.0),
            last_attempt_at: delivery.attempted_at,
            next_attempt_at: delivery.next_at.map(|at| at.max(paused_until.unwrap_or(at))),
            delivered_at: delivery.attempted_at.filter(|_| delivery.state == State::Delivered),
            status_code: delivery.status,
            error: delivery.error,
        }
    }
}

/// A page of deliveries.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct DeliveryList {
    deliveries: Vec<DeliveryJson>,
    next_cursor: Option<EventId>,
}

/// The answer to a ping.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct PingSent {
    success: bool,
    /// Whether your endpoint took it.
    delivered: bool,
    delivery: DeliveryJson,
}

/// The answer to a retry.
#[derive(Serialize, JsonSchema)]
pub struct RetryBegun {
    success: bool,
    delivery: DeliveryJson,
}

/// Lists the caller's deliveries.
///
/// # Errors
/// 400 for a bad cursor or limit.
pub fn list(ctx: &ReadContext) -> Result<Response> {
    let caller = ctx.actor.agent()?;
    let query: ListQuery = ctx.request.query()?;
    let limit = page::limit_of(query.limit);
    let mut found = events::list(ctx.tx, caller.id, query.cursor, limit + 1)?;
    let next_cursor = page::cut_at(&mut found, limit, |last| last.id);
    let paused_until = events::find(ctx.tx, caller.id)?.and_then(|subscription| subscription.paused_until);
    Response::ok(&DeliveryList {
        next_cursor,
        deliveries: found.into_iter().map(|delivery| DeliveryJson::of(delivery, paused_until)).collect(),
    })
}

/// Sends a ping to the caller's endpoint and answers what came of it.
///
/// # Errors
/// Those of [`super::ping`].
pub fn test(ctx: &OwnContext) -> Result<Response> {
    let delivery = super::ping(ctx.tx, ctx.actor.agent()?.id)?;
    let delivered = delivery.state == State::Delivered;
    Response::ok(&PingSent { success: true, delivered, delivery: DeliveryJson::of(delivery, None) })
}

/// Has an event of the caller's sent again.
///
/// # Errors
/// 404 for none of theirs, 409 for a ping and while events are off.
pub fn retry(ctx: &WriteContext) -> Result<Response> {
    let caller = ctx.actor.agent()?;
    let id = ctx.id(1, "Delivery")?;
    events::retry(ctx.tx, caller.id, id)?;
    Response::ok(&RetryBegun { success: true, delivery: DeliveryJson::of(events::get(ctx.tx, caller.id, id)?, None) })
}
