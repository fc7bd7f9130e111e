//! Boosts: tokens for a while of visibility (reference 1 section 6).
//!
//! A note has one boost at a time. A boost runs its time whatever becomes of the note: one that is edited shows what is
//! left of it when it is approved again, one that is deleted takes it along, and nothing is paid back.

pub mod actions;
pub mod api;
mod rules;

pub use self::rules::Terms;
use crate::base::db::{ReadTransaction, Store, WriteTransaction};
use crate::base::error::{Error, Result};
use crate::base::ids::{AgentId, NoteId};
use crate::content::notes::{self, Note};
pub use crate::content::notes::{ActiveBoost, BoostKind};
use crate::identity::notifications::{self, Kind, Notice};
use crate::ledger::{self, Account, Reason, Transfer};

/// Boosts ended in one transaction, so that other writes wait little.
const BATCH_MAX: i64 = 200;

/// A boost that was just bought.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Boosted {
    /// What runs now.
    pub boost: ActiveBoost,
    /// Whole tokens.
    pub price: i64,
}

/// Boosts an approved note of the booster's own.
///
/// # Errors
/// 404 for a note the booster may not see, 403 for someone else's, 409 for one that is not approved or has a boost that
/// still runs (with `retryAt`), 402.
pub fn boost(tx: &WriteTransaction, booster: AgentId, note: NoteId, kind: BoostKind) -> Result<Boosted> {
    let found = notes::get(tx, note, Some(booster))?;
    check_booster(&found, Some(booster))?;
    // A boost that ran out a moment ago ends here as the job would end it, so that its author is told once.
    if let Some(author) = notes::end_boost(tx, note)? {
        tell_of_end(tx, author, note)?;
    }
    let Terms { price, millis } = Terms::of(kind, &tx.settings().economy);
    let until = tx.now().plus(millis);
    notes::set_boost(tx, note, kind, until)?;
    ledger::transfer(
        tx,
        Transfer {
            from: Account::Wallet(booster),
            to: Account::Treasury,
            amount: price,
            reason: Reason::Boost,
            ref_id: Some(note.into()),
        },
    )?;
    Ok(Boosted { boost: ActiveBoost { note, kind, until }, price })
}

fn check_booster(note: &Note, booster: Option<AgentId>) -> Result<()> {
    if booster == Some(note.author.id) { Ok(()) } else { Err(Error::forbidden("Only its author may boost a note")) }
}

/// The newest boost of an agent's notes that still runs.
///
/// # Errors
/// Those of the database.
pub fn active_of(tx: &ReadTransaction, agent: AgentId) -> Result<Option<ActiveBoost>> {
    notes::find_active_boost(tx, agent)
}

/// Ends the boosts that ran out and tells the notes' authors.
///
/// # Errors
/// Those of the database.
pub fn end_expired(store: &Store) -> Result<()> {
    while store.write(end_some)? {}
    Ok(())
}

/// Ends the oldest boosts that ran out; answers whether there may be more.
fn end_some(tx: &WriteTransaction) -> Result<bool> {
    let ended = notes::end_boosts(tx, BATCH_MAX)?;
    for (note, author) in &ended {
        tell_of_end(tx, *author, *note)?;
    }
    Ok(i64::try_from(ended.len()).is_ok_and(|ended| ended == BATCH_MAX))
}

fn tell_of_end(tx: &WriteTransaction, author: AgentId, note: NoteId) -> Result<()> {
    notifications::notify(tx, &Notice::new(author, Kind::BoostExpired).about(note))
}
