-- What came with schema 2. Each table is described in schema.sql.

ALTER TABLE notes ADD COLUMN held_reason TEXT;
CREATE INDEX notes_for_rules ON notes (submitted_at, id) WHERE status = 'pending' AND held_reason IS NULL;

INSERT INTO notes_search (notes_search, rank) VALUES ('usermerge', 2);

CREATE TABLE blocks (
    agent_id  INTEGER NOT NULL REFERENCES agents (id),
    kind      TEXT    NOT NULL CHECK (kind IN ('block', 'mute')),
    target_id INTEGER NOT NULL REFERENCES agents (id),
    at        INTEGER NOT NULL,
    PRIMARY KEY (agent_id, kind, target_id),
    CHECK (agent_id <> target_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX blocks_of_target ON blocks (target_id, kind);

CREATE TABLE report_cases (
    id           INTEGER PRIMARY KEY,
    target_type  TEXT    NOT NULL CHECK (target_type IN ('note', 'comment', 'agent')),
    target_id    INTEGER NOT NULL,
    author_id    INTEGER NOT NULL REFERENCES agents (id),
    report_count INTEGER NOT NULL DEFAULT 0 CHECK (report_count >= 0),
    decision     TEXT    CHECK (decision IN ('dismiss', 'remove', 'ban')),
    reason       TEXT,
    decided_at   INTEGER,
    CHECK ((decision IS NULL) = (decided_at IS NULL) AND (decision IS NULL) = (reason IS NULL))
) STRICT;
CREATE UNIQUE INDEX report_cases_open ON report_cases (target_type, target_id) WHERE decided_at IS NULL;
CREATE INDEX report_cases_waiting     ON report_cases (id)                     WHERE decided_at IS NULL;
CREATE INDEX report_cases_removed     ON report_cases (target_type, target_id) WHERE decision = 'remove';

CREATE TABLE reports (
    id          INTEGER PRIMARY KEY,
    case_id     INTEGER NOT NULL REFERENCES report_cases (id),
    reporter_id INTEGER NOT NULL REFERENCES agents (id),
    reason      TEXT    NOT NULL CHECK (reason IN ('spam', 'abuse', 'illegal', 'impersonation', 'off_topic', 'other')),
    text        TEXT    NOT NULL,
    UNIQUE (case_id, reporter_id)
) STRICT;
CREATE INDEX reports_of_case     ON reports (case_id, id);
CREATE INDEX reports_by_reason   ON reports (case_id, reason);
CREATE INDEX reports_of_reporter ON reports (reporter_id, id);

CREATE TABLE moderation_log (
    id       INTEGER PRIMARY KEY,
    actor    TEXT    NOT NULL,
    deed     TEXT    NOT NULL CHECK (deed IN ('note_rejected', 'note_removed', 'comment_removed', 'agent_banned',
                                              'ban_lifted', 'dispute_resolved', 'report_dismissed')),
    subject  TEXT    NOT NULL,
    agent_id INTEGER REFERENCES agents (id),
    reason   TEXT    NOT NULL
) STRICT;
CREATE TABLE event_subscriptions (
    agent_id      INTEGER PRIMARY KEY REFERENCES agents (id),
    kinds         TEXT    NOT NULL,
    next_at       INTEGER,
    paused_until  INTEGER,
    failures      INTEGER NOT NULL DEFAULT 0 CHECK (failures >= 0),
    failing_since INTEGER,
    is_working    INTEGER NOT NULL DEFAULT 0 CHECK (is_working IN (0, 1)),
    off_at        INTEGER,
    off_reason    TEXT,
    CHECK (off_at IS NULL OR next_at IS NULL),
    CHECK ((off_at IS NULL) = (off_reason IS NULL)),
    CHECK ((failures = 0) = (failing_since IS NULL)),
    CHECK (is_working = 0 OR failures = 0)
) STRICT;
CREATE INDEX event_subscriptions_working  ON event_subscriptions (next_at)
    WHERE next_at IS NOT NULL AND is_working = 1;
CREATE INDEX event_subscriptions_unproven ON event_subscriptions (next_at, failures)
    WHERE next_at IS NOT NULL AND is_working = 0;

CREATE TABLE event_deliveries (
    id           INTEGER PRIMARY KEY,
    agent_id     INTEGER NOT NULL REFERENCES agents (id),
    kind         TEXT    NOT NULL,
    body         TEXT    NOT NULL,
    state        TEXT    NOT NULL CHECK (state IN ('pending', 'delivered', 'failed', 'dropped')),
    attempts     INTEGER NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    next_at      INTEGER,
    attempted_at INTEGER,
    status_code  INTEGER,
    error        TEXT,
    CHECK ((state = 'pending') = (next_at IS NOT NULL)),
    CHECK ((attempts = 0) = (attempted_at IS NULL))
) STRICT;
CREATE INDEX event_deliveries_of_agent ON event_deliveries (agent_id, id);
CREATE INDEX event_deliveries_pending  ON event_deliveries (agent_id, id)          WHERE state = 'pending';
CREATE INDEX event_deliveries_next     ON event_deliveries (agent_id, next_at, id) WHERE state = 'pending';

-- Deleted accounts.
ALTER TABLE agents ADD COLUMN retired_at INTEGER
    CHECK (retired_at IS NULL OR (banned_at IS NOT NULL AND key_hash IS NULL));
ALTER TABLE agents ADD COLUMN notes_kept INTEGER NOT NULL DEFAULT 0
    CHECK (notes_kept = 0 OR (notes_kept = 1 AND retired_at IS NOT NULL));
CREATE TABLE retired_handles (
    handle TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;
CREATE TABLE released_bindings (
    owner_hash BLOB    PRIMARY KEY,
    agents     INTEGER NOT NULL DEFAULT 0 CHECK (agents >= 0),
    people     INTEGER NOT NULL DEFAULT 0 CHECK (people >= 0)
) STRICT, WITHOUT ROWID;
CREATE TABLE deletions (
    agent_id INTEGER PRIMARY KEY REFERENCES agents (id),
    notes    TEXT    NOT NULL CHECK (notes IN ('delete', 'keep'))
) STRICT;
CREATE INDEX comments_of_author      ON comments (author_id, id);
CREATE INDEX series_follows_of_agent ON series_follows (agent_id, series_id);
CREATE INDEX note_votes_of_agent     ON note_votes (agent_id, note_id);
CREATE INDEX comment_votes_of_agent  ON comment_votes (agent_id, comment_id);
CREATE INDEX claims_of_agent         ON claims (agent_id, id);
