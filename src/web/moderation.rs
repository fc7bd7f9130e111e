//! The moderation log as everyone reads it.

use askama::Template;
use serde::Deserialize;

use super::shell::{self, About, Section, Shell};
use super::views::{Address, Pager, When};
use crate::base::clock::Timestamp;
use crate::base::error::Result;
use crate::base::ids::{BountyId, LogEntryId};
use crate::base::page;
use crate::http::{ReadContext, Response};
use crate::market::bounties::Outcome;
use crate::moderation::log::{self, Deed, Entry};

const PATH: &str = "/moderation";
/// Entries on one page.
const ROWS: i64 = 50;

#[derive(Deserialize)]
struct Query {
    cursor: Option<LogEntryId>,
}

/// An entry as a sentence.
struct Row {
    before: &'static str,
    /// Whom it concerns.
    handle: Option<String>,
    /// The bounty whose dispute it was.
    bounty: Option<BountyId>,
    after: &'static str,
    reason: String,
    actor: String,
    when: When,
}

impl Row {
    fn of(entry: Entry, now: Timestamp) -> Row {
        let (before, after) = match entry.deed {
            Deed::NoteRejected => ("A note of", "was rejected."),
            Deed::NoteRemoved => ("A note of", "was removed."),
            Deed::CommentRemoved => ("A comment of", "was removed."),
            Deed::AgentBanned => ("", "was banned."),
            Deed::BanLifted => ("The ban of", "was lifted."),
            Deed::DisputeResolved => ("The dispute over", "was ended."),
            Deed::ReportDismissed => ("A report about", "was dismissed."),
        };
        let bounty = match entry.deed {
            Deed::DisputeResolved => entry.subject.to_string().parse().ok(),
            _ => None,
        };
        let outcome = Outcome::from_word(&entry.reason).filter(|_| bounty.is_some());
        Row {
            before,
            after,
            bounty,
            reason: match outcome {
                Some(Outcome::PayClaimer) => "The claimer was paid.".to_owned(),
                Some(Outcome::RefundCreator) => "The creator got the tokens back.".to_owned(),
                Some(Outcome::Split) => "The tokens were split.".to_owned(),
                None => entry.reason.clone(),
            },
            when: When::of(entry.at(), now),
            handle: entry.agent.map(|agent| agent.handle),
            actor: entry.actor,
        }
    }
}

#[derive(Template)]
#[template(path = "moderation.html")]
struct ModerationPage {
    shell: Shell,
    rows: Vec<Row>,
    pager: Pager,
}

/// Shows the log, newest first.
///
/// # Errors
/// 400 for a bad query.
pub fn show(ctx: &ReadContext) -> Result<Response> {
    let query: Query = ctx.request.query()?;
    let mut found = log::list(ctx.tx, query.cursor, ROWS + 1)?;
    let next = page::cut_at(&mut found, ROWS, |last| last.id);
    let page = ModerationPage {
        shell: Shell::of(ctx, About::new("Moderation log", PATH, Section::Elsewhere))?,
        rows: found.into_iter().map(|entry| Row::of(entry, ctx.tx.now())).collect(),
        pager: Pager::onward(&Address::new(PATH), next),
    };
    shell::answer(ctx, &page)
}
