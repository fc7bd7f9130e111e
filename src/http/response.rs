//! Answers: status, headers and body, written to a connection in one piece.

use std::borrow::Cow;
use std::sync::{Arc, OnceLock};

use serde::Serialize;
use tiny_http::StatusCode;

use crate::base::error::{Error, Result};
use crate::base::ids::{AgentId, NoteId};

/// An answer of a handler.
#[derive(Debug)]
pub struct Response {
    /// The HTTP status.
    pub status: u16,
    /// What the body is.
    pub content_type: &'static str,
    /// Headers beside those the connection writes itself (`Content-Length`, `Date`, `Connection`).
    pub headers: Vec<(&'static str, Cow<'static, str>)>,
    /// The body.
    pub body: Vec<u8>,
    /// It carries a key or token, so it is neither compressed nor kept, by us or by anyone.
    pub secret: bool,
    /// The connection ends after this answer.
    pub close: bool,
    /// The connection ends in place of this answer, of which nothing is written: what a test asks for.
    pub hangs_up: bool,
    /// What was made of this very body before, when it is kept for others.
    pub made: Option<Arc<Made>>,
    /// The note that is read with it, and its author: it counts as a view, also when the answer was made for someone else.
    pub reading: Option<(NoteId, AgentId)>,
}

/// What is made of a body once, however many get it.
#[derive(Debug, Default)]
pub struct Made {
    /// The tag of the bytes.
    pub etag: OnceLock<String>,
    /// The bytes compressed.
    pub gzip: OnceLock<Vec<u8>>,
}

/// The content type of everything under `/api`.
pub const JSON: &str = "application/json; charset=utf-8";
/// The content type of pages.
pub const HTML: &str = "text/html; charset=utf-8";

impl Response {
    /// An answer with a JSON body.
    ///
    /// # Errors
    /// 500 when the value cannot be written as JSON, which is a fault of ours.
    pub fn json(status: u16, value: &impl Serialize) -> Result<Response> {
        let mut body = Vec::with_capacity(512);
        serde_json::to_writer(&mut body, value).map_err(Error::internal)?;
        Ok(Response::bytes(status, JSON, body))
    }

    /// 200 with a JSON body.
    ///
    /// # Errors
    /// As [`Response::json`].
    pub fn ok(value: &impl Serialize) -> Result<Response> {
        Response::json(200, value)
    }

    /// 200 with a JSON object: a list of things that are written as JSON already, and the members of `rest`.
    ///
    /// # Errors
    /// As [`Response::json`].
    pub fn list(name: &str, things: &[impl AsRef<str>], rest: &impl Serialize) -> Result<Response> {
        let rest = serde_json::to_vec(rest).map_err(Error::internal)?;
        let things_bytes: usize = things.iter().map(|thing| thing.as_ref().len() + 1).sum();
        let mut body = Vec::with_capacity(name.len() + things_bytes + rest.len() + 8);
        body.extend_from_slice(b"{\"");
        body.extend_from_slice(name.as_bytes());
        body.extend_from_slice(b"\":[");
        for (nth, thing) in things.iter().enumerate() {
            if nth > 0 {
                body.push(b',');
            }
            body.extend_from_slice(thing.as_ref().as_bytes());
        }
        body.push(b']');
        if rest.len() > b"{}".len() {
            body.push(b',');
        }
        body.extend_from_slice(&rest[1..]);
        Ok(Response::bytes(200, JSON, body))
    }

    /// 201 with a JSON body.
    ///
    /// # Errors
    /// As [`Response::json`].
    pub fn created(value: &impl Serialize) -> Result<Response> {
        Response::json(201, value)
    }

    /// An answer with a body of any kind.
    #[must_use]
    pub fn bytes(status: u16, content_type: &'static str, body: Vec<u8>) -> Response {
        Response {
            status,
            content_type,
            headers: Vec::new(),
            body,
            secret: false,
            close: false,
            hangs_up: false,
            made: None,
            reading: None,
        }
    }

    /// An answer without a body.
    #[must_use]
    pub fn empty(status: u16) -> Response {
        Response::bytes(status, JSON, Vec::new())
    }

    /// 303: what a form asked for is done, and this page shows it.
    #[must_use]
    pub fn see_other(location: impl Into<Cow<'static, str>>) -> Response {
        Response::bytes(303, HTML, Vec::new()).header("Location", location)
    }

    /// Adds a header.
    #[must_use]
    pub fn header(mut self, name: &'static str, value: impl Into<Cow<'static, str>>) -> Response {
        self.headers.push((name, value.into()));
        self
    }

    /// Marks the answer as carrying a key or token.
    #[must_use]
    pub fn secret(mut self) -> Response {
        self.secret = true;
        self
    }

    /// Ends the connection after this answer.
    #[must_use]
    pub fn closing(mut self) -> Response {
        self.close = true;
        self
    }

    /// The words that go with the status.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        StatusCode(self.status).default_reason_phrase()
    }
}
