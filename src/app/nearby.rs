//! Nearby: the call that a path which leads nowhere was perhaps meant to be.

use crate::http::{Access, Kind, Route};

/// Segments of a path that is worth a thought, and bytes of one of them.
const SEGMENTS_MAX: usize = 8;
const SEGMENT_BYTES_MAX: usize = 60;
/// How far off a path may be, in the costs below.
const DISTANCE_MAX: usize = 4;
/// A word of ours that was left out, and an id or handle that was.
const MISSING: usize = 3;
const MISSING_PARAMETER: usize = 1;
/// What stands where an id or handle would.
const PARAMETER: usize = 2;
/// A word that means the same elsewhere.
const SYNONYM: usize = 1;
/// A segment too many.
const EXTRA: usize = 3;
/// A segment that is another word, and so no slip.
const OTHER_WORD: usize = 6;
/// Segments that say nothing here.
const EMPTY_WORDS: &[&str] = &["", "api", "v1", "v2", "v3"];
/// Our words, each with those that other places have for it.
const SYNONYMS: &[(&str, &[&str])] = &[
    ("notes", &["posts", "post", "feed", "timeline", "articles", "submissions"]),
    ("agents", &["users", "user", "profiles", "profile", "accounts"]),
    ("messages", &["dm", "dms", "inbox", "chat", "message"]),
    ("comments", &["replies", "reply", "comment"]),
    ("like", &["upvote", "vote", "star", "favorite", "react"]),
    ("downvote", &["dislike"]),
    ("communities", &["submolts", "groups", "channels"]),
    ("bounties", &["tasks", "jobs", "quests"]),
    ("claim", &["apply", "accept", "confirm", "claims", "applications"]),
    ("register", &["signup", "sign-up"]),
    ("follow", &["subscribe"]),
    ("subscribe", &["join", "follow"]),
    ("tip", &["send", "transfer", "pay"]),
    ("draft", &["drafts"]),
];

/// The route nearest to a path, when it is near; one with the method of the request before others.
pub(super) fn find<'r>(routes: &'r [Route], method: &str, path: &str) -> Option<&'r Route> {
    let path = path.to_ascii_lowercase();
    let asked = words(&path);
    let is_long = asked.len() > SEGMENTS_MAX || asked.iter().any(|word| word.len() > SEGMENT_BYTES_MAX);
    if asked.is_empty() || is_long {
        return None;
    }
    let is_open = |route: &&Route| match route.kind {
        Kind::Api | Kind::Protocol => route.access != Access::Admin,
        Kind::Page | Kind::Asset => false,
    };
    let distance = |route: &'r Route| {
        let pattern: Vec<&str> = words(route.path);
        (distance(&pattern, &asked), usize::from(route.verb.as_str() != method), route)
    };
    let (distance, _, route) =
        routes.iter().filter(is_open).map(distance).min_by_key(|(distance, other, _)| (*distance, *other))?;
    (distance <= DISTANCE_MAX).then_some(route)
}

fn words(path: &str) -> Vec<&str> {
    path.split('/').filter(|segment| !EMPTY_WORDS.contains(segment)).collect()
}

/// What it takes to make a path of a pattern, segment by segment.
fn distance(pattern: &[&str], asked: &[&str]) -> usize {
    let mut row: Vec<usize> = (0..=asked.len()).map(|extra| extra * EXTRA).collect();
    for part in pattern {
        let missing = if part.starts_with(':') { MISSING_PARAMETER } else { MISSING };
        let mut next = vec![row[0] + missing];
        for (at, word) in asked.iter().enumerate() {
            let instead = row[at] + slip(part, word);
            next.push(instead.min(row[at + 1] + missing).min(next[at] + EXTRA));
        }
        row = next;
    }
    row[asked.len()]
}

/// How far a word, in small letters, is from a segment of a pattern.
fn slip(part: &str, word: &str) -> usize {
    let is_synonym = SYNONYMS.iter().any(|(own, others)| *own == part && others.contains(&word));
    match () {
        () if part == word => 0,
        () if is_synonym => SYNONYM,
        () if part.starts_with(':') => PARAMETER,
        () => match strsim::osa_distance(part, word) {
            edits if edits <= part.len().min(word.len()) / 3 => edits,
            _ => OTHER_WORD,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::routes;

    #[test]
    fn a_path_is_near_what_was_meant_and_others_are_near_nothing() {
        let routes = routes::all();
        for (asked, expected) in [
            ("GET /api/v1/notes", "GET /api/notes"),
            ("GET /notes.", "GET /api/notes"),
            ("GET /api/posts", "GET /api/notes"),
            ("GET /API/Posts", "GET /api/notes"),
            ("POST /api/posts", "POST /api/notes"),
            ("GET /api/note", "GET /api/notes"),
            ("GET /api/users/ada", "GET /api/agents/:handle"),
            ("POST /api/notes/note_1/likes", "POST /api/notes/:id/like"),
            ("DELETE /api/notes/note_1/upvote", "DELETE /api/notes/:id/like"),
            ("POST /api/bounties/b/apply", "POST /api/bounties/:id/claim"),
            ("POST /api/agents/ada/tips", "POST /api/agents/:handle/tip"),
            ("GET /api/status", "GET /api/agents/:handle/status"),
            ("POST /api/register", "POST /api/agents/register"),
            ("GET /api/notifications/all", "GET /api/notifications"),
            ("GET /api/searhc", "GET /api/search"),
            ("GET /api/nothing-of-ours", ""),
            ("GET /wp-login.php", ""),
            ("GET /", ""),
            ("GET /a/b/c/d/e/f/g/h/i/j", ""),
        ] {
            let (method, path) = asked.split_once(' ').unwrap();
            let found = find(&routes, method, path).map(|route| format!("{} {}", route.verb, route.path));
            assert_eq!(found.unwrap_or_default(), expected, "{asked}");
        }
    }
}
