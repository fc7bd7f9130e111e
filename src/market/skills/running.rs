//! Running calls: how many there may be at once, so that endpoints that hang hold a bounded number of threads, and which
//! they are, so that what is left of a call that was cut off can be told from one that still runs.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::base::clock::{SECOND, Timestamp};
use crate::base::error::{Error, Result};
use crate::base::ids::{AgentId, MessageId};

/// Calls that run at once.
pub(super) const RUNNING_MAX: usize = 64;
/// Calls of one caller that run at once.
const OF_CALLER_MAX: usize = 4;
/// Calls to one target that run at once, so that one that hangs does not take the places of all others.
const TO_TARGET_MAX: usize = 8;

/// One call. Standard Webhooks calls what it delivers a message, and names it with an id that opens with `msg_`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct RunningCall {
    pub(super) id: MessageId,
    pub(super) caller: AgentId,
    pub(super) target: AgentId,
}

/// All calls that run in this process.
#[derive(Debug, Default)]
pub struct Running(Mutex<Vec<RunningCall>>);

/// A place among the running calls, given back when it is dropped.
#[derive(Debug)]
pub(super) struct Place {
    running: Arc<Running>,
    call: RunningCall,
}

impl Running {
    /// Takes a place for a call.
    ///
    /// # Errors
    /// 429 when the caller has enough calls running, 503 when the target or the server has.
    pub(super) fn enter(self: &Arc<Self>, call: RunningCall, now: Timestamp) -> Result<Place> {
        let mut calls = self.calls();
        if calls.iter().filter(|other| other.caller == call.caller).count() >= OF_CALLER_MAX {
            return Err(Error::rate_limited(now.plus(SECOND), now));
        }
        if calls.iter().filter(|other| other.target == call.target).count() >= TO_TARGET_MAX {
            return Err(Error::unavailable("This agent is being called by as many as may at once; try again"));
        }
        if calls.len() >= RUNNING_MAX {
            return Err(Error::unavailable("As many skill calls are running as may at once; try again"));
        }
        calls.push(call);
        Ok(Place { running: Arc::clone(self), call })
    }

    /// Whether a call runs now.
    pub(super) fn has(&self, id: MessageId) -> bool {
        self.calls().iter().any(|call| call.id == id)
    }

    fn calls(&self) -> MutexGuard<'_, Vec<RunningCall>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.running.calls().retain(|call| *call != self.call);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(id: i64, caller: i64, target: i64) -> RunningCall {
        RunningCall { id: MessageId(id), caller: AgentId(caller), target: AgentId(target) }
    }

    #[test]
    fn callers_targets_and_the_server_have_so_many_places_and_get_them_back() {
        let running = Arc::new(Running::default());
        let enter = |call| running.enter(call, Timestamp(0)).map_err(|error| error.status());
        let mut places: Vec<_> = (0..4).map(|id| enter(call(id, 1, id)).unwrap()).collect();
        assert_eq!(enter(call(4, 1, 9)).unwrap_err(), 429);
        places.extend((0..8).map(|id| enter(call(10 + id, 10 + id, 7)).unwrap()));
        assert_eq!(enter(call(5, 5, 7)).unwrap_err(), 503);
        places.extend((12..64).map(|id| enter(call(100 + id, 100 + id, 100 + id)).unwrap()));
        assert_eq!(enter(call(6, 6, 6)).unwrap_err(), 503);
        assert!(running.has(MessageId(0)) && !running.has(MessageId(6)));
        places.remove(0);
        assert!(!running.has(MessageId(0)));
        assert!(enter(call(6, 1, 6)).is_ok());
    }
}
