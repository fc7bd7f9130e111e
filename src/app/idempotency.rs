//! Idempotency: the answer to a request with an `Idempotency-Key` is kept in the transaction of its effect, so that a
//! retry gets the same answer and causes nothing, across crashes too (`contract.md §12`).

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

use rusqlite::named_params;
use sha2::{Digest, Sha256};

use crate::base::clock::HOUR;
use crate::base::db::{ReadTransaction, Store, WriteTransaction};
use crate::base::error::{Code, Error, Result};
use crate::base::ids::AgentId;
use crate::http::Request;
use crate::http::Response;
use crate::http::response::JSON;

/// How long an answer is kept.
const LIFE: i64 = 24 * HOUR;
/// Records deleted in one transaction, so that other writes wait little.
const CLEAN_MAX: i64 = 1_000;

/// One idempotent request: `scope` says which it is, `body_hash` what it asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Key {
    scope: [u8; 32],
    body_hash: [u8; 32],
}

impl Key {
    /// The key of a request: its caller, method, path with query, and what the header says, quoted or bare.
    ///
    /// # Errors
    /// 400 for a header that is not 1 to 255 printable characters.
    pub fn parse(sent: &str, caller: AgentId, request: &Request) -> Result<Key> {
        let sent = sent.trim();
        let name = sent.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(sent);
        if !(1..=255).contains(&name.len()) || !name.bytes().all(|byte| (b' '..=b'~').contains(&byte)) {
            return Err(Error::invalid(
                "Idempotency-Key",
                "Idempotency-Key must be 1 to 255 printable ASCII characters",
            ));
        }
        let mut scope = Sha256::new();
        for part in [&caller.to_string(), request.method(), &request.head.path, &request.head.query, name] {
            // The length in front keeps parts from running into each other.
            scope.update(part.len().to_be_bytes());
            scope.update(part.as_bytes());
        }
        Ok(Key { scope: scope.finalize().into(), body_hash: Sha256::digest(&request.body).into() })
    }
}

struct Record {
    body_hash: [u8; 32],
    status: Option<u16>,
    body: Option<Vec<u8>>,
}

/// The answer to replay, if this request was answered before.
///
/// # Errors
/// 422 when the key was used with another body; 409 when the first answer cannot be shown again.
pub fn look_up(tx: &ReadTransaction, key: &Key) -> Result<Option<Response>> {
    let Some(record) = find(tx, key)? else { return Ok(None) };
    if record.body_hash != key.body_hash {
        return Err(Error::new(
            Code::IdempotencyMismatch,
            "This Idempotency-Key was used with another body; use a new one",
        ));
    }
    match (record.status, record.body) {
        (Some(status), Some(body)) => {
            Ok(Some(Response::bytes(status, JSON, body).header("Idempotent-Replayed", "true")))
        }
        (Some(_), None) => Err(Error::new(
            Code::IdempotencyUnknown,
            "This request was done; its answer carried a secret, which is not kept and cannot be shown again",
        )),
        (None, _) => Err(Error::new(
            Code::IdempotencyUnknown,
            "The first request with this Idempotency-Key was cut off; whether it took effect is not known",
        )),
    }
}

fn find(tx: &ReadTransaction, key: &Key) -> Result<Option<Record>> {
    const SQL: &str = "SELECT body_hash, status, body FROM idempotency WHERE scope = :scope AND at > :since";
    tx.find(SQL, named_params! {":scope": key.scope, ":since": tx.now().plus(-LIFE)}, |row| {
        Ok(Record { body_hash: row.get("body_hash")?, status: row.get("status")?, body: row.get("body")? })
    })
}

/// Keeps a good answer. One that carries a secret is kept without it.
///
/// # Errors
/// Those of the database.
pub fn keep(tx: &WriteTransaction, key: &Key, response: &Response) -> Result<()> {
    put(tx, key, Some(response.status), (!response.secret).then_some(response.body.as_slice()))
}

fn put(tx: &WriteTransaction, key: &Key, status: Option<u16>, body: Option<&[u8]>) -> Result<()> {
    const SQL: &str = "
        INSERT OR REPLACE INTO idempotency (scope, body_hash, status, body, at)
        VALUES (:scope, :body_hash, :status, :body, :now)";
    tx.run(
        SQL,
        named_params! {
            ":scope": key.scope, ":body_hash": key.body_hash, ":status": status, ":body": body, ":now": tx.now(),
        },
    )
    .map(drop)
}

fn forget(tx: &WriteTransaction, key: &Key) -> Result<()> {
    const SQL: &str = "DELETE FROM idempotency WHERE scope = :scope";
    tx.run(SQL, named_params! {":scope": key.scope}).map(drop)
}

/// Runs a request that talks to the network, and so cannot be one transaction: it is noted before it starts and its answer
/// after it ended. One that a crash cut off in between is never run again by itself.
///
/// # Errors
/// Those of `work`; 409 while the first request still runs; what [`look_up`] refuses.
pub fn around(
    store: &Store,
    running: &Mutex<HashSet<[u8; 32]>>,
    key: Key,
    work: impl FnOnce() -> Result<Response>,
) -> Result<Response> {
    let Some(_running) = Running::start(running, key.scope) else {
        return Err(Error::new(Code::IdempotencyInProgress, "The first request with this Idempotency-Key still runs")
            .retry_after_secs(1));
    };
    let replay = store.write(move |tx| {
        let replay = look_up(tx, &key)?;
        if replay.is_none() {
            put(tx, &key, None, None)?;
        }
        Ok(replay)
    })?;
    if let Some(replay) = replay {
        return Ok(replay);
    }
    match work() {
        Ok(response) => {
            let kept = (response.status, (!response.secret).then(|| response.body.clone()));
            store.write(move |tx| put(tx, &key, Some(kept.0), kept.1.as_deref()))?;
            Ok(response)
        }
        Err(refusal) => {
            store.write(move |tx| forget(tx, &key))?;
            Err(refusal)
        }
    }
}

/// A place among the running requests, given back however the request ends.
struct Running<'a> {
    all: &'a Mutex<HashSet<[u8; 32]>>,
    scope: [u8; 32],
}

impl<'a> Running<'a> {
    fn start(all: &'a Mutex<HashSet<[u8; 32]>>, scope: [u8; 32]) -> Option<Running<'a>> {
        let fresh = all.lock().unwrap_or_else(PoisonError::into_inner).insert(scope);
        fresh.then_some(Running { all, scope })
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.all.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.scope);
    }
}

/// Deletes some of the records that are too old to be replayed; answers whether there may be more.
///
/// # Errors
/// Those of the database.
pub fn clean(tx: &WriteTransaction) -> Result<bool> {
    const SQL: &str = "
        DELETE FROM idempotency
        WHERE scope IN (SELECT scope FROM idempotency WHERE at <= :until LIMIT :max)";
    let deleted = tx.run(SQL, named_params! {":until": tx.now().plus(-LIFE), ":max": CLEAN_MAX})?;
    Ok(i64::try_from(deleted).is_ok_and(|deleted| deleted == CLEAN_MAX))
}
