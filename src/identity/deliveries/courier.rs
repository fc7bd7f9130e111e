//! The courier: how many deliveries are under way, to whom, and who may begin one now.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::base::clock::{SECOND, Timestamp};
use crate::base::config;
use crate::base::ids::AgentId;
use crate::base::webhook::Patience;
use crate::identity::events::Lane;

/// How long a delivery may take in all: name, connection, TLS, request and the head of the answer.
const TIMEOUT: Duration = Duration::from_secs(10);
/// Deliveries under way to one host, so that one that hangs does not take the places of all others.
const TO_HOST_MAX: usize = 8;

/// All deliveries of this process. There is one courier for each store.
#[derive(Debug)]
pub struct Courier {
    pub(super) patience: Patience,
    rounds: Mutex<Rounds>,
    left: Condvar,
    taken: AtomicU64,
    failed: AtomicU64,
}

#[derive(Debug, Default)]
struct Rounds {
    under_way: Vec<Errand>,
    /// The second that `begun` counts.
    second: i64,
    begun: HashMap<String, u32>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Errand {
    agent: AgentId,
    host: String,
    lane: Lane,
}

/// A place among the deliveries under way, given back when it is dropped.
#[derive(Debug)]
pub(super) struct Place {
    courier: Arc<Courier>,
    errand: Errand,
}

/// Why a delivery cannot begin now.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Busy {
    /// There is one to this agent already.
    Agent,
    /// The host has as many as it may, until then.
    Host(Timestamp),
    /// As many are under way as may at once.
    House,
}

/// Attempts since the start of the process, for whoever measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attempts {
    /// Those that an endpoint took.
    pub taken: u64,
    /// All others.
    pub failed: u64,
}

impl Default for Courier {
    fn default() -> Courier {
        Courier {
            patience: Patience::of(TIMEOUT),
            rounds: Mutex::default(),
            left: Condvar::new(),
            taken: AtomicU64::new(0),
            failed: AtomicU64::new(0),
        }
    }
}

impl Courier {
    /// Changes how long deliveries from now on may take; a test does not wait for ten seconds.
    pub fn set_timeout(&self, timeout: Duration) {
        self.patience.set(timeout);
    }

    /// What came of all attempts so far.
    #[must_use]
    pub fn attempts(&self) -> Attempts {
        Attempts { taken: self.taken.load(Ordering::Relaxed), failed: self.failed.load(Ordering::Relaxed) }
    }

    pub(super) fn count(&self, is_taken: bool) {
        let counter = if is_taken { &self.taken } else { &self.failed };
        counter.fetch_add(1, Ordering::Relaxed);
    }

    /// Takes a place for a delivery to an agent at a host.
    ///
    /// # Errors
    /// Who is busy.
    pub(super) fn enter(
        self: &Arc<Self>,
        agent: AgentId,
        host: &str,
        lane: Lane,
        settings: &config::Events,
        now: Timestamp,
    ) -> Result<Place, Busy> {
        let mut rounds = self.rounds();
        let count = |is: &dyn Fn(&Errand) -> bool| rounds.under_way.iter().filter(|errand| is(errand)).count();
        if count(&|errand| errand.agent == agent) > 0 {
            return Err(Busy::Agent);
        }
        // Endpoints that failed or were never tried may hang, and must leave places for those that answer.
        let unproven_max = (settings.at_once / 2).max(1);
        let is_lane_full = lane == Lane::Unproven && count(&|errand| errand.lane == lane) >= unproven_max;
        if rounds.under_way.len() >= settings.at_once || is_lane_full {
            return Err(Busy::House);
        }
        let at_host = count(&|errand| errand.host == host);
        let second = now.0.div_euclid(SECOND);
        if rounds.second != second {
            rounds.second = second;
            rounds.begun.clear();
        }
        let begun = rounds.begun.entry(host.to_owned()).or_default();
        if at_host >= TO_HOST_MAX || *begun >= settings.host_per_second {
            return Err(Busy::Host(Timestamp((second + 1) * SECOND)));
        }
        *begun += 1;
        let errand = Errand { agent, host: host.to_owned(), lane };
        rounds.under_way.push(errand.clone());
        Ok(Place { courier: Arc::clone(self), errand })
    }

    /// Whether there is a delivery to this agent now.
    pub(super) fn is_at(&self, agent: AgentId) -> bool {
        self.rounds().under_way.iter().any(|errand| errand.agent == agent)
    }

    /// How many are under way.
    pub(super) fn under_way(&self) -> usize {
        self.rounds().under_way.len()
    }

    /// Waits until fewer are under way than `than`, or for as long as that.
    pub(super) fn wait_for_fewer(&self, than: usize, at_most: Duration) {
        let rounds = self.rounds();
        let waited = self.left.wait_timeout_while(rounds, at_most, |rounds| rounds.under_way.len() >= than);
        drop(waited);
    }

    fn rounds(&self) -> MutexGuard<'_, Rounds> {
        self.rounds.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.courier.rounds().under_way.retain(|errand| errand.agent != self.errand.agent);
        self.courier.left.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agents_hosts_lanes_and_the_house_have_so_many_places_and_get_them_back() {
        let courier = Arc::new(Courier::default());
        let settings = config::Events { at_once: 12, host_per_second: 9 };
        let enter = |agent, host: &str, lane, now| courier.enter(AgentId(agent), host, lane, &settings, Timestamp(now));
        let mut places: Vec<Place> = (0..8).map(|id| enter(id, "a.example", Lane::Working, 0).unwrap()).collect();
        assert_eq!(enter(0, "b.example", Lane::Working, 0).unwrap_err(), Busy::Agent);
        assert_eq!(enter(8, "a.example", Lane::Working, 0).unwrap_err(), Busy::Host(Timestamp(SECOND)));
        places.pop();
        places.push(enter(8, "a.example", Lane::Working, 10).unwrap());
        places.pop();
        // Nine have begun in this second, though only seven are under way.
        assert_eq!(enter(9, "a.example", Lane::Working, 999).unwrap_err(), Busy::Host(Timestamp(SECOND)));
        places.push(enter(9, "a.example", Lane::Working, 1_000).unwrap());
        places.extend((20..24).map(|id| enter(id, "b.example", Lane::Unproven, 1_000).unwrap()));
        assert_eq!(enter(30, "c.example", Lane::Working, 1_000).unwrap_err(), Busy::House);
        places.clear();
        assert_eq!(courier.under_way(), 0);
        places.extend((0..6).map(|id| enter(id, "c.example", Lane::Unproven, 2_000).unwrap()));
        assert_eq!(enter(7, "d.example", Lane::Unproven, 2_000).unwrap_err(), Busy::House);
        assert!(enter(7, "d.example", Lane::Working, 2_000).is_ok());
        assert!(courier.is_at(AgentId(5)) && !courier.is_at(AgentId(6)));
    }
}
