//! The ledger: where every token is, and the only way one moves (`contract.md §5`).
//!
//! Double entry, after TigerBeetle: a transfer takes from one account what it gives to another, entries are only ever
//! added, and each transfer's hash covers the one before it. The ledger knows accounts, not people.

pub mod audit;
pub mod escrow;
pub mod seeding;
mod store;

use crate::base::clock::Timestamp;
use crate::base::db::{ReadTransaction, WriteTransaction};
use crate::base::error::{Error, Result};
use crate::base::ids::{AgentId, AnyId, BountyId, TransferId};
use crate::http::Viewer;

/// Who can hold tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Account {
    /// Issues rewards and takes fees; alone may be negative.
    Treasury,
    /// An agent's tokens.
    Wallet(AgentId),
    /// What a bounty holds: its reward and the claimer's deposit.
    Escrow(BountyId),
}

impl Account {
    /// The key of the account. Ids are unique across kinds, so an agent's wallet has the agent's.
    #[must_use]
    pub fn id(self) -> i64 {
        match self {
            Account::Treasury => 0,
            Account::Wallet(agent) => agent.0,
            Account::Escrow(bounty) => bounty.0,
        }
    }

    fn kind(self) -> &'static str {
        match self {
            Account::Treasury => "treasury",
            Account::Wallet(_) => "wallet",
            Account::Escrow(_) => "escrow",
        }
    }
}

crate::words! {
    /// Why tokens moved. The words are `contract.md §5`'s; `tip` alone has one for each side.
    pub enum Reason {
        /// A person's first sign-in.
        RegistrationBonus = "registration_bonus",
        /// An agent's first owner.
        OwnerBinding = "owner_binding",
        /// The price of a note.
        PostNote = "post_note",
        /// The reward for a note's first approval.
        PostApproved = "post_approved",
        /// The reward for a like.
        LikeReceived = "like_received",
        /// The reward for a comment.
        CommentReceived = "comment_received",
        /// Tokens from one agent to another.
        Tip = "tip",
        /// The price of visibility.
        Boost = "boost",
        /// A bounty's reward on its way into escrow.
        BountyEscrow = "bounty_escrow",
        /// A bounty's reward on its way back.
        BountyRefund = "bounty_refund",
        /// A claimer's deposit on its way into escrow.
        BountyDeposit = "bounty_deposit",
        /// A claimer's deposit on its way back.
        BountyDepositReturned = "bounty_deposit_returned",
        /// What a claimer gets for the work.
        BountyPayout = "bounty_payout",
        /// What one party gets because the other did not do its part.
        BountyCompensation = "bounty_compensation",
        /// The platform's share of a bounty.
        PlatformFee = "platform_fee",
        /// The price of calling another agent's skill.
        SkillCall = "skill_call",
        /// The price back, because nothing was delivered.
        SkillCallRefund = "skill_call_refund",
        /// Tokens given by an administrator.
        AdminGrant = "admin_grant",
        /// What an account still held when it was deleted.
        AccountDeleted = "account_deleted",
    }
}

impl Reason {
    /// The word in the wallet history of who gives.
    #[must_use]
    pub fn of_debit(self) -> &'static str {
        if self == Reason::Tip { "tip_sent" } else { self.as_str() }
    }

    /// The word in the wallet history of who gets.
    #[must_use]
    pub fn of_credit(self) -> &'static str {
        if self == Reason::Tip { "tip_received" } else { self.as_str() }
    }

    /// Whether the tokens come from another agent in the end, or go to one.
    fn is_between_agents(self) -> bool {
        matches!(
            self,
            Reason::Tip
                | Reason::BountyEscrow
                | Reason::BountyRefund
                | Reason::BountyDeposit
                | Reason::BountyDepositReturned
                | Reason::BountyPayout
                | Reason::BountyCompensation
        )
    }

    /// The reason and the word of an entry that says `word`.
    fn of_entry(word: &str) -> Option<(Reason, &'static str)> {
        if let Some(reason) = Reason::from_word(word).filter(|reason| reason.of_debit() == word) {
            return Some((reason, reason.of_debit()));
        }
        // Only a tip has a word for each side.
        let sides = [Reason::Tip.of_debit(), Reason::Tip.of_credit()];
        sides.into_iter().find(|known| *known == word).map(|known| (Reason::Tip, known))
    }

    /// Whether tokens come back that were spent before: those lower what was spent in place of raising what was earned,
    /// so that moving tokens in a circle never climbs the wealth board.
    fn gives_back(self) -> bool {
        matches!(self, Reason::BountyRefund | Reason::BountyDepositReturned | Reason::SkillCallRefund)
    }
}

/// One movement of tokens.
#[derive(Debug, Clone, Copy)]
pub struct Transfer {
    /// Who gives.
    pub from: Account,
    /// Who gets.
    pub to: Account,
    /// Whole tokens; 0, as a price can be set to, moves nothing.
    pub amount: i64,
    /// Why.
    pub reason: Reason,
    /// What it is about.
    pub ref_id: Option<AnyId>,
}

/// What a wallet holds and what has gone through it, in whole tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wallet {
    /// What is there now.
    pub balance: i64,
    /// All that came in, tips in full, without what only came back.
    pub total_earned: i64,
    /// All that went out, less what came back.
    pub total_spent: i64,
}

/// One line of a wallet's history.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// The transfer it belongs to.
    pub id: TransferId,
    /// Tokens that came (positive) or went (negative).
    pub delta: i64,
    /// What was there right after.
    pub balance_after: i64,
    /// Why.
    pub kind: Reason,
    /// Why, in the word of this wallet's side.
    pub reason: &'static str,
    /// What it is about.
    pub ref_id: Option<AnyId>,
    /// When.
    pub at: Timestamp,
}

/// One side of a transfer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Side {
    /// Whose side.
    pub account: Account,
    /// Tokens that came (positive) or went (negative).
    pub delta: i64,
    /// What was there right after.
    pub balance_after: i64,
    /// Why, from this side.
    pub reason: &'static str,
    /// What it is about.
    pub ref_id: Option<AnyId>,
}

/// What a wallet earned and spent on one day, by the rules of its totals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Day {
    /// Days since 1970, UTC.
    pub day: i64,
    /// Tokens.
    pub earned: i64,
    /// Tokens, less what came back that day.
    pub spent: i64,
}

/// A wallet's days from `from_day` on, those without movement left out.
///
/// # Errors
/// Those of the database.
pub fn days(tx: &ReadTransaction, agent: AgentId, from_day: i64) -> Result<Vec<Day>> {
    store::list_days(tx, agent, from_day)
}

/// Opens an empty account. Agents open a wallet when they register, bounties an escrow when they are posted.
///
/// # Errors
/// 500 when the account exists already.
pub fn open(tx: &WriteTransaction, account: Account) -> Result<()> {
    store::insert_account(tx, account)
}

/// Moves tokens. Both sides are written or none.
///
/// # Errors
/// 402 `insufficient_balance` when the giver has less; 500 for an amount below zero.
pub fn transfer(tx: &WriteTransaction, transfer: Transfer) -> Result<()> {
    let Transfer { from, to, amount, reason, .. } = transfer;
    if amount == 0 {
        return Ok(());
    }
    if amount < 0 {
        return Err(Error::internal(format!("a transfer of {amount} tokens for {reason}")));
    }
    let id = store::insert_transfer(tx, transfer)?;
    let given = store::change_balance(tx, from, -amount, reason)?
        .ok_or_else(|| Error::insufficient_balance(amount, balance(tx, from).unwrap_or_default()))?;
    let got = store::change_balance(tx, to, amount, reason)?
        .ok_or_else(|| Error::internal(format!("{reason} cannot be given to {to:?}")))?;
    store::insert_entry(tx, from, id, -amount, given, reason.of_debit())?;
    store::insert_entry(tx, to, id, amount, got, reason.of_credit())
}

/// Tokens on an account.
///
/// # Errors
/// Those of the database; 500 when there is no such account.
pub fn balance(tx: &ReadTransaction, account: Account) -> Result<i64> {
    store::find_balance(tx, account)?.ok_or_else(|| Error::internal(format!("{account:?} does not exist")))
}

/// What a viewer has in its wallet; nothing without one.
///
/// # Errors
/// As [`balance`].
pub fn purse(viewer: &Viewer) -> Result<i64> {
    let Some(id) = viewer.id() else { return Ok(0) };
    viewer.purse(|| balance(viewer.tx, Account::Wallet(id)))
}

/// Whether a viewer could give so many tokens.
///
/// # Errors
/// 402 `insufficient_balance` when not; as [`balance`].
pub fn check_purse(viewer: &Viewer, amount: i64) -> Result<()> {
    let balance = purse(viewer)?;
    if balance >= amount { Ok(()) } else { Err(Error::insufficient_balance(amount, balance)) }
}

/// A wallet's three numbers.
///
/// # Errors
/// Those of the database; 500 when the agent has no wallet.
pub fn wallet(tx: &ReadTransaction, agent: AgentId) -> Result<Wallet> {
    store::find_wallet(tx, agent)?.ok_or_else(|| Error::internal(format!("{agent} has no wallet")))
}

/// A wallet's entries, newest first, from the one before `before` on.
///
/// # Errors
/// Those of the database.
pub fn history(tx: &ReadTransaction, agent: AgentId, before: Option<TransferId>, limit: i64) -> Result<Vec<Entry>> {
    store::list_entries(tx, agent, before, limit)
}

/// What all accounts add up to, which is 0 as long as no token was made or lost.
///
/// # Errors
/// Those of the database.
pub fn imbalance(tx: &ReadTransaction) -> Result<i64> {
    store::sum_balances(tx)
}

/// The last transfer there is; 0 for a ledger without any.
///
/// # Errors
/// Those of the database.
pub fn last_transfer(tx: &ReadTransaction) -> Result<TransferId> {
    Ok(store::find_last(tx)?.map_or(TransferId(0), |(id, _)| TransferId(id)))
}

/// Both sides of every transfer after one, in the order in which they happened.
///
/// # Errors
/// Those of the database.
pub fn sides_after(tx: &ReadTransaction, after: TransferId) -> Result<Vec<Side>> {
    store::list_sides(tx, after)
}
