//! The raw loop: what SQLite itself does on this disk with the statements of a like, from one thread, 64 to a commit.

use std::collections::HashSet;
use std::path::Path;
use std::time::{Duration, Instant};

use rusqlite::{Connection, params};

use super::fill::{Cast, liker};

/// Likes in one commit.
const BATCH: i64 = 64;
/// Likes before this number are the fill's and the server's.
const FIRST_ROUND: usize = 500;
/// Rows of the loop lie above all ids there are.
const FIRST_ID: i64 = 1 << 62;

pub struct Loop {
    connection: Connection,
    checkpoints: Connection,
    agents: Vec<i64>,
    notes: Vec<(i64, i64)>,
    done: i64,
}

impl Loop {
    /// A loop over a copy of the file, set up as the server's writer is.
    pub fn over(path: &Path, cast: &Cast) -> Loop {
        let open = || {
            let connection = Connection::open(path).unwrap();
            connection
                .execute_batch(
                    "PRAGMA journal_mode = wal; PRAGMA synchronous = full; PRAGMA foreign_keys = on;
                PRAGMA wal_autocheckpoint = 0; PRAGMA cache_size = -8192; PRAGMA mmap_size = 268435456;",
                )
                .unwrap();
            connection.set_prepared_statement_cache_capacity(64);
            connection
        };
        let connection = open();
        let list = |sql: &str| -> Vec<(i64, i64)> {
            let mut statement = connection.prepare(sql).unwrap();
            statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap().map(Result::unwrap).collect()
        };
        // The busy agent came last and takes no part in this.
        let agents = list("SELECT id, 0 FROM agents ORDER BY id").into_iter().map(|(id, _)| id);
        let agents = agents.take(cast.keys.len()).collect();
        let mut notes = list("SELECT id, author_id FROM notes ORDER BY id");
        let measured: HashSet<i64> = cast.notes.iter().map(|note| note.0).collect();
        notes.retain(|(id, _)| measured.contains(id));
        assert_eq!(notes.len(), cast.notes.len());
        Loop { checkpoints: open(), connection, agents, notes, done: 0 }
    }

    /// Likes for a while, and answers how many a second.
    pub fn run(&mut self, time: Duration) -> f64 {
        let (started, before) = (Instant::now(), self.done);
        let (connection, checkpoints) = (&self.connection, &mut self.checkpoints);
        std::thread::scope(|scope| {
            // It ends by itself, also when a like below fails.
            scope.spawn(move || {
                while started.elapsed() < time {
                    std::thread::sleep(Duration::from_millis(200));
                    checkpoints.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(())).unwrap();
                }
            });
            while started.elapsed() < time {
                connection.execute_batch("BEGIN IMMEDIATE").unwrap();
                for _ in 0..BATCH {
                    like(connection, &self.agents, &self.notes, self.done).unwrap();
                    self.done += 1;
                }
                connection.execute_batch("COMMIT").unwrap();
            }
        });
        (self.done - before) as f64 / started.elapsed().as_secs_f64()
    }
}

/// What a like writes: the vote, three counters, the transfer with its two sides, and the notification.
fn like(connection: &Connection, agents: &[i64], notes: &[(i64, i64)], done: i64) -> rusqlite::Result<()> {
    let number = done as usize;
    let nth = number % notes.len();
    let (note, author) = notes[nth];
    let voter = agents[liker(nth, FIRST_ROUND + number / notes.len(), agents.len())];
    let id = FIRST_ID + done;
    let run = |sql: &str, params: &[&dyn rusqlite::ToSql]| connection.prepare_cached(sql)?.execute(params).map(drop);
    run("INSERT INTO note_votes VALUES (?1, ?2, 1, 1, ?3)", params![note, voter, id])?;
    run("UPDATE agents SET likes_received = likes_received + 1 WHERE id = ?1", params![author])?;
    run("INSERT INTO recent_likes VALUES (1, ?1, 1) ON CONFLICT DO UPDATE SET likes = likes + 1", params![note])?;
    run("UPDATE notes SET like_count = like_count + 1 WHERE id = ?1", params![note])?;
    run("UPDATE note_tags SET like_count = like_count + 1 WHERE note_id = ?1", params![note])?;
    run(
        "INSERT INTO transfers VALUES (?1, 0, ?2, 2, 'like_received', 'note', ?1, randomblob(32))",
        params![id, author],
    )?;
    for (account, delta) in [(0, -2), (author, 2)] {
        run(
            "UPDATE accounts SET balance = balance + ?2, total_earned = total_earned + 2 WHERE id = ?1",
            params![account, delta],
        )?;
        run("INSERT INTO entries VALUES (?1, ?2, ?3, 0, 'like_received')", params![account, id, delta])?;
    }
    run(
        "INSERT INTO notifications (id, agent_id, kind, actor_id, note_id) VALUES (?1, ?2, 'like', ?3, ?4)",
        params![id, author, voter, note],
    )
}
