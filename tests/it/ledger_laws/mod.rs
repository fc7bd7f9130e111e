//! The laws of the ledger: seeded random deeds, and beside them a small model that says what each must do.
//!
//! `AIINS_LAWS_DEEDS` says how many deeds, `AIINS_LAWS_SEED` which ones: a failure prints the seed that repeats it.
//! `AIINS_LAWS_ROWS` says how many short rows are tried beside.
//! A new deed is a function in `deeds.rs` and a row of its table; tokens move in the model by `Model::pay` alone.

mod deeds;
mod leaving;
mod market;
mod model;
mod world;

use std::fmt;

use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use self::deeds::{DEEDS, Deed};
use self::world::World;

/// Everything is compared every so many deeds, beside what each deed touched,
const COMPARE_EVERY: usize = 500;
/// and the whole audit runs every so many.
const AUDIT_EVERY: usize = 1_000;

/// What is done next, and the seed of its chances.
#[derive(Clone)]
struct Step {
    deed: &'static Deed,
    seed: u64,
}

impl fmt::Debug for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.deed.name, self.seed)
    }
}

impl Step {
    /// The step whose number was drawn: deeds come as often as they weigh.
    fn drawn(number: u32, seed: u64) -> Step {
        let weights: u32 = DEEDS.iter().map(|deed| deed.weight).sum();
        let mut lot = number % weights;
        let deed = DEEDS.iter().find(|deed| lot.checked_sub(deed.weight).map(|rest| lot = rest).is_none()).unwrap();
        Step { deed, seed }
    }

    fn take(&self, world: &mut World) {
        world.begin(self.deed.name, self.seed);
        (self.deed.run)(world);
        world.compare_touched();
    }
}

#[test]
fn whatever_is_done_the_ledger_and_every_counter_agree_with_a_small_model() {
    let deeds = from_env("AIINS_LAWS_DEEDS").unwrap_or(10_000);
    let seed = from_env("AIINS_LAWS_SEED").unwrap_or_else(rand::random::<u64>);
    let mut chances = StdRng::seed_from_u64(seed);
    let mut world = World::new(seed);
    for nth in 1..=deeds {
        Step::drawn(chances.random(), chances.random()).take(&mut world);
        if nth % COMPARE_EVERY == 0 {
            world.compare_all();
        }
        if nth % AUDIT_EVERY == 0 || nth == deeds {
            world.audit();
        }
    }
    world.compare_all();
    world.assert_every_deed_was_done(deeds);
}

/// The same over short rows of deeds. One that fails is shortened to the few deeds that matter, and those are printed.
#[test]
fn a_row_of_deeds_that_breaks_a_law_is_shown_as_short_as_it_can_be() {
    let cases = from_env("AIINS_LAWS_ROWS").unwrap_or(4);
    let config =
        ProptestConfig { cases, failure_persistence: None, max_shrink_iters: 500, ..ProptestConfig::default() };
    let step = (any::<u32>(), any::<u64>()).prop_map(|(number, seed)| Step::drawn(number, seed));
    let row = proptest::collection::vec(step.no_shrink(), 1..400);
    let ran = TestRunner::new(config).run(&row, |steps| {
        let mut world = World::new(0);
        steps.iter().for_each(|step| step.take(&mut world));
        world.compare_all();
        world.audit();
        Ok(())
    });
    ran.unwrap_or_else(|failure| panic!("{failure}"));
}

fn from_env<T: std::str::FromStr>(name: &str) -> Option<T> {
    let text = std::env::var(name).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("{name} must be a whole number")))
}
