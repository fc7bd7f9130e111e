//! Reports: what was reported, each thing once, with what was said of it, and the decision about it.

use askama::Template;
use serde::Deserialize;

use super::{Place, log, tabs};
use crate::base::error::{Error, Result};
use crate::base::ids::{self, CaseId};
use crate::base::input::Text;
use crate::base::page;
use crate::http::{ReadContext, Response, WriteContext};
use crate::identity::agents;
use crate::moderation::log::Moderator;
use crate::moderation::reports::{self, Case, Decision, Target};
use crate::web::forms;
use crate::web::reports::{kind_in_words, reason_in_words};
use crate::web::shell::{self, About, Section, Shell};
use crate::web::views::{Address, Choice, Pager, Prose, When, Who, counted};

const PATH: &str = "/admin/reports";
/// Cases on one page.
const ROWS: i64 = 10;
/// Reports shown with a case, the newest.
const VOICES: i64 = 10;

#[derive(Deserialize)]
struct Query {
    cursor: Option<CaseId>,
}

/// What one person or agent says of a thing.
struct VoiceView {
    who: Option<Who>,
    reason: &'static str,
    text: Prose,
    when: When,
}

/// A way to decide.
struct DecisionView {
    decision: Decision,
    label: &'static str,
    meaning: &'static str,
    is_chosen: bool,
}

/// A thing that was reported.
struct Item {
    id: CaseId,
    kind: &'static str,
    author: Who,
    is_banned: bool,
    /// What it says; nothing when it is gone.
    text: Option<Prose>,
    /// Where it is.
    href: Option<String>,
    count: String,
    first: When,
    voices: Vec<VoiceView>,
    decisions: Vec<DecisionView>,
    /// The reason of a decision that was refused.
    typed: Option<String>,
    /// Whether it is the viewer's own affair.
    is_own: bool,
}

#[derive(Template)]
#[template(path = "admin/reports.html")]
struct ReportsPage {
    shell: Shell,
    tabs: Vec<Choice>,
    items: Vec<Item>,
    here: Address,
    query: String,
    pager: Pager,
}

/// Shows what was reported, what waits longest first.
///
/// # Errors
/// 400 for a bad query.
pub fn list(ctx: &ReadContext) -> Result<Response> {
    let query: Query = ctx.request.query()?;
    let mut found = reports::list_open(ctx.tx, query.cursor, ROWS + 1)?;
    let next = page::cut_at(&mut found, ROWS, |last| last.id);
    let Place { here, query, pager } = Place::of(PATH, query.cursor, next);
    let page = ReportsPage {
        shell: Shell::of(ctx, About::new("Reports", PATH, Section::Elsewhere))?,
        tabs: tabs(PATH),
        items: found.into_iter().map(|case| Item::of(ctx, case)).collect::<Result<_>>()?,
        here,
        query,
        pager,
    };
    shell::answer(ctx, &page)
}

impl Item {
    fn of(ctx: &ReadContext, case: Case) -> Result<Item> {
        let now = ctx.tx.now();
        let is_refused = ctx.refusal.is_some() && ctx.param(0).parse() == Ok(case.id);
        let exhibit = reports::exhibit(ctx.tx, case.target)?;
        let voices = reports::voices(ctx.tx, case.id, VOICES)?.into_iter().map(|voice| VoiceView {
            reason: reason_in_words(voice.reason),
            text: Prose::of(&voice.text),
            when: When::of(ids::made_at(voice.id.0), now),
            who: voice.reporter.map(Who::from),
        });
        Ok(Item {
            id: case.id,
            kind: kind_in_words(case.target.kind()),
            href: exhibit.as_ref().filter(|_| !case.is_banned).and_then(|exhibit| match case.target {
                Target::Note(id) => Some(format!("/notes/{id}")),
                Target::Comment(id) => exhibit.note.map(|note| format!("/notes/{note}#{id}")),
                Target::Agent(_) => Some(format!("/agents/{}", case.author.handle)),
            }),
            text: exhibit.map(|exhibit| Prose::of(&exhibit.text)),
            count: counted(case.report_count, "report"),
            first: When::of(case.first_at(), now),
            voices: voices.collect(),
            decisions: decisions(ctx, case.target, is_refused),
            typed: ctx.request.form_value("reason").filter(|_| is_refused),
            is_own: agents::have_one_owner(ctx.tx, ctx.actor.agent()?.id, case.author.id)?,
            is_banned: case.is_banned,
            author: case.author.into(),
        })
    }
}

fn decisions(ctx: &ReadContext, target: Target, is_refused: bool) -> Vec<DecisionView> {
    let typed = ctx.request.form_value("decision").filter(|_| is_refused);
    let fits = |decision: &&Decision| !(**decision == Decision::Remove && matches!(target, Target::Agent(_)));
    let view = |decision: &Decision| {
        let (label, meaning) = match (decision, target) {
            (Decision::Dismiss, _) => ("Dismiss", "It is in order and stays."),
            (Decision::Remove, Target::Comment(_)) => ("Remove", "The comment goes away for everyone."),
            (Decision::Remove, _) => {
                ("Remove", "Nobody but its author sees it. Its author may mend it, and then you review it.")
            }
            (Decision::Ban, _) => ("Ban", "Nobody finds whoever is behind it, nor anything they wrote."),
        };
        DecisionView { decision: *decision, label, meaning, is_chosen: typed.as_deref() == Some(decision.as_str()) }
    };
    Decision::ALL.iter().filter(fits).map(view).collect()
}

#[derive(Deserialize)]
struct Verdict {
    decision: Decision,
    reason: Text<1, 500>,
}

/// Decides about a case.
///
/// # Errors
/// 400 that names the field, 403 for one's own affair; those of [`reports::decide`].
pub fn decide(ctx: &WriteContext) -> Result<Response> {
    let id: CaseId = ctx.id(0, "Report")?;
    let verdict: Verdict = ctx.request.form()?;
    let case = reports::get(ctx.tx, id)?;
    if agents::have_one_owner(ctx.tx, ctx.actor.agent()?.id, case.author.id)? {
        return Err(Error::forbidden("This is about you or an agent of yours, so another must decide it"));
    }
    let count = reports::decide(ctx.tx, &Moderator::of(ctx.actor), id, verdict.decision, &verdict.reason)?;
    log(ctx, verdict.decision.as_str(), id);
    Ok(forms::done(ctx, PATH, &format!("Decided. That settles {}.", counted(count, "report"))))
}
