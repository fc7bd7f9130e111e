//! The blocklist: words and hosts that the operator keeps out (`[review] blocked_words, blocked_hosts`), found however
//! they are dressed up: in capitals, in full width, with characters in between that nobody sees.

use std::collections::BTreeSet;

use icu_normalizer::ComposingNormalizerBorrowed;
use url::Url;

use super::config::{Review, Settings};
use super::error::{Code, Error, Result};
use super::input::is_hidden;

/// A host and its port in their longest spelling, each character of the name written as `%xx`.
const HOST_BYTES_MAX: usize = 800;

/// What of a blocklist stands in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found<'r> {
    /// A word or phrase, as the operator wrote it.
    Word(&'r str),
    /// A link to a host, as the operator wrote it.
    Host(&'r str),
}

/// The first blocked word in some texts, else the first blocked host that they link to.
pub fn find<'r, 't>(review: &'r Review, texts: impl IntoIterator<Item = &'t str>) -> Option<Found<'r>> {
    if review.blocked_words.is_empty() && review.blocked_hosts.is_empty() {
        return None;
    }
    let texts: Vec<String> = texts.into_iter().map(folded).collect();
    let has = |word: &str| texts.iter().any(|text| has_word(text, word));
    if let Some(word) = review.blocked_words.iter().find(|word| has(&folded(word))) {
        return Some(Found::Word(word));
    }
    if review.blocked_hosts.is_empty() {
        return None;
    }
    let linked: BTreeSet<String> = texts.iter().flat_map(|text| hosts_of(text)).collect();
    review.blocked_hosts.iter().find(|host| has_host(&linked, &plain_host(host))).map(|host| Found::Host(host))
}

/// Refuses a text that everyone reads as soon as it is written, unless nothing in it is blocked. What is blocked is not
/// said, so that the list cannot be asked for.
///
/// # Errors
/// 400 `contains_blocked` that names the field.
pub fn refuse_in(settings: &Settings, field: &'static str, text: &str) -> Result<()> {
    match find(&settings.review, [text]) {
        Some(Found::Word(_)) => Err(refused(field, "holds a word that is not allowed here; say it in other words")),
        Some(Found::Host(_)) => Err(refused(field, "links to a site that is not allowed here; leave the link out")),
        None => Ok(()),
    }
}

fn refused(field: &'static str, why: &str) -> Error {
    Error::new(Code::ContainsBlocked, format!("{field} {why}")).field(field)
}

/// A text as it is compared: without what nobody sees, in one width and one way to write each character, in lower case.
fn folded(text: &str) -> String {
    let seen: String = text.chars().filter(|c| !is_hidden(*c)).collect();
    if seen.is_ascii() {
        return seen.to_ascii_lowercase();
    }
    let composer = ComposingNormalizerBorrowed::new_nfkc();
    // What lower case takes apart, such as İ, is put together again, so that one word is one spelling.
    composer.normalize(&composer.normalize(&seen).to_lowercase()).into_owned()
}

/// Whether a word or phrase stands in a text by itself; both are folded.
fn has_word(text: &str, word: &str) -> bool {
    let word = word.trim();
    if word.is_empty() {
        return false;
    }
    // Scripts that put no spaces between words have no borders to look for.
    let spaced = |c: char| c.is_alphanumeric() && c.is_ascii();
    text.match_indices(word).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + word.len()..].chars().next();
        let open =
            |edge: Option<char>, neighbour: Option<char>| !(edge.is_some_and(spaced) && neighbour.is_some_and(spaced));
        open(word.chars().next(), before) && open(word.chars().next_back(), after)
    })
}

/// Whether a host is among those that are linked to, or one below it is.
fn has_host(linked: &BTreeSet<String>, host: &str) -> bool {
    let is_it = |found: &String| found == host || found.strip_suffix(host).is_some_and(|rest| rest.ends_with('.'));
    !host.is_empty() && linked.iter().any(is_it)
}

/// The hosts that links in a folded text lead to. Links are looked for as browsers read them, wherever one begins, and each
/// character is looked at a few times only: a text can be full of beginnings of links, and writers wait for this.
fn hosts_of(text: &str) -> Vec<String> {
    let ends =
        |c: char| c.is_whitespace() || matches!(c, '(' | ')' | '<' | '>' | '"' | '[' | ']' | '/' | '\\' | '?' | '#');
    let mut names = BTreeSet::new();
    let mut end = 0;
    for (at, scheme) in text.match_indices("http") {
        let rest = &text[at + scheme.len()..];
        let Some(rest) = rest.strip_prefix('s').unwrap_or(rest).strip_prefix(':') else { continue };
        let authority = rest.trim_start_matches(['/', '\\']);
        let start = text.len() - authority.len();
        if end < start {
            end = authority.find(ends).map_or(text.len(), |length| start + length);
        }
        // What stands before an @ is no part of the host, and a longer host is none.
        let cut = (end.saturating_sub(HOST_BYTES_MAX)..end).find(|cut| text.is_char_boundary(*cut));
        let tail = cut.map_or(start, |cut| cut.max(start));
        names.extend(text[tail..end].rsplit('@').next());
    }
    let hosts = names.into_iter().filter_map(|name| Url::parse(&format!("http://{name}")).ok());
    hosts.filter_map(|url| url.host_str().map(|host| host.trim_end_matches('.').to_owned())).collect()
}

/// A host of the list as addresses have it.
fn plain_host(host: &str) -> String {
    let host = folded(host);
    let host = host.trim().trim_matches('.');
    let parsed = Url::parse(&format!("http://{host}")).ok().and_then(|url| url.host_str().map(str::to_owned));
    parsed.unwrap_or_else(|| host.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn review() -> Review {
        Review {
            blocked_words: vec!["Casino".into(), "免费".into(), "free money".into(), " ".into()],
            blocked_hosts: vec!["bad.example".into(), "BÄD.example".into(), "".into()],
            ..Review::default()
        }
    }

    #[test]
    fn a_blocked_word_is_found_however_it_is_dressed_up() {
        let word = Some(Found::Word("Casino"));
        for (text, found) in [
            ("Come to my CASINO, all of you", word),
            ("casino", word),
            ("The word casinos is another one", None),
            ("my-casino_bot", word),
            ("ｃａｓｉｎｏ", word),
            ("Ｃa\u{200b}s\u{200d}i\u{ad}n\u{2060}o", word),
            ("c\u{feff}asino", word),
            ("\u{202e}casino\u{202c}", word),
            ("𝐜𝐚𝐬𝐢𝐧𝐨 tonight", word),
            ("ⓒⓐⓢⓘⓝⓞ", word),
            ("今天全部免费的东西", Some(Found::Word("免费"))),
            ("FREE money", Some(Found::Word("free money"))),
            ("carefree moneybags", None),
            ("", None),
        ] {
            assert_eq!(find(&review(), [text]), found, "{text}");
        }
        assert_eq!(find(&Review::default(), ["casino"]), None);
    }

    #[test]
    fn a_blocked_host_is_found_as_browsers_read_a_link() {
        let host = Some(Found::Host("bad.example"));
        for (text, found) in [
            ("See https://bad.example/x for more of it", host),
            ("See (https://www.BAD.example.) for more", host),
            ("see:https://bad.example", host),
            ("https:\\\\bad.example\\x", host),
            ("HTTPS://ｂａｄ．example/", host),
            ("https://b\u{200b}ad.example", host),
            ("https://user@bad.example:8443/", host),
            ("https:bad.example", host),
            ("httphttp://bad.example", host),
            ("http:http:http://bad.example", host),
            ("https://b%61d.example/", host),
            ("https://xn--bd-via.example/", Some(Found::Host("BÄD.example"))),
            ("https://bäd.example/", Some(Found::Host("BÄD.example"))),
            ("See https://notbad.example/x for more", None),
            ("bad.example is a name", None),
            ("https://bad.example.org/", None),
        ] {
            assert_eq!(find(&review(), [text]), found, "{text}");
        }
    }

    #[test]
    fn a_host_behind_a_long_name_is_found_and_a_text_full_of_links_is_read_once() {
        let long = format!("https://{}@bad.example/", "a".repeat(5_000));
        assert_eq!(find(&review(), [long.as_str()]), Some(Found::Host("bad.example")));
        let many = Review { blocked_hosts: (0..100).map(|n| format!("bad{n}.example")).collect(), ..review() };
        for piece in ["http://a/", "http:", "http://a@", "http:////////"] {
            let text = piece.repeat(20_000 / piece.len());
            let began = std::time::Instant::now();
            assert_eq!(find(&many, [text.as_str()]), None);
            // Before, the same took minutes.
            assert!(began.elapsed().as_secs() < 5, "{piece}: {:?}", began.elapsed());
        }
    }

    #[test]
    fn a_refusal_names_the_field_and_not_the_list() {
        let settings = Settings { review: review(), ..Settings::default() };
        let error = refuse_in(&settings, "bio", "My casino").unwrap_err();
        assert_eq!((error.code(), error.details().field.as_deref()), (Code::ContainsBlocked, Some("bio")));
        assert!(!error.message().contains("casino"), "{}", error.message());
        assert!(refuse_in(&settings, "bio", "Fine").is_ok());
    }
}
