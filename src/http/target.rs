//! Targets: the middle of a request line, which is a path, a whole URL or a star.

use tiny_http::Method;

use super::head::{TARGET_BYTES_MAX, malformed, uri_too_long};
use crate::base::error::Result;

/// A request target, taken apart.
pub(super) struct Target<'a> {
    /// The host that an absolute target names.
    pub(super) authority: Option<&'a str>,
    /// The path, as it was sent.
    pub(super) path: &'a str,
    /// What stood behind the `?`.
    pub(super) query: &'a str,
}

impl<'a> Target<'a> {
    /// Reads a path, an absolute URL, or the `*` of OPTIONS. `host:port` is for proxies, which this is not.
    pub(super) fn parse(target: &'a str, method: &Method) -> Result<Target<'a>> {
        if target.len() > TARGET_BYTES_MAX {
            return Err(uri_too_long());
        }
        if target.contains('#') {
            return Err(malformed("A fragment stays with the client"));
        }
        if target == "*" && *method == Method::Options {
            return Ok(Target { authority: None, path: "*", query: "" });
        }
        let (authority, rest) = match without_scheme(target) {
            Some(rest) => {
                let (authority, rest) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
                if !is_authority(authority) {
                    return Err(malformed("The request target must name a host"));
                }
                (Some(authority), rest)
            }
            None => (None, target),
        };
        let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
        let path = if path.is_empty() && authority.is_some() { "/" } else { path };
        if path.starts_with('/') {
            Ok(Target { authority, path, query })
        } else {
            Err(malformed("The request target must be a path that begins with /"))
        }
    }
}

/// A host and perhaps a port; a user name has no business in either Host or target.
pub(super) fn is_authority(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=%:[]".contains(&byte))
}

fn without_scheme(target: &str) -> Option<&str> {
    ["http://", "https://"].into_iter().find_map(|scheme| {
        let (start, rest) = target.split_at_checked(scheme.len())?;
        start.eq_ignore_ascii_case(scheme).then_some(rest)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_come_in_three_forms() {
        for (method, target, expected) in [
            (Method::Get, "/", Some(("/", ""))),
            (Method::Get, "/?a?b", Some(("/", "a?b"))),
            (Method::Get, "http://other/path?q", Some(("/path", "q"))),
            (Method::Get, "HTTPS://other:1?q", Some(("/", "q"))),
            (Method::Get, "http://other", Some(("/", ""))),
            (Method::Get, "/ü", Some(("/ü", ""))),
            (Method::Options, "*", Some(("*", ""))),
            (Method::Get, "*", None),
            (Method::Get, "host:80", None),
            (Method::Connect, "host:80", None),
            (Method::Get, "path", None),
            (Method::Get, "?q", None),
            (Method::Get, "/#top", None),
            (Method::Get, "http:///path", None),
            (Method::Get, "http://me@host/path", None),
        ] {
            let found = Target::parse(target, &method).ok().map(|found| (found.path, found.query));
            assert_eq!(found, expected, "{method} {target}");
        }
    }
}
