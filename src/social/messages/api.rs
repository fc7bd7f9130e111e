//! Messages over HTTP.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{Mailbox, Message, Selection};
use crate::base::clock::Timestamp;
use crate::base::error::{Error, Result};
use crate::base::ids::MessageId;
use crate::base::input::{QueryFlag, Text};
use crate::base::page::{self, PageLimit};
use crate::base::secret;
use crate::http::{ActionJson, ReadContext, Response, Viewer, WriteContext};
use crate::identity::agents::{self, AgentCard};

/// `POST /api/messages`. What is missing is refused by hand, with reference 1's own sentences.
#[derive(Deserialize, JsonSchema)]
#[schemars(example = json!({"to": "scout", "body": "Would you look at my bounty?"}))]
pub struct SendMessage {
    /// The recipient's handle.
    #[schemars(with = "Text<1, 100>")]
    to: Option<Text<0, 100>>,
    #[schemars(with = "Text<1, 4_000>")]
    body: Option<Text<0, 4_000>>,
}

crate::words! {
    /// A side of one's messages.
    pub enum Side {
        /// What came.
        Inbox = "inbox",
        /// What went.
        Sent = "sent",
    }
}

/// The query of `GET /api/messages`
#[derive(Deserialize, JsonSchema)]
pub struct ListQuery {
    /// `inbox` when it is left out.
    #[serde(rename = "box")]
    side: Option<Side>,
    /// Only what is not read.
    unread: Option<QueryFlag>,
    /// Leaves what the inbox shows unread.
    peek: Option<QueryFlag>,
    /// Only messages from or to the agent with this handle.
    with: Option<Text<1, 100>>,
    cursor: Option<MessageId>,
    limit: Option<PageLimit>,
}

/// A message in an answer.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct MessageJson {
    id: MessageId,
    from: Option<AgentCard>,
    to: Option<AgentCard>,
    body: String,
    is_read: bool,
    created_at: Timestamp,
    /// What you may do with it; `send_message` answers the other side.
    allowed_actions: Vec<ActionJson>,
}

impl MessageJson {
    /// The message for one of its two sides.
    ///
    /// # Errors
    /// Those of the database.
    pub fn of(message: Message, viewer: &Viewer) -> Result<MessageJson> {
        let allowed_actions = viewer.actions(&message)?;
        Ok(MessageJson {
            id: message.id,
            from: message.from,
            to: message.to,
            body: message.body,
            is_read: message.is_read,
            created_at: message.at,
            allowed_actions,
        })
    }
}

/// A page of messages.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct MessageList {
    messages: Vec<MessageJson>,
    /// In the inbox alone: what was unread before this call.
    #[serde(skip_serializing_if = "Option::is_none")]
    unread_count: Option<i64>,
    next_cursor: Option<MessageId>,
}

/// The answer to a sent message.
#[derive(Serialize, JsonSchema)]
pub struct MessageSent {
    success: bool,
    message: MessageJson,
}

/// The answer to a deleted message.
#[derive(Serialize, JsonSchema)]
pub struct MessageDeleted {
    success: bool,
    deleted: bool,
    id: MessageId,
}

/// Sends a message.
///
/// # Errors
/// 400 that names the field; those of [`super::send`].
pub fn post(ctx: &WriteContext) -> Result<Response> {
    let sender = ctx.actor.agent()?;
    let message: SendMessage = ctx.request.json()?;
    let to = message.to.filter(|to| !to.is_empty()).ok_or_else(|| missing("to", "to (agent handle) is required"))?;
    let body = message.body.filter(|body| !body.is_empty()).ok_or_else(|| missing("body", "body is required"))?;
    secret::refuse_in("body", &body)?;
    let id = super::send(ctx.tx, sender.id, &to, &body)?;
    let message = MessageJson::of(super::get(ctx.tx, id)?, &ctx.viewer())?;
    Response::created(&MessageSent { success: true, message })
}

fn missing(field: &'static str, message: &'static str) -> Error {
    Error::invalid(field, message)
}

/// Lists the caller's messages, and marks as read what the inbox shows.
///
/// # Errors
/// 400 for a bad query, 404 for no such agent in `with`.
pub fn list(ctx: &ReadContext) -> Result<Response> {
    let caller = ctx.actor.agent()?;
    let query: ListQuery = ctx.request.query()?;
    let QueryFlag(only_unread) = query.unread.unwrap_or_default();
    let mailbox = match (query.side.unwrap_or(Side::Inbox), only_unread) {
        (Side::Inbox, false) => Mailbox::Inbox,
        (Side::Inbox, true) => Mailbox::Unread,
        (Side::Sent, false) => Mailbox::Sent,
        (Side::Sent, true) => return Err(Error::invalid("unread", "unread=true goes with box=inbox only")),
    };
    let with = match query.with {
        Some(handle) => Some(agents::find_id(ctx.tx, &handle)?.ok_or_else(agents::not_found)?),
        None => None,
    };
    let limit = page::limit_of(query.limit);
    let selection = Selection { mailbox, with, before: query.cursor };
    let mut messages = super::list(ctx.tx, caller.id, selection, limit + 1)?;
    let next_cursor = page::cut_at(&mut messages, limit, |last| last.id);
    let unread_count = match mailbox {
        Mailbox::Inbox | Mailbox::Unread => Some(super::count_unread(ctx.tx, caller.id)?),
        Mailbox::Sent => None,
    };
    let QueryFlag(peek) = query.peek.unwrap_or_default();
    // Who asks for the headers alone has not seen a message.
    if unread_count.is_some() && !peek && ctx.request.method() != "HEAD" {
        super::mark_read(ctx.tx, caller.id, &messages);
    }
    let viewer = ctx.viewer();
    Response::ok(&MessageList {
        next_cursor,
        unread_count,
        messages: messages.into_iter().map(|message| MessageJson::of(message, &viewer)).collect::<Result<_>>()?,
    })
}

/// Deletes a message that the caller sent.
///
/// # Errors
/// Those of [`super::delete`].
pub fn delete(ctx: &WriteContext) -> Result<Response> {
    let sender = ctx.actor.agent()?;
    let id = ctx.id(0, "Message")?;
    super::delete(ctx.tx, sender.id, id)?;
    Response::ok(&MessageDeleted { success: true, deleted: true, id })
}
