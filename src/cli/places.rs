//! Places: why a file cannot be read or made where a command needs it, said so that one can mend it. The system's own words
//! name neither the folder that is missing nor whose the file is.

use std::fs::File;
use std::io::{Error as IoError, ErrorKind};
use std::path::Path;

use super::quoted;
use crate::base::db;
use crate::base::error::{Code, Error};

/// The reason why a file could not be made or written, if one is found; else the error as it was.
pub(super) fn explain(file: &Path, error: Error) -> Error {
    match error.code() {
        Code::Unavailable => obstacle(file).map_or(error, Error::unavailable),
        _ => error,
    }
}

/// The reason why a file could not be read, if one is found; else the error as it was. `mend` says what to do without it.
pub(super) fn explain_reading(file: &Path, mend: &str, error: Error) -> Error {
    let name = file.display();
    let reason = match File::open(file) {
        Ok(_) if file.is_dir() => Some(format!("{name} is a folder; name a file")),
        Ok(_) => None,
        Err(error) if error.kind() == ErrorKind::NotFound => Some(format!("There is no file {name}; {mend}")),
        Err(error) => forbidden("read", file, &error),
    };
    reason.map_or_else(|| error, |reason| Error::new(Code::NotFound, reason))
}

fn obstacle(file: &Path) -> Option<String> {
    let (name, folder) = (file.display(), db::folder_of(file));
    if file.is_dir() {
        return Some(format!("{name} is a folder; name a file in it"));
    }
    match folder.metadata() {
        Ok(metadata) if metadata.is_dir() => {}
        Err(error) if error.kind() == ErrorKind::PermissionDenied => return forbidden("looked into", folder, &error),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            let folder = quoted(folder);
            return Some(format!(
                "There is no folder for {name}; make it with `mkdir -p {folder}`, or name another file"
            ));
        }
        Ok(_) | Err(_) => return Some(format!("{} is no folder, so {name} cannot lie in it", folder.display())),
    }
    match File::options().read(true).write(true).open(file) {
        Err(error) if error.kind() != ErrorKind::NotFound => forbidden("written", file, &error),
        Ok(_) | Err(_) => {
            let probe = tempfile::Builder::new().prefix(".aiins-probe").tempfile_in(folder);
            probe.err().and_then(|error| forbidden("written into", folder, &error))
        }
    }
}

/// What to do about a file or folder with which the system lets nothing be done.
fn forbidden(done: &str, path: &Path, error: &IoError) -> Option<String> {
    let mend = match error.kind() {
        ErrorKind::PermissionDenied => {
            "by this user (permission denied); run this as the user whose it is, or give it to this one with `chown`"
        }
        ErrorKind::ReadOnlyFilesystem => {
            "on a file system that is mounted read-only; mount it for writing, or name another place"
        }
        ErrorKind::StorageFull => "without room on the disk; make some, or name another place",
        _ => return None,
    };
    Some(format!("{} cannot be {done} {mend}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_system_forbids_says_what_to_do() {
        for (kind, mend) in [
            (ErrorKind::PermissionDenied, "by this user (permission denied); run this as the user whose it is"),
            (ErrorKind::ReadOnlyFilesystem, "mount it for writing"),
            (ErrorKind::StorageFull, "without room on the disk"),
        ] {
            let said = forbidden("written into", Path::new("/srv/aiins"), &IoError::from(kind)).unwrap();
            assert!(said.starts_with("/srv/aiins cannot be written into ") && said.contains(mend), "{said}");
        }
        assert_eq!(forbidden("written", Path::new("a.db"), &IoError::from(ErrorKind::TimedOut)), None);
    }

    #[test]
    fn where_nothing_stands_in_the_way_the_error_stays_as_it_was() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a.db");
        assert_eq!(explain(&file, Error::unavailable("a reason")).message(), "a reason");
        assert_eq!(explain(Path::new("/no/where/a.db"), Error::conflict("a reason")).message(), "a reason");
        std::fs::write(&file, "").unwrap();
        assert_eq!(explain_reading(&file, "make it", Error::conflict("a reason")).message(), "a reason");
        assert!(std::fs::read_dir(folder.path()).unwrap().count() == 1, "looking leaves nothing behind");
    }
}
