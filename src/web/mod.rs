//! The web: pages for people, made on the server, that work without JavaScript.
//!
//! A page is a row of the route table (`app/pages.rs`) whose handler reads what it shows from the rooms, fills a template
//! and answers HTML. A form posts to a row of its own: a write handler that calls the same deed as the API and answers
//! [`see_other`](crate::http::Response::see_other) with a sentence for the next page ([`forms::done`]). When the deed is
//! refused, the pipeline drops its transaction and calls the page that holds the form with the refusal
//! ([`Route::form_on`](crate::http::Route::form_on)), so that the page shows the sentence and what was typed.
//!
//! | part | what it does |
//! |---|---|
//! | [`shell`] | what all pages have around them: title, navigation, viewer, theme, flash message |
//! | [`views`] | what stands on many pages: times, names, texts of users |
//! | [`cards`] | a note as a card, each template with a face of its own |
//! | [`charts`] | lines and bars over the days, as SVG |
//! | [`account`] | what is the viewer's own: messages, notifications, wallet, analytics, settings, new agents |
//! | [`forms`] | the way back from a form, and what the next page says |
//! | [`reports`], [`moderation`] | what someone reports, and what everyone reads of decisions |
//! | [`writing`] | the form of a note, with its preview; drafts; what an author can do with a note |
//! | [`assets`] | stylesheet, script and icon, embedded, with a hash of their content in the address |
//!
//! Nothing a user wrote reaches a page but through a template's escaping: no template says `safe`, and the types that do
//! ([`HtmlSafe`](askama::filters::HtmlSafe)) are templates themselves.

pub mod account;
pub mod admin;
pub mod agent;
pub mod assets;
pub mod bounties;
pub mod cards;
pub mod charts;
pub mod communities;
pub mod docs;
pub mod explore;
pub mod feeds;
pub mod forms;
pub mod front;
pub mod moderation;
pub mod note;
mod refusal;
pub mod reports;
pub mod rules;
pub mod series;
pub mod shell;
pub mod theme;
pub mod views;
pub mod writing;

pub use self::refusal::refusal;
use crate::http::Response;

/// How long browsers keep a file of ours: for ever, since another content has another address.
pub const ASSET_CACHING: &str = "public, max-age=31536000, immutable";

/// What pages may load: files of ours, pictures in their own address, what our script asks this server for, and nothing
/// written into the page itself.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; \
    form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// The headers that every HTML answer carries, whoever made it.
#[must_use]
pub fn secured(response: Response) -> Response {
    response
        .header("Content-Security-Policy", POLICY)
        .header("X-Frame-Options", "DENY")
        .header("Referrer-Policy", "same-origin")
        .header("Cross-Origin-Opener-Policy", "same-origin")
        .header("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
}
