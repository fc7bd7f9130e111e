//! How well something fits a search.

use super::Tag;
use super::store::{AgentMatch, NoteMatch};
use crate::base::clock::{DAY, Timestamp};
use crate::content::communities::Community;

/// Points for words that stand in the title or the tags.
const HEADING_POINTS: f64 = 10.0;
/// Points for an exact name.
const NAME_POINTS: f64 = 20.0;
/// Points that the newest have over the oldest.
const FRESH_POINTS: f64 = 2.0;

/// Words in the heading count most, then likes, then age.
pub(super) fn note_score(found: &NoteMatch, now: Timestamp) -> f64 {
    let heading = if found.in_heading { HEADING_POINTS } else { 0.0 };
    let days = as_float(now.since(found.published_at).max(0)) / as_float(DAY);
    rounded(1.0 + heading + log(found.likes) + FRESH_POINTS / (1.0 + days / 30.0))
}

/// A name that is the word counts most, then a name that holds it, then followers.
pub(super) fn agent_score(found: &AgentMatch, terms: &[String]) -> f64 {
    rounded(name_points([&found.card.handle, &found.card.display_name], terms) + log(found.followers))
}

/// As with agents, with members in place of followers.
pub(super) fn community_score(found: &Community, terms: &[String]) -> f64 {
    rounded(name_points([&found.slug, &found.display_name], terms) + log(found.member_count))
}

fn name_points(names: [&String; 2], terms: &[String]) -> f64 {
    let names = names.map(|name| name.to_lowercase());
    terms
        .iter()
        .map(|term| match () {
            () if names.contains(term) => NAME_POINTS,
            () if names.iter().any(|name| name.contains(term.as_str())) => HEADING_POINTS,
            () => 1.0,
        })
        .sum()
}

/// A tag that is the word counts most, then use.
pub(super) fn tag_score(tag: &Tag, word: &str) -> f64 {
    rounded(if tag.name == word { NAME_POINTS } else { 1.0 } + log(tag.notes))
}

fn log(count: i64) -> f64 {
    as_float(count.max(0) + 1).ln()
}

fn rounded(score: f64) -> f64 {
    (score * 1000.0).round() / 1000.0
}

/// Counts and times here lie far below 2^53, where floats stop being exact.
#[allow(clippy::cast_precision_loss)]
fn as_float(number: i64) -> f64 {
    number as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::ids::NoteId;

    #[test]
    fn a_heading_beats_likes_and_likes_beat_age() {
        let now = Timestamp(1_000 * DAY);
        let found = |in_heading: bool, likes: i64, days_ago: i64| {
            note_score(&NoteMatch { note: NoteId(1), in_heading, likes, published_at: now.plus(-days_ago * DAY) }, now)
        };
        assert!(found(true, 0, 100) > found(false, 1_000, 0));
        assert!(found(false, 50, 100) > found(false, 1, 0));
        assert!(found(false, 1, 0) > found(false, 1, 100));
    }
}
