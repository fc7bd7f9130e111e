//! HTTP: the only floor that knows sockets. Everything above it sees a [`Request`] and answers a [`Response`].
//!
//! A connection is one thread that reads ([`head`], [`body`]), calls the [`Service`], and writes ([`wire`]). What may not take
//! for ever has a deadline in [`life`], and one sweeper in [`listener`] wakes the threads whose deadline has passed.

pub mod actions;
mod body;
mod connection;
pub mod context;
mod cookie;
pub mod envelope;
#[doc(hidden)]
pub mod fuzzing;
mod head;
mod input;
mod life;
pub mod limiter;
pub mod listener;
mod pool;
pub mod request;
pub mod response;
pub mod router;
mod target;
mod wire;

pub use actions::{ActionJson, Prospect, Subject, Viewer};
pub use context::{Actor, Caller, Context, Gateway, OwnContext, ReadContext, WriteContext};
pub use cookie::SetCookie;
pub use listener::{Bound, Listener, Options};
pub use request::{Head, Headers, Method, Request};
pub use response::Response;
pub use router::{Access, Effect, Handler, Kind, LimitClass, Route, Router, Verb};

use crate::base::error::Error;

/// What the listener serves: the application, seen from the socket.
pub struct Service {
    /// How many bytes of body this request may have; more is 413 before a byte of it is read.
    pub body_bytes_max: Box<dyn Fn(&Head) -> usize + Send + Sync>,
    /// Answers one request. Runs on the connection's own thread.
    pub respond: Box<dyn Fn(Request) -> Response + Send + Sync>,
    /// Shapes a refusal of the HTTP layer like every other error. The head is there when it could be read.
    pub refuse: Refuse,
}

/// How a refusal becomes an answer.
pub type Refuse = Box<dyn Fn(Error, Option<&Head>) -> Response + Send + Sync>;
