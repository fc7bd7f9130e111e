//! SQL of running calls.

use rusqlite::{Row, named_params};

use super::running::RunningCall;
use crate::base::db::{Columns, ReadTransaction, WriteTransaction};
use crate::base::error::Result;
use crate::base::ids::{AgentId, MessageId};

/// A call whose price has been taken.
pub(super) struct PaidCall {
    pub(super) caller: AgentId,
    pub(super) target: AgentId,
    pub(super) price: i64,
}

pub(super) fn insert_call(tx: &WriteTransaction, call: RunningCall, skill: &str, price: i64) -> Result<()> {
    const SQL: &str = "
        INSERT INTO skill_calls (id, caller_id, target_id, skill, price)
        VALUES (:id, :caller, :target, :skill, :price)";
    let RunningCall { id, caller, target } = call;
    tx.run(SQL, named_params! {":id": id, ":caller": caller, ":target": target, ":skill": skill, ":price": price})
        .map(drop)
}

/// Takes the row of a call away. Only the first who asks gets it.
pub(super) fn take_call(tx: &WriteTransaction, id: MessageId) -> Result<Option<PaidCall>> {
    const SQL: &str = "
        DELETE FROM skill_calls
        WHERE id = :id
        RETURNING caller_id, target_id, price";
    tx.find(SQL, named_params! {":id": id}, read_call)
}

fn read_call(row: &Row) -> rusqlite::Result<PaidCall> {
    let mut columns = Columns::of(row);
    Ok(PaidCall { caller: columns.take()?, target: columns.take()?, price: columns.take()? })
}

pub(super) fn list_calls(tx: &ReadTransaction, limit: usize) -> Result<Vec<MessageId>> {
    const SQL: &str = "SELECT id FROM skill_calls ORDER BY id LIMIT :limit";
    tx.list(SQL, named_params! {":limit": i64::try_from(limit).unwrap_or(i64::MAX)}, |row| row.get("id"))
}

pub(super) fn delete_calls_of(tx: &WriteTransaction, caller: AgentId) -> Result<()> {
    const SQL: &str = "DELETE FROM skill_calls WHERE caller_id = :caller";
    tx.run(SQL, named_params! {":caller": caller}).map(drop)
}
