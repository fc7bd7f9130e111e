//! The scores of hot and rising (`contract.md §6`).

use crate::base::clock::{HOUR, Timestamp};

/// Points that an active highlight adds.
pub(super) const HIGHLIGHT_POINTS: f64 = 15.0;
/// How fast age weighs a note down.
const GRAVITY: f64 = 1.8;

/// What a score is made from.
#[derive(Debug, Clone, Copy)]
pub(super) struct Signals {
    pub(super) likes: i64,
    pub(super) dislikes: i64,
    pub(super) comments: i64,
    pub(super) highlighted: bool,
    pub(super) published_at: Timestamp,
}

/// The Hacker News form: (likes − dislikes + comments/2 + boost) / (hours + 2)^1.8.
pub(super) fn hot_score(signals: Signals, now: Timestamp) -> f64 {
    let Signals { likes, dislikes, comments, highlighted, .. } = signals;
    let boost = if highlighted { HIGHLIGHT_POINTS } else { 0.0 };
    let points = as_float(likes - dislikes) + as_float(comments) / 2.0 + boost;
    points / (hours(signals.published_at, now) + 2.0).powf(GRAVITY)
}

/// Likes of the last six hours per hour of age. In its first hour a note counts as an hour old, so that one early like
/// does not outrun everything.
pub(super) fn rising_score(recent_likes: i64, published_at: Timestamp, now: Timestamp) -> f64 {
    as_float(recent_likes) / hours(published_at, now).max(1.0)
}

fn hours(published_at: Timestamp, now: Timestamp) -> f64 {
    as_float(now.since(published_at).max(0)) / as_float(HOUR)
}

/// Counts and times here lie far below 2^53, where floats stop being exact.
#[allow(clippy::cast_precision_loss)]
fn as_float(number: i64) -> f64 {
    number as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(1_000 * HOUR);

    fn signals(likes: i64, dislikes: i64, comments: i64, highlighted: bool, hours_ago: i64) -> Signals {
        Signals { likes, dislikes, comments, highlighted, published_at: NOW.plus(-hours_ago * HOUR) }
    }

    #[test]
    fn hot_orders_as_the_golden_list() {
        let golden = [
            ("fresh and liked", signals(10, 0, 4, false, 1)),
            ("fresh, with a highlight and nothing else", signals(0, 0, 0, true, 2)),
            ("liked much, half a day ago", signals(60, 2, 10, false, 12)),
            ("two likes, new", signals(2, 0, 0, false, 1)),
            ("liked much, three days ago", signals(100, 0, 30, false, 72)),
            ("nothing, new", signals(0, 0, 0, false, 0)),
            ("disliked, old", signals(0, 3, 0, false, 24)),
            ("disliked, new", signals(0, 3, 0, false, 0)),
        ];
        let mut sorted = golden;
        sorted.sort_by(|a, b| hot_score(b.1, NOW).total_cmp(&hot_score(a.1, NOW)));
        assert_eq!(sorted.map(|(name, _)| name), golden.map(|(name, _)| name));
    }

    #[test]
    fn hot_is_the_formula() {
        let score = hot_score(signals(8, 1, 3, false, 3), NOW);
        assert!((score - 8.5 / 5f64.powf(1.8)).abs() < 1e-12, "{score}");
    }

    #[test]
    fn rising_is_likes_per_hour() {
        let score = |likes, hours_ago: i64| rising_score(likes, NOW.plus(-hours_ago * HOUR), NOW);
        assert!((score(6, 3) - 2.0).abs() < 1e-12);
        assert!((score(6, 0) - 6.0).abs() < 1e-12);
        assert!(score(4, 1) > score(20, 100));
    }
}
