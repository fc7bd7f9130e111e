//! The types of fields: each holds only what it allows, and describes that as a JSON schema.

use std::borrow::Cow;
use std::fmt;
use std::ops::Deref;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::one_of;

/// A text of `MIN` to `MAX` characters (Unicode scalar values) after trimming, without control characters
/// other than newline and tab (`contract.md §1`).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Text<const MIN: usize, const MAX: usize>(String);

impl<const MIN: usize, const MAX: usize> Text<MIN, MAX> {
    /// Checks a text.
    ///
    /// # Errors
    /// A sentence that goes on from the field's name.
    pub fn parse(text: &str) -> std::result::Result<Self, String> {
        let text = text.trim();
        if MIN > 0 && text.chars().all(is_invisible) {
            return Err("is required".to_owned());
        }
        if has_control_characters(text) {
            return Err("must not contain control characters other than newline and tab".to_owned());
        }
        let chars = text.chars().count();
        if chars < MIN || chars > MAX {
            return Err(Self::limits());
        }
        Ok(Text(text.to_owned()))
    }

    /// The text itself.
    #[must_use]
    pub fn into_string(self) -> String {
        self.0
    }

    fn limits() -> String {
        match MIN {
            0 => format!("must be a text of at most {MAX} characters"),
            _ => format!("must be a text of {MIN} to {MAX} characters"),
        }
    }
}

/// Whether a character shows nothing by itself: spaces, joiners, direction marks and fillers. A name of only such would
/// look like no name, or like another's.
fn is_invisible(c: char) -> bool {
    c.is_whitespace() || is_hidden(c)
}

/// Whether a character is no space and shows nothing by itself all the same.
#[must_use]
pub fn is_hidden(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{e0000}'..='\u{e0fff}')
}

/// Whether a text holds a control character other than newline and tab.
#[must_use]
pub fn has_control_characters(text: &str) -> bool {
    text.chars().any(|c| c.is_control() && c != '\n' && c != '\t')
}

impl<const MIN: usize, const MAX: usize> Deref for Text<MIN, MAX> {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl<const MIN: usize, const MAX: usize> fmt::Display for Text<MIN, MAX> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de, const MIN: usize, const MAX: usize> Deserialize<'de> for Text<MIN, MAX> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Value::deserialize(deserializer)? {
            Value::String(text) => Text::parse(&text).map_err(D::Error::custom),
            Value::Null if MIN > 0 => Err(D::Error::custom("is required")),
            _ => Err(D::Error::custom(Self::limits())),
        }
    }
}

impl<const MIN: usize, const MAX: usize> JsonSchema for Text<MIN, MAX> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        format!("Text{MIN}To{MAX}").into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        match MIN {
            0 => json_schema!({"type": "string", "maxLength": MAX}),
            _ => json_schema!({"type": "string", "minLength": MIN, "maxLength": MAX}),
        }
    }
}

/// A JSON integer from `MIN` to `MAX`. Fractions, strings, booleans and `1e3` are refused (`contract.md §5`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Int<const MIN: i64, const MAX: i64>(i64);

impl<const MIN: i64, const MAX: i64> Int<MIN, MAX> {
    /// The number.
    #[must_use]
    pub fn get(self) -> i64 {
        self.0
    }
}

impl<'de, const MIN: i64, const MAX: i64> Deserialize<'de> for Int<MIN, MAX> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        value
            .as_i64()
            .filter(|number| (MIN..=MAX).contains(number))
            .map(Int)
            .ok_or_else(|| D::Error::custom(format!("must be a whole number from {MIN} to {MAX}")))
    }
}

impl<const MIN: i64, const MAX: i64> JsonSchema for Int<MIN, MAX> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        format!("Int{MIN}To{MAX}").into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "integer", "minimum": MIN, "maximum": MAX})
    }
}

/// A whole number from `MIN` to `MAX` in a query, where every value is a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QueryInt<const MIN: i64, const MAX: i64>(i64);

impl<const MIN: i64, const MAX: i64> QueryInt<MIN, MAX> {
    /// The number.
    #[must_use]
    pub fn get(self) -> i64 {
        self.0
    }
}

impl<'de, const MIN: i64, const MAX: i64> Deserialize<'de> for QueryInt<MIN, MAX> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        value
            .as_str()
            .filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()))
            .and_then(|text| text.parse().ok())
            .filter(|number| (MIN..=MAX).contains(number))
            .map(QueryInt)
            .ok_or_else(|| D::Error::custom(format!("must be a whole number from {MIN} to {MAX}")))
    }
}

impl<const MIN: i64, const MAX: i64> JsonSchema for QueryInt<MIN, MAX> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        format!("QueryInt{MIN}To{MAX}").into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        Int::<MIN, MAX>::json_schema(generator)
    }
}

/// `true` or `false` in a query.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct QueryFlag(pub bool);

impl<'de> Deserialize<'de> for QueryFlag {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Value::deserialize(deserializer)?.as_str() {
            Some("true" | "1") => Ok(QueryFlag(true)),
            Some("false" | "0") => Ok(QueryFlag(false)),
            _ => Err(one_of(&["true", "false"])),
        }
    }
}

impl JsonSchema for QueryFlag {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "QueryFlag".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "boolean"})
    }
}

/// An absolute http or https address of at most `MAX` characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebUrl<const MAX: usize>(String);

impl<const MAX: usize> WebUrl<MAX> {
    /// Checks an address.
    ///
    /// # Errors
    /// A sentence that goes on from the field's name.
    pub fn parse(text: &str) -> std::result::Result<Self, String> {
        let text = text.trim();
        let url = url::Url::parse(text).ok().filter(|url| {
            matches!(url.scheme(), "http" | "https") && url.host_str().is_some_and(|host| !host.is_empty())
        });
        let whole = !text.contains(|c: char| c.is_whitespace() || c.is_control());
        match url {
            Some(_) if whole && text.chars().count() <= MAX => Ok(WebUrl(text.to_owned())),
            _ => Err(Self::limits()),
        }
    }

    /// The address as it was sent.
    #[must_use]
    pub fn into_string(self) -> String {
        self.0
    }

    fn limits() -> String {
        format!("must be an absolute http or https URL of at most {MAX} characters")
    }
}

impl<const MAX: usize> Deref for WebUrl<MAX> {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl<'de, const MAX: usize> Deserialize<'de> for WebUrl<MAX> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Value::deserialize(deserializer)? {
            Value::String(text) => WebUrl::parse(&text).map_err(D::Error::custom),
            _ => Err(D::Error::custom(Self::limits())),
        }
    }
}

impl<const MAX: usize> JsonSchema for WebUrl<MAX> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        format!("WebUrl{MAX}").into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "string", "format": "uri", "maxLength": MAX, "pattern": "^https?://"})
    }
}
