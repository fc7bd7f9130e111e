//! The client: kept-alive sockets, one thread and one request under way for each.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use hdrhistogram::Histogram;

/// A request as it goes over the wire.
pub struct Request {
    head: String,
    body: String,
}

impl Request {
    pub fn get(path: &str) -> Request {
        Request { head: format!("GET {path} HTTP/1.1\r\nHost: bench\r\n"), body: String::new() }
    }

    pub fn post(path: &str, body: &str) -> Request {
        Request::with_body("POST", path, body)
    }

    pub fn patch(path: &str, body: &str) -> Request {
        Request::with_body("PATCH", path, body)
    }

    fn with_body(method: &str, path: &str, body: &str) -> Request {
        let length = body.len();
        let head = format!("{method} {path} HTTP/1.1\r\nHost: bench\r\nContent-Length: {length}\r\n");
        Request { head, body: body.to_owned() }
    }

    pub fn key(mut self, key: &str) -> Request {
        self.head.push_str(&format!("Authorization: Bearer {key}\r\n"));
        self
    }

    fn bytes(&self) -> Vec<u8> {
        format!("{}\r\n{}", self.head, self.body).into_bytes()
    }
}

/// What a load came to.
#[derive(Clone, Copy)]
pub struct Figures {
    pub per_second: f64,
    pub p50_ms: f64,
    pub p99_ms: f64,
    /// Of the last answer.
    pub body_bytes: usize,
    /// Answers that were no 2xx.
    pub refused: u64,
}

/// Who is asked, by how many, for how long.
#[derive(Clone, Copy)]
pub struct Load {
    pub address: SocketAddr,
    pub connections: usize,
    pub time: Duration,
}

impl Load {
    /// Asks until the time is up; `request` is given a number that no other request has.
    pub fn run(&self, request: impl Fn(usize) -> Request + Sync) -> Figures {
        let started = Instant::now();
        let done: Vec<_> = std::thread::scope(|scope| {
            let request = &request;
            let ask = |client| scope.spawn(move || self.ask(started, client, request));
            let clients: Vec<_> = (0..self.connections).map(ask).collect();
            clients.into_iter().map(|client| client.join().unwrap()).collect()
        });
        let took = started.elapsed().as_secs_f64();
        let mut all = histogram();
        done.iter().for_each(|(times, ..)| all.add(times).unwrap());
        let millis = |quantile| all.value_at_quantile(quantile) as f64 / 1_000.0;
        Figures {
            per_second: all.len() as f64 / took,
            p50_ms: millis(0.5),
            p99_ms: millis(0.99),
            body_bytes: done[0].1,
            refused: done.iter().map(|(_, _, refused)| refused).sum(),
        }
    }

    fn ask(&self, started: Instant, client: usize, request: impl Fn(usize) -> Request) -> (Histogram<u64>, usize, u64) {
        let mut socket = TcpStream::connect(self.address).unwrap();
        socket.set_nodelay(true).unwrap();
        let (mut buffer, mut times, mut body_bytes, mut refused) = (vec![0; 1 << 16], histogram(), 0, 0);
        for nth in 0.. {
            if started.elapsed() >= self.time {
                break;
            }
            let bytes = request(nth * self.connections + client).bytes();
            let asked = Instant::now();
            socket.write_all(&bytes).unwrap();
            let (status, length) = read_answer(&mut socket, &mut buffer);
            times.record(asked.elapsed().as_micros() as u64).unwrap();
            body_bytes = length;
            refused += u64::from(!(200..300).contains(&status));
        }
        (times, body_bytes, refused)
    }
}

/// Times in microseconds, to three digits.
fn histogram() -> Histogram<u64> {
    Histogram::new(3).unwrap()
}

/// Reads one answer and says its status and the length of its body.
fn read_answer(socket: &mut TcpStream, buffer: &mut [u8]) -> (u16, usize) {
    let mut filled = 0;
    let (status, length, head) = loop {
        filled += read(socket, &mut buffer[filled..]);
        let mut headers = [httparse::EMPTY_HEADER; 32];
        let mut answer = httparse::Response::new(&mut headers);
        if let httparse::Status::Complete(head) = answer.parse(&buffer[..filled]).unwrap() {
            let length =
                answer.headers.iter().find(|header| header.name.eq_ignore_ascii_case("content-length")).unwrap();
            break (answer.code.unwrap(), std::str::from_utf8(length.value).unwrap().parse::<usize>().unwrap(), head);
        }
    };
    while filled < head + length {
        // What was read before is of no more use.
        filled += read(socket, buffer);
    }
    (status, length)
}

fn read(socket: &mut TcpStream, buffer: &mut [u8]) -> usize {
    let read = socket.read(buffer).unwrap();
    assert!(read > 0, "the server closed the connection");
    read
}
