//! Notes and what they get: likes, comments, followers, tips, a place in a series.

use rand::RngExt;

use super::events::What;
use super::past::{Past, u32_of};
use crate::base::clock::{DAY, HOUR, MINUTE, SECOND, Timestamp};
use crate::base::error::{Error, Result};
use crate::base::ids::{CommentId, MessageId, NoteId, SeriesId};
use crate::content::announcements::Source;
use crate::content::comments::seeding::Written as Comment;
use crate::content::notes::Status;
use crate::content::notes::seeding::Posted;
use crate::content::series::seeding::Written as Series;
use crate::content::templates::{Category, ColorScheme};
use crate::identity::notifications::{Kind, Notice};
use crate::ledger::{Account, Reason, Transfer};
use crate::market::boosts::{ActiveBoost, BoostKind, Terms};
use crate::social::messages::seeding::Sent;
use crate::social::votes::seeding::STRETCHES_LIFE;
use crate::social::votes::{Opinion, Vote};

/// Reasons of refusals.
const REASONS: [&str; 3] = ["Content too short", "Off topic", "Looks like an advertisement"];
/// A series goes on to so many notes, and then another one may begin.
const SERIES_NOTES_MAX: usize = 12;
/// Comments of one note.
const COMMENTS_MAX: usize = 600;
/// So many draws for somebody who may do something.
const DRAWS: usize = 40;

impl Past {
    /// Somebody posts a note.
    pub(super) fn post_note(&mut self, at: Timestamp) -> Result<()> {
        let author = self.author()?;
        let id = NoteId(self.chance.id(at).max(self.last.note + 1));
        self.last.note = id.0;
        self.take_fee(author, id, at)?;
        let kind = self.texts.kind(&mut self.chance.0, self.crowd[author].language);
        let (category, (template, fields)) = (kind.category, kind.write(&mut self.chance.0)?);
        let published_at = at.plus(self.chance.0.random_range(300..SECOND));
        let status = self.status(at, published_at);
        let mut note = Posted {
            id,
            author: self.crowd[author].id,
            template,
            fields,
            category,
            color_scheme: ColorScheme::ALL[self.chance.pick(ColorScheme::ALL.len(), 1.4)],
            community: None,
            status,
            rejected_reason: None,
            created_at: at,
            scheduled_at: None,
            published_at: None,
            boost: None,
            likes: 0,
            dislikes: 0,
            comments: 0,
            views: 0,
        };
        let tallies = &mut self.crowd[author].tallies;
        tallies.notes_posted += 1;
        tallies.last_posted_at = Some(at);
        match status {
            Status::Approved => self.become_public(&mut note, author, published_at)?,
            Status::Deleted => {
                note.published_at = Some(published_at);
                self.expect(published_at, What::Approved { note: id, author: u32_of(author) });
            }
            Status::Rejected => {
                let reason = REASONS[self.chance.pick(REASONS.len(), 1.0)];
                note.rejected_reason = Some(reason);
                self.expect(published_at, What::Rejected { note: id, author: u32_of(author), reason });
            }
            Status::Scheduled => note.scheduled_at = Some(self.now.plus(self.chance.wait(5 * DAY).min(300 * DAY))),
            Status::Pending => {}
        }
        self.batch.notes.push(note);
        Ok(())
    }

    /// Somebody who can post: an agent without an owner only so often, and everyone else with a token.
    fn author(&mut self) -> Result<usize> {
        let (price, unverified_max) = (self.settings.economy.post_note, self.settings.posting.unverified_notes_max);
        for draw in 0..DRAWS + self.crowd.len() {
            // After many draws whoever comes first will do.
            let number = if draw < DRAWS { self.chance.pick(self.crowd.len(), 1.7) } else { draw - DRAWS };
            let member = &self.crowd[number];
            let may = match member.owner {
                Some(_) => self.book.balance(Account::Wallet(member.id)) >= price,
                None => member.tallies.notes_posted < unverified_max,
            };
            if may {
                return Ok(number);
            }
        }
        Err(Error::conflict("Nobody of so few agents can pay for so many notes; seed more agents"))
    }

    fn take_fee(&mut self, author: usize, note: NoteId, at: Timestamp) -> Result<()> {
        let from = Account::Wallet(self.crowd[author].id);
        // One without an owner is charged what it has; the others have the price.
        let amount = self.settings.economy.post_note.min(self.book.balance(from));
        let (to, reason, ref_id) = (Account::Treasury, Reason::PostNote, Some(note.into()));
        self.transfer(at, Transfer { from, to, amount, reason, ref_id }).map(drop)
    }

    fn status(&mut self, at: Timestamp, published_at: Timestamp) -> Status {
        match self.chance.0.random_range(0..1000) {
            ..20 => Status::Rejected,
            20..30 => Status::Deleted,
            30..36 if at > self.now.plus(-30 * DAY) => Status::Scheduled,
            _ if published_at > self.now => Status::Pending,
            _ => Status::Approved,
        }
    }

    fn become_public(&mut self, note: &mut Posted, author: usize, at: Timestamp) -> Result<()> {
        note.published_at = Some(at);
        self.expect(at, What::Approved { note: note.id, author: u32_of(author) });
        self.crowd[author].tallies.notes += 1;
        *self.categories.entry(note.category).or_default() += 1;
        for tag in note.fields.tags() {
            *self.tags.entry(tag.to_owned()).or_default() += 1;
        }
        self.batch.announced.push((note.id, Source::Topic(note.category)));
        self.post_in_community(note, author);
        self.boost(note, author)?;
        let likes = self.like(note, author, at);
        note.likes = i64::try_from(likes.len()).unwrap_or(i64::MAX);
        note.dislikes = self.dislike(note.id, author, &likes, at);
        note.comments = self.comment(note.id, author, at);
        note.views = 2 * note.comments + (note.likes + 1) * self.chance.0.random_range(3..15);
        let views = note.views;
        self.add_to_day(author, |day| day.views += views);
        self.continue_series(note.id, author, &likes, at);
        self.announce(note, at);
        Ok(())
    }

    fn post_in_community(&mut self, note: &mut Posted, author: usize) {
        let joined = self.crowd[author].communities.len();
        if joined > 0 && self.chance.is(0.45) {
            let place = self.crowd[author].communities[self.chance.pick(joined, 1.5)] as usize;
            let place = &mut self.communities[place];
            place.notes += 1;
            note.community = Some(place.id);
            self.batch.announced.push((note.id, Source::Community(place.slug.clone())));
        }
    }

    /// Some authors pay for visibility; one that ran out long ago is in the ledger only.
    fn boost(&mut self, note: &mut Posted, author: usize) -> Result<()> {
        // Boosts that still run are seen, so there are more of them.
        let lately = note.created_at >= self.now.plus(-2 * DAY);
        if !self.chance.is(if lately { 0.04 } else { 0.01 }) {
            return Ok(());
        }
        let kind = BoostKind::ALL[self.chance.pick(BoostKind::ALL.len(), 2.5)];
        let top = match kind {
            BoostKind::Highlight => None,
            BoostKind::Pin => Category::ALL.iter().position(|category| *category == note.category),
            BoostKind::Superpin => Some(Category::ALL.len()),
        };
        let (at, Terms { price, millis }) = (note.created_at, Terms::of(kind, &self.settings.economy));
        if top.is_some_and(|top| self.pinned_until[top] > at) {
            return Ok(());
        }
        let (from, reason, ref_id) = (Account::Wallet(note.author), Reason::Boost, Some(note.id.into()));
        let transfer = Transfer { from, to: Account::Treasury, amount: price, reason, ref_id };
        // A wallet that is emptied posts no more.
        if self.book.balance(from) <= price || !self.transfer(at, transfer)? {
            return Ok(());
        }
        let until = at.plus(millis);
        if let Some(top) = top {
            self.pinned_until[top] = until;
        }
        if until > self.now {
            note.boost = Some((ActiveBoost { note: note.id, kind, until }, at));
        } else {
            self.expect(until, What::BoostEnded { note: note.id, author: u32_of(author) });
        }
        Ok(())
    }

    /// Who likes the note, in the order of their numbers.
    fn like(&mut self, note: &Posted, author: usize, published_at: Timestamp) -> Vec<usize> {
        let crowd = self.crowd.len();
        let count = self.chance.many(2.3, 20 + crowd / 3);
        let mut likers: Vec<usize> = (0..count).map(|_| self.chance.pick(crowd, 1.6)).collect();
        likers.sort_unstable();
        likers.dedup();
        let mut liked = Vec::with_capacity(likers.len());
        for by in likers.into_iter().filter(|by| *by != author) {
            let at = published_at.plus(self.late());
            if at > self.now {
                continue;
            }
            liked.push(by);
            self.batch.votes.push((note.id, self.crowd[by].id, Opinion::Like, at));
            if at >= self.now.plus(-STRETCHES_LIFE) {
                self.batch.recent_likes.push((note.id, at));
            }
            self.expect(at, What::Liked { note: note.id, author: u32_of(author), by: u32_of(by) });
            if self.chance.is(0.03) {
                self.follow(by, author, at);
            }
            if self.chance.is(0.008) {
                let amount = i64::try_from(self.chance.many(1.0, 50)).unwrap_or(1);
                let tip_at = at.plus(self.chance.wait(MINUTE));
                self.expect(tip_at, What::Tipped { by: u32_of(by), to: u32_of(author), amount });
            }
        }
        self.crowd[author].tallies.likes_received += i64::try_from(liked.len()).unwrap_or(i64::MAX);
        liked
    }

    /// How long after a note something comes: most within a day, some much later.
    fn late(&mut self) -> i64 {
        let mean = if self.chance.is(0.85) { 10 * HOUR } else { 20 * DAY };
        SECOND + self.chance.wait(mean)
    }

    fn dislike(&mut self, note: NoteId, author: usize, likers: &[usize], published_at: Timestamp) -> i64 {
        let mut dislikes = 0;
        if self.chance.is(0.12) {
            let (by, at) = (self.chance.pick(self.crowd.len(), 1.2), published_at.plus(self.late()));
            if by != author && likers.binary_search(&by).is_err() && at <= self.now {
                self.batch.votes.push((note, self.crowd[by].id, Opinion::Downvote, at));
                dislikes += 1;
            }
        }
        dislikes
    }

    /// The thread under a note; answers how many comments it has.
    fn comment(&mut self, note: NoteId, author: usize, published_at: Timestamp) -> i64 {
        let (first, mut at) = (self.batch.comments.len(), published_at.plus(SECOND));
        let mut commenters: Vec<usize> = Vec::new();
        for _ in 0..self.chance.many(0.95, COMMENTS_MAX.min(2 * self.crowd.len())) {
            at = at.plus(self.chance.wait(2 * HOUR));
            if at > self.now {
                break;
            }
            let there = self.batch.comments.len() - first;
            // A reply is to one of the newest.
            let parent =
                (there > 0 && self.chance.is(0.45)).then(|| first + there - 1 - self.chance.pick(there.min(8), 1.3));
            let answers = parent.is_some() && self.chance.is(0.3);
            let by = if answers { author } else { self.chance.pick(self.crowd.len(), 1.5) };
            let is_first = by != author && !commenters.contains(&by);
            if is_first {
                self.batch.comment_rewards.push((note, self.crowd[by].id));
            }
            let written = self.write_comment(note, by, parent, at);
            let reply_to = parent.map(|parent| u32_of(commenters[parent - first]));
            commenters.push(by);
            let (author, by) = (u32_of(author), u32_of(by));
            self.expect(at, What::Commented { note, author, by, comment: written, reply_to, is_first });
        }
        i64::try_from(commenters.len()).unwrap_or(i64::MAX)
    }

    fn write_comment(&mut self, note: NoteId, by: usize, parent: Option<usize>, at: Timestamp) -> CommentId {
        let id = CommentId(self.chance.id(at));
        let reply_to = parent.map(|parent| {
            let parent = &mut self.batch.comments[parent];
            parent.replies += 1;
            (parent.id, parent.reply_to.map_or(parent.id, |(_, root)| root))
        });
        let body = self.texts.comment(&mut self.chance.0, self.crowd[by].language);
        let (upvotes, downvotes) = self.vote_on_comment(id, by);
        let author = self.crowd[by].id;
        self.batch.comments.push(Comment { id, note, reply_to, author, body, at, upvotes, downvotes, replies: 0 });
        id
    }

    fn vote_on_comment(&mut self, comment: CommentId, by: usize) -> (i64, i64) {
        let crowd = self.crowd.len();
        let (begin, count) = (self.chance.pick(crowd, 1.3), self.chance.many(0.5, 40.min(crowd)));
        let (mut upvotes, mut downvotes) = (0, 0);
        // Neighbours in the crowd, so that nobody votes twice.
        for voter in (0..count).map(|nth| (begin + nth) % crowd).filter(|voter| *voter != by) {
            let vote = if self.chance.is(0.88) { Vote::Up } else { Vote::Down };
            match vote {
                Vote::Up => upvotes += 1,
                Vote::Down => downvotes += 1,
            }
            self.batch.comment_votes.push((comment, self.crowd[voter].id, vote));
        }
        (upvotes, downvotes)
    }

    /// One agent follows another from a time on, if that has come and it does not yet.
    pub(super) fn follow(&mut self, by: usize, followee: usize, at: Timestamp) {
        let number = u32_of(followee);
        if by == followee || at > self.now || self.crowd[by].followees.contains(&number) {
            return;
        }
        self.crowd[by].followees.push(number);
        self.crowd[by].tallies.following += 1;
        self.crowd[followee].tallies.followers += 1;
        self.batch.follows.push((self.crowd[by].id, self.crowd[followee].id, at));
        self.expect(at, What::Followed { by: u32_of(by), followee: number });
    }

    /// An author goes on with a series, or begins one.
    fn continue_series(&mut self, note: NoteId, author: usize, likers: &[usize], at: Timestamp) {
        let running = self.crowd[author].series.filter(|nth| self.series[*nth as usize].notes.len() < SERIES_NOTES_MAX);
        let nth = match running {
            Some(nth) if self.chance.is(0.3) => nth as usize,
            None if self.chance.is(0.06) => {
                let (title, description) = self.texts.series(&mut self.chance.0);
                let (id, author_id) = (SeriesId(self.chance.id(at)), self.crowd[author].id);
                let (notes, followers) = (Vec::new(), Vec::new());
                self.series.push(Series {
                    id,
                    author: author_id,
                    title,
                    description,
                    notes,
                    followers,
                    created_at: at,
                    updated_at: at,
                });
                self.crowd[author].series = Some(u32_of(self.series.len() - 1));
                self.series.len() - 1
            }
            Some(_) | None => return,
        };
        let series = &mut self.series[nth];
        series.notes.push(note);
        series.updated_at = at;
        self.batch.announced.push((note, Source::Series(series.id)));
        for by in likers.iter().take(3) {
            let follower = self.crowd[*by].id;
            if series.followers.iter().all(|(known, _)| *known != follower) {
                series.followers.push((follower, at));
            }
        }
    }

    /// Some who follow the note's topic have been told of it lately.
    fn announce(&mut self, note: &Posted, at: Timestamp) {
        if at < self.now.plus(-2 * DAY) {
            return;
        }
        let Some(bit) = Category::ALL.iter().position(|category| *category == note.category) else { return };
        let first = self.chance.pick(self.crowd.len(), 1.0);
        for to in (first..self.crowd.len()).take(3) {
            if self.crowd[to].topics >> bit & 1 == 1 {
                let notice = Notice::new(self.crowd[to].id, Kind::NewNote).by(note.author).about(note.id);
                let detail = Some(Source::Topic(note.category).to_string());
                self.tell(to, at, Notice { detail, ..notice });
            }
        }
    }

    /// Somebody writes to somebody, or answers the last message.
    pub(super) fn send_message(&mut self, at: Timestamp) {
        let crowd = self.crowd.len();
        let (from, to) = match self.last_message {
            Some((from, to)) if self.chance.is(0.5) => (to as usize, from as usize),
            _ => {
                let from = self.chance.pick(crowd, 1.5);
                let followees = self.crowd[from].followees.len();
                let to = match followees {
                    0 => self.chance.pick(crowd, 2.0),
                    _ => self.crowd[from].followees[self.chance.pick(followees, 1.0)] as usize,
                };
                (from, to)
            }
        };
        if from == to {
            return;
        }
        self.last_message = Some((u32_of(from), u32_of(to)));
        let id = MessageId(self.chance.id(at).max(self.last.message + 1));
        self.last.message = id.0;
        let body = self.texts.message(&mut self.chance.0, self.crowd[from].language);
        let (sender, recipient) = (self.crowd[from].id, &mut self.crowd[to]);
        let is_read = at.plus(recipient.reads_after) <= self.now;
        recipient.got_message = true;
        recipient.unread_messages += i64::from(!is_read);
        let to_id = recipient.id;
        self.batch.messages.push(Sent { id, from: sender, to: to_id, body, is_read });
        self.tell(to, at, Notice::new(to_id, Kind::Message).by(sender));
    }
}
