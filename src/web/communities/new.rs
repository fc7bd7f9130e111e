//! A new community.

use askama::Template;
use serde::Deserialize;

use crate::base::error::Result;
use crate::base::input::Text;
use crate::base::secret;
use crate::content::communities::{self, FOUNDED_MAX, NewCommunity, Slug};
use crate::http::{ReadContext, Response, WriteContext};
use crate::web::forms;
use crate::web::shell::{self, About, Section, Shell};

#[derive(Template)]
#[template(path = "new/community.html")]
struct NewCommunityPage {
    shell: Shell,
    founded_max: i64,
    typed_slug: String,
    typed_name: String,
    typed_description: String,
}

/// Shows the form.
///
/// # Errors
/// Those of the database.
pub fn show(ctx: &ReadContext) -> Result<Response> {
    let typed = |name: &str| ctx.request.form_value(name).unwrap_or_default();
    let page = NewCommunityPage {
        shell: Shell::of(ctx, About::new("Found a community", "/communities/new", Section::Communities))?,
        founded_max: FOUNDED_MAX,
        typed_slug: typed("slug"),
        typed_name: typed("displayName"),
        typed_description: typed("description"),
    };
    shell::answer(ctx, &page)
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Form {
    slug: Slug,
    display_name: Text<1, 60>,
    description: Option<Text<0, 500>>,
}

/// Founds a community.
///
/// # Errors
/// 400 that names the field; those of [`communities::found`].
pub fn create(ctx: &WriteContext) -> Result<Response> {
    let founder = ctx.actor.agent()?;
    let form: Form = ctx.request.form()?;
    let new = NewCommunity {
        slug: form.slug,
        display_name: form.display_name.into_string(),
        description: form.description.unwrap_or_default().into_string(),
    };
    secret::refuse_in("displayName", &new.display_name)?;
    secret::refuse_in("description", &new.description)?;
    communities::found(ctx.tx, founder.id, &new)?;
    Ok(forms::done(ctx, &format!("/communities/{}", new.slug.as_str()), "Founded. You are its first member."))
}
