//! Requests as handlers see them: a parsed head, a whole body, and typed readers for query and JSON.

use std::net::IpAddr;

use serde::de::DeserializeOwned;
pub use tiny_http::Method;

use crate::base::error::{Error, Result};
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

/// One request, head and body.
#[derive(Debug)]
pub struct Request {
    /// The head.
    pub head: Head,
    /// The body; empty when there was none.
    pub body: Vec<u8>,
}

/// Header lines. Names are compared without regard to case.
#[derive(Debug, Default)]
pub struct Headers(Vec<(String, String)>);

impl Headers {
    /// Headers from name and value pairs in the order they came.
    #[must_use]
    pub fn new(lines: Vec<(String, String)>) -> Headers {
        Headers(lines)
    }

    /// The first value of a header.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// All values of a header in the order they came.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
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

    /// The query's parameter `name`, decoded.
    #[must_use]
    pub fn query_value(&self, name: &str) -> Option<String> {
        url::form_urlencoded::parse(self.head.query.as_bytes())
            .find_map(|(key, value)| (key == name).then(|| value.into_owned()))
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
