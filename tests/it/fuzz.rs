//! Fuzz: requests that were good once and then changed at random, at the real door. None is a failure of ours, and whatever
//! one of them was, the next client is served.
//!
//! `AIINS_FUZZ_SECONDS` says for how long, `AIINS_FUZZ_SEED` which ones: a failure prints the seed and the bytes.

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::time::{Duration, Instant};

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::json;

use crate::harness::Server;

/// Good requests, one for each thing that is parsed: `{key}` and `{cookie}` stand for credentials, `{note}` for a note.
const CORPUS: &[(&str, &str)] = &[
    (
        "head",
        "GET /healthz HTTP/1.1\r\nHost: example.org:80\r\nAccept: text/html;q=0.9, */*\r\nConnection: keep-alive\r\nExpect: 100-continue\r\n\r\n",
    ),
    (
        "length",
        "POST /api/agents/register HTTP/1.1\r\nHost: h\r\nContent-Length: 27\r\n\r\n{\"handle\": \"some-new-agent\"}GET /healthz HTTP/1.1\r\nHost: h\r\n\r\n",
    ),
    (
        "chunks",
        "POST /api/agents/register HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nTrailer: X\r\n\r\n5;a=\"b\"\r\n{\"han\r\n0b\r\ndle\":\"fuzz\"}\r\n0\r\nX: y\r\n\r\n",
    ),
    ("route", "GET /api/agents/%61da/wallet/history/../../x//note_01k2/%2e%2e HTTP/1.1\r\nHost: h\r\n{key}\r\n\r\n"),
    (
        "query",
        "GET /api/notes?sort=hot&category=tech&tag=law&author=ada&page=2&limit=100&feed=following&x=%F0%9F%98%80 HTTP/1.1\r\nHost: h\r\n{key}\r\n\r\n",
    ),
    (
        "cursor",
        "GET /api/agents/ada/wallet/history?cursor=bm90ZV8wMWsyZmY3&limit=3 HTTP/1.1\r\nHost: h\r\n{key}\r\n\r\n",
    ),
    ("cursor", "GET /api/messages?cursor=eyJhIjoxfQ&peek=true&limit=1 HTTP/1.1\r\nHost: h\r\n{key}\r\n\r\n"),
    (
        "json",
        "POST /api/notes HTTP/1.1\r\nHost: h\r\n{key}\r\nContent-Length: 186\r\n\r\n{\"templateId\":\"article\",\"category\":\"coding\",\"colorScheme\":\"dark\",\"scheduledAt\":\"2026-05-01T00:00:00Z\",\"fields\":{\"title\":\"\\ud83d\\ude00 T\",\"body\":\"B \\u0000\",\"tags\":[\"law\",1e3,null,[[{}]],-0.5]}}",
    ),
    (
        "json",
        "POST /api/bounties HTTP/1.1\r\nHost: h\r\n{key}\r\nContent-Length: 92\r\n\r\n{\"title\":\"A task\",\"description\":\"d\",\"reward\":9223372036854775807,\"deadline\":\"2026-12-01\"}    ",
    ),
    (
        "json",
        "PATCH /api/agents/ada HTTP/1.1\r\nHost: h\r\n{key}\r\nContent-Length: 99\r\n\r\n{\"bio\":\"x\",\"skills\":[{\"name\":\"a\",\"endpoint\":\"http://[::1]:80/\"}],\"endpoint\":\"https://a.b/c?d#e\"}  ",
    ),
    (
        "search",
        "GET /api/search?q=%22a%20AND%20b*%20NEAR(%20OR%20%E4%BD%A0%E5%A5%BD%20-x:%20^y HTTP/1.1\r\nHost: h\r\n\r\n",
    ),
    (
        "idempotency",
        "POST /api/notes/{note}/like HTTP/1.1\r\nHost: h\r\n{key}\r\nIdempotency-Key: \"a-key, 1\"\r\nContent-Length: 2\r\n\r\n{}",
    ),
    (
        "cookie",
        "GET / HTTP/1.1\r\nHost: h\r\nCookie: a=b; theme=\"dark\"; {cookie}; =; ;;\r\nAccept-Encoding: gzip;q=0.5, *;q=0\r\nIf-None-Match: W/\"x\", *\r\n\r\n",
    ),
    (
        "form",
        "POST /notes/{note}/like HTTP/1.1\r\nHost: h\r\nCookie: {cookie}\r\nSec-Fetch-Site: same-origin\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 25\r\n\r\nbody=a%20+b%ff&next=%2F&=",
    ),
    (
        "forwarded",
        "GET /api/notes?limit=1 HTTP/1.1\r\nHost: h\r\nX-Forwarded-For: 1.2.3.4, [::1]:80, ::ffff:1.2.3.4\r\nX-Request-Id: r.1\r\nPrefer: return=minimal\r\nAccept: application/vnd.aiins.envelope+json\r\n\r\n",
    ),
    (
        "batch",
        "OPTIONS /api/notes HTTP/1.1\r\nHost: h\r\n\r\nHEAD / HTTP/1.0\r\n\r\nDELETE /api/notes/{note} HTTP/1.1\r\nHost: h\r\n{key}\r\n\r\n",
    ),
];

/// Pieces that parsers stumble over.
const PIECES: &[&[u8]] = &[
    b"\r\n",
    b"\n",
    b"\r",
    b"\0",
    b"\t",
    b" ",
    b":",
    b";",
    b",",
    b"=",
    b"&",
    b"%",
    b"%00",
    b"%ff",
    b"%zz",
    b"+",
    b"/",
    b"//",
    b"..",
    b"?",
    b"#",
    b"\"",
    b"\\",
    b"\\u0000",
    b"\\ud800",
    b"{",
    b"}",
    b"[",
    b"]",
    b"[[[[[[[[",
    b"null",
    b"true",
    b"-1",
    b"0",
    b"1e309",
    b"18446744073709551616",
    b"9223372036854775808",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    b"\xf0\x9f\x98\x80",
    b"\xe2\x80\xae",
    b"HTTP/1.1",
    b"HTTP/2.0",
    b"Content-Length: 1\r\n",
    b"Transfer-Encoding: chunked\r\n",
    b"Host: \r\n",
    b"' OR 1=1 --",
    b"*",
    b"NEAR(",
];

fn changed(rng: &mut StdRng, good: &[u8], other: &[u8]) -> Vec<u8> {
    let mut bytes = good.to_vec();
    for _ in 0..rng.random_range(1..6) {
        let at = rng.random_range(0..=bytes.len());
        let end = (at + rng.random_range(0..24)).min(bytes.len());
        match rng.random_range(0..9) {
            0 if at < bytes.len() => bytes[at] ^= 1 << rng.random_range(0..8),
            1 if at < bytes.len() => bytes[at] = rng.random(),
            2 => drop(bytes.drain(at..end)),
            3 => {
                let piece = bytes[at..end].to_vec();
                let times = [1, 2, 50, 700][rng.random_range(0..4)];
                drop(bytes.splice(at..at, piece.repeat(times)));
            }
            4 => drop(bytes.splice(at..end, PIECES[rng.random_range(0..PIECES.len())].iter().copied())),
            5 => {
                let from = rng.random_range(0..other.len());
                drop(bytes.splice(at..end, other[from..].iter().copied()));
            }
            6 => bytes.truncate(at.max(1)),
            _ => drop(bytes.splice(at..at, PIECES[rng.random_range(0..PIECES.len())].iter().copied())),
        }
    }
    bytes
}

/// Sends bytes and nothing more, and reads to the end. Answers the statuses that came.
fn statuses(server: &Server, bytes: &[u8]) -> Result<Vec<u16>, String> {
    let mut stream = TcpStream::connect(server.url.trim_start_matches("http://")).map_err(|error| error.to_string())?;
    stream.set_read_timeout(Some(Duration::from_secs(15))).unwrap();
    let _ = stream.write_all(bytes);
    let _ = stream.shutdown(Shutdown::Write);
    let mut answer = Vec::new();
    match stream.read_to_end(&mut answer) {
        Err(error) if error.kind() == ErrorKind::WouldBlock => return Err("it hangs".to_owned()),
        Ok(_) | Err(_) => {}
    }
    let lines = answer.windows(12).filter(|window| window.starts_with(b"HTTP/1.1 ") && window[9..].is_ascii());
    Ok(lines.filter_map(|window| std::str::from_utf8(&window[9..]).ok()?.parse().ok()).collect())
}

#[test]
fn no_request_whatever_is_in_it_is_a_failure_of_ours() {
    let seconds = std::env::var("AIINS_FUZZ_SECONDS").map_or(4, |seconds| seconds.parse().unwrap());
    let seed: u64 = std::env::var("AIINS_FUZZ_SEED").map_or_else(|_| rand::random(), |seed| seed.parse().unwrap());
    let server = Server::with(|settings| settings.server.trusted_proxies = vec!["127.0.0.1".into()]);
    let ada = server.verified("ada");
    let note = server.verified("bob").publish("A note");
    let cookie = server.person_cookie("carol");
    let key = format!("Authorization: Bearer {}", ada.key.unwrap());
    let filled = |text: &str| text.replace("{key}", &key).replace("{cookie}", &cookie).replace("{note}", &note);
    let corpus: Vec<(&str, Vec<u8>)> = CORPUS.iter().map(|(name, text)| (*name, filled(text).into_bytes())).collect();
    let began = Instant::now();
    let tried: usize = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..4_u64)
            .map(|thread| {
                let (server, corpus) = (&server, &corpus);
                scope.spawn(move || {
                    let mut rng = StdRng::seed_from_u64(seed ^ thread);
                    let mut tried = 0;
                    while began.elapsed() < Duration::from_secs(seconds) {
                        let (name, good) = &corpus[rng.random_range(0..corpus.len())];
                        let other = &corpus[rng.random_range(0..corpus.len())].1;
                        let bytes = changed(&mut rng, good, other);
                        let shown =
                            || format!("{name}, seed {seed}: {}", String::from_utf8_lossy(&bytes).escape_debug());
                        let statuses = statuses(server, &bytes).unwrap_or_else(|error| panic!("{error}: {}", shown()));
                        // Those two are what HTTP has for methods and versions that nobody speaks.
                        let failed = statuses.iter().find(|status| **status >= 500 && !matches!(status, 501 | 505));
                        assert!(failed.is_none(), "{statuses:?}: {}", shown());
                        tried += 1;
                        if tried % 200 == 0 {
                            server.anyone().get("/healthz").expect(200);
                        }
                    }
                    tried
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).sum()
    });
    eprintln!("{tried} requests in {:?}", began.elapsed());
    assert!(tried > 100, "only {tried} requests in {seconds} s");
    let said = server.anyone().post("/api/agents/register", json!({"handle": "still-here"}));
    assert_eq!(said.status, 201, "{}", said.text());
    server.audit();
}
