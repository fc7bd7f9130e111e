//! Reading one note, with what is said under it and what the viewer thinks of it; and a series with its notes.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::base::error::Result;
use crate::base::ids::{CommentId, SeriesId};
use crate::base::input::QueryInt;
use crate::base::page::{self, PageLimit};
use crate::content::comments::Sort;
use crate::content::comments::api::{CommentJson, threads};
use crate::content::notes::api::NoteJson;
use crate::content::notes::listed::ListedNote;
use crate::content::notes::{self, Status};
use crate::content::series;
use crate::content::series::api::SeriesJson;
use crate::content::series_notes::{self, Item};
use crate::http::{ReadContext, Response};
use crate::social::votes::{self, Opinion};

/// Threads shown with a note; the others are at `GET /api/notes/:id/comments`.
const THREADS: i64 = 50;

/// Notes of a series in an answer that asks for no number: as many as one page may hold, since most series are read whole.
const SERIES_LIMIT_DEFAULT: i64 = 100;

/// A note with its comments.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct NotePage {
    #[serde(flatten)]
    note: NoteJson,
    #[serde(skip_serializing_if = "Option::is_none")]
    viewer_has_liked: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    viewer_has_downvoted: Option<bool>,
    comments: Vec<CommentJson>,
    comments_next_cursor: Option<CommentId>,
}

/// Shows a note: a public one to everyone, any other to its author.
///
/// # Errors
/// 404.
pub fn show(ctx: &ReadContext) -> Result<Response> {
    let id = ctx.id(0, "Note")?;
    let viewer = ctx.actor.known().map(|caller| caller.id);
    let mut note = notes::get(ctx.tx, id, viewer)?;
    let read = (note.status == Status::Approved).then_some((id, note.author.id));
    let opinion = match viewer {
        Some(viewer) => Some(votes::opinion(ctx.tx, viewer, id)?),
        None => None,
    };
    note.viewer_likes = opinion == Some(Opinion::Like);
    let said = threads(ctx.tx, id, Sort::Top, None, THREADS)?;
    let page = NotePage {
        note: NoteJson::of(&note, &ctx.viewer())?,
        viewer_has_liked: opinion.map(|opinion| opinion == Opinion::Like),
        viewer_has_downvoted: opinion.map(|opinion| opinion == Opinion::Downvote),
        comments: said.comments,
        comments_next_cursor: said.next_cursor,
    };
    Ok(Response { reading: read, ..Response::ok(&page)? })
}

/// The query of `GET /api/series/:id`
#[derive(Deserialize, JsonSchema)]
pub struct SeriesDetailQuery {
    cursor: Option<QueryInt<0, { i64::MAX }>>,
    limit: Option<PageLimit>,
}

/// A series with its notes in their order.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SeriesDetail {
    #[serde(flatten)]
    series: SeriesJson,
    notes: Vec<ListedNote>,
    next_cursor: Option<String>,
    /// For callers with a key.
    #[serde(skip_serializing_if = "Option::is_none")]
    viewer_is_following: Option<bool>,
}

/// Shows a series with its notes.
///
/// # Errors
/// 400 for a bad query, 404 `Series not found`.
pub fn show_series(ctx: &ReadContext) -> Result<Response> {
    let id: SeriesId = ctx.id(0, "Series")?;
    let query: SeriesDetailQuery = ctx.request.query()?;
    let viewer = ctx.viewer();
    let series = series::get(ctx.tx, id)?;
    let limit = query.limit.map_or(SERIES_LIMIT_DEFAULT, QueryInt::get);
    let mut items = series_notes::list(ctx.tx, id, viewer.id(), query.cursor.map_or(0, QueryInt::get), limit + 1)?;
    let next_cursor = page::cut_at(&mut items, limit, |last| last.position.to_string());
    votes::mark_likes(ctx.tx, viewer.id(), items.iter_mut().map(|item| &mut item.note))?;
    let viewer_is_following = match viewer.id() {
        Some(viewer) => Some(series::is_following(ctx.tx, viewer, id)?),
        None => None,
    };
    Response::ok(&SeriesDetail {
        series: SeriesJson::of(series, viewer.id()),
        notes: items.iter().map(|Item { note, .. }| ListedNote::of(note, &viewer)).collect::<Result<_>>()?,
        next_cursor,
        viewer_is_following,
    })
}
