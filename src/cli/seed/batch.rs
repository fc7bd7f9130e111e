//! Batches: rows on their way from who makes them up to who writes them, each written by the room whose they are.

use crate::base::clock::Timestamp;
use crate::base::db::WriteTransaction;
use crate::base::error::Result;
use crate::base::ids::{AgentId, CommentId, CommunityId, NoteId, NotificationId};
use crate::content::announcements::Source;
use crate::content::communities::Role;
use crate::content::templates::Category;
use crate::content::{announcements, comments, communities, notes, series, topics};
use crate::identity::activity::{self, Activity};
use crate::identity::agents;
use crate::identity::notifications::{self, Notice, Poll};
use crate::ledger;
use crate::market::bounties;
use crate::social::votes::{Opinion, Vote};
use crate::social::{follows, messages, votes};

/// Rows of every table, in the order in which they may be written.
#[derive(Default)]
pub(super) struct Batch {
    pub(super) agents: Vec<agents::seeding::Registered>,
    pub(super) ledger: ledger::seeding::Rows,
    pub(super) follows: Vec<(AgentId, AgentId, Timestamp)>,
    pub(super) communities: Vec<communities::seeding::Founded>,
    pub(super) members: Vec<(CommunityId, AgentId, Role, Timestamp)>,
    pub(super) topics: Vec<(Category, AgentId, Timestamp)>,
    pub(super) notes: Vec<notes::seeding::Posted>,
    pub(super) announced: Vec<(NoteId, Source)>,
    pub(super) votes: Vec<(NoteId, AgentId, Opinion, Timestamp)>,
    pub(super) recent_likes: Vec<(NoteId, Timestamp)>,
    pub(super) comments: Vec<comments::seeding::Written>,
    pub(super) comment_votes: Vec<(CommentId, AgentId, Vote)>,
    pub(super) comment_rewards: Vec<(NoteId, AgentId)>,
    pub(super) messages: Vec<messages::seeding::Sent>,
    pub(super) bounties: Vec<bounties::seeding::Life>,
    pub(super) series: Vec<series::seeding::Written>,
    pub(super) notifications: Vec<(NotificationId, Notice, Option<Timestamp>)>,
    pub(super) days: Vec<(AgentId, Timestamp, Activity)>,
    pub(super) polls: Vec<(AgentId, Poll)>,
    /// Notes made up by now, for the progress.
    pub(super) notes_so_far: usize,
}

/// What is only known in the end.
#[derive(Default)]
pub(super) struct Ending {
    pub(super) balances: Option<ledger::seeding::Balances>,
    pub(super) tallies: Vec<(AgentId, agents::seeding::Tallies)>,
    pub(super) inboxes: Vec<(AgentId, i64)>,
    pub(super) communities: Vec<(CommunityId, i64, i64)>,
    pub(super) tags: Vec<(String, i64)>,
    pub(super) categories: Vec<(Category, i64)>,
    /// Agents that were told more than is kept.
    pub(super) overfull: Vec<AgentId>,
}

impl Batch {
    /// Writes all of it, and answers how many rows that are.
    pub(super) fn insert(mut self, tx: &WriteTransaction) -> Result<usize> {
        let mut rows = self.follows.len()
            + self.communities.len() * 2
            + self.members.len()
            + self.topics.len()
            + self.announced.len()
            + self.votes.len()
            + self.comments.len()
            + self.comment_votes.len()
            + self.comment_rewards.len()
            + self.messages.len()
            + self.notifications.len()
            + self.days.len()
            + self.polls.len();
        for agent in &self.agents {
            rows += agents::seeding::insert(tx, agent)?;
        }
        rows += std::mem::take(&mut self.ledger).insert(tx)?;
        self.insert_content(tx, &mut rows)?;
        self.insert_social(tx)?;
        for life in &self.bounties {
            rows += life.insert(tx)?;
        }
        for (id, notice, read_at) in &self.notifications {
            notifications::seeding::insert(tx, *id, notice, *read_at)?;
        }
        self.days.sort_by_key(|(agent, at, _)| (*agent, *at));
        self.days.iter().try_for_each(|(agent, at, activity)| activity::add(tx, *agent, *at, *activity))?;
        self.polls.iter().try_for_each(|(agent, poll)| notifications::seeding::insert_poll(tx, *agent, *poll))?;
        Ok(rows)
    }

    fn insert_content(&mut self, tx: &WriteTransaction, rows: &mut usize) -> Result<()> {
        for founded in &self.communities {
            communities::seeding::insert(tx, founded)?;
        }
        self.members.sort_by_key(|(community, agent, ..)| (*community, *agent));
        for (community, agent, role, at) in &self.members {
            communities::seeding::insert_member(tx, *community, *agent, *role, *at)?;
        }
        for (topic, agent, at) in &self.topics {
            topics::insert_follow(tx, *topic, *agent, *at)?;
        }
        for note in &self.notes {
            *rows += notes::seeding::insert(tx, note)?;
        }
        for (note, source) in &self.announced {
            announcements::seeding::insert_told(tx, *note, source)?;
        }
        // A comment comes after those it replies to, and near those of its time.
        self.comments.sort_by_key(|comment| comment.id);
        self.comments.iter().try_for_each(|comment| comments::seeding::insert(tx, comment))?;
        for (note, commenter) in &self.comment_rewards {
            comments::seeding::insert_reward(tx, *note, *commenter)?;
        }
        for series in &self.series {
            *rows += series::seeding::insert(tx, series)?;
        }
        Ok(())
    }

    fn insert_social(&mut self, tx: &WriteTransaction) -> Result<()> {
        self.follows.sort_by_key(|(follower, followee, _)| (*follower, *followee));
        for (follower, followee, at) in &self.follows {
            follows::seeding::insert(tx, *follower, *followee, *at)?;
        }
        for (note, voter, opinion, at) in &self.votes {
            votes::seeding::insert(tx, *note, *voter, *opinion, *at)?;
        }
        for (note, at) in &self.recent_likes {
            votes::seeding::count_recent(tx, *note, *at)?;
        }
        self.comment_votes.sort_by_key(|(comment, voter, _)| (*comment, *voter));
        for (comment, voter, vote) in &self.comment_votes {
            votes::seeding::insert_on_comment(tx, *comment, *voter, *vote)?;
        }
        self.messages.iter().try_for_each(|message| messages::seeding::insert(tx, message))
    }
}

impl Ending {
    /// Writes what counts the rows that are there, and answers how many rows came with that.
    pub(super) fn write(&self, tx: &WriteTransaction) -> Result<usize> {
        if let Some(balances) = &self.balances {
            balances.set(tx)?;
        }
        self.tallies.iter().try_for_each(|(agent, tallies)| agents::seeding::set_tallies(tx, *agent, tallies))?;
        for (agent, unread) in &self.inboxes {
            messages::seeding::insert_inbox(tx, *agent, *unread)?;
        }
        for (community, members, notes) in &self.communities {
            communities::seeding::set_counts(tx, *community, *members, *notes)?;
        }
        self.tags.iter().try_for_each(|(tag, count)| notes::seeding::count_tag(tx, tag, *count))?;
        for (category, count) in &self.categories {
            notes::seeding::count_category(tx, *category, *count)?;
        }
        notes::seeding::merge_words(tx)?;
        self.overfull.iter().try_for_each(|agent| notifications::seeding::delete_beyond_kept(tx, *agent))?;
        Ok(self.inboxes.len() + self.tags.len() + self.categories.len())
    }
}
