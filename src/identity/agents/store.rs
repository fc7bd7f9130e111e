//! SQL of agents and their skills.

use rusqlite::{Row, named_params};

use super::{Agent, AgentCard, Banned, Counter, DEFAULT_AVATAR, Kept, NewAgent, ProfileChange, Skill, Standing};
use crate::agent_card_columns;
use crate::base::db::{Columns, ReadTransaction, WriteTransaction};
use crate::base::error::{Error, Result, is_unique_violation};
use crate::base::ids::AgentId;
use crate::base::search_text::indexable;

pub(super) fn insert_agent(tx: &WriteTransaction, new: &NewAgent, key_hash: &[u8; 32]) -> Result<AgentId> {
    const SQL: &str = "
        INSERT INTO agents (id, handle, display_name, bio, avatar_emoji, endpoint, is_human, key_hash, created_at)
        VALUES (:id, :handle, :display_name, :bio, :avatar_emoji, :endpoint, 0, :key_hash, :now)";
    let id = AgentId(tx.new_id());
    let handle = new.handle.as_str();
    if is_retired(tx, handle)? {
        return Err(Error::conflict("Handle already taken"));
    }
    tx.try_run(
        SQL,
        named_params! {
            ":id": id,
            ":handle": handle,
            ":display_name": new.display_name.as_deref().unwrap_or(handle),
            ":bio": new.bio,
            ":avatar_emoji": new.avatar_emoji.as_deref().unwrap_or(DEFAULT_AVATAR),
            ":endpoint": new.endpoint,
            ":key_hash": key_hash,
            ":now": tx.now(),
        },
    )
    .map_err(|error| match is_unique_violation(&error, "agents.handle") {
        true => Error::conflict("Handle already taken").with_hint("Choose another handle"),
        false => error.into(),
    })?;
    Ok(id)
}

pub(super) fn insert_person(tx: &WriteTransaction, handle: &str, login: &str, name: &str) -> Result<AgentId> {
    const SQL: &str = "
        INSERT INTO agents (id, handle, display_name, avatar_emoji, is_human, owner, created_at)
        VALUES (:id, :handle, :name, '🙂', 1, :login, :now)";
    let id = AgentId(tx.new_id());
    tx.run(SQL, named_params! {":id": id, ":handle": handle, ":name": name, ":login": login, ":now": tx.now()})?;
    Ok(id)
}

pub(super) fn find_person(tx: &ReadTransaction, login: &str) -> Result<Option<(AgentId, bool)>> {
    const SQL: &str = "SELECT id, banned_at IS NOT NULL AS banned FROM agents WHERE owner = :login AND is_human = 1";
    tx.find(SQL, named_params! {":login": login}, |row| Ok((row.get("id")?, row.get("banned")?)))
}

macro_rules! select_agent {
    ($condition:literal) => {
        concat!(
            "SELECT ",
            agent_card_columns!("agents"),
            ",
                 bio, endpoint, owner, created_at, follower_count, following_count, note_count, likes_received,
                 notes_posted, last_posted_at
             FROM agents
             WHERE banned_at IS NULL AND ",
            $condition
        )
    };
}

pub(super) fn find_agent(tx: &ReadTransaction, handle: &str) -> Result<Option<Agent>> {
    tx.find(select_agent!("handle = :handle"), named_params! {":handle": handle}, read_agent)
}

pub(super) fn find_agent_by_id(tx: &ReadTransaction, id: AgentId) -> Result<Option<Agent>> {
    tx.find(select_agent!("id = :id"), named_params! {":id": id}, read_agent)
}

fn read_agent(row: &Row) -> rusqlite::Result<Agent> {
    let mut columns = Columns::of(row);
    Ok(Agent {
        card: AgentCard::take(&mut columns)?,
        bio: columns.take()?,
        endpoint: columns.take()?,
        owner: columns.take()?,
        created_at: columns.take()?,
        follower_count: columns.take()?,
        following_count: columns.take()?,
        note_count: columns.take()?,
        likes_received: columns.take()?,
        notes_posted: columns.take()?,
        last_posted_at: columns.take()?,
    })
}

pub(super) fn find_id(tx: &ReadTransaction, handle: &str) -> Result<Option<AgentId>> {
    const SQL: &str = "SELECT id FROM agents WHERE handle = :handle AND banned_at IS NULL";
    tx.find(SQL, named_params! {":handle": handle}, |row| row.get("id"))
}

pub(super) fn find_by_handle(tx: &ReadTransaction, handle: &str) -> Result<Option<AgentId>> {
    const SQL: &str = "SELECT id FROM agents WHERE handle = :handle";
    tx.find(SQL, named_params! {":handle": handle}, |row| row.get("id"))
}

/// Whether nobody has a handle, and nobody had it who is gone.
pub(super) fn is_free(tx: &ReadTransaction, handle: &str) -> Result<bool> {
    Ok(find_by_handle(tx, handle)?.is_none() && !is_retired(tx, handle)?)
}

fn is_retired(tx: &ReadTransaction, handle: &str) -> Result<bool> {
    const SQL: &str = "SELECT EXISTS (SELECT 1 FROM retired_handles WHERE handle = :handle)";
    tx.one(SQL, named_params! {":handle": handle}, |row| row.get(0))
}

/// What an account that is about to be deleted was called.
pub(super) struct Retired {
    pub(super) handle: String,
    pub(super) owner: Option<String>,
    pub(super) is_human: bool,
}

pub(super) fn find_retired(tx: &ReadTransaction, agent: AgentId) -> Result<Retired> {
    const SQL: &str = "SELECT handle, owner, is_human FROM agents WHERE id = :agent";
    tx.one(SQL, named_params! {":agent": agent}, |row| {
        Ok(Retired { handle: row.get("handle")?, owner: row.get("owner")?, is_human: row.get("is_human")? })
    })
}

pub(super) fn insert_retired_handle(tx: &WriteTransaction, handle: &str) -> Result<()> {
    const SQL: &str = "INSERT INTO retired_handles (handle) VALUES (:handle) ON CONFLICT DO NOTHING";
    tx.run(SQL, named_params! {":handle": handle}).map(drop)
}

pub(super) fn count_released(tx: &WriteTransaction, owner_hash: &[u8; 32], is_human: bool) -> Result<()> {
    const SQL: &str = "
        INSERT INTO released_bindings (owner_hash, agents, people)
        VALUES (:owner, :agents, :people)
        ON CONFLICT (owner_hash) DO UPDATE
        SET agents = agents + :agents, people = people + :people";
    let params = named_params! {":owner": owner_hash, ":agents": !is_human, ":people": is_human};
    tx.run(SQL, params).map(drop)
}

/// Adds what one owner released to what another did.
pub(super) fn move_released(tx: &WriteTransaction, from_hash: &[u8; 32], to_hash: &[u8; 32]) -> Result<()> {
    const ADD: &str = "
        INSERT INTO released_bindings (owner_hash, agents, people)
        SELECT :to, agents, people FROM released_bindings WHERE owner_hash = :from
        ON CONFLICT (owner_hash) DO UPDATE
        SET agents = agents + excluded.agents, people = people + excluded.people";
    const DELETE: &str = "DELETE FROM released_bindings WHERE owner_hash = :from";
    tx.run(ADD, named_params! {":from": from_hash, ":to": to_hash})?;
    tx.run(DELETE, named_params! {":from": from_hash}).map(drop)
}

/// How many agents and how many people of an owner were deleted.
pub(super) fn find_released(tx: &ReadTransaction, owner_hash: &[u8; 32]) -> Result<(i64, i64)> {
    const SQL: &str = "SELECT agents, people FROM released_bindings WHERE owner_hash = :owner";
    let found =
        tx.find(SQL, named_params! {":owner": owner_hash}, |row| Ok((row.get("agents")?, row.get("people")?)))?;
    Ok(found.unwrap_or_default())
}

/// A person keeps an owner, which is nobody's login, since people are verified wherever they still stand.
pub(super) fn set_retired(tx: &WriteTransaction, agent: AgentId, handle: &str, kept: Kept) -> Result<()> {
    const SQL: &str = "
        UPDATE agents
        SET handle         = :handle,
            display_name   = iif(is_human, 'Deleted person', 'Deleted agent'),
            bio            = '',
            avatar_emoji   = '👤',
            endpoint       = NULL,
            owner          = iif(is_human, '#' || :handle, NULL),
            key_hash       = NULL,
            last_posted_at = NULL,
            banned_at      = ifnull(banned_at, :now),
            ban_reason     = NULL,
            retired_at     = :now,
            notes_kept     = :kept
        WHERE id = :agent";
    let kept = kept == Kept::PublicNotes;
    tx.forget_kept();
    tx.run(SQL, named_params! {":agent": agent, ":handle": handle, ":now": tx.now(), ":kept": kept}).map(drop)
}

pub(super) fn have_one_owner(tx: &ReadTransaction, a: AgentId, b: AgentId) -> Result<bool> {
    const SQL: &str = "
        SELECT ifnull((SELECT owner FROM agents WHERE id = :a) = (SELECT owner FROM agents WHERE id = :b), 0)";
    tx.one(SQL, named_params! {":a": a, ":b": b}, |row| row.get(0))
}

pub(super) fn count_agents_of(tx: &ReadTransaction, owner: &str) -> Result<i64> {
    const SQL: &str = "SELECT count(*) FROM agents WHERE owner = :owner AND is_human = 0";
    tx.one(SQL, named_params! {":owner": owner}, |row| row.get(0))
}

pub(super) fn standing(tx: &ReadTransaction, agent: AgentId) -> Result<Standing> {
    const OWN: &str = "
        SELECT owner IS NOT NULL AS is_verified, created_at AS since, note_count AS notes
        FROM agents
        WHERE id = :agent";
    const OWNERS: &str = "
        SELECT 1 AS is_verified, min(created_at) AS since, sum(note_count) AS notes
        FROM agents
        WHERE owner = (SELECT owner FROM agents WHERE id = :agent)";
    let read = |row: &Row| {
        Ok(Standing { is_verified: row.get("is_verified")?, since: row.get("since")?, notes: row.get("notes")? })
    };
    let own = tx.one(OWN, named_params! {":agent": agent}, read)?;
    if own.is_verified { tx.one(OWNERS, named_params! {":agent": agent}, read) } else { Ok(own) }
}

pub(super) fn set_owner(tx: &WriteTransaction, agent: AgentId, owner: &str) -> Result<bool> {
    const SQL: &str = "UPDATE agents SET owner = :owner WHERE id = :agent AND owner IS NULL";
    tx.forget_kept();
    Ok(tx.run(SQL, named_params! {":agent": agent, ":owner": owner})? == 1)
}

pub(super) fn list_owned(tx: &ReadTransaction, owner: &str) -> Result<Vec<AgentCard>> {
    const SQL: &str = concat!(
        "SELECT ",
        agent_card_columns!("agents"),
        "
        FROM agents
        WHERE owner = :owner AND is_human = 0 AND banned_at IS NULL
        ORDER BY id"
    );
    tx.list(SQL, named_params! {":owner": owner}, |row| AgentCard::take(&mut Columns::of(row)))
}

pub(super) fn rename_owner(tx: &WriteTransaction, from: &str, to: &str) -> Result<()> {
    const SQL: &str = "UPDATE agents SET owner = :to WHERE owner = :from";
    tx.run(SQL, named_params! {":from": from, ":to": to}).map(drop)
}

pub(super) fn set_key_hash(tx: &WriteTransaction, agent: AgentId, key_hash: &[u8; 32]) -> Result<bool> {
    const SQL: &str = "UPDATE agents SET key_hash = :key_hash WHERE id = :agent AND is_human = 0";
    Ok(tx.run(SQL, named_params! {":agent": agent, ":key_hash": key_hash})? == 1)
}

pub(super) fn set_profile(tx: &WriteTransaction, agent: AgentId, change: &ProfileChange) -> Result<()> {
    const SQL: &str = "
        UPDATE agents
        SET display_name = ifnull(:display_name, display_name),
            bio          = ifnull(:bio, bio),
            avatar_emoji = ifnull(:avatar_emoji, avatar_emoji),
            endpoint     = iif(:endpoint_sent, :endpoint, endpoint)
        WHERE id = :agent";
    tx.forget_kept();
    tx.run(
        SQL,
        named_params! {
            ":agent": agent,
            ":display_name": change.display_name,
            ":bio": change.bio,
            ":avatar_emoji": change.avatar_emoji,
            ":endpoint_sent": change.endpoint.is_some(),
            ":endpoint": change.endpoint.clone().flatten(),
        },
    )
    .map(drop)
}

pub(super) fn replace_skills(tx: &WriteTransaction, agent: AgentId, skills: &[Skill]) -> Result<()> {
    const SQL: &str = "DELETE FROM skills WHERE agent_id = :agent";
    tx.run(SQL, named_params! {":agent": agent})?;
    insert_skills(tx, agent, skills)
}

pub(super) fn insert_skills(tx: &WriteTransaction, agent: AgentId, skills: &[Skill]) -> Result<()> {
    const SQL: &str = "
        INSERT INTO skills (agent_id, position, name, description, endpoint)
        VALUES (:agent, :position, :name, :description, :endpoint)";
    for (position, skill) in (0_i64..).zip(skills) {
        tx.run(
            SQL,
            named_params! {
                ":agent": agent, ":position": position, ":name": skill.name, ":description": skill.description,
                ":endpoint": skill.endpoint,
            },
        )?;
    }
    Ok(())
}

pub(super) fn list_skills(tx: &ReadTransaction, agent: AgentId) -> Result<Vec<Skill>> {
    const SQL: &str = "SELECT name, description, endpoint FROM skills WHERE agent_id = :agent ORDER BY position";
    tx.list(SQL, named_params! {":agent": agent}, |row| {
        Ok(Skill { name: row.get("name")?, description: row.get("description")?, endpoint: row.get("endpoint")? })
    })
}

pub(super) fn set_banned(tx: &WriteTransaction, agent: AgentId, reason: Option<&str>) -> Result<bool> {
    const BAN: &str =
        "UPDATE agents SET banned_at = :now, ban_reason = :reason WHERE id = :agent AND banned_at IS NULL";
    const LIFT: &str = "
        UPDATE agents
        SET banned_at = NULL, ban_reason = NULL
        WHERE id = :agent AND banned_at IS NOT NULL AND retired_at IS NULL";
    tx.forget_kept();
    let changed = match reason {
        Some(reason) => tx.run(BAN, named_params! {":agent": agent, ":now": tx.now(), ":reason": reason})?,
        None => tx.run(LIFT, named_params! {":agent": agent})?,
    };
    Ok(changed == 1)
}

pub(super) fn list_banned(tx: &ReadTransaction, before: Option<AgentId>, limit: i64) -> Result<Vec<Banned>> {
    const SQL: &str = concat!(
        "SELECT ",
        agent_card_columns!("agents"),
        ", banned_at, ifnull(ban_reason, '')
        FROM agents
        WHERE banned_at IS NOT NULL AND retired_at IS NULL
          AND (banned_at, id) < (ifnull((SELECT banned_at FROM agents WHERE id = :before), :now + 1), :before)
        ORDER BY banned_at DESC, id DESC
        LIMIT :limit"
    );
    let before = before.map_or(i64::MAX, |id| id.0);
    tx.list(SQL, named_params! {":before": before, ":now": tx.now(), ":limit": limit}, |row| {
        let mut columns = Columns::of(row);
        Ok(Banned { card: AgentCard::take(&mut columns)?, at: columns.take()?, reason: columns.take()? })
    })
}

pub(super) fn change_counter(tx: &WriteTransaction, agent: AgentId, counter: Counter, by: i64) -> Result<()> {
    let sql = match counter {
        Counter::Followers => "UPDATE agents SET follower_count = follower_count + ?2 WHERE id = ?1",
        Counter::Following => "UPDATE agents SET following_count = following_count + ?2 WHERE id = ?1",
        Counter::Notes => "UPDATE agents SET note_count = note_count + ?2 WHERE id = ?1",
        Counter::LikesReceived => "UPDATE agents SET likes_received = likes_received + ?2 WHERE id = ?1",
    };
    tx.run(sql, (agent, by)).map(drop)
}

pub(super) fn follower_count(tx: &ReadTransaction, agent: AgentId) -> Result<i64> {
    tx.one("SELECT follower_count FROM agents WHERE id = ?1", [agent], |row| row.get(0))
}

pub(super) fn count_post(tx: &WriteTransaction, agent: AgentId) -> Result<i64> {
    const SQL: &str = "
        UPDATE agents
        SET notes_posted = notes_posted + 1, last_posted_at = :now
        WHERE id = :agent";
    tx.run(SQL, named_params! {":agent": agent, ":now": tx.now()})?;
    tx.one("SELECT notes_posted FROM agents WHERE id = ?1", [agent], |row| row.get(0))
}

/// Puts an agent's words, as they are now, into the index that search asks, in place of those there are.
pub(super) fn index_words(tx: &WriteTransaction, agent: AgentId) -> Result<()> {
    delete_words(tx, agent)?;
    insert_words(tx, agent)
}

/// As [`index_words`], for an agent that has none there yet.
pub(super) fn insert_words(tx: &WriteTransaction, agent: AgentId) -> Result<()> {
    const READ: &str = "SELECT handle, display_name, bio FROM agents WHERE id = :agent AND banned_at IS NULL";
    const WRITE: &str = "
        INSERT INTO agents_search (rowid, handle, display_name, bio, skills)
        VALUES (:agent, :handle, :display_name, :bio, :skills)";
    let words = tx.find(READ, named_params! {":agent": agent}, |row| {
        Ok([row.get::<_, String>("handle")?, row.get("display_name")?, row.get("bio")?])
    })?;
    let Some([handle, display_name, bio]) = words.map(|words| words.map(|text| indexable(&text))) else {
        return Ok(());
    };
    let skills = list_skills(tx, agent)?;
    let skills: Vec<&str> = skills.iter().flat_map(|skill| [skill.name.as_str(), skill.description.as_str()]).collect();
    tx.run(
        WRITE,
        named_params! {
            ":agent": agent, ":handle": handle, ":display_name": display_name, ":bio": bio,
            ":skills": indexable(&skills.join(" ")),
        },
    )
    .map(drop)
}

fn delete_words(tx: &WriteTransaction, agent: AgentId) -> Result<()> {
    const SQL: &str = "DELETE FROM agents_search WHERE rowid = :agent";
    tx.run(SQL, named_params! {":agent": agent}).map(drop)
}
