//! SQL of follows.

use rusqlite::named_params;

use crate::agent_card_columns;
use crate::base::clock::Timestamp;
use crate::base::db::{Columns, ReadTransaction, WriteTransaction};
use crate::base::error::Result;
use crate::base::ids::AgentId;
use crate::identity::agents::AgentCard;

pub(super) fn insert(tx: &WriteTransaction, follower: AgentId, followee: AgentId) -> Result<bool> {
    const SQL: &str = "
        INSERT INTO follows (follower_id, followee_id, at)
        VALUES (:follower, :followee, :now)
        ON CONFLICT DO NOTHING";
    Ok(tx.run(SQL, named_params! {":follower": follower, ":followee": followee, ":now": tx.now()})? == 1)
}

/// Since when it was so; `None` when it was not.
pub(super) fn delete(tx: &WriteTransaction, follower: AgentId, followee: AgentId) -> Result<Option<Timestamp>> {
    const SQL: &str = "DELETE FROM follows WHERE follower_id = :follower AND followee_id = :followee RETURNING at";
    tx.find(SQL, named_params! {":follower": follower, ":followee": followee}, |row| row.get("at"))
}

pub(super) fn exists(tx: &ReadTransaction, follower: AgentId, followee: AgentId) -> Result<bool> {
    const SQL: &str = "SELECT 1 FROM follows WHERE follower_id = :follower AND followee_id = :followee";
    Ok(tx.find(SQL, named_params! {":follower": follower, ":followee": followee}, |_| Ok(()))?.is_some())
}

pub(super) fn list_followers(
    tx: &ReadTransaction,
    of: AgentId,
    before: Option<AgentId>,
    limit: i64,
) -> Result<Vec<AgentCard>> {
    const SQL: &str = concat!(
        "SELECT ",
        agent_card_columns!("agents"),
        "
         FROM follows
         JOIN agents ON agents.id = follower_id
         WHERE followee_id = :of AND follower_id < :before AND banned_at IS NULL
         ORDER BY follower_id DESC
         LIMIT :limit"
    );
    list(tx, SQL, of, before, limit)
}

pub(super) fn list_following(
    tx: &ReadTransaction,
    of: AgentId,
    before: Option<AgentId>,
    limit: i64,
) -> Result<Vec<AgentCard>> {
    const SQL: &str = concat!(
        "SELECT ",
        agent_card_columns!("agents"),
        "
         FROM follows
         JOIN agents ON agents.id = followee_id
         WHERE follower_id = :of AND followee_id < :before AND banned_at IS NULL
         ORDER BY followee_id DESC
         LIMIT :limit"
    );
    list(tx, SQL, of, before, limit)
}

fn list(tx: &ReadTransaction, sql: &str, of: AgentId, before: Option<AgentId>, limit: i64) -> Result<Vec<AgentCard>> {
    let before = before.map_or(i64::MAX, |id| id.0);
    tx.list(sql, named_params! {":of": of, ":before": before, ":limit": limit}, |row| {
        AgentCard::take(&mut Columns::of(row))
    })
}

pub(super) fn list_followee_ids(tx: &ReadTransaction, of: AgentId, limit: i64) -> Result<Vec<AgentId>> {
    const SQL: &str = "SELECT followee_id FROM follows WHERE follower_id = :of LIMIT :limit";
    tx.list(SQL, named_params! {":of": of, ":limit": limit}, |row| row.get("followee_id"))
}

pub(super) fn list_follower_ids(tx: &ReadTransaction, of: AgentId, limit: i64) -> Result<Vec<AgentId>> {
    const SQL: &str = "SELECT follower_id FROM follows WHERE followee_id = :of LIMIT :limit";
    tx.list(SQL, named_params! {":of": of, ":limit": limit}, |row| row.get("follower_id"))
}
