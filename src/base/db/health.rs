//! Health: whether the file can be read and written, whether it is damaged, and whether there is room for more.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use super::files;
use crate::base::error::{Error, Result};

/// Room on the disk that must be left: the write-ahead log may take so much before it is copied into the file.
pub const FREE_BYTES_MIN: u64 = 64 << 20;

/// What an integrity check says of a page that the disk did not give; it is no word about what the page holds.
const UNREADABLE: &str = "unable to get the page";

/// Whether SQLite has found the file damaged. A file does not heal, so it stays so until the next start; but SQLite says the
/// same of a disk that fails to read for a while, so a suspicion is looked into once it can be.
#[derive(Default)]
pub(super) struct Damage {
    found: AtomicBool,
    /// The whole file was looked through, and it is damaged.
    proven: AtomicBool,
}

impl Damage {
    pub(super) fn is_found(&self) -> bool {
        self.found.load(Ordering::Relaxed)
    }

    /// Whether the file was found to be damaged and has not been looked through since.
    pub(super) fn is_suspected(&self) -> bool {
        self.is_found() && !self.proven.load(Ordering::Relaxed)
    }

    /// Takes what an integrity check of the whole file says.
    ///
    /// # Errors
    /// 503 when there were pages that it could not read.
    pub(super) fn judge(&self, problems: &[String]) -> Result<()> {
        if problems.iter().any(|problem| problem.contains(UNREADABLE)) {
            return Err(Error::unavailable("The disk fails to read the database"));
        }
        if problems.is_empty() {
            self.found.store(false, Ordering::Relaxed);
            tracing::warn!("the database is whole: the disk had failed to read it for a while. It is written again");
        } else {
            self.proven.store(true, Ordering::Relaxed);
            tracing::error!(?problems, "the database was looked through, and is damaged");
        }
        Ok(())
    }

    /// Looks whether an error of SQLite says that the file is damaged.
    pub(super) fn look_at(&self, error: &rusqlite::Error) {
        use rusqlite::ErrorCode::{DatabaseCorrupt, NotADatabase};
        let is_damage = matches!(error.sqlite_error_code(), Some(DatabaseCorrupt | NotADatabase));
        if is_damage && !self.found.swap(true, Ordering::Relaxed) {
            tracing::error!(
                %error,
                "the database is damaged; nothing is written any more. Stop the server, keep the file, and put a backup in its place with aiins restore"
            );
        }
    }

    /// As [`Damage::look_at`], for what came of a transaction.
    pub(super) fn watch<R>(&self, result: Result<R>) -> Result<R> {
        if let Err(error) = &result
            && let Some(cause) = error.cause().and_then(|cause| cause.downcast_ref::<rusqlite::Error>())
        {
            self.look_at(cause);
        }
        result
    }

    /// Refuses to write into a damaged file: that would only damage it further.
    pub(super) fn refuse(&self) -> Result<()> {
        if self.is_found() {
            return Err(Error::unavailable(
                "The database is damaged and takes no writes until its operator restores it",
            ));
        }
        Ok(())
    }
}

/// Refuses when the disk that holds the file is too full for more.
pub(super) fn refuse_full_disk(path: &Path) -> Result<()> {
    let folder = files::folder_of(path);
    let free = fs4::available_space(folder)
        .map_err(|error| Error::unavailable("The folder of the database cannot be looked at").caused_by(error))?;
    if free < FREE_BYTES_MIN {
        return Err(Error::unavailable(format!(
            "The disk is too full for more: {} MiB are free, {} are needed",
            free >> 20,
            FREE_BYTES_MIN >> 20
        )));
    }
    Ok(())
}
