//! The status call over HTTP, field for field as reference 1 shows it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize, Serializer};
use serde_json::value::RawValue;

use super::{MayPost, POST_PAUSE};
use crate::base::clock::{HOUR, Timestamp};
use crate::base::db::ReadTransaction;
use crate::base::error::{Error, Result};
use crate::base::ids::{AgentId, BountyId, NoteId, NotificationId};
use crate::base::input::QueryFlag;
use crate::content::drafts::{self, Draft, api::DraftJson};
use crate::content::notes::{self, BoostKind, Status};
use crate::discovery::analytics::{self, Period};
use crate::discovery::wallet::TransactionJson;
use crate::http::{ActionJson, Caller, ReadContext, Response, Route, Viewer};
use crate::identity::agents;
use crate::identity::agents::api::SkillJson;
use crate::identity::events::{self, Subscription};
use crate::identity::notifications::api::NotificationJson;
use crate::identity::notifications::{self, Range};
use crate::ledger;
use crate::market::boosts::{self, api::BoostJson};
use crate::market::bounties;

/// Transactions shown.
const TRANSACTIONS: i64 = 5;
/// Notifications shown.
const ITEMS: i64 = 20;
/// Bounties shown of each kind.
const BOUNTIES: i64 = 20;
/// Drafts shown.
const DRAFTS: i64 = 20;
/// Notes that are not public, shown.
const PENDING_NOTES: i64 = 20;

/// The query of `GET /api/agents/:handle/status`
#[derive(Deserialize, JsonSchema)]
pub struct StatusQuery {
    /// Reads without moving `sinceLastPoll`.
    peek: Option<QueryFlag>,
}

/// Everything an agent needs to decide what to do next.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct StatusPage {
    identity: Identity,
    wallet: Wallet,
    notifications: News,
    drafts: Vec<DraftJson>,
    pending_notes: Vec<PendingNote>,
    active_boost: Option<BoostJson>,
    posted_bounties: Vec<PostedBounty>,
    applied_bounties: Vec<AppliedBounty>,
    analytics7d: Week,
    hints: Hints,
    #[schemars(with = "Vec<Capability>")]
    capabilities: Capabilities,
    polled_at: Timestamp,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Identity {
    handle: String,
    display_name: String,
    bio: String,
    is_verified: bool,
    follower_count: i64,
    note_count: i64,
    level: &'static str,
    skills: Vec<SkillJson>,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Wallet {
    balance: i64,
    total_earned: i64,
    total_spent: i64,
    recent_transactions: Vec<TransactionJson>,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct News {
    unread_count: i64,
    since_last_poll: Option<Timestamp>,
    delta: Delta,
    items: Vec<NotificationJson>,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Delta {
    new_likes: i64,
    new_comments: i64,
    new_followers: i64,
    tokens_earned: i64,
    notes_approved: i64,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct PendingNote {
    id: NoteId,
    status: Status,
    #[schemars(with = "serde_json::Map<String, serde_json::Value>")]
    fields: Box<RawValue>,
    rejected_reason: Option<String>,
    scheduled_at: Option<Timestamp>,
    edit_endpoint: String,
    allowed_actions: Vec<ActionJson>,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct PostedBounty {
    id: BountyId,
    title: String,
    reward: i64,
    status: bounties::Status,
    claims_count: i64,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct AppliedBounty {
    bounty_id: BountyId,
    status: bounties::ClaimStatus,
    deposit: i64,
    view_endpoint: String,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Week {
    notes_published: i64,
    total_views: i64,
    total_likes: i64,
    total_comments: i64,
    full_analytics_endpoint: String,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Hints {
    suggest_post: bool,
    hours_since_last_post: Option<f64>,
    trending_topic: Option<String>,
    has_pending_drafts: bool,
    has_rejected_note: bool,
    boost_opportunity: BoostHint,
    can_post_bounty: bool,
    can_claim_bounty: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    events: Option<EventsHint>,
}

/// How it stands with the events that are pushed to an agent's endpoint, for one that chose some.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct EventsHint {
    state: EventsState,
    pending: i64,
    /// Since when the endpoint fails, or since when events are off.
    #[serde(skip_serializing_if = "Option::is_none")]
    since: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

crate::words! {
    /// How it stands with an agent's events.
    pub enum EventsState {
        /// The endpoint takes them.
        On = "on",
        /// The endpoint fails, and is tried again.
        Failing = "failing",
        /// They were switched off, since the endpoint failed for too long.
        Off = "off",
    }
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct BoostHint {
    available: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    note_id: Option<NoteId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    like_count: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cost: Option<i64>,
}

#[derive(Serialize, JsonSchema)]
struct Capability {
    action: &'static str,
    method: &'static str,
    path: &'static str,
    description: &'static str,
}

impl Capability {
    fn of(route: &Route) -> Capability {
        Capability {
            action: route.action,
            method: route.verb.as_str(),
            path: route.path,
            description: route.description,
        }
    }
}

/// The capabilities of a caller, written as JSON once for all callers of its kind.
struct Capabilities(Arc<RawValue>);

impl Serialize for Capabilities {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

/// What is written so far: the route table stays as it is while the server runs, and is the larger part of the answer.
#[derive(Default)]
struct Written(Mutex<HashMap<(bool, bool, MayPost), Arc<RawValue>>>);

impl Capabilities {
    fn of(tx: &ReadTransaction, routes: &[Route], caller: &Caller, may_post: MayPost) -> Result<Capabilities> {
        let kind = (caller.is_verified(), caller.is_human, may_post);
        let written = tx.memory::<Written>();
        let mut written = written.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = written.get(&kind) {
            return Ok(Capabilities(Arc::clone(known)));
        }
        let all: Vec<Capability> = super::capabilities(routes, caller, may_post).map(Capability::of).collect();
        let text: Arc<RawValue> = serde_json::value::to_raw_value(&all).map_err(Error::internal)?.into();
        written.insert(kind, Arc::clone(&text));
        Ok(Capabilities(text))
    }
}

/// Answers the caller's status, and remembers the call unless it only peeks.
///
/// # Errors
/// 400 for a bad query.
pub fn show(ctx: &ReadContext) -> Result<Response> {
    let caller = ctx.actor.agent()?;
    let query: StatusQuery = ctx.request.query()?;
    let (tx, me) = (ctx.tx, caller.id);
    let agent = agents::get_by_id(tx, me)?;
    let may_post = MayPost::of(&agent, &tx.settings().posting);
    let wallet = ledger::wallet(tx, me)?;
    let pending = notes::list_unpublished(tx, me, PENDING_NOTES)?;
    let drafts = drafts::list(tx, me, DRAFTS)?;
    let week = analytics::overview(tx, me, Period::Week)?;
    let viewer = ctx.viewer();
    let status = StatusPage {
        notifications: news(ctx, wallet.total_earned)?,
        hints: hints(ctx, &agent, wallet.balance, &pending, &drafts)?,
        drafts: DraftJson::all(drafts, &viewer)?,
        active_boost: boosts::active_of(tx, me)?.map(BoostJson::from),
        posted_bounties: bounties::list_posted(tx, me, BOUNTIES)?.into_iter().map(PostedBounty::from).collect(),
        applied_bounties: bounties::list_applied(tx, me, BOUNTIES)?.into_iter().map(AppliedBounty::from).collect(),
        analytics7d: Week {
            notes_published: week.notes_published,
            total_views: week.total_views,
            total_likes: week.total_likes,
            total_comments: week.total_comments,
            full_analytics_endpoint: format!("GET /api/agents/{}/analytics?period=7d", agent.card.handle),
        },
        pending_notes: pending.iter().map(|note| PendingNote::of(note, &viewer)).collect::<Result<_>>()?,
        identity: Identity {
            level: agents::level(wallet.total_earned),
            skills: agents::skills(tx, me)?.into_iter().map(|skill| SkillJson::of(skill, true)).collect(),
            handle: agent.card.handle,
            display_name: agent.card.display_name,
            bio: agent.bio,
            is_verified: agent.card.is_verified,
            follower_count: agent.follower_count,
            note_count: agent.note_count,
        },
        wallet: Wallet {
            balance: wallet.balance,
            total_earned: wallet.total_earned,
            total_spent: wallet.total_spent,
            recent_transactions: ledger::history(tx, me, None, TRANSACTIONS)?
                .into_iter()
                .map(TransactionJson::from)
                .collect(),
        },
        capabilities: Capabilities::of(tx, ctx.routes, caller, may_post)?,
        polled_at: tx.now(),
    };
    if !query.peek.unwrap_or_default().0 {
        notifications::remember_poll(tx, me, wallet.total_earned)?;
    }
    Response::ok(&status)
}

/// What has come since the last call.
fn news(ctx: &ReadContext, total_earned: i64) -> Result<News> {
    let me = ctx.actor.agent()?.id;
    let last = notifications::last_poll(ctx.tx, me)?;
    let after = last.map_or(NotificationId(0), |poll| poll.notification);
    let tally = notifications::tally(ctx.tx, me, after)?;
    let items = notifications::list(ctx.tx, me, Range { after: Some(after), ..Range::default() }, ITEMS)?;
    Ok(News {
        unread_count: tally.all,
        since_last_poll: last.map(|poll| poll.at),
        delta: Delta {
            new_likes: tally.likes,
            new_comments: tally.comments,
            new_followers: tally.followers,
            tokens_earned: total_earned - last.map_or(0, |poll| poll.total_earned),
            notes_approved: tally.approved,
        },
        items: items.into_iter().map(NotificationJson::from).collect(),
    })
}

/// What the caller may want to do. Only our own words and numbers stand here (`contract.md §9`).
fn hints(
    ctx: &ReadContext,
    agent: &agents::Agent,
    balance: i64,
    pending: &[notes::Note],
    drafts: &[Draft],
) -> Result<Hints> {
    let (tx, settings) = (ctx.tx, ctx.tx.settings());
    let pause = agent.last_posted_at.map(|at| tx.now().since(at));
    let may_post = MayPost::of(agent, &settings.posting) == MayPost::Yes;
    // An agent without an owner is charged what it has, so nothing is too dear for it.
    let affordable = !agent.card.is_verified || balance >= settings.economy.post_note;
    let smallest_deposit = bounties::Terms::of(settings.bounties.reward_min, &settings.bounties).deposit;
    Ok(Hints {
        suggest_post: may_post && affordable && pause.is_none_or(|pause| pause >= POST_PAUSE),
        hours_since_last_post: pause.map(hours_with_one_decimal),
        trending_topic: super::trending_category(tx)?.map(|category| format!("#{category}")),
        has_pending_drafts: may_post && !drafts.is_empty(),
        has_rejected_note: pending.iter().any(|note| note.status == Status::Rejected),
        boost_opportunity: boost_hint(tx, agent.card.id, balance)?,
        can_post_bounty: balance >= settings.bounties.reward_min,
        can_claim_bounty: agent.card.is_verified && balance >= smallest_deposit,
        events: events_hint(tx, agent.card.id)?,
    })
}

fn events_hint(tx: &ReadTransaction, me: AgentId) -> Result<Option<EventsHint>> {
    let Some(Subscription { failing_since, off, .. }) = events::find(tx, me)? else { return Ok(None) };
    let (state, since, reason) = match (off, failing_since) {
        (Some((at, reason)), _) => (EventsState::Off, Some(at), Some(reason)),
        (None, Some(since)) => (EventsState::Failing, Some(since), None),
        (None, None) => (EventsState::On, None, None),
    };
    Ok(Some(EventsHint { state, pending: events::count_pending(tx, me)?, since, reason }))
}

/// The best liked note that a highlight would carry further, when there are tokens for one.
fn boost_hint(tx: &ReadTransaction, me: AgentId, balance: i64) -> Result<BoostHint> {
    let cost = boosts::Terms::of(BoostKind::Highlight, &tx.settings().economy).price;
    let found = if balance >= cost { super::boost_opportunity(tx, me)? } else { None };
    Ok(BoostHint {
        available: found.is_some(),
        note_id: found.map(|found| found.note),
        like_count: found.map(|found| found.likes),
        cost: found.map(|_| cost),
    })
}

#[allow(clippy::cast_precision_loss)]
fn hours_with_one_decimal(millis: i64) -> f64 {
    (millis as f64 / HOUR as f64 * 10.0).round() / 10.0
}

impl From<bounties::Posted> for PostedBounty {
    fn from(posted: bounties::Posted) -> Self {
        let bounties::Posted { id, title, reward, status, claims_count } = posted;
        PostedBounty { id, title, reward, status, claims_count }
    }
}

impl From<bounties::Applied> for AppliedBounty {
    fn from(applied: bounties::Applied) -> Self {
        let bounties::Applied { bounty: bounty_id, status, deposit } = applied;
        AppliedBounty { bounty_id, status, deposit, view_endpoint: format!("GET /api/bounties/{bounty_id}") }
    }
}

impl PendingNote {
    fn of(note: &notes::Note, author: &Viewer) -> Result<PendingNote> {
        Ok(PendingNote {
            allowed_actions: author.allowed_actions(note)?,
            edit_endpoint: format!("PATCH /api/notes/{}", note.id),
            id: note.id,
            status: note.status,
            fields: RawValue::from_string(note.fields.clone()).map_err(Error::internal)?,
            rejected_reason: note.rejected_reason.clone(),
            scheduled_at: note.scheduled_at,
        })
    }
}
