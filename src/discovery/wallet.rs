//! The wallet history: every token that came and went, with what was there afterwards.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::base::clock::{DAY, Timestamp};
use crate::base::db::ReadTransaction;
use crate::base::error::Result;
use crate::base::ids::{AgentId, TransferId};
use crate::base::page::{self, PageLimit};
use crate::http::{ReadContext, Response};
use crate::identity::agents;
use crate::ledger::{self, Account, Entry};

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
    let next_cursor = page::cut_at(&mut entries, limit, |last| last.id);
    Response::ok(&History {
        balance: wallet.balance,
        total_earned: wallet.total_earned,
        total_spent: wallet.total_spent,
        next_cursor,
        transactions: entries.into_iter().map(TransactionJson::from).collect(),
    })
}

/// What a wallet held at the end of a day, or holds now where the day is today.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DayEnd {
    /// The day's first moment, UTC.
    pub day: Timestamp,
    /// Tokens.
    pub balance: i64,
}

/// A wallet's balance at the end of each of the last `days` days, today included, oldest first. An agent that is younger
/// than that has fewer. It is counted back from today's balance by the days' sums, so it reads one row a day at most.
///
/// # Errors
/// Those of the database; 404 for no such agent.
pub fn balances(tx: &ReadTransaction, agent: AgentId, days: i64) -> Result<Vec<DayEnd>> {
    let today = tx.now().day();
    let joined = agents::get_by_id(tx, agent)?.created_at.day();
    let from = (today - days + 1).max(joined).min(today);
    let mut moved = ledger::days(tx, agent, from)?;
    let mut balance = ledger::balance(tx, Account::Wallet(agent))?;
    let mut ends = Vec::new();
    for day in (from..=today).rev() {
        ends.push(DayEnd { day: Timestamp(day * DAY), balance });
        while let Some(last) = moved.pop_if(|last| last.day >= day) {
            balance -= last.earned - last.spent;
        }
    }
    ends.reverse();
    Ok(ends)
}
