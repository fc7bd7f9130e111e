//! JSON schemas as people read them: a line for each field, with its type, its limits and what it is.

use std::collections::{BTreeMap, BTreeSet};

use schemars::SchemaGenerator;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

use crate::http::router::SchemaOf;
use crate::web::views::grouped;

/// Where a generator puts the types that have a name.
const DEFINITIONS: &str = "#/$defs/";
/// How deep the fields of fields are listed.
const DEPTH_MAX: usize = 4;

/// A field in a line.
pub(super) struct Field {
    /// Its name; that of a field within another is `outer.inner`, within a list `outer[].inner`.
    pub(super) name: String,
    /// Of what it is a field, where a thing is one of several.
    pub(super) of: String,
    /// What it holds.
    pub(super) kind: Vec<Piece>,
    /// What that may be.
    pub(super) limits: String,
    /// What it is.
    pub(super) about: String,
    /// Whether a request has to have it, or an answer always has.
    pub(super) is_required: bool,
}

/// A stretch of a type's name, which may lead to the type.
pub(super) struct Piece {
    pub(super) text: String,
    /// The anchor of the shape it names.
    pub(super) shape: Option<String>,
}

/// A type with a name, which stands in many answers.
pub(super) struct Shape {
    pub(super) name: String,
    pub(super) anchor: String,
    pub(super) about: String,
    pub(super) fields: Vec<Field>,
}

/// The types that answers are made of.
pub(super) struct Shapes {
    generator: SchemaGenerator,
    /// Those that a field names.
    named: BTreeSet<String>,
}

impl Default for Shapes {
    fn default() -> Shapes {
        let generator = SchemaSettings::draft2020_12().for_serialize().into_generator();
        Shapes { generator, named: BTreeSet::new() }
    }
}

impl Shapes {
    /// The fields of an answer. Types within that have a name are remembered as shapes.
    pub(super) fn fields(&mut self, of: SchemaOf) -> Vec<Field> {
        let schema = of(&mut self.generator).to_value();
        self.fields_of(&schema)
    }

    fn fields_of(&mut self, schema: &Value) -> Vec<Field> {
        let definitions = self.generator.definitions().clone();
        let mut reader = Reader { definitions: &definitions, named: &mut self.named, says_null: true };
        let mut fields = Vec::new();
        reader.read_object(schema, "", DEPTH_MAX, &mut fields);
        fields
    }

    /// All shapes that fields have named, and those that these name, in the order of their names.
    pub(super) fn all(mut self) -> Vec<Shape> {
        let mut shapes: BTreeMap<String, Shape> = BTreeMap::new();
        while let Some(name) = self.named.iter().find(|name| !shapes.contains_key(*name)).cloned() {
            let schema = self.generator.definitions().get(&name).cloned().unwrap_or_default();
            let shape = Shape {
                name: shown_name(&name).to_owned(),
                anchor: anchor(&name),
                about: about(&schema),
                fields: self.fields_of(&schema),
            };
            shapes.insert(name, shape);
        }
        shapes.into_values().collect()
    }
}

/// The fields of a query or a body, from a schema that holds all of it.
pub(super) fn of_request(schema: &Value) -> Vec<Field> {
    let (nothing, mut unnamed) = (Map::new(), BTreeSet::new());
    let mut reader = Reader { definitions: &nothing, named: &mut unnamed, says_null: false };
    let mut fields = Vec::new();
    reader.read_object(schema, "", DEPTH_MAX, &mut fields);
    fields
}

struct Reader<'a> {
    definitions: &'a Map<String, Value>,
    named: &'a mut BTreeSet<String>,
    /// Whether `null` is said to be a value. In a request it is the same as nothing.
    says_null: bool,
}

impl Reader<'_> {
    /// Lists the fields of an object, those of what it is made of included.
    fn read_object(&mut self, schema: &Value, prefix: &str, depth: usize, fields: &mut Vec<Field>) {
        if let Some(definition) = self.definition(schema) {
            return self.read_object(&definition, prefix, depth, fields);
        }
        let required: Vec<&str> = list(schema, "required").iter().filter_map(Value::as_str).collect();
        let properties = schema.get("properties").and_then(Value::as_object);
        // What has to be there comes first.
        let mut names: Vec<&String> = properties.map(|all| all.keys().collect()).unwrap_or_default();
        names.sort_by_key(|name| !required.contains(&name.as_str()));
        for name in names {
            let field = &schema["properties"][name];
            let path = format!("{prefix}{name}");
            fields.push(Field {
                kind: self.kind(field),
                limits: limits(field),
                about: about(field),
                is_required: required.contains(&name.as_str()),
                name: path.clone(),
                of: String::new(),
            });
            if depth > 1 {
                self.read_inside(field, &path, depth - 1, fields);
            }
        }
        for part in ["allOf", "anyOf", "oneOf"].into_iter().flat_map(|word| list(schema, word)) {
            let mut own = Vec::new();
            self.read_object(part, prefix, depth, &mut own);
            if let Some(title) = part.get("title").and_then(Value::as_str) {
                // What one of several kinds says again of a field that all of them have is no news.
                own.retain(|field| fields.iter().all(|known| known.name != field.name || !known.of.is_empty()));
                own.iter_mut().for_each(|field| title.clone_into(&mut field.of));
            }
            fields.append(&mut own);
        }
    }

    /// Lists the fields of objects that stand in a field without a name of their own.
    fn read_inside(&mut self, schema: &Value, path: &str, depth: usize, fields: &mut Vec<Field>) {
        if let Some(items) = schema.get("items") {
            self.read_inside(items, &format!("{path}[]"), depth, fields);
        } else if schema.get("properties").is_some() {
            self.read_object(schema, &format!("{path}."), depth, fields);
        } else {
            for part in ["anyOf", "oneOf"].into_iter().flat_map(|word| list(schema, word)) {
                self.read_inside(part, path, depth, fields);
            }
        }
    }

    fn definition(&self, schema: &Value) -> Option<Value> {
        self.definitions.get(schema.get("$ref")?.as_str()?.strip_prefix(DEFINITIONS)?).cloned()
    }

    /// What a field holds, in words.
    fn kind(&mut self, schema: &Value) -> Vec<Piece> {
        let (mut pieces, is_nullable) = self.kind_without_null(schema);
        if pieces.is_empty() {
            pieces.push(plain("any JSON"));
        }
        if is_nullable && self.says_null {
            pieces.push(plain(" or null"));
        }
        pieces
    }

    fn kind_without_null(&mut self, schema: &Value) -> (Vec<Piece>, bool) {
        if let Some(name) = schema.get("$ref").and_then(Value::as_str).and_then(|it| it.strip_prefix(DEFINITIONS)) {
            self.named.insert(name.to_owned());
            return (vec![Piece { text: shown_name(name).to_owned(), shape: Some(anchor(name)) }], false);
        }
        let types: Vec<&str> = match schema.get("type") {
            Some(Value::String(one)) => vec![one],
            Some(Value::Array(all)) => all.iter().filter_map(Value::as_str).collect(),
            _ => Vec::new(),
        };
        let mut is_nullable = types.contains(&"null");
        if !list(schema, "enum").is_empty() {
            let words: Vec<&str> = list(schema, "enum").iter().filter_map(Value::as_str).collect();
            return (vec![plain(&format!("one of {}", words.join(", ")))], is_nullable);
        }
        let mut pieces = Vec::new();
        for one in types.into_iter().filter(|one| *one != "null") {
            if !pieces.is_empty() {
                pieces.push(plain(" or "));
            }
            match one {
                "array" => {
                    pieces.push(plain("list of "));
                    pieces.append(&mut self.kind(schema.get("items").unwrap_or(&Value::Null)));
                }
                one => pieces.push(plain(word_for(one, schema))),
            }
        }
        for part in ["anyOf", "oneOf"].into_iter().flat_map(|word| list(schema, word)) {
            let (mut inner, inner_nullable) = self.kind_without_null(part);
            is_nullable |= inner_nullable;
            if !pieces.is_empty() && !inner.is_empty() {
                pieces.push(plain(" or "));
            }
            pieces.append(&mut inner);
        }
        (pieces, is_nullable)
    }
}

fn plain(text: &str) -> Piece {
    Piece { text: text.to_owned(), shape: None }
}

fn word_for(kind: &str, schema: &Value) -> &'static str {
    match (kind, schema.get("format").and_then(Value::as_str)) {
        ("string", Some("date-time")) => "time",
        ("string", Some("uri")) => "URL",
        ("string", _) if id_prefix(schema).is_some() => "id",
        ("string", _) => "text",
        ("integer", _) => "whole number",
        ("number", _) => "number",
        ("boolean", _) => "true or false",
        _ => "object",
    }
}

/// The beginning of ids, where a pattern is that of ids.
fn id_prefix(schema: &Value) -> Option<&str> {
    schema.get("pattern")?.as_str()?.strip_prefix('^')?.strip_suffix("[0-9a-hjkmnp-tv-z]{26}$")
}

/// What a value may be, in words.
fn limits(schema: &Value) -> String {
    let number = |name: &str| schema.get(name).and_then(Value::as_i64);
    let mut limits = Vec::new();
    let mut between = |min: Option<i64>, max: Option<i64>, what: &str| match (min, max) {
        (None | Some(0), Some(max)) => limits.push(format!("up to {} {what}", grouped(max))),
        (Some(min), Some(max)) => limits.push(format!("{} to {} {what}", grouped(min), grouped(max))),
        _ => {}
    };
    between(number("minLength"), number("maxLength"), "characters");
    between(number("minItems"), number("maxItems"), "of them");
    // The limits of a machine's numbers are no limits of ours.
    if let (None, Some(min), Some(max)) = (schema.get("format"), number("minimum"), number("maximum")) {
        match max {
            i64::MAX => limits.push(format!("from {}", grouped(min))),
            max => limits.push(format!("{} to {}", grouped(min), grouped(max))),
        }
    }
    if let Some(prefix) = id_prefix(schema) {
        limits.push(format!("{prefix}…"));
    } else if let Some(pattern) =
        schema.get("pattern").and_then(Value::as_str).filter(|_| schema.get("format").is_none())
    {
        limits.push(format!("matches {pattern}"));
    }
    let parts = ["anyOf", "oneOf"].into_iter().flat_map(|word| list(schema, word));
    limits.extend(parts.map(self::limits).filter(|limits| !limits.is_empty()));
    let each = schema.get("items").map(self::limits).filter(|limits| !limits.is_empty());
    limits.extend(each.map(|each| format!("each {each}")));
    limits.join(", ")
}

/// What a type says it is, without what it says to those who build it.
fn about(schema: &Value) -> String {
    let text = schema.get("description").and_then(Value::as_str).unwrap_or_default();
    let mut words = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(" (`contract.md") {
        words.push_str(before);
        rest = after.split_once(')').map_or("", |(_, rest)| rest);
    }
    words.push_str(rest);
    words.replace(['\n', '`'], " ").split_whitespace().collect::<Vec<_>>().join(" ")
}

fn list<'v>(schema: &'v Value, name: &str) -> &'v [Value] {
    schema.get(name).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// The name of a type as people read it.
fn shown_name(name: &str) -> &str {
    name.strip_suffix("Json").unwrap_or(name)
}

fn anchor(name: &str) -> String {
    format!("shape-{name}")
}

/// A value that a schema allows, for an example.
pub(super) fn sample(schema: &Value) -> Value {
    if let Some(example) = list(schema, "examples").first() {
        return example.clone();
    }
    if let Some(word) = list(schema, "enum").first() {
        return word.clone();
    }
    if let Some(part) = ["anyOf", "oneOf"].into_iter().flat_map(|word| list(schema, word)).next() {
        return sample(part);
    }
    let kind = match schema.get("type") {
        Some(Value::Array(kinds)) => kinds.first(),
        kind => kind,
    };
    match kind.and_then(Value::as_str) {
        Some("string") => match (id_prefix(schema), schema.get("format").and_then(Value::as_str)) {
            (Some(prefix), _) => json!(format!("{prefix}…")),
            (None, Some("uri")) => json!("https://example.com/"),
            (None, _) => json!("A text of yours"),
        },
        Some("integer" | "number") => json!(schema.get("minimum").and_then(Value::as_i64).unwrap_or(1).max(1)),
        Some("boolean") => json!(true),
        Some("array") => json!([sample(schema.get("items").unwrap_or(&Value::Null))]),
        _ => sample_object(schema),
    }
}

/// An object with what it has to have, or else with the first thing it can have.
fn sample_object(schema: &Value) -> Value {
    let Some(properties) = schema.get("properties").and_then(Value::as_object) else { return json!({}) };
    let mut names: Vec<&str> = list(schema, "required").iter().filter_map(Value::as_str).collect();
    if names.is_empty() {
        names.extend(properties.iter().find(|(_, field)| field.is_object()).map(|(name, _)| name.as_str()));
    }
    names.into_iter().map(|name| (name.to_owned(), sample(&properties[name]))).collect::<Map<_, _>>().into()
}

/// The parameters that a query has to have, with values.
pub(super) fn sample_query(schema: &Value) -> Vec<String> {
    let names = list(schema, "required").iter().filter_map(Value::as_str);
    let value = |name: &str| match sample(&schema["properties"][name]) {
        Value::String(text) => text.split(' ').next_back().unwrap_or_default().to_owned(),
        value => value.to_string(),
    };
    names.map(|name| format!("{name}={}", value(name))).collect()
}
