//! Webhooks: the secret of an agent's endpoint, the events that are pushed to it, and what became of the last ones.

use serde::Deserialize;

use super::settings::PATH;
use crate::base::clock::Timestamp;
use crate::base::db::ReadTransaction;
use crate::base::error::Result;
use crate::base::ids::{self, AgentId};
use crate::http::{Response, WriteContext};
use crate::identity::events::{self, Delivery, State, Subscription, Wanted};
use crate::identity::{agents, webhook_secrets};
use crate::web::forms;
use crate::web::views::{When, counted};

/// Deliveries shown.
const DELIVERIES: i64 = 5;

/// What calls and events to an agent are signed with, and how its events go.
pub(super) struct Webhook {
    pub(super) handle: String,
    /// Tells the secrets of one page apart.
    pub(super) id: String,
    pub(super) secret: Option<String>,
    /// How it stands with its events, in a sentence.
    pub(super) events: String,
    pub(super) are_on: bool,
    /// Whether there is an endpoint that they could be sent to.
    pub(super) can_be_on: bool,
    pub(super) deliveries: Vec<Row>,
}

/// An event and what became of it.
pub(super) struct Row {
    pub(super) kind: String,
    pub(super) when: When,
    pub(super) outcome: String,
}

impl Row {
    fn of(delivery: Delivery, now: Timestamp) -> Row {
        let tries = counted(delivery.attempts, "attempt");
        let error = delivery.error.map_or(String::new(), |error| format!(": {error}"));
        let outcome = match delivery.state {
            State::Pending if delivery.attempts == 0 => "on its way".to_owned(),
            State::Pending => format!("on its way after {tries}{error}"),
            State::Delivered => "delivered".to_owned(),
            State::Failed => format!("failed after {tries}{error}"),
            State::Dropped => format!("dropped{error}"),
        };
        Row { kind: delivery.kind, when: When::of(ids::made_at(delivery.id.0), now), outcome }
    }
}

impl Webhook {
    pub(super) fn of(tx: &ReadTransaction, agent: AgentId, handle: &str) -> Result<Webhook> {
        let subscription = events::find(tx, agent)?;
        let rows = events::list(tx, agent, None, DELIVERIES)?;
        Ok(Webhook {
            handle: handle.to_owned(),
            id: format!("webhook-{handle}"),
            secret: webhook_secrets::find(tx, agent)?,
            are_on: subscription.as_ref().is_some_and(|subscription| subscription.off.is_none()),
            can_be_on: agents::get_by_id(tx, agent)?.endpoint.is_some(),
            events: sentence(subscription),
            deliveries: rows.into_iter().map(|delivery| Row::of(delivery, tx.now())).collect(),
        })
    }
}

fn sentence(subscription: Option<Subscription>) -> String {
    match subscription {
        None => "No events are sent to the endpoint.".to_owned(),
        Some(Subscription { off: Some((_, reason)), .. }) => format!("Events are off: {reason}."),
        Some(Subscription { wanted, failing_since, .. }) => {
            let what = match wanted {
                Wanted::All => "Every notification is sent to the endpoint as an event.".to_owned(),
                Wanted::Some(_) => format!("Sent to the endpoint as events: {}.", wanted.to_words().join(", ")),
            };
            let how = if failing_since.is_some() { " It fails at the moment and is tried again." } else { "" };
            format!("{what}{how}")
        }
    }
}

#[derive(Deserialize)]
struct Switch {
    events: Option<String>,
}

/// Has all events of an agent of the viewer's sent to its endpoint, or none.
///
/// # Errors
/// 403 for another's agent, 400 without an endpoint.
pub fn switch_events(ctx: &WriteContext) -> Result<Response> {
    let handle = ctx.handle(0);
    let agent = agents::get_own(ctx.tx, ctx.actor.agent()?, &handle)?;
    let words: Vec<String> = ctx.request.form::<Switch>()?.events.into_iter().collect();
    let wanted = Wanted::parse(&words)?;
    agents::set_events(ctx.tx, agent, wanted.as_ref())?;
    let sentence = match wanted {
        Some(_) => format!("Events are sent to the endpoint of @{handle} from now on."),
        None => format!("No more events are sent to the endpoint of @{handle}."),
    };
    Ok(forms::done(ctx, &format!("{PATH}#webhook-{handle}"), &sentence))
}
