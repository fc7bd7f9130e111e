//! Schemas: how the types of queries, bodies and answers become JSON schemas.

use std::collections::HashSet;

use schemars::SchemaGenerator;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value};

use crate::http::Route;
use crate::http::router::SchemaOf;

/// Where the schemas of answers stand in a document.
const DEFINITIONS: &str = "/components/schemas";

/// The makers of schemas. What comes in stands where it is used; what goes out is shared by name.
pub(super) struct Schemas {
    bodies: SchemaGenerator,
    answers: SchemaGenerator,
}

impl Schemas {
    pub(super) fn new() -> Schemas {
        let plain = || SchemaSettings::draft2020_12().with(|settings| settings.meta_schema = None);
        let bodies = plain().with(|settings| settings.inline_subschemas = true).into_generator();
        let shared = |settings: &mut SchemaSettings| settings.definitions_path = DEFINITIONS.into();
        Schemas { bodies, answers: plain().for_serialize().with(shared).into_generator() }
    }

    /// The schema of what comes in, whole.
    pub(super) fn body(&mut self, of: SchemaOf) -> Value {
        of(&mut self.bodies).to_value()
    }

    /// The schema of what goes out, with references to what [`Schemas::take_definitions`] gives.
    pub(super) fn answer(&mut self, of: SchemaOf) -> Value {
        of(&mut self.answers).to_value()
    }
    /// The schemas of all that went out so far, by name.
    pub(super) fn take_definitions(&mut self) -> Map<String, Value> {
        self.answers.take_definitions(true)
    }
}

/// The schema without the `null` that an optional field has in JSON, for where what is absent is left out.
pub(super) fn without_null(mut schema: Value) -> Value {
    if let Some(Value::Array(types)) = schema.get_mut("type") {
        types.retain(|kind| kind != "null");
        if let [only] = types.as_slice() {
            schema["type"] = only.clone();
        }
    }
    if let Some(Value::Array(words)) = schema.get_mut("enum") {
        words.retain(|word| !word.is_null());
    }
    if let Some(Value::Array(kinds)) = schema.get_mut("anyOf") {
        kinds.retain(|kind| kind.get("type").is_none_or(|kind| kind != "null"));
        if let [only] = kinds.as_slice() {
            return only.clone();
        }
    }
    schema
}

/// The members of an object's schema.
pub(super) fn names(schema: &Value) -> Vec<String> {
    schema.get("properties").and_then(Value::as_object).into_iter().flat_map(Map::keys).cloned().collect()
}

/// The fields that the body of an endpoint may have; those inside one of them as `fields.title`.
#[must_use]
pub fn body_fields(route: &Route) -> Vec<String> {
    let Some(schema) = route.body.map(|body| Schemas::new().body(body)) else { return Vec::new() };
    let shapes = schema.get("oneOf").and_then(Value::as_array).into_iter().flatten();
    let mut fields = names(&schema);
    for members in shapes.chain([&schema]).filter_map(|shape| shape.get("properties")?.as_object()) {
        for (name, member) in members {
            fields.extend(names(member).iter().map(|inner| format!("{name}.{inner}")));
        }
    }
    let mut seen = HashSet::new();
    fields.retain(|field| seen.insert(field.clone()));
    fields
}
