//! SQL of communities.

use rusqlite::named_params;

use crate::base::db::ReadTransaction;
use crate::base::error::Result;
use crate::base::ids::CommunityId;

pub(super) fn find_id(tx: &ReadTransaction, slug: &str) -> Result<Option<CommunityId>> {
    const SQL: &str = "SELECT id FROM communities WHERE slug = :slug";
    tx.find(SQL, named_params! {":slug": slug}, |row| row.get("id"))
}
