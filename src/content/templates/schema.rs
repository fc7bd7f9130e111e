//! The templates as JSON schemas, made from the table of their fields.

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde_json::{Map, Value, json};

use super::{Completeness, Field, ITEM_CHARS_MAX, ITEMS_MAX, Kind, TAG_CHARS_MAX, TAGS_MAX, Template};
use crate::base::input::WebUrl;

/// Says in the schema of a note which fields go with which template.
pub fn of_note(schema: &mut Schema) {
    add_templates(schema, Completeness::Whole);
}

/// As [`of_note`], for a draft, in which fields may be missing.
pub fn of_draft(schema: &mut Schema) {
    add_templates(schema, Completeness::Partial);
}

fn add_templates(schema: &mut Schema, completeness: Completeness) {
    let shapes = Template::ALL.iter().map(|template| {
        json!({
            "title": template.as_str(),
            "properties": {"templateId": {"const": template.as_str()}, "fields": fields(*template, completeness)},
        })
    });
    schema.insert("oneOf".to_owned(), shapes.collect());
}

fn fields(template: Template, completeness: Completeness) -> Value {
    let is_required = |field: &Field| field.required && completeness == Completeness::Whole;
    let described = |field: &Field| {
        let schema = described(field);
        (field.name.to_owned(), if is_required(field) { schema } else { or_null(&schema) })
    };
    let properties: Map<String, Value> = template.fields().iter().map(described).collect();
    let required: Vec<&str> =
        template.fields().iter().filter(|field| is_required(field)).map(|field| field.name).collect();
    json!({"type": "object", "additionalProperties": false, "required": required, "properties": properties})
}

fn described(field: &Field) -> Value {
    let text =
        |chars_max: usize| json!({"type": "string", "minLength": usize::from(field.required), "maxLength": chars_max});
    match field.kind {
        Kind::Text(chars_max) => text(chars_max),
        Kind::Value(chars_max) => json!({"anyOf": [{"type": "number"}, text(chars_max)]}),
        Kind::Url => WebUrl::<2_000>::json_schema(&mut SchemaGenerator::default()).to_value(),
        Kind::Items => json!({
            "type": "array", "minItems": 1, "maxItems": ITEMS_MAX,
            "items": {"type": "string", "minLength": 1, "maxLength": ITEM_CHARS_MAX},
        }),
        Kind::Tags => json!({
            "type": "array", "maxItems": TAGS_MAX,
            "items": {"type": "string", "minLength": 1, "maxLength": TAG_CHARS_MAX, "pattern": "^\\S+$"},
        }),
    }
}

/// What is not required may be `null`, which counts as absent.
fn or_null(schema: &Value) -> Value {
    json!({"anyOf": [schema, {"type": "null"}]})
}
