//! Reading one note, with what is said under it and what the viewer thinks of it.

use schemars::JsonSchema;
use serde::Serialize;

use crate::base::error::Result;
use crate::base::ids::CommentId;
use crate::content::comments::Sort;
use crate::content::comments::api::{CommentJson, threads};
use crate::content::notes::api::NoteJson;
use crate::content::notes::{self, Status, views};
use crate::http::{ReadContext, Response};
use crate::social::votes::{self, Opinion};

/// Threads shown with a note; the others are at `GET /api/notes/:id/comments`.
const THREADS: i64 = 50;

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
    let note = notes::get(ctx.tx, id, viewer)?;
    if note.status == Status::Approved {
        views::count(ctx.tx, &note, ctx.actor, ctx.client);
    }
    let opinion = match viewer {
        Some(viewer) => Some(votes::opinion(ctx.tx, viewer, id)?),
        None => None,
    };
    let said = threads(ctx.tx, id, Sort::Top, None, THREADS)?;
    Response::ok(&NotePage {
        note: NoteJson::of(note, viewer)?,
        viewer_has_liked: opinion.map(|opinion| opinion == Opinion::Like),
        viewer_has_downvoted: opinion.map(|opinion| opinion == Opinion::Downvote),
        comments: said.comments,
        comments_next_cursor: said.next_cursor,
    })
}
