//! Shared answers: what everyone without a key gets, made once until something changes.
//!
//! An answer holds until the next commit of this process, and never longer than [`FRESH_FOR`], since some things change by
//! time alone or by a command beside the server; what it was made of may have been kept as long before. All of them are
//! forgotten at once, so that nothing has to know which change shows in which answer. Of those that ask for the same at the
//! same moment one makes the answer and the others wait for it.

use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use hashlink::LruCache;

use crate::base::clock::Timestamp;
use crate::base::db::Store;
use crate::base::error::Result;
use crate::base::ids::{AgentId, NoteId};
use crate::http::response::Made;
use crate::http::{Head, Response};

/// How long an answer is fresh when nothing was written, in milliseconds.
const FRESH_FOR: i64 = 250;
/// Bytes that are kept, all together; whoever was asked for longest ago gives way.
const BYTES_MAX: usize = 16 << 20;
/// Answers that are kept.
const ANSWERS_MAX: usize = 4_096;
/// How long one waits for an answer that another is making; longer than any is allowed to take.
const WAIT_MAX: Duration = Duration::from_secs(3);

/// The answers that are kept now.
#[derive(Default)]
pub(super) struct SharedAnswers {
    shelf: Mutex<Shelf>,
    /// Rings when an answer was made or refused.
    made: Condvar,
}

struct Shelf {
    /// The state of the store that all of them were made from.
    version: u64,
    bytes: usize,
    answers: LruCache<String, Kept>,
    /// What is being made now, each from a state of the store.
    making: HashSet<(String, u64)>,
}

impl Default for Shelf {
    fn default() -> Shelf {
        Shelf { version: 0, bytes: 0, answers: LruCache::new_unbounded(), making: HashSet::new() }
    }
}

struct Kept {
    at: Timestamp,
    content_type: &'static str,
    headers: Vec<(&'static str, Cow<'static, str>)>,
    body: Arc<[u8]>,
    made: Arc<Made>,
    reading: Option<(NoteId, AgentId)>,
}

impl SharedAnswers {
    /// The answer to a request without a key: the one that is kept, else a new one, which is kept from then on.
    ///
    /// # Errors
    /// Those of `make`; a refusal is not kept.
    pub(super) fn get(&self, store: &Store, head: &Head, make: impl FnOnce() -> Result<Response>) -> Result<Response> {
        // Asked before the answer is made: what is written meanwhile makes it old at once.
        let (version, now) = (store.version(), store.clock().now());
        // Pages name the host they were asked at.
        let key = format!("{} {}?{}", head.headers.get("host").unwrap_or_default(), head.path, head.query);
        let making = match self.find_or_begin(key, version, now) {
            Ok(response) => return Ok(response),
            Err(making) => making,
        };
        let response = make()?;
        Ok(if response.status == 200 && !response.secret { making.keep(now, response) } else { response })
    }

    /// The answer that is kept or that another is making, else the right to make it.
    fn find_or_begin(&self, key: String, version: u64, now: Timestamp) -> std::result::Result<Response, Making<'_>> {
        let mut shelf = self.lock();
        if let Some(response) = shelf.find(&key, version, now) {
            return Ok(response);
        }
        let wanted = (key, version);
        if shelf.making.contains(&wanted) {
            let is_made = |shelf: &mut Shelf| shelf.making.contains(&wanted);
            let waited = self.made.wait_timeout_while(shelf, WAIT_MAX, is_made);
            shelf = waited.unwrap_or_else(PoisonError::into_inner).0;
            // One that was refused is not there, and all that waited make their own at once: it was a refusal soon.
            if let Some(response) = shelf.find(&wanted.0, version, now) {
                return Ok(response);
            }
        }
        shelf.making.insert(wanted.clone());
        Err(Making { answers: self, wanted })
    }

    fn lock(&self) -> MutexGuard<'_, Shelf> {
        self.shelf.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The making of an answer that others may wait for, until it is dropped.
struct Making<'s> {
    answers: &'s SharedAnswers,
    wanted: (String, u64),
}

impl Making<'_> {
    fn keep(self, now: Timestamp, response: Response) -> Response {
        let made = Arc::new(Made::default());
        let kept = Kept {
            at: now,
            content_type: response.content_type,
            headers: response.headers.clone(),
            body: response.body.as_slice().into(),
            made: Arc::clone(&made),
            reading: response.reading,
        };
        let (key, version) = self.wanted.clone();
        self.answers.lock().keep(key, version, kept);
        Response { made: Some(made), ..response }
    }
}

impl Drop for Making<'_> {
    fn drop(&mut self) {
        self.answers.lock().making.remove(&self.wanted);
        self.answers.made.notify_all();
    }
}

impl Shelf {
    fn find(&mut self, key: &str, version: u64, now: Timestamp) -> Option<Response> {
        if self.version != version {
            return None;
        }
        let kept = self.answers.get(key).filter(|kept| kept.is_fresh(now))?;
        let headers = kept.headers.clone();
        let response = Response::bytes(200, kept.content_type, kept.body.to_vec());
        Some(Response { headers, made: Some(Arc::clone(&kept.made)), reading: kept.reading, ..response })
    }

    fn keep(&mut self, key: String, version: u64, kept: Kept) {
        if version < self.version {
            return;
        }
        if version > self.version {
            (self.version, self.bytes) = (version, 0);
            self.answers.clear();
        }
        self.bytes += kept.body.len();
        let replaced = self.answers.insert(key, kept);
        self.bytes -= replaced.map_or(0, |old| old.body.len());
        while self.bytes > BYTES_MAX || self.answers.len() > ANSWERS_MAX {
            let Some((_, oldest)) = self.answers.remove_lru() else { return };
            self.bytes -= oldest.body.len();
        }
    }
}

impl Kept {
    fn is_fresh(&self, now: Timestamp) -> bool {
        (self.at.0..=self.at.0 + FRESH_FOR).contains(&now.0)
    }
}
