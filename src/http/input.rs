//! Input: what a connection has received and not used yet, in a buffer that one thread keeps for all its connections.

use std::io::{self, Read};

use super::head::HEAD_BYTES_MAX;

/// Most requests are smaller; a silent connection costs no more than this.
const CAPACITY_START: usize = 4 * 1024;

/// Bytes received and not used yet. It never holds more than the largest head.
pub(super) struct Input {
    bytes: Vec<u8>,
    start: usize,
    end: usize,
}

impl Input {
    /// An empty input.
    pub(super) fn new() -> Input {
        Input { bytes: vec![0; CAPACITY_START], start: 0, end: 0 }
    }

    /// Forgets everything, for the next connection.
    pub(super) fn clear(&mut self) {
        (self.start, self.end) = (0, 0);
        if self.bytes.len() > CAPACITY_START {
            self.bytes.truncate(CAPACITY_START);
            self.bytes.shrink_to_fit();
        }
    }

    /// What is there.
    pub(super) fn unread(&self) -> &[u8] {
        &self.bytes[self.start..self.end]
    }

    /// Marks so many bytes of [`Input::unread`] as used.
    pub(super) fn consume(&mut self, count: usize) {
        self.start = self.end.min(self.start + count);
        if self.start == self.end {
            (self.start, self.end) = (0, 0);
        }
    }

    /// Reads once. 0 means that nothing more will come; a full input reads nothing either, so callers check their limit first.
    pub(super) fn fill(&mut self, source: &mut impl Read) -> io::Result<usize> {
        if self.end == self.bytes.len() {
            if self.start > 0 {
                self.bytes.copy_within(self.start..self.end, 0);
                (self.start, self.end) = (0, self.end - self.start);
            } else {
                self.bytes.resize((self.bytes.len() * 2).min(HEAD_BYTES_MAX), 0);
            }
        }
        let count = read_once(source, &mut self.bytes[self.end..])?;
        self.end += count;
        Ok(count)
    }
}

/// One read that no signal cuts short.
fn read_once(source: &mut impl Read, into: &mut [u8]) -> io::Result<usize> {
    loop {
        match source.read(into) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            outcome => return outcome,
        }
    }
}
