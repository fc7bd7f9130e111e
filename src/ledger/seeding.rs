//! Seeding: a ledger kept in memory while a past is made up, whose rows are written in bulk.
//!
//! It is the same ledger by the same rules: two entries for each transfer, totals as [`Totals`] says, one chain of hashes,
//! and nobody below zero.

use std::collections::{BTreeMap, HashMap};

use rusqlite::named_params;

use super::store::{Link, Totals};
use super::{Account, Reason, Transfer, store};
use crate::base::clock::Timestamp;
use crate::base::db::WriteTransaction;
use crate::base::error::{Error, Result};
use crate::base::ids::{self, AgentId};

/// All accounts and the end of the chain.
#[derive(Default)]
pub struct Book {
    holders: HashMap<i64, Holder>,
    last_id: i64,
    last_hash: [u8; 32],
    day: i64,
    /// What wallets earned and spent on that day.
    days: BTreeMap<i64, (i64, i64)>,
    rows: Rows,
}

/// What an account holds and what went through it.
struct Holder {
    account: Account,
    balance: i64,
    totals: Totals,
}

/// Rows that are to be written, in the order in which the schema takes them.
#[derive(Default)]
pub struct Rows {
    accounts: Vec<Account>,
    transfers: Vec<TransferRow>,
    entries: Vec<EntryRow>,
    days: Vec<DayRow>,
}

struct TransferRow {
    id: i64,
    transfer: Transfer,
    ref_id: Option<String>,
    at: Timestamp,
    hash: [u8; 32],
}

struct EntryRow {
    account: i64,
    transfer: i64,
    delta: i64,
    balance_after: i64,
    reason: &'static str,
}

struct DayRow {
    account: i64,
    day: i64,
    earned: i64,
    spent: i64,
}

impl Book {
    /// A book with nothing but the treasury, which every file has.
    #[must_use]
    pub fn new() -> Book {
        let mut book = Book::default();
        book.holders.insert(0, Holder { account: Account::Treasury, balance: 0, totals: Totals::default() });
        book
    }

    /// Opens an empty account.
    pub fn open(&mut self, account: Account) {
        self.holders.insert(account.id(), Holder { account, balance: 0, totals: Totals::default() });
        self.rows.accounts.push(account);
    }

    /// Tokens on an account; 0 for one that there is not.
    #[must_use]
    pub fn balance(&self, account: Account) -> i64 {
        self.holders.get(&account.id()).map_or(0, |holder| holder.balance)
    }

    /// All that came to a wallet.
    #[must_use]
    pub fn total_earned(&self, agent: AgentId) -> i64 {
        self.holders.get(&agent.0).map_or(0, |holder| holder.totals.earned)
    }

    /// Moves tokens at a time, which is never before that of the transfer before. `low` tells its id apart from others of
    /// that moment. Answers whether it was done: not for an amount of 0 or a giver that has less.
    ///
    /// # Errors
    /// 500 for an amount below zero or an account that was not opened.
    pub fn transfer(&mut self, at: Timestamp, low: u32, transfer: Transfer) -> Result<bool> {
        let Transfer { from, to, amount, reason, ref_id } = transfer;
        let covered = from == Account::Treasury || self.balance(from) >= amount;
        if amount == 0 || !covered {
            return Ok(false);
        }
        if amount < 0 {
            return Err(Error::internal(format!("a transfer of {amount} tokens for {reason}")));
        }
        if at.day() != self.day {
            self.end_day();
            self.day = at.day();
        }
        let id = ids::made_up(at, low).max(self.last_id + 1);
        let ref_id = ref_id.map(|id| id.to_string());
        let link = Link {
            id,
            from: from.id(),
            to: to.id(),
            amount,
            reason: reason.as_str(),
            ref_id: ref_id.clone(),
            at: at.0,
        };
        let hash = link.hash_after(&self.last_hash);
        (self.last_id, self.last_hash) = (id, hash);
        self.rows.transfers.push(TransferRow { id, transfer, ref_id, at, hash });
        self.enter(from, id, -amount, reason, reason.of_debit())?;
        self.enter(to, id, amount, reason, reason.of_credit())?;
        Ok(true)
    }

    fn enter(&mut self, account: Account, transfer: i64, delta: i64, why: Reason, reason: &'static str) -> Result<()> {
        let holder = self
            .holders
            .get_mut(&account.id())
            .ok_or_else(|| Error::internal(format!("{account:?} does not exist")))?;
        let part = Totals::of(account, delta, why);
        holder.balance += delta;
        holder.totals.earned += part.earned;
        holder.totals.spent += part.spent;
        holder.totals.from_agents += part.from_agents;
        holder.totals.to_agents += part.to_agents;
        if part.earned != 0 || part.spent != 0 {
            let day = self.days.entry(account.id()).or_default();
            day.0 += part.earned;
            day.1 += part.spent;
        }
        let balance_after = holder.balance;
        self.rows.entries.push(EntryRow { account: account.id(), transfer, delta, balance_after, reason });
        Ok(())
    }

    fn end_day(&mut self) {
        let day = self.day;
        let ended = std::mem::take(&mut self.days).into_iter();
        self.rows.days.extend(ended.map(|(account, (earned, spent))| DayRow { account, day, earned, spent }));
    }

    /// The rows since the last call.
    pub fn take_rows(&mut self) -> Rows {
        std::mem::take(&mut self.rows)
    }

    /// Ends the book: the rows that are left, and what the accounts hold.
    #[must_use]
    pub fn close(mut self) -> (Rows, Balances) {
        self.end_day();
        let mut holders: Vec<Holder> = self.holders.into_values().collect();
        holders.sort_by_key(|holder| holder.account.id());
        (self.rows, Balances(holders))
    }
}

impl Rows {
    /// Writes the rows and answers how many they are.
    ///
    /// # Errors
    /// Those of the database.
    pub fn insert(mut self, tx: &WriteTransaction) -> Result<usize> {
        const TRANSFER: &str = "
            INSERT INTO transfers (id, from_account, to_account, amount, reason, ref_id, at, hash)
            VALUES (:id, :from, :to, :amount, :reason, :ref_id, :at, :hash)";
        const ENTRY: &str = "
            INSERT INTO entries (account_id, transfer_id, delta, balance_after, reason)
            VALUES (:account, :transfer, :delta, :balance_after, :reason)";
        const DAY: &str = "
            INSERT INTO wallet_days (account_id, day, earned, spent)
            VALUES (:account, :day, :earned, :spent)";
        for account in &self.accounts {
            store::insert_account(tx, *account)?;
        }
        for TransferRow { id, transfer, ref_id, at, hash } in &self.transfers {
            tx.run(
                TRANSFER,
                named_params! {
                    ":id": id, ":from": transfer.from.id(), ":to": transfer.to.id(), ":amount": transfer.amount,
                    ":reason": transfer.reason, ":ref_id": ref_id, ":at": at, ":hash": hash,
                },
            )?;
        }
        // In the order of the table, so that each of its pages is looked for once.
        self.entries.sort_by_key(|entry| (entry.account, entry.transfer));
        for EntryRow { account, transfer, delta, balance_after, reason } in &self.entries {
            tx.run(
                ENTRY,
                named_params! {
                    ":account": account, ":transfer": transfer, ":delta": delta, ":balance_after": balance_after,
                    ":reason": reason,
                },
            )?;
        }
        self.days.sort_by_key(|row| (row.account, row.day));
        for DayRow { account, day, earned, spent } in &self.days {
            tx.run(DAY, named_params! {":account": account, ":day": day, ":earned": earned, ":spent": spent})?;
        }
        Ok(self.accounts.len() + self.transfers.len() + self.entries.len() + self.days.len())
    }
}

/// What all accounts hold in the end.
pub struct Balances(Vec<Holder>);

impl Balances {
    /// Writes what the accounts hold, whose rows are there already.
    ///
    /// # Errors
    /// Those of the database.
    pub fn set(&self, tx: &WriteTransaction) -> Result<()> {
        const SQL: &str = "
            UPDATE accounts
            SET balance = :balance, total_earned = :earned, total_spent = :spent, from_agents = :from_agents,
                to_agents = :to_agents
            WHERE id = :id";
        for Holder { account, balance, totals } in &self.0 {
            tx.run(
                SQL,
                named_params! {
                    ":id": account.id(), ":balance": balance, ":earned": totals.earned, ":spent": totals.spent,
                    ":from_agents": totals.from_agents, ":to_agents": totals.to_agents,
                },
            )?;
        }
        Ok(())
    }
}
