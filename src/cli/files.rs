//! Commands about the database file: check, backup, restore.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;

use super::{CONFIG_FILE, Common, places};
use crate::base::backups;
use crate::base::clock::Clock;
use crate::base::db::{self, Purpose, Store};
use crate::base::error::{Code, Error, Result};
use crate::discovery::audit;

pub(super) fn check(common: &Common) -> Result<ExitCode> {
    let found = common.open()?.read_at_leisure(audit::run)?;
    let sentence = if found.ok {
        format!("All is well: {} transfers and {} accounts agree", found.transfers, found.accounts)
    } else {
        found.problems.join("\n")
    };
    common.output().answer(&found, &sentence)?;
    Ok(if found.ok { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

#[derive(Args)]
pub(super) struct Backup {
    /// The file to make, which must not be there, or a folder to make one in [default: backup.folder of the settings]
    file: Option<PathBuf>,
    /// How many copies stay in the folder; older ones go when the new one is whole
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    keep: Option<u32>,
    #[command(flatten)]
    pub(super) common: Common,
}

/// Where a copy goes.
enum Destination {
    File(PathBuf),
    /// A folder in which so many copies stay.
    Folder(PathBuf, Option<usize>),
}

impl Backup {
    pub(super) fn run(&self) -> Result<ExitCode> {
        let destination = self.destination()?;
        let store = self.common.open()?;
        let (file, rotated) = match destination {
            Destination::File(file) => {
                copy(&store, &file)?;
                (file, Vec::new())
            }
            Destination::Folder(folder, keep) => {
                let file = folder.join(backups::name(store.clock().now()));
                make_private_folder(&folder)?;
                copy(&store, &file)?;
                (file.clone(), keep.map_or(Ok(Vec::new()), |keep| rotate(&folder, &file, keep))?)
            }
        };
        let bytes = std::fs::metadata(&file).map_or(0, |metadata| metadata.len());
        let gone = if rotated.is_empty() { String::new() } else { format!("; {} older went", rotated.len()) };
        self.common.output().answer(
            &json!({"success": true, "file": file, "bytes": bytes, "removed": rotated}),
            &format!("{} holds a copy of {} ({bytes} bytes){gone}", file.display(), store.path().display()),
        )
    }

    fn destination(&self) -> Result<Destination> {
        let keep = self.keep.and_then(|keep| usize::try_from(keep).ok());
        match &self.file {
            Some(folder) if folder.is_dir() => Ok(Destination::Folder(folder.clone(), keep)),
            Some(_) if keep.is_some() => {
                Err(Error::invalid("keep", "--keep counts the copies in a folder; name one that is there"))
            }
            Some(file) => Ok(Destination::File(file.clone())),
            None => {
                let set = self.common.settings()?.backup;
                if set.folder.is_empty() {
                    let settings = self.common.config.as_deref().unwrap_or(Path::new(CONFIG_FILE));
                    return Err(Error::invalid(
                        "file",
                        format!("Name a file or a folder, or set [backup] folder in {}", settings.display()),
                    ));
                }
                Ok(Destination::Folder(PathBuf::from(set.folder), Some(keep.unwrap_or(set.keep))))
            }
        }
    }
}

fn copy(store: &Store, file: &Path) -> Result<()> {
    let bar = ProgressBar::new(0).with_style(
        ProgressStyle::with_template("{bar:40} {percent}% {pos}/{len} pages")
            .unwrap_or_else(|_| ProgressStyle::default_bar()),
    );
    store
        .backup(file, |done, all| {
            bar.set_length(u64::try_from(all).unwrap_or_default());
            bar.set_position(u64::try_from(done).unwrap_or_default());
        })
        .map_err(|error| places::explain(file, error))?;
    bar.finish_and_clear();
    Ok(())
}

/// Removes older copies once the new one was looked at: a bad copy must not cost the last good one.
fn rotate(folder: &Path, fresh: &Path, keep: usize) -> Result<Vec<PathBuf>> {
    if let Some(problem) = db::inspect(fresh)?.damage.first() {
        return Err(Error::conflict(format!("{} is not whole: {problem}; no older copy was removed", fresh.display())));
    }
    backups::rotate(folder, keep)
}

/// Makes a folder that only its owner may look into, as the files in it.
fn make_private_folder(folder: &Path) -> Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder
        .create(folder)
        .map_err(|error| Error::unavailable(format!("The folder {} cannot be made: {error}", folder.display())))
        .map_err(|error| places::explain(folder, error))
}

#[derive(Args)]
pub(super) struct Restore {
    /// The backup to put in place
    file: PathBuf,
    #[command(flatten)]
    pub(super) common: Common,
}

impl Restore {
    /// Checks the backup, copies it beside the database, moves the old database aside and the copy in its place.
    pub(super) fn run(&self) -> Result<ExitCode> {
        let settings = self.common.settings()?;
        let target = PathBuf::from(&settings.database.path);
        // Held to the end, so that no server starts on half of it.
        let _alone = db::lock(&target).map_err(|error| match error.code() {
            Code::Conflict => Error::conflict(format!("A server runs on {}; stop it first", target.display())),
            _ => places::explain(&target, error),
        })?;
        let backup = Store::open(&self.file, Arc::new(settings), Clock::System, Purpose::Command)
            .map_err(|error| places::explain(&self.file, error))?;
        let found = backup.read_at_leisure(audit::run)?;
        if !found.ok {
            return Err(Error::conflict(format!(
                "{} is not sound: {}",
                self.file.display(),
                found.problems.join("; ")
            )));
        }
        let fresh = beside(&target, "restoring");
        db::remove(&fresh)?;
        backup.backup(&fresh, |_, _| {})?;
        db::give_owner_of(&target, &fresh)?;
        let kept = set_aside(&target)?;
        db::rename(&fresh, &target)?;
        let aside = kept.as_ref().map_or_else(String::new, |kept| format!("; the old one is {}", kept.display()));
        self.common.output().answer(
            &json!({"success": true, "database": target, "kept": kept}),
            &format!("{} is the backup now{aside}", target.display()),
        )
    }
}

/// Moves a database and its log out of the way, under a name that was free.
fn set_aside(target: &Path) -> Result<Option<PathBuf>> {
    let parts = ["", "-wal", "-shm"];
    if !parts.iter().any(|suffix| db::with_suffix(target, suffix).exists()) {
        return Ok(None);
    }
    // What stands in the log is part of the database, so it goes into the file first: a crash between the two renames must
    // not part them. A file too damaged for that keeps its log beside it.
    let _ = db::fold_log(target);
    let is_free = |kept: &PathBuf| parts.iter().all(|suffix| !db::with_suffix(kept, suffix).exists());
    let Some(kept) = (1..).map(|number| beside(target, &format!("before-restore-{number}"))).find(is_free) else {
        return Err(Error::internal("no name is free"));
    };
    for suffix in parts {
        let file = db::with_suffix(target, suffix);
        if file.exists() {
            db::rename(&file, &db::with_suffix(&kept, suffix))?;
        }
    }
    Ok(Some(kept))
}

fn beside(path: &Path, word: &str) -> PathBuf {
    db::with_suffix(path, &format!(".{word}"))
}

/// Refuses a log without its database: SQLite would lay it over whatever takes the database's place.
pub(super) fn refuse_stray_log(target: &Path) -> Result<()> {
    let log = db::with_suffix(target, "-wal");
    if log.metadata().is_ok_and(|metadata| metadata.len() > 0) {
        let sentence = format!("{} belongs to a database that is gone; move it away first", log.display());
        return Err(Error::conflict(sentence));
    }
    Ok(())
}

/// Puts a database that was filled without waiting for the disk in its place: the whole of it waits now.
pub(super) fn take_place(finished: &Path, target: &Path) -> Result<()> {
    refuse_stray_log(target)?;
    db::give_owner_of(db::folder_of(target), finished)?;
    db::put_in_place(finished, target)
}
