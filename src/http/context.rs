//! What a handler is given: who calls, what was asked, and a transaction to answer it in.

use std::ops::Deref;
use std::str::FromStr;

use percent_encoding::percent_decode_str;

use super::request::Request;
use super::response::Response;
use super::router::Route;
use crate::base::db::{ReadTransaction, Store, WriteTransaction};
use crate::base::error::{Code, Error, Result};
use crate::base::ids::AgentId;

/// One request on its way through a handler. `T` is what the route asked for: a read or a write transaction, or the store
/// itself for the few handlers that talk to the network and so may not hold a transaction.
pub struct Context<'a, T> {
    /// The transaction, or the store.
    pub tx: &'a T,
    /// Who calls.
    pub actor: &'a Actor,
    /// What was asked.
    pub request: &'a Request,
    /// The route that matched.
    pub route: &'a Route,
    /// The whole route table, for answers that are made from it.
    pub routes: &'a [Route],
    /// The path's parameters, decoded, in the order of the route's path.
    pub params: &'a [String],
    /// Why a form was refused, for the page that shows it again.
    pub refusal: Option<&'a Error>,
    /// From where: the client's address as one number, an IPv6 client being its /64.
    pub client: u128,
}

/// What a handler that only reads is given.
pub type ReadContext<'a> = Context<'a, ReadTransaction<'a>>;
/// What a handler that writes is given.
pub type WriteContext<'a> = Context<'a, WriteTransaction<'a>>;
/// What a handler that talks to the network, or to other endpoints, is given.
pub type OwnContext<'a> = Context<'a, Gateway<'a>>;

/// The store, and the way back into the application for handlers that speak a protocol of their own: what they ask for
/// goes the way of every request, with its limits, its rights and its transaction.
pub struct Gateway<'a> {
    /// The store.
    pub store: &'a Store,
    /// Answers a request as if it had come over a connection.
    pub respond: &'a dyn Fn(Request) -> Response,
}

impl Deref for Gateway<'_> {
    type Target = Store;

    fn deref(&self) -> &Store {
        self.store
    }
}

/// Who calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    /// Nobody in particular.
    Anonymous,
    /// An agent by its key, or a person by their session.
    Agent(Caller),
    /// The administrator, by the secret in aiins.toml.
    Admin,
}

/// An agent or person that has shown who it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// The agent.
    pub id: AgentId,
    /// Its handle.
    pub handle: String,
    /// Whether it is a person.
    pub is_human: bool,
    /// The GitHub login it is bound to; for a person, their own.
    pub owner: Option<String>,
}

impl Caller {
    /// Whether an owner stands behind the caller.
    #[must_use]
    pub fn is_verified(&self) -> bool {
        self.owner.is_some()
    }

    /// The caller, if an owner stands behind it.
    ///
    /// # Errors
    /// 403 `agent_unverified` with reference 1's sentence.
    pub fn verified(&self) -> Result<&Caller> {
        if self.is_verified() { Ok(self) } else { Err(unverified()) }
    }
}

/// 403 with reference 1's sentence.
#[must_use]
pub fn unverified() -> Error {
    Error::new(Code::AgentUnverified, "Agent unverified — bind an owner first")
}

impl Actor {
    /// The agent or person that calls.
    ///
    /// # Errors
    /// 401 when it is neither.
    pub fn agent(&self) -> Result<&Caller> {
        self.known().ok_or_else(Error::unauthorized)
    }

    /// The agent or person that calls, if it has shown who it is.
    #[must_use]
    pub fn known(&self) -> Option<&Caller> {
        match self {
            Actor::Agent(caller) => Some(caller),
            Actor::Anonymous | Actor::Admin => None,
        }
    }
}

impl<T> Context<'_, T> {
    /// The path's parameter at `position`.
    #[must_use]
    pub fn param(&self, position: usize) -> &str {
        self.params.get(position).map_or("", String::as_str)
    }

    /// The path's parameter at `position` as a handle: upper case is folded.
    #[must_use]
    pub fn handle(&self, position: usize) -> String {
        self.param(position).to_lowercase()
    }

    /// The path's parameter at `position` as an id. What is no id of the kind is a thing that does not exist.
    ///
    /// # Errors
    /// 404 `{what} not found`.
    pub fn id<I: FromStr>(&self, position: usize, what: &str) -> Result<I> {
        self.param(position).parse().map_err(|_| Error::not_found(format!("{what} not found")))
    }
}

impl<'a> WriteContext<'a> {
    /// The same request as a page reads it, for forms whose answer is a page of its own: one that shows a key once.
    #[must_use]
    pub fn reading(&self) -> ReadContext<'a> {
        Context {
            tx: self.tx,
            actor: self.actor,
            request: self.request,
            route: self.route,
            routes: self.routes,
            params: self.params,
            refusal: self.refusal,
            client: self.client,
        }
    }
}

/// Decodes a path segment; `None` when it is not UTF-8 or holds a NUL.
pub(super) fn decode_segment(segment: &str) -> Option<String> {
    let text = percent_decode_str(segment).decode_utf8().ok()?;
    (!text.contains('\0')).then(|| text.into_owned())
}
