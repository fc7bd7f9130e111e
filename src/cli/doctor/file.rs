//! The database: whether it is there, whole, of this version and private, and whether its keys are anyone's.

use std::path::Path;

use super::Finding;
use crate::base::config::Settings;
use crate::base::db::{self, Inspection, SCHEMA_VERSION};
use crate::cli::serve::has_database;

/// The rights of all but the owner. Nobody else has any business with the database.
const OTHERS: u32 = 0o077;

/// Looks at the file, and answers what it is for other checks.
pub(super) fn look(settings: &Settings) -> (Vec<Finding>, Option<Inspection>) {
    let path = Path::new(&settings.database.path);
    let folder = folder(path);
    if !has_database(path) {
        let says = format!("{} is not there yet; `aiins serve` makes it", path.display());
        return (vec![folder, Finding::ok("database", says)], None);
    }
    // Before the file is opened: where root runs this, SQLite gives a log to the owner of its database.
    let owner = owner(path);
    let inspection = match db::inspect(path) {
        Ok(inspection) => inspection,
        Err(error) => {
            let cause = error.cause().map_or_else(|| error.message().to_owned(), ToString::to_string);
            let says = format!("{} cannot be read: {cause}", path.display());
            let mend = "see whose file it is; a damaged one gives way to a backup with `aiins restore`";
            return (vec![folder, Finding::fail("database", says, mend)], None);
        }
    };
    let findings = vec![
        folder,
        private(path),
        owner,
        version(path, &inspection),
        whole(path, &inspection),
        keys(settings, &inspection),
    ];
    (findings, Some(inspection))
}

/// Whether files can be made where the database lies.
fn folder(path: &Path) -> Finding {
    let folder = db::folder_of(path);
    match tempfile::Builder::new().prefix(".aiins-doctor").tempfile_in(folder) {
        Ok(_) => Finding::ok("folder", format!("{} can be written", folder.display())),
        Err(error) => Finding::fail(
            "folder",
            format!("nothing can be written in {}: {error}", folder.display()),
            "give it to the user that the server runs as, and run this as that user",
        ),
    }
}

fn private(path: &Path) -> Finding {
    let open: Vec<String> = ["", "-wal", "-shm"]
        .iter()
        .map(|suffix| db::with_suffix(path, suffix))
        .filter(|file| is_open_to(OTHERS, file))
        .map(|file| file.display().to_string())
        .collect();
    if open.is_empty() {
        return Finding::ok("rights", "only its owner reads the database");
    }
    let files = open.join(" ");
    Finding::fail("rights", format!("others may read messages and secrets in {files}"), format!("chmod 600 {files}"))
}

/// Whether all files are one user's: what another one has started leaves files that the server cannot write.
fn owner(path: &Path) -> Finding {
    let others: Vec<String> = ["-wal", "-shm", ".lock"]
        .iter()
        .map(|suffix| db::with_suffix(path, suffix))
        .filter(|file| matches!((owner_of(file), owner_of(path)), (Some(one), Some(other)) if one != other))
        .map(|file| file.display().to_string())
        .collect();
    if others.is_empty() {
        return Finding::ok("owner", "the database and its log are one user's");
    }
    let files = others.join(" ");
    let mend = format!("chown --reference={} {files}, and run commands as that user", path.display());
    Finding::fail("owner", format!("{files} belong to another user than the database"), mend)
}

fn owner_of(path: &Path) -> Option<u32> {
    #[cfg(unix)]
    {
        std::os::unix::fs::MetadataExt::uid(&path.metadata().ok()?).into()
    }
    #[cfg(not(unix))]
    {
        let _ = path;
        None
    }
}

/// Whether any of these rights is given to a file.
pub(super) fn is_open_to(rights: u32, path: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        path.metadata().is_ok_and(|metadata| metadata.permissions().mode() & rights != 0)
    }
    #[cfg(not(unix))]
    {
        let _ = (rights, path);
        false
    }
}

fn version(path: &Path, inspection: &Inspection) -> Finding {
    let version = inspection.version;
    match version.cmp(&SCHEMA_VERSION) {
        std::cmp::Ordering::Equal => Finding::ok("version", format!("schema {version}")),
        std::cmp::Ordering::Greater => Finding::fail(
            "version",
            format!("schema {version} is of a newer Aiins; this one knows {SCHEMA_VERSION}"),
            "install that version again",
        ),
        std::cmp::Ordering::Less if version == 0 => Finding::fail(
            "version",
            format!("{} is a database of another program", path.display()),
            "set database.path to another file",
        ),
        std::cmp::Ordering::Less => Finding::warn(
            "version",
            format!("schema {version}; the next start brings it to {SCHEMA_VERSION}"),
            format!("nothing: the file as it was is kept as {}.schema-{version}", path.display()),
        ),
    }
}

fn whole(path: &Path, inspection: &Inspection) -> Finding {
    match inspection.damage.as_slice() {
        [] => Finding::ok("database", format!("{} is whole; `aiins check` looks at the books", path.display())),
        problems => Finding::fail(
            "database",
            format!("{} is damaged: {}", path.display(), problems.join("; ")),
            "stop the server, keep the file, and put a backup in its place with `aiins restore`",
        ),
    }
}

/// Keys that follow from a seed are everyone's who has this program.
fn keys(settings: &Settings, inspection: &Inspection) -> Finding {
    match &inspection.seed {
        None => Finding::ok("keys", "known to their agents alone"),
        Some(seed) => {
            let says = format!(
                "the database was filled by `aiins seed --seed {seed}`, so anyone can work out its agents' keys"
            );
            let mend = "serve the public from a database of its own";
            match settings.server.public_url.is_empty() {
                true => Finding::warn("keys", says, mend),
                false => Finding::fail("keys", says, mend),
            }
        }
    }
}
