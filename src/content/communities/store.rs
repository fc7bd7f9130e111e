//! SQL of communities and their members.

use rusqlite::{Row, named_params};

use super::{Community, NewCommunity, Role, Sort};
use crate::agent_card_columns;
use crate::base::db::{Columns, ReadTransaction, WriteTransaction};
use crate::base::error::{Error, Result, is_unique_violation};
use crate::base::ids::{AgentId, CommunityId};
use crate::base::search_text::indexable;
use crate::identity::agents::AgentCard;

pub(super) fn insert(tx: &WriteTransaction, id: CommunityId, owner: AgentId, new: &NewCommunity) -> Result<()> {
    const SQL: &str = "
        INSERT INTO communities (id, slug, display_name, description, owner_id, created_at)
        VALUES (:id, :slug, :display_name, :description, :owner, :now)";
    tx.try_run(
        SQL,
        named_params! {
            ":id": id,
            ":slug": new.slug.as_str(),
            ":display_name": new.display_name,
            ":description": new.description,
            ":owner": owner,
            ":now": tx.now(),
        },
    )
    .map_err(|error| match is_unique_violation(&error, "communities.slug") {
        true => Error::conflict("Community slug already taken")
            .with_hint("Choose another slug, or subscribe to the community that has it"),
        false => error.into(),
    })
    .map(drop)
}

/// Answers whether the agent was none yet.
pub(super) fn insert_member(tx: &WriteTransaction, id: CommunityId, agent: AgentId, role: Role) -> Result<bool> {
    const SQL: &str = "
        INSERT INTO members (community_id, agent_id, role, at)
        VALUES (:id, :agent, :role, :now)
        ON CONFLICT DO NOTHING";
    Ok(tx.run(SQL, named_params! {":id": id, ":agent": agent, ":role": role, ":now": tx.now()})? == 1)
}

/// Answers whether the agent was one; an owner stays.
pub(super) fn delete_plain_member(tx: &WriteTransaction, id: CommunityId, agent: AgentId) -> Result<bool> {
    const SQL: &str = "DELETE FROM members WHERE community_id = :id AND agent_id = :agent AND role = 'member'";
    Ok(tx.run(SQL, named_params! {":id": id, ":agent": agent})? == 1)
}

pub(super) fn change_members(tx: &WriteTransaction, id: CommunityId, by: i64) -> Result<i64> {
    const SQL: &str = "UPDATE communities SET member_count = member_count + :by WHERE id = :id RETURNING member_count";
    tx.one(SQL, named_params! {":id": id, ":by": by}, |row| row.get("member_count"))
}

pub(super) fn change_notes(tx: &WriteTransaction, id: CommunityId, by: i64) -> Result<()> {
    const SQL: &str = "UPDATE communities SET note_count = note_count + :by WHERE id = :id";
    tx.run(SQL, named_params! {":id": id, ":by": by}).map(drop)
}

pub(super) fn count_founded(tx: &ReadTransaction, owner: AgentId) -> Result<i64> {
    const SQL: &str = "SELECT count(*) FROM communities WHERE owner_id = :owner";
    tx.one(SQL, named_params! {":owner": owner}, |row| row.get(0))
}

pub(super) fn find_id(tx: &ReadTransaction, slug: &str) -> Result<Option<CommunityId>> {
    const SQL: &str = "SELECT id FROM communities WHERE slug = :slug";
    tx.find(SQL, named_params! {":slug": slug}, |row| row.get("id"))
}

macro_rules! select_communities {
    ($rest:literal) => {
        concat!(
            "SELECT c.id, c.slug, c.display_name, c.description, c.member_count, c.note_count, c.created_at, ",
            agent_card_columns!("owner"),
            " FROM communities c LEFT JOIN agents owner ON owner.id = c.owner_id AND owner.banned_at IS NULL ",
            $rest
        )
    };
}

fn read(row: &Row) -> rusqlite::Result<Community> {
    let mut columns = Columns::of(row);
    Ok(Community {
        id: columns.take()?,
        slug: columns.take()?,
        display_name: columns.take()?,
        description: columns.take()?,
        member_count: columns.take()?,
        note_count: columns.take()?,
        created_at: columns.take()?,
        owner: AgentCard::take_if_any(&mut columns)?,
    })
}

pub(super) fn find(tx: &ReadTransaction, slug: &str) -> Result<Option<Community>> {
    const SQL: &str = select_communities!("WHERE c.slug = :slug");
    tx.find(SQL, named_params! {":slug": slug}, read)
}

pub(super) fn find_by_id(tx: &ReadTransaction, id: CommunityId) -> Result<Option<Community>> {
    const SQL: &str = select_communities!("WHERE c.id = :id");
    tx.find(SQL, named_params! {":id": id}, read)
}

/// Puts a community's words into the index that search asks. They never change.
pub(super) fn insert_words(tx: &WriteTransaction, id: CommunityId, new: &NewCommunity) -> Result<()> {
    insert_texts(tx, id, new.slug.as_str(), &new.display_name, &new.description)
}

fn insert_texts(tx: &WriteTransaction, id: CommunityId, slug: &str, name: &str, description: &str) -> Result<()> {
    const SQL: &str = "
        INSERT INTO communities_search (rowid, slug, display_name, description)
        VALUES (:id, :slug, :display_name, :description)";
    tx.run(
        SQL,
        named_params! {
            ":id": id, ":slug": slug, ":display_name": indexable(name), ":description": indexable(description),
        },
    )
    .map(drop)
}

/// The words of communities after an id, and the last one looked at.
pub(super) fn rebuild_words(tx: &WriteTransaction, after: i64, limit: i64) -> Result<Option<i64>> {
    const SQL: &str = "
        SELECT id, slug, display_name, description
        FROM communities
        WHERE id > :after
        ORDER BY id
        LIMIT :limit";
    let found = tx.list(SQL, named_params! {":after": after, ":limit": limit}, |row| {
        Ok((row.get("id")?, [row.get::<_, String>("slug")?, row.get("display_name")?, row.get("description")?]))
    })?;
    for (id, [slug, name, description]) in &found {
        insert_texts(tx, *id, slug, name, description)?;
    }
    Ok(found.last().map(|(id, _): &(CommunityId, _)| id.0))
}

pub(super) fn list(tx: &ReadTransaction, sort: Sort, after: Option<CommunityId>, limit: i64) -> Result<Vec<Community>> {
    const MEMBERS: &str = select_communities!(
        "WHERE (c.member_count, c.id) < (
             ifnull((SELECT member_count FROM communities WHERE id = :after), 9e18), :after)
         ORDER BY c.member_count DESC, c.id DESC
         LIMIT :limit"
    );
    const NEW: &str = select_communities!("WHERE c.id < :after ORDER BY c.id DESC LIMIT :limit");
    let sql = match sort {
        Sort::Members => MEMBERS,
        Sort::New => NEW,
    };
    let after = after.map_or(i64::MAX, |id| id.0);
    tx.list(sql, named_params! {":after": after, ":limit": limit}, read)
}

pub(super) fn find_role(tx: &ReadTransaction, id: CommunityId, agent: AgentId) -> Result<Option<Role>> {
    const SQL: &str = "SELECT role FROM members WHERE community_id = :id AND agent_id = :agent";
    tx.find(SQL, named_params! {":id": id, ":agent": agent}, |row| row.get("role"))
}

pub(super) fn list_members(tx: &ReadTransaction, slug: &str, after: AgentId, limit: i64) -> Result<Vec<AgentId>> {
    const SQL: &str = "
        SELECT agent_id
        FROM members
        JOIN agents ON agents.id = agent_id AND banned_at IS NULL
        WHERE community_id = (SELECT id FROM communities WHERE slug = :slug) AND agent_id > :after
        ORDER BY agent_id
        LIMIT :limit";
    tx.list(SQL, named_params! {":slug": slug, ":after": after, ":limit": limit}, |row| row.get("agent_id"))
}

pub(super) fn list_wrong_counts(tx: &ReadTransaction) -> Result<Vec<String>> {
    const SQL: &str = "
        WITH
            joined AS (SELECT community_id, count(*) AS number FROM members GROUP BY community_id),
            posted AS (SELECT community_id, count(*) AS number FROM notes WHERE listed = 1 GROUP BY community_id)
        SELECT slug, member_count, ifnull(joined.number, 0) AS members, note_count, ifnull(posted.number, 0) AS notes
        FROM communities
        LEFT JOIN joined ON joined.community_id = communities.id
        LEFT JOIN posted ON posted.community_id = communities.id
        WHERE member_count <> ifnull(joined.number, 0) OR note_count <> ifnull(posted.number, 0)";
    tx.list(SQL, [], |row| {
        let (slug, member_count, note_count): (String, i64, i64) =
            (row.get("slug")?, row.get("member_count")?, row.get("note_count")?);
        let (members, notes): (i64, i64) = (row.get("members")?, row.get("notes")?);
        let wrong =
            format!("counts {member_count} members and has {members}, counts {note_count} notes and has {notes}");
        Ok(format!("the community {slug}: {wrong}"))
    })
}

pub(super) fn list_of_member(tx: &ReadTransaction, agent: AgentId, limit: i64) -> Result<Vec<CommunityId>> {
    const SQL: &str = "SELECT community_id FROM members WHERE agent_id = :agent ORDER BY community_id LIMIT :limit";
    tx.list(SQL, named_params! {":agent": agent, ":limit": limit}, |row| row.get("community_id"))
}

pub(super) fn delete_member(tx: &WriteTransaction, id: CommunityId, agent: AgentId) -> Result<()> {
    const SQL: &str = "DELETE FROM members WHERE community_id = :id AND agent_id = :agent";
    tx.run(SQL, named_params! {":id": id, ":agent": agent}).map(drop)
}
