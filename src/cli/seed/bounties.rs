//! Bounties: posted, applied to, and brought to one of their ends or not yet.

use super::events::{BountyStep, What};
use super::past::{Past, u32_of};
use crate::base::clock::{DAY, HOUR, Timestamp};
use crate::base::error::Result;
use crate::base::ids::{AgentId, BountyId, ClaimId};
use crate::content::templates::Category;
use crate::identity::notifications::{Kind, Notice};
use crate::ledger::Account;
use crate::market::bounties::seeding::{Life, Step};
use crate::market::bounties::{Ending, NewBounty};

/// The largest reward.
const REWARD_MAX: usize = 500;

impl Past {
    /// Somebody with tokens posts a bounty.
    pub(super) fn post_bounty(&mut self, at: Timestamp) -> Result<()> {
        let creator = self.chance.pick(self.crowd.len(), 1.5);
        let wallet = Account::Wallet(self.crowd[creator].id);
        let least = self.settings.bounties.reward_min;
        // Something is left to post notes with.
        let affordable = self.book.balance(wallet) / 2;
        let reward =
            i64::try_from(self.chance.many(4.0, REWARD_MAX)).unwrap_or(least).clamp(least, affordable.max(least));
        if affordable < reward {
            return Ok(());
        }
        let (title, description) = self.texts.bounty(&mut self.chance.0);
        let deadline = self.chance.is(0.6).then(|| at.plus(DAY + self.chance.wait(8 * DAY)));
        let category = Category::ALL[self.chance.pick(Category::ALL.len(), 1.0)];
        let id = BountyId(self.chance.id(at).max(self.last.bounty + 1));
        self.last.bounty = id.0;
        let new = NewBounty { title, description, reward, category, deadline };
        let (life, hold) = Life::post(id, self.crowd[creator].id, new, at, &self.settings.bounties);
        self.book.open(Account::Escrow(id));
        self.transfer(at, hold)?;
        self.lives.push(life);
        self.creators.push(u32_of(creator));
        let nth = self.lives.len() - 1;
        for _ in 0..self.chance.many(0.9, 12) {
            self.expect_step(nth, BountyStep::Apply, at, 8 * HOUR);
        }
        self.expect_step(nth, BountyStep::Decide, at, 2 * DAY);
        self.expect_lapse(nth);
        Ok(())
    }

    fn expect_step(&mut self, nth: usize, step: BountyStep, after: Timestamp, wait: i64) {
        let at = after.plus(self.chance.wait(wait));
        self.expect(at, What::Bounty { nth: u32_of(nth), step });
    }

    fn expect_lapse(&mut self, nth: usize) {
        if let Some(due_at) = self.lives[nth].due_at() {
            self.expect(due_at, What::Bounty { nth: u32_of(nth), step: BountyStep::Lapse });
        }
    }

    /// Something happens to a bounty. What its state does not allow by then does not happen.
    pub(super) fn step_bounty(&mut self, nth: usize, step: BountyStep, at: Timestamp) -> Result<()> {
        match step {
            BountyStep::Apply => {
                self.apply(nth, at);
                Ok(())
            }
            BountyStep::Decide => self.decide(nth, at),
            BountyStep::Deliver => {
                self.deliver(nth, at);
                Ok(())
            }
            BountyStep::Judge => self.judge(nth, at),
            BountyStep::Settle => {
                let step = if self.chance.is(0.7) { Step::Confirm } else { Step::Cancel };
                self.end_bounty(nth, step, at)
            }
            BountyStep::Lapse => self.end_bounty(nth, Step::Lapse, at),
        }
    }

    fn apply(&mut self, nth: usize, at: Timestamp) {
        let (by, creator) = (self.chance.pick(self.crowd.len(), 1.5), self.creators[nth] as usize);
        let (applicant, owner) = (self.crowd[by].id, self.crowd[by].owner);
        let life = &mut self.lives[nth];
        let may = owner.is_some()
            && by != creator
            && owner != self.crowd[creator].owner
            && self.book.balance(Account::Wallet(applicant)) >= life.deposit(&self.settings.bounties)
            && life.applicants().all(|known| known != applicant);
        if !may {
            return;
        }
        let (id, note) = (ClaimId(self.chance.id(at)), self.texts.application(&mut self.chance.0));
        if life.apply(id, applicant, note, at).is_ok() {
            self.applicants.insert(applicant, u32_of(by));
            self.tell_of_bounty(nth, creator, Kind::BountyClaimed, Some(applicant), at);
        }
    }

    /// The creator accepts the first applicant that can pay the deposit, or waits, or gives up.
    fn decide(&mut self, nth: usize, at: Timestamp) -> Result<()> {
        if self.chance.is(0.15) {
            return Ok(());
        }
        let deposit = self.lives[nth].deposit(&self.settings.bounties);
        let applicants: Vec<AgentId> = self.lives[nth].applicants().collect();
        let able = applicants.iter().copied().find(|agent| self.book.balance(Account::Wallet(*agent)) >= deposit);
        let Some(claimer) = able else {
            return if self.chance.is(0.5) { self.end_bounty(nth, Step::Cancel, at) } else { Ok(()) };
        };
        let Ok(hold) = self.lives[nth].accept(claimer, at, &self.settings.bounties) else { return Ok(()) };
        self.transfer(at, hold)?;
        let creator = Some(self.lives[nth].creator);
        for agent in applicants {
            let kind = if agent == claimer { Kind::BountyAccepted } else { Kind::BountyRejected };
            self.tell_of_bounty(nth, self.applicants[&agent] as usize, kind, creator, at);
        }
        if self.chance.is(0.85) {
            self.expect_step(nth, BountyStep::Deliver, at, DAY);
        } else if self.chance.is(0.4) {
            self.expect_step(nth, BountyStep::Settle, at, 5 * DAY);
        }
        self.expect_lapse(nth);
        Ok(())
    }

    fn deliver(&mut self, nth: usize, at: Timestamp) {
        let text = self.texts.delivery(&mut self.chance.0);
        if self.lives[nth].deliver(text, at, &self.settings.bounties).is_ok() {
            let claimer = self.lives[nth].claimer();
            self.tell_of_bounty(nth, self.creators[nth] as usize, Kind::BountyDelivered, claimer, at);
            if self.chance.is(0.85) {
                self.expect_step(nth, BountyStep::Judge, at, DAY);
            }
            self.expect_lapse(nth);
        }
    }

    /// The creator looks at what was delivered.
    fn judge(&mut self, nth: usize, at: Timestamp) -> Result<()> {
        if self.chance.is(0.8) {
            return self.end_bounty(nth, Step::Confirm, at);
        }
        let reason = self.texts.dispute(&mut self.chance.0);
        if self.lives[nth].dispute(reason, at, &self.settings.bounties).is_ok() {
            if self.chance.is(0.5) {
                self.expect_step(nth, BountyStep::Settle, at, 10 * DAY);
            }
            self.expect_lapse(nth);
        }
        Ok(())
    }

    fn end_bounty(&mut self, nth: usize, step: Step, at: Timestamp) -> Result<()> {
        let Ok((ending, transfers)) = self.lives[nth].end(step, at) else { return Ok(()) };
        for transfer in transfers {
            self.transfer(at, transfer)?;
        }
        let kind = if ending == Ending::Paid { Kind::BountyCompleted } else { Kind::BountyCancelled };
        self.tell_of_bounty(nth, self.creators[nth] as usize, kind, None, at);
        if let Some(claimer) = self.lives[nth].claimer() {
            self.tell_of_bounty(nth, self.applicants[&claimer] as usize, kind, None, at);
        }
        Ok(())
    }

    fn tell_of_bounty(&mut self, nth: usize, to: usize, kind: Kind, actor: Option<AgentId>, at: Timestamp) {
        let notice = Notice::new(self.crowd[to].id, kind);
        let bounty = Some(self.lives[nth].id);
        self.tell(to, at, Notice { actor, bounty, ..notice });
    }
}
