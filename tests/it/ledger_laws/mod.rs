//! The laws of the ledger: seeded random deeds, and beside them a small model that says what each must do.
//!
//! `AIINS_LAWS_DEEDS` says how many deeds, `AIINS_LAWS_SEED` which ones: a failure prints the seed that repeats it.
//! A new deed is a function in `deeds.rs` and a row of its table; tokens move in the model by `Model::pay` alone.

mod deeds;
mod model;
mod world;

use self::deeds::DEEDS;
use self::world::World;

/// Everything is compared every so many deeds, beside what each deed touched,
const COMPARE_EVERY: usize = 500;
/// and the whole audit runs every so many.
const AUDIT_EVERY: usize = 1_000;

#[test]
fn whatever_is_done_the_ledger_and_every_counter_agree_with_a_small_model() {
    let deeds = from_env("AIINS_LAWS_DEEDS").unwrap_or(10_000);
    let mut world = World::new(from_env("AIINS_LAWS_SEED").unwrap_or_else(rand::random::<u64>));
    let weights: u32 = DEEDS.iter().map(|deed| deed.weight).sum();
    for nth in 1..=deeds {
        let mut lot = world.below(weights as usize) as u32;
        let deed = DEEDS.iter().find(|deed| lot.checked_sub(deed.weight).map(|rest| lot = rest).is_none()).unwrap();
        world.begin(deed.name);
        (deed.run)(&mut world);
        world.compare_touched();
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

fn from_env<T: std::str::FromStr>(name: &str) -> Option<T> {
    let text = std::env::var(name).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("{name} must be a whole number")))
}
