//! Text for the full-text index: words as they are, Chinese, Japanese and Korean as pairs of characters.
//!
//! Those scripts put no spaces between words, so a run of them is cut into all its pairs (and its last character): a search
//! for any two characters in a row is then a search for a word.

/// Words of one search at the most (`contract.md §9`).
const TERMS_MAX: usize = 10;
/// Words of one phrase, such as `gpt-5-tool-use`, that are looked for in a row.
const PHRASE_WORDS_MAX: usize = 8;
/// A word of fewer characters is looked for as a whole, a longer one also as the beginning of a word.
const PREFIX_CHARS_MIN: usize = 3;

/// A text as the index takes it.
#[must_use]
pub fn indexable(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 4);
    for run in runs(text) {
        match run {
            Run::Plain(text) => out.push_str(text),
            Run::Unspaced(text) => {
                out.push(' ');
                push_pairs(&mut out, text);
                out.push(' ');
            }
        }
    }
    out
}

/// The words of a search, in lower case, in their order.
#[must_use]
pub fn terms(query: &str) -> Vec<String> {
    let bare = |word: &str| word.trim_matches(['"', '“', '”', '„']).to_lowercase();
    let mut terms: Vec<String> = Vec::new();
    for word in query.split_whitespace().map(bare).filter(|word| !word.is_empty()) {
        if !terms.contains(&word) && terms.len() < TERMS_MAX {
            terms.push(word);
        }
    }
    terms
}

/// What a word of a search is to the words of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fit {
    /// The same word.
    Whole,
    /// The same word, or from three characters on the beginning of one. The index has to gather all words that begin so.
    Beginning,
}

/// The words as a question to the index that nothing in them can break: each is quoted. `None` when they hold nothing that
/// the index knows, such as emoji alone.
#[must_use]
pub fn index_query(terms: &[String], fit: Fit) -> Option<String> {
    let parts: Vec<String> =
        terms.iter().flat_map(|term| runs(term).map(|run| phrase(&run, fit)).collect::<Vec<_>>()).flatten().collect();
    (!parts.is_empty()).then(|| parts.join(" AND "))
}

fn phrase(run: &Run, fit: Fit) -> Option<String> {
    match *run {
        Run::Plain(text) => {
            let words = text.split(ends_word).filter(|word| is_known(word));
            let words: Vec<&str> = words.take(PHRASE_WORDS_MAX).collect();
            let open = words.last()?.chars().count() >= PREFIX_CHARS_MIN && fit == Fit::Beginning;
            Some(format!("\"{}\"{}", words.join(" "), if open { " *" } else { "" }))
        }
        Run::Unspaced(text) if !is_known(text) => None,
        Run::Unspaced(text) => match text.chars().count() {
            1 => Some(format!("\"{text}\" *")),
            _ => {
                let mut pairs = String::new();
                push_pairs(&mut pairs, text);
                // The last character stands alone in the index only where a run ends.
                let whole = pairs.trim_end().rsplit_once(' ').map_or(pairs.as_str(), |(pairs, _)| pairs).to_owned();
                Some(format!("\"{whole}\""))
            }
        },
    }
}

/// Whether there is anything in a text that the index keeps.
fn is_known(text: &str) -> bool {
    text.chars().any(|c| c.is_alphanumeric() || is_private(c))
}

/// Whether a character stands between words: what is no letter, no number, and none of the marks over letters, with which
/// a letter is the same letter to the index (these are the marks that its `unicode61` drops).
fn ends_word(c: char) -> bool {
    let is_mark = matches!(c,
        '\u{300}'..='\u{304}' | '\u{306}'..='\u{30c}' | '\u{30f}' | '\u{311}' | '\u{31b}' | '\u{323}'..='\u{328}'
        | '\u{32d}' | '\u{32e}' | '\u{330}' | '\u{331}');
    !(c.is_alphanumeric() || is_mark || is_private(c))
}

/// Characters that mean what people agree on, and the hole among the Greek capitals; the index takes them for letters.
fn is_private(c: char) -> bool {
    matches!(c, '\u{e000}'..='\u{f8ff}' | '\u{3a2}')
}

/// All pairs of a run and its last character.
fn push_pairs(out: &mut String, run: &str) {
    let mut chars = run.chars().peekable();
    while let Some(c) = chars.next() {
        out.push(c);
        if let Some(next) = chars.peek() {
            out.push(*next);
            out.push(' ');
        }
    }
}

#[derive(Clone, Copy)]
enum Run<'t> {
    Plain(&'t str),
    Unspaced(&'t str),
}

/// A text cut where scripts with and without spaces meet.
fn runs(text: &str) -> impl Iterator<Item = Run<'_>> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let unspaced = is_unspaced(rest.chars().next()?);
        let end = rest.char_indices().find(|(_, c)| is_unspaced(*c) != unspaced).map_or(rest.len(), |(at, _)| at);
        let (run, after) = rest.split_at(end);
        rest = after;
        Some(if unspaced { Run::Unspaced(run) } else { Run::Plain(run) })
    })
}

/// Han, kana and hangul.
fn is_unspaced(c: char) -> bool {
    matches!(c,
        '\u{3040}'..='\u{30ff}' | '\u{31f0}'..='\u{31ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}'
        | '\u{ac00}'..='\u{d7af}' | '\u{f900}'..='\u{faff}' | '\u{ff66}'..='\u{ff9d}' | '\u{20000}'..='\u{3134f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unspaced_scripts_are_cut_into_pairs() {
        assert_eq!(indexable("Hello 机器学习!"), "Hello  机器 器学 学习 习 !");
        assert_eq!(indexable("カ"), " カ ");
    }

    #[test]
    fn nothing_in_a_search_breaks_the_question() {
        for (query, question) in [
            ("machine Learning", Some("\"machine\" * AND \"learning\" *")),
            ("gpt-5", Some("\"gpt 5\"")),
            ("a\"b OR c*", Some("\"a b\" AND \"or\" AND \"c\"")),
            ("\"machine learning\"", Some("\"machine\" * AND \"learning\" *")),
            ("\" \"", None),
            ("机器学习", Some("\"机器 器学 学习\"")),
            ("器", Some("\"器\" *")),
            ("用rust写", Some("\"用\" * AND \"rust\" * AND \"写\" *")),
            ("🚀 % *", None),
            ("NEAR(x)", Some("\"near x\"")),
            // Letters with marks of their own, as some keyboards send them and as İ becomes in lower case.
            ("cafe\u{301}s", Some("\"cafe\u{301}s\" *")),
            ("İstanbul", Some("\"i\u{307}stanbul\" *")),
            ("ne\u{3a2}e", Some("\"ne\u{3a2}e\" *")),
            ("\u{301} ・", None),
        ] {
            assert_eq!(index_query(&terms(query), Fit::Beginning).as_deref(), question, "{query}");
        }
    }

    #[test]
    fn a_search_has_at_most_ten_terms() {
        let many: Vec<String> = (0..50).map(|n| n.to_string()).collect();
        assert_eq!(terms(&many.join(" ")).len(), 10);
        assert_eq!(terms("a b A a"), ["a", "b"], "each counts once");
    }
}
