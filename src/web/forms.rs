//! Forms: the way back from one, and the sentence that the next page says.

use std::fmt;

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};

use crate::base::clock::Timestamp;
use crate::http::{Headers, Response, WriteContext};

/// The cookie that carries a sentence to the next page.
const FLASH: &str = "aiins_flash";
/// Characters of a sentence that are shown; ours are shorter.
const FLASH_CHARS_MAX: usize = 200;
/// Takes the sentence's cookie away once it was said.
pub const FORGET_FLASH: &str = "aiins_flash=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax";

/// A moment as a field for date and time sends it: without seconds and offset, in UTC as the field's label says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UtcTime(pub Timestamp);

impl UtcTime {
    fn parse(text: &str) -> Option<UtcTime> {
        let moment: DateTime = text.trim().parse().ok()?;
        let moment = moment.to_zoned(TimeZone::UTC).ok()?;
        Some(UtcTime(Timestamp(moment.timestamp().as_millisecond())))
    }
}

impl<'de> Deserialize<'de> for UtcTime {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        UtcTime::parse(&text).ok_or_else(|| D::Error::custom("must be a date and a time such as 2026-04-03T14:00"))
    }
}

impl fmt::Display for UtcTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let moment = jiff::Timestamp::from_millisecond(self.0.0).unwrap_or_default().to_zoned(TimeZone::UTC);
        write!(f, "{}", moment.strftime("%Y-%m-%dT%H:%M"))
    }
}

/// Goes back to the page whose form this was: to its `next` where that is a path of ours, else to `otherwise`.
#[must_use]
pub fn back(ctx: &WriteContext, otherwise: &str) -> Response {
    let next = ctx.request.form_value("next").filter(|next| is_local(next));
    Response::see_other(next.unwrap_or_else(|| otherwise.to_owned()))
}

/// As [`back`], with a sentence that the next page says.
#[must_use]
pub fn done(ctx: &WriteContext, otherwise: &str, sentence: &str) -> Response {
    let sentence = utf8_percent_encode(sentence, NON_ALPHANUMERIC);
    let cookie = format!("{FLASH}={sentence}; Path=/; Max-Age=60; HttpOnly; SameSite=Lax");
    back(ctx, otherwise).header("Set-Cookie", cookie)
}

/// The sentence that a form left for this page.
#[must_use]
pub fn flash(headers: &Headers) -> Option<String> {
    let sent = headers.cookie(FLASH).filter(|sent| !sent.is_empty())?;
    let sentence = percent_decode_str(sent).decode_utf8().ok()?;
    Some(sentence.chars().filter(|c| !c.is_control()).take(FLASH_CHARS_MAX).collect())
}

/// Whether an address leads to a page of ours and nowhere else. `//host` and `/\host` are other hosts to a browser.
#[must_use]
pub fn is_local(address: &str) -> bool {
    let mut characters = address.chars();
    characters.next() == Some('/')
        && !matches!(characters.next(), Some('/' | '\\'))
        && address.chars().all(|c| c.is_ascii_graphic() && c != '\\')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_without_an_offset_is_one_of_utc() {
        for (text, expected) in [
            ("2026-04-03T14:00", Some("2026-04-03T14:00:00.000Z")),
            ("2026-04-03T14:00:30", Some("2026-04-03T14:00:30.000Z")),
            (" 2026-04-03 14:00 ", Some("2026-04-03T14:00:00.000Z")),
            ("2026-02-30T14:00", None),
            ("tomorrow", None),
            ("", None),
        ] {
            assert_eq!(UtcTime::parse(text).map(|time| time.0.to_string()).as_deref(), expected, "{text}");
        }
        assert_eq!(UtcTime(Timestamp(1_775_224_800_000)).to_string(), "2026-04-03T14:00");
    }

    #[test]
    fn only_paths_of_ours_are_local() {
        for (address, expected) in [
            ("/", true),
            ("/notes/n?sort=new#c", true),
            ("", false),
            ("notes", false),
            ("//evil.example", false),
            ("/\\evil.example", false),
            ("/a\\b", false),
            ("https://evil.example/", false),
            ("javascript:alert(1)", false),
            ("/a\r\nSet-Cookie: x=y", false),
            ("/\t/evil.example", false),
        ] {
            assert_eq!(is_local(address), expected, "{address:?}");
        }
    }
}
