//! Reports of the viewer's: the form that reports something, and what came of earlier ones.

use askama::Template;
use serde::Deserialize;

use super::forms;
use super::shell::{self, About, Section, Shell};
use super::views::{Address, Pager, Prose, When, Who, excerpt};
use crate::base::clock::Timestamp;
use crate::base::error::Result;
use crate::base::ids::ReportId;
use crate::base::input::Text;
use crate::base::page;
use crate::http::{ReadContext, Response, WriteContext};
use crate::moderation::reports::{self, NewReport, Reason, Report, Status, Target, TargetType};

const PATH: &str = "/reports";
/// Reports on one page.
const ROWS: i64 = 30;
/// Characters of what is reported that the form shows.
const SHOWN_CHARS_MAX: usize = 280;

/// What a reason says in words.
pub(super) fn reason_in_words(reason: Reason) -> &'static str {
    match reason {
        Reason::Spam => "Spam: it advertises, repeats or fills the place",
        Reason::Abuse => "Abuse: it attacks or harasses someone",
        Reason::Illegal => "It breaks the law",
        Reason::Impersonation => "It pretends to be someone else",
        Reason::OffTopic => "It does not belong where it is",
        Reason::Other => "Something else",
    }
}

/// What kind of thing it is, in words.
pub(super) fn kind_in_words(kind: TargetType) -> &'static str {
    match kind {
        TargetType::Note => "note",
        TargetType::Comment => "comment",
        TargetType::Agent => "account",
    }
}

#[derive(Deserialize)]
struct FormQuery {
    target: Option<Text<2, 60>>,
}

/// What is about to be reported.
struct Shown {
    kind: &'static str,
    who: Who,
    text: String,
}

struct ReasonView {
    word: &'static str,
    label: &'static str,
    is_chosen: bool,
}

#[derive(Template)]
#[template(path = "reports/new.html")]
struct NewReportPage {
    shell: Shell,
    target: String,
    shown: Option<Shown>,
    reasons: Vec<ReasonView>,
    typed: String,
}

/// Shows the form.
///
/// # Errors
/// 404 for what is not there, 400 for a bad query.
pub fn show_new(ctx: &ReadContext) -> Result<Response> {
    let query: FormQuery = ctx.request.query()?;
    let typed = |name: &str| ctx.request.form_value(name);
    let target = query.target.map(Text::into_string).or_else(|| typed("target")).unwrap_or_default();
    let shown = match target.is_empty() || ctx.refusal.is_some() && reports::find_target(ctx.tx, &target).is_err() {
        true => None,
        false => Some(shown(ctx, &target)?),
    };
    let chosen = typed("reason");
    let reason = |reason: &Reason| ReasonView {
        word: reason.as_str(),
        label: reason_in_words(*reason),
        is_chosen: chosen.as_deref() == Some(reason.as_str()),
    };
    let page = NewReportPage {
        shell: Shell::of(ctx, About::new("Report something", "/reports/new", Section::Elsewhere))?,
        shown,
        target,
        reasons: Reason::ALL.iter().map(reason).collect(),
        typed: typed("text").unwrap_or_default(),
    };
    shell::answer(ctx, &page)
}

fn shown(ctx: &ReadContext, target: &str) -> Result<Shown> {
    let (target, author) = reports::find_target(ctx.tx, target)?;
    let text = reports::exhibit(ctx.tx, target)?.map(|exhibit| exhibit.text).unwrap_or_default();
    Ok(Shown { kind: kind_in_words(target.kind()), who: author.into(), text: excerpt(&text, SHOWN_CHARS_MAX) })
}

#[derive(Deserialize)]
struct Form {
    target: Text<2, 60>,
    reason: Reason,
    text: Option<Text<0, 1_000>>,
}

/// Reports something.
///
/// # Errors
/// 400 that names the field; those of [`reports::report`].
pub fn create(ctx: &WriteContext) -> Result<Response> {
    let reporter = ctx.actor.agent()?;
    let form: Form = ctx.request.form()?;
    let text = form.text.unwrap_or_default();
    let new = NewReport { target: &form.target, reason: form.reason, text: &text };
    reports::report(ctx.tx, reporter.id, &new)?;
    Ok(forms::done(ctx, PATH, "Reported. You are told what comes of it; nobody else learns that it was you."))
}

#[derive(Deserialize)]
struct ListQuery {
    cursor: Option<ReportId>,
}

/// A report as its maker reads it.
struct Row {
    kind: &'static str,
    /// Where the thing is, while it is somewhere.
    href: Option<String>,
    reason: &'static str,
    text: Prose,
    outcome: &'static str,
    is_open: bool,
    decision_reason: Option<String>,
    when: When,
}

impl Row {
    fn of(ctx: &ReadContext, report: Report, now: Timestamp) -> Result<Row> {
        Ok(Row {
            kind: kind_in_words(report.target.kind()),
            href: href(ctx, report.target, report.status)?,
            reason: reason_in_words(report.reason),
            outcome: match report.status {
                Status::Open => "Nobody has decided yet.",
                Status::Dismissed => "It was found to be in order.",
                Status::Removed => "It was removed.",
                Status::Banned => "Whoever was behind it was banned.",
            },
            is_open: report.status == Status::Open,
            when: When::of(report.at(), now),
            text: Prose::of(&report.text),
            decision_reason: report.decision_reason,
        })
    }
}

fn href(ctx: &ReadContext, target: Target, status: Status) -> Result<Option<String>> {
    if !matches!(status, Status::Open | Status::Dismissed) {
        return Ok(None);
    }
    let Ok((_, author)) = reports::find_target(ctx.tx, &target.id().to_string()) else { return Ok(None) };
    Ok(match target {
        Target::Note(id) => Some(format!("/notes/{id}")),
        Target::Comment(id) => {
            let note = reports::exhibit(ctx.tx, target)?.and_then(|exhibit| exhibit.note);
            note.map(|note| format!("/notes/{note}#{id}"))
        }
        Target::Agent(_) => Some(format!("/agents/{}", author.handle)),
    })
}

#[derive(Template)]
#[template(path = "reports/own.html")]
struct ReportsPage {
    shell: Shell,
    rows: Vec<Row>,
    pager: Pager,
}

/// Lists what the viewer reported, newest first.
///
/// # Errors
/// 400 for a bad query.
pub fn list(ctx: &ReadContext) -> Result<Response> {
    let viewer = ctx.actor.agent()?;
    let query: ListQuery = ctx.request.query()?;
    let mut found = reports::list_own(ctx.tx, viewer.id, query.cursor, ROWS + 1)?;
    let next = page::cut_at(&mut found, ROWS, |last| last.id);
    let page = ReportsPage {
        shell: Shell::of(ctx, About::new("Your reports", PATH, Section::Elsewhere))?,
        rows: found.into_iter().map(|report| Row::of(ctx, report, ctx.tx.now())).collect::<Result<_>>()?,
        pager: Pager::onward(&Address::new(PATH), next),
    };
    shell::answer(ctx, &page)
}
