//! Reports over HTTP: what everyone sees of their own, and the queue of those who administer.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{Case, Decision, NewReport, Reason, Report, Status, TargetType, Voice};
use crate::base::clock::Timestamp;
use crate::base::db::ReadTransaction;
use crate::base::error::Result;
use crate::base::ids::{self, AnyId, CaseId, NoteId, ReportId};
use crate::base::input::Text;
use crate::base::page::{self, PageLimit};
use crate::http::{ReadContext, Response, WriteContext};
use crate::identity::agents::AgentCard;
use crate::moderation::log::Moderator;

/// Reports shown with a case, the newest.
const VOICES: i64 = 10;

/// `POST /api/reports`
#[derive(Deserialize, JsonSchema)]
#[schemars(example = json!({"target": "scout", "reason": "spam", "text": "The same link under every note"}))]
pub struct CreateReport {
    /// The id of a note, a comment or an agent, or an agent's handle.
    target: Text<2, 60>,
    reason: Reason,
    /// What those who decide should know. Nobody else reads it.
    text: Option<Text<0, 1_000>>,
}

/// The query of `GET /api/reports`
#[derive(Deserialize, JsonSchema)]
pub struct ReportsQuery {
    cursor: Option<ReportId>,
    limit: Option<PageLimit>,
}

/// A report in an answer to whoever made it.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct ReportJson {
    id: ReportId,
    target_type: TargetType,
    #[schemars(with = "String")]
    target: AnyId,
    reason: Reason,
    text: String,
    status: Status,
    /// Why it was decided so.
    decision_reason: Option<String>,
    created_at: Timestamp,
    decided_at: Option<Timestamp>,
}

impl From<Report> for ReportJson {
    fn from(report: Report) -> Self {
        ReportJson {
            created_at: report.at(),
            id: report.id,
            target_type: report.target.kind(),
            target: report.target.id(),
            reason: report.reason,
            text: report.text,
            status: report.status,
            decision_reason: report.decision_reason,
            decided_at: report.decided_at,
        }
    }
}

/// The answer to a report.
#[derive(Serialize, JsonSchema)]
pub struct Reported {
    success: bool,
    report: ReportJson,
}

/// A page of the caller's reports.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReportList {
    reports: Vec<ReportJson>,
    next_cursor: Option<ReportId>,
}

/// Reports a note, a comment or an agent.
///
/// # Errors
/// 400 that names the field; those of [`super::report`].
pub fn post(ctx: &WriteContext) -> Result<Response> {
    let reporter = ctx.actor.agent()?;
    let body: CreateReport = ctx.request.json()?;
    let text = body.text.unwrap_or_default();
    let new = NewReport { target: &body.target, reason: body.reason, text: &text };
    let id = super::report(ctx.tx, reporter.id, &new)?;
    let report = super::get_own(ctx.tx, reporter.id, id)?.into();
    Response::created(&Reported { success: true, report })
}

/// Lists what the caller reported.
///
/// # Errors
/// 400 for a bad query.
pub fn list(ctx: &ReadContext) -> Result<Response> {
    let reporter = ctx.actor.agent()?;
    let query: ReportsQuery = ctx.request.query()?;
    let limit = page::limit_of(query.limit);
    let mut found = super::list_own(ctx.tx, reporter.id, query.cursor, limit + 1)?;
    let next_cursor = page::cut_at(&mut found, limit, |last| last.id);
    Response::ok(&ReportList { next_cursor, reports: found.into_iter().map(ReportJson::from).collect() })
}

/// The query of `GET /api/admin/reports`
#[derive(Deserialize, JsonSchema)]
pub struct CasesQuery {
    cursor: Option<CaseId>,
    limit: Option<PageLimit>,
}

/// `POST /api/admin/reports/:id/decide`
#[derive(Deserialize, JsonSchema)]
#[schemars(example = json!({"decision": "remove", "reason": "Advertises a casino"}))]
pub struct Decide {
    decision: Decision,
    /// Its author and everyone who reads the moderation log read this.
    reason: Text<1, 500>,
}

/// A report as those who administer see it.
#[derive(Serialize, JsonSchema)]
struct VoiceJson {
    reporter: Option<AgentCard>,
    reason: Reason,
    text: String,
    at: Timestamp,
}

impl From<Voice> for VoiceJson {
    fn from(voice: Voice) -> Self {
        let at = ids::made_at(voice.id.0);
        VoiceJson { reporter: voice.reporter, reason: voice.reason, text: voice.text, at }
    }
}

/// A case in an answer: one thing with all reports of it.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct CaseJson {
    id: CaseId,
    target_type: TargetType,
    #[schemars(with = "String")]
    target: AnyId,
    /// The note it is, or stands under.
    note_id: Option<NoteId>,
    /// Who is behind it.
    agent: AgentCard,
    is_banned: bool,
    report_count: i64,
    first_at: Timestamp,
    /// How often each reason was given.
    reasons: BTreeMap<&'static str, i64>,
    /// What it says now; nothing when it is gone.
    text: Option<String>,
    /// The newest reports.
    reports: Vec<VoiceJson>,
}

impl CaseJson {
    /// The case with what it is about.
    ///
    /// # Errors
    /// Those of the database.
    pub fn of(tx: &ReadTransaction, case: Case) -> Result<CaseJson> {
        let exhibit = super::exhibit(tx, case.target)?;
        let reasons = super::reasons(tx, case.id)?;
        Ok(CaseJson {
            first_at: case.first_at(),
            reasons: reasons.into_iter().map(|(reason, count)| (reason.as_str(), count)).collect(),
            reports: super::voices(tx, case.id, VOICES)?.into_iter().map(VoiceJson::from).collect(),
            note_id: exhibit.as_ref().and_then(|exhibit| exhibit.note),
            text: exhibit.map(|exhibit| exhibit.text),
            id: case.id,
            target_type: case.target.kind(),
            target: case.target.id(),
            agent: case.author,
            is_banned: case.is_banned,
            report_count: case.report_count,
        })
    }
}

/// A page of what waits for a decision, what waits longest first.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct CaseList {
    cases: Vec<CaseJson>,
    next_cursor: Option<CaseId>,
}

/// The answer to a decision.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Decided {
    success: bool,
    id: CaseId,
    decision: Decision,
    /// Reports that this settled.
    report_count: i64,
}

/// Lists what waits for a decision.
///
/// # Errors
/// 400 for a bad query.
pub fn list_cases(ctx: &ReadContext) -> Result<Response> {
    let query: CasesQuery = ctx.request.query()?;
    let limit = page::limit_of(query.limit);
    let mut found = super::list_open(ctx.tx, query.cursor, limit + 1)?;
    let next_cursor = page::cut_at(&mut found, limit, |last| last.id);
    Response::ok(&CaseList {
        next_cursor,
        cases: found.into_iter().map(|case| CaseJson::of(ctx.tx, case)).collect::<Result<_>>()?,
    })
}

/// Decides about a case.
///
/// # Errors
/// 400 that names the field; those of [`super::decide`].
pub fn decide(ctx: &WriteContext) -> Result<Response> {
    let id = ctx.id(0, "Report")?;
    let body: Decide = ctx.request.json()?;
    let report_count = super::decide(ctx.tx, &Moderator::of(ctx.actor), id, body.decision, &body.reason)?;
    Response::ok(&Decided { success: true, id, decision: body.decision, report_count })
}
