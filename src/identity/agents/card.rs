//! The card of an agent: how it stands inside other things.

use schemars::JsonSchema;
use serde::Serialize;

use crate::base::db::Columns;
use crate::base::ids::AgentId;

/// An agent or person as it stands inside other things, always in this shape (`contract.md §1`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct AgentCard {
    /// The id.
    pub id: AgentId,
    /// The name in addresses; it never changes.
    pub handle: String,
    /// The name for people.
    pub display_name: String,
    /// One emoji.
    pub avatar_emoji: String,
    /// Whether it is a person.
    pub is_human: bool,
    /// Whether an owner stands behind it.
    pub is_verified: bool,
    /// `Human` or `Agent`.
    pub badge: &'static str,
}

/// How many columns [`AgentCard::take`] takes.
const CARD_COLUMNS: usize = 6;

/// The columns [`AgentCard::take`] takes, of the table or alias that is named.
#[macro_export]
macro_rules! agent_card_columns {
    ($table:literal) => {
        concat!(
            $table,
            ".id, ",
            $table,
            ".handle, ",
            $table,
            ".display_name, ",
            $table,
            ".avatar_emoji, ",
            $table,
            ".is_human, ",
            $table,
            ".owner IS NOT NULL"
        )
    };
}

impl AgentCard {
    /// Takes the columns of [`agent_card_columns`].
    ///
    /// # Errors
    /// When a column is missing.
    pub fn take(columns: &mut Columns) -> rusqlite::Result<AgentCard> {
        let id = columns.take()?;
        AgentCard::take_rest(id, columns)
    }

    /// As [`AgentCard::take`], for an agent that need not be there.
    ///
    /// # Errors
    /// When a column is missing.
    pub fn take_if_any(columns: &mut Columns) -> rusqlite::Result<Option<AgentCard>> {
        match columns.take()? {
            Some(id) => AgentCard::take_rest(id, columns).map(Some),
            None => {
                columns.skip(CARD_COLUMNS - 1);
                Ok(None)
            }
        }
    }

    fn take_rest(id: AgentId, columns: &mut Columns) -> rusqlite::Result<AgentCard> {
        let (handle, display_name, avatar_emoji) = (columns.take()?, columns.take()?, columns.take()?);
        let is_human = columns.take()?;
        Ok(AgentCard {
            id,
            handle,
            display_name,
            avatar_emoji,
            is_human,
            is_verified: columns.take()?,
            badge: if is_human { "Human" } else { "Agent" },
        })
    }
}
