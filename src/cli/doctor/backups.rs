//! Backups: whether there is a young one.

use std::path::Path;

use super::Finding;
use crate::base::backups;
use crate::base::clock::{Clock, HOUR};
use crate::base::config::Settings;
use crate::base::db::{self, Inspection};

/// A log this long that only Litestream may shorten says that it does not run.
const LOG_BYTES_WARNED: u64 = 1 << 30;

/// Whether the newest copy is young enough.
pub(super) fn age(settings: &Settings) -> Finding {
    const CHECK: &str = "backup";
    const MEND: &str = "run `aiins backup`, and a timer that does (deploy/aiins-backup.timer)";
    let set = &settings.backup;
    if set.folder.is_empty() {
        return match settings.database.litestream {
            true => Finding::ok(CHECK, "left to Litestream"),
            false => Finding::warn(
                CHECK,
                "no folder for copies is set",
                "set backup.folder, and run `aiins backup` by a timer",
            ),
        };
    }
    match backups::newest(Path::new(&set.folder)) {
        Err(error) => Finding::fail(CHECK, error.message(), MEND),
        Ok(None) => Finding::fail(CHECK, format!("there is no copy in {}", set.folder), MEND),
        Ok(Some(copy)) => {
            let hours = Clock::System.now().since(copy.at) / HOUR;
            let says = format!("{} is {hours} hours old", copy.path.display());
            if u64::try_from(hours).is_ok_and(|hours| hours > set.max_age_hours) {
                return Finding::fail(CHECK, says, MEND);
            }
            Finding::ok(CHECK, says)
        }
    }
}

/// Whether the setting and Litestream agree about who copies the log into the file.
pub(super) fn litestream(settings: &Settings, inspection: Option<&Inspection>) -> Finding {
    const CHECK: &str = "litestream";
    let log = db::with_suffix(Path::new(&settings.database.path), "-wal");
    let bytes = log.metadata().map_or(0, |metadata| metadata.len());
    match (settings.database.litestream, inspection.is_some_and(|found| found.has_litestream)) {
        (false, true) => Finding::fail(
            CHECK,
            "Litestream has been at work on this file, and the server copies the log itself",
            "set database.litestream = true, for all commands; or stop Litestream for good and drop its tables",
        ),
        (false, false) => Finding::ok(CHECK, "not used"),
        (true, _) if bytes >= LOG_BYTES_WARNED => Finding::fail(
            CHECK,
            format!("the log has {} MiB and nobody shortens it", bytes >> 20),
            "start Litestream, or set database.litestream = false",
        ),
        (true, false) if inspection.is_some() => Finding::warn(
            CHECK,
            "it is set, and Litestream has not been at work on this file yet",
            "start it with deploy/litestream.yml",
        ),
        (true, _) => Finding::ok(CHECK, format!("copies the log, which has {} MiB", bytes >> 20)),
    }
}
