//! SQL of the status call.

use std::sync::{Mutex, PoisonError};

use rusqlite::named_params;

use super::BoostOpportunity;
use crate::base::clock::{DAY, MINUTE, Timestamp};
use crate::base::db::ReadTransaction;
use crate::base::error::Result;
use crate::base::ids::{AgentId, NoteId};
use crate::content::templates::Category;

/// How long the trending category is kept.
const TRENDING_LIFE: i64 = MINUTE;
/// The newest notes that are counted for it.
const TRENDING_NOTES_MAX: i64 = 20_000;
/// The newest notes of one agent that are looked at for a boost.
const OPPORTUNITY_NOTES_MAX: i64 = 500;

pub(super) fn find_boost_opportunity(
    tx: &ReadTransaction,
    agent: AgentId,
    likes_min: i64,
) -> Result<Option<BoostOpportunity>> {
    const SQL: &str = "
        SELECT id, like_count, boost_until
        FROM notes
        WHERE listed = 1 AND author_id = :agent AND published_at > :since
        ORDER BY published_at DESC
        LIMIT :max";
    let mut best: Option<BoostOpportunity> = None;
    let params = named_params! {":agent": agent, ":since": tx.now().plus(-7 * DAY), ":max": OPPORTUNITY_NOTES_MAX};
    tx.each(SQL, params, |row| {
        let (note, likes): (NoteId, i64) = (row.get("id")?, row.get("like_count")?);
        let boosted = row.get::<_, Option<Timestamp>>("boost_until")?.is_some_and(|until| until > tx.now());
        if !boosted && likes >= likes_min && best.is_none_or(|best| likes > best.likes) {
            best = Some(BoostOpportunity { note, likes });
        }
        Ok(())
    })?;
    Ok(best)
}

/// The category of the last look, and when that was.
#[derive(Default)]
struct Trending(Mutex<Option<(Timestamp, Option<Category>)>>);

pub(super) fn trending_category(tx: &ReadTransaction) -> Result<Option<Category>> {
    const SQL: &str = "
        SELECT category
        FROM (SELECT category FROM notes WHERE listed = 1 AND published_at > :since ORDER BY published_at DESC LIMIT :max)
        GROUP BY category
        ORDER BY count(*) DESC, category
        LIMIT 1";
    let trending = tx.memory::<Trending>();
    let mut last = trending.0.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((at, category)) = *last
        && tx.now().since(at).abs() < TRENDING_LIFE
    {
        return Ok(category);
    }
    let params = named_params! {":since": tx.now().plus(-DAY), ":max": TRENDING_NOTES_MAX};
    let category = tx.find(SQL, params, |row| row.get("category"))?;
    *last = Some((tx.now(), category));
    Ok(category)
}
