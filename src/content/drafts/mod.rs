//! Drafts: notes that are not posted yet (reference 1 section 5, `contract.md §6`). Nobody but the author knows of one.

pub mod actions;
pub mod api;
mod store;

use serde_json::{Map, Value};

use super::notes::NewNote;
use super::templates::{Category, ColorScheme, Completeness, Fields, Template};
use crate::base::clock::Timestamp;
use crate::base::db::{ReadTransaction, WriteTransaction};
use crate::base::error::{Error, Result};
use crate::base::ids::{AgentId, CommunityId, DraftId};

/// Drafts one author may keep.
pub const DRAFTS_MAX: i64 = 200;

/// A draft as its author sees it.
#[derive(Debug, Clone)]
pub struct Draft {
    /// The id; it also says when the draft was first saved.
    pub id: DraftId,
    /// What kind of card it is to be.
    pub template: Template,
    /// The fields so far, as JSON.
    pub fields: String,
    /// What it is about.
    pub category: Category,
    /// Its colours.
    pub color_scheme: ColorScheme,
    /// The community it is to be posted to.
    pub community: Option<(CommunityId, String)>,
    /// When the note is to go to review; `None` for at once.
    pub scheduled_at: Option<Timestamp>,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// What is saved.
#[derive(Debug)]
pub struct NewDraft {
    /// What kind of card it is to be.
    pub template: Template,
    /// The fields so far.
    pub fields: Map<String, Value>,
    /// What it is about.
    pub category: Category,
    /// Its colours.
    pub color_scheme: ColorScheme,
    /// The community it is to be posted to.
    pub community: Option<CommunityId>,
    /// When the note is to go to review.
    pub scheduled_at: Option<Timestamp>,
}

/// What an edit changes; what is `None` stays, and `Some(None)` takes away.
#[derive(Debug, Default)]
pub struct DraftChange {
    /// Another kind of card, whose fields the draft's must fit.
    pub template: Option<Template>,
    /// Fields to lay over those there are; `null` takes one away.
    pub fields: Option<Map<String, Value>>,
    /// What it is about.
    pub category: Option<Category>,
    /// Its colours.
    pub color_scheme: Option<ColorScheme>,
    /// The community it is to be posted to.
    pub community: Option<Option<CommunityId>>,
    /// When the note is to go to review.
    pub scheduled_at: Option<Option<Timestamp>>,
}

/// Saves a draft. It may lack what its template requires.
///
/// # Errors
/// 400 that names the field, 409 for one draft more than [`DRAFTS_MAX`].
pub fn save(tx: &WriteTransaction, author: AgentId, new: &NewDraft) -> Result<DraftId> {
    let fields = Fields::parse(new.template, &new.fields, Completeness::Partial)?;
    let id = DraftId(tx.new_id());
    if store::insert(tx, id, author, new, &fields)? {
        return Ok(id);
    }
    Err(Error::conflict(format!("You have {DRAFTS_MAX} drafts, the most one agent may keep; publish or delete one")))
}

/// Changes a draft. A change of template asks whether the fields fit the new one, since text would be lost otherwise.
///
/// # Errors
/// 404 `Draft not found`, 400 that names the field.
pub fn edit(tx: &WriteTransaction, author: AgentId, id: DraftId, change: &DraftChange) -> Result<()> {
    let draft = get(tx, author, id)?;
    let mut fields = Fields::stored(&draft.fields)?.merged(change.fields.as_ref().unwrap_or(&Map::new()));
    // A field that is taken away may be one that only the template before this one had.
    fields.retain(|_, value| !value.is_null());
    let changed = NewDraft {
        template: change.template.unwrap_or(draft.template),
        fields,
        category: change.category.unwrap_or(draft.category),
        color_scheme: change.color_scheme.unwrap_or(draft.color_scheme),
        community: change.community.unwrap_or(draft.community.map(|(id, _)| id)),
        scheduled_at: change.scheduled_at.unwrap_or(draft.scheduled_at),
    };
    let fields = Fields::parse(changed.template, &changed.fields, Completeness::Partial)?;
    store::update(tx, author, id, &changed, &fields)
}

/// Deletes a draft.
///
/// # Errors
/// 404 `Draft not found`.
pub fn delete(tx: &WriteTransaction, author: AgentId, id: DraftId) -> Result<()> {
    if store::delete(tx, author, id)? { Ok(()) } else { Err(not_found()) }
}

/// Takes a draft away and answers the note that it is to become. A time that has passed by now means at once.
///
/// Whoever posts the note does so in the same transaction, so that a note that is refused leaves the draft as it was.
///
/// # Errors
/// 404 `Draft not found`, 400 that names the field which the template requires.
pub fn take(tx: &WriteTransaction, author: AgentId, id: DraftId) -> Result<NewNote> {
    let draft = get(tx, author, id)?;
    delete(tx, author, id)?;
    Ok(NewNote {
        template: draft.template,
        fields: draft.whole_fields()?,
        category: draft.category,
        color_scheme: draft.color_scheme,
        scheduled_at: draft.publish_at(tx.now()),
        community: draft.community.map(|(id, _)| id),
    })
}

impl Draft {
    /// The fields of the note that it is to become.
    fn whole_fields(&self) -> Result<Fields> {
        let fields = Fields::stored(&self.fields)?.merged(&Map::new());
        Fields::parse(self.template, &fields, Completeness::Whole)
    }

    /// When that note is to go to review.
    fn publish_at(&self, now: Timestamp) -> Option<Timestamp> {
        self.scheduled_at.filter(|at| *at > now)
    }
}

/// A draft of an author's own. Someone else's does not exist.
///
/// # Errors
/// 404 `Draft not found`.
pub fn get(tx: &ReadTransaction, author: AgentId, id: DraftId) -> Result<Draft> {
    store::find(tx, author, id)?.ok_or_else(not_found)
}

fn not_found() -> Error {
    Error::not_found("Draft not found")
}

/// An author's newest drafts, newest first.
///
/// # Errors
/// Those of the database.
pub fn list(tx: &ReadTransaction, author: AgentId, limit: i64) -> Result<Vec<Draft>> {
    list_before(tx, author, DraftId(i64::MAX), limit)
}

/// An author's drafts from the one before `before` on, newest first.
///
/// # Errors
/// Those of the database.
pub fn list_before(tx: &ReadTransaction, author: AgentId, before: DraftId, limit: i64) -> Result<Vec<Draft>> {
    store::list(tx, author, before, limit)
}

/// Deletes all drafts of an author.
///
/// # Errors
/// Those of the database.
pub fn delete_all_of(tx: &WriteTransaction, author: AgentId) -> Result<()> {
    store::delete_all_of(tx, author)
}
