//! Connections: one client's life, from its first byte to the lingering close, on one thread.

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::panic::{self, AssertUnwindSafe};
use std::thread;
use std::time::{Duration, Instant};

use tiny_http::Method;

use super::Service;
use super::body::{self, Unread};
use super::head::{self, BodyLength, Framing, Scan, Version};
use super::input::Input;
use super::life::{Life, Phase, Struck};
use super::listener::Server;
use super::request::{Head, Request};
use super::response::{JSON, Response};
use super::wire::{self, Connection, Date};
use crate::base::error::{Code, Error};

/// A longer answer is written in pieces of this size, each with the time limit of a whole one, so that slow readers of large
/// answers are not taken for stuck ones.
const PIECE_BYTES: usize = 256 * 1024;
/// An output buffer that a large answer has grown beyond this is given back.
const OUTPUT_BYTES_KEPT: usize = 64 * 1024;
/// How much of a refused request is read and forgotten, so that the client gets to read the answer before a reset reaches it.
const LINGER_BYTES_MAX: usize = 1024 * 1024;
const LINGER: Duration = Duration::from_secs(1);
const LINGER_AT_STOP: Duration = Duration::from_millis(200);
/// A socket shut for reading cannot tell when its client has gone, so it just stays open this long.
const LINGER_DEAF: Duration = Duration::from_millis(300);

/// What a thread keeps from connection to connection.
pub(super) struct Workspace {
    input: Input,
    output: Vec<u8>,
    date: Date,
}

impl Workspace {
    /// Empty buffers.
    pub(super) fn new() -> Workspace {
        Workspace { input: Input::new(), output: Vec::new(), date: Date::new() }
    }
}

/// Serves one connection until it ends.
pub(super) fn serve(server: &Server, life: &Life, work: &mut Workspace) {
    work.input.clear();
    let mut conversation = Conversation { server, life, work };
    loop {
        match conversation.exchange() {
            Ok(()) => {}
            Err(End::Gone) => return,
            Err(End::Closed) => return conversation.linger(false),
            Err(End::Refused(refusal)) => return conversation.refuse(*refusal),
        }
    }
}

/// Shapes a refusal. It always ends the connection, since the rest of the request may be anything.
pub(super) fn refusal(service: &Service, error: Error, head: Option<&Head>) -> Response {
    let retry_after = error.details().retry_after_secs;
    let response = guarded(|| (service.refuse)(error, head));
    let mut response = response.unwrap_or_else(|_| {
        let body = br#"{"success":false,"error":{"code":"internal","message":"Something failed on our side"}}"#;
        Response::bytes(500, JSON, body.to_vec())
    });
    if let Some(secs) = retry_after
        && !response.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("retry-after"))
    {
        response = response.header("Retry-After", secs.to_string());
    }
    response.closing()
}

/// Calls the application; a panic of its own becomes a 500 and nothing else.
fn guarded<T>(deed: impl FnOnce() -> T) -> Result<T, Error> {
    panic::catch_unwind(AssertUnwindSafe(deed)).map_err(|payload| {
        let text = payload.downcast_ref::<String>().map(String::as_str).or(payload.downcast_ref::<&str>().copied());
        tracing::error!(panic = text.unwrap_or("not a text"), "a handler panicked");
        Error::internal("a handler panicked")
    })
}

/// Why a conversation is over.
enum End {
    /// The client or the sweeper ended it: nothing can be said any more.
    Gone,
    /// The last answer is written.
    Closed,
    /// The request is refused below the application.
    Refused(Box<Refusal>),
}

struct Refusal {
    error: Error,
    head: Option<Head>,
    with_body: bool,
}

impl End {
    fn refused(error: Error, head: Option<Head>) -> End {
        let with_body = head.as_ref().is_none_or(|head| head.method != Method::Head);
        End::Refused(Box::new(Refusal { error, head, with_body }))
    }
}

impl From<Struck> for End {
    fn from(_: Struck) -> End {
        End::Gone
    }
}

impl From<io::Error> for End {
    fn from(_: io::Error) -> End {
        End::Gone
    }
}

struct Conversation<'a> {
    server: &'a Server,
    life: &'a Life,
    work: &'a mut Workspace,
}

impl Conversation<'_> {
    /// One request and its answer.
    fn exchange(&mut self) -> Result<(), End> {
        let (head, framing) = self.read_head()?;
        let (head, body) = self.read_body(head, framing)?;
        // From here on the request counts as running: a shutdown waits for it.
        if self.life.run().is_err() {
            return Err(self.cut(Some(head)));
        }
        let with_body = head.method != Method::Head;
        let response = guarded(|| (self.server.service.respond)(Request::new(head, body)))
            .map_err(|error| End::Refused(Box::new(Refusal { error, head: None, with_body })))?;

        if response.hangs_up {
            return Err(End::Gone);
        }
        let ends = response.close || !framing.keep_alive || self.server.is_stopping();
        let connection = match framing.version {
            _ if ends => Connection::Closed,
            Version::Http10 => Connection::KeptAlive,
            Version::Http11 => Connection::Open,
        };
        self.write(&response, with_body, connection)?;
        if ends {
            return Err(End::Closed);
        }
        // A pipelined request that is here already goes on without an idle moment.
        if self.work.input.unread().is_empty() {
            self.life.enter(Phase::Idle, self.server.options.idle_timeout)?;
            // A shutdown that has looked at this connection before it was idle relies on this second look.
            if self.server.is_stopping() {
                return Err(End::Closed);
            }
        }
        Ok(())
    }

    fn read_head(&mut self) -> Result<(Head, Framing), End> {
        let mut scan = Scan::default();
        let mut is_arriving = false;
        let range = loop {
            if !self.work.input.unread().is_empty() {
                if !is_arriving {
                    self.life.enter(Phase::Head, self.server.options.head_timeout)?;
                    is_arriving = true;
                }
                match scan.advance(self.work.input.unread()) {
                    Ok(Some(range)) => break range,
                    Ok(None) => {}
                    Err(error) => return Err(End::refused(error, None)),
                }
            }
            let count = self.work.input.fill(&mut &self.life.stream);
            match count {
                Ok(1..) => {}
                Ok(0) | Err(_) if is_arriving => return Err(self.cut(None)),
                Ok(0) | Err(_) => return Err(End::Gone),
            }
        };
        let end = range.end;
        let parsed = head::parse(&self.work.input.unread()[range], self.life.peer);
        self.work.input.consume(end);
        let (head, version) = parsed.map_err(|error| End::refused(error, None))?;
        match head::framing(&head, version) {
            Ok(framing) => Ok((head, framing)),
            Err(error) => Err(End::refused(error, Some(head))),
        }
    }

    fn read_body(&mut self, head: Head, framing: Framing) -> Result<(Head, Vec<u8>), End> {
        if framing.body == BodyLength::Empty {
            return Ok((head, Vec::new()));
        }
        let bytes_max = match guarded(|| (self.server.service.body_bytes_max)(&head)) {
            Ok(bytes_max) => bytes_max,
            Err(error) => return Err(End::refused(error, Some(head))),
        };
        if let BodyLength::Bytes(length) = framing.body
            && length > bytes_max as u64
        {
            return Err(End::refused(body::too_large(bytes_max), Some(head)));
        }
        // A client that has begun to send the body does not wait for leave to do so.
        if framing.expects_continue && self.work.input.unread().is_empty() {
            let told = self.life.enter(Phase::Writing, self.server.options.write_timeout);
            if told.is_err() {
                return Err(self.cut(Some(head)));
            }
            (&self.life.stream).write_all(wire::CONTINUE)?;
        }
        if self.life.enter(Phase::Body, self.server.options.body_timeout).is_err() {
            return Err(self.cut(Some(head)));
        }
        match body::read(&mut self.work.input, &mut &self.life.stream, framing.body, bytes_max) {
            Ok(body) => Ok((head, body)),
            Err(Unread::Refused(error)) => Err(End::refused(error, Some(head))),
            Err(Unread::Cut) => Err(self.cut(Some(head))),
        }
    }

    /// What to say when a request stopped arriving.
    fn cut(&self, head: Option<Head>) -> End {
        match self.life.struck() {
            Some(Struck::TimedOut) => {
                End::refused(Error::new(Code::RequestTimeout, "The request did not arrive in time"), head)
            }
            Some(Struck::Stopped) => End::refused(Error::unavailable("The server is stopping; try again"), head),
            Some(Struck::Evicted) | None => End::Gone,
        }
    }

    fn refuse(&mut self, refusal: Refusal) {
        let was_struck = self.life.struck().is_some();
        let response = self::refusal(&self.server.service, refusal.error, refusal.head.as_ref());
        self.life.revive(Phase::Writing, self.server.options.write_timeout);
        if self.write(&response, refusal.with_body, Connection::Closed).is_ok() {
            self.linger(was_struck);
        }
    }

    /// Writes an answer, head and body in one piece. A large body goes out by itself in pieces, uncopied, as long as all
    /// large bodies that clients are slow to take fit into a budget of memory; beyond it the client is told to come back.
    fn write(&mut self, response: &Response, with_body: bool, connection: Connection) -> Result<(), End> {
        let is_large = with_body && response.body.len() > PIECE_BYTES;
        let Some(_held) = self.server.hold_large(if is_large { response.body.len() } else { 0 }) else {
            let busy = Error::unavailable("Too many large answers are under way; try again, or ask for less");
            return Err(End::refused(busy, None));
        };
        let Workspace { output, date, .. } = &mut *self.work;
        output.clear();
        wire::render(output, response, with_body && !is_large, connection, date);
        let body = if is_large { response.body.as_slice() } else { &[] };
        let started = Instant::now();
        let patience = self.server.options.write_timeout + Duration::from_secs((body.len() / PIECE_BYTES) as u64);
        for piece in output.chunks(PIECE_BYTES).chain(body.chunks(PIECE_BYTES)) {
            // Each piece has its time, and all of them together have theirs.
            if started.elapsed() > patience {
                return Err(End::Gone);
            }
            self.life.enter(Phase::Writing, self.server.options.write_timeout)?;
            (&self.life.stream).write_all(piece)?;
        }
        if output.capacity() > OUTPUT_BYTES_KEPT {
            *output = Vec::new();
        }
        Ok(())
    }

    /// Ends the connection so that the client can read the last answer: closing a socket with bytes unread would reset it.
    fn linger(&mut self, is_deaf: bool) {
        let limit = if self.server.is_stopping() { LINGER_AT_STOP } else { LINGER };
        if self.life.enter(Phase::Lingering, limit).is_err() || self.life.stream.shutdown(Shutdown::Write).is_err() {
            return;
        }
        if is_deaf {
            thread::sleep(LINGER_DEAF.min(limit));
        }
        discard(&self.life.stream, &mut self.work.input);
    }
}

/// Reads and forgets what still comes, up to a bound.
fn discard(mut stream: &TcpStream, input: &mut Input) {
    // `take` lets a client that never stops sending go at some point.
    let mut rest = Read::take(&mut stream, LINGER_BYTES_MAX as u64);
    loop {
        input.clear();
        match input.fill(&mut rest) {
            Ok(1..) => {}
            Ok(0) | Err(_) => return,
        }
    }
}
