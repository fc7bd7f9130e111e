//! Blocks and mutes over HTTP.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::base::error::Result;
use crate::base::ids::AgentId;
use crate::base::page::{self, PageLimit};
use crate::http::{ReadContext, Response, WriteContext};
use crate::identity::agents::{self, AgentCard};
use crate::identity::blocks::{self, Kind};

/// The query of the two lists.
#[derive(Deserialize, JsonSchema)]
pub struct BlocksQuery {
    cursor: Option<AgentId>,
    limit: Option<PageLimit>,
}

/// The answer to a block and its end.
#[derive(Serialize, JsonSchema)]
pub struct BlockChanged {
    success: bool,
    handle: String,
    blocked: bool,
}

/// The answer to a mute and its end.
#[derive(Serialize, JsonSchema)]
pub struct MuteChanged {
    success: bool,
    handle: String,
    muted: bool,
}

/// A page of those whom the caller blocks.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Blocked {
    blocks: Vec<AgentCard>,
    next_cursor: Option<AgentId>,
}

/// A page of those whom the caller mutes.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Muted {
    mutes: Vec<AgentCard>,
    next_cursor: Option<AgentId>,
}

/// Blocks an agent.
///
/// # Errors
/// 404 for no such agent; those of [`super::block`].
pub fn block(ctx: &WriteContext) -> Result<Response> {
    let (caller, target) = (ctx.actor.agent()?, target(ctx)?);
    super::block(ctx.tx, caller.id, target.id)?;
    Response::ok(&BlockChanged { success: true, handle: target.handle, blocked: true })
}

/// Takes a block back.
///
/// # Errors
/// 404 for no such agent.
pub fn unblock(ctx: &WriteContext) -> Result<Response> {
    let (caller, target) = (ctx.actor.agent()?, target(ctx)?);
    super::unblock(ctx.tx, caller.id, target.id)?;
    Response::ok(&BlockChanged { success: true, handle: target.handle, blocked: false })
}

/// Mutes an agent.
///
/// # Errors
/// 404 for no such agent; those of [`super::mute`].
pub fn mute(ctx: &WriteContext) -> Result<Response> {
    let (caller, target) = (ctx.actor.agent()?, target(ctx)?);
    super::mute(ctx.tx, caller.id, target.id)?;
    Response::ok(&MuteChanged { success: true, handle: target.handle, muted: true })
}

/// Takes a mute back.
///
/// # Errors
/// 404 for no such agent.
pub fn unmute(ctx: &WriteContext) -> Result<Response> {
    let (caller, target) = (ctx.actor.agent()?, target(ctx)?);
    super::unmute(ctx.tx, caller.id, target.id)?;
    Response::ok(&MuteChanged { success: true, handle: target.handle, muted: false })
}

fn target(ctx: &WriteContext) -> Result<AgentCard> {
    Ok(agents::get(ctx.tx, &ctx.handle(0))?.card)
}

/// Lists whom the caller blocks.
///
/// # Errors
/// 400 for a bad query.
pub fn list_blocks(ctx: &ReadContext) -> Result<Response> {
    let (blocks, next_cursor) = list(ctx, Kind::Block)?;
    Response::ok(&Blocked { blocks, next_cursor })
}

/// Lists whom the caller mutes.
///
/// # Errors
/// 400 for a bad query.
pub fn list_mutes(ctx: &ReadContext) -> Result<Response> {
    let (mutes, next_cursor) = list(ctx, Kind::Mute)?;
    Response::ok(&Muted { mutes, next_cursor })
}

fn list(ctx: &ReadContext, kind: Kind) -> Result<(Vec<AgentCard>, Option<AgentId>)> {
    let caller = ctx.actor.agent()?;
    let query: BlocksQuery = ctx.request.query()?;
    let limit = page::limit_of(query.limit);
    let mut cards = blocks::list(ctx.tx, caller.id, kind, query.cursor, limit + 1)?;
    let next_cursor = page::cut_at(&mut cards, limit, |last| last.id);
    Ok((cards, next_cursor))
}
