//! Seeding: the lives of bounties in a past that is made up. They go by the same rules, step by step, and are written in
//! bulk when they have ended or the past has.

use rusqlite::named_params;

use super::ending::parts_of;
use super::rules::{self, Deed, IsDelivered, Next, Terms};
use super::{ClaimStatus, Ending, NewBounty, Settlement, State, Status};
use crate::base::clock::{DAY, Timestamp};
use crate::base::config::Bounties;
use crate::base::db::WriteTransaction;
use crate::base::error::{Error, Result};
use crate::base::ids::{AgentId, BountyId, ClaimId};
use crate::ledger::{Account, Reason, Transfer};

/// A bounty from its post on.
pub struct Life {
    /// The id.
    pub id: BountyId,
    /// Who pays.
    pub creator: AgentId,
    new: NewBounty,
    created_at: Timestamp,
    status: Status,
    due_at: Option<Timestamp>,
    claims: Vec<Claim>,
    engagement: Option<Engagement>,
    ended: Option<(Ending, Timestamp)>,
}

struct Claim {
    id: ClaimId,
    agent: AgentId,
    note: String,
    at: Timestamp,
    status: ClaimStatus,
}

struct Engagement {
    claimer: AgentId,
    terms: Terms,
    at: Timestamp,
    delivery: Option<(String, Timestamp)>,
    dispute: Option<(AgentId, String, Timestamp)>,
}

/// What a step that only time or the creator takes leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// The creator confirms the work.
    Confirm,
    /// The creator cancels.
    Cancel,
    /// The time has run out.
    Lapse,
}

impl Life {
    /// A bounty that is posted now, and the reward's way into escrow.
    #[must_use]
    pub fn post(
        id: BountyId,
        creator: AgentId,
        new: NewBounty,
        now: Timestamp,
        settings: &Bounties,
    ) -> (Life, Transfer) {
        let hold = hold(id, creator, new.reward, Reason::BountyEscrow);
        let due_at = Some(rules::open_until(new.deadline, now, settings));
        let (claims, created_at) = (Vec::new(), now);
        let life =
            Life { id, creator, new, created_at, status: Status::Open, due_at, claims, engagement: None, ended: None };
        (life, hold)
    }

    /// When the clock alone moves it on.
    #[must_use]
    pub fn due_at(&self) -> Option<Timestamp> {
        self.due_at
    }

    /// Who applied, in their order.
    pub fn applicants(&self) -> impl Iterator<Item = AgentId> {
        self.claims.iter().map(|claim| claim.agent)
    }

    /// The accepted claimer.
    #[must_use]
    pub fn claimer(&self) -> Option<AgentId> {
        self.engagement.as_ref().map(|engagement| engagement.claimer)
    }

    /// What an applicant would put down.
    #[must_use]
    pub fn deposit(&self, settings: &Bounties) -> i64 {
        Terms::of(self.new.reward, settings).deposit
    }

    fn check(&self, deed: Deed, now: Timestamp) -> Result<Next> {
        let delivered = match self.engagement.as_ref().and_then(|engagement| engagement.delivery.as_ref()) {
            Some(_) => IsDelivered::Yes,
            None => IsDelivered::NotYet,
        };
        rules::next(State::of(self.status, self.due_at, delivered, now), deed)
    }

    /// An agent that has not yet, and is not the creator, applies.
    ///
    /// # Errors
    /// 409 when it takes no applications.
    pub fn apply(&mut self, id: ClaimId, agent: AgentId, note: String, now: Timestamp) -> Result<()> {
        self.check(Deed::Apply, now)?;
        self.claims.push(Claim { id, agent, note, at: now, status: ClaimStatus::Pending });
        Ok(())
    }

    /// The creator accepts one of the applicants. Answers the deposit's way into escrow, which the applicant can pay.
    ///
    /// # Errors
    /// 409 when it is not open, 404 for an agent that has not applied.
    pub fn accept(&mut self, applicant: AgentId, now: Timestamp, settings: &Bounties) -> Result<Transfer> {
        self.check(Deed::Accept, now)?;
        if self.applicants().all(|agent| agent != applicant) {
            return Err(Error::not_found("Claim not found: this agent has not applied"));
        }
        for claim in &mut self.claims {
            claim.status = if claim.agent == applicant { ClaimStatus::Accepted } else { ClaimStatus::Rejected };
        }
        let terms = Terms::of(self.new.reward, settings);
        self.status = Status::Claimed;
        self.due_at = Some(rules::deliver_until(self.created_at, self.new.deadline, now, settings));
        self.engagement = Some(Engagement { claimer: applicant, terms, at: now, delivery: None, dispute: None });
        Ok(hold(self.id, applicant, terms.deposit, Reason::BountyDeposit))
    }

    /// The claimer delivers.
    ///
    /// # Errors
    /// 409 when nobody works on it.
    pub fn deliver(&mut self, text: String, now: Timestamp, settings: &Bounties) -> Result<()> {
        self.check(Deed::Deliver, now)?;
        if let Some(engagement) = &mut self.engagement {
            engagement.delivery = Some((text, now));
        }
        self.due_at = Some(now.plus(settings.release_days * DAY));
        Ok(())
    }

    /// The creator disagrees.
    ///
    /// # Errors
    /// 409 when nobody works on it.
    pub fn dispute(&mut self, reason: String, now: Timestamp, settings: &Bounties) -> Result<()> {
        self.check(Deed::Dispute, now)?;
        let by = self.creator;
        if let Some(engagement) = &mut self.engagement {
            engagement.dispute = Some((by, reason, now));
        }
        self.status = Status::Disputed;
        self.due_at = Some(now.plus(settings.dispute_days * DAY));
        Ok(())
    }

    /// Ends it as the rules say. Answers how, and the ways of all that was held.
    ///
    /// # Errors
    /// 409 when that is no end now.
    pub fn end(&mut self, step: Step, now: Timestamp) -> Result<(Ending, Vec<Transfer>)> {
        let deed = match step {
            Step::Confirm => Deed::Confirm,
            Step::Cancel => Deed::Cancel,
            Step::Lapse => Deed::Lapse,
        };
        if step == Step::Lapse && self.due_at.is_none_or(|due_at| due_at > now) {
            return Err(Error::conflict("Nothing is due"));
        }
        let Next::Ended(ending) = self.check(deed, now)? else { return Err(Error::conflict("This is no end")) };
        let terms = self.engagement.as_ref().map_or(Terms::unclaimed(self.new.reward), |engagement| engagement.terms);
        for claim in self.claims.iter_mut().filter(|claim| claim.status == ClaimStatus::Pending) {
            claim.status = ClaimStatus::Rejected;
        }
        (self.status, self.due_at, self.ended) = (ending.status(), None, Some((ending, now)));
        let from = Account::Escrow(self.id);
        let parts = parts_of(self.creator, self.claimer(), Settlement::of(ending, terms)).into_iter();
        let ref_id = Some(self.id.into());
        let transfers =
            parts.map(|part| Transfer { from, to: part.to, amount: part.amount, reason: part.reason, ref_id });
        Ok((ending, transfers.collect()))
    }

    /// Writes it as it stands, with the applications to it, and answers how many rows that are.
    ///
    /// # Errors
    /// Those of the database.
    pub fn insert(&self, tx: &WriteTransaction) -> Result<usize> {
        const SQL: &str = "
            INSERT INTO bounties (
                id, creator_id, title, description, category, reward, deadline, status, due_at, claims_count,
                created_at, claimer_id, deposit, frozen, fee, accepted_at, delivered_at, delivery, disputed_at,
                disputed_by, dispute_reason, ended_at, ending)
            VALUES (
                :id, :creator, :title, :description, :category, :reward, :deadline, :status, :due_at, :claims_count,
                :created_at, :claimer, :deposit, :frozen, :fee, :accepted_at, :delivered_at, :delivery, :disputed_at,
                :disputed_by, :dispute_reason, :ended_at, :ending)";
        let engagement = self.engagement.as_ref();
        let terms = engagement.map(|engagement| engagement.terms);
        let delivery = engagement.and_then(|engagement| engagement.delivery.as_ref());
        let dispute = engagement.and_then(|engagement| engagement.dispute.as_ref());
        tx.run(
            SQL,
            named_params! {
                ":id": self.id,
                ":creator": self.creator,
                ":title": self.new.title,
                ":description": self.new.description,
                ":category": self.new.category,
                ":reward": self.new.reward,
                ":deadline": self.new.deadline,
                ":status": self.status,
                ":due_at": self.due_at,
                ":claims_count": i64::try_from(self.claims.len()).unwrap_or(i64::MAX),
                ":created_at": self.created_at,
                ":claimer": self.claimer(),
                ":deposit": terms.map(|terms| terms.deposit),
                ":frozen": terms.map(|terms| terms.frozen),
                ":fee": terms.map(|terms| terms.fee),
                ":accepted_at": engagement.map(|engagement| engagement.at),
                ":delivered_at": delivery.map(|(_, at)| at),
                ":delivery": delivery.map(|(text, _)| text),
                ":disputed_at": dispute.map(|(_, _, at)| at),
                ":disputed_by": dispute.map(|(by, ..)| by),
                ":dispute_reason": dispute.map(|(_, reason, _)| reason),
                ":ended_at": self.ended.map(|(_, at)| at),
                ":ending": self.ended.map(|(ending, _)| ending),
            },
        )?;
        self.claims.iter().try_for_each(|claim| self.insert_claim(tx, claim))?;
        Ok(1 + self.claims.len())
    }

    fn insert_claim(&self, tx: &WriteTransaction, claim: &Claim) -> Result<()> {
        const SQL: &str = "
            INSERT INTO claims (id, bounty_id, agent_id, note, status, running, created_at)
            VALUES (:id, :bounty, :agent, :note, :status, :running, :at)";
        let running = self.ended.is_none() && claim.status != ClaimStatus::Rejected;
        tx.run(
            SQL,
            named_params! {
                ":id": claim.id, ":bounty": self.id, ":agent": claim.agent, ":note": claim.note,
                ":status": claim.status, ":running": running, ":at": claim.at,
            },
        )
        .map(drop)
    }
}

fn hold(bounty: BountyId, from: AgentId, amount: i64, reason: Reason) -> Transfer {
    Transfer { from: Account::Wallet(from), to: Account::Escrow(bounty), amount, reason, ref_id: Some(bounty.into()) }
}
