//! What an agent may choose, and when a delivery is tried again.

use super::Kind;
use crate::base::clock::{DAY, HOUR, MINUTE, SECOND, Timestamp};
use crate::base::error::{Error, Result};

/// The word for every kind.
const ALL: &str = "*";
/// Bytes of a word that is repeated in a refusal.
const WORD_BYTES_MAX: usize = 40;
/// How long to wait after the first failure in a row, the second, and so on; the last one holds for all others.
const PAUSES: [i64; 7] = [5 * SECOND, 30 * SECOND, 2 * MINUTE, 10 * MINUTE, 30 * MINUTE, HOUR, 2 * HOUR];
/// Pauses are up to this share longer, so that endpoints that failed together are not tried together.
const JITTER_SHARE: i64 = 10;
/// The longest that an endpoint's `Retry-After` is heeded.
const RETRY_AFTER_MAX: i64 = 6 * HOUR;
/// Attempts of one event. With the pauses between them they take more than a day.
pub const ATTEMPTS_MAX: i64 = 19;
/// An event that its endpoint fails at is overtaken by others after so many attempts; before that, their order is kept.
const ATTEMPTS_IN_ORDER: i64 = 6;
/// An endpoint that fails for so long is left alone.
const FAILING_MAX: i64 = DAY;
/// But not before so many attempts, since we may have been away for a day ourselves.
const FAILURES_MIN: i64 = 10;

/// The kinds of notifications that an agent has pushed to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    /// Every kind there is, and those to come.
    All,
    /// These. Not empty.
    Some(Vec<Kind>),
}

impl Wanted {
    /// The words that may be sent.
    pub fn words() -> impl Iterator<Item = &'static str> {
        std::iter::once(ALL).chain(Kind::WORDS.iter().copied().filter(|word| *word != Kind::EventsOff.as_str()))
    }

    /// Reads words as they are sent; none of them means nothing.
    ///
    /// # Errors
    /// 400 for a word that is none, with the one that was probably meant.
    pub fn parse<S: AsRef<str>>(words: &[S]) -> Result<Option<Wanted>> {
        let mut kinds = Vec::new();
        let mut all = false;
        for word in words.iter().map(AsRef::as_ref) {
            match Kind::from_word(word).filter(|kind| *kind != Kind::EventsOff) {
                Some(kind) => kinds.push(kind),
                None if word == ALL => all = true,
                None => return Err(unknown(word)),
            }
        }
        kinds.sort_unstable();
        kinds.dedup();
        Ok(match (all, kinds.is_empty()) {
            (true, _) => Some(Wanted::All),
            (false, true) => None,
            (false, false) => Some(Wanted::Some(kinds)),
        })
    }

    /// As [`Wanted::to_text`] wrote it. A kind that there is no more is left out.
    #[must_use]
    pub fn of_text(text: &str) -> Wanted {
        if text == ALL { Wanted::All } else { Wanted::Some(text.split(' ').filter_map(Kind::from_word).collect()) }
    }

    /// For the file.
    #[must_use]
    pub fn to_text(&self) -> String {
        self.to_words().join(" ")
    }

    /// As it is sent and shown.
    #[must_use]
    pub fn to_words(&self) -> Vec<&'static str> {
        match self {
            Wanted::All => vec![ALL],
            Wanted::Some(kinds) => kinds.iter().map(|kind| kind.as_str()).collect(),
        }
    }

    /// Whether a kind is among them.
    #[must_use]
    pub fn has(&self, kind: Kind) -> bool {
        match self {
            Wanted::All => true,
            Wanted::Some(kinds) => kinds.contains(&kind),
        }
    }
}

fn unknown(word: &str) -> Error {
    let is_name = word.len() <= WORD_BYTES_MAX && word.bytes().all(|byte| byte.is_ascii_graphic());
    let plain = |word: &str| word.to_ascii_lowercase().replace(['-', '.', ' '], "_");
    let typed = plain(word);
    let near = |known: &&str| {
        typed == format!("{known}s") || strsim::osa_distance(known, &typed) <= known.len().min(typed.len()) / 3
    };
    let message = match Wanted::words().filter(|known| *known != ALL).find(near) {
        Some(meant) if is_name => format!("events: `{word}` is no type of event; did you mean `{meant}`?"),
        None if is_name => format!("events: `{word}` is no type of event"),
        Some(_) | None => "events names what is no type of event".to_owned(),
    };
    Error::invalid("events", message).allowed(Wanted::words())
}

/// Whether a failure lies with this one event or with the endpoint as a whole.
#[must_use]
pub(super) fn is_about_the_event(status: Option<u16>) -> bool {
    // 408 and 429 say "later", and without a status nobody has read the event.
    status.is_some_and(|status| (300..500).contains(&status) && !matches!(status, 408 | 429))
}

/// When an event that failed is tried again, and when its agent's others are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Retry {
    /// When the endpoint is tried again, with whichever event.
    pub(super) agent_at: Timestamp,
    /// When this event is; `None` when it has been tried often enough. One that keeps its place has its old time.
    pub(super) event_at: Option<Timestamp>,
}

/// What follows from a failure.
#[derive(Debug, Clone, Copy)]
pub(super) struct Failing {
    /// Attempts of the event, this one included.
    pub(super) attempts: i64,
    /// Failures in a row at this endpoint, this one included.
    pub(super) failures: i64,
    /// When the event was due.
    pub(super) due_at: Timestamp,
    /// What the endpoint answered with.
    pub(super) status: Option<u16>,
    /// How long it asked to wait, in milliseconds.
    pub(super) retry_after: Option<i64>,
}

impl Failing {
    /// When to try again. `chance` is from 0 to 1.
    pub(super) fn retry(self, now: Timestamp, chance: f64) -> Retry {
        let asked = self.retry_after.unwrap_or_default().clamp(0, RETRY_AFTER_MAX);
        let after = |times: i64| {
            let pause = pause(times);
            #[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation)]
            let jitter = ((pause / JITTER_SHARE) as f64 * chance) as i64;
            now.plus(pause.max(asked) + jitter)
        };
        let keeps_place = !is_about_the_event(self.status) && self.attempts < ATTEMPTS_IN_ORDER;
        let event_at = if keeps_place { self.due_at } else { after(self.attempts) };
        Retry { agent_at: after(self.failures), event_at: (self.attempts < ATTEMPTS_MAX).then_some(event_at) }
    }
}

fn pause(times: i64) -> i64 {
    let at = usize::try_from(times - 1).unwrap_or_default();
    PAUSES[at.min(PAUSES.len() - 1)]
}

/// Whether an endpoint has failed for so long that it is left alone.
#[must_use]
pub(super) fn is_hopeless(failures: i64, failing_since: Timestamp, now: Timestamp) -> bool {
    failures >= FAILURES_MIN && now.since(failing_since) >= FAILING_MAX
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_read_and_a_slip_is_understood() {
        for (words, expected) in [
            (&[][..], Ok(None)),
            (&["*"], Ok(Some("*"))),
            (&["like", "*"], Ok(Some("*"))),
            (&["tip", "like", "tip"], Ok(Some("like tip"))),
            (&["likes"], Err("events: `likes` is no type of event; did you mean `like`?")),
            (&["Note-Approved"], Err("events: `Note-Approved` is no type of event; did you mean `note_approved`?")),
            (&["mesage"], Err("events: `mesage` is no type of event; did you mean `message`?")),
            (&["weather"], Err("events: `weather` is no type of event")),
            (&["events_off"], Err("events: `events_off` is no type of event")),
            (&[""], Err("events: `` is no type of event")),
            (&["<b>\u{202e}"], Err("events names what is no type of event")),
        ] {
            let read = Wanted::parse(words).map(|wanted| wanted.map(|wanted| wanted.to_text()));
            match (read, expected) {
                (Ok(read), Ok(expected)) => assert_eq!(read.as_deref(), expected, "{words:?}"),
                (Err(error), Err(expected)) => {
                    assert_eq!(error.message(), expected);
                    assert!(error.details().allowed.iter().any(|word| word == "like"));
                }
                (read, _) => panic!("{words:?}: {read:?}"),
            }
        }
        assert_eq!(Wanted::of_text("like tip gone"), Wanted::Some(vec![Kind::Like, Kind::Tip]));
        assert!(Wanted::of_text("like").has(Kind::Like) && !Wanted::of_text("like").has(Kind::Tip));
    }

    #[test]
    fn an_event_is_tried_for_more_than_a_day_with_growing_pauses() {
        let now = Timestamp(0);
        let failing = |times, status, retry_after| {
            Failing { attempts: times, failures: times, due_at: now, status, retry_after }.retry(now, 0.0)
        };
        let mut whole = 0;
        for times in 1..ATTEMPTS_MAX {
            let retry = failing(times, Some(404), None);
            assert_eq!(retry.event_at, Some(retry.agent_at));
            whole += retry.agent_at.0;
        }
        assert!(whole > DAY, "{whole}");
        assert_eq!(failing(ATTEMPTS_MAX, Some(404), None).event_at, None);
        // Where nobody answers the event keeps its place, but not for ever.
        assert_eq!(failing(1, None, None), Retry { agent_at: Timestamp(5 * SECOND), event_at: Some(now) });
        assert_eq!(failing(ATTEMPTS_IN_ORDER, Some(503), None).event_at, Some(Timestamp(HOUR)));
        // What the endpoint asks for is heeded between our own pause and six hours.
        for (asked, pause) in [(0, 5 * SECOND), (90 * SECOND, 90 * SECOND), (30 * DAY, 6 * HOUR), (-5, 5 * SECOND)] {
            assert_eq!(failing(1, Some(429), Some(asked)).agent_at, Timestamp(pause), "{asked}");
        }
        let most = Failing { attempts: 1, failures: 1, due_at: now, status: None, retry_after: None }.retry(now, 1.0);
        assert_eq!(most.agent_at, Timestamp(5 * SECOND + SECOND / 2));
    }

    #[test]
    fn an_endpoint_is_left_alone_after_a_day_of_many_failures() {
        let (start, day) = (Timestamp(0), Timestamp(DAY));
        for (failures, now, hopeless) in [(10, day, true), (9, day, false), (40, Timestamp(DAY - 1), false)] {
            assert_eq!(is_hopeless(failures, start, now), hopeless);
        }
    }
}
