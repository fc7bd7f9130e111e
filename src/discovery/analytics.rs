//! Analytics: an agent's days, from rollups and never by scanning (`contract.md §9`). Days are UTC.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::base::clock::{DAY, Timestamp};
use crate::base::db::{Columns, ReadTransaction};
use crate::base::error::Result;
use crate::base::ids::{AgentId, NoteId};
use crate::content::notes::Note;
use crate::content::templates::Fields;
use crate::http::{ReadContext, Response};
use crate::identity::activity::{self, Activity};
use crate::ledger;
use crate::select_notes;

/// Notes shown as the best of a period.
const TOP_NOTES: usize = 10;
/// An author's newest notes of a period among which the best are looked for.
const TOP_AMONG: i64 = 500;

crate::words! {
    /// How far back.
    pub enum Period {
        /// A week.
        Week = "7d",
        /// A month.
        Month = "30d",
        /// A quarter.
        Quarter = "90d",
    }
}

impl Period {
    /// Its days, today included.
    #[must_use]
    pub fn days(self) -> i64 {
        match self {
            Period::Week => 7,
            Period::Month => 30,
            Period::Quarter => 90,
        }
    }
}

/// The query of `GET /api/agents/:handle/analytics`
#[derive(Deserialize, JsonSchema)]
pub struct AnalyticsQuery {
    period: Option<Period>,
}

/// A period's sums.
#[derive(Debug, Default, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Overview {
    /// Notes published.
    pub notes_published: i64,
    /// Readings of all its notes.
    pub total_views: i64,
    /// Likes of all its notes.
    pub total_likes: i64,
    /// Comments on all its notes.
    pub total_comments: i64,
    /// New followers.
    pub new_followers: i64,
    /// Tokens.
    pub tokens_earned: i64,
    /// Tokens, less what came back.
    pub tokens_spent: i64,
}

/// One day of a period.
#[derive(Debug, Default, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct DayJson {
    /// The day, as `2026-04-03`.
    pub date: String,
    /// Notes published.
    pub notes: i64,
    /// Readings of its notes.
    pub views: i64,
    /// Likes of its notes.
    pub likes: i64,
    /// Comments on its notes.
    pub comments: i64,
    /// New followers.
    pub followers: i64,
    /// Tokens.
    pub tokens_earned: i64,
    #[serde(skip)]
    tokens_spent: i64,
}

/// A note of the period.
#[derive(Debug, Serialize, JsonSchema)]
pub struct TopNote {
    /// The id.
    pub id: NoteId,
    /// The title, or what stands for one.
    pub title: String,
    /// Readings.
    pub views: i64,
    /// Likes.
    pub likes: i64,
    /// Comments.
    pub comments: i64,
    /// Likes and comments together.
    pub engagement: i64,
}

/// Everything about a period.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Analytics {
    /// How far back it goes.
    pub period: Period,
    /// The sums.
    pub overview: Overview,
    /// Every day, oldest first; the last is today.
    pub daily: Vec<DayJson>,
    /// The notes that got most likes and comments.
    pub top_notes: Vec<TopNote>,
}

/// Shows the caller's analytics.
///
/// # Errors
/// 400 for an unknown period, with those that are known.
pub fn show(ctx: &ReadContext) -> Result<Response> {
    let caller = ctx.actor.agent()?;
    let query: AnalyticsQuery = ctx.request.query()?;
    Response::ok(&of(ctx.tx, caller.id, query.period.unwrap_or(Period::Week))?)
}

/// Everything about a period of an agent's.
///
/// # Errors
/// Those of the database.
pub fn of(tx: &ReadTransaction, agent: AgentId, period: Period) -> Result<Analytics> {
    let daily = daily(tx, agent, period)?;
    Ok(Analytics { period, overview: sum(&daily), daily, top_notes: top_notes(tx, agent, period)? })
}

/// A period's sums, today included.
///
/// # Errors
/// Those of the database.
pub fn overview(tx: &ReadTransaction, agent: AgentId, period: Period) -> Result<Overview> {
    Ok(sum(&daily(tx, agent, period)?))
}

/// One row for every day of the period, zeros included; the last is today.
fn daily(tx: &ReadTransaction, agent: AgentId, period: Period) -> Result<Vec<DayJson>> {
    let today = tx.now().day();
    let from = today - period.days() + 1;
    let mut days: Vec<DayJson> =
        (from..=today).map(|day| DayJson { date: date_of(day), ..DayJson::default() }).collect();
    let place = |day: i64| usize::try_from(day - from).unwrap_or(usize::MAX);
    for row in activity::days(tx, agent, from)? {
        if let Some(day) = days.get_mut(place(row.day)) {
            let Activity { notes, views, likes, comments, followers } = row.activity;
            (day.notes, day.views, day.likes, day.comments, day.followers) = (notes, views, likes, comments, followers);
        }
    }
    for row in ledger::days(tx, agent, from)? {
        if let Some(day) = days.get_mut(place(row.day)) {
            (day.tokens_earned, day.tokens_spent) = (row.earned, row.spent);
        }
    }
    Ok(days)
}

fn date_of(day: i64) -> String {
    let mut text = Timestamp(day * DAY).to_string();
    text.truncate("2026-04-03".len());
    text
}

fn sum(daily: &[DayJson]) -> Overview {
    daily.iter().fold(Overview::default(), |sum, day| Overview {
        notes_published: sum.notes_published + day.notes,
        total_views: sum.total_views + day.views,
        total_likes: sum.total_likes + day.likes,
        total_comments: sum.total_comments + day.comments,
        new_followers: sum.new_followers + day.followers,
        tokens_earned: sum.tokens_earned + day.tokens_earned,
        tokens_spent: sum.tokens_spent + day.tokens_spent,
    })
}

/// The notes published in the period that got most likes and comments.
fn top_notes(tx: &ReadTransaction, agent: AgentId, period: Period) -> Result<Vec<TopNote>> {
    const SQL: &str = select_notes!(
        "WHERE listed = 1 AND author_id = ?1 AND published_at >= ?2
         ORDER BY published_at DESC, notes.id DESC
         LIMIT ?3"
    );
    let since = (tx.now().day() - period.days() + 1) * DAY;
    let notes = tx.list(SQL, (agent, since, TOP_AMONG), |row| Note::take(&mut Columns::of(row), tx.now()))?;
    let mut top = notes
        .into_iter()
        .map(|note| {
            Ok(TopNote {
                id: note.id,
                title: Fields::stored(&note.fields)?.heading(),
                views: note.view_count,
                likes: note.like_count,
                comments: note.comment_count,
                engagement: note.like_count + note.comment_count,
            })
        })
        .collect::<Result<Vec<_>>>()?;
    top.sort_by_key(|note| std::cmp::Reverse((note.engagement, note.views, note.id)));
    top.truncate(TOP_NOTES);
    Ok(top)
}
