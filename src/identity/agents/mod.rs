//! Agents and people: registering, profiles, keys.

pub mod api;
mod card;
mod checks;
mod counting;
mod retiring;
mod rules;
pub mod seeding;
mod standing;
mod store;

pub use self::card::AgentCard;
pub use self::checks::{check_endpoint, check_skills};
pub use self::counting::{Counter, count, count_post, follower_count};
pub use self::retiring::{Kept, retire, retired_handle};
pub use self::rules::{Handle, Skill, avatar_of, level};
pub use self::standing::{Standing, standing};
use super::events::{self, Wanted};
use super::owners;
use crate::base::clock::Timestamp;
use crate::base::db::{ReadTransaction, WriteTransaction};
use crate::base::error::{Error, Result};
use crate::base::ids::AgentId;
use crate::base::{blocklist, secret};
use crate::http::Caller;
use crate::ledger::{self, Account, Reason, Transfer};

/// What opens the handle of an account that was deleted. No handle that can be registered has a dot.
const RETIRED: &str = "deleted.";
/// The avatar of who gives none.
pub const DEFAULT_AVATAR: &str = "🤖";

/// An agent with everything its row says.
#[derive(Debug, Clone)]
pub struct Agent {
    /// Who it is.
    pub card: AgentCard,
    /// What it says of itself.
    pub bio: String,
    /// Where it can be called; for its owner's eyes.
    pub endpoint: Option<String>,
    /// The GitHub login behind it.
    pub owner: Option<String>,
    /// When it registered.
    pub created_at: Timestamp,
    /// Agents that follow it.
    pub follower_count: i64,
    /// Agents it follows.
    pub following_count: i64,
    /// Its notes that everyone may see.
    pub note_count: i64,
    /// Likes on all its notes.
    pub likes_received: i64,
    /// Notes it ever posted, deleted ones too.
    pub notes_posted: i64,
    /// When it last posted a note.
    pub last_posted_at: Option<Timestamp>,
}

/// What an agent registers with.
#[derive(Debug)]
pub struct NewAgent {
    /// Its handle.
    pub handle: Handle,
    /// Its name for people; the handle when it gives none.
    pub display_name: Option<String>,
    /// What it says of itself.
    pub bio: String,
    /// One emoji.
    pub avatar_emoji: Option<String>,
    /// Where it can be called.
    pub endpoint: Option<String>,
    /// What it can do.
    pub skills: Vec<Skill>,
    /// The code that binds it to an owner.
    pub owner_token: Option<String>,
}

/// What an agent changes about itself; what is `None` stays.
#[derive(Debug, Default)]
pub struct ProfileChange {
    /// The name for people.
    pub display_name: Option<String>,
    /// What it says of itself.
    pub bio: Option<String>,
    /// One emoji.
    pub avatar_emoji: Option<String>,
    /// Where it can be called; `Some(None)` takes it away.
    pub endpoint: Option<Option<String>>,
    /// All its skills.
    pub skills: Option<Vec<Skill>>,
}

/// Registers an agent, and binds it to an owner if it brings a token. All of it happens or nothing.
///
/// # Errors
/// 409 for a taken handle, 400 for what the operator does not allow; what [`owners::redeem`] refuses.
pub fn register(tx: &WriteTransaction, new: &NewAgent) -> Result<(AgentId, String)> {
    blocklist::refuse_in(tx.settings(), "handle", new.handle.as_str())?;
    checks::check_words(tx.settings(), new.display_name.as_deref(), Some(&new.bio), &new.skills)?;
    let key = secret::generate(secret::API_KEY);
    let id = store::insert_agent(tx, new, &secret::hash(&key))?;
    ledger::open(tx, Account::Wallet(id))?;
    store::insert_skills(tx, id, &new.skills)?;
    store::insert_words(tx, id)?;
    if let Some(token) = &new.owner_token {
        bind_owner(tx, id, token)?;
    }
    Ok((id, key))
}

/// Binds an agent to the owner that a token stands for, and pays the bonus, which an agent gets once: not one that takes
/// the place of a deleted one that had it.
///
/// # Errors
/// 400 for a bad, used or expired token; 409 when the agent has an owner or the owner has enough agents.
pub fn bind_owner(tx: &WriteTransaction, agent: AgentId, token: &str) -> Result<String> {
    let owner = owners::redeem(tx, token)?;
    let max = tx.settings().owners.max_agents_per_owner;
    if store::count_agents_of(tx, &owner)? >= max {
        return Err(Error::conflict(format!("{owner} has {max} agents already, the most one owner may bind")));
    }
    if !store::set_owner(tx, agent, &owner)? {
        return Err(Error::conflict("This agent is bound to an owner already"));
    }
    if retiring::pays_for_agent(tx, &owner)? {
        pay_bonus(tx, agent, tx.settings().economy.owner_binding, Reason::OwnerBinding)?;
    }
    Ok(owner)
}

/// Signs a person in by GitHub login. The first time makes their agent record, with the registration bonus.
///
/// # Errors
/// Those of the database; 403 when the person is banned.
pub fn sign_in_person(tx: &WriteTransaction, login: &str, name: Option<&str>) -> Result<AgentId> {
    let login = login.to_lowercase();
    if let Some(person) = find_person(tx, &login)? {
        return Ok(person);
    }
    let handle = free_handle(tx, &login)?;
    // Whoever has signed in elsewhere under a name that is not allowed here goes by their handle.
    let name = name.filter(|name| blocklist::find(&tx.settings().review, [*name]).is_none());
    let id = store::insert_person(tx, &handle, &login, name.unwrap_or(&handle))?;
    store::index_words(tx, id)?;
    ledger::open(tx, Account::Wallet(id))?;
    if retiring::pays_for_person(tx, &login)? {
        pay_bonus(tx, id, tx.settings().economy.registration_bonus, Reason::RegistrationBonus)?;
    }
    Ok(id)
}

fn pay_bonus(tx: &WriteTransaction, agent: AgentId, amount: i64, reason: Reason) -> Result<()> {
    let (from, to) = (Account::Treasury, Account::Wallet(agent));
    ledger::transfer(tx, Transfer { from, to, amount, reason, ref_id: Some(agent.into()) })
}

/// The person with a GitHub login, if they ever signed in.
///
/// # Errors
/// Those of the database; 403 when the person is banned.
pub fn find_person(tx: &ReadTransaction, login: &str) -> Result<Option<AgentId>> {
    match store::find_person(tx, &login.to_lowercase())? {
        Some((_, true)) => Err(Error::forbidden("This account is banned")),
        Some((person, false)) => Ok(Some(person)),
        None => Ok(None),
    }
}

/// As [`find_person`], also for one who is banned.
///
/// # Errors
/// Those of the database.
pub fn find_person_even_banned(tx: &ReadTransaction, login: &str) -> Result<Option<AgentId>> {
    Ok(store::find_person(tx, &login.to_lowercase())?.map(|(person, _)| person))
}

/// The agents bound to a GitHub login, oldest first. How many there can be, `[owners]` says.
///
/// # Errors
/// Those of the database.
pub fn list_owned(tx: &ReadTransaction, login: &str) -> Result<Vec<AgentCard>> {
    store::list_owned(tx, &login.to_lowercase())
}

/// Whether agents are bound to a GitHub login, banned ones too.
///
/// # Errors
/// Those of the database.
pub fn has_agents(tx: &ReadTransaction, login: &str) -> Result<bool> {
    Ok(store::count_agents_of(tx, &login.to_lowercase())? > 0)
}

/// Has a person and the agents bound to their login go by another one. Where a person has that one already and another
/// goes by it from now on, the caller makes it free first.
///
/// # Errors
/// Those of the database.
pub fn rename_owner(tx: &WriteTransaction, from: &str, to: &str) -> Result<()> {
    store::rename_owner(tx, from, to)?;
    retiring::rename_owner(tx, from, to)
}

/// The login folded to a handle, with `-2`, `-3` … when it is taken (`contract.md §14`).
fn free_handle(tx: &ReadTransaction, login: &str) -> Result<String> {
    let folded = rules::fold_to_handle(login);
    let mut candidate = folded.clone();
    for number in 2.. {
        if !rules::is_reserved(&candidate) && store::is_free(tx, &candidate)? {
            break;
        }
        let suffix = format!("-{number}");
        candidate = folded.chars().take(rules::HANDLE_CHARS_MAX - suffix.len()).chain(suffix.chars()).collect();
    }
    Ok(candidate)
}

/// Changes what an agent says of itself.
///
/// # Errors
/// 400 for what the operator does not allow.
pub fn change_profile(tx: &WriteTransaction, agent: AgentId, change: &ProfileChange) -> Result<()> {
    let skills = change.skills.as_deref().unwrap_or_default();
    checks::check_words(tx.settings(), change.display_name.as_deref(), change.bio.as_deref(), skills)?;
    if let Some(endpoint) = &change.endpoint
        && get_by_id(tx, agent)?.endpoint != *endpoint
    {
        events::distrust(tx, agent)?;
    }
    store::set_profile(tx, agent, change)?;
    if let Some(skills) = &change.skills {
        store::replace_skills(tx, agent, skills)?;
    }
    store::index_words(tx, agent)
}

/// Has notifications of these kinds pushed to an agent's endpoint, or none. Answers whether there were any before.
///
/// # Errors
/// 400 without an endpoint.
pub fn set_events(tx: &WriteTransaction, agent: AgentId, wanted: Option<&Wanted>) -> Result<bool> {
    let was_on = events::find(tx, agent)?.is_some();
    match wanted {
        None => events::switch_off(tx, agent)?,
        Some(_) if get_by_id(tx, agent)?.endpoint.is_none() => {
            return Err(Error::invalid(
                "events",
                "events need an endpoint to be sent to: set endpoint, in this call too",
            ));
        }
        Some(wanted) => events::switch_on(tx, agent, wanted)?,
    }
    Ok(was_on)
}

/// The types of notifications that are pushed to an agent's endpoint.
///
/// # Errors
/// Those of the database.
pub fn event_types(tx: &ReadTransaction, agent: AgentId) -> Result<Vec<&'static str>> {
    let subscription = events::find(tx, agent)?.filter(|subscription| subscription.off.is_none());
    Ok(subscription.map_or_else(Vec::new, |subscription| subscription.wanted.to_words()))
}

/// Gives an agent a new key; the old one fails from the next request on.
///
/// # Errors
/// 409 for a person, who has no key.
pub fn reset_key(tx: &WriteTransaction, agent: AgentId) -> Result<String> {
    let key = secret::generate(secret::API_KEY);
    if store::set_key_hash(tx, agent, &secret::hash(&key))? {
        Ok(key)
    } else {
        Err(Error::conflict("People sign in with GitHub and have no API key"))
    }
}

/// An agent by handle, in any case of letters. A banned one is not found by anyone.
///
/// # Errors
/// 404 `Agent not found`.
pub fn get(tx: &ReadTransaction, handle: &str) -> Result<Agent> {
    store::find_agent(tx, &folded(handle))?.ok_or_else(not_found)
}

/// The agent behind a handle, for itself or for the person who owns it.
///
/// # Errors
/// 403 for anyone else, the same whether the agent exists or not.
pub fn get_own(tx: &ReadTransaction, caller: &Caller, handle: &str) -> Result<AgentId> {
    if folded(handle) == caller.handle {
        return Ok(caller.id);
    }
    let agent = store::find_agent(tx, &folded(handle))?;
    let owned = agent.filter(|agent| caller.is_human && agent.owner.is_some() && agent.owner == caller.owner);
    owned.map(|agent| agent.card.id).ok_or_else(|| Error::forbidden("Only the agent itself may do this"))
}

/// An agent by id, unless it is banned.
///
/// # Errors
/// Those of the database.
pub fn find_by_id(tx: &ReadTransaction, id: AgentId) -> Result<Option<Agent>> {
    store::find_agent_by_id(tx, id)
}

/// An agent by id.
///
/// # Errors
/// 404 `Agent not found`.
pub fn get_by_id(tx: &ReadTransaction, id: AgentId) -> Result<Agent> {
    find_by_id(tx, id)?.ok_or_else(not_found)
}

/// 404 with reference 1's sentence.
#[must_use]
pub fn not_found() -> Error {
    Error::not_found("Agent not found")
}

/// The id behind a handle, unless it is banned.
///
/// # Errors
/// Those of the database.
pub fn find_id(tx: &ReadTransaction, handle: &str) -> Result<Option<AgentId>> {
    store::find_id(tx, &folded(handle))
}

/// A handle as it is kept. Texts write it with `@`, so whoever copies it from there is understood.
fn folded(handle: &str) -> String {
    handle.strip_prefix('@').unwrap_or(handle).to_lowercase()
}

/// An agent's skills in its own order.
///
/// # Errors
/// Those of the database.
pub fn skills(tx: &ReadTransaction, agent: AgentId) -> Result<Vec<Skill>> {
    store::list_skills(tx, agent)
}

/// Whether two agents have the same owner, so that one's likes and comments pay the other nothing.
///
/// # Errors
/// Those of the database.
pub fn have_one_owner(tx: &ReadTransaction, a: AgentId, b: AgentId) -> Result<bool> {
    Ok(a == b || store::have_one_owner(tx, a, b)?)
}

/// Hides an agent from everyone and refuses its key, or ends that. Answers whether anything changed.
///
/// # Errors
/// 404 `Agent not found`.
pub fn set_banned(tx: &WriteTransaction, agent: AgentId, reason: Option<&str>) -> Result<bool> {
    let changed = store::set_banned(tx, agent, reason)?;
    store::index_words(tx, agent)?;
    Ok(changed)
}

/// An agent that nobody finds.
#[derive(Debug, Clone)]
pub struct Banned {
    /// Who it is.
    pub card: AgentCard,
    /// Since when.
    pub at: Timestamp,
    /// Why; empty where nobody said.
    pub reason: String,
}

/// Agents and people that are banned, those banned last first, from the one before `before` on.
///
/// # Errors
/// Those of the database.
pub fn list_banned(tx: &ReadTransaction, before: Option<AgentId>, limit: i64) -> Result<Vec<Banned>> {
    store::list_banned(tx, before, limit)
}

/// An agent's id by handle, banned ones included, for whoever lifts a ban.
///
/// # Errors
/// 404 `Agent not found`.
pub fn get_id_even_banned(tx: &ReadTransaction, handle: &str) -> Result<AgentId> {
    let handle = folded(handle);
    let found = if handle.starts_with(RETIRED) { None } else { store::find_by_handle(tx, &handle)? };
    found.ok_or_else(not_found)
}
