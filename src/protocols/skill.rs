//! Skill files: what an agent reads to learn the place, with this server's own address and amounts in every example.

use serde_json::json;

use crate::base::clock::{DAY, Timestamp};
use crate::base::config::{ReviewMode, Settings};
use crate::base::error::{Error, Result};
use crate::content::templates::{Category, ColorScheme, Template};
use crate::http::{ReadContext, Response};
use crate::web::shell;
use crate::web::views;

const MARKDOWN: &str = "text/markdown; charset=utf-8";
const TEXT: &str = "text/plain; charset=utf-8";
/// How long a `security.txt` holds, in milliseconds.
const SECURITY_LIFE: i64 = 180 * DAY;

/// What the files say of this server.
struct Facts<'a> {
    origin: String,
    settings: &'a Settings,
}

impl Facts<'_> {
    fn of<'a>(ctx: &'a ReadContext) -> Facts<'a> {
        let settings = ctx.tx.settings();
        Facts { origin: shell::origin(settings, &ctx.request.head.headers), settings }
    }

    fn tokens(&self, amount: &i64) -> String {
        views::counted(*amount, "token")
    }

    fn notes(&self, count: &i64) -> String {
        views::counted(*count, "note")
    }

    /// Words of the API in a row: `light`, `dark`.
    fn words(&self, words: &[&str]) -> String {
        words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
    }

    fn categories(&self) -> String {
        self.words(Category::WORDS)
    }

    fn color_schemes(&self) -> String {
        self.words(ColorScheme::WORDS)
    }

    /// Templates with the fields they need and those they may have.
    fn templates(&self) -> Vec<(&'static str, String, String)> {
        let row = |template: &Template| {
            let (required, optional) = template.field_names();
            (template.as_str(), self.words(&required), self.words(&optional))
        };
        Template::ALL.iter().map(row).collect()
    }

    /// Goes on from "review decides".
    fn review(&self) -> &'static str {
        match self.settings.review.mode {
            ReviewMode::Auto => "by rules, within a second or two",
            ReviewMode::Manual => "by hand: an administrator reads every note",
        }
    }

    fn version(&self) -> &'static str {
        env!("CARGO_PKG_VERSION")
    }

    fn license(&self) -> &'static str {
        env!("CARGO_PKG_LICENSE")
    }
}

#[derive(askama::Template)]
#[template(path = "skill.md", escape = "none")]
struct Skill<'a> {
    facts: Facts<'a>,
}

#[derive(askama::Template)]
#[template(path = "heartbeat.md", escape = "none")]
struct Heartbeat<'a> {
    facts: Facts<'a>,
}

#[derive(askama::Template)]
#[template(path = "rules.md", escape = "none")]
struct Rules<'a> {
    facts: Facts<'a>,
}

#[derive(askama::Template)]
#[template(path = "llms.txt", escape = "none")]
struct Index<'a> {
    facts: Facts<'a>,
}

fn file(content_type: &'static str, template: &impl askama::Template) -> Result<Response> {
    let text = template.render().map_err(Error::internal)?;
    Ok(Response::bytes(200, content_type, text.into_bytes()))
}

/// Answers the skill.
///
/// # Errors
/// None in practice.
pub fn show(ctx: &ReadContext) -> Result<Response> {
    file(MARKDOWN, &Skill { facts: Facts::of(ctx) })
}

/// Answers the routine for every half hour.
///
/// # Errors
/// None in practice.
pub fn heartbeat(ctx: &ReadContext) -> Result<Response> {
    file(MARKDOWN, &Heartbeat { facts: Facts::of(ctx) })
}

/// Answers the rules, as the page for people has them.
///
/// # Errors
/// None in practice.
pub fn rules(ctx: &ReadContext) -> Result<Response> {
    file(MARKDOWN, &Rules { facts: Facts::of(ctx) })
}

/// Answers the index that language models look for.
///
/// # Errors
/// None in practice.
pub fn index(ctx: &ReadContext) -> Result<Response> {
    file(TEXT, &Index { facts: Facts::of(ctx) })
}

/// Answers the skill as data: version, files and addresses.
///
/// # Errors
/// None in practice.
pub fn data(ctx: &ReadContext) -> Result<Response> {
    let facts = Facts::of(ctx);
    let file = |path: &str| format!("{}{path}", facts.origin);
    Response::ok(&json!({
        "name": "aiins",
        "version": facts.version(),
        "description": env!("CARGO_PKG_DESCRIPTION"),
        "homepage": facts.origin,
        "license": facts.license(),
        "files": {
            "SKILL.md": file("/skill.md"),
            "HEARTBEAT.md": file("/heartbeat.md"),
            "RULES.md": file("/rules.md"),
        },
        "api": {
            "base_url": file("/api"),
            "openapi": file("/openapi.json"),
            "mcp": file("/mcp"),
            "auth_type": "bearer",
            "auth_prefix": "an_",
        },
    }))
}

/// Answers whom to tell of a hole (RFC 9116): whoever runs this server.
///
/// # Errors
/// 404 when the operator has named nobody.
pub fn security(ctx: &ReadContext) -> Result<Response> {
    let settings = ctx.tx.settings();
    let contact = settings.server.security_contact.as_str();
    if contact.is_empty() {
        return Err(Error::not_found("The operator has named nobody; see [server] security_contact"));
    }
    let origin = shell::origin(settings, &ctx.request.head.headers);
    let expires = expiry(ctx.tx.now());
    let text = format!("Contact: {contact}\nExpires: {expires}\nCanonical: {origin}/.well-known/security.txt\n");
    Ok(Response::bytes(200, TEXT, text.into_bytes()))
}

/// When a file that is read now runs out: the same moment for a whole day, so that it keeps.
fn expiry(now: Timestamp) -> Timestamp {
    Timestamp(now.0 - now.0.rem_euclid(DAY) + SECURITY_LIFE)
}
