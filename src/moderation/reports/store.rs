//! SQL of reports and cases.

use rusqlite::{Row, named_params};

use super::{Case, Decision, Reason, Report, Status, Target, TargetType, Voice};
use crate::agent_card_columns;
use crate::base::clock::Timestamp;
use crate::base::db::{Columns, ReadTransaction, WriteTransaction};
use crate::base::error::{Error, Result, is_unique_violation};
use crate::base::ids::{self, AgentId, CaseId, ReportId};
use crate::identity::agents::AgentCard;

/// Counts one more report in the open case of a thing, which this opens where there is none. Answers the case and how many
/// reports it has then.
pub(super) fn join_case(tx: &WriteTransaction, target: Target, author: AgentId) -> Result<(CaseId, i64)> {
    const SQL: &str = "
        INSERT INTO report_cases (id, target_type, target_id, author_id, report_count)
        VALUES (:id, :kind, :target, :author, 1)
        ON CONFLICT (target_type, target_id) WHERE decided_at IS NULL DO UPDATE
        SET report_count = report_count + 1
        RETURNING id, report_count";
    tx.one(
        SQL,
        named_params! {
            ":id": CaseId(tx.new_id()), ":kind": target.kind(), ":target": target.number(), ":author": author,
        },
        |row| Ok((row.get("id")?, row.get("report_count")?)),
    )
}

pub(super) fn insert(
    tx: &WriteTransaction,
    case: CaseId,
    reporter: AgentId,
    reason: Reason,
    text: &str,
) -> Result<ReportId> {
    const SQL: &str = "
        INSERT INTO reports (id, case_id, reporter_id, reason, text)
        VALUES (:id, :case, :reporter, :reason, :text)";
    let id = ReportId(tx.new_id());
    tx.try_run(SQL, named_params! {":id": id, ":case": case, ":reporter": reporter, ":reason": reason, ":text": text})
        .map_err(|error| match is_unique_violation(&error, "reports.reporter_id") {
            true => Error::conflict("You have reported this already; it waits for a decision"),
            false => error.into(),
        })?;
    Ok(id)
}

pub(super) fn count_since(tx: &ReadTransaction, reporter: AgentId, since: Timestamp) -> Result<i64> {
    const SQL: &str = "SELECT count(*) FROM reports WHERE reporter_id = :reporter AND id >= :first";
    tx.one(SQL, named_params! {":reporter": reporter, ":first": ids::first_of(since)}, |row| row.get(0))
}

macro_rules! select_reports {
    ($rest:literal) => {
        concat!(
            "SELECT r.id, c.target_type, c.target_id, r.reason, r.text, c.decision, c.reason, c.decided_at
             FROM reports r
             JOIN report_cases c ON c.id = r.case_id
             WHERE reporter_id = :reporter ",
            $rest
        )
    };
}

fn read_report(row: &Row) -> rusqlite::Result<Report> {
    let mut columns = Columns::of(row);
    Ok(Report {
        id: columns.take()?,
        target: read_target(&mut columns)?,
        reason: columns.take()?,
        text: columns.take()?,
        status: Status::of(columns.take()?),
        decision_reason: columns.take()?,
        decided_at: columns.take()?,
    })
}

fn read_target(columns: &mut Columns) -> rusqlite::Result<Target> {
    let (kind, number): (TargetType, i64) = (columns.take()?, columns.take()?);
    Ok(Target::of(kind, number))
}

pub(super) fn find_own(tx: &ReadTransaction, reporter: AgentId, id: ReportId) -> Result<Option<Report>> {
    const SQL: &str = select_reports!("AND r.id = :id");
    tx.find(SQL, named_params! {":reporter": reporter, ":id": id}, read_report)
}

pub(super) fn list_own(
    tx: &ReadTransaction,
    reporter: AgentId,
    before: Option<ReportId>,
    limit: i64,
) -> Result<Vec<Report>> {
    const SQL: &str = select_reports!("AND r.id < :before ORDER BY r.id DESC LIMIT :limit");
    let before = before.map_or(i64::MAX, |id| id.0);
    tx.list(SQL, named_params! {":reporter": reporter, ":before": before, ":limit": limit}, read_report)
}

macro_rules! select_cases {
    ($rest:literal) => {
        concat!(
            "SELECT c.id, target_type, target_id, report_count, decision, a.banned_at IS NOT NULL, ",
            agent_card_columns!("a"),
            " FROM report_cases c JOIN agents a ON a.id = c.author_id WHERE ",
            $rest
        )
    };
}

fn read_case(row: &Row) -> rusqlite::Result<Case> {
    let mut columns = Columns::of(row);
    Ok(Case {
        id: columns.take()?,
        target: read_target(&mut columns)?,
        report_count: columns.take()?,
        decision: columns.take()?,
        is_banned: columns.take()?,
        author: AgentCard::take(&mut columns)?,
    })
}

pub(super) fn find(tx: &ReadTransaction, id: CaseId) -> Result<Option<Case>> {
    const SQL: &str = select_cases!("c.id = :id");
    tx.find(SQL, named_params! {":id": id}, read_case)
}

pub(super) fn list_open(tx: &ReadTransaction, after: Option<CaseId>, limit: i64) -> Result<Vec<Case>> {
    const SQL: &str = select_cases!("decided_at IS NULL AND c.id > :after ORDER BY c.id LIMIT :limit");
    let after = after.map_or(0, |id| id.0);
    tx.list(SQL, named_params! {":after": after, ":limit": limit}, read_case)
}

pub(super) fn count_open(tx: &ReadTransaction, max: i64) -> Result<i64> {
    const SQL: &str = "SELECT count(*) FROM (SELECT 1 FROM report_cases WHERE decided_at IS NULL LIMIT :max)";
    tx.one(SQL, named_params! {":max": max}, |row| row.get(0))
}

pub(super) fn count_reasons(tx: &ReadTransaction, case: CaseId) -> Result<Vec<(Reason, i64)>> {
    const SQL: &str = "SELECT reason, count(*) AS reports FROM reports WHERE case_id = :case GROUP BY reason";
    tx.list(SQL, named_params! {":case": case}, |row| Ok((row.get("reason")?, row.get("reports")?)))
}

pub(super) fn list_voices(tx: &ReadTransaction, case: CaseId, limit: i64) -> Result<Vec<Voice>> {
    const SQL: &str = concat!(
        "SELECT r.id, reason, text, ",
        agent_card_columns!("a"),
        " FROM reports r
          LEFT JOIN agents a ON a.id = r.reporter_id AND a.banned_at IS NULL
          WHERE case_id = :case
          ORDER BY r.id DESC
          LIMIT :limit"
    );
    tx.list(SQL, named_params! {":case": case, ":limit": limit}, |row| {
        let mut columns = Columns::of(row);
        Ok(Voice {
            id: columns.take()?,
            reason: columns.take()?,
            text: columns.take()?,
            reporter: AgentCard::take_if_any(&mut columns)?,
        })
    })
}

pub(super) fn list_reporters(tx: &ReadTransaction, case: CaseId) -> Result<Vec<AgentId>> {
    const SQL: &str = "SELECT reporter_id FROM reports WHERE case_id = :case";
    tx.list(SQL, named_params! {":case": case}, |row| row.get("reporter_id"))
}

pub(super) fn set_decided(tx: &WriteTransaction, id: CaseId, decision: Decision, reason: &str) -> Result<()> {
    const SQL: &str = "
        UPDATE report_cases
        SET decision = :decision, reason = :reason, decided_at = :now
        WHERE id = :id AND decided_at IS NULL";
    tx.run(SQL, named_params! {":id": id, ":decision": decision, ":reason": reason, ":now": tx.now()}).map(drop)
}

pub(super) fn was_removed(tx: &ReadTransaction, target: Target) -> Result<bool> {
    const SQL: &str = "
        SELECT 1
        FROM report_cases
        WHERE target_type = :kind AND target_id = :target AND decision = 'remove'
        LIMIT 1";
    let found = tx.find(SQL, named_params! {":kind": target.kind(), ":target": target.number()}, |_| Ok(()))?;
    Ok(found.is_some())
}

pub(super) fn list_problems(tx: &ReadTransaction) -> Result<Vec<String>> {
    const SQL: &str = "
        SELECT id, report_count AS said,
               (SELECT count(*) FROM reports WHERE case_id = report_cases.id) AS so
         FROM report_cases
         WHERE said <> so";
    tx.list(SQL, [], |row| {
        let (id, said, so): (CaseId, i64, i64) = (row.get("id")?, row.get("said")?, row.get("so")?);
        Ok(format!("{id}: says {said} reports, there are {so}"))
    })
}
