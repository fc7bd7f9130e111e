//! Templates: what the fields of each kind of note are, and how long they may be (`contract.md §6`, reference 1 "Templates").

pub mod schema;

use std::collections::BTreeSet;

use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use crate::base::error::{Error, Result};
use crate::base::input::{WebUrl, has_control_characters};
use crate::base::secret;

crate::words! {
    /// What kind of card a note is.
    pub enum Template {
        /// A text with a title.
        Article = "article",
        /// A number.
        Data = "data",
        /// A sentence somebody said.
        Quote = "quote",
        /// Numbered things.
        List = "list",
        /// News, with something to click.
        Announce = "announce",
        /// A page elsewhere.
        Link = "link",
    }
}

crate::words! {
    /// What a note is about.
    pub enum Category {
        /// Tools with a model inside.
        AiTools = "ai-tools",
        /// Programming.
        Coding = "coding",
        /// Research.
        Science = "science",
        /// Numbers.
        Data = "data",
        /// Trade and work.
        Business = "business",
        /// Arts and play.
        Creative = "creative",
        /// All else.
        General = "general",
    }
}

crate::words! {
    /// A card's colours.
    pub enum ColorScheme {
        /// Light.
        Light = "light",
        /// Dark.
        Dark = "dark",
        /// Blue.
        Blue = "blue",
        /// Purple.
        Purple = "purple",
        /// Green.
        Green = "green",
    }
}

/// Tags one note may have.
pub const TAGS_MAX: usize = 10;
/// Characters of a tag, without its `#`.
pub const TAG_CHARS_MAX: usize = 40;
/// Entries of a list.
pub const ITEMS_MAX: usize = 50;
/// Characters of an entry of a list.
pub const ITEM_CHARS_MAX: usize = 500;
/// Characters of an address.
pub const URL_CHARS_MAX: usize = 2_000;

/// What a field holds, with its longest length in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A text.
    Text(usize),
    /// A number or a short text.
    Value(usize),
    /// The address of a page.
    Url,
    /// The entries of a list.
    Items,
    /// Tags.
    Tags,
}

/// A field of a template.
#[derive(Debug)]
pub struct Field {
    /// Its name in requests and answers.
    pub name: &'static str,
    /// What it holds.
    pub kind: Kind,
    /// Whether a note must have it.
    pub required: bool,
}

const fn required(name: &'static str, kind: Kind) -> Field {
    Field { name, kind, required: true }
}

const fn optional(name: &'static str, kind: Kind) -> Field {
    Field { name, kind, required: false }
}

const TITLE: Kind = Kind::Text(200);
const BODY: Kind = Kind::Text(20_000);
const TAGS: Field = optional("tags", Kind::Tags);

impl Template {
    /// The names of the fields that a note of this template must have, and of those that it may have.
    #[must_use]
    pub fn field_names(self) -> (Vec<&'static str>, Vec<&'static str>) {
        let (required, optional): (Vec<_>, Vec<_>) = self.fields().iter().partition(|field| field.required);
        let names = |fields: Vec<&Field>| fields.iter().map(|field| field.name).collect();
        (names(required), names(optional))
    }

    /// The fields that a note of this kind may have.
    #[must_use]
    pub fn fields(self) -> &'static [Field] {
        match self {
            Template::Article => {
                const { &[required("title", TITLE), required("body", BODY), optional("subtitle", Kind::Text(300)), TAGS] }
            }
            Template::Data => {
                const {
                    &[
                        required("title", TITLE),
                        required("value", Kind::Value(100)),
                        optional("unit", Kind::Text(100)),
                        optional("delta", Kind::Value(100)),
                        optional("body", BODY),
                        TAGS,
                    ]
                }
            }
            Template::Quote => {
                const {
                    &[
                        required("quote", Kind::Text(2_000)),
                        optional("author", Kind::Text(200)),
                        optional("source", Kind::Text(300)),
                        TAGS,
                    ]
                }
            }
            Template::List => const { &[required("title", TITLE), required("items", Kind::Items), TAGS] },
            Template::Announce => {
                const {
                    &[
                        required("title", TITLE),
                        required("body", BODY),
                        optional("cta", Kind::Text(100)),
                        optional("ctaUrl", Kind::Url),
                        TAGS,
                    ]
                }
            }
            Template::Link => const { &[required("url", Kind::Url), optional("title", TITLE), TAGS] },
        }
    }
}

/// The fields of a note, checked against its template.
#[derive(Debug, Clone, PartialEq)]
pub struct Fields(Map<String, Value>);

/// Whether everything that a template requires must be there. A draft may lack it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Completeness {
    /// All required fields.
    Whole,
    /// Whatever there is.
    Partial,
}

impl Fields {
    /// Checks fields as they were sent. `null` counts as absent.
    ///
    /// # Errors
    /// 400 that names the field (`fields.title`), or lists the allowed ones for one that the template does not have.
    pub fn parse(template: Template, sent: &Map<String, Value>, completeness: Completeness) -> Result<Fields> {
        let known = template.fields();
        if let Some(unknown) = sent.keys().find(|name| known.iter().all(|field| field.name != *name)) {
            let names: Vec<&str> = known.iter().map(|field| field.name).collect();
            // A plain word is safe to repeat, and nothing else is repeated: an error text holds only our own words.
            let plain = unknown.len() <= 40 && unknown.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
            let field = if plain { format!("fields.{unknown}") } else { "fields".to_owned() };
            let message = format!("{field} is not known; the template {template} takes {}", names.join(", "));
            return Err(Error::invalid(field, message).allowed(names));
        }
        let mut fields = Map::new();
        for field in known {
            let value = sent.get(field.name).filter(|value| !value.is_null());
            match value.map(|value| check(field, value)).transpose()? {
                Some(Some(value)) => {
                    fields.insert(field.name.to_owned(), value);
                }
                _ if field.required && completeness == Completeness::Whole => {
                    return Err(refuse(field, "is required"));
                }
                _ => {}
            }
        }
        Ok(Fields(fields))
    }

    /// Reads fields as the database keeps them.
    ///
    /// # Errors
    /// 500 when they are not as they were written.
    pub fn stored(text: &str) -> Result<Fields> {
        serde_json::from_str(text).map(Fields).map_err(Error::internal)
    }

    /// The fields as the database keeps them and answers show them.
    #[must_use]
    pub fn to_json(&self) -> String {
        serde_json::to_string(&self.0).unwrap_or_else(|_| "{}".to_owned())
    }

    /// These fields with others laid over them; `null` takes one away.
    #[must_use]
    pub fn merged(&self, change: &Map<String, Value>) -> Map<String, Value> {
        let mut merged = self.0.clone();
        merged.extend(change.iter().map(|(name, value)| (name.clone(), value.clone())));
        merged
    }

    /// The tags, without `#` and in lower case.
    pub fn tags(&self) -> impl Iterator<Item = &str> {
        self.texts_in("tags")
    }

    /// The entries of a list.
    pub fn items(&self) -> impl Iterator<Item = &str> {
        self.texts_in("items")
    }

    fn texts_in(&self, name: &str) -> impl Iterator<Item = &str> {
        self.0.get(name).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str)
    }

    /// A field that is a number or a text, as it is shown, if it is there.
    #[must_use]
    pub fn shown(&self, name: &str) -> Option<String> {
        self.0.get(name).map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned))
    }

    /// A text field, if it is there.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name).and_then(Value::as_str)
    }

    /// What a note is called where only a line is shown of it: its title, or what stands in its place.
    #[must_use]
    pub fn heading(&self) -> String {
        ["title", "quote", "url"].into_iter().find_map(|name| self.text(name)).unwrap_or_default().to_owned()
    }

    /// Every text in the fields but the tags.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        self.text("title").into_iter().chain(self.texts_but_title())
    }

    /// Every text in the fields but the title and the tags.
    pub fn texts_but_title(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter(|(name, _)| *name != "tags" && *name != "title").flat_map(|(_, value)| match value {
            Value::Array(items) => items.iter().filter_map(Value::as_str).collect(),
            value => value.as_str().into_iter().collect::<Vec<_>>(),
        })
    }

    /// Characters that say something: title, body, quote and items. A link speaks by its address where it has no title,
    /// which the templates allow.
    #[must_use]
    pub fn content_chars(&self) -> usize {
        let of = |name: &str| self.text(name).map_or(0, |text| text.chars().count());
        let items = self.0.get("items").and_then(Value::as_array).into_iter().flatten();
        let items: usize = items.filter_map(Value::as_str).map(|item| item.chars().count()).sum();
        ["title", "body", "quote", "url"].into_iter().map(of).sum::<usize>() + items
    }

    /// A hash that is the same for the same text, whatever its spaces and capitals.
    #[must_use]
    pub fn text_hash(&self) -> [u8; 32] {
        let mut hash = Sha256::new();
        for (name, value) in self.0.iter().filter(|(name, _)| *name != "tags") {
            hash.update(name.as_bytes());
            let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned).to_lowercase();
            for word in text.split_whitespace() {
                hash.update(word.as_bytes());
                hash.update([b' ']);
            }
        }
        hash.finalize().into()
    }
}

fn refuse(field: &Field, what: &str) -> Error {
    Error::invalid(format!("fields.{}", field.name), format!("fields.{} {what}", field.name))
}

/// A checked value; `None` for an empty one, which counts as absent.
fn check(field: &Field, value: &Value) -> Result<Option<Value>> {
    let text = |max| check_text(field, value, max);
    match field.kind {
        Kind::Text(max) => text(max),
        Kind::Value(max) => match value {
            Value::Number(number) => Ok(Some(Value::Number(number.clone()))),
            Value::String(_) => text(max),
            _ => Err(refuse(field, &format!("must be a number or a text of at most {max} characters"))),
        },
        Kind::Url => match value.as_str() {
            Some(url) => {
                secret::refuse_in(field.name, url)?;
                WebUrl::<URL_CHARS_MAX>::parse(url)
                    .map(|url| Some(Value::String(url.into_string())))
                    .map_err(|what| refuse(field, &what))
            }
            None => Err(refuse(field, "must be an absolute http or https URL")),
        },
        Kind::Items => check_items(field, value),
        Kind::Tags => check_tags(field, value),
    }
}

fn check_text(field: &Field, value: &Value, max: usize) -> Result<Option<Value>> {
    let Some(text) = value.as_str().map(str::trim).filter(|text| text.chars().count() <= max) else {
        return Err(refuse(field, &format!("must be a text of at most {max} characters")));
    };
    if has_control_characters(text) {
        return Err(refuse(field, "must not contain control characters other than newline and tab"));
    }
    secret::refuse_in(field.name, text)?;
    Ok((!text.is_empty()).then(|| Value::String(text.to_owned())))
}

fn check_items(field: &Field, value: &Value) -> Result<Option<Value>> {
    let limits = format!("must be a list of 1 to {ITEMS_MAX} texts of 1 to {ITEM_CHARS_MAX} characters");
    let Some(items) = value.as_array().filter(|items| (1..=ITEMS_MAX).contains(&items.len())) else {
        return Err(refuse(field, &limits));
    };
    let items = items.iter().map(|item| check_text(field, item, ITEM_CHARS_MAX)).collect::<Result<Option<Vec<_>>>>();
    match items.map_err(|error| {
        if error.code().status() == 400 && error.message().contains("at most") { refuse(field, &limits) } else { error }
    })? {
        Some(items) => Ok(Some(Value::Array(items))),
        None => Err(refuse(field, &limits)),
    }
}

fn check_tags(field: &Field, value: &Value) -> Result<Option<Value>> {
    let limits = format!("must be a list of at most {TAGS_MAX} texts of 1 to {TAG_CHARS_MAX} characters");
    let Some(sent) = value.as_array().filter(|tags| tags.len() <= TAGS_MAX) else { return Err(refuse(field, &limits)) };
    let mut seen = BTreeSet::new();
    let mut tags = Vec::new();
    for tag in sent {
        let tag = tag.as_str().map(|tag| tag.trim().trim_start_matches('#').trim().to_lowercase());
        let Some(tag) = tag.filter(|tag| (1..=TAG_CHARS_MAX).contains(&tag.chars().count())) else {
            return Err(refuse(field, &limits));
        };
        if tag.chars().any(|c| c.is_control() || c.is_whitespace()) {
            return Err(refuse(field, "must not contain spaces or control characters"));
        }
        secret::refuse_in(field.name, &tag)?;
        if seen.insert(tag.clone()) {
            tags.push(Value::String(tag));
        }
    }
    Ok((!tags.is_empty()).then_some(Value::Array(tags)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn parse(template: Template, fields: &Value) -> Result<Fields> {
        Fields::parse(template, fields.as_object().unwrap(), Completeness::Whole)
    }

    #[test]
    fn every_template_takes_its_fields() {
        for (template, fields) in [
            (Template::Article, json!({"title": "T", "body": "B", "subtitle": "S", "tags": ["a"]})),
            (Template::Data, json!({"title": "T", "value": 42, "unit": "ms", "delta": "-3%", "body": "B"})),
            (Template::Data, json!({"title": "T", "value": "4.2k"})),
            (Template::Quote, json!({"quote": "Q", "author": "A", "source": "S"})),
            (Template::List, json!({"title": "T", "items": ["one", "two"]})),
            (Template::Announce, json!({"title": "T", "body": "B", "cta": "Go", "ctaUrl": "https://example.com"})),
            (Template::Link, json!({"url": "https://example.com/x", "title": "T"})),
        ] {
            let parsed = parse(template, &fields).unwrap();
            assert_eq!(serde_json::from_str::<Value>(&parsed.to_json()).unwrap(), fields);
            assert_eq!(Fields::stored(&parsed.to_json()).unwrap(), parsed);
        }
    }

    #[test]
    fn every_refusal_names_its_field() {
        let long = |chars: usize| "x".repeat(chars);
        for (template, fields, field) in [
            (Template::Article, json!({"title": "T"}), "fields.body"),
            (Template::Article, json!({"title": " ", "body": "B"}), "fields.title"),
            (Template::Article, json!({"title": null, "body": "B"}), "fields.title"),
            (Template::Article, json!({"title": 1, "body": "B"}), "fields.title"),
            (Template::Article, json!({"title": long(201), "body": "B"}), "fields.title"),
            (Template::Article, json!({"title": "T", "body": long(20_001)}), "fields.body"),
            (Template::Article, json!({"title": "T", "body": "a\u{0}b"}), "fields.body"),
            (Template::Article, json!({"title": "T", "body": "B", "subtitle": long(301)}), "fields.subtitle"),
            (Template::Article, json!({"title": "T", "body": "B", "tags": "a"}), "fields.tags"),
            (Template::Article, json!({"title": "T", "body": "B", "tags": ["a b"]}), "fields.tags"),
            (Template::Article, json!({"title": "T", "body": "B", "tags": vec!["a"; 11]}), "fields.tags"),
            (Template::Article, json!({"title": "T", "body": "B", "content": "C"}), "fields.content"),
            (Template::Article, json!({"title": "T", "body": "B", "<b>": "C"}), "fields"),
            (Template::Data, json!({"title": "T", "value": true}), "fields.value"),
            (Template::Data, json!({"title": "T", "value": long(101)}), "fields.value"),
            (Template::Quote, json!({"quote": long(2_001)}), "fields.quote"),
            (Template::List, json!({"title": "T", "items": []}), "fields.items"),
            (Template::List, json!({"title": "T", "items": [""]}), "fields.items"),
            (Template::List, json!({"title": "T", "items": [1]}), "fields.items"),
            (Template::List, json!({"title": "T", "items": [long(501)]}), "fields.items"),
            (Template::List, json!({"title": "T", "items": vec!["x"; 51]}), "fields.items"),
            (Template::Announce, json!({"title": "T", "body": "B", "ctaUrl": "javascript:alert(1)"}), "fields.ctaUrl"),
            (Template::Link, json!({"title": "T"}), "fields.url"),
            (Template::Link, json!({"url": "/relative"}), "fields.url"),
            (Template::Link, json!({"url": "ftp://example.com"}), "fields.url"),
        ] {
            let error = parse(template, &fields).unwrap_err();
            assert_eq!((error.status(), error.details().field.as_deref()), (400, Some(field)), "{fields}");
        }
        let error = parse(Template::List, &json!({"title": "T", "item": []})).unwrap_err();
        assert_eq!(error.details().allowed, ["title", "items", "tags"]);
    }

    #[test]
    fn tags_are_folded_and_stand_once() {
        let fields =
            parse(Template::Link, &json!({"url": "https://a.b", "tags": ["#GPT-5", "gpt-5", "Tool"]})).unwrap();
        assert_eq!(fields.tags().collect::<Vec<_>>(), ["gpt-5", "tool"]);
    }

    #[test]
    fn a_key_in_any_field_is_refused() {
        let key = secret::generate(secret::API_KEY);
        for fields in [json!({"title": key, "items": ["x"]}), json!({"title": "T", "items": [key]})] {
            assert_eq!(parse(Template::List, &fields).unwrap_err().code().as_str(), "contains_secret");
        }
        let url = json!({"url": format!("https://a.b/?k={key}")});
        assert_eq!(parse(Template::Link, &url).unwrap_err().code().as_str(), "contains_secret");
    }

    #[test]
    fn the_same_text_has_the_same_hash() {
        let hash = |title: &str| parse(Template::Article, &json!({"title": title, "body": "B"})).unwrap().text_hash();
        assert_eq!(hash("Hello  World"), hash("hello world"));
        assert_ne!(hash("hello world"), hash("hello worlds"));
    }

    #[test]
    fn a_draft_may_lack_what_a_note_needs_but_nothing_more() {
        let parse =
            |fields: Value| Fields::parse(Template::Article, fields.as_object().unwrap(), Completeness::Partial);
        assert!(parse(json!({})).is_ok());
        assert!(parse(json!({"title": 5})).is_err());
    }
}
