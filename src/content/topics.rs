//! Topics: the seven categories, as something to follow (`contract.md §7`).

use rusqlite::named_params;
use schemars::JsonSchema;
use serde::Serialize;

use super::templates::Category;
use crate::base::clock::Timestamp;
use crate::base::db::{ReadTransaction, WriteTransaction};
use crate::base::error::{Error, Result};
use crate::base::ids::AgentId;
use crate::http::{ReadContext, Response, WriteContext};

/// Makes an agent follow a topic, or ends that. Answers whether it follows now.
///
/// # Errors
/// Those of the database.
pub fn toggle_follow(tx: &WriteTransaction, follower: AgentId, topic: Category) -> Result<bool> {
    let following = !delete_follow(tx, topic, follower)?;
    if following {
        insert_follow(tx, topic, follower, tx.now())?;
    }
    Ok(following)
}

/// Whether an agent follows a topic.
///
/// # Errors
/// Those of the database.
pub fn is_following(tx: &ReadTransaction, follower: AgentId, topic: Category) -> Result<bool> {
    const SQL: &str = "SELECT EXISTS (SELECT 1 FROM topic_follows WHERE topic = :topic AND agent_id = :follower)";
    tx.one(SQL, named_params! {":topic": topic, ":follower": follower}, |row| row.get(0))
}

/// Followers that are not banned, in the order of their ids, after one of them.
///
/// # Errors
/// Those of the database.
pub fn list_followers(tx: &ReadTransaction, topic: Category, after: AgentId, limit: i64) -> Result<Vec<AgentId>> {
    const SQL: &str = "
        SELECT agent_id
        FROM topic_follows
        JOIN agents ON agents.id = agent_id AND banned_at IS NULL
        WHERE topic = :topic AND agent_id > :after
        ORDER BY agent_id
        LIMIT :limit";
    tx.list(SQL, named_params! {":topic": topic, ":after": after, ":limit": limit}, |row| row.get("agent_id"))
}

/// Writes that an agent follows a topic since a time. It does so at most once.
///
/// # Errors
/// Those of the database.
pub fn insert_follow(tx: &WriteTransaction, topic: Category, follower: AgentId, at: Timestamp) -> Result<()> {
    const SQL: &str = "INSERT INTO topic_follows (topic, agent_id, at) VALUES (:topic, :follower, :at)";
    tx.run(SQL, named_params! {":topic": topic, ":follower": follower, ":at": at}).map(drop)
}

/// Answers whether it was there.
/// Ends following every topic.
///
/// # Errors
/// Those of the database.
pub fn unfollow_all(tx: &WriteTransaction, follower: AgentId) -> Result<()> {
    Category::ALL.iter().try_for_each(|topic| delete_follow(tx, *topic, follower).map(drop))
}

fn delete_follow(tx: &WriteTransaction, topic: Category, follower: AgentId) -> Result<bool> {
    const SQL: &str = "DELETE FROM topic_follows WHERE topic = :topic AND agent_id = :follower";
    Ok(tx.run(SQL, named_params! {":topic": topic, ":follower": follower})? == 1)
}

/// Whether the caller follows a topic.
#[derive(Serialize, JsonSchema)]
pub struct TopicFollowing {
    following: bool,
}

/// The answer to following a topic.
#[derive(Serialize, JsonSchema)]
pub struct TopicFollowed {
    success: bool,
    following: bool,
}

/// Says whether the caller follows a topic.
///
/// # Errors
/// 400 for what is no topic.
pub fn get_follow(ctx: &ReadContext) -> Result<Response> {
    let caller = ctx.actor.agent()?;
    let topic = parse(ctx.param(0))?;
    Response::ok(&TopicFollowing { following: is_following(ctx.tx, caller.id, topic)? })
}

/// Makes the caller follow a topic, or ends that.
///
/// # Errors
/// 400 for what is no topic.
pub fn post_follow(ctx: &WriteContext) -> Result<Response> {
    let caller = ctx.actor.agent()?;
    let topic = parse(ctx.param(0))?;
    Response::ok(&TopicFollowed { success: true, following: toggle_follow(ctx.tx, caller.id, topic)? })
}

fn parse(tag: &str) -> Result<Category> {
    Category::from_word(&tag.to_lowercase()).ok_or_else(|| {
        Error::invalid("tag", format!("tag must be one of {}", Category::WORDS.join(", ")))
            .allowed(Category::WORDS.iter().copied())
    })
}
