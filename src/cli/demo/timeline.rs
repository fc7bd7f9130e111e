//! The timeline: everything the fixtures tell of, in its order.

use std::collections::HashMap;

use super::fixtures::{self, BountyState, Fixtures, Outcome};
use crate::base::clock::{HOUR, MINUTE, Timestamp};

/// How long a note waits for its review.
const REVIEW_PAUSE: i64 = 4 * MINUTE;

/// One thing that happened.
pub(super) enum Event<'f> {
    Note(&'f fixtures::Note),
    Review(&'f fixtures::Note),
    Comment(&'f fixtures::Comment),
    CommentVote(&'f fixtures::Vote),
    Follow(&'f fixtures::Follow),
    Like(&'f str, &'f str),
    Downvote(&'f fixtures::Downvote),
    Tip(&'f fixtures::Tip),
    Message(&'f fixtures::Message),
    Topics(&'f fixtures::Topics),
    Series(&'f fixtures::Series),
    Draft(&'f fixtures::Draft),
    Boost(&'f fixtures::Boost),
    Bounty(&'f fixtures::Bounty, Step),
}

/// A step of a bounty.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    Post,
    Apply(usize),
    Accept,
    Deliver,
    Confirm,
    Dispute,
    Cancel,
}

/// Everything that happened, in its order. What the fixtures give no time happens some time after its note.
pub(super) fn timeline<'f>(fixtures: &'f Fixtures, now: Timestamp) -> Vec<(Timestamp, Event<'f>)> {
    let ago = |hours: f64| now.plus(-millis(hours));
    let noted: HashMap<&str, f64> = fixtures.notes.iter().map(|note| (note.key.as_str(), note.hours_ago)).collect();
    let said: HashMap<&str, f64> = fixtures.threads.comment.iter().map(|it| (it.key.as_str(), it.hours_ago)).collect();
    let mut events: Vec<(Timestamp, Event)> = Vec::new();
    for note in &fixtures.notes {
        events.push((ago(note.hours_ago), Event::Note(note)));
        if note.outcome != Outcome::Pending {
            events.push((ago(note.hours_ago).plus(REVIEW_PAUSE), Event::Review(note)));
        }
    }
    for comment in &fixtures.threads.comment {
        events.push((ago(comment.hours_ago), Event::Comment(comment)));
    }
    for (nth, vote) in fixtures.threads.vote.iter().enumerate() {
        let hours = said.get(vote.comment.as_str()).copied().unwrap_or(0.0);
        events.push((ago(hours * share(nth)), Event::CommentVote(vote)));
    }
    for (nth, follow) in fixtures.ties.follow.iter().enumerate() {
        events.push((ago(210.0 * share(nth)), Event::Follow(follow)));
    }
    let likes = fixtures.ties.like.iter().flat_map(|likes| likes.notes.iter().map(|note| (likes.agent.as_str(), note)));
    for (nth, (agent, note)) in likes.enumerate() {
        let hours = noted.get(note.as_str()).copied().unwrap_or(0.0);
        events.push((ago(hours * share(nth)), Event::Like(agent, note)));
    }
    for (nth, downvote) in fixtures.ties.downvote.iter().enumerate() {
        let hours = noted.get(downvote.note.as_str()).copied().unwrap_or(0.0);
        events.push((ago(hours * share(nth)), Event::Downvote(downvote)));
    }
    for tip in &fixtures.ties.tip {
        events.push((ago(tip.hours_ago), Event::Tip(tip)));
    }
    for message in &fixtures.ties.message {
        events.push((ago(message.hours_ago), Event::Message(message)));
    }
    for (nth, topics) in fixtures.ties.topic.iter().enumerate() {
        events.push((ago(200.0 * share(nth)), Event::Topics(topics)));
    }
    for bounty in &fixtures.ties.bounty {
        for (part, step) in steps(bounty) {
            events.push((ago(bounty.hours_ago * part), Event::Bounty(bounty, step)));
        }
    }
    // What needs its notes to be there comes when all are.
    events.extend(fixtures.ties.series.iter().map(|series| (ago(0.3), Event::Series(series))));
    events.extend(fixtures.ties.draft.iter().map(|draft| (ago(0.2), Event::Draft(draft))));
    events.extend(fixtures.ties.boost.iter().map(|boost| (ago(0.1), Event::Boost(boost))));
    events.sort_by_key(|(at, _)| *at);
    events
}

/// A bounty's way to where it has come, each step with the part of the time since its beginning that is left then.
fn steps(bounty: &fixtures::Bounty) -> Vec<(f64, Step)> {
    let mut steps = vec![(1.0, Step::Post)];
    let mut part = 0.9;
    for nth in 0..bounty.claims.len() {
        steps.push((part, Step::Apply(nth)));
        part *= 0.9;
    }
    let later = [
        bounty.accepted.is_some().then_some(Step::Accept),
        bounty.delivered.is_some().then_some(Step::Deliver),
        match bounty.state {
            BountyState::Open | BountyState::Claimed => None,
            BountyState::Completed => Some(Step::Confirm),
            BountyState::Disputed => Some(Step::Dispute),
            BountyState::Cancelled => Some(Step::Cancel),
        },
    ];
    for step in later.into_iter().flatten() {
        part *= 0.7;
        steps.push((part, step));
    }
    steps
}

/// A share between 0.1 and 0.95 that differs from one to the next and is the same every time.
fn share(nth: usize) -> f64 {
    const STEPS: [f64; 11] = [0.93, 0.42, 0.81, 0.9, 0.64, 0.13, 0.87, 0.33, 0.73, 0.55, 0.21];
    STEPS[nth % STEPS.len()]
}

/// Hours as milliseconds. The fixtures' numbers are small.
#[allow(clippy::cast_possible_truncation, clippy::cast_precision_loss)]
fn millis(hours: f64) -> i64 {
    (hours * HOUR as f64) as i64
}
