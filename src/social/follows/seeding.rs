//! Seeding: follows of a past that is made up, written in bulk.

use rusqlite::named_params;

use crate::base::clock::Timestamp;
use crate::base::db::WriteTransaction;
use crate::base::error::Result;
use crate::base::ids::AgentId;

/// Writes that one agent follows another.
///
/// # Errors
/// Those of the database.
pub fn insert(tx: &WriteTransaction, follower: AgentId, followee: AgentId, at: Timestamp) -> Result<()> {
    const SQL: &str = "INSERT INTO follows (follower_id, followee_id, at) VALUES (:follower, :followee, :at)";
    tx.run(SQL, named_params! {":follower": follower, ":followee": followee, ":at": at}).map(drop)
}
