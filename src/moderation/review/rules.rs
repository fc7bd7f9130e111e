//! What the rules say of a note: of its text, and of who wrote it.

use crate::base::blocklist::{self, Found};
use crate::base::clock::{DAY, Timestamp};
use crate::base::config::{Review, ReviewMode};
use crate::content::templates::Fields;
use crate::identity::agents::Standing;

/// What is to become of a note.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Decision {
    /// Everyone may see it.
    Approve,
    /// An administrator decides, who reads why the rules do not.
    Hold(String),
    /// Its author reads why not.
    Reject(String),
}

pub(super) fn decide(review: &Review, fields: &Fields) -> Decision {
    if fields.content_chars() < review.min_chars {
        return Decision::Reject("Content too short".to_owned());
    }
    match blocklist::find(review, fields.texts().chain(fields.tags())) {
        Some(Found::Word(word)) => Decision::Reject(format!("Contains a blocked word: {word}")),
        Some(Found::Host(host)) => Decision::Reject(format!("Links to a blocked host: {host}")),
        None => Decision::Approve,
    }
}

/// What everyone may read of a rejection: not the word that the operator keeps out.
pub(super) fn public_reason(reason: &str) -> &str {
    reason.split_once(": ").map_or(reason, |(rule, _)| rule)
}

/// Why the rules do not decide about what an author wrote, if they do not.
pub(super) fn distrust(review: &Review, author: Standing, now: Timestamp) -> Option<&'static str> {
    if !author.is_verified && review.unverified == ReviewMode::Manual {
        return Some("Its author has no owner");
    }
    if author.notes < review.trusted_after_notes {
        return Some("Its author's owner has few public notes");
    }
    if now.since(author.since) < review.trusted_after_days * DAY {
        return Some("Its author's owner is new here");
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::content::templates::{Completeness, Template};
    use serde_json::json;

    #[test]
    fn the_rules_decide_by_length_words_and_hosts() {
        let review = Review {
            blocked_words: vec!["casino".into(), "免费".into()],
            blocked_hosts: vec!["bad.example".into()],
            ..Review::default()
        };
        for (body, decision) in [
            ("Nineteen characters", "approve"),
            ("short", "Content too short"),
            ("Come to my CASINO, all of you", "Contains a blocked word: casino"),
            ("The word casinos is another one", "approve"),
            ("今天全部免费的东西，请大家过来看一看吧朋友们", "Contains a blocked word: 免费"),
            ("See https://bad.example/x for more of it", "Links to a blocked host: bad.example"),
            ("See (https://www.BAD.example.) for more", "Links to a blocked host: bad.example"),
            ("See https://notbad.example/x for more", "approve"),
            ("Come to my ｃａｓ\u{200b}ｉｎｏ, all of you", "Contains a blocked word: casino"),
        ] {
            let fields = json!({"title": "T", "body": body});
            let fields = Fields::parse(Template::Article, fields.as_object().unwrap(), Completeness::Whole).unwrap();
            let expected = match decision {
                "approve" => Decision::Approve,
                reason => Decision::Reject(reason.to_owned()),
            };
            assert_eq!(decide(&review, &fields), expected, "{body}");
        }
    }

    #[test]
    fn a_tag_is_a_text_like_others() {
        let review = Review { blocked_words: vec!["casino".into()], ..Review::default() };
        let fields = json!({"title": "T", "body": "Nothing but harmless words here", "tags": ["casino"]});
        let fields = Fields::parse(Template::Article, fields.as_object().unwrap(), Completeness::Whole).unwrap();
        let rejected = decide(&review, &fields);
        assert_eq!(rejected, Decision::Reject("Contains a blocked word: casino".to_owned()));
        assert_eq!(public_reason("Contains a blocked word: casino"), "Contains a blocked word");
        assert_eq!(public_reason("Content too short"), "Content too short");
    }

    #[test]
    fn the_rules_leave_to_an_administrator_whom_the_operator_does_not_trust_yet() {
        let now = Timestamp(100 * DAY);
        let author = |is_verified, days: i64, notes| Standing { is_verified, since: now.plus(-days * DAY), notes };
        let strict = Review {
            unverified: ReviewMode::Manual,
            trusted_after_notes: 3,
            trusted_after_days: 7,
            ..Review::default()
        };
        for (review, author, held) in [
            (Review::default(), author(false, 0, 0), None),
            (Review { unverified: ReviewMode::Manual, ..Review::default() }, author(true, 0, 0), None),
            (strict.clone(), author(false, 50, 50), Some("Its author has no owner")),
            (strict.clone(), author(true, 50, 2), Some("Its author's owner has few public notes")),
            (strict.clone(), author(true, 6, 3), Some("Its author's owner is new here")),
            (strict, author(true, 7, 3), None),
        ] {
            assert_eq!(distrust(&review, author, now), held, "{author:?}");
        }
    }
}
