//! SQL of messages and the counts of unread ones.

use rusqlite::{Row, named_params};

use super::{Mailbox, Message, Selection};
use crate::agent_card_columns;
use crate::base::db::{Columns, ReadTransaction, WriteTransaction};
use crate::base::error::Result;
use crate::base::ids::{self, AgentId, MessageId};
use crate::identity::agents::AgentCard;

/// What stands in place of a banned sender's text.
const DELETED: &str = "[deleted]";

pub(super) fn insert(
    tx: &WriteTransaction,
    id: MessageId,
    sender: AgentId,
    recipient: AgentId,
    body: &str,
) -> Result<()> {
    const SQL: &str = "
        INSERT INTO messages (id, sender_id, recipient_id, body)
        VALUES (:id, :sender, :recipient, :body)";
    tx.run(SQL, named_params! {":id": id, ":sender": sender, ":recipient": recipient, ":body": body}).map(drop)
}

pub(super) fn count_sent(tx: &WriteTransaction, recipient: AgentId) -> Result<()> {
    const SQL: &str = "
        INSERT INTO inboxes (agent_id, unread_count)
        VALUES (:recipient, 1)
        ON CONFLICT (agent_id) DO UPDATE
        SET unread_count = unread_count + 1";
    tx.run(SQL, named_params! {":recipient": recipient}).map(drop)
}

/// Counts unread messages that are read or gone now.
pub(super) fn count_read(tx: &WriteTransaction, recipient: AgentId, messages: i64) -> Result<()> {
    const SQL: &str = "UPDATE inboxes SET unread_count = unread_count - :messages WHERE agent_id = :recipient";
    tx.run(SQL, named_params! {":recipient": recipient, ":messages": messages}).map(drop)
}

/// A message that is gone.
pub(super) struct Deleted {
    pub(super) recipient: AgentId,
    pub(super) is_read: bool,
}

pub(super) fn delete(tx: &WriteTransaction, sender: AgentId, id: MessageId) -> Result<Option<Deleted>> {
    const SQL: &str = "DELETE FROM messages WHERE id = :id AND sender_id = :sender RETURNING recipient_id, is_read";
    tx.find(SQL, named_params! {":id": id, ":sender": sender}, |row| {
        Ok(Deleted { recipient: row.get("recipient_id")?, is_read: row.get("is_read")? })
    })
}

pub(super) fn find_recipient(tx: &ReadTransaction, id: MessageId) -> Result<Option<AgentId>> {
    const SQL: &str = "SELECT recipient_id FROM messages WHERE id = :id";
    tx.find(SQL, named_params! {":id": id}, |row| row.get("recipient_id"))
}

/// Marks a message as read; answers whether it was there and unread.
pub(super) fn set_read(tx: &WriteTransaction, recipient: AgentId, id: MessageId) -> Result<bool> {
    const SQL: &str = "
        UPDATE messages
        SET is_read = 1
        WHERE id = :id AND recipient_id = :recipient AND is_read = 0";
    Ok(tx.run(SQL, named_params! {":id": id, ":recipient": recipient})? == 1)
}

/// The count in the file, less what is marked in memory and not there yet.
pub(super) fn count_unread(tx: &ReadTransaction, of: AgentId, marked: &[MessageId]) -> Result<i64> {
    const SQL: &str = "
        SELECT ifnull((SELECT unread_count FROM inboxes WHERE agent_id = :of), 0)
             - (SELECT count(*)
                FROM messages
                WHERE id IN (SELECT value FROM json_each(:marked)) AND is_read = 0)";
    tx.one(SQL, named_params! {":of": of, ":marked": json(marked)}, |row| row.get(0))
}

/// Ids as a list that a statement takes as one parameter.
fn json(ids: &[MessageId]) -> String {
    let ids: Vec<String> = ids.iter().map(|id| id.0.to_string()).collect();
    format!("[{}]", ids.join(","))
}

// Who deleted their account is banned since that moment, and what they sent stays with who got it. Who was banned before
// stays hidden.
macro_rules! select_messages {
    ($($rest:literal),+) => {
        concat!(
            "SELECT m.id, body, is_read, s.banned_at IS NOT s.retired_at, r.banned_at IS NOT r.retired_at, ",
            agent_card_columns!("s"),
            ", ",
            agent_card_columns!("r"),
            " FROM messages m
              JOIN agents s ON s.id = m.sender_id
              JOIN agents r ON r.id = m.recipient_id
              WHERE ",
            $($rest),+
        )
    };
}

fn read(row: &Row) -> rusqlite::Result<Message> {
    let mut columns = Columns::of(row);
    let id: MessageId = columns.take()?;
    let (body, is_read) = (columns.take()?, columns.take()?);
    let (sender_banned, recipient_banned) = (columns.take::<bool>()?, columns.take::<bool>()?);
    let (from, to) = (AgentCard::take(&mut columns)?, AgentCard::take(&mut columns)?);
    Ok(Message {
        id,
        body: if sender_banned { DELETED.to_owned() } else { body },
        from: (!sender_banned).then_some(from),
        to: (!recipient_banned).then_some(to),
        is_read,
        at: ids::made_at(id.0),
    })
}

pub(super) fn find(tx: &ReadTransaction, id: MessageId) -> Result<Option<Message>> {
    const SQL: &str = select_messages!("m.id = :id");
    tx.find(SQL, named_params! {":id": id}, read)
}

macro_rules! list_messages {
    ($condition:literal) => {
        select_messages!($condition, " AND m.id < :before ORDER BY m.id DESC LIMIT :limit")
    };
}

macro_rules! list_unread {
    ($condition:literal) => {
        select_messages!(
            $condition,
            " AND is_read = 0 AND m.id NOT IN (SELECT value FROM json_each(:marked))
              AND m.id < :before ORDER BY m.id DESC LIMIT :limit"
        )
    };
}

pub(super) fn list(
    tx: &ReadTransaction,
    of: AgentId,
    selection: Selection,
    marked: &[MessageId],
    limit: i64,
) -> Result<Vec<Message>> {
    const INBOX: &str = list_messages!("recipient_id = :of");
    const INBOX_FROM: &str = list_messages!("recipient_id = :of AND sender_id = :with");
    const UNREAD: &str = list_unread!("recipient_id = :of");
    const UNREAD_FROM: &str = list_unread!("recipient_id = :of AND sender_id = :with");
    const SENT: &str = list_messages!("sender_id = :of");
    const SENT_TO: &str = list_messages!("sender_id = :of AND recipient_id = :with");
    let before = selection.before.map_or(i64::MAX, |id| id.0);
    match (selection.mailbox, selection.with) {
        (Mailbox::Inbox, None) => tx.list(INBOX, named_params! {":of": of, ":before": before, ":limit": limit}, read),
        (Mailbox::Inbox, Some(with)) => {
            tx.list(INBOX_FROM, named_params! {":of": of, ":with": with, ":before": before, ":limit": limit}, read)
        }
        (Mailbox::Unread, None) => {
            let marked = json(marked);
            tx.list(UNREAD, named_params! {":of": of, ":marked": marked, ":before": before, ":limit": limit}, read)
        }
        (Mailbox::Unread, Some(with)) => tx.list(
            UNREAD_FROM,
            named_params! {":of": of, ":with": with, ":marked": json(marked), ":before": before, ":limit": limit},
            read,
        ),
        (Mailbox::Sent, None) => tx.list(SENT, named_params! {":of": of, ":before": before, ":limit": limit}, read),
        (Mailbox::Sent, Some(with)) => {
            tx.list(SENT_TO, named_params! {":of": of, ":with": with, ":before": before, ":limit": limit}, read)
        }
    }
}
