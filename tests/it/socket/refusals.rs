//! Requests that are refused below the application, and what is left of the server afterwards.

use super::*;

/// Sends a request with something behind it, and expects one refusal and the end.
fn is_refused(listener: &Listener, request: &str, status: u16, code: &str) {
    let mut client = Client::connect(listener);
    let answer = client.ask(format!("{request}{HELLO}"));
    assert_eq!((answer.status, answer.text()), (status, code), "{request:?}");
    assert_eq!(answer.header("Connection"), Some("close"), "{request:?}");
    assert!(client.ends(), "{request:?} was followed by another answer");
}

#[test]
fn requests_with_two_readings_are_refused_and_the_connection_ends() {
    let listener = start_plain();
    for lines in [
        "Content-Length: 5, 6",
        "Content-Length: -5",
        "Content-Length: +5",
        "Content-Length: abc",
        "Content-Length: 99999999999999999999",
        "Content-Length: 5\r\nContent-Length: 5",
        "Content-Length: 5\r\nContent-Length: 6",
        "Content-Length: 5\r\nTransfer-Encoding: chunked",
        "Transfer-Encoding: xchunked",
        "Transfer-Encoding: gzip, chunked",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
        "Host: other",
        "A: b\r\n folded",
        "A: \0",
        "A: b\rc",
        "A: b\nC: d",
        "A : b",
    ] {
        let request = format!("POST / HTTP/1.1\r\nHost: h\r\n{lines}\r\n\r\n");
        is_refused(&listener, &request, 400, "invalid_request");
    }
    is_refused(&listener, "GET / HTTP/1.1\r\n\r\n", 400, "invalid_request");
    is_refused(&listener, "GET / HTTP/1.1\nHost: h\n\n", 400, "invalid_request");
    is_refused(&listener, "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", 400, "invalid_request");
    is_refused(&listener, "GET host:80 HTTP/1.1\r\nHost: h\r\n\r\n", 400, "invalid_request");
    is_refused(&listener, "GET * HTTP/1.1\r\nHost: h\r\n\r\n", 400, "invalid_request");
    is_refused(&listener, "\u{16}\u{3}\u{1}\u{2}", 400, "invalid_request");
    assert!(is_served(&listener));
}

#[test]
fn chunks_with_two_readings_are_refused_and_the_connection_ends() {
    let listener = start_plain();
    for chunks in ["0x5\r\nhello\r\n", "5\nhello\r\n", "-1\r\n", "5\r\nhelloo\r\n", "fffffffffffffffff\r\n", ";\r\n"] {
        let request = format!("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n{chunks}0\r\n\r\n");
        is_refused(&listener, &request, 400, "invalid_request");
    }
}

#[test]
fn other_versions_methods_and_expectations_are_refused_by_name() {
    let listener = start_plain();
    is_refused(&listener, "GET / HTTP/2.0\r\nHost: h\r\n\r\n", 505, "version_not_supported");
    is_refused(&listener, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505, "version_not_supported");
    is_refused(&listener, "BREW / HTTP/1.1\r\nHost: h\r\n\r\n", 501, "not_implemented");
    is_refused(&listener, "GET / HTTP/1.1\r\nHost: h\r\nExpect: tea\r\n\r\n", 417, "expectation_failed");
    eventually("no connection is left over", || listener.open_connections() == 0);
}

#[test]
fn heads_beyond_their_limits_are_refused() {
    let listener = start_plain();
    let long = "a".repeat(8 * 1024);
    is_refused(&listener, &format!("GET /{long} HTTP/1.1\r\nHost: h\r\n\r\n"), 414, "uri_too_long");
    let wide = format!("A: {long}\r\nB: {long}\r\n");
    is_refused(&listener, &format!("GET / HTTP/1.1\r\nHost: h\r\n{wide}\r\n"), 431, "headers_too_large");
    let many = "A: b\r\n".repeat(64);
    is_refused(&listener, &format!("GET / HTTP/1.1\r\nHost: h\r\n{many}\r\n"), 431, "headers_too_large");
}

#[test]
fn a_body_beyond_its_limit_is_refused_before_it_is_read() {
    let listener = start_plain();
    for lines in ["Content-Length: 1001", "Content-Length: 100000000000", "Content-Length: 18446744073709551615"] {
        let answer = ask(&listener, format!("POST / HTTP/1.1\r\nHost: h\r\n{lines}\r\n\r\n"));
        assert_eq!((answer.status, answer.text()), (413, "payload_too_large"), "{lines}");
    }
    let chunked = "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n";
    assert_eq!(ask(&listener, format!("{chunked}3e9\r\n")).status, 413);
    assert_eq!(ask(&listener, format!("{chunked}3e8\r\n{}\r\n1\r\n", "a".repeat(1000))).status, 413);
    // The limit itself is within the limit.
    let exact = format!("POST /length HTTP/1.1\r\nHost: h\r\nContent-Length: 1000\r\n\r\n{}", "a".repeat(1000));
    assert_eq!(ask(&listener, exact).text(), "1000");
}

#[test]
fn a_refusal_can_be_read_by_a_client_that_sends_everything_first() {
    let listener = start_plain();
    let mut client = Client::connect(&listener);
    let body = vec![b'a'; 500_000];
    client.send(format!("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: {}\r\n\r\n", body.len()));
    thread::sleep(Duration::from_millis(50));
    client.send(&body);
    assert_eq!(client.answer().status, 413);
    assert!(client.ends());
}

#[test]
fn a_header_line_without_end_costs_no_memory() {
    if !runs_alone("socket::refusals::a_header_line_without_end_costs_no_memory") {
        return;
    }
    let listener = start_plain();
    assert!(is_served(&listener));
    let before = resident_kib();
    let piece = vec![b'a'; 64 * 1024];
    let mut client = Client::connect(&listener);
    client.send("GET / HTTP/1.1\r\nHost: h\r\nA: ");
    // 100 MB, or as much of it as the server takes before it hangs up.
    for _ in 0..1600 {
        if client.stream.write_all(&piece).is_err() {
            break;
        }
    }
    assert!(resident_kib() < before + 20_000, "{} KiB grew to {}", before, resident_kib());

    let mut client = Client::connect(&listener);
    assert_eq!(client.ask(format!("GET / HTTP/1.1\r\nHost: h\r\nA: {}", "a".repeat(100_000))).status, 431);
    assert!(is_served(&listener));
}

fn resident_kib() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}
