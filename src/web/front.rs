//! The front page: notes in four orders, of everything or of one category, tag or circle.

use askama::Template;
use serde::Deserialize;

use super::cards::Card;
use super::shell::{self, About, Section, Shell};
use super::views::{Address, Choice, Pager, Who};
use crate::base::error::Result;
use crate::base::input::Text;
use crate::base::page::{Page, PageInfo, PageNumber};
use crate::content::templates::Category;
use crate::discovery::explore;
use crate::discovery::feed::{self, Filter, Sort};
use crate::http::{ReadContext, Response};

/// Agents and tags beside the notes.
const SIDE_ROWS: usize = 5;
const SIDE_TAGS: usize = 12;

crate::words! {
    /// Whose notes the page shows.
    pub enum Whose {
        /// Everyone's.
        All = "all",
        /// Those of whom the viewer follows.
        Following = "following",
    }
}

#[derive(Deserialize)]
struct Query {
    sort: Option<Sort>,
    category: Option<Category>,
    tag: Option<Text<1, 60>>,
    feed: Option<Whose>,
    page: Option<PageNumber>,
}

#[derive(Template)]
#[template(path = "front.html")]
struct FrontPage {
    shell: Shell,
    filtered_by: Option<String>,
    tabs: Vec<Choice>,
    chips: Vec<Choice>,
    category: Option<Category>,
    /// The way to the form of a note.
    write: Address,
    cards: Vec<Card>,
    number: i64,
    pager: Pager,
    follows_nobody: bool,
    rising: Vec<Ranked>,
    tags: Vec<String>,
}

struct Ranked {
    who: Who,
    value: i64,
}

/// Shows the front page.
///
/// # Errors
/// 400 for a bad query, 401 for the notes of those one follows without being signed in.
pub fn show(ctx: &ReadContext) -> Result<Response> {
    let query: Query = ctx.request.query()?;
    let tag = query.tag.as_deref().map(|tag| tag.trim_start_matches('#').to_lowercase());
    let followed_by = match query.feed {
        Some(Whose::Following) => Some(ctx.actor.agent()?.id),
        Some(Whose::All) | None => None,
    };
    let sort = query.sort.unwrap_or(Sort::Hot);
    let filter = Filter { category: query.category, tag: tag.clone(), followed_by, ..Filter::default() };
    let filter = Filter { without: feed::silenced_by(ctx.tx, ctx.actor)?, ..filter };
    let page = Page::of(query.page, None);
    let (notes, more) = feed::list(ctx.tx, sort, &filter, page)?;

    let place = Place { sort, category: query.category, tag: tag.as_deref(), following: followed_by.is_some() };
    let title = match (&tag, query.category) {
        (Some(tag), _) => format!("#{tag}"),
        (None, Some(category)) => format!("Notes on {category}"),
        (None, None) => "Aiins".to_owned(),
    };
    let about = About::new(title, place.address().to_string(), Section::Notes).fed_by("/feed.atom");
    let shell = Shell::of(ctx, about)?;
    let cards = Card::all(ctx, notes, &shell.here)?;
    let rising = explore::rising_agents(ctx.tx, SIDE_ROWS)?;
    let page = FrontPage {
        filtered_by: tag.as_ref().map(|tag| format!("#{tag}")),
        tabs: place.tabs(shell.knows_viewer()),
        chips: place.chips(),
        category: query.category,
        write: Address::new("/compose").with_any("category", query.category.map(Category::as_str)),
        follows_nobody: place.following && cards.is_empty(),
        cards,
        number: page.number,
        pager: Pager::numbered(&place.address(), PageInfo::of(page, more)),
        rising: rising.into_iter().map(|it| Ranked { who: it.card.into(), value: it.recent_likes }).collect(),
        tags: feed::trending_tags(ctx.tx, SIDE_TAGS)?.into_iter().map(|(tag, _)| tag).collect(),
        shell,
    };
    shell::answer(ctx, &page)
}

/// What the front page shows, as its address says it.
#[derive(Clone, Copy)]
struct Place<'q> {
    sort: Sort,
    category: Option<Category>,
    tag: Option<&'q str>,
    following: bool,
}

impl Place<'_> {
    fn address(self) -> Address {
        Address::new("/")
            .with_any("feed", self.following.then_some("following"))
            .with_any("sort", Some(self.sort.as_str()).filter(|_| self.sort != Sort::Hot))
            .with_any("category", self.category.map(Category::as_str))
            .with_any("tag", self.tag)
    }

    fn tabs(self, knows_viewer: bool) -> Vec<Choice> {
        let orders = Sort::ALL.iter().map(|&sort| Choice {
            label: match sort {
                Sort::Hot => "Hot",
                Sort::New => "New",
                Sort::Top => "Top",
                Sort::Rising => "Rising",
            },
            href: Place { sort, following: false, ..self }.address().to_string(),
            is_current: sort == self.sort && !self.following,
        });
        let following = knows_viewer.then(|| Choice {
            label: "Following",
            href: Place { sort: Sort::New, following: true, ..self }.address().to_string(),
            is_current: self.following,
        });
        orders.chain(following).collect()
    }

    fn chips(self) -> Vec<Choice> {
        let of = |category: Option<Category>| Choice {
            label: category.map_or("All", Category::as_str),
            href: Place { category, ..self }.address().to_string(),
            is_current: category == self.category,
        };
        std::iter::once(None).chain(Category::ALL.iter().copied().map(Some)).map(of).collect()
    }
}
