//! The flags of a test server (`aiins serve --ephemeral`): what it holds when it starts, and whether chance has a part in it.

use std::path::Path;
use std::sync::Arc;

use clap::Args;

use super::demo::{self, DemoKeys};
use super::output::line;
use super::seed::{self, Size};
use crate::base::clock::{Clock, Motion, Timestamp};
use crate::base::config::Settings;
use crate::base::error::{Error, Result};

/// Where the clock of a server with a seed stands at its start: 2026-01-01T00:00:00.000Z.
const SEEDED_START: Timestamp = Timestamp(1_767_225_600_000);
/// The most that a throwaway database is filled with.
const AGENTS_MAX: u64 = 100_000;
const NOTES_MAX: u64 = 1_000_000;
/// What one of the two is when only the other is said.
const AGENTS: u64 = 100;
const NOTES: u64 = 1_000;

#[derive(Args)]
pub(super) struct TestFlags {
    /// With --ephemeral: the same number gives the same keys, ids and times again; the clock stands until a test moves it
    #[arg(long, value_name = "NUMBER", requires = "ephemeral")]
    seed: Option<u64>,
    /// With --ephemeral: start with so many made-up agents and people
    #[arg(long, value_name = "NUMBER", requires = "ephemeral", conflicts_with = "demo",
        value_parser = clap::value_parser!(u64).range(2..=AGENTS_MAX))]
    agents: Option<u64>,
    /// With --ephemeral: start with so many made-up notes
    #[arg(long, value_name = "NUMBER", requires = "ephemeral", conflicts_with = "demo",
        value_parser = clap::value_parser!(u64).range(..=NOTES_MAX))]
    notes: Option<u64>,
}

impl TestFlags {
    /// The clock of a test server.
    pub(super) fn clock(&self) -> Clock {
        Clock::steered(match self.seed {
            Some(_) => Motion::Stands(SEEDED_START),
            None => Motion::Runs { ahead: 0 },
        })
    }

    /// What ids and secrets follow from.
    pub(super) fn seed(&self) -> Option<u64> {
        self.seed
    }

    /// Fills a new database with as much as was asked for, and answers keys to act with.
    pub(super) fn fill(&self, path: &Path, settings: &Settings, clock: &Clock) -> Result<Option<DemoKeys>> {
        if self.agents.is_none() && self.notes.is_none() {
            return Ok(None);
        }
        let count =
            |asked: Option<u64>, otherwise| usize::try_from(asked.unwrap_or(otherwise)).map_err(Error::internal);
        let size = Size { agents: count(self.agents, AGENTS)?, notes: count(self.notes, NOTES)? };
        let number = self.seed.unwrap_or(1);
        seed::fill(path, Arc::new(settings.clone()), size, number, clock.now(), |_, _, _| {})?;
        Ok(Some(DemoKeys(seed::keys(number, size)?)))
    }

    /// Fills a new database with the demo.
    pub(super) fn fill_demo(&self, path: &Path, settings: &Settings, clock: &Clock) -> Result<Option<DemoKeys>> {
        demo::fill(path, settings, clock.now(), self.seed)
    }
}

/// Says what kind of a server this is.
pub(super) fn warn(url: &str) {
    line(&format!(
        "This is a test server: any program on this machine can steer it under {url}/test/ (docs/testing.md)"
    ));
}
