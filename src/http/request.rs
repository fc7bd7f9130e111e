//! Requests as handlers see them: a parsed head, a whole body, and typed readers for query and JSON.

use std::net::IpAddr;
use std::sync::OnceLock;

use serde::de::DeserializeOwned;
pub use tiny_http::Method;

use super::head;
use crate::base::error::{Error, Result};
use crate::base::ids::AgentId;
use crate::base::input;

/// The head of a request: everything before the body.
#[derive(Debug)]
pub struct Head {
    /// The method.
    pub method: Method,
    /// The path as it was sent, still percent-encoded, without the query.
    pub path: String,
    /// What stood behind the `?`, still encoded; empty when there was none.
    pub query: String,
    /// The headers in the order they came.
    pub headers: Headers,
    /// The address the connection comes from.
    pub peer: IpAddr,
}

impl Head {
    /// Reads a whole head, down to its blank line.
    ///
    /// # Errors
    /// Those of the HTTP layer: 400, 431, 501 and 505.
    pub fn parse(bytes: &[u8], peer: IpAddr) -> Result<Head> {
        head::parse(bytes, peer).map(|(head, _)| head)
    }
}

/// One request, head and body.
#[derive(Debug)]
pub struct Request {
    /// The head.
    pub head: Head,
    /// The body; empty when there was none.
    pub body: Vec<u8>,
    /// Who sent it, once that is known.
    caller: OnceLock<AgentId>,
}

/// Header lines. Names are compared without regard to case.
///
/// All lines of a head stand in one text, so that a request costs two allocations and not two for each line.
#[derive(Debug, Default)]
pub struct Headers {
    /// Name, value, name, value, with nothing between them.
    text: String,
    /// Where each name and each value ends.
    ends: Vec<(u32, u32)>,
}

impl Headers {
    /// Headers from name and value pairs in the order they came.
    #[must_use]
    pub fn new(lines: impl IntoIterator<Item = (String, String)>) -> Headers {
        let lines: Vec<_> = lines.into_iter().collect();
        Headers::collect(lines.iter().map(|(name, value)| (name.as_str(), value.as_bytes())))
    }

    /// Headers as they stand in a head. A value that is not UTF-8 is read as Latin-1, the older meaning of such bytes.
    pub(super) fn collect<'a>(lines: impl Iterator<Item = (&'a str, &'a [u8])> + Clone) -> Headers {
        let (count, bytes) =
            lines.clone().fold((0, 0), |(count, bytes), (name, value)| (count + 1, bytes + name.len() + value.len()));
        let mut headers = Headers { text: String::with_capacity(bytes), ends: Vec::with_capacity(count) };
        for (name, value) in lines {
            headers.text.push_str(name);
            let name_end = headers.text.len();
            match std::str::from_utf8(value) {
                Ok(value) => headers.text.push_str(value),
                Err(_) => headers.text.extend(value.iter().copied().map(char::from)),
            }
            // A head has 16 KiB at most, so its text is far from the end of an u32.
            let end = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
            headers.ends.push((end(name_end), end(headers.text.len())));
        }
        headers
    }

    /// Names and values in the order they came.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        let mut start = 0;
        self.ends.iter().map(move |&(name_end, value_end)| {
            let (name_end, value_end) = (name_end as usize, value_end as usize);
            let line = (&self.text[start..name_end], &self.text[name_end..value_end]);
            start = value_end;
            line
        })
    }

    /// The first value of a header.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    /// All values of a header in the order they came.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.iter().filter(move |(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    /// The value of a cookie.
    #[must_use]
    pub fn cookie(&self, name: &str) -> Option<&str> {
        self.all("cookie")
            .flat_map(|line| line.split(';'))
            .find_map(|pair| pair.trim().split_once('=').filter(|(key, _)| *key == name).map(|(_, value)| value))
    }

    /// Whether a list header such as `Accept` or `Prefer` names the item, parameters aside.
    #[must_use]
    pub fn lists(&self, name: &str, item: &str) -> bool {
        self.all(name)
            .flat_map(|line| line.split(','))
            .any(|part| part.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case(item))
    }
}

impl Request {
    /// A request of someone who is not known yet.
    #[must_use]
    pub fn new(head: Head, body: Vec<u8>) -> Request {
        Request { head, body, caller: OnceLock::new() }
    }

    /// Remembers who sent it, for the log.
    pub fn note_caller(&self, caller: AgentId) {
        let _ = self.caller.set(caller);
    }

    /// Who sent it, if that was found out.
    #[must_use]
    pub fn caller(&self) -> Option<AgentId> {
        self.caller.get().copied()
    }

    /// The body as a type. Every field that is missing or wrong is named in the error.
    ///
    /// The body counts as JSON whatever its Content-Type says; an empty one as `{}` (`contract.md §1`).
    ///
    /// # Errors
    /// 400 `invalid_request` with `field`, and `allowed` where there is a list of values.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T> {
        input::from_json(&self.body)
    }

    /// The query as a type.
    ///
    /// # Errors
    /// 400 `invalid_request` with the name of the parameter.
    pub fn query<T: DeserializeOwned>(&self) -> Result<T> {
        input::from_query(&self.head.query)
    }

    /// The body of a form as a type. A field that is empty counts as absent; numbers are texts, as in a query.
    ///
    /// # Errors
    /// 400 `invalid_request` with the name of the field.
    pub fn form<T: DeserializeOwned>(&self) -> Result<T> {
        input::from_query(self.text()?)
    }

    /// A form's field as it was typed, decoded; nothing for other requests.
    #[must_use]
    pub fn form_value(&self, name: &str) -> Option<String> {
        url::form_urlencoded::parse(&self.body).find_map(|(key, value)| (key == name).then(|| input::lines(&value)))
    }

    /// The method as it stands in a request line.
    #[must_use]
    pub fn method(&self) -> &str {
        self.head.method.as_str()
    }

    /// The body as text, for signatures and hashes of what was sent.
    ///
    /// # Errors
    /// 400 when it is not UTF-8.
    pub fn text(&self) -> Result<&str> {
        std::str::from_utf8(&self.body).map_err(|_| Error::invalid("body", "The body must be UTF-8"))
    }
}
