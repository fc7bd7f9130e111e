//! The ledger's SQL.

use rusqlite::types::FromSqlError;
use rusqlite::{ErrorCode, Row, named_params};
use sha2::{Digest, Sha256};

use super::{Account, Day, Entry, Reason, Side, Transfer, Wallet};
use crate::base::db::{ReadTransaction, WriteTransaction};
use crate::base::error::{Error, Result};
use crate::base::ids::{AgentId, BountyId, TransferId};

pub(super) fn insert_account(tx: &WriteTransaction, account: Account) -> Result<()> {
    const SQL: &str = "INSERT INTO accounts (id, kind) VALUES (:id, :kind)";
    tx.run(SQL, named_params! {":id": account.id(), ":kind": account.kind()}).map(drop)
}

/// Adds a link to the chain. Its id lies above the last one's, whichever process wrote that, so that the order of ids is
/// the order of the chain.
pub(super) fn insert_transfer(tx: &WriteTransaction, transfer: Transfer) -> Result<TransferId> {
    const SQL: &str = "
        INSERT INTO transfers (id, from_account, to_account, amount, reason, ref_id, at, hash)
        VALUES (:id, :from, :to, :amount, :reason, :ref_id, :at, :hash)";
    let (last_id, last_hash) = find_last(tx)?.unwrap_or_default();
    let link = Link {
        id: tx.new_id().max(last_id + 1),
        from: transfer.from.id(),
        to: transfer.to.id(),
        amount: transfer.amount,
        reason: transfer.reason.as_str(),
        ref_id: transfer.ref_id.map(|id| id.to_string()),
        at: tx.now().0,
    };
    tx.run(
        SQL,
        named_params! {
            ":id": link.id, ":from": link.from, ":to": link.to, ":amount": link.amount, ":reason": link.reason,
            ":ref_id": link.ref_id, ":at": link.at, ":hash": link.hash_after(&last_hash),
        },
    )?;
    Ok(TransferId(link.id))
}

/// The last link of the chain: its id and its hash.
pub(super) fn find_last(tx: &ReadTransaction) -> Result<Option<(i64, [u8; 32])>> {
    const SQL: &str = "SELECT id, hash FROM transfers ORDER BY id DESC LIMIT 1";
    tx.find(SQL, [], |row| Ok((row.get("id")?, row.get("hash")?)))
}

/// What the chain's hash covers of a transfer.
pub(super) struct Link<'a> {
    pub(super) id: i64,
    pub(super) from: i64,
    pub(super) to: i64,
    pub(super) amount: i64,
    pub(super) reason: &'a str,
    pub(super) ref_id: Option<String>,
    pub(super) at: i64,
}

impl Link<'_> {
    pub(super) fn hash_after(&self, previous: &[u8; 32]) -> [u8; 32] {
        let mut hash = Sha256::new();
        hash.update(previous);
        for number in [self.id, self.from, self.to, self.amount, self.at] {
            hash.update(number.to_be_bytes());
        }
        hash.update(self.reason.as_bytes());
        // A zero byte stands between the two texts, so that none of the first can be moved to the second.
        hash.update([0]);
        hash.update(self.ref_id.as_deref().unwrap_or_default().as_bytes());
        hash.finalize().into()
    }
}

/// Changes a balance and what has been earned or spent, and answers the new balance; `None` if that would be below zero,
/// which only the schema decides.
pub(super) fn change_balance(
    tx: &WriteTransaction,
    account: Account,
    delta: i64,
    reason: Reason,
) -> Result<Option<i64>> {
    const SQL: &str = "
        UPDATE accounts
        SET balance       = balance       + :delta,
            total_earned  = total_earned  + :earned,
            total_spent   = total_spent   + :spent,
            from_agents = from_agents + :from_agents,
            to_agents     = to_agents     + :to_agents
        WHERE id = :id";
    let Totals { earned, spent, from_agents, to_agents } = Totals::of(account, delta, reason);
    let changed = tx.run(
        SQL,
        named_params! {
            ":id": account.id(), ":delta": delta, ":earned": earned, ":spent": spent,
            ":from_agents": from_agents, ":to_agents": to_agents,
        },
    );
    if earned != 0 || spent != 0 {
        add_to_day(tx, account, earned, spent)?;
    }
    match changed {
        Ok(0) => Err(Error::internal(format!("{account:?} does not exist"))),
        Ok(_) => find_balance(tx, account),
        Err(error) if is_check_violation(&error) => Ok(None),
        Err(error) => Err(error),
    }
}

fn add_to_day(tx: &WriteTransaction, account: Account, earned: i64, spent: i64) -> Result<()> {
    const SQL: &str = "
        INSERT INTO wallet_days (account_id, day, earned, spent)
        VALUES (:account, :day, :earned, :spent)
        ON CONFLICT (account_id, day) DO UPDATE
        SET earned = earned + :earned, spent = spent + :spent";
    let day = tx.now().day();
    tx.run(SQL, named_params! {":account": account.id(), ":day": day, ":earned": earned, ":spent": spent}).map(drop)
}

pub(super) fn list_days(tx: &ReadTransaction, agent: AgentId, from_day: i64) -> Result<Vec<Day>> {
    const SQL: &str = "
        SELECT day, earned, spent
        FROM wallet_days
        WHERE account_id = :agent AND day >= :from_day
        ORDER BY day";
    tx.list(SQL, named_params! {":agent": agent, ":from_day": from_day}, |row| {
        Ok(Day { day: row.get("day")?, earned: row.get("earned")?, spent: row.get("spent")? })
    })
}

/// What one entry adds to an account's running totals.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Totals {
    pub(super) earned: i64,
    pub(super) spent: i64,
    pub(super) from_agents: i64,
    pub(super) to_agents: i64,
}

impl Totals {
    pub(super) fn of(account: Account, delta: i64, reason: Reason) -> Totals {
        if !matches!(account, Account::Wallet(_)) {
            return Totals::default();
        }
        // What agents give each other counts net on the wealth board, so that no circle of it climbs there.
        let (from_agents, to_agents) = match (reason.is_between_agents(), delta < 0 || reason.gives_back()) {
            (false, _) => (0, 0),
            (true, true) => (0, -delta),
            (true, false) => (delta, 0),
        };
        let (earned, spent) = match delta {
            ..=0 => (0, -delta),
            _ if reason.gives_back() => (0, -delta),
            _ => (delta, 0),
        };
        Totals { earned, spent, from_agents, to_agents }
    }
}

fn is_check_violation(error: &Error) -> bool {
    error.cause().and_then(|cause| cause.downcast_ref::<rusqlite::Error>()).is_some_and(|error| {
        error.sqlite_error_code() == Some(ErrorCode::ConstraintViolation) && error.to_string().contains("CHECK")
    })
}

pub(super) fn insert_entry(
    tx: &WriteTransaction,
    account: Account,
    transfer: TransferId,
    delta: i64,
    balance_after: i64,
    reason: &'static str,
) -> Result<()> {
    const SQL: &str = "
        INSERT INTO entries (account_id, transfer_id, delta, balance_after, reason)
        VALUES (:account, :transfer, :delta, :balance_after, :reason)";
    tx.run(
        SQL,
        named_params! {
            ":account": account.id(), ":transfer": transfer, ":delta": delta, ":balance_after": balance_after,
            ":reason": reason,
        },
    )
    .map(drop)
}

pub(super) fn find_balance(tx: &ReadTransaction, account: Account) -> Result<Option<i64>> {
    const SQL: &str = "SELECT balance FROM accounts WHERE id = :id";
    tx.find(SQL, named_params! {":id": account.id()}, |row| row.get("balance"))
}

pub(super) fn sum_balances(tx: &ReadTransaction) -> Result<i64> {
    tx.one("SELECT ifnull(sum(balance), 0) FROM accounts", [], |row| row.get(0))
}

pub(super) fn find_wallet(tx: &ReadTransaction, agent: AgentId) -> Result<Option<Wallet>> {
    const SQL: &str = "SELECT balance, total_earned, total_spent FROM accounts WHERE id = :agent AND kind = 'wallet'";
    tx.find(SQL, named_params! {":agent": agent}, |row| {
        Ok(Wallet {
            balance: row.get("balance")?,
            total_earned: row.get("total_earned")?,
            total_spent: row.get("total_spent")?,
        })
    })
}

pub(super) fn list_entries(
    tx: &ReadTransaction,
    agent: AgentId,
    before: Option<TransferId>,
    limit: i64,
) -> Result<Vec<Entry>> {
    const SQL: &str = "
        SELECT entries.transfer_id, delta, balance_after, entries.reason, ref_id, at, from_account
        FROM entries
        JOIN transfers ON transfers.id = entries.transfer_id
        WHERE account_id = :agent AND transfer_id < :before
        ORDER BY transfer_id DESC
        LIMIT :limit";
    let before = before.map_or(i64::MAX, |id| id.0);
    tx.list(SQL, named_params! {":agent": agent, ":before": before, ":limit": limit}, read_entry)
}

pub(super) fn list_sides(tx: &ReadTransaction, after: TransferId) -> Result<Vec<Side>> {
    const SQL: &str = "
        SELECT accounts.id, kind, delta, balance_after, entries.reason, ref_id
        FROM transfers
        JOIN entries ON transfer_id = transfers.id AND account_id IN (from_account, to_account)
        JOIN accounts ON accounts.id = account_id
        WHERE transfers.id > :after
        ORDER BY transfers.id, delta";
    tx.list(SQL, named_params! {":after": after}, |row| {
        let (_, reason) = Reason::of_entry(row.get_ref("reason")?.as_str()?).ok_or(FromSqlError::InvalidType)?;
        let account = match row.get_ref("kind")?.as_str()? {
            "wallet" => Account::Wallet(AgentId(row.get("id")?)),
            "escrow" => Account::Escrow(BountyId(row.get("id")?)),
            _ => Account::Treasury,
        };
        Ok(Side {
            account,
            delta: row.get("delta")?,
            balance_after: row.get("balance_after")?,
            reason,
            ref_id: row.get("ref_id")?,
        })
    })
}

fn read_entry(row: &Row) -> rusqlite::Result<Entry> {
    let (kind, reason) = Reason::of_entry(row.get_ref("reason")?.as_str()?).ok_or(FromSqlError::InvalidType)?;
    let delta = row.get("delta")?;
    // A tip is about the other side, whoever looks at it: the transfer names who got it, the entry of that one who gave.
    let ref_id = match kind {
        Reason::Tip if delta > 0 => Some(AgentId(row.get("from_account")?).into()),
        _ => row.get("ref_id")?,
    };
    Ok(Entry {
        id: row.get("transfer_id")?,
        delta,
        balance_after: row.get("balance_after")?,
        kind,
        reason,
        ref_id,
        at: row.get("at")?,
    })
}
