//! Ids: 64-bit integers in the file, a prefix and a ULID at the door (`contract.md §1`).
//!
//! An integer key makes every table and index small and every join cheap, and a ULID is what the contract promises.
//! So the two are one value in two spellings: the integer is 42 bits of milliseconds and 21 bits that tell apart what was made
//! in the same one; the ULID carries both, and its other 59 bits are a fixed scramble of them, which a reader checks.
//! Nothing has to be looked up to go from one spelling to the other, and both sort by creation.

use std::fmt;
use std::str::FromStr;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};

use rusqlite::types::{FromSql, FromSqlResult, ToSql, ToSqlOutput, ValueRef};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use ulid::Ulid;

use super::clock::Timestamp;

/// The moment of the ids in examples: that of reference 1.
const EXAMPLE: Timestamp = Timestamp(1_775_224_800_000);
const LOW_BITS: u32 = 21;
const SCRAMBLE_BITS: u32 = 80 - LOW_BITS;

/// Makes ids that only ever grow, also when the clock stands still or jumps back.
#[derive(Debug)]
pub struct Ids {
    last: AtomicI64,
    /// Ids follow from the time and their order alone.
    without_chance: AtomicBool,
}

impl Ids {
    /// A generator whose ids all lie above `last`, the highest one in the file.
    #[must_use]
    pub fn above(last: i64) -> Ids {
        Ids { last: AtomicI64::new(last), without_chance: AtomicBool::new(false) }
    }

    /// The highest id so far.
    #[must_use]
    pub fn last(&self) -> i64 {
        self.last.load(Ordering::Relaxed)
    }

    /// Goes on above `last`. Only who puts another content in place of the file's knows that these ids are free again.
    pub fn restart_above(&self, last: i64) {
        self.last.store(last, Ordering::Relaxed);
    }

    /// Makes every further id follow from the time and the order alone, so that the same deeds have the same ids again.
    pub fn leave_nothing_to_chance(&self) {
        self.without_chance.store(true, Ordering::Relaxed);
    }

    /// The next id, as the integer the file holds.
    pub fn next(&self, now: Timestamp) -> i64 {
        let low = if self.without_chance.load(Ordering::Relaxed) { 0 } else { rand::random::<u32>() };
        let fresh = first_of(now) | i64::from(low >> (32 - LOW_BITS + 1));
        let mut last = self.last.load(Ordering::Relaxed);
        loop {
            let next = fresh.max(last + 1);
            match self.last.compare_exchange_weak(last, next, Ordering::Relaxed, Ordering::Relaxed) {
                Ok(_) => return next,
                Err(seen) => last = seen,
            }
        }
    }
}

/// The lowest id that can belong to a moment: where a range scan over ids by time begins.
#[must_use]
pub fn first_of(moment: Timestamp) -> i64 {
    moment.0.clamp(0, (1 << 42) - 1) << LOW_BITS
}

/// An id of a moment whose low bits are given, for whoever makes up a past; the bits that do not fit are left out.
#[must_use]
pub fn made_up(moment: Timestamp, low: u32) -> i64 {
    first_of(moment) | i64::from(low & ((1 << LOW_BITS) - 1))
}

/// The moment an id was made.
#[must_use]
pub fn made_at(id: i64) -> Timestamp {
    Timestamp(id >> LOW_BITS)
}

fn to_ulid(id: i64) -> Ulid {
    let low = u128::from(id.cast_unsigned() & ((1 << LOW_BITS) - 1));
    let scramble = u128::from(scramble(id) >> (64 - SCRAMBLE_BITS));
    Ulid::from_parts(made_at(id).0.cast_unsigned(), low << SCRAMBLE_BITS | scramble)
}

fn from_ulid(ulid: Ulid) -> Option<i64> {
    let low = (ulid.0 >> SCRAMBLE_BITS) & ((1 << LOW_BITS) - 1);
    let millis = i64::try_from(ulid.timestamp_ms()).ok().filter(|millis| *millis < 1 << 42)?;
    let id = millis << LOW_BITS | i64::try_from(low).ok()?;
    (to_ulid(id) == ulid).then_some(id)
}

/// splitmix64's finish: spreads every bit of the id over the whole word.
fn scramble(id: i64) -> u64 {
    let mut x = id.cast_unsigned().wrapping_add(0x9e37_79b9_7f4a_7c15);
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

/// Calls `write` with an id as it is written: its prefix and the ULID in lower case.
fn with_text<R>(prefix: &str, id: i64, write: impl FnOnce(&str) -> R) -> R {
    const PREFIX_BYTES_MAX: usize = 8;
    let mut buffer = [0; PREFIX_BYTES_MAX + ulid::ULID_LEN];
    let (head, rest) = buffer.split_at_mut(prefix.len());
    head.copy_from_slice(prefix.as_bytes());
    let mut ulid = [0; ulid::ULID_LEN];
    to_ulid(id).array_to_str(&mut ulid).make_ascii_lowercase();
    rest[..ulid::ULID_LEN].copy_from_slice(&ulid);
    // Both are ASCII.
    write(str::from_utf8(&buffer[..prefix.len() + ulid::ULID_LEN]).unwrap_or_default())
}

fn read_id(prefix: &str, text: &str) -> Option<i64> {
    let text = text.strip_prefix(prefix)?;
    let ulid = Ulid::from_string(text).ok()?;
    // An id has one spelling. The reader of ULIDs takes capitals and look-alikes, and drops what does not fit.
    let mut buffer = [0; ulid::ULID_LEN];
    let spelling = ulid.array_to_str(&mut buffer);
    spelling.make_ascii_lowercase();
    if spelling == text { from_ulid(ulid) } else { None }
}

macro_rules! id_types {
    ($($(#[$doc:meta])* $name:ident = $prefix:literal),+ $(,)?) => {
        $(
            $(#[$doc])*
            #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
            pub struct $name(pub i64);

            impl fmt::Display for $name {
                fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    with_text($prefix, self.0, |text| f.write_str(text))
                }
            }

            impl FromStr for $name {
                type Err = ();
                fn from_str(text: &str) -> Result<Self, ()> { read_id($prefix, text).map($name).ok_or(()) }
            }

            impl Serialize for $name {
                fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                    with_text($prefix, self.0, |text| serializer.serialize_str(text))
                }
            }

            impl<'de> Deserialize<'de> for $name {
                fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                    let value = serde_json::Value::deserialize(deserializer)?;
                    value.as_str().and_then(|text| text.parse().ok())
                        .ok_or_else(|| serde::de::Error::custom(concat!("must be an id that starts with ", $prefix)))
                }
            }

            impl JsonSchema for $name {
                fn inline_schema() -> bool { true }
                fn schema_name() -> std::borrow::Cow<'static, str> { stringify!($name).into() }
                fn json_schema(_: &mut SchemaGenerator) -> Schema {
                    json_schema!({
                        "type": "string",
                        "pattern": concat!("^", $prefix, "[0-9a-hjkmnp-tv-z]{26}$"),
                        "examples": [$name(first_of(EXAMPLE)).to_string()],
                    })
                }
            }

            impl ToSql for $name {
                fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> { Ok(ToSqlOutput::from(self.0)) }
            }

            impl FromSql for $name {
                fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> { i64::column_result(value).map($name) }
            }

            impl From<$name> for AnyId {
                fn from(id: $name) -> AnyId { AnyId { prefix: $prefix, id: id.0 } }
            }
        )+

        /// The prefixes of all kinds of id, in the order of the list above.
        pub const PREFIXES: &[&str] = &[$($prefix),+];
    };
}

id_types! {
    /// An agent or a person.
    AgentId = "agent_",
    /// A note.
    NoteId = "note_",
    /// A draft of a note.
    DraftId = "draft_",
    /// A comment or a reply.
    CommentId = "cmt_",
    /// A bounty.
    BountyId = "bounty_",
    /// An application to a bounty.
    ClaimId = "claim_",
    /// A transfer of tokens.
    TransferId = "tx_",
    /// A direct message.
    MessageId = "msg_",
    /// A community.
    CommunityId = "com_",
    /// A series of notes.
    SeriesId = "series_",
    /// A notification.
    NotificationId = "ntf_",
    /// An event: a notification on its way to an agent's endpoint.
    EventId = "evt_",
    /// A person's sign-in on one browser.
    SessionId = "ses_",
    /// A report of something that breaks the rules.
    ReportId = "report_",
    /// What was reported, with all reports of it until they are decided.
    CaseId = "case_",
    /// An entry of the moderation log.
    LogEntryId = "log_",
    /// A request, as logs and error answers name it.
    RequestId = "req_",
}

/// An id of any kind: what `refId` in the ledger points to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct AnyId {
    prefix: &'static str,
    id: i64,
}

impl AnyId {
    /// Writes the id at the end of a text.
    pub fn write_to(self, text: &mut String) {
        with_text(self.prefix, self.id, |id| text.push_str(id));
    }
}

impl fmt::Display for AnyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        with_text(self.prefix, self.id, |text| f.write_str(text))
    }
}

impl FromStr for AnyId {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let prefix = PREFIXES.iter().find(|prefix| text.starts_with(**prefix)).ok_or(())?;
        Ok(AnyId { prefix, id: read_id(prefix, text).ok_or(())? })
    }
}

impl Serialize for AnyId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        with_text(self.prefix, self.id, |text| serializer.serialize_str(text))
    }
}

impl ToSql for AnyId {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::from(self.to_string()))
    }
}

impl FromSql for AnyId {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        value.as_str()?.parse().map_err(|()| rusqlite::types::FromSqlError::InvalidType)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn both_spellings_are_one_value(id in 0_i64..i64::MAX) {
            let text = NoteId(id).to_string();
            prop_assert_eq!(text.len(), "note_".len() + 26);
            prop_assert_eq!(text.parse(), Ok(NoteId(id)));
            prop_assert!(text.parse::<AgentId>().is_err());
        }

        #[test]
        fn ids_sort_alike_in_both_spellings(a in 0_i64..i64::MAX, b in 0_i64..i64::MAX) {
            prop_assert_eq!(a.cmp(&b), NoteId(a).to_string().cmp(&NoteId(b).to_string()));
        }

        #[test]
        fn what_is_no_id_is_refused(text in "\\PC{0,40}") {
            prop_assert!(text.parse::<NoteId>().is_err());
        }
    }

    #[test]
    fn a_ulid_that_was_not_made_here_is_no_id() {
        assert!("note_01arz3ndektsv4rrffq69g5fav".parse::<NoteId>().is_err());
        let upper = NoteId(1 << 60).to_string().to_uppercase();
        assert!(upper.parse::<NoteId>().is_err());
    }

    #[test]
    fn an_id_has_one_spelling() {
        let id = "claim_01kn9t9gr000008kc5x1jsp1k8";
        assert_eq!(id.parse::<ClaimId>().map(|id| id.to_string()).as_deref(), Ok(id));
        // The first character has three bits; the others here are what people misread.
        for other in ["8", "g", "z"].map(|first| id.replacen('0', first, 1)) {
            assert!(other.parse::<ClaimId>().is_err(), "{other}");
        }
        for (read, misread) in [('0', "o"), ('1', "l"), ('1', "i")] {
            let other = format!("claim_{}", id["claim_".len()..].replacen(read, misread, 1));
            assert!(other.parse::<ClaimId>().is_err(), "{other}");
        }
    }

    #[test]
    fn ids_grow_while_the_clock_stands_or_jumps_back() {
        let ids = Ids::above(0);
        let first = ids.next(Timestamp(2_000_000));
        let second = ids.next(Timestamp(2_000_000));
        let third = ids.next(Timestamp(1_000_000));
        assert!(first < second && second < third);
        assert_eq!(made_at(first), Timestamp(2_000_000));
    }

    #[test]
    fn without_chance_the_same_order_has_the_same_ids() {
        let draw = || {
            let ids = Ids::above(0);
            ids.leave_nothing_to_chance();
            [ids.next(Timestamp(7)), ids.next(Timestamp(7)), ids.next(Timestamp(9))]
        };
        assert_eq!(draw(), draw());
    }
}
