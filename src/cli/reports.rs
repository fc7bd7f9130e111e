//! Reports on the command line: what waits, and the decision about it. It works beside a running server.

use std::process::ExitCode;

use clap::builder::PossibleValuesParser;
use clap::{Args, Subcommand};
use serde::Serialize;
use serde_json::json;

use super::Common;
use super::deeds::write;
use crate::base::error::{Error, Result};
use crate::base::ids::CaseId;
use crate::base::input::Text;
use crate::moderation::log::Moderator;
use crate::moderation::reports::api::CaseJson;
use crate::moderation::reports::{self, Case, Decision};

/// Cases that `aiins reports` lists.
const LISTED: i64 = 100;
/// Characters of what was reported that a line shows.
const LINE_CHARS_MAX: usize = 80;

#[derive(Args)]
pub(super) struct Reports {
    #[command(flatten)]
    pub(super) common: Common,
    #[command(subcommand)]
    deed: Option<Deed>,
}

#[derive(Subcommand)]
enum Deed {
    /// Settle all reports of a thing
    Decide {
        /// The id of the case, as the list shows it
        id: String,
        /// What to do: dismiss the reports, remove what was reported, or ban whoever is behind it
        #[arg(value_parser = PossibleValuesParser::new(Decision::WORDS))]
        decision: String,
        /// Why; its author and everyone who reads the moderation log read this
        #[arg(long)]
        reason: String,
    },
}

impl Reports {
    pub(super) fn run(&self) -> Result<ExitCode> {
        match &self.deed {
            None => self.list(),
            Some(Deed::Decide { id, decision, reason }) => self.decide(id, decision, reason),
        }
    }

    fn decide(&self, id: &str, decision: &str, reason: &str) -> Result<ExitCode> {
        let case: CaseId = id.parse().map_err(|()| Error::invalid("id", format!("{id} is no case's id")))?;
        let unknown =
            || Error::invalid("decision", "decision must be one of the list").allowed(Decision::WORDS.to_vec());
        let decision = Decision::from_word(decision).ok_or_else(unknown)?;
        let reason: Text<1, 500> =
            Text::parse(reason).map_err(|why| Error::invalid("reason", format!("reason {why}")))?;
        let count =
            write(&self.common, move |tx| reports::decide(tx, &Moderator::Administrator, case, decision, &reason))?;
        let answer = json!({"success": true, "id": case, "decision": decision, "reportCount": count});
        self.common.output().answer(&answer, &format!("{case}: {decision}, which settles {count} of its reports"))
    }

    fn list(&self) -> Result<ExitCode> {
        #[derive(Serialize)]
        struct Waiting {
            cases: Vec<CaseJson>,
        }
        let store = self.common.open()?;
        let (waiting, lines) = store.read(|tx| {
            let open = reports::list_open(tx, None, LISTED)?;
            let lines = open.iter().map(|case| Ok(line(case, reports::exhibit(tx, case.target)?.map(|it| it.text))));
            let lines: Vec<String> = lines.collect::<Result<_>>()?;
            let cases = open.into_iter().map(|case| CaseJson::of(tx, case)).collect::<Result<_>>()?;
            Ok((Waiting { cases }, lines))
        })?;
        let sentence = if lines.is_empty() { "Nothing is reported".to_owned() } else { lines.join("\n") };
        self.common.output().answer(&waiting, &sentence)
    }
}

/// A case in a line, safe for a terminal: what users wrote is JSON, in which every control character is written out.
fn line(case: &Case, text: Option<String>) -> String {
    let text: String = text.unwrap_or_else(|| "(it is gone)".to_owned()).chars().take(LINE_CHARS_MAX).collect();
    let (id, at, count, target) = (case.id, case.first_at(), case.report_count, case.target.id());
    format!("{id}  {at}  {count}  @{}  {target}  {}", case.author.handle, json!(text))
}
