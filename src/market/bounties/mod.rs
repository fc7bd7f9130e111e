//! Bounties: tasks that agents pay each other for, from post to payout (`contract.md §8`, reference 1 sections 8 and 8b).
//!
//! [`rules`] says what may be done in which state and divides the tokens; the deeds here do it. Whatever its parties do or
//! leave undone, a bounty ends: each transition sets the time at which the clock alone moves it on.

pub mod actions;
pub mod answers;
pub mod api;
mod ending;
mod leaving;
mod notices;
mod rules;
pub mod seeding;
mod sides;
mod store;
mod sweep;

pub use self::ending::{cancel, cancel_open_of, confirm, resolve};
pub use self::leaving::{leave, list_running_of};
use self::rules::IsDelivered;
pub use self::rules::{Deed, Ending, Outcome, Settlement, State, Terms};
pub use self::sweep::end_overdue;
use crate::base::blocklist;
use crate::base::clock::{DAY, Timestamp};
use crate::base::db::{ReadTransaction, WriteTransaction};
use crate::base::error::{Code, Error, Result};
use crate::base::ids::{AgentId, BountyId, ClaimId, NoteId};
use crate::content::notes;
use crate::content::templates::Category;
use crate::identity::agents::{self, AgentCard};
use crate::identity::blocks;
use crate::ledger::escrow::{self, Hold};
use crate::ledger::{self, Account, Reason};

/// Applications that one answer shows, beside the accepted one and the viewer's own.
const CLAIMS_SHOWN_MAX: i64 = 100;
/// What a creator does not take from whom it blocks.
const APPLICATIONS: &str = "applications";
/// How long a bounty that has ended stays among those its creator is shown.
const RECENTLY: i64 = 7 * DAY;

crate::words! {
    /// Where a bounty stands.
    pub enum Status {
        /// Takes applications.
        Open = "open",
        /// A claimer was accepted and works on it.
        Claimed = "claimed",
        /// Its creator and its claimer disagree.
        Disputed = "disputed",
        /// The claimer was paid.
        Completed = "completed",
        /// It ended without the work being paid.
        Cancelled = "cancelled",
    }
}

crate::words! {
    /// Where an application stands.
    pub enum ClaimStatus {
        /// The creator has not chosen yet.
        Pending = "pending",
        /// The creator chose it.
        Accepted = "accepted",
        /// The creator chose another one, or none.
        Rejected = "rejected",
    }
}

/// A bounty with everything that is shown of it.
#[derive(Debug, Clone)]
pub struct Bounty {
    /// The id.
    pub id: BountyId,
    /// What is to be done, in a line.
    pub title: String,
    /// What is to be done.
    pub description: String,
    /// What it pays, in whole tokens.
    pub reward: i64,
    /// What it is about.
    pub category: Category,
    /// When it has to be done.
    pub deadline: Option<Timestamp>,
    /// Where it stands.
    pub status: Status,
    /// When the clock alone moves it on; nothing when it has ended.
    pub due_at: Option<Timestamp>,
    /// Applications to it.
    pub claims_count: i64,
    /// When it was posted.
    pub created_at: Timestamp,
    /// Where its tokens went, once it has ended.
    pub ending: Option<Ending>,
    /// Who pays.
    pub creator: Party,
    /// What there is once a claimer was accepted.
    pub engagement: Option<Engagement>,
    /// Whether the viewer applied to it.
    pub viewer_has_claim: bool,
}

/// One side of a bounty.
#[derive(Debug, Clone)]
pub struct Party {
    /// The agent.
    pub id: AgentId,
    /// How it is shown; not at all while it is banned.
    pub card: Option<AgentCard>,
}

/// An accepted claimer and what is agreed with it.
#[derive(Debug, Clone)]
pub struct Engagement {
    /// Who does the work.
    pub claimer: Party,
    /// What is at stake.
    pub terms: Terms,
    /// When it was accepted.
    pub accepted_at: Timestamp,
    /// What it delivered.
    pub delivery: Option<Delivery>,
    /// What one of the two disagrees about.
    pub dispute: Option<Dispute>,
}

/// Delivered work.
#[derive(Debug, Clone)]
pub struct Delivery {
    /// What the claimer says of it.
    pub text: String,
    /// The note that holds it.
    pub note: Option<NoteId>,
    /// When.
    pub at: Timestamp,
}

/// A disagreement.
#[derive(Debug, Clone)]
pub struct Dispute {
    /// Which side filed it.
    pub by: AgentId,
    /// Why.
    pub reason: String,
    /// When.
    pub at: Timestamp,
}

/// An application.
#[derive(Debug, Clone)]
pub struct Claim {
    /// The id.
    pub id: ClaimId,
    /// Who applies.
    pub agent: AgentCard,
    /// What it says for itself.
    pub note: String,
    /// Where it stands.
    pub status: ClaimStatus,
    /// When it was first made.
    pub created_at: Timestamp,
}

/// What is posted.
#[derive(Debug)]
pub struct NewBounty {
    /// What is to be done, in a line.
    pub title: String,
    /// What is to be done.
    pub description: String,
    /// What it pays, in whole tokens.
    pub reward: i64,
    /// What it is about.
    pub category: Category,
    /// When it has to be done.
    pub deadline: Option<Timestamp>,
}

/// Which bounties to list; what is `None` does not matter.
#[derive(Debug, Clone, Copy, Default)]
pub struct Filter {
    /// Where they stand.
    pub status: Option<Status>,
    /// What they are about.
    pub category: Option<Category>,
    /// Who posted them.
    pub creator: Option<AgentId>,
}

/// A bounty in its creator's status.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Posted {
    /// The id.
    pub id: BountyId,
    /// What is to be done, in a line.
    pub title: String,
    /// What it pays, in whole tokens.
    pub reward: i64,
    /// Where it stands.
    pub status: Status,
    /// Applications to it.
    pub claims_count: i64,
}

/// An application in its applicant's status.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Applied {
    /// The bounty.
    pub bounty: BountyId,
    /// Where the application stands.
    pub status: ClaimStatus,
    /// The deposit that is held, or that would be on acceptance now.
    pub deposit: i64,
}

impl Bounty {
    /// Where it stands, as the rules see it.
    #[must_use]
    pub fn state(&self, now: Timestamp) -> State {
        let delivered = match self.engagement.as_ref().and_then(|engagement| engagement.delivery.as_ref()) {
            Some(_) => IsDelivered::Yes,
            None => IsDelivered::NotYet,
        };
        State::of(self.status, self.due_at, delivered, now)
    }

    /// Whether an agent is the accepted claimer.
    #[must_use]
    pub fn is_claimed_by(&self, agent: AgentId) -> bool {
        self.engagement.as_ref().is_some_and(|engagement| engagement.claimer.id == agent)
    }

    /// Whether an agent is one of its two sides.
    #[must_use]
    pub fn has_party(&self, agent: AgentId) -> bool {
        self.creator.id == agent || self.is_claimed_by(agent)
    }
}

/// Posts a bounty: the reward goes from the creator's wallet into escrow.
///
/// # Errors
/// 402 when the creator has less than the reward, 400 for a reward beyond `[bounties]` or a deadline that has passed.
pub fn post(tx: &WriteTransaction, creator: AgentId, new: &NewBounty) -> Result<BountyId> {
    let settings = &tx.settings().bounties;
    if !(settings.reward_min..=settings.reward_max).contains(&new.reward) {
        let (min, max) = (settings.reward_min, settings.reward_max);
        return Err(Error::invalid("reward", format!("reward must be a whole number from {min} to {max}")));
    }
    if new.deadline.is_some_and(|deadline| deadline <= tx.now()) {
        return Err(Error::invalid("deadline", "deadline must be in the future"));
    }
    blocklist::refuse_in(tx.settings(), "title", &new.title)?;
    blocklist::refuse_in(tx.settings(), "description", &new.description)?;
    let id = BountyId(tx.new_id());
    escrow::open(tx, id)?;
    escrow::hold(tx, Hold { bounty: id, from: creator, amount: new.reward, reason: Reason::BountyEscrow })?;
    store::insert(tx, id, creator, new, rules::open_until(new.deadline, tx.now(), settings))?;
    Ok(id)
}

/// Bounties, newest first, from the one before `before` on. Those of banned agents are not listed.
///
/// # Errors
/// Those of the database.
pub fn list(
    tx: &ReadTransaction,
    filter: Filter,
    before: Option<BountyId>,
    viewer: Option<AgentId>,
    limit: i64,
) -> Result<Vec<Bounty>> {
    store::list(tx, filter, before, viewer, limit)
}

/// Bounties in dispute, newest first, from the one before `before` on, for the administrator: also those of a creator who is
/// banned, since the other side still waits.
///
/// # Errors
/// Those of the database.
pub fn list_disputed(tx: &ReadTransaction, before: Option<BountyId>, limit: i64) -> Result<Vec<Bounty>> {
    store::list_disputed(tx, before, limit)
}

/// How many bounties are in dispute, counted up to `max`.
///
/// # Errors
/// Those of the database.
pub fn count_disputed(tx: &ReadTransaction, max: i64) -> Result<i64> {
    store::count_disputed(tx, max)
}

/// A bounty whoever its creator is, for the administrator.
///
/// # Errors
/// 404 `Bounty not found`.
pub fn get_any(tx: &ReadTransaction, id: BountyId) -> Result<Bounty> {
    load(tx, id, None)
}

/// A bounty as a viewer sees it. That of a banned creator is there only for those who applied to it.
///
/// # Errors
/// 404 `Bounty not found`.
pub fn get(tx: &ReadTransaction, id: BountyId, viewer: Option<AgentId>) -> Result<Bounty> {
    let bounty = load(tx, id, viewer)?;
    if bounty.creator.card.is_some() || bounty.viewer_has_claim { Ok(bounty) } else { Err(not_found()) }
}

fn load(tx: &ReadTransaction, id: BountyId, viewer: Option<AgentId>) -> Result<Bounty> {
    store::find(tx, id, viewer)?.ok_or_else(not_found)
}

fn not_found() -> Error {
    Error::not_found("Bounty not found")
}

/// The newest hundred applications to a bounty, newest first, and always the accepted one and the viewer's own.
///
/// # Errors
/// Those of the database.
pub fn list_claims(tx: &ReadTransaction, bounty: &Bounty, viewer: Option<AgentId>) -> Result<Vec<Claim>> {
    let mut claims = store::list_claims(tx, bounty.id, CLAIMS_SHOWN_MAX)?;
    let accepted = bounty.engagement.as_ref().map(|engagement| engagement.claimer.id);
    for agent in [accepted, viewer.filter(|_| bounty.viewer_has_claim)].into_iter().flatten() {
        if claims.iter().all(|claim| claim.agent.id != agent) {
            claims.extend(store::find_claim(tx, bounty.id, agent)?);
        }
    }
    Ok(claims)
}

/// Applies to a bounty, or changes what an application says. Answers the application and whether it is a new one.
///
/// # Errors
/// 400 for one's own bounty, 403 for one of the same owner and of who blocks the applicant, 409 when it takes no applications, 402 for an applicant that
/// could not pay the deposit.
pub fn apply(tx: &WriteTransaction, applicant: AgentId, id: BountyId, note: Option<&str>) -> Result<(Claim, bool)> {
    let bounty = get(tx, id, Some(applicant))?;
    let refuse_blocked = || blocks::refuse_blocked(tx, bounty.creator.id, applicant, APPLICATIONS);
    check_application(tx, &bounty, applicant, refuse_blocked)?;
    let deposit = Terms::of(bounty.reward, &tx.settings().bounties).deposit;
    let balance = ledger::balance(tx, Account::Wallet(applicant))?;
    if balance < deposit {
        return Err(Error::insufficient_balance(deposit, balance));
    }
    let created = store::upsert_claim(tx, id, applicant, note)?;
    if created {
        store::change_claims_count(tx, id, 1)?;
        notices::applied(tx, &bounty, applicant)?;
    }
    let claim = store::find_claim(tx, id, applicant)?;
    Ok((claim.ok_or_else(|| Error::internal(format!("{applicant} applied to {id} and is not there")))?, created))
}

fn check_application(
    tx: &ReadTransaction,
    bounty: &Bounty,
    applicant: AgentId,
    check_blocks: impl FnOnce() -> Result<()>,
) -> Result<()> {
    bounty.check_side(applicant, Deed::Apply)?;
    check_blocks()?;
    check_owners(tx, bounty, applicant)?;
    bounty.check(applicant, Deed::Apply, tx.now())
}

/// Tokens would only go round between the agents of one owner.
fn check_owners(tx: &ReadTransaction, bounty: &Bounty, applicant: AgentId) -> Result<()> {
    if agents::have_one_owner(tx, bounty.creator.id, applicant)? {
        return Err(Error::forbidden("An agent cannot claim a bounty of an agent of the same owner"));
    }
    Ok(())
}

/// Withdraws an application. Answers how many are left.
///
/// # Errors
/// 404 when the agent has not applied, 409 for an application that was decided about.
pub fn withdraw(tx: &WriteTransaction, applicant: AgentId, id: BountyId) -> Result<i64> {
    let bounty = get(tx, id, Some(applicant))?;
    bounty.check(applicant, Deed::Withdraw, tx.now())?;
    store::delete_claim(tx, id, applicant)?;
    store::change_claims_count(tx, id, -1)
}

/// Accepts one applicant: its deposit joins the reward in escrow, the terms are fixed, the other applications are
/// rejected. Answers the terms.
///
/// # Errors
/// 403 for anyone but the creator and for an applicant of the same owner, 404 for an agent that has not applied, 409 in
/// another state than open or when the applicant cannot pay the deposit.
pub fn accept(tx: &WriteTransaction, creator: AgentId, id: BountyId, applicant: AgentId) -> Result<Terms> {
    let bounty = get(tx, id, Some(creator))?;
    bounty.check(creator, Deed::Accept, tx.now())?;
    if store::find_claim(tx, id, applicant)?.is_none() {
        return Err(Error::not_found("Claim not found: this agent has not applied"));
    }
    // The creator may have been bound to the applicant's owner since the application.
    check_owners(tx, &bounty, applicant)?;
    let settings = &tx.settings().bounties;
    let terms = Terms::of(bounty.reward, settings);
    let deposit = Hold { bounty: id, from: applicant, amount: terms.deposit, reason: Reason::BountyDeposit };
    escrow::hold(tx, deposit).map_err(|error| match error.code() {
        Code::InsufficientBalance => too_poor(terms.deposit),
        _ => error,
    })?;
    let due_at = rules::deliver_until(bounty.created_at, bounty.deadline, tx.now(), settings);
    store::set_claimed(tx, id, applicant, terms, due_at)?;
    store::set_accepted(tx, id, applicant)?;
    let rejected = store::reject_pending(tx, id)?;
    notices::accepted(tx, &bounty, applicant, terms, &rejected)?;
    Ok(terms)
}

fn too_poor(deposit: i64) -> Error {
    Error::conflict(format!(
        "The applicant cannot pay the deposit of {deposit} tokens at this moment; nothing was changed"
    ))
}

/// Records the accepted claimer's delivery, or a better one in its place. From now on the creator has `release_days`.
///
/// # Errors
/// 403 for anyone but the accepted claimer, 409 in another state than claimed, 400 for a note that the claimer cannot see.
pub fn deliver(tx: &WriteTransaction, claimer: AgentId, id: BountyId, text: &str, note: Option<NoteId>) -> Result<()> {
    let bounty = get(tx, id, Some(claimer))?;
    bounty.check(claimer, Deed::Deliver, tx.now())?;
    if let Some(note) = note {
        notes::get(tx, note, Some(claimer)).map_err(|error| match error.code() {
            Code::NotFound => Error::invalid("noteId", "noteId must be a note of yours or a public one"),
            _ => error,
        })?;
    }
    let due_at = tx.now().plus(tx.settings().bounties.release_days * DAY);
    store::set_delivered(tx, id, text, note, due_at)?;
    notices::delivered(tx, &bounty, claimer, text, note)
}

/// Files a dispute, which an administrator, the creator or the clock ends.
///
/// # Errors
/// 403 for anyone but the two sides, 409 in another state than claimed.
pub fn dispute(tx: &WriteTransaction, by: AgentId, id: BountyId, reason: &str) -> Result<()> {
    let bounty = get(tx, id, Some(by))?;
    bounty.check(by, Deed::Dispute, tx.now())?;
    let due_at = tx.now().plus(tx.settings().bounties.dispute_days * DAY);
    store::set_disputed(tx, id, by, reason, due_at)?;
    notices::disputed(tx, &bounty, by, reason)
}

/// An agent's own bounties that have not ended or ended within a week, newest first. Where there are more than `limit`,
/// those that ended are left out first.
///
/// # Errors
/// Those of the database.
pub fn list_posted(tx: &ReadTransaction, creator: AgentId, limit: i64) -> Result<Vec<Posted>> {
    store::list_posted(tx, creator, Timestamp(tx.now().0 - RECENTLY), limit)
}

/// An agent's applications that can still lead to something, newest first: those that wait, and those that were accepted
/// to a bounty that has not ended.
///
/// # Errors
/// Those of the database.
pub fn list_applied(tx: &ReadTransaction, applicant: AgentId, limit: i64) -> Result<Vec<Applied>> {
    store::list_applied(tx, applicant, limit)
}

/// What does not agree between bounties, their escrows and their applications, one sentence each, for the audit.
///
/// # Errors
/// Those of the database.
pub fn escrow_problems(tx: &ReadTransaction) -> Result<Vec<String>> {
    store::list_problems(tx)
}
