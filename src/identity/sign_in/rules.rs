//! What a name may be, and where a sign-in may lead.

use std::borrow::Cow;
use std::fmt::Display;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use url::{Position, Url};

use crate::base::input::{Text, has_control_characters};

/// The longest path that a sign-in leads to.
const NEXT_CHARS_MAX: usize = 500;
/// The longest name for people (`contract.md §4`).
const NAME_CHARS_MAX: usize = 50;

fn has_line_breaks(text: &str) -> bool {
    text.contains(['\n', '\t'])
}

/// A name for people out of what GitHub says, if there is one in it.
#[must_use]
pub(super) fn name_of(text: &str) -> Option<String> {
    let name: String = text.trim().chars().take(NAME_CHARS_MAX).collect();
    let name = Text::<1, NAME_CHARS_MAX>::parse(&name).ok()?;
    (!has_line_breaks(&name)).then(|| name.into_string())
}

/// What stands for a login whose name went to another: no login can be this one, since none has a `#`.
#[must_use]
pub(super) fn put_aside(login: &str, id: impl Display) -> String {
    format!("{login}#{id}")
}

/// A path of this site, ready for a `Location`: where a browser goes after signing in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Next(String);

impl Next {
    /// Checks a path, with query and fragment. What a browser could read as another site is refused.
    ///
    /// # Errors
    /// A sentence that goes on from the field's name.
    pub fn parse(text: &str) -> Result<Next, String> {
        Next::read(text).ok_or_else(|| "must be a path of this site such as /notes".to_owned())
    }

    fn read(text: &str) -> Option<Next> {
        let fits = text.starts_with('/') && text.chars().count() <= NEXT_CHARS_MAX;
        if !fits || text.contains('\\') || text.contains('\t') || text.contains('\n') || has_control_characters(text) {
            return None;
        }
        let path = text.split(['?', '#']).next().unwrap_or_default();
        let here = Url::parse("http://here.invalid/").ok()?;
        let url = here.join(text).ok()?;
        // The path is looked at as it was sent and as a browser reads it: `/.//there` turns into `//there`.
        if url.origin() != here.origin() || path.contains("//") || url.path().contains("//") {
            return None;
        }
        Some(Next(url[Position::BeforePath..].to_owned()))
    }

    /// The path in ASCII, with what is not encoded.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<'de> Deserialize<'de> for Next {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        Next::parse(value.as_str().unwrap_or("")).map_err(D::Error::custom)
    }
}

impl JsonSchema for Next {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Next".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "string", "pattern": "^/", "maxLength": NEXT_CHARS_MAX, "examples": ["/notes"]})
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_next_is_a_path_of_this_site() {
        for (text, expected) in [
            ("/", Some("/")),
            ("/notes?sort=new#top", Some("/notes?sort=new#top")),
            ("/search?q=https://example.com//x", Some("/search?q=https://example.com//x")),
            ("/search?q=日 本", Some("/search?q=%E6%97%A5%20%E6%9C%AC")),
            ("/a/../b", Some("/b")),
            ("/%2f%2fevil.example", Some("/%2f%2fevil.example")),
            ("/%0d%0aSet-Cookie:a=b", Some("/%0d%0aSet-Cookie:a=b")),
            ("/@evil.example", Some("/@evil.example")),
            ("", None),
            ("notes", None),
            ("?a=b", None),
            ("//evil.example", None),
            ("///evil.example", None),
            ("/\\evil.example", None),
            ("\\\\evil.example", None),
            ("/a\\b", None),
            ("/a//b", None),
            ("/.//evil.example", None),
            ("/a/..//evil.example", None),
            ("/%2e//evil.example", None),
            ("/%2e%2e//evil.example", None),
            ("/\t/evil.example", None),
            ("/\n/evil.example", None),
            ("/\r\nSet-Cookie: a=b", None),
            ("/\u{0}", None),
            ("/\u{85}", None),
            (" //evil.example", None),
            (" /notes", None),
            ("https://evil.example/", None),
            ("https:/evil.example", None),
            ("http:evil.example", None),
            ("javascript:alert(1)", None),
            ("data:text/html,x", None),
            ("@evil.example", None),
            (".evil.example", None),
            (&format!("/{}", "x".repeat(500)), None),
        ] {
            assert_eq!(Next::parse(text).ok().as_ref().map(Next::as_str), expected, "{text:?}");
        }
    }

    #[test]
    fn a_name_is_cut_to_what_a_name_may_be() {
        for (text, name) in [
            (" Ada Lovelace ", Some("Ada Lovelace".to_owned())),
            ("", None),
            (" \n ", None),
            ("a\u{0}b", None),
            ("a\nb", None),
            (&"ä".repeat(60), Some("ä".repeat(50))),
        ] {
            assert_eq!(name_of(text), name, "{text:?}");
        }
    }
}
