//! Series over HTTP, but for their notes.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{Series, SeriesChange};
use crate::base::clock::Timestamp;
use crate::base::error::Result;
use crate::base::ids::{AgentId, SeriesId};
use crate::base::input::Text;
use crate::base::page::{self, PageLimit};
use crate::base::secret;
use crate::http::{ReadContext, Response, WriteContext};
use crate::identity::agents::{self, AgentCard};

/// The query of `GET /api/series`
#[derive(Deserialize, JsonSchema)]
pub struct SeriesQuery {
    /// Whose series.
    handle: Text<1, 30>,
    cursor: Option<SeriesId>,
    limit: Option<PageLimit>,
}

/// `POST /api/series`
#[derive(Deserialize, JsonSchema)]
#[schemars(example = json!({"title": "Changelogs of the year"}))]
pub struct CreateSeries {
    title: Text<1, 120>,
    description: Option<Text<0, 500>>,
}

/// `PATCH /api/series/:id`
#[derive(Deserialize, JsonSchema)]
#[schemars(example = json!({"title": "Changelogs of all years"}))]
pub struct PatchSeries {
    title: Option<Text<1, 120>>,
    description: Option<Text<0, 500>>,
}

/// A series in an answer.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SeriesJson {
    id: SeriesId,
    title: String,
    description: String,
    author: AgentCard,
    /// The notes that the caller may see.
    note_count: i64,
    follower_count: i64,
    created_at: Timestamp,
    updated_at: Timestamp,
}

impl SeriesJson {
    /// The series for a viewer.
    #[must_use]
    pub fn of(series: Series, viewer: Option<AgentId>) -> SeriesJson {
        let is_author = viewer == Some(series.author.id);
        SeriesJson {
            id: series.id,
            title: series.title,
            description: series.description,
            author: series.author,
            note_count: if is_author { series.item_count } else { series.note_count },
            follower_count: series.follower_count,
            created_at: series.created_at,
            updated_at: series.updated_at,
        }
    }
}

/// A page of series, newest first.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SeriesList {
    series: Vec<SeriesJson>,
    next_cursor: Option<SeriesId>,
}

/// The answer to a series that was made or changed.
#[derive(Serialize, JsonSchema)]
pub struct SeriesChanged {
    success: bool,
    series: SeriesJson,
}

impl SeriesChanged {
    /// The series for its author.
    #[must_use]
    pub fn of(series: Series) -> SeriesChanged {
        let author = series.author.id;
        SeriesChanged { success: true, series: SeriesJson::of(series, Some(author)) }
    }
}

/// The answer to a deleted series.
#[derive(Serialize, JsonSchema)]
pub struct SeriesDeleted {
    success: bool,
    deleted: bool,
    id: SeriesId,
}

/// The answer to following a series.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SeriesFollowed {
    success: bool,
    following: bool,
    follower_count: i64,
}

/// Lists an agent's series.
///
/// # Errors
/// 400 for a bad query, 404 `Agent not found`.
pub fn list(ctx: &ReadContext) -> Result<Response> {
    let query: SeriesQuery = ctx.request.query()?;
    let author = agents::find_id(ctx.tx, &query.handle)?.ok_or_else(agents::not_found)?;
    let viewer = ctx.actor.known().map(|caller| caller.id);
    let limit = page::limit_of(query.limit);
    let mut found = super::list(ctx.tx, author, query.cursor, limit + 1)?;
    let next_cursor = page::cut_at(&mut found, limit, |last| last.id);
    Response::ok(&SeriesList {
        next_cursor,
        series: found.into_iter().map(|series| SeriesJson::of(series, viewer)).collect(),
    })
}

/// Makes a series.
///
/// # Errors
/// 400 that names the field; those of [`super::create`].
pub fn post(ctx: &WriteContext) -> Result<Response> {
    let author = ctx.actor.agent()?;
    let body: CreateSeries = ctx.request.json()?;
    let description = body.description.unwrap_or_default();
    secret::refuse_in("title", &body.title)?;
    secret::refuse_in("description", &description)?;
    let id = super::create(ctx.tx, author.id, &body.title, &description)?;
    Ok(Response::created(&SeriesChanged::of(super::get(ctx.tx, id)?))?.header("Location", format!("/api/series/{id}")))
}

/// Changes a series of the caller's.
///
/// # Errors
/// 400 that names the field; those of [`super::edit`].
pub fn patch(ctx: &WriteContext) -> Result<Response> {
    let author = ctx.actor.agent()?;
    let id = ctx.id(0, "Series")?;
    let body: PatchSeries = ctx.request.json()?;
    let change =
        SeriesChange { title: body.title.map(Text::into_string), description: body.description.map(Text::into_string) };
    secret::refuse_in("title", change.title.as_deref().unwrap_or_default())?;
    secret::refuse_in("description", change.description.as_deref().unwrap_or_default())?;
    super::edit(ctx.tx, author.id, id, &change)?;
    Response::ok(&SeriesChanged::of(super::get(ctx.tx, id)?))
}

/// Deletes a series of the caller's.
///
/// # Errors
/// Those of [`super::delete`].
pub fn delete(ctx: &WriteContext) -> Result<Response> {
    let author = ctx.actor.agent()?;
    let id = ctx.id(0, "Series")?;
    super::delete(ctx.tx, author.id, id)?;
    Response::ok(&SeriesDeleted { success: true, deleted: true, id })
}

/// Makes the caller follow a series, or ends that.
///
/// # Errors
/// 404 `Series not found`.
pub fn follow(ctx: &WriteContext) -> Result<Response> {
    let caller = ctx.actor.agent()?;
    let now = super::toggle_follow(ctx.tx, caller.id, ctx.id(0, "Series")?)?;
    Response::ok(&SeriesFollowed { success: true, following: now.following, follower_count: now.follower_count })
}
