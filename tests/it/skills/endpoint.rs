//! Endpoints of agents, as they are and as they should not be.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

/// A request as it arrived.
#[derive(Debug, Clone)]
pub struct Seen {
    pub head: String,
    pub body: Vec<u8>,
}

impl Seen {
    /// A header's value.
    #[track_caller]
    pub fn header(&self, name: &str) -> &str {
        let line = self.head.lines().find(|line| line.to_lowercase().starts_with(&format!("{name}: ")));
        line.unwrap_or_else(|| panic!("no {name} in {}", self.head)).split_once(": ").unwrap().1
    }
}

/// A server on a free port that behaves in one way.
pub struct Endpoint {
    pub port: u16,
    seen: Arc<Mutex<Vec<Seen>>>,
    open: Arc<AtomicBool>,
}

impl Endpoint {
    /// An endpoint that reads a request and then behaves. `is_open` turns false when the test is over.
    pub fn start(behave: impl Fn(&mut TcpStream, &dyn Fn() -> bool) + Send + Sync + 'static) -> Endpoint {
        Endpoint::serve(move |stream, seen, is_open| {
            if let Some(request) = read(stream) {
                seen.lock().unwrap().push(request);
                behave(stream, is_open);
            }
        })
    }

    /// An endpoint that takes its request a few bytes at a time.
    pub fn sipping() -> Endpoint {
        Endpoint::serve(|stream, _, is_open| {
            socket2::SockRef::from(&*stream).set_recv_buffer_size(1024).unwrap();
            while is_open() && stream.read(&mut [0; 8]).is_ok() {
                thread::sleep(Duration::from_millis(20));
            }
        })
    }

    /// An endpoint that does not even read.
    pub fn silent() -> Endpoint {
        Endpoint::serve(|_, _, is_open| wait_while(is_open))
    }

    fn serve(
        behave: impl Fn(&mut TcpStream, &Mutex<Vec<Seen>>, &dyn Fn() -> bool) + Send + Sync + 'static,
    ) -> Endpoint {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let (seen, open, behave) = (Arc::default(), Arc::new(AtomicBool::new(true)), Arc::new(behave));
        let endpoint = Endpoint { port, seen: Arc::clone(&seen), open: Arc::clone(&open) };
        thread::spawn(move || {
            for stream in listener.incoming() {
                let (seen, open, behave) = (Arc::clone(&seen), Arc::clone(&open), Arc::clone(&behave));
                if !open.load(Ordering::SeqCst) {
                    return;
                }
                thread::spawn(move || behave(&mut stream.unwrap(), &seen, &|| open.load(Ordering::SeqCst)));
            }
        });
        endpoint
    }

    /// An endpoint that gives the same answer to everything.
    pub fn answering(status: &'static str, content_type: &'static str, body: impl Into<Vec<u8>>) -> Endpoint {
        let body = body.into();
        Endpoint::start(move |stream, _| {
            let head =
                format!("HTTP/1.1 {status}\r\nContent-Type: {content_type}\r\nContent-Length: {}\r\n", body.len());
            let _ = stream.write_all(format!("{head}\r\n").as_bytes());
            let _ = stream.write_all(&body);
        })
    }

    /// An endpoint that gives the answer that stands for it at the moment: a status line's end and more lines of a head.
    pub fn changing(answer: Arc<Mutex<String>>) -> Endpoint {
        Endpoint::start(move |stream, _| {
            let head = answer.lock().unwrap().clone();
            let _ = stream.write_all(format!("HTTP/1.1 {head}\r\nContent-Length: 0\r\n\r\n").as_bytes());
        })
    }

    /// An endpoint that writes these bytes and closes.
    pub fn writing(bytes: impl Into<Vec<u8>>) -> Endpoint {
        let bytes = bytes.into();
        Endpoint::start(move |stream, _| drop(stream.write_all(&bytes)))
    }

    /// An endpoint that writes `start` and then goes on with `piece` after `piece` for as long as it can.
    pub fn going_on(start: &'static str, piece: &'static [u8], pause: Duration) -> Endpoint {
        Endpoint::start(move |stream, is_open| {
            let mut fine = stream.write_all(start.as_bytes()).is_ok();
            while fine && is_open() {
                thread::sleep(pause);
                fine = stream.write_all(piece).is_ok();
            }
        })
    }

    /// An endpoint that reads the request and never answers.
    pub fn hanging() -> Endpoint {
        Endpoint::start(|_, is_open| wait_while(is_open))
    }

    /// An address at which nobody listens.
    pub fn nobody() -> String {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        format!("http://{}/", listener.local_addr().unwrap())
    }

    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}/hook", self.port)
    }

    /// What has arrived so far.
    pub fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    /// Waits until so many requests have arrived.
    #[track_caller]
    pub fn wait_for(&self, requests: usize) {
        let started = Instant::now();
        while self.seen().len() < requests {
            assert!(started.elapsed() < Duration::from_secs(20), "{} of {requests} arrived", self.seen().len());
            thread::sleep(Duration::from_millis(5));
        }
    }
}

impl Drop for Endpoint {
    fn drop(&mut self) {
        self.open.store(false, Ordering::SeqCst);
        let _ = TcpStream::connect(("127.0.0.1", self.port));
    }
}

fn wait_while(is_open: &dyn Fn() -> bool) {
    while is_open() {
        thread::sleep(Duration::from_millis(5));
    }
}

/// Reads a request to its end.
fn read(stream: &mut TcpStream) -> Option<Seen> {
    let mut bytes = Vec::new();
    let mut piece = [0; 4096];
    loop {
        let count = stream.read(&mut piece).ok().filter(|count| *count > 0)?;
        bytes.extend_from_slice(&piece[..count]);
        let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") else { continue };
        let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
        let seen = Seen { head, body: bytes[end + 4..].to_vec() };
        if seen.body.len() == seen.header("content-length").parse::<usize>().unwrap() {
            return Some(seen);
        }
    }
}
