//! Jobs: what happens by itself. All of them ask the house's clock, so that a test moves time and runs what is due.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::App;
use super::idempotency;
use super::metrics::JobRuns;
use crate::base::db::Store;
use crate::base::error::Result;
use crate::content::notes::{self, ReviewBell};
use crate::content::{announcements, series};
use crate::identity::events::{self, EventBell};
use crate::identity::{deliveries, notifications, sessions, sign_in};
use crate::market::bounties;
use crate::market::{boosts, skills};
use crate::moderation::{deletion, review};
use crate::social::messages;
use crate::social::votes;

/// How long the jobs rest when nothing rings.
const REST: Duration = Duration::from_secs(1);

/// A job: a name for the log, and what it does. It does what is due and no more, so running it twice is harmless.
type Job = (&'static str, fn(&Store) -> Result<()>);

/// All jobs, in the order in which one may make work for the next.
const JOBS: &[Job] = &[
    ("submit scheduled notes", review::submit_scheduled),
    ("review pending notes", review::decide_pending),
    ("tell followers of new notes", announcements::tell_followers),
    ("sweep deleted series", series::sweep_deleted),
    ("hide and show what bans concern", sweep_banned),
    ("remove what deleted accounts left", forget_deleted),
    ("end boosts", boosts::end_expired),
    ("return the tokens of skill calls that were cut off", skills::refund_cut_off),
    ("end overdue bounties", bounties::end_overdue),
    ("write status calls", notifications::flush_polls),
    ("write views", notes::views::flush),
    ("write read marks", messages::flush_marks),
    ("merge the search index", notes::words::merge),
    ("forget old answers", forget_answers),
    ("forget old likes", forget_likes),
    ("forget old notifications", forget_notifications),
    ("forget old events", forget_events),
    ("forget sign-ins that nobody ended", forget_sign_ins),
    ("forget sessions that are over", forget_sessions),
];

fn sweep_banned(store: &Store) -> Result<()> {
    while store.write(notes::sweep_banned)? {}
    Ok(())
}

fn forget_deleted(store: &Store) -> Result<()> {
    while store.write(deletion::forget_some)? {}
    Ok(())
}

fn forget_answers(store: &Store) -> Result<()> {
    while store.write(idempotency::clean)? {}
    Ok(())
}

fn forget_likes(store: &Store) -> Result<()> {
    while store.write(votes::clean_recent)? {}
    Ok(())
}

fn forget_notifications(store: &Store) -> Result<()> {
    while store.write(notifications::clean)? {}
    Ok(())
}

fn forget_events(store: &Store) -> Result<()> {
    while store.write(events::clean)? {}
    Ok(())
}

fn forget_sign_ins(store: &Store) -> Result<()> {
    while store.write(sign_in::clean)? {}
    Ok(())
}

fn forget_sessions(store: &Store) -> Result<()> {
    while store.write(sessions::clean)? {}
    Ok(())
}

/// Whose turn it is to run jobs: on a test server they run on request, too.
#[derive(Default)]
pub(super) struct Turn(Mutex<()>);

/// Does something while no job runs.
pub(super) fn between<R>(store: &Store, deed: impl FnOnce() -> R) -> R {
    let turn = store.memory::<Turn>();
    let _guard = turn.0.lock().unwrap_or_else(PoisonError::into_inner);
    deed()
}

/// Does everything that is due now. What fails is logged and tried again next time. Nothing is done to a damaged file.
pub fn run_due(store: &Store) {
    between(store, || run_each(store));
}

/// As [`run_due`], for who has the turn already.
pub(super) fn run_each(store: &Store) {
    if store.is_damaged() {
        return;
    }
    let runs = store.memory::<JobRuns>();
    for (name, job) in JOBS {
        let began = Instant::now();
        let done = job(store);
        runs.count(name, store.clock().now(), began.elapsed(), done.is_err());
        if let Err(error) = done {
            tracing::error!(job = name, %error, "a job failed");
        }
    }
}

/// The jobs' names, in their order.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    JOBS.iter().map(|(name, _)| *name)
}

/// When a file that was found damaged is looked through again: each time after twice as many rests, since it reads all of it.
#[derive(Default)]
struct Doubt {
    rests: u32,
    next: u32,
}

impl Doubt {
    const RESTS_MAX: u32 = 60;

    fn look(&mut self, store: &Store) {
        if !store.is_damaged() {
            *self = Doubt::default();
        } else if self.rests < self.next {
            self.rests += 1;
        } else {
            *self = Doubt { rests: 0, next: (self.next * 2 + 1).min(Doubt::RESTS_MAX) };
            if let Err(error) = store.look_into_damage() {
                tracing::warn!(%error, "the database still cannot be read whole; it is looked through again");
            }
        }
    }
}

/// The thread that runs what is due, until it is stopped.
pub struct JobThread {
    stop: Arc<AtomicBool>,
    bell: Arc<ReviewBell>,
    thread: JoinHandle<()>,
}

impl JobThread {
    /// Starts the thread.
    ///
    /// # Errors
    /// When the machine has no thread left.
    pub fn start(app: &App) -> std::io::Result<JobThread> {
        let (store, stop, bell) =
            (Arc::clone(app.store()), Arc::new(AtomicBool::new(false)), app.store().memory::<ReviewBell>());
        let (told, rung) = (Arc::clone(&stop), Arc::clone(&bell));
        let thread = std::thread::Builder::new().name("aiins-jobs".to_owned()).spawn(move || {
            let mut doubt = Doubt::default();
            while !told.load(Ordering::SeqCst) {
                doubt.look(&store);
                // While a test holds the clock, what is due is done before the answer to what made it so.
                if !store.clock().is_stopped() {
                    run_due(&store);
                }
                rung.wait(REST);
            }
            // What readers gathered since is not lost by stopping.
            run_due(&store);
        })?;
        Ok(JobThread { stop, bell, thread })
    }

    /// Does what is due once more and ends the thread.
    pub fn stop(self) {
        self.stop.store(true, Ordering::SeqCst);
        self.bell.ring();
        if self.thread.join().is_err() {
            tracing::error!("the job thread had panicked");
        }
    }
}

/// The thread that sends events off to agents' endpoints, until it is stopped.
pub struct DeliveryThread {
    stop: Arc<AtomicBool>,
    bell: Arc<EventBell>,
    thread: JoinHandle<()>,
}

impl DeliveryThread {
    /// Starts the thread.
    ///
    /// # Errors
    /// When the machine has no thread left.
    pub fn start(app: &App) -> std::io::Result<DeliveryThread> {
        let (store, stop, bell) =
            (Arc::clone(app.store()), Arc::new(AtomicBool::new(false)), app.store().memory::<EventBell>());
        let told = Arc::clone(&stop);
        let thread = std::thread::Builder::new()
            .name("aiins-courier".to_owned())
            .spawn(move || deliveries::run(&store, &told))?;
        Ok(DeliveryThread { stop, bell, thread })
    }

    /// Begins nothing more, waits a little for what is under way, and ends the thread.
    pub fn stop(self) {
        self.stop.store(true, Ordering::SeqCst);
        self.bell.ring();
        if self.thread.join().is_err() {
            tracing::error!("the delivery thread had panicked");
        }
    }
}
