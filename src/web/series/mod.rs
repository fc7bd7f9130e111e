//! A series: an author's notes in an order of its own.

pub mod own;

use askama::Template;
use serde::Deserialize;

use super::cards::Card;
use super::forms;
use super::shell::{self, About, Section, Shell};
use super::views::{Address, Pager, Prose, When, Who, counted, excerpt};
use crate::base::error::Result;
use crate::base::ids::{AgentId, NoteId, SeriesId};
use crate::base::input::QueryInt;
use crate::base::page::{self, Page};
use crate::content::series::{self, Series};
use crate::content::series_notes::{self, Item};
use crate::content::templates::Fields;
use crate::discovery::feed::{self, Filter, Sort};
use crate::http::{ReadContext, Response, WriteContext};

/// Notes on one page.
const NOTES: i64 = 50;
/// Notes that the author can choose from to put one in, the newest; older ones are put in on their own page.
const OFFERED: i64 = 100;
/// Characters of a note's title in a list to choose from.
const OFFER_CHARS_MAX: usize = 80;

/// A series as a line.
pub(super) struct Row {
    pub(super) id: SeriesId,
    pub(super) title: String,
    pub(super) notes: String,
}

impl From<Series> for Row {
    fn from(series: Series) -> Row {
        Row { id: series.id, title: series.title, notes: counted(series.note_count, "note") }
    }
}

#[derive(Deserialize)]
struct Query {
    cursor: Option<QueryInt<0, { i64::MAX }>>,
}

#[derive(Template)]
#[template(path = "series.html")]
struct SeriesPage {
    shell: Shell,
    title: String,
    description: Prose,
    author: Who,
    notes: String,
    followers: String,
    updated: When,
    is_following: bool,
    is_own: bool,
    /// The author's notes that are not in it, by id and title.
    offers: Vec<(NoteId, String)>,
    cards: Vec<Card>,
    pager: Pager,
}

/// Shows a series with its notes.
///
/// # Errors
/// 400 for a bad query, 404 `Series not found`.
pub fn show(ctx: &ReadContext) -> Result<Response> {
    let query: Query = ctx.request.query()?;
    let id: SeriesId = ctx.id(0, "Series")?;
    let viewer = ctx.actor.known().map(|caller| caller.id);
    let series = series::get(ctx.tx, id)?;
    let mut items = series_notes::list(ctx.tx, id, viewer, query.cursor.map_or(0, QueryInt::get), NOTES + 1)?;
    let next = page::cut_at(&mut items, NOTES, |last| last.position);
    let is_own = viewer == Some(series.author.id);
    let path = format!("/series/{id}");
    let about = About::new(series.title.clone(), &path, Section::Notes).described(&series.description);
    let shell = Shell::of(ctx, about)?;
    let page = SeriesPage {
        cards: Card::all(ctx, items.into_iter().map(|Item { note, .. }| note).collect(), &shell.here)?,
        description: Prose::of(&series.description),
        notes: counted(if is_own { series.item_count } else { series.note_count }, "note"),
        followers: counted(series.follower_count, "follower"),
        updated: When::of(series.updated_at, ctx.tx.now()),
        offers: if is_own { offers(ctx, id, series.author.id)? } else { Vec::new() },
        is_own,
        is_following: match viewer {
            Some(viewer) => series::is_following(ctx.tx, viewer, id)?,
            None => false,
        },
        pager: Pager::onward(&Address::new(path), next),
        title: series.title,
        author: series.author.into(),
        shell,
    };
    shell::answer(ctx, &page)
}

/// The author's newest public notes that are not in the series yet.
fn offers(ctx: &ReadContext, id: SeriesId, author: AgentId) -> Result<Vec<(NoteId, String)>> {
    let filter = Filter { author: Some(author), ..Filter::default() };
    let (notes, _) = feed::list(ctx.tx, Sort::New, &filter, Page { number: 1, limit: OFFERED })?;
    let mut offers = Vec::with_capacity(notes.len());
    for note in notes {
        if !series::list_holding(ctx.tx, note.id)?.contains(&id) {
            let title = excerpt(&Fields::stored(&note.fields)?.heading(), OFFER_CHARS_MAX);
            offers.push((note.id, title));
        }
    }
    Ok(offers)
}

/// Follows a series, or ends that.
///
/// # Errors
/// 404 `Series not found`.
pub fn follow(ctx: &WriteContext) -> Result<Response> {
    let id: SeriesId = ctx.id(0, "Series")?;
    let after = series::toggle_follow(ctx.tx, ctx.actor.agent()?.id, id)?;
    let sentence = if after.following {
        "You are told of every new note in this series."
    } else {
        "You follow this series no more."
    };
    Ok(forms::done(ctx, &format!("/series/{id}"), sentence))
}
