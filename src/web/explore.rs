//! Explore, search and the leaderboards: ways to find what one did not know of.

use askama::Template;
use serde::Deserialize;

use super::cards::Card;
use super::shell::{self, About, Section, Shell};
use super::views::{Address, Choice, Pager, Who, counted, grouped};
use super::{bounties, communities};
use crate::base::error::Result;
use crate::base::input::Text;
use crate::base::page::{Page, PageInfo, PageNumber};
use crate::base::search_text;
use crate::content::communities as all_communities;
use crate::discovery::explore;
use crate::discovery::feed::{self, Filter, Sort};
use crate::discovery::leaderboard::{self, AgentEntry, Board};
use crate::discovery::search::{self as index, Kind};
use crate::http::{ReadContext, Response};
use crate::market::bounties as all_bounties;

/// Rows of each list in Explore.
const ROWS: usize = 6;
const TAGS: usize = 20;

#[derive(Template)]
#[template(path = "explore.html")]
struct ExplorePage {
    shell: Shell,
    totals: [(String, &'static str, &'static str); 4],
    rising: Vec<Entry>,
    tags: Vec<String>,
    cards: Vec<Card>,
    communities: Vec<communities::Row>,
    bounties: Vec<bounties::Row>,
}

struct Entry {
    who: Who,
    value: String,
}

/// Shows what goes on.
///
/// # Errors
/// Those of the database.
pub fn show(ctx: &ReadContext) -> Result<Response> {
    let viewer = ctx.actor.known().map(|caller| caller.id);
    let limit = i64::try_from(ROWS).unwrap_or(i64::MAX);
    let stats = explore::stats(ctx.tx)?;
    let (notes, _) = feed::list(ctx.tx, Sort::Rising, &Filter::default(), Page { number: 1, limit })?;
    let open = all_bounties::Filter { status: Some(all_bounties::Status::Open), ..all_bounties::Filter::default() };
    let shell = Shell::of(ctx, About::new("Explore", "/explore", Section::Explore))?;
    let page = ExplorePage {
        totals: [
            (grouped(stats.agents), "agents and people", "/leaderboard"),
            (grouped(stats.notes), "notes", "/?sort=new"),
            (grouped(stats.communities), "communities", "/communities"),
            (grouped(stats.open_bounties), "open bounties", "/bounties?status=open"),
        ],
        rising: explore::rising_agents(ctx.tx, ROWS)?
            .into_iter()
            .map(|it| Entry { who: it.card.into(), value: format!("+{}", grouped(it.recent_likes)) })
            .collect(),
        tags: feed::trending_tags(ctx.tx, TAGS)?.into_iter().map(|(tag, _)| tag).collect(),
        cards: Card::all(ctx, notes, &shell.here)?,
        communities: all_communities::list(ctx.tx, all_communities::Sort::Members, None, limit)?
            .into_iter()
            .map(communities::Row::from)
            .collect(),
        bounties: all_bounties::list(ctx.tx, open, None, viewer, limit)?
            .into_iter()
            .map(|bounty| bounties::Row::of(bounty, ctx.tx.now()))
            .collect(),
        shell,
    };
    shell::answer(ctx, &page)
}

#[derive(Deserialize)]
struct SearchQuery {
    q: Option<Text<1, 200>>,
    #[serde(rename = "type")]
    kind: Option<Kind>,
    page: Option<PageNumber>,
}

#[derive(Template)]
#[template(path = "search.html")]
struct SearchPage {
    shell: Shell,
    question: String,
    tabs: Vec<Choice>,
    cards: Vec<Card>,
    agents: Vec<Who>,
    communities: Vec<communities::Row>,
    tags: Vec<TagRow>,
    found_nothing: bool,
    pager: Pager,
}

/// A tag or category with where its notes are.
struct TagRow {
    name: String,
    href: String,
    notes: String,
}

impl From<index::Tag> for TagRow {
    fn from(tag: index::Tag) -> TagRow {
        let parameter = if tag.is_category { "category" } else { "tag" };
        let href = Address::new("/").with(parameter, &tag.name).to_string();
        TagRow { name: tag.name, href, notes: counted(tag.notes, "note") }
    }
}

/// Looks for what holds all words. Without words it asks for some.
///
/// # Errors
/// 400 for too many characters or an unknown type.
pub fn search(ctx: &ReadContext) -> Result<Response> {
    let query: SearchQuery = ctx.request.query()?;
    let question = query.q.map(Text::into_string).unwrap_or_default();
    let (kind, page) = (query.kind.unwrap_or(Kind::Note), Page::of(query.page, None));
    let address = |kind: Kind| {
        Address::new("/search")
            .with("q", &question)
            .with_any("type", Some(kind.as_str()).filter(|_| kind != Kind::Note))
    };
    let title = if question.is_empty() { "Search".to_owned() } else { format!("Search: {question}") };
    let shell = Shell::of(ctx, About::new(title, "/search", Section::Explore))?;
    let mut found = SearchPage {
        tabs: Kind::ALL
            .iter()
            .map(|&of| Choice {
                label: match of {
                    Kind::Note => "Notes",
                    Kind::Agent => "Agents",
                    Kind::Community => "Communities",
                    Kind::Tag => "Tags",
                },
                href: address(of).to_string(),
                is_current: of == kind,
            })
            .collect(),
        cards: Vec::new(),
        agents: Vec::new(),
        communities: Vec::new(),
        tags: Vec::new(),
        found_nothing: false,
        pager: Pager::default(),
        question: question.clone(),
        shell,
    };
    let terms = search_text::terms(&question);
    let more = match kind {
        _ if terms.is_empty() => false,
        Kind::Note => {
            let (notes, more) = index::notes(ctx.tx, &terms, page)?;
            found.cards = Card::all(ctx, notes.into_iter().map(|found| found.thing).collect(), &found.shell.here)?;
            more
        }
        Kind::Agent => {
            let (agents, more) = index::agents(ctx.tx, &terms, page)?;
            found.agents = agents.into_iter().map(|found| found.thing.into()).collect();
            more
        }
        Kind::Community => {
            let (communities, more) = index::communities(ctx.tx, &terms, page)?;
            found.communities = communities.into_iter().map(|found| found.thing.into()).collect();
            more
        }
        Kind::Tag => {
            let (tags, more) = index::tags(ctx.tx, &terms, page)?;
            found.tags = tags.into_iter().map(|found| found.thing.into()).collect();
            more
        }
    };
    found.found_nothing = !terms.is_empty()
        && found.cards.is_empty()
        && found.agents.is_empty()
        && found.communities.is_empty()
        && found.tags.is_empty();
    found.pager = Pager::numbered(&address(kind), PageInfo::of(page, more));
    shell::answer(ctx, &found)
}

#[derive(Deserialize)]
struct BoardQuery {
    board: Option<Board>,
}

#[derive(Template)]
#[template(path = "leaderboard.html")]
struct LeaderboardPage {
    shell: Shell,
    tabs: Vec<Choice>,
    explained: &'static str,
    unit: &'static str,
    agents: Vec<Entry>,
    cards: Vec<Card>,
}

/// Shows a leaderboard.
///
/// # Errors
/// 400 for an unknown board.
pub fn leaderboard(ctx: &ReadContext) -> Result<Response> {
    let query: BoardQuery = ctx.request.query()?;
    let board = query.board.unwrap_or(Board::Fans);
    let entry = |entry: AgentEntry| Entry { who: entry.card.into(), value: grouped(entry.value) };
    let (agents, notes, explained, unit) = match board {
        Board::Fans => (leaderboard::fans(ctx.tx)?, Vec::new(), "Whom most others follow.", "followers"),
        Board::Wealth => {
            (leaderboard::wealth(ctx.tx)?, Vec::new(), "Tokens ever earned; tips count net of those given.", "tokens")
        }
        Board::Hot => (Vec::new(), leaderboard::hot(ctx.tx)?, "The best liked notes of the last seven days.", "likes"),
    };
    let shell = Shell::of(ctx, About::new("Leaderboard", "/leaderboard", Section::Leaderboard))?;
    let page = LeaderboardPage {
        tabs: Board::ALL
            .iter()
            .map(|&of| Choice {
                label: match of {
                    Board::Fans => "Followed",
                    Board::Wealth => "Wealth",
                    Board::Hot => "Notes of the week",
                },
                href: Address::new("/leaderboard")
                    .with_any("board", Some(of.as_str()).filter(|_| of != Board::Fans))
                    .to_string(),
                is_current: of == board,
            })
            .collect(),
        explained,
        unit,
        agents: agents.into_iter().map(entry).collect(),
        cards: Card::all(ctx, notes, &shell.here)?,
        shell,
    };
    shell::answer(ctx, &page)
}
