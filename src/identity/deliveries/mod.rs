//! Deliveries: events on their way from the outbox to agents' endpoints.
//!
//! Each delivery has a thread, for at most ten seconds, and holds no transaction while it talks. There is one at a time to
//! an agent, so that its events arrive in their order for as long as its endpoint takes them. An event may arrive twice,
//! where the house ended between the endpoint's answer and its own note of it; its id tells.

pub mod api;
mod courier;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use serde_json::value::RawValue;
use url::Url;

pub use self::courier::{Attempts, Courier};
use self::courier::{Busy, Place};
use super::agents::{self, Agent};
use super::events::{self, Delivery, EventBell, Lane, Outcome};
use super::notifications::{self, Kind, Notice};
use super::webhook_secrets;
use crate::base::clock::{SECOND, Timestamp};
use crate::base::db::{ReadTransaction, Store, WriteTransaction};
use crate::base::error::{Code, Error, Result};
use crate::base::ids::{AgentId, EventId};
use crate::base::tape::Tape;
use crate::base::webhook::{self, Answer, Failure, Message};

/// How long the courier rests when nothing rings.
const REST: Duration = Duration::from_secs(1);
/// How long the end of the house waits for deliveries under way. One that is cut off is made again after the next start.
const PARTING: Duration = Duration::from_secs(2);
/// How long a delivery keeps its place when what came of it cannot be written, so that it is not repeated without end.
const WRITE_PAUSE: Duration = Duration::from_secs(5);

/// An event with everything that is needed to send it.
struct Parcel {
    agent: AgentId,
    id: EventId,
    body: String,
    endpoint: String,
    secret: String,
}

/// What the outbox holds for an agent that is due.
enum Found {
    /// An event to send.
    Parcel(Parcel),
    /// Nothing can be sent to it, for this reason.
    NoWay(&'static str),
    /// Nothing is due after all.
    Nothing,
}

/// Begins what can begin now, each delivery on a thread of its own. Answers how many began.
///
/// # Errors
/// Those of the database.
fn begin_due(store: &Arc<Store>) -> Result<usize> {
    let courier = store.memory::<Courier>();
    let settings = &store.settings().events;
    // So many that those under way do not hide the others.
    let limit = i64::try_from(2 * settings.at_once).unwrap_or(i64::MAX);
    let mut begun = 0;
    for lane in [Lane::Working, Lane::Unproven] {
        let due = store.read(|tx| find_due(tx, &courier, lane, limit))?;
        for (agent, found) in due {
            match found {
                Found::Nothing => store.write(move |tx| events::schedule(tx, agent))?,
                Found::NoWay(why) => store.write(move |tx| events::drop_pending(tx, agent, why))?,
                Found::Parcel(parcel) => {
                    match courier.enter(agent, &host_of(&parcel.endpoint), lane, settings, store.clock().now()) {
                        Ok(place) => begun += usize::from(send_off(store, parcel, place)),
                        Err(Busy::Agent) => {}
                        Err(Busy::Host(until)) => store.write(move |tx| events::postpone(tx, agent, until))?,
                        Err(Busy::House) => break,
                    }
                }
            }
        }
    }
    Ok(begun)
}

fn find_due(tx: &ReadTransaction, courier: &Courier, lane: Lane, limit: i64) -> Result<Vec<(AgentId, Found)>> {
    let mut due = events::list_due(tx, lane, limit)?;
    due.retain(|agent| !courier.is_at(*agent));
    due.into_iter().map(|agent| Ok((agent, find_parcel(tx, agent)?))).collect()
}

fn find_parcel(tx: &ReadTransaction, agent: AgentId) -> Result<Found> {
    let Some(event) = events::find_due(tx, agent)? else { return Ok(Found::Nothing) };
    let Some(Agent { endpoint, .. }) = agents::find_by_id(tx, agent)? else {
        return Ok(Found::NoWay("the agent was banned"));
    };
    Ok(match (endpoint, webhook_secrets::find(tx, agent)?) {
        (Some(endpoint), Some(secret)) => {
            Found::Parcel(Parcel { agent, id: event.id, body: event.body, endpoint, secret })
        }
        (None, _) | (_, None) => Found::NoWay("there was no endpoint"),
    })
}

/// The host that is spared, whatever its port. What is no address has none, and is refused when it is called.
fn host_of(endpoint: &str) -> String {
    Url::parse(endpoint).ok().and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default()
}

/// Delivers on a thread of its own; answers whether there is one.
fn send_off(store: &Arc<Store>, parcel: Parcel, place: Place) -> bool {
    let own = Arc::clone(store);
    let deliver = move || {
        let place = Arc::new(place);
        let outcome = attempt(&own, &parcel, &place);
        let (agent, id) = (parcel.agent, parcel.id);
        if let Err(error) = own.write(move |tx| settle(tx, agent, id, &outcome)) {
            tracing::warn!(event = %id, %error, "what came of a delivery is not written; it is made again");
            thread::sleep(WRITE_PAUSE);
        }
        let bell = own.memory::<EventBell>();
        // Whoever waits for the last place may close the store.
        drop(own);
        drop(place);
        bell.ring();
    };
    match thread::Builder::new().name("aiins-deliver".to_owned()).spawn(deliver) {
        Ok(_) => true,
        Err(error) => {
            tracing::warn!(%error, "the machine has no thread left for a delivery");
            false
        }
    }
}

fn settle(tx: &WriteTransaction, agent: AgentId, id: EventId, outcome: &Outcome) -> Result<()> {
    match events::settle(tx, agent, id, outcome)? {
        Some(reason) => tell_off(tx, agent, reason),
        None => Ok(()),
    }
}

/// Tells an agent that its events are off. That cannot be pushed any more.
fn tell_off(tx: &WriteTransaction, agent: AgentId, reason: String) -> Result<()> {
    notifications::notify(tx, &Notice { detail: Some(reason), ..Notice::new(agent, Kind::EventsOff) })
}

/// Sends an event once.
fn attempt(store: &Store, parcel: &Parcel, place: &Arc<Place>) -> Outcome {
    let courier = store.memory::<Courier>();
    let outcome = match post(store, &courier, parcel, place) {
        Ok(answer) => judge(&answer, store.clock().now()),
        Err(failure) => {
            if let Failure::Unreachable(_, Some(cause)) = &failure {
                tracing::debug!(event = %parcel.id, cause, "a delivery failed");
            }
            Outcome::Failed { status: None, why: failure.to_string(), retry_after: None }
        }
    };
    courier.count(matches!(outcome, Outcome::Taken { .. }));
    outcome
}

fn post(store: &Store, courier: &Courier, parcel: &Parcel, place: &Arc<Place>) -> Result<Answer, Failure> {
    let deadline = courier.patience.deadline();
    let url = webhook::callable(&parcel.endpoint)?;
    let tape = store.memory::<Tape>();
    let endpoint = webhook::resolve(&tape, url, store.settings().skills.allow_private_networks, deadline, place)?;
    let (id, timestamp_secs) = (parcel.id.to_string(), store.clock().now().0.div_euclid(SECOND));
    let body = parcel.body.as_bytes();
    let signature = webhook::sign(&parcel.secret, &id, timestamp_secs, body).map_err(Failure::Ours)?;
    webhook::post(&tape, endpoint, &Message { id: &id, timestamp_secs, signature: &signature, body }, deadline)
}

/// What an answer means. Its head says it all; the body is left alone, so that nobody is held up by one.
fn judge(answer: &Answer, now: Timestamp) -> Outcome {
    let status = answer.status;
    let why = match status {
        200..300 => return Outcome::Taken { status },
        410 => return Outcome::Gone,
        300..400 => format!("it answered {status}, and redirects are not followed"),
        _ => format!("it answered {status}"),
    };
    let retry_after = answer.headers.get("retry-after").and_then(|value| value.to_str().ok());
    Outcome::Failed { status: Some(status), why, retry_after: retry_after.and_then(|text| millis_of(text.trim(), now)) }
}

/// The milliseconds that a `Retry-After` asks for: seconds, or a date.
fn millis_of(text: &str, now: Timestamp) -> Option<i64> {
    if let Ok(secs) = text.parse::<u32>() {
        return Some(i64::from(secs) * SECOND);
    }
    let date = httpdate::parse_http_date(text).ok()?.duration_since(std::time::UNIX_EPOCH).ok()?;
    Some(Timestamp(i64::try_from(date.as_millis()).ok()?).since(now))
}

/// Delivers everything that is due now, and waits for the end of it. For tests, which hold the clock.
pub fn deliver_due(store: &Arc<Store>) {
    let courier = store.memory::<Courier>();
    loop {
        match begin_due(store) {
            Ok(0) if courier.under_way() == 0 => return,
            Ok(_) => courier.wait_for_fewer(courier.under_way(), REST),
            Err(error) => {
                tracing::error!(%error, "events could not be delivered");
                return;
            }
        }
    }
}

/// Delivers what becomes due until it is told to stop. Nothing is read from a damaged file.
pub fn run(store: &Arc<Store>, stop: &AtomicBool) {
    let (courier, bell) = (store.memory::<Courier>(), store.memory::<EventBell>());
    while !stop.load(Ordering::SeqCst) {
        // While a test holds the clock, what is due is sent before the answer to what made it so.
        if !store.is_damaged()
            && !store.clock().is_stopped()
            && let Err(error) = begin_due(store)
        {
            tracing::error!(%error, "events could not be delivered");
        }
        bell.wait(REST);
    }
    courier.wait_for_fewer(1, PARTING);
}

/// Sends a ping to an agent's endpoint now, whether its events are on or off, and answers what came of it.
///
/// # Errors
/// 409 without an endpoint; 429 and 503 when too many deliveries are under way. An endpoint that fails is no error.
pub fn ping(store: &Store, agent: AgentId) -> Result<Delivery> {
    let courier = store.memory::<Courier>();
    let now = store.clock().now();
    let found = store.read(|tx| agents::get_by_id(tx, agent))?;
    let endpoint = found.endpoint.ok_or_else(|| Error::conflict(NO_ENDPOINT))?;
    let entered = courier.enter(agent, &host_of(&endpoint), Lane::Unproven, &store.settings().events, now);
    let place = Arc::new(entered.map_err(|busy| too_busy(&busy, now))?);
    let secret = store.write(move |tx| webhook_secrets::get_or_make(tx, agent))?;
    let id = EventId(store.ids().next(now));
    let data = RawValue::from_string("{}".to_owned()).map_err(Error::internal)?;
    let body = events::body(id, events::PING, &found.card.handle, &data)?;
    let parcel = Parcel { agent, id, body: body.clone(), endpoint, secret };
    let outcome = attempt(store, &parcel, &place);
    let delivery = store.write(move |tx| {
        if let Some(reason) = events::settle_ping(tx, agent, id, &body, &outcome)? {
            tell_off(tx, agent, reason)?;
        }
        events::get(tx, agent, id)
    });
    drop(place);
    store.memory::<EventBell>().ring();
    delivery
}

/// What stands in a refusal where there is nowhere to send events to.
pub const NO_ENDPOINT: &str = "You have no endpoint to send events to; set one with PATCH /api/agents/:handle";

fn too_busy(busy: &Busy, now: Timestamp) -> Error {
    match busy {
        Busy::Agent => {
            let at = now.plus(SECOND);
            Error::new(Code::RateLimited, "A delivery to your endpoint is under way; try again when it has ended")
                .retry_after_secs(1)
                .retry_at(at)
        }
        Busy::Host(_) => Error::unavailable("Your endpoint's host gets as many deliveries as it may; try again"),
        Busy::House => Error::unavailable("As many deliveries are under way as may at once; try again"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_retry_after_is_seconds_or_a_date() {
        let now = Timestamp::parse("2026-04-03T14:00:00Z").unwrap();
        for (text, millis) in [
            ("120", Some(120_000)),
            ("0", Some(0)),
            ("Fri, 03 Apr 2026 14:01:00 GMT", Some(60_000)),
            ("Fri, 03 Apr 2026 13:00:00 GMT", Some(-3_600_000)),
            ("-1", None),
            ("soon", None),
            ("99999999999999999999", None),
        ] {
            assert_eq!(millis_of(text, now), millis, "{text}");
        }
    }
}
