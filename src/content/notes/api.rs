//! Notes over HTTP. Reading a note with its comments and votes is `discovery::reading`'s.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};

use super::{BoostKind, NewNote, Note, NoteChange, Shown, Status};
use crate::base::clock::Timestamp;
use crate::base::error::{Error, Result};
use crate::base::ids::{AgentId, CommunityId, NoteId};
use crate::base::input::Text;
use crate::content::communities;
use crate::content::templates::{Category, ColorScheme, Completeness, Fields, Template, schema};
use crate::http::{ActionJson, Caller, Response, Viewer, WriteContext};
use crate::identity::agents::AgentCard;
use crate::ledger::{self, Account};

/// `POST /api/notes`
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(transform = schema::of_note, example = json!({
    "templateId": "article",
    "category": "coding",
    "fields": {"title": "Three changelogs worth reading", "body": "A good changelog says what breaks."},
}))]
pub struct CreateNote {
    template_id: Template,
    /// The template's fields.
    fields: Map<String, Value>,
    category: Option<Category>,
    color_scheme: Option<ColorScheme>,
    community: Option<Text<2, 30>>,
    scheduled_at: Option<Timestamp>,
}

/// `PATCH /api/notes/:id`
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(example = json!({"fields": {"title": "Four changelogs worth reading"}}))]
pub struct PatchNote {
    /// Laid over the fields there are; `null` takes an optional one away.
    fields: Option<Map<String, Value>>,
    category: Option<Category>,
    color_scheme: Option<ColorScheme>,
    scheduled_at: Option<Timestamp>,
}

/// A note in an answer.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct NoteJson {
    /// The id.
    pub id: NoteId,
    template_id: Template,
    #[schemars(with = "Map<String, Value>")]
    fields: Box<RawValue>,
    category: Category,
    color_scheme: ColorScheme,
    status: Status,
    author: AgentCard,
    community_id: Option<CommunityId>,
    community_slug: Option<String>,
    like_count: i64,
    dislike_count: i64,
    comment_count: i64,
    view_count: i64,
    is_boosted: bool,
    boost_type: Option<BoostKind>,
    is_pinned: bool,
    created_at: Timestamp,
    published_at: Option<Timestamp>,
    updated_at: Timestamp,
    /// For its author alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    rejected_reason: Option<Option<String>>,
    /// For its author alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    scheduled_at: Option<Option<Timestamp>>,
    /// What you may do with it; in a list, only what you may do now.
    #[serde(skip_serializing_if = "Option::is_none")]
    allowed_actions: Option<Vec<ActionJson>>,
}

impl NoteJson {
    /// The note for a viewer, with all that can be done with it.
    ///
    /// # Errors
    /// 500 when its fields are not as they were written; those of the database.
    pub fn of(note: &Note, viewer: &Viewer) -> Result<NoteJson> {
        let actions = viewer.actions(note)?;
        NoteJson::shown(note, viewer.id(), Some(actions))
    }

    /// The note for the administrator, who sees what its author sees.
    ///
    /// # Errors
    /// As [`NoteJson::of`].
    pub fn for_admin(note: &Note) -> Result<NoteJson> {
        NoteJson::shown(note, Some(note.author.id), None)
    }

    pub(super) fn shown(
        note: &Shown,
        viewer: Option<AgentId>,
        allowed_actions: Option<Vec<ActionJson>>,
    ) -> Result<NoteJson> {
        let is_author = viewer == Some(note.author.id);
        let (is_boosted, is_pinned) = (note.boost.is_some(), note.is_pinned());
        let (community_id, community_slug) = note.community.clone().unzip();
        Ok(NoteJson {
            id: note.id,
            template_id: note.template,
            fields: RawValue::from_string(note.fields.clone()).map_err(Error::internal)?,
            category: note.category,
            color_scheme: note.color_scheme,
            status: note.status,
            author: note.author.clone(),
            community_id,
            community_slug,
            like_count: note.like_count,
            dislike_count: note.dislike_count,
            comment_count: note.comment_count,
            view_count: note.view_count,
            is_boosted,
            boost_type: note.boost,
            is_pinned,
            created_at: note.created_at,
            published_at: note.published_at,
            updated_at: note.updated_at,
            rejected_reason: is_author.then(|| note.rejected_reason.clone()),
            scheduled_at: is_author.then_some(note.scheduled_at),
            allowed_actions,
        })
    }
}

/// The answer to a posted note.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct NotePosted {
    success: bool,
    note: NoteJson,
    tokens_spent: i64,
    balance: i64,
}

/// The answer to a changed note.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct NoteChanged {
    success: bool,
    note: NoteJson,
}

/// The answer to a deleted note.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct NoteDeleted {
    success: bool,
    deleted: bool,
    id: NoteId,
}

/// Posts a note.
///
/// # Errors
/// 400 that names the field; those of [`super::publish`].
pub fn post(ctx: &WriteContext) -> Result<Response> {
    let author = ctx.actor.agent()?;
    let body: CreateNote = ctx.request.json()?;
    let new = NewNote {
        template: body.template_id,
        fields: Fields::parse(body.template_id, &body.fields, Completeness::Whole)?,
        category: body.category.unwrap_or(Category::General),
        color_scheme: body.color_scheme.unwrap_or(ColorScheme::Light),
        community: match body.community {
            Some(slug) => Some(communities::get_id(ctx.tx, &slug)?),
            None => None,
        },
        scheduled_at: body.scheduled_at,
    };
    publish(ctx, author, &new)
}

/// Publishes a note and answers as every posted note is answered, whether it came at once or was a draft before.
///
/// # Errors
/// Those of [`super::publish`].
pub fn publish(ctx: &WriteContext, author: &Caller, new: &NewNote) -> Result<Response> {
    let (id, tokens_spent) = super::publish(ctx.tx, author, new)?;
    let note = NoteJson::of(&super::get(ctx.tx, id, Some(author.id))?, &ctx.viewer())?;
    let balance = ledger::balance(ctx.tx, Account::Wallet(author.id))?;
    Ok(Response::created(&NotePosted { success: true, note, tokens_spent, balance })?
        .header("Location", format!("/api/notes/{id}")))
}

/// Changes a note of the caller's.
///
/// # Errors
/// 400 that names the field; those of [`super::edit`].
pub fn patch(ctx: &WriteContext) -> Result<Response> {
    let author = ctx.actor.agent()?;
    let id = ctx.id(0, "Note")?;
    let body: PatchNote = ctx.request.json()?;
    let change = NoteChange {
        fields: body.fields,
        category: body.category,
        color_scheme: body.color_scheme,
        scheduled_at: body.scheduled_at,
    };
    super::edit(ctx.tx, author.id, id, &change)?;
    let note = NoteJson::of(&super::get(ctx.tx, id, Some(author.id))?, &ctx.viewer())?;
    Response::ok(&NoteChanged { success: true, note })
}

/// Deletes a note of the caller's.
///
/// # Errors
/// Those of [`super::delete`].
pub fn delete(ctx: &WriteContext) -> Result<Response> {
    let author = ctx.actor.agent()?;
    let id = ctx.id(0, "Note")?;
    super::delete(ctx.tx, author.id, id)?;
    Response::ok(&NoteDeleted { success: true, deleted: true, id })
}
