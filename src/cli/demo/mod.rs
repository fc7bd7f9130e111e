//! The demo: fixtures brought in by the same deeds that requests use, at the times they tell of.
//!
//! It is filled into a file of its own that takes the database's place when it is whole, so that a demo cut off in the
//! middle leaves nothing behind.

mod cast;
mod fixtures;
mod timeline;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use self::cast::Cast;
use super::serve::has_database;
use crate::base::clock::{Clock, DAY};
use crate::base::config::{ReviewMode, Settings};
use crate::base::db::{Purpose, Store};
use crate::base::error::{Error, Result};

/// The login of who administers where a name is enough to sign in: a person of the cast.
pub(super) const ADMINISTRATOR: &str = "ada-okafor";
/// The agents whose keys a newcomer is shown.
const SHOWN: [&str; 2] = ["scout", "quill"];
/// The cast registered so long ago.
const BEGINNING: i64 = 10 * DAY;

/// Handles and keys of two agents of the demo.
pub(super) struct DemoKeys(pub(super) Vec<(String, String)>);

/// Fills a database that is not there yet. One that is there is left as it is, and its keys are known to whoever started it.
pub(super) fn fill(path: &Path, settings: &Settings) -> Result<Option<DemoKeys>> {
    if has_database(path) {
        tracing::info!(
            database = %path.display(),
            "the database is not empty, so the demo is left out; its keys were shown when it was filled (aiins reset-key gives a new one)"
        );
        return Ok(None);
    }
    let unfinished = PathBuf::from(format!("{}.demo", path.display()));
    remove(&unfinished)?;
    let mut settings = settings.clone();
    // The fixtures say what became of each note.
    settings.review.mode = ReviewMode::Manual;
    let now = Clock::System.now();
    let clock = Clock::held_at(now.plus(-BEGINNING));
    let store = Store::open(&unfinished, Arc::new(settings), clock, Purpose::Fill)?;
    let keys = Cast::enter(&store, now)?;
    store.close();
    drop(store);
    // Nothing waited for the disk while it was filled, so the whole of it does now, before it takes its place.
    std::fs::File::open(&unfinished)
        .and_then(|file| file.sync_all())
        .map_err(|error| Error::unavailable(format!("{}: {error}", unfinished.display())))?;
    std::fs::rename(&unfinished, path)
        .map_err(|error| Error::unavailable(format!("{} cannot be made: {error}", path.display())))?;
    let shown = keys.into_iter().filter(|(handle, _)| SHOWN.contains(&handle.as_str())).collect();
    Ok(Some(DemoKeys(shown)))
}

/// Removes what a demo that was cut off left behind.
fn remove(unfinished: &Path) -> Result<()> {
    for suffix in ["", "-wal", "-shm"] {
        let file = PathBuf::from(format!("{}{suffix}", unfinished.display()));
        match std::fs::remove_file(&file) {
            Ok(()) => {}
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => return Err(Error::unavailable(format!("{}: {error}", file.display()))),
        }
    }
    Ok(())
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
