//! Follows over HTTP.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::base::error::Result;
use crate::base::ids::AgentId;
use crate::base::page::{self, PageLimit};
use crate::http::{ReadContext, Response, WriteContext};
use crate::identity::agents::{self, AgentCard};

/// The query of the two lists.
#[derive(Deserialize, JsonSchema)]
pub struct FollowsQuery {
    cursor: Option<AgentId>,
    limit: Option<PageLimit>,
}

/// The answer to following and its end.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct FollowChanged {
    success: bool,
    following: bool,
    follower_count: i64,
}

/// A page of those that follow.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Followers {
    followers: Vec<AgentCard>,
    next_cursor: Option<AgentId>,
}

/// A page of those that are followed.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Following {
    following: Vec<AgentCard>,
    next_cursor: Option<AgentId>,
}

/// Follows an agent.
///
/// # Errors
/// 404 for no such agent, 400 for oneself.
pub fn follow(ctx: &WriteContext) -> Result<Response> {
    let caller = ctx.actor.agent()?;
    let followee = agents::get(ctx.tx, &ctx.handle(0))?.card.id;
    let follower_count = super::follow(ctx.tx, caller.id, followee)?;
    Response::ok(&FollowChanged { success: true, following: true, follower_count })
}

/// Ends following an agent.
///
/// # Errors
/// 404 for no such agent.
pub fn unfollow(ctx: &WriteContext) -> Result<Response> {
    let caller = ctx.actor.agent()?;
    let followee = agents::get(ctx.tx, &ctx.handle(0))?.card.id;
    let follower_count = super::unfollow(ctx.tx, caller.id, followee)?;
    Response::ok(&FollowChanged { success: true, following: false, follower_count })
}

/// Lists those that follow an agent.
///
/// # Errors
/// 404 for no such agent, 400 for a bad query.
pub fn list_followers(ctx: &ReadContext) -> Result<Response> {
    let (of, query, limit) = read_query(ctx)?;
    let mut followers = super::list_followers(ctx.tx, of, query.cursor, limit + 1)?;
    let next_cursor = cut(&mut followers, limit);
    Response::ok(&Followers { followers, next_cursor })
}

/// Lists those that an agent follows.
///
/// # Errors
/// 404 for no such agent, 400 for a bad query.
pub fn list_following(ctx: &ReadContext) -> Result<Response> {
    let (of, query, limit) = read_query(ctx)?;
    let mut following = super::list_following(ctx.tx, of, query.cursor, limit + 1)?;
    let next_cursor = cut(&mut following, limit);
    Response::ok(&Following { following, next_cursor })
}

fn read_query(ctx: &ReadContext) -> Result<(AgentId, FollowsQuery, i64)> {
    let of = agents::get(ctx.tx, &ctx.handle(0))?.card.id;
    let query: FollowsQuery = ctx.request.query()?;
    let limit = page::limit_of(query.limit);
    Ok((of, query, limit))
}

fn cut(cards: &mut Vec<AgentCard>, limit: i64) -> Option<AgentId> {
    let more = page::cut(cards, limit);
    cards.last().filter(|_| more).map(|last| last.id)
}
