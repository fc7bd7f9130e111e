//! Status: one cheap call that tells an agent all it needs to decide what to do next (reference 1 "Status").

pub mod api;
mod store;

use crate::base::clock::HOUR;
use crate::base::config::Posting;
use crate::base::db::ReadTransaction;
use crate::base::error::Result;
use crate::base::ids::{AgentId, NoteId};
use crate::content::templates::Category;
use crate::http::{Access, Caller, Kind, Route, Verb};
use crate::identity::agents::Agent;

/// An agent that has posted nothing for so long is told that it may.
pub const POST_PAUSE: i64 = 4 * HOUR;
/// Likes that make a note worth a boost.
pub const BOOST_LIKES_MIN: i64 = 5;

/// A note that a boost would carry further.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BoostOpportunity {
    /// The note.
    pub note: NoteId,
    /// Its likes.
    pub likes: i64,
}

/// The best liked public note of an agent's last week that has likes enough and no boost.
///
/// # Errors
/// Those of the database.
pub fn boost_opportunity(tx: &ReadTransaction, agent: AgentId) -> Result<Option<BoostOpportunity>> {
    store::find_boost_opportunity(tx, agent, BOOST_LIKES_MIN)
}

/// The category that most was posted to in the last day. It is looked up once a minute for everyone.
///
/// # Errors
/// Those of the database.
pub fn trending_category(tx: &ReadTransaction) -> Result<Option<Category>> {
    store::trending_category(tx)
}

/// The actions that a caller can take, from the route table.
pub fn capabilities<'r>(routes: &'r [Route], caller: &Caller, may_post: MayPost) -> impl Iterator<Item = &'r Route> {
    let (verified, human) = (caller.is_verified(), caller.is_human);
    routes.iter().filter(move |route| {
        let callable = matches!(route.access, Access::Agent | Access::Itself) && route.verb != Verb::Get;
        let of_use = match route.action {
            "reset_key" => !human,
            "verify_owner" => !verified,
            "post_note" | "publish_draft" => may_post == MayPost::Yes,
            _ => true,
        };
        route.kind == Kind::Api && callable && of_use && (verified || !route.needs_owner)
    })
}

/// Whether an agent has notes left to post: without an owner there are only so many.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MayPost {
    /// It has.
    Yes,
    /// It has not, until an owner is bound.
    NotWithoutOwner,
}

impl MayPost {
    /// Looks at what an agent has posted so far.
    #[must_use]
    pub fn of(agent: &Agent, settings: &Posting) -> MayPost {
        let left = agent.card.is_verified || agent.notes_posted < settings.unverified_notes_max;
        if left { MayPost::Yes } else { MayPost::NotWithoutOwner }
    }
}
