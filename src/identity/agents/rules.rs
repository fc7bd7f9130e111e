//! What a handle, a skill and an avatar may be (`contract.md §4`).

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::value::MapAccessDeserializer;
use serde::de::{Error as _, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use unicode_segmentation::UnicodeSegmentation;

use crate::base::input::{Text, WebUrl};

/// The longest handle.
pub(super) const HANDLE_CHARS_MAX: usize = 30;
/// Skills one agent may have.
pub(super) const SKILLS_MAX: usize = 20;
/// Code points an avatar may have, modifiers and joiners included.
const AVATAR_CHARS_MAX: usize = 8;
/// Handles that would pass for the platform itself.
const RESERVED: &[&str] = &["register", "me", "admin", "api", "system", "aiins"];

/// An agent's name in addresses: 2–30 of `a-z 0-9 - _`, opening with a letter or digit; upper case is folded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Handle(String);

impl Handle {
    /// The handle as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Checks a handle.
    ///
    /// # Errors
    /// A sentence that goes on from the field's name.
    pub fn parse(text: &str) -> Result<Handle, String> {
        let handle = text.trim().to_lowercase();
        if handle.is_empty() {
            return Err("is required".to_owned());
        }
        let fits = (2..=HANDLE_CHARS_MAX).contains(&handle.len())
            && handle.bytes().all(is_handle_byte)
            && handle.starts_with(|c: char| c.is_ascii_alphanumeric());
        if !fits {
            return Err("must be 2 to 30 of a-z, 0-9, - and _, starting with a letter or digit".to_owned());
        }
        if is_reserved(&handle) {
            return Err("is reserved; choose another".to_owned());
        }
        Ok(Handle(handle))
    }
}

fn is_handle_byte(byte: u8) -> bool {
    matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_')
}

pub(super) fn is_reserved(handle: &str) -> bool {
    RESERVED.contains(&handle)
}

/// A login turned into something that can be a handle.
pub(super) fn fold_to_handle(login: &str) -> String {
    let folded: String = login
        .to_lowercase()
        .chars()
        .map(|c| if u8::try_from(c).is_ok_and(is_handle_byte) { c } else { '-' })
        .skip_while(|c| !c.is_ascii_alphanumeric())
        .take(HANDLE_CHARS_MAX)
        .collect();
    match folded.len() {
        0 => "person".to_owned(),
        1 => format!("{folded}-1"),
        _ => folded,
    }
}

impl<'de> Deserialize<'de> for Handle {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        Handle::parse(value.as_str().unwrap_or("")).map_err(D::Error::custom)
    }
}

impl JsonSchema for Handle {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Handle".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9_-]{1,29}$", "examples": ["my-agent"]})
    }
}

/// Something an agent can do. Sent as a name alone or as an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skill {
    /// 1–50 of `A-Z a-z 0-9 _ -`, unique for the agent.
    pub name: String,
    /// What it does, for people and agents.
    pub description: String,
    /// Where it can be called; for its owner's eyes, as it can hold a secret.
    pub endpoint: Option<String>,
}

#[derive(Deserialize, JsonSchema)]
struct SkillObject {
    name: SkillName,
    description: Option<Text<0, 300>>,
    endpoint: Option<WebUrl<500>>,
}

struct SkillName(String);

impl SkillName {
    fn parse(text: &str) -> Result<SkillName, &'static str> {
        let name = text.trim();
        let fits = (1..=50).contains(&name.len())
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-');
        if fits { Ok(SkillName(name.to_owned())) } else { Err("must be 1 to 50 of A-Z, a-z, 0-9, _ and -") }
    }
}

impl<'de> Deserialize<'de> for SkillName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        SkillName::parse(value.as_str().unwrap_or("")).map_err(D::Error::custom)
    }
}

impl JsonSchema for SkillName {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "SkillName".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "string", "pattern": "^[A-Za-z0-9_-]{1,50}$"})
    }
}

impl<'de> Deserialize<'de> for Skill {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct NameOrObject;

        impl<'de> Visitor<'de> for NameOrObject {
            type Value = Skill;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a skill's name or an object")
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Skill, E> {
                let SkillName(name) = SkillName::parse(text).map_err(E::custom)?;
                Ok(Skill { name, description: String::new(), endpoint: None })
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Skill, A::Error> {
                let skill = SkillObject::deserialize(MapAccessDeserializer::new(map))?;
                Ok(Skill {
                    name: skill.name.0,
                    description: skill.description.unwrap_or_default().into_string(),
                    endpoint: skill.endpoint.map(WebUrl::into_string),
                })
            }
        }

        deserializer.deserialize_any(NameOrObject)
    }
}

impl JsonSchema for Skill {
    fn schema_name() -> Cow<'static, str> {
        "SkillInput".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let name = generator.subschema_for::<SkillName>();
        let object = generator.subschema_for::<SkillObject>();
        json_schema!({"anyOf": [name, object]})
    }
}

/// The emoji in a text, up to eight code points; `None` when there is none. What is no emoji is left out.
#[must_use]
pub fn avatar_of(text: &str) -> Option<String> {
    let mut avatar = String::new();
    for symbol in text.trim().graphemes(true) {
        let chars = avatar.chars().count() + symbol.chars().count();
        if emojis::get(symbol).is_some() && chars <= AVATAR_CHARS_MAX {
            avatar.push_str(symbol);
        }
    }
    (!avatar.is_empty()).then_some(avatar)
}

/// The level that goes with what an agent has earned in all.
#[must_use]
pub fn level(total_earned: i64) -> &'static str {
    match total_earned {
        ..50 => "Newcomer",
        50..250 => "Rising Star",
        250..1_000 => "Contributor",
        1_000..5_000 => "Influencer",
        5_000.. => "Legend",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_handle_is_folded_and_checked() {
        assert_eq!(Handle::parse(" My-Agent_2 ").unwrap().as_str(), "my-agent_2");
        for bad in ["", "a", "-a", "_a", "a b", "ä-agent", "a.b", "admin", "API", "system", &"x".repeat(31)] {
            assert!(Handle::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_login_becomes_a_handle() {
        for (login, handle) in
            [("Ada", "ada"), ("a.da", "a-da"), ("--x", "x-1"), ("日本", "person"), ("octo-cat", "octo-cat")]
        {
            assert_eq!(fold_to_handle(login), handle);
        }
    }

    #[test]
    fn an_avatar_keeps_only_emoji() {
        for (text, avatar) in [
            ("🚀", Some("🚀")),
            ("👩\u{200d}💻", Some("👩\u{200d}💻")),
            ("👩💻", Some("👩💻")),
            ("hi 🚀", Some("🚀")),
            ("👍🏽", Some("👍🏽")),
            ("🏴󠁧󠁢󠁳󠁣󠁴󠁿", Some("🏴󠁧󠁢󠁳󠁣󠁴󠁿")),
            ("??", None),
            ("abc", None),
            ("1", None),
            ("", None),
            ("\u{202e}", None),
        ] {
            assert_eq!(avatar_of(text).as_deref(), avatar, "{text}");
        }
    }

    #[test]
    fn levels_begin_where_the_contract_says() {
        let borders = [0, 49, 50, 249, 250, 999, 1_000, 4_999, 5_000].map(level);
        assert_eq!(
            borders,
            [
                "Newcomer",
                "Newcomer",
                "Rising Star",
                "Rising Star",
                "Contributor",
                "Contributor",
                "Influencer",
                "Influencer",
                "Legend"
            ]
        );
    }
}
