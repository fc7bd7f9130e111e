//! The clock of a test server: held, moved and let run. What is due on the way is done before the answer.

use jiff::{Span, SpanRelativeTo};
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::json;

use crate::app::jobs;
use crate::base::clock::{MINUTE, Timestamp};
use crate::base::db::Store;
use crate::base::error::{Code, Error, Result};
use crate::base::ids;
use crate::http::{OwnContext, Response};
use crate::identity::events::EventBell;

/// On its way the clock stops so often for what is due, so that things happen about when they are.
const STOPS: i64 = 60;
/// The earliest and latest moments that the clock can be set to: 2000 and 2100.
const EARLIEST: Timestamp = Timestamp(946_684_800_000);
const LATEST: Timestamp = Timestamp(4_102_444_800_000);

/// A stretch of time, in milliseconds.
#[derive(JsonSchema)]
#[schemars(transparent)]
pub struct Stretch(#[schemars(with = "String")] i64);

/// `POST /test/clock`
#[derive(Deserialize, JsonSchema)]
#[schemars(example = json!({"hold": true, "advance": "7d"}))]
pub struct Steer {
    /// Stops the clock, before it is moved.
    hold: Option<bool>,
    /// Lets it run on, after it was moved.
    release: Option<bool>,
    /// Moves it on by a stretch such as `30d`, `12h` or `1d 6h 30m`.
    advance: Option<Stretch>,
    /// Moves it to a moment. It goes back no further than what the file has seen.
    set: Option<Timestamp>,
}

/// How the clock stands.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ClockState {
    success: bool,
    now: Timestamp,
    is_held: bool,
}

impl<'de> Deserialize<'de> for Stretch {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = serde_json::Value::deserialize(deserializer)?;
        let millis = value.as_str().and_then(|text| text.parse::<Span>().ok()).and_then(millis_of);
        let what = || serde::de::Error::custom("must be a stretch of time ahead, such as 30d, 12h or 1d 6h 30m");
        millis.filter(|millis| *millis > 0).map(Stretch).ok_or_else(what)
    }
}

/// The milliseconds of a span. A month has no certain number of them.
fn millis_of(span: Span) -> Option<i64> {
    let duration = span.to_duration(SpanRelativeTo::days_are_24_hours()).ok()?;
    i64::try_from(duration.as_millis()).ok()
}

/// Says how the clock stands.
///
/// # Errors
/// None in practice.
pub fn show(ctx: &OwnContext) -> Result<Response> {
    state(ctx.tx)
}

/// Steers the clock.
///
/// # Errors
/// 400 for a bad body, 409 for a moment before what the file has seen.
pub fn steer(ctx: &OwnContext) -> Result<Response> {
    let order: Steer = ctx.request.json()?;
    let (hold, release) = (order.hold == Some(true), order.release == Some(true));
    let moves = order.advance.is_some() || order.set.is_some();
    if !(hold || release || moves) {
        let message = "Say what the clock is to do: hold, release, advance or set";
        return Err(Error::new(Code::InvalidRequest, message));
    }
    if hold && release {
        return Err(Error::invalid("release", "hold and release cannot go together"));
    }
    if order.advance.is_some() && order.set.is_some() {
        return Err(Error::invalid("set", "advance and set cannot go together"));
    }
    let store: &Store = ctx.tx;
    // One request at a time moves the clock, and no job runs in the middle of it.
    jobs::between(store, || {
        let target = match (order.advance, order.set) {
            (Some(Stretch(millis)), _) => Some(("advance", store.clock().now().plus(millis))),
            (None, Some(moment)) => Some(("set", moment)),
            (None, None) => None,
        };
        if let Some((field, moment)) = target
            && !(EARLIEST..=LATEST).contains(&moment)
        {
            return Err(Error::invalid(field, format!("{field} must lead to a moment from {EARLIEST} to {LATEST}")));
        }
        if let Some((_, moment)) = target {
            refuse_past(store, moment)?;
        }
        if hold {
            store.clock().hold();
        }
        if let Some((_, moment)) = target {
            go(store, moment)?;
        }
        if release {
            store.clock().release();
        }
        Ok(())
    })?;
    state(ctx.tx)
}

/// Refuses a moment that lies before something in the file: nothing there would make sense in a past that has not seen it.
fn refuse_past(store: &Store, moment: Timestamp) -> Result<()> {
    let seen = store.read(|tx| tx.highest_id().map(ids::made_at))?;
    if moment >= seen {
        return Ok(());
    }
    Err(Error::conflict(format!("The ledger has come to {seen}; set a later time, or POST /test/reset first")))
}

/// Moves the clock, and does what is due on the way and at its end.
fn go(store: &Store, target: Timestamp) -> Result<()> {
    let way = target.since(store.clock().now());
    if way <= 0 {
        let highest = store.read(|tx| tx.highest_id())?;
        store.clock().set(target);
        // Ids open with their time, so those of requests that left nothing are free again.
        store.ids().restart_above(highest);
    }
    let step = (way / STOPS).max(MINUTE);
    let mut left = way;
    while left > 0 {
        store.clock().advance(step.min(left));
        left -= step;
        jobs::run_each(store);
    }
    // Once more, for what one job has made due for another.
    jobs::run_each(store);
    store.memory::<EventBell>().ring();
    Ok(())
}

fn state(store: &Store) -> Result<Response> {
    let clock = store.clock();
    Response::ok(&ClockState { success: true, now: clock.now(), is_held: clock.is_stopped() })
}
