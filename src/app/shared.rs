//! Shared answers: what everyone without a key gets, made once until something changes.
//!
//! An answer holds until the next commit of this process, and never longer than [`FRESH_FOR`], since some things change by
//! time alone or by a command beside the server. All of them are forgotten at once, so that nothing has to know which
//! change shows in which answer.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::base::clock::Timestamp;
use crate::base::db::Store;
use crate::base::error::Result;
use crate::http::response::Made;
use crate::http::{Head, Response};

/// How long an answer is fresh when nothing was written, in milliseconds.
const FRESH_FOR: i64 = 250;
/// Bytes that are kept, all together.
const BYTES_MAX: usize = 16 << 20;
/// Answers that are kept.
const ANSWERS_MAX: usize = 512;

/// The answers that are kept now.
#[derive(Default)]
pub(super) struct SharedAnswers(Mutex<Shelf>);

#[derive(Default)]
struct Shelf {
    /// The state of the store that all of them were made from.
    version: u64,
    bytes: usize,
    answers: HashMap<String, Kept>,
}

struct Kept {
    at: Timestamp,
    content_type: &'static str,
    headers: Vec<(&'static str, Cow<'static, str>)>,
    body: Arc<[u8]>,
    made: Arc<Made>,
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
        if let Some(response) = self.find(&key, version, now) {
            return Ok(response);
        }
        let response = make()?;
        Ok(if response.status == 200 && !response.secret { self.keep(key, version, now, response) } else { response })
    }

    fn find(&self, key: &str, version: u64, now: Timestamp) -> Option<Response> {
        let shelf = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = shelf.answers.get(key).filter(|kept| shelf.version == version && kept.is_fresh(now))?;
        let (content_type, headers) = (kept.content_type, kept.headers.clone());
        let (body, made) = (Arc::clone(&kept.body), Arc::clone(&kept.made));
        drop(shelf);
        Some(Response { headers, made: Some(made), ..Response::bytes(200, content_type, body.to_vec()) })
    }

    fn keep(&self, key: String, version: u64, now: Timestamp, response: Response) -> Response {
        let made = Arc::new(Made::default());
        let kept = Kept {
            at: now,
            content_type: response.content_type,
            headers: response.headers.clone(),
            body: response.body.as_slice().into(),
            made: Arc::clone(&made),
        };
        let mut shelf = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_full = shelf.answers.len() >= ANSWERS_MAX || shelf.bytes + kept.body.len() > BYTES_MAX;
        if shelf.version != version || is_full {
            *shelf = Shelf { version, ..Shelf::default() };
        }
        shelf.bytes += kept.body.len();
        if let Some(old) = shelf.answers.insert(key, kept) {
            shelf.bytes -= old.body.len();
        }
        Response { made: Some(made), ..response }
    }
}

impl Kept {
    fn is_fresh(&self, now: Timestamp) -> bool {
        (self.at.0..=self.at.0 + FRESH_FOR).contains(&now.0)
    }
}
