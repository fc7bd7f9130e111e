//! The format of an export: lines of JSON.
//!
//! The first line says what the file is. Each table opens with a line that names its columns, and each of its rows is an array
//! in that order; bytes are written in hexadecimal. The last line counts the rows and holds the SHA-256 of every byte before
//! it, so that a file which was cut off or changed is seen.

use std::collections::BTreeMap;
use std::io::{self, BufRead, Read, Write};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::base::clock::Timestamp;
use crate::base::error::{Error, Result};

/// What the first line of an instance's export says it is.
pub(super) const FORMAT: &str = "aiins-export";
/// The version of the format.
pub(super) const VERSION: u32 = 1;
/// The longest line; the longest row of ours is a note, well below it.
pub(super) const LINE_BYTES_MAX: u64 = 8 << 20;

/// The first line.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Opening {
    pub(super) format: String,
    pub(super) version: u32,
    pub(super) schema: i64,
    pub(super) exported_at: String,
    pub(super) instance: String,
    pub(super) secrets: bool,
}

/// The first line of one agent's own data.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct AgentOpening<'a> {
    pub(super) format: &'static str,
    pub(super) version: u32,
    pub(super) exported_at: Timestamp,
    pub(super) instance: String,
    pub(super) agent: &'a str,
}

/// The line before a table's rows.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Heading {
    pub(super) table: String,
    pub(super) columns: Vec<String>,
}

/// The last line.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Closing {
    pub(super) rows: BTreeMap<String, u64>,
    pub(super) sha256: String,
}

/// Bytes as an export writes them.
pub(super) fn hex(bytes: &[u8]) -> String {
    data_encoding::HEXLOWER.encode(bytes)
}

/// Writes lines and keeps the digest of them.
pub(super) struct Lines<W: Write> {
    out: W,
    digest: Sha256,
    line: Vec<u8>,
    rows: BTreeMap<String, u64>,
}

impl<W: Write> Lines<W> {
    pub(super) fn new(out: W) -> Lines<W> {
        Lines { out, digest: Sha256::new(), line: Vec::new(), rows: BTreeMap::new() }
    }

    /// Writes a line.
    pub(super) fn write(&mut self, value: &impl Serialize) -> Result<()> {
        self.line.clear();
        serde_json::to_writer(&mut self.line, value).map_err(Error::internal)?;
        self.line.push(b'\n');
        self.digest.update(&self.line);
        self.out.write_all(&self.line).map_err(|error| cannot_write(&error))
    }

    /// Counts a row of a table or a record of a kind.
    pub(super) fn count(&mut self, name: &str, rows: u64) {
        match self.rows.get_mut(name) {
            Some(counted) => *counted += rows,
            None => drop(self.rows.insert(name.to_owned(), rows)),
        }
    }

    /// Writes the last line, and answers how many rows there are.
    pub(super) fn close(mut self) -> Result<(W, u64)> {
        let rows = self.rows.values().sum();
        let digest = std::mem::take(&mut self.digest).finalize();
        let closing = Closing { rows: std::mem::take(&mut self.rows), sha256: hex(&digest) };
        self.write(&closing)?;
        self.out.flush().map_err(|error| cannot_write(&error))?;
        Ok((self.out, rows))
    }
}

pub(super) fn cannot_write(error: &io::Error) -> Error {
    Error::unavailable(format!("The export cannot be written: {error}"))
}

/// Reads lines and keeps the digest of those before the current one.
pub(super) struct Reader<R: BufRead> {
    input: R,
    digest: Sha256,
    line: Vec<u8>,
    /// The number of the current line, from 1.
    pub(super) number: u64,
}

impl<R: BufRead> Reader<R> {
    pub(super) fn new(input: R) -> Reader<R> {
        Reader { input, digest: Sha256::new(), line: Vec::new(), number: 0 }
    }

    /// The next line without its end; `None` when there is none.
    ///
    /// # Errors
    /// A sentence with the line's number for one that is too long or has no end.
    pub(super) fn next_line(&mut self) -> Result<Option<&[u8]>> {
        self.digest.update(&self.line);
        self.line.clear();
        let mut limited = self.input.by_ref().take(LINE_BYTES_MAX);
        let read = limited.read_until(b'\n', &mut self.line).map_err(|error| {
            Error::unavailable(format!("The file cannot be read after line {}: {error}", self.number))
        })?;
        if read == 0 {
            return Ok(None);
        }
        self.number += 1;
        match self.line.strip_suffix(b"\n") {
            Some(line) => Ok(Some(line)),
            None if read as u64 == LINE_BYTES_MAX => Err(self.refuse("is longer than any line of an export")),
            None => Err(self.refuse("has no end: the file was cut off")),
        }
    }

    /// The digest of the lines before the current one.
    pub(super) fn digest(&self) -> String {
        hex(&self.digest.clone().finalize())
    }

    /// A refusal that names the current line.
    pub(super) fn refuse(&self, what: impl std::fmt::Display) -> Error {
        Error::conflict(format!("Line {} {what}", self.number))
    }
}
