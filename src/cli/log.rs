//! The log: where it goes, how it looks, and how much there is of it, which can be changed while it runs.

use std::io::IsTerminal;

use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer, Registry, reload};

use crate::base::config::{Log, LogFormat, Settings};
use crate::base::error::{Error, Result};

/// Says how much is logged, over what the settings say.
const LEVEL_NAME: &str = "AIINS_LOG";
/// What lets a line for every request through.
const REQUESTS: &str = "aiins::request=debug";

/// How much a running log lets through.
pub(super) struct LogControl(reload::Handle<EnvFilter, Registry>);

/// Starts the log, to standard error.
///
/// # Errors
/// A sentence that names the level that is none.
pub(super) fn start(log: &Log) -> Result<LogControl> {
    let (filter, handle) = reload::Layer::new(filter_of(log)?);
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    let lines = match log.format {
        LogFormat::Text => lines.with_ansi(std::io::stderr().is_terminal()).boxed(),
        LogFormat::Json => lines.json().flatten_event(true).with_current_span(false).boxed(),
    };
    // A second start in one process, as tests do, keeps the first log.
    let _ = tracing_subscriber::registry().with(filter).with(lines).try_init();
    for name in Settings::unknown_names(std::env::vars().map(|(name, _)| name)) {
        tracing::warn!("{name} is set in the environment and is no setting");
    }
    Ok(LogControl(handle))
}

impl LogControl {
    /// Lets through what other settings say.
    pub(super) fn change(&self, log: &Log) -> Result<()> {
        self.0.reload(filter_of(log)?).map_err(Error::internal)
    }
}

fn filter_of(log: &Log) -> Result<EnvFilter> {
    let level = std::env::var(LEVEL_NAME).ok().filter(|level| !level.is_empty());
    let name = if level.is_some() { LEVEL_NAME } else { "log.level" };
    let mut level = level.unwrap_or_else(|| log.level.clone());
    if log.requests {
        level = format!("{level},{REQUESTS}");
    }
    EnvFilter::try_new(&level).map_err(|error| Error::invalid("level", format!("{name}: {level}: {error}")))
}
