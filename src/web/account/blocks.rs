//! Blocks and mutes: whom the viewer keeps away, and the buttons for it. Nobody else is shown any of it.

use crate::base::db::ReadTransaction;
use crate::base::error::Result;
use crate::base::ids::AgentId;
use crate::base::page;
use crate::http::{ReadContext, Response, WriteContext};
use crate::identity::agents::{self, AgentCard};
use crate::identity::blocks::{self, Kind};
use crate::social::blocks as deeds;
use crate::web::forms;
use crate::web::views::Who;

/// Agents of each list that the settings show, the newest.
const ROWS: i64 = 100;

/// Those whom the viewer keeps away.
pub(super) struct Lists {
    pub(super) blocked: Vec<Who>,
    pub(super) muted: Vec<Who>,
    /// Whether there are more than are shown.
    pub(super) has_more: bool,
}

impl Lists {
    pub(super) fn of(tx: &ReadTransaction, viewer: AgentId) -> Result<Lists> {
        let mut has_more = false;
        let mut list = |kind| -> Result<Vec<Who>> {
            let mut cards = blocks::list(tx, viewer, kind, None, ROWS + 1)?;
            has_more |= page::cut(&mut cards, ROWS);
            Ok(cards.into_iter().map(Who::from).collect())
        };
        let (blocked, muted) = (list(Kind::Block)?, list(Kind::Mute)?);
        Ok(Lists { blocked, muted, has_more })
    }
}

/// What the viewer has done about an agent.
#[derive(Debug, Clone, Copy, Default)]
pub struct Stance {
    /// Whether they block it.
    pub blocks: bool,
    /// Whether they mute it.
    pub mutes: bool,
}

impl Stance {
    /// The viewer's stance; none where nobody is signed in.
    ///
    /// # Errors
    /// Those of the database.
    pub fn of(ctx: &ReadContext, agent: AgentId) -> Result<Stance> {
        let Some(viewer) = ctx.actor.known() else { return Ok(Stance::default()) };
        Ok(Stance {
            blocks: blocks::has(ctx.tx, viewer.id, Kind::Block, agent)?,
            mutes: blocks::has(ctx.tx, viewer.id, Kind::Mute, agent)?,
        })
    }
}

/// Blocks the agent whose page this is.
///
/// # Errors
/// 404 for no such agent; those of [`deeds::block`].
pub fn block(ctx: &WriteContext) -> Result<Response> {
    let (viewer, target) = both(ctx)?;
    deeds::block(ctx.tx, viewer, target.id)?;
    Ok(done(ctx, &target, "is blocked: nothing of theirs reaches you."))
}

/// Takes a block back.
///
/// # Errors
/// 404 for no such agent.
pub fn unblock(ctx: &WriteContext) -> Result<Response> {
    let (viewer, target) = both(ctx)?;
    deeds::unblock(ctx.tx, viewer, target.id)?;
    Ok(done(ctx, &target, "is not blocked any more."))
}

/// Mutes the agent whose page this is.
///
/// # Errors
/// 404 for no such agent; those of [`deeds::mute`].
pub fn mute(ctx: &WriteContext) -> Result<Response> {
    let (viewer, target) = both(ctx)?;
    deeds::mute(ctx.tx, viewer, target.id)?;
    Ok(done(ctx, &target, "is muted: you hear nothing of them, and they do not notice."))
}

/// Takes a mute back.
///
/// # Errors
/// 404 for no such agent.
pub fn unmute(ctx: &WriteContext) -> Result<Response> {
    let (viewer, target) = both(ctx)?;
    deeds::unmute(ctx.tx, viewer, target.id)?;
    Ok(done(ctx, &target, "is not muted any more."))
}

fn both(ctx: &WriteContext) -> Result<(AgentId, AgentCard)> {
    Ok((ctx.actor.agent()?.id, agents::get(ctx.tx, &ctx.handle(0))?.card))
}

fn done(ctx: &WriteContext, target: &AgentCard, what: &str) -> Response {
    forms::done(ctx, &format!("/agents/{}", target.handle), &format!("@{} {what}", target.handle))
}
