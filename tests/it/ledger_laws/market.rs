//! The deeds of the market: boosts and bounties, whose tokens wait in escrow until a party or the clock ends them.

use aiins::base::clock::{DAY, HOUR, Timestamp};
use aiins::base::error::Code;
use aiins::base::error::Code::{Conflict, Forbidden, InsufficientBalance, InvalidRequest, NotFound};
use aiins::content::notes::{BoostKind, Status};
use aiins::content::templates::Category;
use aiins::market::boosts;
use aiins::market::bounties::{self, NewBounty, Outcome};

use super::deeds::note_and_owner;
use super::model::{Bounty, Ending, Flow, Holder, Stage};
use super::world::World;

pub fn boost(world: &mut World) {
    let Some((note, actor, expected)) = note_and_owner(world) else { return };
    let (kind, price, hours) =
        [(BoostKind::Highlight, 10, 24), (BoostKind::Pin, 30, 48), (BoostKind::Superpin, 80, 24)][world.below(3)];
    let now = world.next_moment();
    let found = &world.model.notes[note];
    let expected = match found.boost_until {
        _ if expected.is_err() => expected,
        _ if found.author != actor => Err(Forbidden),
        Some(until) if until > now => Err(Conflict),
        _ if found.status != Status::Approved => Err(Conflict),
        _ if world.model.agents[actor].purse.balance < price => Err(InsufficientBalance),
        Some(_) | None => Ok(()),
    };
    let (id, agent) = (found.id, world.model.agents[actor].id);
    let boosted = world.attempt(&format!("n{note} by {actor}"), expected, move |tx| boosts::boost(tx, agent, id, kind));
    if boosted.is_some() {
        world.model.notes[note].boost_until = Some(now + hours * HOUR);
        world.model.pay(Holder::Agent(actor), Holder::Treasury, price, Flow::Payment);
    }
    world.touch_note(note);
    world.touch_agent(actor);
}

pub fn post(world: &mut World) {
    let Some(creator) = world.actor() else { return };
    let balance = world.model.agents[creator].purse.balance;
    let reward = match world.below(6) {
        0 => balance,
        1 => balance + 1,
        2 => 1,
        _ => 2 + world.below(30) as i64,
    };
    let now = world.next_moment();
    let ahead = [10 * DAY, HOUR, 0][world.below(3)];
    let deadline = (world.chance(60)).then(|| now + if ahead > 0 { 1 + world.below(ahead as usize) as i64 } else { 0 });
    let expected = match deadline {
        _ if !(2..=1_000_000).contains(&reward) => Err(InvalidRequest),
        Some(deadline) if deadline <= now => Err(InvalidRequest),
        _ if balance < reward => Err(InsufficientBalance),
        Some(_) | None => Ok(()),
    };
    let new = NewBounty {
        title: "A task".into(),
        description: "Do it".into(),
        reward,
        category: Category::ALL[0],
        deadline: deadline.map(Timestamp),
    };
    let agent = world.model.agents[creator].id;
    let what = format!("b{} of {reward} by {creator}", world.model.bounties.len());
    if let Some(id) = world.attempt(&what, expected, move |tx| bounties::post(tx, agent, &new)) {
        let bounty = world.model.bounties.len();
        world.model.bounties.push(Bounty {
            id,
            creator,
            reward,
            deadline,
            posted_at: now,
            stage: Stage::Open,
            due_at: deadline.unwrap_or(now + 365 * DAY),
            pending: Default::default(),
            decided: Default::default(),
            claimer: None,
            held: 0,
        });
        world.model.pay(Holder::Agent(creator), Holder::Escrow(bounty), reward, Flow::BetweenAgents);
        world.touch_bounty(bounty);
    }
    world.touch_agent(creator);
}

fn is_claimed(bounty: &Bounty) -> bool {
    matches!(bounty.stage, Stage::Claimed | Stage::Delivered)
}

/// A bounty that someone does something with, and what its being seen by them answers. Rather a newer one.
fn bounty_and(world: &mut World, actor: usize) -> Option<(usize, Result<(), Code>)> {
    let bounty = world.any_bounty(|bounty| bounty.stage == Stage::Open)?;
    Some((bounty, world.model.sees_bounty(actor, bounty).then_some(()).ok_or(NotFound)))
}

/// A bounty, rather of a likely kind, and one of its parties, most of the time.
fn bounty_and_party(
    world: &mut World,
    is_creator: bool,
    is_likely: fn(&Bounty) -> bool,
) -> Option<(usize, usize, Result<(), Code>)> {
    let bounty = world.any_bounty(is_likely)?;
    let found = &world.model.bounties[bounty];
    let party = if is_creator { Some(found.creator) } else { found.claimer };
    let actor = if world.chance(85) { party.or(world.any_agent())? } else { world.any_agent()? };
    if world.model.agents[actor].is_banned {
        return None;
    }
    Some((bounty, actor, world.model.sees_bounty(actor, bounty).then_some(()).ok_or(NotFound)))
}

pub fn apply(world: &mut World) {
    let Some(actor) = world.actor() else { return };
    let Some((bounty, seen)) = bounty_and(world, actor) else { return };
    let now = world.next_moment();
    let found = &world.model.bounties[bounty];
    let expected = match found.stage {
        _ if seen.is_err() => seen,
        _ if found.creator == actor => Err(InvalidRequest),
        _ if world.model.have_one_owner(found.creator, actor) => Err(Forbidden),
        Stage::Open if found.due_at > now => match world.model.agents[actor].purse.balance >= found.deposit() {
            true => Ok(()),
            false => Err(InsufficientBalance),
        },
        Stage::Open | Stage::Claimed | Stage::Delivered | Stage::Disputed | Stage::Ended => Err(Conflict),
    };
    let (id, agent) = (found.id, world.model.agents[actor].id);
    let applied = world.attempt(&format!("to b{bounty} by {actor}"), expected, move |tx| {
        bounties::apply(tx, agent, id, Some("I can")).map(|(_, is_new)| is_new)
    });
    if let Some(is_new) = applied {
        assert_eq!(world.model.bounties[bounty].pending.insert(actor), is_new);
    }
    world.touch_bounty(bounty);
}

pub fn withdraw(world: &mut World) {
    let Some(bounty) = world.any_bounty(|bounty| !bounty.pending.is_empty()) else { return };
    let applicant = world.model.bounties[bounty].pending.iter().next().copied();
    let actor = if world.chance(80) { applicant.or(world.any_agent()) } else { world.any_agent() };
    let Some(actor) = actor.filter(|actor| !world.model.agents[*actor].is_banned) else { return };
    let found = &world.model.bounties[bounty];
    let expected = match found.stage {
        _ if !found.has_claim_of(actor) => Err(NotFound),
        Stage::Open => Ok(()),
        Stage::Claimed | Stage::Delivered | Stage::Disputed | Stage::Ended => Err(Conflict),
    };
    let (id, agent) = (found.id, world.model.agents[actor].id);
    let withdrawn =
        world.attempt(&format!("from b{bounty} by {actor}"), expected, move |tx| bounties::withdraw(tx, agent, id));
    if withdrawn.is_some() {
        world.model.bounties[bounty].pending.remove(&actor);
    }
    world.touch_bounty(bounty);
}

pub fn accept(world: &mut World) {
    let likely: fn(&Bounty) -> bool = |bounty| !bounty.pending.is_empty();
    let Some((bounty, actor, seen)) = bounty_and_party(world, true, likely) else { return };
    let applicants: Vec<usize> = world.model.bounties[bounty].pending.iter().copied().collect();
    let chosen = match applicants.len() {
        0 => world.any_agent(),
        _ if world.chance(10) => world.any_agent(),
        applicants_there => Some(applicants[world.below(applicants_there)]),
    };
    let Some(chosen) = chosen else { return };
    let now = world.next_moment();
    let found = &world.model.bounties[bounty];
    let expected = match found.stage {
        _ if seen.is_err() => seen,
        _ if found.creator != actor => Err(Forbidden),
        Stage::Open if found.due_at <= now => Err(Conflict),
        Stage::Open if !found.has_claim_of(chosen) || world.model.agents[chosen].is_banned => Err(NotFound),
        Stage::Open if world.model.have_one_owner(actor, chosen) => Err(Forbidden),
        Stage::Open if world.model.agents[chosen].purse.balance < found.deposit() => Err(Conflict),
        Stage::Open => Ok(()),
        Stage::Claimed | Stage::Delivered | Stage::Disputed | Stage::Ended => Err(Conflict),
    };
    let (id, agent, applicant) = (found.id, world.model.agents[actor].id, world.model.agents[chosen].id);
    let what = format!("{chosen} to b{bounty} by {actor}");
    if world.attempt(&what, expected, move |tx| bounties::accept(tx, agent, id, applicant)).is_some() {
        let found = &mut world.model.bounties[bounty];
        found.due_at = match found.deadline {
            None => now + 30 * DAY,
            Some(deadline) => deadline.max(now + (deadline - found.posted_at).min(DAY)),
        };
        found.decided = std::mem::take(&mut found.pending);
        (found.stage, found.claimer) = (Stage::Claimed, Some(chosen));
        let deposit = found.deposit();
        world.model.pay(Holder::Agent(chosen), Holder::Escrow(bounty), deposit, Flow::BetweenAgents);
    }
    world.touch_bounty(bounty);
    world.touch_agent(chosen);
}

pub fn deliver(world: &mut World) {
    let Some((bounty, actor, seen)) = bounty_and_party(world, false, is_claimed) else { return };
    let now = world.next_moment();
    let found = &world.model.bounties[bounty];
    let expected = match found.stage {
        _ if seen.is_err() => seen,
        _ if found.claimer != Some(actor) => Err(Forbidden),
        Stage::Claimed | Stage::Delivered => Ok(()),
        Stage::Open | Stage::Disputed | Stage::Ended => Err(Conflict),
    };
    let (id, agent) = (found.id, world.model.agents[actor].id);
    let what = format!("b{bounty} by {actor}");
    if world.attempt(&what, expected, move |tx| bounties::deliver(tx, agent, id, "Done", None)).is_some() {
        let found = &mut world.model.bounties[bounty];
        (found.stage, found.due_at) = (Stage::Delivered, now + 7 * DAY);
    }
    world.touch_bounty(bounty);
}

pub fn dispute(world: &mut World) {
    let is_creator = world.chance(50);
    let Some((bounty, actor, seen)) = bounty_and_party(world, is_creator, is_claimed) else { return };
    let now = world.next_moment();
    let found = &world.model.bounties[bounty];
    let expected = match found.stage {
        _ if seen.is_err() => seen,
        _ if found.claimer != Some(actor) && found.creator != actor => Err(Forbidden),
        Stage::Claimed | Stage::Delivered => Ok(()),
        Stage::Open | Stage::Disputed | Stage::Ended => Err(Conflict),
    };
    let (id, agent) = (found.id, world.model.agents[actor].id);
    let what = format!("b{bounty} by {actor}");
    if world.attempt(&what, expected, move |tx| bounties::dispute(tx, agent, id, "This is not it")).is_some() {
        let found = &mut world.model.bounties[bounty];
        (found.stage, found.due_at) = (Stage::Disputed, now + 30 * DAY);
    }
    world.touch_bounty(bounty);
}

pub fn confirm(world: &mut World) {
    let Some((bounty, actor, seen)) = bounty_and_party(world, true, is_claimed) else { return };
    let found = &world.model.bounties[bounty];
    let expected = match found.stage {
        _ if seen.is_err() => seen,
        _ if found.creator != actor => Err(Forbidden),
        Stage::Claimed | Stage::Delivered | Stage::Disputed => Ok(()),
        Stage::Open | Stage::Ended => Err(Conflict),
    };
    let (id, agent) = (found.id, world.model.agents[actor].id);
    let what = format!("b{bounty} by {actor}");
    if world.attempt(&what, expected, move |tx| bounties::confirm(tx, agent, id)).is_some() {
        world.end_bounty(bounty, Ending::Paid);
    }
    world.touch_bounty(bounty);
}

pub fn cancel(world: &mut World) {
    let Some((bounty, actor, seen)) = bounty_and_party(world, true, |bounty| bounty.stage != Stage::Ended) else {
        return;
    };
    let found = &world.model.bounties[bounty];
    let (ending, expected) = match found.stage {
        Stage::Open => (Ending::Refunded, Ok(())),
        Stage::Claimed | Stage::Delivered | Stage::Disputed => (Ending::Divided, Ok(())),
        Stage::Ended => (Ending::Divided, Err(Conflict)),
    };
    let expected = match expected {
        _ if seen.is_err() => seen,
        _ if found.creator != actor => Err(Forbidden),
        stage => stage,
    };
    let (id, agent) = (found.id, world.model.agents[actor].id);
    let what = format!("b{bounty} by {actor}");
    if world.attempt(&what, expected, move |tx| bounties::cancel(tx, agent, id)).is_some() {
        world.end_bounty(bounty, ending);
    }
    world.touch_bounty(bounty);
}

pub fn resolve(world: &mut World) {
    let Some(bounty) = world.any_bounty(|bounty| bounty.stage == Stage::Disputed) else { return };
    let (outcome, ending) = [
        (Outcome::PayClaimer, Ending::Paid),
        (Outcome::RefundCreator, Ending::Forfeited),
        (Outcome::Split, Ending::Divided),
    ][world.below(3)];
    let found = &world.model.bounties[bounty];
    let expected = if found.stage == Stage::Disputed { Ok(()) } else { Err(Conflict) };
    let id = found.id;
    if world.attempt(&format!("b{bounty}"), expected, move |tx| bounties::resolve(tx, id, outcome)).is_some() {
        world.end_bounty(bounty, ending);
    }
    world.touch_bounty(bounty);
}
