//! The wire: how an answer looks in bytes, head and body in one piece.

use std::io::Write;
use std::time::{Duration, UNIX_EPOCH};

use super::head::is_token;
use super::response::Response;
use crate::base::clock::{Clock, SECOND};

/// What an answer says about the connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Connection {
    /// It goes on, which HTTP/1.1 takes for granted.
    Open,
    /// It goes on, and an HTTP/1.0 client has to be told.
    KeptAlive,
    /// It ends.
    Closed,
}

/// The interim answer to `Expect: 100-continue`.
pub(super) const CONTINUE: &[u8] = b"HTTP/1.1 100 Continue\r\n\r\n";

/// The text of the `Date` header, made once a second.
pub(super) struct Date {
    second: i64,
    text: String,
}

impl Date {
    /// A date that has not been asked yet.
    pub(super) fn new() -> Date {
        Date { second: -1, text: String::new() }
    }

    fn now(&mut self) -> &str {
        let second = Clock::System.now().0.div_euclid(SECOND);
        if second != self.second {
            let since = Duration::from_secs(u64::try_from(second).unwrap_or_default());
            self.text = httpdate::fmt_http_date(UNIX_EPOCH + since);
            self.second = second;
        }
        &self.text
    }
}

/// Appends an answer. `with_body` is false for HEAD, whose answer has the head that GET's would have.
pub(super) fn render(out: &mut Vec<u8>, response: &Response, with_body: bool, connection: Connection, date: &mut Date) {
    let has_body = !matches!(response.status, 100..200 | 204 | 304);
    out.reserve(512 + if with_body { response.body.len() } else { 0 });
    put(out, &[b"HTTP/1.1 "]);
    put_number(out, usize::from(response.status));
    put(out, &[b" ", response.reason().as_bytes(), b"\r\nDate: ", date.now().as_bytes(), b"\r\n"]);
    if has_body {
        if !response.body.is_empty() {
            put(out, &[b"Content-Type: ", response.content_type.as_bytes(), b"\r\n"]);
        }
        put(out, &[b"Content-Length: "]);
        put_number(out, response.body.len());
        put(out, &[b"\r\n"]);
    }
    match connection {
        Connection::Open => {}
        Connection::KeptAlive => put(out, &[b"Connection: keep-alive\r\n"]),
        Connection::Closed => put(out, &[b"Connection: close\r\n"]),
    }
    for (name, value) in &response.headers {
        if may_be_written(name, value) {
            put(out, &[name.as_bytes(), b": ", value.as_bytes(), b"\r\n"]);
        } else {
            // Half a header is worse than none: what follows a line end would be a header of someone else's making.
            tracing::error!(name, "a header was left out of an answer: it is malformed or the connection's own");
        }
    }
    put(out, &[b"\r\n"]);
    if has_body && with_body {
        put(out, &[&response.body]);
    }
}

fn may_be_written(name: &str, value: &str) -> bool {
    const OWN: [&str; 4] = ["content-length", "transfer-encoding", "connection", "date"];
    !name.is_empty()
        && name.bytes().all(is_token)
        && value.bytes().all(|byte| byte == b'\t' || (byte >= b' ' && byte != 0x7f))
        && !OWN.iter().any(|own| own.eq_ignore_ascii_case(name))
}

fn put(out: &mut Vec<u8>, parts: &[&[u8]]) {
    for part in parts {
        out.extend_from_slice(part);
    }
}

fn put_number(out: &mut Vec<u8>, number: usize) {
    write!(out, "{number}").expect("a vector takes every byte");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(response: &Response, with_body: bool, connection: Connection) -> String {
        let mut out = Vec::new();
        let mut date = Date { second: i64::MAX, text: String::new() };
        render(&mut out, response, with_body, connection, &mut date);
        let text = String::from_utf8(out).unwrap();
        let (start, rest) = text.split_once("Date: ").expect("there is a date");
        let (date, rest) = rest.split_at(29);
        assert!(date.ends_with(" GMT") && httpdate::parse_http_date(date).is_ok(), "{date}");
        format!("{start}Date: now{rest}")
    }

    #[test]
    fn an_answer_is_a_head_and_a_body() {
        let response = Response::bytes(200, "text/plain", b"hello".to_vec()).header("X-One", "1");
        assert_eq!(
            text(&response, true, Connection::Open),
            "HTTP/1.1 200 OK\r\nDate: now\r\nContent-Type: text/plain\r\nContent-Length: 5\r\nX-One: 1\r\n\r\nhello"
        );
        assert_eq!(
            text(&response, false, Connection::Closed),
            "HTTP/1.1 200 OK\r\nDate: now\r\nContent-Type: text/plain\r\nContent-Length: 5\r\nConnection: close\r\nX-One: 1\r\n\r\n"
        );
    }

    #[test]
    fn some_statuses_have_no_body() {
        assert_eq!(
            text(&Response::empty(204), true, Connection::KeptAlive),
            "HTTP/1.1 204 No Content\r\nDate: now\r\nConnection: keep-alive\r\n\r\n"
        );
        let response = Response::bytes(304, "text/plain", b"hello".to_vec()).header("ETag", "\"a\"");
        assert_eq!(
            text(&response, true, Connection::Open),
            "HTTP/1.1 304 Not Modified\r\nDate: now\r\nETag: \"a\"\r\n\r\n"
        );
        assert_eq!(
            text(&Response::empty(200), true, Connection::Open),
            "HTTP/1.1 200 OK\r\nDate: now\r\nContent-Length: 0\r\n\r\n"
        );
    }

    #[test]
    fn no_header_holds_a_line_end_or_replaces_our_own() {
        for (name, value) in [
            ("Location", "/a\r\nSet-Cookie: b=c"),
            ("Location", "/a\nb"),
            ("Location", "/a\0"),
            ("A B", "c"),
            ("", "c"),
            ("content-length", "9"),
            ("Transfer-Encoding", "chunked"),
        ] {
            let response = Response::empty(204).header(name, value);
            assert_eq!(text(&response, true, Connection::Open), "HTTP/1.1 204 No Content\r\nDate: now\r\n\r\n");
        }
    }
}
