//! Transactions as deeds see them: short verbs over cached statements, and the time, settings and ids that go with them.

use std::cell::RefCell;
use std::ops::Deref;
use std::sync::Arc;

use arc_swap::Guard;
use rusqlite::types::FromSql;
use rusqlite::{CachedStatement, Connection, OpenFlags, OptionalExtension, Params, Row};

use super::{Shared, migrations};
use crate::base::clock::Timestamp;
use crate::base::config::Settings;
use crate::base::error::{Error, Result};

/// How much a probe writes: one that fits in where no other write does would say yes too long.
const PROBE_BYTES: u32 = 64 << 10;

/// A transaction that sees one state of the file and changes nothing.
pub struct ReadTransaction<'c> {
    connection: &'c Connection,
    pub(super) shared: &'c Shared,
    /// The state of the kept rows when it began; none where it writes, and so sees what nobody else may.
    pub(super) began_at: Option<u64>,
    settings: Guard<Arc<Settings>>,
    now: Timestamp,
}

/// A transaction that may change the file. It runs on the writer thread and is kept or dropped as a whole.
pub struct WriteTransaction<'c> {
    read: ReadTransaction<'c>,
    effects: RefCell<Vec<Effect>>,
}

/// Something to do in memory once the transaction is on the disk.
pub(super) type Effect = Box<dyn FnOnce() + Send>;

impl<'c> ReadTransaction<'c> {
    fn new(connection: &'c Connection, shared: &'c Shared, began_at: Option<u64>) -> ReadTransaction<'c> {
        ReadTransaction { connection, shared, began_at, settings: shared.settings.load(), now: shared.clock.now() }
    }

    pub(super) fn run<R>(
        connection: &'c Connection,
        shared: &'c Shared,
        work: impl FnOnce(&ReadTransaction) -> Result<R>,
    ) -> Result<R> {
        let tx = ReadTransaction::new(connection, shared, Some(shared.kept.state()));
        tx.command("BEGIN DEFERRED")?;
        let open = OpenTransaction(&tx);
        let result = work(&tx);
        drop(open);
        result
    }

    fn command(&self, sql: &str) -> rusqlite::Result<()> {
        self.connection.prepare_cached(sql)?.execute([]).map(drop)
    }

    /// Every statement of a room goes through here.
    fn prepare(&self, sql: &str) -> rusqlite::Result<CachedStatement<'c>> {
        #[cfg(debug_assertions)]
        self.shared.statements.remember(sql);
        self.connection.prepare_cached(sql)
    }

    /// The time at which the transaction began. It stands still until the transaction ends.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// The settings of the server, as they were when the transaction began.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// What a room keeps in memory beside the file.
    #[must_use]
    pub fn memory<T: Default + Send + Sync + 'static>(&self) -> Arc<T> {
        self.shared.memory.get()
    }

    /// The first row, if there is one.
    ///
    /// # Errors
    /// Those of the database.
    pub fn find<T>(
        &self,
        sql: &str,
        params: impl Params,
        read: impl FnOnce(&Row) -> rusqlite::Result<T>,
    ) -> Result<Option<T>> {
        Ok(self.prepare(sql)?.query_row(params, read).optional()?)
    }

    /// The one row that is always there, such as a count.
    ///
    /// # Errors
    /// Those of the database.
    pub fn one<T>(&self, sql: &str, params: impl Params, read: impl FnOnce(&Row) -> rusqlite::Result<T>) -> Result<T> {
        Ok(self.prepare(sql)?.query_row(params, read)?)
    }

    /// All rows.
    ///
    /// # Errors
    /// Those of the database.
    pub fn list<T>(
        &self,
        sql: &str,
        params: impl Params,
        read: impl FnMut(&Row) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>> {
        let mut statement = self.prepare(sql)?;
        let rows = statement.query_map(params, read)?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// The row of each set of parameters in turn, those that are not there left out: a page of things whose ids are known.
    ///
    /// # Errors
    /// Those of the database.
    pub fn find_each<P: Params, T>(
        &self,
        sql: &str,
        each: impl IntoIterator<Item = P>,
        mut read: impl FnMut(&Row) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>> {
        let mut statement = self.prepare(sql)?;
        let mut found = Vec::new();
        for params in each {
            found.extend(statement.query_row(params, &mut read).optional()?);
        }
        Ok(found)
    }

    /// Calls `visit` for every row, for lists too long to hold.
    ///
    /// # Errors
    /// Those of the database and of `visit`.
    pub fn each(&self, sql: &str, params: impl Params, mut visit: impl FnMut(&Row) -> Result<()>) -> Result<()> {
        let mut statement = self.prepare(sql)?;
        let mut rows = statement.query(params)?;
        while let Some(row) = rows.next()? {
            visit(row)?;
        }
        Ok(())
    }

    /// The highest id in the file.
    ///
    /// # Errors
    /// Those of the database.
    pub fn highest_id(&self) -> Result<i64> {
        migrations::highest_id(self.connection)
    }

    /// What is written down about the file itself.
    ///
    /// # Errors
    /// Those of the database.
    pub fn fact(&self, key: &str) -> Result<Option<String>> {
        self.find("SELECT value FROM meta WHERE key = ?1", [key], |row| row.get(0))
    }

    /// Reads the row of no meaning that [`WriteTransaction::touch`] writes, to see whether anything can be read.
    ///
    /// # Errors
    /// Those of the database.
    pub fn probe(&self) -> Result<()> {
        const SQL: &str = "SELECT length(value) FROM meta WHERE key = 'last write probe'";
        self.find(SQL, [], |_| Ok(())).map(drop)
    }

    /// What is wrong with the file itself: its pages, and indexes that say other than their tables.
    ///
    /// # Errors
    /// Those of the database.
    pub fn damage(&self) -> Result<Vec<String>> {
        let path = self.connection.path().ok_or_else(|| Error::internal("the database has no file"))?;
        // A connection of its own: one that has searched before knows how the search index was laid out then, and SQLite's
        // check would take what others have changed since for damage.
        let fresh = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        fresh.busy_timeout(super::pool::BUSY_TIMEOUT)?;
        let mut check = fresh.prepare("PRAGMA integrity_check(100)")?;
        let lines = check.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<Vec<String>>>()?;
        Ok(lines.into_iter().filter(|line| line != "ok").collect())
    }

    /// Tables with rows that refer to what is not there, a sentence for each.
    ///
    /// # Errors
    /// Those of the database.
    pub fn loose_references(&self) -> Result<Vec<String>> {
        const SQL: &str = "SELECT \"table\", count(*) AS rows FROM pragma_foreign_key_check GROUP BY 1";
        self.list(SQL, [], |row| {
            let (table, rows): (String, i64) = (row.get(0)?, row.get(1)?);
            Ok(format!("{rows} rows of {table} refer to what is not there"))
        })
    }

    /// How SQLite would run a statement, one line a step; for the test that looks for table scans.
    ///
    /// # Errors
    /// Those of the database.
    pub fn plan(&self, sql: &str) -> Result<Vec<String>> {
        let mut statement = self.connection.prepare(&format!("EXPLAIN QUERY PLAN {sql}"))?;
        let rows = statement.raw_query().mapped(|row| row.get("detail")).collect::<rusqlite::Result<_>>()?;
        Ok(rows)
    }
}

/// Ends a read transaction also when the work in it panics, so that no snapshot is held for ever.
struct OpenTransaction<'t>(&'t ReadTransaction<'t>);

impl Drop for OpenTransaction<'_> {
    fn drop(&mut self) {
        if let Err(error) = self.0.command("COMMIT") {
            tracing::error!(%error, "a read transaction did not end");
        }
    }
}

impl<'c> WriteTransaction<'c> {
    pub(super) fn new(connection: &'c Connection, shared: &'c Shared) -> WriteTransaction<'c> {
        WriteTransaction { read: ReadTransaction::new(connection, shared, None), effects: RefCell::default() }
    }

    /// Runs a statement and answers how many rows it changed.
    ///
    /// # Errors
    /// Those of the database.
    pub fn run(&self, sql: &str, params: impl Params) -> Result<usize> {
        self.try_run(sql, params).map_err(Error::from)
    }

    /// As [`WriteTransaction::run`], with SQLite's own error, for callers that turn a constraint into a sentence.
    ///
    /// # Errors
    /// Those of the database, as they are.
    pub fn try_run(&self, sql: &str, params: impl Params) -> rusqlite::Result<usize> {
        self.read.prepare(sql)?.execute(params)
    }

    /// Rows that the writer has changed since the file was opened, those of indexes that are tables of their own included.
    #[must_use]
    pub fn rows_changed(&self) -> u64 {
        self.read.connection.total_changes()
    }

    /// Writes something down about the file itself.
    ///
    /// # Errors
    /// Those of the database.
    pub fn set_fact(&self, key: &str, value: &str) -> Result<()> {
        self.run("INSERT OR REPLACE INTO meta (key, value) VALUES (?1, ?2)", [key, value]).map(drop)
    }

    /// Writes one row of no meaning, as long as few others are, to see whether anything can be written.
    ///
    /// # Errors
    /// Those of the database.
    pub fn touch(&self) -> Result<()> {
        const SQL: &str =
            "INSERT OR REPLACE INTO meta (key, value) VALUES ('last write probe', ?1 || hex(zeroblob(?2)))";
        self.run(SQL, (self.now().to_string(), PROBE_BYTES / 2)).map(drop)
    }

    /// A new id, as the integer of any of the id types.
    #[must_use]
    pub fn new_id(&self) -> i64 {
        self.read.shared.ids.next(self.read.now)
    }

    /// Does something in memory once this transaction is on the disk, and not at all if it is dropped.
    pub fn after_commit(&self, effect: impl FnOnce() + Send + 'static) {
        self.effects.borrow_mut().push(Box::new(effect));
    }

    pub(super) fn take_effects(&self) -> Vec<Effect> {
        self.effects.take()
    }
}

impl<'c> Deref for WriteTransaction<'c> {
    type Target = ReadTransaction<'c>;

    fn deref(&self) -> &ReadTransaction<'c> {
        &self.read
    }
}

impl<'a, 'c> From<&'a WriteTransaction<'c>> for &'a ReadTransaction<'c> {
    fn from(tx: &'a WriteTransaction<'c>) -> Self {
        tx
    }
}

/// Takes a row's columns one after the other, in the order its SELECT names them. Looking columns up by name is what a
/// page of twenty notes would spend most of its time on.
pub struct Columns<'r> {
    row: &'r Row<'r>,
    next: usize,
}

impl<'r> Columns<'r> {
    /// Begins at the first column.
    #[must_use]
    pub fn of(row: &'r Row<'r>) -> Columns<'r> {
        Columns { row, next: 0 }
    }

    /// The next column's value.
    ///
    /// # Errors
    /// When there is no further column or it holds another type.
    pub fn take<T: FromSql>(&mut self) -> rusqlite::Result<T> {
        self.next += 1;
        self.row.get(self.next - 1)
    }

    /// Passes over columns that hold nothing, such as those of a row that an outer join did not find.
    pub fn skip(&mut self, columns: usize) {
        self.next += columns;
    }
}
