//! Notes in lists, as JSON: what everyone sees of one is written once for all lists, and what a viewer may do is added.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

use super::api::NoteJson;
use super::{Note, Shown};
use crate::base::error::{Error, Result};
use crate::http::Viewer;

/// A note among others, as the JSON of a [`NoteJson`].
pub struct ListedNote(String);

impl ListedNote {
    /// The note for a viewer, with what they may do with it now.
    ///
    /// # Errors
    /// As [`NoteJson::of`].
    pub fn of(note: &Note, viewer: &Viewer) -> Result<ListedNote> {
        /// About what a handful of actions takes.
        const ACTIONS_BYTES: usize = 640;
        let json = if viewer.id() == Some(note.author.id) {
            Cow::Owned(to_json(&NoteJson::shown(note, viewer.id(), None)?)?)
        } else {
            Cow::Borrowed(public_json(note)?)
        };
        let mut text = String::with_capacity(json.len() + ACTIONS_BYTES);
        text.push_str(&json);
        text.pop();
        text.push_str(r#","allowedActions":"#);
        viewer.write_allowed_actions(note, &mut text)?;
        text.push('}');
        Ok(ListedNote(text))
    }

    /// The notes of a list, for a viewer.
    ///
    /// # Errors
    /// As [`NoteJson::of`].
    pub fn all(notes: &[Note], viewer: &Viewer) -> Result<Vec<ListedNote>> {
        notes.iter().map(|note| ListedNote::of(note, viewer)).collect()
    }

    /// The note with a member of its list behind its own.
    ///
    /// # Errors
    /// 500 when the value cannot be written as JSON, which is a fault of ours.
    pub fn with(mut self, name: &str, value: &impl Serialize) -> Result<ListedNote> {
        self.0.pop();
        self.0.extend([",", &to_json(&name)?, ":", &to_json(value)?, "}"]);
        Ok(self)
    }
}

impl AsRef<str> for ListedNote {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

/// For lists that are a part of something else. A list by itself is written as it is, by [`crate::http::Response::list`].
impl Serialize for ListedNote {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        serde_json::from_str::<&RawValue>(&self.0).map_err(serde::ser::Error::custom)?.serialize(serializer)
    }
}

impl JsonSchema for ListedNote {
    fn schema_name() -> Cow<'static, str> {
        NoteJson::schema_name()
    }

    fn schema_id() -> Cow<'static, str> {
        NoteJson::schema_id()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        NoteJson::json_schema(generator)
    }
}

/// What everyone sees of a note.
fn public_json(note: &Shown) -> Result<&str> {
    match note.json.get() {
        Some(text) => Ok(text),
        None => to_json(&NoteJson::shown(note, None, None)?).map(|text| &**note.json.get_or_init(|| text.into())),
    }
}

fn to_json(value: &impl Serialize) -> Result<String> {
    serde_json::to_string(value).map_err(Error::internal)
}
