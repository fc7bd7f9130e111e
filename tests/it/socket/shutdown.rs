//! Stopping: what runs is finished, what waits is closed, and nothing takes for ever.

use super::*;

#[test]
fn a_running_request_is_finished_and_nothing_new_is_begun() {
    let listener = start_plain();
    let address = listener.local_addr();
    let mut client = Client::connect(&listener);
    client.send(format!("GET /slow HTTP/1.1\r\nHost: h\r\n\r\n{HELLO}"));
    thread::sleep(Duration::from_millis(100));
    let stopping = thread::spawn(move || listener.shutdown());
    let answer = client.answer();
    assert_eq!((answer.text(), answer.header("Connection")), ("slow", Some("close")));
    assert!(client.ends());
    stopping.join().unwrap();
    assert!(TcpStream::connect(address).is_err());
}

#[test]
fn what_waits_is_closed_at_once_and_what_arrives_is_told() {
    let listener = start_plain();
    let mut idle = Client::connect(&listener);
    assert_eq!(idle.ask(HELLO).text(), "hello");
    let mut silent = Client::connect(&listener);
    let mut in_head = Client::connect(&listener);
    in_head.send("GET / HTTP/1.1\r\nHo");
    let mut in_body = Client::connect(&listener);
    in_body.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhel");
    eventually("all are accepted", || listener.open_connections() == 4);
    thread::sleep(Duration::from_millis(50));
    let began = Instant::now();
    listener.shutdown();
    assert!(began.elapsed() < Duration::from_secs(1), "{:?}", began.elapsed());
    assert!(idle.ends() && silent.ends());
    for client in [&mut in_head, &mut in_body] {
        let answer = client.answer();
        assert_eq!((answer.status, answer.header("Retry-After")), (503, Some("1")));
        assert!(client.ends());
    }
}

#[test]
fn the_grace_time_has_an_end() {
    let listener = start(|options| options.shutdown_grace = Duration::from_millis(200));
    let mut client = Client::connect(&listener);
    client.send("GET /endless HTTP/1.1\r\nHost: h\r\n\r\n");
    thread::sleep(Duration::from_millis(100));
    let began = Instant::now();
    listener.shutdown();
    assert!(began.elapsed() >= Duration::from_millis(200) && began.elapsed() < Duration::from_secs(2));
    assert!(client.ends());
}

#[test]
fn a_listener_that_is_dropped_frees_its_address() {
    let listener = start_plain();
    let address = listener.local_addr();
    let mut client = Client::connect(&listener);
    assert_eq!(client.ask(HELLO).text(), "hello");
    drop(listener);
    assert!(client.ends());
    let again = Listener::start(Options::new(address), service()).unwrap();
    assert!(is_served(&again));
}

#[test]
fn all_addresses_can_be_listened_on_and_left() {
    let listener = start(|options| options.address = SocketAddr::from(([0, 0, 0, 0], 0)));
    let address = SocketAddr::from(([127, 0, 0, 1], listener.local_addr().port()));
    assert_eq!(Client::connect_to(address).ask(HELLO).text(), "hello");
    listener.shutdown();
}
