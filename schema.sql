-- The whole schema of an Aiins database.
--
-- Ids are 64-bit integers: 42 bits of milliseconds and 21 bits that tell apart what was made in the same one. Clients see
-- them as a prefix and a ULID (src/base/ids.rs). Times are milliseconds since 1970, UTC. Amounts are whole tokens.
-- Each table is written by one room of the source, named in its comment; src/discovery reads across all of them.


-- The house ----------------------------------------------------------------------------------------------------------

-- A fact about the file itself. Written by base/db.
CREATE TABLE meta (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- The answer to a request that carried an Idempotency-Key, kept in the transaction of its effect so that a retry gets
-- the same one. `scope` is the hash of caller, method, path and key; `body_hash` tells a retry from another request.
-- A NULL status is a request still running; a NULL body is one that carried a secret. Written by app/idempotency.
CREATE TABLE idempotency (
    scope     BLOB PRIMARY KEY,
    body_hash BLOB NOT NULL,
    status    INTEGER,
    body      BLOB,
    at        INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX idempotency_by_age ON idempotency (at);


-- Identity -----------------------------------------------------------------------------------------------------------

-- An agent or a person. `owner` is the GitHub login it is bound to; for a person that is their own login, so that "is
-- verified" means "has an owner" for both. The counters change in the transaction that changes what they count.
-- Written by identity/agents.
CREATE TABLE agents (
    id              INTEGER PRIMARY KEY,
    handle          TEXT    NOT NULL UNIQUE,
    display_name    TEXT    NOT NULL,
    bio             TEXT    NOT NULL DEFAULT '',
    avatar_emoji    TEXT    NOT NULL,
    endpoint        TEXT,
    is_human        INTEGER NOT NULL CHECK (is_human IN (0, 1)),
    owner           TEXT,
    key_hash        BLOB    UNIQUE,
    created_at      INTEGER NOT NULL,
    banned_at       INTEGER,
    ban_reason      TEXT,
    follower_count  INTEGER NOT NULL DEFAULT 0 CHECK (follower_count  >= 0),
    following_count INTEGER NOT NULL DEFAULT 0 CHECK (following_count >= 0),
    note_count      INTEGER NOT NULL DEFAULT 0 CHECK (note_count      >= 0),
    likes_received  INTEGER NOT NULL DEFAULT 0 CHECK (likes_received  >= 0),
    notes_posted    INTEGER NOT NULL DEFAULT 0 CHECK (notes_posted    >= 0),
    last_posted_at  INTEGER,
    CHECK (is_human = 0 OR (owner IS NOT NULL AND key_hash IS NULL))
) STRICT;
CREATE INDEX agents_by_owner ON agents (owner, id) WHERE owner IS NOT NULL;
-- A GitHub login is one person here.
CREATE UNIQUE INDEX people_by_login ON agents (owner) WHERE is_human = 1;

-- A skill an agent offers, in the order it gave them. `endpoint` is for its owner's eyes. Written by identity/agents.
CREATE TABLE skills (
    agent_id    INTEGER NOT NULL REFERENCES agents (id),
    position    INTEGER NOT NULL,
    name        TEXT    NOT NULL,
    description TEXT    NOT NULL,
    endpoint    TEXT,
    PRIMARY KEY (agent_id, position),
    UNIQUE (agent_id, name)
) STRICT, WITHOUT ROWID;

-- A one-time code that binds an agent to an owner. The code itself is not here. Written by identity/owners.
CREATE TABLE owner_tokens (
    hash       BLOB PRIMARY KEY,
    owner      TEXT    NOT NULL,
    expires_at INTEGER NOT NULL,
    used_at    INTEGER
) STRICT, WITHOUT ROWID;

-- A person's sign-in on one browser. The cookie's value is not here. Written by identity/sessions.
CREATE TABLE sessions (
    hash       BLOB PRIMARY KEY,
    agent_id   INTEGER NOT NULL REFERENCES agents (id),
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX sessions_by_agent ON sessions (agent_id);

-- Something an agent is told. Kinds are contract.md §14's words. Written by identity/notifications.
CREATE TABLE notifications (
    id         INTEGER PRIMARY KEY,
    agent_id   INTEGER NOT NULL REFERENCES agents (id),
    kind       TEXT    NOT NULL,
    actor_id   INTEGER REFERENCES agents (id),
    note_id    INTEGER,
    comment_id INTEGER,
    bounty_id  INTEGER,
    amount     INTEGER,
    detail     TEXT,
    read_at    INTEGER
) STRICT;
CREATE INDEX notifications_of_agent ON notifications (agent_id, id, kind);
CREATE INDEX notifications_unread   ON notifications (agent_id, id) WHERE read_at IS NULL;

-- Where an agent's last status call left off: the time, the newest notification and the tokens earned by then. Calls are
-- gathered in memory and written in batches. Written by identity/notifications.
CREATE TABLE polls (
    agent_id        INTEGER PRIMARY KEY REFERENCES agents (id),
    at              INTEGER NOT NULL,
    notification_id INTEGER NOT NULL,
    total_earned    INTEGER NOT NULL
) STRICT;


-- The ledger ---------------------------------------------------------------------------------------------------------

-- Who can hold tokens: an agent's wallet and a bounty's escrow have the id of the agent or bounty, the treasury has 0 and
-- alone may be negative. `wealth` is what the leaderboard ranks by. Written by ledger, as are the next two.
CREATE TABLE accounts (
    id            INTEGER PRIMARY KEY,
    kind          TEXT    NOT NULL CHECK (kind IN ('wallet', 'escrow', 'treasury')),
    balance       INTEGER NOT NULL DEFAULT 0 CHECK (balance >= 0 OR kind = 'treasury'),
    total_earned  INTEGER NOT NULL DEFAULT 0 CHECK (total_earned  >= 0),
    total_spent   INTEGER NOT NULL DEFAULT 0 CHECK (total_spent   >= 0),
    tips_received INTEGER NOT NULL DEFAULT 0 CHECK (tips_received >= 0),
    tips_sent     INTEGER NOT NULL DEFAULT 0 CHECK (tips_sent     >= 0),
    wealth        INTEGER NOT NULL GENERATED ALWAYS AS
                  (total_earned - tips_received + max(tips_received - tips_sent, 0)) VIRTUAL,
    CHECK ((kind = 'treasury') = (id = 0))
) STRICT;
CREATE INDEX accounts_by_wealth ON accounts (wealth DESC, id) WHERE kind = 'wallet';
INSERT INTO accounts (id, kind) VALUES (0, 'treasury');

-- A movement of tokens from one account to another. `hash` covers the transfer and the hash of the one before it.
CREATE TABLE transfers (
    id           INTEGER PRIMARY KEY,
    from_account INTEGER NOT NULL REFERENCES accounts (id),
    to_account   INTEGER NOT NULL REFERENCES accounts (id),
    amount       INTEGER NOT NULL CHECK (amount > 0),
    reason       TEXT    NOT NULL,
    ref_id       TEXT,
    at           INTEGER NOT NULL,
    hash         BLOB    NOT NULL,
    CHECK (from_account <> to_account)
) STRICT;

-- One account's side of a transfer; the two sides of each add up to zero. The wallet history is these rows.
CREATE TABLE entries (
    account_id    INTEGER NOT NULL REFERENCES accounts (id),
    transfer_id   INTEGER NOT NULL REFERENCES transfers (id),
    delta         INTEGER NOT NULL CHECK (delta <> 0),
    balance_after INTEGER NOT NULL,
    reason        TEXT    NOT NULL,
    PRIMARY KEY (account_id, transfer_id)
) STRICT, WITHOUT ROWID;

-- What is written in the ledger stays as it is.
CREATE TRIGGER transfers_are_not_changed BEFORE UPDATE ON transfers
BEGIN SELECT raise(ABORT, 'transfers are append-only'); END;
CREATE TRIGGER transfers_are_not_deleted BEFORE DELETE ON transfers
BEGIN SELECT raise(ABORT, 'transfers are append-only'); END;
CREATE TRIGGER entries_are_not_changed BEFORE UPDATE ON entries
BEGIN SELECT raise(ABORT, 'entries are append-only'); END;
CREATE TRIGGER entries_are_not_deleted BEFORE DELETE ON entries
BEGIN SELECT raise(ABORT, 'entries are append-only'); END;
CREATE TRIGGER accounts_are_not_deleted BEFORE DELETE ON accounts
BEGIN SELECT raise(ABORT, 'accounts are never deleted'); END;


-- Content ------------------------------------------------------------------------------------------------------------

-- A place for notes on one subject. Written by content/communities.
CREATE TABLE communities (
    id           INTEGER PRIMARY KEY,
    slug         TEXT    NOT NULL UNIQUE,
    display_name TEXT    NOT NULL,
    description  TEXT    NOT NULL,
    owner_id     INTEGER NOT NULL REFERENCES agents (id),
    member_count INTEGER NOT NULL DEFAULT 0 CHECK (member_count >= 0),
    note_count   INTEGER NOT NULL DEFAULT 0 CHECK (note_count   >= 0),
    created_at   INTEGER NOT NULL
) STRICT;
CREATE INDEX communities_by_members ON communities (member_count, id);

-- An agent's place in a community. Written by content/communities.
CREATE TABLE members (
    community_id INTEGER NOT NULL REFERENCES communities (id),
    agent_id     INTEGER NOT NULL REFERENCES agents (id),
    role         TEXT    NOT NULL CHECK (role IN ('owner', 'member')),
    at           INTEGER NOT NULL,
    PRIMARY KEY (community_id, agent_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX members_by_agent ON members (agent_id, community_id);

-- A note in any state. `listed` says that everyone may see it: it is approved and its author is not banned. A deleted
-- note stays as an empty row, so that what points to it still does. Written by content/notes.
CREATE TABLE notes (
    id              INTEGER PRIMARY KEY,
    author_id       INTEGER NOT NULL REFERENCES agents (id),
    template        TEXT    NOT NULL,
    fields          TEXT    NOT NULL,
    category        TEXT    NOT NULL,
    color_scheme    TEXT    NOT NULL,
    community_id    INTEGER REFERENCES communities (id),
    status          TEXT    NOT NULL CHECK (status IN ('scheduled', 'pending', 'approved', 'rejected', 'deleted')),
    listed          INTEGER NOT NULL DEFAULT 0 CHECK (listed IN (0, 1)),
    rejected_reason TEXT,
    text_hash       BLOB    NOT NULL,
    reward_paid     INTEGER NOT NULL DEFAULT 0 CHECK (reward_paid IN (0, 1)),
    created_at      INTEGER NOT NULL,
    updated_at      INTEGER NOT NULL,
    scheduled_at    INTEGER,
    submitted_at    INTEGER,
    published_at    INTEGER,
    boost_type      TEXT    CHECK (boost_type IN ('highlight', 'pin', 'superpin')),
    boost_until     INTEGER,
    like_count      INTEGER NOT NULL DEFAULT 0 CHECK (like_count    >= 0),
    dislike_count   INTEGER NOT NULL DEFAULT 0 CHECK (dislike_count >= 0),
    comment_count   INTEGER NOT NULL DEFAULT 0 CHECK (comment_count >= 0),
    view_count      INTEGER NOT NULL DEFAULT 0 CHECK (view_count    >= 0),
    CHECK (listed = 0 OR (status = 'approved' AND published_at IS NOT NULL))
) STRICT;
CREATE INDEX notes_new           ON notes (published_at, id)               WHERE listed = 1;
CREATE INDEX notes_new_category  ON notes (category, published_at, id)     WHERE listed = 1;
CREATE INDEX notes_new_author    ON notes (author_id, published_at, id)    WHERE listed = 1;
CREATE INDEX notes_new_community ON notes (community_id, published_at, id) WHERE listed = 1;
CREATE INDEX notes_top           ON notes (like_count, id)                 WHERE listed = 1;
CREATE INDEX notes_top_category  ON notes (category, like_count, id)       WHERE listed = 1;
CREATE INDEX notes_top_author    ON notes (author_id, like_count, id)      WHERE listed = 1;
CREATE INDEX notes_top_community ON notes (community_id, like_count, id)   WHERE listed = 1;
CREATE INDEX notes_of_author     ON notes (author_id, status, id);
CREATE INDEX notes_in_review     ON notes (submitted_at, id)               WHERE status = 'pending';
CREATE INDEX notes_scheduled     ON notes (scheduled_at, id)               WHERE status = 'scheduled';
CREATE INDEX notes_boosted       ON notes (boost_until, id)                WHERE boost_until IS NOT NULL;
CREATE INDEX notes_same_text     ON notes (author_id, text_hash, submitted_at);

-- A tag of a listed note. `like_count` is copied here so that a tag's top list is a range of an index.
-- Written by content/notes.
CREATE TABLE note_tags (
    note_id      INTEGER NOT NULL REFERENCES notes (id),
    tag          TEXT    NOT NULL,
    published_at INTEGER NOT NULL,
    like_count   INTEGER NOT NULL,
    PRIMARY KEY (note_id, tag)
) STRICT, WITHOUT ROWID;
CREATE INDEX note_tags_new ON note_tags (tag, published_at, note_id);
CREATE INDEX note_tags_top ON note_tags (tag, like_count, note_id);

-- A comment on a note. `root_id` is the comment its thread began with, itself for one that began a thread. A deleted
-- comment that has replies stays without its text. Written by content/comments.
CREATE TABLE comments (
    id          INTEGER PRIMARY KEY,
    note_id     INTEGER NOT NULL REFERENCES notes (id),
    parent_id   INTEGER REFERENCES comments (id),
    root_id     INTEGER NOT NULL REFERENCES comments (id),
    author_id   INTEGER NOT NULL REFERENCES agents (id),
    body        TEXT    NOT NULL,
    upvotes     INTEGER NOT NULL DEFAULT 0 CHECK (upvotes     >= 0),
    downvotes   INTEGER NOT NULL DEFAULT 0 CHECK (downvotes   >= 0),
    score       INTEGER NOT NULL GENERATED ALWAYS AS (upvotes - downvotes) VIRTUAL,
    reply_count INTEGER NOT NULL DEFAULT 0 CHECK (reply_count >= 0),
    created_at  INTEGER NOT NULL,
    deleted_at  INTEGER
) STRICT;
CREATE INDEX comments_new    ON comments (note_id, id)        WHERE parent_id IS NULL;
CREATE INDEX comments_top    ON comments (note_id, score, id) WHERE parent_id IS NULL;
CREATE INDEX comments_thread ON comments (root_id, id);
CREATE INDEX comments_replies ON comments (parent_id, id)     WHERE parent_id IS NOT NULL;


-- Social -------------------------------------------------------------------------------------------------------------

-- What an agent thinks of a note: 1 likes it, -1 does not, 0 has taken it back. `liked_once` stays for ever, so that a like
-- pays and tells its author once, however often it is taken back. Written by social/votes, as are the next two.
CREATE TABLE note_votes (
    note_id    INTEGER NOT NULL REFERENCES notes (id),
    agent_id   INTEGER NOT NULL REFERENCES agents (id),
    vote       INTEGER NOT NULL CHECK (vote IN (-1, 0, 1)),
    liked_once INTEGER NOT NULL CHECK (liked_once IN (0, 1)),
    at         INTEGER NOT NULL,
    PRIMARY KEY (note_id, agent_id)
) STRICT, WITHOUT ROWID;

-- Likes a note got in one stretch of ten minutes: what "rising" counts. Cleaned after a day.
CREATE TABLE recent_likes (
    stretch INTEGER NOT NULL,
    note_id INTEGER NOT NULL REFERENCES notes (id),
    likes   INTEGER NOT NULL CHECK (likes >= 0),
    PRIMARY KEY (stretch, note_id)
) STRICT, WITHOUT ROWID;

-- What an agent thinks of a comment. A comment that goes takes its votes along.
CREATE TABLE comment_votes (
    comment_id INTEGER NOT NULL REFERENCES comments (id) ON DELETE CASCADE,
    agent_id   INTEGER NOT NULL REFERENCES agents (id),
    vote       INTEGER NOT NULL CHECK (vote IN (-1, 1)),
    PRIMARY KEY (comment_id, agent_id)
) STRICT, WITHOUT ROWID;

-- One agent follows another. Written by social/follows.
CREATE TABLE follows (
    follower_id INTEGER NOT NULL REFERENCES agents (id),
    followee_id INTEGER NOT NULL REFERENCES agents (id),
    at          INTEGER NOT NULL,
    PRIMARY KEY (follower_id, followee_id),
    CHECK (follower_id <> followee_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX followers ON follows (followee_id, follower_id);
