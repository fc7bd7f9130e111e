//! Kept rows: what was made of rows that many ask for, held in memory until the writer changes them.
//!
//! SQLite itself says which rows a commit changed, so no deed has to think of it, and whoever was answered that something
//! changed finds it changed. What a row was joined with is another matter: a deed that changes that calls
//! [`WriteTransaction::forget_kept`]. Nothing is kept for longer than [`FRESH_FOR`], since some things change by time alone
//! or by a command beside the server; a shared answer that is made of it at the end of that time is kept as long again.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::mem;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use hashlink::LruCache;
use rusqlite::Connection;

use super::transaction::{ReadTransaction, WriteTransaction};
use crate::base::clock::Timestamp;
use crate::base::error::Result;

/// How long a row is kept when nothing was written, in milliseconds.
const FRESH_FOR: i64 = 250;
/// Bytes that are kept of one type, all together; what was asked for longest ago gives way.
const BYTES_MAX: usize = 16 << 20;

/// A table whose rows can be kept, since the writer is watched for what it changes there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Watched {
    /// `notes`
    Notes,
}

impl Watched {
    fn named(name: &str) -> Option<Watched> {
        (name == "notes").then_some(Watched::Notes)
    }
}

/// Something that is made of one row of a table, and of what that row is joined with.
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
    shelves: RwLock<HashMap<TypeId, Arc<dyn AnyShelf>>>,
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
        for shelf in self.shelves.read().unwrap_or_else(PoisonError::into_inner).values() {
            shelf.forget(&changed);
        }
    }

    /// Forgets everything.
    pub(super) fn clear(&self) {
        self.state.fetch_add(1, Ordering::AcqRel);
        for shelf in self.shelves.read().unwrap_or_else(PoisonError::into_inner).values() {
            shelf.clear();
        }
    }

    fn shelf<T: KeptRow>(&self) -> Arc<Shelf<T>> {
        let of = TypeId::of::<T>();
        let found = self.shelves.read().unwrap_or_else(PoisonError::into_inner).get(&of).cloned();
        let shelf: Arc<dyn Any + Send + Sync> = found.unwrap_or_else(|| {
            let mut shelves = self.shelves.write().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(shelves.entry(of).or_insert_with(|| Arc::new(Shelf::<T>::default())))
        });
        shelf.downcast().unwrap_or_else(|_| unreachable!("a shelf stands under its own type"))
    }
}

trait AnyShelf: Any + Send + Sync {
    fn forget(&self, changed: &[(Watched, i64)]);
    fn clear(&self);
}

/// The kept rows of one type.
struct Shelf<T> {
    rows: Mutex<Rows<T>>,
}

struct Rows<T> {
    bytes: usize,
    by_id: LruCache<i64, (Timestamp, Arc<T>)>,
}

impl<T> Default for Shelf<T> {
    fn default() -> Shelf<T> {
        Shelf { rows: Mutex::new(Rows { bytes: 0, by_id: LruCache::new_unbounded() }) }
    }
}

impl<T: KeptRow> AnyShelf for Shelf<T> {
    fn forget(&self, changed: &[(Watched, i64)]) {
        let mut rows = lock(&self.rows);
        for (_, id) in changed.iter().filter(|(table, _)| *table == T::TABLE) {
            rows.forget(*id);
        }
    }

    fn clear(&self) {
        let mut rows = lock(&self.rows);
        rows.by_id.clear();
        rows.bytes = 0;
    }
}

impl<T: KeptRow> Rows<T> {
    fn find(&mut self, id: i64, now: Timestamp) -> Option<Arc<T>> {
        let (at, row) = self.by_id.get(&id)?;
        (at.0..=at.0 + FRESH_FOR).contains(&now.0).then(|| Arc::clone(row))
    }

    fn keep(&mut self, id: i64, now: Timestamp, row: &Arc<T>) {
        self.forget(id);
        self.bytes += row.bytes();
        self.by_id.insert(id, (now, Arc::clone(row)));
        while self.bytes > BYTES_MAX {
            let Some((_, (_, oldest))) = self.by_id.remove_lru() else { return };
            self.bytes -= oldest.bytes();
        }
    }

    fn forget(&mut self, id: i64) {
        if let Some((_, old)) = self.by_id.remove(&id) {
            self.bytes -= old.bytes();
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
        let shelf = self.shared.kept.shelf::<T>();
        let kept: Vec<Option<Arc<T>>> = {
            let mut rows = lock(&shelf.rows);
            ids.iter().map(|id| rows.find(*id, self.now())).collect()
        };
        let missing: Vec<i64> = ids.iter().zip(&kept).filter(|(_, row)| row.is_none()).map(|(id, _)| *id).collect();
        if missing.is_empty() {
            return Ok(kept.into_iter().flatten().collect());
        }
        let read: Vec<(i64, Arc<T>)> = read(&missing)?.into_iter().map(|(id, row)| (id, Arc::new(row))).collect();
        {
            let mut rows = lock(&shelf.rows);
            // Asked under the lock: who forgets has counted before it takes it.
            if self.shared.kept.state() == began_at {
                for (id, row) in &read {
                    rows.keep(*id, self.now(), row);
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
