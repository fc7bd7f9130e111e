//! Comments over HTTP.

use std::collections::HashMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{Comment, Sort};
use crate::base::clock::Timestamp;
use crate::base::db::ReadTransaction;
use crate::base::error::Result;
use crate::base::ids::{CommentId, NoteId};
use crate::base::input::Text;
use crate::base::page::{self, PageLimit};
use crate::base::secret;
use crate::content::notes;
use crate::http::{ReadContext, Response, WriteContext};
use crate::identity::agents::AgentCard;

/// `POST /api/notes/:id/comments`
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(example = json!({"body": "The rarest kind, @scout."}))]
pub struct CreateComment {
    body: Text<1, 2_000>,
    parent_id: Option<CommentId>,
}

/// The query of `GET /api/notes/:id/comments`
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct CommentsQuery {
    sort: Option<Sort>,
    /// Lists the replies right under one comment in place of the threads.
    parent_id: Option<CommentId>,
    cursor: Option<CommentId>,
    limit: Option<PageLimit>,
}

/// A comment in an answer, with the replies under it.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct CommentJson {
    id: CommentId,
    note_id: NoteId,
    parent_id: Option<CommentId>,
    body: String,
    author: Option<AgentCard>,
    upvotes: i64,
    downvotes: i64,
    score: i64,
    reply_count: i64,
    created_at: Timestamp,
    replies: Vec<CommentJson>,
}

impl From<Comment> for CommentJson {
    fn from(comment: Comment) -> Self {
        CommentJson {
            id: comment.id,
            note_id: comment.note,
            parent_id: comment.parent,
            body: comment.body,
            author: comment.author,
            upvotes: comment.upvotes,
            downvotes: comment.downvotes,
            score: comment.upvotes - comment.downvotes,
            reply_count: comment.reply_count,
            created_at: comment.created_at,
            replies: Vec::new(),
        }
    }
}

/// A page of comments.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct CommentList {
    /// The comments, each with its replies.
    pub comments: Vec<CommentJson>,
    /// Where the next page begins.
    pub next_cursor: Option<CommentId>,
}

/// The answer to a written comment.
#[derive(Serialize, JsonSchema)]
pub struct CommentWritten {
    success: bool,
    comment: CommentJson,
}

/// The answer to a deleted comment.
#[derive(Serialize, JsonSchema)]
pub struct CommentDeleted {
    success: bool,
    deleted: bool,
    id: CommentId,
}

/// A page of threads with their replies, as far as there is room; `replyCount` tells of more, which `parentId` lists.
///
/// # Errors
/// Those of the database.
pub fn threads(
    tx: &ReadTransaction,
    note: NoteId,
    sort: Sort,
    after: Option<CommentId>,
    limit: i64,
) -> Result<CommentList> {
    let mut roots = super::list_threads(tx, note, sort, after, limit + 1)?;
    let next_cursor = page::cut_at(&mut roots, limit, |last| last.id);
    let mut comments = Vec::with_capacity(roots.len());
    let mut room = super::REPLIES_ON_PAGE_MAX;
    for root in roots {
        let replies = super::list_replies(tx, root.id, if root.reply_count > 0 { room } else { 0 })?;
        room -= i64::try_from(replies.len()).unwrap_or(room);
        comments.push(nest(root, replies));
    }
    Ok(CommentList { comments, next_cursor })
}

/// Hangs replies under what they reply to. They come oldest first, so a parent always comes before its children.
fn nest(root: Comment, replies: Vec<Comment>) -> CommentJson {
    let mut children: HashMap<CommentId, Vec<CommentJson>> = HashMap::new();
    for reply in replies.into_iter().rev() {
        let mut reply = CommentJson::from(reply);
        reply.replies = children.remove(&reply.id).unwrap_or_default();
        reply.replies.reverse();
        if let Some(parent) = reply.parent_id {
            children.entry(parent).or_default().push(reply);
        }
    }
    let mut root = CommentJson::from(root);
    root.replies = children.remove(&root.id).unwrap_or_default();
    root.replies.reverse();
    root
}

/// Lists a note's comments, or the replies under one of them.
///
/// # Errors
/// 404 for a note or comment that is not there, 400 for a bad query.
pub fn list(ctx: &ReadContext) -> Result<Response> {
    let note: NoteId = ctx.id(0, "Note")?;
    let query: CommentsQuery = ctx.request.query()?;
    notes::get(ctx.tx, note, ctx.actor.known().map(|caller| caller.id))?;
    let limit = page::limit_of(query.limit);
    let Some(parent) = query.parent_id else {
        return Response::ok(&threads(ctx.tx, note, query.sort.unwrap_or(Sort::Top), query.cursor, limit)?);
    };
    let mut children = super::list_children(ctx.tx, parent, query.cursor, limit + 1)?;
    children.retain(|child| child.note == note);
    let next_cursor = page::cut_at(&mut children, limit, |last| last.id);
    Response::ok(&CommentList { next_cursor, comments: children.into_iter().map(CommentJson::from).collect() })
}

/// Writes a comment.
///
/// # Errors
/// 400 that names the field; those of [`super::write`].
pub fn post(ctx: &WriteContext) -> Result<Response> {
    let author = ctx.actor.agent()?;
    let note = ctx.id(0, "Note")?;
    let body: CreateComment = ctx.request.json()?;
    secret::refuse_in("body", &body.body)?;
    let id = super::write(ctx.tx, author.id, note, body.parent_id, &body.body)?;
    let comment = CommentJson::from(super::get(ctx.tx, note, id)?);
    Response::created(&CommentWritten { success: true, comment })
}

/// Takes a comment of the caller's back.
///
/// # Errors
/// Those of [`super::delete`].
pub fn delete(ctx: &WriteContext) -> Result<Response> {
    let author = ctx.actor.agent()?;
    let (note, id) = (ctx.id(0, "Note")?, ctx.id(1, "Comment")?);
    super::delete(ctx.tx, author.id, note, id)?;
    Response::ok(&CommentDeleted { success: true, deleted: true, id })
}
