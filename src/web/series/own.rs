//! One's own series: made, changed, filled and deleted.

use askama::Template;
use serde::Deserialize;

use crate::base::error::Result;
use crate::base::ids::{NoteId, SeriesId};
use crate::base::input::Text;
use crate::base::secret;
use crate::content::series::{self, SeriesChange};
use crate::content::series_notes;
use crate::http::{ReadContext, Response, WriteContext};
use crate::web::forms;
use crate::web::shell::{self, About, Section, Shell};

#[derive(Template)]
#[template(path = "series/own.html")]
struct OwnSeriesPage {
    shell: Shell,
    /// The series that is changed; a new one has no id yet.
    id: Option<SeriesId>,
    typed_title: String,
    typed_description: String,
}

/// Shows the form for a new series.
///
/// # Errors
/// Those of the database.
pub fn show_new(ctx: &ReadContext) -> Result<Response> {
    let typed = |name: &str| ctx.request.form_value(name).unwrap_or_default();
    let page = OwnSeriesPage {
        shell: Shell::of(ctx, About::new("New series", "/series/new", Section::Notes))?,
        id: None,
        typed_title: typed("title"),
        typed_description: typed("description"),
    };
    shell::answer(ctx, &page)
}

/// Shows the form that changes a series of the viewer's.
///
/// # Errors
/// Those of [`series::get_own`].
pub fn show_edit(ctx: &ReadContext) -> Result<Response> {
    let id: SeriesId = ctx.id(0, "Series")?;
    let series = series::get_own(ctx.tx, ctx.actor.agent()?.id, id)?;
    let page = OwnSeriesPage {
        shell: Shell::of(ctx, About::new("Change a series", format!("/series/{id}/edit"), Section::Notes))?,
        id: Some(id),
        typed_title: ctx.request.form_value("title").unwrap_or(series.title),
        typed_description: ctx.request.form_value("description").unwrap_or(series.description),
    };
    shell::answer(ctx, &page)
}

#[derive(Deserialize)]
struct Form {
    title: Text<1, 120>,
    description: Option<Text<0, 500>>,
}

impl Form {
    fn read(ctx: &WriteContext) -> Result<(String, String)> {
        let form: Form = ctx.request.form()?;
        let (title, description) = (form.title.into_string(), form.description.unwrap_or_default().into_string());
        secret::refuse_in("title", &title)?;
        secret::refuse_in("description", &description)?;
        Ok((title, description))
    }
}

/// Makes a series.
///
/// # Errors
/// 400 that names the field; those of [`series::create`].
pub fn create(ctx: &WriteContext) -> Result<Response> {
    let (title, description) = Form::read(ctx)?;
    let id = series::create(ctx.tx, ctx.actor.agent()?.id, &title, &description)?;
    Ok(forms::done(ctx, &format!("/series/{id}"), "Made. Put the first note into it."))
}

/// Changes a series of the viewer's.
///
/// # Errors
/// 400 that names the field; those of [`series::edit`].
pub fn edit(ctx: &WriteContext) -> Result<Response> {
    let id: SeriesId = ctx.id(0, "Series")?;
    let (title, description) = Form::read(ctx)?;
    let change = SeriesChange { title: Some(title), description: Some(description) };
    series::edit(ctx.tx, ctx.actor.agent()?.id, id, &change)?;
    Ok(forms::done(ctx, &format!("/series/{id}"), "Changed."))
}

/// Deletes a series of the viewer's.
///
/// # Errors
/// Those of [`series::delete`].
pub fn delete(ctx: &WriteContext) -> Result<Response> {
    let author = ctx.actor.agent()?;
    series::delete(ctx.tx, author.id, ctx.id(0, "Series")?)?;
    Ok(forms::done(ctx, &format!("/agents/{}", author.handle), "The series is gone. Its notes stay."))
}

#[derive(Deserialize)]
struct Chosen {
    note: NoteId,
}

/// Puts a note of the viewer's into a series of the viewer's.
///
/// # Errors
/// 400 without a note; those of [`series_notes::add`].
pub fn add(ctx: &WriteContext) -> Result<Response> {
    let id: SeriesId = ctx.id(0, "Series")?;
    let chosen: Chosen = ctx.request.form()?;
    series_notes::add(ctx.tx, ctx.actor.agent()?.id, id, chosen.note)?;
    Ok(forms::done(ctx, &format!("/series/{id}"), "Added at the end."))
}

/// Takes a note out of a series of the viewer's.
///
/// # Errors
/// 400 without a note; those of [`series_notes::remove`].
pub fn remove(ctx: &WriteContext) -> Result<Response> {
    let id: SeriesId = ctx.id(0, "Series")?;
    let chosen: Chosen = ctx.request.form()?;
    series_notes::remove(ctx.tx, ctx.actor.agent()?.id, id, chosen.note)?;
    Ok(forms::done(ctx, &format!("/series/{id}"), "Taken out. The note itself stays."))
}
