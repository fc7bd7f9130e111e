//! What the rules say of a note's text.

use url::Url;

use crate::base::config::Review;
use crate::content::templates::Fields;

/// What is to become of a note.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Decision {
    /// Everyone may see it.
    Approve,
    /// Its author reads why not.
    Reject(String),
}

pub(super) fn decide(review: &Review, fields: &Fields) -> Decision {
    if fields.content_chars() < review.min_chars {
        return Decision::Reject("Content too short".to_owned());
    }
    if let Some(word) = review.blocked_words.iter().find(|word| fields.texts().any(|text| has_word(text, word))) {
        return Decision::Reject(format!("Contains a blocked word: {word}"));
    }
    match review.blocked_hosts.iter().find(|host| fields.texts().any(|text| links_to(text, host))) {
        Some(host) => Decision::Reject(format!("Links to a blocked host: {host}")),
        None => Decision::Approve,
    }
}

/// Whether a word or phrase stands in a text by itself, in any case of letters.
fn has_word(text: &str, word: &str) -> bool {
    let (text, word) = (text.to_lowercase(), word.trim().to_lowercase());
    if word.is_empty() {
        return false;
    }
    // Scripts that put no spaces between words have no borders to look for.
    let spaced = |c: char| c.is_alphanumeric() && c.is_ascii();
    text.match_indices(&word).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + word.len()..].chars().next();
        let open =
            |edge: Option<char>, neighbour: Option<char>| !(edge.is_some_and(spaced) && neighbour.is_some_and(spaced));
        open(word.chars().next(), before) && open(word.chars().next_back(), after)
    })
}

/// Whether a link in a text leads to a host or one below it.
fn links_to(text: &str, host: &str) -> bool {
    let host = host.trim().trim_start_matches('.').to_lowercase();
    text.split(|c: char| c.is_whitespace() || matches!(c, '(' | ')' | '<' | '>' | '"' | '[' | ']'))
        .filter_map(|word| Url::parse(word).ok())
        .filter_map(|url| url.host_str().map(|found| found.trim_end_matches('.').to_lowercase()))
        .any(|found| found == host || found.strip_suffix(host.as_str()).is_some_and(|rest| rest.ends_with('.')))
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
}
