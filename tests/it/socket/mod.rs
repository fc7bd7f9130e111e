//! The HTTP edge, tried over raw sockets against a service of a few closures.

mod exchanges;
mod limits;
mod refusals;
mod shutdown;

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use aiins::http::{Head, Listener, Options, Request, Response, Service};

const BODY_BYTES_MAX: usize = 1000;
/// What `/big` answers: more than the buffers of two sockets hold.
const BIG_BYTES: usize = 16 * 1024 * 1024;
const HELLO: &str = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";

/// A service whose paths say what they do.
fn service() -> Service {
    Service {
        body_bytes_max: Box::new(|head: &Head| match head.path.as_str() {
            "/large" => 1024 * 1024,
            "/panic/limit" => panic!("a limit that panics"),
            _ => BODY_BYTES_MAX,
        }),
        respond: Box::new(respond),
        refuse: Box::new(|error, head| match head {
            Some(head) if head.path == "/panic/refusal" => panic!("a refusal that panics"),
            _ => Response::bytes(error.status(), "application/json", error.code().as_str().into()),
        }),
    }
}

fn respond(request: Request) -> Response {
    let text = |text: &str| Response::bytes(200, "text/plain", text.into());
    match request.head.path.as_str() {
        "/" => text("hello"),
        "/echo" | "/large" => Response::bytes(200, "application/octet-stream", request.body),
        "/length" => text(&request.body.len().to_string()),
        "/page" => text(&"p".repeat(20_000)),
        "/big" => text(&"b".repeat(BIG_BYTES)),
        "/nothing" => Response::empty(204),
        "/unchanged" => Response::empty(304).header("ETag", "\"1\""),
        "/slow" => {
            thread::sleep(Duration::from_millis(600));
            text("slow")
        }
        "/endless" => {
            thread::sleep(Duration::from_secs(4));
            text("endless")
        }
        "/split" => text("split").header("X-Split", "a\r\nX-Injected: b").header("X-Kept", "c"),
        "/last" => text("last").closing(),
        "/panic" => panic!("a handler that panics"),
        path => text(&format!("{} {path} {}", request.method(), request.head.query)),
    }
}

fn start(options: impl FnOnce(&mut Options)) -> Listener {
    let mut all = Options::new(SocketAddr::from(([127, 0, 0, 1], 0)));
    options(&mut all);
    Listener::start(all, service()).unwrap()
}

fn start_plain() -> Listener {
    start(|_| ())
}

/// One end of a raw socket, and what came over it.
struct Client {
    stream: TcpStream,
    received: Vec<u8>,
}

#[derive(Debug, PartialEq, Eq)]
struct Answer {
    status: u16,
    head: String,
    body: Vec<u8>,
}

impl Answer {
    fn header(&self, name: &str) -> Option<&str> {
        let mut lines = self.head.lines().filter_map(|line| line.split_once(": "));
        lines.find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }
}

impl Client {
    fn connect(listener: &Listener) -> Client {
        Client::connect_to(listener.local_addr())
    }

    fn connect_to(address: SocketAddr) -> Client {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(8))).unwrap();
        stream.set_nodelay(true).unwrap();
        Client { stream, received: Vec::new() }
    }

    fn send(&mut self, bytes: impl AsRef<[u8]>) -> &mut Client {
        self.stream.write_all(bytes.as_ref()).unwrap();
        self
    }

    /// Reads once; 0 is the end, however it came.
    fn receive(&mut self) -> usize {
        let mut bytes = [0; 64 * 1024];
        match self.stream.read(&mut bytes) {
            Ok(count) => {
                self.received.extend_from_slice(&bytes[..count]);
                count
            }
            Err(error) if error.kind() == ErrorKind::WouldBlock => panic!("nothing came for 8 s"),
            Err(_) => 0,
        }
    }

    /// The next answer's head, with no body.
    fn answer_head(&mut self) -> Answer {
        let end = loop {
            if let Some(at) = self.received.windows(4).position(|window| window == b"\r\n\r\n") {
                break at + 4;
            }
            assert!(self.receive() > 0, "the connection ended before an answer: {:?}", self.received);
        };
        let head = String::from_utf8(self.received.drain(..end).collect()).unwrap();
        let status = head.strip_prefix("HTTP/1.1 ").and_then(|rest| rest.get(..3)).unwrap().parse().unwrap();
        Answer { status, head, body: Vec::new() }
    }

    /// The next answer.
    fn answer(&mut self) -> Answer {
        let mut answer = self.answer_head();
        let length = answer.header("Content-Length").map_or(0, |length| length.parse().unwrap());
        while self.received.len() < length {
            assert!(self.receive() > 0, "the connection ended within an answer");
        }
        answer.body = self.received.drain(..length).collect();
        answer
    }

    fn ask(&mut self, request: impl AsRef<[u8]>) -> Answer {
        self.send(request).answer()
    }

    /// Whether nothing more comes and the connection ends.
    fn ends(&mut self) -> bool {
        while self.receive() > 0 {}
        self.received.is_empty()
    }

    /// Says that nothing more will be sent.
    fn finish(&mut self) -> &mut Client {
        self.stream.shutdown(Shutdown::Write).unwrap();
        self
    }
}

/// Sends one request on a connection of its own.
fn ask(listener: &Listener, request: impl AsRef<[u8]>) -> Answer {
    Client::connect(listener).ask(request)
}

fn is_served(listener: &Listener) -> bool {
    ask(listener, HELLO).text() == "hello"
}

/// Waits for what threads are about to do.
fn eventually(what: &str, condition: impl Fn() -> bool) {
    let began = Instant::now();
    while !condition() {
        assert!(began.elapsed() < Duration::from_secs(8), "never came true: {what}");
        thread::sleep(Duration::from_millis(5));
    }
}

/// Runs a test by itself in another process, because it measures or changes the whole process. True there, false here.
fn runs_alone(test: &str) -> bool {
    const ALONE: &str = "AIINS_TEST_RUNS_ALONE";
    if std::env::var_os(ALONE).is_some() {
        return true;
    }
    let program = std::env::current_exe().unwrap();
    let output = Command::new(program).args(["--exact", test, "--nocapture"]).env(ALONE, "1").output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    let problem = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && text.contains("1 passed"), "{text}\n{problem}");
    false
}
