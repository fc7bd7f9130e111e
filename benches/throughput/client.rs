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
    pub p999_ms: f64,
    pub max_ms: f64,
    /// Of a body, on average.
    pub body_bytes: usize,
    pub answers: u64,
    /// Of this process, client and server, for each answer; what others do on the machine changes it little.
    pub cpu_us: f64,
    /// Answers that were no 2xx.
    pub refused: u64,
}

/// How requests follow each other.
#[derive(Clone, Copy)]
pub enum Pace {
    /// Each connection asks again when it was answered.
    Closed,
    /// So many requests a second in all, whether the answers come or not. A time counts from when the request was to be
    /// sent, so that one slow answer is not left out of the times of all that waited behind it.
    Open(f64),
}

/// Who is asked, by how many, for how long.
#[derive(Clone, Copy)]
pub struct Load {
    pub address: SocketAddr,
    pub connections: usize,
    pub time: Duration,
    pub pace: Pace,
}

/// A kept-alive connection, one request after the other.
pub struct Connection {
    socket: TcpStream,
    buffer: Vec<u8>,
}

impl Connection {
    pub fn open(address: SocketAddr) -> Connection {
        let socket = TcpStream::connect(address).unwrap();
        socket.set_nodelay(true).unwrap();
        Connection { socket, buffer: vec![0; 1 << 16] }
    }

    /// The answer's status and the length of its body.
    pub fn ask(&mut self, request: &Request) -> (u16, usize) {
        self.socket.write_all(&request.bytes()).unwrap();
        read_answer(&mut self.socket, &mut self.buffer)
    }
}

/// What one client saw of one kind of request.
#[derive(Clone)]
struct Seen {
    times: Histogram<u64>,
    /// Of all bodies together.
    body_bytes: usize,
    refused: u64,
}

impl Load {
    /// Asks until the time is up; `request` is given a number that no other request has.
    pub fn run(&self, request: impl Fn(usize) -> Request + Sync) -> Figures {
        self.run_mix(1, |number| (0, request(number)))[0]
    }

    /// As [`Load::run`], for a mix of kinds of requests: `next` says of which kind each one is. The last figures are those of
    /// all kinds together.
    pub fn run_mix(&self, kinds: usize, next: impl Fn(usize) -> (usize, Request) + Sync) -> Vec<Figures> {
        let (started, cpu) = (Instant::now(), cpu_seconds());
        let clients: Vec<Vec<Seen>> = std::thread::scope(|scope| {
            let next = &next;
            let ask = |client| scope.spawn(move || self.ask(started, client, kinds, next));
            let clients: Vec<_> = (0..self.connections).map(ask).collect();
            clients.into_iter().map(|client| client.join().unwrap()).collect()
        });
        let (took, cpu) = (started.elapsed(), cpu_seconds() - cpu);
        let answers: u64 = clients.iter().flatten().map(|seen| seen.times.len()).sum();
        let cpu_us = cpu * 1e6 / answers.max(1) as f64;
        let of_kind = |kind| sum(clients.iter().map(move |seen| &seen[kind]), took, cpu_us);
        (0..kinds).map(of_kind).chain([sum(clients.iter().flatten(), took, cpu_us)]).collect()
    }

    fn ask(
        &self,
        started: Instant,
        client: usize,
        kinds: usize,
        next: impl Fn(usize) -> (usize, Request),
    ) -> Vec<Seen> {
        let mut connection = Connection::open(self.address);
        let mut seen = vec![Seen { times: histogram(), body_bytes: 0, refused: 0 }; kinds];
        for nth in 0.. {
            let number = nth * self.connections + client;
            let planned = match self.pace {
                Pace::Closed => None,
                Pace::Open(per_second) => Some(started + Duration::from_secs_f64(number as f64 / per_second)),
            };
            if planned.unwrap_or_else(Instant::now) >= started + self.time {
                break;
            }
            let (kind, request) = next(number);
            if let Some(planned) = planned {
                std::thread::sleep(planned.saturating_duration_since(Instant::now()));
            }
            let asked = planned.unwrap_or_else(Instant::now);
            let (status, length) = connection.ask(&request);
            let seen = &mut seen[kind];
            seen.times.record(asked.elapsed().as_micros() as u64).unwrap();
            seen.body_bytes += length;
            seen.refused += u64::from(!(200..300).contains(&status));
        }
        seen
    }
}

fn sum<'s>(clients: impl Iterator<Item = &'s Seen>, took: Duration, cpu_us: f64) -> Figures {
    let (mut times, mut body_bytes, mut refused) = (histogram(), 0, 0);
    for seen in clients {
        times.add(&seen.times).unwrap();
        body_bytes += seen.body_bytes;
        refused += seen.refused;
    }
    let millis = |quantile| times.value_at_quantile(quantile) as f64 / 1_000.0;
    Figures {
        per_second: times.len() as f64 / took.as_secs_f64(),
        p50_ms: millis(0.5),
        p99_ms: millis(0.99),
        p999_ms: millis(0.999),
        max_ms: times.max() as f64 / 1_000.0,
        body_bytes: body_bytes / (times.len() as usize).max(1),
        answers: times.len(),
        cpu_us,
        refused,
    }
}

/// The time that all threads of this process have had of the processors; 0 where the system does not say.
fn cpu_seconds() -> f64 {
    const TICKS_PER_SECOND: f64 = 100.0;
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // What comes before is the process's name, which may hold anything.
    let fields = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
    let ticks = fields.split_whitespace().skip(11).take(2).filter_map(|ticks| ticks.parse::<f64>().ok());
    ticks.sum::<f64>() / TICKS_PER_SECOND
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
