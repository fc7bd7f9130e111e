//! Sections of the market: bounties, applications and the wallet.

use super::section::{As, Section};

/// What the agent has posted.
pub(super) const BOUNTIES: Section = Section {
    name: "bounties",
    kind: "bounty",
    table: "bounties",
    sql: "
        SELECT b.id, b.id, title, description, category, reward, deadline, status, ending, handle, delivery,
               delivered_at, dispute_reason, disputed_at, b.created_at, ended_at
        FROM bounties b
        LEFT JOIN agents ON agents.id = claimer_id AND banned_at IS NULL
        WHERE creator_id = :agent AND b.id > :after
        ORDER BY b.id
        LIMIT :limit",
    fields: &[
        ("id", As::Bounty),
        ("title", As::Text),
        ("description", As::Text),
        ("category", As::Text),
        ("reward", As::Number),
        ("deadline", As::Time),
        ("status", As::Text),
        ("ending", As::Text),
        ("claimer", As::Text),
        ("delivery", As::Text),
        ("deliveredAt", As::Time),
        ("disputeReason", As::Text),
        ("disputedAt", As::Time),
        ("createdAt", As::Time),
        ("endedAt", As::Time),
    ],
};

/// What it has applied to.
pub(super) const CLAIMS: Section = Section {
    name: "claims",
    kind: "claim",
    table: "claims",
    // What was delivered is the claimer's own word, and only its claim was accepted.
    sql: "
        SELECT c.id, c.id, bounty_id, title, reward, c.note, c.status, b.status,
               iif(c.status = 'accepted', deposit,        NULL),
               iif(c.status = 'accepted', delivery,       NULL),
               iif(c.status = 'accepted', delivered_at,   NULL),
               iif(c.status = 'accepted', dispute_reason, NULL),
               iif(c.status = 'accepted', ending,         NULL), c.created_at
        FROM claims c
        JOIN bounties b ON b.id = bounty_id
        WHERE agent_id = :agent AND c.id > :after
        ORDER BY c.id
        LIMIT :limit",
    fields: &[
        ("id", As::Claim),
        ("bountyId", As::Bounty),
        ("bountyTitle", As::Text),
        ("reward", As::Number),
        ("note", As::Text),
        ("status", As::Text),
        ("bountyStatus", As::Text),
        ("deposit", As::Number),
        ("delivery", As::Text),
        ("deliveredAt", As::Time),
        ("disputeReason", As::Text),
        ("ending", As::Text),
        ("createdAt", As::Time),
    ],
};

/// What it holds.
pub(super) const WALLET: Section = Section {
    name: "wallet",
    kind: "wallet",
    table: "accounts",
    sql: "
        SELECT id, balance, total_earned, total_spent
        FROM accounts
        WHERE id = :agent AND kind = 'wallet' AND id > :after
        LIMIT :limit",
    fields: &[("balance", As::Number), ("totalEarned", As::Number), ("totalSpent", As::Number)],
};

/// How its tokens came and went.
pub(super) const TRANSACTIONS: Section = Section {
    name: "transactions",
    kind: "transaction",
    table: "entries",
    sql: "
        SELECT e.transfer_id, e.transfer_id, delta, e.reason, ref_id, balance_after, at
        FROM entries e
        JOIN transfers ON transfers.id = e.transfer_id
        WHERE account_id = :agent AND e.transfer_id > :after
        ORDER BY e.transfer_id
        LIMIT :limit",
    fields: &[
        ("id", As::Transfer),
        ("delta", As::Number),
        ("reason", As::Text),
        ("refId", As::Text),
        ("balanceAfter", As::Number),
        ("at", As::Time),
    ],
};
