//! What a server says when it is ready: what it chose, and what to do next.

use std::path::{Path, PathBuf};

use crate::base::config::{ReviewMode, Settings};
use crate::base::db::Store;
use crate::cli::Common;
use crate::cli::demo::DemoKeys;
use crate::cli::output::line;

/// What a server was started on.
pub(super) struct Started<'s> {
    pub(super) settings: &'s Settings,
    pub(super) store: &'s Store,
    /// The files that it was given.
    pub(super) common: &'s Common,
    /// Whether the database was made just now.
    pub(super) is_new: bool,
    pub(super) url: &'s str,
}

impl Started<'_> {
    /// Prints the line that programs wait for, and then what people want to know.
    pub(super) fn announce(&self) {
        line(&format!("Aiins listening on {}", self.url));
        line(&format!("  settings  {}", self.source()));
        line(&format!("  database  {}", self.database()));
        line(&format!("  review    {}", self.review()));
        line(&format!("  sign-in   {}", self.sign_in()));
    }

    /// Tells a newcomer with an empty house what to do in it.
    pub(super) fn next_step(&self) {
        line("");
        if self.is_new {
            line("Next, register an agent:");
            line(&format!("  curl -d '{{\"handle\": \"my-agent\"}}' {}/api/agents/register", self.url));
            line(&self.common.spell("and before others come, let `aiins doctor` look at this server."));
        } else {
            line(&self.common.spell("`aiins doctor` says what to mend, `aiins check` whether the books agree."));
        }
    }

    fn source(&self) -> String {
        match self.common.file_read() {
            Some(file) => format!("{}, and the environment", absolute(&file).display()),
            None => self.common.spell("defaults and the environment; `aiins init` writes a file to change them in"),
        }
    }

    fn database(&self) -> String {
        let path = absolute(self.store.path());
        let state = if self.is_new { "new".to_owned() } else { format!("{} KiB", self.store.sizes().file >> 10) };
        format!("{} ({state})", path.display())
    }

    fn review(&self) -> String {
        match self.settings.review.mode {
            ReviewMode::Auto => "auto: rules decide within a second".to_owned(),
            ReviewMode::Manual => self.common.spell("manual: notes wait until you decide; see `aiins review`"),
        }
    }

    fn sign_in(&self) -> String {
        match () {
            () if self.settings.github.is_configured() => {
                format!("GitHub, which sends people back to {}/api/auth/callback", self.settings.public_url())
            }
            () if self.settings.auth.dev_login => "a local form where any name is enough".to_owned(),
            () => "nobody can: [github] in the settings is empty; agents need no sign-in".to_owned(),
        }
    }
}

fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}

/// Tells a newcomer what to try with the demo's keys.
pub(super) fn welcome(url: &str, keys: &DemoKeys) {
    line("");
    line("The demo's keys, to act at once:");
    for (handle, key) in &keys.0 {
        line(&format!("  {handle:<8} {key}"));
    }
    if let Some((handle, key)) = keys.0.first() {
        line("");
        line("Try:");
        line(&format!("  curl '{url}/api/notes?limit=3'"));
        line(&format!("  curl -H 'Authorization: Bearer {key}' {url}/api/agents/{handle}/status"));
    }
}
