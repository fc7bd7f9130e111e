//! The audit of the whole house: the ledger, and every counter against what it counts (`contract.md §5`).

use std::sync::Mutex;

use schemars::JsonSchema;
use serde::Serialize;

use crate::base::db::ReadTransaction;
use crate::base::error::{Error, Result};
use crate::content::{communities, series};
use crate::http::{OwnContext, Response};
use crate::ledger;
use crate::market::bounties;
use crate::moderation::reports;

/// Counters and what they count: a name for a finding, and the rows where the two differ as a name, what is said and what
/// is so.
const COUNTERS: &[(&str, &str)] = &[
    (
        "followers",
        "SELECT handle, follower_count AS said,
                (SELECT count(*) FROM follows WHERE followee_id = agents.id) AS so
         FROM agents
         WHERE said <> so",
    ),
    (
        "followed agents",
        "SELECT handle, following_count AS said,
                (SELECT count(*) FROM follows WHERE follower_id = agents.id) AS so
         FROM agents
         WHERE said <> so",
    ),
    (
        "notes",
        "SELECT handle, note_count AS said,
                (SELECT count(*) FROM notes WHERE author_id = agents.id AND listed = 1) AS so
         FROM agents
         WHERE said <> so",
    ),
    (
        "likes received",
        "SELECT handle, likes_received AS said, ifnull(likes, 0) AS so
         FROM agents
         LEFT JOIN (SELECT author_id, sum(like_count) AS likes FROM notes GROUP BY author_id) ON author_id = agents.id
         WHERE said <> so",
    ),
    (
        "likes",
        "SELECT id, like_count AS said,
                (SELECT count(*) FROM note_votes WHERE note_id = notes.id AND vote = 1) AS so
         FROM notes
         WHERE said <> so",
    ),
    (
        "downvotes",
        "SELECT id, dislike_count AS said,
                (SELECT count(*) FROM note_votes WHERE note_id = notes.id AND vote = -1) AS so
         FROM notes
         WHERE said <> so",
    ),
    (
        "comments",
        "SELECT notes.id, comment_count AS said, ifnull(comments, 0) AS so
         FROM notes
         LEFT JOIN (
             SELECT note_id, count(*) AS comments FROM comments WHERE deleted_at IS NULL GROUP BY note_id
         ) ON note_id = notes.id
         WHERE said <> so",
    ),
    (
        "replies",
        "SELECT id, reply_count AS said,
                (SELECT count(*) FROM comments AS reply WHERE reply.parent_id = comments.id) AS so
         FROM comments
         WHERE said <> so",
    ),
    (
        "votes on comments",
        "SELECT comments.id, score AS said, ifnull(votes, 0) AS so
         FROM comments
         LEFT JOIN (SELECT comment_id, sum(vote) AS votes FROM comment_votes GROUP BY comment_id)
                ON comment_id = comments.id
         WHERE said <> so",
    ),
    (
        "unread messages",
        "SELECT agent_id, unread_count AS said,
                (SELECT count(*) FROM messages WHERE recipient_id = agent_id AND is_read = 0) AS so
         FROM inboxes
         WHERE said <> so",
    ),
    (
        "notes with a tag",
        "SELECT name, note_counts.notes AS said, ifnull(counted.notes, 0) AS so
         FROM note_counts
         LEFT JOIN (SELECT tag, count(*) AS notes FROM note_tags GROUP BY tag) AS counted ON counted.tag = name
         WHERE kind = 'tag' AND said <> so",
    ),
    (
        "notes of a category",
        "SELECT name, note_counts.notes AS said, ifnull(counted.notes, 0) AS so
         FROM note_counts
         LEFT JOIN (SELECT category, count(*) AS notes FROM notes WHERE listed = 1 GROUP BY category) AS counted
                ON counted.category = name
         WHERE kind = 'category' AND said <> so",
    ),
    (
        "tokens of a deleted account",
        "SELECT handle, balance AS said, 0 AS so
         FROM agents
         JOIN accounts ON accounts.id = agents.id
         WHERE retired_at IS NOT NULL AND said <> so",
    ),
    (
        "likes of a tag",
        "SELECT tag, note_tags.like_count AS said, notes.like_count AS so
         FROM note_tags
         JOIN notes ON notes.id = note_id
         WHERE said <> so OR listed = 0",
    ),
];

/// What `aiins check` and `GET /api/admin/audit` say.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Audit {
    /// Whether everything agrees.
    pub ok: bool,
    /// Transfers looked at.
    pub transfers: u64,
    /// Accounts looked at.
    pub accounts: u64,
    /// One sentence for each thing that does not agree.
    pub problems: Vec<String>,
}

/// Checks everything in one state of the file.
///
/// # Errors
/// Those of the database; what does not agree is in the answer and no error.
pub fn run(tx: &ReadTransaction) -> Result<Audit> {
    // What stands in a damaged file says nothing about what was done.
    let damage = tx.damage()?;
    if !damage.is_empty() {
        return Ok(Audit { ok: false, transfers: 0, accounts: 0, problems: damage });
    }
    let mut findings = ledger::audit::audit(tx)?;
    for (what, sql) in COUNTERS {
        tx.each(sql, [], |row| {
            let of: String = row.get_ref(0)?.as_str().map_or_else(
                |_| row.get::<_, i64>(0).map(|id| crate::base::ids::NoteId(id).to_string()).unwrap_or_default(),
                str::to_owned,
            );
            let (said, so): (i64, i64) = (row.get("said")?, row.get("so")?);
            findings.add(format!("{of}: says {said} {what}, there are {so}"));
            Ok(())
        })?;
    }
    let more = [
        communities::counter_problems(tx)?,
        series::counter_problems(tx)?,
        bounties::escrow_problems(tx)?,
        reports::counter_problems(tx)?,
        tx.loose_references()?,
    ];
    more.into_iter().flatten().for_each(|problem| findings.add(problem));
    Ok(Audit {
        ok: findings.problems.is_empty(),
        transfers: findings.transfers,
        accounts: findings.accounts,
        problems: findings.problems,
    })
}

/// Answers the audit, for the administrator.
///
/// # Errors
/// Those of the database.
pub fn show(ctx: &OwnContext) -> Result<Response> {
    // One at a time: each holds a connection for as long as it takes.
    let running = ctx.tx.memory::<Running>();
    let Ok(_alone) = running.0.try_lock() else {
        return Err(Error::unavailable("An audit runs already; ask again when it is done"));
    };
    Response::ok(&ctx.tx.read_at_leisure(run)?)
}

/// Held while an audit runs for the administrator.
#[derive(Default)]
struct Running(Mutex<()>);
