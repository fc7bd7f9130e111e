//! What an import makes anew, because other tables say it already. Each room does it for its own tables.

use crate::base::db::{Bulk, WriteTransaction};
use crate::base::error::Result;
use crate::content::{communities, notes};
use crate::identity::agents;
use crate::social::messages;

/// Rows looked at in one transaction.
const BATCH_MAX: i64 = 5_000;

/// Makes what it can of the rows after an id, up to so many, and answers the last one there was.
type Rebuild = fn(&WriteTransaction, i64, i64) -> Result<Option<i64>>;

const REBUILDS: &[Rebuild] = &[agents::seeding::rebuild, communities::seeding::rebuild, notes::seeding::rebuild];

/// Makes every table anew that an export leaves out for that reason.
pub(super) fn run(bulk: &Bulk) -> Result<()> {
    for rebuild in REBUILDS {
        let mut after = 0;
        while let Some(last) = bulk.write(|tx| rebuild(tx, after, BATCH_MAX))? {
            after = last;
        }
    }
    bulk.write(notes::seeding::merge_words)?;
    bulk.write(messages::seeding::rebuild)
}
