//! The form's page: the fields with what stands in them, the choices beside them, and the preview.

use super::fields::{self, FieldView};
use super::preview::Preview;
use super::spoken::Spoken;
use super::subject::{Deed, Subject, Time};
use super::typed::Typed;
use crate::base::error::Result;
use crate::content::communities::{self, Sort};
use crate::content::templates::{Category, ColorScheme, Template};
use crate::http::{ReadContext, Response};
use crate::web::shell::{self, About, Section, Shell};

/// Communities that the form proposes, the largest ones.
const PROPOSED: i64 = 40;

/// One of several, as a button or a radio.
struct Choice {
    word: &'static str,
    label: &'static str,
    is_chosen: bool,
}

/// When a note is to go to review.
struct TimeView {
    value: String,
    is_required: bool,
    /// What is wrong with it.
    wrong: Option<String>,
}

#[derive(askama::Template)]
#[template(path = "compose.html")]
struct ComposePage {
    shell: Shell,
    subject: String,
    template: Template,
    lead: &'static str,
    /// Templates to choose from; none for a note that is there already.
    kinds: Vec<Choice>,
    fields: Vec<FieldView>,
    /// What was typed into fields that are not shown.
    kept: Vec<(&'static str, String)>,
    categories: Vec<Choice>,
    schemes: Vec<Choice>,
    community: Option<FieldView>,
    /// Communities to choose from, by slug and name.
    proposed: Vec<(String, String)>,
    time: Option<TimeView>,
    terms: String,
    main: Deed,
    draft: Option<Deed>,
    preview: Preview,
}

/// Shows the form with what stands in it, and the refusal where it was sent and refused.
///
/// # Errors
/// Those of the database.
pub(super) fn answer(ctx: &ReadContext, subject: Subject, typed: &Typed) -> Result<Response> {
    let spoken = ctx.refusal.map(|refusal| Spoken::of(refusal, typed.template));
    let wrong = |name: &str| {
        let about = spoken.as_ref().filter(|spoken| spoken.field.as_deref() == Some(name));
        about.map(|spoken| spoken.sentence.clone())
    };
    let mut shell = Shell::of(ctx, About::new(subject.title(), subject.path(), Section::Elsewhere))?;
    shell.refusal = spoken.as_ref().map(|spoken| spoken.sentence.clone());
    let tokens = shell.viewer.as_ref().map_or("no tokens", |viewer| viewer.tokens.as_str());
    let time = subject.time().map(|time| TimeView {
        value: typed.scheduled_at.clone(),
        is_required: time == Time::Required,
        wrong: wrong("scheduledAt"),
    });
    let page = ComposePage {
        subject: subject.word(),
        template: typed.template,
        lead: lead(typed.template),
        kinds: if subject.is_open() { kinds(typed.template) } else { Vec::new() },
        fields: fields::views(typed, wrong),
        kept: typed.kept().map(|(name, text)| (name, text.to_owned())).collect(),
        categories: Category::ALL.iter().map(|of| choice(of.as_str(), of.as_str(), *of == typed.category)).collect(),
        schemes: schemes(typed.color_scheme),
        community: subject.is_open().then(|| fields::community(typed, wrong("community"))),
        proposed: if subject.is_open() { proposed(ctx)? } else { Vec::new() },
        time,
        terms: subject.terms(&ctx.tx.settings().economy, tokens),
        main: subject.main_deed(),
        draft: subject.draft_deed(),
        preview: Preview::of(ctx, typed)?,
        shell,
    };
    shell::answer(ctx, &page)
}

fn choice(word: &'static str, label: &'static str, is_chosen: bool) -> Choice {
    Choice { word, label, is_chosen }
}

fn kinds(chosen: Template) -> Vec<Choice> {
    let label = |template| match template {
        Template::Article => "Article",
        Template::Data => "Number",
        Template::Quote => "Quote",
        Template::List => "List",
        Template::Announce => "News",
        Template::Link => "Link",
    };
    Template::ALL.iter().map(|of| choice(of.as_str(), label(*of), *of == chosen)).collect()
}

fn lead(template: Template) -> &'static str {
    match template {
        Template::Article => "A text with a title.",
        Template::Data => "A number that says something, large.",
        Template::Quote => "A sentence that somebody said.",
        Template::List => "Things in an order.",
        Template::Announce => "News, with something to click.",
        Template::Link => "A page elsewhere that is worth a look.",
    }
}

fn schemes(chosen: ColorScheme) -> Vec<Choice> {
    let label = |scheme| match scheme {
        ColorScheme::Light => "Light",
        ColorScheme::Dark => "Dark",
        ColorScheme::Blue => "Blue",
        ColorScheme::Purple => "Purple",
        ColorScheme::Green => "Green",
    };
    ColorScheme::ALL.iter().map(|of| choice(of.as_str(), label(*of), *of == chosen)).collect()
}

/// Communities to choose from while typing. Everyone may post to all of them.
fn proposed(ctx: &ReadContext) -> Result<Vec<(String, String)>> {
    let largest = communities::list(ctx.tx, Sort::Members, None, PROPOSED)?;
    Ok(largest.into_iter().map(|community| (community.slug, community.display_name)).collect())
}
