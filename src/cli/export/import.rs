//! `aiins import`: makes a new database out of an export.
//!
//! It goes into a file of its own that takes the database's place when the digest, the counts and the audit agree, so that
//! an import which is refused leaves nothing behind.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use clap::Args;
use indicatif::ProgressBar;
use rusqlite::types::Value;
use serde_json::json;

use super::format::{Closing, FORMAT, Heading, Opening, Reader, VERSION};
use super::{STANDARD, progress, rebuilding};
use crate::base::clock::Clock;
use crate::base::config::Settings;
use crate::base::db::tables::{self, Column, Holds, Table};
use crate::base::db::{self, Bulk, Purpose, SCHEMA_VERSION, Store, WriteTransaction};
use crate::base::error::{Error, Result};
use crate::base::ids::AgentId;
use crate::cli::files::{refuse_stray_log, take_place};
use crate::cli::serve::has_database;
use crate::cli::{Common, places};
use crate::discovery::audit;
use crate::identity::agents::{Handle, retired_handle};

/// Rows written in one transaction.
const BATCH_MAX: u64 = 20_000;

#[derive(Args)]
pub(crate) struct Import {
    /// The export; - is the standard input
    file: PathBuf,
    #[command(flatten)]
    pub(crate) common: Common,
}

impl Import {
    pub(crate) fn run(&self) -> Result<ExitCode> {
        let settings = Arc::new(self.common.settings()?);
        let target = PathBuf::from(&settings.database.path);
        refuse_taken(&target)?;
        let input: Box<dyn BufRead> = if self.file == Path::new(STANDARD) {
            Box::new(std::io::stdin().lock())
        } else {
            let file = File::open(&self.file)
                .map_err(|error| Error::not_found(format!("{}: {error}", self.file.display())))
                .map_err(|error| places::explain_reading(&self.file, "name one that `aiins export` wrote", error))?;
            Box::new(BufReader::with_capacity(1 << 20, file))
        };
        let unfinished = db::with_suffix(&target, ".importing");
        db::remove(&unfinished)?;
        let done = fill(&unfinished, input, &settings).and_then(|rows| {
            // It took a while, and meanwhile a server may have begun one.
            refuse_taken(&target)?;
            take_place(&unfinished, &target)?;
            Ok(rows)
        });
        if done.is_err() {
            db::remove(&unfinished)?;
        }
        let rows = done.map_err(|error| places::explain(&target, error))?;
        let answer = json!({"success": true, "database": target, "rows": rows});
        self.common.output().answer(&answer, &format!("{} holds the {rows} rows of the export", target.display()))
    }
}

fn refuse_taken(path: &Path) -> Result<()> {
    if has_database(path) {
        return Err(Error::conflict(format!(
            "{} is not empty; import into a new file with --database, or move this one away",
            path.display()
        )));
    }
    if db::is_in_use(path) {
        return Err(Error::conflict(format!("A server runs on {}; stop it first", path.display())));
    }
    refuse_stray_log(path)
}

/// Fills a file that nobody knows yet, and makes sure that all of it is sound.
fn fill(path: &Path, input: impl BufRead, settings: &Arc<Settings>) -> Result<u64> {
    let bar = progress("rows imported");
    let bulk = Bulk::create(path, Arc::clone(settings), Clock::System)?;
    let rows = read_rows(&bulk, Reader::new(input), &bar)?;
    bar.set_message("rebuilding");
    rebuilding::run(&bulk)?;
    bulk.finish()?;
    bar.finish_and_clear();
    let store = Store::open(path, Arc::clone(settings), Clock::System, Purpose::Fill)?;
    let found = store.read_at_leisure(audit::run)?;
    drop(store);
    if !found.ok {
        return Err(Error::conflict(format!("The export is not sound: {}", found.problems.join("; "))));
    }
    db::fold_log(path)?;
    Ok(rows)
}

/// Where the reader is: in the rows of which table.
struct Current {
    table: &'static Table,
    columns: Vec<Column>,
    statement: String,
}

/// What the line before this one has led to.
enum Step {
    Row,
    Closed,
}

struct Rows<R: BufRead> {
    reader: Reader<R>,
    with_secrets: bool,
    current: Option<Current>,
    /// The last row of accounts.
    last_account: Option<i64>,
    counts: BTreeMap<String, u64>,
    written: u64,
}

fn read_rows<R: BufRead>(bulk: &Bulk, mut reader: Reader<R>, bar: &ProgressBar) -> Result<u64> {
    let with_secrets = read_opening(&mut reader)?;
    let mut rows =
        Rows { reader, with_secrets, current: None, last_account: None, counts: BTreeMap::new(), written: 0 };
    loop {
        let closed = bulk.write(|tx| {
            for _ in 0..BATCH_MAX {
                if let Step::Closed = rows.step(tx)? {
                    return Ok(true);
                }
            }
            Ok(false)
        })?;
        bar.set_position(rows.written);
        if closed {
            return Ok(rows.written);
        }
    }
}

fn read_opening<R: BufRead>(reader: &mut Reader<R>) -> Result<bool> {
    let line = reader.next_line()?.unwrap_or_default().to_vec();
    let Ok(opening) = serde_json::from_slice::<Opening>(&line) else {
        return Err(reader.refuse("does not open an export of an instance"));
    };
    if opening.format != FORMAT || opening.version != VERSION {
        let Opening { format, version, .. } = opening;
        return Err(
            reader.refuse(format!("says {format} version {version}; this program reads {FORMAT} version {VERSION}"))
        );
    }
    if opening.schema != SCHEMA_VERSION {
        let what = if opening.schema < SCHEMA_VERSION {
            "import it with the Aiins that wrote it, and let this one upgrade the database"
        } else {
            "install a newer Aiins"
        };
        return Err(reader.refuse(format!("says schema {}, this program has {SCHEMA_VERSION}: {what}", opening.schema)));
    }
    Ok(opening.secrets)
}

impl<R: BufRead> Rows<R> {
    fn step(&mut self, tx: &WriteTransaction) -> Result<Step> {
        let Some(line) = self.reader.next_line()? else {
            return Err(Error::conflict(format!(
                "The file ends after line {} without its last line: it was cut off",
                self.reader.number
            )));
        };
        if line.starts_with(b"[") {
            let row: Result<Vec<serde_json::Value>, _> = serde_json::from_slice(line);
            let row = row.map_err(|error| self.reader.refuse(format!("is no row: {error}")))?;
            self.insert(tx, row)?;
            return Ok(Step::Row);
        }
        if line.starts_with(br#"{"table""#) {
            let heading: Result<Heading, _> = serde_json::from_slice(line);
            let heading = heading.map_err(|error| self.reader.refuse(format!("names no table: {error}")))?;
            self.begin(tx, heading)?;
            return Ok(Step::Row);
        }
        let closing: Result<Closing, _> = serde_json::from_slice(line);
        let closing = closing.map_err(|_| self.reader.refuse("is no line of an export"))?;
        self.close(&closing)?;
        Ok(Step::Closed)
    }

    fn begin(&mut self, tx: &WriteTransaction, heading: Heading) -> Result<()> {
        let refuse = |what: String| Err(self.reader.refuse(what));
        let Some(table) = Table::find(&heading.table).filter(|table| table.goes_along(self.with_secrets)) else {
            return refuse(format!("names the table {}, which is not part of such an export", heading.table));
        };
        if self.counts.contains_key(table.name) {
            return refuse(format!("opens the table {} again", table.name));
        }
        let columns = table.columns(tx)?;
        if !columns.iter().map(|column| &column.name).eq(&heading.columns) {
            let expected: Vec<&str> = columns.iter().map(|column| &*column.name).collect();
            return refuse(format!("names other columns of {} than {}", table.name, expected.join(", ")));
        }
        self.counts.insert(heading.table, 0);
        self.current = Some(Current { table, statement: table.statement(&columns), columns });
        Ok(())
    }

    fn insert(&mut self, tx: &WriteTransaction, row: Vec<serde_json::Value>) -> Result<()> {
        let Some(Current { table, columns, statement }) = &self.current else {
            return Err(self.reader.refuse("is a row before any table"));
        };
        if row.len() != columns.len() {
            let (sent, wanted) = (row.len(), columns.len());
            return Err(self.reader.refuse(format!("has {sent} values, {} has {wanted} columns", table.name)));
        }
        let values = columns.iter().zip(row).map(|(column, value)| {
            sqlite_value(column, value)
                .ok_or_else(|| self.reader.refuse(format!("holds what {}.{} cannot hold", table.name, column.name)))
        });
        let values: Vec<Value> = values.collect::<Result<_>>()?;
        let of =
            |name: &str| columns.iter().zip(&values).find(|(column, _)| column.name == name).map(|(_, value)| value);
        if !is_handle(table, &of) {
            return Err(self.reader.refuse(format!("holds what is no handle in {}.handle", table.name)));
        }
        if let ("accounts", Some(Value::Integer(id))) = (table.name, of("id")) {
            // A row takes the place of the one that the schema opens, so SQLite says nothing of a second one.
            if self.last_account.is_some_and(|last| last >= *id) {
                return Err(self.reader.refuse("is a second row of one account, or out of order"));
            }
            self.last_account = Some(*id);
        }
        tables::insert(tx, statement, &values)
            .map_err(|error| self.reader.refuse(format!("does not fit into {}: {error}", table.name)))?;
        if let Some(count) = self.counts.get_mut(table.name) {
            *count += 1;
        }
        self.written += 1;
        Ok(())
    }

    fn close(&mut self, closing: &Closing) -> Result<()> {
        if closing.sha256 != self.reader.digest() {
            return Err(self
                .reader
                .refuse("has the digest of another file: something before it was changed or is gone"));
        }
        if closing.rows != self.counts {
            return Err(self.reader.refuse("counts other rows than the file has"));
        }
        for table in tables::TABLES.iter().filter(|table| table.goes_along(self.with_secrets)) {
            if !self.counts.contains_key(table.name) {
                return Err(self.reader.refuse(format!("comes before the table {}", table.name)));
            }
        }
        match self.reader.next_line()? {
            None => Ok(()),
            Some(_) => Err(self.reader.refuse("stands behind the last line")),
        }
    }
}

/// Whether a row's handle, if its table has one, is one that registration takes or that a deleted account has.
fn is_handle<'v>(table: &Table, of: &impl Fn(&str) -> Option<&'v Value>) -> bool {
    let Some(Value::Text(handle)) = of("handle") else { return true };
    let is_deleted = match (table.name, of("id"), of("retired_at")) {
        ("agents", Some(Value::Integer(id)), Some(Value::Integer(_))) => *handle == retired_handle(AgentId(*id)),
        _ => false,
    };
    is_deleted || Handle::parse(handle).is_ok_and(|parsed| parsed.as_str() == handle)
}

/// A value as the column holds it; `None` for one that it cannot hold.
fn sqlite_value(column: &Column, value: serde_json::Value) -> Option<Value> {
    match (column.holds, value) {
        (_, serde_json::Value::Null) => Some(Value::Null),
        (Holds::Number, serde_json::Value::Number(number)) => number.as_i64().map(Value::Integer),
        (Holds::Text, serde_json::Value::String(text)) => Some(Value::Text(text)),
        (Holds::Bytes, serde_json::Value::String(text)) => {
            data_encoding::HEXLOWER.decode(text.as_bytes()).ok().map(Value::Blob)
        }
        _ => None,
    }
}
