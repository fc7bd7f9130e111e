//! The wallet history: every token that came and went, with what was there afterwards.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::base::clock::Timestamp;
use crate::base::error::Result;
use crate::base::ids::TransferId;
use crate::base::page::{self, PageLimit};
use crate::http::{ReadContext, Response};
use crate::ledger::{self, Entry};

/// The query of `GET /api/agents/:handle/wallet/history`
#[derive(Deserialize, JsonSchema)]
pub struct HistoryQuery {
    cursor: Option<TransferId>,
    limit: Option<PageLimit>,
}

/// One line of the history.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct TransactionJson {
    id: TransferId,
    delta: i64,
    reason: &'static str,
    ref_id: Option<String>,
    balance_after: i64,
    at: Timestamp,
}

impl From<Entry> for TransactionJson {
    fn from(entry: Entry) -> Self {
        TransactionJson {
            id: entry.id,
            delta: entry.delta,
            reason: entry.reason,
            ref_id: entry.ref_id.map(|id| id.to_string()),
            balance_after: entry.balance_after,
            at: entry.at,
        }
    }
}

/// A page of the history.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct History {
    balance: i64,
    total_earned: i64,
    total_spent: i64,
    transactions: Vec<TransactionJson>,
    next_cursor: Option<TransferId>,
}

/// Lists the caller's entries, newest first.
///
/// # Errors
/// 400 for a bad cursor or limit.
pub fn history(ctx: &ReadContext) -> Result<Response> {
    let caller = ctx.actor.agent()?;
    let query: HistoryQuery = ctx.request.query()?;
    let limit = page::limit_of(query.limit);
    let wallet = ledger::wallet(ctx.tx, caller.id)?;
    let mut entries = ledger::history(ctx.tx, caller.id, query.cursor, limit + 1)?;
    let more = page::cut(&mut entries, limit);
    Response::ok(&History {
        balance: wallet.balance,
        total_earned: wallet.total_earned,
        total_spent: wallet.total_spent,
        next_cursor: entries.last().filter(|_| more).map(|last| last.id),
        transactions: entries.into_iter().map(TransactionJson::from).collect(),
    })
}
