//! `aiins export` and `aiins import`: a whole instance, or one agent's own data, as lines of JSON.

mod format;
mod import;
mod rebuilding;

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use rusqlite::Row;
use rusqlite::types::ValueRef;
use serde::ser::{Serialize, SerializeSeq, Serializer};

use self::format::{AgentOpening, FORMAT, Heading, Lines, Opening, VERSION, cannot_write, hex};
pub(super) use self::import::Import;
use super::{Common, places};
use crate::base::db::tables::{self, Column, TABLES};
use crate::base::db::{self, ReadTransaction, SCHEMA_VERSION};
use crate::base::error::{Error, Result};
use crate::discovery::own_data::{self, Place};
use crate::identity::agents;

/// Rows between two words about the progress.
const ROWS_BETWEEN_WORDS: u64 = 2_000;
/// What names the standard output or input.
const STANDARD: &str = "-";

#[derive(Args)]
pub(super) struct Export {
    /// Only the data of this agent or person
    #[arg(long, value_name = "HANDLE", conflicts_with = "without_secrets")]
    agent: Option<String>,
    /// The file to make, which must not be there; - is the standard output
    #[arg(short, long, value_name = "FILE", default_value = STANDARD)]
    output: PathBuf,
    /// Leave out what opens or signs something: agents need new keys after the import
    #[arg(long)]
    without_secrets: bool,
    #[command(flatten)]
    pub(super) common: Common,
}

impl Export {
    pub(super) fn run(&self) -> Result<ExitCode> {
        // The standard output is the export, so what there is to say besides goes elsewhere.
        if self.output == Path::new(STANDARD) {
            let rows = self.write(std::io::stdout().lock())?.1;
            let _ = writeln!(std::io::stderr(), "{rows} rows exported");
            return Ok(ExitCode::SUCCESS);
        }
        if self.output.exists() {
            let sentence = format!("{} is already there; an export never overwrites a file", self.output.display());
            return Err(Error::conflict(sentence));
        }
        let partial = db::with_suffix(&self.output, ".partial");
        let rows = self.write_file(&partial).and_then(|rows| {
            db::put_in_place(&partial, &self.output)?;
            Ok(rows)
        });
        if rows.is_err() {
            db::remove(&partial)?;
        }
        let rows = rows.map_err(|error| places::explain(&self.output, error))?;
        let answer = serde_json::json!({"success": true, "file": self.output, "rows": rows});
        self.common.output().answer(&answer, &format!("{} holds {rows} rows", self.output.display()))
    }

    fn write_file(&self, path: &Path) -> Result<u64> {
        db::remove(path)?;
        db::create_private(path)?;
        let file = File::options().write(true).open(path).map_err(|error| cannot_write(&error))?;
        Ok(self.write(file)?.1)
    }

    /// All of it is one state of the file, however long it takes and whatever a server writes meanwhile.
    fn write<W: Write>(&self, out: W) -> Result<(BufWriter<W>, u64)> {
        let store = self.common.open()?;
        let bar = progress("rows exported");
        let lines = Lines::new(BufWriter::new(out));
        let done = store.read_at_leisure(|tx| match &self.agent {
            None => write_instance(tx, lines, !self.without_secrets, &bar),
            Some(handle) => write_agent(tx, lines, handle, &bar),
        });
        bar.finish_and_clear();
        done
    }
}

/// A count of rows on the standard error, where that is a terminal.
fn progress(what: &str) -> ProgressBar {
    let style = ProgressStyle::with_template(&format!("{{spinner}} {{human_pos}} {what}, {{per_sec}}"));
    ProgressBar::no_length().with_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()))
}

fn write_instance<W: Write>(
    tx: &ReadTransaction,
    mut lines: Lines<W>,
    with_secrets: bool,
    bar: &ProgressBar,
) -> Result<(W, u64)> {
    lines.write(&Opening {
        format: FORMAT.to_owned(),
        version: VERSION,
        schema: SCHEMA_VERSION,
        exported_at: tx.now().to_string(),
        instance: tx.settings().public_url(),
        secrets: with_secrets,
    })?;
    let mut written = 0;
    for table in TABLES.iter().filter(|table| table.goes_along(with_secrets)) {
        let columns = table.columns(tx)?;
        let names = columns.iter().map(|column| column.name.clone()).collect();
        lines.write(&Heading { table: table.name.to_owned(), columns: names })?;
        let hidden: Vec<bool> =
            columns.iter().map(|column| !with_secrets && table.secrets.contains(&&*column.name)).collect();
        let mut rows = 0;
        table.each_row(tx, &columns, |row| {
            lines.write(&RowLine { row, columns: &columns, hidden: &hidden })?;
            rows += 1;
            written += 1;
            if written % ROWS_BETWEEN_WORDS == 0 {
                bar.set_position(written);
            }
            Ok(())
        })?;
        lines.count(table.name, rows);
    }
    lines.close()
}

/// A row as an array.
struct RowLine<'a> {
    row: &'a Row<'a>,
    columns: &'a [Column],
    hidden: &'a [bool],
}

impl Serialize for RowLine<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::Error as _;
        let mut array = serializer.serialize_seq(Some(self.columns.len()))?;
        for (at, hidden) in self.hidden.iter().enumerate() {
            match tables::value(self.row, at).map_err(S::Error::custom)? {
                _ if *hidden => array.serialize_element(&())?,
                ValueRef::Null => array.serialize_element(&())?,
                ValueRef::Integer(number) => array.serialize_element(&number)?,
                ValueRef::Text(text) => {
                    array.serialize_element(std::str::from_utf8(text).map_err(S::Error::custom)?)?;
                }
                ValueRef::Blob(bytes) => array.serialize_element(&hex(bytes))?,
                // None of our tables has such a column; `columns` has seen to that.
                ValueRef::Real(number) => return Err(S::Error::custom(format!("{number} is no whole number"))),
            }
        }
        array.end()
    }
}

fn write_agent<W: Write>(
    tx: &ReadTransaction,
    mut lines: Lines<W>,
    handle: &str,
    bar: &ProgressBar,
) -> Result<(W, u64)> {
    let agent = agents::get_id_even_banned(tx, handle)?;
    lines.write(&AgentOpening {
        format: own_data::FORMAT,
        version: own_data::VERSION,
        exported_at: tx.now(),
        instance: tx.settings().public_url(),
        agent: handle,
    })?;
    let (mut place, mut written) = (Some(Place::START), 0);
    while let Some(from) = place {
        let part = own_data::read(tx, agent, from)?;
        for record in &part.records {
            lines.write(record)?;
            lines.count(record.kind, 1);
            written += 1;
        }
        bar.set_position(written);
        place = part.next;
    }
    lines.close()
}
