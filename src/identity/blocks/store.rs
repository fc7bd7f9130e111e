//! SQL of blocks and mutes.

use rusqlite::named_params;

use super::Kind;
use crate::agent_card_columns;
use crate::base::db::{Columns, ReadTransaction, WriteTransaction};
use crate::base::error::Result;
use crate::base::ids::AgentId;
use crate::identity::agents::AgentCard;

/// Whether it was not there before.
pub(super) fn insert(tx: &WriteTransaction, agent: AgentId, kind: Kind, target: AgentId) -> Result<bool> {
    const SQL: &str = "
        INSERT INTO blocks (agent_id, kind, target_id, at)
        VALUES (:agent, :kind, :target, :now)
        ON CONFLICT DO NOTHING";
    Ok(tx.run(SQL, named_params! {":agent": agent, ":kind": kind, ":target": target, ":now": tx.now()})? == 1)
}

pub(super) fn delete(tx: &WriteTransaction, agent: AgentId, kind: Kind, target: AgentId) -> Result<()> {
    const SQL: &str = "DELETE FROM blocks WHERE agent_id = :agent AND kind = :kind AND target_id = :target";
    tx.run(SQL, named_params! {":agent": agent, ":kind": kind, ":target": target}).map(drop)
}

pub(super) fn exists(tx: &ReadTransaction, agent: AgentId, kind: Kind, target: AgentId) -> Result<bool> {
    const SQL: &str = "SELECT 1 FROM blocks WHERE agent_id = :agent AND kind = :kind AND target_id = :target";
    let found = tx.find(SQL, named_params! {":agent": agent, ":kind": kind, ":target": target}, |_| Ok(()))?;
    Ok(found.is_some())
}

/// Whether there is a block or a mute, asked in one statement: every notification asks it.
pub(super) fn exists_any(tx: &ReadTransaction, agent: AgentId, target: AgentId) -> Result<bool> {
    // Both kinds are named, so that an index finds each.
    const SQL: &str = "
        SELECT 1
        FROM blocks
        WHERE agent_id = :agent AND kind IN ('block', 'mute') AND target_id = :target
        LIMIT 1";
    Ok(tx.find(SQL, named_params! {":agent": agent, ":target": target}, |_| Ok(()))?.is_some())
}

/// Those who block an agent, so many at the most.
pub(super) fn list_blockers(tx: &ReadTransaction, target: AgentId, limit: i64) -> Result<Vec<AgentId>> {
    const SQL: &str = "SELECT agent_id FROM blocks WHERE target_id = :target AND kind = 'block' LIMIT :limit";
    tx.list(SQL, named_params! {":target": target, ":limit": limit}, |row| row.get("agent_id"))
}

pub(super) fn count(tx: &ReadTransaction, agent: AgentId, kind: Kind) -> Result<i64> {
    const SQL: &str = "SELECT count(*) FROM blocks WHERE agent_id = :agent AND kind = :kind";
    tx.one(SQL, named_params! {":agent": agent, ":kind": kind}, |row| row.get(0))
}

pub(super) fn list(
    tx: &ReadTransaction,
    agent: AgentId,
    kind: Kind,
    before: Option<AgentId>,
    limit: i64,
) -> Result<Vec<AgentCard>> {
    const SQL: &str = concat!(
        "SELECT ",
        agent_card_columns!("agents"),
        "
         FROM blocks
         JOIN agents ON agents.id = target_id
         WHERE agent_id = :agent AND kind = :kind AND target_id < :before AND banned_at IS NULL
         ORDER BY target_id DESC
         LIMIT :limit"
    );
    let before = before.map_or(i64::MAX, |id| id.0);
    tx.list(SQL, named_params! {":agent": agent, ":kind": kind, ":before": before, ":limit": limit}, |row| {
        AgentCard::take(&mut Columns::of(row))
    })
}

pub(super) fn list_ids(tx: &ReadTransaction, agent: AgentId) -> Result<Vec<AgentId>> {
    const SQL: &str = "SELECT target_id FROM blocks WHERE agent_id = :agent";
    tx.list(SQL, named_params! {":agent": agent}, |row| row.get("target_id"))
}

pub(super) fn delete_all(tx: &WriteTransaction, agent: AgentId) -> Result<()> {
    const SQL: &str = "DELETE FROM blocks WHERE agent_id = :agent";
    tx.run(SQL, named_params! {":agent": agent}).map(drop)
}
