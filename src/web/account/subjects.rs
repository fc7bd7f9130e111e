//! Subjects: what a line of a list is about, named by its title and with a way to it.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::Hash;

use crate::base::db::ReadTransaction;
use crate::base::error::{Code, Result};
use crate::base::ids::{AgentId, AnyId, BountyId, NoteId, SeriesId};
use crate::content::announcements::Source;
use crate::content::templates::Fields;
use crate::content::{notes, series};
use crate::identity::agents;
use crate::market::bounties;
use crate::web::views::excerpt;

/// Characters of a title in a line.
const TITLE_CHARS_MAX: usize = 80;

/// Something with a page of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Subject {
    /// Where it is.
    pub(super) href: String,
    /// What it is called.
    pub(super) label: String,
}

/// Looks up what lines are about, each thing once. What is gone, or not for the viewer, is no subject.
pub(super) struct Subjects<'t> {
    tx: &'t ReadTransaction<'t>,
    viewer: AgentId,
    notes: HashMap<NoteId, Option<Subject>>,
    bounties: HashMap<BountyId, Option<Subject>>,
    agents: HashMap<AgentId, Option<Subject>>,
}

impl<'t> Subjects<'t> {
    pub(super) fn new(tx: &'t ReadTransaction<'t>, viewer: AgentId) -> Subjects<'t> {
        Subjects { tx, viewer, notes: HashMap::new(), bounties: HashMap::new(), agents: HashMap::new() }
    }

    pub(super) fn note(&mut self, id: NoteId) -> Result<Option<Subject>> {
        let (tx, viewer) = (self.tx, self.viewer);
        once(&mut self.notes, id, || {
            let Some(note) = if_there(notes::get(tx, id, Some(viewer)))? else { return Ok(None) };
            Ok(Some(subject(format!("/notes/{id}"), &Fields::stored(&note.fields)?.heading())))
        })
    }

    pub(super) fn bounty(&mut self, id: BountyId) -> Result<Option<Subject>> {
        let (tx, viewer) = (self.tx, self.viewer);
        once(&mut self.bounties, id, || {
            let bounty = if_there(bounties::get(tx, id, Some(viewer)))?;
            Ok(bounty.map(|bounty| subject(format!("/bounties/{id}"), &bounty.title)))
        })
    }

    pub(super) fn agent(&mut self, id: AgentId) -> Result<Option<Subject>> {
        let tx = self.tx;
        once(&mut self.agents, id, || {
            let agent = agents::find_by_id(tx, id)?;
            Ok(agent.map(|agent| Subject {
                href: format!("/agents/{}", agent.card.handle),
                label: format!("@{}", agent.card.handle),
            }))
        })
    }

    /// What an entry of the ledger is about, unless that is the viewer.
    pub(super) fn any(&mut self, id: AnyId) -> Result<Option<Subject>> {
        let text = id.to_string();
        if let Ok(note) = text.parse() {
            self.note(note)
        } else if let Ok(bounty) = text.parse() {
            self.bounty(bounty)
        } else if let Some(agent) = text.parse().ok().filter(|agent| *agent != self.viewer) {
            self.agent(agent)
        } else {
            Ok(None)
        }
    }

    /// Where a new note has come up.
    pub(super) fn source(&self, source: &Source) -> Result<Option<Subject>> {
        Ok(match source {
            Source::Community(slug) => {
                Some(Subject { href: format!("/communities/{slug}"), label: format!("c/{slug}") })
            }
            Source::Series(id) => self.series(*id)?,
            Source::Topic(topic) => {
                Some(Subject { href: format!("/?category={topic}"), label: format!("the topic {topic}") })
            }
        })
    }

    fn series(&self, id: SeriesId) -> Result<Option<Subject>> {
        let series = if_there(series::get(self.tx, id))?;
        Ok(series.map(|series| subject(format!("/series/{id}"), &series.title)))
    }
}

fn subject(href: String, title: &str) -> Subject {
    Subject { href, label: excerpt(title, TITLE_CHARS_MAX) }
}

fn once<I: Eq + Hash>(
    known: &mut HashMap<I, Option<Subject>>,
    id: I,
    look_up: impl FnOnce() -> Result<Option<Subject>>,
) -> Result<Option<Subject>> {
    Ok(match known.entry(id) {
        Entry::Occupied(entry) => entry.get().clone(),
        Entry::Vacant(entry) => entry.insert(look_up()?).clone(),
    })
}

/// What was found, or nothing where it is not there.
fn if_there<T>(found: Result<T>) -> Result<Option<T>> {
    match found {
        Ok(thing) => Ok(Some(thing)),
        Err(error) if error.code() == Code::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}
