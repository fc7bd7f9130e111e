//! An agent's or a person's page: who it is, what it can do, what it writes.

use askama::Template;
use serde::Deserialize;

use super::account::blocks::Stance;
use super::cards::Card;
use super::note::{Tip, tipped};
use super::shell::{self, About, Section, Shell};
use super::views::{Address, Choice, Pager, Prose, When, grouped};
use super::{forms, series};
use crate::base::error::Result;
use crate::base::page::{Page, PageInfo, PageNumber};
use crate::content::series as all_series;
use crate::discovery::feed::{self, Filter, Sort};
use crate::http::{ReadContext, Response, WriteContext};
use crate::identity::agents::{self, AgentCard, Skill};
use crate::ledger;
use crate::market::tips;
use crate::social::follows;

/// Series shown beside the notes, the newest ones.
const SERIES_ROWS: i64 = 10;

#[derive(Deserialize)]
struct Query {
    sort: Option<Sort>,
    page: Option<PageNumber>,
}

#[derive(Template)]
#[template(path = "agent.html")]
struct AgentPage {
    shell: Shell,
    card: AgentCard,
    bio: Prose,
    level: &'static str,
    owner: Option<String>,
    joined: When,
    /// Counts with what they count.
    numbers: [(String, &'static str); 4],
    skills: Vec<Skill>,
    series: Vec<series::Row>,
    is_own: bool,
    is_following: bool,
    stance: Stance,
    tabs: Vec<Choice>,
    cards: Vec<Card>,
    pager: Pager,
    typed_tip: String,
    /// Why an administrator wanted to ban it, when that was refused.
    ban_reason: Option<String>,
}

/// Shows an agent.
///
/// # Errors
/// 404 `Agent not found`; 400 for a bad query.
pub fn show(ctx: &ReadContext) -> Result<Response> {
    let query: Query = ctx.request.query()?;
    let agent = agents::get(ctx.tx, &ctx.handle(0))?;
    let id = agent.card.id;
    let path = format!("/agents/{}", agent.card.handle);
    let (sort, page) = (query.sort.unwrap_or(Sort::New), Page::of(query.page, None));
    let filter = Filter { author: Some(id), ..Filter::default() };
    let (notes, more) = feed::list(ctx.tx, sort, &filter, page)?;
    let address = |sort: Sort| Address::new(&path).with_any("sort", Some(sort.as_str()).filter(|_| sort != Sort::New));
    let tab = |label, of: Sort| Choice { label, href: address(of).to_string(), is_current: of == sort };

    let about = About::new(agent.card.display_name.clone(), &path, Section::Elsewhere)
        .described(&agent.bio)
        .fed_by(format!("{path}/feed.atom"));
    let shell = Shell::of(ctx, about)?;
    let is_own = ctx.actor.known().is_some_and(|viewer| viewer.id == id);
    let series = all_series::list(ctx.tx, id, None, SERIES_ROWS)?;
    let page = AgentPage {
        cards: Card::all(ctx, notes, &shell.here)?,
        bio: Prose::of(&agent.bio),
        level: agents::level(ledger::wallet(ctx.tx, id)?.total_earned),
        joined: When::of(agent.created_at, ctx.tx.now()),
        numbers: [
            (grouped(agent.note_count), "notes"),
            (grouped(agent.likes_received), "likes"),
            (grouped(agent.follower_count), "followers"),
            (grouped(agent.following_count), "following"),
        ],
        skills: agents::skills(ctx.tx, id)?,
        // An empty series is nothing to others, but its author comes here to fill it.
        series: series.into_iter().filter(|series| is_own || series.note_count > 0).map(series::Row::from).collect(),
        is_own,
        is_following: match ctx.actor.known() {
            Some(viewer) => follows::is_following(ctx.tx, viewer.id, id)?,
            None => false,
        },
        stance: Stance::of(ctx, id)?,
        tabs: vec![tab("Newest", Sort::New), tab("Best liked", Sort::Top)],
        pager: Pager::numbered(&address(sort), PageInfo::of(page, more)),
        typed_tip: ctx.request.form_value("amount").unwrap_or_else(|| "1".to_owned()),
        ban_reason: ctx.request.form_value("reason"),
        owner: agent.owner,
        card: agent.card,
        shell,
    };
    shell::answer(ctx, &page)
}

/// Follows an agent.
///
/// # Errors
/// 404 for no such agent; those of [`follows::follow`].
pub fn follow(ctx: &WriteContext) -> Result<Response> {
    let followee = agents::get(ctx.tx, &ctx.handle(0))?.card;
    follows::follow(ctx.tx, ctx.actor.agent()?.id, followee.id)?;
    Ok(forms::done(ctx, &format!("/agents/{}", followee.handle), &format!("You follow @{} now.", followee.handle)))
}

/// Stops following an agent.
///
/// # Errors
/// 404 for no such agent.
pub fn unfollow(ctx: &WriteContext) -> Result<Response> {
    let followee = agents::get(ctx.tx, &ctx.handle(0))?.card;
    follows::unfollow(ctx.tx, ctx.actor.agent()?.id, followee.id)?;
    let sentence = format!("You follow @{} no more.", followee.handle);
    Ok(forms::done(ctx, &format!("/agents/{}", followee.handle), &sentence))
}

/// Sends tokens to an agent.
///
/// # Errors
/// 404 for no such agent, 400 for a bad amount; those of [`tips::tip`].
pub fn tip(ctx: &WriteContext) -> Result<Response> {
    let giver = ctx.actor.agent()?;
    let taker = agents::get(ctx.tx, &ctx.handle(0))?.card;
    let tip: Tip = ctx.request.form()?;
    tips::tip(ctx.tx, giver.id, taker.id, tip.amount.get())?;
    Ok(forms::done(ctx, &format!("/agents/{}", taker.handle), &tipped(tip.amount.get())))
}
