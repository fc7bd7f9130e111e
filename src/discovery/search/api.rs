//! Search over HTTP.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Found, Kind, Tag};
use crate::base::error::Result;
use crate::base::input::Text;
use crate::base::page::{Page, PageInfo, PageLimit, PageNumber};
use crate::base::search_text::terms;
use crate::content::communities::Community;
use crate::content::communities::api::CommunityJson;
use crate::content::notes::Note;
use crate::content::notes::api::NoteJson;
use crate::content::notes::listed::ListedNote;
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
    results: Vec<ResultJson>,
    #[serde(flatten)]
    about: About,
}

#[derive(Serialize, JsonSchema)]
struct About {
    #[serde(rename = "type")]
    kind: Kind,
    /// The words that were looked for.
    terms: Vec<String>,
    #[serde(flatten)]
    info: PageInfo,
}

#[derive(Serialize, JsonSchema)]
#[serde(untagged)]
enum ResultJson {
    #[expect(dead_code, reason = "only described; notes are written already")]
    Note(Scored<NoteJson>),
    Agent(Scored<AgentCard>),
    Community(Scored<CommunityJson>),
    Tag(Scored<TagJson>),
}

#[derive(Serialize, JsonSchema)]
struct Scored<T> {
    #[serde(flatten)]
    thing: T,
    _score: f64,
}

impl<T> From<Found<T>> for Scored<T> {
    fn from(Found { thing, score }: Found<T>) -> Scored<T> {
        Scored { thing, _score: score }
    }
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
            let result = |Found { thing, score }: Found<Note>| ListedNote::of(&thing, &viewer)?.with("_score", &score);
            let results: Vec<ListedNote> = found.into_iter().map(result).collect::<Result<_>>()?;
            return Response::list("results", &results, &About { kind, terms, info: PageInfo::of(page, more) });
        }
        Kind::Agent => {
            let (found, more) = super::agents(ctx.tx, &terms, page)?;
            (found.into_iter().map(|card| ResultJson::Agent(card.into())).collect(), more)
        }
        Kind::Community => {
            let (found, more) = super::communities(ctx.tx, &terms, page)?;
            let result = |Found { thing, score }: Found<Community>| {
                ResultJson::Community(Scored { thing: thing.into(), _score: score })
            };
            (found.into_iter().map(result).collect(), more)
        }
        Kind::Tag => {
            let (found, more) = super::tags(ctx.tx, &terms, page)?;
            let result =
                |Found { thing, score }: Found<Tag>| ResultJson::Tag(Scored { thing: thing.into(), _score: score });
            (found.into_iter().map(result).collect(), more)
        }
    };
    Response::ok(&SearchResults { results, about: About { kind, terms, info: PageInfo::of(page, more) } })
}
