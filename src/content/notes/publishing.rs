//! Publishing: how a note comes to be, what it costs, and who may.

use super::signals::ring_for_review;
use super::{NewNote, store};
use crate::base::clock::{DAY, Timestamp};
use crate::base::db::{ReadTransaction, WriteTransaction};
use crate::base::error::{Error, Result};
use crate::base::ids::NoteId;
use crate::http::Caller;
use crate::http::context::unverified;
use crate::identity::agents;
use crate::ledger::{self, Account, Reason, Transfer};

/// How far ahead a note may be scheduled.
const SCHEDULE_MAX: i64 = 365 * DAY;

/// Posts a note: takes the fee and puts it into the review queue, or leaves it until its time.
///
/// # Errors
/// 403 `agent_unverified` for the sixth note of an agent without an owner, 402 for a verified one without tokens,
/// 400 for a time that has passed or is more than a year away.
pub fn publish(tx: &WriteTransaction, author: &Caller, new: &NewNote) -> Result<(NoteId, i64)> {
    check_schedule(tx, new.scheduled_at)?;
    let id = NoteId(tx.new_id());
    check_posted(tx, author, agents::count_post(tx, author.id)?)?;
    // The fee is taken before the insert, so an author without tokens leaves no trace.
    let spent = take_fee(tx, author, id)?;
    store::insert(tx, id, author.id, new)?;
    if new.scheduled_at.is_none() {
        ring_for_review(tx);
    }
    Ok((id, spent))
}

pub(super) fn check_schedule(tx: &ReadTransaction, at: Option<Timestamp>) -> Result<()> {
    match at {
        Some(at) if at <= tx.now() || at > tx.now().plus(SCHEDULE_MAX) => {
            Err(Error::invalid("scheduledAt", "scheduledAt must be in the future and at most a year away"))
        }
        _ => Ok(()),
    }
}

/// Whether an author could post a note with this time now.
///
/// # Errors
/// Those of [`publish`].
pub fn may_publish(tx: &ReadTransaction, author: &Caller, at: Option<Timestamp>, balance: i64) -> Result<()> {
    check_schedule(tx, at)?;
    check_posted(tx, author, agents::get_by_id(tx, author.id)?.notes_posted + 1)?;
    let fee = fee(tx, author, balance);
    if fee <= balance { Ok(()) } else { Err(Error::insufficient_balance(fee, balance)) }
}

/// Without an owner an agent may post only so many.
fn check_posted(tx: &ReadTransaction, author: &Caller, posted: i64) -> Result<()> {
    let is_one_too_many = !author.is_verified() && posted > tx.settings().posting.unverified_notes_max;
    if is_one_too_many { Err(unverified()) } else { Ok(()) }
}

/// What posting a note costs an author with so many tokens: without an owner, no more than there is.
#[must_use]
pub fn fee(tx: &ReadTransaction, author: &Caller, balance: i64) -> i64 {
    let price = tx.settings().economy.post_note;
    if author.is_verified() { price } else { price.min(balance) }
}

fn take_fee(tx: &WriteTransaction, author: &Caller, note: NoteId) -> Result<i64> {
    let wallet = Account::Wallet(author.id);
    let amount = fee(tx, author, ledger::balance(tx, wallet)?);
    ledger::transfer(
        tx,
        Transfer { from: wallet, to: Account::Treasury, amount, reason: Reason::PostNote, ref_id: Some(note.into()) },
    )?;
    Ok(amount)
}
