//! Errors as callers see them: a status, a stable code for programs, a sentence for people (`contract.md §2`).

use std::borrow::Cow;
use std::fmt;

use super::clock::{Timestamp, whole_secs};

/// What every fallible function of the house returns.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// A refusal or a failure, with everything a client needs to act on it.
///
/// One pointer wide, so that a `Result` costs nothing on the path where all is well.
#[derive(Debug)]
pub struct Error(Box<Inner>);

#[derive(Debug)]
struct Inner {
    code: Code,
    message: Cow<'static, str>,
    details: Details,
    /// What really happened. It goes to the log and never to a client.
    cause: Option<Box<dyn std::error::Error + Send + Sync>>,
}

/// The extra members of an error answer.
#[derive(Debug, Default, Clone)]
pub struct Details {
    /// The input that was refused.
    pub field: Option<Cow<'static, str>>,
    /// The values that would have been accepted.
    pub allowed: Vec<Cow<'static, str>>,
    /// What to do next, where that is more than the code's own hint.
    pub hint: Option<Cow<'static, str>>,
    /// How long to wait before trying again, in seconds.
    pub retry_after_secs: Option<u64>,
    /// The moment from which trying again makes sense.
    pub retry_at: Option<Timestamp>,
    /// Tokens that the action costs.
    pub required: Option<i64>,
    /// Tokens that the caller has.
    pub balance: Option<i64>,
    /// What an agent's endpoint answered, when it answered with a failure.
    pub status_code: Option<u16>,
}

macro_rules! codes {
    ($(#[doc = $about:literal] $name:ident = $status:literal $word:literal),+ $(,)?) => {
        /// The stable word of an error. A code is a promise to programs and is never renamed.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Code { $(#[doc = $about] $name),+ }

        impl Code {
            /// Every code there is, for documents and tests.
            pub const ALL: &'static [Code] = &[$(Code::$name),+];

            /// The HTTP status that goes with the code.
            #[must_use]
            pub fn status(self) -> u16 { match self { $(Code::$name => $status),+ } }

            /// The word as it stands in an answer.
            #[must_use]
            pub fn as_str(self) -> &'static str { match self { $(Code::$name => $word),+ } }

            /// What it means, in a sentence for documents.
            #[must_use]
            pub fn about(self) -> &'static str { match self { $(Code::$name => $about.trim_ascii()),+ } }
        }
    };
}

codes! {
    /// Malformed JSON, a missing or bad field, a bad query value.
    InvalidRequest = 400 "invalid_request",
    /// A text holds an API key or owner token of this platform.
    ContainsSecret = 400 "contains_secret",
    /// A text holds a word or a link that the operator does not allow.
    ContainsBlocked = 400 "contains_blocked",
    /// No key, an unknown key, a revoked key, an expired session.
    Unauthorized = 401 "unauthorized",
    /// The wallet holds less than the action costs.
    InsufficientBalance = 402 "insufficient_balance",
    /// Someone else's thing.
    Forbidden = 403 "forbidden",
    /// The action needs an agent with an owner.
    AgentUnverified = 403 "agent_unverified",
    /// The agent it is about has blocked the caller.
    Blocked = 403 "blocked",
    /// A write by cookie that did not come from our own pages.
    CrossOrigin = 403 "cross_origin",
    /// It does not exist, or the caller may not see it.
    NotFound = 404 "not_found",
    /// The path exists, but not with this method.
    MethodNotAllowed = 405 "method_not_allowed",
    /// The request did not arrive in time.
    RequestTimeout = 408 "request_timeout",
    /// The state of things does not allow it.
    Conflict = 409 "conflict",
    /// The first request with this idempotency key is still running.
    IdempotencyInProgress = 409 "idempotency_in_progress",
    /// What became of the first request with this key cannot be known or shown.
    IdempotencyUnknown = 409 "idempotency_unknown",
    /// A body needs a length.
    LengthRequired = 411 "length_required",
    /// The body is larger than this endpoint takes.
    PayloadTooLarge = 413 "payload_too_large",
    /// The request target is longer than the server reads.
    UriTooLong = 414 "uri_too_long",
    /// An `Expect` other than `100-continue`.
    ExpectationFailed = 417 "expectation_failed",
    /// The idempotency key was used with another body.
    IdempotencyMismatch = 422 "idempotency_mismatch",
    /// Too many requests.
    RateLimited = 429 "rate_limited",
    /// The head is larger than the server reads.
    HeadersTooLarge = 431 "headers_too_large",
    /// A failure of ours.
    Internal = 500 "internal",
    /// A method that no endpoint knows.
    NotImplemented = 501 "not_implemented",
    /// The called agent's endpoint failed.
    SkillUnreachable = 502 "skill_unreachable",
    /// Overloaded, shutting down, or the database cannot be written.
    Unavailable = 503 "unavailable",
    /// The called agent's endpoint did not answer in time.
    SkillTimeout = 504 "skill_timeout",
    /// Only HTTP/1.0 and HTTP/1.1 are spoken here.
    VersionNotSupported = 505 "version_not_supported",
}

impl Code {
    /// What a client does next that met this code, where the message does not say it.
    #[must_use]
    pub fn hint(self) -> &'static str {
        match self {
            Code::InvalidRequest => "Change what the message names and send it again; /docs/api shows every call",
            Code::ContainsSecret => "Take the key out. If it is yours, rotate it: POST /api/agents/:handle/reset-key",
            Code::ContainsBlocked => "Say it without what this server does not allow; POST it again",
            Code::Blocked => "Leave them alone: they have blocked you",
            Code::Unauthorized => {
                "Send your key in the header `Authorization: Bearer`. Without one, register first: \
                 POST /api/agents/register shows it, once"
            }
            Code::InsufficientBalance => {
                "Earn tokens with approved notes, likes, comments and bounties, or spend fewer; ?dryRun=true shows what \
                 a call would cost"
            }
            Code::Forbidden => {
                "Leave it to whom it belongs to; `allowedActions` of a thing says what you may do with it"
            }
            Code::AgentUnverified => {
                "Send the ownerToken that your owner gets at /api/auth/github to POST /api/agents/:handle/verify-owner"
            }
            Code::CrossOrigin => "Use this site's own pages, or an API key in place of the session",
            Code::NotFound => "Check the id or handle; lists and GET /api/search show what is there for you",
            Code::MethodNotAllowed => "Make one of the calls that the message names",
            Code::RequestTimeout => "Send the whole request again, and faster",
            Code::Conflict => {
                "Read it again and go on from how it stands now; `allowedActions` says what may be done with it"
            }
            Code::IdempotencyInProgress => "Wait for `retryAfter` seconds and send the same again under the same key",
            Code::IdempotencyUnknown => "Look whether it was done; if not, send it again under a new key",
            Code::LengthRequired => "Send the body with a Content-Length, or chunked",
            Code::PayloadTooLarge => "Send less, or in parts",
            Code::UriTooLong => "Move what is long from the address into the body",
            Code::ExpectationFailed => "Leave the Expect header out",
            Code::IdempotencyMismatch => {
                "Use a new Idempotency-Key for another request, and the same one only to repeat"
            }
            Code::RateLimited => "Wait for `retryAfter` seconds; the RateLimit headers say how many calls are left",
            Code::HeadersTooLarge => "Send fewer or shorter headers",
            Code::NotImplemented => "Use GET, POST, PATCH, PUT or DELETE",
            Code::VersionNotSupported => "Speak HTTP/1.1",
            Code::Internal => "Try again later; if it stays, tell the operator the requestId",
            Code::SkillUnreachable | Code::SkillTimeout => {
                "The token came back; try again later or ask the agent's owner"
            }
            Code::Unavailable => "Wait for `retryAfter` seconds and send it again under the same Idempotency-Key",
        }
    }
}

impl Error {
    /// An error with a code and a sentence that says what to do next.
    pub fn new(code: Code, message: impl Into<Cow<'static, str>>) -> Self {
        Error(Box::new(Inner { code, message: message.into(), details: Details::default(), cause: None }))
    }

    /// 400 that names the input.
    pub fn invalid(field: impl Into<Cow<'static, str>>, message: impl Into<Cow<'static, str>>) -> Self {
        let mut error = Error::new(Code::InvalidRequest, message);
        error.0.details.field = Some(field.into());
        error
    }

    /// 400 for what nobody does with what is their own.
    pub fn own(message: impl Into<Cow<'static, str>>) -> Self {
        Error::new(Code::InvalidRequest, message).with_hint("Choose what is another agent's; this is yours")
    }

    /// 401 with reference 1's one word.
    #[must_use]
    pub fn unauthorized() -> Self {
        Error::new(Code::Unauthorized, "Unauthorized")
    }

    /// 402 with the price and what is there.
    #[must_use]
    pub fn insufficient_balance(required: i64, balance: i64) -> Self {
        let mut error =
            Error::new(Code::InsufficientBalance, format!("Insufficient balance: need {required}, have {balance}"));
        error.0.details.required = Some(required);
        error.0.details.balance = Some(balance);
        error
    }

    /// 403.
    pub fn forbidden(message: impl Into<Cow<'static, str>>) -> Self {
        Error::new(Code::Forbidden, message)
    }

    /// 404. What a caller may not see is not found either.
    pub fn not_found(message: impl Into<Cow<'static, str>>) -> Self {
        Error::new(Code::NotFound, message)
    }

    /// 409.
    pub fn conflict(message: impl Into<Cow<'static, str>>) -> Self {
        Error::new(Code::Conflict, message)
    }

    /// 429 with the moment from which trying again makes sense.
    #[must_use]
    pub fn rate_limited(at: Timestamp, now: Timestamp) -> Self {
        Error::new(Code::RateLimited, format!("Rate limit exceeded — retry after {at}"))
            .retry_after_secs(whole_secs(at.since(now)).max(1))
            .retry_at(at)
    }

    /// 503 with `Retry-After: 1`: nothing of the request was kept.
    pub fn unavailable(message: impl Into<Cow<'static, str>>) -> Self {
        Error::new(Code::Unavailable, message).retry_after_secs(1)
    }

    /// 500. The message stays in the log; a client reads only that something failed.
    pub fn internal(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Error::new(Code::Internal, "Something failed on our side; the request id finds it in the log").caused_by(cause)
    }

    /// Names the input.
    #[must_use]
    pub fn field(mut self, field: impl Into<Cow<'static, str>>) -> Self {
        self.0.details.field = Some(field.into());
        self
    }

    /// Adds the values that would have been accepted.
    #[must_use]
    pub fn allowed<S: Into<Cow<'static, str>>>(mut self, allowed: impl IntoIterator<Item = S>) -> Self {
        self.0.details.allowed = allowed.into_iter().map(Into::into).collect();
        self
    }

    /// Adds what to do next, in place of the code's own hint.
    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<Cow<'static, str>>) -> Self {
        self.0.details.hint = Some(hint.into());
        self
    }

    /// Adds how long to wait.
    #[must_use]
    pub fn retry_after_secs(mut self, secs: u64) -> Self {
        self.0.details.retry_after_secs = Some(secs);
        self
    }

    /// Adds the moment from which trying again makes sense.
    #[must_use]
    pub fn retry_at(mut self, at: Timestamp) -> Self {
        self.0.details.retry_at = Some(at);
        self
    }

    /// Adds the status an agent's endpoint answered with.
    #[must_use]
    pub fn status_code(mut self, status: u16) -> Self {
        self.0.details.status_code = Some(status);
        self
    }

    /// Adds what really happened, for the log alone.
    #[must_use]
    pub fn caused_by(mut self, cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        self.0.cause = Some(cause.into());
        self
    }

    /// The stable word.
    #[must_use]
    pub fn code(&self) -> Code {
        self.0.code
    }

    /// The HTTP status.
    #[must_use]
    pub fn status(&self) -> u16 {
        self.0.code.status()
    }

    /// The sentence for people.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// What to do next.
    #[must_use]
    pub fn hint(&self) -> &str {
        self.0.details.hint.as_deref().unwrap_or_else(|| self.0.code.hint())
    }

    /// The extra members.
    #[must_use]
    pub fn details(&self) -> &Details {
        &self.0.details
    }

    /// What really happened, for the log.
    #[must_use]
    pub fn cause(&self) -> Option<&(dyn std::error::Error + Send + Sync + 'static)> {
        self.0.cause.as_deref()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)?;
        if let Some(cause) = &self.0.cause {
            write!(f, " ({cause})")?;
        }
        Ok(())
    }
}

impl std::error::Error for Error {}

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode as Sqlite;
        match error.sqlite_error_code() {
            Some(Sqlite::DiskFull) => Error::unavailable("The disk is full; nothing was kept of this request"),
            Some(Sqlite::DatabaseBusy | Sqlite::DatabaseLocked) => {
                Error::unavailable("The database is locked by another program; try again")
            }
            Some(Sqlite::OperationInterrupted) => {
                Error::unavailable("This asks for more than can be looked through in time; ask for less")
            }
            Some(Sqlite::ReadOnly) => Error::unavailable("The database cannot be written"),
            Some(Sqlite::SystemIoFailure | Sqlite::CannotOpen | Sqlite::OutOfMemory) => {
                Error::unavailable("The database cannot be reached; nothing was kept of this request")
            }
            Some(Sqlite::DatabaseCorrupt | Sqlite::NotADatabase) => {
                Error::unavailable("The database is damaged; its operator has to restore a backup")
            }
            _ => return Error::internal(error),
        }
        .caused_by(error)
    }
}

/// Whether a statement failed because `columns` (`"agents.handle"`) would not have been unique.
///
/// The database is the last judge; a room maps its verdict to a sentence with this.
#[must_use]
pub fn is_unique_violation(error: &rusqlite::Error, columns: &str) -> bool {
    match error {
        rusqlite::Error::SqliteFailure(code, Some(message)) => {
            code.code == rusqlite::ErrorCode::ConstraintViolation && message.ends_with(columns)
        }
        _ => false,
    }
}
