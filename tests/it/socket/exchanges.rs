//! Requests that are answered: in order, whole, and in one piece.

use std::time::{Duration, Instant};

use super::*;

#[test]
fn an_answer_has_a_date_a_type_and_a_length() {
    let listener = start_plain();
    let answer = ask(&listener, HELLO);
    assert_eq!((answer.status, answer.text()), (200, "hello"));
    assert_eq!(answer.header("Content-Type"), Some("text/plain"));
    assert_eq!(answer.header("Content-Length"), Some("5"));
    assert!(answer.header("Date").is_some_and(|date| date.ends_with(" GMT")));
    assert_eq!((answer.header("Connection"), answer.header("Server")), (None, None));
}

#[test]
fn an_answer_leaves_in_one_write() {
    let listener = start_plain();
    let mut client = Client::connect(&listener);
    let began = Instant::now();
    for _ in 0..50 {
        client.send("GET /page HTTP/1.1\r\nHost: h\r\n\r\n").receive();
        let length = client.received.len();
        assert!(length > 20_000, "the first read had {length} bytes");
        client.received.clear();
    }
    // Pieces without TCP_NODELAY would have waited 40 ms each.
    assert!(began.elapsed() < Duration::from_secs(1), "{:?}", began.elapsed());
}

#[test]
fn a_hundred_pipelined_requests_are_answered_in_order() {
    let listener = start_plain();
    let mut client = Client::connect(&listener);
    let requests: String = (0..100)
        .map(|n| match n % 3 {
            0 => format!("GET /{n} HTTP/1.1\r\nHost: h\r\n\r\n"),
            1 => format!("POST /{n} HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\nGET "),
            _ => format!("PUT /{n} HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nGET \r\n0\r\n\r\n"),
        })
        .collect();
    client.send(requests).finish();
    for n in 0..100 {
        let method = ["GET", "POST", "PUT"][n % 3];
        assert_eq!(client.answer().text(), format!("{method} /{n} "));
    }
    assert!(client.ends());
}

#[test]
fn a_request_in_single_bytes_is_the_same_request() {
    let listener = start_plain();
    let mut client = Client::connect(&listener);
    for byte in b"POST /echo?a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3;x\r\nabc\r\n2\r\nde\r\n0\r\nT: 1\r\n\r\n" {
        client.send([*byte]);
    }
    assert_eq!(client.answer().text(), "abcde");
    assert_eq!(client.ask(HELLO).text(), "hello");
}

#[test]
fn a_body_of_any_size_within_the_limit_comes_back_whole() {
    let listener = start_plain();
    let mut client = Client::connect(&listener);
    for size in [0, 1, 4000, 4096, 20_000, 1024 * 1024] {
        let body: Vec<u8> = (0..size).map(|n: usize| u8::try_from(n % 251).unwrap()).collect();
        let head = format!("POST /large HTTP/1.1\r\nHost: h\r\nContent-Length: {size}\r\n\r\n");
        assert_eq!(client.ask([head.as_bytes(), &body].concat()).body, body);

        let mut chunked = b"POST /large HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n".to_vec();
        for chunk in body.chunks(777) {
            chunked.extend_from_slice(format!("{:X}\r\n", chunk.len()).as_bytes());
            chunked.extend_from_slice(chunk);
            chunked.extend_from_slice(b"\r\n");
        }
        chunked.extend_from_slice(b"0\r\n\r\n");
        assert_eq!(client.ask(chunked).body, body);
    }
}

#[test]
fn head_is_answered_like_get_without_the_body() {
    let listener = start_plain();
    let mut client = Client::connect(&listener);
    let answer = client.send("HEAD / HTTP/1.1\r\nHost: h\r\n\r\n").answer_head();
    assert_eq!((answer.status, answer.header("Content-Length")), (200, Some("5")));
    // The next bytes are the next answer's, so there was no body.
    assert_eq!(client.ask(HELLO).text(), "hello");
    // A refusal of a HEAD has no body either.
    client.send("HEAD / HTTP/1.1\r\n\r\n");
    assert_eq!(client.answer_head().status, 400);
    assert!(client.ends());
}

#[test]
fn some_answers_have_no_body_and_no_length() {
    let listener = start_plain();
    let mut client = Client::connect(&listener);
    for (path, status) in [("/nothing", 204), ("/unchanged", 304)] {
        let answer = client.ask(format!("GET {path} HTTP/1.1\r\nHost: h\r\n\r\n"));
        assert_eq!((answer.status, answer.header("Content-Length")), (status, None));
    }
    assert_eq!(client.ask(HELLO).text(), "hello");
}

#[test]
fn http_1_0_closes_unless_asked_to_stay() {
    let listener = start_plain();
    let mut client = Client::connect(&listener);
    let answer = client.ask("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    assert_eq!((answer.text(), answer.header("Connection")), ("hello", Some("keep-alive")));
    let answer = client.ask("GET / HTTP/1.0\r\n\r\n");
    assert_eq!((answer.text(), answer.header("Connection")), ("hello", Some("close")));
    assert!(client.ends());
}

#[test]
fn a_connection_closes_when_client_or_handler_says_so() {
    let listener = start_plain();
    for request in ["GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n", "GET /last HTTP/1.1\r\nHost: h\r\n\r\n"] {
        let mut client = Client::connect(&listener);
        // What follows a close is not answered, and does not keep the answer before it from being read.
        let answer = client.ask(format!("{request}{HELLO}"));
        assert_eq!((answer.status, answer.header("Connection")), (200, Some("close")));
        assert!(client.ends());
    }
}

#[test]
fn expect_continue_is_answered_before_the_body_is_sent() {
    let listener = start_plain();
    let mut client = Client::connect(&listener);
    let head = "POST /echo HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\n";
    assert_eq!(client.send(format!("{head}Content-Length: 5\r\n\r\n")).answer_head().status, 100);
    assert_eq!(client.ask("hello").text(), "hello");
    // A body that is here already, or that there is none of, is not asked for.
    assert_eq!(client.ask(format!("{head}Content-Length: 5\r\n\r\nagain")).text(), "again");
    assert_eq!(client.ask(format!("{head}\r\n")).status, 200);
    // A body that is refused is not asked for either.
    assert_eq!(client.ask(format!("{head}Content-Length: 5000\r\n\r\n")).status, 413);
    assert!(client.ends());
}

#[test]
fn targets_reach_the_application_as_they_were_sent() {
    let listener = start_plain();
    let mut client = Client::connect(&listener);
    for (target, expected) in [
        ("/a%2Fb%20c?d=%20&e", "GET /a%2Fb%20c d=%20&e"),
        ("http://elsewhere/path?q", "GET /path q"),
        ("/ü", "GET /ü "),
        ("//two", "GET //two "),
    ] {
        assert_eq!(client.ask(format!("GET {target} HTTP/1.1\r\nHost: h\r\n\r\n")).text(), expected);
    }
    assert_eq!(client.ask("OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n").text(), "OPTIONS * ");
}

#[test]
fn a_header_with_a_line_end_is_left_out_of_the_answer() {
    let listener = start_plain();
    let answer = ask(&listener, "GET /split HTTP/1.1\r\nHost: h\r\n\r\n");
    assert_eq!(
        (answer.header("X-Split"), answer.header("X-Injected"), answer.header("X-Kept")),
        (None, None, Some("c"))
    );
}

#[test]
fn a_panic_is_a_500_on_its_connection_and_nothing_else() {
    let listener = start_plain();
    let mut other = Client::connect(&listener);
    assert_eq!(other.ask(HELLO).text(), "hello");
    for path in ["/panic", "/panic/limit", "/panic/refusal"] {
        let mut client = Client::connect(&listener);
        let answer = client.ask(format!("POST {path} HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n\r\n-"));
        let expected = if path == "/panic/refusal" { 200 } else { 500 };
        assert_eq!((answer.status, path), (expected, path));
    }
    let mut client = Client::connect(&listener);
    let answer = client.ask("POST /panic/refusal HTTP/1.1\r\nHost: h\r\nContent-Length: 5000\r\n\r\n");
    assert_eq!((answer.status, answer.header("Connection")), (500, Some("close")));
    assert!(client.ends());
    assert_eq!(other.ask(HELLO).text(), "hello");
    assert!(is_served(&listener));
}

#[test]
fn thirty_two_connections_opened_at_once_are_all_served() {
    let listener = start_plain();
    let began = Instant::now();
    let mut clients: Vec<Client> = (0..32).map(|_| Client::connect(&listener)).collect();
    // The first to come are the last to speak, as with a browser that opens more connections than it needs.
    for client in clients.iter_mut().rev() {
        assert_eq!(client.ask(HELLO).text(), "hello");
    }
    assert!(began.elapsed() < Duration::from_secs(2), "{:?}", began.elapsed());
    assert_eq!(listener.open_connections(), 32);
    drop(clients);
    eventually("all connections are forgotten", || listener.open_connections() == 0);
}
