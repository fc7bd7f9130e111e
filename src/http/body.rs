//! Bodies: read whole before the application sees the request, within a limit, growing as bytes come and never as announced.

use std::io::Read;

use super::head::{BodyLength, malformed};
use super::input::Input;
use crate::base::error::{Code, Error, Result};

/// A chunk-size line with its extensions. Nobody needs extensions; they are read over and counted.
const SIZE_LINE_BYTES_MAX: usize = 256;
/// All extensions and all trailers of one body, so that a body of tiny chunks cannot carry megabytes of them.
const OVERHEAD_BYTES_MAX: usize = 8 * 1024;

/// Room made for a body before its first byte; the rest is made as bytes come, since announcing them is free.
const CAPACITY_START_MAX: usize = 16 * 1024;

/// Why there is no body.
#[derive(Debug)]
pub(super) enum Unread {
    /// It is refused.
    Refused(Error),
    /// The connection ended before the body did.
    Cut,
}

impl From<Error> for Unread {
    fn from(error: Error) -> Unread {
        Unread::Refused(error)
    }
}

/// Reads a body of at most `bytes_max` bytes. The caller has refused a longer `Content-Length` already.
pub(super) fn read(
    input: &mut Input,
    source: &mut impl Read,
    length: BodyLength,
    bytes_max: usize,
) -> Result<Vec<u8>, Unread> {
    match length {
        BodyLength::Empty => Ok(Vec::new()),
        BodyLength::Bytes(length) => read_bytes(input, source, length, bytes_max),
        BodyLength::Chunked => read_chunks(input, source, bytes_max),
    }
}

/// 413.
pub(super) fn too_large(bytes_max: usize) -> Error {
    Error::new(Code::PayloadTooLarge, format!("The body may have {bytes_max} bytes here"))
}

fn read_bytes(input: &mut Input, source: &mut impl Read, length: u64, bytes_max: usize) -> Result<Vec<u8>, Unread> {
    let length = usize::try_from(length).ok().filter(|&length| length <= bytes_max);
    let length = length.ok_or_else(|| too_large(bytes_max))?;
    let present = input.unread().len().min(length);
    let mut body = Vec::with_capacity(length.min(CAPACITY_START_MAX));
    body.extend_from_slice(&input.unread()[..present]);
    input.consume(present);
    if present < length {
        let missing = (length - present) as u64;
        source.take(missing).read_to_end(&mut body).map_err(|_| Unread::Cut)?;
    }
    if body.len() == length { Ok(body) } else { Err(Unread::Cut) }
}

fn read_chunks(input: &mut Input, source: &mut impl Read, bytes_max: usize) -> Result<Vec<u8>, Unread> {
    let (mut chunks, mut body) = (Chunks::default(), Vec::new());
    loop {
        let used = chunks.decode(input.unread(), &mut body, bytes_max)?;
        input.consume(used);
        if chunks.state == State::Done {
            return Ok(body);
        }
        if input.fill(source).map_err(|_| Unread::Cut)? == 0 {
            return Err(Unread::Cut);
        }
    }
}

/// A chunked body on its way (RFC 9112 §7.1), decoded as it comes.
#[derive(Debug, Default)]
struct Chunks {
    state: State,
    /// What is left of the chunk, or the size read so far.
    size: usize,
    /// Bytes of the line that is being read.
    line: usize,
    /// Bytes of extensions and trailers so far.
    overhead: usize,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum State {
    #[default]
    Size,
    Extension,
    SizeFeed,
    Data,
    DataReturn,
    DataFeed,
    Trailer,
    TrailerFeed,
    Done,
}

impl Chunks {
    /// Takes what it can from `bytes` and returns how many that were; they are all, unless the body is done.
    fn decode(&mut self, bytes: &[u8], body: &mut Vec<u8>, bytes_max: usize) -> Result<usize> {
        let mut at = 0;
        while at < bytes.len() && self.state != State::Done {
            if self.state == State::Data {
                let count = self.size.min(bytes.len() - at);
                body.extend_from_slice(&bytes[at..at + count]);
                self.size -= count;
                at += count;
                if self.size == 0 {
                    self.state = State::DataReturn;
                }
            } else {
                self.step(bytes[at])?;
                at += 1;
                if self.state == State::Data && self.size > bytes_max.saturating_sub(body.len()) {
                    return Err(too_large(bytes_max));
                }
            }
        }
        Ok(at)
    }

    /// Takes one byte of what stands around the data.
    fn step(&mut self, byte: u8) -> Result<()> {
        self.state = match (self.state, byte) {
            (State::Size, digit) if digit.is_ascii_hexdigit() => {
                let digit = char::from(digit).to_digit(16).unwrap_or_default() as usize;
                let larger = self.size.checked_mul(16).ok_or_else(|| malformed("A chunk is larger than any memory"))?;
                self.size = larger + digit;
                self.count_line()?;
                State::Size
            }
            (State::Size, b'\r') if self.line > 0 => State::SizeFeed,
            (State::Size, b';') if self.line > 0 => self.count_overhead(State::Extension)?,
            (State::Size, _) => return Err(malformed("A chunk begins with its size in hexadecimal digits")),
            (State::Extension, b'\r') => State::SizeFeed,
            (State::Extension, byte) if is_text(byte) => self.count_overhead(State::Extension)?,
            (State::Extension, _) => return Err(malformed("A chunk extension holds a control character")),
            (State::SizeFeed, b'\n') if self.size == 0 => self.line_end(State::Trailer),
            (State::SizeFeed, b'\n') => self.line_end(State::Data),
            (State::DataReturn, b'\r') => State::DataFeed,
            (State::DataFeed, b'\n') => State::Size,
            (State::Trailer, b'\r') => State::TrailerFeed,
            (State::Trailer, byte) if is_text(byte) => self.count_overhead(State::Trailer)?,
            (State::Trailer, _) => return Err(malformed("A trailer holds a control character")),
            (State::TrailerFeed, b'\n') if self.line == 0 => State::Done,
            (State::TrailerFeed, b'\n') => self.line_end(State::Trailer),
            (State::SizeFeed | State::DataReturn | State::DataFeed | State::TrailerFeed, _) => {
                return Err(malformed("The lines around a chunk must end with CR LF"));
            }
            (State::Data | State::Done, _) => self.state,
        };
        Ok(())
    }

    fn line_end(&mut self, next: State) -> State {
        self.line = 0;
        next
    }

    fn count_line(&mut self) -> Result<()> {
        self.line += 1;
        if self.line > SIZE_LINE_BYTES_MAX {
            return Err(malformed("The line with a chunk's size is too long"));
        }
        Ok(())
    }

    fn count_overhead(&mut self, next: State) -> Result<State> {
        self.overhead += 1;
        if self.overhead > OVERHEAD_BYTES_MAX {
            return Err(malformed("There are too many chunk extensions or trailers"));
        }
        if next == State::Extension {
            self.count_line()?;
        } else {
            self.line += 1;
        }
        Ok(next)
    }
}

fn is_text(byte: u8) -> bool {
    byte == b'\t' || (byte >= b' ' && byte != 0x7f)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn chunks(bytes: &[u8], bytes_max: usize) -> Result<Vec<u8>, Option<u16>> {
        let mut source = bytes;
        read(&mut Input::new(), &mut source, BodyLength::Chunked, bytes_max).map_err(|unread| match unread {
            Unread::Refused(error) => Some(error.status()),
            Unread::Cut => None,
        })
    }

    #[test]
    fn chunks_become_a_body_or_a_refusal() {
        for (bytes, expected) in [
            ("0\r\n\r\n", Ok("")),
            ("5\r\nhello\r\n0\r\n\r\n", Ok("hello")),
            ("3\r\nhel\r\n00002\r\nlo\r\n000\r\n\r\n", Ok("hello")),
            ("A\r\n0123456789\r\n0\r\n\r\n", Ok("0123456789")),
            ("a;name=\"value\" ; b\r\n0123456789\r\n0;x\r\nTrailer: 1\r\nOther: 2\r\n\r\n", Ok("0123456789")),
            ("b\r\n0123456789a\r\n0\r\n\r\n", Err(Some(413))),
            ("6\r\n123456\r\n6\r\n123456\r\n0\r\n\r\n", Err(Some(413))),
            ("fffffffffffffff0\r\n", Err(Some(413))),
            ("fffffffffffffffff\r\n", Err(Some(400))),
            ("\r\n", Err(Some(400))),
            (";x\r\n", Err(Some(400))),
            ("0x5\r\nhello\r\n0\r\n\r\n", Err(Some(400))),
            ("+5\r\nhello\r\n0\r\n\r\n", Err(Some(400))),
            ("-5\r\nhello\r\n0\r\n\r\n", Err(Some(400))),
            (" 5\r\nhello\r\n0\r\n\r\n", Err(Some(400))),
            ("5\nhello\r\n0\r\n\r\n", Err(Some(400))),
            ("5;a\nb\r\nhello\r\n0\r\n\r\n", Err(Some(400))),
            ("5\r\nhello0\r\n\r\n", Err(Some(400))),
            ("5\r\nhello\n0\r\n\r\n", Err(Some(400))),
            ("5\r\nhello\r\n0\r\n\n", Err(Some(400))),
            ("5\r\nhello\r\n0\r\nA: b\n\r\n", Err(Some(400))),
            ("5\r\nhello\r\n", Err(None)),
            ("5\r\nhel", Err(None)),
        ] {
            let expected = expected.map(|text: &str| text.as_bytes().to_vec());
            assert_eq!(chunks(bytes.as_bytes(), 10), expected, "{bytes:?}");
        }
    }

    #[test]
    fn what_stands_around_chunks_is_bounded() {
        let long = "x".repeat(SIZE_LINE_BYTES_MAX);
        let chunk_with_extension = format!("1;{}\r\nx\r\n", "x".repeat(200));
        for bytes in [
            format!("1;{long}\r\nx\r\n0\r\n\r\n"),
            format!("{}1\r\nx\r\n0\r\n\r\n", "0".repeat(SIZE_LINE_BYTES_MAX)),
            format!("{}0\r\n\r\n", chunk_with_extension.repeat(100)),
            format!("0\r\n{}\r\n", "A: b\r\n".repeat(OVERHEAD_BYTES_MAX / 4 + 1)),
        ] {
            assert_eq!(chunks(bytes.as_bytes(), 1000), Err(Some(400)), "{bytes:.40}");
        }
    }

    #[test]
    fn a_body_ends_where_it_says() {
        let mut input = Input::new();
        let mut source: &[u8] = b"hello, next";
        let body = read(&mut input, &mut source, BodyLength::Bytes(5), 5).unwrap();
        assert_eq!((body.as_slice(), source), (b"hello".as_slice(), b", next".as_slice()));
        assert!(matches!(read(&mut input, &mut source, BodyLength::Bytes(7), 9), Err(Unread::Cut)));
        assert!(matches!(read(&mut input, &mut source, BodyLength::Bytes(10), 9), Err(Unread::Refused(_))));
    }

    /// Hands out what it has in pieces of one size, as a slow network does.
    struct Drip<'a>(&'a [u8], usize);

    impl Read for Drip<'_> {
        fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
            let count = self.1.min(into.len());
            self.0.read(&mut into[..count])
        }
    }

    proptest! {
        #[test]
        fn arbitrary_bytes_are_chunks_or_refused(bytes: Vec<u8>) {
            let _ = chunks(&bytes, 100);
            let _ = chunks(&[b"5\r\nhello\r\n", bytes.as_slice()].concat(), 100);
        }

        #[test]
        fn chunks_in_pieces_are_the_same_body(parts in prop::collection::vec("[a-z]{1,40}", 0..9), piece in 1_usize..9) {
            let mut bytes: String = parts.iter().map(|part| format!("{:x}\r\n{part}\r\n", part.len())).collect();
            bytes.push_str("0\r\n\r\n");
            let body = read(&mut Input::new(), &mut Drip(bytes.as_bytes(), piece), BodyLength::Chunked, 1000).unwrap();
            prop_assert_eq!(body, parts.concat().into_bytes());
        }
    }
}
