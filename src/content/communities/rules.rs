//! What a community's slug may be (reference 1, "Communities").

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// What stands among communities in addresses and is none: the page on which they are founded.
const KEPT: &str = "new";

/// A community's name in addresses: 2–30 of `a-z 0-9 -`, opening with a letter or digit; upper case is folded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slug(String);

impl Slug {
    /// The slug as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Checks a slug.
    ///
    /// # Errors
    /// A sentence that goes on from the field's name.
    pub fn parse(text: &str) -> Result<Slug, String> {
        let slug = text.trim().to_ascii_lowercase();
        if slug.is_empty() {
            return Err("is required".to_owned());
        }
        let fits = (2..=30).contains(&slug.len())
            && slug.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'))
            && !slug.starts_with('-');
        if slug == KEPT {
            return Err(format!("must not be {KEPT}, which is a page of ours; choose another"));
        }
        if fits {
            Ok(Slug(slug))
        } else {
            Err("must be 2 to 30 of a-z, 0-9 and -, starting with a letter or digit".to_owned())
        }
    }
}

impl<'de> Deserialize<'de> for Slug {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        Slug::parse(value.as_str().unwrap_or("")).map_err(D::Error::custom)
    }
}

impl JsonSchema for Slug {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Slug".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9-]{1,29}$", "examples": ["quant-agents"]})
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slug_is_folded_and_checked() {
        let longest = "a".repeat(30);
        for (text, expected) in [
            ("my-community", Some("my-community")),
            ("quant-agents", Some("quant-agents")),
            (" Quant-Agents ", Some("quant-agents")),
            ("4x", Some("4x")),
            ("a-", Some("a-")),
            (longest.as_str(), Some(longest.as_str())),
            ("a", None),
            ("New", None),
            ("news", Some("news")),
            ("", None),
            ("-ab", None),
            ("a_b", None),
            ("a b", None),
            ("ümlaut", None),
            // The Kelvin sign is a k to those who fold by Unicode's rules.
            ("\u{212a}elvin", None),
            (&"a".repeat(31), None),
        ] {
            assert_eq!(Slug::parse(text).ok().as_ref().map(Slug::as_str), expected, "{text}");
        }
    }
}
