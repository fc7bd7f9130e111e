//! Events: what happens to somebody at a time, in the order of time.

use std::cmp::{Ordering, Reverse};

use super::past::{Past, u32_of};
use crate::base::clock::Timestamp;
use crate::base::error::Result;
use crate::base::ids::{CommentId, NoteId};
use crate::identity::notifications::{Kind, Notice, Poll};
use crate::ledger::{Account, Reason, Transfer};

/// Something that will have happened at its time.
pub(super) struct Event {
    at: Timestamp,
    /// Tells events of one moment apart, so that one seed gives one order.
    order: u64,
    what: What,
}

/// Who is meant stands here as a number in the crowd.
pub(super) enum What {
    Approved { note: NoteId, author: u32 },
    Rejected { note: NoteId, author: u32, reason: &'static str },
    BoostEnded { note: NoteId, author: u32 },
    Liked { note: NoteId, author: u32, by: u32 },
    Commented { note: NoteId, author: u32, by: u32, comment: CommentId, reply_to: Option<u32>, is_first: bool },
    Followed { by: u32, followee: u32 },
    Tipped { by: u32, to: u32, amount: i64 },
    Polled { by: u32 },
    Bounty { nth: u32, step: BountyStep },
}

#[derive(Clone, Copy)]
pub(super) enum BountyStep {
    Apply,
    Decide,
    Deliver,
    Judge,
    Settle,
    Lapse,
}

impl PartialEq for Event {
    fn eq(&self, other: &Event) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Event {}

impl PartialOrd for Event {
    fn partial_cmp(&self, other: &Event) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Event {
    fn cmp(&self, other: &Event) -> Ordering {
        (self.at, self.order).cmp(&(other.at, other.order))
    }
}

impl Past {
    /// Lets something happen at a time; what lies in the future does not.
    pub(super) fn expect(&mut self, at: Timestamp, what: What) {
        if at <= self.now {
            self.event_count += 1;
            self.events.push(Reverse(Event { at, order: self.event_count, what }));
        }
    }

    pub(super) fn expect_poll(&mut self, at: Timestamp, by: usize) {
        self.expect(at, What::Polled { by: u32_of(by) });
    }

    /// Lets happen all that is due by a time.
    pub(super) fn happen_until(&mut self, at: Timestamp) -> Result<()> {
        while self.events.peek().is_some_and(|Reverse(event)| event.at <= at) {
            let Some(Reverse(event)) = self.events.pop() else { break };
            self.turn_to(event.at);
            self.happen(event)?;
        }
        self.turn_to(at);
        Ok(())
    }

    fn happen(&mut self, Event { at, what, .. }: Event) -> Result<()> {
        match what {
            What::Approved { note, author } => {
                let (amount, to) = (self.settings.economy.post_approved, self.crowd[author as usize].id);
                self.add_to_day(author as usize, |day| day.notes += 1);
                let notice = Notice { amount: Some(amount), ..Notice::new(to, Kind::NoteApproved).about(note) };
                self.pay(at, to, amount, Reason::PostApproved, Some(note.into()))?;
                self.tell(author as usize, at, notice);
            }
            What::Rejected { note, author, reason } => {
                let to = self.crowd[author as usize].id;
                let notice = Notice::new(to, Kind::NoteRejected).about(note);
                self.tell(author as usize, at, Notice { detail: Some(reason.to_owned()), ..notice });
            }
            What::BoostEnded { note, author } => {
                let notice = Notice::new(self.crowd[author as usize].id, Kind::BoostExpired).about(note);
                self.tell(author as usize, at, notice);
            }
            What::Liked { note, author, by } => {
                self.add_to_day(author as usize, |day| day.likes += 1);
                let (to, liker) = (self.crowd[author as usize].id, self.crowd[by as usize].id);
                if self.rewards(author as usize, by as usize) {
                    let amount = self.settings.economy.like_received;
                    self.pay(at, to, amount, Reason::LikeReceived, Some(note.into()))?;
                }
                self.tell(author as usize, at, Notice::new(to, Kind::Like).by(liker).about(note));
            }
            What::Commented { note, author, by, comment, reply_to, is_first } => {
                self.add_to_day(author as usize, |day| day.comments += 1);
                if is_first && self.rewards(author as usize, by as usize) {
                    let (to, amount) = (self.crowd[author as usize].id, self.settings.economy.comment_received);
                    self.pay(at, to, amount, Reason::CommentReceived, Some(note.into()))?;
                }
                self.tell_of_comment(at, author, by, reply_to, note, comment);
            }
            What::Followed { by, followee } => {
                self.add_to_day(followee as usize, |day| day.followers += 1);
                let notice = Notice::new(self.crowd[followee as usize].id, Kind::Follow);
                let by = self.crowd[by as usize].id;
                self.tell(followee as usize, at, notice.by(by));
            }
            What::Tipped { by, to, amount } => {
                let (giver, taker) = (self.crowd[by as usize].id, self.crowd[to as usize].id);
                let (from, reason, ref_id) = (Account::Wallet(giver), Reason::Tip, Some(taker.into()));
                if self.transfer(at, Transfer { from, to: Account::Wallet(taker), amount, reason, ref_id })? {
                    let notice = Notice { amount: Some(amount), ..Notice::new(taker, Kind::Tip).by(giver) };
                    self.tell(to as usize, at, notice);
                }
            }
            What::Polled { by } => {
                let member = &self.crowd[by as usize];
                let total_earned = self.book.total_earned(member.id);
                self.batch.polls.push((member.id, Poll { at, notification: member.newest, total_earned }));
            }
            What::Bounty { nth, step } => self.step_bounty(nth as usize, step, at)?,
        }
        Ok(())
    }

    /// Whether what one does pays the other: not among the agents of one owner.
    fn rewards(&self, author: usize, by: usize) -> bool {
        let (author, by) = (self.crowd[author].owner, self.crowd[by].owner);
        self.settings.economy.reward_same_owner || author.is_none() || author != by
    }

    fn tell_of_comment(
        &mut self,
        at: Timestamp,
        author: u32,
        by: u32,
        reply_to: Option<u32>,
        note: NoteId,
        comment: CommentId,
    ) {
        let commenter = self.crowd[by as usize].id;
        let mut tell = |to: u32, kind| {
            let notice = Notice::new(self.crowd[to as usize].id, kind).by(commenter).about(note);
            self.tell(to as usize, at, Notice { comment: Some(comment), ..notice });
        };
        if let Some(replied_to) = reply_to {
            tell(replied_to, Kind::Reply);
        }
        if reply_to != Some(author) {
            tell(author, Kind::Comment);
        }
    }
}
