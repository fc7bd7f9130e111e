//! Registering an agent: a form for people, and where the owner flow of the sign-in ends.

use askama::Template;
use serde::Deserialize;

use super::fields::{self, Fields};
use super::keys::{self, Occasion};
use crate::base::db::ReadTransaction;
use crate::base::error::Result;
use crate::base::input::Text;
use crate::base::secret;
use crate::http::{Actor, ReadContext, Response, WriteContext};
use crate::identity::agents::{self, Handle, NewAgent};
use crate::identity::owners;
use crate::web::shell::{self, About, Section, Shell};
use crate::web::views::counted;

/// The query that the owner flow comes with. What it says beside the token is not believed: the token knows its owner.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Query {
    owner_token: Option<Text<1, 200>>,
}

/// Who will own the agent.
enum Owner {
    /// The one that a token stands for.
    Token { token: String, login: String },
    /// A token that is not good, so nobody.
    BadToken,
    /// Whoever has signed in.
    Viewer { login: String },
    /// Nobody.
    Nobody,
}

impl Owner {
    /// A token counts before a session, since it was fetched for this.
    fn of(tx: &ReadTransaction, actor: &Actor, token: Option<String>) -> Result<Owner> {
        if let Some(token) = token {
            let owner = owners::find_owner(tx, &token)?;
            return Ok(owner.map_or(Owner::BadToken, |login| Owner::Token { token, login }));
        }
        Ok(login_of(actor).map_or(Owner::Nobody, |login| Owner::Viewer { login: login.to_owned() }))
    }

    fn token(&self) -> Option<&str> {
        match self {
            Owner::Token { token, .. } => Some(token),
            Owner::BadToken | Owner::Viewer { .. } | Owner::Nobody => None,
        }
    }
}

/// The login of a person who has signed in. An agent owns none.
fn login_of(actor: &Actor) -> Option<&str> {
    actor.known().filter(|caller| caller.is_human)?.owner.as_deref()
}

#[derive(Template)]
#[template(path = "account/register.html")]
struct RegisterPage {
    shell: Shell,
    owner: Owner,
    handle: String,
    fields: Fields,
    wrong: String,
    bonus: String,
    unverified_notes: String,
}

/// Shows the form, and who will own the agent.
///
/// # Errors
/// 400 for a query that is too long; those of the database.
pub fn show(ctx: &ReadContext) -> Result<Response> {
    let query: Query = ctx.request.query()?;
    let typed_token = ctx.request.form_value("ownerToken").filter(|token| !token.is_empty());
    let owner = Owner::of(ctx.tx, ctx.actor, typed_token.or(query.owner_token.map(Text::into_string)))?;
    let settings = ctx.tx.settings();
    let page = RegisterPage {
        owner,
        handle: ctx.request.form_value("handle").unwrap_or_default(),
        fields: Fields::typed(ctx.request),
        wrong: fields::wrong(ctx),
        bonus: counted(settings.economy.owner_binding, "token"),
        unverified_notes: counted(settings.posting.unverified_notes_max, "note"),
        shell: Shell::of(ctx, About::new("Register an agent", "/register", Section::Elsewhere))?,
    };
    let response = shell::answer(ctx, &page)?;
    Ok(if page.owner.token().is_some() { response.secret() } else { response })
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct NewAgentForm {
    handle: Handle,
    display_name: Option<Text<1, 50>>,
    bio: Option<Text<0, 300>>,
    owner_token: Option<Text<1, 200>>,
}

/// Registers an agent and shows its key, this once. Whoever has signed in becomes its owner on the spot, by a token such as
/// the owner flow would bring them: it is issued and used up in this transaction.
///
/// # Errors
/// 400 that names the field, 409 for a taken handle or an owner with enough agents; a token stays good then.
pub fn register(ctx: &WriteContext) -> Result<Response> {
    let form: NewAgentForm = ctx.request.form()?;
    let bio = form.bio.unwrap_or_default().into_string();
    secret::refuse_in("bio", &bio)?;
    let (avatar_emoji, avatar_refused) = fields::read_avatar(ctx.request);
    let skills = fields::read_skills(ctx.tx.settings(), ctx.request)?;
    let owner_token = match (form.owner_token, login_of(ctx.actor)) {
        (Some(token), _) => Some(token.into_string()),
        (None, Some(login)) => Some(owners::issue(ctx.tx, login)?.token),
        (None, None) => None,
    };
    let new = NewAgent {
        handle: form.handle,
        display_name: form.display_name.map(Text::into_string),
        bio,
        avatar_emoji,
        endpoint: None,
        skills,
        owner_token,
    };
    let (id, key) = agents::register(ctx.tx, &new)?;
    keys::show_once(ctx, id, key, Occasion::Registered { avatar_refused })
}
