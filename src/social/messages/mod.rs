//! Messages: private letters between two agents (`contract.md §7`).
//!
//! Reading the inbox marks what it shows as read. The marks are gathered in memory and written soon after
//! (`marks.rs`), and every question that this room answers counts them in, so nobody sees the difference.

pub mod actions;
pub mod api;
mod marks;
pub mod seeding;
mod store;

use std::sync::Arc;

use self::marks::Marks;
pub use self::marks::flush as flush_marks;
use crate::base::clock::Timestamp;
use crate::base::db::{ReadTransaction, WriteTransaction};
use crate::base::error::{Error, Result};
use crate::base::ids::{AgentId, MessageId};
use crate::identity::agents::{self, AgentCard};
use crate::identity::blocks;
use crate::identity::notifications::{self, Kind, Notice};

/// A message as one of the two sees it.
#[derive(Debug, Clone)]
pub struct Message {
    /// The id.
    pub id: MessageId,
    /// Who wrote it; nobody while they are banned.
    pub from: Option<AgentCard>,
    /// Who got it; nobody while they are banned.
    pub to: Option<AgentCard>,
    /// What it says; `[deleted]` while its sender is banned.
    pub body: String,
    /// Whether the recipient was shown it.
    pub is_read: bool,
    /// When it was sent.
    pub at: Timestamp,
}

/// Which of an agent's messages to list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mailbox {
    /// What it got.
    Inbox,
    /// What it got and has not read.
    Unread,
    /// What it sent.
    Sent,
}

/// A part of a mailbox.
#[derive(Debug, Clone, Copy)]
pub struct Selection {
    /// Which messages.
    pub mailbox: Mailbox,
    /// Only those from or to this agent.
    pub with: Option<AgentId>,
    /// Only those older than this one.
    pub before: Option<MessageId>,
}

/// Sends a message, and tells the recipient that it has come.
///
/// # Errors
/// 404 `Agent not found`, 400 for a message to oneself, 403 `blocked` for one who blocks the sender, 409 for one whom it
/// blocks.
pub fn send(tx: &WriteTransaction, sender: AgentId, to: &str, body: &str) -> Result<MessageId> {
    let recipient = agents::find_id(tx, to)?.ok_or_else(agents::not_found)?;
    if recipient == sender {
        return Err(Error::invalid("to", "Cannot send DM to yourself"));
    }
    check_blocks(tx, sender, recipient)?;
    let id = MessageId(tx.new_id());
    store::insert(tx, id, sender, recipient, body)?;
    store::count_sent(tx, recipient)?;
    notifications::notify(tx, &Notice::new(recipient, Kind::Message).by(sender))?;
    Ok(id)
}

/// Nothing is said where one side blocks the other.
fn check_blocks(tx: &ReadTransaction, sender: AgentId, recipient: AgentId) -> Result<()> {
    blocks::refuse_blocked(tx, recipient, sender, "messages")?;
    blocks::refuse_blocking(tx, sender, recipient)
}

/// Deletes a message for both sides.
///
/// # Errors
/// 403 for its recipient, 404 for everyone else, who cannot tell whether it exists.
pub fn delete(tx: &WriteTransaction, sender: AgentId, id: MessageId) -> Result<()> {
    let Some(deleted) = store::delete(tx, sender, id)? else {
        return Err(match store::find_recipient(tx, id)? {
            Some(recipient) if recipient == sender => not_sender(),
            _ => not_found(),
        });
    };
    // A mark that still waits in memory finds no message to mark then, and counts nothing.
    if deleted.is_read { Ok(()) } else { store::count_read(tx, deleted.recipient, 1) }
}

/// A message.
///
/// # Errors
/// 404 `Message not found`.
pub fn get(tx: &ReadTransaction, id: MessageId) -> Result<Message> {
    store::find(tx, id)?.ok_or_else(not_found)
}

fn not_found() -> Error {
    Error::not_found("Message not found")
}

fn not_sender() -> Error {
    Error::forbidden("Only its sender may delete a message")
}

/// An agent's messages, newest first. Listing them marks nothing; [`mark_read`] does.
///
/// # Errors
/// Those of the database.
pub fn list(tx: &ReadTransaction, of: AgentId, selection: Selection, limit: i64) -> Result<Vec<Message>> {
    let marks = marks(tx);
    let mut messages = store::list(tx, of, selection, &marks.of(of), limit)?;
    marks.lay_over(&mut messages);
    Ok(messages)
}

/// The messages that went both ways between an agent and another, newest first, from the one before `before` on. Listing
/// them marks nothing; [`mark_read`] does.
///
/// # Errors
/// Those of the database.
pub fn conversation(
    tx: &ReadTransaction,
    of: AgentId,
    with: AgentId,
    before: Option<MessageId>,
    limit: i64,
) -> Result<Vec<Message>> {
    let part = |mailbox| list(tx, of, Selection { mailbox, with: Some(with), before }, limit);
    let mut messages = part(Mailbox::Inbox)?;
    messages.extend(part(Mailbox::Sent)?);
    messages.sort_unstable_by_key(|message| std::cmp::Reverse(message.id));
    messages.truncate(usize::try_from(limit).unwrap_or_default());
    Ok(messages)
}

/// How many messages an agent has not read.
///
/// # Errors
/// Those of the database.
pub fn count_unread(tx: &ReadTransaction, of: AgentId) -> Result<i64> {
    store::count_unread(tx, of, &marks(tx).of(of))
}

/// Marks those of the messages that were just shown to their recipient. No reader waits for the writer: [`flush_marks`] writes them soon.
pub fn mark_read(tx: &ReadTransaction, recipient: AgentId, shown: &[Message]) {
    let is_theirs = |message: &Message| message.to.as_ref().is_some_and(|to| to.id == recipient);
    let unread = shown.iter().filter(|message| !message.is_read && is_theirs(message));
    marks(tx).add(unread.map(|message| (recipient, message.id)));
}

fn marks(tx: &ReadTransaction) -> Arc<Marks> {
    tx.memory()
}
