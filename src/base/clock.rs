//! Time: the only place that asks for it. Tests hold the clock and move it, and so do the clients of a test server.

use std::fmt;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use rusqlite::types::{FromSql, FromSqlResult, ToSql, ToSqlOutput, ValueRef};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// One second in the unit of [`Timestamp`].
pub const SECOND: i64 = 1_000;
/// One minute in the unit of [`Timestamp`].
pub const MINUTE: i64 = 60 * SECOND;
/// One hour in the unit of [`Timestamp`].
pub const HOUR: i64 = 60 * MINUTE;
/// One day in the unit of [`Timestamp`].
pub const DAY: i64 = 24 * HOUR;

/// Whole seconds of so many milliseconds, rounded up, as `Retry-After` says them. What is past takes none.
#[must_use]
pub fn whole_secs(millis: i64) -> u64 {
    u64::try_from(millis).unwrap_or(0).div_ceil(SECOND.unsigned_abs())
}

/// A moment: milliseconds since 1970, UTC. Written as `2026-04-03T14:00:00.000Z` (`contract.md`, head).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Timestamp(pub i64);

impl Timestamp {
    /// This moment moved by so many milliseconds.
    #[must_use]
    pub fn plus(self, millis: i64) -> Timestamp {
        Timestamp(self.0.saturating_add(millis))
    }

    /// Milliseconds from `earlier` to this moment.
    #[must_use]
    pub fn since(self, earlier: Timestamp) -> i64 {
        self.0.saturating_sub(earlier.0)
    }

    /// Days since 1970 in UTC, the key of daily rollups.
    #[must_use]
    pub fn day(self) -> i64 {
        self.0.div_euclid(DAY)
    }

    /// Reads RFC 3339, with any offset.
    #[must_use]
    pub fn parse(text: &str) -> Option<Timestamp> {
        let moment: jiff::Timestamp = text.parse().ok()?;
        Some(Timestamp(moment.as_millisecond()))
    }
}

impl Timestamp {
    /// Calls `write` with the moment as it is written. A page of notes holds a hundred of them, so it is put together digit by
    /// digit, which takes a tenth of what a formatter does.
    fn with_text<R>(self, write: impl FnOnce(&str) -> R) -> R {
        const LAST: &str = "9999-12-30T22:00:00.000Z";
        let Ok(moment) = jiff::Timestamp::from_millisecond(self.0) else { return write(LAST) };
        let moment = jiff::tz::Offset::UTC.to_datetime(moment);
        // A year before the first has a sign and more digits.
        let Ok(year) = u16::try_from(moment.year()) else { return write(&format!("{moment:.3}Z")) };
        let mut text = *b"0000-00-00T00:00:00.000Z";
        let small = |number: i8| u16::from(number.unsigned_abs());
        put_digits(&mut text[0..4], year);
        put_digits(&mut text[5..7], small(moment.month()));
        put_digits(&mut text[8..10], small(moment.day()));
        put_digits(&mut text[11..13], small(moment.hour()));
        put_digits(&mut text[14..16], small(moment.minute()));
        put_digits(&mut text[17..19], small(moment.second()));
        put_digits(&mut text[20..23], moment.millisecond().unsigned_abs());
        write(str::from_utf8(&text).unwrap_or(LAST))
    }
}

/// Writes a number with leading zeros, as many digits as there is room for.
fn put_digits(room: &mut [u8], mut number: u16) {
    for digit in room.iter_mut().rev() {
        // A digit is below ten.
        *digit = b'0' + u8::try_from(number % 10).unwrap_or_default();
        number /= 10;
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.with_text(|text| f.write_str(text))
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.with_text(|text| serializer.serialize_str(text))
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = serde_json::Value::deserialize(deserializer)?;
        value
            .as_str()
            .and_then(Timestamp::parse)
            .ok_or_else(|| serde::de::Error::custom("must be an ISO 8601 time such as 2026-04-03T14:00:00.000Z"))
    }
}

impl JsonSchema for Timestamp {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Timestamp".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "string", "format": "date-time", "examples": ["2026-04-03T14:00:00.000Z"]})
    }
}

impl ToSql for Timestamp {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::from(self.0))
    }
}

impl FromSql for Timestamp {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        i64::column_result(value).map(Timestamp)
    }
}

/// Where the time comes from.
#[derive(Debug, Clone, Default)]
pub enum Clock {
    /// The machine's own clock.
    #[default]
    System,
    /// A clock that stands still until a test moves it.
    Held(Arc<AtomicI64>),
    /// A clock that runs or stands as it is told: that of a test server.
    Steered(Arc<Mutex<Motion>>),
}

/// How a clock that can be steered goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Motion {
    /// It runs with the machine's own, so many milliseconds ahead of it.
    Runs {
        /// Below zero when it is behind.
        ahead: i64,
    },
    /// It stands.
    Stands(Timestamp),
}

impl Motion {
    fn now(self) -> Timestamp {
        match self {
            Motion::Runs { ahead } => machine_now().plus(ahead),
            Motion::Stands(at) => at,
        }
    }

    fn set(&mut self, moment: Timestamp) {
        match self {
            Motion::Runs { ahead } => *ahead = moment.since(machine_now()),
            Motion::Stands(at) => *at = moment,
        }
    }
}

fn machine_now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

fn motion_of(steered: &Mutex<Motion>) -> MutexGuard<'_, Motion> {
    steered.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Clock {
    /// A clock that can be stopped, moved and let run again.
    #[must_use]
    pub fn steered(motion: Motion) -> Clock {
        Clock::Steered(Arc::new(Mutex::new(motion)))
    }

    /// A clock that stands at `at`.
    #[must_use]
    pub fn held_at(at: Timestamp) -> Clock {
        Clock::Held(Arc::new(AtomicI64::new(at.0)))
    }

    /// The time now.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        match self {
            Clock::System => machine_now(),
            Clock::Held(at) => Timestamp(at.load(Ordering::SeqCst)),
            Clock::Steered(motion) => motion_of(motion).now(),
        }
    }

    /// Sets a clock that is not the machine's own. One that runs goes on from there.
    pub fn set(&self, moment: Timestamp) {
        match self {
            Clock::System => {}
            Clock::Held(at) => at.store(moment.0, Ordering::SeqCst),
            Clock::Steered(motion) => motion_of(motion).set(moment),
        }
    }

    /// Moves a clock that is not the machine's own.
    pub fn advance(&self, millis: i64) {
        match self {
            Clock::System => {}
            Clock::Held(at) => drop(at.fetch_add(millis, Ordering::SeqCst)),
            Clock::Steered(motion) => {
                let mut motion = motion_of(motion);
                let moment = motion.now().plus(millis);
                motion.set(moment);
            }
        }
    }

    /// How a clock that can be steered goes.
    #[must_use]
    pub fn motion(&self) -> Option<Motion> {
        match self {
            Clock::Steered(motion) => Some(*motion_of(motion)),
            Clock::System | Clock::Held(_) => None,
        }
    }

    /// Has a clock that can be steered go as it is told.
    pub fn steer(&self, how: Motion) {
        if let Clock::Steered(motion) = self {
            *motion_of(motion) = how;
        }
    }

    /// Stops a clock that can be steered where it is.
    pub fn hold(&self) {
        self.steer(Motion::Stands(self.now()));
    }

    /// Lets a clock that can be steered run on from where it is.
    pub fn release(&self) {
        self.steer(Motion::Runs { ahead: self.now().since(machine_now()) });
    }

    /// Whether someone has stopped the clock of a test server.
    #[must_use]
    pub fn is_stopped(&self) -> bool {
        matches!(self.motion(), Some(Motion::Stands(_)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_written_with_milliseconds_and_read_back() {
        let moment = Timestamp(1_775_224_800_000);
        assert_eq!(moment.to_string(), "2026-04-03T14:00:00.000Z");
        assert_eq!(Timestamp::parse("2026-04-03T14:00:00.000Z"), Some(moment));
        assert_eq!(Timestamp::parse("2026-04-03T16:00:00+02:00"), Some(moment));
        assert_eq!(Timestamp::parse("tomorrow"), None);
    }

    #[test]
    fn every_moment_is_written_as_the_calendar_has_it() {
        let days = [-719_529, -719_528, -1, 0, 58, 59, 789, 11_016, 19_782, 20_000, 2_932_894];
        for millis in days.into_iter().flat_map(|day| [0, 1, 59_999, 86_399_999].map(|rest| day * DAY + rest)) {
            let expected = format!("{:.3}", jiff::Timestamp::from_millisecond(millis).unwrap());
            assert_eq!(Timestamp(millis).to_string(), expected);
        }
        assert_eq!(Timestamp(i64::MAX).to_string(), "9999-12-30T22:00:00.000Z");
    }

    #[test]
    fn whoever_waits_as_many_seconds_as_told_has_waited_long_enough() {
        for (millis, secs) in [(-1, 0), (0, 0), (1, 1), (999, 1), (1_000, 1), (1_001, 2)] {
            assert_eq!(whole_secs(millis), secs, "{millis}");
        }
    }

    #[test]
    fn a_held_clock_moves_only_when_told() {
        let clock = Clock::held_at(Timestamp(5));
        assert_eq!(clock.now(), Timestamp(5));
        clock.advance(HOUR);
        assert_eq!(clock.now(), Timestamp(5 + HOUR));
    }

    #[test]
    fn a_steered_clock_stands_runs_and_runs_on_from_where_it_stood() {
        let clock = Clock::steered(Motion::Runs { ahead: 0 });
        assert!(clock.now().since(machine_now()).abs() < MINUTE);
        clock.advance(30 * DAY);
        assert!((clock.now().since(machine_now()) - 30 * DAY).abs() < MINUTE);
        clock.hold();
        let stood = clock.now();
        clock.advance(DAY);
        assert!(clock.is_stopped());
        assert_eq!(clock.now(), stood.plus(DAY));
        clock.release();
        assert!(!clock.is_stopped());
        assert!(clock.now() >= stood.plus(DAY) && clock.now() < stood.plus(DAY + MINUTE));
    }
}
