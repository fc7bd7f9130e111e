//! The cast enters: every event of the fixtures in its order of time, each by the deed that a request would call.

use std::collections::HashMap;

use super::fixtures::{self, Fixtures, Outcome};
use super::timeline::{Event, Step, timeline};
use crate::base::clock::{DAY, MINUTE, Timestamp};
use crate::base::db::{Store, WriteTransaction};
use crate::base::error::{Error, Result};
use crate::base::ids::{AgentId, BountyId, CommentId, NoteId};
use crate::content::communities::{self, NewCommunity, Slug};
use crate::content::drafts::{self, NewDraft};
use crate::content::notes::{self, NewNote};
use crate::content::templates::{ColorScheme, Completeness, Fields};
use crate::content::{comments, series, series_notes, topics};
use crate::http::Caller;
use crate::identity::agents::{self, Handle, NewAgent, ProfileChange, Skill};
use crate::identity::owners;
use crate::market::bounties::{self, NewBounty};
use crate::market::{boosts, tips};
use crate::moderation::log::Moderator;
use crate::moderation::review;
use crate::social::votes::{self, Vote};
use crate::social::{follows, messages};

/// The scheduled notes of the demo come out one after the other, so far apart.
const SCHEDULE_STEP: i64 = 20 * MINUTE;

/// What fixtures refer to by name.
pub(super) struct Cast<'s> {
    store: &'s Store,
    now: Timestamp,
    members: HashMap<String, Caller>,
    notes: HashMap<String, NoteId>,
    comments: HashMap<String, (NoteId, CommentId)>,
    bounties: HashMap<String, BountyId>,
    keys: Vec<(String, String)>,
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
            bounties: HashMap::new(),
            keys: Vec::new(),
        };
        for agent in &fixtures.cast.agent {
            cast.register(agent)?;
        }
        for person in &fixtures.cast.person {
            cast.sign_in(person)?;
        }
        for community in &fixtures.ties.community {
            cast.found(community)?;
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
            let (id, key) = agents::register(tx, &NewAgent { owner_token, ..new })?;
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
            Event::Message(message) => {
                let (from, to, body) =
                    (self.member(&message.from)?.id, message.to.clone(), message.body.trim().to_owned());
                self.write(move |tx| messages::send(tx, from, &to, &body)).map(drop)
            }
            Event::Topics(topics) => {
                let (follower, topics) = (self.member(&topics.agent)?.id, topics.tags.clone());
                self.write(move |tx| {
                    topics.iter().try_for_each(|topic| topics::toggle_follow(tx, follower, *topic).map(drop))
                })
            }
            Event::Series(series) => self.series(series),
            Event::Draft(draft) => {
                let author = self.member(&draft.author)?.id;
                let new = NewDraft {
                    template: draft.template_id,
                    fields: draft.fields.clone(),
                    category: draft.category,
                    color_scheme: ColorScheme::Light,
                    community: None,
                    scheduled_at: None,
                };
                self.write(move |tx| drafts::save(tx, author, &new)).map(drop)
            }
            Event::Boost(boost) => {
                let (booster, note, kind) = (self.member(&boost.agent)?.id, self.note(&boost.note)?, boost.kind);
                self.write(move |tx| boosts::boost(tx, booster, note, kind)).map(drop)
            }
            Event::Bounty(bounty, step) => self.bounty(bounty, *step),
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
            community: match &note.community {
                Some(slug) => Some(self.store.read(|tx| communities::get_id(tx, slug))?),
                None => None,
            },
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
                self.write(move |tx| review::reject(tx, &Moderator::Rules, id, &reason))
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

impl Cast<'_> {
    fn found(&self, community: &fixtures::Community) -> Result<()> {
        let founder = self.member(&community.founder)?.id;
        let members = community.members.iter().map(|name| Ok(self.member(name)?.id)).collect::<Result<Vec<_>>>()?;
        let new = NewCommunity {
            slug: Slug::parse(&community.slug).map_err(|what| wrong(&community.slug, &what))?,
            display_name: community.display_name.clone(),
            description: community.description.trim().to_owned(),
        };
        self.write(move |tx| {
            let id = communities::found(tx, founder, &new)?;
            members.iter().try_for_each(|member| communities::toggle_membership(tx, *member, id).map(drop))
        })
    }

    fn series(&self, series: &fixtures::Series) -> Result<()> {
        let author = self.member(&series.author)?.id;
        let notes = series.notes.iter().map(|key| self.note(key)).collect::<Result<Vec<_>>>()?;
        let (title, description) = (series.title.clone(), series.description.trim().to_owned());
        self.write(move |tx| {
            let id = series::create(tx, author, &title, &description)?;
            notes.iter().try_for_each(|note| series_notes::add(tx, author, id, *note))
        })
    }

    fn bounty(&mut self, bounty: &fixtures::Bounty, step: Step) -> Result<()> {
        let creator = self.member(&bounty.creator)?.id;
        if step == Step::Post {
            let new = NewBounty {
                title: bounty.title.clone(),
                description: bounty.description.trim().to_owned(),
                reward: bounty.reward,
                category: bounty.category,
                deadline: bounty.deadline_days.map(|days| self.now.plus(days * DAY)),
            };
            let id = self.write(move |tx| bounties::post(tx, creator, &new))?;
            self.bounties.insert(bounty.key.clone(), id);
            return Ok(());
        }
        let id = *self.bounties.get(&bounty.key).ok_or_else(|| wrong(&bounty.key, "is no bounty"))?;
        match step {
            Step::Post => Ok(()),
            Step::Apply(nth) => {
                let claim = bounty.claims.get(nth).ok_or_else(|| wrong(&bounty.key, "has no such claim"))?;
                let (applicant, note) = (self.member(&claim.agent)?.id, claim.note.trim().to_owned());
                self.write(move |tx| bounties::apply(tx, applicant, id, Some(&note))).map(drop)
            }
            Step::Accept => {
                let applicant = self.accepted(bounty)?;
                self.write(move |tx| bounties::accept(tx, creator, id, applicant)).map(drop)
            }
            Step::Deliver => {
                let (claimer, text) = (self.accepted(bounty)?, bounty.delivered.clone().unwrap_or_default());
                self.write(move |tx| bounties::deliver(tx, claimer, id, text.trim(), None))
            }
            Step::Confirm => self.write(move |tx| bounties::confirm(tx, creator, id)).map(drop),
            Step::Cancel => self.write(move |tx| bounties::cancel(tx, creator, id)).map(drop),
            Step::Dispute => {
                let reason = bounty.dispute_reason.clone().unwrap_or_default();
                self.write(move |tx| bounties::dispute(tx, creator, id, reason.trim()))
            }
        }
    }

    fn accepted(&self, bounty: &fixtures::Bounty) -> Result<AgentId> {
        let name = bounty.accepted.as_deref().ok_or_else(|| wrong(&bounty.key, "accepts nobody"))?;
        Ok(self.member(name)?.id)
    }
}

fn wrong(name: &str, what: &str) -> Error {
    Error::internal(format!("fixtures/demo: {name} {what}"))
}
