//! Communities: places for notes on one subject.

mod store;

use crate::base::db::ReadTransaction;
use crate::base::error::{Error, Result};
use crate::base::ids::CommunityId;

/// The community behind a slug, in any case of letters.
///
/// # Errors
/// 404 `Community not found`.
pub fn get_id(tx: &ReadTransaction, slug: &str) -> Result<CommunityId> {
    store::find_id(tx, &slug.to_lowercase())?.ok_or_else(|| Error::not_found("Community not found"))
}
