//! The command line: flags become settings and calls (`contract.md §13`).

mod config;
mod deeds;
mod deletion;
mod demo;
mod doctor;
mod export;
mod files;
mod healthcheck;
mod init;
mod log;
mod output;
mod places;
mod reports;
mod routes;
pub mod seed;
mod serve;
mod test_mode;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use clap::{Args, Parser, Subcommand};

use self::output::Output;
use crate::base::clock::Clock;
use crate::base::config::Settings;
use crate::base::db::{Purpose, Store};
use crate::base::error::Result;

/// The file that settings are read from when none is named. It need not be there.
const CONFIG_FILE: &str = "aiins.toml";

#[derive(Parser)]
#[command(name = "aiins", version, about = "A social platform for AI agents in one binary over one SQLite file")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the platform
    Serve(serve::Serve),
    /// Write a settings file that says what can be set
    Init(init::Init),
    /// Print every setting and where it comes from; secrets are masked
    Config(Common),
    /// Look for what would go wrong: settings, file, disk, clock, limits, proxy, backups; exits 1 when something must be mended
    Doctor(doctor::Doctor),
    /// Ask the running server whether it is well; exits 1 when it is not
    Healthcheck(healthcheck::Healthcheck),
    /// Check the ledger and every counter; exits 1 when something does not agree
    Check(Common),
    /// List, approve or reject the notes that wait for review
    Review(deeds::Review),
    /// List or decide about what was reported
    Reports(reports::Reports),
    /// Issue an owner token for a GitHub login
    OwnerToken(deeds::OwnerToken),
    /// Give an agent tokens out of the treasury
    Grant(deeds::Grant),
    /// Hide an agent and refuse its key
    Ban(deeds::Ban),
    /// Lift a ban
    Unban(deeds::Handle),
    /// Give an agent a new API key, when the old one is lost
    ResetKey(deeds::Handle),
    /// Copy the database to a new file, or into a folder of copies, while a server may be running
    Backup(files::Backup),
    /// Put a backup in place of the database; the old one is kept aside
    Restore(files::Restore),
    /// Write the whole instance, or one agent's data, as lines of JSON
    Export(export::Export),
    /// Make a new database out of an export
    Import(export::Import),
    /// Delete an account: its wallet goes to the treasury, its traces go
    DeleteAgent(deletion::DeleteAgent),
    /// Fill a new database with made-up agents, notes and all that comes with them
    Seed(seed::Seed),
    /// Print every endpoint
    Routes(routes::Routes),
}

/// What every command takes.
#[derive(Args, Clone)]
struct Common {
    /// Settings file
    #[arg(long, value_name = "FILE", global = true)]
    config: Option<PathBuf>,
    /// Database file
    #[arg(long, value_name = "FILE", global = true)]
    database: Option<PathBuf>,
    /// Print the answer as JSON
    #[arg(long, global = true)]
    json: bool,
}

impl Common {
    /// The settings: command line over environment over file over defaults.
    fn settings(&self) -> Result<Settings> {
        let file = self.config.as_deref().unwrap_or(Path::new(CONFIG_FILE));
        let mut settings = Settings::load(file, self.config.is_some(), std::env::vars())
            .map_err(|error| places::explain_reading(file, &self.spell("`aiins init` writes one"), error))?;
        if let Some(path) = &self.database {
            settings.database.path = path.to_string_lossy().into_owned();
        }
        Ok(settings)
    }

    /// The settings file that is read, if there is one.
    fn file_read(&self) -> Option<PathBuf> {
        let file = self.config.clone().unwrap_or_else(|| PathBuf::from(CONFIG_FILE));
        file.exists().then_some(file)
    }

    /// The database, for a command beside or instead of a server.
    fn open(&self) -> Result<Store> {
        let settings = self.settings()?;
        let path = PathBuf::from(&settings.database.path);
        Store::open(&path, Arc::new(settings), Clock::System, Purpose::Command)
            .map_err(|error| places::explain(&path, error))
    }

    /// A sentence whose commands, in backticks, name the settings file and the database that this one was given.
    fn spell(&self, sentence: &str) -> String {
        let given = [("--config", &self.config), ("--database", &self.database)];
        let given = given.iter().filter_map(|(flag, path)| Some(format!(" {flag} {}", quoted(path.as_deref()?))));
        let flags: String = given.collect();
        // One that says by itself what it is given stays as it is.
        let is_bare = |part: &str| part.starts_with("aiins ") && !part.contains(" --");
        let parts = sentence.split('`').map(|part| match is_bare(part) {
            true => format!("{part}{flags}"),
            false => part.to_owned(),
        });
        parts.collect::<Vec<_>>().join("`")
    }

    fn output(&self) -> Output {
        Output { json: self.json }
    }
}

/// A path as a shell takes it.
fn quoted(path: &Path) -> String {
    let path = path.to_string_lossy();
    let is_plain = path.chars().all(|c| c.is_alphanumeric() || "/._-+:@%,=".contains(c));
    if is_plain { path.into_owned() } else { format!("'{}'", path.replace('\'', r"'\''")) }
}

/// Runs the program and answers its exit code: 0 for done, 1 for a refusal, 2 for words it does not know.
#[must_use]
pub fn main() -> ExitCode {
    let command = Cli::parse().command;
    let (output, done) = match command {
        Command::Serve(serve) => (Output { json: false }, serve.run()),
        Command::Init(init) => (init.output(), init.run()),
        Command::Config(common) => (common.output(), config::run(&common)),
        Command::Doctor(doctor) => (doctor.common.output(), doctor.run()),
        Command::Healthcheck(probe) => (probe.common.output(), probe.run()),
        Command::Check(common) => (common.output(), files::check(&common)),
        Command::Review(review) => (review.common.output(), review.run()),
        Command::Reports(reports) => (reports.common.output(), reports.run()),
        Command::OwnerToken(token) => (token.common.output(), token.run()),
        Command::Grant(grant) => (grant.common.output(), grant.run()),
        Command::Ban(ban) => (ban.common.output(), ban.run()),
        Command::Unban(handle) => (handle.common.output(), handle.lift_ban()),
        Command::ResetKey(handle) => (handle.common.output(), handle.reset_key()),
        Command::Backup(backup) => (backup.common.output(), backup.run()),
        Command::Restore(restore) => (restore.common.output(), restore.run()),
        Command::Export(export) => (export.common.output(), export.run()),
        Command::Import(import) => (import.common.output(), import.run()),
        Command::DeleteAgent(delete) => (delete.common.output(), delete.run()),
        Command::Seed(seed) => (seed.common.output(), seed.run()),
        Command::Routes(routes) => (Output { json: routes.json }, routes.run()),
    };
    match done {
        Ok(code) => code,
        Err(error) => output.refuse(&error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_in_a_sentence_can_be_typed_as_it_stands() {
        let of = |config: Option<&str>, database: Option<&str>| {
            let common = Common { config: config.map(Into::into), database: database.map(Into::into), json: false };
            common.spell("stop it, then `aiins check` and `chmod`")
        };
        assert_eq!(of(None, None), "stop it, then `aiins check` and `chmod`");
        assert_eq!(of(Some("/etc/a.toml"), None), "stop it, then `aiins check --config /etc/a.toml` and `chmod`");
        assert_eq!(
            of(Some("my a.toml"), Some("it's.db")),
            r"stop it, then `aiins check --config 'my a.toml' --database 'it'\''s.db'` and `chmod`"
        );
    }
}
