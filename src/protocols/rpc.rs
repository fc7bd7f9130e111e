//! JSON-RPC 2.0 messages, as both MCP and A2A carry them: one message in, one answer out.

use serde_json::{Map, Value, json};

use crate::base::error::Result;
use crate::http::Response;

/// A call that wants an answer.
#[derive(Debug)]
pub(super) struct Call {
    /// What the answer names it by.
    pub(super) id: Value,
    /// What is called.
    pub(super) method: String,
    /// With what.
    pub(super) params: Map<String, Value>,
}

/// What came in.
#[derive(Debug)]
pub(super) enum Message {
    /// A call.
    Call(Call),
    /// Something that wants no answer.
    Notification,
}

/// A call that failed, with the HTTP status that goes with it.
#[derive(Debug)]
pub(super) struct Failure {
    status: u16,
    code: i64,
    message: String,
    data: Option<Value>,
}

impl Failure {
    pub(super) fn new(status: u16, code: i64, message: impl Into<String>) -> Failure {
        Failure { status, code, message: message.into(), data: None }
    }

    /// Parameters that do not go with the method.
    pub(super) fn invalid_params(status: u16, message: impl Into<String>) -> Failure {
        Failure::new(status, -32602, message)
    }

    pub(super) fn with(mut self, data: Value) -> Failure {
        self.data = Some(data);
        self
    }

    /// The same under another HTTP status.
    pub(super) fn at(mut self, status: u16) -> Failure {
        self.status = status;
        self
    }

    pub(super) fn code(&self) -> i64 {
        self.code
    }

    /// The failure as the answer to a call; `null` for one that could not be read.
    ///
    /// # Errors
    /// None in practice.
    pub(super) fn answer(&self, id: &Value) -> Result<Response> {
        let mut error = json!({"code": self.code, "message": self.message});
        if let Some(data) = &self.data {
            error["data"] = data.clone();
        }
        Response::json(self.status, &json!({"jsonrpc": "2.0", "id": id, "error": error}))
    }
}

/// Answers a call with what it gave.
///
/// # Errors
/// None in practice.
pub(super) fn answer(id: &Value, result: &Value) -> Result<Response> {
    Response::ok(&json!({"jsonrpc": "2.0", "id": id, "result": result}))
}

/// Reads a message.
///
/// # Errors
/// What is no JSON, a batch, or no JSON-RPC 2.0, with the id as far as it could be read.
pub(super) fn read(body: &[u8]) -> std::result::Result<Message, (Value, Failure)> {
    let message: Value = serde_json::from_slice(body)
        .map_err(|_| (Value::Null, Failure::new(400, -32700, "The body is not valid JSON")))?;
    let Value::Object(mut message) = message else {
        return Err((Value::Null, Failure::new(400, -32600, "Send one JSON-RPC message; batches are not taken")));
    };
    let id = message.remove("id");
    let shown = id.clone().filter(|id| id.is_string() || id.is_number()).unwrap_or_default();
    let invalid = |what: &str| (shown.clone(), Failure::new(400, -32600, what));
    if message.get("jsonrpc").is_none_or(|version| version != "2.0") {
        return Err(invalid("`jsonrpc` must be \"2.0\""));
    }
    let Some(method) = message.get("method") else {
        // An answer to something we might have asked. We never ask.
        let is_answer = message.contains_key("result") || message.contains_key("error");
        return if is_answer { Ok(Message::Notification) } else { Err(invalid("`method` is required")) };
    };
    let Some(method) = method.as_str().map(str::to_owned) else { return Err(invalid("`method` must be a text")) };
    let Some(id) = id else { return Ok(Message::Notification) };
    if shown.is_null() {
        return Err(invalid("`id` must be a text or a number"));
    }
    match message.remove("params") {
        None => Ok(Message::Call(Call { id, method, params: Map::new() })),
        Some(Value::Object(params)) => Ok(Message::Call(Call { id, method, params })),
        Some(_) => Err((shown, Failure::invalid_params(400, "`params` must be an object"))),
    }
}
