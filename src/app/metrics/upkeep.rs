//! Upkeep in numbers: jobs, the review queue, backups, and the ledger, which has to be in balance.

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use super::MICROS;
use crate::base::backups;
use crate::base::clock::{SECOND, Timestamp};
use crate::base::db::Store;
use crate::base::error::Result;
use crate::base::metrics::{Counter, Exposition, Gauge, Histogram, TIMES};
use crate::content::notes;
use crate::identity::deliveries::Courier;
use crate::identity::events::{self, Counts};
use crate::ledger;

/// How long numbers that cost a walk through a table are kept.
const KEPT_FOR: i64 = 15 * SECOND;
/// Notes that are counted; whoever lets more wait need not know by how many.
const PENDING_MAX: i64 = 10_000;

/// When which job ran, and how it went.
pub(in crate::app) struct JobRuns(HashMap<&'static str, JobRun>);

struct JobRun {
    ended_at: Gauge,
    times: Histogram<13>,
    failures: Counter,
}

impl Default for JobRuns {
    fn default() -> Self {
        let run = || JobRun { ended_at: Gauge::default(), times: Histogram::new(&TIMES), failures: Counter::default() };
        JobRuns(crate::app::jobs::names().map(|name| (name, run())).collect())
    }
}

impl JobRuns {
    /// Counts a run that ended now.
    pub(in crate::app) fn count(&self, job: &str, now: Timestamp, took: Duration, failed: bool) {
        let Some(run) = self.0.get(job) else { return };
        run.ended_at.set(now.0);
        run.times.add_time(took);
        if failed {
            run.failures.increment();
        }
    }

    fn write(&self, text: &mut Exposition) {
        let mut runs: Vec<_> = self.0.iter().filter(|(_, run)| run.times.count() > 0).collect();
        runs.sort_by_key(|(name, _)| **name);
        text.family("gauge", "aiins_job_last_run_timestamp_seconds", "When a job last ended");
        for (name, run) in &runs {
            text.sample(&[("job", name)], run.ended_at.get() as f64 / 1000.0);
        }
        text.family("counter", "aiins_job_failures_total", "Runs of a job that failed");
        for (name, run) in &runs {
            text.sample(&[("job", name)], run.failures.get());
        }
        text.family("histogram", "aiins_job_seconds", "How long runs of a job took");
        for (name, run) in &runs {
            text.histogram(&[("job", name)], &run.times, MICROS);
        }
    }
}

/// Numbers that are not counted anew for every scrape.
#[derive(Default)]
struct Kept(Mutex<Option<(Timestamp, Counted)>>);

#[derive(Clone, Copy)]
struct Counted {
    imbalance: i64,
    pending: i64,
    oldest_pending: Option<Timestamp>,
    newest_backup: Option<Timestamp>,
    events: Counts,
}

pub(super) fn write(store: &Store, text: &mut Exposition) {
    store.memory::<JobRuns>().write(text);
    let attempts = store.memory::<Courier>().attempts();
    text.family(
        "counter",
        "aiins_event_attempts_total",
        "Events sent to agents' endpoints, by whether those took them",
    );
    text.sample(&[("outcome", "taken")], attempts.taken);
    text.sample(&[("outcome", "failed")], attempts.failed);
    match counted(store) {
        Ok(counted) => write_counted(counted, store.clock().now(), text),
        Err(error) => tracing::warn!(%error, "numbers for /metrics cannot be counted"),
    }
}

fn counted(store: &Store) -> Result<Counted> {
    let (kept, now) = (store.memory::<Kept>(), store.clock().now());
    let mut kept = kept.0.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((_, counted)) = kept.filter(|(at, _)| (0..KEPT_FOR).contains(&now.since(*at))) {
        return Ok(counted);
    }
    let folder = store.settings().backup.folder.clone();
    let newest = (!folder.is_empty()).then(|| backups::newest(Path::new(&folder))).transpose();
    let newest_backup = newest.ok().flatten().flatten().map(|copy| copy.at);
    let counted = store.read(|tx| {
        Ok(Counted {
            imbalance: ledger::imbalance(tx)?,
            pending: notes::count_pending(tx, PENDING_MAX)?,
            oldest_pending: notes::oldest_pending(tx)?,
            newest_backup,
            events: events::counts(tx)?,
        })
    })?;
    *kept = Some((now, counted));
    Ok(counted)
}

fn write_counted(counted: Counted, now: Timestamp, text: &mut Exposition) {
    let imbalance = counted.imbalance;
    text.single("gauge", "aiins_ledger_imbalance", "What all accounts add up to, which must be 0", imbalance);
    text.single("gauge", "aiins_review_waiting", "Notes that wait for review, up to 10000", counted.pending);
    let oldest = counted.oldest_pending.map_or(0, |at| now.since(at).max(0) / SECOND);
    text.single("gauge", "aiins_review_oldest_seconds", "How long the first of them has waited", oldest);
    let Counts { pending, failing_agents } = counted.events;
    text.single("gauge", "aiins_events_waiting", "Events on their way to agents' endpoints", pending);
    text.single(
        "gauge",
        "aiins_events_failing_agents",
        "Agents with events waiting whose endpoint fails",
        failing_agents,
    );
    if let Some(at) = counted.newest_backup {
        let seconds = at.0 as f64 / 1000.0;
        text.single("gauge", "aiins_backup_last_timestamp_seconds", "When the newest backup was made", seconds);
    }
}
