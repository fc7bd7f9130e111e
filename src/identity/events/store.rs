//! SQL of subscriptions and deliveries.

use rusqlite::{Row, named_params};

use super::{Counts, Delivery, Due, Lane, Outcome, PING, State, Subscription, Wanted};
use crate::base::clock::Timestamp;
use crate::base::db::{Columns, ReadTransaction, WriteTransaction};
use crate::base::error::Result;
use crate::base::ids::{self, AgentId, EventId};

pub(super) fn find(tx: &ReadTransaction, agent: AgentId) -> Result<Option<Subscription>> {
    const SQL: &str = "
        SELECT kinds, failures, failing_since, paused_until, off_at, off_reason
        FROM event_subscriptions
        WHERE agent_id = :agent";
    tx.find(SQL, named_params! {":agent": agent}, |row| {
        let mut columns = Columns::of(row);
        let kinds: String = columns.take()?;
        Ok(Subscription {
            wanted: Wanted::of_text(&kinds),
            failures: columns.take()?,
            failing_since: columns.take()?,
            paused_until: columns.take()?,
            off: columns.take::<Option<Timestamp>>()?.zip(columns.take::<Option<String>>()?),
        })
    })
}

pub(super) fn set_wanted(tx: &WriteTransaction, agent: AgentId, wanted: &Wanted) -> Result<()> {
    const SQL: &str = "
        INSERT INTO event_subscriptions (agent_id, kinds)
        VALUES (:agent, :kinds)
        ON CONFLICT (agent_id) DO UPDATE
        SET kinds         = :kinds,
            failures      = iif(off_at IS NULL, failures, 0),
            failing_since = iif(off_at IS NULL, failing_since, NULL),
            paused_until  = iif(off_at IS NULL, paused_until, NULL),
            is_working    = iif(off_at IS NULL, is_working, 0),
            off_at        = NULL,
            off_reason    = NULL";
    tx.run(SQL, named_params! {":agent": agent, ":kinds": wanted.to_text()}).map(drop)
}

pub(super) fn delete(tx: &WriteTransaction, agent: AgentId) -> Result<()> {
    const SQL: &str = "DELETE FROM event_subscriptions WHERE agent_id = :agent";
    tx.run(SQL, named_params! {":agent": agent}).map(drop)
}

pub(super) fn delete_deliveries(tx: &WriteTransaction, agent: AgentId) -> Result<()> {
    const SQL: &str = "DELETE FROM event_deliveries WHERE agent_id = :agent";
    tx.run(SQL, named_params! {":agent": agent}).map(drop)
}

pub(super) fn set_off(tx: &WriteTransaction, agent: AgentId, reason: &str) -> Result<()> {
    const SQL: &str = "
        UPDATE event_subscriptions
        SET off_at = :now, off_reason = :reason, next_at = NULL
        WHERE agent_id = :agent";
    tx.run(SQL, named_params! {":agent": agent, ":now": tx.now(), ":reason": reason}).map(drop)
}

pub(super) fn set_working(tx: &WriteTransaction, agent: AgentId) -> Result<()> {
    const SQL: &str = "
        UPDATE event_subscriptions
        SET failures = 0, failing_since = NULL, paused_until = NULL, is_working = 1
        WHERE agent_id = :agent";
    tx.run(SQL, named_params! {":agent": agent}).map(drop)
}

pub(super) fn set_unproven(tx: &WriteTransaction, agent: AgentId) -> Result<()> {
    const SQL: &str = "UPDATE event_subscriptions SET is_working = 0 WHERE agent_id = :agent";
    tx.run(SQL, named_params! {":agent": agent}).map(drop)
}

pub(super) fn forget_failures(tx: &WriteTransaction, agent: AgentId) -> Result<()> {
    const SQL: &str = "
        UPDATE event_subscriptions
        SET failures = 0, failing_since = NULL, paused_until = NULL
        WHERE agent_id = :agent";
    tx.run(SQL, named_params! {":agent": agent}).map(drop)
}

pub(super) fn set_failing(tx: &WriteTransaction, agent: AgentId, failures: i64, until: Timestamp) -> Result<()> {
    const SQL: &str = "
        UPDATE event_subscriptions
        SET failures = :failures, failing_since = ifnull(failing_since, :now), paused_until = :until, is_working = 0
        WHERE agent_id = :agent";
    let params = named_params! {":agent": agent, ":failures": failures, ":now": tx.now(), ":until": until};
    tx.run(SQL, params).map(drop)
}

pub(super) fn end_pause(tx: &WriteTransaction, agent: AgentId) -> Result<()> {
    const SQL: &str = "UPDATE event_subscriptions SET paused_until = NULL WHERE agent_id = :agent";
    tx.run(SQL, named_params! {":agent": agent}).map(drop)
}

/// Says when there is something to send; never before the pause ends, and never where we switched it off.
pub(super) fn set_next(tx: &WriteTransaction, agent: AgentId, next: Option<Timestamp>) -> Result<()> {
    const SQL: &str = "
        UPDATE event_subscriptions
        SET next_at = max(:next, ifnull(paused_until, :next))
        WHERE agent_id = :agent AND off_at IS NULL";
    tx.run(SQL, named_params! {":agent": agent, ":next": next}).map(drop)
}

/// When the first of an agent's events is due.
pub(super) fn next_pending(tx: &ReadTransaction, agent: AgentId) -> Result<Option<Timestamp>> {
    const SQL: &str = "
        SELECT next_at
        FROM event_deliveries
        WHERE agent_id = :agent AND state = 'pending'
        ORDER BY next_at
        LIMIT 1";
    tx.find(SQL, named_params! {":agent": agent}, |row| row.get("next_at"))
}

pub(super) fn list_due(tx: &ReadTransaction, lane: Lane, limit: i64) -> Result<Vec<AgentId>> {
    const WORKING: &str = "
        SELECT agent_id
        FROM event_subscriptions
        WHERE next_at <= :now AND is_working = 1
        ORDER BY next_at
        LIMIT :limit";
    const UNPROVEN: &str = "
        SELECT agent_id
        FROM event_subscriptions
        WHERE next_at <= :now AND is_working = 0
        ORDER BY next_at
        LIMIT :limit";
    let sql = match lane {
        Lane::Working => WORKING,
        Lane::Unproven => UNPROVEN,
    };
    tx.list(sql, named_params! {":now": tx.now(), ":limit": limit}, |row| row.get("agent_id"))
}

pub(super) fn find_due(tx: &ReadTransaction, agent: AgentId) -> Result<Option<Due>> {
    const SQL: &str = "
        SELECT id, body
        FROM event_deliveries
        WHERE agent_id = :agent AND state = 'pending' AND next_at <= :now
        ORDER BY next_at, id
        LIMIT 1";
    tx.find(SQL, named_params! {":agent": agent, ":now": tx.now()}, |row| {
        Ok(Due { id: row.get("id")?, body: row.get("body")? })
    })
}

pub(super) fn insert_pending(tx: &WriteTransaction, to: AgentId, id: EventId, kind: &str, body: &str) -> Result<()> {
    const SQL: &str = "
        INSERT INTO event_deliveries (id, agent_id, kind, body, state, next_at)
        VALUES (:id, :to, :kind, :body, 'pending', :now)";
    let params = named_params! {":id": id, ":to": to, ":kind": kind, ":body": body, ":now": tx.now()};
    tx.run(SQL, params).map(drop)
}

pub(super) fn insert_ping(tx: &WriteTransaction, to: AgentId, id: EventId, body: &str) -> Result<()> {
    const SQL: &str = "
        INSERT INTO event_deliveries (id, agent_id, kind, body, state)
        VALUES (:id, :to, :kind, :body, 'failed')";
    tx.run(SQL, named_params! {":id": id, ":to": to, ":kind": PING, ":body": body}).map(drop)
}

/// Drops what waits beyond the newest `keep`.
pub(super) fn drop_beyond(tx: &WriteTransaction, agent: AgentId, keep: i64, why: &str) -> Result<usize> {
    const SQL: &str = "
        UPDATE event_deliveries
        SET state = 'dropped', next_at = NULL, error = :why
        WHERE agent_id = :agent AND state = 'pending' AND id <= (
            SELECT id
            FROM event_deliveries
            WHERE agent_id = :agent AND state = 'pending'
            ORDER BY id DESC
            LIMIT 1 OFFSET :keep)";
    tx.run(SQL, named_params! {":agent": agent, ":keep": keep, ":why": why})
}

pub(super) fn drop_pending(tx: &WriteTransaction, agent: AgentId, why: &str) -> Result<()> {
    const SQL: &str = "
        UPDATE event_deliveries
        SET state = 'dropped', next_at = NULL, error = :why
        WHERE agent_id = :agent AND state = 'pending'";
    tx.run(SQL, named_params! {":agent": agent, ":why": why}).map(drop)?;
    delete_ended_beyond(tx, agent, super::ENDED_MAX)
}

/// Writes down an attempt that ended now, and what the event is from then on.
pub(super) fn set_attempt(
    tx: &WriteTransaction,
    id: EventId,
    state: State,
    next_at: Option<Timestamp>,
    outcome: &Outcome,
) -> Result<()> {
    const SQL: &str = "
        UPDATE event_deliveries
        SET state = :state, next_at = :next_at, attempts = attempts + 1, attempted_at = :now, status_code = :status,
            error = :why
        WHERE id = :id";
    tx.run(
        SQL,
        named_params! {
            ":id": id, ":state": state, ":next_at": next_at, ":now": tx.now(), ":status": outcome.status(),
            ":why": outcome.why(),
        },
    )
    .map(drop)
}

/// Has an event sent now. One that had ended begins anew.
pub(super) fn set_pending(tx: &WriteTransaction, id: EventId) -> Result<()> {
    const SQL: &str = "
        UPDATE event_deliveries
        SET attempts     = CASE state WHEN 'pending' THEN attempts ELSE 0 END,
            attempted_at = CASE state WHEN 'pending' THEN attempted_at END,
            status_code  = CASE state WHEN 'pending' THEN status_code END,
            error        = CASE state WHEN 'pending' THEN error END,
            state = 'pending', next_at = :now
        WHERE id = :id";
    tx.run(SQL, named_params! {":id": id, ":now": tx.now()}).map(drop)
}

macro_rules! select_deliveries {
    ($rest:literal) => {
        concat!(
            "SELECT id, kind, body, state, attempts, next_at, attempted_at, status_code, error
             FROM event_deliveries
             WHERE agent_id = :of AND ",
            $rest
        )
    };
}

pub(super) fn list(tx: &ReadTransaction, of: AgentId, before: Option<EventId>, limit: i64) -> Result<Vec<Delivery>> {
    const SQL: &str = select_deliveries!("id < :before ORDER BY id DESC LIMIT :limit");
    let before = before.map_or(i64::MAX, |id| id.0);
    tx.list(SQL, named_params! {":of": of, ":before": before, ":limit": limit}, read)
}

pub(super) fn get(tx: &ReadTransaction, of: AgentId, id: EventId) -> Result<Option<Delivery>> {
    const SQL: &str = select_deliveries!("id = :id");
    tx.find(SQL, named_params! {":of": of, ":id": id}, read)
}

fn read(row: &Row) -> rusqlite::Result<Delivery> {
    let mut columns = Columns::of(row);
    Ok(Delivery {
        id: columns.take()?,
        kind: columns.take()?,
        body: columns.take()?,
        state: columns.take()?,
        attempts: columns.take()?,
        next_at: columns.take()?,
        attempted_at: columns.take()?,
        status: columns.take()?,
        error: columns.take()?,
    })
}

pub(super) fn count_pending(tx: &ReadTransaction, of: AgentId) -> Result<i64> {
    const SQL: &str = "SELECT count(*) FROM event_deliveries WHERE agent_id = :of AND state = 'pending'";
    tx.one(SQL, named_params! {":of": of}, |row| row.get(0))
}

pub(super) fn counts(tx: &ReadTransaction) -> Result<Counts> {
    const PENDING: &str = "SELECT count(*) FROM event_deliveries WHERE state = 'pending'";
    const FAILING: &str = "
        SELECT count(*)
        FROM event_subscriptions
        WHERE next_at IS NOT NULL AND is_working = 0 AND failures > 0";
    Ok(Counts {
        pending: tx.one(PENDING, [], |row| row.get(0))?,
        failing_agents: tx.one(FAILING, [], |row| row.get(0))?,
    })
}

/// Deletes what has ended of an agent's events beyond the newest `keep`.
pub(super) fn delete_ended_beyond(tx: &WriteTransaction, agent: AgentId, keep: i64) -> Result<()> {
    const SQL: &str = "
        DELETE FROM event_deliveries
        WHERE agent_id = :agent AND state <> 'pending' AND id <= (
            SELECT id
            FROM event_deliveries
            WHERE agent_id = :agent AND state <> 'pending'
            ORDER BY id DESC
            LIMIT 1 OFFSET :keep)";
    tx.run(SQL, named_params! {":agent": agent, ":keep": keep}).map(drop)
}

/// Deletes some of those made before a moment; answers whether there may be more.
pub(super) fn delete_before(tx: &WriteTransaction, moment: Timestamp, max: i64) -> Result<bool> {
    const SQL: &str = "
        DELETE FROM event_deliveries
        WHERE id IN (SELECT id FROM event_deliveries WHERE id < :first ORDER BY id LIMIT :max)";
    let deleted = tx.run(SQL, named_params! {":first": ids::first_of(moment), ":max": max})?;
    Ok(i64::try_from(deleted).is_ok_and(|deleted| deleted == max))
}
