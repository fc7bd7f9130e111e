//! Search: notes, agents, communities and tags that hold all words of a question (`contract.md §9`).
//!
//! The index answers which things hold the words, newest first; the best of the newest are put in order here. So a word
//! that stands in a million notes costs no more than one that stands in a thousand. The beginning of a word does: the index
//! gathers all that begin so, and a deadline ends what takes too long.

pub mod api;
mod rules;
mod store;

use std::collections::HashMap;

use crate::base::db::ReadTransaction;
use crate::base::error::Result;
use crate::base::ids::NoteId;
use crate::base::page::{self, Page};
use crate::base::search_text::{Fit, index_query};
use crate::content::communities::{self, Community};
use crate::content::notes::{self, Note};
use crate::content::templates::Category;
use crate::discovery::feed::Seen;
use crate::identity::agents::AgentCard;

/// Matches that are put in order by score, the newest ones; those beyond follow by age.
const RANKED_MAX: i64 = 200;

crate::words! {
    /// What is looked for.
    pub enum Kind {
        /// Notes.
        Note = "note",
        /// Agents and people.
        Agent = "agent",
        /// Communities.
        Community = "community",
        /// Tags and categories.
        Tag = "tag",
    }
}

/// Something found, with how well it fits.
#[derive(Debug, Clone)]
pub struct Found<T> {
    /// What was found.
    pub thing: T,
    /// Higher fits better.
    pub score: f64,
}

/// A tag or category.
#[derive(Debug, Clone)]
pub struct Tag {
    /// Its name.
    pub name: String,
    /// Public notes that have it.
    pub notes: i64,
    /// Whether it is one of the seven categories.
    pub is_category: bool,
}

/// Notes that hold all words, best first.
///
/// # Errors
/// Those of the database.
pub fn notes(tx: &ReadTransaction, terms: &[String], page: Page) -> Result<(Vec<Found<Note>>, bool)> {
    let (Some(whole), Some(beginning)) = (index_query(terms, Fit::Whole), index_query(terms, Fit::Beginning)) else {
        return Ok((Vec::new(), false));
    };
    // The notes with the very words are found quickest and fit best. Only where they are few are others looked for, and
    // then there are few to gather.
    let mut question = whole;
    let mut newest = store::list_note_matches(tx, &question, 0, RANKED_MAX)?;
    if i64::try_from(newest.len()).is_ok_and(|found| found < RANKED_MAX) && question != beginning {
        question = beginning;
        newest = store::list_note_matches(tx, &question, 0, RANKED_MAX)?;
    }
    let candidates = store::look_at_matches(tx, &question, &newest, &Seen::now(tx)?)?;
    let mut ranked: Vec<_> = candidates.into_iter().map(|it| (rules::note_score(&it, tx.now()), it.note)).collect();
    ranked.sort_by(|(a, left), (b, right)| b.total_cmp(a).then(right.cmp(left)));
    let mut ids = stretch(ranked, page);
    // Whatever lies beyond the ranked ones follows by age.
    let missing = page.limit + 1 - i64::try_from(ids.len()).unwrap_or_default();
    if missing > 0 && page.offset() + page.limit >= RANKED_MAX {
        let skip = (page.offset() - RANKED_MAX).max(0) + RANKED_MAX;
        ids.extend(store::list_note_matches(tx, &question, skip, missing)?.into_iter().map(|id| (0.0, id)));
    }
    let more = page::cut(&mut ids, page.limit);
    let scores: HashMap<NoteId, f64> = ids.iter().map(|(score, id)| (*id, *score)).collect();
    let ids: Vec<NoteId> = ids.into_iter().map(|(_, id)| id).collect();
    let score_of = |note: &Note| scores.get(&note.id).copied().unwrap_or_default();
    let found = notes::list_public(tx, &ids)?.into_iter().map(|thing| Found { score: score_of(&thing), thing });
    Ok((found.collect(), more))
}

/// Agents that hold all words in handle, name, bio or skills, best first.
///
/// # Errors
/// Those of the database.
pub fn agents(tx: &ReadTransaction, terms: &[String], page: Page) -> Result<(Vec<Found<AgentCard>>, bool)> {
    let Some(question) = index_query(terms, Fit::Beginning) else { return Ok((Vec::new(), false)) };
    let mut found: Vec<_> = store::list_agent_matches(tx, &question, RANKED_MAX)?
        .into_iter()
        .map(|it| (rules::agent_score(&it, terms), it.card))
        .collect();
    found.sort_by(|(a, left), (b, right)| b.total_cmp(a).then(left.id.cmp(&right.id)));
    let mut found = stretch(found, page);
    let more = page::cut(&mut found, page.limit);
    Ok((found.into_iter().map(|(score, thing)| Found { thing, score }).collect(), more))
}

/// Communities that hold all words in slug, name or description, best first.
///
/// # Errors
/// Those of the database.
pub fn communities(tx: &ReadTransaction, terms: &[String], page: Page) -> Result<(Vec<Found<Community>>, bool)> {
    let Some(question) = index_query(terms, Fit::Beginning) else { return Ok((Vec::new(), false)) };
    let mut found = Vec::new();
    for id in store::list_community_matches(tx, &question, RANKED_MAX)? {
        found.extend(communities::find_by_id(tx, id)?.map(|found| (rules::community_score(&found, terms), found)));
    }
    found.sort_by(|(a, left), (b, right)| b.total_cmp(a).then(left.id.cmp(&right.id)));
    let mut found = stretch(found, page);
    let more = page::cut(&mut found, page.limit);
    Ok((found.into_iter().map(|(score, thing)| Found { thing, score }).collect(), more))
}

/// Tags and categories that begin with the first word, the most used first.
///
/// # Errors
/// Those of the database.
pub fn tags(tx: &ReadTransaction, terms: &[String], page: Page) -> Result<(Vec<Found<Tag>>, bool)> {
    let Some(word) = terms.first() else { return Ok((Vec::new(), false)) };
    let word = word.trim_start_matches('#');
    let holds_all = |tag: &Tag| terms.iter().all(|term| tag.name.contains(term.trim_start_matches('#')));
    let mut known = store::list_tags(tx, word, RANKED_MAX)?;
    let unused = Category::WORDS.iter().filter(|name| !known.iter().any(|tag| tag.is_category && tag.name == **name));
    let unused: Vec<Tag> = unused.map(|name| Tag { name: (*name).to_owned(), notes: 0, is_category: true }).collect();
    known.extend(unused.into_iter().filter(|tag| tag.name.starts_with(word)));
    let mut found: Vec<_> =
        known.into_iter().filter(holds_all).map(|tag| (rules::tag_score(&tag, word), tag)).collect();
    found.sort_by(|(a, left), (b, right)| b.total_cmp(a).then(left.name.cmp(&right.name)));
    let mut found = stretch(found, page);
    let more = page::cut(&mut found, page.limit);
    Ok((found.into_iter().map(|(score, thing)| Found { thing, score }).collect(), more))
}

/// A page's things and one more, if there is one.
fn stretch<T>(ranked: Vec<(f64, T)>, page: Page) -> Vec<(f64, T)> {
    let (offset, limit) = (usize::try_from(page.offset()), usize::try_from(page.limit + 1));
    ranked.into_iter().skip(offset.unwrap_or(usize::MAX)).take(limit.unwrap_or(0)).collect()
}
