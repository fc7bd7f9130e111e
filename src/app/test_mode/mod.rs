//! Test mode: what those who build agents steer a throwaway server by (`aiins serve --ephemeral`). A server that serves people
//! has none of it: neither these routes nor anything that they could reach.
//!
//! While a test holds the clock nothing happens by itself. What a write makes due is done before its answer leaves, so that
//! the next read sees it, and the same requests in the same order leave the same file.

pub mod clock;
pub mod faults;
pub mod outbound;
pub mod people;
pub mod snapshots;

use std::any::TypeId;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use self::faults::{Fault, Faults, Moment};
use self::snapshots::Snapshots;
use super::App;
use super::jobs::{self, Turn};
use crate::base::chance;
use crate::base::db::Store;
use crate::base::error::Result;
use crate::base::tape::Tape;
use crate::content::notes::ReviewBell;
use crate::http::{Method, OwnContext, Request, Response};
use crate::identity::deliveries::{self, Courier};
use crate::identity::events::EventBell;
use crate::market::skills;

/// What opens the paths of all these routes.
const PREFIX: &str = "/test/";

/// What a test has ordered. There is one for each store, and it outlives a reset.
#[derive(Default)]
pub struct TestMode {
    /// Whether rate limits are on, when it is not as the settings say.
    limits: Mutex<Option<bool>>,
    faults: Faults,
    snapshots: Snapshots,
    /// The file has another content since the last request.
    is_reverted: AtomicBool,
}

/// The answer to what was done.
#[derive(Serialize, JsonSchema)]
pub struct Done {
    success: bool,
}

/// `POST /test/limits`
#[derive(Deserialize, JsonSchema)]
#[schemars(example = json!({"enabled": false}))]
pub struct SwitchLimits {
    /// Whether requests are counted.
    enabled: bool,
}

fn done() -> Result<Response> {
    Response::ok(&Done { success: true })
}

/// Switches rate limits on or off.
///
/// # Errors
/// 400 for a bad body.
pub fn switch_limits(ctx: &OwnContext) -> Result<Response> {
    let SwitchLimits { enabled } = ctx.request.json()?;
    *ctx.tx.memory::<TestMode>().limits.lock().unwrap_or_else(PoisonError::into_inner) = Some(enabled);
    done()
}

impl TestMode {
    /// Begins: what is sent to others is remembered, secrets and ids follow from the seed if there is one, and the file as it
    /// is now is what a reset leads back to.
    ///
    /// # Errors
    /// 503 when the file cannot be copied.
    pub(super) fn start(store: &Store, seed: Option<u64>) -> Result<Arc<TestMode>> {
        store.memory::<Tape>().run();
        if let Some(seed) = seed {
            chance::seed(store, seed)?;
        }
        let test_mode = store.memory::<TestMode>();
        test_mode.snapshots.keep_start(store)?;
        Ok(test_mode)
    }

    /// Answers a request as the application does, but for the faults that were ordered, and does what it made due.
    pub(super) fn around(&self, app: &Arc<App>, request: Request) -> Response {
        let writes = !matches!(request.head.method, Method::Get | Method::Head | Method::Options);
        let fault = match request.head.path.starts_with(PREFIX) {
            true => None,
            false => self.faults.take(&request.head),
        };
        match &fault {
            Some(Fault::Refusal(refusal)) => {
                return app.refuse(refusal.error(app.store.clock().now()), Some(&request.head));
            }
            Some(Fault::Drop(Moment::Before)) => return hung_up(Response::empty(503)),
            Some(Fault::Delay(time)) => thread::sleep(*time),
            Some(Fault::Drop(Moment::After)) | None => {}
        }
        let response = app.answer(request);
        if self.is_reverted.swap(false, Ordering::SeqCst) {
            app.limiter.clear();
        } else if writes && app.store.clock().is_stopped() {
            jobs::run_due(&app.store);
            deliveries::deliver_due(&app.store);
        }
        if matches!(fault, Some(Fault::Drop(Moment::After))) { hung_up(response) } else { response }
    }

    /// Whether rate limits are on where the settings say `configured`.
    pub(super) fn limits_are_on(&self, configured: bool) -> bool {
        self.limits.lock().unwrap_or_else(PoisonError::into_inner).unwrap_or(configured)
    }

    /// Takes back what was ordered, but for the snapshots.
    fn forget_orders(&self, store: &Store) {
        *self.limits.lock().unwrap_or_else(PoisonError::into_inner) = None;
        self.faults.clear();
        let tape = store.memory::<Tape>();
        tape.clear();
        tape.forget_answers();
    }
}

/// What stays in memory when the file gets another content: what others wait for, and what this mode itself is.
fn kept() -> [TypeId; 8] {
    [
        TypeId::of::<TestMode>(),
        TypeId::of::<Turn>(),
        TypeId::of::<ReviewBell>(),
        TypeId::of::<EventBell>(),
        TypeId::of::<Courier>(),
        TypeId::of::<Tape>(),
        TypeId::of::<skills::Client>(),
        TypeId::of::<skills::Running>(),
    ]
}

fn hung_up(response: Response) -> Response {
    Response { hangs_up: true, ..response }
}
