//! Stats: what the store counts of itself while it works.

use std::sync::Arc;

use super::files::with_suffix;
use super::{Store, StoreFiles};
use crate::base::metrics::{Counter, Gauge, Histogram, SIZES, TIMES};

/// Counters of the writer and the pool.
#[derive(Debug)]
pub struct Stats {
    /// Writes that wait for their turn or run.
    pub waiting: Gauge,
    /// Writes that shared one commit.
    pub batches: Histogram<7>,
    /// How long commits took, in microseconds.
    pub commits: Histogram<13>,
    /// Commits that failed, with everything in them.
    pub commits_failed: Counter,
    /// Reads that got a connection at once.
    pub checkouts: Counter,
    /// How long the others waited for one, in microseconds.
    pub pool_waits: Histogram<13>,
}

impl Default for Stats {
    fn default() -> Self {
        Stats {
            waiting: Gauge::default(),
            batches: Histogram::new(&SIZES),
            commits: Histogram::new(&TIMES),
            commits_failed: Counter::default(),
            checkouts: Counter::default(),
            pool_waits: Histogram::new(&TIMES),
        }
    }
}

/// The place of one write among those that wait, given back when it is answered.
pub(super) struct Place(Arc<Stats>);

impl Place {
    pub(super) fn take(stats: &Arc<Stats>) -> Place {
        stats.waiting.add(1);
        Place(Arc::clone(stats))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.waiting.add(-1);
    }
}

impl Store {
    /// What the store has counted since it was opened.
    #[must_use]
    pub fn stats(&self) -> &Stats {
        &self.shared.stats
    }

    /// Connections for reading, and how many of them nobody uses right now.
    #[must_use]
    pub fn readers(&self) -> (u32, u32) {
        self.pool.state()
    }

    /// Bytes of the file and of its write-ahead log.
    #[must_use]
    pub fn sizes(&self) -> StoreFiles {
        let bytes = |path| std::fs::metadata(path).map_or(0, |metadata: std::fs::Metadata| metadata.len());
        StoreFiles { file: bytes(self.path.clone()), log: bytes(with_suffix(&self.path, "-wal")) }
    }
}
