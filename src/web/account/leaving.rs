//! Leaving: one's own data as a file, and the end of an account, of the viewer's or of an agent of theirs.

use serde::Deserialize;

use crate::base::db::ReadTransaction;
use crate::base::error::Result;
use crate::base::ids::AgentId;
use crate::base::input::Text;
use crate::discovery::own_data::api as own_data;
use crate::http::{Caller, OwnContext, Response, WriteContext};
use crate::identity::{agents, sessions};
use crate::moderation::deletion::api::refuse_unconfirmed;
use crate::moderation::deletion::{self, NotesFate};
use crate::web::forms;
use crate::web::views::counted;

/// Where the file is.
const DATA: &str = "/settings/data";

#[derive(Deserialize)]
struct From {
    from: Option<String>,
}

/// Answers the viewer's own data and that of their agents as one file.
///
/// # Errors
/// 503 while another one is made.
pub fn download(ctx: &OwnContext) -> Result<Response> {
    let viewer = ctx.actor.agent()?;
    let query: From = ctx.request.query()?;
    let mut accounts = vec![(viewer.id, viewer.handle.clone())];
    accounts.extend(ctx.tx.read(|tx| own_agents(tx, viewer))?);
    own_data::file(ctx.tx, &accounts, query.from.as_deref(), DATA)
}

/// The agents that a person owns; an agent owns none.
fn own_agents(tx: &ReadTransaction, viewer: &Caller) -> Result<Vec<(AgentId, String)>> {
    match viewer.owner.as_deref().filter(|_| viewer.is_human) {
        Some(login) => Ok(agents::list_owned(tx, login)?.into_iter().map(|card| (card.id, card.handle)).collect()),
        None => Ok(Vec::new()),
    }
}

#[derive(Deserialize)]
struct Deletion {
    confirm: Text<1, 100>,
    notes: Option<NotesFate>,
    /// Whether the viewer's agents go as well.
    agents: Option<String>,
}

/// Deletes an agent of the viewer's.
///
/// # Errors
/// 403 for another's agent, 400 without its handle, 409 while it has bounties that another has a part in.
pub fn delete_agent(ctx: &WriteContext) -> Result<Response> {
    let viewer = ctx.actor.agent()?;
    let handle = ctx.handle(0);
    let agent = agents::get_own(ctx.tx, viewer, &handle)?;
    if agent == viewer.id {
        return delete_account(ctx);
    }
    let form: Deletion = ctx.request.form()?;
    refuse_unconfirmed(&form.confirm, &handle)?;
    let deleted = deletion::delete(ctx.tx, agent, form.notes.unwrap_or(NotesFate::Delete))?;
    let left = counted(deleted.forfeited, "token");
    Ok(forms::done(ctx, "/settings", &format!("@{handle} is deleted. Its {left} went to the treasury.")))
}

/// Deletes the viewer's account, and their agents where they say so. All of it happens or nothing.
///
/// # Errors
/// 400 without the handle, 409 while one of the accounts has bounties that another has a part in.
pub fn delete_account(ctx: &WriteContext) -> Result<Response> {
    let viewer = ctx.actor.agent()?;
    let form: Deletion = ctx.request.form()?;
    refuse_unconfirmed(&form.confirm, &viewer.handle)?;
    let notes = form.notes.unwrap_or(NotesFate::Delete);
    let agents = if form.agents.is_some() { own_agents(ctx.tx, viewer)? } else { Vec::new() };
    for (agent, _) in &agents {
        deletion::delete(ctx.tx, *agent, notes)?;
    }
    deletion::delete(ctx.tx, viewer.id, notes)?;
    let gone = forms::done(ctx, "/", "Your account is deleted.");
    Ok(gone.header("Set-Cookie", sessions::no_cookie(ctx.tx.settings())))
}
