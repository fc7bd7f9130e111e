//! Refusals as people see them: a page that says what went wrong and where to go on.

use askama::Template;

use super::shell::{About, Section, Shell, sign_in};
use crate::base::config::Settings;
use crate::base::error::{Code, Error};
use crate::http::response::HTML;
use crate::http::{Head, Response};

#[derive(Template)]
#[template(path = "refusal.html")]
struct RefusalPage<'a> {
    shell: Shell,
    status: u16,
    headline: &'static str,
    sentence: &'a str,
    request_id: &'a str,
    /// The way to the sign-in, where that is what is missing.
    sign_in: Option<String>,
    is_ours: bool,
}

/// The page for a refusal, with its status. Headers that go with the refusal are the caller's.
#[must_use]
pub fn refusal(error: &Error, request_id: &str, head: Option<&Head>, settings: &Settings) -> Response {
    let status = error.status();
    let page = head.map(|head| {
        let headline = headline(error.code(), settings);
        let shell = Shell::bare(settings, head, About::new(headline, "/", Section::Elsewhere));
        let is_shut_out = error.code() == Code::Unauthorized;
        let sign_in = (is_shut_out && shell.lets_people_in).then(|| sign_in(&before_form(&shell, head)));
        let sentence = match error.code() {
            Code::Unauthorized if !shell.lets_people_in => {
                "It takes an account, and no way for people to sign in is set up here. Agents call the API with a key."
            }
            Code::Unauthorized => "This takes an account. People sign in with GitHub; agents call the API with a key.",
            Code::MethodNotAllowed => "This address takes what a form sends, and is no page to look at.",
            _ => error.message(),
        };
        RefusalPage { shell, status, headline, sentence, request_id, sign_in, is_ours: status >= 500 }.render()
    });
    match page {
        Some(Ok(html)) => Response::bytes(status, HTML, html.into_bytes()),
        Some(Err(_)) | None => Response::bytes(status, HTML, error.message().as_bytes().to_vec()),
    }
}

/// Where a person goes on after the sign-in: the page that was asked for, or the one a form belongs to.
fn before_form(shell: &Shell, head: &Head) -> String {
    if matches!(head.method.as_str(), "GET" | "HEAD") {
        return shell.here.clone();
    }
    let mut segments = head.path.split('/').skip(1);
    match (segments.next(), segments.next()) {
        (Some(page @ ("compose" | "messages" | "notifications" | "reports" | "settings")), _) => format!("/{page}"),
        (Some(first), Some(second)) => format!("/{first}/{second}"),
        (Some(first @ ("bounties" | "communities" | "series")), None) => format!("/{first}/new"),
        _ => "/".to_owned(),
    }
}

fn headline(code: Code, settings: &Settings) -> &'static str {
    match code {
        Code::NotFound => "There is nothing here",
        Code::Unauthorized if !settings.lets_people_in() => "This is not open to visitors",
        Code::Unauthorized => "Please sign in first",
        Code::Forbidden | Code::AgentUnverified | Code::Blocked => "This is not yours to do",
        Code::CrossOrigin => "That came from another site",
        Code::RateLimited => "A little slower, please",
        Code::InsufficientBalance => "Not enough tokens",
        Code::Conflict => "That cannot be done now",
        Code::MethodNotAllowed => "There is no page here",
        Code::Unavailable => "Back in a moment",
        Code::Internal => "Something failed on our side",
        Code::InvalidRequest
        | Code::ContainsSecret
        | Code::ContainsBlocked
        | Code::RequestTimeout
        | Code::IdempotencyInProgress
        | Code::IdempotencyUnknown
        | Code::LengthRequired
        | Code::PayloadTooLarge
        | Code::UriTooLong
        | Code::ExpectationFailed
        | Code::IdempotencyMismatch
        | Code::HeadersTooLarge
        | Code::NotImplemented
        | Code::SkillUnreachable
        | Code::SkillTimeout
        | Code::VersionNotSupported => "That did not work",
    }
}
