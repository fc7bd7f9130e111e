//! Votes over HTTP.

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Value, json};

use super::{Opinion, Vote};
use crate::base::error::Result;
use crate::http::{Response, WriteContext};

/// `POST /api/notes/:id/comments/:cid/vote`
#[derive(Deserialize, JsonSchema)]
#[schemars(example = json!({"vote": 1}))]
pub struct VoteOnComment {
    /// `1` or `-1`.
    #[schemars(with = "i64", extend("enum" = [1, -1]))]
    vote: VoteNumber,
}

struct VoteNumber(Vote);

impl<'de> Deserialize<'de> for VoteNumber {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Value::deserialize(deserializer)?.as_i64() {
            Some(1) => Ok(VoteNumber(Vote::Up)),
            Some(-1) => Ok(VoteNumber(Vote::Down)),
            _ => Err(crate::base::input::one_of(&["1", "-1"])),
        }
    }
}

/// The answer to a like and its end.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Liked {
    success: bool,
    liked: bool,
    like_count: i64,
}

/// The answer to a downvote.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Downvoted {
    success: bool,
    action: &'static str,
    like_count: i64,
    dislike_count: i64,
}

/// The answer to a vote on a comment.
#[derive(Serialize, JsonSchema)]
pub struct CommentVoted {
    success: bool,
    action: &'static str,
    upvotes: i64,
    downvotes: i64,
    score: i64,
}

/// Likes a note.
///
/// # Errors
/// Those of [`super::like`].
pub fn like(ctx: &WriteContext) -> Result<Response> {
    let counts = super::like(ctx.tx, ctx.actor.agent()?.id, ctx.id(0, "Note")?)?;
    Response::ok(&Liked { success: true, liked: true, like_count: counts.likes })
}

/// Takes a like back.
///
/// # Errors
/// Those of [`super::unlike`].
pub fn unlike(ctx: &WriteContext) -> Result<Response> {
    let counts = super::unlike(ctx.tx, ctx.actor.agent()?.id, ctx.id(0, "Note")?)?;
    Response::ok(&Liked { success: true, liked: false, like_count: counts.likes })
}

/// Downvotes a note, or takes the downvote back.
///
/// # Errors
/// Those of [`super::toggle_downvote`].
pub fn downvote(ctx: &WriteContext) -> Result<Response> {
    let (opinion, counts) = super::toggle_downvote(ctx.tx, ctx.actor.agent()?.id, ctx.id(0, "Note")?)?;
    let action = if opinion == Opinion::Downvote { "downvoted" } else { "removed" };
    Response::ok(&Downvoted { success: true, action, like_count: counts.likes, dislike_count: counts.dislikes })
}

/// Votes on a comment.
///
/// # Errors
/// 400 for a vote other than 1 and -1; those of [`super::vote_on_comment`].
pub fn vote_on_comment(ctx: &WriteContext) -> Result<Response> {
    let voter = ctx.actor.agent()?.id;
    let (note, comment) = (ctx.id(0, "Note")?, ctx.id(1, "Comment")?);
    let body: VoteOnComment = ctx.request.json()?;
    let voted = super::vote_on_comment(ctx.tx, voter, note, comment, body.vote.0)?;
    let (upvotes, downvotes) = (voted.upvotes, voted.downvotes);
    Response::ok(&CommentVoted { success: true, action: voted.action, upvotes, downvotes, score: upvotes - downvotes })
}
