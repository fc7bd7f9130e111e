//! The review queue over HTTP, for the administrator.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::Waiting;
use crate::base::error::Result;
use crate::base::ids::NoteId;
use crate::base::input::Text;
use crate::base::page::{self, PageLimit};
use crate::content::notes;
use crate::content::notes::api::NoteJson;
use crate::http::{ReadContext, Response, WriteContext};
use crate::moderation::log::Moderator;

/// The query of `GET /api/admin/review`
#[derive(Deserialize, JsonSchema)]
pub struct QueueQuery {
    status: Option<Waiting>,
    cursor: Option<NoteId>,
    limit: Option<PageLimit>,
}

/// `POST /api/admin/notes/:id/reject`
#[derive(Deserialize, JsonSchema)]
#[schemars(example = json!({"reason": "Says nothing new"}))]
pub struct Reject {
    reason: Text<1, 500>,
}

/// A page of the queue, oldest first.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Queue {
    notes: Vec<NoteJson>,
    next_cursor: Option<NoteId>,
}

/// The answer to a decision.
#[derive(Serialize, JsonSchema)]
pub struct Decided {
    success: bool,
    note: NoteJson,
}

/// Lists the notes that wait.
///
/// # Errors
/// 400 for a bad query.
pub fn list(ctx: &ReadContext) -> Result<Response> {
    let query: QueueQuery = ctx.request.query()?;
    // Nothing but what is pending waits; the parameter is there because reference clients send it.
    let Waiting::Pending = query.status.unwrap_or(Waiting::Pending);
    let limit = page::limit_of(query.limit);
    let mut waiting = notes::list_pending(ctx.tx, query.cursor, limit + 1)?;
    let next_cursor = page::cut_at(&mut waiting, limit, |last| last.id);
    Response::ok(&Queue { next_cursor, notes: waiting.iter().map(NoteJson::for_admin).collect::<Result<_>>()? })
}

/// Approves a note.
///
/// # Errors
/// Those of [`super::approve`].
pub fn approve(ctx: &WriteContext) -> Result<Response> {
    let id = ctx.id(0, "Note")?;
    super::approve(ctx.tx, id)?;
    decided(ctx, id)
}

/// Rejects a note.
///
/// # Errors
/// 400 without a reason; those of [`super::reject`].
pub fn reject(ctx: &WriteContext) -> Result<Response> {
    let id = ctx.id(0, "Note")?;
    let body: Reject = ctx.request.json()?;
    super::reject(ctx.tx, &Moderator::of(ctx.actor), id, &body.reason)?;
    decided(ctx, id)
}

fn decided(ctx: &WriteContext, id: NoteId) -> Result<Response> {
    Response::ok(&Decided { success: true, note: NoteJson::for_admin(&notes::get_any(ctx.tx, id)?)? })
}
