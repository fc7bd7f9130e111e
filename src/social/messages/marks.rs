//! Read marks, gathered in memory and written in batches, so that no reader waits for the writer.

use std::collections::{BTreeSet, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::{Message, store};
use crate::base::clock::{SECOND, Timestamp};
use crate::base::db::{Store, WriteTransaction};
use crate::base::error::Result;
use crate::base::ids::{AgentId, MessageId};

/// Marks written in one transaction, so that other writes wait little.
const FLUSH_MAX: usize = 500;
/// How long a mark stays in memory after it was written. A reader whose transaction began before that does not see it in
/// the file and still needs it; no read takes this long.
const REMEMBERED: i64 = 10 * SECOND;

/// A message that was shown to its recipient.
type Mark = (AgentId, MessageId);

/// The marks that a reader may not find in the file. A crash loses those that wait: their messages are new once more.
#[derive(Debug, Default)]
pub(super) struct Marks(Mutex<Inner>);

#[derive(Debug, Default)]
struct Inner {
    /// All that were made and are not forgotten yet.
    made: BTreeSet<Mark>,
    /// Those of them that are to be written.
    waiting: BTreeSet<Mark>,
    /// Those that were, with the time, oldest first.
    written: VecDeque<(Timestamp, Vec<Mark>)>,
}

impl Marks {
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn add(&self, marks: impl Iterator<Item = Mark>) {
        let mut inner = self.lock();
        for mark in marks {
            if inner.made.insert(mark) {
                inner.waiting.insert(mark);
            }
        }
    }

    /// The messages to an agent that count as read, whatever the file says.
    pub(super) fn of(&self, recipient: AgentId) -> Vec<MessageId> {
        let all = (recipient, MessageId(i64::MIN))..=(recipient, MessageId(i64::MAX));
        self.lock().made.range(all).map(|(_, message)| *message).collect()
    }

    /// Says of messages that the file calls unread what is known here.
    pub(super) fn lay_over(&self, messages: &mut [Message]) {
        let inner = self.lock();
        for message in messages {
            let marked = message.to.as_ref().is_some_and(|to| inner.made.contains(&(to.id, message.id)));
            message.is_read |= marked;
        }
    }

    fn some(&self) -> Vec<Mark> {
        self.lock().waiting.iter().take(FLUSH_MAX).copied().collect()
    }

    fn written(&self, marks: Vec<Mark>, at: Timestamp) {
        let mut inner = self.lock();
        for mark in &marks {
            inner.waiting.remove(mark);
        }
        inner.written.push_back((at, marks));
    }

    /// Forgets the marks that every reader finds in the file by now.
    fn forget(&self, written_before: Timestamp) {
        let mut inner = self.lock();
        while inner.written.front().is_some_and(|(at, _)| *at < written_before) {
            for mark in inner.written.pop_front().into_iter().flat_map(|(_, marks)| marks) {
                inner.made.remove(&mark);
            }
        }
    }
}

/// Writes what was gathered.
///
/// # Errors
/// Those of the database; what was not written stays in memory.
pub fn flush(database: &Store) -> Result<()> {
    let marks = database.memory::<Marks>();
    marks.forget(database.clock().now().plus(-REMEMBERED));
    loop {
        let batch = marks.some();
        if batch.is_empty() {
            return Ok(());
        }
        let rows = batch.clone();
        database.write(move |tx| rows.iter().try_for_each(|mark| write(tx, *mark)))?;
        marks.written(batch, database.clock().now());
    }
}

/// Writes a mark. One whose message is deleted by now changes nothing.
fn write(tx: &WriteTransaction, (recipient, id): Mark) -> Result<()> {
    if store::set_read(tx, recipient, id)? { store::count_read(tx, recipient, 1) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_is_known_until_every_reader_finds_it_in_the_file() {
        let marks = Marks::default();
        let (ada, bob) = (AgentId(1), AgentId(2));
        let known = |of| marks.of(of).into_iter().map(|message| message.0).collect::<Vec<_>>();
        marks.add([(ada, MessageId(7)), (bob, MessageId(8)), (ada, MessageId(5))].into_iter());
        marks.add([(ada, MessageId(5))].into_iter());
        assert_eq!((known(ada), known(bob)), (vec![5, 7], vec![8]));

        let batch = marks.some();
        assert_eq!(batch.len(), 3);
        marks.add([(bob, MessageId(9))].into_iter());
        marks.written(batch, Timestamp(1_000));
        assert_eq!(marks.some(), [(bob, MessageId(9))]);
        marks.forget(Timestamp(1_000));
        assert_eq!((known(ada), known(bob)), (vec![5, 7], vec![8, 9]));
        marks.forget(Timestamp(1_001));
        assert_eq!((known(ada), known(bob)), (vec![], vec![9]));
    }
}
