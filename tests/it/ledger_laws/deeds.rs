//! The deeds: each chooses who does what at random, says what must come of it, tries it, and tells the model.
//!
//! What must come of it is worked out in the order in which the deed itself refuses.

use std::collections::{BTreeMap, HashMap, HashSet};

use aiins::base::clock::{DAY, HOUR, MINUTE, Timestamp};
use aiins::base::error::Code::{AgentUnverified, Conflict, Forbidden, InsufficientBalance, InvalidRequest, NotFound};
use aiins::content::comments;
use aiins::content::notes::{self, NewNote, NoteChange, Status};
use aiins::content::templates::{Category, ColorScheme, Completeness, Fields, Template};
use aiins::identity::agents::{self, Handle, NewAgent};
use aiins::identity::owners;
use aiins::market::tips;
use aiins::moderation::log::Moderator;
use aiins::moderation::{admin, review};
use aiins::social::follows;
use aiins::social::votes::{self, Opinion, Vote};
use serde_json::{Map, Value, json};

use super::leaving;
use super::market;
use super::model::{Agent, Comment, Ending, Flow, Holder, Note, Purse, Stage};
use super::world::{AGENTS_PER_OWNER, World};

/// Agents in the world: few enough that each meets each other often.
const AGENTS_MAX: usize = 60;
/// Owners behind them.
const OWNERS: usize = 7;
/// Notes that an agent without an owner may post.
const UNVERIFIED_NOTES: i64 = 5;

/// One kind of deed, and how often it is tried among all.
pub struct Deed {
    pub name: &'static str,
    pub weight: u32,
    pub run: fn(&mut World),
}

const fn deed(name: &'static str, weight: u32, run: fn(&mut World)) -> Deed {
    Deed { name, weight, run }
}

pub const DEEDS: &[Deed] = &[
    deed("register", 3, register),
    deed("sign in", 1, sign_in),
    deed("bind an owner", 3, bind_owner),
    deed("post", 14, post),
    deed("approve", 14, approve),
    deed("reject", 3, reject),
    deed("edit", 5, edit),
    deed("delete a note", 2, delete_note),
    deed("like", 18, like),
    deed("unlike", 8, unlike),
    deed("downvote", 7, downvote),
    deed("comment", 14, comment),
    deed("delete a comment", 5, delete_comment),
    deed("vote on a comment", 7, vote_on_comment),
    deed("follow", 6, follow),
    deed("unfollow", 3, unfollow),
    deed("tip", 10, tip),
    deed("grant", 2, grant),
    deed("ban", 1, ban),
    deed("lift a ban", 2, lift_ban),
    deed("delete an account", 1, leaving::delete),
    deed("boost", 5, market::boost),
    deed("post a bounty", 9, market::post),
    deed("apply to a bounty", 14, market::apply),
    deed("withdraw an application", 2, market::withdraw),
    deed("accept an application", 12, market::accept),
    deed("deliver", 6, market::deliver),
    deed("dispute", 4, market::dispute),
    deed("confirm", 3, market::confirm),
    deed("cancel a bounty", 2, market::cancel),
    deed("resolve a dispute", 3, market::resolve),
    deed("let time pass", 2, let_time_pass),
    deed("let weeks pass", 1, let_weeks_pass),
    deed("restart", 1, restart),
];

fn owner_name(number: usize) -> String {
    format!("owner-{number}")
}

fn enter(world: &mut World, agent: Agent) -> usize {
    world.model.agents.push(agent);
    let newcomer = world.model.agents.len() - 1;
    world.touch_agent(newcomer);
    newcomer
}

fn register(world: &mut World) {
    let number = world.model.agents.len();
    // Once all are there, only names that are taken are tried.
    let living = world.model.agents.iter().filter(|agent| !agent.is_deleted).count();
    let is_taken = number > 0 && (living >= AGENTS_MAX || world.chance(10));
    let handle = if is_taken {
        let taken = world.below(number);
        world.model.agents[taken].handle.clone()
    } else {
        format!("agent-{number}")
    };
    let new = NewAgent {
        handle: Handle::parse(&handle).unwrap(),
        display_name: None,
        bio: String::new(),
        avatar_emoji: None,
        endpoint: None,
        skills: Vec::new(),
        owner_token: None,
    };
    let expected = if is_taken { Err(Conflict) } else { Ok(()) };
    if let Some((id, _)) = world.attempt(&handle, expected, move |tx| agents::register(tx, &new)) {
        enter(world, Agent { id, handle, ..nobody() });
    }
}

fn sign_in(world: &mut World) {
    let login = format!("person-{}", world.below(5));
    let is_known = |agent: &Agent| agent.is_human && agent.owner.as_deref() == Some(&*login);
    let known = world.model.agents.iter().position(is_known);
    let expected = match known {
        Some(person) if world.model.agents[person].is_banned => Err(Forbidden),
        Some(_) | None => Ok(()),
    };
    let name = login.clone();
    let signed_in = world.attempt(&login, expected, move |tx| agents::sign_in_person(tx, &name, None));
    if let (Some(id), None) = (signed_in, known) {
        // Who comes back after a deletion has another handle, and no second bonus.
        let handle = world.store.read(|tx| agents::get_by_id(tx, id)).unwrap().card.handle;
        let bonus = if world.model.released.get(&login).is_none_or(|(_, people)| *people == 0) { 50 } else { 0 };
        let person = enter(world, Agent { id, handle, is_human: true, owner: Some(login), ..nobody() });
        world.model.pay(Holder::Treasury, Holder::Agent(person), bonus, Flow::Payment);
    }
}

fn nobody() -> Agent {
    Agent {
        id: aiins::base::ids::AgentId(0),
        handle: String::new(),
        is_human: false,
        owner: None,
        is_banned: false,
        is_deleted: false,
        keeps_notes: false,
        notes_posted: 0,
        likes_received: 0,
        purse: Purse::default(),
    }
}

fn bind_owner(world: &mut World) {
    let Some(agent) = world.actor() else { return };
    let owner = owner_name(world.below(OWNERS));
    let bound = world.model.agents.iter().filter(|other| other.owner.as_deref() == Some(&*owner)).count() as i64;
    let expected =
        if bound >= AGENTS_PER_OWNER || world.model.agents[agent].owner.is_some() { Err(Conflict) } else { Ok(()) };
    let (id, name) = (world.model.agents[agent].id, owner.clone());
    let bind = world.attempt(&format!("{agent} to {owner}"), expected, move |tx| {
        let token = owners::issue(tx, &name)?.token;
        agents::bind_owner(tx, id, &token)
    });
    if bind.is_some() {
        // Those that were deleted have had theirs.
        let released = world.model.released.get(&owner).map_or(0, |(agents, _)| *agents);
        let bonus = if bound + 1 + released <= AGENTS_PER_OWNER { 10 } else { 0 };
        world.model.agents[agent].owner = Some(owner);
        world.model.pay(Holder::Treasury, Holder::Agent(agent), bonus, Flow::Payment);
    }
    world.touch_agent(agent);
}

fn fields(title: &str) -> Map<String, Value> {
    let fields = json!({"title": title, "body": "A text that is long enough", "tags": ["law", title]});
    fields.as_object().unwrap().clone()
}

fn post(world: &mut World) {
    let Some(author) = world.actor() else { return };
    let number = world.model.notes.len();
    let ahead = if world.chance(10) { Some(1 + world.below(DAY as usize) as i64) } else { None };
    // The clock moves by one before every deed.
    let scheduled_at = ahead.map(|ahead| Timestamp(world.store.clock().now().0 + 1 + ahead));
    let new = NewNote {
        template: Template::Article,
        fields: Fields::parse(Template::Article, &fields(&format!("n{number}")), Completeness::Whole).unwrap(),
        category: Category::ALL[world.below(Category::ALL.len())],
        color_scheme: ColorScheme::Light,
        community: None,
        scheduled_at,
    };
    let caller = world.caller(author);
    let agent = &world.model.agents[author];
    let (is_verified, balance) = (agent.owner.is_some(), agent.purse.balance);
    let expected = match is_verified {
        true if balance < 1 => Err(InsufficientBalance),
        false if agent.notes_posted >= UNVERIFIED_NOTES => Err(AgentUnverified),
        true | false => Ok(()),
    };
    let fee = if is_verified { 1 } else { balance.min(1) };
    let posted =
        world.attempt(&format!("n{number} by {author}"), expected, move |tx| notes::publish(tx, &caller, &new));
    if let Some((id, spent)) = posted {
        assert_eq!(spent, fee);
        world.model.pay(Holder::Agent(author), Holder::Treasury, fee, Flow::Payment);
        world.model.agents[author].notes_posted += 1;
        world.model.notes.push(Note {
            id,
            author,
            status: if ahead.is_some() { Status::Scheduled } else { Status::Pending },
            scheduled_at: scheduled_at.map_or(0, |at| at.0),
            boost_until: None,
            is_paid: false,
            opinions: HashMap::new(),
            likers_ever: HashSet::new(),
            commenters_ever: HashSet::new(),
            comments: BTreeMap::new(),
        });
        world.touch_note(number);
    }
    world.touch_agent(author);
}

/// What a decision about a note must answer.
fn decidable(status: Status) -> Result<(), aiins::base::error::Code> {
    match status {
        Status::Pending => Ok(()),
        Status::Deleted => Err(NotFound),
        Status::Scheduled | Status::Approved | Status::Rejected => Err(Conflict),
    }
}

/// A note, and rather one that waits.
fn note_to_decide(world: &mut World) -> Option<usize> {
    let any = world.any_note()?;
    let waits = |note: &usize| world.model.notes[*note].status == Status::Pending;
    let waiting = (0..world.model.notes.len()).rev().take(200).find(waits);
    if world.chance(80) { waiting.or(Some(any)) } else { Some(any) }
}

fn approve(world: &mut World) {
    let Some(note) = note_to_decide(world) else { return };
    let (id, expected) = (world.model.notes[note].id, decidable(world.model.notes[note].status));
    if world.attempt(&format!("n{note}"), expected, move |tx| review::approve(tx, id)).is_some() {
        let found = &mut world.model.notes[note];
        found.status = Status::Approved;
        let (author, was_paid) = (found.author, std::mem::replace(&mut found.is_paid, true));
        if !was_paid {
            world.model.pay(Holder::Treasury, Holder::Agent(author), 5, Flow::Payment);
        }
    }
    world.touch_note(note);
}

fn reject(world: &mut World) {
    let Some(note) = note_to_decide(world) else { return };
    let (id, expected) = (world.model.notes[note].id, decidable(world.model.notes[note].status));
    if world
        .attempt(&format!("n{note}"), expected, move |tx| review::reject(tx, &Moderator::Administrator, id, "No"))
        .is_some()
    {
        world.model.notes[note].status = Status::Rejected;
    }
    world.touch_note(note);
}

/// A note and who wants to change it: its author most of the time. A banned one cannot.
pub fn note_and_owner(world: &mut World) -> Option<(usize, usize, Result<(), aiins::base::error::Code>)> {
    let note = world.any_note()?;
    let author = world.model.notes[note].author;
    let actor = if world.chance(80) { author } else { world.any_agent()? };
    if world.model.agents[actor].is_banned {
        return None;
    }
    let expected = match world.model.notes[note].status {
        Status::Deleted => Err(NotFound),
        Status::Scheduled | Status::Pending | Status::Approved | Status::Rejected if actor == author => Ok(()),
        Status::Approved if world.model.is_listed(note) => Err(Forbidden),
        Status::Scheduled | Status::Pending | Status::Approved | Status::Rejected => Err(NotFound),
    };
    Some((note, actor, expected))
}

fn edit(world: &mut World) {
    let Some((note, actor, expected)) = note_and_owner(world) else { return };
    let (id, agent) = (world.model.notes[note].id, world.model.agents[actor].id);
    let change = NoteChange { fields: Some(fields(&format!("e{}", world.below(1_000_000)))), ..NoteChange::default() };
    let edited = world.attempt(&format!("n{note} by {actor}"), expected, move |tx| notes::edit(tx, agent, id, &change));
    let found = &mut world.model.notes[note];
    if edited.is_some() && found.status != Status::Scheduled {
        found.status = Status::Pending;
    }
    world.touch_note(note);
}

fn delete_note(world: &mut World) {
    let Some((note, actor, expected)) = note_and_owner(world) else { return };
    let (id, agent) = (world.model.notes[note].id, world.model.agents[actor].id);
    if world.attempt(&format!("n{note} by {actor}"), expected, move |tx| notes::delete(tx, agent, id)).is_some() {
        let found = &mut world.model.notes[note];
        // Its boost goes with it, and nothing is paid back.
        (found.status, found.boost_until) = (Status::Deleted, None);
    }
    world.touch_note(note);
}

/// A note and who votes on it.
fn ballot(world: &mut World) -> Option<(usize, usize, Result<(), aiins::base::error::Code>)> {
    let (voter, note) = (world.actor()?, world.any_note()?);
    let expected = match world.model.open_to_others(note) {
        Ok(()) if world.model.notes[note].author == voter => Err(InvalidRequest),
        other => other,
    };
    Some((voter, note, expected))
}

fn like(world: &mut World) {
    let Some((voter, note, expected)) = ballot(world) else { return };
    let (agent, id) = (world.model.agents[voter].id, world.model.notes[note].id);
    if world.attempt(&format!("n{note} by {voter}"), expected, move |tx| votes::like(tx, agent, id)).is_some() {
        world.model.set_opinion(voter, note, Opinion::Like);
        let author = world.model.notes[note].author;
        if world.model.notes[note].likers_ever.insert(voter) {
            world.model.reward(voter, author, 2);
        }
    }
    world.touch_note(note);
}

fn unlike(world: &mut World) {
    let Some((mut voter, note, _)) = ballot(world) else { return };
    // Whoever likes it takes that back most of the time.
    let likes = |agent: &&usize| world.model.opinion(**agent, note) == Opinion::Like;
    let mut likers: Vec<usize> = world.model.notes[note].opinions.keys().filter(likes).copied().collect();
    likers.retain(|liker| !world.model.agents[*liker].is_banned);
    likers.sort_unstable();
    if !likers.is_empty() && world.chance(70) {
        voter = likers[world.below(likers.len())];
    }
    let expected = match world.model.open_to_others(note) {
        Ok(()) if world.model.notes[note].author == voter => Err(InvalidRequest),
        other => other,
    };
    let (agent, id) = (world.model.agents[voter].id, world.model.notes[note].id);
    let unliked = world.attempt(&format!("n{note} by {voter}"), expected, move |tx| votes::unlike(tx, agent, id));
    if unliked.is_some() && world.model.opinion(voter, note) == Opinion::Like {
        world.model.set_opinion(voter, note, Opinion::None);
    }
    world.touch_note(note);
}

fn downvote(world: &mut World) {
    let Some((voter, note, expected)) = ballot(world) else { return };
    let (agent, id) = (world.model.agents[voter].id, world.model.notes[note].id);
    let voted =
        world.attempt(&format!("n{note} by {voter}"), expected, move |tx| votes::toggle_downvote(tx, agent, id));
    if let Some((opinion, _)) = voted {
        let was_down = world.model.opinion(voter, note) == Opinion::Downvote;
        assert_eq!(opinion, if was_down { Opinion::None } else { Opinion::Downvote });
        world.model.set_opinion(voter, note, opinion);
    }
    world.touch_note(note);
}

/// A comment on a note, if it has one; deleted ones too.
fn any_comment(world: &mut World, note: usize) -> Option<usize> {
    let keys: Vec<usize> = world.model.notes[note].comments.keys().copied().collect();
    (!keys.is_empty()).then(|| keys[world.below(keys.len())])
}

fn comment(world: &mut World) {
    let (Some(author), Some(note)) = (world.actor(), world.any_note()) else { return };
    let parent = if world.chance(50) { any_comment(world, note) } else { None };
    let expected = match parent.map(|parent| world.model.notes[note].comments[&parent].is_deleted) {
        _ if world.model.open_to_others(note).is_err() => world.model.open_to_others(note),
        Some(true) => Err(InvalidRequest),
        Some(false) | None => Ok(()),
    };
    let (agent, id) = (world.model.agents[author].id, world.model.notes[note].id);
    let parent_id = parent.map(|parent| world.model.notes[note].comments[&parent].id);
    let body = format!("I agree with @agent-{}", world.below(AGENTS_MAX));
    let written = world.attempt(&format!("on n{note} by {author} to {parent:?}"), expected, move |tx| {
        comments::write(tx, agent, id, parent_id, &body)
    });
    if let Some(id) = written {
        let key = world.model.comments_ever;
        world.model.comments_ever += 1;
        let comment = Comment { id, author, parent, is_deleted: false, votes: HashMap::new() };
        world.model.notes[note].comments.insert(key, comment);
        let note_author = world.model.notes[note].author;
        if world.model.notes[note].commenters_ever.insert(author) {
            world.model.reward(author, note_author, 1);
        }
    }
    world.touch_note(note);
}

fn delete_comment(world: &mut World) {
    let Some(note) = world.any_note() else { return };
    let Some(key) = any_comment(world, note) else { return };
    let found = &world.model.notes[note].comments[&key];
    let (id, author, parent, was_deleted) = (found.id, found.author, found.parent, found.is_deleted);
    let actor = if world.chance(80) { Some(author) } else { world.any_agent() };
    let Some(actor) = actor.filter(|actor| !world.model.agents[*actor].is_banned) else { return };
    let expected = match actor == author {
        _ if !world.model.is_listed(note) || was_deleted => Err(NotFound),
        false => Err(Forbidden),
        true => Ok(()),
    };
    let (agent, note_id) = (world.model.agents[actor].id, world.model.notes[note].id);
    let what = format!("c{key} to {parent:?} on n{note} by {actor}");
    if world.attempt(&what, expected, move |tx| comments::delete(tx, agent, note_id, id)).is_some() {
        let found = &mut world.model.notes[note];
        if found.reply_count(key) > 0 {
            found.comments.get_mut(&key).unwrap().is_deleted = true;
        } else {
            found.comments.remove(&key);
        }
    }
    world.touch_note(note);
}

fn vote_on_comment(world: &mut World) {
    let (Some(voter), Some(note)) = (world.actor(), world.any_note()) else { return };
    let Some(key) = any_comment(world, note) else { return };
    let vote = if world.chance(60) { Vote::Up } else { Vote::Down };
    let found = &world.model.notes[note].comments[&key];
    let expected = match found.author == voter {
        _ if world.model.open_to_others(note).is_err() => world.model.open_to_others(note),
        _ if found.is_deleted => Err(NotFound),
        true => Err(InvalidRequest),
        false => Ok(()),
    };
    let (agent, note_id, id) = (world.model.agents[voter].id, world.model.notes[note].id, found.id);
    let what = format!("c{key} on n{note} by {voter}");
    let voted = world.attempt(&what, expected, move |tx| votes::vote_on_comment(tx, agent, note_id, id, vote));
    if voted.is_some() {
        let votes = &mut world.model.notes[note].comments.get_mut(&key).unwrap().votes;
        if votes.insert(voter, vote) == Some(vote) {
            votes.remove(&voter);
        }
    }
    world.touch_note(note);
}

/// Two agents, of whom the second is found by its handle as a request finds it.
fn pair(world: &mut World) -> Option<(usize, usize, Result<(), aiins::base::error::Code>)> {
    let (from, to) = (world.actor()?, world.any_agent()?);
    let expected = match from == to {
        _ if world.model.agents[to].is_banned => Err(NotFound),
        true => Err(InvalidRequest),
        false => Ok(()),
    };
    Some((from, to, expected))
}

fn follow(world: &mut World) {
    let Some((from, to, expected)) = pair(world) else { return };
    let (agent, handle) = (world.model.agents[from].id, world.model.agents[to].handle.clone());
    let followed = world.attempt(&format!("{to} by {from}"), expected, move |tx| {
        follows::follow(tx, agent, agents::get(tx, &handle)?.card.id)
    });
    if let Some(followers) = followed {
        world.model.follows.insert((from, to));
        assert_eq!(followers, world.model.followers(to));
    }
    world.touch_agent(from);
    world.touch_agent(to);
}

fn unfollow(world: &mut World) {
    let Some((from, to, expected)) = pair(world) else { return };
    // Nobody follows themselves, so ending it changes nothing.
    let expected = if expected == Err(InvalidRequest) { Ok(()) } else { expected };
    let (agent, handle) = (world.model.agents[from].id, world.model.agents[to].handle.clone());
    let unfollowed = world.attempt(&format!("{to} by {from}"), expected, move |tx| {
        follows::unfollow(tx, agent, agents::get(tx, &handle)?.card.id)
    });
    if let Some(followers) = unfollowed {
        world.model.follows.remove(&(from, to));
        assert_eq!(followers, world.model.followers(to));
    }
    world.touch_agent(from);
    world.touch_agent(to);
}

fn tip(world: &mut World) {
    let Some((giver, taker, expected)) = pair(world) else { return };
    let balance = world.model.agents[giver].purse.balance;
    // Around the whole balance, since that is where mistakes are.
    let amount = match world.below(4) {
        0 => balance.max(1),
        1 => balance + 1,
        _ => 1 + world.below(20) as i64,
    };
    let expected = if expected.is_ok() && amount > balance { Err(InsufficientBalance) } else { expected };
    let (agent, handle) = (world.model.agents[giver].id, world.model.agents[taker].handle.clone());
    let tipped = world.attempt(&format!("{amount} by {giver} to {taker}"), expected, move |tx| {
        tips::tip(tx, agent, agents::get(tx, &handle)?.card.id, amount)
    });
    if let Some(left) = tipped {
        world.model.pay(Holder::Agent(giver), Holder::Agent(taker), amount, Flow::BetweenAgents);
        assert_eq!(left, world.model.agents[giver].purse.balance);
    }
    world.touch_agent(giver);
    world.touch_agent(taker);
}

fn grant(world: &mut World) {
    let Some(agent) = world.any_agent() else { return };
    let amount = world.below(40) as i64;
    let expected = match amount {
        0 => Err(InvalidRequest),
        _ if world.model.agents[agent].is_banned => Err(NotFound),
        _ => Ok(()),
    };
    let handle = world.model.agents[agent].handle.clone();
    let granted = world.attempt(&format!("{amount} to {agent}"), expected, move |tx| admin::grant(tx, &handle, amount));
    if granted.is_some() {
        world.model.pay(Holder::Treasury, Holder::Agent(agent), amount, Flow::Payment);
    }
    world.touch_agent(agent);
}

fn ban(world: &mut World) {
    let Some(agent) = world.any_agent() else { return };
    let banned = world.model.agents.iter().filter(|agent| agent.is_banned && !agent.is_deleted).count();
    if banned * 4 > world.model.agents.len() {
        return;
    }
    set_banned(world, agent, true);
}

fn lift_ban(world: &mut World) {
    let banned = |agent: &usize| world.model.agents[*agent].is_banned && !world.model.agents[*agent].is_deleted;
    let first = (0..world.model.agents.len()).find(banned);
    let any = world.any_agent();
    if let Some(agent) = first.or(any) {
        set_banned(world, agent, false);
    }
}

fn set_banned(world: &mut World, agent: usize, to: bool) {
    let handle = world.model.agents[agent].handle.clone();
    let expected = match &world.model.agents[agent] {
        agent if agent.is_deleted => Err(NotFound),
        agent if agent.is_banned == to => Err(Conflict),
        _ => Ok(()),
    };
    let changed = world.attempt(&format!("{agent}"), expected, move |tx| {
        let by = &Moderator::Administrator;
        if to { admin::ban(tx, by, &handle, "spam") } else { admin::lift_ban(tx, by, &handle) }
    });
    if changed.is_some() {
        world.model.agents[agent].is_banned = to;
        let is_open = |bounty: &usize| {
            world.model.bounties[*bounty].creator == agent && world.model.bounties[*bounty].stage == Stage::Open
        };
        let open: Vec<usize> = (0..world.model.bounties.len()).filter(is_open).collect();
        open.into_iter().filter(|_| to).for_each(|bounty| world.end_bounty(bounty, Ending::Refunded));
        // Of an agent with many notes the ban itself sweeps only some; the job does the others.
        while world.store.write(notes::sweep_banned).unwrap() {}
    }
    let notes: Vec<usize> =
        (0..world.model.notes.len()).filter(|note| world.model.notes[*note].author == agent).collect();
    notes.into_iter().for_each(|note| world.touch_note(note));
    world.touch_agent(agent);
}

fn let_time_pass(world: &mut World) {
    let longest = [MINUTE, HOUR, DAY][world.below(3)];
    let millis = 1 + world.below(longest as usize) as i64;
    world.did(&format!("{millis} ms"));
    world.pass(millis);
}

/// Long enough for what only the clock ends.
fn let_weeks_pass(world: &mut World) {
    let millis = DAY + world.below(40 * DAY as usize) as i64;
    world.did(&format!("{millis} ms"));
    world.pass(millis);
}

fn restart(world: &mut World) {
    world.did("");
    world.restart();
}
