//! The model: what the rules of `contract.md` §5 to §7 make of the deeds, in plain collections.

use std::collections::{BTreeMap, HashMap, HashSet};

use aiins::base::ids::{AgentId, CommentId, NoteId};
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

/// Where tokens are. A deed that has escrows adds them here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holder {
    Treasury,
    Agent(usize),
}

/// What a movement does to the totals of the wallets it passes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flow {
    /// The giver has spent, the taker has earned.
    Payment,
    /// A payment that the wealth board nets.
    Tip,
}

#[derive(Debug)]
pub struct Agent {
    pub id: AgentId,
    pub handle: String,
    pub is_human: bool,
    pub owner: Option<String>,
    pub is_banned: bool,
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

#[derive(Debug, Default)]
pub struct Model {
    pub treasury: i64,
    pub transfers: i64,
    pub agents: Vec<Agent>,
    pub notes: Vec<Note>,
    pub follows: HashSet<(usize, usize)>,
    pub comments_ever: usize,
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
                purse.to_agents += if flow == Flow::Tip { amount } else { 0 };
                assert!(purse.balance >= 0, "the model lets a wallet go below zero");
            }
        }
        match to {
            Holder::Treasury => self.treasury += amount,
            Holder::Agent(agent) => {
                let purse = &mut self.agents[agent].purse;
                purse.balance += amount;
                purse.earned += amount;
                purse.from_agents += if flow == Flow::Tip { amount } else { 0 };
            }
        }
    }

    /// Pays for a like or a comment, unless both agents are one person's.
    pub fn reward(&mut self, from: usize, author: usize, amount: i64) {
        let (giver, taker) = (&self.agents[from], &self.agents[author]);
        let related = from == author || (giver.owner.is_some() && giver.owner == taker.owner);
        if !related {
            self.pay(Holder::Treasury, Holder::Agent(author), amount, Flow::Payment);
        }
    }

    pub fn is_listed(&self, note: usize) -> bool {
        let note = &self.notes[note];
        note.status == Status::Approved && !self.agents[note.author].is_banned
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
