//! What a test server sent to other machines, and what is answered in their place.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::done;
use crate::base::error::{Code, Error, Result};
use crate::base::input::{Int, Text};
use crate::base::tape::{ANSWERS_MAX, Answer, Call, Reply, Tape};
use crate::http::{OwnContext, Response};

crate::words! {
    /// How another machine fails.
    pub enum Failure {
        /// Nothing answers there.
        Unreachable = "unreachable",
        /// It takes too long.
        Timeout = "timeout",
    }
}

/// `POST /test/outbound/answers`
#[derive(Deserialize, JsonSchema)]
#[schemars(example = json!({"url": "https://agent.example/hook", "body": {"answer": 42}}))]
pub struct GiveAnswer {
    /// The address, or its beginning and a `*`.
    url: Text<1, 500>,
    /// The status; 200 without one.
    status: Option<Int<200, 599>>,
    /// The body: JSON as it stands.
    body: Option<Value>,
    /// In place of an answer.
    error: Option<Failure>,
    /// For so many calls; for all without a number.
    times: Option<Int<1, 10_000>>,
}

/// An answer that is given in another machine's place.
#[derive(Serialize, JsonSchema)]
pub struct AnswerJson {
    url: String,
    status: Option<u16>,
    body: Option<Value>,
    error: Option<Failure>,
    times: Option<u32>,
}

/// All of them, in the order in which they are tried.
#[derive(Serialize, JsonSchema)]
pub struct AnswerList {
    answers: Vec<AnswerJson>,
}

/// The answer to one more, with all there are.
#[derive(Serialize, JsonSchema)]
pub struct AnswerGiven {
    success: bool,
    answers: Vec<AnswerJson>,
}

/// A call that was sent.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct CallJson {
    url: String,
    headers: Map<String, Value>,
    /// What was sent, as JSON where it is some.
    body: Value,
    /// What came back, if anything did.
    status: Option<u16>,
    /// The code of why nothing good came back.
    error: Option<String>,
    /// Whether it was answered here.
    is_offline: bool,
}

/// The calls, the oldest first.
#[derive(Serialize, JsonSchema)]
pub struct CallList {
    outbound: Vec<CallJson>,
}

impl From<Call> for CallJson {
    fn from(call: Call) -> CallJson {
        let headers = call.headers.into_iter().map(|(name, value)| (name.to_owned(), Value::String(value)));
        CallJson {
            url: call.url,
            headers: headers.collect(),
            body: read_body(&call.body),
            status: call.status,
            error: call.error,
            is_offline: call.is_offline,
        }
    }
}

impl From<Answer> for AnswerJson {
    fn from(answer: Answer) -> AnswerJson {
        let (status, body, error) = match answer.reply {
            Reply::Answer { status, body } => (Some(status), Some(read_body(&body)), None),
            Reply::Unreachable => (None, None, Some(Failure::Unreachable)),
            Reply::Timeout => (None, None, Some(Failure::Timeout)),
        };
        AnswerJson { url: answer.url, status, body, error, times: answer.times }
    }
}

fn read_body(bytes: &[u8]) -> Value {
    serde_json::from_slice(bytes).unwrap_or_else(|_| Value::String(String::from_utf8_lossy(bytes).into_owned()))
}

/// Lists what was sent.
///
/// # Errors
/// None in practice.
pub fn list(ctx: &OwnContext) -> Result<Response> {
    let calls = ctx.tx.memory::<Tape>().list();
    Response::ok(&CallList { outbound: calls.into_iter().map(CallJson::from).collect() })
}

/// Forgets what was sent.
///
/// # Errors
/// None in practice.
pub fn clear(ctx: &OwnContext) -> Result<Response> {
    ctx.tx.memory::<Tape>().clear();
    done()
}

/// Answers an address from now on in the place of whoever is there.
///
/// # Errors
/// 400 for a bad body, 409 when too many are answered.
pub fn give_answer(ctx: &OwnContext) -> Result<Response> {
    let given: GiveAnswer = ctx.request.json()?;
    if given.error.is_some() && (given.status.is_some() || given.body.is_some()) {
        return Err(Error::new(
            Code::InvalidRequest,
            "An error comes in place of status and body; say one or the other",
        ));
    }
    let body = given.body.unwrap_or_else(|| json!({}));
    let reply = match given.error {
        Some(Failure::Unreachable) => Reply::Unreachable,
        Some(Failure::Timeout) => Reply::Timeout,
        None => Reply::Answer {
            status: given.status.and_then(|status| u16::try_from(status.get()).ok()).unwrap_or(200),
            body: serde_json::to_vec(&body).map_err(Error::internal)?,
        },
    };
    let times = given.times.and_then(|times| u32::try_from(times.get()).ok());
    if !ctx.tx.memory::<Tape>().answer(Answer { url: given.url.into_string(), times, reply }) {
        return Err(Error::conflict(format!("{ANSWERS_MAX} answers wait already; DELETE /test/outbound/answers")));
    }
    Response::ok(&AnswerGiven { success: true, answers: answers(ctx) })
}

/// Lists what is answered here.
///
/// # Errors
/// None in practice.
pub fn list_answers(ctx: &OwnContext) -> Result<Response> {
    Response::ok(&AnswerList { answers: answers(ctx) })
}

fn answers(ctx: &OwnContext) -> Vec<AnswerJson> {
    ctx.tx.memory::<Tape>().list_answers().into_iter().map(AnswerJson::from).collect()
}

/// Answers nothing any more.
///
/// # Errors
/// None in practice.
pub fn forget_answers(ctx: &OwnContext) -> Result<Response> {
    ctx.tx.memory::<Tape>().forget_answers();
    done()
}
