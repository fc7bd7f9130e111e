//! A pool of threads: one for each open connection, reused, and ended after a while without work.

use std::collections::VecDeque;
use std::io;
use std::panic::{self, AssertUnwindSafe};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// Handlers are shallow; what is not touched of a stack costs nothing.
const STACK_BYTES: usize = 1024 * 1024;
/// How long a thread without work stays.
const SPARE_TIME: Duration = Duration::from_secs(20);

/// Threads that do one kind of job. Each has a workspace of its own that it keeps from job to job.
pub(super) struct Pool<Job> {
    state: Mutex<State<Job>>,
    changed: Condvar,
    ended: Condvar,
}

struct State<Job> {
    queue: VecDeque<Job>,
    waiting: usize,
    threads: usize,
    closed: bool,
}

impl<Job: Send + 'static> Pool<Job> {
    /// A pool without threads.
    pub(super) fn new() -> Arc<Pool<Job>> {
        let state = State { queue: VecDeque::new(), waiting: 0, threads: 0, closed: false };
        Arc::new(Pool { state: Mutex::new(state), changed: Condvar::new(), ended: Condvar::new() })
    }

    fn state(&self) -> MutexGuard<'_, State<Job>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Gives a job to a thread that has none, or to a new one made with `worker`.
    ///
    /// The job never waits for another one to end.
    pub(super) fn run<Work: FnMut(Job) + 'static>(
        self: &Arc<Self>,
        job: Job,
        worker: impl FnOnce() -> Work + Send + 'static,
    ) -> io::Result<()> {
        {
            let mut state = self.state();
            if state.waiting > state.queue.len() {
                state.queue.push_back(job);
                self.changed.notify_one();
                return Ok(());
            }
            state.threads += 1;
        }
        let member = Member(Arc::clone(self));
        // When no thread can be had, the closure is dropped and the member with it, which counts it out again.
        thread::Builder::new().name("http".to_owned()).stack_size(STACK_BYTES).spawn(move || {
            let mut work = worker();
            let mut next = Some(job);
            while let Some(job) = next.take().or_else(|| member.0.wait()) {
                // A job answers for its own panics; this keeps the thread when one slips through.
                if panic::catch_unwind(AssertUnwindSafe(|| work(job))).is_err() {
                    tracing::error!("a connection ended with a panic");
                }
            }
        })?;
        Ok(())
    }

    /// Waits for a job as a thread of the pool.
    fn wait(&self) -> Option<Job> {
        let until = Instant::now() + SPARE_TIME;
        let mut state = self.state();
        loop {
            if let Some(job) = state.queue.pop_front() {
                return Some(job);
            }
            let left = until.saturating_duration_since(Instant::now());
            if state.closed || left.is_zero() {
                return None;
            }
            state.waiting += 1;
            let (guard, _) = self.changed.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner);
            state = guard;
            state.waiting -= 1;
        }
    }

    /// Ends threads as they run out of work, and waits for that. Returns how many were still busy when time ran out.
    pub(super) fn close(&self, limit: Duration) -> usize {
        let mut state = self.state();
        state.closed = true;
        self.changed.notify_all();
        let outcome = self.ended.wait_timeout_while(state, limit, |state| state.threads > 0);
        outcome.unwrap_or_else(PoisonError::into_inner).0.threads
    }
}

/// The membership of one thread; however it ends, it is counted out.
struct Member<Job: Send + 'static>(Arc<Pool<Job>>);

impl<Job: Send + 'static> Drop for Member<Job> {
    fn drop(&mut self) {
        self.0.state().threads -= 1;
        self.0.ended.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    #[test]
    fn a_thread_is_used_again_and_a_busy_one_is_not_waited_for() {
        let pool = Pool::new();
        let (report, reports) = mpsc::channel();
        let (release, gate) = mpsc::channel::<()>();
        let gate = Arc::new(Mutex::new(gate));
        let run = |blocks: bool| {
            let (report, gate) = (report.clone(), Arc::clone(&gate));
            let worker = move || {
                move |blocks: bool| {
                    report.send(thread::current().id()).unwrap();
                    if blocks {
                        gate.lock().unwrap().recv().unwrap();
                    }
                }
            };
            pool.run(blocks, worker).unwrap();
            reports.recv().unwrap()
        };
        let first = run(true);
        let second = run(false);
        assert_ne!(first, second);
        while pool.state().waiting == 0 {
            thread::yield_now();
        }
        assert_eq!(run(false), second);
        assert_eq!(pool.close(Duration::from_millis(10)), 1);
        release.send(()).unwrap();
        assert_eq!(pool.close(Duration::from_secs(9)), 0);
    }
}
