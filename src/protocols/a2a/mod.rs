//! A2A: the Agent2Agent protocol 1.0 over one `POST /a2a`, so that any of its clients can call any registered skill.
//!
//! [`card`] says which agents and skills there are. A message to a skill is the call of `contract.md §10`, at its price; it
//! is answered at once, so there are no tasks, streams or push notifications. A failure is a good answer of HTTP, but for
//! what clients look for in its status: a key that is wrong, and too many calls.

pub mod card;
mod message;

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value, json};

use self::message::Question;
use super::endpoint::{EndpointCall, Refusal};
use super::rpc::{self, Call, Failure, Message};
use crate::base::error::{Code, Error, Result};
use crate::base::ids::MessageId;
use crate::http::{Headers, OwnContext, Response, Verb};
use crate::market::skills::HostedSkill;

/// The version that is spoken. What comes behind a second dot makes no difference.
const VERSION: &str = "1.0";
/// Tasks on a page, which has none.
const PAGE_SIZE: u64 = 50;
const PAGE_SIZE_MAX: u64 = 100;

/// A kind of failure: its code, and the reason that programs read.
type Kind = (i64, &'static str);

const INVALID_REQUEST: Kind = (-32600, "INVALID_REQUEST");
const METHOD_NOT_FOUND: Kind = (-32601, "METHOD_NOT_FOUND");
const INVALID_PARAMS: Kind = (-32602, "INVALID_PARAMS");
const TASK_NOT_FOUND: Kind = (-32001, "TASK_NOT_FOUND");
const PUSH_NOTIFICATION_NOT_SUPPORTED: Kind = (-32003, "PUSH_NOTIFICATION_NOT_SUPPORTED");
const UNSUPPORTED_OPERATION: Kind = (-32004, "UNSUPPORTED_OPERATION");
const CONTENT_TYPE_NOT_SUPPORTED: Kind = (-32005, "CONTENT_TYPE_NOT_SUPPORTED");
const INVALID_AGENT_RESPONSE: Kind = (-32006, "INVALID_AGENT_RESPONSE");
const VERSION_NOT_SUPPORTED: Kind = (-32009, "VERSION_NOT_SUPPORTED");
/// What the protocol has no number for, such as an empty wallet. The code of our own API stands beside it.
const REFUSED: Kind = (-32000, "REFUSED");

/// Why a call has no result.
enum Stop {
    /// It was refused.
    Refused(Failure),
    /// Something of ours failed.
    Failed(Error),
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Stop {
        Stop::Refused(failure)
    }
}

impl From<Error> for Stop {
    fn from(error: Error) -> Stop {
        match error.code() {
            Code::NotFound => failure(INVALID_PARAMS, error.message()).into(),
            _ => Stop::Failed(error),
        }
    }
}

/// Answers one message.
///
/// # Errors
/// Those of the database. What fails inside the protocol is a good answer of HTTP.
pub fn serve(ctx: &OwnContext) -> Result<Response> {
    let call = match rpc::read(&ctx.request.body) {
        Ok(Message::Call(call)) => call,
        Ok(Message::Notification) => {
            let refusal = failure(INVALID_REQUEST, "`id` and `method` are required: every call has an answer");
            return refusal.answer(&Value::Null);
        }
        Err((id, failure)) => return explained(failure).answer(&id),
    };
    let result = check_version(&ctx.request.head.headers).map_err(Stop::from).and_then(|()| run(ctx, &call));
    match result {
        Ok(result) => rpc::answer(&call.id, &result),
        Err(Stop::Refused(failure)) => failure.answer(&call.id),
        Err(Stop::Failed(error)) => Err(error),
    }
}

fn failure(kind: Kind, message: impl Into<String>) -> Failure {
    Failure::new(200, kind.0, message).with(details(kind.1, &json!({})))
}

/// What every failure carries for programs.
fn details(reason: &str, metadata: &Value) -> Value {
    let kind = "type.googleapis.com/google.rpc.ErrorInfo";
    json!([{"@type": kind, "reason": reason, "domain": "a2a-protocol.org", "metadata": metadata}])
}

/// What could not be read, as this protocol answers it.
fn explained(failure: Failure) -> Failure {
    let reason = match failure.code() {
        -32700 => "PARSE_ERROR",
        code if code == INVALID_PARAMS.0 => INVALID_PARAMS.1,
        _ => INVALID_REQUEST.1,
    };
    failure.at(200).with(details(reason, &json!({})))
}

fn check_version(headers: &Headers) -> std::result::Result<(), Failure> {
    // A client that names none speaks 0.3, says the protocol.
    let asked = headers.get("a2a-version").map(str::trim).filter(|version| !version.is_empty()).unwrap_or("0.3");
    if asked == VERSION || asked.strip_prefix(VERSION).is_some_and(|rest| rest.starts_with('.')) {
        return Ok(());
    }
    let message = format!("A2A {VERSION} is spoken here: send the header `A2A-Version: {VERSION}` and its methods");
    Err(failure(VERSION_NOT_SUPPORTED, message))
}

fn run(ctx: &OwnContext, call: &Call) -> std::result::Result<Value, Stop> {
    let no = |kind, message: &str| Err(failure(kind, message).into());
    match call.method.as_str() {
        "SendMessage" => send_message(ctx, &call.params),
        "ListTasks" => list_tasks(&call.params),
        "GetTask" | "CancelTask" => no(TASK_NOT_FOUND, "Skills answer at once, so there are no tasks"),
        "SendStreamingMessage" | "SubscribeToTask" => {
            no(UNSUPPORTED_OPERATION, "Skills answer at once; send SendMessage in place of a stream")
        }
        "GetExtendedAgentCard" => no(UNSUPPORTED_OPERATION, "The public card is the whole card"),
        "CreateTaskPushNotificationConfig"
        | "GetTaskPushNotificationConfig"
        | "ListTaskPushNotificationConfigs"
        | "DeleteTaskPushNotificationConfig" => {
            no(PUSH_NOTIFICATION_NOT_SUPPORTED, "Skills answer at once, so there is nothing to push")
        }
        _ => no(METHOD_NOT_FOUND, "There is no such method; SendMessage calls a skill"),
    }
}

fn list_tasks(params: &Map<String, Value>) -> std::result::Result<Value, Stop> {
    let page_size = match params.get("pageSize") {
        None | Some(Value::Null) => PAGE_SIZE,
        Some(size) => size.as_u64().filter(|size| (1..=PAGE_SIZE_MAX).contains(size)).ok_or_else(|| {
            failure(INVALID_PARAMS, format!("`pageSize` must be a whole number from 1 to {PAGE_SIZE_MAX}"))
        })?,
    };
    Ok(json!({"tasks": [], "nextPageToken": "", "pageSize": page_size, "totalSize": 0}))
}

/// Calls a skill of the agent that `tenant` names, or one that the platform hosts, in the caller's name.
fn send_message(ctx: &OwnContext, params: &Map<String, Value>) -> std::result::Result<Value, Stop> {
    let question = Question::read(params)?;
    let skill = match &question.tenant {
        Some(handle) => choose(&question, &ctx.tx.read(|tx| card::callable(tx, handle))?)?,
        None => choose(&question, HostedSkill::WORDS)?,
    };
    let segment = |part: &str| utf8_percent_encode(part, NON_ALPHANUMERIC).to_string();
    let (path, body) = match &question.tenant {
        Some(handle) => {
            (format!("/api/agents/{}/call/{}", segment(handle), segment(&skill)), question.payload.to_string())
        }
        None => {
            let own = &ctx.actor.agent()?.handle;
            (format!("/api/skills/{skill}/{own}"), json!({"payload": question.payload}).to_string())
        }
    };
    // A message that is sent again pays once: its id is new for each message, says the protocol.
    let idempotency_key = Some(question.message_id.clone());
    let call = EndpointCall { verb: Verb::Post, path, query: String::new(), idempotency_key, body: body.into_bytes() };
    let mut answer = call.send(ctx).map_err(|refusal| refused(&refusal))?;
    let (content, metadata) = match &question.tenant {
        None => (answer, json!({"skillId": skill, "tokensSpent": 0})),
        Some(_) => (answer["response"].take(), {
            json!({
                "skillId": skill,
                "target": answer["target"],
                "statusCode": answer["statusCode"],
                "tokensSpent": answer["tokensSpent"],
            })
        }),
    };
    let id = MessageId(ctx.tx.ids().next(ctx.tx.clock().now())).to_string();
    Ok(json!({"message": {
        "messageId": id,
        "contextId": question.context_id.as_ref().unwrap_or(&id),
        "role": "ROLE_AGENT",
        "parts": [question.modes.part(content)],
        "metadata": metadata,
    }}))
}

/// The skill a message is for: the one it names, or the only one there is.
fn choose<S: AsRef<str>>(question: &Question, skills: &[S]) -> std::result::Result<String, Failure> {
    let names = || skills.iter().map(AsRef::as_ref).collect::<Vec<_>>().join(", ");
    match (&question.skill, skills) {
        (_, []) => Err(failure(INVALID_PARAMS, "This agent has no skill that can be called")),
        (Some(name), _) if skills.iter().any(|skill| skill.as_ref() == name) => Ok(name.clone()),
        (Some(_), _) => {
            Err(failure(INVALID_PARAMS, format!("There is no such skill; `metadata.skillId` is one of {}", names())))
        }
        (None, [only]) => Ok(only.as_ref().to_owned()),
        (None, _) => Err(failure(
            INVALID_PARAMS,
            format!("There are several skills: name one in `metadata.skillId`: {}", names()),
        )),
    }
}

/// What an endpoint of ours refused, as this protocol says it.
fn refused(refusal: &Refusal) -> Failure {
    let (code, reason) = match refusal.status {
        400 | 404 | 422 => INVALID_PARAMS,
        502 | 504 => INVALID_AGENT_RESPONSE,
        _ => REFUSED,
    };
    let sentence = match refusal.code() {
        "idempotency_mismatch" => "This messageId was used with another message; each needs a new one".to_owned(),
        _ => refusal.sentence(),
    };
    // Clients see by the status that a key is not right any more, and that they are too fast.
    let status = if matches!(refusal.status, 401 | 429 | 503) { refusal.status } else { 200 };
    Failure::new(status, code, sentence).with(details(reason, &json!({"code": refusal.code()})))
}
