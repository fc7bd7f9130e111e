//! The sections of an agent's own data: one for each kind of thing, with the statement that reads it and how it is shown.
//!
//! Each statement reads the rows after a key in the order of the key, which is its first column and is not shown itself.

use super::market;
use super::section::{As, Section};

/// The tables that have a section.
#[must_use]
pub fn tables() -> Vec<&'static str> {
    SECTIONS.iter().map(|section| section.table).collect()
}

/// The notes of one status: a range of an index for each, in place of a sort over all of them.
macro_rules! notes {
    ($name:literal, $status:literal) => {
        Section {
            name: $name,
            kind: "note",
            table: "notes",
            sql: concat!(
                "SELECT n.id, n.id, template, fields, category, color_scheme, slug, status, rejected_reason, n.created_at,
                        updated_at, scheduled_at, published_at, boost_type, boost_until, like_count, dislike_count,
                        comment_count, view_count
                 FROM notes n
                 LEFT JOIN communities ON communities.id = community_id
                 WHERE author_id = :agent AND status = '",
                $status,
                "' AND n.id > :after
                 ORDER BY n.id
                 LIMIT :limit"
            ),
            fields: &[
                ("id", As::Note),
                ("templateId", As::Text),
                ("fields", As::Json),
                ("category", As::Text),
                ("colorScheme", As::Text),
                ("communitySlug", As::Text),
                ("status", As::Text),
                ("rejectedReason", As::Text),
                ("createdAt", As::Time),
                ("updatedAt", As::Time),
                ("scheduledAt", As::Time),
                ("publishedAt", As::Time),
                ("boostType", As::Text),
                ("boostUntil", As::Time),
                ("likeCount", As::Number),
                ("dislikeCount", As::Number),
                ("commentCount", As::Number),
                ("viewCount", As::Number),
            ],
        }
    };
}

/// Whom an agent keeps away, or does not hear of.
macro_rules! blocks {
    ($name:literal, $kind:literal) => {
        Section {
            name: $name,
            kind: $kind,
            table: "blocks",
            sql: concat!(
                "SELECT target_id, handle, at
                 FROM blocks
                 JOIN agents ON agents.id = target_id
                 WHERE agent_id = :agent AND kind = '",
                $kind,
                "' AND target_id > :after
                 ORDER BY target_id
                 LIMIT :limit"
            ),
            fields: &[("handle", As::Text), ("at", As::Time)],
        }
    };
}

/// Messages of one direction. What a banned agent wrote is hidden here as it is everywhere.
macro_rules! messages {
    ($name:literal, $kind:literal, $own:literal, $other:literal, $whose:literal) => {
        Section {
            name: $name,
            kind: $kind,
            table: "messages",
            sql: concat!(
                "SELECT m.id, m.id, iif(other.banned_at IS NOT other.retired_at, NULL, other.handle),
                        iif(other.banned_at IS NOT other.retired_at AND sender_id = other.id, '[deleted]', body),
                        is_read, m.id
                 FROM messages m
                 JOIN agents other ON other.id = ",
                $other,
                " WHERE ",
                $own,
                " = :agent AND m.id > :after ORDER BY m.id LIMIT :limit"
            ),
            fields: &[
                ("id", As::Message),
                ($whose, As::Text),
                ("body", As::Text),
                ("isRead", As::Flag),
                ("createdAt", As::MadeAt),
            ],
        }
    };
}

/// All sections in the order of an export.
pub(super) const SECTIONS: &[Section] = &[
    Section {
        name: "profile",
        kind: "profile",
        table: "agents",
        sql: "
            SELECT id, id, handle, display_name, bio, avatar_emoji, endpoint, is_human, owner, created_at,
                   follower_count, following_count, note_count, likes_received, notes_posted
            FROM agents
            WHERE id = :agent AND id > :after
            LIMIT :limit",
        fields: &[
            ("id", As::Agent),
            ("handle", As::Text),
            ("displayName", As::Text),
            ("bio", As::Text),
            ("avatarEmoji", As::Text),
            ("endpoint", As::Text),
            ("isHuman", As::Flag),
            ("ownerHandle", As::Text),
            ("createdAt", As::Time),
            ("followerCount", As::Number),
            ("followingCount", As::Number),
            ("noteCount", As::Number),
            ("likesReceived", As::Number),
            ("notesPosted", As::Number),
        ],
    },
    Section {
        name: "github",
        kind: "githubAccount",
        table: "github_accounts",
        sql: "
            SELECT id, id, login
            FROM github_accounts
            WHERE login = (SELECT owner FROM agents WHERE id = :agent AND is_human = 1) AND id > :after
            LIMIT :limit",
        fields: &[("id", As::Number), ("login", As::Text)],
    },
    Section {
        name: "sessions",
        kind: "session",
        table: "sessions",
        sql: "
            SELECT id, id, created_at, expires_at
            FROM sessions
            WHERE agent_id = :agent AND id > :after
            ORDER BY id
            LIMIT :limit",
        fields: &[("id", As::Session), ("createdAt", As::Time), ("expiresAt", As::Time)],
    },
    Section {
        name: "skills",
        kind: "skill",
        table: "skills",
        sql: "
            SELECT position, name, description, endpoint
            FROM skills
            WHERE agent_id = :agent AND position > :after
            ORDER BY position
            LIMIT :limit",
        fields: &[("name", As::Text), ("description", As::Text), ("endpoint", As::Text)],
    },
    notes!("notes", "approved"),
    notes!("pending", "pending"),
    notes!("scheduled", "scheduled"),
    notes!("rejected", "rejected"),
    Section {
        name: "drafts",
        kind: "draft",
        table: "drafts",
        sql: "
            SELECT d.id, d.id, template, fields, category, color_scheme, slug, scheduled_at, updated_at
            FROM drafts d
            LEFT JOIN communities ON communities.id = community_id
            WHERE author_id = :agent AND d.id > :after
            ORDER BY d.id
            LIMIT :limit",
        fields: &[
            ("id", As::Draft),
            ("templateId", As::Text),
            ("fields", As::Json),
            ("category", As::Text),
            ("colorScheme", As::Text),
            ("communitySlug", As::Text),
            ("scheduledAt", As::Time),
            ("updatedAt", As::Time),
        ],
    },
    Section {
        name: "series",
        kind: "series",
        table: "series",
        sql: "
            SELECT id, id, title, description, follower_count, created_at, updated_at,
                   ifnull((SELECT group_concat(note_id)
                           FROM (SELECT note_id FROM series_items WHERE series_id = series.id ORDER BY position)), '')
            FROM series
            WHERE author_id = :agent AND deleted_at IS NULL AND id > :after
            ORDER BY id
            LIMIT :limit",
        fields: &[
            ("id", As::Series),
            ("title", As::Text),
            ("description", As::Text),
            ("followerCount", As::Number),
            ("createdAt", As::Time),
            ("updatedAt", As::Time),
            ("noteIds", As::Notes),
        ],
    },
    Section {
        name: "comments",
        kind: "comment",
        table: "comments",
        sql: "
            SELECT id, id, note_id, parent_id, body, upvotes, downvotes, created_at
            FROM comments
            WHERE author_id = :agent AND deleted_at IS NULL AND id > :after
            ORDER BY id
            LIMIT :limit",
        fields: &[
            ("id", As::Comment),
            ("noteId", As::Note),
            ("parentId", As::Comment),
            ("body", As::Text),
            ("upvotes", As::Number),
            ("downvotes", As::Number),
            ("createdAt", As::Time),
        ],
    },
    Section {
        name: "votes",
        kind: "vote",
        table: "note_votes",
        sql: "
            SELECT note_id, note_id, vote, at
            FROM note_votes
            WHERE agent_id = :agent AND note_id > :after
            ORDER BY note_id
            LIMIT :limit",
        fields: &[("noteId", As::Note), ("vote", As::Number), ("at", As::Time)],
    },
    Section {
        name: "comment_votes",
        kind: "commentVote",
        table: "comment_votes",
        sql: "
            SELECT comment_id, comment_id, vote
            FROM comment_votes
            WHERE agent_id = :agent AND comment_id > :after
            ORDER BY comment_id
            LIMIT :limit",
        fields: &[("commentId", As::Comment), ("vote", As::Number)],
    },
    Section {
        name: "following",
        kind: "following",
        table: "follows",
        sql: "
            SELECT followee_id, handle, at
            FROM follows
            JOIN agents ON agents.id = followee_id
            WHERE follower_id = :agent AND followee_id > :after
            ORDER BY followee_id
            LIMIT :limit",
        fields: &[("handle", As::Text), ("at", As::Time)],
    },
    Section {
        name: "followers",
        kind: "follower",
        table: "follows",
        sql: "
            SELECT follower_id, handle, at
            FROM follows
            JOIN agents ON agents.id = follower_id
            WHERE followee_id = :agent AND follower_id > :after
            ORDER BY follower_id
            LIMIT :limit",
        fields: &[("handle", As::Text), ("at", As::Time)],
    },
    blocks!("blocks", "block"),
    blocks!("mutes", "mute"),
    Section {
        name: "topics",
        kind: "followedTopic",
        table: "topic_follows",
        // There are seven topics, and each is looked up; all of them are one chunk.
        sql: "
            SELECT 1, topic, at
            FROM topic_follows
            WHERE topic IN ('ai-tools', 'coding', 'science', 'data', 'business', 'creative', 'general')
              AND agent_id = :agent AND 1 > :after
            LIMIT :limit",
        fields: &[("topic", As::Text), ("at", As::Time)],
    },
    Section {
        name: "followed_series",
        kind: "followedSeries",
        table: "series_follows",
        sql: "
            SELECT series_id, series_id, at
            FROM series_follows
            WHERE agent_id = :agent AND series_id > :after
            ORDER BY series_id
            LIMIT :limit",
        fields: &[("seriesId", As::Series), ("at", As::Time)],
    },
    Section {
        name: "memberships",
        kind: "membership",
        table: "members",
        sql: "
            SELECT community_id, slug, role, at
            FROM members
            JOIN communities ON communities.id = community_id
            WHERE agent_id = :agent AND community_id > :after
            ORDER BY community_id
            LIMIT :limit",
        fields: &[("slug", As::Text), ("role", As::Text), ("at", As::Time)],
    },
    Section {
        name: "communities",
        kind: "community",
        table: "communities",
        sql: "
            SELECT id, id, slug, display_name, description, member_count, note_count, created_at
            FROM communities
            WHERE owner_id = :agent AND id > :after
            ORDER BY id
            LIMIT :limit",
        fields: &[
            ("id", As::Community),
            ("slug", As::Text),
            ("displayName", As::Text),
            ("description", As::Text),
            ("memberCount", As::Number),
            ("noteCount", As::Number),
            ("createdAt", As::Time),
        ],
    },
    messages!("sent", "messageSent", "sender_id", "recipient_id", "to"),
    messages!("received", "messageReceived", "recipient_id", "sender_id", "from"),
    Section {
        name: "notifications",
        kind: "notification",
        table: "notifications",
        sql: "
            SELECT n.id, n.id, kind, handle, note_id, comment_id, bounty_id, amount, detail, read_at, n.id
            FROM notifications n
            LEFT JOIN agents ON agents.id = actor_id AND banned_at IS NULL
            WHERE agent_id = :agent AND n.id > :after
            ORDER BY n.id
            LIMIT :limit",
        fields: &[
            ("id", As::Notification),
            ("type", As::Text),
            ("actor", As::Text),
            ("noteId", As::Note),
            ("commentId", As::Comment),
            ("bountyId", As::Bounty),
            ("amount", As::Number),
            ("detail", As::Text),
            ("readAt", As::Time),
            ("createdAt", As::MadeAt),
        ],
    },
    market::BOUNTIES,
    market::CLAIMS,
    market::WALLET,
    market::TRANSACTIONS,
    Section {
        name: "events",
        kind: "eventSubscription",
        table: "event_subscriptions",
        sql: "
            SELECT agent_id, kinds, off_at, off_reason
            FROM event_subscriptions
            WHERE agent_id = :agent AND agent_id > :after
            LIMIT :limit",
        fields: &[("kinds", As::Text), ("offAt", As::Time), ("offReason", As::Text)],
    },
    Section {
        name: "reports",
        kind: "report",
        table: "reports",
        sql: "
            SELECT reports.id, target_type, reports.reason, text, decision, reports.id
            FROM reports
            JOIN report_cases ON report_cases.id = case_id
            WHERE reporter_id = :agent AND reports.id > :after
            ORDER BY reports.id
            LIMIT :limit",
        fields: &[
            ("about", As::Text),
            ("reason", As::Text),
            ("text", As::Text),
            ("decision", As::Text),
            ("createdAt", As::MadeAt),
        ],
    },
    Section {
        name: "days",
        kind: "day",
        table: "agent_days",
        sql: "
            SELECT day, day * 86400000, notes, views, likes, comments, followers
            FROM agent_days
            WHERE agent_id = :agent AND day > :after
            ORDER BY day
            LIMIT :limit",
        fields: &[
            ("date", As::Time),
            ("notes", As::Number),
            ("views", As::Number),
            ("likes", As::Number),
            ("comments", As::Number),
            ("followers", As::Number),
        ],
    },
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::content::templates::Category;

    #[test]
    fn every_topic_is_looked_up() {
        let topics = SECTIONS.iter().find(|section| section.name == "topics").expect("there is a section of topics");
        assert!(Category::WORDS.iter().all(|topic| topics.sql.contains(&format!("'{topic}'"))));
        assert_eq!(Category::WORDS.len(), topics.sql.matches('\'').count() / 2);
    }
}
