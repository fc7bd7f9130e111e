//! Kept rows: what was made of rows that many ask for, held in memory until the writer changes them.
//!
//! SQLite itself says which rows a commit changed, so no deed has to think of it, and whoever was answered that something
//! changed finds it changed. What a row was joined with is another matter: a deed that changes that calls
//! [`WriteTransaction::forget_kept`]. Nothing is kept for longer than [`FRESH_FOR`], since some things change by time alone
//! or by a command beside the server; a shared answer that is made of it at the end of that time is kept as long again.

use std::any::Any;
use std::mem;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use hashlink::LruCache;
use rusqlite::Connection;

use super::transaction::{ReadTransaction, WriteTransaction};
use crate::base::clock::Timestamp;
use crate::base::error::Result;

/// How long a row is kept when nothing was written, in milliseconds.
const FRESH_FOR: i64 = 250;
/// Bytes that are kept, all together; what was asked for longest ago gives way.
const BYTES_MAX: usize = 16 << 20;

/// A table whose rows can be kept, since the writer is watched for what it changes there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Watched {
    /// `notes`
    Notes,
}

impl Watched {
    fn named(name: &str) -> Option<Watched> {
        (name == "notes").then_some(Watched::Notes)
    }
}

/// What is made of one row of a table, and of what that row is joined with; one type for each table.
pub trait KeptRow: Send + Sync + 'static {
    /// The table.
    const TABLE: Watched;

    /// About how many bytes it holds.
    fn bytes(&self) -> usize;
}

/// All rows that are kept, and those that the transaction under way has changed.
#[derive(Default)]
pub(super) struct Kept {
    /// Another number after every commit that changed some of these rows. A reader that began before must not keep what it
    /// read, which may be the old.
    state: AtomicU64,
    changed: Arc<Mutex<Vec<(Watched, i64)>>>,
    shelf: Mutex<Shelf>,
}

impl Kept {
    /// Has the connection that writes say which rows it changes.
    pub(super) fn watch(&self, connection: &Connection) -> rusqlite::Result<()> {
        let changed = Arc::clone(&self.changed);
        let note = move |_, _: &str, table: &str, id| {
            if let Some(table) = Watched::named(table) {
                lock(&changed).push((table, id));
            }
        };
        connection.update_hook(Some(note))
    }

    /// The number of the state that a reader which begins now will see, or of one before it.
    pub(super) fn state(&self) -> u64 {
        self.state.load(Ordering::Acquire)
    }

    /// Forgets what the transaction has changed. It is on the disk now, or was taken back: to forget too much is no harm.
    pub(super) fn forget_changed(&self) {
        let changed = mem::take(&mut *lock(&self.changed));
        if changed.is_empty() {
            return;
        }
        // First the number: from here on nobody keeps what was read before.
        self.state.fetch_add(1, Ordering::AcqRel);
        let mut shelf = lock(&self.shelf);
        for row in &changed {
            shelf.forget(row);
        }
    }

    /// Forgets everything.
    pub(super) fn clear(&self) {
        self.state.fetch_add(1, Ordering::AcqRel);
        *lock(&self.shelf) = Shelf::default();
    }
}

/// The kept rows, each of the type of its table.
struct Shelf {
    bytes: usize,
    rows: LruCache<(Watched, i64), Row>,
}

struct Row {
    at: Timestamp,
    bytes: usize,
    made: Arc<dyn Any + Send + Sync>,
}

impl Default for Shelf {
    fn default() -> Shelf {
        Shelf { bytes: 0, rows: LruCache::new_unbounded() }
    }
}

impl Shelf {
    fn find<T: KeptRow>(&mut self, id: i64, now: Timestamp) -> Option<Arc<T>> {
        let row = self.rows.get(&(T::TABLE, id))?;
        let is_fresh = (row.at.0..=row.at.0 + FRESH_FOR).contains(&now.0);
        if is_fresh { Arc::clone(&row.made).downcast().ok() } else { None }
    }

    fn keep<T: KeptRow>(&mut self, id: i64, now: Timestamp, made: &Arc<T>) {
        let key = (T::TABLE, id);
        self.forget(&key);
        let row = Row { at: now, bytes: made.bytes(), made: Arc::<T>::clone(made) };
        self.bytes += row.bytes;
        self.rows.insert(key, row);
        while self.bytes > BYTES_MAX {
            let Some((_, oldest)) = self.rows.remove_lru() else { return };
            self.bytes -= oldest.bytes;
        }
    }

    fn forget(&mut self, key: &(Watched, i64)) {
        if let Some(old) = self.rows.remove(key) {
            self.bytes -= old.bytes;
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl ReadTransaction<'_> {
    /// Whether no row that can be kept has changed since this transaction began: what it makes of them for all is not older
    /// than what others have seen. A transaction that writes cannot know.
    #[must_use]
    pub fn is_newest(&self) -> bool {
        self.began_at == Some(self.shared.kept.state())
    }

    /// The rows with some ids, in the order of these, those that are not there left out: as they are kept, and the others as
    /// `read` reads them, which leaves out too what is not there. Within a transaction that writes nothing is kept.
    ///
    /// # Errors
    /// Those of `read`.
    pub fn keep_each<T: KeptRow>(
        &self,
        ids: &[i64],
        read: impl FnOnce(&[i64]) -> Result<Vec<(i64, T)>>,
    ) -> Result<Vec<Arc<T>>> {
        let Some(began_at) = self.began_at else {
            return Ok(read(ids)?.into_iter().map(|(_, row)| Arc::new(row)).collect());
        };
        let shelf = &self.shared.kept.shelf;
        let kept: Vec<Option<Arc<T>>> = {
            let mut shelf = lock(shelf);
            ids.iter().map(|id| shelf.find(*id, self.now())).collect()
        };
        let missing: Vec<i64> = ids.iter().zip(&kept).filter(|(_, row)| row.is_none()).map(|(id, _)| *id).collect();
        if missing.is_empty() {
            return Ok(kept.into_iter().flatten().collect());
        }
        let read: Vec<(i64, Arc<T>)> = read(&missing)?.into_iter().map(|(id, row)| (id, Arc::new(row))).collect();
        {
            let mut shelf = lock(shelf);
            // Asked under the lock: who forgets has counted before it takes it.
            if self.shared.kept.state() == began_at {
                for (id, row) in &read {
                    shelf.keep(*id, self.now(), row);
                }
            }
        }
        let mut read = read.into_iter().peekable();
        let in_order = ids
            .iter()
            .zip(kept)
            .filter_map(|(id, row)| row.or_else(|| read.next_if(|(read_id, _)| read_id == id).map(|(_, row)| row)));
        Ok(in_order.collect())
    }
}

impl WriteTransaction<'_> {
    /// Has every kept row forgotten once this transaction is on the disk: for deeds that change what such rows are joined
    /// with, such as the name of their author.
    pub fn forget_kept(&self) {
        let kept = Arc::clone(&self.shared.kept);
        self.after_commit(move || kept.clear());
    }
}
