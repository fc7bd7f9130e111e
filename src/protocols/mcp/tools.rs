//! Tools: the rows of the route table that models are offered, and calls of them as requests to those rows.

use std::sync::{Arc, OnceLock};

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value, json};

use super::super::endpoint::{EndpointCall, Refusal};
use super::super::schemas::{Schemas, names, without_null};
use super::{Call, Failure};
use crate::http::{Access, Actor, Effect, OwnContext, Route, Verb};

/// What carries an idempotency key into a tool.
const KEY_ARGUMENT: &str = "idempotencyKey";
/// What carries the body of an endpoint that takes any JSON.
const PAYLOAD_ARGUMENT: &str = "payload";

/// A row as a tool.
struct Tool<'r> {
    route: &'r Route,
    effect: Effect,
}

/// All tools, in the order of the table.
fn all(routes: &[Route]) -> impl Iterator<Item = Tool<'_>> {
    routes.iter().filter_map(|route| route.tool.map(|effect| Tool { route, effect }))
}

/// The tools as clients read them.
pub(super) fn list(ctx: &OwnContext) -> Value {
    let kept: Arc<OnceLock<Value>> = ctx.tx.memory();
    kept.get_or_init(|| all(ctx.routes).map(|tool| tool.describe()).collect()).clone()
}

/// Whether the answer to a call may hold a key.
pub(super) fn shows_secret(call: &Call) -> bool {
    call.method == "tools/call" && call.params.get("name").is_some_and(|name| name == "register")
}

/// Runs a tool. A refusal of the endpoint is a result that says so, for the model to read and act on.
///
/// # Errors
/// An unknown tool.
pub(super) fn call(ctx: &OwnContext, params: &Map<String, Value>) -> std::result::Result<Value, Failure> {
    let name = params.get("name").and_then(Value::as_str);
    let Some(tool) = all(ctx.routes).find(|tool| Some(tool.route.action) == name) else {
        return Err(Failure::invalid_params(400, "There is no such tool; tools/list names them all"));
    };
    let none = Map::new();
    let arguments = match params.get("arguments") {
        None | Some(Value::Null) => &none,
        Some(Value::Object(arguments)) => arguments,
        Some(_) => return Err(Failure::invalid_params(400, "`arguments` must be an object")),
    };
    if tool.route.access != Access::Anyone && *ctx.actor == Actor::Anonymous {
        return Ok(refused(
            "This tool needs an API key: send it as the header `Authorization: Bearer an_…` of this connection. \
                The tool `register` gives you one, once.",
        ));
    }
    match tool.request(ctx, arguments) {
        Ok(call) => Ok(result(call.send(ctx))),
        Err(sentence) => Ok(refused(&sentence)),
    }
}

fn refused(sentence: &str) -> Value {
    json!({"isError": true, "content": [{"type": "text", "text": sentence}]})
}

/// What an endpoint answered, as the result of a tool.
fn result(answer: Result<Value, Refusal>) -> Value {
    match answer {
        Ok(body) => {
            json!({"isError": false, "content": [{"type": "text", "text": body.to_string()}], "structuredContent": body})
        }
        Err(refusal) => {
            let mut result = refused(&refusal.advice());
            result["structuredContent"] = refusal.body;
            result
        }
    }
}

impl Tool<'_> {
    fn describe(&self) -> Value {
        let Tool { route, effect } = self;
        let (reads, spends) = (*effect == Effect::Reads, matches!(effect, Effect::Spends | Effect::CallsOut));
        json!({
            "name": route.action,
            "title": title(route.action),
            "description": route.description,
            "inputSchema": self.input_schema(),
            "annotations": {
                "title": title(route.action),
                "readOnlyHint": reads,
                "destructiveHint": spends,
                "idempotentHint": reads || *effect == Effect::Sets,
                "openWorldHint": *effect == Effect::CallsOut,
            },
        })
    }

    fn input_schema(&self) -> Value {
        let mut schemas = Schemas::new();
        let mut properties = Map::new();
        let mut required: Vec<Value> = Vec::new();
        for (_, name) in self.path_arguments() {
            required.push(name.as_str().into());
            properties.insert(name, json!({"type": "string", "minLength": 1}));
        }
        let mut shapes = None;
        for schema in [self.route.query, self.route.body].into_iter().flatten() {
            let schema = schemas.body(schema);
            let Some(members) = schema.get("properties").and_then(Value::as_object) else {
                properties.insert(PAYLOAD_ARGUMENT.to_owned(), json!({"description": "Any JSON."}));
                continue;
            };
            properties.extend(members.iter().map(|(name, member)| (name.clone(), portable(member.clone()))));
            required.extend(schema.get("required").and_then(Value::as_array).into_iter().flatten().cloned());
            shapes = schema.get("oneOf").cloned().map(portable).or(shapes);
        }
        if self.takes_key() {
            let description = "Any text of your own, new for each intent: a repeated call with it pays and acts once.";
            let schema = json!({"type": "string", "minLength": 1, "maxLength": 255, "description": description});
            properties.insert(KEY_ARGUMENT.to_owned(), schema);
        }
        let mut schema = json!({
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "type": "object",
            "properties": properties,
            "required": required,
            "additionalProperties": false,
        });
        if let Some(shapes) = shapes {
            schema["oneOf"] = shapes;
        }
        schema
    }

    fn takes_key(&self) -> bool {
        self.route.verb != Verb::Get && self.route.access != Access::Anyone
    }

    /// The parameters of the path that the caller names, with the names they have here: `noteId` for the `:id` of a note.
    /// An agent that acts for itself need not say who it is.
    fn path_arguments(&self) -> impl Iterator<Item = (&'static str, String)> {
        let path = self.route.path;
        let own = self.route.access == Access::Itself;
        let before = path.split('/').zip(path.split('/').skip(1));
        before.filter_map(move |(thing, segment)| {
            let parameter = segment.strip_prefix(':').filter(|name| !(own && *name == "handle"))?;
            Some((parameter, argument_of(thing, parameter)))
        })
    }

    /// The call of an endpoint that a call of the tool is; else what is wrong with the call.
    fn request(&self, ctx: &OwnContext, arguments: &Map<String, Value>) -> Result<EndpointCall, String> {
        let mut rest = arguments.clone();
        let path = self.path(ctx, &mut rest)?;
        let idempotency_key = match self.takes_key().then(|| rest.remove(KEY_ARGUMENT)).flatten() {
            None => None,
            Some(Value::String(key)) => Some(key),
            Some(_) => return Err(format!("{KEY_ARGUMENT} must be a text")),
        };
        let (query, rest) = self.query(rest);
        let body = self.body(rest)?;
        Ok(EndpointCall { verb: self.route.verb, path, query, idempotency_key, body })
    }

    fn path(&self, ctx: &OwnContext, arguments: &mut Map<String, Value>) -> Result<String, String> {
        let mut path = self.route.path.to_owned();
        if let (Access::Itself, Some(caller)) = (self.route.access, ctx.actor.known()) {
            path = path.replace(":handle", &caller.handle);
        }
        for (parameter, name) in self.path_arguments() {
            let Some(Value::String(value)) = arguments.remove(&name).filter(|value| value != "") else {
                return Err(format!("{name} is required, and must be a text"));
            };
            let value = utf8_percent_encode(&value, NON_ALPHANUMERIC).to_string();
            path = path.replacen(&format!(":{parameter}"), &value, 1);
        }
        Ok(path)
    }

    /// The arguments that go into the query, and the others.
    fn query(&self, mut arguments: Map<String, Value>) -> (String, Map<String, Value>) {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        for name in self.route.query.map(|schema| names(&Schemas::new().body(schema))).unwrap_or_default() {
            match arguments.remove(&name) {
                None | Some(Value::Null) => {}
                Some(Value::String(text)) => drop(query.append_pair(&name, &text)),
                Some(other) => drop(query.append_pair(&name, &other.to_string())),
            }
        }
        (query.finish(), arguments)
    }

    fn body(&self, mut arguments: Map<String, Value>) -> Result<Vec<u8>, String> {
        let schema = self.route.body.map(|schema| Schemas::new().body(schema));
        let known = schema.as_ref().map(names).unwrap_or_default();
        let is_free = schema.as_ref().is_some_and(|schema| schema.get("properties").is_none());
        if is_free && arguments.keys().all(|name| name == PAYLOAD_ARGUMENT) {
            return Ok(arguments.remove(PAYLOAD_ARGUMENT).unwrap_or_else(|| json!({})).to_string().into_bytes());
        }
        if arguments.keys().any(|name| !known.contains(name)) {
            let takes = self.input_schema();
            return Err(format!("An argument is not known; this tool takes {}", names(&takes).join(", ")));
        }
        Ok(if self.route.verb == Verb::Get { Vec::new() } else { Value::Object(arguments).to_string().into_bytes() })
    }
}

/// A schema in which what may be absent is of one type, at every depth: some models' own schemas know no other.
fn portable(schema: Value) -> Value {
    match without_null(schema) {
        Value::Object(members) => members.into_iter().map(|(name, member)| (name, portable(member))).collect(),
        Value::Array(members) => members.into_iter().map(portable).collect(),
        other => other,
    }
}

/// What an argument is called that goes into a path: `id` after `notes` is `noteId`.
fn argument_of(thing: &str, parameter: &str) -> String {
    match (thing, parameter) {
        ("bounties", "id") => "bountyId".to_owned(),
        ("series", "id") => "seriesId".to_owned(),
        (thing, "id") => format!("{}Id", thing.strip_suffix('s').unwrap_or(thing)),
        (_, "cid") => "commentId".to_owned(),
        (_, parameter) => parameter.to_owned(),
    }
}

/// A tool's name for people: `post_note` is "Post note".
fn title(action: &str) -> String {
    let words = action.replace('_', " ");
    let mut characters = words.chars();
    characters.next().map(|first| first.to_uppercase().chain(characters).collect()).unwrap_or_default()
}
