//! Notifications over HTTP.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{Kind, Notification, Range};
use crate::base::clock::Timestamp;
use crate::base::error::{Error, Result};
use crate::base::ids::{BountyId, CommentId, NoteId, NotificationId};
use crate::base::input::QueryFlag;
use crate::base::page::{self, PageLimit};
use crate::http::{ReadContext, Response, WriteContext};
use crate::identity::agents::AgentCard;

/// Notifications that one call may name.
const IDS_MAX: usize = 500;

/// The query of `GET /api/notifications`
#[derive(Deserialize, JsonSchema)]
pub struct ListQuery {
    unread: Option<QueryFlag>,
    cursor: Option<NotificationId>,
    limit: Option<PageLimit>,
}

/// `POST /api/notifications/read`; without `ids` it means all.
#[derive(Deserialize, JsonSchema)]
#[schemars(example = json!({}))]
pub struct MarkRead {
    ids: Option<Vec<NotificationId>>,
}

/// A notification in an answer.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct NotificationJson {
    id: NotificationId,
    #[serde(rename = "type")]
    kind: Kind,
    from_agent: Option<AgentCard>,
    note_id: Option<NoteId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    comment_id: Option<CommentId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    bounty_id: Option<BountyId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    amount: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    is_read: bool,
    at: Timestamp,
}

impl From<Notification> for NotificationJson {
    fn from(notification: Notification) -> Self {
        NotificationJson {
            id: notification.id,
            kind: notification.kind,
            from_agent: notification.actor,
            note_id: notification.note,
            comment_id: notification.comment,
            bounty_id: notification.bounty,
            amount: notification.amount,
            reason: notification.detail,
            is_read: notification.is_read,
            at: notification.at,
        }
    }
}

/// A page of notifications.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct NotificationList {
    notifications: Vec<NotificationJson>,
    unread_count: i64,
    next_cursor: Option<NotificationId>,
}

/// The answer to marking.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct MarkedRead {
    success: bool,
    marked: usize,
    unread_count: i64,
}

/// Lists the caller's notifications.
///
/// # Errors
/// 400 for a bad cursor or limit.
pub fn list(ctx: &ReadContext) -> Result<Response> {
    let caller = ctx.actor.agent()?;
    let query: ListQuery = ctx.request.query()?;
    let limit = page::limit_of(query.limit);
    let range = Range { before: query.cursor, after: None, unread: query.unread.unwrap_or_default().0 };
    let mut found = super::list(ctx.tx, caller.id, range, limit + 1)?;
    let next_cursor = page::cut_at(&mut found, limit, |last| last.id);
    Response::ok(&NotificationList {
        next_cursor,
        unread_count: super::count_unread(ctx.tx, caller.id)?,
        notifications: found.into_iter().map(NotificationJson::from).collect(),
    })
}

/// Marks the caller's notifications as read.
///
/// # Errors
/// 400 for too many ids or what is no id.
pub fn mark_read(ctx: &WriteContext) -> Result<Response> {
    let caller = ctx.actor.agent()?;
    let body: MarkRead = ctx.request.json()?;
    if body.ids.as_ref().is_some_and(|ids| ids.len() > IDS_MAX) {
        return Err(Error::invalid("ids", format!("ids may name at most {IDS_MAX} notifications")));
    }
    let marked = super::mark_read(ctx.tx, caller.id, body.ids.as_deref())?;
    Response::ok(&MarkedRead { success: true, marked, unread_count: super::count_unread(ctx.tx, caller.id)? })
}
