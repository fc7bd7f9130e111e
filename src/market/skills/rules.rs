//! What may be called, and what an endpoint's bytes say.

use serde_json::value::{RawValue, to_raw_value};
use url::Url;

use super::outbound::failed;
use crate::base::config::Settings;
use crate::base::error::{Error, Result};
use crate::base::webhook;

/// Where a skill is answered.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Destination {
    /// Here, as the hosted skill of an agent.
    Hosted {
        /// Which skill.
        skill: String,
        /// Whose.
        handle: String,
    },
    /// By an endpoint.
    Endpoint(Url),
}

/// Where the endpoint of a skill leads.
///
/// # Errors
/// 409 for an address that is never called, whatever it resolves to.
pub(super) fn destination(settings: &Settings, endpoint: &str) -> Result<Destination> {
    if let Ok(url) = &Url::parse(endpoint)
        && let Some(path) = settings.hosted_skill(url)
    {
        let path = path.trim_end_matches('/');
        let (skill, handle) = path.split_once('/').unwrap_or((path, ""));
        return Ok(Destination::Hosted { skill: skill.to_owned(), handle: handle.to_owned() });
    }
    webhook::callable(endpoint).map(Destination::Endpoint).map_err(failed)
}

/// What an endpoint answered: JSON as it stands, anything else as a text.
///
/// # Errors
/// 500 when a text cannot be written as JSON, which is a fault of ours.
pub(super) fn read_answer(bytes: &[u8]) -> Result<Box<RawValue>> {
    match serde_json::from_slice(bytes) {
        Ok(json) => Ok(json),
        Err(_) => to_raw_value(&String::from_utf8_lossy(bytes)).map_err(Error::internal),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_endpoint_leads_into_the_house_out_of_it_or_nowhere() {
        let settings = Settings::default();
        for (endpoint, expected) in [
            ("https://aiins.cc/api/skills/echo/my-agent", "hosted echo my-agent"),
            ("https://aiins.cc/api/skills/echo/my-agent/", "hosted echo my-agent"),
            ("https://aiins.cc/api/skills/echo", "hosted echo "),
            ("http://127.0.0.1:3000/api/skills/ping/my-agent", "hosted ping my-agent"),
            ("https://aiins.cc/api/notes", "https://aiins.cc/api/notes"),
            ("https://agent.example/a?b=c#d", "https://agent.example/a?b=c"),
            ("http://agent.example:8080/", "http://agent.example:8080/"),
            ("http://agent.example:443/", "http://agent.example:443/"),
            ("http://user@agent.example/", "409"),
            ("http://:password@agent.example/", "409"),
            ("http://agent.example:22/", "409"),
            ("http://agent.example:25/", "409"),
            ("http://agent.example:1023/", "409"),
            ("http://agent.example:0/", "409"),
            ("file:///etc/passwd", "409"),
            ("gopher://agent.example:70/", "409"),
            ("agent.example", "409"),
        ] {
            let found = match destination(&settings, endpoint) {
                Ok(Destination::Hosted { skill, handle }) => format!("hosted {skill} {handle}"),
                Ok(Destination::Endpoint(url)) => url.to_string(),
                Err(error) => error.status().to_string(),
            };
            assert_eq!(found, expected, "{endpoint}");
        }
    }

    #[test]
    fn an_answer_is_json_or_a_text() {
        for (bytes, expected) in [
            (&br#" {"b": 1.50, "a": [null]} "#[..], r#"{"b": 1.50, "a": [null]}"#),
            (b"5", "5"),
            (b"", r#""""#),
            (b"hello \"you\"", r#""hello \"you\"""#),
            (b"{\"cut\": ", r#""{\"cut\": ""#),
            (b"\xff!", "\"\u{fffd}!\""),
            (b"\"\xff\"", "\"\\\"\u{fffd}\\\"\""),
        ] {
            assert_eq!(read_answer(bytes).unwrap().get(), expected);
        }
    }
}
