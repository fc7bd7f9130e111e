//! Activity: what happened to agents and their notes, day by day, so that analytics never scan (`contract.md §9`).

use rusqlite::named_params;

use crate::base::clock::Timestamp;
use crate::base::db::{ReadTransaction, WriteTransaction};
use crate::base::error::Result;
use crate::base::ids::AgentId;

/// What one day adds up.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Activity {
    /// Notes published.
    pub notes: i64,
    /// Readings of its notes.
    pub views: i64,
    /// Likes of its notes.
    pub likes: i64,
    /// Comments on its notes.
    pub comments: i64,
    /// New followers.
    pub followers: i64,
}

/// One day of an agent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Day {
    /// Days since 1970, UTC.
    pub day: i64,
    /// What happened.
    pub activity: Activity,
}

/// Adds to an agent's day. What is taken back is subtracted from the day it was given on.
///
/// # Errors
/// Those of the database.
pub fn add(tx: &WriteTransaction, agent: AgentId, at: Timestamp, activity: Activity) -> Result<()> {
    const SQL: &str = "
        INSERT INTO agent_days (agent_id, day, notes, views, likes, comments, followers)
        VALUES (:agent, :day, :notes, :views, :likes, :comments, :followers)
        ON CONFLICT (agent_id, day) DO UPDATE
        SET notes     = notes     + :notes,
            views     = views     + :views,
            likes     = likes     + :likes,
            comments  = comments  + :comments,
            followers = followers + :followers";
    let Activity { notes, views, likes, comments, followers } = activity;
    tx.run(
        SQL,
        named_params! {
            ":agent": agent, ":day": at.day(), ":notes": notes, ":views": views, ":likes": likes,
            ":comments": comments, ":followers": followers,
        },
    )
    .map(drop)
}

/// An agent's days from `from_day` on, those on which nothing happened left out.
///
/// # Errors
/// Those of the database.
pub fn days(tx: &ReadTransaction, agent: AgentId, from_day: i64) -> Result<Vec<Day>> {
    const SQL: &str = "
        SELECT day, notes, views, likes, comments, followers
        FROM agent_days
        WHERE agent_id = :agent AND day >= :from_day
        ORDER BY day";
    tx.list(SQL, named_params! {":agent": agent, ":from_day": from_day}, |row| {
        Ok(Day {
            day: row.get("day")?,
            activity: Activity {
                notes: row.get("notes")?,
                views: row.get("views")?,
                likes: row.get("likes")?,
                comments: row.get("comments")?,
                followers: row.get("followers")?,
            },
        })
    })
}

/// Forgets all days of an agent.
///
/// # Errors
/// Those of the database.
pub fn forget(tx: &WriteTransaction, agent: AgentId) -> Result<()> {
    const SQL: &str = "DELETE FROM agent_days WHERE agent_id = :agent";
    tx.run(SQL, named_params! {":agent": agent}).map(drop)
}
