//! Messages: what a client sends to a skill, and the form in which it takes the answer.

use serde_json::{Map, Value, json};

use super::super::rpc::Failure;
use super::{CONTENT_TYPE_NOT_SUPPORTED, INVALID_PARAMS, PUSH_NOTIFICATION_NOT_SUPPORTED, TASK_NOT_FOUND, failure};

const JSON: &str = "application/json";
const TEXT: &str = "text/plain";

/// A message to a skill.
#[derive(Debug)]
pub(super) struct Question {
    /// Whose skill; the platform's own where there is none.
    pub(super) tenant: Option<String>,
    /// Which one.
    pub(super) skill: Option<String>,
    /// What the skill gets.
    pub(super) payload: Value,
    /// What makes the message safe to send again.
    pub(super) message_id: String,
    /// The conversation that the client says it belongs to.
    pub(super) context_id: Option<String>,
    /// What the answer may be.
    pub(super) modes: Modes,
}

/// What the client takes for an answer.
#[derive(Debug, Clone, Copy)]
pub(super) struct Modes {
    json: bool,
    text: bool,
}

impl Question {
    /// Reads the parameters of `SendMessage`.
    ///
    /// # Errors
    /// What is missing or cannot be taken, by name.
    pub(super) fn read(params: &Map<String, Value>) -> Result<Question, Failure> {
        let Some(Value::Object(message)) = params.get("message") else {
            return Err(invalid("`message` is required, and must be an object"));
        };
        if message.get("role").is_none_or(|role| role != "ROLE_USER") {
            return Err(invalid("`message.role` must be \"ROLE_USER\""));
        }
        let message_id = text(message, "messageId")?.unwrap_or_default();
        if !(1..=255).contains(&message_id.len()) || !message_id.bytes().all(|byte| (b'!'..=b'~').contains(&byte)) {
            return Err(invalid(
                "`message.messageId` is required: 1 to 255 printable characters, new for each message",
            ));
        }
        if text(message, "taskId")?.is_some() {
            return Err(failure(TASK_NOT_FOUND, "Skills answer at once, so there are no tasks to go on with"));
        }
        let modes = Modes::read(params.get("configuration"))?;
        let skill = match text(&metadata(params)?, "skillId")? {
            Some(skill) => Some(skill),
            None => text(&metadata(message)?, "skillId")?,
        };
        Ok(Question {
            tenant: text(params, "tenant")?,
            skill,
            payload: payload(message.get("parts"))?,
            message_id,
            context_id: text(message, "contextId")?,
            modes,
        })
    }
}

fn invalid(message: impl Into<String>) -> Failure {
    failure(INVALID_PARAMS, message)
}

/// A text, of which an empty one counts as none: the protocol's own form does not tell them apart.
fn text(of: &Map<String, Value>, name: &str) -> Result<Option<String>, Failure> {
    match of.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone()).filter(|text| !text.is_empty())),
        Some(_) => Err(invalid(format!("`{name}` must be a text"))),
    }
}

fn metadata(of: &Map<String, Value>) -> Result<Map<String, Value>, Failure> {
    match of.get("metadata") {
        None | Some(Value::Null) => Ok(Map::new()),
        Some(Value::Object(metadata)) => Ok(metadata.clone()),
        Some(_) => Err(invalid("`metadata` must be an object")),
    }
}

/// What the skill gets: a single part with data as it stands; else the texts as `input`, with the data beside them.
fn payload(parts: Option<&Value>) -> Result<Value, Failure> {
    let parts = parts.and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    if parts.is_empty() {
        return Err(invalid("`message.parts` is required: at least one part with `text` or `data`"));
    }
    let (mut texts, mut data): (Vec<&str>, Vec<&Value>) = (Vec::new(), Vec::new());
    for part in parts {
        match (part.get("text"), part.get("data")) {
            (Some(Value::String(text)), None) => texts.push(text),
            (None, Some(value)) => data.push(value),
            (None, None) if part.get("raw").is_some() || part.get("url").is_some() => {
                return Err(failure(CONTENT_TYPE_NOT_SUPPORTED, "Parts are `text` or `data`; files are not taken"));
            }
            _ => return Err(invalid("A part must hold either `text` or `data`")),
        }
    }
    Ok(match (texts.as_slice(), data.as_slice()) {
        ([], [only]) => (*only).clone(),
        ([], _) => json!({"data": data}),
        (_, []) => json!({"input": texts.join("\n")}),
        _ => json!({"input": texts.join("\n"), "data": data}),
    })
}

impl Modes {
    fn read(configuration: Option<&Value>) -> Result<Modes, Failure> {
        let none = Map::new();
        let configuration = match configuration {
            None | Some(Value::Null) => &none,
            Some(Value::Object(configuration)) => configuration,
            Some(_) => return Err(invalid("`configuration` must be an object")),
        };
        if configuration.get("taskPushNotificationConfig").is_some_and(|config| !config.is_null()) {
            return Err(failure(PUSH_NOTIFICATION_NOT_SUPPORTED, "Skills answer at once, so there is nothing to push"));
        }
        let accepted: Vec<&str> = match configuration.get("acceptedOutputModes") {
            None | Some(Value::Null) => Vec::new(),
            Some(Value::Array(modes)) => modes.iter().filter_map(Value::as_str).collect(),
            Some(_) => return Err(invalid("`acceptedOutputModes` must be a list of texts")),
        };
        let takes = |mode: &str, family: &str| {
            accepted.is_empty() || accepted.iter().any(|accepted| [mode, family, "*/*"].contains(accepted))
        };
        let modes = Modes { json: takes(JSON, "application/*"), text: takes(TEXT, "text/*") };
        if modes.json || modes.text {
            return Ok(modes);
        }
        Err(failure(CONTENT_TYPE_NOT_SUPPORTED, format!("Answers are {JSON} or {TEXT}")))
    }

    /// An answer as a part: a text as a text, everything else as data, unless the client takes only the other.
    pub(super) fn part(self, content: Value) -> Value {
        match content {
            Value::String(text) if self.text => json!({"text": text, "mediaType": TEXT}),
            content if self.json => json!({"data": content, "mediaType": JSON}),
            content => json!({"text": content.to_string(), "mediaType": TEXT}),
        }
    }
}
