//! Seeding: messages of a past that is made up, written in bulk.

use rusqlite::named_params;

use crate::base::db::WriteTransaction;
use crate::base::error::Result;
use crate::base::ids::{AgentId, MessageId};

/// A message with what became of it.
pub struct Sent {
    /// The id, which says when it was sent.
    pub id: MessageId,
    /// Who wrote it.
    pub from: AgentId,
    /// Who got it.
    pub to: AgentId,
    /// What it says.
    pub body: String,
    /// Whether its recipient read it.
    pub is_read: bool,
}

/// Writes a message.
///
/// # Errors
/// Those of the database.
pub fn insert(tx: &WriteTransaction, message: &Sent) -> Result<()> {
    const SQL: &str = "
        INSERT INTO messages (id, sender_id, recipient_id, body, is_read)
        VALUES (:id, :from, :to, :body, :is_read)";
    let Sent { id, from, to, body, is_read } = message;
    tx.run(SQL, named_params! {":id": id, ":from": from, ":to": to, ":body": body, ":is_read": is_read}).map(drop)
}

/// Writes how many messages an agent has not read.
///
/// # Errors
/// Those of the database.
pub fn insert_inbox(tx: &WriteTransaction, of: AgentId, unread: i64) -> Result<()> {
    const SQL: &str = "INSERT INTO inboxes (agent_id, unread_count) VALUES (:of, :unread)";
    tx.run(SQL, named_params! {":of": of, ":unread": unread}).map(drop)
}

/// Counts every inbox anew.
///
/// # Errors
/// Those of the database.
pub fn rebuild(tx: &WriteTransaction) -> Result<()> {
    const SQL: &str = "
        INSERT INTO inboxes (agent_id, unread_count)
        SELECT recipient_id, sum(is_read = 0) FROM messages GROUP BY recipient_id";
    tx.run(SQL, []).map(drop)
}
