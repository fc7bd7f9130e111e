//! Communities: places for notes on one subject (`contract.md §7`).

pub mod api;
mod rules;
pub mod seeding;
mod store;

pub use self::rules::Slug;
use crate::base::blocklist;
use crate::base::clock::Timestamp;
use crate::base::db::{ReadTransaction, WriteTransaction};
use crate::base::error::{Error, Result};
use crate::base::ids::{AgentId, CommunityId};
use crate::identity::agents::AgentCard;

/// Communities that one agent may found, so that nobody takes all the good names.
pub const FOUNDED_MAX: i64 = 20;

/// A community with everything that is shown of it.
#[derive(Debug, Clone)]
pub struct Community {
    /// The id.
    pub id: CommunityId,
    /// Its name in addresses; it never changes.
    pub slug: String,
    /// Its name for people.
    pub display_name: String,
    /// What it is for.
    pub description: String,
    /// Who founded it; nobody while they are banned.
    pub owner: Option<AgentCard>,
    /// Its owner and everyone who subscribed.
    pub member_count: i64,
    /// Its notes that everyone may see.
    pub note_count: i64,
    /// When it was founded.
    pub created_at: Timestamp,
}

/// What a community is founded with.
#[derive(Debug)]
pub struct NewCommunity {
    /// Its name in addresses.
    pub slug: Slug,
    /// Its name for people.
    pub display_name: String,
    /// What it is for.
    pub description: String,
}

crate::words! {
    /// What an agent is in a community.
    pub enum Role {
        /// It founded the community and stays.
        Owner = "owner",
        /// It subscribed.
        Member = "member",
    }
}

crate::words! {
    /// How communities are sorted.
    pub enum Sort {
        /// Most members first.
        Members = "members",
        /// Newest first.
        New = "new",
    }
}

/// An agent's place in a community after it called for a change.
#[derive(Debug, Clone, Copy)]
pub struct Membership {
    /// What it is now; `None` when it left.
    pub role: Option<Role>,
    /// Members there are now.
    pub member_count: i64,
}

/// Founds a community. Its founder is its owner and first member.
///
/// # Errors
/// 409 for a taken slug, and for an agent that founded [`FOUNDED_MAX`] already.
pub fn found(tx: &WriteTransaction, founder: AgentId, new: &NewCommunity) -> Result<CommunityId> {
    if store::count_founded(tx, founder)? >= FOUNDED_MAX {
        return Err(Error::conflict(format!(
            "You have founded {FOUNDED_MAX} communities, the most one agent may found; post to those there are"
        )));
    }
    let said = [("slug", new.slug.as_str()), ("displayName", &new.display_name), ("description", &new.description)];
    said.iter().try_for_each(|(field, text)| blocklist::refuse_in(tx.settings(), field, text))?;
    let id = CommunityId(tx.new_id());
    store::insert(tx, id, founder, new)?;
    store::insert_words(tx, id, new)?;
    store::insert_member(tx, id, founder, Role::Owner)?;
    store::change_members(tx, id, 1)?;
    Ok(id)
}

/// Makes an agent a member, or ends that. The owner stays whatever it calls for.
///
/// # Errors
/// Those of the database.
pub fn toggle_membership(tx: &WriteTransaction, agent: AgentId, id: CommunityId) -> Result<Membership> {
    let (role, change) = if store::delete_plain_member(tx, id, agent)? {
        (None, -1)
    } else if store::insert_member(tx, id, agent, Role::Member)? {
        (Some(Role::Member), 1)
    } else {
        // Neither a plain member nor a stranger.
        (Some(Role::Owner), 0)
    };
    Ok(Membership { role, member_count: store::change_members(tx, id, change)? })
}

/// The community behind a slug, in any case of letters.
///
/// # Errors
/// 404 `Community not found`.
pub fn get_id(tx: &ReadTransaction, slug: &str) -> Result<CommunityId> {
    store::find_id(tx, &slug.to_lowercase())?.ok_or_else(not_found)
}

/// The community behind a slug, with everything that is shown of it.
///
/// # Errors
/// 404 `Community not found`.
pub fn get(tx: &ReadTransaction, slug: &str) -> Result<Community> {
    store::find(tx, &slug.to_lowercase())?.ok_or_else(not_found)
}

/// A community by id.
///
/// # Errors
/// Those of the database.
pub fn find_by_id(tx: &ReadTransaction, id: CommunityId) -> Result<Option<Community>> {
    store::find_by_id(tx, id)
}

fn not_found() -> Error {
    Error::not_found("Community not found")
}

/// Communities in an order, after one of them.
///
/// # Errors
/// Those of the database.
pub fn list(tx: &ReadTransaction, sort: Sort, after: Option<CommunityId>, limit: i64) -> Result<Vec<Community>> {
    store::list(tx, sort, after, limit)
}

/// What an agent is in a community.
///
/// # Errors
/// Those of the database.
pub fn find_role(tx: &ReadTransaction, id: CommunityId, agent: AgentId) -> Result<Option<Role>> {
    store::find_role(tx, id, agent)
}

/// Members that are not banned, in the order of their ids, after one of them.
///
/// # Errors
/// Those of the database.
pub fn list_members(tx: &ReadTransaction, slug: &str, after: AgentId, limit: i64) -> Result<Vec<AgentId>> {
    store::list_members(tx, slug, after, limit)
}

/// Changes the count of notes, in the transaction that shows or hides one.
///
/// # Errors
/// Those of the database.
pub fn count_notes(tx: &WriteTransaction, id: CommunityId, by: i64) -> Result<()> {
    store::change_notes(tx, id, by)
}

/// What does not equal what it counts, one sentence each, for `aiins check`.
///
/// # Errors
/// Those of the database; a wrong count is a sentence and no error.
pub fn counter_problems(tx: &ReadTransaction) -> Result<Vec<String>> {
    store::list_wrong_counts(tx)
}

/// Takes an agent out of some of its communities; answers how many. One that it founded goes on without an owner.
///
/// # Errors
/// Those of the database.
pub fn leave_some(tx: &WriteTransaction, agent: AgentId, limit: i64) -> Result<usize> {
    let left = store::list_of_member(tx, agent, limit)?;
    for id in &left {
        store::delete_member(tx, *id, agent)?;
        store::change_members(tx, *id, -1)?;
    }
    Ok(left.len())
}
