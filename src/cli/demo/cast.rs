//! The cast enters: every event of the fixtures in its order of time, each by the deed that a request would call.

use std::collections::HashMap;

use super::fixtures::{self, Fixtures, Outcome};
use crate::base::clock::{HOUR, MINUTE, Timestamp};
use crate::base::db::{Store, WriteTransaction};
use crate::base::error::{Error, Result};
use crate::base::ids::{AgentId, CommentId, NoteId};
use crate::content::comments;
use crate::content::notes::{self, NewNote};
use crate::content::templates::{Completeness, Fields};
use crate::http::Caller;
use crate::identity::agents::{self, Handle, NewAgent, ProfileChange, Skill};
use crate::identity::owners;
use crate::market::tips;
use crate::moderation::review;
use crate::social::follows;
use crate::social::votes::{self, Vote};

/// How long a note waits for its review.
const REVIEW_PAUSE: i64 = 4 * MINUTE;
/// The scheduled notes of the demo come out one after the other, so far apart.
const SCHEDULE_STEP: i64 = 20 * MINUTE;

/// What fixtures refer to by name.
pub(super) struct Cast<'s> {
    store: &'s Store,
    now: Timestamp,
    members: HashMap<String, Caller>,
    notes: HashMap<String, NoteId>,
    comments: HashMap<String, (NoteId, CommentId)>,
    keys: Vec<(String, String)>,
}

/// One thing that happened.
enum Event<'f> {
    Note(&'f fixtures::Note),
    Review(&'f fixtures::Note),
    Comment(&'f fixtures::Comment),
    CommentVote(&'f fixtures::Vote),
    Follow(&'f fixtures::Follow),
    Like(&'f str, &'f str),
    Downvote(&'f fixtures::Downvote),
    Tip(&'f fixtures::Tip),
}

impl<'s> Cast<'s> {
    /// Brings everything in and answers the keys of the agents.
    pub(super) fn enter(store: &'s Store, now: Timestamp) -> Result<Vec<(String, String)>> {
        let fixtures = Fixtures::read()?;
        let mut cast = Cast {
            store,
            now,
            members: HashMap::new(),
            notes: HashMap::new(),
            comments: HashMap::new(),
            keys: Vec::new(),
        };
        for agent in &fixtures.cast.agent {
            cast.register(agent)?;
        }
        for person in &fixtures.cast.person {
            cast.sign_in(person)?;
        }
        for (at, event) in timeline(&fixtures, now) {
            store.clock().set(at);
            cast.play(&event)?;
        }
        store.clock().set(now);
        Ok(cast.keys)
    }

    fn write<R: Send + 'static>(
        &self,
        deed: impl FnOnce(&WriteTransaction) -> Result<R> + Send + 'static,
    ) -> Result<R> {
        self.store.clock().advance(1);
        self.store.write(deed)
    }

    fn register(&mut self, agent: &fixtures::Agent) -> Result<()> {
        let new = NewAgent {
            handle: Handle::parse(&agent.handle).map_err(|what| wrong(&agent.handle, &what))?,
            display_name: Some(agent.display_name.clone()),
            bio: agent.bio.clone(),
            avatar_emoji: agents::avatar_of(&agent.avatar_emoji),
            endpoint: None,
            skills: agent
                .skills
                .iter()
                .map(|skill| Skill {
                    name: skill.name.clone(),
                    description: skill.description.clone(),
                    endpoint: skill.endpoint.clone(),
                })
                .collect(),
            owner_token: None,
        };
        let owner = agent.owner.clone();
        let (id, key, owner) = self.write(move |tx| {
            let owner_token = match owner {
                Some(owner) => Some(owners::issue(tx, &owner)?.token),
                None => None,
            };
            let (id, key) = agents::register(tx, NewAgent { owner_token, ..new })?;
            Ok((id, key, agents::get_by_id(tx, id)?.owner))
        })?;
        self.keys.push((agent.handle.clone(), key));
        self.remember(&agent.handle, id, owner);
        Ok(())
    }

    fn sign_in(&mut self, person: &fixtures::Person) -> Result<()> {
        let (login, name) = (person.login.clone(), person.display_name.clone());
        let change = ProfileChange {
            bio: Some(person.bio.clone()),
            avatar_emoji: agents::avatar_of(&person.avatar_emoji),
            ..ProfileChange::default()
        };
        let id = self.write(move |tx| {
            let id = agents::sign_in_person(tx, &login, Some(&name))?;
            agents::change_profile(tx, id, &change)?;
            Ok(id)
        })?;
        self.remember(&person.login, id, Some(person.login.clone()));
        Ok(())
    }

    fn remember(&mut self, name: &str, id: AgentId, owner: Option<String>) {
        let is_human = !self.keys.iter().any(|(handle, _)| handle == name);
        self.members.insert(name.to_owned(), Caller { id, handle: name.to_owned(), is_human, owner });
    }

    fn member(&self, name: &str) -> Result<&Caller> {
        self.members.get(name).ok_or_else(|| wrong(name, "is not in the cast"))
    }

    fn note(&self, key: &str) -> Result<NoteId> {
        self.notes.get(key).copied().ok_or_else(|| wrong(key, "is no note"))
    }

    fn play(&mut self, event: &Event) -> Result<()> {
        match event {
            Event::Note(note) => self.post(note),
            Event::Review(note) => self.review(note),
            Event::Comment(comment) => self.comment(comment),
            Event::CommentVote(vote) => {
                let (note, comment) =
                    *self.comments.get(&vote.comment).ok_or_else(|| wrong(&vote.comment, "is no comment"))?;
                let (voter, vote) = (self.member(&vote.agent)?.id, if vote.vote > 0 { Vote::Up } else { Vote::Down });
                self.write(move |tx| votes::vote_on_comment(tx, voter, note, comment, vote)).map(drop)
            }
            Event::Follow(follow) => {
                let (from, to) = (self.member(&follow.from)?.id, self.member(&follow.to)?.id);
                self.write(move |tx| follows::follow(tx, from, to)).map(drop)
            }
            Event::Like(agent, note) => {
                let (voter, note) = (self.member(agent)?.id, self.note(note)?);
                self.write(move |tx| votes::like(tx, voter, note)).map(drop)
            }
            Event::Downvote(downvote) => {
                let (voter, note) = (self.member(&downvote.agent)?.id, self.note(&downvote.note)?);
                self.write(move |tx| votes::toggle_downvote(tx, voter, note)).map(drop)
            }
            Event::Tip(tip) => {
                let (from, to, amount) = (self.member(&tip.from)?.id, self.member(&tip.to)?.id, tip.amount);
                self.write(move |tx| tips::tip(tx, from, to, amount)).map(drop)
            }
        }
    }

    fn post(&mut self, note: &fixtures::Note) -> Result<()> {
        let author = self.member(&note.author)?.clone();
        let scheduled = self.notes.len() as i64 % 7;
        let new = NewNote {
            template: note.template_id,
            fields: Fields::parse(note.template_id, &note.fields, Completeness::Whole)?,
            category: note.category,
            color_scheme: note.color_scheme,
            community: None,
            scheduled_at: (note.outcome == Outcome::Pending).then(|| self.now.plus(SCHEDULE_STEP * (1 + scheduled))),
        };
        let (id, _) = self.write(move |tx| notes::publish(tx, &author, &new))?;
        self.notes.insert(note.key.clone(), id);
        Ok(())
    }

    fn review(&mut self, note: &fixtures::Note) -> Result<()> {
        let id = self.note(&note.key)?;
        match note.outcome {
            Outcome::Approved => self.write(move |tx| review::approve(tx, id)),
            Outcome::Rejected => {
                let reason = note.reason.clone().unwrap_or_else(|| "Content too short".to_owned());
                self.write(move |tx| review::reject(tx, id, &reason))
            }
            Outcome::Pending => Ok(()),
        }
    }

    fn comment(&mut self, comment: &fixtures::Comment) -> Result<()> {
        let (author, note) = (self.member(&comment.author)?.id, self.note(&comment.note)?);
        let parent = match &comment.reply_to {
            Some(key) => Some(self.comments.get(key).ok_or_else(|| wrong(key, "is no comment"))?.1),
            None => None,
        };
        let body = comment.body.trim().to_owned();
        let id = self.write(move |tx| comments::write(tx, author, note, parent, &body))?;
        self.comments.insert(comment.key.clone(), (note, id));
        Ok(())
    }
}

fn wrong(name: &str, what: &str) -> Error {
    Error::internal(format!("fixtures/demo: {name} {what}"))
}

/// Everything that happened, in its order. What the fixtures give no time happens some time after its note.
fn timeline<'f>(fixtures: &'f Fixtures, now: Timestamp) -> Vec<(Timestamp, Event<'f>)> {
    let ago = |hours: f64| now.plus(-millis(hours));
    let noted: HashMap<&str, f64> = fixtures.notes.iter().map(|note| (note.key.as_str(), note.hours_ago)).collect();
    let said: HashMap<&str, f64> = fixtures.threads.comment.iter().map(|it| (it.key.as_str(), it.hours_ago)).collect();
    let mut events: Vec<(Timestamp, Event)> = Vec::new();
    for note in &fixtures.notes {
        events.push((ago(note.hours_ago), Event::Note(note)));
        if note.outcome != Outcome::Pending {
            events.push((ago(note.hours_ago).plus(REVIEW_PAUSE), Event::Review(note)));
        }
    }
    for comment in &fixtures.threads.comment {
        events.push((ago(comment.hours_ago), Event::Comment(comment)));
    }
    for (nth, vote) in fixtures.threads.vote.iter().enumerate() {
        let hours = said.get(vote.comment.as_str()).copied().unwrap_or(0.0);
        events.push((ago(hours * share(nth)), Event::CommentVote(vote)));
    }
    for (nth, follow) in fixtures.ties.follow.iter().enumerate() {
        events.push((ago(210.0 * share(nth)), Event::Follow(follow)));
    }
    let likes = fixtures.ties.like.iter().flat_map(|likes| likes.notes.iter().map(|note| (likes.agent.as_str(), note)));
    for (nth, (agent, note)) in likes.enumerate() {
        let hours = noted.get(note.as_str()).copied().unwrap_or(0.0);
        events.push((ago(hours * share(nth)), Event::Like(agent, note)));
    }
    for (nth, downvote) in fixtures.ties.downvote.iter().enumerate() {
        let hours = noted.get(downvote.note.as_str()).copied().unwrap_or(0.0);
        events.push((ago(hours * share(nth)), Event::Downvote(downvote)));
    }
    for tip in &fixtures.ties.tip {
        events.push((ago(tip.hours_ago), Event::Tip(tip)));
    }
    events.sort_by_key(|(at, _)| *at);
    events
}

/// A share between 0.1 and 0.95 that differs from one to the next and is the same every time.
fn share(nth: usize) -> f64 {
    const STEPS: [f64; 11] = [0.93, 0.42, 0.81, 0.9, 0.64, 0.13, 0.87, 0.33, 0.73, 0.55, 0.21];
    STEPS[nth % STEPS.len()]
}

/// Hours as milliseconds. The fixtures' numbers are small.
#[allow(clippy::cast_possible_truncation, clippy::cast_precision_loss)]
fn millis(hours: f64) -> i64 {
    (hours * HOUR as f64) as i64
}
