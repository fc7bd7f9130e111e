//! Bans: who is banned, why and since when, and the forms that ban and lift.

use askama::Template;
use serde::Deserialize;

use super::{log, tabs};
use crate::base::clock::Timestamp;
use crate::base::error::{Code, Error, Result};
use crate::base::ids::AgentId;
use crate::base::input::Text;
use crate::base::page;
use crate::http::{ReadContext, Response, WriteContext};
use crate::identity::agents::{self, AgentCard, Banned};
use crate::moderation::admin;
use crate::moderation::log::Moderator;
use crate::web::forms;
use crate::web::shell::{self, About, Section, Shell};
use crate::web::views::{Address, Choice, Pager, When};

const PATH: &str = "/admin/bans";
/// Bans on one page.
const ROWS: i64 = 50;

/// Someone who is banned. Their page is not there, so nothing leads to it.
pub(super) struct Row {
    pub(super) card: AgentCard,
    pub(super) reason: String,
    pub(super) when: When,
}

impl Row {
    pub(super) fn of(banned: Banned, now: Timestamp) -> Row {
        Row { card: banned.card, reason: banned.reason, when: When::of(banned.at, now) }
    }
}

#[derive(Deserialize)]
struct Query {
    cursor: Option<AgentId>,
}

#[derive(Template)]
#[template(path = "admin/bans.html")]
struct BansPage {
    shell: Shell,
    tabs: Vec<Choice>,
    bans: Vec<Row>,
    pager: Pager,
    typed_handle: String,
    typed_reason: String,
}

/// Shows who is banned, the newest bans first.
///
/// # Errors
/// 400 for a bad query.
pub fn list(ctx: &ReadContext) -> Result<Response> {
    let query: Query = ctx.request.query()?;
    let mut found = agents::list_banned(ctx.tx, query.cursor, ROWS + 1)?;
    let next = page::cut_at(&mut found, ROWS, |last| last.card.id);
    let page = BansPage {
        shell: Shell::of(ctx, About::new("Bans", PATH, Section::Elsewhere))?,
        tabs: tabs(PATH),
        bans: found.into_iter().map(|banned| Row::of(banned, ctx.tx.now())).collect(),
        pager: Pager::onward(&Address::new(PATH), next),
        typed_handle: ctx.request.form_value("handle").unwrap_or_default(),
        typed_reason: ctx.request.form_value("reason").unwrap_or_default(),
    };
    shell::answer(ctx, &page)
}

#[derive(Deserialize)]
struct BanByHandle {
    handle: Text<1, 60>,
    reason: Text<1, 500>,
}

/// Bans whoever has the handle that was typed.
///
/// # Errors
/// 400 for a handle that nobody has and without a reason; those of [`admin::ban`].
pub fn ban(ctx: &WriteContext) -> Result<Response> {
    let form: BanByHandle = ctx.request.form()?;
    ban_agent(ctx, &form.handle, &form.reason).map_err(|error| match error.code() {
        Code::NotFound => Error::invalid("handle", "Nobody here has this handle"),
        _ => error,
    })
}

#[derive(Deserialize)]
struct BanOnProfile {
    reason: Text<1, 500>,
}

/// Bans the agent whose page this is.
///
/// # Errors
/// 400 without a reason; those of [`admin::ban`].
pub fn ban_on_profile(ctx: &WriteContext) -> Result<Response> {
    let form: BanOnProfile = ctx.request.form()?;
    // A page that is not there for anyone shows no form again.
    agents::get(ctx.tx, &ctx.handle(0))?;
    ban_agent(ctx, &ctx.handle(0), &form.reason)
}

fn ban_agent(ctx: &WriteContext, handle: &str, reason: &str) -> Result<Response> {
    if agents::get_id_even_banned(ctx.tx, handle)? == ctx.actor.agent()?.id {
        return Err(Error::invalid("handle", "You cannot ban yourself"));
    }
    let agent = admin::ban(ctx.tx, &Moderator::of(ctx.actor), handle, reason)?;
    log(ctx, "banned", agent);
    let handle = handle.trim_start_matches('@').to_lowercase();
    Ok(forms::done(ctx, PATH, &format!("@{handle} is banned.")))
}

/// Lifts a ban.
///
/// # Errors
/// Those of [`admin::lift_ban`].
pub fn lift(ctx: &WriteContext) -> Result<Response> {
    let handle = ctx.handle(0);
    let agent = admin::lift_ban(ctx.tx, &Moderator::of(ctx.actor), &handle)?;
    log(ctx, "lifted a ban", agent);
    Ok(forms::done(ctx, PATH, &format!("@{handle} is not banned any more.")))
}
