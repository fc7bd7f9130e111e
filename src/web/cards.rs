//! Cards: a note as people see it. Each template has a face of its own, in one of five colour schemes.

use askama::Template;
use askama::filters::HtmlSafe;

use super::views::{Prose, When, Who, host_of, web_url};
use crate::base::clock::Timestamp;
use crate::base::error::Result;
use crate::base::ids::NoteId;
use crate::content::notes::{BoostKind, Note, Status};
use crate::content::templates::{Fields, Template as Kind};
use crate::http::ReadContext;
use crate::social::votes::{self, Opinion};

/// Characters of a text on a card; the rest is on the note's page.
const CARD_CHARS_MAX: usize = 420;
/// Items of a list on a card.
const CARD_ITEMS_MAX: usize = 6;

/// How much of a note is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Length {
    /// As much as makes one want to read on.
    Card,
    /// All of it.
    Whole,
}

/// What a template's face shows. What a template does not have is not there.
#[derive(Debug, Default)]
pub struct Face {
    /// What it is called.
    pub title: Option<String>,
    /// What stands under that.
    pub subtitle: Option<String>,
    /// A number, or what stands for one.
    pub value: Option<String>,
    /// What the number counts.
    pub unit: Option<String>,
    /// How the number has changed.
    pub delta: Option<Delta>,
    /// What somebody said.
    pub quote: Option<String>,
    /// Who said it.
    pub said_by: Option<String>,
    /// Where.
    pub source: Option<String>,
    /// Numbered things.
    pub items: Vec<String>,
    /// Things left out at the end.
    pub items_left: usize,
    /// What to click.
    pub call: Option<Call>,
    /// A page elsewhere.
    pub link: Option<LinkFace>,
    /// The text.
    pub body: Prose,
    /// Whether there is more text on the note's page.
    pub reads_on: bool,
}

/// A change of a number.
#[derive(Debug)]
pub struct Delta {
    /// As it was written.
    pub text: String,
    /// `up`, `down` or `flat`.
    pub direction: &'static str,
    /// The same as a sign.
    pub sign: &'static str,
}

/// Something to click.
#[derive(Debug)]
pub struct Call {
    /// What it says.
    pub label: String,
    /// Where it leads, if anywhere.
    pub address: Option<String>,
}

/// A page elsewhere.
#[derive(Debug)]
pub struct LinkFace {
    /// Its address; nothing when it cannot be followed.
    pub address: Option<String>,
    /// Its address as it was written.
    pub written: String,
    /// Its host.
    pub host: String,
}

/// A note as a card.
#[derive(Debug, Template)]
#[template(path = "card.html")]
pub struct Card {
    /// The note.
    pub id: NoteId,
    /// Its template.
    pub kind: Kind,
    /// What it is called where only a line is shown of it.
    pub heading: String,
    /// What its template shows.
    pub face: Face,
    /// The class of its colours.
    pub scheme: &'static str,
    /// What it is about.
    pub category: &'static str,
    /// The community it was posted to.
    pub community: Option<String>,
    /// Its tags.
    pub tags: Vec<String>,
    /// Who wrote it.
    pub author: Who,
    /// When it was published, or else posted.
    pub when: When,
    /// Likes.
    pub likes: i64,
    /// Downvotes.
    pub dislikes: i64,
    /// Comments and replies.
    pub comments: i64,
    /// Readings.
    pub views: i64,
    /// The word for a boost that is active.
    pub boost: Option<&'static str>,
    /// The word for where it stands, unless everyone may see it.
    pub unlisted: Option<&'static str>,
    /// Why it was rejected.
    pub rejected_reason: Option<String>,
    /// Whether it is a card among others or stands alone on its page.
    pub is_whole: bool,
    /// Whether it is one that is not there yet, or not for whoever looks, and so leads nowhere.
    pub is_preview: bool,
    /// What the viewer thinks of it and can do; nothing for nobody and for the author.
    pub vote: Option<CardVote>,
}

impl HtmlSafe for Card {}

/// The viewer's like on a card.
#[derive(Debug)]
pub struct CardVote {
    /// Whether the viewer likes the note.
    pub liked: bool,
    /// Whether the viewer downvoted it.
    pub downvoted: bool,
    /// Where to go on after a click.
    pub next: String,
}

impl Card {
    /// A note as a card.
    ///
    /// # Errors
    /// 500 when its fields are not as they were written.
    pub fn of(note: &Note, length: Length, now: Timestamp) -> Result<Card> {
        let fields = Fields::stored(&note.fields)?;
        Ok(Card {
            id: note.id,
            kind: note.template,
            heading: fields.heading(),
            face: face(note.template, &fields, length),
            scheme: note.color_scheme.as_str(),
            category: note.category.as_str(),
            tags: fields.tags().map(str::to_owned).collect(),
            community: note.community.as_ref().map(|(_, slug)| slug.clone()),
            when: When::of(note.published_at.unwrap_or(note.created_at), now),
            author: note.author.clone().into(),
            likes: note.like_count,
            dislikes: note.dislike_count,
            comments: note.comment_count,
            views: note.view_count,
            boost: note.boost.map(|kind| match kind {
                BoostKind::Highlight => "Highlighted",
                BoostKind::Pin | BoostKind::Superpin => "Pinned",
            }),
            unlisted: match note.status {
                Status::Approved => None,
                Status::Scheduled => Some("Scheduled"),
                Status::Pending => Some("Waiting for review"),
                Status::Rejected => Some("Rejected"),
                Status::Deleted => Some("Deleted"),
            },
            rejected_reason: note.rejected_reason.clone(),
            is_whole: length == Length::Whole,
            is_preview: false,
            vote: None,
        })
    }

    /// The whole card of a note that is not there yet, or that waits for whoever looks to decide about it.
    ///
    /// # Errors
    /// As [`Card::of`].
    pub fn preview(note: &Note, now: Timestamp) -> Result<Card> {
        Ok(Card { is_whole: false, is_preview: true, ..Card::of(note, Length::Whole, now)? })
    }

    /// Notes as cards with the viewer's votes. A click on one comes back to `next` and the card.
    ///
    /// # Errors
    /// Those of the database.
    pub fn all(ctx: &ReadContext, notes: Vec<Note>, next: &str) -> Result<Vec<Card>> {
        let mut cards = Vec::with_capacity(notes.len());
        for note in notes {
            let mut card = Card::of(&note, Length::Card, ctx.tx.now())?;
            card.vote = vote_of(ctx, &card, next)?;
            cards.push(card);
        }
        Ok(cards)
    }
}

/// What the viewer thinks of a card's note, if they may say.
///
/// # Errors
/// Those of the database.
pub fn vote_of(ctx: &ReadContext, card: &Card, next: &str) -> Result<Option<CardVote>> {
    let author = &card.author.card;
    // What a deleted account left can only be read.
    let may_vote = card.unlisted.is_none() && !author.is_deleted();
    let viewer = ctx.actor.known().filter(|viewer| viewer.id != author.id && may_vote);
    let Some(viewer) = viewer else { return Ok(None) };
    let opinion = votes::opinion(ctx.tx, viewer.id, card.id)?;
    Ok(Some(CardVote {
        liked: opinion == Opinion::Like,
        downvoted: opinion == Opinion::Downvote,
        next: format!("{next}#{}", card.id),
    }))
}

fn face(kind: Kind, fields: &Fields, length: Length) -> Face {
    let text = |name: &str| fields.text(name).map(str::to_owned);
    let (body, reads_on) = body(fields.text("body").unwrap_or_default(), length);
    let face = Face { title: text("title"), body, reads_on, ..Face::default() };
    match kind {
        Kind::Article => Face { subtitle: text("subtitle"), ..face },
        Kind::Data => Face {
            value: fields.shown("value"),
            unit: text("unit"),
            delta: fields.shown("delta").as_deref().map(delta),
            ..face
        },
        Kind::Quote => {
            let quote = text("quote");
            Face { quote, said_by: text("author"), source: text("source"), ..face }
        }
        Kind::List => {
            let mut items: Vec<String> = fields.items().map(str::to_owned).collect();
            let all = items.len();
            if length == Length::Card {
                items.truncate(CARD_ITEMS_MAX);
            }
            Face { items_left: all - items.len(), items, ..face }
        }
        Kind::Announce => {
            let address = fields.text("ctaUrl").and_then(web_url);
            let label = text("cta").or_else(|| address.as_deref().and_then(host_of));
            Face { call: label.map(|label| Call { label, address }), ..face }
        }
        Kind::Link => {
            let written = text("url").unwrap_or_default();
            let host = host_of(&written).unwrap_or_else(|| written.clone());
            Face { link: Some(LinkFace { address: web_url(&written), written, host }), ..face }
        }
    }
}

fn body(text: &str, length: Length) -> (Prose, bool) {
    let cut = match length {
        Length::Card => beginning(text, CARD_CHARS_MAX),
        Length::Whole => None,
    };
    match cut {
        Some(beginning) => (Prose::of(&beginning), true),
        None => (Prose::of(text), false),
    }
}

/// The beginning of a text, cut between paragraphs where one ends late enough, else between words; nothing for a text that
/// is short enough.
fn beginning(text: &str, chars_max: usize) -> Option<String> {
    let (end, _) = text.char_indices().nth(chars_max)?;
    let cut = &text[..end];
    if let Some(paragraphs) = cut.rfind("\n\n").filter(|at| *at > cut.len() / 2) {
        return Some(cut[..paragraphs].to_owned());
    }
    let words = cut.rfind(char::is_whitespace).map_or(cut, |at| &cut[..at]);
    Some(format!("{}…", words.trim_end().trim_end_matches([',', ';', ':', '—', '–', '.'])))
}

fn delta(text: &str) -> Delta {
    let (direction, sign) = match text.trim_start().chars().next() {
        Some('-' | '−' | '–' | '↓' | '▼') => ("down", "▼"),
        Some('+' | '↑' | '▲') => ("up", "▲"),
        Some(c) if c.is_ascii_digit() && text.chars().any(|c| matches!(c, '1'..='9')) => ("up", "▲"),
        _ => ("flat", "●"),
    };
    let text = text.trim_start_matches(['↓', '▼', '↑', '▲']).trim().to_owned();
    Delta { text, direction, sign }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_is_cut_where_it_hurts_least() {
        for (text, beginning_of_it) in [
            ("short", None),
            ("one two three four five six", Some("one two three…")),
            ("one two three\n\nfour five", Some("one two three")),
            ("one\n\ntwo, three four five", Some("one\n\ntwo, three…")),
            ("wordwithoutanyspaces", Some("wordwithoutanysp…")),
        ] {
            assert_eq!(beginning(text, 16).as_deref(), beginning_of_it, "{text}");
        }
    }

    #[test]
    fn a_change_has_a_direction() {
        for (text, direction, shown) in [
            ("+3%", "up", "+3%"),
            ("-3%", "down", "-3%"),
            ("−0.4", "down", "−0.4"),
            ("▲ 12", "up", "12"),
            ("12", "up", "12"),
            ("0", "flat", "0"),
            ("unchanged", "flat", "unchanged"),
        ] {
            let delta = delta(text);
            assert_eq!((delta.direction, delta.text.as_str()), (direction, shown), "{text}");
        }
    }
}
