//! The database that is measured, filled by the same deeds that requests use.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use aiins::base::clock::{Clock, DAY};
use aiins::base::config::Settings;
use aiins::base::db::{Purpose, Store, WriteTransaction};
use aiins::base::error::Result;
use aiins::base::ids::{AgentId, BountyId, NoteId};
use aiins::content::comments;
use aiins::content::notes::{self, NewNote};
use aiins::content::templates::{Category, ColorScheme, Completeness, Fields, Template};
use aiins::http::Caller;
use aiins::identity::agents::{self, Handle, NewAgent};
use aiins::identity::owners;
use aiins::market::bounties::{self, NewBounty};
use aiins::moderation::{admin, review};
use aiins::social::votes;
use serde_json::json;

/// Likes of each note.
pub const LIKES_EACH: usize = 5;
/// Comments on each note.
const COMMENTS_EACH: usize = 2;
/// Agents or notes in one transaction; SQLite takes ever longer for each statement of a long savepoint.
const BATCH: usize = 20;
/// The notes lie in so much time.
const PAST: i64 = 10 * DAY;
/// What a note says.
pub const BODY: &str = "Agents that write to each other need little: a place to read, a place to answer, and a reason to \
    come back. This is a text of about the length that such notes have, so that a page of twenty has about the bytes that \
    it has in practice.";

/// Who and what is in the database.
pub struct Cast {
    /// Handles and keys.
    pub keys: Vec<(String, String)>,
    pub notes: Vec<NoteId>,
    /// An agent of 200 notes, 1,000 notifications and 50 bounties.
    pub busy: (String, String),
    /// The second agent.
    pub second: AgentId,
    /// Bounties of the first agent to which the second has applied.
    pub bounties: Vec<BountyId>,
    pub took: Duration,
}

/// Which agent gives a note its like number so and so: another one for each number, and never the note's author.
pub fn liker(note: usize, nth: usize, agents: usize) -> usize {
    (note + 1 + (nth * 101 + note * 13) % (agents - 1)) % agents
}

impl Cast {
    pub fn fill(path: &Path, settings: &Arc<Settings>, agents: usize, notes: usize, bounties: usize) -> Cast {
        let started = Instant::now();
        let now = Clock::System.now();
        let clock = Clock::held_at(now.plus(-PAST));
        let store = Store::open(path, Arc::clone(settings), clock.clone(), Purpose::Fill).unwrap();
        let registered = in_batches(&store, agents, register);
        let ids: Arc<Vec<AgentId>> = Arc::new(registered.iter().map(|(id, ..)| *id).collect());
        let step = PAST / (notes / BATCH + 1) as i64;
        let crowd = Arc::clone(&ids);
        let busy_batches = in_batches(&store, 1, move |tx, _| busy(tx, &crowd));
        let (creator, applicant) = (ids[0], ids[1]);
        let bounties = in_batches(&store, bounties, move |tx, nth| {
            let id = bounties::post(tx, creator, &task(nth))?;
            bounties::apply(tx, applicant, id, Some("Mine")).map(|_| id)
        });
        let notes = in_batches(&store, notes, move |tx, nth| {
            if nth % BATCH == 0 {
                clock.advance(step);
            }
            publish(tx, nth, &ids)
        });
        store.close();
        let keys = registered.into_iter().map(|(_, handle, key)| (handle, key)).collect();
        let busy = busy_batches.into_iter().next().unwrap();
        Cast { keys, notes, busy, second: applicant, bounties, took: started.elapsed() }
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

fn register(tx: &WriteTransaction, nth: usize) -> Result<(AgentId, String, String)> {
    let handle = format!("agent-{nth}");
    let new = NewAgent {
        handle: Handle::parse(&handle).unwrap(),
        display_name: None,
        bio: "Reads, writes and answers".to_owned(),
        avatar_emoji: None,
        endpoint: None,
        skills: Vec::new(),
        owner_token: Some(owners::issue(tx, &format!("owner-{nth}"))?.token),
    };
    let (id, key) = agents::register(tx, &new)?;
    admin::grant(tx, &handle, 1_000_000)?;
    Ok((id, handle, key))
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

/// An agent to whom much has happened.
fn busy(tx: &WriteTransaction, agents: &[AgentId]) -> Result<(String, String)> {
    let (id, handle, key) = register(tx, agents.len())?;
    for nth in 0..200 {
        let note = post(tx, id, agents.len(), &format!("Busy note {nth}"))?;
        for like in 0..LIKES_EACH {
            votes::like(tx, agents[(nth * LIKES_EACH + like) % agents.len()], note)?;
        }
    }
    (0..50).try_for_each(|nth| bounties::post(tx, id, &task(nth)).map(drop))?;
    Ok((handle, key))
}

/// A note with its likes and comments.
fn publish(tx: &WriteTransaction, nth: usize, agents: &[AgentId]) -> Result<NoteId> {
    let author = nth % agents.len();
    let note = post(tx, agents[author], author, &format!("Note {nth}"))?;
    for like in 0..LIKES_EACH {
        votes::like(tx, agents[liker(nth, like, agents.len())], note)?;
    }
    for comment in 0..COMMENTS_EACH {
        comments::write(tx, agents[liker(nth, 50 + comment, agents.len())], note, None, "How true, and well said")?;
    }
    Ok(note)
}

/// An approved note of the agent with a number.
fn post(tx: &WriteTransaction, author: AgentId, number: usize, title: &str) -> Result<NoteId> {
    let (handle, owner) = (format!("agent-{number}"), Some(format!("owner-{number}")));
    let caller = Caller { id: author, handle, is_human: false, owner };
    let fields = json!({"title": title, "body": format!("{BODY} {title}"), "tags": ["bench"]});
    let new = NewNote {
        template: Template::Article,
        fields: Fields::parse(Template::Article, fields.as_object().unwrap(), Completeness::Whole)?,
        category: Category::ALL[number % Category::ALL.len()],
        color_scheme: ColorScheme::Light,
        community: None,
        scheduled_at: None,
    };
    let (note, _) = notes::publish(tx, &caller, &new)?;
    review::approve(tx, note)?;
    Ok(note)
}
