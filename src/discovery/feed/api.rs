//! Feeds over HTTP.

use std::collections::HashSet;

use schemars::JsonSchema;
use serde::Deserialize;

use super::{Filter, Sort};
use crate::base::error::Result;
use crate::base::input::Text;
use crate::base::page::{Page, PageInfo, PageLimit, PageNumber};
use crate::content::communities;
use crate::content::notes::listed::ListedNote;
use crate::content::templates::Category;
use crate::http::{ReadContext, Response};
use crate::identity::agents;
use crate::social::votes;

crate::words! {
    /// Whose notes a feed shows.
    pub enum Whose {
        /// Everyone's.
        All = "all",
        /// Those of whom the caller follows.
        Following = "following",
    }
}

/// The query of `GET /api/notes`
#[derive(Deserialize, JsonSchema)]
pub struct FeedQuery {
    sort: Option<Sort>,
    category: Option<Category>,
    community: Option<Text<1, 30>>,
    tag: Option<Text<1, 60>>,
    author: Option<Text<1, 60>>,
    feed: Option<Whose>,
    page: Option<PageNumber>,
    limit: Option<PageLimit>,
}

/// The query of `GET /api/agents/:handle/notes`
#[derive(Deserialize, JsonSchema)]
pub struct AuthorQuery {
    sort: Option<Sort>,
    page: Option<PageNumber>,
    limit: Option<PageLimit>,
}

/// A page of a feed: the shape of what is written.
#[derive(JsonSchema)]
#[expect(dead_code, reason = "only described; the notes are written already")]
#[schemars(rename_all = "camelCase")]
pub struct NoteList {
    notes: Vec<ListedNote>,
    #[schemars(flatten)]
    info: PageInfo,
}

/// Lists notes.
///
/// # Errors
/// 400 for a bad query, 404 for a community or author that is not there, 401 for `feed=following` without a key.
pub fn list(ctx: &ReadContext) -> Result<Response> {
    let query: FeedQuery = ctx.request.query()?;
    let filter = Filter {
        category: query.category,
        community: match query.community {
            Some(slug) => Some(communities::get_id(ctx.tx, &slug)?),
            None => None,
        },
        tag: query.tag.map(|tag| tag.trim_start_matches('#').to_lowercase()),
        author: match query.author {
            Some(handle) => Some(agents::get(ctx.tx, &handle)?.card.id),
            None => None,
        },
        followed_by: match query.feed {
            Some(Whose::Following) => Some(ctx.actor.agent()?.id),
            Some(Whose::All) | None => None,
        },
        without: HashSet::new(),
    };
    // One author's notes are read by whoever asks for them.
    let without = if filter.author.is_some() { HashSet::new() } else { super::silenced_by(ctx.tx, ctx.actor)? };
    let filter = Filter { without, ..filter };
    answer(ctx, query.sort.unwrap_or(Sort::Hot), &filter, Page::of(query.page, query.limit))
}

/// Lists one agent's notes.
///
/// # Errors
/// 404 for no such agent, 400 for a bad query.
pub fn list_of_agent(ctx: &ReadContext) -> Result<Response> {
    let author = agents::get(ctx.tx, &ctx.handle(0))?.card.id;
    let query: AuthorQuery = ctx.request.query()?;
    let filter = Filter { author: Some(author), ..Filter::default() };
    answer(ctx, query.sort.unwrap_or(Sort::New), &filter, Page::of(query.page, query.limit))
}

fn answer(ctx: &ReadContext, sort: Sort, filter: &Filter, page: Page) -> Result<Response> {
    let viewer = ctx.viewer();
    let (mut notes, more) = super::list(ctx.tx, sort, filter, page)?;
    votes::mark_likes(ctx.tx, viewer.id(), &mut notes)?;
    let info = PageInfo::of(page, more);
    let response = Response::list("notes", &ListedNote::all(&notes, &viewer)?, &info)?;
    Ok(if info.has_more { response.header("Link", next_link(ctx, page)) } else { response })
}

/// Where the next page is, with the rest of the query as it was.
fn next_link(ctx: &ReadContext, page: Page) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    let rest = url::form_urlencoded::parse(ctx.request.head.query.as_bytes()).filter(|(name, _)| name != "page");
    query.extend_pairs(rest).append_pair("page", &(page.number + 1).to_string());
    format!("<{}?{}>; rel=\"next\"", ctx.request.head.path, query.finish())
}
