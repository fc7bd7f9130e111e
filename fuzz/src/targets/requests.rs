//! Requests below the application: heads, bodies, the router, and headers with a grammar of their own.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::LazyLock;

use aiins::app::idempotency::Key;
use aiins::app::routes;
use aiins::base::error::Error;
use aiins::base::ids::AgentId;
use aiins::http::fuzzing::{Arrived, read_request};
use aiins::http::router::Match;
use aiins::http::{Head, Headers, Method, Request, Router, SetCookie};

use super::choice;

const BODY_BYTES_MAX: usize = 4096;
/// The largest head that is read.
const HEAD_BYTES_MAX: usize = 16 * 1024;

/// Heads: pieces make no difference, what is accepted has one reading, and printed it reads the same again.
pub fn head(data: &[u8]) {
    let whole = read_request(data, usize::MAX, BODY_BYTES_MAX);
    let dripped = read_request(data, 1, BODY_BYTES_MAX);
    match (&whole, &dripped) {
        (Ok(Some(whole)), Ok(Some(dripped))) => {
            assert_eq!(printed(&whole.request.head), printed(&dripped.request.head));
            assert_eq!((&whole.request.body, whole.used), (&dripped.request.body, dripped.used));
        }
        (Ok(None), Ok(None)) => {}
        (Err(whole), Err(dripped)) => {
            // Of several things that are wrong with a head, the one that comes first in pieces may be another.
            let _ = (refusal(whole), refusal(dripped));
        }
        // A head that is too large is told when its end has not come by then, so here the whole of it can be luckier.
        _ => assert!(data.len() >= HEAD_BYTES_MAX / 2, "{whole:?} in one piece, {dripped:?} byte by byte"),
    }
    let Ok(Some(Arrived { request, used, .. })) = whole else { return };
    assert!(used <= data.len());
    let blank = data.iter().take_while(|byte| b"\r\n".contains(byte)).count();
    let end = data[blank..].windows(4).position(|window| window == b"\r\n\r\n");
    let text = &data[blank..blank + end.expect("a head ends with a blank line")];
    assert_eq!(count_of(text, b'\0'), 0);
    assert_eq!(count_of(text, b'\r'), count_of(text, b'\n'), "a bare CR or LF");
    let lines: Vec<&[u8]> = text.split(|byte| *byte == b'\n').skip(1).collect();
    assert!(lines.iter().all(|line| !line.starts_with(b" ") && !line.starts_with(b"\t")), "a folded line");
    let count = |name: &str| {
        let name = name.as_bytes();
        lines.iter().filter(|line| line.get(..name.len()).is_some_and(|it| it.eq_ignore_ascii_case(name))).count()
    };
    assert!(count("host:") <= 1 && count("content-length:") + count("transfer-encoding:") <= 1);

    let again = printed(&request.head);
    if again.len() < HEAD_BYTES_MAX {
        let body = match count("content-length:") + count("transfer-encoding:") {
            0 => Vec::new(),
            _ => data[blank + text.len() + 4..used].to_vec(),
        };
        let bytes = [again.clone().into_bytes(), body].concat();
        let read = read_request(&bytes, 7, BODY_BYTES_MAX).expect("what was printed can be read");
        let read = read.expect("what was printed is whole");
        assert_eq!((printed(&read.request.head), read.used), (again, bytes.len()));
        assert_eq!(read.request.body, request.body);
    }
}

fn count_of(text: &[u8], byte: u8) -> usize {
    text.iter().filter(|it| **it == byte).count()
}

fn printed(head: &Head) -> String {
    let query = if head.query.is_empty() { String::new() } else { format!("?{}", head.query) };
    let lines: String = head.headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    // A head without Host can only have been one of HTTP/1.0.
    let version = if head.headers.get("host").is_some() { "1.1" } else { "1.0" };
    format!("{} {}{query} HTTP/{version}\r\n{lines}\r\n", head.method, head.path)
}

#[track_caller]
fn refusal(error: &Error) -> u16 {
    let status = error.status();
    assert!(matches!(status, 400 | 413 | 414 | 417 | 431 | 501 | 505), "{error:?}");
    assert!(!error.message().is_empty());
    status
}

/// Bodies: one ends where its frame does whatever comes after it, and a shorter frame is never a body.
pub fn body(data: &[u8]) {
    let Some((piece, rest)) = choice(data, 40) else { return };
    let Some((kind, bytes)) = choice(rest, 256) else { return };
    let head = match kind {
        0..128 => "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n".to_owned(),
        length => format!("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: {}\r\n\r\n", length - 128),
    };
    let message = [head.as_bytes(), bytes].concat();
    let read = |bytes: &[u8], piece| read_request(bytes, piece, BODY_BYTES_MAX);
    match (read(&message, piece + 1), read(&message, usize::MAX)) {
        (Ok(Some(arrived)), Ok(Some(whole))) => {
            let body = arrived.request.body;
            assert_eq!((&body, arrived.used), (&whole.request.body, whole.used));
            assert!(body.len() <= BODY_BYTES_MAX && arrived.used <= message.len());
            let frame = &message[head.len()..arrived.used];
            if kind >= 128 {
                assert_eq!((body.as_slice(), frame.len()), (frame, kind - 128));
            } else {
                assert_eq!(decoded(frame).as_deref(), Some(body.as_slice()), "{}", frame.escape_ascii());
            }
            let alone = read(&message[..arrived.used], piece + 1).expect("a frame alone is one").expect("and is whole");
            assert_eq!((&alone.request.body, alone.used), (&body, arrived.used));
            let followed = [&message[..arrived.used], b"GET / HTTP/1.1\r\n\r\n\0\xff"].concat();
            let followed = read(&followed, piece + 1).expect("what follows is not looked at").expect("nor waited for");
            assert_eq!((&followed.request.body, followed.used), (&body, arrived.used));
            if !frame.is_empty() {
                assert!(
                    matches!(read(&message[..arrived.used - 1], piece + 1), Ok(None)),
                    "a frame cut short is a body"
                );
            }
        }
        (Ok(None), Ok(None)) => {}
        (Err(dripped), Err(whole)) => assert_eq!(refusal(&dripped), refusal(&whole)),
        (dripped, whole) => panic!("{dripped:?} in pieces of {}, {whole:?} in one", piece + 1),
    }
    // Printed in chunks of any size, a body reads the same again.
    let body = &bytes[..bytes.len().min(BODY_BYTES_MAX)];
    let mut message = head_of_chunks();
    for chunk in body.chunks(piece + 1) {
        message.extend_from_slice(format!("{:X}\r\n", chunk.len()).as_bytes());
        message.extend_from_slice(chunk);
        message.extend_from_slice(b"\r\n");
    }
    message.extend_from_slice(b"0\r\n\r\n");
    let arrived = read(&message, 3).expect("chunks are a body").expect("and are whole");
    assert_eq!((arrived.request.body.as_slice(), arrived.used), (body, message.len()));
}

fn head_of_chunks() -> Vec<u8> {
    b"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n".to_vec()
}

/// A second reader of chunks, as plain as can be, to which the first is compared.
fn decoded(mut frame: &[u8]) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let end = frame.windows(2).position(|it| it == b"\r\n")?;
        let size = frame[..end].split(|byte| *byte == b';').next()?;
        let size = usize::from_str_radix(std::str::from_utf8(size).ok()?, 16).ok()?;
        frame = &frame[end + 2..];
        if size == 0 {
            // Trailers, of which the last is empty, and nothing behind them.
            let end = if frame == b"\r\n" {
                Some(0)
            } else {
                frame.windows(4).position(|it| it == b"\r\n\r\n").map(|at| at + 2)
            };
            return (end? + 2 == frame.len()).then_some(body);
        }
        body.extend_from_slice(frame.get(..size)?);
        frame = frame.get(size..)?.strip_prefix(b"\r\n")?;
    }
}

static ROUTER: LazyLock<Router> = LazyLock::new(|| Router::new(routes::all()));

/// Routes: what is found can be printed and found again, and every method that a 405 names is there.
pub fn route(data: &[u8]) {
    const METHODS: [&str; 9] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "QUERY", "get"];
    let Some((method, path)) = choice(data, METHODS.len()) else { return };
    let (method, Ok(path)) = (METHODS[method], std::str::from_utf8(path)) else { return };
    match ROUTER.find(method, path) {
        Match::Found(route, params) => {
            assert!(route.verb.as_str() == method || (method, route.verb.as_str()) == ("HEAD", "GET"));
            let mut left = params.iter();
            let mut again = String::new();
            for part in route.path.split('/').skip(1) {
                again.push('/');
                match part.strip_prefix(':') {
                    Some(_) => {
                        let param = left.next().expect("there is a parameter for each name");
                        assert!(!param.is_empty() && !param.contains('\0'));
                        param.bytes().for_each(|byte| again.push_str(&format!("%{byte:02x}")));
                    }
                    None => again.push_str(part),
                }
            }
            assert!(left.next().is_none());
            for again in [again.clone(), format!("{}/", again.trim_end_matches('/'))] {
                match ROUTER.find(method, &again) {
                    Match::Found(second, same) => assert_eq!((second.path, &same), (route.path, &params), "{again}"),
                    Match::OtherMethods(_) | Match::Nothing => panic!("{path} was found, {again} is not"),
                }
            }
        }
        Match::OtherMethods(others) => {
            assert!(!others.is_empty());
            for other in others {
                assert_ne!(other.verb.as_str(), method);
                // A parameter that cannot be decoded makes the path one that does not exist.
                assert!(!matches!(ROUTER.find(other.verb.as_str(), path), Match::OtherMethods(_)));
            }
        }
        Match::Nothing => {}
    }
}

/// Idempotency keys: quotes make no difference, and two requests never run into one scope.
pub fn idempotency(data: &[u8]) {
    let mut parts = data.splitn(4, |byte| *byte == b'\n').map(|part| String::from_utf8_lossy(part).into_owned());
    let mut part = || parts.next().unwrap_or_default();
    let (sent, path, query, body) = (part(), part(), part(), part());
    let request = |path: &str, query: &str, body: &str| {
        let head = Head {
            method: Method::Post,
            path: path.to_owned(),
            query: query.to_owned(),
            headers: Headers::default(),
            peer: IpAddr::V4(Ipv4Addr::LOCALHOST),
        };
        Request::new(head, body.as_bytes().to_vec())
    };
    let key = |sent: &str, caller, request: &Request| Key::parse(sent, AgentId(caller), request);
    let first = request(&path, &query, &body);
    let Ok(parsed) = key(&sent, 1, &first) else {
        let printable = sent.trim().bytes().all(|byte| (b' '..=b'~').contains(&byte));
        let bare = sent.trim();
        let bare = bare.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(bare);
        assert!(!printable || bare.is_empty() || bare.len() > 255, "{sent:?} is refused");
        return;
    };
    let bare = sent.trim();
    if !bare.starts_with('"') && bare.len() <= 255 {
        assert_eq!(key(&format!("\"{bare}\""), 1, &first).ok(), Some(parsed));
    }
    assert_eq!(key(&format!("  {sent} "), 1, &first).ok(), Some(parsed));
    for other in [
        request(&format!("{path}{query}"), "", &body),
        request(&format!("{path}/"), &query, &body),
        request(&path, &format!("{query}&"), &body),
        request(&path, &query, &format!("{body} ")),
    ] {
        let is_same = (&other.head.path, &other.head.query) == (&path, &query) && other.body == body.as_bytes();
        assert_eq!(key(&sent, 1, &other).ok() == Some(parsed), is_same);
    }
    assert_ne!(key(&sent, 2, &first).ok(), Some(parsed), "the key of another caller");
}

/// Cookies: what is set comes back as it was, and what comes is never more than one value.
pub fn cookie(data: &[u8]) {
    let line = String::from_utf8_lossy(data).into_owned();
    let headers = Headers::new([("Cookie".to_owned(), line.clone())]);
    let names = line.split(';').filter_map(|pair| pair.trim().split_once('=').map(|(name, _)| name));
    for name in names.chain(["aiins_session", ""]) {
        let Some(value) = headers.cookie(name) else {
            assert!(!line.split(';').any(|pair| pair.trim().split_once('=').is_some_and(|(it, _)| it == name)));
            continue;
        };
        assert!(line.contains(value) && !value.contains(';') && value.trim_end() == value, "{name:?} is {value:?}");
        let set = SetCookie { name, value, path: "/", max_age_secs: 9, secure: true }.to_string();
        let pair = set.split("; ").next().unwrap_or_default();
        let back = Headers::new([("cookie".to_owned(), format!("a=b; {pair}; c=d"))]);
        if !matches!(name, "a" | "c") {
            assert_eq!(back.cookie(name), Some(value), "{set}");
        }
        assert_eq!(set.matches("; HttpOnly; SameSite=Lax; Secure").count(), 1);
    }
    for item in ["gzip", "*", "return=minimal"] {
        let listed = Headers::new([("Accept".to_owned(), line.clone())]).lists("accept", item);
        assert!(!listed || line.to_ascii_lowercase().contains(item));
    }
}
