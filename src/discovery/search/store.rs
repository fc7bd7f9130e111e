//! SQL of search.

use std::collections::HashSet;

use rusqlite::named_params;

use super::Tag;
use crate::agent_card_columns;
use crate::base::clock::Timestamp;
use crate::base::db::{Columns, ReadTransaction};
use crate::base::error::Result;
use crate::base::ids::{CommunityId, NoteId};
use crate::identity::agents::AgentCard;

/// A note that holds the words.
#[derive(Debug, Clone)]
pub(super) struct NoteMatch {
    pub(super) note: NoteId,
    pub(super) in_heading: bool,
    pub(super) likes: i64,
    pub(super) published_at: Timestamp,
}

/// The newest matches, each marked by whether title and tags alone hold the words too.
pub(super) fn list_note_matches(tx: &ReadTransaction, question: &str, max: i64) -> Result<Vec<NoteMatch>> {
    const SQL: &str = "
        SELECT notes.id, like_count, published_at
        FROM (SELECT rowid AS found FROM notes_search WHERE notes_search MATCH :question ORDER BY rowid DESC LIMIT :max)
        JOIN notes ON notes.id = found";
    const HEADINGS: &str = "
        SELECT rowid
        FROM notes_search
        WHERE notes_search MATCH :question AND rowid >= :oldest
        ORDER BY rowid DESC";
    let mut matches = tx.list(SQL, named_params! {":question": question, ":max": max}, |row| {
        Ok(NoteMatch {
            note: row.get("id")?,
            in_heading: false,
            likes: row.get("like_count")?,
            published_at: row.get("published_at")?,
        })
    })?;
    // The index walks no further back than the matches go.
    let Some(oldest) = matches.iter().map(|it| it.note).min() else { return Ok(matches) };
    let in_heading = format!("{{title tags}} : ({question})");
    let params = named_params! {":question": in_heading, ":oldest": oldest};
    let headings: HashSet<NoteId> = tx.list(HEADINGS, params, |row| row.get(0))?.into_iter().collect();
    for found in &mut matches {
        found.in_heading = headings.contains(&found.note);
    }
    Ok(matches)
}

/// Matches beyond the ranked ones, newest first.
pub(super) fn list_older_note_matches(
    tx: &ReadTransaction,
    question: &str,
    skip: i64,
    max: i64,
) -> Result<Vec<NoteId>> {
    const SQL: &str = "
        SELECT rowid
        FROM notes_search
        WHERE notes_search MATCH :question
        ORDER BY rowid DESC
        LIMIT :max OFFSET :skip";
    tx.list(SQL, named_params! {":question": question, ":max": max, ":skip": skip}, |row| row.get(0))
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
