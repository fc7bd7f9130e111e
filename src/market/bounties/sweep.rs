//! The sweep: ends the bounties that nobody ends.

use super::ending::lapse;
use super::store;
use crate::base::clock::Timestamp;
use crate::base::db::Store;
use crate::base::error::Result;
use crate::base::ids::BountyId;

/// Bounties looked up at once.
const BATCH_MAX: i64 = 100;

/// Ends every bounty whose time has run out, each in a transaction of its own: what a crash interrupts is done next time,
/// and one that fails holds up no other.
///
/// # Errors
/// Those of looking them up.
pub fn end_overdue(store: &Store) -> Result<()> {
    let mut after = (Timestamp(0), BountyId(0));
    loop {
        let due = store.read(|tx| store::list_due(tx, after, BATCH_MAX))?;
        let Some(last) = due.last() else { return Ok(()) };
        after = *last;
        for (_, id) in due {
            if let Err(error) = store.write(move |tx| lapse(tx, id)) {
                tracing::error!(bounty = %id, %error, "an overdue bounty was not ended");
            }
        }
    }
}
