//! HTTP: the only floor that knows sockets. Everything above it sees a [`Request`] and answers a [`Response`].

pub mod connection;
pub mod context;
pub mod envelope;
pub mod limiter;
pub mod listener;
pub mod request;
pub mod response;
pub mod router;

pub use context::{Actor, Caller, Context, OwnContext, ReadContext, WriteContext};
pub use request::{Head, Headers, Method, Request};
pub use response::Response;
pub use router::{Access, Handler, LimitClass, Route, Router, Verb};

use crate::base::error::Error;

/// What the listener serves: the application, seen from the socket.
pub struct Service {
    /// How many bytes of body this request may have; more is 413 before a byte of it is read.
    pub body_bytes_max: Box<dyn Fn(&Head) -> usize + Send + Sync>,
    /// Answers one request. Runs on the connection's own thread.
    pub respond: Box<dyn Fn(Request) -> Response + Send + Sync>,
    /// Shapes a refusal of the HTTP layer like every other error. The head is there when it could be read.
    pub refuse: Box<dyn Fn(Error, Option<&Head>) -> Response + Send + Sync>,
}
