//! Health: whether the file can be read and written, whether it is damaged, and whether there is room for more.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use super::files;
use crate::base::error::{Error, Result};

/// Room on the disk that must be left: the write-ahead log may take so much before it is copied into the file.
pub const FREE_BYTES_MIN: u64 = 64 << 20;

/// Whether SQLite has found the file damaged. It stays so until the next start: a file does not heal.
#[derive(Default)]
pub(super) struct Damage(AtomicBool);

impl Damage {
    pub(super) fn is_found(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    /// Looks whether an error of SQLite says that the file is damaged.
    pub(super) fn look_at(&self, error: &rusqlite::Error) {
        use rusqlite::ErrorCode::{DatabaseCorrupt, NotADatabase};
        let is_damage = matches!(error.sqlite_error_code(), Some(DatabaseCorrupt | NotADatabase));
        if is_damage && !self.0.swap(true, Ordering::Relaxed) {
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
