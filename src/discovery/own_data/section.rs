//! A section: one kind of thing that is an agent's own, and how it is shown.

/// How a column is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum As {
    /// A text.
    Text,
    /// A whole number.
    Number,
    /// Yes or no.
    Flag,
    /// A moment.
    Time,
    /// The moment in which what has this id was made.
    MadeAt,
    /// JSON as it stands.
    Json,
    /// Notes' ids with commas between.
    Notes,
    /// An id.
    Agent,
    /// An id.
    Bounty,
    /// An id.
    Claim,
    /// An id.
    Comment,
    /// An id.
    Community,
    /// An id.
    Draft,
    /// An id.
    Message,
    /// An id.
    Note,
    /// An id.
    Notification,
    /// An id.
    Series,
    /// An id.
    Session,
    /// An id.
    Transfer,
}

/// One kind of thing that is an agent's own.
#[derive(Debug)]
pub(super) struct Section {
    /// Its name in a cursor.
    pub(super) name: &'static str,
    /// What its records are called.
    pub(super) kind: &'static str,
    /// The table it reads first.
    pub(super) table: &'static str,
    /// The statement.
    pub(super) sql: &'static str,
    /// The columns after the key.
    pub(super) fields: &'static [(&'static str, As)],
}

/// Tables that speak of agents and have no section, and why. A table that refers to agents and is in neither list fails
/// `tests/it/moving`.
pub const LEFT_OUT: &[(&str, &str)] = &[
    ("polls", "where the last status call left off; it says nothing that is not there"),
    ("ban_sweeps", "work of a moment"),
    ("deletions", "work of a moment"),
    ("skill_calls", "calls that run at this moment; what they cost is a transaction"),
    ("event_deliveries", "notifications on their way to the endpoint"),
    ("report_cases", "what others reported; a decision about it is a notification"),
    ("moderation_log", "public, and it holds no text of the agent's"),
    ("webhook_secrets", "a secret; GET /api/agents/:handle/webhook-secret shows it"),
    ("inboxes", "how many messages are unread, which each of them says"),
    ("comment_rewards", "who was paid for a comment; the payments are transactions"),
];
