//! Fuzzing: what a connection does with bytes, without a connection. Only the targets in `fuzz/` come in here.

use std::io::Read;
use std::net::{IpAddr, Ipv4Addr};

use super::body::{self, Unread};
use super::head::{self, BodyLength, Scan};
use super::input::Input;
use super::request::Request;
use crate::base::error::Result;

/// One request as a connection reads it.
#[derive(Debug)]
pub struct Arrived {
    /// The request.
    pub request: Request,
    /// How many of the bytes were its own.
    pub used: usize,
    /// Whether the client would like to go on afterwards.
    pub keep_alive: bool,
}

/// Bytes that arrive in pieces of one size, as a network brings them.
struct Pieces<'a> {
    left: &'a [u8],
    size: usize,
}

impl Read for Pieces<'_> {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        let count = self.size.min(into.len());
        self.left.read(&mut into[..count])
    }
}

/// Reads one request from bytes that arrive in pieces. `None` when they end before it does.
///
/// # Errors
/// What a connection would refuse.
pub fn read_request(bytes: &[u8], piece: usize, body_bytes_max: usize) -> Result<Option<Arrived>> {
    let (mut input, mut source) = (Input::new(), Pieces { left: bytes, size: piece.max(1) });
    let mut scan = Scan::default();
    let range = loop {
        if !input.unread().is_empty()
            && let Some(range) = scan.advance(input.unread())?
        {
            break range;
        }
        if !matches!(input.fill(&mut source), Ok(1..)) {
            return Ok(None);
        }
    };
    let end = range.end;
    let (head, version) = head::parse(&input.unread()[range], IpAddr::V4(Ipv4Addr::LOCALHOST))?;
    input.consume(end);
    let framing = head::framing(&head, version)?;
    if let BodyLength::Bytes(length) = framing.body
        && length > body_bytes_max as u64
    {
        return Err(body::too_large(body_bytes_max));
    }
    match body::read(&mut input, &mut source, framing.body, body_bytes_max) {
        Ok(body) => {
            let used = bytes.len() - source.left.len() - input.unread().len();
            Ok(Some(Arrived { request: Request::new(head, body), used, keep_alive: framing.keep_alive }))
        }
        Err(Unread::Cut) => Ok(None),
        Err(Unread::Refused(error)) => Err(error),
    }
}
