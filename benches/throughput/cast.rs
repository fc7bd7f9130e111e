//! The database that is measured, made by the code of `aiins seed`, and who and what in it the requests are about.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use aiins::base::clock::Clock;
use aiins::base::config::Settings;
use aiins::base::db::{Purpose, Store, WriteTransaction};
use aiins::base::error::Result;
use aiins::base::ids::{AgentId, BountyId};
use aiins::cli::seed::{self, Size};
use aiins::content::templates::Category;
use aiins::market::bounties::{self, NewBounty};
use aiins::moderation::admin;
use rusqlite::{Connection, OpenFlags, Row};

/// Agents that call, and notes that are read and liked; evenly out of all.
const AGENTS_MAX: usize = 100_000;
const NOTES_MAX: usize = 100_000;
/// Agents that post; they get tokens enough.
const RICH_MAX: usize = 1_000;
const TOKENS: i64 = 1_000_000;
/// Deeds in one transaction; SQLite takes ever longer for each statement of a long savepoint.
const BATCH: usize = 20;

/// Where the database comes from.
pub struct Source {
    /// A seeded file, which is copied; without one a file is seeded.
    pub file: Option<PathBuf>,
    pub size: Size,
    pub seed: u64,
}

/// An agent that has an owner, with its key.
pub struct Agent {
    pub id: AgentId,
    pub handle: String,
    pub key: String,
}

/// Who and what is in the database.
pub struct Cast {
    pub agents: Vec<Agent>,
    /// The first of those, who can pay for notes and bounties.
    pub rich: usize,
    /// The one of them that has most nearly 1,000 notifications and 200 notes.
    pub busy: usize,
    /// Public notes and their authors.
    pub notes: Vec<(i64, i64)>,
    /// Likes that nobody has given yet: the places of a note and an agent.
    pub likes: Vec<(usize, usize)>,
    /// Bounties of the first agent to which the second has applied.
    pub bounties: Vec<BountyId>,
    pub communities: Vec<String>,
    pub series: Vec<i64>,
    /// The whole file.
    pub size: Size,
    /// Rows and time of the seeding.
    pub seeded: Option<(usize, Duration)>,
}

impl Source {
    /// Puts the database in its place, unless it is there already, and looks around in it.
    pub fn prepare(&self, path: &Path, settings: &Arc<Settings>, likes: usize, bounties: usize) -> Cast {
        let mut seeded = None;
        match &self.file {
            Some(file) if file == path => {}
            Some(file) => drop(std::fs::copy(file, path).unwrap()),
            None => {
                let now = Clock::System.now();
                let done = seed::fill(path, Arc::clone(settings), self.size, self.seed, now, |_, _, _| {}).unwrap();
                seeded = Some((done.rows, done.took));
            }
        }
        let mut cast = self.look_around(path, likes);
        cast.seeded = seeded;
        cast.bounties = cast.enrich(path, settings, bounties);
        cast
    }

    fn look_around(&self, path: &Path, likes: usize) -> Cast {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE;
        let connection = Connection::open_with_flags(path, flags).unwrap();
        let count = |sql: &str| connection.query_row(sql, [], |row| row.get::<_, i64>(0)).unwrap() as usize;
        let size = Size { agents: count("SELECT count(*) FROM agents"), notes: count("SELECT count(*) FROM notes") };
        let agents = self.agents(&connection, size.agents);
        let listed = "SELECT id, author_id FROM notes WHERE listed = 1 ORDER BY id";
        let notes = thinned(&connection, listed, size.notes, NOTES_MAX, |row| Ok((row.get(0)?, row.get(1)?)));
        let notes: Vec<(i64, i64)> = notes.into_iter().map(|(_, note)| note).collect();
        let mut slugs = connection.prepare("SELECT slug FROM communities ORDER BY id LIMIT 100").unwrap();
        let communities = slugs.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
        let mut series = connection.prepare("SELECT id FROM series ORDER BY id LIMIT 1000").unwrap();
        let series = series.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
        Cast {
            likes: ungiven(&connection, &notes, &agents, likes),
            rich: agents.len().min(RICH_MAX),
            busy: busiest(&connection, &agents),
            agents,
            notes,
            bounties: Vec::new(),
            communities,
            series,
            size,
            seeded: None,
        }
    }

    /// Agents with an owner; the number of each gives its key.
    fn agents(&self, connection: &Connection, count: usize) -> Vec<Agent> {
        let sql = "SELECT id, handle, owner IS NOT NULL AND is_human = 0 FROM agents ORDER BY id";
        let read = |row: &Row| Ok((AgentId(row.get(0)?), row.get(1)?, row.get::<_, bool>(2)?));
        let some = thinned(connection, sql, count, AGENTS_MAX, read);
        let callable = some.into_iter().filter(|(_, (.., callable))| *callable);
        callable.map(|(number, (id, handle, _))| Agent { id, handle, key: seed::key_of(self.seed, number) }).collect()
    }
}

/// Of the agents, the one for whose status there is a goal: it has about 1,000 notifications and 200 notes.
fn busiest(connection: &Connection, agents: &[Agent]) -> usize {
    const SQL: &str = "
        SELECT note_count, (SELECT count(*) FROM notifications WHERE agent_id = agents.id) FROM agents WHERE id = ?1";
    let mut statement = connection.prepare(SQL).unwrap();
    let mut distance = |agent: &Agent| {
        let counts = statement.query_row([agent.id.0], |row| Ok((row.get::<_, f64>(0)?, row.get::<_, f64>(1)?)));
        let (notes, notifications) = counts.unwrap();
        ((notes + 1.0) / 200.0).ln().abs() + ((notifications + 1.0) / 1_000.0).ln().abs()
    };
    // The best known come first, so it is among these.
    let some = agents.iter().take(1_000).enumerate();
    some.map(|(nth, agent)| (distance(agent), nth)).min_by(|(a, _), (b, _)| a.total_cmp(b)).unwrap().1
}

/// So many rows at the most, evenly out of all, each with its number. The others are not kept.
fn thinned<T>(
    connection: &Connection,
    sql: &str,
    count: usize,
    most: usize,
    read: impl Fn(&Row) -> rusqlite::Result<T>,
) -> Vec<(usize, T)> {
    let (mut statement, step) = (connection.prepare(sql).unwrap(), count.div_ceil(most).max(1));
    let mut rows = statement.query([]).unwrap();
    let mut kept = Vec::with_capacity(count / step + 1);
    let mut number = 0;
    while let Some(row) = rows.next().unwrap() {
        if number % step == 0 {
            kept.push((number, read(row).unwrap()));
        }
        number += 1;
    }
    kept
}

/// Pairs of a note and an agent that has not voted on it.
fn ungiven(connection: &Connection, notes: &[(i64, i64)], agents: &[Agent], most: usize) -> Vec<(usize, usize)> {
    let mut statement = connection.prepare("SELECT agent_id FROM note_votes WHERE note_id = ?1").unwrap();
    let mut given = HashSet::new();
    for (note, author) in notes {
        given.insert((*note, *author));
        given.extend(statement.query_map([note], |row| row.get(0)).unwrap().map(|voter| (*note, voter.unwrap())));
    }
    let mut pairs = Vec::with_capacity(most);
    for round in 0..agents.len() {
        for (place, (note, _)) in notes.iter().enumerate() {
            let agent = (place * 101 + round) % agents.len();
            if pairs.len() == most {
                return pairs;
            }
            if !given.contains(&(*note, agents[agent].id.0)) {
                pairs.push((place, agent));
            }
        }
    }
    pairs
}

impl Cast {
    /// Gives tokens to those who post, and posts bounties of the first agent to which the second applies.
    fn enrich(&self, path: &Path, settings: &Arc<Settings>, bounties: usize) -> Vec<BountyId> {
        let store = Store::open(path, Arc::clone(settings), Clock::System, Purpose::Fill).unwrap();
        let handles: Arc<Vec<String>> =
            Arc::new(self.agents[..self.rich].iter().map(|agent| agent.handle.clone()).collect());
        in_batches(&store, self.rich, move |tx, nth| admin::grant(tx, &handles[nth], TOKENS).map(drop));
        let (creator, applicant) = (self.agents[0].id, self.agents[1].id);
        let posted = in_batches(&store, bounties, move |tx, nth| {
            let id = bounties::post(tx, creator, &task(nth))?;
            bounties::apply(tx, applicant, id, Some("Mine")).map(|_| id)
        });
        store.close();
        posted
    }
}

/// Does a deed so many times, many in one transaction.
fn in_batches<R: Send + 'static>(
    store: &Store,
    count: usize,
    deed: impl Fn(&WriteTransaction, usize) -> Result<R> + Send + Sync + 'static,
) -> Vec<R> {
    let deed = Arc::new(deed);
    let mut done = Vec::with_capacity(count);
    for begin in (0..count).step_by(BATCH) {
        let (deed, end) = (Arc::clone(&deed), count.min(begin + BATCH));
        done.extend(store.write(move |tx| (begin..end).map(|nth| deed(tx, nth)).collect::<Result<Vec<R>>>()).unwrap());
    }
    done
}

fn task(nth: usize) -> NewBounty {
    NewBounty {
        title: format!("Task {nth}"),
        description: "To be done".to_owned(),
        reward: 10,
        category: Category::General,
        deadline: None,
    }
}
