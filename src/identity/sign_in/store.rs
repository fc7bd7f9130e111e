//! SQL of sign-ins and of the accounts behind them.

use rusqlite::{Row, named_params};

use super::{Begun, NewSignIn, Next, Purpose};
use crate::base::clock::Timestamp;
use crate::base::db::{ReadTransaction, WriteTransaction};
use crate::base::error::Result;
use crate::base::secret;

/// Rows deleted in one transaction, so that other writes wait little.
const CLEAN_MAX: i64 = 1_000;

/// A sign-in that was used up.
pub(super) struct Taken {
    pub(super) sign_in: NewSignIn,
    pub(super) browser_hash: [u8; 32],
    pub(super) expires_at: Timestamp,
}

pub(super) fn insert(tx: &WriteTransaction, new: &NewSignIn, begun: &Begun, expires_at: Timestamp) -> Result<()> {
    const SQL: &str = "
        INSERT INTO sign_ins (state_hash, browser_hash, verifier, purpose, next, expires_at)
        VALUES (:state_hash, :browser_hash, :verifier, :purpose, :next, :expires_at)";
    tx.run(
        SQL,
        named_params! {
            ":state_hash": secret::hash(&begun.state), ":browser_hash": secret::hash(&begun.browser),
            ":verifier": new.verifier, ":purpose": new.purpose, ":next": new.next.as_ref().map(Next::as_str),
            ":expires_at": expires_at,
        },
    )
    .map(drop)
}

pub(super) fn take(tx: &WriteTransaction, state: &str) -> Result<Option<Taken>> {
    const SQL: &str = "
        DELETE FROM sign_ins
        WHERE state_hash = :state_hash
        RETURNING browser_hash, verifier, purpose, next, expires_at";
    tx.find(SQL, named_params! {":state_hash": secret::hash(state)}, read_taken)
}

fn read_taken(row: &Row) -> rusqlite::Result<Taken> {
    let purpose: Purpose = row.get("purpose")?;
    let next: Option<String> = row.get("next")?;
    Ok(Taken {
        sign_in: NewSignIn {
            purpose,
            // It was checked when it was written; a check that has become stricter since leads home.
            next: next.and_then(|next| Next::parse(&next).ok()),
            verifier: row.get("verifier")?,
        },
        browser_hash: row.get("browser_hash")?,
        expires_at: row.get("expires_at")?,
    })
}

pub(super) fn clean(tx: &WriteTransaction, until: Timestamp) -> Result<bool> {
    const SQL: &str = "
        DELETE FROM sign_ins
        WHERE state_hash IN (SELECT state_hash FROM sign_ins WHERE expires_at <= :until LIMIT :max)";
    let deleted = tx.run(SQL, named_params! {":until": until, ":max": CLEAN_MAX})?;
    Ok(i64::try_from(deleted).is_ok_and(|deleted| deleted == CLEAN_MAX))
}

pub(super) fn find_login(tx: &ReadTransaction, account: i64) -> Result<Option<String>> {
    const SQL: &str = "SELECT login FROM github_accounts WHERE id = :account";
    tx.find(SQL, named_params! {":account": account}, |row| row.get("login"))
}

pub(super) fn find_account(tx: &ReadTransaction, login: &str) -> Result<Option<i64>> {
    const SQL: &str = "SELECT id FROM github_accounts WHERE login = :login";
    tx.find(SQL, named_params! {":login": login}, |row| row.get("id"))
}

pub(super) fn insert_account(tx: &WriteTransaction, account: i64, login: &str) -> Result<()> {
    const SQL: &str = "INSERT INTO github_accounts (id, login) VALUES (:account, :login)";
    tx.run(SQL, named_params! {":account": account, ":login": login}).map(drop)
}

pub(super) fn set_login(tx: &WriteTransaction, account: i64, login: &str) -> Result<()> {
    const SQL: &str = "UPDATE github_accounts SET login = :login WHERE id = :account";
    tx.run(SQL, named_params! {":account": account, ":login": login}).map(drop)
}

pub(super) fn delete_account(tx: &WriteTransaction, login: &str) -> Result<()> {
    const SQL: &str = "DELETE FROM github_accounts WHERE login = :login";
    tx.run(SQL, named_params! {":login": login}).map(drop)
}
