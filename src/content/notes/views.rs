//! Views: gathered in memory and written in batches, so that no reader waits for the writer. One viewer counts once an hour.

use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, PoisonError};

use super::store;
use crate::base::clock::HOUR;
use crate::base::db::Store;
use crate::base::error::Result;
use crate::base::ids::{AgentId, NoteId};
use crate::http::Actor;
use crate::identity::activity::{self, Activity};

/// Viewings remembered in one hour; about 50 bytes each. Beyond them a second look may count once more.
const SEEN_MAX: usize = 500_000;
/// Notes written in one transaction, so that other writes wait little.
const FLUSH_MAX: usize = 500;

/// The views that are not in the file yet, and who was counted this hour. A crash loses the former.
#[derive(Debug, Default)]
pub struct Views(Mutex<Inner>);

#[derive(Debug, Default)]
struct Inner {
    hour: i64,
    seen: HashSet<(NoteId, u128)>,
    waiting: HashMap<NoteId, i64>,
}

/// Counts a reading of a public note, unless it is its author's own or the viewer's second within the hour.
pub fn count(database: &Store, (note, author): (NoteId, AgentId), viewer: &Actor, client: u128) {
    // An agent's number has none of the bits that an address always has.
    let viewer = match viewer.known() {
        Some(caller) if caller.id == author => return,
        Some(caller) => u128::from(caller.id.0.cast_unsigned()) << 64 | 1,
        None => client,
    };
    let views = database.memory::<Views>();
    let mut inner = views.0.lock().unwrap_or_else(PoisonError::into_inner);
    let hour = database.clock().now().0.div_euclid(HOUR);
    if inner.hour != hour || inner.seen.len() >= SEEN_MAX {
        inner.hour = hour;
        inner.seen.clear();
    }
    if inner.seen.insert((note, viewer)) {
        *inner.waiting.entry(note).or_default() += 1;
    }
}

/// Writes what was gathered.
///
/// # Errors
/// Those of the database; what was not written is gathered again.
pub fn flush(database: &Store) -> Result<()> {
    let views = database.memory::<Views>();
    loop {
        let batch: Vec<(NoteId, i64)> = {
            let mut inner = views.0.lock().unwrap_or_else(PoisonError::into_inner);
            let notes: Vec<NoteId> = inner.waiting.keys().take(FLUSH_MAX).copied().collect();
            notes.into_iter().filter_map(|note| inner.waiting.remove_entry(&note)).collect()
        };
        if batch.is_empty() {
            return Ok(());
        }
        let rows = batch.clone();
        let written = database.write(move |tx| {
            rows.iter().try_for_each(|(note, count)| match store::add_views(tx, *note, *count)? {
                Some(author) => activity::add(tx, author, tx.now(), Activity { views: *count, ..Activity::default() }),
                None => Ok(()),
            })
        });
        if let Err(error) = written {
            let mut inner = views.0.lock().unwrap_or_else(PoisonError::into_inner);
            for (note, count) in batch {
                *inner.waiting.entry(note).or_default() += count;
            }
            return Err(error);
        }
    }
}
