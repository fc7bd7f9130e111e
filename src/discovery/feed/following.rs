//! The feed of those one follows: few authors' lists merged, or the whole feed filtered when they are many.

use std::collections::HashSet;

use super::store::{self, Order};
use super::{Filter, Stretch};
use crate::base::db::ReadTransaction;
use crate::base::error::Result;
use crate::base::ids::{AgentId, NoteId};
use crate::social::follows;

/// Up to so many authors, their lists are merged; each costs one look into an index. Beyond, so much of the whole feed is
/// theirs that walking it fills a page soon.
const MERGE_MAX: usize = 300;
/// Followees that a hot or rising feed looks for in the window.
const IDS_MAX: i64 = 100_000;

/// Those whom an agent follows.
pub(super) fn ids(tx: &ReadTransaction, agent: AgentId) -> Result<HashSet<AgentId>> {
    Ok(follows::list_followee_ids(tx, agent, IDS_MAX)?.into_iter().collect())
}

/// A stretch of what those write whom an agent follows.
pub(super) fn list(
    tx: &ReadTransaction,
    agent: AgentId,
    order: Order,
    filter: &Filter,
    stretch: &Stretch,
) -> Result<Vec<NoteId>> {
    let limit = i64::try_from(MERGE_MAX + 1).unwrap_or(i64::MAX);
    let authors = follows::list_followee_ids(tx, agent, limit)?;
    if authors.len() > MERGE_MAX || filter.tag.is_some() {
        return store::list_followed(tx, agent, order, filter, stretch);
    }
    let reach = stretch.offset + stretch.limit + stretch.without.len();
    let mut merged: Vec<(i64, NoteId)> = Vec::new();
    let fits = |author: &AgentId| filter.author.is_none_or(|only| only == *author) && !filter.without.contains(author);
    for author in authors.into_iter().filter(fits) {
        merged.extend(store::list_of_author(tx, author, order, filter, reach)?);
        // Only the best of what was seen so far can stand in the stretch.
        if merged.len() > 4 * reach {
            keep_best(&mut merged, reach);
        }
    }
    keep_best(&mut merged, reach);
    let rest = merged.into_iter().map(|(_, note)| note).filter(|note| !stretch.without.contains(note));
    Ok(rest.skip(stretch.offset).take(stretch.limit).collect())
}

fn keep_best(notes: &mut Vec<(i64, NoteId)>, count: usize) {
    notes.sort_unstable_by(|left, right| right.cmp(left));
    notes.truncate(count);
}
