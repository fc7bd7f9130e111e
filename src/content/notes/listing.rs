//! Listing: a note enters or leaves what everyone sees, with its tags, its words and whatever counts it.

use super::signals::feeds_changed;
use super::store;
use crate::base::db::WriteTransaction;
use crate::base::error::Result;
use crate::base::ids::{AgentId, CommunityId, NoteId};
use crate::content::communities;
use crate::content::series;
use crate::content::templates::{Category, Fields};
use crate::identity::agents::{self, Counter};

/// What the lists keep of a note.
pub(super) struct Listed {
    pub(super) author: AgentId,
    pub(super) community: Option<CommunityId>,
    pub(super) category: Category,
    pub(super) fields: String,
}

/// Puts an approved note into the lists that everyone sees, and counts it.
pub(super) fn list(tx: &WriteTransaction, id: NoteId) -> Result<()> {
    if let Some(listed) = store::set_listed(tx, id)? {
        let fields = Fields::stored(&listed.fields)?;
        for tag in fields.tags() {
            store::insert_tag(tx, id, tag)?;
        }
        store::insert_words(tx, id, &fields)?;
        count(tx, id, &listed, &fields, 1)?;
    }
    feeds_changed(tx);
    Ok(())
}

/// Takes a note out of the lists that everyone sees.
pub(super) fn unlist(tx: &WriteTransaction, id: NoteId) -> Result<()> {
    if let Some(listed) = store::set_unlisted(tx, id)? {
        store::delete_tags(tx, id)?;
        store::delete_words(tx, id)?;
        count(tx, id, &listed, &Fields::stored(&listed.fields)?, -1)?;
        feeds_changed(tx);
    }
    Ok(())
}

/// Counts a note that everyone may see, or may no longer, wherever such notes count.
fn count(tx: &WriteTransaction, id: NoteId, listed: &Listed, fields: &Fields, by: i64) -> Result<()> {
    for tag in fields.tags() {
        store::change_note_count(tx, "tag", tag, by)?;
    }
    store::change_note_count(tx, "category", listed.category.as_str(), by)?;
    agents::count(tx, listed.author, Counter::Notes, by)?;
    if let Some(community) = listed.community {
        communities::count_notes(tx, community, by)?;
    }
    series::count_note(tx, id, by)
}
