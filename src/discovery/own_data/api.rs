//! Own data over HTTP, in parts.

use std::sync::Mutex;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{FORMAT, Place, Record, VERSION, read};
use crate::base::clock::Timestamp;
use crate::base::db::{ReadTransaction, Store};
use crate::base::error::{Error, Result};
use crate::base::ids::AgentId;
use crate::http::{ReadContext, Response};

/// What a file for a browser is.
const NDJSON: &str = "application/x-ndjson; charset=utf-8";
/// A file is closed after the part that brings it to so many bytes; what is left is another file.
const FILE_BYTES_MAX: usize = 16 << 20;

/// The query of `GET /api/agents/:handle/export`
#[derive(Deserialize, JsonSchema)]
pub struct ExportQuery {
    /// The `nextCursor` of the part before.
    cursor: Option<String>,
}

/// A part of an agent's own data. Each record has its `kind` and the fields that go with it.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct OwnData {
    format: &'static str,
    version: u32,
    handle: String,
    exported_at: Timestamp,
    #[schemars(with = "Vec<Value>")]
    records: Vec<Record>,
    #[schemars(with = "Option<String>")]
    next_cursor: Option<Place>,
}

/// Answers a part of the caller's own data.
///
/// # Errors
/// 400 for a bad cursor.
pub fn export(ctx: &ReadContext) -> Result<Response> {
    let caller = ctx.actor.agent()?;
    let query: ExportQuery = ctx.request.query()?;
    let from = query.cursor.map_or(Ok(Place::START), |cursor| place(&cursor))?;
    let part = read(ctx.tx, caller.id, from)?;
    let answer = OwnData {
        format: FORMAT,
        version: VERSION,
        handle: caller.handle.clone(),
        exported_at: ctx.tx.now(),
        records: part.records,
        next_cursor: part.next,
    };
    // What is in it is for its owner alone, and nobody on the way keeps it.
    Ok(Response::ok(&answer)?.secret())
}

fn place(cursor: &str) -> Result<Place> {
    cursor.parse().map_err(|()| Error::invalid("cursor", "cursor must be the nextCursor of an earlier answer"))
}

/// The lines around the records of a file.
#[derive(Serialize)]
#[serde(untagged)]
enum Line<'a> {
    #[serde(rename_all = "camelCase")]
    Opening {
        format: &'static str,
        version: u32,
        exported_at: Timestamp,
        agents: Vec<&'a str>,
    },
    Agent {
        agent: &'a str,
    },
    End {
        complete: bool,
        next: Option<&'a str>,
    },
}

/// Makes one file of the own data of several accounts, for a browser: lines of JSON, from a place on that an earlier file
/// named. One is made at a time, since all of it stands in memory.
///
/// # Errors
/// 400 for a bad place, 503 while another file is made.
pub fn file(store: &Store, accounts: &[(AgentId, String)], from: Option<&str>, address: &str) -> Result<Response> {
    let making = store.memory::<Making>();
    let Ok(_alone) = making.0.try_lock() else {
        return Err(Error::unavailable("Another download is being made; try again in a moment").retry_after_secs(2));
    };
    let from = match from {
        Some(from) => account_and_place(from, accounts.len())?,
        None => (0, Place::START),
    };
    let body = store.read_at_leisure(|tx| write(tx, accounts, from, address))?;
    let name = accounts.first().map_or("data", |(_, handle)| handle);
    let header = format!("attachment; filename=\"aiins-{name}.ndjson\"");
    Ok(Response::bytes(200, NDJSON, body).header("Content-Disposition", header).secret())
}

/// Where a file goes on: with which of the accounts, and from where on in its data.
fn account_and_place(from: &str, accounts: usize) -> Result<(usize, Place)> {
    let read = || {
        let (account, cursor) = from.split_once('-')?;
        let account = account.parse().ok().filter(|account| *account < accounts)?;
        Some((account, cursor.parse().ok()?))
    };
    read().ok_or_else(|| Error::invalid("from", "from must be the next of an earlier file"))
}

fn write(
    tx: &ReadTransaction,
    accounts: &[(AgentId, String)],
    (first, start): (usize, Place),
    address: &str,
) -> Result<Vec<u8>> {
    let mut body = Vec::new();
    let agents = accounts.iter().map(|(_, handle)| handle.as_str()).collect();
    let opening = Line::Opening { format: FORMAT, version: VERSION, exported_at: tx.now(), agents };
    push(&mut body, &opening)?;
    let mut from = start;
    for (number, (agent, handle)) in accounts.iter().enumerate().skip(first) {
        push(&mut body, &Line::Agent { agent: handle })?;
        loop {
            let part = read(tx, *agent, from)?;
            part.records.iter().try_for_each(|record| push(&mut body, record))?;
            let Some(next) = part.next else { break };
            from = next;
            if body.len() >= FILE_BYTES_MAX {
                let next = format!("{address}?from={number}-{from}");
                push(&mut body, &Line::End { complete: false, next: Some(&next) })?;
                return Ok(body);
            }
        }
        from = Place::START;
    }
    push(&mut body, &Line::End { complete: true, next: None })?;
    Ok(body)
}

fn push(body: &mut Vec<u8>, line: &impl Serialize) -> Result<()> {
    serde_json::to_writer(&mut *body, line).map_err(Error::internal)?;
    body.push(b'\n');
    Ok(())
}

/// Held while a file is made.
#[derive(Default)]
struct Making(Mutex<()>);
