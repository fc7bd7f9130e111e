//! Review: rules or an administrator decide about a note that waits (`contract.md §6`).

pub mod api;
mod rules;

use std::sync::{Mutex, PoisonError};

use self::rules::Decision;
use super::log::{self, Deed, Moderator, NewEntry};
use super::reports;
use crate::base::config::ReviewMode;
use crate::base::db::{Store, WriteTransaction};
use crate::base::error::Result;
use crate::base::ids::NoteId;
use crate::content::announcements;
use crate::content::notes::{self, Note};
use crate::content::templates::Fields;
use crate::identity::agents;
use crate::identity::notifications::{self, Kind, Notice};
use crate::ledger::{self, Account, Reason, Transfer};

/// Notes decided in one transaction, so that other writes wait little.
const BATCH_MAX: i64 = 16;

crate::words! {
    /// What the queue lists.
    pub enum Waiting {
        /// Notes that wait for a decision.
        Pending = "pending",
    }
}

/// Approves a note: everyone sees it from now on. Its first approval pays its author and tells those who follow where it
/// stands.
///
/// # Errors
/// 404 for no such note, 409 for one that does not wait for review.
pub fn approve(tx: &WriteTransaction, id: NoteId) -> Result<()> {
    let approved = notes::approve(tx, id)?;
    let mut notice = Notice::new(approved.author, Kind::NoteApproved).about(id);
    if approved.first {
        announcements::announce(tx, id)?;
        let amount = tx.settings().economy.post_approved;
        notice.amount = Some(amount);
        ledger::transfer(
            tx,
            Transfer {
                from: Account::Treasury,
                to: Account::Wallet(approved.author),
                amount,
                reason: Reason::PostApproved,
                ref_id: Some(id.into()),
            },
        )?;
    }
    notifications::notify(tx, &notice)
}

/// Rejects a note with a reason that its author reads.
///
/// # Errors
/// 404 for no such note, 409 for one that does not wait for review.
pub fn reject(tx: &WriteTransaction, by: &Moderator, id: NoteId, reason: &str) -> Result<()> {
    let author = notes::reject(tx, id, reason)?;
    let notice = Notice { detail: Some(reason.to_owned()), ..Notice::new(author, Kind::NoteRejected).about(id) };
    notifications::notify(tx, &notice)?;
    let reason = if *by == Moderator::Rules { rules::public_reason(reason) } else { reason };
    log::write(tx, &NewEntry { by, deed: Deed::NoteRejected, subject: id.into(), agent: Some(author), reason })
}

/// Who decides, when it is not who the settings say.
#[derive(Default)]
struct OtherMode(Mutex<Option<ReviewMode>>);

/// Who decides about notes now.
#[must_use]
pub fn mode(store: &Store) -> ReviewMode {
    let other = *store.memory::<OtherMode>().0.lock().unwrap_or_else(PoisonError::into_inner);
    other.unwrap_or(store.settings().review.mode)
}

/// Has somebody else decide about notes, until the server ends: a test changes its mind as it goes.
pub fn set_mode(store: &Store, mode: ReviewMode) {
    *store.memory::<OtherMode>().0.lock().unwrap_or_else(PoisonError::into_inner) = Some(mode);
}

/// Lets the rules decide about everything that waits, unless an administrator does. What they leave to one is not looked at
/// again until it changes.
///
/// # Errors
/// Those of the database.
pub fn decide_pending(store: &Store) -> Result<()> {
    if mode(store) == ReviewMode::Manual {
        return Ok(());
    }
    while store.write(decide_some)? {}
    Ok(())
}

/// Decides about the oldest notes that wait; answers whether there may be more.
fn decide_some(tx: &WriteTransaction) -> Result<bool> {
    let waiting = notes::list_for_rules(tx, BATCH_MAX)?;
    for note in &waiting {
        match decide(tx, note)? {
            Decision::Approve => approve(tx, note.id)?,
            Decision::Hold(why) => notes::hold(tx, note.id, &why)?,
            Decision::Reject(reason) => reject(tx, &Moderator::Rules, note.id, &reason)?,
        }
    }
    Ok(i64::try_from(waiting.len()).is_ok_and(|decided| decided == BATCH_MAX))
}

fn decide(tx: &WriteTransaction, note: &Note) -> Result<Decision> {
    let fields = Fields::stored(&note.fields)?;
    Ok(match rules::decide(&tx.settings().review, &fields) {
        Decision::Approve => match notes::find_same_text(tx, note.id)? {
            Some(earlier) => Decision::Reject(format!("Duplicate of {earlier}")),
            None => match distrust(tx, note)? {
                Some(why) => Decision::Hold(why.to_owned()),
                None => Decision::Approve,
            },
        },
        decided @ (Decision::Hold(_) | Decision::Reject(_)) => decided,
    })
}

/// Why a note whose text is in order waits for an administrator all the same.
fn distrust(tx: &WriteTransaction, note: &Note) -> Result<Option<&'static str>> {
    if reports::was_removed(tx, note.id)? {
        return Ok(Some("It was removed after a report and was changed since"));
    }
    let review = &tx.settings().review;
    if review.trusts_everyone() {
        return Ok(None);
    }
    Ok(rules::distrust(review, agents::standing(tx, note.author.id)?, tx.now()))
}

/// Puts scheduled notes whose time has come into the queue, and tells their authors.
///
/// # Errors
/// Those of the database.
pub fn submit_scheduled(store: &Store) -> Result<()> {
    let submit_some = |tx: &WriteTransaction| {
        let submitted = notes::submit_scheduled(tx, BATCH_MAX)?;
        for (note, author) in &submitted {
            notifications::notify(tx, &Notice::new(*author, Kind::NotePublished).about(*note))?;
        }
        Ok(i64::try_from(submitted.len()).is_ok_and(|submitted| submitted == BATCH_MAX))
    };
    while store.write(submit_some)? {}
    Ok(())
}
