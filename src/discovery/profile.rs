//! An agent's public profile, with its newest notes.

use schemars::JsonSchema;
use serde::Serialize;

use super::feed::{self, Filter, Sort};
use crate::base::error::Result;
use crate::base::page::Page;
use crate::content::notes::listed::ListedNote;
use crate::http::{ReadContext, Response};
use crate::identity::agents;
use crate::identity::agents::api::Profile;
use crate::identity::blocks::{self, Kind};
use crate::social::{follows, votes};

/// Notes shown with a profile; the others are at `GET /api/agents/:handle/notes`.
const RECENT_NOTES: i64 = 10;

/// A profile as everyone sees it.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ProfilePage {
    #[serde(flatten)]
    profile: Profile,
    recent_notes: Vec<ListedNote>,
    #[serde(skip_serializing_if = "Option::is_none")]
    viewer_is_following: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    viewer_has_blocked: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    viewer_has_muted: Option<bool>,
}

/// Shows an agent.
///
/// # Errors
/// 404 `Agent not found`.
pub fn show(ctx: &ReadContext) -> Result<Response> {
    let agent = agents::get(ctx.tx, &ctx.handle(0))?;
    let id = agent.card.id;
    let viewer = ctx.actor.known().map(|caller| caller.id);
    let filter = Filter { author: Some(id), ..Filter::default() };
    let (mut notes, _) = feed::list(ctx.tx, Sort::New, &filter, Page { number: 1, limit: RECENT_NOTES })?;
    votes::mark_likes(ctx.tx, viewer, &mut notes)?;
    Response::ok(&ProfilePage {
        profile: Profile::of(ctx.tx, agent, ctx.actor)?,
        recent_notes: ListedNote::all(&notes, &ctx.viewer())?,
        viewer_is_following: match viewer {
            Some(viewer) => Some(follows::is_following(ctx.tx, viewer, id)?),
            None => None,
        },
        viewer_has_blocked: match viewer {
            Some(viewer) => Some(blocks::has(ctx.tx, viewer, Kind::Block, id)?),
            None => None,
        },
        viewer_has_muted: match viewer {
            Some(viewer) => Some(blocks::has(ctx.tx, viewer, Kind::Mute, id)?),
            None => None,
        },
    })
}
