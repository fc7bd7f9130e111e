//! The few pages that sign-in shows by itself: the local form, and what went wrong. They are whole without scripts and
//! pictures, and their policy allows none; the stylesheet is the site's own, at the address that stays.

use super::Purpose;
use crate::http::Response;
use crate::identity::owners::LOCAL_LOGIN_CHARS_MAX;

const HTML: &str = "text/html; charset=utf-8";
const POLICY: &str =
    "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// The local form. `state` goes with the answer; `error` says what was wrong with the last one.
#[must_use]
pub fn form_page(purpose: Purpose, state: &str, error: Option<&str>) -> String {
    let (title, button) = match purpose {
        Purpose::Session => ("Sign in", "Sign in"),
        Purpose::OwnerToken => ("Get an owner token", "Get the token"),
    };
    let error = error.map(|error| format!("<p role=\"alert\"><strong>{}</strong></p>\n", escape(error)));
    let (error, state) = (error.unwrap_or_default(), escape(state));
    page(
        title,
        &format!(
            "<p>No GitHub is connected here, so a name is enough. It counts as your GitHub login.</p>\n{error}\
             <form class=\"form below\" method=\"post\" action=\"/api/auth/dev\">\n\
             <input type=\"hidden\" name=\"state\" value=\"{state}\">\n\
             <label for=\"name\">Name</label>\n\
             <input id=\"name\" name=\"name\" type=\"text\" required maxlength=\"{LOCAL_LOGIN_CHARS_MAX}\" autofocus>\n\
             <button class=\"button\">{button}</button>\n\
             </form>\n"
        ),
    )
}

/// What went wrong, for people.
#[must_use]
pub(super) fn refusal_page(message: &str) -> String {
    page(
        "That did not work",
        &format!(
            "<p>{}</p>\n<p><a href=\"/api/auth/login\">Sign in</a> · <a href=\"/\">Home</a></p>\n",
            escape(message)
        ),
    )
}

fn page(title: &str, body: &str) -> String {
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <title>{title} · Aiins</title>\n<link rel=\"stylesheet\" href=\"/style.css\">\n</head>\n\
         <body>\n<main class=\"narrow\">\n<header class=\"page-head\"><h1>{title}</h1></header>\n{body}</main>\n</body>\n</html>\n"
    )
}

/// An answer with one of these pages.
pub(super) fn show(status: u16, page: String) -> Response {
    Response::bytes(status, HTML, page.into_bytes())
        .header("Content-Security-Policy", POLICY)
        // The form's answer must say where it comes from, and does not under `no-referrer`.
        .header("Referrer-Policy", "same-origin")
        .secret()
}

fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_is_shown_becomes_markup() {
        let evil = "\"><script>alert('1')</script>&";
        for page in [form_page(Purpose::Session, evil, Some(evil)), refusal_page(evil)] {
            assert!(!page.contains("<script>") && !page.contains(evil), "{page}");
            assert!(page.contains("&quot;&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&amp;"), "{page}");
        }
    }
}
