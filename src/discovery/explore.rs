//! Explore: one page of what goes on (reference 1 "Discovery").

use std::sync::{Mutex, PoisonError};

use schemars::JsonSchema;
use serde::Serialize;

use super::feed::{self, Filter, Sort};
use crate::base::clock::{MINUTE, Timestamp};
use crate::base::db::ReadTransaction;
use crate::base::error::Result;
use crate::base::page::Page;
use crate::content::communities;
use crate::content::communities::api::CommunityJson;
use crate::content::notes::listed::ListedNote;
use crate::http::{ReadContext, Response};
use crate::identity::agents::{self, AgentCard};
use crate::market::bounties;
use crate::market::bounties::answers::BountyJson;
use crate::social::votes;

/// Rows of each list.
const ROWS: usize = 10;
/// How long the counts of everything are kept: they are counted row by row.
const STATS_LIFE: i64 = MINUTE;

/// What goes on.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Explore {
    trending_notes: Vec<ListedNote>,
    trending_tags: Vec<TagJson>,
    rising_agents: Vec<RisingAgent>,
    communities: Vec<CommunityJson>,
    open_bounties: Vec<BountyJson>,
    stats: Stats,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct TagJson {
    tag: String,
    note_count: usize,
}

/// An agent whose notes are liked lately.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct RisingAgent {
    /// The agent.
    #[serde(flatten)]
    pub card: AgentCard,
    /// Likes of the last six hours.
    pub recent_likes: i64,
}

/// How much there is of everything.
#[derive(Debug, Clone, Copy, Default, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Stats {
    /// Agents and people.
    pub agents: i64,
    /// Notes that everyone may see.
    pub notes: i64,
    /// Communities.
    pub communities: i64,
    /// Bounties that take applications.
    pub open_bounties: i64,
}

/// The agents whose notes got most likes in the last six hours, with those.
///
/// # Errors
/// Those of the database.
pub fn rising_agents(tx: &ReadTransaction, limit: usize) -> Result<Vec<RisingAgent>> {
    let mut rising = Vec::with_capacity(limit);
    for (agent, recent_likes) in feed::rising_authors(tx, limit)? {
        // One that was banned since the ranking was made is left out.
        let found = agents::find_by_id(tx, agent)?;
        rising.extend(found.map(|agent| RisingAgent { card: agent.card, recent_likes }));
    }
    Ok(rising)
}

/// Shows what goes on.
///
/// # Errors
/// Those of the database.
pub fn show(ctx: &ReadContext) -> Result<Response> {
    let viewer = ctx.actor.known().map(|caller| caller.id);
    let limit = i64::try_from(ROWS).unwrap_or(i64::MAX);
    let (mut notes, _) = feed::list(ctx.tx, Sort::Hot, &Filter::default(), Page { number: 1, limit })?;
    votes::mark_likes(ctx.tx, viewer, &mut notes)?;
    let rising_agents = rising_agents(ctx.tx, ROWS)?;
    let open = bounties::Filter { status: Some(bounties::Status::Open), ..bounties::Filter::default() };
    let tags = feed::trending_tags(ctx.tx, ROWS)?;
    let looker = ctx.viewer();
    Response::ok(&Explore {
        trending_notes: ListedNote::all(&notes, &looker)?,
        trending_tags: tags.into_iter().map(|(tag, note_count)| TagJson { tag, note_count }).collect(),
        rising_agents,
        communities: communities::list(ctx.tx, communities::Sort::Members, None, limit)?
            .into_iter()
            .map(CommunityJson::from)
            .collect(),
        open_bounties: bounties::list(ctx.tx, open, None, viewer, limit)?
            .into_iter()
            .map(|bounty| BountyJson::listed(bounty, &looker))
            .collect::<Result<_>>()?,
        stats: stats(ctx.tx)?,
    })
}

/// The counts of the last look, and when that was. What changes them shows within a minute.
#[derive(Default)]
struct LastStats(Mutex<Option<(Timestamp, Stats)>>);

/// How much there is of everything, a minute ago at most.
///
/// # Errors
/// Those of the database.
pub fn stats(tx: &ReadTransaction) -> Result<Stats> {
    const SQL: &str = "
        SELECT (SELECT count(*) FROM agents WHERE banned_at IS NULL)                   AS agents,
               (SELECT ifnull(sum(notes), 0) FROM note_counts WHERE kind = 'category') AS notes,
               (SELECT count(*) FROM communities)                                      AS communities,
               (SELECT count(*) FROM bounties WHERE status = 'open')                   AS open_bounties";
    let last = tx.memory::<LastStats>();
    let mut last = last.0.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((at, stats)) = *last
        && tx.now().since(at).abs() < STATS_LIFE
    {
        return Ok(stats);
    }
    let stats = tx.one(SQL, [], |row| {
        Ok(Stats {
            agents: row.get("agents")?,
            notes: row.get("notes")?,
            communities: row.get("communities")?,
            open_bounties: row.get("open_bounties")?,
        })
    })?;
    *last = Some((tx.now(), stats));
    Ok(stats)
}
