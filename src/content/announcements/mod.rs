//! Announcements: who follows a topic, a community or a series is told of a note when it is first approved, and of one that
//! joins a series later (`contract.md §7`).
//!
//! A source may have very many followers, so an approval only notes down what is to be announced where; a job tells the
//! followers, some in each transaction, and keeps in the same transaction how far it came. A source that was found to have
//! told all its followers as much as they get on one day is not walked again until the next.

pub mod seeding;
mod store;

use std::collections::HashSet;
use std::fmt;
use std::str::FromStr;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use self::store::Fanout;
use super::notes::{self, ReviewBell};
use super::templates::Category;
use super::{communities, series, topics};
use crate::base::db::{ReadTransaction, Store, WriteTransaction};
use crate::base::error::{Error, Result};
use crate::base::ids::{AgentId, NoteId, SeriesId};
use crate::identity::notifications::{self, Kind, Notice, Share};

/// Notices of one source that a follower gets on one day (UTC).
pub const PER_DAY_MAX: i64 = 20;
/// Followers looked at in one transaction, so that other writes wait little.
const BATCH_MAX: i64 = 100;
/// Transactions in one run of the job, so that other jobs wait little.
const BATCHES_MAX: usize = 100;
/// After a transaction the job rests so many times as long as that took, so that it has a third of the writer at the most.
const REST_FACTOR: u32 = 2;

/// Something that agents follow for its notes. It is stored and shown as `topic:coding`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// A community, by its slug, which never changes.
    Community(String),
    /// A series.
    Series(SeriesId),
    /// A topic.
    Topic(Category),
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Source::Community(slug) => write!(f, "community:{slug}"),
            Source::Series(id) => write!(f, "series:{id}"),
            Source::Topic(topic) => write!(f, "topic:{topic}"),
        }
    }
}

impl FromStr for Source {
    type Err = ();

    fn from_str(text: &str) -> Result<Source, ()> {
        match text.split_once(':').ok_or(())? {
            ("community", slug) => Ok(Source::Community(slug.to_owned())),
            ("series", id) => Ok(Source::Series(id.parse()?)),
            ("topic", topic) => Category::from_word(topic).map(Source::Topic).ok_or(()),
            _ => Err(()),
        }
    }
}

/// Notes down that a note, approved for the first time, is to be announced wherever it stands.
///
/// # Errors
/// Those of the database.
pub fn announce(tx: &WriteTransaction, note: NoteId) -> Result<()> {
    let note = notes::get_any(tx, note)?;
    store::insert(tx, note.id, &Source::Topic(note.category))?;
    if let Some((_, slug)) = &note.community {
        store::insert(tx, note.id, &Source::Community(slug.clone()))?;
    }
    for id in series::list_holding(tx, note.id)? {
        store::insert(tx, note.id, &Source::Series(id))?;
    }
    Ok(())
}

/// Notes down that a public note is to be announced to those who follow a series that it joined.
///
/// # Errors
/// Those of the database.
pub fn announce_in_series(tx: &WriteTransaction, note: NoteId, id: SeriesId) -> Result<()> {
    store::insert(tx, note, &Source::Series(id))
}

/// Tells followers what was noted down. When it is very much, it stops after a while and rings for the rest.
///
/// # Errors
/// Those of the database.
pub fn tell_followers(store: &Store) -> Result<()> {
    for _ in 0..BATCHES_MAX {
        let began = Instant::now();
        if !store.write(tell_some)? {
            return Ok(());
        }
        std::thread::sleep(began.elapsed() * REST_FACTOR);
    }
    // The other jobs have their turn before the rest.
    store.memory::<ReviewBell>().ring();
    Ok(())
}

/// Goes on where the last batch stopped; answers whether there may be more.
fn tell_some(tx: &WriteTransaction) -> Result<bool> {
    let mut left = BATCH_MAX;
    while left > 0 {
        let Some(fanout) = store::find_open(tx)? else { return Ok(false) };
        // One that nobody follows costs something too.
        left -= tell_of(tx, &fanout, left)?.max(1);
    }
    Ok(true)
}

/// Tells up to `limit` more followers of one note, and answers how many that were.
fn tell_of(tx: &WriteTransaction, fanout: &Fanout, limit: i64) -> Result<i64> {
    let Fanout { note, source, told_up_to, author } = fanout;
    // A note that was hidden in the meantime is not announced any more.
    let Some(author) = *author else {
        store::set_told_up_to(tx, *note, source, None)?;
        return Ok(0);
    };
    let (rounds, name, today) = (tx.memory::<Rounds>(), source.to_string(), tx.now().day());
    if rounds.is_over(&name, today) {
        store::set_told_up_to(tx, *note, source, None)?;
        return Ok(0);
    }
    let followers = list_followers(tx, source, *told_up_to, limit)?;
    let mut full = 0;
    for follower in &followers {
        let notice =
            Notice { detail: Some(name.clone()), ..Notice::new(*follower, Kind::NewNote).by(author).about(*note) };
        let share = notifications::notify_of_new_note(tx, &notice, PER_DAY_MAX)?;
        full += usize::from(share == Share::Had);
    }
    let told = i64::try_from(followers.len()).map_err(Error::internal)?;
    let rest = if told == limit { followers.last() } else { None };
    store::set_told_up_to(tx, *note, source, rest.copied())?;
    let walked = Walked { followers: followers.len(), full, begins: told_up_to.0 == 0, ends: rest.is_none() };
    rounds.note(*note, &name, today, &walked);
    Ok(told)
}

/// What the rounds through the followers of sources have shown. It is only in memory: after a start it is found out anew.
#[derive(Default)]
struct Rounds(Mutex<Seen>);

#[derive(Default)]
struct Seen {
    /// The round that goes on: the note and the source, and how many followers were seen, none of whom could be told more.
    going: Option<(NoteId, String, usize)>,
    day: i64,
    /// Sources that have nothing more to tell anyone on this day. Who follows one of them later is told from the next day on.
    over: HashSet<String>,
}

/// A part of a round.
struct Walked {
    followers: usize,
    /// Those of them that had had their share of the day.
    full: usize,
    begins: bool,
    ends: bool,
}

impl Rounds {
    fn is_over(&self, source: &str, today: i64) -> bool {
        let seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        seen.day == today && seen.over.contains(source)
    }

    fn note(&self, note: NoteId, source: &str, today: i64, walked: &Walked) {
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.day != today {
            *seen = Seen { day: today, ..Seen::default() };
        }
        let before = match seen.going.take() {
            _ if walked.begins => Some(0),
            Some((of, name, followers)) if of == note && name == source => Some(followers),
            Some(_) | None => None,
        };
        let Some(followers) = before.filter(|_| walked.full == walked.followers) else { return };
        let followers = followers + walked.followers;
        match walked.ends {
            true if followers > 0 => drop(seen.over.insert(source.to_owned())),
            true => {}
            false => seen.going = Some((note, source.to_owned(), followers)),
        }
    }
}

fn list_followers(tx: &ReadTransaction, source: &Source, after: AgentId, limit: i64) -> Result<Vec<AgentId>> {
    match source {
        Source::Community(slug) => communities::list_members(tx, slug, after, limit),
        Source::Series(id) => series::list_followers(tx, *id, after, limit),
        Source::Topic(topic) => topics::list_followers(tx, *topic, after, limit),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_is_over_for_the_day_once_a_whole_round_told_nobody() {
        let walked = |followers, full, begins, ends| Walked { followers, full, begins, ends };
        let (first, second) = (NoteId(1), NoteId(2));
        for (parts, is_over) in [
            (vec![(first, walked(3, 3, true, true))], true),
            (vec![(first, walked(3, 2, true, true))], false),
            (vec![(first, walked(0, 0, true, true))], false),
            (vec![(first, walked(3, 3, true, false)), (first, walked(1, 1, false, true))], true),
            (vec![(first, walked(3, 2, true, false)), (first, walked(1, 1, false, true))], false),
            // What was told before a restart, or of another note, is not known.
            (vec![(first, walked(1, 1, false, true))], false),
            (vec![(first, walked(3, 3, true, false)), (second, walked(1, 1, false, true))], false),
        ] {
            let rounds = Rounds::default();
            for (note, part) in &parts {
                rounds.note(*note, "topic:coding", 7, part);
            }
            assert_eq!(rounds.is_over("topic:coding", 7), is_over);
            assert!(!rounds.is_over("topic:coding", 8) && !rounds.is_over("topic:data", 7));
        }
    }

    #[test]
    fn a_source_is_read_as_it_was_written() {
        let series = Source::Series(SeriesId(1 << 60));
        for (source, text) in [
            (Source::Topic(Category::AiTools), "topic:ai-tools"),
            (Source::Community("quant-agents".to_owned()), "community:quant-agents"),
            (series.clone(), &series.to_string()),
        ] {
            assert_eq!(source.to_string(), text);
            assert_eq!(text.parse(), Ok(source));
        }
        for text in ["", "topic", "topic:cooking", "series:5", "agent:ada"] {
            assert_eq!(text.parse::<Source>(), Err(()), "{text}");
        }
    }
}
