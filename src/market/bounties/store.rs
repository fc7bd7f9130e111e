//! SQL of bounties and the applications to them.

use rusqlite::{Params, Row, named_params};

use super::{Applied, Bounty, Claim, Delivery, Dispute, Ending, Engagement, Filter, NewBounty, Party, Posted, Terms};
use crate::agent_card_columns;
use crate::base::clock::Timestamp;
use crate::base::db::{Columns, ReadTransaction, WriteTransaction};
use crate::base::error::{Error, Result};
use crate::base::ids::{AgentId, BountyId, ClaimId, NoteId};
use crate::identity::agents::AgentCard;

pub(super) fn insert(
    tx: &WriteTransaction,
    id: BountyId,
    creator: AgentId,
    new: &NewBounty,
    due_at: Timestamp,
) -> Result<()> {
    const SQL: &str = "
        INSERT INTO bounties (
            id, creator_id, title, description, category, reward, deadline, status, due_at, created_at)
        VALUES (:id, :creator, :title, :description, :category, :reward, :deadline, 'open', :due_at, :now)";
    tx.run(
        SQL,
        named_params! {
            ":id": id,
            ":creator": creator,
            ":title": new.title,
            ":description": new.description,
            ":category": new.category,
            ":reward": new.reward,
            ":deadline": new.deadline,
            ":due_at": due_at,
            ":now": tx.now(),
        },
    )
    .map(drop)
}

pub(super) fn set_claimed(
    tx: &WriteTransaction,
    id: BountyId,
    claimer: AgentId,
    terms: Terms,
    due_at: Timestamp,
) -> Result<()> {
    const SQL: &str = "
        UPDATE bounties
        SET status = 'claimed', claimer_id = :claimer, deposit = :deposit, frozen = :frozen, fee = :fee,
            accepted_at = :now, due_at = :due_at
        WHERE id = :id AND status = 'open'";
    let changed = tx.run(
        SQL,
        named_params! {
            ":id": id,
            ":claimer": claimer,
            ":deposit": terms.deposit,
            ":frozen": terms.frozen,
            ":fee": terms.fee,
            ":now": tx.now(),
            ":due_at": due_at,
        },
    )?;
    one_changed(id, changed)
}

pub(super) fn set_delivered(
    tx: &WriteTransaction,
    id: BountyId,
    text: &str,
    note: Option<NoteId>,
    due_at: Timestamp,
) -> Result<()> {
    const SQL: &str = "
        UPDATE bounties
        SET delivered_at = :now, delivery = :text, delivery_note_id = :note, due_at = :due_at
        WHERE id = :id AND status = 'claimed'";
    let params = named_params! {":id": id, ":now": tx.now(), ":text": text, ":note": note, ":due_at": due_at};
    one_changed(id, tx.run(SQL, params)?)
}

pub(super) fn set_disputed(
    tx: &WriteTransaction,
    id: BountyId,
    by: AgentId,
    reason: &str,
    due_at: Timestamp,
) -> Result<()> {
    const SQL: &str = "
        UPDATE bounties
        SET status = 'disputed', disputed_at = :now, disputed_by = :by, dispute_reason = :reason, due_at = :due_at
        WHERE id = :id AND status = 'claimed'";
    let params = named_params! {":id": id, ":now": tx.now(), ":by": by, ":reason": reason, ":due_at": due_at};
    one_changed(id, tx.run(SQL, params)?)
}

pub(super) fn set_ended(tx: &WriteTransaction, id: BountyId, ending: Ending) -> Result<()> {
    const SQL: &str = "
        UPDATE bounties
        SET status = :status, ending = :ending, ended_at = :now, due_at = NULL
        WHERE id = :id AND ended_at IS NULL";
    let params = named_params! {":id": id, ":status": ending.status(), ":ending": ending, ":now": tx.now()};
    one_changed(id, tx.run(SQL, params)?)
}

/// The deed has looked at the state in the same transaction, so a row that is not in it is a fault of ours.
fn one_changed(id: BountyId, changed: usize) -> Result<()> {
    if changed == 1 { Ok(()) } else { Err(Error::internal(format!("{id} is in another state than it was read in"))) }
}

pub(super) fn change_claims_count(tx: &WriteTransaction, id: BountyId, by: i64) -> Result<i64> {
    const SQL: &str = "UPDATE bounties SET claims_count = claims_count + :by WHERE id = :id RETURNING claims_count";
    tx.one(SQL, named_params! {":id": id, ":by": by}, |row| row.get("claims_count"))
}

macro_rules! select_bounties {
    // Lists leave out what a banned agent posted; a single bounty is there for its other side.
    (listed $($rest:literal),+) => { select_bounties!(@ "JOIN", $($rest),+) };
    (any $($rest:literal),+) => { select_bounties!(@ "LEFT JOIN", $($rest),+) };
    (@ $join:literal, $($rest:literal),+) => {
        concat!(
            "SELECT b.id, title, description, reward, category, deadline, status, due_at, claims_count, b.created_at,
                    ending, EXISTS (SELECT 1 FROM claims WHERE bounty_id = b.id AND agent_id = :viewer), creator_id, ",
            agent_card_columns!("creator"),
            ", claimer_id, ",
            agent_card_columns!("claimer"),
            ", deposit, frozen, fee, accepted_at, delivered_at, delivery, delivery_note_id, disputed_at, disputed_by,
               dispute_reason
             FROM bounties b ",
            $join,
            " agents creator ON creator.id = b.creator_id AND creator.banned_at IS NULL
             LEFT JOIN agents claimer ON claimer.id = b.claimer_id AND claimer.banned_at IS NULL ",
            $($rest),+
        )
    };
}

fn read(row: &Row) -> rusqlite::Result<Bounty> {
    let mut columns = Columns::of(row);
    let mut bounty = Bounty {
        id: columns.take()?,
        title: columns.take()?,
        description: columns.take()?,
        reward: columns.take()?,
        category: columns.take()?,
        deadline: columns.take()?,
        status: columns.take()?,
        due_at: columns.take()?,
        claims_count: columns.take()?,
        created_at: columns.take()?,
        ending: columns.take()?,
        viewer_has_claim: columns.take()?,
        creator: Party { id: columns.take()?, card: AgentCard::take_if_any(&mut columns)? },
        engagement: None,
    };
    if let Some(id) = columns.take()? {
        let claimer = Party { id, card: AgentCard::take_if_any(&mut columns)? };
        let (deposit, frozen, fee) = (columns.take()?, columns.take()?, columns.take()?);
        bounty.engagement = Some(Engagement {
            claimer,
            terms: Terms { reward: bounty.reward, deposit, frozen, fee },
            accepted_at: columns.take()?,
            delivery: read_delivery(&mut columns)?,
            dispute: read_dispute(&mut columns)?,
        });
    }
    Ok(bounty)
}

fn read_delivery(columns: &mut Columns) -> rusqlite::Result<Option<Delivery>> {
    let Some(at) = columns.take()? else {
        columns.skip(2);
        return Ok(None);
    };
    Ok(Some(Delivery { at, text: columns.take()?, note: columns.take()? }))
}

fn read_dispute(columns: &mut Columns) -> rusqlite::Result<Option<Dispute>> {
    let Some(at) = columns.take()? else {
        columns.skip(2);
        return Ok(None);
    };
    Ok(Some(Dispute { at, by: columns.take()?, reason: columns.take()? }))
}

pub(super) fn find(tx: &ReadTransaction, id: BountyId, viewer: Option<AgentId>) -> Result<Option<Bounty>> {
    const SQL: &str = select_bounties!(any "WHERE b.id = :id");
    tx.find(SQL, named_params! {":id": id, ":viewer": viewer}, read)
}

pub(super) fn list(
    tx: &ReadTransaction,
    filter: Filter,
    before: Option<BountyId>,
    viewer: Option<AgentId>,
    limit: i64,
) -> Result<Vec<Bounty>> {
    const ALL: &str = select_bounties!(listed "WHERE b.id < :before ORDER BY b.id DESC LIMIT :limit");
    const STATUS: &str =
        select_bounties!(listed "WHERE status = :status AND b.id < :before ORDER BY b.id DESC LIMIT :limit");
    const CATEGORY: &str =
        select_bounties!(listed "WHERE category = :category AND b.id < :before ORDER BY b.id DESC LIMIT :limit");
    const BOTH: &str = select_bounties!(
        listed "WHERE status = :status AND category = :category AND b.id < :before ORDER BY b.id DESC LIMIT :limit"
    );
    // One agent's bounties of one category are few enough to pick them out of all of its own.
    const CREATOR: &str = select_bounties!(
        listed "WHERE creator_id = :creator AND ifnull(category = :category, 1) AND b.id < :before
                ORDER BY b.id DESC LIMIT :limit"
    );
    const CREATOR_STATUS: &str = select_bounties!(
        listed "WHERE creator_id = :creator AND status = :status AND ifnull(category = :category, 1) AND b.id < :before
                ORDER BY b.id DESC LIMIT :limit"
    );
    let Filter { status, category, creator } = filter;
    let before = before.map_or(i64::MAX, |id| id.0);
    // SQLite refuses a parameter that a statement does not name, so each has its own.
    match (status, category, creator) {
        (None, None, None) => {
            let params = named_params! {":before": before, ":viewer": viewer, ":limit": limit};
            list_rows(tx, ALL, params)
        }
        (Some(status), None, None) => {
            let params = named_params! {":status": status, ":before": before, ":viewer": viewer, ":limit": limit};
            list_rows(tx, STATUS, params)
        }
        (None, Some(category), None) => {
            let params = named_params! {":category": category, ":before": before, ":viewer": viewer, ":limit": limit};
            list_rows(tx, CATEGORY, params)
        }
        (Some(status), Some(category), None) => {
            let params = named_params! {
                ":status": status, ":category": category, ":before": before, ":viewer": viewer, ":limit": limit,
            };
            list_rows(tx, BOTH, params)
        }
        (None, category, Some(creator)) => {
            let params = named_params! {
                ":creator": creator, ":category": category, ":before": before, ":viewer": viewer, ":limit": limit,
            };
            list_rows(tx, CREATOR, params)
        }
        (Some(status), category, Some(creator)) => {
            let params = named_params! {
                ":creator": creator, ":status": status, ":category": category, ":before": before, ":viewer": viewer,
                ":limit": limit,
            };
            list_rows(tx, CREATOR_STATUS, params)
        }
    }
}

pub(super) fn list_disputed(tx: &ReadTransaction, before: Option<BountyId>, limit: i64) -> Result<Vec<Bounty>> {
    const SQL: &str =
        select_bounties!(any "WHERE status = 'disputed' AND b.id < :before ORDER BY b.id DESC LIMIT :limit");
    let before = before.map_or(i64::MAX, |id| id.0);
    list_rows(tx, SQL, named_params! {":before": before, ":viewer": None::<AgentId>, ":limit": limit})
}

pub(super) fn count_disputed(tx: &ReadTransaction, max: i64) -> Result<i64> {
    const SQL: &str = "SELECT count(*) FROM (SELECT 1 FROM bounties WHERE status = 'disputed' LIMIT :max)";
    tx.one(SQL, named_params! {":max": max}, |row| row.get(0))
}

fn list_rows(tx: &ReadTransaction, sql: &str, params: impl Params) -> Result<Vec<Bounty>> {
    tx.list(sql, params, read)
}

pub(super) fn list_open_of(tx: &ReadTransaction, creator: AgentId) -> Result<Vec<BountyId>> {
    const SQL: &str = "SELECT id FROM bounties WHERE creator_id = :creator AND status = 'open' ORDER BY id";
    tx.list(SQL, named_params! {":creator": creator}, |row| row.get("id"))
}

/// The bounties whose time has run out, from the one after `after` on.
pub(super) fn list_due(
    tx: &ReadTransaction,
    after: (Timestamp, BountyId),
    limit: i64,
) -> Result<Vec<(Timestamp, BountyId)>> {
    const SQL: &str = "
        SELECT due_at, id
        FROM bounties
        WHERE due_at <= :now AND (due_at, id) > (:after, :after_id)
        ORDER BY due_at, id
        LIMIT :limit";
    let params = named_params! {":now": tx.now(), ":after": after.0, ":after_id": after.1, ":limit": limit};
    tx.list(SQL, params, |row| Ok((row.get("due_at")?, row.get("id")?)))
}

pub(super) fn list_posted(
    tx: &ReadTransaction,
    creator: AgentId,
    ended_since: Timestamp,
    limit: i64,
) -> Result<Vec<Posted>> {
    const RUNNING: &str = "
        SELECT id, title, reward, status, claims_count
        FROM bounties
        WHERE creator_id = :creator AND ended_at IS NULL
        ORDER BY id DESC
        LIMIT :limit";
    const ENDED: &str = "
        SELECT id, title, reward, status, claims_count
        FROM bounties
        WHERE creator_id = :creator AND ended_at > :since
        ORDER BY ended_at DESC
        LIMIT :limit";
    let read = |row: &Row| {
        Ok(Posted {
            id: row.get("id")?,
            title: row.get("title")?,
            reward: row.get("reward")?,
            status: row.get("status")?,
            claims_count: row.get("claims_count")?,
        })
    };
    let mut posted = tx.list(RUNNING, named_params! {":creator": creator, ":limit": limit}, read)?;
    let room = limit - i64::try_from(posted.len()).unwrap_or(limit);
    posted.append(&mut tx.list(
        ENDED,
        named_params! {":creator": creator, ":since": ended_since, ":limit": room},
        read,
    )?);
    posted.sort_by_key(|bounty| std::cmp::Reverse(bounty.id));
    Ok(posted)
}

/// What does not agree, in one pass over all bounties.
pub(super) fn list_problems(tx: &ReadTransaction) -> Result<Vec<String>> {
    const ESCROWS: &str = "
        SELECT b.id,
               iif(ended_at IS NULL, reward + ifnull(deposit, 0), 0) AS expected,
               ifnull(balance, 0)                                    AS held
        FROM bounties b
        LEFT JOIN accounts ON accounts.id = b.id AND kind = 'escrow'
        WHERE expected <> held
        ORDER BY b.id";
    const NOBODYS: &str = "
        SELECT id
        FROM accounts
        WHERE kind = 'escrow' AND NOT EXISTS (SELECT 1 FROM bounties WHERE bounties.id = accounts.id)
        ORDER BY id";
    const COUNTS: &str = "
        SELECT id, claims_count, (SELECT count(*) FROM claims WHERE bounty_id = bounties.id) AS counted
        FROM bounties
        WHERE claims_count <> counted
        ORDER BY id";
    let mut problems = tx.list(ESCROWS, [], |row| {
        let (id, expected, held): (BountyId, i64, i64) = (row.get("id")?, row.get("expected")?, row.get("held")?);
        Ok(format!("the escrow of {id}: holds {held}, the bounty says {expected}"))
    })?;
    problems.append(&mut tx.list(NOBODYS, [], |row| {
        Ok(format!("the escrow of {}: belongs to no bounty", row.get::<_, BountyId>("id")?))
    })?);
    problems.append(&mut tx.list(COUNTS, [], |row| {
        let (id, says, counted): (BountyId, i64, i64) = (row.get("id")?, row.get("claims_count")?, row.get("counted")?);
        Ok(format!("{id}: says it has {says} claims and has {counted}"))
    })?);
    Ok(problems)
}

/// Writes an application or changes its note; answers whether it is a new one.
/// Whether the application is new. Without a note, one that is there keeps its own.
pub(super) fn upsert_claim(
    tx: &WriteTransaction,
    bounty: BountyId,
    agent: AgentId,
    note: Option<&str>,
) -> Result<bool> {
    const SQL: &str = "
        INSERT INTO claims (id, bounty_id, agent_id, note, status, created_at)
        VALUES (:id, :bounty, :agent, ifnull(:note, ''), 'pending', :now)
        ON CONFLICT (bounty_id, agent_id) DO UPDATE SET note = ifnull(:note, note)
        RETURNING id";
    let id = ClaimId(tx.new_id());
    let kept: ClaimId = tx.one(
        SQL,
        named_params! {":id": id, ":bounty": bounty, ":agent": agent, ":note": note, ":now": tx.now()},
        |row| row.get("id"),
    )?;
    Ok(kept == id)
}

macro_rules! select_claims {
    ($rest:literal) => {
        concat!(
            "SELECT c.id, note, status, c.created_at, ",
            agent_card_columns!("agents"),
            " FROM claims c JOIN agents ON agents.id = c.agent_id AND agents.banned_at IS NULL ",
            $rest
        )
    };
}

fn read_claim(row: &Row) -> rusqlite::Result<Claim> {
    let mut columns = Columns::of(row);
    Ok(Claim {
        id: columns.take()?,
        note: columns.take()?,
        status: columns.take()?,
        created_at: columns.take()?,
        agent: AgentCard::take(&mut columns)?,
    })
}

/// An agent's application, unless the agent is banned.
pub(super) fn find_claim(tx: &ReadTransaction, bounty: BountyId, agent: AgentId) -> Result<Option<Claim>> {
    const SQL: &str = select_claims!("WHERE bounty_id = :bounty AND agent_id = :agent");
    tx.find(SQL, named_params! {":bounty": bounty, ":agent": agent}, read_claim)
}

pub(super) fn list_claims(tx: &ReadTransaction, bounty: BountyId, limit: i64) -> Result<Vec<Claim>> {
    const SQL: &str = select_claims!("WHERE bounty_id = :bounty ORDER BY c.id DESC LIMIT :limit");
    tx.list(SQL, named_params! {":bounty": bounty, ":limit": limit}, read_claim)
}

pub(super) fn list_applied(tx: &ReadTransaction, agent: AgentId, limit: i64) -> Result<Vec<Applied>> {
    const SQL: &str = "
        SELECT bounty_id, claims.status, reward, deposit
        FROM claims
        JOIN bounties ON bounties.id = bounty_id
        WHERE agent_id = :agent AND running = 1
        ORDER BY claims.id DESC
        LIMIT :limit";
    tx.list(SQL, named_params! {":agent": agent, ":limit": limit}, |row| {
        let deposit: Option<i64> = row.get("deposit")?;
        let reward = row.get("reward")?;
        Ok(Applied {
            bounty: row.get("bounty_id")?,
            status: row.get("status")?,
            deposit: deposit.unwrap_or_else(|| Terms::of(reward, &tx.settings().bounties).deposit),
        })
    })
}

pub(super) fn delete_claim(tx: &WriteTransaction, bounty: BountyId, agent: AgentId) -> Result<()> {
    const SQL: &str = "DELETE FROM claims WHERE bounty_id = :bounty AND agent_id = :agent AND status = 'pending'";
    one_changed(bounty, tx.run(SQL, named_params! {":bounty": bounty, ":agent": agent})?)
}

pub(super) fn set_accepted(tx: &WriteTransaction, bounty: BountyId, agent: AgentId) -> Result<()> {
    const SQL: &str = "
        UPDATE claims
        SET status = 'accepted'
        WHERE bounty_id = :bounty AND agent_id = :agent AND status = 'pending'";
    one_changed(bounty, tx.run(SQL, named_params! {":bounty": bounty, ":agent": agent})?)
}

/// Rejects every application that still waits, and answers whose they were.
pub(super) fn reject_pending(tx: &WriteTransaction, bounty: BountyId) -> Result<Vec<AgentId>> {
    const SQL: &str = "
        UPDATE claims
        SET status = 'rejected', running = 0
        WHERE bounty_id = :bounty AND status = 'pending'
        RETURNING agent_id";
    tx.list(SQL, named_params! {":bounty": bounty}, |row| row.get("agent_id"))
}

/// The accepted application leads to nothing more, since its bounty has ended.
pub(super) fn stop_accepted(tx: &WriteTransaction, bounty: BountyId) -> Result<()> {
    const SQL: &str = "UPDATE claims SET running = 0 WHERE bounty_id = :bounty AND status = 'accepted'";
    tx.run(SQL, named_params! {":bounty": bounty}).map(drop)
}

pub(super) fn list_running_of(tx: &ReadTransaction, agent: AgentId, limit: i64) -> Result<Vec<BountyId>> {
    const POSTED: &str = "
        SELECT id
        FROM bounties
        WHERE creator_id = :agent AND ended_at IS NULL AND status <> 'open'
        ORDER BY id
        LIMIT :limit";
    const ACCEPTED: &str = "
        SELECT bounty_id
        FROM claims
        WHERE agent_id = :agent AND running = 1 AND status = 'accepted'
        ORDER BY id
        LIMIT :limit";
    let read = |row: &Row| row.get(0);
    let mut running = tx.list(POSTED, named_params! {":agent": agent, ":limit": limit}, read)?;
    running.append(&mut tx.list(ACCEPTED, named_params! {":agent": agent, ":limit": limit}, read)?);
    Ok(running)
}

/// The bounties that an agent has applied to and waits for.
pub(super) fn list_applied_to(tx: &ReadTransaction, agent: AgentId) -> Result<Vec<BountyId>> {
    const SQL: &str = "SELECT bounty_id FROM claims WHERE agent_id = :agent AND running = 1 AND status = 'pending'";
    tx.list(SQL, named_params! {":agent": agent}, |row| row.get("bounty_id"))
}

pub(super) fn clear_claim_notes(tx: &WriteTransaction, agent: AgentId) -> Result<()> {
    const SQL: &str = "UPDATE claims SET note = '' WHERE agent_id = :agent";
    tx.run(SQL, named_params! {":agent": agent}).map(drop)
}
