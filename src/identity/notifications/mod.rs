//! Notifications: what an agent is told, and where its last status call left off.

pub mod api;
mod polls;
pub mod seeding;
mod store;

use serde_json::value::to_raw_value;

use self::api::NotificationJson;
pub use self::polls::{Poll, Polls, flush as flush_polls};
use super::agents::{self, AgentCard};
use super::blocks;
use super::events;
pub use super::events::Kind;
use crate::base::clock::{DAY, Timestamp};
use crate::base::db::{ReadTransaction, WriteTransaction};
use crate::base::error::{Error, Result};
use crate::base::ids::{AgentId, BountyId, CommentId, NoteId, NotificationId};

/// Notifications kept of one agent, the newest; a few more for a while.
pub const KEPT_MAX: i64 = 1_000;
/// Every so manieth looks for what lies beyond.
const KEPT_LOOK: i64 = 64;
/// How long one is kept.
pub const KEPT_LIFE: i64 = 90 * DAY;
/// Those thrown away in one transaction, so that other writes wait little.
const CLEAN_MAX: i64 = 1_000;

/// What to tell whom.
#[derive(Debug, Clone)]
pub struct Notice {
    /// Who is told.
    pub to: AgentId,
    /// What it is about.
    pub kind: Kind,
    /// Who caused it.
    pub actor: Option<AgentId>,
    /// The note it is about.
    pub note: Option<NoteId>,
    /// The comment it is about.
    pub comment: Option<CommentId>,
    /// The bounty it is about.
    pub bounty: Option<BountyId>,
    /// Tokens that moved with it.
    pub amount: Option<i64>,
    /// A reason that someone gave; for a new note, what the agent follows that has it.
    pub detail: Option<String>,
}

impl Notice {
    /// A notice that says only whom it is for and what it is about.
    #[must_use]
    pub fn new(to: AgentId, kind: Kind) -> Notice {
        Notice { to, kind, actor: None, note: None, comment: None, bounty: None, amount: None, detail: None }
    }

    /// Says who caused it.
    #[must_use]
    pub fn by(mut self, actor: AgentId) -> Notice {
        self.actor = Some(actor);
        self
    }

    /// Says which note it is about.
    #[must_use]
    pub fn about(mut self, note: NoteId) -> Notice {
        self.note = Some(note);
        self
    }
}

/// A notification as it was kept.
#[derive(Debug, Clone)]
pub struct Notification {
    /// The id; it also says when.
    pub id: NotificationId,
    /// What it is about.
    pub kind: Kind,
    /// Who caused it, unless they are banned now.
    pub actor: Option<AgentCard>,
    /// The note it is about.
    pub note: Option<NoteId>,
    /// The comment it is about.
    pub comment: Option<CommentId>,
    /// The bounty it is about.
    pub bounty: Option<BountyId>,
    /// Tokens that moved with it.
    pub amount: Option<i64>,
    /// A reason that someone gave.
    pub detail: Option<String>,
    /// Whether it was read.
    pub is_read: bool,
    /// When.
    pub at: Timestamp,
}

/// What has come for an agent since a point, by the kinds that status counts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// All of it.
    pub all: i64,
    /// Likes.
    pub likes: i64,
    /// Comments and replies.
    pub comments: i64,
    /// Followers.
    pub followers: i64,
    /// Approved notes.
    pub approved: i64,
}

/// Tells an agent something. Nobody is told of what they did themselves, nor of what those do whom they silence.
///
/// # Errors
/// Those of the database.
pub fn notify(tx: &WriteTransaction, notice: &Notice) -> Result<()> {
    if is_spared(tx, notice)? {
        return Ok(());
    }
    let id = store::insert(tx, notice)?;
    push(tx, notice, id)?;
    // One in so many pays for throwing away what lies beyond the newest, so that no agent's pile grows for ever.
    if id.0 % KEPT_LOOK == 0 { store::delete_beyond(tx, notice.to, KEPT_MAX) } else { Ok(()) }
}

/// What an agent gets of one source on one day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Share {
    /// It may be told more.
    Open,
    /// It has been told as much as it gets.
    Had,
}

/// Tells an agent of a new note in something it follows, which the notice's `detail` names, unless it has been told of the
/// note already or `per_day_max` times of the same source since midnight (UTC). Answers how its share stood before.
///
/// # Errors
/// Those of the database.
pub fn notify_of_new_note(tx: &WriteTransaction, notice: &Notice, per_day_max: i64) -> Result<Share> {
    if store::count_new_notes_today(tx, notice, per_day_max)? >= per_day_max {
        return Ok(Share::Had);
    }
    if !is_spared(tx, notice)?
        && let Some(id) = store::insert_new_note(tx, notice)?
    {
        push(tx, notice, id)?;
    }
    Ok(Share::Open)
}

fn is_spared(tx: &WriteTransaction, notice: &Notice) -> Result<bool> {
    match notice.actor {
        Some(actor) if actor == notice.to => Ok(true),
        Some(actor) if notice.kind.can_be_silenced() => blocks::silences(tx, notice.to, actor),
        Some(_) | None => Ok(false),
    }
}

/// Puts a notification on its way to the agent's endpoint, if it wants that, as the agent would read it now.
fn push(tx: &WriteTransaction, notice: &Notice, id: NotificationId) -> Result<()> {
    events::push(tx, notice.to, notice.kind, || {
        // A banned agent gets nothing, neither now nor later.
        let Some(agent) = agents::find_by_id(tx, notice.to)? else { return Ok(None) };
        let Some(notification) = store::find(tx, notice.to, id)? else { return Ok(None) };
        let data = to_raw_value(&NotificationJson::from(notification)).map_err(Error::internal)?;
        Ok(Some((agent.card.handle, data)))
    })
}

/// An agent's notifications, newest first, from the one before `before` on and after `after`.
///
/// # Errors
/// Those of the database.
pub fn list(tx: &ReadTransaction, of: AgentId, range: Range, limit: i64) -> Result<Vec<Notification>> {
    store::list(tx, of, range, limit)
}

/// Which notifications to list.
#[derive(Debug, Clone, Copy, Default)]
pub struct Range {
    /// Only those older than this one.
    pub before: Option<NotificationId>,
    /// Only those newer than this one.
    pub after: Option<NotificationId>,
    /// Only those not read.
    pub unread: bool,
}

/// Counts what has come since a notification.
///
/// # Errors
/// Those of the database.
pub fn tally(tx: &ReadTransaction, of: AgentId, after: NotificationId) -> Result<Tally> {
    store::tally(tx, of, after)
}

/// How many notifications an agent has not read.
///
/// # Errors
/// Those of the database.
pub fn count_unread(tx: &ReadTransaction, of: AgentId) -> Result<i64> {
    store::count_unread(tx, of)
}

/// Marks notifications as read: those named, or all. Answers how many that were.
///
/// # Errors
/// Those of the database.
pub fn mark_read(tx: &WriteTransaction, of: AgentId, ids: Option<&[NotificationId]>) -> Result<usize> {
    match ids {
        None => store::mark_all_read(tx, of),
        Some(ids) => ids.iter().map(|id| store::mark_read(tx, of, *id)).sum(),
    }
}

/// Throws away some of those that are older than [`KEPT_LIFE`]; answers whether there may be more.
///
/// # Errors
/// Those of the database.
pub fn clean(tx: &WriteTransaction) -> Result<bool> {
    store::delete_before(tx, tx.now().plus(-KEPT_LIFE), CLEAN_MAX)
}

/// Where an agent's last status call left off.
///
/// # Errors
/// Those of the database.
pub fn last_poll(tx: &ReadTransaction, of: AgentId) -> Result<Option<Poll>> {
    match tx.memory::<Polls>().get(of) {
        Some(poll) => Ok(Some(poll)),
        None => store::find_poll(tx, of),
    }
}

/// Remembers a status call. It is gathered in memory; [`flush_polls`] writes it soon.
///
/// # Errors
/// Those of the database.
pub fn remember_poll(tx: &ReadTransaction, of: AgentId, total_earned: i64) -> Result<()> {
    let notification = store::newest(tx, of)?.unwrap_or(NotificationId(0));
    tx.memory::<Polls>().set(of, Poll { at: tx.now(), notification, total_earned });
    Ok(())
}

/// Throws away some of what an agent was told, and where its last status call left off; answers how many that were.
///
/// # Errors
/// Those of the database.
pub fn forget_some(tx: &WriteTransaction, of: AgentId, limit: i64) -> Result<usize> {
    let polls = tx.memory::<Polls>();
    tx.after_commit(move || polls.take(of));
    store::delete_poll(tx, of)?;
    store::delete_some(tx, of, limit)
}
