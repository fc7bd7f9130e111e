//! Faults to order: the next requests are refused, answered late, or cut off before or after they took effect.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{TestMode, done};
use crate::base::clock::{SECOND, Timestamp};
use crate::base::error::{Code, Error, Result};
use crate::base::input::{Int, Text};
use crate::http::{Head, OwnContext, Response, Verb};

/// Orders that wait at once.
const ORDERS_MAX: usize = 100;

crate::words! {
    /// When a connection is cut off.
    pub enum Moment {
        /// Before the request is looked at: nothing happens.
        Before = "before",
        /// After it took effect: only its answer is lost.
        After = "after",
    }
}

/// `POST /test/faults`
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(example = json!({"next": 2, "status": 503, "method": "POST", "path": "/api/bounties/:id/claim"}))]
pub struct Order {
    /// How many requests it is for; one without a number.
    next: Option<Int<1, 10_000>>,
    /// They are refused with this status.
    status: Option<Int<400, 599>>,
    /// What a refusal says of how long to wait, in seconds; for 429 and 503, and 1 without a number.
    retry_after: Option<Int<0, 3_600>>,
    /// They are answered so many milliseconds later.
    delay_ms: Option<Int<1, 60_000>>,
    /// Their connection is cut off.
    drop: Option<Moment>,
    /// Only requests with this method.
    method: Option<Verb>,
    /// Only requests to this path: as the API page writes it, with `:id` for anything, or its beginning and a `*`.
    path: Option<Text<1, 500>>,
}

/// An order that still waits.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Waiting {
    next: i64,
    status: Option<u16>,
    retry_after: Option<u64>,
    delay_ms: Option<u64>,
    drop: Option<Moment>,
    method: Option<Verb>,
    path: Option<String>,
}

/// The orders that still wait, the first to be used first.
#[derive(Serialize, JsonSchema)]
pub struct FaultList {
    faults: Vec<Waiting>,
}

/// The answer to an order, with all that wait.
#[derive(Serialize, JsonSchema)]
pub struct Ordered {
    success: bool,
    faults: Vec<Waiting>,
}

/// What happens to a request.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Fault {
    Refusal(Refusal),
    Delay(Duration),
    Drop(Moment),
}

/// A refusal that was ordered.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    code: Code,
    retry_after_secs: u64,
}

impl Refusal {
    pub(super) fn error(&self, now: Timestamp) -> Error {
        let error = Error::new(self.code, "A test has ordered this fault");
        let secs = i64::try_from(self.retry_after_secs).unwrap_or_default();
        match self.code {
            Code::RateLimited => error.retry_after_secs(self.retry_after_secs).retry_at(now.plus(secs * SECOND)),
            Code::Unavailable => error.retry_after_secs(self.retry_after_secs),
            _ => error,
        }
    }
}

/// The orders that wait.
#[derive(Default)]
pub(super) struct Faults(Mutex<Vec<Waiting>>);

impl Faults {
    /// The fault that is ordered for a request.
    pub(super) fn take(&self, head: &Head) -> Option<Fault> {
        let mut orders = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let place = orders.iter().position(|order| order.is_for(head.method.as_str(), &head.path))?;
        let order = &mut orders[place];
        order.next -= 1;
        let fault = order.fault();
        if order.next == 0 {
            orders.remove(place);
        }
        fault
    }

    pub(super) fn clear(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

impl Waiting {
    fn of(order: Order) -> Result<Waiting> {
        let kinds = [order.status.is_some(), order.delay_ms.is_some(), order.drop.is_some()];
        if kinds.iter().filter(|is_there| **is_there).count() != 1 {
            return Err(Error::new(Code::InvalidRequest, "Say one of status, delayMs and drop"));
        }
        let status = order.status.and_then(|status| u16::try_from(status.get()).ok());
        if let Some(status) = status.filter(|status| code_of(*status).is_none()) {
            let mut allowed: Vec<u16> = Code::ALL.iter().map(|code| code.status()).collect();
            allowed.dedup();
            let error = Error::invalid("status", format!("status {status} is none that this server answers"));
            return Err(error.allowed(allowed.iter().map(ToString::to_string)));
        }
        if order.path.as_ref().is_some_and(|path| !path.starts_with('/')) {
            return Err(Error::invalid("path", "path must begin with a slash"));
        }
        let number = |value: Int<0, 3_600>| u64::try_from(value.get()).ok();
        Ok(Waiting {
            next: order.next.map_or(1, |next| next.get()),
            status,
            retry_after: order.retry_after.and_then(number),
            delay_ms: order.delay_ms.and_then(|delay| u64::try_from(delay.get()).ok()),
            drop: order.drop,
            method: order.method,
            path: order.path.map(Text::into_string),
        })
    }

    fn is_for(&self, method: &str, path: &str) -> bool {
        self.method.is_none_or(|only| only.as_str() == method)
            && self.path.as_deref().is_none_or(|only| fits(only, path))
    }

    fn fault(&self) -> Option<Fault> {
        if let Some(code) = self.status.and_then(code_of) {
            return Some(Fault::Refusal(Refusal { code, retry_after_secs: self.retry_after.unwrap_or(1) }));
        }
        let delay = self.delay_ms.map(|millis| Fault::Delay(Duration::from_millis(millis)));
        delay.or(self.drop.map(Fault::Drop))
    }
}

/// The code that a client most likely meets with a status.
fn code_of(status: u16) -> Option<Code> {
    Code::ALL.iter().copied().find(|code| code.status() == status)
}

fn fits(pattern: &str, path: &str) -> bool {
    if let Some(beginning) = pattern.strip_suffix('*') {
        return path.starts_with(beginning);
    }
    let segments = |text: &str| text.trim_end_matches('/').split('/').map(str::to_owned).collect::<Vec<_>>();
    let (pattern, path) = (segments(pattern), segments(path));
    pattern.len() == path.len()
        && pattern.iter().zip(&path).all(|(part, segment)| part.starts_with(':') || part == segment)
}

/// Orders faults.
///
/// # Errors
/// 400 for a bad body, 409 when too many wait.
pub fn order(ctx: &OwnContext) -> Result<Response> {
    let order = Waiting::of(ctx.request.json()?)?;
    let test_mode = ctx.tx.memory::<TestMode>();
    let mut orders = test_mode.faults.0.lock().unwrap_or_else(PoisonError::into_inner);
    if orders.len() >= ORDERS_MAX {
        return Err(Error::conflict(format!("{ORDERS_MAX} faults are ordered already; DELETE /test/faults")));
    }
    orders.push(order);
    Response::ok(&Ordered { success: true, faults: orders.clone() })
}

/// Lists the faults that still wait.
///
/// # Errors
/// None in practice.
pub fn list(ctx: &OwnContext) -> Result<Response> {
    let faults = ctx.tx.memory::<TestMode>().faults.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
    Response::ok(&FaultList { faults })
}

/// Takes all orders back.
///
/// # Errors
/// None in practice.
pub fn clear(ctx: &OwnContext) -> Result<Response> {
    ctx.tx.memory::<TestMode>().faults.clear();
    done()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_whole_has_anything_for_a_parameter_or_only_begins_so() {
        for (pattern, path, expected) in [
            ("/api/notes", "/api/notes", true),
            ("/api/notes", "/api/notes/", true),
            ("/api/notes", "/api/notes/n", false),
            ("/api/notes/:id", "/api/notes/n", true),
            ("/api/notes/:id", "/api/notes", false),
            ("/api/notes/:id/like", "/api/notes/n/like", true),
            ("/api/notes/:id/like", "/api/notes/n/downvote", false),
            ("/api/*", "/api/notes/n/like", true),
            ("*", "/", true),
        ] {
            assert_eq!(fits(pattern, path), expected, "{pattern} {path}");
        }
    }

    #[test]
    fn a_status_is_refused_with_its_usual_code() {
        for (status, code) in [
            (400, Some(Code::InvalidRequest)),
            (403, Some(Code::Forbidden)),
            (409, Some(Code::Conflict)),
            (429, Some(Code::RateLimited)),
            (503, Some(Code::Unavailable)),
            (418, None),
        ] {
            assert_eq!(code_of(status), code, "{status}");
        }
    }
}
