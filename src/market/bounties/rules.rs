//! What may be done with a bounty in which state, and how its tokens are divided. Nothing here touches the database.

use super::Status;
use crate::base::clock::{DAY, Timestamp};
use crate::base::config;
use crate::base::error::{Error, Result};

/// Where a bounty stands, finer than the [`Status`] that callers see.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Takes applications.
    Open,
    /// Open past its time; the sweep cancels it within a second.
    Expired,
    /// A claimer was accepted.
    Claimed,
    /// The claimer has delivered.
    Delivered,
    /// One of the two disagrees.
    Disputed,
    /// Paid.
    Completed,
    /// Over without being paid.
    Cancelled,
}

impl State {
    /// The state of a bounty with this status, whose clock runs out at `due_at`.
    pub(super) fn of(status: Status, due_at: Option<Timestamp>, is_delivered: IsDelivered, now: Timestamp) -> State {
        match (status, is_delivered) {
            (Status::Open, _) if due_at.is_some_and(|due_at| due_at <= now) => State::Expired,
            (Status::Open, _) => State::Open,
            (Status::Claimed, IsDelivered::NotYet) => State::Claimed,
            (Status::Claimed, IsDelivered::Yes) => State::Delivered,
            (Status::Disputed, _) => State::Disputed,
            (Status::Completed, _) => State::Completed,
            (Status::Cancelled, _) => State::Cancelled,
        }
    }

    /// The word for a refusal.
    fn word(self) -> &'static str {
        match self {
            State::Open => "open",
            State::Expired => "expired",
            State::Claimed | State::Delivered => "claimed",
            State::Disputed => "disputed",
            State::Completed => "completed",
            State::Cancelled => "cancelled",
        }
    }
}

/// Whether the claimer has delivered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum IsDelivered {
    /// Not yet.
    NotYet,
    /// It has.
    Yes,
}

crate::words! {
    /// How an administrator ends a dispute (`contract.md §6, §14`).
    pub enum Outcome {
        /// As if the creator had confirmed.
        PayClaimer = "pay_claimer",
        /// As if the claimer had not delivered.
        RefundCreator = "refund_creator",
        /// As if the creator had backed out.
        Split = "split",
    }
}

crate::words! {
    /// Where a bounty's tokens went.
    pub enum Ending {
        /// The reward went back before anyone was accepted.
        Refunded = "refunded",
        /// The claimer got the reward.
        Paid = "paid",
        /// The creator backed out: the frozen share went to the claimer.
        CreatorDefault = "creator_default",
        /// The claimer did not deliver: the deposit went to the creator.
        ClaimerDefault = "claimer_default",
        /// Nobody was right: divided as when the creator backs out.
        Split = "split",
    }
}

impl Ending {
    /// The status of a bounty that ended so.
    #[must_use]
    pub fn status(self) -> Status {
        match self {
            Ending::Paid => Status::Completed,
            Ending::Refunded | Ending::CreatorDefault | Ending::ClaimerDefault | Ending::Split => Status::Cancelled,
        }
    }
}

impl Outcome {
    /// How a bounty ends that is resolved so.
    #[must_use]
    pub fn ending(self) -> Ending {
        match self {
            Outcome::PayClaimer => Ending::Paid,
            Outcome::RefundCreator => Ending::ClaimerDefault,
            Outcome::Split => Ending::Split,
        }
    }
}

/// What is done with a bounty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deed {
    /// An agent applies.
    Apply,
    /// An applicant changes its mind.
    Withdraw,
    /// The creator accepts an applicant.
    Accept,
    /// The claimer says that the work is done.
    Deliver,
    /// The creator confirms the work.
    Confirm,
    /// The creator or the claimer disagrees.
    Dispute,
    /// The creator ends it.
    Cancel,
    /// An administrator ends a dispute.
    Resolve(Outcome),
    /// Nobody did anything until the bounty's time ran out.
    Lapse,
}

/// Where a deed leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Next {
    /// It stays open.
    Open,
    /// A claimer is accepted.
    Claimed,
    /// The work is delivered.
    Delivered,
    /// It is disputed.
    Disputed,
    /// It ends, and its tokens go where the ending says.
    Ended(Ending),
}

/// Where a deed leads from a state (`contract.md §8`, reference 1 "Bounties").
///
/// # Errors
/// 409 when the state does not allow the deed, with reference 1's sentence where it has one.
pub(super) fn next(state: State, deed: Deed) -> Result<Next> {
    use State::{Cancelled, Claimed, Completed, Delivered, Disputed, Expired, Open};

    let refusal = match (state, deed) {
        (Open, Deed::Apply) | (Open | Expired, Deed::Withdraw) => return Ok(Next::Open),
        (Open, Deed::Accept) => return Ok(Next::Claimed),
        (Claimed | Delivered, Deed::Deliver) => return Ok(Next::Delivered),
        (Claimed | Delivered, Deed::Dispute) => return Ok(Next::Disputed),
        (Open | Expired, Deed::Cancel) | (Expired, Deed::Lapse) => return Ok(Next::Ended(Ending::Refunded)),
        (Claimed | Delivered | Disputed, Deed::Confirm) | (Delivered, Deed::Lapse) => {
            return Ok(Next::Ended(Ending::Paid));
        }
        (Claimed | Delivered | Disputed, Deed::Cancel) => return Ok(Next::Ended(Ending::CreatorDefault)),
        (Disputed, Deed::Resolve(outcome)) => return Ok(Next::Ended(outcome.ending())),
        (Disputed, Deed::Lapse) => return Ok(Next::Ended(Ending::Split)),
        (Claimed, Deed::Lapse) => return Ok(Next::Ended(Ending::ClaimerDefault)),

        (Claimed | Delivered | Disputed, Deed::Apply | Deed::Accept) => {
            "This bounty is already in progress — a claimer has been accepted".to_owned()
        }
        // Someone accepted after the deadline would be in default at once, and would lose the deposit for it.
        (Expired, Deed::Apply | Deed::Accept) | (Completed | Cancelled, Deed::Apply | Deed::Accept) => {
            format!("Bounty is not accepting applications (status: {})", state.word())
        }
        (Open | Expired | Completed | Cancelled, Deed::Confirm) => {
            "Bounty must be in claimed/disputed state".to_owned()
        }
        (Open | Expired | Disputed | Completed | Cancelled, Deed::Deliver | Deed::Dispute) => {
            format!("Bounty must be in claimed state (status: {})", state.word())
        }
        (Completed | Cancelled, Deed::Cancel) => format!("Bounty has ended already (status: {})", state.word()),
        (Claimed | Delivered | Disputed | Completed | Cancelled, Deed::Withdraw) => {
            "Only an application that is still pending can be withdrawn".to_owned()
        }
        (Open | Expired | Claimed | Delivered | Completed | Cancelled, Deed::Resolve(_)) => {
            format!("Bounty must be in disputed state (status: {})", state.word())
        }
        (Open | Completed | Cancelled, Deed::Lapse) => format!("Nothing is due (status: {})", state.word()),
    };
    Err(Error::conflict(refusal))
}

/// What is at stake in a bounty, in whole tokens. All of it is fixed when a claimer is accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Terms {
    /// What the creator offers.
    pub reward: i64,
    /// What the claimer puts down.
    pub deposit: i64,
    /// The share of the reward that is the claimer's if the creator backs out.
    pub frozen: i64,
    /// The platform's share if the reward is paid.
    pub fee: i64,
}

impl Terms {
    /// The terms under which a claimer would be accepted now. Fractions round up (`contract.md §5`).
    #[must_use]
    pub fn of(reward: i64, settings: &config::Bounties) -> Terms {
        let share = |percent: i64| (reward * percent + 99) / 100;
        Terms {
            reward,
            deposit: share(settings.deposit_percent),
            frozen: share(settings.frozen_percent),
            fee: share(settings.fee_percent),
        }
    }

    /// The terms of a bounty that nobody was accepted to: only the reward is held.
    #[must_use]
    pub fn unclaimed(reward: i64) -> Terms {
        Terms { reward, deposit: 0, frozen: 0, fee: 0 }
    }

    /// What the escrow holds until the bounty ends.
    #[must_use]
    pub fn held(self) -> i64 {
        self.reward + self.deposit
    }
}

/// Who gets what at the end, in whole tokens. The parts add up to [`Terms::held`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Settlement {
    /// Reward that goes back to the creator.
    pub refund: i64,
    /// The claimer's deposit, to the creator.
    pub forfeit: i64,
    /// Reward to the claimer for the work.
    pub payout: i64,
    /// Reward to the claimer because the creator backed out.
    pub compensation: i64,
    /// The deposit that goes back to the claimer.
    pub deposit_returned: i64,
    /// What the platform keeps.
    pub fee: i64,
}

impl Settlement {
    /// Divides what a bounty holds.
    #[must_use]
    pub fn of(ending: Ending, terms: Terms) -> Settlement {
        let Terms { reward, deposit, frozen, fee } = terms;
        let nothing = Settlement::default();
        match ending {
            Ending::Refunded => Settlement { refund: reward, deposit_returned: deposit, ..nothing },
            Ending::Paid => Settlement { payout: reward - fee, fee, deposit_returned: deposit, ..nothing },
            Ending::CreatorDefault | Ending::Split => {
                Settlement { refund: reward - frozen, compensation: frozen, deposit_returned: deposit, ..nothing }
            }
            Ending::ClaimerDefault => Settlement { refund: reward, forfeit: deposit, ..nothing },
        }
    }

    /// All that the creator gets.
    #[must_use]
    pub fn to_creator(self) -> i64 {
        self.refund + self.forfeit
    }

    /// All that the claimer gets, its own deposit included.
    #[must_use]
    pub fn to_claimer(self) -> i64 {
        self.payout + self.compensation + self.deposit_returned
    }
}

/// Until when an open bounty waits for someone to accept.
pub(super) fn open_until(deadline: Option<Timestamp>, now: Timestamp, settings: &config::Bounties) -> Timestamp {
    deadline.unwrap_or_else(|| now.plus(settings.open_days * DAY))
}

/// Until when a claimer that is accepted now has to deliver: the deadline where there is one. But it has at least a day,
/// or as long as the bounty was ever meant to last where that is less: otherwise a creator could accept in the last second
/// and collect the deposit.
pub(super) fn deliver_until(
    posted: Timestamp,
    deadline: Option<Timestamp>,
    now: Timestamp,
    settings: &config::Bounties,
) -> Timestamp {
    match deadline {
        None => now.plus(settings.claim_days * DAY),
        Some(deadline) => deadline.max(now.plus(deadline.since(posted).min(DAY))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::clock::HOUR;
    use crate::base::error::Code;

    const STATES: [State; 7] = [
        State::Open,
        State::Expired,
        State::Claimed,
        State::Delivered,
        State::Disputed,
        State::Completed,
        State::Cancelled,
    ];
    const ENDINGS: &[Ending] = Ending::ALL;

    #[test]
    fn every_state_allows_what_the_contract_says_and_nothing_else() {
        use Ending::{ClaimerDefault, CreatorDefault, Paid, Refunded, Split};
        let end = Next::Ended;
        // In the order of STATES; None is a refusal.
        let table: [(Deed, [Option<Next>; 7]); 11] = [
            (Deed::Apply, [Some(Next::Open), None, None, None, None, None, None]),
            (Deed::Withdraw, [Some(Next::Open), Some(Next::Open), None, None, None, None, None]),
            (Deed::Accept, [Some(Next::Claimed), None, None, None, None, None, None]),
            (Deed::Deliver, [None, None, Some(Next::Delivered), Some(Next::Delivered), None, None, None]),
            (Deed::Confirm, [None, None, Some(end(Paid)), Some(end(Paid)), Some(end(Paid)), None, None]),
            (Deed::Dispute, [None, None, Some(Next::Disputed), Some(Next::Disputed), None, None, None]),
            (
                Deed::Cancel,
                [
                    Some(end(Refunded)),
                    Some(end(Refunded)),
                    Some(end(CreatorDefault)),
                    Some(end(CreatorDefault)),
                    Some(end(CreatorDefault)),
                    None,
                    None,
                ],
            ),
            (Deed::Resolve(Outcome::PayClaimer), [None, None, None, None, Some(end(Paid)), None, None]),
            (Deed::Resolve(Outcome::RefundCreator), [None, None, None, None, Some(end(ClaimerDefault)), None, None]),
            (Deed::Resolve(Outcome::Split), [None, None, None, None, Some(end(Split)), None, None]),
            (
                Deed::Lapse,
                [None, Some(end(Refunded)), Some(end(ClaimerDefault)), Some(end(Paid)), Some(end(Split)), None, None],
            ),
        ];
        for (deed, row) in table {
            for (state, expected) in STATES.into_iter().zip(row) {
                let found = next(state, deed);
                match expected {
                    Some(expected) => assert_eq!(found.unwrap(), expected, "{state:?} {deed:?}"),
                    None => assert_eq!(found.unwrap_err().code(), Code::Conflict, "{state:?} {deed:?}"),
                }
            }
        }
    }

    #[test]
    fn refusals_are_reference_1s_word_for_word() {
        let in_progress = "This bounty is already in progress — a claimer has been accepted";
        let not_settled = "Bounty must be in claimed/disputed state";
        for (state, deed, sentence) in [
            (State::Claimed, Deed::Apply, in_progress),
            (State::Delivered, Deed::Apply, in_progress),
            (State::Disputed, Deed::Apply, in_progress),
            (State::Claimed, Deed::Accept, in_progress),
            (State::Completed, Deed::Apply, "Bounty is not accepting applications (status: completed)"),
            (State::Cancelled, Deed::Apply, "Bounty is not accepting applications (status: cancelled)"),
            (State::Completed, Deed::Accept, "Bounty is not accepting applications (status: completed)"),
            (State::Expired, Deed::Apply, "Bounty is not accepting applications (status: expired)"),
            (State::Open, Deed::Confirm, not_settled),
            (State::Completed, Deed::Confirm, not_settled),
            (State::Cancelled, Deed::Confirm, not_settled),
        ] {
            assert_eq!(next(state, deed).unwrap_err().message(), sentence, "{state:?} {deed:?}");
        }
    }

    #[test]
    fn reference_1s_example_adds_up() {
        let terms = Terms::of(20, &config::Bounties::default());
        assert_eq!(terms, Terms { reward: 20, deposit: 4, frozen: 10, fee: 1 });
        let of = |ending| Settlement::of(ending, terms);
        assert_eq!((of(Ending::Paid).payout, of(Ending::Paid).fee, of(Ending::Paid).deposit_returned), (19, 1, 4));
        assert_eq!((of(Ending::CreatorDefault).to_creator(), of(Ending::CreatorDefault).to_claimer()), (10, 14));
        assert_eq!((of(Ending::ClaimerDefault).to_creator(), of(Ending::ClaimerDefault).to_claimer()), (24, 0));
    }

    #[test]
    fn what_is_held_is_divided_without_a_rest_for_every_reward_and_any_shares() {
        let odd =
            config::Bounties { deposit_percent: 100, frozen_percent: 100, fee_percent: 100, ..Default::default() };
        let none = config::Bounties { deposit_percent: 0, frozen_percent: 0, fee_percent: 0, ..Default::default() };
        for settings in [config::Bounties::default(), odd, none] {
            for reward in (2..=1_000).chain([999_999, 1_000_000]) {
                for terms in [Terms::of(reward, &settings), Terms::unclaimed(reward)] {
                    for ending in ENDINGS {
                        let Settlement { refund, forfeit, payout, compensation, deposit_returned, fee } =
                            Settlement::of(*ending, terms);
                        let parts = [refund, forfeit, payout, compensation, deposit_returned, fee];
                        assert!(parts.iter().all(|part| *part >= 0), "{reward} {ending}: {parts:?}");
                        assert_eq!(parts.iter().sum::<i64>(), terms.held(), "{reward} {ending}: {parts:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn shares_round_up() {
        for (reward, deposit, frozen, fee) in [(2, 1, 1, 1), (5, 1, 3, 1), (6, 2, 3, 1), (33, 7, 17, 1), (34, 7, 17, 2)]
        {
            assert_eq!(Terms::of(reward, &config::Bounties::default()), Terms { reward, deposit, frozen, fee });
        }
    }

    #[test]
    fn a_claimer_accepted_late_still_has_time_to_deliver() {
        let settings = config::Bounties::default();
        let at = Timestamp;
        for (deadline, now, expected) in [
            (None, at(HOUR), at(HOUR + 30 * DAY)),
            (Some(at(7 * DAY)), at(0), at(7 * DAY)),
            (Some(at(7 * DAY)), at(6 * DAY), at(7 * DAY)),
            (Some(at(7 * DAY)), at(7 * DAY - 1), at(8 * DAY - 1)),
            (Some(at(HOUR)), at(0), at(HOUR)),
            (Some(at(HOUR)), at(HOUR - 1), at(2 * HOUR - 1)),
        ] {
            assert_eq!(deliver_until(at(0), deadline, now, &settings), expected, "{deadline:?} {now:?}");
        }
    }
}
