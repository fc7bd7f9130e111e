//! Status calls, gathered in memory and written in batches, so that no reader waits for the writer.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use super::store;
use crate::base::clock::Timestamp;
use crate::base::db::Store;
use crate::base::error::Result;
use crate::base::ids::{AgentId, NotificationId};

/// Polls written in one transaction, so that other writes wait little.
const FLUSH_MAX: usize = 500;

/// Where a status call left off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Poll {
    /// When it was.
    pub at: Timestamp,
    /// The newest notification it saw.
    pub notification: NotificationId,
    /// What had been earned by then.
    pub total_earned: i64,
}

/// The calls that are not in the file yet. Each leaves memory when it is written, so the map holds at most the agents that
/// called since the last flush. A crash loses those few seconds: their agents see the same notifications once more.
#[derive(Debug, Default)]
pub struct Polls(Mutex<HashMap<AgentId, Poll>>);

impl Polls {
    pub(super) fn get(&self, agent: AgentId) -> Option<Poll> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&agent).copied()
    }

    pub(super) fn set(&self, agent: AgentId, poll: Poll) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(agent, poll);
    }

    pub(super) fn take(&self, agent: AgentId) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&agent);
    }

    fn some(&self) -> Vec<(AgentId, Poll)> {
        let polls = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        polls.iter().take(FLUSH_MAX).map(|(agent, poll)| (*agent, *poll)).collect()
    }

    /// Forgets what is in the file now, unless a newer call came meanwhile.
    fn forget(&self, written: &[(AgentId, Poll)]) {
        let mut polls = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for (agent, poll) in written {
            if polls.get(agent) == Some(poll) {
                polls.remove(agent);
            }
        }
    }
}

/// Writes what was gathered.
///
/// # Errors
/// Those of the database; what was not written stays in memory.
pub fn flush(database: &Store) -> Result<()> {
    let polls = database.memory::<Polls>();
    loop {
        let batch = polls.some();
        if batch.is_empty() {
            return Ok(());
        }
        let rows = batch.clone();
        database.write(move |tx| rows.iter().try_for_each(|(agent, poll)| store::set_poll(tx, *agent, *poll)))?;
        polls.forget(&batch);
        if batch.len() < FLUSH_MAX {
            return Ok(());
        }
    }
}
