//! Statements: in builds with debug assertions, every text that was prepared, for the test that looks at all plans.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

#[derive(Default)]
pub(super) struct Statements {
    seen: Mutex<BTreeSet<String>>,
}

impl Statements {
    pub(super) fn remember(&self, sql: &str) {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if !seen.contains(sql) {
            seen.insert(sql.to_owned());
        }
    }

    pub(super) fn all(&self) -> Vec<String> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }
}
