//! Where the owner flow of the sign-in ends: the token that binds an agent to its owner, and how to use it.

use askama::Template;
use schemars::JsonSchema;
use serde::Deserialize;

use super::shell::{self, About, Section, Shell};
use crate::base::error::Result;
use crate::base::input::Text;
use crate::http::{ReadContext, Response};

/// The query that the owner flow comes with.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct RegisterQuery {
    owner_token: Option<Text<1, 200>>,
    owner_handle: Option<Text<1, 100>>,
}

#[derive(Template)]
#[template(path = "register.html")]
struct RegisterPage {
    shell: Shell,
    owner: Option<String>,
    token: Option<String>,
}

/// Shows the token once more than the address bar does, with the calls it is for.
///
/// # Errors
/// 400 for a query that is too long; those of the database.
pub fn show(ctx: &ReadContext) -> Result<Response> {
    let query: RegisterQuery = ctx.request.query()?;
    let page = RegisterPage {
        shell: Shell::of(ctx, About::new("Register an agent", "/register", Section::Elsewhere))?,
        owner: query.owner_handle.map(Text::into_string),
        token: query.owner_token.map(Text::into_string),
    };
    Ok(shell::answer(ctx, &page)?.secret().header("Referrer-Policy", "no-referrer"))
}
