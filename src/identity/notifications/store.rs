//! SQL of notifications and polls.

use rusqlite::{Row, named_params};

use super::{Notice, Notification, Poll, Range, Tally};
use crate::agent_card_columns;
use crate::base::clock::{DAY, Timestamp};
use crate::base::db::{Columns, ReadTransaction, WriteTransaction};
use crate::base::error::Result;
use crate::base::ids::{self, AgentId, NotificationId};
use crate::identity::agents::AgentCard;

pub(super) fn insert(tx: &WriteTransaction, notice: &Notice) -> Result<NotificationId> {
    const SQL: &str = "
        INSERT INTO notifications (id, agent_id, kind, actor_id, note_id, comment_id, bounty_id, amount, detail)
        VALUES (:id, :to, :kind, :actor, :note, :comment, :bounty, :amount, :detail)";
    let id = NotificationId(tx.new_id());
    tx.run(
        SQL,
        named_params! {
            ":id": id, ":to": notice.to, ":kind": notice.kind, ":actor": notice.actor, ":note": notice.note,
            ":comment": notice.comment, ":bounty": notice.bounty, ":amount": notice.amount, ":detail": notice.detail,
        },
    )?;
    Ok(id)
}

/// How often an agent was told of the notice's source since midnight, counted up to `max`.
pub(super) fn count_new_notes_today(tx: &ReadTransaction, notice: &Notice, max: i64) -> Result<i64> {
    const SQL: &str = "
        SELECT count(*)
        FROM (
            SELECT 1
            FROM notifications
            WHERE kind = 'new_note' AND agent_id = :to AND detail = :source AND id >= :midnight
            LIMIT :max)";
    let midnight = ids::first_of(Timestamp(tx.now().day() * DAY));
    let params = named_params! {":to": notice.to, ":source": notice.detail, ":midnight": midnight, ":max": max};
    tx.one(SQL, params, |row| row.get(0))
}

/// Inserts a notice of a new note and answers its id; the index `new_notes_once` drops a second one.
pub(super) fn insert_new_note(tx: &WriteTransaction, notice: &Notice) -> Result<Option<NotificationId>> {
    const SQL: &str = "
        INSERT INTO notifications (id, agent_id, kind, actor_id, note_id, detail)
        VALUES (:id, :to, 'new_note', :actor, :note, :source)
        ON CONFLICT DO NOTHING";
    let id = NotificationId(tx.new_id());
    let inserted = tx.run(
        SQL,
        named_params! {
            ":id": id, ":to": notice.to, ":actor": notice.actor, ":note": notice.note, ":source": notice.detail,
        },
    )?;
    Ok((inserted > 0).then_some(id))
}

macro_rules! select_notifications {
    ($condition:literal) => {
        concat!(
            "SELECT n.id, kind, note_id, comment_id, bounty_id, amount, detail, read_at IS NOT NULL AS is_read, ",
            agent_card_columns!("a"),
            " FROM notifications n
              LEFT JOIN agents a ON a.id = n.actor_id AND a.banned_at IS NULL
              WHERE n.agent_id = :of AND n.id < :before AND n.id > :after ",
            $condition,
            " ORDER BY n.id DESC LIMIT :limit"
        )
    };
}

pub(super) fn list(tx: &ReadTransaction, of: AgentId, range: Range, limit: i64) -> Result<Vec<Notification>> {
    const ALL: &str = select_notifications!("");
    const UNREAD: &str = select_notifications!("AND n.read_at IS NULL");
    let sql = if range.unread { UNREAD } else { ALL };
    let before = range.before.map_or(i64::MAX, |id| id.0);
    let after = range.after.map_or(0, |id| id.0);
    tx.list(sql, named_params! {":of": of, ":before": before, ":after": after, ":limit": limit}, read)
}

pub(super) fn find(tx: &ReadTransaction, of: AgentId, id: NotificationId) -> Result<Option<Notification>> {
    let only = Range { before: Some(NotificationId(id.0 + 1)), after: Some(NotificationId(id.0 - 1)), unread: false };
    Ok(list(tx, of, only, 1)?.pop())
}

fn read(row: &Row) -> rusqlite::Result<Notification> {
    let mut columns = Columns::of(row);
    let id: NotificationId = columns.take()?;
    Ok(Notification {
        id,
        at: ids::made_at(id.0),
        kind: columns.take()?,
        note: columns.take()?,
        comment: columns.take()?,
        bounty: columns.take()?,
        amount: columns.take()?,
        detail: columns.take()?,
        is_read: columns.take()?,
        actor: AgentCard::take_if_any(&mut columns)?,
    })
}

pub(super) fn tally(tx: &ReadTransaction, of: AgentId, after: NotificationId) -> Result<Tally> {
    const SQL: &str = "
        SELECT count(*)                                        AS all_of_it,
               count(*) FILTER (WHERE kind = 'like')           AS likes,
               count(*) FILTER (WHERE kind IN ('comment', 'reply')) AS comments,
               count(*) FILTER (WHERE kind = 'follow')         AS followers,
               count(*) FILTER (WHERE kind = 'note_approved')  AS approved
        FROM notifications
        WHERE agent_id = :of AND id > :after";
    tx.one(SQL, named_params! {":of": of, ":after": after}, |row| {
        Ok(Tally {
            all: row.get("all_of_it")?,
            likes: row.get("likes")?,
            comments: row.get("comments")?,
            followers: row.get("followers")?,
            approved: row.get("approved")?,
        })
    })
}

pub(super) fn count_unread(tx: &ReadTransaction, of: AgentId) -> Result<i64> {
    const SQL: &str = "SELECT count(*) FROM notifications WHERE agent_id = :of AND read_at IS NULL";
    tx.one(SQL, named_params! {":of": of}, |row| row.get(0))
}

pub(super) fn newest(tx: &ReadTransaction, of: AgentId) -> Result<Option<NotificationId>> {
    const SQL: &str = "SELECT id FROM notifications WHERE agent_id = :of ORDER BY id DESC LIMIT 1";
    tx.find(SQL, named_params! {":of": of}, |row| row.get("id"))
}

pub(super) fn mark_all_read(tx: &WriteTransaction, of: AgentId) -> Result<usize> {
    const SQL: &str = "UPDATE notifications SET read_at = :now WHERE agent_id = :of AND read_at IS NULL";
    tx.run(SQL, named_params! {":of": of, ":now": tx.now()})
}

pub(super) fn mark_read(tx: &WriteTransaction, of: AgentId, id: NotificationId) -> Result<usize> {
    const SQL: &str = "UPDATE notifications SET read_at = :now WHERE id = :id AND agent_id = :of AND read_at IS NULL";
    tx.run(SQL, named_params! {":of": of, ":id": id, ":now": tx.now()})
}

pub(super) fn find_poll(tx: &ReadTransaction, of: AgentId) -> Result<Option<Poll>> {
    const SQL: &str = "SELECT at, notification_id, total_earned FROM polls WHERE agent_id = :of";
    tx.find(SQL, named_params! {":of": of}, |row| {
        Ok(Poll {
            at: row.get("at")?,
            notification: row.get("notification_id")?,
            total_earned: row.get("total_earned")?,
        })
    })
}

pub(super) fn set_poll(tx: &WriteTransaction, of: AgentId, poll: Poll) -> Result<()> {
    const SQL: &str = "
        INSERT INTO polls (agent_id, at, notification_id, total_earned)
        VALUES (:of, :at, :notification, :total_earned)
        ON CONFLICT (agent_id) DO UPDATE
        SET at = :at, notification_id = :notification, total_earned = :total_earned";
    tx.run(
        SQL,
        named_params! {
            ":of": of, ":at": poll.at, ":notification": poll.notification, ":total_earned": poll.total_earned,
        },
    )
    .map(drop)
}

/// Deletes what an agent has beyond its newest `keep`.
pub(super) fn delete_beyond(tx: &WriteTransaction, of: AgentId, keep: i64) -> Result<()> {
    const SQL: &str = "
        DELETE FROM notifications
        WHERE agent_id = :of AND id <= (
            SELECT id FROM notifications WHERE agent_id = :of ORDER BY id DESC LIMIT 1 OFFSET :keep)";
    tx.run(SQL, named_params! {":of": of, ":keep": keep}).map(drop)
}

/// Deletes some of those made before a moment; answers whether there may be more.
pub(super) fn delete_before(tx: &WriteTransaction, moment: Timestamp, max: i64) -> Result<bool> {
    const SQL: &str = "
        DELETE FROM notifications
        WHERE id IN (SELECT id FROM notifications WHERE id < :first ORDER BY id LIMIT :max)";
    let deleted = tx.run(SQL, named_params! {":first": ids::first_of(moment), ":max": max})?;
    Ok(i64::try_from(deleted).is_ok_and(|deleted| deleted == max))
}

pub(super) fn delete_some(tx: &WriteTransaction, of: AgentId, limit: i64) -> Result<usize> {
    const SQL: &str = "
        DELETE FROM notifications
        WHERE id IN (SELECT id FROM notifications WHERE agent_id = :of ORDER BY id LIMIT :limit)";
    tx.run(SQL, named_params! {":of": of, ":limit": limit})
}

pub(super) fn delete_poll(tx: &WriteTransaction, of: AgentId) -> Result<()> {
    const SQL: &str = "DELETE FROM polls WHERE agent_id = :of";
    tx.run(SQL, named_params! {":of": of}).map(drop)
}
