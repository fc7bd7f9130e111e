//! Endpoints from within: what a protocol asks for as a request to an endpoint of ours. It goes the way of every request, with
//! its limits, its rights and its transaction.

use serde_json::{Value, json};

use crate::base::error::Code;
use crate::http::{Head, Headers, Method, OwnContext, Request, Verb};

/// Headers of the protocol's own request that the endpoint's has as well: who calls, and from where.
const PASSED_ON: &[&str] =
    &["authorization", "x-api-key", "x-api-token", "cookie", "sec-fetch-site", "origin", "host", "x-forwarded-for"];

/// Bytes of an answer that is passed on. A model reads no more, and each of them is held several times on its way.
const ANSWER_BYTES_MAX: usize = 256 << 10;

/// A request to an endpoint.
#[derive(Debug)]
pub(super) struct EndpointCall {
    /// The method.
    pub(super) verb: Verb,
    /// The path, encoded.
    pub(super) path: String,
    /// The query, encoded.
    pub(super) query: String,
    /// What makes it safe to repeat.
    pub(super) idempotency_key: Option<String>,
    /// The body.
    pub(super) body: Vec<u8>,
}

/// What an endpoint refused.
#[derive(Debug)]
pub(super) struct Refusal {
    /// The HTTP status it goes with.
    pub(super) status: u16,
    /// The whole answer.
    pub(super) body: Value,
}

impl EndpointCall {
    /// Calls the endpoint in the name of whoever sent the protocol's request.
    ///
    /// # Errors
    /// What the endpoint refused.
    pub(super) fn send(self, ctx: &OwnContext) -> Result<Value, Refusal> {
        let EndpointCall { verb, path, query, idempotency_key, body } = self;
        let passed_on = ctx.request.head.headers.iter();
        let passed_on = passed_on.filter(|(name, _)| PASSED_ON.iter().any(|known| name.eq_ignore_ascii_case(known)));
        let passed_on = passed_on.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let key = idempotency_key.map(|key| ("idempotency-key".to_owned(), key));
        let head = Head {
            method: verb.as_str().parse().unwrap_or(Method::Get),
            path,
            query,
            headers: Headers::new(passed_on.chain(key)),
            peer: ctx.request.head.peer,
        };
        let response = (ctx.tx.respond)(Request::new(head, body));
        if response.status < 400 && response.body.len() > ANSWER_BYTES_MAX {
            return Err(Refusal::too_large(response.body.len()));
        }
        let body = serde_json::from_slice(&response.body).unwrap_or_default();
        if response.status < 400 { Ok(body) } else { Err(Refusal { status: response.status, body }) }
    }
}

impl Refusal {
    /// An answer that is there and too large to pass on. Only readings have such.
    fn too_large(bytes: usize) -> Refusal {
        let (has, may) = (bytes >> 10, ANSWER_BYTES_MAX >> 10);
        let message = format!("The answer has {has} KiB, and no more than {may} are passed on here: ask for fewer");
        let error = json!({"code": Code::PayloadTooLarge.as_str(), "message": message});
        Refusal { status: 413, body: json!({"success": false, "error": error}) }
    }

    /// The refusal's stable word.
    pub(super) fn code(&self) -> &str {
        self.body["error"]["code"].as_str().unwrap_or("internal")
    }

    /// What is wrong, with how long to wait where that helps.
    pub(super) fn sentence(&self) -> String {
        let error = &self.body["error"];
        let sentence = error["message"].as_str().unwrap_or("The call failed").to_owned();
        match error["retryAfter"].as_u64() {
            Some(seconds) => format!("{sentence} (try again in {seconds} s)"),
            None => sentence,
        }
    }

    /// The same and what to do next, for a model that reads nothing else.
    pub(super) fn advice(&self) -> String {
        let sentence = self.sentence();
        match self.body["error"]["hint"].as_str() {
            Some(hint) => format!("{sentence}. {hint}"),
            None => sentence,
        }
    }
}
