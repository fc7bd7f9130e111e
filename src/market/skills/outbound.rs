//! Calls to endpoints as skills make them: how long they may take, how long an answer may be, and what a failure says.

use std::sync::Arc;
use std::time::{Duration, Instant};

use url::Url;

use super::running::Place;
use crate::base::config;
use crate::base::error::{Code, Error, Result};
use crate::base::tape::Tape;
use crate::base::webhook::{self, Endpoint, Failure, Message, Patience};

/// How long a call may take in all: name, connection, TLS, request and answer.
const TIMEOUT: Duration = Duration::from_secs(15);
/// The largest answer that is passed on, after decoding.
const ANSWER_BYTES_MAX: usize = 1 << 20;

/// Calls endpoints. There is one for each store.
#[derive(Debug)]
pub struct Client(Patience);

impl Default for Client {
    fn default() -> Client {
        Client(Patience::of(TIMEOUT))
    }
}

/// What an endpoint answered.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) body: Vec<u8>,
}

impl Client {
    /// Changes how long calls from now on may take; a test does not wait for fifteen seconds.
    pub fn set_timeout(&self, timeout: Duration) {
        self.0.set(timeout);
    }

    /// When a call that begins now has to be over.
    pub(super) fn deadline(&self) -> Instant {
        self.0.deadline()
    }
}

/// The checked addresses behind a URL.
///
/// # Errors
/// 409 for an address that may not be called, 502 for a name that nobody knows, 504 when nobody said so in time.
pub(super) fn resolve(
    tape: &Tape,
    url: Url,
    settings: &config::Skills,
    deadline: Instant,
    place: &Arc<Place>,
) -> Result<Endpoint> {
    webhook::resolve(tape, url, settings.allow_private_networks, deadline, place).map_err(failed)
}

/// Posts a message.
///
/// # Errors
/// 502 `skill_unreachable`, with the status where there was one, and 504 `skill_timeout`.
pub(super) fn post(tape: &Tape, endpoint: Endpoint, message: &Message, deadline: Instant) -> Result<Answer> {
    let answer = webhook::post(tape, endpoint, message, deadline).map_err(failed)?;
    let status = answer.status;
    if status >= 500 {
        return Err(unreachable("it answered with a failure").status_code(status));
    }
    let body = answer.read(ANSWER_BYTES_MAX, "it answered with more than 1 MiB");
    Ok(Answer { status, body: body.map_err(failed)? })
}

/// What a caller is told of a failure.
pub(super) fn failed(failure: Failure) -> Error {
    match failure {
        Failure::Refused(why) => Error::conflict(format!("The endpoint of this skill may not be called: {why}")),
        Failure::Unreachable(why, None) => unreachable(why),
        Failure::Unreachable(why, Some(cause)) => unreachable(why).caused_by(cause),
        Failure::TimedOut => Error::new(
            Code::SkillTimeout,
            "The endpoint of this skill did not answer in time, so the call costs nothing",
        ),
        Failure::Ours(error) => error,
    }
}

fn unreachable(why: &str) -> Error {
    Error::new(Code::SkillUnreachable, format!("The endpoint of this skill failed, so the call costs nothing: {why}"))
}
