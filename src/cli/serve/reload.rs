//! SIGHUP: the settings are read again, and what can be changed while the server runs is.

use std::sync::Arc;

use super::listen_address;
use crate::base::config::Settings;
use crate::base::db::Store;
use crate::base::error::Result;
use crate::cli::log::LogControl;

/// Puts settings that were read again in the place of the old ones. What cannot be read leaves the old ones as they are.
pub(super) fn reload(store: &Store, log: &LogControl, fresh: Result<Settings>) {
    if let Err(error) = fresh.and_then(|fresh| put(store, log, &fresh)) {
        tracing::error!(%error, "the settings could not be read again; the old ones hold");
    }
}

fn put(store: &Store, log: &LogControl, fresh: &Settings) -> Result<()> {
    // What would be refused at a start is refused here too.
    listen_address(fresh)?;
    let old = Settings::clone(&store.settings());
    let next = keep_fixed(&old, fresh.clone());
    log.change(&next.log)?;
    let changed = old.differences(&next)?.join(", ");
    let waiting = next.differences(fresh)?.join(", ");
    store.change_settings(Arc::new(next));
    match (changed.as_str(), waiting.as_str()) {
        ("", "") => tracing::info!("settings read again; nothing is different"),
        (_, "") => tracing::info!(changed, "settings read again"),
        _ => tracing::warn!(changed, needs_restart = waiting, "settings read again; some hold only after a restart"),
    }
    Ok(())
}

/// New settings with the old values of those from which something was made at the start.
fn keep_fixed(old: &Settings, mut fresh: Settings) -> Settings {
    fresh.server.listen.clone_from(&old.server.listen);
    fresh.server.public_url.clone_from(&old.server.public_url);
    fresh.server.connections_max = old.server.connections_max;
    fresh.database.clone_from(&old.database);
    fresh.auth.clone_from(&old.auth);
    fresh.log.format = old.log.format;
    fresh
}
