//! Signals: what wakes or outdates others once a change of notes is on the disk.

use std::ops::Deref;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::base::bell::Bell;
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
pub struct ReviewBell(Bell);

impl Deref for ReviewBell {
    type Target = Bell;

    fn deref(&self) -> &Bell {
        &self.0
    }
}
