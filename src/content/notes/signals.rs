//! Signals: what wakes or outdates others once a change of notes is on the disk.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

use crate::base::db::WriteTransaction;

/// Says after the commit that a feed's order may be another now.
pub(super) fn feeds_changed(tx: &WriteTransaction) {
    let changes = tx.memory::<FeedChanges>();
    tx.after_commit(move || changes.note());
}

/// Counts changes that may reorder feeds; whoever keeps a feed in memory compares the number.
#[derive(Debug, Default)]
pub struct FeedChanges(AtomicU64);

impl FeedChanges {
    fn note(&self) {
        self.0.fetch_add(1, Ordering::Release);
    }

    /// The number of changes so far.
    #[must_use]
    pub fn number(&self) -> u64 {
        self.0.load(Ordering::Acquire)
    }
}

/// Wakes whoever reviews, once the note is on the disk.
pub(super) fn ring_for_review(tx: &WriteTransaction) {
    let bell = tx.memory::<ReviewBell>();
    tx.after_commit(move || bell.ring());
}

/// Rings when a note waits for review.
#[derive(Debug, Default)]
pub struct ReviewBell {
    rung: Mutex<bool>,
    wake: Condvar,
}

impl ReviewBell {
    /// Wakes whoever waits.
    pub fn ring(&self) {
        *self.rung.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.wake.notify_all();
    }

    /// Waits until it rings, or for as long as that.
    pub fn wait(&self, at_most: Duration) {
        let rung = self.rung.lock().unwrap_or_else(PoisonError::into_inner);
        let (mut rung, _) =
            self.wake.wait_timeout_while(rung, at_most, |rung| !*rung).unwrap_or_else(PoisonError::into_inner);
        *rung = false;
    }
}
