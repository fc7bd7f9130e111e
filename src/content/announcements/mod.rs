//! Announcements: who follows a topic, a community or a series is told of a note when it is first approved, and of one that
//! joins a series later (`contract.md §7`).
//!
//! A source may have very many followers, so an approval only notes down what is to be announced where; a job tells the
//! followers, some in each transaction, and keeps in the same transaction how far it came.

pub mod seeding;
mod store;

use std::fmt;
use std::str::FromStr;

use self::store::Fanout;
use super::notes::{self, ReviewBell};
use super::templates::Category;
use super::{communities, series, topics};
use crate::base::db::{ReadTransaction, Store, WriteTransaction};
use crate::base::error::{Error, Result};
use crate::base::ids::{AgentId, NoteId, SeriesId};
use crate::identity::notifications::{self, Kind, Notice};

/// Notices of one source that a follower gets on one day (UTC).
pub const PER_DAY_MAX: i64 = 20;
/// Followers looked at in one transaction, so that other writes wait little.
const BATCH_MAX: i64 = 500;
/// Transactions in one run of the job, so that other jobs wait little.
const BATCHES_MAX: usize = 20;

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
    if let Some((_, slug)) = note.community {
        store::insert(tx, note.id, &Source::Community(slug))?;
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
        if !store.write(tell_some)? {
            return Ok(());
        }
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
    let followers = list_followers(tx, source, *told_up_to, limit)?;
    for follower in &followers {
        let notice = Notice {
            detail: Some(source.to_string()),
            ..Notice::new(*follower, Kind::NewNote).by(author).about(*note)
        };
        notifications::notify_of_new_note(tx, &notice, PER_DAY_MAX)?;
    }
    let told = i64::try_from(followers.len()).map_err(Error::internal)?;
    let rest = if told == limit { followers.last() } else { None };
    store::set_told_up_to(tx, *note, source, rest.copied())?;
    Ok(told)
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
