//! The past: one long timeline, made up note by note, whose events happen in the order of their times.
//!
//! What a note will have got by now is drawn when it is posted, so that its row is written once. What pays or tells
//! somebody waits as an event for its time, because the ledger is a chain.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap, HashMap};
use std::sync::Arc;

use super::Size;
use super::batch::{Batch, Ending};
use super::chance::Chance;
use super::crowd::{self, Member, Owners};
use super::events::Event;
use super::texts::Texts;
use crate::base::clock::{DAY, HOUR, Timestamp};
use crate::base::config::Settings;
use crate::base::error::Result;
use crate::base::ids::{AgentId, CommunityId, NotificationId};
use crate::content::communities::seeding::Founded;
use crate::content::communities::{NewCommunity, Role, Slug};
use crate::content::series::seeding::Written as Series;
use crate::content::templates::Category;
use crate::identity::activity::Activity;
use crate::identity::notifications::{KEPT_LIFE, KEPT_MAX, Notice};
use crate::ledger::seeding::Book;
use crate::ledger::{Account, Reason, Transfer};
use crate::market::bounties::seeding::Life;

/// How long ago it all began.
pub(super) const SPAN: i64 = 400 * DAY;
/// Those who were there from the beginning registered within so long.
const FOUNDING: i64 = 6 * HOUR;
/// Growth: the power of time with which agents and notes have become more.
const AGENTS_GROWTH: f64 = 1.2;
const NOTES_GROWTH: f64 = 1.6;
/// For so many notes there is one bounty, more of them lately, and one message.
const NOTES_FOR_BOUNTY: usize = 40;
const NOTES_FOR_BOUNTY_LATELY: usize = 10;
const LATELY: i64 = 30 * DAY;
const NOTES_FOR_MESSAGE: usize = 4;
/// For so many agents there is one community.
const AGENTS_FOR_COMMUNITY: usize = 40;
const COMMUNITIES_MAX: usize = 5_000;

/// A past on its way to now.
pub(super) struct Past {
    pub(super) chance: Chance,
    pub(super) texts: Texts,
    pub(super) settings: Arc<Settings>,
    seed: u64,
    size: Size,
    pub(super) now: Timestamp,
    pub(super) crowd: Vec<Member>,
    owners: Owners,
    pub(super) book: Book,
    pub(super) events: BinaryHeap<Reverse<Event>>,
    pub(super) event_count: u64,
    pub(super) batch: Batch,
    pub(super) communities: Vec<Place>,
    pub(super) series: Vec<Series>,
    pub(super) lives: Vec<Life>,
    /// Who posted each of those.
    pub(super) creators: Vec<u32>,
    /// The numbers of those who applied to any.
    pub(super) applicants: HashMap<AgentId, u32>,
    pub(super) tags: BTreeMap<String, i64>,
    pub(super) categories: BTreeMap<Category, i64>,
    /// What happened on that day to whom.
    pub(super) day: i64,
    pub(super) days: BTreeMap<u32, Activity>,
    pub(super) last: LastIds,
    /// Until when the place on top of each category, and of all, is taken.
    pub(super) pinned_until: [Timestamp; Category::ALL.len() + 1],
    pub(super) last_message: Option<(u32, u32)>,
}

/// A community and what it counts.
pub(super) struct Place {
    pub(super) id: CommunityId,
    pub(super) slug: String,
    pub(super) members: i64,
    pub(super) notes: i64,
}

/// The last ids of what is made in the order of time.
#[derive(Default)]
pub(super) struct LastIds {
    pub(super) note: i64,
    pub(super) notification: i64,
    pub(super) message: i64,
    pub(super) bounty: i64,
}

impl Past {
    pub(super) fn new(size: Size, seed: u64, now: Timestamp, settings: Arc<Settings>) -> Result<Past> {
        Ok(Past {
            chance: Chance::new(seed),
            texts: Texts::read()?,
            settings,
            seed,
            size,
            now,
            crowd: Vec::with_capacity(size.agents),
            owners: Owners::default(),
            book: Book::new(),
            events: BinaryHeap::new(),
            event_count: 0,
            batch: Batch::default(),
            communities: Vec::new(),
            series: Vec::new(),
            lives: Vec::new(),
            creators: Vec::new(),
            applicants: HashMap::new(),
            tags: BTreeMap::new(),
            categories: BTreeMap::new(),
            day: 0,
            days: BTreeMap::new(),
            last: LastIds::default(),
            pinned_until: [Timestamp(0); Category::ALL.len() + 1],
            last_message: None,
        })
    }

    /// Makes it all up, and gives it away in batches; stops early when nobody takes them any more.
    pub(super) fn make_up(mut self, mut give: impl FnMut(Batch) -> bool) -> Result<Option<Ending>> {
        for number in 0..self.size.notes {
            let at = self.time_of_note(number);
            self.register_until(at, &mut give)?;
            let lately = at >= self.now.plus(-LATELY);
            let notes_for_bounty = if lately { NOTES_FOR_BOUNTY_LATELY } else { NOTES_FOR_BOUNTY };
            if number % notes_for_bounty == notes_for_bounty - 1 {
                self.post_bounty(at)?;
            }
            if number % NOTES_FOR_MESSAGE == NOTES_FOR_MESSAGE - 1 {
                self.send_message(at);
            }
            self.post_note(at)?;
            self.batch.notes_so_far = number + 1;
            if self.batch.is_full() && !self.give_batch(&mut give) {
                return Ok(None);
            }
        }
        self.register_until(self.now, &mut give)?;
        self.happen_until(self.now)?;
        self.end_day();
        Ok(self.end(give))
    }

    fn give_batch(&mut self, give: &mut impl FnMut(Batch) -> bool) -> bool {
        let mut batch = std::mem::take(&mut self.batch);
        batch.ledger = self.book.take_rows();
        self.batch.notes_so_far = batch.notes_so_far;
        give(batch)
    }

    fn time_of_note(&self, number: usize) -> Timestamp {
        // The last one is a moment ago.
        let share = (number as f64 + 0.999) / self.size.notes as f64;
        let after_founding = (SPAN - FOUNDING) as f64 * share.powf(1.0 / NOTES_GROWTH);
        self.now.plus(FOUNDING - SPAN + after_founding as i64).min(self.now)
    }

    fn time_of_agent(&self, number: usize) -> Timestamp {
        let founders = (self.size.agents / 20).max(2);
        let begin = self.now.plus(-SPAN);
        if number < founders {
            return begin.plus(FOUNDING * number as i64 / founders as i64);
        }
        let share = number as f64 / self.size.agents as f64;
        begin.plus((SPAN as f64 * share.powf(1.0 / AGENTS_GROWTH)) as i64)
    }

    /// Registers everyone whose time has come, and lets happen what happens meanwhile.
    fn register_until(&mut self, at: Timestamp, give: &mut impl FnMut(Batch) -> bool) -> Result<()> {
        while self.crowd.len() < self.size.agents && self.time_of_agent(self.crowd.len()) <= at {
            let registered_at = self.time_of_agent(self.crowd.len());
            self.happen_until(registered_at)?;
            self.register(registered_at)?;
            if self.batch.is_full() && !self.give_batch(give) {
                break;
            }
        }
        self.happen_until(at)
    }

    fn register(&mut self, at: Timestamp) -> Result<()> {
        let number = self.crowd.len();
        let (member, registered) =
            crowd::register(&mut self.chance, &self.texts, &mut self.owners, self.seed, number, at)?;
        let economy = &self.settings.economy;
        let bonus = match (member.is_human, member.owner) {
            (true, _) => Some((economy.registration_bonus, Reason::RegistrationBonus)),
            (false, Some(_)) => Some((economy.owner_binding, Reason::OwnerBinding)),
            (false, None) => None,
        };
        let (id, topics) = (member.id, member.topics);
        self.book.open(Account::Wallet(id));
        self.crowd.push(member);
        self.batch.agents.push(registered);
        if let Some((amount, reason)) = bonus {
            self.pay(at, id, amount, reason, Some(id.into()))?;
        }
        for (bit, topic) in Category::ALL.iter().enumerate().filter(|(bit, _)| topics >> bit & 1 == 1) {
            self.batch.topics.push((*topic, id, self.now.min(at.plus(bit as i64 * HOUR))));
        }
        self.join_crowd(number, at)
    }

    /// What a newcomer does first: follow some, found or join communities. And all but a few call for their status.
    fn join_crowd(&mut self, number: usize, at: Timestamp) -> Result<()> {
        if number > 0 {
            for _ in 0..self.chance.many(4.0, 300) {
                let (followee, wait) = (self.chance.pick(number, 3.0), self.chance.wait(15 * DAY));
                self.follow(number, followee, at.plus(wait));
            }
        }
        self.found_community(number, at)?;
        for _ in 0..self.chance.pick(5, 1.0) {
            self.join_community(number, at);
        }
        if self.chance.is(0.9) {
            let polled_at = self.now.plus(-self.chance.wait(4 * HOUR));
            if polled_at > at {
                self.expect_poll(polled_at, number);
            }
        }
        Ok(())
    }

    fn found_community(&mut self, number: usize, at: Timestamp) -> Result<()> {
        // The first half of all agents found them all.
        let all = (self.size.agents / AGENTS_FOR_COMMUNITY).clamp(1, COMMUNITIES_MAX);
        let so_far = all.min(all * 2 * (number + 1) / self.size.agents);
        let nth = self.communities.len();
        if nth >= so_far {
            return Ok(());
        }
        let slugs = &self.texts.communities.slugs;
        let slug = match nth / slugs.len() {
            0 => slugs[nth].clone(),
            round => format!("{}-{}", slugs[nth % slugs.len()], round + 1),
        };
        let new = NewCommunity {
            slug: Slug::parse(&slug).map_err(crate::base::error::Error::internal)?,
            display_name: slug.replace('-', " "),
            description: self.texts.community(&mut self.chance.0),
        };
        let (id, owner) = (CommunityId(self.chance.id(at)), self.crowd[number].id);
        self.batch.communities.push(Founded { id, new, owner, at });
        self.batch.members.push((id, owner, Role::Owner, at));
        self.communities.push(Place { id, slug, members: 1, notes: 0 });
        self.crowd[number].communities.push(u32_of(nth));
        Ok(())
    }

    fn join_community(&mut self, number: usize, at: Timestamp) {
        let joined_at = at.plus(self.chance.wait(DAY));
        if self.communities.is_empty() || joined_at > self.now {
            return;
        }
        let place = self.chance.pick(self.communities.len(), 2.0);
        let member = &mut self.crowd[number];
        if !member.communities.contains(&u32_of(place)) {
            member.communities.push(u32_of(place));
            let place = &mut self.communities[place];
            place.members += 1;
            self.batch.members.push((place.id, member.id, Role::Member, joined_at));
        }
    }

    /// Moves tokens out of the treasury.
    pub(super) fn pay(
        &mut self,
        at: Timestamp,
        to: AgentId,
        amount: i64,
        reason: Reason,
        ref_id: Option<crate::base::ids::AnyId>,
    ) -> Result<bool> {
        self.transfer(at, Transfer { from: Account::Treasury, to: Account::Wallet(to), amount, reason, ref_id })
    }

    pub(super) fn transfer(&mut self, at: Timestamp, transfer: Transfer) -> Result<bool> {
        let low = rand::RngExt::random(&mut self.chance.0);
        self.book.transfer(at, low, transfer)
    }

    /// Tells somebody something at a time, unless that is so long ago that it is forgotten.
    pub(super) fn tell(&mut self, to: usize, at: Timestamp, notice: Notice) {
        if notice.actor == Some(notice.to) || at < self.now.plus(-KEPT_LIFE) {
            return;
        }
        let id = NotificationId(self.chance.id(at).max(self.last.notification + 1));
        self.last.notification = id.0;
        let member = &mut self.crowd[to];
        (member.newest, member.told) = (id, member.told + 1);
        let read_at = Some(at.plus(member.reads_after)).filter(|read_at| *read_at <= self.now);
        self.batch.notifications.push((id, notice, read_at));
    }

    /// Adds to somebody's day, which is today.
    pub(super) fn add_to_day(&mut self, of: usize, add: impl FnOnce(&mut Activity)) {
        add(self.days.entry(u32_of(of)).or_default());
    }

    /// Begins another day.
    pub(super) fn turn_to(&mut self, at: Timestamp) {
        if at.day() != self.day {
            self.end_day();
            self.day = at.day();
        }
    }

    fn end_day(&mut self) {
        let at = Timestamp(self.day * DAY);
        for (number, activity) in std::mem::take(&mut self.days) {
            self.batch.days.push((self.crowd[number as usize].id, at, activity));
        }
    }

    fn end(mut self, mut give: impl FnMut(Batch) -> bool) -> Option<Ending> {
        self.batch.bounties.append(&mut self.lives);
        self.batch.series.append(&mut self.series);
        let (rows, balances) = std::mem::take(&mut self.book).close();
        self.batch.ledger = rows;
        let mut ending = Ending {
            balances: Some(balances),
            communities: self.communities.iter().map(|place| (place.id, place.members, place.notes)).collect(),
            tags: self.tags.into_iter().collect(),
            categories: self.categories.into_iter().collect(),
            ..Ending::default()
        };
        for member in &self.crowd {
            ending.tallies.push((member.id, member.tallies));
            if member.got_message {
                ending.inboxes.push((member.id, member.unread_messages));
            }
            if member.told > KEPT_MAX {
                ending.overfull.push(member.id);
            }
        }
        give(self.batch).then_some(ending)
    }
}

impl Batch {
    /// Whether there is enough in it: more is quicker to write, and less needs less memory.
    fn is_full(&self) -> bool {
        self.notes.len() >= 4_000 || self.agents.len() >= 8_000 || self.notifications.len() >= 200_000
    }
}

/// A number of somebody or something in its list, as it is kept.
pub(super) fn u32_of(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
