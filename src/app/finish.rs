//! The last steps of every answer: error shape, envelope, ETag, gzip and the headers that all answers carry.

use std::borrow::Cow;
use std::io::Write;
use std::time::Duration;

use flate2::Compression;
use flate2::write::GzEncoder;
use serde::Serialize;
use xxhash_rust::xxh3::xxh3_128;

use super::suggestions;
use crate::base::clock::Timestamp;
use crate::base::config::Settings;
use crate::base::db::Store;
use crate::base::error::{Code, Details, Error, Result};
use crate::base::ids::{AgentId, RequestId};
use crate::http::limiter::Verdict;
use crate::http::response::{HTML, JSON};
use crate::http::{Access, Handler, Head, Headers, Kind, Response, Route, Verb, envelope};
use crate::web;

/// Bodies shorter than this are sent as they are.
const GZIP_BYTES_MIN: usize = 1024;
/// The headers of ours that a page in a browser may read.
const EXPOSED: &str = "ETag, Idempotent-Replayed, Link, Location, RateLimit, RateLimit-Policy, Retry-After, \
    X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset, X-Request-Id, X-Should-Retry";
/// The headers of theirs that we read.
const READ: &str = "Accept, Authorization, Content-Type, Idempotency-Key, If-None-Match, Prefer, X-API-Key, X-Api-Token, \
    X-Request-Id, MCP-Protocol-Version, Mcp-Method, Mcp-Name, A2A-Version";

/// What is known of a request when its answer is finished.
pub(super) struct Outcome<'a> {
    pub(super) head: Option<&'a Head>,
    pub(super) request_id: String,
    pub(super) route: Option<&'a Route>,
    /// Who asked, as far as it is known.
    pub(super) caller: Option<AgentId>,
    pub(super) verdict: Option<Verdict>,
    pub(super) now: Timestamp,
    pub(super) settings: &'a Settings,
    /// What the client may have meant by what was ignored.
    pub(super) warnings: Vec<String>,
}

/// The client's own request id where it sent a good one, else a new one.
pub(super) fn request_id_of(store: &Store, head: Option<&Head>) -> String {
    let good = |id: &&str| {
        (1..=128).contains(&id.len())
            && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-'))
    };
    head.and_then(|head| head.headers.get("x-request-id"))
        .filter(good)
        .map_or_else(|| RequestId(store.request_ids().next(store.clock().now())).to_string(), str::to_owned)
}

#[derive(Serialize)]
struct Refusal<'a> {
    success: bool,
    error: RefusalBody<'a>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    warnings: &'a [String],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RefusalBody<'a> {
    code: &'static str,
    message: &'a str,
    /// What to do next.
    hint: &'a str,
    request_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<&'a str>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    allowed: &'a [Cow<'static, str>],
    #[serde(skip_serializing_if = "Option::is_none")]
    retry_after: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    retry_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    required: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    balance: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status_code: Option<u16>,
}

impl Outcome<'_> {
    /// Logs what is worth it: failures of ours and what was slow always, all else on request.
    pub(super) fn log(&self, result: &Result<Response>, took: Duration, slow_millis: u64) {
        let Some(head) = self.head else { return };
        let (method, route) = (head.method.as_str(), self.route.map_or("", |route| route.path));
        let request_id = self.request_id.as_str();
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        let agent = self.caller.map(tracing::field::display);
        // What talks to others is as slow as they are.
        let waits_for_others = self.route.is_some_and(|route| matches!(route.handler, Handler::Own(_)));
        let is_slow = slow_millis > 0 && took.as_millis() >= u128::from(slow_millis) && !waits_for_others;
        macro_rules! line {
            ($level:ident, $said:literal, $($field:tt)*) => {
                tracing::$level!(target: "aiins::request", request_id, method, route, agent, micros, $($field)*, $said)
            };
        }
        match result {
            Err(error) if error.status() >= 500 && !is_of_an_endpoint(error.code()) => {
                line!(error, "request failed", status = error.status(), %error);
            }
            Ok(response) if is_slow => line!(warn, "slow request", status = response.status),
            Err(error) if is_slow => {
                line!(warn, "slow request", status = error.status(), code = error.code().as_str());
            }
            Ok(response) => line!(debug, "request", status = response.status),
            Err(error) => line!(debug, "request", status = error.status(), code = error.code().as_str()),
        }
    }

    pub(super) fn finish(self, result: Result<Response>) -> Response {
        let (mut response, refusal) = match result {
            Ok(response) if self.warnings.is_empty() => (response, None),
            Ok(response) => (suggestions::put(response, &self.warnings), None),
            Err(error) => (self.refusal(&error), Some(error)),
        };
        let enveloped = self.header("accept").is_some_and(|accept| accept.contains(envelope::MEDIA_TYPE));
        if enveloped && response.content_type == JSON {
            response = envelope::wrap(response, refusal.as_ref().map(Error::message));
            response.made = None;
        }
        let minimal = self.head.is_some_and(|head| head.headers.lists("prefer", "return=minimal"));
        let deletes = self.route.is_some_and(|route| route.verb == Verb::Delete);
        // A rehearsal has deleted nothing, and says what it would have.
        let rehearses = self.head.is_some_and(|head| head.query.contains("dryRun"));
        if minimal && deletes && !rehearses && response.status == 200 {
            response.status = 204;
            response.body.clear();
        }
        if self.is_public_read() && response.status == 200 && !response.secret {
            response = self.with_etag(response);
        }
        if !response.secret {
            response = self.compressed(response);
        }
        self.with_headers(response)
    }

    fn header(&self, name: &str) -> Option<&str> {
        self.head.and_then(|head| head.headers.get(name))
    }

    fn is_public_read(&self) -> bool {
        self.route.is_some_and(|route| route.verb == Verb::Get && route.access == Access::Anyone)
    }

    fn kind(&self) -> Kind {
        self.route.map_or(Kind::Api, |route| route.kind)
    }

    /// Whether the answer is meant for this machine: no page from elsewhere that is open here reads it.
    fn is_for_operator(&self) -> bool {
        self.route.is_some_and(|route| route.access == Access::Operator)
    }

    /// Whether a refusal is a page: on a page, and wherever a browser looks outside the API (`contract.md §2`).
    fn is_for_people(&self) -> bool {
        let browses = |head: &Head| {
            let outside = head.path != "/api" && !head.path.starts_with("/api/");
            outside && head.headers.lists("accept", "text/html")
        };
        self.kind() == Kind::Page || self.head.is_some_and(browses)
    }

    fn refusal(&self, error: &Error) -> Response {
        let Details { field, allowed, retry_after_secs, retry_at, required, balance, status_code, .. } =
            error.details();
        let refusal = Refusal {
            success: false,
            error: RefusalBody {
                code: error.code().as_str(),
                message: error.message(),
                hint: error.hint(),
                request_id: &self.request_id,
                field: field.as_deref(),
                allowed,
                retry_after: *retry_after_secs,
                retry_at: *retry_at,
                required: *required,
                balance: *balance,
                status_code: *status_code,
            },
            warnings: &self.warnings,
        };
        let mut response = if self.is_for_people() {
            web::refusal(error, &self.request_id, self.head, self.settings)
        } else {
            Response::json(error.status(), &refusal).unwrap_or_else(|_| Response::empty(500))
        };
        match error.code() {
            Code::Unauthorized => response = response.header("WWW-Authenticate", self.challenge()),
            Code::MethodNotAllowed => response = response.header("Allow", allowed.join(", ")),
            _ => {}
        }
        if let Some(secs) = retry_after_secs {
            response = response.header("Retry-After", secs.to_string());
        }
        let retry = matches!(
            error.code(),
            Code::RequestTimeout
                | Code::RateLimited
                | Code::IdempotencyInProgress
                | Code::Internal
                | Code::SkillUnreachable
                | Code::SkillTimeout
                | Code::Unavailable
        );
        response.header("X-Should-Retry", if retry { "true" } else { "false" })
    }

    /// What a client without a good key is told, after RFC 6750: whether it sent one at all.
    fn challenge(&self) -> &'static str {
        if self.is_keyless() { "Bearer" } else { r#"Bearer error="invalid_token""# }
    }

    /// A tag of the bytes, and 304 without them for a client that has them.
    fn with_etag(&self, mut response: Response) -> Response {
        let tag = match &response.made {
            Some(made) => made.etag.get_or_init(|| tag_of(&response.body)).clone(),
            None => tag_of(&response.body),
        };
        let same =
            |sent: &str| sent.trim() == "*" || sent.split(',').any(|part| part.trim().trim_start_matches("W/") == tag);
        if self.header("if-none-match").is_some_and(same) {
            response.status = 304;
            response.body.clear();
        }
        response.header("ETag", tag)
    }

    fn compressed(&self, mut response: Response) -> Response {
        let wanted = self.head.is_some_and(|head| accepts_gzip(&head.headers));
        let text = response.content_type.starts_with("text/") || response.content_type.starts_with("application/");
        if !wanted || !text || response.body.len() <= GZIP_BYTES_MIN {
            return response;
        }
        response.body = match &response.made {
            Some(made) => made.gzip.get_or_init(|| compress(&response.body)).clone(),
            None => compress(&response.body),
        };
        // Compressed bytes are other bytes: the tag now only says that they mean the same.
        for (name, value) in &mut response.headers {
            if *name == "ETag" {
                *value = format!("W/{value}").into();
            }
        }
        response.header("Content-Encoding", "gzip")
    }

    fn with_headers(self, mut response: Response) -> Response {
        let caching = match () {
            () if response.secret => "no-store",
            () if self.kind() == Kind::Asset && response.status < 400 => web::ASSET_CACHING,
            () if !self.is_public_read() => "private, no-cache",
            () if self.is_keyless() => "public, no-cache",
            () => "private, no-cache",
        };
        if let Some(verdict) = self.verdict {
            let Verdict { rule, remaining, reset_secs, .. } = verdict;
            let reset_at = self.now.0.div_euclid(1000) + i64::try_from(reset_secs).unwrap_or_default();
            response = response
                .header("RateLimit-Policy", format!("\"{}\";q={};w=60", rule.name, rule.per_minute))
                .header("RateLimit", format!("\"{}\";r={remaining};t={reset_secs}", rule.name))
                .header("X-RateLimit-Limit", rule.per_minute.to_string())
                .header("X-RateLimit-Remaining", remaining.to_string())
                .header("X-RateLimit-Reset", reset_at.to_string());
        }
        if response.status == 204 && self.head.is_some_and(|head| head.method.as_str() == "OPTIONS") {
            response = response
                .header("Access-Control-Allow-Methods", "GET, HEAD, POST, PATCH, PUT, DELETE, OPTIONS")
                .header("Access-Control-Allow-Headers", READ)
                .header("Access-Control-Max-Age", "86400");
        }
        if response.content_type == HTML {
            response = web::secured(response);
        } else if matches!(self.kind(), Kind::Api | Kind::Protocol) && !self.is_for_operator() {
            response =
                response.header("Access-Control-Allow-Origin", "*").header("Access-Control-Expose-Headers", EXPOSED);
        }
        response
            .header("X-Request-Id", self.request_id)
            .header("Cache-Control", caching)
            .header("Vary", "Accept, Accept-Encoding, Authorization, Cookie, X-API-Key, X-Api-Token")
            .header("X-Content-Type-Options", "nosniff")
    }

    fn is_keyless(&self) -> bool {
        self.head.is_some_and(|head| is_keyless(&head.headers))
    }
}

/// Whether a request shows nothing by which it could be told who sends it.
pub(super) fn is_keyless(headers: &Headers) -> bool {
    ["authorization", "x-api-key", "x-api-token", "cookie"].iter().all(|name| headers.get(name).is_none())
}

fn tag_of(body: &[u8]) -> String {
    format!("\"{:032x}\"", xxh3_128(body))
}

fn compress(body: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::with_capacity(body.len() / 3), Compression::fast());
    // Writing to memory does not fail.
    let _ = encoder.write_all(body);
    encoder.finish().unwrap_or_default()
}

/// Whether a failure is that of an agent's endpoint and none of ours.
fn is_of_an_endpoint(code: Code) -> bool {
    matches!(code, Code::SkillUnreachable | Code::SkillTimeout)
}

fn accepts_gzip(headers: &Headers) -> bool {
    headers.all("accept-encoding").flat_map(|line| line.split(',')).any(|part| {
        let mut words = part.split(';').map(str::trim);
        let named = words.next().is_some_and(|name| name.eq_ignore_ascii_case("gzip") || name == "*");
        named && !words.any(|word| matches!(word, "q=0" | "q=0.0" | "q=0.00" | "q=0.000"))
    })
}
