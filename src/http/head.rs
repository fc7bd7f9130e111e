//! Heads: the bytes before a body become a [`Head`], or a refusal that says what was wrong with them.
//!
//! Two servers that read one head differently are how requests are smuggled, so whatever has two readings is refused here.

use std::mem::MaybeUninit;
use std::net::IpAddr;
use std::ops::Range;

use tiny_http::Method;

use super::request::{Head, Headers};
use super::target::{Target, is_authority};
use crate::base::error::{Code, Error, Result};

/// The largest head that is read.
pub(super) const HEAD_BYTES_MAX: usize = 16 * 1024;
/// The longest request target that is read.
pub(super) const TARGET_BYTES_MAX: usize = 8 * 1024;
const HEADERS_MAX: usize = 64;
/// Room in a request line for the method, the version and the spaces.
const LINE_BYTES_MAX: usize = TARGET_BYTES_MAX + 64;

/// The versions spoken here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Version {
    /// HTTP/1.0: no Host needed, no chunks, closed unless asked otherwise.
    Http10,
    /// HTTP/1.1.
    Http11,
}

/// How much body follows a head.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum BodyLength {
    /// None.
    Empty,
    /// So many bytes, at least one.
    Bytes(u64),
    /// Chunks, up to an empty one.
    Chunked,
}

/// What a head says about the bytes after it and about the connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Framing {
    /// The version of the request.
    pub(super) version: Version,
    /// What follows.
    pub(super) body: BodyLength,
    /// The client would like to go on afterwards.
    pub(super) keep_alive: bool,
    /// The client waits for `100 Continue` before it sends the body.
    pub(super) expects_continue: bool,
}

/// Looks for the end of a head while it arrives, at each byte once however slowly they come.
#[derive(Debug, Default)]
pub(super) struct Scan {
    /// Where the request line begins; blank lines before it do not count (RFC 9112 §2.2).
    start: usize,
    /// Where the line that is still arriving begins.
    line: usize,
    /// How far the search has come.
    seen: usize,
}

impl Scan {
    /// Goes on with all that has arrived so far, and returns where the head is once it is whole.
    pub(super) fn advance(&mut self, bytes: &[u8]) -> Result<Option<Range<usize>>> {
        while let Some(at) = memchr::memchr(b'\n', &bytes[self.seen..]) {
            let feed = self.seen + at;
            if feed == self.line || bytes[feed - 1] != b'\r' {
                return Err(malformed("A line must end with CR LF"));
            }
            let is_blank = feed - 1 == self.line;
            let is_first = self.line == self.start;
            if is_first && !is_blank {
                refuse_other_than_http(bytes[self.line])?;
            }
            self.seen = feed + 1;
            self.line = self.seen;
            if is_blank && is_first {
                self.start = self.seen;
            } else if is_blank {
                return Ok(Some(self.start..self.seen));
            }
        }
        self.seen = bytes.len();
        let arriving = &bytes[self.line..];
        if self.line == self.start {
            if let Some(&first) = arriving.first().filter(|&&byte| byte != b'\r') {
                refuse_other_than_http(first)?;
            }
            if arriving.len() > LINE_BYTES_MAX {
                return Err(uri_too_long());
            }
        }
        if bytes.len() >= HEAD_BYTES_MAX { Err(headers_too_large()) } else { Ok(None) }
    }
}

/// What is no HTTP at all, such as a TLS greeting, is told by its first byte and not after the time limit.
fn refuse_other_than_http(first: u8) -> Result<()> {
    if is_token(first) { Ok(()) } else { Err(malformed("This is not HTTP; TLS ends before this server")) }
}

/// Reads a whole head, as [`Scan`] found it.
pub(super) fn parse(bytes: &[u8], peer: IpAddr) -> Result<(Head, Version)> {
    let mut lines = [const { MaybeUninit::uninit() }; HEADERS_MAX];
    let mut request = httparse::Request::new(&mut []);
    match request.parse_with_uninit_headers(bytes, &mut lines) {
        Ok(httparse::Status::Complete(length)) if length == bytes.len() => {}
        Ok(_) => return Err(malformed("The head ends where it should not")),
        Err(error) => return Err(refusal(error, bytes)),
    }
    let (Some(method), Some(target), Some(minor)) = (request.method, request.path, request.version) else {
        return Err(malformed("The request line is incomplete"));
    };
    let method: Method = method.parse().map_err(|()| malformed("The method is no token"))?;
    let version = if minor == 0 { Version::Http10 } else { Version::Http11 };
    let target = Target::parse(target, &method)?;
    let headers = Headers::collect(request.headers.iter().map(|line| match target.authority {
        // The authority of an absolute target stands in for Host (RFC 9112 §3.2.2).
        Some(authority) if line.name.eq_ignore_ascii_case("host") => (line.name, authority.as_bytes()),
        _ => (line.name, line.value),
    }));
    Ok((Head { method, path: target.path.to_owned(), query: target.query.to_owned(), headers, peer }, version))
}

/// Reads from a head how the rest of the request arrives.
pub(super) fn framing(head: &Head, version: Version) -> Result<Framing> {
    // QUERY is a standard method too, though younger than the vocabulary: where nothing answers to it, that is a 405.
    if matches!(&head.method, Method::NonStandard(name) if name.as_str() != "QUERY") {
        return Err(Error::new(Code::NotImplemented, "No endpoint knows this method"));
    }
    let (mut hosts, mut length, mut chunked, mut expects_continue) = (0, None, false, false);
    let (mut close, mut keep_alive) = (false, false);
    for (name, value) in head.headers.iter() {
        if name.eq_ignore_ascii_case("host") {
            hosts += 1;
            if !is_authority(value) {
                return Err(malformed("Host must be a name or address, with or without a port"));
            }
        } else if name.eq_ignore_ascii_case("content-length") {
            if length.replace(content_length(value)?).is_some() {
                return Err(malformed("Content-Length may stand there once"));
            }
        } else if name.eq_ignore_ascii_case("transfer-encoding") {
            if chunked || version == Version::Http10 || !value.eq_ignore_ascii_case("chunked") {
                return Err(malformed("The only Transfer-Encoding is one `chunked` in HTTP/1.1"));
            }
            chunked = true;
        } else if name.eq_ignore_ascii_case("expect") {
            if expects_continue || !value.eq_ignore_ascii_case("100-continue") {
                return Err(Error::new(Code::ExpectationFailed, "The only expectation met here is 100-continue"));
            }
            expects_continue = true;
        } else if name.eq_ignore_ascii_case("connection") {
            for option in value.split(',') {
                close |= option.trim().eq_ignore_ascii_case("close");
                keep_alive |= option.trim().eq_ignore_ascii_case("keep-alive");
            }
        }
    }
    if hosts > 1 || (hosts == 0 && version == Version::Http11) {
        return Err(malformed("There must be one Host header"));
    }
    let body = match (length, chunked) {
        (Some(_), true) => return Err(malformed("Content-Length and Transfer-Encoding exclude each other")),
        (None, true) => BodyLength::Chunked,
        (None | Some(0), false) => BodyLength::Empty,
        (Some(length), false) => BodyLength::Bytes(length),
    };
    Ok(Framing {
        version,
        body,
        keep_alive: !close && (keep_alive || version == Version::Http11),
        expects_continue: expects_continue && version == Version::Http11,
    })
}

fn content_length(value: &str) -> Result<u64> {
    // u64::from_str takes a plus sign, which no other server may.
    if value.bytes().all(|byte| byte.is_ascii_digit()) { value.parse().ok() } else { None }
        .ok_or_else(|| malformed("Content-Length must be a number, digits only"))
}

/// The characters of methods and header names (RFC 9110 §5.6.2).
pub(super) fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

fn refusal(error: httparse::Error, bytes: &[u8]) -> Error {
    match error {
        httparse::Error::TooManyHeaders => headers_too_large(),
        httparse::Error::Version if names_other_version(bytes) => {
            Error::new(Code::VersionNotSupported, "Only HTTP/1.0 and HTTP/1.1 are spoken here")
        }
        httparse::Error::Version => malformed("The request line must end with HTTP/1.1"),
        httparse::Error::Token => malformed("The request line must be a method, a target and a version"),
        httparse::Error::HeaderName => malformed("A header name holds something other than token characters"),
        httparse::Error::HeaderValue => malformed("A header value holds a control character"),
        httparse::Error::NewLine | httparse::Error::Status => malformed("A line must end with CR LF"),
    }
}

/// Whether the first line ends in a well-formed version that is not ours, as the HTTP/2 preface does.
fn names_other_version(bytes: &[u8]) -> bool {
    let line = bytes.split(|&byte| byte == b'\r').next().unwrap_or_default();
    let version = line.rsplit(|&byte| byte == b' ').next().unwrap_or_default();
    version
        .strip_prefix(b"HTTP/")
        .is_some_and(|number| !number.is_empty() && number.iter().all(|byte| byte.is_ascii_digit() || *byte == b'.'))
}

/// 400 for what is no well-formed HTTP.
pub(super) fn malformed(message: &'static str) -> Error {
    Error::new(Code::InvalidRequest, message)
}

/// 414.
pub(super) fn uri_too_long() -> Error {
    Error::new(Code::UriTooLong, "The request target may have 8,192 bytes")
}

fn headers_too_large() -> Error {
    Error::new(Code::HeadersTooLarge, "The head may have 16,384 bytes and 64 headers")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const PEER: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);

    fn read(bytes: &[u8]) -> Result<Option<(Head, Framing)>> {
        let Some(range) = Scan::default().advance(bytes)? else { return Ok(None) };
        let (head, version) = parse(&bytes[range], PEER)?;
        let framing = framing(&head, version)?;
        Ok(Some((head, framing)))
    }

    fn whole(bytes: impl AsRef<[u8]>) -> (Head, Framing) {
        read(bytes.as_ref()).unwrap().expect("the head is whole")
    }

    fn status(bytes: impl AsRef<[u8]>) -> u16 {
        match read(bytes.as_ref()) {
            Ok(Some(_)) => 200,
            Ok(None) => 0,
            Err(error) => error.status(),
        }
    }

    #[test]
    fn a_head_is_taken_apart() {
        let (head, framing) = whole(
            "POST /a%20b?x=1&y HTTP/1.1\r\nHost: h:1\r\nX-Two:  b \r\nCookie: s=1; t=2\r\nContent-Length: 5\r\n\r\n",
        );
        assert_eq!((head.method, head.path.as_str(), head.query.as_str()), (Method::Post, "/a%20b", "x=1&y"));
        assert_eq!((head.headers.get("x-two"), head.headers.cookie("t")), (Some("b"), Some("2")));
        assert_eq!((framing.body, framing.keep_alive, framing.expects_continue), (BodyLength::Bytes(5), true, false));
    }

    #[test]
    fn an_absolute_target_names_the_host() {
        let (head, _) = whole("GET http://other:8/ HTTP/1.1\r\nHost: h\r\n\r\n");
        assert_eq!(head.headers.get("host"), Some("other:8"));
    }

    #[test]
    fn what_has_two_readings_is_refused() {
        for (head, expected) in [
            ("GET / HTTP/1.1\r\nHost: h\r\n\r\n", 200),
            ("\r\n\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n", 200),
            ("GET / HTTP/1.0\r\n\r\n", 200),
            ("GET / HTTP/1.1\r\nHost: h", 0),
            ("GET / HTTP/1.1\r\n\r\n", 400),
            ("GET / HTTP/1.1\r\nHost: h\r\nHost: h\r\n\r\n", 400),
            ("GET / HTTP/1.0\r\nHost: h\r\nHost: h\r\n\r\n", 400),
            ("GET / HTTP/1.1\r\nHost: a b\r\n\r\n", 400),
            ("GET / HTTP/1.1\r\nHost:\r\n\r\n", 400),
            ("GET / HTTP/1.1\nHost: h\n\n", 400),
            ("GET / HTTP/1.1\r\nHost: h\n\r\n", 400),
            ("GET / HTTP/1.1\r\nHost: h\r\nA: b\rc\r\n\r\n", 400),
            ("GET / HTTP/1.1\r\nHost: h\r\nA: b\r\r\n\r\n", 400),
            ("GET / HTTP/1.1\r\nHost: h\r\nA: b\0c\r\n\r\n", 400),
            ("GET / HTTP/1.1\r\nHost: h\r\nA: b\r\n c\r\n\r\n", 400),
            ("GET / HTTP/1.1\r\nHost: h\r\nA : b\r\n\r\n", 400),
            ("GET / HTTP/1.1\r\nHost: h\r\n: b\r\n\r\n", 400),
            ("GET / HTTP/1.1\r\nHost: h\r\nno colon\r\n\r\n", 400),
            ("GET  / HTTP/1.1\r\nHost: h\r\n\r\n", 400),
            ("GET / \r\nHost: h\r\n\r\n", 400),
            ("GET /\r\n\r\n", 400),
            ("GET / http/1.1\r\nHost: h\r\n\r\n", 400),
            ("\u{16}\u{3}\u{1}", 400),
            ("\u{16}\u{3}\u{1}\r\nA: b\r\n", 400),
            ("\r\n\u{16}\u{3}\u{1}\r\n", 400),
            ("BREW / HTTP/1.1\r\nHost: h\r\n\r\n", 501),
            ("get / HTTP/1.1\r\nHost: h\r\n\r\n", 501),
            ("GET / HTTP/2.0\r\nHost: h\r\n\r\n", 505),
            ("GET / HTTP/3\r\nHost: h\r\n\r\n", 505),
            ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505),
            ("GET / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\n\r\n", 200),
            ("GET / HTTP/1.1\r\nHost: h\r\nExpect: tea\r\n\r\n", 417),
        ] {
            assert_eq!(status(head), expected, "{head:?}");
        }
    }

    #[test]
    fn a_body_has_one_length() {
        for (lines, expected) in [
            ("", Some(BodyLength::Empty)),
            ("Content-Length: 0\r\n", Some(BodyLength::Empty)),
            ("Content-Length: 007\r\n", Some(BodyLength::Bytes(7))),
            ("Content-Length: 18446744073709551615\r\n", Some(BodyLength::Bytes(u64::MAX))),
            ("Content-Length: 18446744073709551616\r\n", None),
            ("Content-Length:\r\n", None),
            ("Content-Length: 5, 6\r\n", None),
            ("Content-Length: 5, 5\r\n", None),
            ("Content-Length: -5\r\n", None),
            ("Content-Length: +5\r\n", None),
            ("Content-Length: 0x5\r\n", None),
            ("Content-Length: abc\r\n", None),
            ("Content-Length: 5\r\ncontent-length: 5\r\n", None),
            ("Transfer-Encoding: chunked\r\n", Some(BodyLength::Chunked)),
            ("Transfer-Encoding: Chunked\r\n", Some(BodyLength::Chunked)),
            ("Transfer-Encoding: xchunked\r\n", None),
            ("Transfer-Encoding: gzip, chunked\r\n", None),
            ("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", None),
            ("Transfer-Encoding: identity\r\n", None),
            ("Transfer-Encoding: \u{b}chunked\r\n", None),
            ("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", None),
            ("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", None),
        ] {
            let found = read(format!("POST / HTTP/1.1\r\nHost: h\r\n{lines}\r\n").as_bytes());
            assert_eq!(found.ok().flatten().map(|(_, framing)| framing.body), expected, "{lines:?}");
        }
        assert_eq!(status("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n"), 400);
    }

    #[test]
    fn keeping_alive_is_the_rule_since_http_1_1() {
        for (version, lines, expected) in [
            ("1.1", "", true),
            ("1.1", "Connection: close\r\n", false),
            ("1.1", "Connection: keep-alive, Close\r\n", false),
            ("1.0", "", false),
            ("1.0", "Connection: Keep-Alive\r\n", true),
            ("1.0", "Connection: keep-alive\r\nConnection: close\r\n", false),
        ] {
            let (_, framing) = whole(format!("GET / HTTP/{version}\r\nHost: h\r\n{lines}\r\n"));
            assert_eq!(framing.keep_alive, expected, "{version} {lines:?}");
        }
    }

    #[test]
    fn heads_have_a_largest_size() {
        let filler = |count: usize| "a".repeat(count);
        let headers = |count: usize| "A: b\r\n".repeat(count);
        for (head, expected) in [
            (format!("GET /{} HTTP/1.1\r\nHost: h\r\n\r\n", filler(TARGET_BYTES_MAX - 1)), 200),
            (format!("GET /{} HTTP/1.1\r\nHost: h\r\n\r\n", filler(TARGET_BYTES_MAX)), 414),
            (format!("GET /{}", filler(LINE_BYTES_MAX)), 414),
            (format!("GET / HTTP/1.1\r\nHost: h\r\nA: {}", filler(HEAD_BYTES_MAX)), 431),
            (format!("GET / HTTP/1.1\r\nHost: h\r\n{}\r\n", headers(HEADERS_MAX - 1)), 200),
            (format!("GET / HTTP/1.1\r\nHost: h\r\n{}\r\n", headers(HEADERS_MAX)), 431),
        ] {
            assert_eq!(status(&head), expected, "{} bytes", head.len());
        }
    }

    #[test]
    fn a_value_outside_of_utf_8_is_read_as_latin_1() {
        let (head, _) = whole(b"GET / HTTP/1.1\r\nHost: h\r\nA: caf\xe9\r\n\r\n");
        assert_eq!(head.headers.get("a"), Some("café"));
    }

    proptest! {
        #[test]
        fn arbitrary_bytes_are_read_or_refused(bytes: Vec<u8>) {
            let _ = read(&bytes);
            let _ = read(&[b"GET / HTTP/1.1\r\nHost: h\r\n", bytes.as_slice(), b"\r\n\r\n"].concat());
            let _ = read(&[b"GET /", bytes.as_slice(), b" HTTP/1.1\r\nHost: h\r\n\r\n"].concat());
        }

        #[test]
        fn a_head_in_pieces_is_the_same_head(text in "(GET|PUT) /[a-z]{0,9} HTTP/1.[01]\r\n([A-Z]: [\r\n a-z]{0,5}\r\n){0,3}\r\n") {
            let mut scan = Scan::default();
            let in_pieces = (1..=text.len()).find_map(|end| scan.advance(&text.as_bytes()[..end]).transpose());
            let at_once = Scan::default().advance(text.as_bytes()).transpose();
            let outcome = |found: Option<Result<Range<usize>>>| found.map(|found| found.map_err(|error| error.status()));
            prop_assert_eq!(outcome(in_pieces), outcome(at_once));
        }
    }
}
