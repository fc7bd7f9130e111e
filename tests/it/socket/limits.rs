//! Clients that are slow, silent or many.

use super::*;

const SHORT: Duration = Duration::from_millis(250);

fn ended_within(listener: &Listener, began: Instant, limit: Duration) {
    eventually("the connection is closed", || listener.open_connections() == 0);
    assert!(began.elapsed() < limit, "it took {:?}", began.elapsed());
}

#[test]
fn a_head_that_drips_is_a_408() {
    let listener = start(|options| options.head_timeout = SHORT);
    let mut client = Client::connect(&listener);
    let began = Instant::now();
    client.send("GET / HTTP/1.1\r\nHost: ");
    // Each byte comes soon enough after the one before it, and all of them together do not.
    while began.elapsed() < SHORT * 3 / 2 {
        let _ = client.stream.write_all(b"h");
        thread::sleep(Duration::from_millis(20));
    }
    let answer = client.answer();
    assert_eq!((answer.status, answer.text(), answer.header("Connection")), (408, "request_timeout", Some("close")));
    assert!(client.ends());
    ended_within(&listener, began, Duration::from_secs(4));
}

#[test]
fn a_body_that_does_not_come_is_a_408() {
    let listener = start(|options| options.body_timeout = SHORT);
    for rest in ["Content-Length: 5\r\n\r\nhel", "Transfer-Encoding: chunked\r\n\r\n5\r\nhel"] {
        let mut client = Client::connect(&listener);
        let began = Instant::now();
        let answer = client.ask(format!("POST / HTTP/1.1\r\nHost: h\r\n{rest}"));
        assert_eq!((answer.status, answer.text()), (408, "request_timeout"));
        assert!(began.elapsed() >= SHORT && client.ends());
        ended_within(&listener, began, Duration::from_secs(4));
    }
}

#[test]
fn a_client_that_never_speaks_or_stays_idle_is_closed() {
    let listener = start(|options| {
        options.first_byte_timeout = SHORT;
        options.idle_timeout = SHORT * 2;
    });
    let began = Instant::now();
    assert!(Client::connect(&listener).ends());
    assert!(began.elapsed() >= SHORT && began.elapsed() < SHORT * 12, "{:?}", began.elapsed());

    let mut client = Client::connect(&listener);
    // The idle time begins when the answer is written, which is a moment before it is read.
    let began = Instant::now();
    assert_eq!(client.ask(HELLO).text(), "hello");
    assert!(client.ends());
    assert!(began.elapsed() >= SHORT * 2 && began.elapsed() < SHORT * 12, "{:?}", began.elapsed());
}

#[test]
fn a_client_that_does_not_read_is_dropped() {
    let listener = start(|options| options.write_timeout = SHORT);
    let began = Instant::now();
    let mut client = Client::connect(&listener);
    client.send("GET /big HTTP/1.1\r\nHost: h\r\n\r\n");
    eventually("the request runs", || listener.open_connections() == 1);
    ended_within(&listener, began, Duration::from_secs(4));
    // Those who read get all of it.
    assert_eq!(ask(&listener, "GET /big HTTP/1.1\r\nHost: h\r\n\r\n").body.len(), BIG_BYTES);
}

#[test]
fn a_running_request_has_no_deadline() {
    let listener = start(|options| {
        options.head_timeout = Duration::from_millis(100);
        options.body_timeout = Duration::from_millis(100);
        options.first_byte_timeout = Duration::from_millis(100);
        options.write_timeout = Duration::from_millis(100);
    });
    assert_eq!(ask(&listener, "GET /slow HTTP/1.1\r\nHost: h\r\n\r\n").text(), "slow");
}

#[test]
fn two_thousand_silent_connections_slow_nobody_down() {
    let listener = start_plain();
    let silent: Vec<Client> = (0..2000).map(|_| Client::connect(&listener)).collect();
    eventually("all are accepted", || listener.open_connections() == 2000);
    let began = Instant::now();
    let mut client = Client::connect(&listener);
    for _ in 0..100 {
        assert_eq!(client.ask(HELLO).text(), "hello");
    }
    for _ in 0..20 {
        assert!(is_served(&listener));
    }
    assert!(began.elapsed() < Duration::from_secs(2), "{:?}", began.elapsed());
    drop(silent);
    drop(client);
    eventually("all are forgotten", || listener.open_connections() == 0);
}

#[test]
fn a_full_pool_closes_the_connection_that_was_idle_for_longest() {
    let listener = start(|options| options.connections_max = 2);
    let (mut first, mut second) = (Client::connect(&listener), Client::connect(&listener));
    assert_eq!(first.ask(HELLO).text(), "hello");
    thread::sleep(Duration::from_millis(20));
    assert_eq!(second.ask(HELLO).text(), "hello");
    thread::sleep(Duration::from_millis(20));
    let mut third = Client::connect(&listener);
    assert_eq!(third.ask(HELLO).text(), "hello");
    assert!(first.ends());
    assert_eq!(second.ask(HELLO).text(), "hello");
}

#[test]
fn a_full_pool_without_idle_connections_answers_503() {
    let listener = start(|options| options.connections_max = 2);
    let mut busy: Vec<Client> = (0..2).map(|_| Client::connect(&listener)).collect();
    for client in &mut busy {
        client.send("GET /slow HTTP/1.1\r\nHost: h\r\n\r\n");
    }
    eventually("both are accepted", || listener.open_connections() == 2);
    thread::sleep(Duration::from_millis(50));
    for _ in 0..3 {
        let mut client = Client::connect(&listener);
        let answer = client.ask(HELLO);
        assert_eq!((answer.status, answer.text()), (503, "unavailable"));
        assert_eq!((answer.header("Retry-After"), answer.header("Connection")), (Some("1"), Some("close")));
        assert!(client.ends());
    }
    for client in &mut busy {
        assert_eq!(client.answer().text(), "slow");
    }
    thread::sleep(Duration::from_millis(20));
    assert!(is_served(&listener));
}

#[test]
fn running_out_of_file_descriptors_is_waited_out() {
    if !runs_alone("socket::limits::running_out_of_file_descriptors_is_waited_out") {
        return;
    }
    let open_files = || std::fs::read_dir("/proc/self/fd").unwrap().count();
    let listener = start_plain();
    let before = open_files();
    let mut early = Client::connect(&listener);
    assert_eq!(early.ask("GET /last HTTP/1.1\r\nHost: h\r\n\r\n").text(), "last");
    drop(early);
    // A descriptor that is given back later would make room for the server.
    eventually("its thread has ended", || listener.open_connections() == 0 && open_files() <= before);
    let (_, hard) = rlimit::Resource::NOFILE.get().unwrap();
    rlimit::Resource::NOFILE.set(64, hard).unwrap();
    let mut files: Vec<_> = std::iter::from_fn(|| std::fs::File::open("/dev/null").ok()).collect();
    // Now one more fits: the client's end of a connection, but not the server's.
    drop(files.pop());
    let mut client = Client::connect(&listener);
    assert!(std::fs::File::open("/dev/null").is_err(), "there are file descriptors left");
    client.send(HELLO);
    thread::sleep(Duration::from_millis(100));
    assert_eq!(listener.open_connections(), 0);
    drop(files);
    assert_eq!(client.answer().text(), "hello");
    assert!(is_served(&listener));
}

#[test]
fn the_limit_of_file_descriptors_is_raised_at_the_start() {
    if !runs_alone("socket::limits::the_limit_of_file_descriptors_is_raised_at_the_start") {
        return;
    }
    let (_, hard) = rlimit::Resource::NOFILE.get().unwrap();
    rlimit::Resource::NOFILE.set(64, hard).unwrap();
    let _listener = start_plain();
    assert_eq!(rlimit::Resource::NOFILE.get().unwrap().0, hard);
}
