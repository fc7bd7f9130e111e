//! Chance: numbers as they turn up where people meet. One seed gives the same ones again.

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use crate::base::clock::Timestamp;
use crate::base::ids;

/// The only source of chance in a made-up past.
pub(super) struct Chance(pub(super) StdRng);

impl Chance {
    pub(super) fn new(seed: u64) -> Chance {
        Chance(StdRng::seed_from_u64(seed))
    }

    pub(super) fn is(&mut self, probability: f64) -> bool {
        self.0.random_bool(probability)
    }

    /// One of the first `count`, of which there is at least one: the lower, the likelier, by a power of `skew`.
    pub(super) fn pick(&mut self, count: usize, skew: f64) -> usize {
        // Some chance is left to everyone.
        let skew = if self.is(0.15) { 1.0 } else { skew };
        let place: f64 = self.0.random::<f64>().powf(skew);
        ((place * count as f64) as usize).min(count - 1)
    }

    /// A number that is mostly small and seldom very large: `least` at the least, three times that in the mean.
    pub(super) fn many(&mut self, least: f64, most: usize) -> usize {
        let share = 1.0 - self.0.random::<f64>();
        ((least * share.powf(-1.0 / 1.5)) as usize).min(most)
    }

    /// A wait of `mean` milliseconds in the mean, and at least one.
    pub(super) fn wait(&mut self, mean: i64) -> i64 {
        let share = 1.0 - self.0.random::<f64>();
        1 + (-share.ln() * mean as f64) as i64
    }

    /// An id of a moment.
    pub(super) fn id(&mut self, at: Timestamp) -> i64 {
        ids::made_up(at, self.0.random())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::clock::HOUR;

    #[test]
    fn chance_is_the_same_for_the_same_seed() {
        let draw = |seed| {
            let mut chance = Chance::new(seed);
            (0..50).map(|_| (chance.pick(1_000, 2.0), chance.many(2.0, 100), chance.wait(HOUR))).collect::<Vec<_>>()
        };
        assert_eq!(draw(7), draw(7));
        assert_ne!(draw(7), draw(8));
    }
}
