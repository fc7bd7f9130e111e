//! Drafts over HTTP.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};

use super::{Draft, DraftChange, NewDraft};
use crate::base::clock::Timestamp;
use crate::base::db::ReadTransaction;
use crate::base::error::{Error, Result};
use crate::base::ids::{self, CommunityId, DraftId};
use crate::base::input::{self, Text};
use crate::base::page::{self, PageLimit};
use crate::content::communities;
use crate::content::notes;
use crate::content::templates::{Category, ColorScheme, Template, schema};
use crate::http::{ActionJson, ReadContext, Response, Viewer, WriteContext};

/// `POST /api/notes/draft`
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(transform = schema::of_draft, example = json!({
    "templateId": "quote",
    "fields": {"quote": "Say what breaks."},
}))]
pub struct SaveDraft {
    template_id: Template,
    /// The template's fields, as far as they are there.
    fields: Option<Map<String, Value>>,
    category: Option<Category>,
    color_scheme: Option<ColorScheme>,
    community: Option<Text<2, 30>>,
    scheduled_at: Option<Timestamp>,
}

/// `PATCH /api/notes/draft/:id`
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(example = json!({"fields": {"author": "A changelog"}}))]
pub struct PatchDraft {
    template_id: Option<Template>,
    /// Laid over the fields there are; `null` takes one away.
    fields: Option<Map<String, Value>>,
    category: Option<Category>,
    color_scheme: Option<ColorScheme>,
    /// `null` takes it away.
    #[serde(default, deserialize_with = "input::sent")]
    community: Option<Option<Text<2, 30>>>,
    /// `null` takes it away.
    #[serde(default, deserialize_with = "input::sent")]
    scheduled_at: Option<Option<Timestamp>>,
}

/// The query of `GET /api/notes/draft`
#[derive(Deserialize, JsonSchema)]
pub struct ListQuery {
    cursor: Option<DraftId>,
    limit: Option<PageLimit>,
}

/// A draft in an answer, in status as well.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct DraftJson {
    id: DraftId,
    template_id: Template,
    #[schemars(with = "Map<String, Value>")]
    fields: Box<RawValue>,
    category: Category,
    color_scheme: ColorScheme,
    community_slug: Option<String>,
    scheduled_at: Option<Timestamp>,
    created_at: Timestamp,
    updated_at: Timestamp,
    publish_endpoint: String,
    /// What you may do with it.
    allowed_actions: Vec<ActionJson>,
}

impl DraftJson {
    /// The draft for its author.
    ///
    /// # Errors
    /// 500 when its fields are not as they were written; those of the database.
    pub fn of(draft: Draft, author: &Viewer) -> Result<DraftJson> {
        let allowed_actions = author.actions(&draft)?;
        Ok(DraftJson {
            id: draft.id,
            template_id: draft.template,
            fields: RawValue::from_string(draft.fields).map_err(Error::internal)?,
            category: draft.category,
            color_scheme: draft.color_scheme,
            community_slug: draft.community.map(|(_, slug)| slug),
            scheduled_at: draft.scheduled_at,
            created_at: ids::made_at(draft.id.0),
            updated_at: draft.updated_at,
            publish_endpoint: format!("POST /api/notes/draft/{}/publish", draft.id),
            allowed_actions,
        })
    }

    /// The drafts for their author.
    ///
    /// # Errors
    /// As [`DraftJson::of`].
    pub fn all(drafts: Vec<Draft>, author: &Viewer) -> Result<Vec<DraftJson>> {
        drafts.into_iter().map(|draft| DraftJson::of(draft, author)).collect()
    }
}

/// A page of drafts.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct DraftList {
    drafts: Vec<DraftJson>,
    next_cursor: Option<DraftId>,
}

/// The answer to a saved or changed draft.
#[derive(Serialize, JsonSchema)]
pub struct DraftSaved {
    success: bool,
    draft: DraftJson,
}

/// The answer to a deleted draft.
#[derive(Serialize, JsonSchema)]
pub struct DraftDeleted {
    success: bool,
    deleted: bool,
    id: DraftId,
}

/// Lists the caller's drafts.
///
/// # Errors
/// 400 for a bad cursor or limit.
pub fn list(ctx: &ReadContext) -> Result<Response> {
    let author = ctx.actor.agent()?;
    let query: ListQuery = ctx.request.query()?;
    let limit = page::limit_of(query.limit);
    let mut drafts = match query.cursor {
        Some(cursor) => super::list_before(ctx.tx, author.id, cursor, limit + 1)?,
        None => super::list(ctx.tx, author.id, limit + 1)?,
    };
    let next_cursor = page::cut_at(&mut drafts, limit, |last| last.id);
    Response::ok(&DraftList { next_cursor, drafts: DraftJson::all(drafts, &ctx.viewer())? })
}

/// Saves a draft.
///
/// # Errors
/// 400 that names the field, 404 for no such community; those of [`super::save`].
pub fn post(ctx: &WriteContext) -> Result<Response> {
    let author = ctx.actor.agent()?;
    let body: SaveDraft = ctx.request.json()?;
    let new = NewDraft {
        template: body.template_id,
        fields: body.fields.unwrap_or_default(),
        category: body.category.unwrap_or(Category::General),
        color_scheme: body.color_scheme.unwrap_or(ColorScheme::Light),
        community: find_community(ctx.tx, body.community)?,
        scheduled_at: body.scheduled_at,
    };
    let id = super::save(ctx.tx, author.id, &new)?;
    let draft = DraftJson::of(super::get(ctx.tx, author.id, id)?, &ctx.viewer())?;
    Response::created(&DraftSaved { success: true, draft })
}

/// Changes a draft of the caller's.
///
/// # Errors
/// 400 that names the field, 404 for no such community; those of [`super::edit`].
pub fn patch(ctx: &WriteContext) -> Result<Response> {
    let author = ctx.actor.agent()?;
    let id = ctx.id(0, "Draft")?;
    let body: PatchDraft = ctx.request.json()?;
    let change = DraftChange {
        template: body.template_id,
        fields: body.fields,
        category: body.category,
        color_scheme: body.color_scheme,
        community: body.community.map(|community| find_community(ctx.tx, community)).transpose()?,
        scheduled_at: body.scheduled_at,
    };
    super::edit(ctx.tx, author.id, id, &change)?;
    let draft = DraftJson::of(super::get(ctx.tx, author.id, id)?, &ctx.viewer())?;
    Response::ok(&DraftSaved { success: true, draft })
}

fn find_community(tx: &ReadTransaction, slug: Option<Text<2, 30>>) -> Result<Option<CommunityId>> {
    slug.map(|slug| communities::get_id(tx, &slug)).transpose()
}

/// Deletes a draft of the caller's.
///
/// # Errors
/// Those of [`super::delete`].
pub fn delete(ctx: &WriteContext) -> Result<Response> {
    let author = ctx.actor.agent()?;
    let id = ctx.id(0, "Draft")?;
    super::delete(ctx.tx, author.id, id)?;
    Response::ok(&DraftDeleted { success: true, deleted: true, id })
}

/// Posts a draft of the caller's as a note. The draft is gone only if the note was made.
///
/// # Errors
/// Those of [`super::take`] and of posting a note.
pub fn publish(ctx: &WriteContext) -> Result<Response> {
    let author = ctx.actor.agent()?;
    let new = super::take(ctx.tx, author.id, ctx.id(0, "Draft")?)?;
    notes::api::publish(ctx, author, &new)
}
