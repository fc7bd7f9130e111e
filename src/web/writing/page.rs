//! The form's page: the fields of a template with what stands in them, the choices beside them, and the preview.

use askama::filters::HtmlSafe;

use super::preview::Preview;
use super::spoken::{Spoken, label};
use super::typed::Typed;
use crate::base::clock::Timestamp;
use crate::base::error::Result;
use crate::base::ids::{DraftId, NoteId};
use crate::content::communities::{self, Sort};
use crate::content::notes::Status;
use crate::content::templates::{
    Category, ColorScheme, Field, ITEM_CHARS_MAX, ITEMS_MAX, Kind, TAGS_MAX, Template, URL_CHARS_MAX,
};
use crate::http::{ReadContext, Response};
use crate::web::shell::{self, About, Section, Shell};
use crate::web::views::{When, counted};

/// Communities that the form proposes, the largest ones.
const PROPOSED: i64 = 40;
/// The order in which fields stand in the form, whatever their template.
const ORDER: &[&str] = &[
    "url", "title", "subtitle", "quote", "author", "source", "value", "unit", "delta", "items", "body", "cta",
    "ctaUrl", "tags",
];

/// What the form changes.
#[derive(Debug, Clone, Copy)]
pub(super) enum Subject {
    /// Nothing yet.
    New,
    /// A draft of the viewer's.
    Draft(DraftId),
    /// A note of the viewer's, and where it stands.
    Note(NoteId, Status),
}

/// Something to press.
struct Deed {
    path: String,
    label: &'static str,
}

/// A field with what stands in it.
#[derive(askama::Template)]
#[template(path = "compose_field.html")]
struct FieldView {
    name: &'static str,
    label: &'static str,
    hint: String,
    /// How it is typed: `line`, `short`, `text`, `items` or `url`.
    control: &'static str,
    value: String,
    chars_max: usize,
    is_required: bool,
    /// What is wrong with it.
    wrong: Option<String>,
}

impl HtmlSafe for FieldView {}

impl FieldView {
    fn is_long(&self) -> bool {
        matches!(self.control, "text" | "items")
    }

    fn input_type(&self) -> &'static str {
        if self.control == "url" { "url" } else { "text" }
    }

    /// The ids of what a screen reader says after the label.
    fn described_by(&self) -> String {
        match self.wrong {
            Some(_) => format!("wrong-{0} hint-{0}", self.name),
            None => format!("hint-{}", self.name),
        }
    }
}

/// One of several, as a button or a radio.
struct Choice {
    word: &'static str,
    label: &'static str,
    is_chosen: bool,
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
    kept: Vec<(&'static str, String)>,
    categories: Vec<Choice>,
    schemes: Vec<Choice>,
    community: Option<FieldView>,
    proposed: Vec<(String, String)>,
    /// The time to publish at, where there is one to choose.
    scheduled_at: Option<String>,
    scheduled_wrong: Option<String>,
    /// What pressing the main button means.
    terms: String,
    main: Deed,
    aside: Option<Deed>,
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
    let mut fields: Vec<&Field> = typed.template.fields().iter().collect();
    fields.sort_by_key(|field| ORDER.iter().position(|name| *name == field.name));

    let mut shell = Shell::of(ctx, About::new(title(subject), path(subject), Section::Elsewhere))?;
    shell.refusal = spoken.as_ref().map(|spoken| spoken.sentence.clone());
    let is_note = matches!(subject, Subject::Note(..));
    let waits = matches!(subject, Subject::New | Subject::Draft(_) | Subject::Note(_, Status::Scheduled));
    let page = ComposePage {
        subject: subject_word(subject),
        template: typed.template,
        lead: lead(typed.template),
        kinds: if is_note { Vec::new() } else { kinds(typed.template) },
        fields: fields.into_iter().map(|field| view(field, typed, wrong(field.name))).collect(),
        kept: typed.kept().map(|(name, text)| (name, text.to_owned())).collect(),
        categories: Category::ALL.iter().map(|of| choice(of.as_str(), of.as_str(), *of == typed.category)).collect(),
        schemes: ColorScheme::ALL
            .iter()
            .map(|of| choice(of.as_str(), colours(*of), *of == typed.color_scheme))
            .collect(),
        community: (!is_note).then(|| community(typed, wrong("community"))),
        proposed: if is_note { Vec::new() } else { proposed(ctx)? },
        scheduled_at: waits.then(|| typed.scheduled_at.clone()),
        scheduled_wrong: wrong("scheduledAt"),
        terms: terms(ctx, subject, &shell),
        main: main_deed(subject),
        aside: aside_deed(subject),
        preview: Preview::of(ctx, typed)?,
        shell,
    };
    shell::answer(ctx, &page)
}

fn title(subject: Subject) -> &'static str {
    match subject {
        Subject::New => "Write a note",
        Subject::Draft(_) => "Your draft",
        Subject::Note(..) => "Edit your note",
    }
}

fn path(subject: Subject) -> String {
    match subject {
        Subject::New => "/compose".to_owned(),
        Subject::Draft(id) => format!("/drafts/{id}"),
        Subject::Note(id, _) => format!("/notes/{id}/edit"),
    }
}

/// How a preview knows what the form changes.
fn subject_word(subject: Subject) -> String {
    match subject {
        Subject::New => String::new(),
        Subject::Draft(id) => id.to_string(),
        Subject::Note(id, _) => id.to_string(),
    }
}

fn main_deed(subject: Subject) -> Deed {
    match subject {
        Subject::New => Deed { path: "/compose".to_owned(), label: "Publish" },
        Subject::Draft(id) => Deed { path: format!("/drafts/{id}/publish"), label: "Publish" },
        Subject::Note(id, _) => Deed { path: format!("/notes/{id}/edit"), label: "Save changes" },
    }
}

/// What may be done with a note that is not whole yet.
fn aside_deed(subject: Subject) -> Option<Deed> {
    match subject {
        Subject::New => Some(Deed { path: "/compose/draft".to_owned(), label: "Save as draft" }),
        Subject::Draft(id) => Some(Deed { path: format!("/drafts/{id}"), label: "Save draft" }),
        Subject::Note(..) => None,
    }
}

fn terms(ctx: &ReadContext, subject: Subject, shell: &Shell) -> String {
    let economy = &ctx.tx.settings().economy;
    let held = shell.viewer.as_ref().map_or("nothing", |viewer| viewer.tokens.as_str());
    match subject {
        Subject::New | Subject::Draft(_) => {
            let (price, reward) = (counted(economy.post_note, "token"), counted(economy.post_approved, "token"));
            format!("Publishing costs {price}, and you have {held}. A note that passes the review earns {reward}.")
        }
        Subject::Note(_, Status::Scheduled) => "A scheduled note keeps its place; saving costs nothing.".to_owned(),
        Subject::Note(_, Status::Approved) => {
            "Saving costs nothing. An edited note goes back to review and leaves the feeds \
            until it is approved again; its likes and comments stay."
                .to_owned()
        }
        Subject::Note(..) => "Saving costs nothing, and the note goes to review again.".to_owned(),
    }
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

fn colours(scheme: ColorScheme) -> &'static str {
    match scheme {
        ColorScheme::Light => "Light",
        ColorScheme::Dark => "Dark",
        ColorScheme::Blue => "Blue",
        ColorScheme::Purple => "Purple",
        ColorScheme::Green => "Green",
    }
}

fn view(field: &Field, typed: &Typed, wrong: Option<String>) -> FieldView {
    let (chars_max, control, limit) = match field.kind {
        Kind::Text(max) if matches!(field.name, "body" | "quote") => (max, "text", up_to(max)),
        Kind::Text(max) => (max, "line", up_to(max)),
        Kind::Value(max) => (max, "short", up_to(max)),
        Kind::Url => (URL_CHARS_MAX, "url", "It starts with https:// or http://.".to_owned()),
        Kind::Items => {
            (0, "items", format!("One on each line: up to {ITEMS_MAX}, each of up to {ITEM_CHARS_MAX} characters."))
        }
        Kind::Tags => (0, "line", format!("Up to {TAGS_MAX}, with spaces between them.")),
    };
    let control = if matches!(field.name, "unit") { "short" } else { control };
    let hint = match (field.name, typed.template) {
        ("value", _) => "A number, or a short text such as 4.2k.".to_owned(),
        ("unit", _) => "What it counts, such as ms.".to_owned(),
        ("delta", _) => "Since last time, such as +3%.".to_owned(),
        ("source", _) => "A book, a talk, a page.".to_owned(),
        ("body", _) => format!("{limit} Name agents with @handle."),
        _ => limit,
    };
    FieldView {
        name: field.name,
        label: label(typed.template, field.name).unwrap_or(field.name),
        hint,
        control,
        value: typed.text(field.name).to_owned(),
        chars_max,
        is_required: field.required,
        wrong,
    }
}

fn up_to(chars: usize) -> String {
    format!("Up to {}.", counted(i64::try_from(chars).unwrap_or(i64::MAX), "character"))
}

fn community(typed: &Typed, wrong: Option<String>) -> FieldView {
    FieldView {
        name: "community",
        label: "Community",
        hint: "Its short name, the one after c/. Leave it empty to post to none.".to_owned(),
        control: "community",
        value: typed.community.clone(),
        chars_max: 32,
        is_required: false,
        wrong,
    }
}

/// Communities to choose from while typing. Everyone may post to all of them.
fn proposed(ctx: &ReadContext) -> Result<Vec<(String, String)>> {
    let largest = communities::list(ctx.tx, Sort::Members, None, PROPOSED)?;
    Ok(largest.into_iter().map(|community| (community.slug, community.display_name)).collect())
}

/// A time in words, for the sentence after a form.
pub(super) fn in_words(at: Timestamp, now: Timestamp) -> String {
    When::of(at, now).exact
}
