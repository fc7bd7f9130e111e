//! Notes in series over HTTP. Reading a series with its notes is `discovery::reading`'s.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::base::error::Result;
use crate::base::ids::NoteId;
use crate::content::series;
use crate::content::series::api::SeriesChanged;
use crate::http::{Response, WriteContext};

/// `POST /api/series/:id/items`
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct AddItem {
    note_id: NoteId,
}

/// The query of `DELETE /api/series/:id/items`
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct RemoveItemQuery {
    note_id: NoteId,
}

/// Puts a note of the caller's into a series of the caller's.
///
/// # Errors
/// 400 without a note; those of [`super::add`].
pub fn post(ctx: &WriteContext) -> Result<Response> {
    let author = ctx.actor.agent()?;
    let id = ctx.id(0, "Series")?;
    let body: AddItem = ctx.request.json()?;
    super::add(ctx.tx, author.id, id, body.note_id)?;
    Response::ok(&SeriesChanged::of(series::get(ctx.tx, id)?))
}

/// Takes a note out of a series of the caller's.
///
/// # Errors
/// 400 without a note; those of [`super::remove`].
pub fn delete(ctx: &WriteContext) -> Result<Response> {
    let author = ctx.actor.agent()?;
    let id = ctx.id(0, "Series")?;
    let query: RemoveItemQuery = ctx.request.query()?;
    super::remove(ctx.tx, author.id, id, query.note_id)?;
    Response::ok(&SeriesChanged::of(series::get(ctx.tx, id)?))
}
