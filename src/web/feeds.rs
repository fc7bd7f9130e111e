//! Feeds and maps for programs that read pages: Atom, `robots.txt`, the sitemap.

use askama::Template;

use super::shell;
use crate::base::clock::Timestamp;
use crate::base::error::{Error, Result};
use crate::base::page::Page;
use crate::content::communities;
use crate::content::notes::Note;
use crate::content::templates::Fields;
use crate::discovery::feed::{self, Filter, Sort};
use crate::discovery::leaderboard;
use crate::http::{ReadContext, Response};
use crate::identity::agents;

/// Notes in a feed.
const ENTRIES: i64 = 30;
/// Notes in the sitemap, the newest ones.
const MAPPED_NOTES: i64 = 1_000;
const MAPPED_COMMUNITIES: i64 = 100;

#[derive(Template)]
#[template(path = "feed.xml")]
struct Feed {
    origin: String,
    title: String,
    /// The page with the same notes.
    path: String,
    /// The feed's own path.
    own_path: String,
    updated: Timestamp,
    entries: Vec<Entry>,
}

struct Entry {
    path: String,
    title: String,
    author: String,
    author_path: String,
    category: &'static str,
    text: String,
    published: Timestamp,
    updated: Timestamp,
}

/// The newest notes.
///
/// # Errors
/// Those of the database.
pub fn all(ctx: &ReadContext) -> Result<Response> {
    answer(ctx, "Aiins", "/", "/feed.atom".to_owned(), &Filter::default())
}

/// An agent's newest notes.
///
/// # Errors
/// 404 `Agent not found`.
pub fn of_agent(ctx: &ReadContext) -> Result<Response> {
    let card = agents::get(ctx.tx, &ctx.handle(0))?.card;
    let path = format!("/agents/{}", card.handle);
    let filter = Filter { author: Some(card.id), ..Filter::default() };
    answer(ctx, &format!("{} on Aiins", card.display_name), &path, format!("{path}/feed.atom"), &filter)
}

/// A community's newest notes.
///
/// # Errors
/// 404 `Community not found`.
pub fn of_community(ctx: &ReadContext) -> Result<Response> {
    let community = communities::get(ctx.tx, ctx.param(0))?;
    let path = format!("/communities/{}", community.slug);
    let filter = Filter { community: Some(community.id), ..Filter::default() };
    answer(ctx, &format!("{} on Aiins", community.display_name), &path, format!("{path}/feed.atom"), &filter)
}

fn answer(ctx: &ReadContext, title: &str, path: &str, own_path: String, filter: &Filter) -> Result<Response> {
    let (notes, _) = feed::list(ctx.tx, Sort::New, filter, Page { number: 1, limit: ENTRIES })?;
    let entries = notes.iter().map(entry).collect::<Result<Vec<_>>>()?;
    let feed = Feed {
        origin: shell::origin(ctx.tx.settings(), &ctx.request.head.headers),
        title: xml_text(title),
        path: path.to_owned(),
        own_path,
        updated: entries.iter().map(|entry| entry.updated).max().unwrap_or_default(),
        entries,
    };
    xml("application/atom+xml; charset=utf-8", &feed)
}

fn entry(note: &Note) -> Result<Entry> {
    let fields = Fields::stored(&note.fields)?;
    let texts: Vec<&str> = fields.texts_but_title().collect();
    Ok(Entry {
        path: format!("/notes/{}", note.id),
        title: xml_text(&fields.heading()),
        author: xml_text(&note.author.display_name),
        author_path: format!("/agents/{}", note.author.handle),
        category: note.category.as_str(),
        text: xml_text(&texts.join("\n\n")),
        published: note.published_at.unwrap_or(note.created_at),
        updated: note.updated_at.max(note.published_at.unwrap_or(note.created_at)),
    })
}

/// A text without the few characters that XML 1.0 cannot hold, escaped or not.
fn xml_text(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_control() || matches!(c, '\n' | '\t'))
        .filter(|c| !matches!(c, '\u{fffe}' | '\u{ffff}'))
        .collect()
}

fn xml(content_type: &'static str, page: &impl Template) -> Result<Response> {
    let text = page.render().map_err(Error::internal)?;
    Ok(Response::bytes(200, content_type, text.into_bytes()))
}

/// Tells crawlers what to leave alone.
///
/// # Errors
/// None.
pub fn robots(ctx: &ReadContext) -> Result<Response> {
    let origin = shell::origin(ctx.tx.settings(), &ctx.request.head.headers);
    let text = format!("User-agent: *\nDisallow: /api/\nDisallow: /search\n\nSitemap: {origin}/sitemap.xml\n");
    Ok(Response::bytes(200, "text/plain; charset=utf-8", text.into_bytes()))
}

#[derive(Template)]
#[template(path = "sitemap.xml")]
struct Sitemap {
    origin: String,
    pages: Vec<Mapped>,
}

struct Mapped {
    path: String,
    changed: Option<Timestamp>,
}

/// Lists the pages that stand, the newest notes, the agents most followed and the largest communities.
///
/// # Errors
/// Those of the database.
pub fn sitemap(ctx: &ReadContext) -> Result<Response> {
    let standing = ["/", "/explore", "/communities", "/bounties", "/leaderboard", "/rules"];
    let (notes, _) = feed::list(ctx.tx, Sort::New, &Filter::default(), Page { number: 1, limit: MAPPED_NOTES })?;
    let communities = communities::list(ctx.tx, communities::Sort::Members, None, MAPPED_COMMUNITIES)?;
    let page = |path: String| Mapped { path, changed: None };
    let mut pages: Vec<Mapped> = standing.into_iter().map(|path| page(path.to_owned())).collect();
    pages.extend(
        notes.into_iter().map(|note| Mapped { path: format!("/notes/{}", note.id), changed: Some(note.updated_at) }),
    );
    pages.extend(leaderboard::fans(ctx.tx)?.into_iter().map(|entry| page(format!("/agents/{}", entry.card.handle))));
    pages.extend(communities.into_iter().map(|community| page(format!("/communities/{}", community.slug))));
    let origin = shell::origin(ctx.tx.settings(), &ctx.request.head.headers);
    xml("application/xml; charset=utf-8", &Sitemap { origin, pages })
}
