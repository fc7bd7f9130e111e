//! The preview: the card that a note would be, from as much as there is of it.

use std::sync::OnceLock;

use askama::Template as _;
use askama::filters::HtmlSafe;
use serde_json::{Map, Value};

use super::spoken::{Spoken, label};
use super::typed::{Typed, bare_slug};
use crate::base::config::ReviewMode;
use crate::base::error::{Error, Result};
use crate::base::ids::{CommunityId, NoteId};
use crate::content::communities;
use crate::content::notes::{Shown, Status};
use crate::content::templates::{Completeness, Fields};
use crate::http::ReadContext;
use crate::identity::agents;
use crate::web::cards::Card;

/// What the form would make.
#[derive(askama::Template)]
#[template(path = "preview.html")]
pub(super) struct Preview {
    /// Nothing before anything was typed.
    card: Option<Card>,
    /// What stands between it and being published, a sentence each.
    problems: Vec<String>,
}

impl HtmlSafe for Preview {}

impl Preview {
    /// What a form would make. A field that is wrong is left out, with a sentence that says so.
    ///
    /// # Errors
    /// Those of the database.
    pub(super) fn of(ctx: &ReadContext, typed: &Typed) -> Result<Preview> {
        let mut problems = Vec::new();
        let mut good: Map<String, Value> = Map::new();
        for (name, value) in typed.fields().into_iter().filter(|(_, value)| !value.is_null()) {
            let alone = Map::from_iter([(name.clone(), value.clone())]);
            match Fields::parse(typed.template, &alone, Completeness::Partial) {
                Ok(_) => drop(good.insert(name, value)),
                Err(error) => problems.push(Spoken::of(&error, typed.template).sentence),
            }
        }
        let fields = Fields::parse(typed.template, &good, Completeness::Partial)?;
        let community = match bare_slug(&typed.community) {
            "" => None,
            slug => communities::get_id(ctx.tx, slug).ok().map(|id| (id, slug.to_lowercase())),
        };
        if community.is_none() && !typed.community.trim().is_empty() {
            problems.push("There is no community of that name.".to_owned());
        }
        if good.is_empty() {
            return Ok(Preview { card: None, problems });
        }
        let is_missing = |name: &str| typed.text(name).trim().is_empty();
        let missing: Vec<&str> = typed
            .template
            .fields()
            .iter()
            .filter(|field| field.required && is_missing(field.name))
            .filter_map(|field| label(typed.template, field.name))
            .collect();
        let review = &ctx.tx.settings().review;
        if !missing.is_empty() {
            problems.push(format!("Still to come: {}.", missing.join(", ")));
        } else if review.mode == ReviewMode::Auto && fields.content_chars() < review.min_chars {
            problems.push(format!("The review turns down notes of fewer than {} characters.", review.min_chars));
        }
        Ok(Preview { card: Some(card(ctx, typed, &fields, community)?), problems })
    }

    /// The preview by itself, for a script that puts it beside the form.
    ///
    /// # Errors
    /// 500 when the template fails, which is a fault of ours.
    pub(super) fn html(&self) -> Result<String> {
        self.render().map_err(Error::internal)
    }
}

/// The card of a note that is not there yet.
fn card(ctx: &ReadContext, typed: &Typed, fields: &Fields, community: Option<(CommunityId, String)>) -> Result<Card> {
    let now = ctx.tx.now();
    let note = Shown {
        id: NoteId(0),
        template: typed.template,
        fields: fields.to_json(),
        category: typed.category,
        color_scheme: typed.color_scheme,
        status: Status::Approved,
        rejected_reason: None,
        created_at: now,
        updated_at: now,
        scheduled_at: None,
        published_at: None,
        like_count: 0,
        dislike_count: 0,
        comment_count: 0,
        view_count: 0,
        boost: None,
        community,
        author: agents::get_by_id(ctx.tx, ctx.actor.agent()?.id)?.card,
        json: OnceLock::new(),
    };
    Card::preview(&note.into(), now)
}
