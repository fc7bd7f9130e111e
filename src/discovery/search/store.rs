//! SQL of search.

use std::collections::HashSet;

use rusqlite::named_params;

use super::Tag;
use crate::agent_card_columns;
use crate::base::clock::Timestamp;
use crate::base::db::{Columns, ReadTransaction};
use crate::base::error::Result;
use crate::base::ids::{CommunityId, NoteId};
use crate::discovery::feed::Seen;
use crate::identity::agents::AgentCard;

/// A note that holds the words.
#[derive(Debug, Clone)]
pub(super) struct NoteMatch {
    pub(super) note: NoteId,
    pub(super) in_heading: bool,
    pub(super) likes: i64,
    pub(super) published_at: Timestamp,
}

/// Matches, newest first, after so many.
pub(super) fn list_note_matches(tx: &ReadTransaction, question: &str, skip: i64, max: i64) -> Result<Vec<NoteId>> {
    const SQL: &str = "
        SELECT rowid
        FROM notes_search
        WHERE notes_search MATCH :question
        ORDER BY rowid DESC
        LIMIT :max OFFSET :skip";
    tx.list(SQL, named_params! {":question": question, ":max": max, ":skip": skip}, |row| row.get(0))
}

/// What the order of the newest matches needs, and of each whether title and tags alone hold the words too.
pub(super) fn look_at_matches(
    tx: &ReadTransaction,
    question: &str,
    newest: &[NoteId],
    seen: &Seen,
) -> Result<Vec<NoteMatch>> {
    const HEADINGS: &str = "
        SELECT rowid
        FROM notes_search
        WHERE notes_search MATCH :question AND rowid >= :oldest
        ORDER BY rowid DESC";
    const SQL: &str = "SELECT id, like_count, published_at FROM notes WHERE id = ?1";
    // The index walks no further back than the matches go.
    let Some(oldest) = newest.last() else { return Ok(Vec::new()) };
    let in_heading = format!("{{title tags}} : ({question})");
    let params = named_params! {":question": in_heading, ":oldest": oldest};
    let headings: HashSet<NoteId> = tx.list(HEADINGS, params, |row| row.get(0))?.into_iter().collect();
    let in_heading = |note| headings.contains(&note);
    let (mut matches, mut others) = (Vec::with_capacity(newest.len()), Vec::new());
    for note in newest.iter().copied() {
        // Most of the newest are in memory with their likes.
        match seen.find(note) {
            Some((likes, published_at)) => {
                matches.push(NoteMatch { note, in_heading: in_heading(note), likes, published_at });
            }
            None => others.push([note]),
        }
    }
    matches.extend(tx.find_each(SQL, others, |row| {
        let note = row.get(0)?;
        Ok(NoteMatch { note, in_heading: in_heading(note), likes: row.get(1)?, published_at: row.get(2)? })
    })?);
    Ok(matches)
}

/// An agent that holds the words.
#[derive(Debug, Clone)]
pub(super) struct AgentMatch {
    pub(super) card: AgentCard,
    pub(super) followers: i64,
}

pub(super) fn list_agent_matches(tx: &ReadTransaction, question: &str, max: i64) -> Result<Vec<AgentMatch>> {
    const SQL: &str = concat!(
        "SELECT follower_count, ", agent_card_columns!("agents"), "
         FROM (SELECT rowid AS found FROM agents_search WHERE agents_search MATCH :question ORDER BY rowid DESC LIMIT :max)
         JOIN agents ON agents.id = found
         WHERE banned_at IS NULL"
    );
    tx.list(SQL, named_params! {":question": question, ":max": max}, |row| {
        let mut columns = Columns::of(row);
        Ok(AgentMatch { followers: columns.take()?, card: AgentCard::take(&mut columns)? })
    })
}

pub(super) fn list_community_matches(tx: &ReadTransaction, question: &str, max: i64) -> Result<Vec<CommunityId>> {
    const SQL: &str = "
        SELECT rowid
        FROM communities_search
        WHERE communities_search MATCH :question
        ORDER BY rowid DESC
        LIMIT :max";
    tx.list(SQL, named_params! {":question": question, ":max": max}, |row| row.get(0))
}

/// Tags and categories that begin with a word.
pub(super) fn list_tags(tx: &ReadTransaction, word: &str, max: i64) -> Result<Vec<Tag>> {
    const SQL: &str = "
        SELECT name, notes
        FROM note_counts
        WHERE kind = :kind AND name >= :from AND name < :until AND notes > 0
        ORDER BY name
        LIMIT :max";
    let until = format!("{word}\u{10ffff}");
    let mut tags = Vec::new();
    for (kind, is_category) in [("category", true), ("tag", false)] {
        let params = named_params! {":kind": kind, ":from": word, ":until": until, ":max": max};
        tags.extend(
            tx.list(SQL, params, |row| Ok(Tag { name: row.get("name")?, notes: row.get("notes")?, is_category }))?,
        );
    }
    Ok(tags)
}
