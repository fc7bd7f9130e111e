//! Lives of connections: in which phase each one is, until when it may stay there, and who ended it.
//!
//! Phase and deadline share one atomic word, so that a request sets its deadlines without a system call and without a lock.
//! The thread of a connection moves it from phase to phase; the sweeper, a full pool and a shutdown may strike it, and a
//! struck connection moves no further: its thread finds out when it wakes, or when it tries to.

use std::collections::HashMap;
use std::net::{IpAddr, Shutdown, TcpStream};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// What a connection is doing, or what became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Phase {
    /// It is open and has never sent a byte.
    Silent,
    /// A head is arriving.
    Head,
    /// A body is arriving.
    Body,
    /// The application has the request.
    Running,
    /// An answer is being written.
    Writing,
    /// It is kept alive and waits for the next request.
    Idle,
    /// The last answer is written; what the client still sends is read and forgotten.
    Lingering,
    /// Struck: its deadline has passed.
    TimedOut,
    /// Struck: the server stops.
    Stopped,
    /// Struck: another connection needs its place.
    Evicted,
}

/// A phase that the thread of the connection did not choose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Struck {
    /// Its deadline has passed.
    TimedOut,
    /// The server stops.
    Stopped,
    /// Another connection needs its place.
    Evicted,
}

const PHASE_BITS: u32 = 4;
const FOREVER: u64 = u64::MAX >> PHASE_BITS;

/// A phase and its deadline in milliseconds since the start of the server.
#[derive(Clone, Copy)]
struct Moment {
    phase: Phase,
    deadline_millis: u64,
}

impl Moment {
    fn pack(self) -> u64 {
        (self.deadline_millis.min(FOREVER) << PHASE_BITS) | self.phase as u64
    }

    fn unpack(word: u64) -> Moment {
        const PHASES: [Phase; 10] = [
            Phase::Silent,
            Phase::Head,
            Phase::Body,
            Phase::Running,
            Phase::Writing,
            Phase::Idle,
            Phase::Lingering,
            Phase::TimedOut,
            Phase::Stopped,
            Phase::Evicted,
        ];
        let index = (word & ((1 << PHASE_BITS) - 1)) as usize;
        Moment { phase: PHASES[index.min(PHASES.len() - 1)], deadline_millis: word >> PHASE_BITS }
    }
}

/// One open connection, shared by its thread and the table.
#[derive(Debug)]
pub(super) struct Life {
    /// The socket. It is shared and never duplicated: one connection is one file descriptor.
    pub(super) stream: TcpStream,
    /// Where it comes from.
    pub(super) peer: IpAddr,
    began: Instant,
    moment: AtomicU64,
}

impl Life {
    fn now_millis(&self) -> u64 {
        millis(self.began.elapsed())
    }

    /// Moves to a phase that must end in time.
    pub(super) fn enter(&self, phase: Phase, limit: Duration) -> Result<(), Struck> {
        self.change(Moment { phase, deadline_millis: self.now_millis().saturating_add(millis(limit)) })
    }

    /// Moves to running, which has no deadline.
    pub(super) fn run(&self) -> Result<(), Struck> {
        self.change(Moment { phase: Phase::Running, deadline_millis: FOREVER })
    }

    fn change(&self, next: Moment) -> Result<(), Struck> {
        let seen = self.moment.load(Ordering::SeqCst);
        if let Some(struck) = struck(Moment::unpack(seen).phase) {
            return Err(struck);
        }
        match self.moment.compare_exchange(seen, next.pack(), Ordering::SeqCst, Ordering::SeqCst) {
            Ok(_) => Ok(()),
            // Only a strike comes between.
            Err(now) => Err(struck(Moment::unpack(now).phase).unwrap_or(Struck::TimedOut)),
        }
    }

    /// Goes on after a strike, to tell the client about it.
    pub(super) fn revive(&self, phase: Phase, limit: Duration) {
        let deadline_millis = self.now_millis().saturating_add(millis(limit));
        self.moment.store(Moment { phase, deadline_millis }.pack(), Ordering::SeqCst);
    }

    /// Who ended it, if anyone has.
    pub(super) fn struck(&self) -> Option<Struck> {
        struck(Moment::unpack(self.moment.load(Ordering::SeqCst)).phase)
    }

    fn moment(&self) -> (u64, Moment) {
        let word = self.moment.load(Ordering::SeqCst);
        (word, Moment::unpack(word))
    }

    /// Strikes unless the connection has moved since `seen`, and wakes its thread.
    fn strike(&self, seen: (u64, Moment), verdict: Phase) -> bool {
        let moment = Moment { phase: verdict, deadline_millis: FOREVER };
        if self.moment.compare_exchange(seen.0, moment.pack(), Ordering::SeqCst, Ordering::SeqCst).is_err() {
            return false;
        }
        let how = match seen.1.phase {
            // The client is told why, so the way to it stays open.
            Phase::Head | Phase::Body => Shutdown::Read,
            _ => Shutdown::Both,
        };
        let _ = self.stream.shutdown(how);
        true
    }
}

fn struck(phase: Phase) -> Option<Struck> {
    match phase {
        Phase::TimedOut => Some(Struck::TimedOut),
        Phase::Stopped => Some(Struck::Stopped),
        Phase::Evicted => Some(Struck::Evicted),
        Phase::Silent
        | Phase::Head
        | Phase::Body
        | Phase::Running
        | Phase::Writing
        | Phase::Idle
        | Phase::Lingering => None,
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(FOREVER)
}

/// All open connections.
pub(super) struct Table {
    began: Instant,
    lives: Mutex<HashMap<u64, Arc<Life>>>,
    next: AtomicU64,
    count: Arc<AtomicUsize>,
}

/// A silent connection younger than this is about to speak, and is not closed in favour of another one.
const SILENCE_MIN: Duration = Duration::from_secs(1);

/// How long connections may stay in the phases in which they can be evicted.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    pub(super) silence: Duration,
    pub(super) head: Duration,
    pub(super) body: Duration,
}

impl Table {
    /// An empty table that keeps `count` at its size.
    pub(super) fn new(count: Arc<AtomicUsize>) -> Table {
        Table { began: Instant::now(), lives: Mutex::default(), next: AtomicU64::new(0), count }
    }

    fn lives(&self) -> MutexGuard<'_, HashMap<u64, Arc<Life>>> {
        self.lives.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A connection that has not spoken yet.
    pub(super) fn insert(&self, stream: TcpStream, peer: IpAddr, limit: Duration) -> (u64, Arc<Life>) {
        let life = Arc::new(Life { stream, peer, began: self.began, moment: AtomicU64::new(0) });
        life.revive(Phase::Silent, limit);
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        self.lives().insert(id, Arc::clone(&life));
        self.count.fetch_add(1, Ordering::Relaxed);
        (id, life)
    }

    /// Forgets a connection. One that was evicted is forgotten already.
    pub(super) fn remove(&self, id: u64) {
        if self.lives().remove(&id).is_some() {
            self.count.fetch_sub(1, Ordering::Relaxed);
        }
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.count.load(Ordering::Relaxed)
    }

    /// Strikes what has stayed beyond its deadline.
    pub(super) fn sweep(&self) {
        let now = millis(self.began.elapsed());
        for life in self.lives().values() {
            let seen = life.moment();
            if seen.1.deadline_millis < now && struck(seen.1.phase).is_none() {
                life.strike(seen, Phase::TimedOut);
            }
        }
    }

    /// Makes room by closing the connection that has been idle for longest, or else the one that has been silent for longest.
    pub(super) fn evict(&self, limits: Limits) -> bool {
        let now = millis(self.began.elapsed());
        // What arrives slower than honest requests do makes room too, the slowest first: else a few thousand halves of
        // heads would keep everyone out.
        let for_long = |deadline: u64, limit: Duration| {
            deadline.saturating_add(millis(SILENCE_MIN)) <= now.saturating_add(millis(limit))
        };
        let mut lives = self.lives();
        // All idle connections have the same limit, so the earliest deadline is the longest wait.
        let longest = lives
            .iter()
            .filter_map(|(&id, life)| {
                let seen = life.moment();
                let deadline = seen.1.deadline_millis;
                let rank = match seen.1.phase {
                    Phase::Idle => 0,
                    Phase::Silent if for_long(deadline, limits.silence) => 1,
                    Phase::Head if for_long(deadline, limits.head) => 2,
                    Phase::Body if for_long(deadline, limits.body) => 2,
                    _ => return None,
                };
                Some((rank, deadline, id))
            })
            .min();
        let Some((_, _, id)) = longest else { return false };
        let evicted = lives.get(&id).is_some_and(|life| {
            let seen = life.moment();
            matches!(seen.1.phase, Phase::Idle | Phase::Silent | Phase::Head | Phase::Body)
                && life.strike(seen, Phase::Evicted)
        });
        if evicted && lives.remove(&id).is_some() {
            self.count.fetch_sub(1, Ordering::Relaxed);
        }
        evicted
    }

    /// Strikes what is not running: requests still arriving included, running and answered ones not.
    pub(super) fn stop_waiting(&self) {
        self.strike_all(|phase| match phase {
            Phase::Silent | Phase::Head | Phase::Body | Phase::Idle => true,
            Phase::Running | Phase::Writing | Phase::Lingering => false,
            Phase::TimedOut | Phase::Stopped | Phase::Evicted => false,
        });
    }

    /// Strikes everything that is left.
    pub(super) fn stop_all(&self) {
        self.strike_all(|phase| struck(phase).is_none());
    }

    fn strike_all(&self, chosen: impl Fn(Phase) -> bool) {
        for life in self.lives().values() {
            let mut seen = life.moment();
            // A connection that moves meanwhile is looked at again.
            while chosen(seen.1.phase) && !life.strike(seen, Phase::Stopped) {
                seen = life.moment();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::{Ipv4Addr, TcpListener};

    use super::*;

    const LIMITS: Limits = Limits { silence: LIMIT, head: LIMIT, body: LIMIT };

    const LIMIT: Duration = Duration::from_secs(9);

    fn table() -> (Table, TcpListener) {
        (Table::new(Arc::default()), TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap())
    }

    fn open(table: &Table, listener: &TcpListener, limit: Duration) -> Arc<Life> {
        let stream = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        table.insert(stream, Ipv4Addr::LOCALHOST.into(), limit).1
    }

    #[test]
    fn phase_and_deadline_fit_one_word() {
        for phase in [
            Phase::Silent,
            Phase::Head,
            Phase::Body,
            Phase::Running,
            Phase::Writing,
            Phase::Idle,
            Phase::Lingering,
            Phase::TimedOut,
            Phase::Stopped,
            Phase::Evicted,
        ] {
            for deadline_millis in [0, 1, 86_400_000, FOREVER] {
                let found = Moment::unpack(Moment { phase, deadline_millis }.pack());
                assert_eq!((found.phase, found.deadline_millis), (phase, deadline_millis));
            }
        }
    }

    #[test]
    fn a_sweep_strikes_what_is_late_and_what_is_struck_goes_no_further() {
        let (table, listener) = table();
        let (late, early) = (open(&table, &listener, Duration::ZERO), open(&table, &listener, LIMIT));
        let running = open(&table, &listener, LIMIT);
        running.run().unwrap();
        while late.now_millis() == 0 || late.struck().is_none() {
            table.sweep();
        }
        assert_eq!(late.enter(Phase::Head, LIMIT), Err(Struck::TimedOut));
        assert_eq!((early.struck(), running.struck()), (None, None));
        late.revive(Phase::Writing, LIMIT);
        assert_eq!(late.enter(Phase::Lingering, LIMIT), Ok(()));
    }

    #[test]
    fn room_is_made_by_the_longest_idle_first_and_never_by_a_busy_one() {
        let (table, listener) = table();
        let silent_for_long = open(&table, &listener, Duration::ZERO);
        let silent = open(&table, &listener, LIMIT);
        let (idle, idle_for_longer) = (open(&table, &listener, LIMIT), open(&table, &listener, LIMIT));
        idle.enter(Phase::Idle, LIMIT).unwrap();
        idle_for_longer.enter(Phase::Idle, LIMIT / 2).unwrap();
        let running = open(&table, &listener, LIMIT);
        running.run().unwrap();
        for next in [&idle_for_longer, &idle, &silent_for_long] {
            assert!(next.struck().is_none() && table.evict(LIMITS));
            assert_eq!(next.struck(), Some(Struck::Evicted));
        }
        assert!(!table.evict(LIMITS));
        assert_eq!((silent.struck(), running.struck(), table.len()), (None, None, 2));
    }

    #[test]
    fn stopping_spares_what_runs_until_the_end() {
        let (table, listener) = table();
        let [silent, arriving, running] = [(); 3].map(|()| open(&table, &listener, LIMIT));
        arriving.enter(Phase::Head, LIMIT).unwrap();
        running.run().unwrap();
        table.stop_waiting();
        assert_eq!(arriving.run(), Err(Struck::Stopped));
        assert_eq!((silent.struck(), running.struck()), (Some(Struck::Stopped), None));
        table.stop_all();
        assert_eq!(running.struck(), Some(Struck::Stopped));
    }
}
