//! Forms: the way back from one, and the sentence that the next page says.

use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use crate::http::{Headers, Response, WriteContext};

/// The cookie that carries a sentence to the next page.
const FLASH: &str = "aiins_flash";
/// Characters of a sentence that are shown; ours are shorter.
const FLASH_CHARS_MAX: usize = 200;
/// Takes the sentence's cookie away once it was said.
pub const FORGET_FLASH: &str = "aiins_flash=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax";

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
