//! The world: a real store over a file, the model beside it, and the comparison of the two.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::path::Path;
use std::sync::Arc;

use aiins::app::jobs;
use aiins::base::clock::Clock;
use aiins::base::config::{ReviewMode, Settings};
use aiins::base::db::{Purpose, Store, WriteTransaction};
use aiins::base::error::{Code, Result};
use aiins::content::notes::Status;
use aiins::discovery::audit;
use aiins::http::Caller;
use aiins::social::votes::{Opinion, Vote};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use rusqlite::Connection;

use super::model::{Bounty, Ending, Model, Purse, Stage};
use crate::harness::START;

/// Deeds that a failure tells of.
const REMEMBERED: usize = 12;

/// Agents that one owner may bind here.
pub const AGENTS_PER_OWNER: i64 = 8;

pub struct World {
    pub model: Model,
    pub store: Store,
    seed: u64,
    rng: StdRng,
    /// Looks at the file past the code that is tried.
    file: Connection,
    _folder: tempfile::TempDir,
    touched_agents: BTreeSet<usize>,
    touched_notes: BTreeSet<usize>,
    touched_bounties: BTreeSet<usize>,
    past: VecDeque<String>,
    done: BTreeMap<&'static str, usize>,
    current: &'static str,
}

fn open(path: &Path, clock: Clock) -> Store {
    let mut settings = Settings::default();
    // The deeds decide what becomes of a note.
    settings.review.mode = ReviewMode::Manual;
    // So few that owners do run out of them.
    settings.owners.max_agents_per_owner = AGENTS_PER_OWNER;
    Store::open(path, Arc::new(settings), clock, Purpose::Fill).unwrap()
}

impl World {
    pub fn new(seed: u64) -> World {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("aiins.db");
        let store = open(&path, Clock::held_at(START));
        World {
            model: Model::default(),
            store,
            seed,
            rng: StdRng::seed_from_u64(seed),
            file: Connection::open(&path).unwrap(),
            _folder: folder,
            touched_agents: BTreeSet::new(),
            touched_notes: BTreeSet::new(),
            touched_bounties: BTreeSet::new(),
            past: VecDeque::new(),
            done: BTreeMap::new(),
            current: "",
        }
    }

    /// A number below `end`, which is above 0.
    pub fn below(&mut self, end: usize) -> usize {
        self.rng.random_range(0..end)
    }

    pub fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    /// Any agent there is.
    pub fn any_agent(&mut self) -> Option<usize> {
        let agents = self.model.agents.len();
        (agents > 0).then(|| self.below(agents))
    }

    /// An agent that may act: a banned one's key is refused before any deed.
    pub fn actor(&mut self) -> Option<usize> {
        self.any_agent().filter(|agent| !self.model.agents[*agent].is_banned)
    }

    /// Any note there ever was, the newest more often, so that much happens to few.
    pub fn any_note(&mut self) -> Option<usize> {
        let notes = self.model.notes.len();
        if notes == 0 {
            return None;
        }
        let recent = if self.chance(70) { notes.min(30) } else { notes };
        Some(notes - 1 - self.below(recent))
    }

    /// The agent as a deed is given it.
    pub fn caller(&self, agent: usize) -> Caller {
        let agent = &self.model.agents[agent];
        Caller { id: agent.id, handle: agent.handle.clone(), is_human: agent.is_human, owner: agent.owner.clone() }
    }

    /// Any bounty there ever was, and rather one of the newest for which `is_likely` holds, so that much happens to few.
    pub fn any_bounty(&mut self, is_likely: impl Fn(&Bounty) -> bool) -> Option<usize> {
        let bounties = &self.model.bounties;
        let likely: Vec<usize> = (0..bounties.len()).rev().filter(|at| is_likely(&bounties[*at])).take(6).collect();
        match (bounties.len(), likely.len()) {
            (0, _) => None,
            (all, 0) => Some(self.below(all)),
            (all, _) if self.chance(15) => Some(self.below(all)),
            (_, likely_ones) => Some(likely[self.below(likely_ones)]),
        }
    }

    /// When the next deed happens: the clock moves by one before each.
    pub fn next_moment(&self) -> i64 {
        self.store.clock().now().0 + 1
    }

    /// Begins a deed, whose chances follow from its own seed: taken out of a row of deeds, it leaves those of the others as
    /// they were.
    pub fn begin(&mut self, deed: &'static str, seed: u64) {
        self.rng = StdRng::seed_from_u64(seed);
        self.current = deed;
        self.past.push_back(deed.to_owned());
        if self.past.len() > REMEMBERED {
            self.past.pop_front();
        }
    }

    /// Tries a deed. What it must do is worked out before: an answer, or a refusal with a code. Answers what the deed did
    /// when it was to be done.
    #[track_caller]
    pub fn attempt<R: Send + 'static>(
        &mut self,
        what: &str,
        expected: std::result::Result<(), Code>,
        deed: impl FnOnce(&WriteTransaction) -> Result<R> + Send + 'static,
    ) -> Option<R> {
        if let Some(last) = self.past.back_mut() {
            *last = format!("{} {what} → {expected:?}", self.current);
        }
        self.store.clock().advance(1);
        let outcome = self.store.write(deed);
        let code = outcome.as_ref().map(drop).map_err(|error| error.code());
        assert_eq!(code, expected, "{} {what}: {:?}", self.current, outcome.err());
        let answer = outcome.ok()?;
        *self.done.entry(self.current).or_default() += 1;
        Some(answer)
    }

    /// Says that a deed that is no transaction of its own was done.
    pub fn did(&mut self, what: &str) {
        if let Some(last) = self.past.back_mut() {
            *last = format!("{} {what}", self.current);
        }
        *self.done.entry(self.current).or_default() += 1;
    }

    /// Lets time pass, and what is due then happen.
    pub fn pass(&mut self, millis: i64) {
        self.store.clock().advance(millis);
        jobs::run_due(&self.store);
        let now = self.store.clock().now().0;
        for note in 0..self.model.notes.len() {
            let found = &mut self.model.notes[note];
            if found.status == Status::Scheduled && found.scheduled_at <= now {
                found.status = Status::Pending;
                self.touched_notes.insert(note);
            }
            if found.boost_until.is_some_and(|until| until <= now) {
                found.boost_until = None;
                self.touched_notes.insert(note);
            }
        }
        for bounty in 0..self.model.bounties.len() {
            let found = &self.model.bounties[bounty];
            if let Some(ending) = found.lapses_to().filter(|_| found.due_at <= now) {
                self.end_bounty(bounty, ending);
            }
        }
    }

    /// Ends a bounty in the model, and has all compared that it concerns.
    pub fn end_bounty(&mut self, bounty: usize, ending: Ending) {
        self.model.end_bounty(bounty, ending);
        self.touch_bounty(bounty);
    }

    /// Stops the store and opens its file again.
    pub fn restart(&mut self) {
        let (path, clock) = (self.store.path().to_owned(), self.store.clock().clone());
        self.store.close();
        self.store = open(&path, clock);
    }

    /// Has the bounty, its escrow and its parties compared after the deed.
    pub fn touch_bounty(&mut self, bounty: usize) {
        self.touched_bounties.insert(bounty);
        let found = &self.model.bounties[bounty];
        self.touched_agents.extend([found.creator].into_iter().chain(found.claimer));
    }

    /// Has the agent's row and wallet compared after the deed.
    pub fn touch_agent(&mut self, agent: usize) {
        self.touched_agents.insert(agent);
    }

    /// Has the note, its comments and its author compared after the deed.
    pub fn touch_note(&mut self, note: usize) {
        self.touched_notes.insert(note);
        self.touched_agents.insert(self.model.notes[note].author);
    }

    pub fn compare_touched(&mut self) {
        for note in std::mem::take(&mut self.touched_notes) {
            self.compare_note(note);
        }
        for bounty in std::mem::take(&mut self.touched_bounties) {
            self.compare_bounty(bounty);
        }
        for agent in std::mem::take(&mut self.touched_agents) {
            self.compare_agent(agent);
        }
        let treasury: i64 = self.row("SELECT balance FROM accounts WHERE id = ?1", 0, |row| row.get(0));
        assert_eq!(treasury, self.model.treasury, "the treasury: file, model");
    }

    pub fn compare_all(&mut self) {
        (0..self.model.notes.len()).for_each(|note| self.compare_note(note));
        (0..self.model.agents.len()).for_each(|agent| self.compare_agent(agent));
        (0..self.model.bounties.len()).for_each(|bounty| self.compare_bounty(bounty));
        let count = |table: &str| -> i64 {
            self.row(&format!("SELECT count(*) FROM {table} WHERE ?1 = ?1"), 0, |row| row.get(0))
        };
        let (model, wallets) = (&self.model, self.model.agents.iter().map(|agent| agent.purse.balance));
        let held = model.bounties.iter().map(|bounty| bounty.held).sum::<i64>();
        assert_eq!(model.treasury + held + wallets.sum::<i64>(), 0, "the model's tokens");
        assert_eq!(count("transfers"), model.transfers, "transfers");
        assert_eq!(count("entries"), 2 * model.transfers, "entries");
        assert_eq!(count("agents"), model.agents.len() as i64, "agents");
        assert_eq!(count("notes"), model.notes.len() as i64, "notes");
        assert_eq!(count("bounties"), model.bounties.len() as i64, "bounties");
        assert_eq!(count("follows"), model.follows.len() as i64, "follows");
        let comments = model.notes.iter().map(|note| note.comments.len() as i64).sum::<i64>();
        assert_eq!(count("comments"), comments, "comments");
    }

    fn compare_agent(&self, agent: usize) {
        let model = &self.model.agents[agent];
        let found = self.row(
            "SELECT balance, total_earned, total_spent, from_agents, to_agents, follower_count, following_count,
                    note_count, likes_received, notes_posted, banned_at IS NOT NULL
             FROM agents JOIN accounts USING (id) WHERE id = ?1",
            model.id.0,
            |row| {
                let purse = Purse {
                    balance: row.get(0)?,
                    earned: row.get(1)?,
                    spent: row.get(2)?,
                    from_agents: row.get(3)?,
                    to_agents: row.get(4)?,
                };
                let counts: [i64; 5] = [row.get(5)?, row.get(6)?, row.get(7)?, row.get(8)?, row.get(9)?];
                Ok((purse, counts, row.get::<_, bool>(10)?))
            },
        );
        let counts = [
            self.model.followers(agent),
            self.model.following(agent),
            self.model.listed_notes(agent),
            model.likes_received,
            model.notes_posted,
        ];
        assert_eq!(found, (model.purse, counts, model.is_banned), "{}: file, model", model.handle);
    }

    fn compare_bounty(&self, bounty: usize) {
        let model = &self.model.bounties[bounty];
        let found: (String, bool, i64, Option<i64>, Option<i64>) = self.row(
            "SELECT status, delivered_at IS NOT NULL, claims_count, due_at, claimer_id FROM bounties WHERE id = ?1",
            model.id.0,
            |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?)),
        );
        let claims = (model.pending.len() + model.decided.len()) as i64;
        let claimer = model.claimer.map(|claimer| self.model.agents[claimer].id.0);
        assert_eq!((found.2, found.4), (claims, claimer), "b{bounty}: claims and claimer");
        let stage = match (found.0.as_str(), found.1) {
            ("open", false) => Stage::Open,
            ("claimed", false) => Stage::Claimed,
            ("claimed", true) => Stage::Delivered,
            ("disputed", _) => Stage::Disputed,
            ("completed" | "cancelled", _) => Stage::Ended,
            other => panic!("b{bounty}: {other:?}"),
        };
        let due_at = (model.stage != Stage::Ended).then_some(model.due_at);
        assert_eq!((stage, found.3), (model.stage, due_at), "b{bounty}: stage and when the clock ends it");
        let held: i64 = self.row("SELECT balance FROM accounts WHERE id = ?1", model.id.0, |row| row.get(0));
        assert_eq!(held, model.held, "b{bounty}: its escrow");
        let pending: i64 =
            self.row("SELECT count(*) FROM claims WHERE bounty_id = ?1 AND status = 'pending'", model.id.0, |row| {
                row.get(0)
            });
        assert_eq!(pending, model.pending.len() as i64, "b{bounty}: applications that wait");
    }

    fn compare_note(&self, note: usize) {
        let model = &self.model.notes[note];
        let found = self.row(
            "SELECT status, listed, reward_paid, like_count, dislike_count, comment_count FROM notes WHERE id = ?1",
            model.id.0,
            |row| {
                let counts: [i64; 3] = [row.get(3)?, row.get(4)?, row.get(5)?];
                Ok((row.get::<_, Status>(0)?, row.get::<_, bool>(1)?, row.get::<_, bool>(2)?, counts))
            },
        );
        let counts = [model.count(Opinion::Like), model.count(Opinion::Downvote), model.comment_count()];
        assert_eq!(found, (model.status, self.model.is_listed(note), model.is_paid, counts), "{}", model.id);
        let boost = "SELECT boost_until FROM notes WHERE id = ?1";
        assert_eq!(self.row(boost, model.id.0, |row| row.get::<_, Option<i64>>(0)), model.boost_until, "{}", model.id);
        for (key, comment) in &model.comments {
            let found: [i64; 4] = self.row(
                "SELECT upvotes, downvotes, reply_count, deleted_at IS NOT NULL FROM comments WHERE id = ?1",
                comment.id.0,
                |row| Ok([row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?]),
            );
            let (up, down) = (comment.count(Vote::Up), comment.count(Vote::Down));
            let expected = [up, down, model.reply_count(*key), i64::from(comment.is_deleted)];
            assert_eq!(found, expected, "{} on {}", comment.id, model.id);
        }
    }

    fn row<T>(&self, sql: &str, id: i64, read: impl FnOnce(&rusqlite::Row) -> rusqlite::Result<T>) -> T {
        let mut statement = self.file.prepare_cached(sql).unwrap();
        statement.query_row([id], read).unwrap_or_else(|error| panic!("{error}: {sql}"))
    }

    pub fn audit(&self) {
        let found = self.store.read_at_leisure(audit::run).unwrap();
        assert!(found.ok, "the audit says {:#?}", found.problems);
        assert_eq!(found.transfers as i64, self.model.transfers);
    }

    /// A table of deeds that never come to pass would try nothing.
    pub fn assert_every_deed_was_done(&self, deeds: usize) {
        if deeds >= 5_000 {
            for deed in super::DEEDS {
                assert!(self.done.contains_key(deed.name), "no {} in {deeds} deeds: {:?}", deed.name, self.done);
            }
        }
    }
}

impl Drop for World {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("AIINS_LAWS_SEED={} repeats this. The last deeds:", self.seed);
            self.past.iter().for_each(|deed| eprintln!("  {deed}"));
        }
    }
}
