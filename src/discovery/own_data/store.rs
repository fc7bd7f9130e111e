//! Rows of a section as they are shown.

use rusqlite::types::ValueRef;
use rusqlite::{Row, named_params};
use serde_json::{Map, Value};

use super::section::{As, Section};
use crate::base::clock::Timestamp;
use crate::base::db::ReadTransaction;
use crate::base::error::Result;
use crate::base::ids::{
    AgentId, BountyId, ClaimId, CommentId, CommunityId, DraftId, MessageId, NoteId, NotificationId, SeriesId,
    SessionId, TransferId, made_at,
};

/// A row on its way to a record.
pub(super) struct Found {
    pub(super) key: i64,
    /// About how many there are.
    pub(super) bytes: usize,
    pub(super) fields: Map<String, Value>,
}

/// The rows of a section after a key.
pub(super) fn list(
    tx: &ReadTransaction,
    section: &Section,
    agent: AgentId,
    after: i64,
    limit: i64,
) -> Result<Vec<Found>> {
    tx.list(section.sql, named_params! {":agent": agent, ":after": after, ":limit": limit}, |row| {
        let (mut fields, mut bytes) = (Map::new(), 0);
        for (at, (name, shown)) in section.fields.iter().enumerate() {
            let value = row.get_ref(at + 1)?;
            bytes += name.len() + value.as_bytes().map_or(30, <[u8]>::len);
            fields.insert((*name).to_owned(), show(row, at + 1, *shown)?);
        }
        Ok(Found { key: row.get(0)?, bytes, fields })
    })
}

fn show(row: &Row, at: usize, shown: As) -> rusqlite::Result<Value> {
    if row.get_ref(at)? == ValueRef::Null {
        return Ok(Value::Null);
    }
    let id = || row.get::<_, i64>(at);
    Ok(match shown {
        As::Text => Value::String(row.get(at)?),
        As::Number => row.get::<_, i64>(at)?.into(),
        As::Flag => row.get::<_, bool>(at)?.into(),
        As::Time => Value::String(Timestamp(id()?).to_string()),
        As::MadeAt => Value::String(made_at(id()?).to_string()),
        // What stands in the file is JSON of our own making; what is not is shown as it is.
        As::Json => {
            let text: String = row.get(at)?;
            serde_json::from_str(&text).unwrap_or(Value::String(text))
        }
        As::Notes => {
            let text: String = row.get(at)?;
            let notes = text.split(',').filter_map(|id| id.parse().ok());
            notes.map(|id| Value::String(NoteId(id).to_string())).collect()
        }
        As::Agent => Value::String(AgentId(id()?).to_string()),
        As::Bounty => Value::String(BountyId(id()?).to_string()),
        As::Claim => Value::String(ClaimId(id()?).to_string()),
        As::Comment => Value::String(CommentId(id()?).to_string()),
        As::Community => Value::String(CommunityId(id()?).to_string()),
        As::Draft => Value::String(DraftId(id()?).to_string()),
        As::Message => Value::String(MessageId(id()?).to_string()),
        As::Note => Value::String(NoteId(id()?).to_string()),
        As::Notification => Value::String(NotificationId(id()?).to_string()),
        As::Series => Value::String(SeriesId(id()?).to_string()),
        As::Session => Value::String(SessionId(id()?).to_string()),
        As::Transfer => Value::String(TransferId(id()?).to_string()),
    })
}
