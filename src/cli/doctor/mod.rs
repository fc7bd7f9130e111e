//! `aiins doctor`: looks for what would go wrong, says how to mend it, and changes nothing.

mod backups;
mod file;
mod machine;
mod settings;

use std::process::ExitCode;

use clap::Args;
use serde::Serialize;
use serde_json::json;

use super::Common;
use super::output::line;
use crate::base::config::Settings;
use crate::base::db::Inspection;
use crate::base::error::{Error, Result};

#[derive(Args)]
pub(super) struct Doctor {
    /// Also reach for what the server would call: GitHub, where it is set up
    #[arg(long)]
    online: bool,
    #[command(flatten)]
    pub(super) common: Common,
}

/// How bad it is.
#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Level {
    /// Nothing to do.
    Ok,
    /// It works, and may not be what is wanted.
    Warn,
    /// It does not work, or is not safe.
    Fail,
}

impl Level {
    fn word(self) -> &'static str {
        match self {
            Level::Ok => "ok",
            Level::Warn => "warn",
            Level::Fail => "fail",
        }
    }
}

/// What was found at one place.
#[derive(Serialize)]
struct Finding {
    check: &'static str,
    level: Level,
    says: String,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    mend: Option<String>,
}

impl Finding {
    fn ok(check: &'static str, says: impl Into<String>) -> Finding {
        Finding { check, level: Level::Ok, says: says.into(), mend: None }
    }

    fn warn(check: &'static str, says: impl Into<String>, mend: impl Into<String>) -> Finding {
        Finding { check, level: Level::Warn, says: says.into(), mend: Some(mend.into()) }
    }

    fn fail(check: &'static str, says: impl Into<String>, mend: impl Into<String>) -> Finding {
        Finding { check, level: Level::Fail, says: says.into(), mend: Some(mend.into()) }
    }
}

impl Doctor {
    pub(super) fn run(&self) -> Result<ExitCode> {
        let mut findings = match self.common.settings() {
            Ok(settings) => self.look(&settings),
            Err(error) => vec![Finding::fail("settings", error.message(), "correct the file, or the environment")],
        };
        for finding in &mut findings {
            finding.says = self.common.spell(&finding.says);
            finding.mend = finding.mend.as_deref().map(|mend| self.common.spell(mend));
        }
        self.report(&findings)
    }

    fn look(&self, settings: &Settings) -> Vec<Finding> {
        let mut findings = vec![settings::source(self.common.file_read().as_deref(), settings)];
        let (mut of_file, inspection) = file::look(settings);
        findings.append(&mut of_file);
        let inspection: Option<&Inspection> = inspection.as_ref();
        findings.extend([
            machine::disk(settings),
            machine::clock(inspection),
            machine::files(settings),
            machine::threads(settings),
        ]);
        findings.extend([
            settings::address(settings),
            settings::proxy(settings),
            settings::github(settings),
            settings::administrator(settings),
            settings::limits(settings),
            settings::calls_out(settings),
        ]);
        if self.online {
            findings.push(machine::reach(settings));
        }
        findings.push(backups::age(settings));
        findings.push(backups::litestream(settings, inspection));
        findings
    }

    fn report(&self, findings: &[Finding]) -> Result<ExitCode> {
        let count = |level: Level| findings.iter().filter(|finding| finding.level == level).count();
        let (warnings, failures) = (count(Level::Warn), count(Level::Fail));
        if self.common.json {
            let answer = json!({"ok": failures == 0, "warnings": warnings, "failures": failures, "findings": findings});
            line(&serde_json::to_string(&answer).map_err(Error::internal)?);
        } else {
            for finding in findings {
                line(&format!("{:<4}  {:<10}  {}", finding.level.word(), finding.check, finding.says));
                if let Some(mend) = &finding.mend {
                    line(&format!("{:18}→ {mend}", ""));
                }
            }
            line(&format!("{failures} to mend, {warnings} to think about"));
        }
        Ok(if failures == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}
