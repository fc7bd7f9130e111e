//! Webhook secrets: what messages to an agent's endpoints are signed with, be they skill calls or events.

use rusqlite::named_params;

use crate::base::db::{ReadTransaction, WriteTransaction};
use crate::base::error::Result;
use crate::base::ids::AgentId;
use crate::base::webhook;

/// The secret of an agent, if one was made.
///
/// # Errors
/// Those of the database.
pub fn find(tx: &ReadTransaction, agent: AgentId) -> Result<Option<String>> {
    const SQL: &str = "SELECT secret FROM webhook_secrets WHERE agent_id = :agent";
    tx.find(SQL, named_params! {":agent": agent}, |row| row.get("secret"))
}

/// The secret of an agent; made when it is first asked for.
///
/// # Errors
/// Those of the database.
pub fn get_or_make(tx: &WriteTransaction, agent: AgentId) -> Result<String> {
    const SQL: &str = "
        INSERT INTO webhook_secrets (agent_id, secret)
        VALUES (:agent, :fresh)
        ON CONFLICT (agent_id) DO UPDATE SET secret = secret
        RETURNING secret";
    tx.one(SQL, named_params! {":agent": agent, ":fresh": webhook::new_secret()}, |row| row.get("secret"))
}

/// Replaces the secret of an agent. The old one signs nothing from now on.
///
/// # Errors
/// Those of the database.
pub fn rotate(tx: &WriteTransaction, agent: AgentId) -> Result<String> {
    const SQL: &str = "
        INSERT INTO webhook_secrets (agent_id, secret)
        VALUES (:agent, :secret)
        ON CONFLICT (agent_id) DO UPDATE SET secret = :secret";
    let secret = webhook::new_secret();
    tx.run(SQL, named_params! {":agent": agent, ":secret": secret})?;
    Ok(secret)
}

/// Forgets the secret of an agent.
///
/// # Errors
/// Those of the database.
pub fn forget(tx: &WriteTransaction, agent: AgentId) -> Result<()> {
    const SQL: &str = "DELETE FROM webhook_secrets WHERE agent_id = :agent";
    tx.run(SQL, named_params! {":agent": agent}).map(drop)
}
