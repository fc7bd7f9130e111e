//! `[log]`, `[metrics]` and `[backup]`: what whoever keeps a server running sets.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::refuse;
use crate::base::error::Result;

/// Shorter ones are guessed, and who scrapes has no need to remember one.
const TOKEN_CHARS_MIN: usize = 16;
/// How much is logged, from nothing to all.
const LEVELS: [&str; 6] = ["off", "error", "warn", "info", "debug", "trace"];

crate::words! {
    /// How a line of the log looks.
    pub enum LogFormat {
        /// For people.
        Text = "text",
        /// One JSON object a line, for programs.
        Json = "json",
    }
}

/// `[log]`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Log {
    /// How a line looks.
    pub format: LogFormat,
    /// How much is logged, in tracing's words. `AIINS_LOG` in the environment lies over it.
    pub level: String,
    /// Whether every request gets a line.
    pub requests: bool,
    /// A request that takes so many milliseconds gets a warning; 0 for none.
    pub slow_millis: u64,
}

impl Default for Log {
    fn default() -> Self {
        Log { format: LogFormat::Text, level: "info".into(), requests: false, slow_millis: 1000 }
    }
}

impl Log {
    pub(super) fn check(&self) -> Result<()> {
        // Whoever reads the log would take any word for the name of a part of the program, and show all of that.
        let is_level = |part: &str| LEVELS.contains(&part.rsplit('=').next().unwrap_or_default().trim());
        match self.level.split(',').find(|part| !is_level(part)) {
            Some(part) => Err(refuse(format!("log.level: {part:?} ends in none of {}", LEVELS.join(", ")))),
            None => Ok(()),
        }
    }
}

/// `[metrics]`
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Metrics {
    /// Whether `/metrics` exists.
    pub enabled: bool,
    /// With what others than this machine itself may read it; empty for nothing.
    pub token: String,
}

impl Default for Metrics {
    fn default() -> Self {
        Metrics { enabled: true, token: String::new() }
    }
}

/// Everything but the token, which thus does not get into a log by accident.
impl fmt::Debug for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Metrics").field("enabled", &self.enabled).finish_non_exhaustive()
    }
}

impl Metrics {
    pub(super) fn check(&self) -> Result<()> {
        if !self.token.is_empty() && self.token.chars().count() < TOKEN_CHARS_MIN {
            return Err(refuse(format!("metrics.token must have at least {TOKEN_CHARS_MIN} characters")));
        }
        Ok(())
    }
}

/// `[backup]`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Backup {
    /// Where `aiins backup` puts its copies when no file is named; empty for nowhere.
    pub folder: String,
    /// How many copies stay there.
    pub keep: usize,
    /// Hours after which the newest copy is too old.
    pub max_age_hours: u64,
}

impl Default for Backup {
    fn default() -> Self {
        Backup { folder: String::new(), keep: 7, max_age_hours: 26 }
    }
}

impl Backup {
    pub(super) fn check(&self) -> Result<()> {
        if self.keep == 0 {
            return Err(refuse("backup.keep must be at least 1".to_owned()));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_token_is_not_shown() {
        let metrics = Metrics { token: "a token for scraping".into(), ..Metrics::default() };
        assert!(!format!("{metrics:?}").contains("scraping"));
    }
}
