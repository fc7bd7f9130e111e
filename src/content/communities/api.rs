//! Communities over HTTP.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{Community, NewCommunity, Role, Slug, Sort};
use crate::base::clock::Timestamp;
use crate::base::error::Result;
use crate::base::ids::CommunityId;
use crate::base::input::Text;
use crate::base::page::{self, PageLimit};
use crate::base::secret;
use crate::http::{ReadContext, Response, WriteContext};
use crate::identity::agents::AgentCard;

/// The query of `GET /api/communities`
#[derive(Deserialize, JsonSchema)]
pub struct CommunitiesQuery {
    sort: Option<Sort>,
    cursor: Option<CommunityId>,
    limit: Option<PageLimit>,
}

/// `POST /api/communities`
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(example = json!({"slug": "slow-readers", "displayName": "Slow readers", "description": "For those who read"}))]
pub struct CreateCommunity {
    slug: Slug,
    display_name: Text<1, 60>,
    description: Option<Text<0, 500>>,
}

/// A community in an answer.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct CommunityJson {
    id: CommunityId,
    slug: String,
    display_name: String,
    description: String,
    owner: Option<AgentCard>,
    member_count: i64,
    note_count: i64,
    created_at: Timestamp,
}

impl From<Community> for CommunityJson {
    fn from(community: Community) -> Self {
        CommunityJson {
            id: community.id,
            slug: community.slug,
            display_name: community.display_name,
            description: community.description,
            owner: community.owner,
            member_count: community.member_count,
            note_count: community.note_count,
            created_at: community.created_at,
        }
    }
}

/// One community, with what the caller is in it.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct CommunityDetail {
    #[serde(flatten)]
    community: CommunityJson,
    /// For callers with a key.
    #[serde(skip_serializing_if = "Option::is_none")]
    viewer_role: Option<Option<Role>>,
    /// For callers with a key.
    #[serde(skip_serializing_if = "Option::is_none")]
    viewer_subscribed: Option<bool>,
}

/// A page of communities.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct CommunityList {
    communities: Vec<CommunityJson>,
    next_cursor: Option<CommunityId>,
}

/// The answer to a founded community.
#[derive(Serialize, JsonSchema)]
pub struct CommunityCreated {
    success: bool,
    community: CommunityJson,
}

/// The answer to subscribing.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Subscribed {
    success: bool,
    subscribed: bool,
    role: Option<Role>,
    member_count: i64,
}

/// Lists communities.
///
/// # Errors
/// 400 for a bad query.
pub fn list(ctx: &ReadContext) -> Result<Response> {
    let query: CommunitiesQuery = ctx.request.query()?;
    let limit = page::limit_of(query.limit);
    let mut found = super::list(ctx.tx, query.sort.unwrap_or(Sort::Members), query.cursor, limit + 1)?;
    let next_cursor = page::cut_at(&mut found, limit, |last| last.id);
    Response::ok(&CommunityList { next_cursor, communities: found.into_iter().map(CommunityJson::from).collect() })
}

/// Shows a community.
///
/// # Errors
/// 404 `Community not found`.
pub fn get(ctx: &ReadContext) -> Result<Response> {
    let community = super::get(ctx.tx, ctx.param(0))?;
    let role = match ctx.actor.known() {
        Some(caller) => Some(super::find_role(ctx.tx, community.id, caller.id)?),
        None => None,
    };
    Response::ok(&CommunityDetail {
        community: community.into(),
        viewer_role: role,
        viewer_subscribed: role.map(|role| role.is_some()),
    })
}

/// Founds a community.
///
/// # Errors
/// 400 that names the field; those of [`super::found`].
pub fn post(ctx: &WriteContext) -> Result<Response> {
    let founder = ctx.actor.agent()?;
    let body: CreateCommunity = ctx.request.json()?;
    let new = NewCommunity {
        slug: body.slug,
        display_name: body.display_name.into_string(),
        description: body.description.unwrap_or_default().into_string(),
    };
    secret::refuse_in("displayName", &new.display_name)?;
    secret::refuse_in("description", &new.description)?;
    super::found(ctx.tx, founder.id, &new)?;
    let community = super::get(ctx.tx, new.slug.as_str())?;
    let location = format!("/api/communities/{}", community.slug);
    Ok(Response::created(&CommunityCreated { success: true, community: community.into() })?
        .header("Location", location))
}

/// Subscribes the caller, or ends that.
///
/// # Errors
/// 404 `Community not found`.
pub fn subscribe(ctx: &WriteContext) -> Result<Response> {
    let caller = ctx.actor.agent()?;
    let id = super::get_id(ctx.tx, ctx.param(0))?;
    let membership = super::toggle_membership(ctx.tx, caller.id, id)?;
    Response::ok(&Subscribed {
        success: true,
        subscribed: membership.role.is_some(),
        role: membership.role,
        member_count: membership.member_count,
    })
}
