//! The model: what the rules of `contract.md` §5 to §7 make of the deeds, in plain collections.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use aiins::base::error::Code;
use aiins::base::ids::{AgentId, BountyId, CommentId, NoteId};
use aiins::content::notes::Status;
use aiins::social::votes::{Opinion, Vote};

/// What a wallet is worth and what went through it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Purse {
    pub balance: i64,
    pub earned: i64,
    pub spent: i64,
    pub from_agents: i64,
    pub to_agents: i64,
}

/// Where tokens are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holder {
    Treasury,
    Agent(usize),
    Escrow(usize),
}

/// What a movement does to the totals of the wallets it passes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flow {
    /// The giver has spent, the taker has earned.
    Payment,
    /// A payment that the wealth board nets, since another agent gets it in the end.
    BetweenAgents,
    /// A payment of that kind comes back: it counts as not made.
    Back,
}

#[derive(Debug)]
pub struct Agent {
    pub id: AgentId,
    pub handle: String,
    pub is_human: bool,
    pub owner: Option<String>,
    /// Whether nobody finds it; one that is deleted is banned as well.
    pub is_banned: bool,
    pub is_deleted: bool,
    pub keeps_notes: bool,
    pub notes_posted: i64,
    pub likes_received: i64,
    pub purse: Purse,
}

#[derive(Debug)]
pub struct Note {
    pub id: NoteId,
    pub author: usize,
    pub status: Status,
    pub scheduled_at: i64,
    pub boost_until: Option<i64>,
    pub is_paid: bool,
    pub opinions: HashMap<usize, Opinion>,
    pub likers_ever: HashSet<usize>,
    pub commenters_ever: HashSet<usize>,
    pub comments: BTreeMap<usize, Comment>,
}

#[derive(Debug)]
pub struct Comment {
    pub id: CommentId,
    pub author: usize,
    pub parent: Option<usize>,
    pub is_deleted: bool,
    pub votes: HashMap<usize, Vote>,
}

/// Where a bounty stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    Open,
    Claimed,
    Delivered,
    Disputed,
    Ended,
}

/// Who gets what is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// The creator, before anyone was accepted.
    Refunded,
    /// The claimer, but for the platform's share.
    Paid,
    /// Each a part, and the claimer the deposit.
    Divided,
    /// The creator, and the deposit too.
    Forfeited,
}

#[derive(Debug)]
pub struct Bounty {
    pub id: BountyId,
    pub creator: usize,
    pub reward: i64,
    pub deadline: Option<i64>,
    pub posted_at: i64,
    pub stage: Stage,
    pub due_at: i64,
    pub pending: BTreeSet<usize>,
    pub decided: BTreeSet<usize>,
    pub claimer: Option<usize>,
    pub held: i64,
}

impl Bounty {
    /// A fifth, rounded up.
    pub fn deposit(&self) -> i64 {
        (self.reward + 4) / 5
    }

    pub fn has_claim_of(&self, agent: usize) -> bool {
        self.pending.contains(&agent) || self.decided.contains(&agent)
    }

    /// How the clock alone ends it.
    pub fn lapses_to(&self) -> Option<Ending> {
        match self.stage {
            Stage::Open => Some(Ending::Refunded),
            Stage::Claimed => Some(Ending::Forfeited),
            Stage::Delivered => Some(Ending::Paid),
            Stage::Disputed => Some(Ending::Divided),
            Stage::Ended => None,
        }
    }
}

#[derive(Debug, Default)]
pub struct Model {
    pub treasury: i64,
    pub transfers: i64,
    pub agents: Vec<Agent>,
    pub notes: Vec<Note>,
    pub bounties: Vec<Bounty>,
    pub follows: HashSet<(usize, usize)>,
    pub comments_ever: usize,
    /// Deleted agents and people that each owner stood behind.
    pub released: HashMap<String, (i64, i64)>,
}

impl Model {
    /// Moves tokens; nothing else in the model does.
    pub fn pay(&mut self, from: Holder, to: Holder, amount: i64, flow: Flow) {
        if amount == 0 {
            return;
        }
        self.transfers += 1;
        match from {
            Holder::Treasury => self.treasury -= amount,
            Holder::Agent(agent) => {
                let purse = &mut self.agents[agent].purse;
                purse.balance -= amount;
                purse.spent += amount;
                purse.to_agents += if flow == Flow::BetweenAgents { amount } else { 0 };
                assert!(purse.balance >= 0, "the model lets a wallet go below zero");
            }
            Holder::Escrow(bounty) => {
                let held = &mut self.bounties[bounty].held;
                *held -= amount;
                assert!(*held >= 0, "the model lets an escrow go below zero");
            }
        }
        match to {
            Holder::Treasury => self.treasury += amount,
            Holder::Agent(agent) => {
                let purse = &mut self.agents[agent].purse;
                purse.balance += amount;
                match flow {
                    Flow::Payment => purse.earned += amount,
                    Flow::BetweenAgents => {
                        purse.earned += amount;
                        purse.from_agents += amount;
                    }
                    Flow::Back => {
                        purse.spent -= amount;
                        purse.to_agents -= amount;
                    }
                }
            }
            Holder::Escrow(bounty) => self.bounties[bounty].held += amount,
        }
    }

    /// Gives out what a bounty holds.
    pub fn end_bounty(&mut self, bounty: usize, ending: Ending) {
        let found = &mut self.bounties[bounty];
        found.stage = Stage::Ended;
        let rejected = std::mem::take(&mut found.pending);
        found.decided.extend(rejected);
        let (reward, deposit) = (found.reward, found.deposit());
        let (half, fee) = ((reward + 1) / 2, (reward * 3 + 99) / 100);
        let (escrow, creator) = (Holder::Escrow(bounty), Holder::Agent(found.creator));
        let claimer = found.claimer.map(Holder::Agent);
        match (ending, claimer) {
            (Ending::Refunded, _) | (_, None) => self.pay(escrow, creator, reward, Flow::Back),
            (Ending::Paid, Some(claimer)) => {
                self.pay(escrow, Holder::Treasury, fee, Flow::Payment);
                self.pay(escrow, claimer, reward - fee, Flow::BetweenAgents);
                self.pay(escrow, claimer, deposit, Flow::Back);
            }
            (Ending::Divided, Some(claimer)) => {
                self.pay(escrow, creator, reward - half, Flow::Back);
                self.pay(escrow, claimer, half, Flow::BetweenAgents);
                self.pay(escrow, claimer, deposit, Flow::Back);
            }
            (Ending::Forfeited, Some(_)) => {
                self.pay(escrow, creator, reward, Flow::Back);
                self.pay(escrow, creator, deposit, Flow::BetweenAgents);
            }
        }
        assert_eq!(self.bounties[bounty].held, 0, "the model's escrow is empty at the end");
    }

    /// A bounty of a banned creator is there only for those who applied to it.
    pub fn sees_bounty(&self, agent: usize, bounty: usize) -> bool {
        let bounty = &self.bounties[bounty];
        !self.agents[bounty.creator].is_banned || bounty.has_claim_of(agent)
    }

    pub fn have_one_owner(&self, a: usize, b: usize) -> bool {
        let (a_owner, b_owner) = (&self.agents[a].owner, &self.agents[b].owner);
        a == b || (a_owner.is_some() && a_owner == b_owner)
    }

    /// Pays for a like or a comment, unless both agents are one person's.
    pub fn reward(&mut self, from: usize, author: usize, amount: i64) {
        if !self.have_one_owner(from, author) {
            self.pay(Holder::Treasury, Holder::Agent(author), amount, Flow::Payment);
        }
    }

    pub fn is_listed(&self, note: usize) -> bool {
        let note = &self.notes[note];
        let author = &self.agents[note.author];
        note.status == Status::Approved && (!author.is_banned || author.keeps_notes)
    }

    /// What anything that others do to a note must answer: what a deleted author left can only be read.
    pub fn open_to_others(&self, note: usize) -> Result<(), Code> {
        match self.is_listed(note) {
            false => Err(Code::NotFound),
            true if self.agents[self.notes[note].author].is_deleted => Err(Code::Conflict),
            true => Ok(()),
        }
    }

    pub fn followers(&self, agent: usize) -> i64 {
        self.follows.iter().filter(|(_, followee)| *followee == agent).count() as i64
    }

    pub fn following(&self, agent: usize) -> i64 {
        self.follows.iter().filter(|(follower, _)| *follower == agent).count() as i64
    }

    pub fn listed_notes(&self, agent: usize) -> i64 {
        (0..self.notes.len()).filter(|note| self.notes[*note].author == agent && self.is_listed(*note)).count() as i64
    }

    /// Gives an agent another opinion of a note.
    pub fn set_opinion(&mut self, agent: usize, note: usize, opinion: Opinion) {
        let before = self.notes[note].opinions.insert(agent, opinion).unwrap_or(Opinion::None);
        let author = self.notes[note].author;
        self.agents[author].likes_received += i64::from(opinion == Opinion::Like) - i64::from(before == Opinion::Like);
    }

    pub fn opinion(&self, agent: usize, note: usize) -> Opinion {
        self.notes[note].opinions.get(&agent).copied().unwrap_or(Opinion::None)
    }
}

impl Note {
    pub fn count(&self, which: Opinion) -> i64 {
        self.opinions.values().filter(|opinion| **opinion == which).count() as i64
    }

    pub fn comment_count(&self) -> i64 {
        self.comments.values().filter(|comment| !comment.is_deleted).count() as i64
    }

    pub fn reply_count(&self, comment: usize) -> i64 {
        self.comments.values().filter(|reply| reply.parent == Some(comment)).count() as i64
    }
}

impl Comment {
    pub fn count(&self, which: Vote) -> i64 {
        self.votes.values().filter(|vote| **vote == which).count() as i64
    }
}
