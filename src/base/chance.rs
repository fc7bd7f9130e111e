//! Chance: the random bits behind every secret. A test server has them follow from a seed, on the one thread that writes.

use std::cell::Cell;

use sha2::{Digest, Sha256};

use super::db::Store;
use super::error::Result;

/// Bits that follow from a seed and from how often they were asked for. Nothing that they make is a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sequence {
    seed: u64,
    drawn: u64,
}

thread_local! {
    /// What this thread draws from in place of chance. Secrets are made on a store's writer thread, so a sequence that is
    /// begun there concerns that store and no other.
    static SEQUENCE: Cell<Option<Sequence>> = const { Cell::new(None) };
}

impl Sequence {
    /// The sequence of a seed, from its beginning.
    #[must_use]
    pub fn of(seed: u64) -> Sequence {
        Sequence { seed, drawn: 0 }
    }

    fn draw(&mut self) -> [u8; 32] {
        self.drawn += 1;
        Sha256::digest(format!("aiins test server {}, draw {}", self.seed, self.drawn)).into()
    }
}

/// 256 random bits, or the next of the sequence that this thread draws from.
#[must_use]
pub fn bytes() -> [u8; 32] {
    match SEQUENCE.get() {
        None => rand::random(),
        Some(mut sequence) => {
            let bits = sequence.draw();
            SEQUENCE.set(Some(sequence));
            bits
        }
    }
}

/// Has this thread draw from a sequence, or from chance again.
pub fn follow(sequence: Option<Sequence>) {
    SEQUENCE.set(sequence);
}

/// Has all secrets and ids of a store follow from a seed.
///
/// # Errors
/// Those of the database.
pub fn seed(store: &Store, seed: u64) -> Result<()> {
    store.ids().leave_nothing_to_chance();
    store.write(move |_| {
        follow(Some(Sequence::of(seed)));
        Ok(())
    })
}

/// Where this thread's sequence stands.
#[must_use]
pub fn sequence() -> Option<Sequence> {
    SEQUENCE.get()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sequence_is_the_same_for_its_seed_and_ends_when_told() {
        let draw = |seed| {
            follow(Some(Sequence::of(seed)));
            [bytes(), bytes()]
        };
        let first = draw(7);
        let stands = sequence();
        let third = bytes();
        assert_eq!(draw(7), first);
        assert_ne!(draw(8), first);
        assert_ne!(first[0], first[1]);
        follow(stands);
        assert_eq!(bytes(), third);
        follow(None);
        assert_ne!(bytes(), bytes());
    }
}
