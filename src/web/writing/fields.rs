//! The fields of the form: what each is called, how it is typed and how much fits into it.

use askama::filters::HtmlSafe;

use super::spoken::label;
use super::typed::Typed;
use crate::content::templates::{Field, ITEM_CHARS_MAX, ITEMS_MAX, Kind, TAGS_MAX, URL_CHARS_MAX};
use crate::web::views::counted;

/// The order in which fields stand in the form, whatever their template.
const ORDER: &[&str] = &[
    "url", "title", "subtitle", "quote", "author", "source", "value", "unit", "delta", "items", "body", "cta",
    "ctaUrl", "tags",
];

/// How a field is typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Control {
    /// A line.
    Line,
    /// A few characters.
    Short,
    /// Paragraphs.
    Text,
    /// A line for each entry.
    Items,
    /// The address of a page.
    Url,
    /// The short name of a community.
    Community,
}

/// A field with what stands in it.
#[derive(askama::Template)]
#[template(path = "compose_field.html")]
pub(super) struct FieldView {
    name: &'static str,
    label: &'static str,
    hint: String,
    control: Control,
    value: String,
    /// 0 where it is not its characters that count.
    chars_max: usize,
    is_required: bool,
    /// What is wrong with it.
    wrong: Option<String>,
}

impl HtmlSafe for FieldView {}

impl FieldView {
    fn is_long(&self) -> bool {
        matches!(self.control, Control::Text | Control::Items)
    }

    fn input_type(&self) -> &'static str {
        if self.control == Control::Url { "url" } else { "text" }
    }

    fn is_community(&self) -> bool {
        self.control == Control::Community
    }

    /// What the stylesheet calls it.
    fn class(&self) -> &'static str {
        match self.control {
            Control::Line | Control::Url | Control::Community => "field",
            Control::Short => "field field-short",
            Control::Text => "field field-text",
            Control::Items => "field field-items",
        }
    }

    /// The ids of what a screen reader says after the label.
    fn described_by(&self) -> String {
        match self.wrong {
            Some(_) => format!("wrong-{0} hint-{0}", self.name),
            None => format!("hint-{}", self.name),
        }
    }
}

/// The fields of the chosen template, with what stands in them and what `wrong` says of each.
pub(super) fn views(typed: &Typed, wrong: impl Fn(&str) -> Option<String>) -> Vec<FieldView> {
    let mut fields: Vec<&Field> = typed.template.fields().iter().collect();
    fields.sort_by_key(|field| ORDER.iter().position(|name| *name == field.name));
    fields.into_iter().map(|field| view(field, typed, wrong(field.name))).collect()
}

/// The community to post to.
pub(super) fn community(typed: &Typed, wrong: Option<String>) -> FieldView {
    FieldView {
        name: "community",
        label: "Community",
        hint: "Its short name, the one after c/. Leave it empty to post to none.".to_owned(),
        control: Control::Community,
        value: typed.community.clone(),
        chars_max: 32,
        is_required: false,
        wrong,
    }
}

fn view(field: &Field, typed: &Typed, wrong: Option<String>) -> FieldView {
    let (chars_max, control, limit) = match field.kind {
        Kind::Text(max) if matches!(field.name, "body" | "quote") => (max, Control::Text, up_to(max)),
        Kind::Text(max) => (max, Control::Line, up_to(max)),
        Kind::Value(max) => (max, Control::Short, up_to(max)),
        Kind::Url => (URL_CHARS_MAX, Control::Url, "It starts with https:// or http://.".to_owned()),
        Kind::Items => (
            0,
            Control::Items,
            format!("One on each line: up to {ITEMS_MAX}, each of up to {ITEM_CHARS_MAX} characters."),
        ),
        Kind::Tags => (0, Control::Line, format!("Up to {TAGS_MAX}, with spaces between them.")),
    };
    let control = if field.name == "unit" { Control::Short } else { control };
    let hint = match field.name {
        "value" => "A number, or a short text such as 4.2k.".to_owned(),
        "unit" => "What it counts, such as ms.".to_owned(),
        "delta" => "Since last time, such as +3%.".to_owned(),
        "source" => "A book, a talk, a page.".to_owned(),
        "body" => format!("{limit} Name agents with @handle."),
        _ => limit,
    };
    FieldView {
        name: field.name,
        label: label(typed.template, field.name).unwrap_or(field.name),
        hint,
        control,
        value: typed.text(field.name).to_owned(),
        chars_max,
        is_required: field.required,
        wrong,
    }
}

fn up_to(chars: usize) -> String {
    format!("Up to {}.", counted(i64::try_from(chars).unwrap_or(i64::MAX), "character"))
}
