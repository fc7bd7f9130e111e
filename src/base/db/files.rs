//! Files: how a whole database takes its place, so that no crash leaves half of one under the name of a whole one.

use std::fs::File;
use std::path::{Path, PathBuf};

use crate::base::error::{Error, Result};

/// Makes an empty file that only its owner may read, for a database holds messages and the secrets that calls are signed
/// with. SQLite gives the log the rights of the file. One that is there is left as it is.
///
/// # Errors
/// A sentence for the operator.
pub fn create_private(path: &Path) -> Result<()> {
    let mut options = File::options();
    options.create_new(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(failed(path, &error)),
    }
}

/// Opens a file for no more than to wait until it is on the disk, which not every system allows to who only reads.
///
/// # Errors
/// A sentence for the operator.
pub(super) fn open_to_sync(path: &Path) -> Result<File> {
    File::options().read(true).write(true).open(path).map_err(|error| failed(path, &error))
}

/// Removes what is left of a database that nobody will finish.
///
/// # Errors
/// A sentence for the operator.
pub fn remove(path: &Path) -> Result<()> {
    for suffix in ["", "-wal", "-shm", "-journal"] {
        let file = with_suffix(path, suffix);
        match std::fs::remove_file(&file) {
            Ok(()) => {}
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => return Err(failed(&file, &error)),
        }
    }
    Ok(())
}

/// Gives a finished database its name. All of it is on the disk before, and the name is when this answers.
///
/// # Errors
/// A sentence for the operator.
pub fn put_in_place(finished: &Path, target: &Path) -> Result<()> {
    File::open(finished).and_then(|file| file.sync_all()).map_err(|error| failed(finished, &error))?;
    rename(finished, target)
}

/// Gives a file another name, which is on the disk when this answers.
///
/// # Errors
/// A sentence for the operator.
pub fn rename(from: &Path, to: &Path) -> Result<()> {
    std::fs::rename(from, to).map_err(|error| failed(to, &error))?;
    // A name stands in its folder, which waits for the disk on its own. Elsewhere than on Unix a folder cannot be opened.
    #[cfg(unix)]
    {
        let folder = folder_of(to);
        File::open(folder).and_then(|folder| folder.sync_all()).map_err(|error| failed(folder, &error))?;
    }
    Ok(())
}

/// Gives a file that root made the owner of another, or of its folder: the server that will open it is not root. For everyone
/// else it is theirs already. Does nothing when there is no model.
///
/// # Errors
/// A sentence for the operator.
pub fn give_owner_of(model: &Path, file: &Path) -> Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::{MetadataExt, chown};
        let (Ok(model), Ok(own)) = (model.metadata(), file.metadata()) else { return Ok(()) };
        if own.uid() == 0 && model.uid() != 0 {
            chown(file, Some(model.uid()), Some(model.gid())).map_err(|error| failed(file, &error))?;
        }
    }
    Ok(())
}

/// The folder a file lies in.
#[must_use]
pub fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// A name beside a file: the file's own with something behind it.
#[must_use]
pub fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

fn failed(path: &Path, error: &std::io::Error) -> Error {
    Error::unavailable(format!("{}: {error}", path.display()))
}
