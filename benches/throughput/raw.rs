//! The raw loops: what SQLite itself does on this disk with the statements of a like and of a post, from one thread, 64 to
//! a commit.

use std::path::Path;
use std::time::{Duration, Instant};

use rusqlite::{Connection, Result, ToSql, params};

use super::cast::Cast;
use super::operations::BODY;

/// Writes in one commit.
const BATCH: i64 = 64;
/// Rows of the loops lie above all ids there are, those of posts above those of likes.
const FIRST_ID: i64 = 1 << 62;
const POSTS_FROM: i64 = FIRST_ID + (1 << 40);
/// A day and a moment on it, which is all that these rows say of the time.
const DAY: i64 = 20_000;
const AT: i64 = DAY * 86_400_000;

/// One round of a loop.
type Round = fn(&Writer, i64) -> Result<()>;
/// What a loop is called, and what it does so often.
const ROUNDS: [(&str, Round); 2] = [("like", Writer::like), ("post", Writer::post)];

pub struct Loop {
    writer: Writer,
    checkpoints: Connection,
    done: [i64; ROUNDS.len()],
}

struct Writer {
    connection: Connection,
    /// Notes, their authors and who likes them.
    likes: Vec<(i64, i64, i64)>,
    /// Those who post.
    authors: Vec<i64>,
}

impl Loop {
    /// Loops over a copy of the file, set up as the server's writer is; with nobody who reads, the log starts over by itself.
    pub fn over(path: &Path, cast: &Cast) -> Loop {
        let open = || {
            let connection = Connection::open(path).unwrap();
            connection
                .execute_batch(
                    "PRAGMA journal_mode = wal; PRAGMA synchronous = full; PRAGMA foreign_keys = on;
                PRAGMA wal_autocheckpoint = 0; PRAGMA cache_size = -32768; PRAGMA mmap_size = 0;",
                )
                .unwrap();
            connection.set_prepared_statement_cache_capacity(64);
            connection
        };
        let like = |(place, liker): &(usize, usize)| {
            let (note, author) = cast.notes[*place];
            (note, author, cast.agents[*liker].id.0)
        };
        let likes = cast.likes.iter().map(like).collect();
        let authors = cast.agents[..cast.rich].iter().map(|agent| agent.id.0).collect();
        Loop { writer: Writer { connection: open(), likes, authors }, checkpoints: open(), done: [0; ROUNDS.len()] }
    }

    /// Runs each loop for a while, and answers how many rounds a second.
    pub fn run_each(&mut self, time: Duration) -> Vec<(&'static str, f64)> {
        (0..ROUNDS.len()).map(|nth| (ROUNDS[nth].0, self.run(nth, time))).collect()
    }

    fn run(&mut self, nth: usize, time: Duration) -> f64 {
        let (started, before) = (Instant::now(), self.done[nth]);
        let (writer, checkpoints, done) = (&self.writer, &mut self.checkpoints, &mut self.done[nth]);
        std::thread::scope(|scope| {
            // It ends by itself, also when a statement below fails.
            scope.spawn(move || {
                while started.elapsed() < time {
                    std::thread::sleep(Duration::from_millis(200));
                    checkpoints.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(())).unwrap();
                }
            });
            while started.elapsed() < time {
                writer.connection.execute_batch("BEGIN IMMEDIATE").unwrap();
                for _ in 0..BATCH {
                    ROUNDS[nth].1(writer, *done).unwrap();
                    *done += 1;
                }
                writer.connection.execute_batch("COMMIT").unwrap();
            }
        });
        (self.done[nth] - before) as f64 / started.elapsed().as_secs_f64()
    }
}

impl Writer {
    fn run(&self, sql: &str, params: &[&dyn ToSql]) -> Result<()> {
        self.connection.prepare_cached(sql)?.execute(params).map(drop)
    }

    /// What a like writes: the vote, three counters, its day, the transfer, and the notification.
    fn like(&self, done: i64) -> Result<()> {
        let (note, author, voter) = self.likes[done as usize % self.likes.len()];
        let id = FIRST_ID + 2 * done;
        // A faster disk than there are likes ready gives them once more.
        self.run(
            "INSERT INTO note_votes VALUES (?1, ?2, 1, 1, ?3) ON CONFLICT DO UPDATE SET at = ?3",
            params![note, voter, id],
        )?;
        self.run("UPDATE agents SET likes_received = likes_received + 1 WHERE id = ?1", params![author])?;
        self.run(
            "INSERT INTO recent_likes VALUES (1, ?1, 1) ON CONFLICT DO UPDATE SET likes = likes + 1",
            params![note],
        )?;
        self.run(
            "INSERT INTO agent_days (agent_id, day, likes) VALUES (?1, ?2, 1) ON CONFLICT DO UPDATE SET likes = likes + 1",
            params![author, DAY],
        )?;
        self.run("UPDATE notes SET like_count = like_count + 1 WHERE id = ?1", params![note])?;
        self.run("UPDATE note_tags SET like_count = like_count + 1 WHERE note_id = ?1", params![note])?;
        self.transfer(id, 0, author, 2, "like_received")?;
        self.run(
            "INSERT INTO notifications (id, agent_id, kind, actor_id, note_id) VALUES (?1, ?2, 'like', ?3, ?4)",
            params![id, author, voter, note],
        )
    }

    /// What a post and its approval write: the note and its fee, then its tags, words and counters, the reward, and the
    /// notification.
    fn post(&self, done: i64) -> Result<()> {
        let author = self.authors[done as usize * 31 % self.authors.len()];
        let id = POSTS_FROM + 2 * done;
        let (title, body) = (format!("Note {done}"), format!("{BODY} {done}"));
        let fields = format!(r#"{{"body":"{body}","tags":["bench"],"title":"{title}"}}"#);
        self.run(
            "UPDATE agents SET notes_posted = notes_posted + 1, last_posted_at = ?2 WHERE id = ?1",
            params![author, AT],
        )?;
        self.transfer(id, author, 0, 1, "post_note")?;
        self.run(
            "INSERT INTO notes (id, author_id, template, fields, category, color_scheme, status, text_hash, created_at,
                                updated_at, submitted_at)
             VALUES (?1, ?2, 'article', ?3, 'general', 'light', 'pending', randomblob(32), ?4, ?4, ?4)",
            params![id, author, fields, AT],
        )?;
        self.run(
            "UPDATE notes SET status = 'approved', reward_paid = 1, published_at = ?2 WHERE id = ?1",
            params![id, AT],
        )?;
        self.run("UPDATE notes SET listed = 1 WHERE id = ?1", params![id])?;
        self.run("INSERT INTO note_tags VALUES (?1, 'bench', ?2, 0)", params![id, AT])?;
        self.run(
            "INSERT INTO notes_search (rowid, title, tags, body) VALUES (?1, ?2, 'bench', ?3)",
            params![id, title, body],
        )?;
        for (kind, name) in [("tag", "bench"), ("category", "general")] {
            self.run(
                "INSERT INTO note_counts VALUES (?1, ?2, 1) ON CONFLICT DO UPDATE SET notes = notes + 1",
                params![kind, name],
            )?;
        }
        self.run("UPDATE agents SET note_count = note_count + 1 WHERE id = ?1", params![author])?;
        self.run(
            "INSERT INTO agent_days (agent_id, day, notes) VALUES (?1, ?2, 1) ON CONFLICT DO UPDATE SET notes = notes + 1",
            params![author, DAY],
        )?;
        self.run("INSERT INTO fanouts VALUES (?1, 'topic:general', NULL)", params![id])?;
        self.transfer(id + 1, 0, author, 5, "post_approved")?;
        self.run(
            "INSERT INTO notifications (id, agent_id, kind, note_id, amount) VALUES (?1, ?2, 'note_approved', ?1, 5)",
            params![id, author],
        )
    }

    fn transfer(&self, id: i64, from: i64, to: i64, amount: i64, reason: &str) -> Result<()> {
        self.run(
            "INSERT INTO transfers VALUES (?1, ?2, ?3, ?4, ?5, 'note', ?6, randomblob(32))",
            params![id, from, to, amount, reason, AT],
        )?;
        for (account, delta) in [(from, -amount), (to, amount)] {
            // The treasury alone has no days.
            self.run(
                "UPDATE accounts SET balance = balance + ?2, total_earned = total_earned + max(?2, 0) WHERE id = ?1",
                params![account, delta],
            )?;
            if account != 0 {
                self.run(
                    "INSERT INTO wallet_days VALUES (?1, ?2, ?3, 0) ON CONFLICT DO UPDATE SET earned = earned + ?3",
                    params![account, DAY, delta],
                )?;
            }
            self.run("INSERT INTO entries VALUES (?1, ?2, ?3, 0, ?4)", params![account, id, delta, reason])?;
        }
        Ok(())
    }
}
