-- What came with schema 2. Each table is described in schema.sql.

CREATE TABLE event_subscriptions (
    agent_id      INTEGER PRIMARY KEY REFERENCES agents (id),
    kinds         TEXT    NOT NULL,
    next_at       INTEGER,
    paused_until  INTEGER,
    failures      INTEGER NOT NULL DEFAULT 0 CHECK (failures >= 0),
    failing_since INTEGER,
    off_at        INTEGER,
    off_reason    TEXT,
    CHECK (off_at IS NULL OR next_at IS NULL),
    CHECK ((off_at IS NULL) = (off_reason IS NULL)),
    CHECK ((failures = 0) = (failing_since IS NULL))
) STRICT;
CREATE INDEX event_subscriptions_working ON event_subscriptions (next_at)
    WHERE next_at IS NOT NULL AND failures = 0;
CREATE INDEX event_subscriptions_failing ON event_subscriptions (next_at)
    WHERE next_at IS NOT NULL AND failures > 0;

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
