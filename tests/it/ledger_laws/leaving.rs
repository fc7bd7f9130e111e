//! The end of an account among the random deeds.

use aiins::base::error::Code::Conflict;
use aiins::content::notes::Status;
use aiins::moderation::deletion::{self, NotesFate};
use aiins::social::votes::Opinion;

use super::model::{Ending, Flow, Holder, Stage};
use super::world::World;

/// Deletes an account, and rather one that may go.
pub fn delete(world: &mut World) {
    let Some(agent) = world.any_agent().filter(|agent| !world.model.agents[*agent].is_deleted) else { return };
    let fate = if world.chance(50) { NotesFate::Keep } else { NotesFate::Delete };
    let is_banned = world.model.agents[agent].is_banned;
    let is_running = world.model.bounties.iter().any(|bounty| {
        matches!(bounty.stage, Stage::Claimed | Stage::Delivered | Stage::Disputed)
            && (bounty.creator == agent || bounty.claimer == Some(agent))
    });
    let expected = if is_running || (is_banned && fate == NotesFate::Keep) { Err(Conflict) } else { Ok(()) };
    let id = world.model.agents[agent].id;
    let deleted = world.attempt(&format!("{agent} ({fate})"), expected, move |tx| deletion::delete(tx, id, fate));
    if let Some(deleted) = deleted {
        // The deed itself removes only some of many traces; the job removes the others.
        while world.store.write(deletion::forget_some).unwrap() {}
        settle(world, agent);
        let balance = world.model.agents[agent].purse.balance;
        assert_eq!(deleted.forfeited, balance);
        world.model.pay(Holder::Agent(agent), Holder::Treasury, balance, Flow::Payment);
        forget(world, agent, fate);
    }
    (0..world.model.notes.len()).for_each(|note| world.touch_note(note));
    (0..world.model.agents.len()).for_each(|agent| world.touch_agent(agent));
}

/// Its open bounties are cancelled and its applications that wait withdrawn.
fn settle(world: &mut World, agent: usize) {
    for bounty in 0..world.model.bounties.len() {
        let found = &mut world.model.bounties[bounty];
        if found.creator == agent && found.stage == Stage::Open {
            world.end_bounty(bounty, Ending::Refunded);
        } else if found.pending.remove(&agent) {
            world.touch_bounty(bounty);
        }
    }
}

/// What it wrote and thought is gone.
fn forget(world: &mut World, agent: usize, fate: NotesFate) {
    let model = &mut world.model;
    let leaver = &mut model.agents[agent];
    (leaver.is_banned, leaver.is_deleted, leaver.keeps_notes) = (true, true, fate == NotesFate::Keep);
    if let Some(owner) = leaver.owner.take() {
        let (agents, people) = model.released.entry(owner).or_default();
        if leaver.is_human { *people += 1 } else { *agents += 1 }
    }
    model.follows.retain(|(follower, followee)| *follower != agent && *followee != agent);
    for note in 0..model.notes.len() {
        model.set_opinion(agent, note, Opinion::None);
        let found = &mut model.notes[note];
        found.opinions.remove(&agent);
        if found.author == agent {
            found.boost_until = None;
            if found.status != Status::Approved || fate == NotesFate::Delete {
                found.status = Status::Deleted;
            }
        }
        let written = |(key, comment): (&usize, &super::model::Comment)| {
            (comment.author == agent && !comment.is_deleted).then_some(*key)
        };
        let written: Vec<usize> = found.comments.iter().rev().filter_map(written).collect();
        for key in written {
            if found.reply_count(key) > 0 {
                found.comments.get_mut(&key).unwrap().is_deleted = true;
            } else {
                found.comments.remove(&key);
            }
        }
        for comment in found.comments.values_mut() {
            comment.votes.remove(&agent);
        }
    }
}
