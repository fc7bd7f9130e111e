//! Words: the upkeep of the index that search asks.

use std::sync::{Mutex, PoisonError};

use super::signals::FeedChanges;
use super::store;
use crate::base::clock::{MINUTE, Timestamp};
use crate::base::db::Store;
use crate::base::error::Result;

/// Pages of the index that are merged in one transaction, so that other writes wait little.
const MERGE_PAGES: i64 = 32;
/// Transactions of one run. More than that waits for the next.
const MERGES_MAX: usize = 8;

/// When the index was last merged, and how many changes there had been by then.
#[derive(Debug, Default)]
struct Upkeep(Mutex<(Timestamp, u64)>);

/// Merges parts of the index, once a minute where notes came or went since.
///
/// # Errors
/// Those of the database.
pub fn merge(store: &Store) -> Result<()> {
    let (now, changes) = (store.clock().now(), store.memory::<FeedChanges>().number());
    let upkeep = store.memory::<Upkeep>();
    let mut last = upkeep.0.lock().unwrap_or_else(PoisonError::into_inner);
    let (at, seen) = *last;
    if changes == seen || now.since(at).abs() < MINUTE {
        return Ok(());
    }
    let mut merges = 0;
    while merges < MERGES_MAX && store.write(|tx| store::merge_words(tx, MERGE_PAGES))? {
        merges += 1;
    }
    *last = (now, if merges < MERGES_MAX { changes } else { seen });
    Ok(())
}
