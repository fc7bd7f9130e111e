//! Seeding: notifications and status calls of a past that is made up, written in bulk.

use rusqlite::named_params;

use super::{KEPT_MAX, Notice, Poll, store};
use crate::base::clock::Timestamp;
use crate::base::db::WriteTransaction;
use crate::base::error::Result;
use crate::base::ids::{AgentId, NotificationId};

/// Writes a notification.
///
/// # Errors
/// Those of the database.
pub fn insert(tx: &WriteTransaction, id: NotificationId, notice: &Notice, read_at: Option<Timestamp>) -> Result<()> {
    const SQL: &str = "
        INSERT INTO notifications (
            id, agent_id, kind, actor_id, note_id, comment_id, bounty_id, amount, detail, read_at)
        VALUES (:id, :to, :kind, :actor, :note, :comment, :bounty, :amount, :detail, :read_at)";
    tx.run(
        SQL,
        named_params! {
            ":id": id, ":to": notice.to, ":kind": notice.kind, ":actor": notice.actor, ":note": notice.note,
            ":comment": notice.comment, ":bounty": notice.bounty, ":amount": notice.amount, ":detail": notice.detail,
            ":read_at": read_at,
        },
    )
    .map(drop)
}

/// Deletes what an agent has beyond the newest that are kept.
///
/// # Errors
/// Those of the database.
pub fn delete_beyond_kept(tx: &WriteTransaction, of: AgentId) -> Result<()> {
    store::delete_beyond(tx, of, KEPT_MAX)
}

/// Writes where an agent's last status call left off.
///
/// # Errors
/// Those of the database.
pub fn insert_poll(tx: &WriteTransaction, of: AgentId, poll: Poll) -> Result<()> {
    store::set_poll(tx, of, poll)
}
