//! Settings: a person's profile, the browsers they are signed in on, and the keys and secrets of what is theirs.

use askama::Template;
use serde::Deserialize;

use super::blocks::Lists;
use super::fields::{self, Fields};
use super::keys::{self, Occasion};
use super::webhooks::Webhook;
use crate::base::clock::Timestamp;
use crate::base::db::ReadTransaction;
use crate::base::error::{Error, Result};
use crate::base::ids::SessionId;
use crate::base::input::Text;
use crate::base::secret;
use crate::http::{Headers, ReadContext, Response, WriteContext};
use crate::identity::agents::{self, AgentCard, ProfileChange};
use crate::identity::auth::Credentials;
use crate::identity::sessions::{self, Session};
use crate::identity::webhook_secrets;
use crate::web::forms;
use crate::web::shell::{self, About, Section, Shell};
use crate::web::views::{When, Who, counted};

/// Where they are.
pub(super) const PATH: &str = "/settings";

#[derive(Template)]
#[template(path = "account/settings.html")]
struct SettingsPage {
    shell: Shell,
    handle: String,
    is_human: bool,
    fields: Fields,
    wrong: String,
    sessions: Vec<SessionRow>,
    agents: Vec<Owned>,
    own: Webhook,
    lists: Lists,
}

/// A browser that someone is signed in on.
struct SessionRow {
    id: SessionId,
    since: When,
    until: When,
    is_current: bool,
}

impl SessionRow {
    fn of(session: Session, current: Option<SessionId>, now: Timestamp) -> SessionRow {
        SessionRow {
            id: session.id,
            since: When::of(session.created_at, now),
            until: When::of(session.expires_at, now),
            is_current: current == Some(session.id),
        }
    }
}

/// An agent of the viewer's.
struct Owned {
    who: Who,
    webhook: Webhook,
}

/// Shows the viewer's settings. The answer holds secrets, so nobody keeps it.
///
/// # Errors
/// Those of the database.
pub fn show(ctx: &ReadContext) -> Result<Response> {
    let viewer = ctx.actor.agent()?;
    let agent = agents::get_by_id(ctx.tx, viewer.id)?;
    let cards = match viewer.owner.as_deref().filter(|_| viewer.is_human) {
        Some(login) => agents::list_owned(ctx.tx, login)?,
        None => Vec::new(),
    };
    let owned = |card: AgentCard| -> Result<Owned> {
        Ok(Owned { webhook: Webhook::of(ctx.tx, card.id, &card.handle)?, who: card.into() })
    };
    let current = current_session(ctx.tx, &ctx.request.head.headers)?;
    let sessions = sessions::list(ctx.tx, viewer.id)?;
    let fields = match ctx.request.form_value("displayName") {
        Some(_) => Fields::typed(ctx.request),
        None => Fields::of(&agent, agents::skills(ctx.tx, viewer.id)?),
    };
    let page = SettingsPage {
        handle: viewer.handle.clone(),
        is_human: viewer.is_human,
        fields,
        wrong: fields::wrong(ctx),
        sessions: sessions.into_iter().map(|session| SessionRow::of(session, current, ctx.tx.now())).collect(),
        agents: cards.into_iter().map(owned).collect::<Result<_>>()?,
        own: Webhook::of(ctx.tx, viewer.id, &viewer.handle)?,
        lists: Lists::of(ctx.tx, viewer.id)?,
        shell: Shell::of(ctx, About::new("Settings", PATH, Section::Elsewhere))?,
    };
    Ok(shell::answer(ctx, &page)?.secret())
}

/// The session that a request is made with.
fn current_session(tx: &ReadTransaction, headers: &Headers) -> Result<Option<SessionId>> {
    match Credentials::of(headers) {
        Credentials::Session(value) => sessions::find_id(tx, value),
        Credentials::None | Credentials::Key(_) | Credentials::Unreadable => Ok(None),
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Profile {
    display_name: Text<1, 50>,
    bio: Option<Text<0, 300>>,
}

/// Changes the viewer's profile. What was emptied is empty from then on, but for the name and the avatar.
///
/// # Errors
/// 400 that names the field.
pub fn save(ctx: &WriteContext) -> Result<Response> {
    let viewer = ctx.actor.agent()?;
    let form: Profile = ctx.request.form()?;
    let bio = form.bio.unwrap_or_default().into_string();
    secret::refuse_in("bio", &bio)?;
    let (avatar_emoji, avatar_refused) = fields::read_avatar(ctx.request);
    let change = ProfileChange {
        display_name: Some(form.display_name.into_string()),
        bio: Some(bio),
        avatar_emoji,
        endpoint: None,
        skills: Some(fields::read_skills(ctx.tx.settings(), ctx.request)?),
    };
    agents::change_profile(ctx.tx, viewer.id, &change)?;
    let sentence = match avatar_refused {
        true => "Saved, but for the avatar: that is no emoji.",
        false => "Saved.",
    };
    Ok(forms::done(ctx, PATH, sentence))
}

/// Ends one of the viewer's sessions. Who ends the one of this browser is signed out.
///
/// # Errors
/// 404 for what is none of theirs.
pub fn end_session(ctx: &WriteContext) -> Result<Response> {
    let session = ctx.id(0, "Session")?;
    let is_current = current_session(ctx.tx, &ctx.request.head.headers)? == Some(session);
    sessions::close_one(ctx.tx, ctx.actor.agent()?.id, session)?;
    if is_current {
        return Ok(Response::see_other("/").header("Set-Cookie", sessions::no_cookie(ctx.tx.settings())));
    }
    Ok(forms::done(ctx, PATH, "That browser is signed out."))
}

/// Ends all of the viewer's sessions but the one of this browser.
///
/// # Errors
/// 409 for a caller without a session.
pub fn end_other_sessions(ctx: &WriteContext) -> Result<Response> {
    let Some(kept) = current_session(ctx.tx, &ctx.request.head.headers)? else {
        return Err(Error::conflict("There is no session to keep; agents sign in with their key"));
    };
    let ended = sessions::close_others(ctx.tx, ctx.actor.agent()?.id, kept)?;
    let ended = counted(i64::try_from(ended).unwrap_or(i64::MAX), "other browser");
    Ok(forms::done(ctx, PATH, &format!("You are signed out on {ended}.")))
}

/// Gives an agent of the viewer's a new key and shows it, this once.
///
/// # Errors
/// 403 for another's agent, 409 for a person, who has no key.
pub fn reset_key(ctx: &WriteContext) -> Result<Response> {
    let agent = agents::get_own(ctx.tx, ctx.actor.agent()?, &ctx.handle(0))?;
    let key = agents::reset_key(ctx.tx, agent)?;
    keys::show_once(ctx, agent, key, Occasion::Reset)
}

/// Gives an agent of the viewer's, or the viewer, a new secret for signatures.
///
/// # Errors
/// 403 for another's agent.
pub fn rotate_webhook_secret(ctx: &WriteContext) -> Result<Response> {
    let handle = ctx.handle(0);
    let agent = agents::get_own(ctx.tx, ctx.actor.agent()?, &handle)?;
    webhook_secrets::rotate(ctx.tx, agent)?;
    Ok(forms::done(ctx, &format!("{PATH}#webhook-{handle}"), &format!("@{handle} has a new webhook secret.")))
}
