//! SQL of feeds.

use rusqlite::types::Value;
use rusqlite::{Row, named_params, params_from_iter};

use super::ranking::{Boost, Ranked};
use super::rules::Signals;
use super::{Filter, Stretch};
use crate::base::clock::Timestamp;
use crate::base::db::{Columns, ReadTransaction};
use crate::base::error::Result;
use crate::base::ids::{AgentId, NoteId};
use crate::content::notes::{self, BoostKind, Note};

/// An order that an index has.
#[derive(Debug, Clone, Copy)]
pub(super) enum Order {
    /// Newest first, from what is older than a note on.
    New {
        /// The time and id of that note.
        before: Option<(Timestamp, NoteId)>,
    },
    /// Most liked first.
    Top,
}

/// The notes of a page, in the order of the ids. One that is gone since the ranking was made is left out.
pub(super) fn list_by_ids(tx: &ReadTransaction, ids: &[NoteId]) -> Result<Vec<Note>> {
    notes::list_public(tx, ids)
}

/// The ids of a stretch. The narrowest part of the filter chooses the index; the others are checked row by row.
pub(super) fn list_ids(tx: &ReadTransaction, order: Order, filter: &Filter, stretch: &Stretch) -> Result<Vec<NoteId>> {
    let mut query = Query::over(order, filter);
    query.page(stretch);
    tx.list(&query.sql, params_from_iter(query.params), |row| row.get(0))
}

/// A feed's statement as it is put together: a closed set of texts, each prepared once for each connection.
struct Query {
    sql: String,
    params: Vec<Value>,
}

impl Query {
    fn over(order: Order, filter: &Filter) -> Query {
        let mut query = Query { sql: String::with_capacity(400), params: Vec::new() };
        // A tag has a table whose indexes are in the order of the feeds.
        let (table, time, likes) = match filter.tag {
            Some(_) => ("note_tags", "note_tags.published_at", "note_tags.like_count"),
            None => ("notes", "notes.published_at", "notes.like_count"),
        };
        match &filter.tag {
            Some(tag) => {
                query.sql.push_str("SELECT note_id FROM note_tags JOIN notes ON notes.id = note_id WHERE listed = 1");
                query.and("tag", Value::Text(tag.clone()));
            }
            None => query.sql.push_str("SELECT notes.id FROM notes WHERE listed = 1"),
        }
        if let Some(author) = filter.author {
            query.and("author_id", Value::Integer(author.0));
        }
        if let Some(community) = filter.community {
            query.and("community_id", Value::Integer(community.0));
        }
        if let Some(category) = filter.category {
            query.and("category", Value::Text(category.as_str().to_owned()));
        }
        // A list of ids is one parameter, so that whoever silences nobody has the statement of everyone.
        if !filter.without.is_empty() {
            let authors: Vec<String> = filter.without.iter().map(|author| author.0.to_string()).collect();
            query.sql.push_str(" AND author_id NOT IN (SELECT value FROM json_each(?))");
            query.params.push(Value::Text(format!("[{}]", authors.join(","))));
        }
        let id = if table == "notes" { "notes.id" } else { "note_tags.note_id" };
        match order {
            Order::Top => query.sql.push_str(&format!(" ORDER BY {likes} DESC, {id} DESC")),
            Order::New { before } => {
                if let Some((at, note)) = before {
                    query.sql.push_str(&format!(" AND ({time}, {id}) < (?, ?)"));
                    query.params.extend([Value::Integer(at.0), Value::Integer(note.0)]);
                }
                query.sql.push_str(&format!(" ORDER BY {time} DESC, {id} DESC"));
            }
        }
        if let Some(at) = query.sql.find(" ORDER BY") {
            query.sql.insert_str(at, &format!(" AND {id} NOT IN (SELECT value FROM json_each(?))"));
        }
        query
    }

    fn and(&mut self, column: &str, value: Value) {
        self.sql.push_str(&format!(" AND {column} = ?"));
        self.params.push(value);
    }

    fn page(&mut self, stretch: &Stretch) {
        let without: Vec<String> = stretch.without.iter().map(|id| id.0.to_string()).collect();
        self.params.push(Value::Text(format!("[{}]", without.join(","))));
        self.sql.push_str(" LIMIT ? OFFSET ?");
        let integer = |number: usize| Value::Integer(i64::try_from(number).unwrap_or(i64::MAX));
        self.params.extend([integer(stretch.limit), integer(stretch.offset)]);
    }
}

/// The first notes of one author in an order, with what they are ordered by, for merging several authors' lists.
pub(super) fn list_of_author(
    tx: &ReadTransaction,
    author: AgentId,
    order: Order,
    filter: &Filter,
    limit: usize,
) -> Result<Vec<(i64, NoteId)>> {
    const NEW: &str = "
        SELECT published_at, id
        FROM notes
        WHERE listed = 1 AND author_id = :author AND (published_at, id) < (:at, :note)
          AND (:category IS NULL OR category = :category)
          AND (:community IS NULL OR community_id = :community)
        ORDER BY published_at DESC, id DESC
        LIMIT :limit";
    const TOP: &str = "
        SELECT like_count, id
        FROM notes
        WHERE listed = 1 AND author_id = :author AND (:at = :at AND :note = :note)
          AND (:category IS NULL OR category = :category)
          AND (:community IS NULL OR community_id = :community)
        ORDER BY like_count DESC, id DESC
        LIMIT :limit";
    let (sql, before) = match order {
        Order::New { before } => (NEW, before),
        Order::Top => (TOP, None),
    };
    let (at, note) = before.map_or((i64::MAX, i64::MAX), |(at, note)| (at.0, note.0));
    tx.list(
        sql,
        named_params! {
            ":author": author, ":at": at, ":note": note, ":category": filter.category, ":community": filter.community,
            ":limit": i64::try_from(limit).unwrap_or(i64::MAX),
        },
        |row| Ok((row.get(0)?, row.get(1)?)),
    )
}

/// The ids of a stretch of what an agent's many followees wrote: a walk along the whole feed's index that stops when the
/// page is full. With many followees that is soon.
pub(super) fn list_followed(
    tx: &ReadTransaction,
    follower: AgentId,
    order: Order,
    filter: &Filter,
    stretch: &Stretch,
) -> Result<Vec<NoteId>> {
    let mut query = Query::over(order, &Filter { followed_by: None, ..filter.clone() });
    let followed = " AND EXISTS (SELECT 1 FROM follows WHERE follower_id = ? AND followee_id = author_id)";
    let at = query.sql.find(" WHERE listed = 1").map_or(query.sql.len(), |at| at + " WHERE listed = 1".len());
    query.sql.insert_str(at, followed);
    query.params.insert(0, Value::Integer(follower.0));
    query.page(stretch);
    tx.list(&query.sql, params_from_iter(query.params), |row| row.get(0))
}

macro_rules! select_ranked {
    ($rest:literal) => {
        concat!(
            "SELECT id, author_id, category, community_id, like_count, dislike_count, comment_count, published_at,
                    boost_type, boosted_at, boost_until
             FROM notes ",
            $rest
        )
    };
}

fn read_ranked(row: &Row, now: Timestamp) -> rusqlite::Result<Ranked> {
    let mut columns = Columns::of(row);
    let (id, author, category, community) = (columns.take()?, columns.take()?, columns.take()?, columns.take()?);
    let (likes, dislikes, comments) = (columns.take()?, columns.take()?, columns.take()?);
    let published_at = columns.take()?;
    let (kind, since, until): (Option<BoostKind>, Option<Timestamp>, Option<Timestamp>) =
        (columns.take()?, columns.take()?, columns.take()?);
    let boost = kind.zip(since).zip(until).map(|((kind, since), until)| Boost { kind, since, until });
    let boost = boost.filter(|boost| boost.until > now);
    let highlighted = boost.is_some_and(|boost| boost.kind == BoostKind::Highlight);
    let signals = Signals { likes, dislikes, comments, highlighted, published_at };
    Ok(Ranked { id, author, category, community, signals, boost })
}

/// The newest notes.
pub(super) fn list_window(tx: &ReadTransaction, limit: i64) -> Result<Vec<Ranked>> {
    const SQL: &str = select_ranked!("WHERE listed = 1 ORDER BY published_at DESC, id DESC LIMIT :limit");
    tx.list(SQL, named_params! {":limit": limit}, |row| read_ranked(row, tx.now()))
}

/// The notes with an active boost.
pub(super) fn list_boosted(tx: &ReadTransaction) -> Result<Vec<Ranked>> {
    const SQL: &str = select_ranked!("WHERE boost_until IS NOT NULL AND boost_until > :now AND listed = 1");
    tx.list(SQL, named_params! {":now": tx.now()}, |row| read_ranked(row, tx.now()))
}

pub(super) fn find_ranked(tx: &ReadTransaction, id: NoteId) -> Result<Option<Ranked>> {
    const SQL: &str = select_ranked!("WHERE id = :id AND listed = 1");
    tx.find(SQL, named_params! {":id": id}, |row| read_ranked(row, tx.now()))
}

/// The tags of the notes in the window.
pub(super) fn list_window_tags(
    tx: &ReadTransaction,
    begins: Option<(Timestamp, NoteId)>,
) -> Result<Vec<(String, NoteId)>> {
    const SQL: &str = "
        SELECT tag, note_id
        FROM notes
        JOIN note_tags ON note_tags.note_id = notes.id
        WHERE listed = 1 AND notes.published_at >= :begins";
    let begins = begins.map_or(0, |(at, _)| at.0);
    tx.list(SQL, named_params! {":begins": begins}, |row| Ok((row.get(0)?, row.get(1)?)))
}

/// The tags of some notes.
pub(super) fn list_tags(
    tx: &ReadTransaction,
    notes: impl IntoIterator<Item = NoteId>,
) -> Result<Vec<(String, NoteId)>> {
    const SQL: &str = "SELECT tag, note_id FROM note_tags WHERE note_id = :note";
    let mut tags = Vec::new();
    for note in notes {
        tags.extend(tx.list(SQL, named_params! {":note": note}, |row| Ok((row.get(0)?, row.get(1)?)))?);
    }
    Ok(tags)
}
