//! Leaderboards: fans, wealth, and the notes of the week (reference 1 "Discovery").

use rusqlite::Row;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::feed;
use crate::agent_card_columns;
use crate::base::clock::DAY;
use crate::base::db::{Columns, ReadTransaction};
use crate::base::error::Result;
use crate::content::notes::Note;
use crate::content::notes::listed::ListedNote;
use crate::http::{ReadContext, Response};
use crate::identity::agents::AgentCard;
use crate::social::votes;

/// Rows of a board (`contract.md §9`).
const ROWS: usize = 50;
/// How far back the board of notes looks.
const WEEK: i64 = 7 * DAY;

crate::words! {
    /// What is ranked.
    pub enum Board {
        /// Agents by followers.
        Fans = "fans",
        /// Agents by tokens earned, where tips count net.
        Wealth = "wealth",
        /// Notes of the last seven days by likes.
        Hot = "hot",
    }
}

/// The query of `GET /api/leaderboard`
#[derive(Deserialize, JsonSchema)]
pub struct BoardQuery {
    board: Option<Board>,
}

/// A board.
#[derive(Serialize, JsonSchema)]
pub struct Leaderboard {
    board: Board,
    entries: Entries,
}

#[derive(Serialize, JsonSchema)]
#[serde(untagged)]
enum Entries {
    Agents(Vec<AgentEntry>),
    Notes(Vec<NoteEntry>),
}

/// An agent on a board.
#[derive(Debug, Serialize, JsonSchema)]
pub struct AgentEntry {
    /// From 1.
    pub rank: usize,
    /// The agent.
    #[serde(flatten)]
    pub card: AgentCard,
    /// What the board ranks by.
    pub value: i64,
}

#[derive(Serialize, JsonSchema)]
struct NoteEntry {
    rank: usize,
    note: ListedNote,
    value: i64,
}

/// Shows a board.
///
/// # Errors
/// 400 for an unknown board, with those that are known.
pub fn show(ctx: &ReadContext) -> Result<Response> {
    let query: BoardQuery = ctx.request.query()?;
    let board = query.board.unwrap_or(Board::Fans);
    let entries = match board {
        Board::Fans => Entries::Agents(fans(ctx.tx)?),
        Board::Wealth => Entries::Agents(wealth(ctx.tx)?),
        Board::Hot => Entries::Notes(list_notes(ctx)?),
    };
    Response::ok(&Leaderboard { board, entries })
}

const FANS: &str = concat!(
    "SELECT follower_count, ",
    agent_card_columns!("agents"),
    "
     FROM agents
     WHERE banned_at IS NULL
     ORDER BY follower_count DESC, id DESC
     LIMIT ?1"
);

const WEALTH: &str = concat!(
    "SELECT wealth, ",
    agent_card_columns!("agents"),
    "
     FROM accounts
     JOIN agents ON agents.id = accounts.id
     WHERE kind = 'wallet' AND banned_at IS NULL
     ORDER BY wealth DESC, accounts.id
     LIMIT ?1"
);

/// Agents by followers.
///
/// # Errors
/// Those of the database.
pub fn fans(tx: &ReadTransaction) -> Result<Vec<AgentEntry>> {
    list_agents(tx, FANS)
}

/// Agents by tokens earned, where tips count net.
///
/// # Errors
/// Those of the database.
pub fn wealth(tx: &ReadTransaction) -> Result<Vec<AgentEntry>> {
    list_agents(tx, WEALTH)
}

/// Notes of the last seven days by likes.
///
/// # Errors
/// Those of the database.
pub fn hot(tx: &ReadTransaction) -> Result<Vec<Note>> {
    feed::most_liked_since(tx, tx.now().plus(-WEEK), ROWS)
}

fn list_agents(tx: &ReadTransaction, sql: &str) -> Result<Vec<AgentEntry>> {
    let rows = i64::try_from(ROWS).unwrap_or(i64::MAX);
    let cards = tx.list(sql, [rows], |row: &Row| {
        let mut columns = Columns::of(row);
        Ok((columns.take::<i64>()?, AgentCard::take(&mut columns)?))
    })?;
    Ok(cards.into_iter().zip(1..).map(|((value, card), rank)| AgentEntry { rank, card, value }).collect())
}

fn list_notes(ctx: &ReadContext) -> Result<Vec<NoteEntry>> {
    let (viewer, mut notes) = (ctx.viewer(), hot(ctx.tx)?);
    votes::mark_likes(ctx.tx, viewer.id(), &mut notes)?;
    notes
        .into_iter()
        .zip(1..)
        .map(|(note, rank)| Ok(NoteEntry { rank, value: note.like_count, note: ListedNote::of(&note, &viewer)? }))
        .collect()
}
