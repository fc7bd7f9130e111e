//! Rate limits: sliding windows in memory, a bounded number of them, driven by the house's clock (`contract.md §11`).

use std::collections::HashMap;
use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::sync::{Mutex, PoisonError};

use crate::base::clock::{MINUTE, SECOND, Timestamp, whole_secs};

/// Whose requests are counted together: a class and an agent, session or address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Subject {
    /// The class, as its place in the list of classes.
    pub class: u8,
    /// The agent, session or address as a number.
    pub who: u128,
}

/// How many requests a subject may make.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    /// The class's name, as the headers say it.
    pub name: &'static str,
    /// Requests in any minute.
    pub per_minute: u32,
    /// Requests in any second, where that is bounded too.
    pub per_second: Option<u32>,
}

/// What the limiter says to a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verdict {
    /// The rule that was asked.
    pub rule: Rule,
    /// Requests left in this minute.
    pub remaining: u32,
    /// Whole seconds until the minute's count starts over.
    pub reset_secs: u64,
    /// When a refused request may come again; `None` for one that may pass.
    pub retry_at: Option<Timestamp>,
}

/// Locks that share the subjects among them, so that threads seldom wait for each other.
const SHARDS: usize = 16;
/// Subjects remembered by one shard; about 100 bytes each.
const SUBJECTS_MAX: usize = 16_384;
/// Whom subjects that find no room are counted as, all together. So a flood of addresses limits itself.
const EVERYONE_ELSE: u128 = u128::MAX;

/// Counts requests.
pub struct Limiter {
    shards: Vec<Mutex<Shard>>,
    hasher: RandomState,
}

#[derive(Default)]
struct Shard {
    windows: HashMap<Subject, Windows>,
    swept_at: Timestamp,
}

#[derive(Clone, Copy, Default)]
struct Windows {
    minute: Window,
    second: Window,
}

/// A count that slides: this stretch's requests, and of the one before as large a part as still lies within reach.
#[derive(Clone, Copy, Default)]
struct Window {
    stretch: i64,
    current: u32,
    previous: u32,
}

impl Window {
    /// Goes on to the stretch in which `now` lies.
    fn at(mut self, now: Timestamp, length: i64) -> Window {
        let stretch = now.0.div_euclid(length);
        if stretch != self.stretch {
            self.previous = if stretch == self.stretch + 1 { self.current } else { 0 };
            (self.stretch, self.current) = (stretch, 0);
        }
        self
    }

    /// Requests within `length` before `now`.
    fn count(self, now: Timestamp, length: i64) -> u32 {
        let into = now.0.rem_euclid(length);
        let earlier = i64::from(self.previous) * (length - into) / length;
        self.current.saturating_add(u32::try_from(earlier).unwrap_or(u32::MAX))
    }

    /// When a window that is full has room for one more.
    fn room_at(self, now: Timestamp, length: i64, quota: u32) -> Timestamp {
        let start = self.stretch * length;
        // Solves previous × (length - into) / length + current < quota for `into`, in this stretch or the next.
        let into = |previous: u32, current: u32| {
            let keep = i64::from(quota) - i64::from(current);
            (previous > 0 && keep > 0).then(|| length - (keep * length - 1).div_euclid(i64::from(previous)).min(length))
        };
        let at = match into(self.previous, self.current) {
            Some(into) => start + into,
            None => start + length + into(self.current, 0).unwrap_or(0),
        };
        Timestamp(at.max(now.0 + 1))
    }
}

impl Default for Limiter {
    fn default() -> Self {
        Limiter { shards: (0..SHARDS).map(|_| Mutex::default()).collect(), hasher: RandomState::new() }
    }
}

impl Limiter {
    /// Counts a request and says whether it may pass. A refused one is not counted, so waiting always helps.
    pub fn check(&self, rule: Rule, subject: Subject, now: Timestamp) -> Verdict {
        let place = usize::try_from(self.hasher.hash_one(subject) % SHARDS as u64).unwrap_or(0);
        let mut shard = self.shards[place].lock().unwrap_or_else(PoisonError::into_inner);
        let windows = shard.windows_of(subject, now);
        windows.minute = windows.minute.at(now, MINUTE);
        windows.second = windows.second.at(now, SECOND);

        let in_minute = windows.minute.count(now, MINUTE);
        let minute_full = in_minute >= rule.per_minute;
        let second_full = rule.per_second.is_some_and(|quota| windows.second.count(now, SECOND) >= quota);
        let retry_at = match (minute_full, second_full, rule.per_second) {
            (true, ..) => Some(windows.minute.room_at(now, MINUTE, rule.per_minute)),
            (false, true, Some(quota)) => Some(windows.second.room_at(now, SECOND, quota)),
            _ => None,
        };
        let used = if retry_at.is_none() {
            windows.minute.current += 1;
            windows.second.current += 1;
            in_minute + 1
        } else {
            in_minute
        };
        Verdict {
            rule,
            remaining: rule.per_minute.saturating_sub(used),
            reset_secs: whole_secs(MINUTE - now.0.rem_euclid(MINUTE)),
            retry_at,
        }
    }
}

impl Limiter {
    /// Forgets every request.
    pub fn clear(&self) {
        for shard in &self.shards {
            *shard.lock().unwrap_or_else(PoisonError::into_inner) = Shard::default();
        }
    }
}

impl Shard {
    fn windows_of(&mut self, subject: Subject, now: Timestamp) -> &mut Windows {
        let full = self.windows.len() >= SUBJECTS_MAX && !self.windows.contains_key(&subject);
        // Looking for the forgotten costs a walk over all, so a flood may cause one each second and no more.
        if full && now.since(self.swept_at).abs() >= SECOND {
            self.swept_at = now;
            let minute = now.0.div_euclid(MINUTE);
            self.windows.retain(|_, windows| windows.minute.stretch + 1 >= minute);
        }
        let full = full && self.windows.len() >= SUBJECTS_MAX;
        let subject = if full { Subject { who: EVERYONE_ELSE, ..subject } } else { subject };
        self.windows.entry(subject).or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULE: Rule = Rule { name: "write", per_minute: 10, per_second: Some(4) };
    const SUBJECT: Subject = Subject { class: 0, who: 1 };

    fn at(secs: i64) -> Timestamp {
        Timestamp(secs * SECOND)
    }

    #[test]
    fn a_second_and_a_minute_hold_what_they_hold() {
        let limiter = Limiter::default();
        for left in [9, 8, 7, 6] {
            assert_eq!(limiter.check(RULE, SUBJECT, at(60)).remaining, left);
        }
        let refused = limiter.check(RULE, SUBJECT, at(60));
        assert!(refused.retry_at.is_some_and(|at_time| at_time > at(60) && at_time <= at(62)));
        for _ in 0..4 {
            assert_eq!(limiter.check(RULE, SUBJECT, at(70)).retry_at, None);
        }
        for _ in 0..2 {
            assert_eq!(limiter.check(RULE, SUBJECT, at(80)).retry_at, None);
        }
        let refused = limiter.check(RULE, SUBJECT, at(90));
        assert_eq!((refused.remaining, refused.reset_secs), (0, 30));
        let again = refused.retry_at.unwrap();
        assert!(limiter.check(RULE, SUBJECT, again).retry_at.is_none(), "waiting as told helps");
    }

    #[test]
    fn no_minute_holds_twice_its_quota_around_the_turn() {
        let limiter = Limiter::default();
        let rule = Rule { name: "read", per_minute: 100, per_second: None };
        let passed = (0..200).filter(|_| limiter.check(rule, SUBJECT, at(119)).retry_at.is_none()).count()
            + (0..200).filter(|_| limiter.check(rule, SUBJECT, at(121)).retry_at.is_none()).count();
        assert!(passed <= 103, "{passed} in two seconds");
    }

    #[test]
    fn subjects_do_not_share_and_a_flood_of_them_limits_itself() {
        let limiter = Limiter::default();
        let rule = Rule { name: "anonymous", per_minute: 1, per_second: None };
        let passed = (0..400_000_u128)
            .filter(|who| limiter.check(rule, Subject { class: 1, who: *who }, at(60)).retry_at.is_none())
            .count();
        assert!(passed <= SHARDS * (SUBJECTS_MAX + 1), "{passed}");
        assert!(limiter.check(rule, Subject { class: 1, who: 2_000_000 }, at(240)).retry_at.is_none());
    }
}
