//! Input: JSON bodies and queries read into types whose fields check themselves.
//!
//! A type such as [`Text`] holds only what it allows, says in a refusal what that is, and describes it as a JSON schema.
//! So a limit stands in one place: in the type of the field.

mod types;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;
use serde_json::{Map, Value};

pub use self::types::{Int, QueryFlag, QueryInt, Text, WebUrl, has_control_characters, is_hidden};
use super::error::{Code, Error, Result};

/// Stands between a refusal's sentence and the values it would have allowed, on their way through serde.
const SEPARATOR: char = '\u{1f}';

/// Reads a JSON object.
///
/// # Errors
/// 400 `invalid_request` that names the field.
pub fn from_json<T: DeserializeOwned>(body: &[u8]) -> Result<T> {
    // Keys that nobody reads are skipped unread, so the whole body is checked here.
    let Err(not_utf8) = std::str::from_utf8(body) else { return from_utf8_json(body) };
    let place = not_utf8.valid_up_to() + 1;
    Err(Error::new(Code::InvalidRequest, format!("The body is not UTF-8 (byte {place})")))
}

fn from_utf8_json<T: DeserializeOwned>(body: &[u8]) -> Result<T> {
    let body = if body.trim_ascii().is_empty() { b"{}" } else { body };
    if body.trim_ascii_start().first() != Some(&b'{') {
        return Err(match serde_json::from_slice::<serde::de::IgnoredAny>(body) {
            Ok(_) => Error::new(Code::InvalidRequest, "The body must be a JSON object"),
            Err(error) => malformed(&error),
        });
    }
    serde_json::from_slice(body).or_else(|_| explain_json(body))
}

/// Reads JSON of any kind and keeps it as it was sent, for what is passed on to others. Nothing counts as `{}`.
///
/// # Errors
/// 400 `invalid_request` for what is no JSON, or is nested deeper than the parsers of others may stand.
pub fn any_json(body: &[u8]) -> Result<Box<RawValue>> {
    let body = if body.trim_ascii().is_empty() { b"{}" } else { body };
    // Reading it into values stops at 128 levels; passing it on unread would not.
    serde_json::from_slice::<Value>(body).map_err(|error| malformed(&error))?;
    serde_json::from_slice(body).map_err(|error| malformed(&error))
}

/// Reads the body a second time, keeping track of where it is; only refusals pay for that.
fn explain_json<T: DeserializeOwned>(body: &[u8]) -> Result<T> {
    let deserializer = &mut serde_json::Deserializer::from_slice(body);
    serde_path_to_error::deserialize(deserializer)
        .map_err(|error| {
            let path = error.path().to_string();
            let inner = error.into_inner();
            if inner.is_data() { refusal(&path, &inner.to_string()) } else { malformed(&inner) }
        })
        .and_then(|value| match serde_json::from_slice::<serde::de::IgnoredAny>(body) {
            Ok(_) => Ok(value),
            Err(error) => Err(malformed(&error)),
        })
}

fn malformed(error: &serde_json::Error) -> Error {
    Error::new(
        Code::InvalidRequest,
        format!("The body is not valid JSON (line {}, column {})", error.line(), error.column()),
    )
}

/// Reads a query string. A parameter that is empty counts as absent; the first of several counts.
///
/// # Errors
/// 400 `invalid_request` that names the parameter.
pub fn from_query<T: DeserializeOwned>(query: &str) -> Result<T> {
    let mut object = Map::new();
    for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
        if !value.is_empty() && !object.contains_key(name.as_ref()) {
            object.insert(name.into_owned(), Value::String(lines(&value)));
        }
    }
    serde_path_to_error::deserialize(Value::Object(object)).map_err(|error| {
        let path = error.path().to_string();
        refusal(&path, &error.into_inner().to_string())
    })
}

/// A text of a form, in which browsers end every line as the mail of old did.
#[must_use]
pub fn lines(sent: &str) -> String {
    sent.replace("\r\n", "\n")
}

/// Turns serde's word for what is wrong into an error that names the field and what is allowed.
fn refusal(path: &str, message: &str) -> Error {
    let message = message.rsplit_once(" at line ").map_or(message, |(message, _)| message);
    if let Some(field) = quoted_after(message, "missing field ") {
        let field = if path == "." || path.is_empty() { field } else { format!("{path}.{field}") };
        return Error::invalid(field.clone(), format!("{field} is required"));
    }
    if let Some(field) = quoted_after(message, "duplicate field ") {
        return Error::invalid(field.clone(), format!("{field} stands twice"));
    }
    let (message, allowed) = message.split_once(SEPARATOR).unwrap_or((message, ""));
    let message = if message.starts_with("invalid type") { "has the wrong type" } else { message };
    let error = if path == "." || path.is_empty() {
        Error::new(Code::InvalidRequest, message.to_owned())
    } else {
        Error::invalid(path.to_owned(), format!("{path} {message}"))
    };
    if allowed.is_empty() { error } else { error.allowed(allowed.split(SEPARATOR).map(str::to_owned)) }
}

fn quoted_after(message: &str, words: &str) -> Option<String> {
    Some(message.strip_prefix(words)?.split('`').nth(1)?.to_owned())
}

/// A refusal that lists what would have been accepted, for a `Deserialize` of a closed set of words.
pub fn one_of<E: serde::de::Error>(allowed: &[&str]) -> E {
    let mut message = format!("must be one of {}", allowed.join(", "));
    for word in allowed {
        message.push(SEPARATOR);
        message.push_str(word);
    }
    E::custom(message)
}

/// Tells apart a field that was left out (`None`) from one that was sent, `null` included (`Some(None)`).
///
/// # Errors
/// Those of the value.
pub fn sent<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Option<Option<T>>, D::Error> {
    Option::<T>::deserialize(deserializer).map(Some)
}

#[allow(unreachable_pub)]
#[cfg(test)]
mod tests {
    use super::*;

    crate::words! {
        /// A colour.
        pub(super) enum Colour {
            /// Red.
            Red = "red",
            /// Blue.
            Blue = "blue",
        }
    }

    #[derive(Debug, Deserialize)]
    struct Body {
        title: Text<3, 10>,
        amount: Option<Int<1, 5>>,
        colour: Option<Colour>,
        link: Option<WebUrl<40>>,
        #[serde(default)]
        parts: Vec<Part>,
    }

    #[derive(Debug, Deserialize)]
    struct Part {
        name: Text<1, 5>,
    }

    #[test]
    fn a_body_is_read_and_trimmed() {
        let body: Body =
            from_json(br#"{"title": " hello ", "amount": 5, "colour": "blue", "unknown": 1, "link": "https://a.b/c", "parts": [{"name": "x"}]}"#).unwrap();
        assert_eq!(&*body.title, "hello");
        assert_eq!(body.amount.unwrap().get(), 5);
        assert_eq!(body.colour, Some(Colour::Blue));
        assert_eq!(&*body.link.unwrap(), "https://a.b/c");
        assert_eq!(&*body.parts[0].name, "x");
    }

    #[test]
    fn every_refusal_names_its_field_and_what_is_allowed() {
        for (body, field, message) in [
            (r"{}", Some("title"), "title is required"),
            (r"", Some("title"), "title is required"),
            (r#"{"title": null}"#, Some("title"), "title is required"),
            (r#"{"title": "  "}"#, Some("title"), "title is required"),
            (r#"{"title": "\u200b\u202e\ufeff\u3164"}"#, Some("title"), "title is required"),
            (r#"{"title": "ab"}"#, Some("title"), "title must be a text of 3 to 10 characters"),
            (r#"{"title": 5}"#, Some("title"), "title must be a text of 3 to 10 characters"),
            (
                r#"{"title": "abc\u0000"}"#,
                Some("title"),
                "title must not contain control characters other than newline and tab",
            ),
            (r#"{"title": "abc", "amount": 6}"#, Some("amount"), "amount must be a whole number from 1 to 5"),
            (r#"{"title": "abc", "amount": 1.5}"#, Some("amount"), "amount must be a whole number from 1 to 5"),
            (r#"{"title": "abc", "amount": "5"}"#, Some("amount"), "amount must be a whole number from 1 to 5"),
            (r#"{"title": "abc", "amount": true}"#, Some("amount"), "amount must be a whole number from 1 to 5"),
            (r#"{"title": "abc", "amount": 1e309}"#, None, "The body is not valid JSON (line 1, column 32)"),
            (
                r#"{"title": "abc", "amount": 9223372036854775808}"#,
                Some("amount"),
                "amount must be a whole number from 1 to 5",
            ),
            (r#"{"title": "abc", "colour": "pink"}"#, Some("colour"), "colour must be one of red, blue"),
            (
                r#"{"title": "abc", "link": "javascript:alert(1)"}"#,
                Some("link"),
                "link must be an absolute http or https URL of at most 40 characters",
            ),
            (r#"{"title": "abc", "parts": [{"name": ""}]}"#, Some("parts[0].name"), "parts[0].name is required"),
            (r#"{"title": "abc", "parts": [{}]}"#, Some("parts[0].name"), "parts[0].name is required"),
            (r#"{"title": "abc", "parts": "x"}"#, Some("parts"), "parts has the wrong type"),
            (r#"{"title": "abc", "title": "abc"}"#, Some("title"), "title stands twice"),
            (r#"["abc"]"#, None, "The body must be a JSON object"),
            (r"{", None, "The body is not valid JSON (line 1, column 1)"),
            (r#"{"title": "abc"} x"#, None, "The body is not valid JSON (line 1, column 18)"),
            (r"hello", None, "The body is not valid JSON (line 1, column 1)"),
        ] {
            let error = from_json::<Body>(body.as_bytes()).unwrap_err();
            assert_eq!((error.message(), error.details().field.as_deref()), (message, field), "{body}");
        }
        let error = from_json::<Body>(br#"{"title": "abc", "colour": "pink"}"#).unwrap_err();
        assert_eq!(error.details().allowed, Colour::ALL.iter().map(|colour| colour.as_str()).collect::<Vec<_>>());
    }

    #[derive(Debug, Deserialize)]
    struct Query {
        page: Option<QueryInt<1, 100>>,
        peek: Option<QueryFlag>,
    }

    #[test]
    fn a_query_is_read_and_refused_by_name() {
        let query: Query = from_query("page=7&peek=true&page=8&else=1").unwrap();
        assert_eq!((query.page.unwrap().get(), query.peek), (7, Some(QueryFlag(true))));
        assert!(from_query::<Query>("page=&peek=").unwrap().page.is_none());
        for bad in ["page=0", "page=-1", "page=1.5", "page=x", "page=99999999999999999999", "peek=maybe"] {
            let error = from_query::<Query>(bad).unwrap_err();
            assert_eq!(error.details().field.as_deref(), bad.split('=').next(), "{bad}");
        }
    }

    #[test]
    fn any_json_is_kept_as_it_was_sent() {
        for (body, kept) in [
            ("", Some("{}")),
            (" [1.50, 18446744073709551616]\n", Some("[1.50, 18446744073709551616]")),
            (r#"{"b": 1, "a": "\u00e4"}"#, Some(r#"{"b": 1, "a": "\u00e4"}"#)),
            ("null", Some("null")),
            ("{", None),
            ("{} {}", None),
            ("hello", None),
        ] {
            assert_eq!(any_json(body.as_bytes()).ok().as_deref().map(RawValue::get), kept, "{body}");
        }
        assert!(any_json(b"\"\xff\"").is_err());
        assert!(any_json(format!("{}{}", "[".repeat(1_000), "]".repeat(1_000)).as_bytes()).is_err());
    }

    #[test]
    fn a_body_is_utf_8_also_where_nobody_reads_it() {
        let error = from_json::<Body>(b"{\"title\": \"hello\", \"unknown\": \"\xff\"}").unwrap_err();
        assert_eq!(error.message(), "The body is not UTF-8 (byte 32)");
    }

    #[test]
    fn deep_nesting_is_a_refusal() {
        let body = format!("{{\"title\": {}1{}}}", "[".repeat(10_000), "]".repeat(10_000));
        assert_eq!(from_json::<Body>(body.as_bytes()).unwrap_err().code(), Code::InvalidRequest);
    }
}
