//! What stands in the form of a note: what was typed, or what a draft or a note holds.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer};
use serde_json::{Map, Number, Value};

use crate::base::clock::{MINUTE, Timestamp};
use crate::base::db::ReadTransaction;
use crate::base::error::{Code, Error, Result};
use crate::base::ids::CommunityId;
use crate::content::communities;
use crate::content::drafts::{Draft, DraftChange, NewDraft};
use crate::content::notes::{NewNote, Note, NoteChange, Status};
use crate::content::templates::{Category, ColorScheme, Completeness, Fields, Kind, Template};
use crate::http::Request;

/// What stands in the form, as texts. A field that the chosen template does not have is kept all the same, so that whoever
/// looks at another template and comes back finds it again.
#[derive(Debug)]
pub(super) struct Typed {
    pub(super) template: Template,
    pub(super) category: Category,
    pub(super) color_scheme: ColorScheme,
    pub(super) community: String,
    /// A time in UTC as a form has it: `2026-04-03T14:00`.
    pub(super) scheduled_at: String,
    texts: BTreeMap<&'static str, String>,
}

/// The choices beside the fields, as a form sends them.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Choices {
    template: Template,
    category: Option<Category>,
    color_scheme: Option<ColorScheme>,
    community: Option<String>,
    scheduled_at: Option<Moment>,
}

/// A time as a form sends it: as the API has it, or without a zone, which is UTC then.
struct Moment(Timestamp);

impl Moment {
    fn parse(text: &str) -> Option<Moment> {
        let zoned = || Timestamp::parse(&format!("{text}Z"));
        Timestamp::parse(text).or_else(zoned).map(Moment)
    }
}

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Moment::parse(&text)
            .ok_or_else(|| serde::de::Error::custom("must be a day and a time, such as 2026-04-03T14:00"))
    }
}

impl Typed {
    /// An empty form.
    pub(super) fn blank(template: Template, category: Category, community: String) -> Typed {
        let (color_scheme, scheduled_at) = (ColorScheme::Light, String::new());
        Typed { template, category, color_scheme, community, scheduled_at, texts: BTreeMap::new() }
    }

    /// What a form sent, however wrong it is, to be shown again; nothing when no form of a note was sent.
    pub(super) fn sent(request: &Request) -> Option<Typed> {
        let word = |name: &str| request.form_value(name).unwrap_or_default();
        // A press on another template's button stands beside the one that was chosen so far.
        let template = Template::from_word(&word("switch")).or_else(|| Template::from_word(&word("template")))?;
        Some(Typed {
            template,
            category: Category::from_word(&word("category")).unwrap_or(Category::General),
            color_scheme: ColorScheme::from_word(&word("colorScheme")).unwrap_or(ColorScheme::Light),
            community: word("community"),
            scheduled_at: Moment::parse(&word("scheduledAt")).map(|at| for_form(at.0)).unwrap_or_default(),
            texts: names().filter_map(|name| Some((name, request.form_value(name)?))).collect(),
        })
    }

    /// What a draft holds.
    ///
    /// # Errors
    /// 500 when its fields are not as they were written.
    pub(super) fn of_draft(draft: &Draft) -> Result<Typed> {
        Ok(Typed {
            template: draft.template,
            category: draft.category,
            color_scheme: draft.color_scheme,
            community: draft.community.as_ref().map(|(_, slug)| slug.clone()).unwrap_or_default(),
            scheduled_at: draft.scheduled_at.map(for_form).unwrap_or_default(),
            texts: texts_of(&Fields::stored(&draft.fields)?),
        })
    }

    /// What a note holds.
    ///
    /// # Errors
    /// As [`Typed::of_draft`].
    pub(super) fn of_note(note: &Note) -> Result<Typed> {
        Ok(Typed {
            template: note.template,
            category: note.category,
            color_scheme: note.color_scheme,
            community: note.community.as_ref().map(|(_, slug)| slug.clone()).unwrap_or_default(),
            scheduled_at: note.scheduled_at.map(for_form).unwrap_or_default(),
            texts: texts_of(&Fields::stored(&note.fields)?),
        })
    }

    /// The text of a field, as it was typed.
    pub(super) fn text(&self, name: &str) -> &str {
        self.texts.get(name).map_or("", String::as_str)
    }

    /// What was typed into fields that the chosen template does not have.
    pub(super) fn kept(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let has = |name: &str| self.template.fields().iter().any(|field| field.name == name);
        self.texts
            .iter()
            .filter(move |(name, text)| !has(name) && !text.is_empty())
            .map(|(name, text)| (*name, &**text))
    }

    /// The fields of the chosen template, as the API takes them; those that are empty are `null`.
    pub(super) fn fields(&self) -> Map<String, Value> {
        let value = |name, kind| value_of(self.text(name), kind);
        self.template.fields().iter().map(|field| (field.name.to_owned(), value(field.name, field.kind))).collect()
    }
}

/// A form's note, with everything beside its fields checked.
pub(super) struct Sent {
    template: Template,
    fields: Map<String, Value>,
    category: Category,
    color_scheme: ColorScheme,
    community: Option<CommunityId>,
    pub(super) scheduled_at: Option<Timestamp>,
}

impl Sent {
    /// Reads a form.
    ///
    /// # Errors
    /// 400 that names the field.
    pub(super) fn read(tx: &ReadTransaction, request: &Request) -> Result<Sent> {
        let choices: Choices = request.form()?;
        let typed = Typed::sent(request).ok_or_else(|| Error::invalid("template", "template is required"))?;
        Ok(Sent {
            template: choices.template,
            fields: typed.fields(),
            category: choices.category.unwrap_or(Category::General),
            color_scheme: choices.color_scheme.unwrap_or(ColorScheme::Light),
            community: choices.community.map(|slug| find_community(tx, &slug)).transpose()?,
            scheduled_at: choices.scheduled_at.map(|at| at.0),
        })
    }

    /// The note to post.
    ///
    /// # Errors
    /// 400 that names the field.
    pub(super) fn note(self) -> Result<NewNote> {
        Ok(NewNote {
            template: self.template,
            fields: Fields::parse(self.template, &self.fields, Completeness::Whole)?,
            category: self.category,
            color_scheme: self.color_scheme,
            community: self.community,
            scheduled_at: self.scheduled_at,
        })
    }

    /// The draft to save.
    pub(super) fn draft(self) -> NewDraft {
        NewDraft {
            template: self.template,
            fields: self.fields,
            category: self.category,
            color_scheme: self.color_scheme,
            community: self.community,
            scheduled_at: self.scheduled_at,
        }
    }

    /// What the form makes of a draft. Fields that only the template before had are taken away.
    pub(super) fn draft_change(self, draft: &Draft) -> DraftChange {
        let mut fields: Map<String, Value> = names().map(|name| (name.to_owned(), Value::Null)).collect();
        fields.extend(self.fields);
        let is_same = same_minute(draft.scheduled_at, self.scheduled_at);
        DraftChange {
            template: Some(self.template),
            fields: Some(fields),
            category: Some(self.category),
            color_scheme: Some(self.color_scheme),
            community: Some(self.community),
            scheduled_at: (!is_same).then_some(self.scheduled_at),
        }
    }

    /// What the form makes of a note, whose template and community stay what they are.
    pub(super) fn note_change(self, note: &Note) -> NoteChange {
        let is_new = note.status == Status::Scheduled && !same_minute(note.scheduled_at, self.scheduled_at);
        NoteChange {
            fields: Some(self.fields),
            category: Some(self.category),
            color_scheme: Some(self.color_scheme),
            scheduled_at: self.scheduled_at.filter(|_| is_new),
        }
    }
}

/// The community that a form names, as people write it.
fn find_community(tx: &ReadTransaction, slug: &str) -> Result<CommunityId> {
    communities::get_id(tx, bare_slug(slug)).map_err(|error| match error.code() {
        Code::NotFound => Error::invalid("community", "community must be the short name of one that there is"),
        _ => error,
    })
}

/// A community's slug without what pages write before it.
pub(super) fn bare_slug(typed: &str) -> &str {
    let typed = typed.trim();
    typed.strip_prefix("c/").unwrap_or(typed)
}

/// The names of all fields of all templates.
fn names() -> impl Iterator<Item = &'static str> {
    let mut names: Vec<&str> =
        Template::ALL.iter().flat_map(|template| template.fields()).map(|field| field.name).collect();
    names.sort_unstable();
    names.dedup();
    names.into_iter()
}

/// A field's text as the API takes it: a number where it is written like one, lines as the entries of a list, words as tags.
fn value_of(text: &str, kind: Kind) -> Value {
    let listed = |parts: Vec<&str>| match parts.is_empty() {
        true => Value::Null,
        false => Value::from(parts),
    };
    match kind {
        _ if text.trim().is_empty() => Value::Null,
        Kind::Text(_) | Kind::Url => Value::from(text),
        Kind::Value(_) => match serde_json::from_str::<Number>(text.trim()) {
            // A number is kept as one only where it reads as it was typed: 4.20 is more than 4.2.
            Ok(number) if number.to_string() == text.trim() => Value::Number(number),
            _ => Value::from(text),
        },
        Kind::Items => listed(text.lines().map(str::trim).filter(|line| !line.is_empty()).collect()),
        Kind::Tags => listed(tags_in(text)),
    }
}

fn tags_in(text: &str) -> Vec<&str> {
    let words = text.split(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | '、' | '，'));
    words.filter(|word| !word.trim_matches('#').is_empty()).collect()
}

/// Fields as texts, for a form.
fn texts_of(fields: &Fields) -> BTreeMap<&'static str, String> {
    let text = |name: &str| match name {
        // An entry is a line here, so what was several lines becomes one.
        "items" => Some(fields.items().map(|item| item.replace('\n', " ")).collect::<Vec<_>>().join("\n")),
        "tags" => Some(fields.tags().collect::<Vec<_>>().join(" ")),
        _ => fields.shown(name),
    };
    names().filter_map(|name| Some((name, text(name)?))).collect()
}

/// A time as a form has it, in UTC and without its seconds.
fn for_form(at: Timestamp) -> String {
    at.to_string().chars().take("2026-04-03T14:00".len()).collect()
}

fn same_minute(one: Option<Timestamp>, other: Option<Timestamp>) -> bool {
    let minute = |at: Timestamp| at.0.div_euclid(MINUTE);
    one.map(minute) == other.map(minute)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_text_becomes_what_its_field_holds() {
        for (text, kind, expected) in [
            ("", Kind::Text(9), Value::Null),
            (" \n", Kind::Items, Value::Null),
            ("A title", Kind::Text(9), json!("A title")),
            ("42", Kind::Value(9), json!(42)),
            (" -3.5 ", Kind::Value(9), json!(-3.5)),
            ("4.20", Kind::Value(9), json!("4.20")),
            ("007", Kind::Value(9), json!("007")),
            ("+3%", Kind::Value(9), json!("+3%")),
            ("one\n\n two \nthree\n", Kind::Items, json!(["one", "two", "three"])),
            ("#Slow, reading  日本、x", Kind::Tags, json!(["#Slow", "reading", "日本", "x"])),
            (", # ,", Kind::Tags, Value::Null),
        ] {
            assert_eq!(value_of(text, kind), expected, "{text:?}");
        }
    }

    #[test]
    fn a_time_is_read_with_and_without_a_zone() {
        for (text, expected) in [
            ("2026-04-03T14:00", Some("2026-04-03T14:00")),
            ("2026-04-03T14:00:30", Some("2026-04-03T14:00")),
            ("2026-04-03T14:00:00.000Z", Some("2026-04-03T14:00")),
            ("2026-04-03T16:00:00+02:00", Some("2026-04-03T14:00")),
            ("2026-04-03", None),
            ("tomorrow", None),
            ("", None),
        ] {
            assert_eq!(Moment::parse(text).map(|at| for_form(at.0)).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn fields_are_the_same_after_a_way_through_the_form() {
        for (template, fields) in [
            (Template::Data, json!({"title": "T", "value": 42, "unit": "ms", "delta": "-3%", "tags": ["a", "b"]})),
            (Template::List, json!({"title": "T", "items": ["one", "two"]})),
            (Template::Quote, json!({"quote": "Q\nand more", "author": "A"})),
        ] {
            let fields = Fields::parse(template, fields.as_object().unwrap(), Completeness::Whole).unwrap();
            let mut typed = Typed::blank(template, Category::General, String::new());
            typed.texts = texts_of(&fields);
            assert_eq!(Fields::parse(template, &typed.fields(), Completeness::Whole).unwrap(), fields);
        }
    }
}
