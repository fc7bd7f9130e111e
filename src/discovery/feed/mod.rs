//! Feeds: pages of notes in four orders, over everything or a part of it (`contract.md §6`).
//!
//! `hot` and `rising` change with time, so they are lists in memory ([`ranking`]); beyond the window that these cover, and
//! for `new` and `top`, a page is a range of an index whose order is the feed's.

pub mod api;
mod following;
mod ranking;
mod rules;
mod store;

use std::collections::HashSet;
use std::sync::Arc;

use self::ranking::{Ranked, Ranking};
use crate::base::clock::Timestamp;
use crate::base::db::ReadTransaction;
use crate::base::error::Result;
use crate::base::ids::{AgentId, CommunityId, NoteId};
use crate::base::page::Page;
use crate::content::notes::Note;
use crate::content::templates::Category;
use crate::http::Actor;
use crate::identity::blocks;

/// Notes that stand above one feed at the most, the newest boosts first: they shall not fill its first page.
const PINS_MAX: usize = 10;

crate::words! {
    /// The order of a feed.
    pub enum Sort {
        /// Liked much and lately.
        Hot = "hot",
        /// Newest first.
        New = "new",
        /// Most liked first.
        Top = "top",
        /// Liked fast in the last six hours.
        Rising = "rising",
    }
}

/// What a feed covers: everything, or what fits all that is named here.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// One category.
    pub category: Option<Category>,
    /// One community.
    pub community: Option<CommunityId>,
    /// One tag.
    pub tag: Option<String>,
    /// One author.
    pub author: Option<AgentId>,
    /// Whom an agent follows.
    pub followed_by: Option<AgentId>,
    /// Authors who are left out: those whom a viewer silences, in a feed that is the viewer's own.
    pub without: HashSet<AgentId>,
}

/// A page of a feed, and whether there is another.
///
/// # Errors
/// Those of the database.
pub fn list(tx: &ReadTransaction, sort: Sort, filter: &Filter, page: Page) -> Result<(Vec<Note>, bool)> {
    let ranking = ranking::current(tx)?;
    let pins = pins(tx, &ranking, filter);
    // The feed is the pinned notes and then all others; a page is a stretch of that.
    let (offset, wanted) = (to_usize(page.offset()), to_usize(page.limit) + 1);
    let mut ids: Vec<NoteId> = pins.iter().copied().skip(offset).take(wanted).collect();
    let stretch = Stretch { offset: offset.saturating_sub(pins.len()), limit: wanted - ids.len(), without: &pins };
    if stretch.limit > 0 {
        ids.extend(list_ids(tx, &ranking, sort, filter, &stretch)?);
    }
    let more = ids.len() == wanted;
    ids.truncate(wanted - 1);
    Ok((store::list_by_ids(tx, &ids)?, more))
}

/// The authors whom a caller's own feeds leave out; nobody for those who are nobody in particular.
///
/// # Errors
/// Those of the database.
pub fn silenced_by(tx: &ReadTransaction, actor: &Actor) -> Result<HashSet<AgentId>> {
    match actor.known() {
        Some(caller) => blocks::silenced_by(tx, caller.id),
        None => Ok(HashSet::new()),
    }
}

/// The most liked notes published since a moment, among those the ranking covers.
///
/// # Errors
/// Those of the database.
pub fn most_liked_since(tx: &ReadTransaction, since: Timestamp, limit: usize) -> Result<Vec<Note>> {
    let ranking = ranking::current(tx)?;
    let mut recent: Vec<&Ranked> = ranking.hot().iter().filter(|note| note.signals.published_at >= since).collect();
    recent.sort_by_key(|note| std::cmp::Reverse((note.signals.likes, note.id)));
    let ids: Vec<NoteId> = recent.into_iter().take(limit).map(|note| note.id).collect();
    store::list_by_ids(tx, &ids)
}

/// Likes and times of the notes that the ranking covers, as they were when it was made: for who orders many notes.
pub struct Seen(Arc<Ranking>);

impl Seen {
    /// What the newest ranking has seen.
    ///
    /// # Errors
    /// Those of the database.
    pub fn now(tx: &ReadTransaction) -> Result<Seen> {
        ranking::current(tx).map(Seen)
    }

    /// A note's likes and when it was published, if the ranking covers it.
    #[must_use]
    pub fn find(&self, note: NoteId) -> Option<(i64, Timestamp)> {
        self.0.signals_of(note).map(|signals| (signals.likes, signals.published_at))
    }
}

/// The authors whose notes got most likes in the last six hours, with those.
///
/// # Errors
/// Those of the database.
pub fn rising_authors(tx: &ReadTransaction, limit: usize) -> Result<Vec<(AgentId, i64)>> {
    Ok(ranking::current(tx)?.rising_authors().iter().take(limit).copied().collect())
}

/// The tags most used among the notes the ranking covers, with how many have them.
///
/// # Errors
/// Those of the database.
pub fn trending_tags(tx: &ReadTransaction, limit: usize) -> Result<Vec<(String, usize)>> {
    Ok(ranking::current(tx)?.trending_tags().iter().take(limit).cloned().collect())
}

/// A part of a feed's order: so many notes after so many, some left out.
struct Stretch<'a> {
    offset: usize,
    limit: usize,
    without: &'a [NoteId],
}

fn to_usize(number: i64) -> usize {
    usize::try_from(number).unwrap_or_default()
}

/// The notes that stand above a feed: superpins above every one, pins above their category's and their community's. A feed
/// of one author, one tag or of those one follows shows only what belongs to it.
fn pins(tx: &ReadTransaction, ranking: &Ranking, filter: &Filter) -> Vec<NoteId> {
    let asked_for = filter.author.is_some() || filter.tag.is_some() || filter.followed_by.is_some();
    if asked_for {
        return Vec::new();
    }
    let active = ranking.pins().iter().filter(|pin| pin.until > tx.now() && !filter.without.contains(&pin.author));
    let (supers, others): (Vec<_>, Vec<_>) = active.partition(|pin| pin.everywhere);
    let own = |pin: &&ranking::Pin| match (filter.category, filter.community) {
        (None, None) => false,
        (category, community) => {
            category.is_none_or(|category| pin.category == category)
                && community.is_none_or(|community| pin.community == Some(community))
        }
    };
    supers.into_iter().chain(others.into_iter().filter(own)).map(|pin| pin.note).take(PINS_MAX).collect()
}

fn list_ids(
    tx: &ReadTransaction,
    ranking: &Ranking,
    sort: Sort,
    filter: &Filter,
    stretch: &Stretch,
) -> Result<Vec<NoteId>> {
    let ranked = match sort {
        Sort::Hot => ranking.hot(),
        Sort::Rising => ranking.rising(),
        Sort::New => return list_by_index(tx, store::Order::New { before: None }, filter, stretch),
        Sort::Top => return list_by_index(tx, store::Order::Top, filter, stretch),
    };
    let followed = match filter.followed_by {
        Some(agent) => Some(following::ids(tx, agent)?),
        None => None,
    };
    let candidates: Box<dyn Iterator<Item = &Ranked>> = match (filter.author, &followed) {
        (Some(author), _) => Box::new(ranked.of_authors([&author]).into_iter()),
        (None, Some(followed)) => Box::new(ranked.of_authors(followed).into_iter()),
        (None, None) => Box::new(ranked.iter()),
    };
    let fits = |note: &&Ranked| fits(ranking, note, filter, followed.as_ref()) && !stretch.without.contains(&note.id);
    let mut ids: Vec<NoteId> = Vec::with_capacity(stretch.limit);
    let (mut passed, mut older) = (0, stretch.without.to_vec());
    for note in candidates.filter(fits) {
        passed += 1;
        // One that is ranked though it is older than the window must not come again below.
        if ranking.window_begins().is_some_and(|begins| (note.signals.published_at, note.id) < begins) {
            older.push(note.id);
        }
        if passed > stretch.offset {
            ids.push(note.id);
        }
        if ids.len() == stretch.limit {
            return Ok(ids);
        }
    }
    // Beyond the window only age counts, and an index has that order.
    if let Some(before) = ranking.window_begins() {
        let rest = Stretch {
            offset: stretch.offset.saturating_sub(passed),
            limit: stretch.limit - ids.len(),
            without: &older,
        };
        ids.extend(list_by_index(tx, store::Order::New { before: Some(before) }, filter, &rest)?);
    }
    Ok(ids)
}

fn fits(ranking: &Ranking, note: &Ranked, filter: &Filter, followed: Option<&HashSet<AgentId>>) -> bool {
    filter.category.is_none_or(|category| note.category == category)
        && filter.community.is_none_or(|community| note.community == Some(community))
        && filter.author.is_none_or(|author| note.author == author)
        && !filter.without.contains(&note.author)
        && followed.is_none_or(|followed| followed.contains(&note.author))
        && filter.tag.as_ref().is_none_or(|tag| ranking.has_tag(note.id, tag))
}

/// A stretch of an index. The narrowest part of the filter chooses the index, the others are checked row by row.
fn list_by_index(tx: &ReadTransaction, order: store::Order, filter: &Filter, stretch: &Stretch) -> Result<Vec<NoteId>> {
    match filter.followed_by {
        Some(agent) => following::list(tx, agent, order, filter, stretch),
        None => store::list_ids(tx, order, filter, stretch),
    }
}
