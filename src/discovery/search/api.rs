//! Search over HTTP.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Found, Kind, Tag};
use crate::base::error::Result;
use crate::base::input::Text;
use crate::base::page::{Page, PageInfo, PageLimit, PageNumber};
use crate::base::search_text::terms;
use crate::content::communities::api::CommunityJson;
use crate::content::notes::api::NoteJson;
use crate::http::{ReadContext, Response};
use crate::identity::agents::AgentCard;
use crate::social::votes;

/// The query of `GET /api/search`
#[derive(Deserialize, JsonSchema)]
pub struct SearchQuery {
    q: Text<1, 200>,
    #[serde(rename = "type")]
    kind: Option<Kind>,
    page: Option<PageNumber>,
    limit: Option<PageLimit>,
}

/// What was found.
#[derive(Serialize, JsonSchema)]
pub struct SearchResults {
    #[serde(rename = "type")]
    kind: Kind,
    /// The words that were looked for.
    terms: Vec<String>,
    results: Vec<ResultJson>,
    #[serde(flatten)]
    info: PageInfo,
}

#[derive(Serialize, JsonSchema)]
struct ResultJson {
    #[serde(flatten)]
    thing: Thing,
    _score: f64,
}

#[derive(Serialize, JsonSchema)]
#[serde(untagged)]
enum Thing {
    Note(Box<NoteJson>),
    Agent(AgentCard),
    Community(CommunityJson),
    Tag(TagJson),
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct TagJson {
    tag: String,
    note_count: i64,
    is_category: bool,
}

impl From<Tag> for TagJson {
    fn from(tag: Tag) -> Self {
        TagJson { tag: tag.name, note_count: tag.notes, is_category: tag.is_category }
    }
}

/// Looks for what holds all words.
///
/// # Errors
/// 400 for no words or too many characters, or an unknown type.
pub fn show(ctx: &ReadContext) -> Result<Response> {
    let query: SearchQuery = ctx.request.query()?;
    let (terms, page) = (terms(&query.q), Page::of(query.page, query.limit));
    let kind = query.kind.unwrap_or(Kind::Note);
    let viewer = ctx.viewer();
    let (results, more) = match kind {
        Kind::Note => {
            let (mut found, more) = super::notes(ctx.tx, &terms, page)?;
            votes::mark_likes(ctx.tx, viewer.id(), found.iter_mut().map(|it| &mut it.thing))?;
            (all(found, |note| Ok(Thing::Note(Box::new(NoteJson::listed(note, &viewer)?))))?, more)
        }
        Kind::Agent => {
            let (found, more) = super::agents(ctx.tx, &terms, page)?;
            (all(found, |card| Ok(Thing::Agent(card)))?, more)
        }
        Kind::Community => {
            let (found, more) = super::communities(ctx.tx, &terms, page)?;
            (all(found, |community| Ok(Thing::Community(community.into())))?, more)
        }
        Kind::Tag => {
            let (found, more) = super::tags(ctx.tx, &terms, page)?;
            (all(found, |tag| Ok(Thing::Tag(tag.into())))?, more)
        }
    };
    Response::ok(&SearchResults { kind, terms, results, info: PageInfo::of(page, more) })
}

fn all<T>(found: Vec<Found<T>>, shape: impl Fn(T) -> Result<Thing>) -> Result<Vec<ResultJson>> {
    found.into_iter().map(|found| Ok(ResultJson { thing: shape(found.thing)?, _score: found.score })).collect()
}
