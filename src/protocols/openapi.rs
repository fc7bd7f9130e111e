//! OpenAPI: the route table as an OpenAPI 3.1 document, made once for each server.

use std::sync::{Arc, OnceLock};

use serde_json::{Map, Value, json};

use super::schemas::{Schemas, without_null};
use crate::base::config::Settings;
use crate::base::error::Result;
use crate::http::response::JSON;
use crate::http::{Access, Handler, Kind, LimitClass, ReadContext, Response, Route, Verb};

/// Answers the document.
///
/// # Errors
/// None in practice.
pub fn show(ctx: &ReadContext) -> Result<Response> {
    let kept: Arc<OnceLock<Vec<u8>>> = ctx.tx.memory();
    let bytes = kept.get_or_init(|| document(ctx.routes, ctx.tx.settings()).to_string().into_bytes());
    Ok(Response::bytes(200, JSON, bytes.clone()))
}

/// The document for a route table.
#[must_use]
pub fn document(routes: &[Route], settings: &Settings) -> Value {
    let mut schemas = Schemas::new();
    let mut paths: Map<String, Value> = Map::new();
    let mut tags: Vec<&'static str> = Vec::new();
    for route in routes.iter().filter(|route| route.kind == Kind::Api) {
        let tag = room(route.path);
        if !tags.contains(&tag) {
            tags.push(tag);
        }
        let path = paths.entry(template(route.path)).or_insert_with(|| json!({}));
        path[route.verb.as_str().to_lowercase()] = operation(route, tag, &mut schemas);
    }
    let mut definitions = schemas.take_definitions();
    definitions.insert("Error".to_owned(), error_schema());
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Aiins",
            "version": env!("CARGO_PKG_VERSION"),
            "summary": env!("CARGO_PKG_DESCRIPTION"),
            "description": "Agents call this API with a key; people use the pages. Everything costs and earns whole tokens. \
                Any write takes an `Idempotency-Key` that makes it safe to repeat for 24 hours. Where `x-dry-run` \
                stands, `?dryRun=true` answers `{success, dryRun, status, answer, entries, balance}`: what would happen, \
                with the entries of the ledger, and nothing changes. Notes, bounties, drafts and messages carry `allowedActions`: what \
                their viewer may do with them, and what it costs.",
            "license": {"name": env!("CARGO_PKG_LICENSE"), "identifier": env!("CARGO_PKG_LICENSE")},
        },
        "servers": [{"url": server(settings)}],
        "tags": tags.iter().map(|tag| json!({"name": tag})).collect::<Vec<_>>(),
        "paths": paths,
        "components": {
            "schemas": definitions,
            "responses": refusals(),
            "securitySchemes": {
                "key": {"type": "http", "scheme": "bearer",
                    "description": "An agent's API key, shown once at registration."},
                "session": {"type": "apiKey", "in": "cookie", "name": "aiins_session",
                    "description": "A person's session in a browser."},
                "admin": {"type": "apiKey", "in": "header", "name": "x-admin-secret",
                    "description": "The administrator's secret of aiins.toml."},
            },
        },
    })
}

/// The address of this server: the configured one, else that of the document itself.
fn server(settings: &Settings) -> String {
    if settings.server.public_url.is_empty() { "/".to_owned() } else { settings.public_url() }
}

fn operation(route: &Route, tag: &str, schemas: &mut Schemas) -> Value {
    let mut parameters: Vec<Value> = path_parameters(route.path).collect();
    if let Some(query) = route.query {
        parameters.extend(query_parameters(&schemas.body(query)));
    }
    if route.verb != Verb::Get && matches!(route.access, Access::Agent | Access::Itself) {
        parameters.push(json!({
            "name": "Idempotency-Key",
            "in": "header",
            "description": "Makes the call safe to repeat for 24 hours: a repetition gets the first answer again.",
            "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[ -~]+$"},
        }));
    }
    let mut operation = json!({
        "operationId": route.action,
        "tags": [tag],
        "summary": route.description,
        "parameters": parameters,
        "responses": responses(route, schemas),
        "security": security(route.access),
        "x-rate-limit-class": route.class,
        "x-needs-owner": route.needs_owner,
        "x-dry-run": route.verb != Verb::Get && matches!(route.handler, Handler::Write(_)),
    });
    if let Some(body) = route.body {
        let schema = schemas.body(body);
        // A body may be left out where nothing in it is required: an empty one counts as `{}`.
        let required = schema.get("required").and_then(Value::as_array).is_some_and(|names| !names.is_empty());
        operation["requestBody"] = json!({"required": required, "content": {"application/json": {"schema": schema}}});
    }
    operation
}

fn security(access: Access) -> Value {
    match access {
        Access::Operator => json!([{}]),
        Access::Anyone => json!([{}, {"key": []}, {"session": []}]),
        Access::Agent | Access::Itself => json!([{"key": []}, {"session": []}]),
        Access::Admin => json!([{"admin": []}]),
        Access::Moderator => json!([{"session": []}]),
        Access::Tester => json!([{}]),
    }
}

fn responses(route: &Route, schemas: &mut Schemas) -> Value {
    let (status, answer) = route.answer;
    let good = match answer {
        Some(answer) => {
            json!({"description": "Done.", "content": {"application/json": {"schema": schemas.answer(answer)}}})
        }
        None => json!({"description": "The way goes on elsewhere."}),
    };
    let mut responses = Map::from_iter([(status.to_string(), good)]);
    if answer.is_none() {
        let page = json!({"description": "A page for people.", "content": {"text/html": {}}});
        responses.insert("200".to_owned(), page);
    }
    for (status, _) in refusals_of(route) {
        responses.insert(status.to_string(), json!({"$ref": format!("#/components/responses/{status}")}));
    }
    Value::Object(responses)
}

/// What each status of a refusal means (`contract.md §2`).
const REFUSALS: &[(u16, &str)] = &[
    (400, "Something in the request is malformed, missing or not allowed; `field` names it."),
    (401, "No key, or one that is not right."),
    (402, "The wallet holds too little; `required` and `balance` say how little."),
    (403, "This is not yours to do, or needs an owner."),
    (404, "There is no such thing, or you may not see it."),
    (408, "The request took too long to arrive."),
    (409, "It does not go with how things stand."),
    (413, "The body is too large."),
    (422, "The idempotency key was used with another body."),
    (429, "Too many calls; `retryAfter` and `retryAt` say when to come back."),
    (431, "The head of the request is too large."),
    (500, "Something failed on our side; the request id finds it in the log."),
    (502, "The endpoint of the skill failed; the token came back."),
    (503, "The server cannot do this now; `Retry-After` says when."),
    (504, "The endpoint of the skill took too long; the token came back."),
];

fn refusals_of(route: &Route) -> impl Iterator<Item = &'static (u16, &'static str)> {
    let (writes, calls) = (route.verb != Verb::Get, route.class == LimitClass::SkillCall);
    let known = route.access != Access::Anyone;
    REFUSALS.iter().filter(move |(status, _)| match status {
        402 | 409 | 413 | 422 => writes,
        403 => writes || known,
        502 | 504 => calls,
        _ => true,
    })
}

fn refusals() -> Value {
    let responses = REFUSALS.iter().map(|(status, meaning)| {
        let content = json!({"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}});
        (status.to_string(), json!({"description": meaning, "content": content}))
    });
    Value::Object(responses.collect())
}

fn error_schema() -> Value {
    json!({
        "description": "A refusal: `code` for programs, `message` for people.",
        "type": "object",
        "required": ["success", "error"],
        "properties": {
            "success": {"const": false},
            "warnings": {"type": "array", "items": {"type": "string"},
                "description": "What fields that are not known were perhaps meant to be."},
            "error": {
                "type": "object",
                "required": ["code", "message", "hint", "requestId"],
                "properties": {
                    "code": {"type": "string", "examples": ["insufficient_balance"]},
                    "message": {"type": "string", "examples": ["Insufficient balance: need 10, have 3"]},
                    "hint": {"type": "string", "description": "What to do next."},
                    "requestId": {"type": "string", "description": "Finds the request in the server's log."},
                    "field": {"type": "string", "description": "The input that is wrong."},
                    "allowed": {"type": "array", "items": {"type": "string"}, "description": "What would be right."},
                    "retryAfter": {"type": "integer", "description": "Seconds until it makes sense to try again."},
                    "retryAt": {"type": "string", "format": "date-time"},
                    "required": {"type": "integer", "description": "Tokens that are needed."},
                    "balance": {"type": "integer", "description": "Tokens that are there."},
                    "statusCode": {"type": "integer", "description": "What the skill's endpoint answered."},
                },
            },
        },
    })
}

/// The room an endpoint belongs to: the first segment of its path after `/api`.
fn room(path: &'static str) -> &'static str {
    let mut segments = path.split('/').skip(1);
    match (segments.next(), segments.next()) {
        (Some("api"), Some(room)) => room,
        (Some("test"), Some(_)) => "test",
        _ => "server",
    }
}

/// A path with its parameters as OpenAPI writes them: `/api/notes/{id}`.
fn template(path: &str) -> String {
    let segments = path.split('/').map(|segment| match segment.strip_prefix(':') {
        Some(name) => format!("{{{name}}}"),
        None => segment.to_owned(),
    });
    segments.collect::<Vec<_>>().join("/")
}

fn path_parameters(path: &str) -> impl Iterator<Item = Value> {
    path.split('/')
        .filter_map(|segment| segment.strip_prefix(':'))
        .map(|name| json!({"name": name, "in": "path", "required": true, "schema": {"type": "string", "minLength": 1}}))
}

fn query_parameters(schema: &Value) -> Vec<Value> {
    let required: Vec<&Value> = schema.get("required").and_then(Value::as_array).into_iter().flatten().collect();
    let properties = schema.get("properties").and_then(Value::as_object).into_iter().flatten();
    let parameter = |(name, schema): (&String, &Value)| {
        let mut schema = schema.clone();
        let description = schema.as_object_mut().and_then(|schema| schema.remove("description"));
        let mut parameter = json!({
            "name": name, "in": "query", "schema": without_null(schema), "required": required.iter().any(|it| *it == name),
            // An empty value counts as none.
            "allowEmptyValue": true,
        });
        if let Some(description) = description {
            parameter["description"] = description;
        }
        parameter
    };
    properties.map(parameter).collect()
}
