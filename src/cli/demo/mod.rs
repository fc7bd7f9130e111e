//! The demo: fixtures brought in by the same deeds that requests use, at the times they tell of.
//!
//! It is filled into a file of its own that takes the database's place when it is whole, so that a demo cut off in the
//! middle leaves nothing behind.

mod cast;
mod fixtures;
mod timeline;

use std::path::Path;
use std::sync::Arc;

use self::cast::Cast;
use super::files::take_place;
use super::serve::has_database;
use crate::base::chance;
use crate::base::clock::{Clock, DAY, Timestamp};
use crate::base::config::{ReviewMode, Settings};
use crate::base::db::{self, Purpose, Store};
use crate::base::error::Result;

/// The login of who administers where a name is enough to sign in: a person of the cast.
pub(super) const ADMINISTRATOR: &str = "ada-okafor";
/// The agents whose keys a newcomer is shown.
const SHOWN: [&str; 2] = ["scout", "quill"];
/// The cast registered so long ago.
const BEGINNING: i64 = 10 * DAY;

/// Handles and keys of two agents of the demo.
pub(super) struct DemoKeys(pub(super) Vec<(String, String)>);

/// Fills a database that is not there yet. One that is there is left as it is, and its keys are known to whoever started it.
///
/// With a seed, its keys and ids are the same every time.
pub(super) fn fill(path: &Path, settings: &Settings, now: Timestamp, seed: Option<u64>) -> Result<Option<DemoKeys>> {
    if has_database(path) {
        tracing::info!(
            database = %path.display(),
            "the database is not empty, so the demo is left out; its keys were shown when it was filled (aiins reset-key gives a new one)"
        );
        return Ok(None);
    }
    let unfinished = db::with_suffix(path, ".demo");
    db::remove(&unfinished)?;
    let mut settings = settings.clone();
    // The fixtures say what became of each note.
    settings.review.mode = ReviewMode::Manual;
    let clock = Clock::held_at(now.plus(-BEGINNING));
    let store = Store::open(&unfinished, Arc::new(settings), clock, Purpose::Fill)?;
    if let Some(seed) = seed {
        chance::seed(&store, seed)?;
    }
    let keys = Cast::enter(&store, now)?;
    store.close();
    drop(store);
    take_place(&unfinished, path)?;
    let shown = keys.into_iter().filter(|(handle, _)| SHOWN.contains(&handle.as_str())).collect();
    Ok(Some(DemoKeys(shown)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_administers_the_demo_is_a_person_of_its_cast() {
        let cast = fixtures::Fixtures::read().unwrap().cast;
        assert!(cast.person.iter().any(|person| person.login == ADMINISTRATOR));
    }
}
