//! Views: what stands on many pages. Each is a small template of its own, so that everything in it is escaped.

use std::fmt;

use askama::Template;
use askama::filters::HtmlSafe;
use jiff::tz::TimeZone;
use url::Url;

use crate::base::clock::{DAY, HOUR, MINUTE, Timestamp};
use crate::base::page::PageInfo;
use crate::identity::agents::AgentCard;

/// A moment: how long ago it was or how far away it is, with the exact time on hover.
#[derive(Debug, Clone, Template)]
#[template(source = r#"<time datetime="{{ iso }}" title="{{ exact }}">{{ words }}</time>"#, ext = "html")]
pub struct When {
    /// For programs.
    pub iso: String,
    /// For people who want to know.
    pub exact: String,
    /// For people who just read.
    pub words: String,
}

impl HtmlSafe for When {}

impl When {
    /// A moment, seen from now.
    #[must_use]
    pub fn of(at: Timestamp, now: Timestamp) -> When {
        let date = jiff::Timestamp::from_millisecond(at.0).unwrap_or_default().to_zoned(TimeZone::UTC);
        let exact = date.strftime("%-d %B %Y, %H:%M UTC").to_string();
        let ago = now.since(at);
        let words = match ago.abs() {
            0..MINUTE => "just now".to_owned(),
            distance @ MINUTE..HOUR => directed(ago, distance / MINUTE, "min"),
            distance @ HOUR..DAY => directed(ago, distance / HOUR, "h"),
            distance if distance < 30 * DAY => directed(ago, distance / DAY, "d"),
            _ => date.strftime("%-d %b %Y").to_string(),
        };
        When { iso: at.to_string(), exact, words }
    }
}

fn directed(ago: i64, count: i64, unit: &str) -> String {
    if ago > 0 { format!("{count} {unit} ago") } else { format!("in {count} {unit}") }
}

/// An agent or a person in a line: avatar, name, badge, handle.
#[derive(Debug, Clone, Template)]
#[template(path = "who.html")]
pub struct Who {
    /// The agent.
    pub card: AgentCard,
}

impl HtmlSafe for Who {}

impl From<AgentCard> for Who {
    fn from(card: AgentCard) -> Who {
        Who { card }
    }
}

/// A text that a user wrote: paragraphs with their line breaks, where addresses and handles can be followed.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "prose.html")]
pub struct Prose {
    paragraphs: Vec<Vec<Piece>>,
}

impl HtmlSafe for Prose {}

/// A stretch of a text, which may lead somewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Piece {
    text: String,
    link: Option<Link>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Link {
    /// A page elsewhere, named by a user.
    Elsewhere(String),
    /// An agent's page.
    Agent(String),
}

impl Piece {
    fn elsewhere(&self) -> Option<&str> {
        match &self.link {
            Some(Link::Elsewhere(address)) => Some(address),
            Some(Link::Agent(_)) | None => None,
        }
    }

    fn agent(&self) -> Option<&str> {
        match &self.link {
            Some(Link::Agent(handle)) => Some(handle),
            Some(Link::Elsewhere(_)) | None => None,
        }
    }
}

impl Prose {
    /// A text as it is shown.
    #[must_use]
    pub fn of(text: &str) -> Prose {
        let paragraphs = text.split("\n\n").map(|paragraph| paragraph.trim_matches('\n'));
        Prose { paragraphs: paragraphs.filter(|paragraph| !paragraph.trim().is_empty()).map(pieces).collect() }
    }

    /// Whether there is nothing to show.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.paragraphs.is_empty()
    }
}

/// Takes a paragraph apart at white space; a word that is an address or a handle becomes a link.
fn pieces(paragraph: &str) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    let mut plain = String::new();
    for word in paragraph.split_inclusive(char::is_whitespace) {
        let Some((before, link, length)) = find_link(word) else {
            plain.push_str(word);
            continue;
        };
        plain.push_str(&word[..before]);
        if !plain.is_empty() {
            pieces.push(Piece { text: std::mem::take(&mut plain), link: None });
        }
        pieces.push(Piece { text: word[before..before + length].to_owned(), link: Some(link) });
        plain.push_str(&word[before + length..]);
    }
    if !plain.is_empty() {
        pieces.push(Piece { text: plain, link: None });
    }
    pieces
}

/// A link in a word: where it begins, where it leads, and how long it is, in bytes.
fn find_link(word: &str) -> Option<(usize, Link, usize)> {
    let before = word.find(|c: char| !matches!(c, '(' | '[' | '"' | '\'' | '<' | '*' | '«' | '“' | '‘'))?;
    let rest = &word[before..];
    if let Some(handle) = rest.strip_prefix('@') {
        let end = handle.find(|c: char| !(c.is_ascii_alphanumeric() || c == '-' || c == '_')).unwrap_or(handle.len());
        let handle = handle[..end].trim_end_matches(['-', '_']);
        let is_handle = (2..=30).contains(&handle.len());
        return is_handle.then(|| (before, Link::Agent(handle.to_ascii_lowercase()), handle.len() + 1));
    }
    let scheme = rest.split_once("://").map(|(scheme, _)| scheme)?;
    if !matches!(scheme, "http" | "https") {
        return None;
    }
    let mut address = rest.trim_end().trim_end_matches(|c: char| ".,;:!?\"'>]}*»”’".contains(c));
    // A closing bracket belongs to the address only if the address opened it.
    while address.ends_with(')') && address.matches(')').count() > address.matches('(').count() {
        address = address[..address.len() - 1].trim_end_matches(|c: char| ".,;:!?".contains(c));
    }
    let url = web_url(address)?;
    Some((before, Link::Elsewhere(url), address.len()))
}

/// An address that a page may link to, as a browser will read it; nothing for what is no http or https address.
#[must_use]
pub fn web_url(address: &str) -> Option<String> {
    let url = Url::parse(address).ok()?;
    let is_web = matches!(url.scheme(), "http" | "https") && url.host_str().is_some_and(|host| !host.is_empty());
    is_web.then(|| url.into())
}

/// The host of an address, without `www.`.
#[must_use]
pub fn host_of(address: &str) -> Option<String> {
    let host = Url::parse(address).ok()?.host_str()?.to_owned();
    Some(host.strip_prefix("www.").map_or(host.clone(), str::to_owned))
}

/// Something to choose, one of several.
#[derive(Debug)]
pub struct Choice {
    /// What it says.
    pub label: &'static str,
    /// Where it leads.
    pub href: String,
    /// Whether it is chosen.
    pub is_current: bool,
}

/// The ways to the pages beside this one.
#[derive(Debug, Default)]
pub struct Pager {
    /// Where the page before this one is.
    pub before: Option<String>,
    /// What the way there says.
    pub before_label: &'static str,
    /// Where the next page is.
    pub after: Option<String>,
    /// What the way there says.
    pub after_label: &'static str,
}

impl Pager {
    /// For a list by number. `here` is the address of its first page.
    #[must_use]
    pub fn numbered(here: &Address, info: PageInfo) -> Pager {
        let page = |number: i64| match number {
            1 => here.clone().to_string(),
            number => here.clone().with("page", &number.to_string()).to_string(),
        };
        Pager {
            before: (info.page > 1).then(|| page(info.page - 1)),
            before_label: "Previous",
            after: info.has_more.then(|| page(info.page + 1)),
            after_label: "Next",
        }
    }

    /// For a list by cursor, which only goes on.
    #[must_use]
    pub fn onward(here: &Address, next: Option<impl fmt::Display>) -> Pager {
        let after = next.map(|next| here.clone().with("cursor", &next.to_string()).to_string());
        Pager { after, after_label: "More", ..Pager::default() }
    }
}

/// A path of ours with a query.
#[derive(Debug, Clone)]
pub struct Address {
    path: String,
    query: String,
}

impl Address {
    /// A path.
    pub fn new(path: impl Into<String>) -> Address {
        Address { path: path.into(), query: String::new() }
    }

    /// The same with a parameter.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Address {
        self.query = url::form_urlencoded::Serializer::new(self.query).append_pair(name, value).finish();
        self
    }

    /// The same with a parameter, if it has a value.
    #[must_use]
    pub fn with_any(self, name: &str, value: Option<&str>) -> Address {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.query.as_str() {
            "" => f.write_str(&self.path),
            query => write!(f, "{}?{query}", self.path),
        }
    }
}

/// The beginning of a text in one line, cut between words.
#[must_use]
pub fn excerpt(text: &str, chars_max: usize) -> String {
    let mut line = String::new();
    let mut chars = 0;
    for word in text.split_whitespace() {
        let length = word.chars().count() + 1;
        if chars + length > chars_max {
            if line.is_empty() {
                line.extend(word.chars().take(chars_max));
            }
            line.push('…');
            return line;
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
        chars += length;
    }
    line
}

/// A number as people read it: `1,234,567`.
#[must_use]
pub fn grouped(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3 + 1);
    if number < 0 {
        text.push('−');
    }
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A count with its noun: `1 note`, `2 notes`.
#[must_use]
pub fn counted(count: i64, noun: &str) -> String {
    if count == 1 {
        format!("1 {noun}")
    } else {
        match noun.strip_suffix('y') {
            Some(stem) if noun != "day" => format!("{} {stem}ies", grouped(count)),
            _ => format!("{} {noun}s", grouped(count)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_told_as_people_do() {
        let now = Timestamp(1_775_224_800_000);
        for (millis, words) in [
            (0, "just now"),
            (-59_999, "just now"),
            (-5 * MINUTE, "5 min ago"),
            (-3 * HOUR - MINUTE, "3 h ago"),
            (-2 * DAY, "2 d ago"),
            (-40 * DAY, "22 Feb 2026"),
            (90 * MINUTE, "in 1 h"),
            (3 * DAY, "in 3 d"),
        ] {
            assert_eq!(When::of(now.plus(millis), now).words, words, "{millis}");
        }
        let html = When::of(now, now).render().unwrap();
        assert_eq!(
            html,
            r#"<time datetime="2026-04-03T14:00:00.000Z" title="3 April 2026, 14:00 UTC">just now</time>"#
        );
    }

    #[test]
    fn addresses_and_handles_become_links_and_all_else_is_text() {
        let rel = r#"rel="nofollow ugc noopener""#;
        for (text, html) in [
            ("a < b & \"c\"", "<p dir=\"auto\">a &#60; b &#38; &#34;c&#34;</p>".to_owned()),
            (
                "see https://example.com/a?b=1&c=2.",
                format!(
                    "<p dir=\"auto\">see <a href=\"https://example.com/a?b=1&#38;c=2\" {rel}>https://example.com/a?b=1&#38;c=2</a>.</p>"
                ),
            ),
            (
                "(https://example.com/x_(y)) end",
                format!(
                    "<p dir=\"auto\">(<a href=\"https://example.com/x_(y)\" {rel}>https://example.com/x_(y)</a>) end</p>"
                ),
            ),
            (
                "(https://example.com)",
                format!("<p dir=\"auto\">(<a href=\"https://example.com/\" {rel}>https://example.com</a>)</p>"),
            ),
            ("hi @Ada, mail a@b.cc", "<p dir=\"auto\">hi <a href=\"/agents/ada\">@Ada</a>, mail a@b.cc</p>".to_owned()),
            ("javascript://x%0aalert(1)", "<p dir=\"auto\">javascript://x%0aalert(1)</p>".to_owned()),
            ("data:text/html,x", "<p dir=\"auto\">data:text/html,x</p>".to_owned()),
            (
                "https://a.b/\"onmouseover=alert(1)",
                format!(
                    "<p dir=\"auto\"><a href=\"https://a.b/%22onmouseover=alert(1)\" {rel}>https://a.b/&#34;onmouseover=alert(1)</a></p>"
                ),
            ),
            ("one\n\n\n two\nthree\n\n", "<p dir=\"auto\">one</p><p dir=\"auto\"> two\nthree</p>".to_owned()),
        ] {
            assert_eq!(Prose::of(text).render().unwrap(), html, "{text}");
        }
    }

    #[test]
    fn numbers_and_counts_read_well() {
        for (number, text) in [(0, "0"), (999, "999"), (1_000, "1,000"), (-1_234_567, "−1,234,567")] {
            assert_eq!(grouped(number), text);
        }
        assert_eq!(counted(1, "reply"), "1 reply");
        assert_eq!(counted(2, "reply"), "2 replies");
        assert_eq!(counted(0, "note"), "0 notes");
        assert_eq!(excerpt("one two  three", 8), "one two…");
        assert_eq!(excerpt("one", 8), "one");
    }
}
