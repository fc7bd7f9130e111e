//! Targets: each takes bytes, does with them what the house does, and says what has to hold for all of them.
//!
//! The integration tests run them too, over the corpus that is kept in `fuzz/corpus/`.

mod door;
mod requests;
mod texts;

pub use door::Door;

/// What a target does with bytes. It panics when something does not hold.
pub type Target = fn(&[u8]);

/// All targets but the door, which needs a file, by name.
pub const TARGETS: &[(&str, Target)] = &[
    ("head", requests::head),
    ("body", requests::body),
    ("route", requests::route),
    ("query", texts::query),
    ("cursor", texts::cursor),
    ("json", texts::json),
    ("search", texts::search),
    ("idempotency", requests::idempotency),
    ("cookie", requests::cookie),
];

/// The first byte of the data as a number below `end`, and the rest.
fn choice(data: &[u8], end: usize) -> Option<(usize, &[u8])> {
    let (first, rest) = data.split_first()?;
    Some((usize::from(*first) % end, rest))
}
