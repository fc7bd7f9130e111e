//! Backups in a folder: how they are named, which one is the newest, and which ones have to go.

use std::path::{Path, PathBuf};

use super::clock::Timestamp;
use super::error::{Error, Result};

/// What every name begins and ends with; between them stands when the copy was begun.
const PREFIX: &str = "aiins-";
const SUFFIX: &str = ".db";

/// A copy in a folder.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Copy {
    /// When it was begun.
    pub at: Timestamp,
    /// The file.
    pub path: PathBuf,
}

/// The name of a copy that is begun now, such as `aiins-2026-04-03T140000.000Z.db`: a colon is no good in a file's name.
#[must_use]
pub fn name(now: Timestamp) -> String {
    format!("{PREFIX}{}{SUFFIX}", now.to_string().replace(':', ""))
}

/// All copies in a folder, oldest first. Files with other names are none, half a copy among them.
///
/// # Errors
/// A sentence for the operator, when the folder cannot be read.
pub fn list(folder: &Path) -> Result<Vec<Copy>> {
    let failed = |error: std::io::Error| Error::unavailable(format!("{}: {error}", folder.display()));
    let mut copies = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        if let Some(at) = path.file_name().and_then(|name| time_of(name.to_str()?)) {
            copies.push(Copy { at, path });
        }
    }
    copies.sort();
    Ok(copies)
}

/// The newest copy in a folder.
///
/// # Errors
/// As [`list`].
pub fn newest(folder: &Path) -> Result<Option<Copy>> {
    Ok(list(folder)?.pop())
}

/// Removes the oldest copies until so many are left, and answers those that went.
///
/// # Errors
/// A sentence for the operator.
pub fn rotate(folder: &Path, keep: usize) -> Result<Vec<PathBuf>> {
    let copies = list(folder)?;
    let surplus = copies.len().saturating_sub(keep);
    let gone: Vec<PathBuf> = copies.into_iter().take(surplus).map(|copy| copy.path).collect();
    for path in &gone {
        std::fs::remove_file(path).map_err(|error| Error::unavailable(format!("{}: {error}", path.display())))?;
    }
    Ok(gone)
}

fn time_of(name: &str) -> Option<Timestamp> {
    let time = name.strip_prefix(PREFIX)?.strip_suffix(SUFFIX)?;
    let (hours, minutes, rest) = (time.get(..13)?, time.get(13..15)?, time.get(15..)?);
    let at = Timestamp::parse(&format!("{hours}:{minutes}:{rest}"))?;
    // Only what we would have called it ourselves is ours to remove.
    (self::name(at) == name).then_some(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_oldest_of_our_own_copies_go() {
        let folder = tempfile::tempdir().unwrap();
        let at = |day: i64| Timestamp(1_775_224_800_000 + day * 86_400_000);
        let others = ["aiins.db", "aiins-2026-04-03.db", "aiins-2026-04-03T140000.000Z.db.partial", "notes.txt"];
        for name in others.iter().map(|name| (*name).to_owned()).chain((0..5).map(|day| name(at(day)))) {
            std::fs::write(folder.path().join(name), "").unwrap();
        }
        assert_eq!(name(at(0)), "aiins-2026-04-03T140000.000Z.db");
        assert_eq!(newest(folder.path()).unwrap().unwrap().at, at(4));
        let gone = rotate(folder.path(), 2).unwrap();
        assert_eq!(gone, [0, 1, 2].map(|day| folder.path().join(name(at(day)))));
        assert_eq!(list(folder.path()).unwrap().iter().map(|copy| copy.at).collect::<Vec<_>>(), [at(3), at(4)]);
        assert!(others.iter().all(|name| folder.path().join(name).exists()));
        assert_eq!(rotate(folder.path(), 2).unwrap(), Vec::<PathBuf>::new());
        assert!(list(&folder.path().join("nowhere")).is_err());
    }
}
