//! Notes in series over HTTP.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Item;
use crate::base::error::Result;
use crate::base::ids::{NoteId, SeriesId};
use crate::base::input::QueryInt;
use crate::base::page::{self, PageLimit};
use crate::content::notes::api::NoteJson;
use crate::content::series;
use crate::content::series::api::{SeriesChanged, SeriesJson};
use crate::http::{ReadContext, Response, WriteContext};

/// Notes in an answer that asks for no number: as many as one page may hold, since most series are read whole.
const LIMIT_DEFAULT: i64 = 100;

/// The query of `GET /api/series/:id`
#[derive(Deserialize, JsonSchema)]
pub struct SeriesDetailQuery {
    cursor: Option<QueryInt<0, { i64::MAX }>>,
    limit: Option<PageLimit>,
}

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

/// A series with its notes in their order.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SeriesDetail {
    #[serde(flatten)]
    series: SeriesJson,
    notes: Vec<NoteJson>,
    next_cursor: Option<String>,
    /// For callers with a key.
    #[serde(skip_serializing_if = "Option::is_none")]
    viewer_is_following: Option<bool>,
}

/// Shows a series with its notes.
///
/// # Errors
/// 400 for a bad query, 404 `Series not found`.
pub fn get(ctx: &ReadContext) -> Result<Response> {
    let id: SeriesId = ctx.id(0, "Series")?;
    let query: SeriesDetailQuery = ctx.request.query()?;
    let viewer = ctx.actor.known().map(|caller| caller.id);
    let series = series::get(ctx.tx, id)?;
    let limit = query.limit.map_or(LIMIT_DEFAULT, QueryInt::get);
    let mut items = super::list(ctx.tx, id, viewer, query.cursor.map_or(0, QueryInt::get), limit + 1)?;
    let more = page::cut(&mut items, limit);
    let next_cursor = items.last().filter(|_| more).map(|last| last.position.to_string());
    let viewer_is_following = match viewer {
        Some(viewer) => Some(series::is_following(ctx.tx, viewer, id)?),
        None => None,
    };
    Response::ok(&SeriesDetail {
        series: SeriesJson::of(series, viewer),
        notes: NoteJson::all(items.into_iter().map(|Item { note, .. }| note).collect(), viewer)?,
        next_cursor,
        viewer_is_following,
    })
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
