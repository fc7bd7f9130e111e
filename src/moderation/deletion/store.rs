//! SQL of accounts whose traces are still being removed.

use rusqlite::named_params;

use super::NotesFate;
use crate::base::db::{ReadTransaction, WriteTransaction};
use crate::base::error::Result;
use crate::base::ids::AgentId;

pub(super) fn insert(tx: &WriteTransaction, agent: AgentId, notes: NotesFate) -> Result<()> {
    const SQL: &str = "INSERT INTO deletions (agent_id, notes) VALUES (:agent, :notes)";
    tx.run(SQL, named_params! {":agent": agent, ":notes": notes}).map(drop)
}

pub(super) fn find(tx: &ReadTransaction) -> Result<Option<(AgentId, NotesFate)>> {
    const SQL: &str = "SELECT agent_id, notes FROM deletions ORDER BY agent_id LIMIT 1";
    tx.find(SQL, [], |row| Ok((row.get("agent_id")?, row.get("notes")?)))
}

pub(super) fn delete(tx: &WriteTransaction, agent: AgentId) -> Result<()> {
    const SQL: &str = "DELETE FROM deletions WHERE agent_id = :agent";
    tx.run(SQL, named_params! {":agent": agent}).map(drop)
}
