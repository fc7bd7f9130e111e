//! The shell: what all pages have around them.

use askama::Template;

use super::assets::{self, Asset};
use super::forms;
use super::theme::Theme;
use super::views::{counted, excerpt};
use crate::base::config::Settings;
use crate::base::error::{Error, Result};
use crate::base::ids::AgentId;
use crate::base::secret;
use crate::http::response::HTML;
use crate::http::{Caller, Head, Headers, ReadContext, Response};
use crate::identity::agents::{self, AgentCard};
use crate::identity::auth;
use crate::identity::notifications;
use crate::ledger::{self, Account};
use crate::social::messages;

/// Characters of a page's description, for previews elsewhere.
const DESCRIPTION_CHARS_MAX: usize = 200;

crate::words! {
    /// A part of the site, as the navigation has it.
    pub enum Section {
        /// The front page and notes.
        Notes = "notes",
        /// What goes on.
        Explore = "explore",
        /// Communities.
        Communities = "communities",
        /// Bounties.
        Bounties = "bounties",
        /// Leaderboards.
        Leaderboard = "leaderboard",
        /// None of them.
        Elsewhere = "elsewhere",
    }
}

/// Who looks at a page, and what is in their wallet.
#[derive(Debug, Clone)]
pub struct Viewer {
    /// Who it is.
    pub card: AgentCard,
    /// Tokens, in words.
    pub tokens: String,
    /// Notifications that are not read.
    pub notifications: i64,
    /// Messages that are not read.
    pub messages: i64,
    /// Whether the administrator's pages are there for them.
    pub administers: bool,
}

impl Viewer {
    fn of(ctx: &ReadContext, caller: &Caller) -> Result<Viewer> {
        let (tx, id) = (ctx.tx, caller.id);
        Ok(Viewer {
            card: agents::get_by_id(tx, id)?.card,
            tokens: counted(ledger::balance(tx, Account::Wallet(id))?, "token"),
            notifications: notifications::count_unread(tx, id)?,
            messages: messages::count_unread(tx, id)?,
            administers: auth::administers(tx.settings(), &ctx.request.head, caller),
        })
    }
}

/// What a page says of itself.
#[derive(Debug, Clone)]
pub struct About {
    title: String,
    path: String,
    section: Section,
    description: String,
    feed: Option<String>,
}

impl About {
    /// A page with a title at a path.
    pub fn new(title: impl Into<String>, path: impl Into<String>, section: Section) -> About {
        let description = "A social platform for AI agents. Agents call APIs, humans use the pages.".to_owned();
        About { title: title.into(), path: path.into(), section, description, feed: None }
    }

    /// What previews elsewhere say of it.
    #[must_use]
    pub fn described(mut self, description: &str) -> About {
        if !description.is_empty() {
            self.description = excerpt(description, DESCRIPTION_CHARS_MAX);
        }
        self
    }

    /// The Atom feed of what it shows.
    #[must_use]
    pub fn fed_by(mut self, feed: impl Into<String>) -> About {
        self.feed = Some(feed.into());
        self
    }
}

/// What a page has around it. Every page's template extends `base.html`, which reads this as `shell`.
#[derive(Debug)]
pub struct Shell {
    /// The page's title, without the site's name.
    pub title: String,
    /// The page's own path.
    pub path: String,
    /// What previews elsewhere say of it.
    pub description: String,
    /// The address of this server, without a slash at the end.
    pub origin: String,
    /// Where this page can be looked at again, with its query.
    pub here: String,
    /// The part of the site it belongs to.
    pub section: Section,
    /// Who looks.
    pub viewer: Option<Viewer>,
    /// Whether people can sign in on this server at all.
    pub lets_people_in: bool,
    /// The colours.
    pub theme: Theme,
    /// What a form has done.
    pub flash: Option<String>,
    /// Why a form was refused.
    pub refusal: Option<String>,
    /// The field of the form that was refused, where it was one.
    pub refused_field: Option<String>,
    /// The Atom feed of what it shows.
    pub feed: Option<String>,
}

impl Shell {
    /// The shell for whoever looks.
    ///
    /// # Errors
    /// Those of the database.
    pub fn of(ctx: &ReadContext, about: About) -> Result<Shell> {
        let head = &ctx.request.head;
        let viewer = match ctx.actor.known() {
            Some(caller) => Some(Viewer::of(ctx, caller)?),
            None => None,
        };
        let mut shell = Shell::bare(ctx.tx.settings(), head, about);
        shell.origin = origin(ctx.tx.settings(), &head.headers);
        shell.viewer = viewer;
        shell.refusal = ctx.refusal.map(|refusal| refusal.message().to_owned());
        shell.refused_field = ctx.refusal.and_then(|refusal| refusal.details().field.as_deref().map(str::to_owned));
        Ok(shell)
    }

    /// The shell of a page that knows nobody and reads nothing.
    #[must_use]
    pub fn bare(settings: &Settings, head: &Head, about: About) -> Shell {
        let is_read = matches!(head.method.as_str(), "GET" | "HEAD");
        let here = match head.query.as_str() {
            _ if !is_read => about.path.clone(),
            "" => head.path.clone(),
            query => format!("{}?{query}", head.path),
        };
        Shell {
            title: about.title,
            path: about.path,
            description: about.description,
            origin: String::new(),
            here: if forms::is_local(&here) { here } else { "/".to_owned() },
            section: about.section,
            viewer: None,
            lets_people_in: settings.lets_people_in(),
            theme: Theme::of(&head.headers),
            flash: forms::flash(&head.headers),
            refusal: None,
            refused_field: None,
            feed: about.feed,
        }
    }

    /// Whether someone is signed in.
    #[must_use]
    pub fn knows_viewer(&self) -> bool {
        self.viewer.is_some()
    }

    /// Whether an agent is the one who looks.
    #[must_use]
    pub fn is_viewer(&self, agent: &AgentId) -> bool {
        self.viewer.as_ref().is_some_and(|viewer| viewer.card.id == *agent)
    }

    /// Whether the administrator's pages are there for whoever looks.
    #[must_use]
    pub fn administers(&self) -> bool {
        self.viewer.as_ref().is_some_and(|viewer| viewer.administers)
    }

    /// Whether a form was refused because of this field.
    #[must_use]
    pub fn refuses(&self, field: &str) -> bool {
        self.refused_field.as_deref() == Some(field)
    }

    /// The way to the sign-in and back to here, where people can sign in.
    #[must_use]
    pub fn sign_in(&self) -> Option<String> {
        // An address is no place for a token, but for the one page that it is brought to.
        let next = if secret::contains(&self.here) { &self.path } else { &self.here };
        self.lets_people_in.then(|| sign_in(next))
    }

    /// The stylesheet.
    #[must_use]
    pub fn style(&self) -> &'static Asset {
        &assets::STYLE
    }

    /// The script.
    #[must_use]
    pub fn script(&self) -> &'static Asset {
        &assets::SCRIPT
    }

    /// The icon.
    #[must_use]
    pub fn icon(&self) -> &'static Asset {
        &assets::ICON
    }
}

/// Answers a page.
///
/// # Errors
/// 500 when the template fails, which is a fault of ours.
pub fn answer(ctx: &ReadContext, page: &impl Template) -> Result<Response> {
    let html = page.render().map_err(Error::internal)?;
    let response = Response::bytes(200, HTML, html.into_bytes());
    Ok(match forms::flash(&ctx.request.head.headers) {
        Some(_) => response.header("Set-Cookie", forms::FORGET_FLASH),
        None => response,
    })
}

/// The way to the sign-in and back to a page.
#[must_use]
pub fn sign_in(next: &str) -> String {
    let query = url::form_urlencoded::Serializer::new(String::new()).append_pair("next", next).finish();
    format!("/api/auth/login?{query}")
}

/// The address of this server for links from elsewhere: the configured one, else the one this browser used.
#[must_use]
pub fn origin(settings: &Settings, headers: &Headers) -> String {
    match headers.get("host") {
        Some(host) if settings.server.public_url.is_empty() => format!("http://{host}"),
        _ => settings.public_url(),
    }
}
