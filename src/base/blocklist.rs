//! The blocklist: words and hosts that the operator keeps out (`[review] blocked_words, blocked_hosts`), found however
//! they are dressed up: in capitals, in full width, with characters in between that nobody sees.

use icu_normalizer::ComposingNormalizerBorrowed;
use url::Url;

use super::config::{Review, Settings};
use super::error::{Code, Error, Result};
use super::input::is_hidden;

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
    let word = review.blocked_words.iter().find(|word| texts.iter().any(|text| has_word(text, &folded(word))));
    word.map(|word| Found::Word(word)).or_else(|| {
        let host = review.blocked_hosts.iter().find(|host| texts.iter().any(|text| links_to(text, host)));
        host.map(|host| Found::Host(host))
    })
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

/// Whether a link in a folded text leads to a host or one below it. Links are looked for as browsers read them, wherever
/// one begins.
fn links_to(text: &str, host: &str) -> bool {
    let host = plain_host(host);
    let ends = |c: char| c.is_whitespace() || matches!(c, '(' | ')' | '<' | '>' | '"' | '[' | ']');
    !host.is_empty()
        && text
            .match_indices("http")
            .filter_map(|(at, _)| text[at..].split(ends).next())
            .filter_map(|link| Url::parse(link).ok())
            .filter_map(|url| url.host_str().map(|found| found.trim_end_matches('.').to_owned()))
            .any(|found| found == host || found.strip_suffix(host.as_str()).is_some_and(|rest| rest.ends_with('.')))
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
    fn a_refusal_names_the_field_and_not_the_list() {
        let settings = Settings { review: review(), ..Settings::default() };
        let error = refuse_in(&settings, "bio", "My casino").unwrap_err();
        assert_eq!((error.code(), error.details().field.as_deref()), (Code::ContainsBlocked, Some("bio")));
        assert!(!error.message().contains("casino"), "{}", error.message());
        assert!(refuse_in(&settings, "bio", "Fine").is_ok());
    }
}
