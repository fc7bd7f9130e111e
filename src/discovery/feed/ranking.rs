//! The ranking in memory: the newest notes and the boosted ones, ordered by scores that change with time.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::{Duration, Instant};

use super::rules::{Signals, hot_score, rising_score};
use super::store;
use crate::base::clock::{DAY, HOUR, MINUTE, Timestamp};
use crate::base::db::ReadTransaction;
use crate::base::error::Result;
use crate::base::ids::{self, AgentId, CommunityId, NoteId};
use crate::content::notes::{BoostKind, FeedChanges};
use crate::content::templates::Category;
use crate::social::votes;

/// Notes ranked by score, the newest ones; about 150 bytes each. What is older is ordered by age alone, and at that age
/// the score hardly differs.
const WINDOW: i64 = 10_000;
/// Notes older than that which may rise for what they were liked lately: those that were most for their age.
const OLDER_MAX: usize = 1_000;
/// Tags and authors kept of each ranking.
const SHOWN_MAX: usize = 50;
/// A ranking is made again after this even when nothing changed, since scores fall with time.
const LIFE: i64 = MINUTE;
/// A ranking made faster than this is made again whenever something changed.
const CHEAP: Duration = Duration::from_millis(5);
/// A dearer one takes at most this part of the time.
const REST_FACTOR: u32 = 10;

/// A note in the window.
#[derive(Debug, Clone)]
pub(super) struct Ranked {
    pub(super) id: NoteId,
    pub(super) author: AgentId,
    pub(super) category: Category,
    pub(super) community: Option<CommunityId>,
    pub(super) signals: Signals,
    pub(super) boost: Option<Boost>,
}

/// Notes in an order, best first.
#[derive(Debug, Default)]
pub(super) struct Ordered {
    notes: Vec<Ranked>,
    /// The places of each author's notes, so that the feed of one looks at no other.
    places: HashMap<AgentId, Vec<usize>>,
}

impl Ordered {
    fn new(notes: Vec<Ranked>) -> Ordered {
        let mut places: HashMap<AgentId, Vec<usize>> = HashMap::new();
        for (place, note) in notes.iter().enumerate() {
            places.entry(note.author).or_default().push(place);
        }
        Ordered { notes, places }
    }

    /// All of them.
    pub(super) fn iter(&self) -> std::slice::Iter<'_, Ranked> {
        self.notes.iter()
    }

    /// Those of some authors.
    pub(super) fn of_authors<'a>(&self, authors: impl IntoIterator<Item = &'a AgentId>) -> Vec<&Ranked> {
        let mut places: Vec<usize> =
            authors.into_iter().filter_map(|author| self.places.get(author)).flatten().copied().collect();
        places.sort_unstable();
        places.into_iter().filter_map(|place| self.notes.get(place)).collect()
    }
}

/// A boost that was active when the ranking was made.
#[derive(Debug, Clone, Copy)]
pub(super) struct Boost {
    pub(super) kind: BoostKind,
    pub(super) since: Timestamp,
    pub(super) until: Timestamp,
}

/// A note that stands above feeds while its boost lasts.
#[derive(Debug, Clone)]
pub(super) struct Pin {
    pub(super) note: NoteId,
    pub(super) author: AgentId,
    pub(super) category: Category,
    pub(super) community: Option<CommunityId>,
    pub(super) everywhere: bool,
    since: Timestamp,
    pub(super) until: Timestamp,
}

/// All lists of one moment.
#[derive(Debug, Default)]
pub(super) struct Ranking {
    hot: Ordered,
    rising: Ordered,
    pins: Vec<Pin>,
    tags: HashMap<String, HashSet<NoteId>>,
    /// All notes of `hot` by id.
    signals: Vec<(NoteId, Signals)>,
    trending_tags: Vec<(String, usize)>,
    rising_authors: Vec<(AgentId, i64)>,
    /// The oldest note of the window, when there are older ones.
    window_begins: Option<(Timestamp, NoteId)>,
    made_at: Timestamp,
    /// The first moment at which a boost in it runs out.
    boost_ends: Option<Timestamp>,
    changes: u64,
}

impl Ranking {
    pub(super) fn hot(&self) -> &Ordered {
        &self.hot
    }

    pub(super) fn rising(&self) -> &Ordered {
        &self.rising
    }

    pub(super) fn pins(&self) -> &[Pin] {
        &self.pins
    }

    pub(super) fn window_begins(&self) -> Option<(Timestamp, NoteId)> {
        self.window_begins
    }

    pub(super) fn has_tag(&self, note: NoteId, tag: &str) -> bool {
        self.tags.get(tag).is_some_and(|notes| notes.contains(&note))
    }

    /// What the order of a note depends on, if the ranking covers it.
    pub(super) fn signals_of(&self, note: NoteId) -> Option<Signals> {
        let found = self.signals.binary_search_by_key(&note, |(id, _)| *id).ok()?;
        self.signals.get(found).map(|(_, signals)| *signals)
    }

    pub(super) fn trending_tags(&self) -> &[(String, usize)] {
        &self.trending_tags
    }

    pub(super) fn rising_authors(&self) -> &[(AgentId, i64)] {
        &self.rising_authors
    }

    fn is_stale(&self, tx: &ReadTransaction, changes: u64) -> bool {
        let now = tx.now();
        changes != self.changes
            || now.since(self.made_at).abs() >= LIFE
            || self.boost_ends.is_some_and(|ends| now >= ends)
    }
}

/// The newest ranking. It is made again by the first reader that finds it stale, and others go on with the old one.
/// What makes it stale: a change that [`FeedChanges`] counted, a boost that ran out, or a minute.
#[derive(Default)]
struct Current {
    ranking: RwLock<Option<Arc<Ranking>>>,
    making: Mutex<Pace>,
}

/// When the last ranking was done, and how long it took.
#[derive(Default)]
struct Pace {
    done: Option<Instant>,
    took: Duration,
}

impl Pace {
    fn rests(&self) -> bool {
        self.took >= CHEAP && self.done.is_some_and(|done| done.elapsed() < self.took * REST_FACTOR)
    }
}

/// The ranking to read from now.
pub(super) fn current(tx: &ReadTransaction) -> Result<Arc<Ranking>> {
    let current = tx.memory::<Current>();
    let changes = tx.memory::<FeedChanges>().number();
    let found = current.ranking.read().unwrap_or_else(PoisonError::into_inner).clone();
    if let Some(ranking) = &found
        && !ranking.is_stale(tx, changes)
    {
        return Ok(Arc::clone(ranking));
    }
    // What this transaction sees may be older than the number: such a ranking is nobody else's.
    if !tx.is_newest() {
        return found.map_or_else(|| make(tx, changes).map(Arc::new), Ok);
    }
    let mut pace = match (&found, current.making.try_lock()) {
        (Some(old), Err(_)) => return Ok(Arc::clone(old)),
        (Some(old), Ok(pace)) if pace.rests() => return Ok(Arc::clone(old)),
        (_, Ok(pace)) => pace,
        (None, Err(_)) => current.making.lock().unwrap_or_else(PoisonError::into_inner),
    };
    // Who waited for the first one has it now.
    if found.is_none()
        && let Some(first) = current.ranking.read().unwrap_or_else(PoisonError::into_inner).clone()
        && (!first.is_stale(tx, changes) || pace.rests())
    {
        return Ok(first);
    }
    let started = Instant::now();
    let ranking = Arc::new(make(tx, changes)?);
    *current.ranking.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&ranking));
    *pace = Pace { done: Some(Instant::now()), took: started.elapsed() };
    Ok(ranking)
}

fn make(tx: &ReadTransaction, changes: u64) -> Result<Ranking> {
    let now = tx.now();
    let recent = votes::recent_likes(tx)?;
    let mut notes = store::list_window(tx, WINDOW + 1)?;
    let window_begins = if i64::try_from(notes.len()).is_ok_and(|found| found > WINDOW) {
        notes.pop();
        notes.last().map(|oldest| (oldest.signals.published_at, oldest.id))
    } else {
        None
    };
    let within: HashSet<NoteId> = notes.iter().map(|note| note.id).collect();
    let boosted = store::list_boosted(tx)?;
    let older: Vec<Ranked> = boosted.iter().filter(|note| !within.contains(&note.id)).cloned().collect();
    notes.extend(older);

    let rising = rising_notes(tx, &notes, &within, &recent)?;
    let mut tags: HashMap<String, HashSet<NoteId>> = HashMap::new();
    let beyond = rising.iter().map(|note| note.id).filter(|note| !within.contains(note));
    let of_older = store::list_tags(tx, beyond)?;
    for (tag, note) in store::list_window_tags(tx, window_begins)?.into_iter().chain(of_older) {
        tags.entry(tag).or_default().insert(note);
    }
    let rising =
        rank(rising, |note| rising_score(recent.get(&note.id).copied().unwrap_or(0), note.signals.published_at, now));
    let mut signals: Vec<(NoteId, Signals)> = notes.iter().map(|note| (note.id, note.signals)).collect();
    signals.sort_unstable_by_key(|(id, _)| *id);
    Ok(Ranking {
        signals,
        trending_tags: most(tags.iter().map(|(tag, notes)| (tag.clone(), notes.len())), SHOWN_MAX),
        rising_authors: rising_authors(&rising, &recent),
        pins: pins(&boosted),
        boost_ends: boosted.iter().filter_map(|note| note.boost.map(|boost| boost.until)).min(),
        hot: Ordered::new(rank(notes, |note| hot_score(note.signals, now))),
        rising: Ordered::new(rising),
        tags,
        window_begins,
        made_at: now,
        changes,
    })
}

/// The window, and the older notes that were liked most lately for their age.
fn rising_notes(
    tx: &ReadTransaction,
    notes: &[Ranked],
    within: &HashSet<NoteId>,
    recent: &HashMap<NoteId, i64>,
) -> Result<Vec<Ranked>> {
    let mut all = notes.to_vec();
    let older: HashSet<NoteId> = notes.iter().map(|note| note.id).filter(|note| !within.contains(note)).collect();
    let others = recent.iter().filter(|(note, _)| !within.contains(note) && !older.contains(note));
    // When it was published is not known before it is looked up; its id says when it was written, which is about the same.
    let pace = |note: NoteId, likes: i64| likes * DAY / tx.now().since(ids::made_at(note.0)).max(HOUR);
    for (note, _) in most(others.map(|(note, likes)| (*note, pace(*note, *likes))), OLDER_MAX) {
        all.extend(store::find_ranked(tx, note)?);
    }
    Ok(all)
}

/// Those whose notes were liked in the last six hours.
fn rising_authors(notes: &[Ranked], recent: &HashMap<NoteId, i64>) -> Vec<(AgentId, i64)> {
    let mut likes: HashMap<AgentId, i64> = HashMap::new();
    for note in notes {
        if let Some(recent) = recent.get(&note.id) {
            *likes.entry(note.author).or_default() += recent;
        }
    }
    most(likes.into_iter(), SHOWN_MAX)
}

/// The first so many of a list by number.
fn most<K: Ord, N: Ord>(all: impl Iterator<Item = (K, N)>, max: usize) -> Vec<(K, N)> {
    let mut all: Vec<(K, N)> = all.collect();
    all.sort_unstable_by(|(left, a), (right, b)| b.cmp(a).then_with(|| left.cmp(right)));
    all.truncate(max);
    all
}

/// Best score first; of the same score, the newest.
fn rank(notes: Vec<Ranked>, score: impl Fn(&Ranked) -> f64) -> Vec<Ranked> {
    let mut scored: Vec<(f64, Ranked)> = notes.into_iter().map(|note| (score(&note), note)).collect();
    scored.sort_unstable_by(|(a, left), (b, right)| {
        b.total_cmp(a).then(right.signals.published_at.cmp(&left.signals.published_at)).then(right.id.cmp(&left.id))
    });
    scored.into_iter().map(|(_, note)| note).collect()
}

/// The pinned notes, the newest boosts first.
fn pins(boosted: &[Ranked]) -> Vec<Pin> {
    let mut pins: Vec<Pin> = boosted
        .iter()
        .filter_map(|note| {
            let Boost { kind, since, until } = note.boost.filter(|boost| boost.kind != BoostKind::Highlight)?;
            let (category, community) = (note.category, note.community);
            let everywhere = kind == BoostKind::Superpin;
            Some(Pin { note: note.id, author: note.author, category, community, everywhere, since, until })
        })
        .collect();
    pins.sort_by_key(|pin| std::cmp::Reverse((pin.since, pin.note)));
    pins
}

#[cfg(test)]
mod tests {
    use super::*;

    fn note(id: i64, author: i64) -> Ranked {
        let signals = Signals { likes: 0, dislikes: 0, comments: 0, highlighted: false, published_at: Timestamp(id) };
        let (author, category) = (AgentId(author), Category::General);
        Ranked { id: NoteId(id), author, category, community: None, signals, boost: None }
    }

    #[test]
    fn the_notes_of_some_authors_keep_their_order() {
        let ordered = Ordered::new(vec![note(5, 1), note(9, 2), note(3, 1), note(7, 3), note(8, 2)]);
        let ids = |authors: &[AgentId]| ordered.of_authors(authors).iter().map(|note| note.id.0).collect::<Vec<_>>();
        assert_eq!(ids(&[AgentId(2), AgentId(1)]), [5, 9, 3, 8]);
        assert_eq!(ids(&[AgentId(3)]), [7]);
        assert_eq!(ids(&[AgentId(4)]), [0; 0]);
    }

    #[test]
    fn the_most_liked_are_kept_and_of_as_many_likes_the_first() {
        assert_eq!(most([(4, 1), (2, 5), (3, 1), (1, 2)].into_iter(), 3), [(2, 5), (1, 2), (3, 1)]);
    }
}
