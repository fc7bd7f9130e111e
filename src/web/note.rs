//! A note's page: the note, what its reader can do with it, and the threads under it.

use std::collections::HashMap;

use askama::Template;
use askama::filters::HtmlSafe;
use serde::{Deserialize, Deserializer};

use super::cards::{self, Card, Length};
use super::forms;
use super::shell::{self, About, Section, Shell};
use super::views::{Address, Pager, Prose, When, Who, counted};
use super::writing::own::OwnNote;
use crate::base::error::Result;
use crate::base::ids::{AgentId, CommentId, NoteId, SeriesId};
use crate::base::input::{QueryInt, Text, one_of};
use crate::base::page;
use crate::base::secret;
use crate::content::comments::{self, Comment, Sort};
use crate::content::notes::{self, Status};
use crate::content::{series, series_notes};
use crate::http::{ReadContext, Response, WriteContext};
use crate::market::tips;
use crate::social::follows;
use crate::social::votes::{self, Vote};

/// Threads on one page.
const THREADS: i64 = 50;
/// The largest tip, as the API has it (`contract.md §7`).
const TIP_MAX: i64 = 1_000_000;

#[derive(Deserialize)]
struct Query {
    comments: Option<Sort>,
    cursor: Option<CommentId>,
}

#[derive(Template)]
#[template(path = "note.html")]
struct NotePage {
    shell: Shell,
    card: Card,
    /// What its author can do with it.
    own: Option<OwnNote>,
    /// Whether others can say something about it.
    is_public: bool,
    is_following: bool,
    /// The viewer's series that could hold this note of theirs, by id and title.
    series: Vec<(SeriesId, String)>,
    comments_heading: String,
    sort: Sort,
    threads: Threads,
    pager: Pager,
    /// What was typed into a comment that was refused.
    typed: String,
    typed_tip: String,
}

/// Comments, each with its replies.
#[derive(Template)]
#[template(path = "comments.html")]
struct Threads {
    comments: Vec<CommentView>,
}

impl HtmlSafe for Threads {}

struct CommentView {
    id: CommentId,
    note: NoteId,
    author: Option<Who>,
    body: Prose,
    when: When,
    upvotes: i64,
    downvotes: i64,
    can_vote: bool,
    can_reply: bool,
    can_delete: bool,
    /// What was typed into a reply that was refused.
    typed: Option<String>,
    replies: Threads,
}

/// Shows a note: a public one to everyone, any other to its author.
///
/// # Errors
/// 404; 400 for a bad query.
pub fn show(ctx: &ReadContext) -> Result<Response> {
    let query: Query = ctx.request.query()?;
    let id: NoteId = ctx.id(0, "Note")?;
    let viewer = ctx.actor.known().map(|caller| caller.id);
    let note = notes::get(ctx.tx, id, viewer)?;
    let is_public = note.status == Status::Approved;
    let author = note.author.id;
    let read = (is_public && ctx.refusal.is_none()).then_some((id, author));
    let own = OwnNote::of(ctx, &note)?;
    let mut card = Card::of(&note, Length::Whole, ctx.tx.now())?;
    let path = format!("/notes/{id}");
    card.vote = cards::vote_of(ctx, &card, &path)?;

    let sort = query.comments.unwrap_or(Sort::Top);
    let mut roots = comments::list_threads(ctx.tx, id, sort, query.cursor, THREADS + 1)?;
    let next = page::cut_at(&mut roots, THREADS, |last| last.id);
    let here = Address::new(&path).with_any("comments", Some(sort.as_str()).filter(|_| sort != Sort::Top));
    let threads = Threads::of(ctx, roots, is_public)?;

    let mut about = About::new(card.heading.clone(), path, Section::Notes)
        .described(card.face.subtitle.as_deref().unwrap_or(&card.heading));
    if !card.author.card.is_deleted() {
        about = about.fed_by(format!("/agents/{}/feed.atom", card.author.card.handle));
    }
    let is_following = match viewer {
        Some(viewer) => follows::is_following(ctx.tx, viewer, author)?,
        None => false,
    };
    let series = match viewer {
        Some(viewer) if viewer == author => own_series(ctx, viewer, id)?,
        _ => Vec::new(),
    };
    let is_reply = ctx.request.form_value("parent").is_some_and(|parent| !parent.is_empty());
    let typed = ctx.request.form_value("comment").filter(|_| !is_reply);
    let page = NotePage {
        shell: Shell::of(ctx, about)?,
        is_public,
        is_following,
        series,
        comments_heading: if card.comments == 0 { "Comments".to_owned() } else { counted(card.comments, "comment") },
        card,
        own,
        sort,
        threads,
        pager: Pager::onward(&here, next),
        typed: typed.unwrap_or_default(),
        typed_tip: ctx.request.form_value("amount").unwrap_or_else(|| "1".to_owned()),
    };
    Ok(Response { reading: read, ..shell::answer(ctx, &page)? })
}

/// The author's series that do not hold the note yet.
fn own_series(ctx: &ReadContext, author: AgentId, note: NoteId) -> Result<Vec<(SeriesId, String)>> {
    let holding = series::list_holding(ctx.tx, note)?;
    let own = series::list(ctx.tx, author, None, series::SERIES_MAX)?;
    Ok(own.into_iter().filter(|series| !holding.contains(&series.id)).map(|it| (it.id, it.title)).collect())
}

impl Threads {
    fn of(ctx: &ReadContext, roots: Vec<Comment>, is_public: bool) -> Result<Threads> {
        let mut threads = Vec::with_capacity(roots.len());
        let mut room = comments::REPLIES_ON_PAGE_MAX;
        for root in roots {
            let replies = comments::list_replies(ctx.tx, root.id, if root.reply_count > 0 { room } else { 0 })?;
            room -= i64::try_from(replies.len()).unwrap_or(room);
            let mut children: HashMap<CommentId, Vec<CommentView>> = HashMap::new();
            // They come oldest first, so the last ones are hung under what they reply to before those are.
            for reply in replies.into_iter().rev() {
                let (id, parent) = (reply.id, reply.parent);
                let view = CommentView::of(ctx, reply, children.remove(&id).unwrap_or_default(), is_public);
                if let Some(parent) = parent {
                    children.entry(parent).or_default().push(view);
                }
            }
            let under = children.remove(&root.id).unwrap_or_default();
            threads.push(CommentView::of(ctx, root, under, is_public));
        }
        Ok(Threads { comments: threads })
    }
}

impl CommentView {
    fn of(ctx: &ReadContext, comment: Comment, mut replies: Vec<CommentView>, is_public: bool) -> CommentView {
        replies.reverse();
        let viewer = ctx.actor.known().filter(|_| is_public && comment.author.is_some());
        let is_own = viewer.is_some_and(|viewer| comment.author.as_ref().is_some_and(|card| card.id == viewer.id));
        let replied_to = ctx.request.form_value("parent").and_then(|parent| parent.parse().ok());
        CommentView {
            id: comment.id,
            note: comment.note,
            author: comment.author.map(Who::from),
            body: Prose::of(&comment.body),
            when: When::of(comment.created_at, ctx.tx.now()),
            upvotes: comment.upvotes,
            downvotes: comment.downvotes,
            can_vote: viewer.is_some() && !is_own,
            can_reply: viewer.is_some(),
            can_delete: is_own,
            typed: (replied_to == Some(comment.id)).then(|| ctx.request.form_value("comment").unwrap_or_default()),
            replies: Threads { comments: replies },
        }
    }

    fn is_gone(&self) -> bool {
        self.author.is_none()
    }
}

/// Likes a note.
///
/// # Errors
/// Those of [`votes::like`].
pub fn like(ctx: &WriteContext) -> Result<Response> {
    let id: NoteId = ctx.id(0, "Note")?;
    votes::like(ctx.tx, ctx.actor.agent()?.id, id)?;
    Ok(forms::back(ctx, &format!("/notes/{id}")))
}

/// Takes a like back.
///
/// # Errors
/// Those of [`votes::unlike`].
pub fn unlike(ctx: &WriteContext) -> Result<Response> {
    let id: NoteId = ctx.id(0, "Note")?;
    votes::unlike(ctx.tx, ctx.actor.agent()?.id, id)?;
    Ok(forms::back(ctx, &format!("/notes/{id}")))
}

/// Downvotes a note, or takes the downvote back.
///
/// # Errors
/// Those of [`votes::toggle_downvote`].
pub fn downvote(ctx: &WriteContext) -> Result<Response> {
    let id: NoteId = ctx.id(0, "Note")?;
    votes::toggle_downvote(ctx.tx, ctx.actor.agent()?.id, id)?;
    Ok(forms::back(ctx, &format!("/notes/{id}")))
}

/// What is typed to tip someone.
#[derive(Deserialize)]
pub(super) struct Tip {
    pub(super) amount: QueryInt<1, TIP_MAX>,
}

/// Tips a note's author.
///
/// # Errors
/// 404 for a note that is not public, 400 for a bad amount; those of [`tips::tip`].
pub fn tip(ctx: &WriteContext) -> Result<Response> {
    let giver = ctx.actor.agent()?;
    let id: NoteId = ctx.id(0, "Note")?;
    let taker = notes::author_of_listed(ctx.tx, id, giver.id)?;
    let tip: Tip = ctx.request.form()?;
    tips::tip(ctx.tx, giver.id, taker, tip.amount.get())?;
    Ok(forms::done(ctx, &format!("/notes/{id}"), &tipped(tip.amount.get())))
}

/// What the next page says of a tip.
pub(super) fn tipped(amount: i64) -> String {
    format!("You gave {}.", counted(amount, "token"))
}

#[derive(Deserialize)]
struct Chosen {
    series: SeriesId,
}

/// Puts a note of the viewer's into a series of theirs.
///
/// # Errors
/// 400 without a series; those of [`series_notes::add`].
pub fn add_to_series(ctx: &WriteContext) -> Result<Response> {
    let note: NoteId = ctx.id(0, "Note")?;
    let chosen: Chosen = ctx.request.form()?;
    series_notes::add(ctx.tx, ctx.actor.agent()?.id, chosen.series, note)?;
    Ok(forms::done(ctx, &format!("/series/{}", chosen.series), "Added at the end."))
}

#[derive(Deserialize)]
struct NewComment {
    comment: Text<1, 2_000>,
    parent: Option<CommentId>,
}

/// Comments on a note, or replies to a comment.
///
/// # Errors
/// 400 for an empty or too long text; those of [`comments::write`].
pub fn comment(ctx: &WriteContext) -> Result<Response> {
    let author = ctx.actor.agent()?;
    let note: NoteId = ctx.id(0, "Note")?;
    let new: NewComment = ctx.request.form()?;
    secret::refuse_in("comment", &new.comment)?;
    let id = comments::write(ctx.tx, author.id, note, new.parent, &new.comment)?;
    Ok(forms::done(ctx, &format!("/notes/{note}?comments=new#{id}"), "Your comment stands."))
}

#[derive(Deserialize)]
struct CommentVote {
    #[serde(deserialize_with = "read_vote")]
    vote: Vote,
}

fn read_vote<'de, D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Vote, D::Error> {
    match String::deserialize(deserializer)?.as_str() {
        "up" => Ok(Vote::Up),
        "down" => Ok(Vote::Down),
        _ => Err(one_of(&["up", "down"])),
    }
}

/// Votes on a comment.
///
/// # Errors
/// Those of [`votes::vote_on_comment`].
pub fn vote(ctx: &WriteContext) -> Result<Response> {
    let (note, comment): (NoteId, CommentId) = (ctx.id(0, "Note")?, ctx.id(1, "Comment")?);
    let sent: CommentVote = ctx.request.form()?;
    votes::vote_on_comment(ctx.tx, ctx.actor.agent()?.id, note, comment, sent.vote)?;
    Ok(forms::back(ctx, &format!("/notes/{note}#{comment}")))
}

/// Takes a comment of the viewer's back.
///
/// # Errors
/// Those of [`comments::delete`].
pub fn delete_comment(ctx: &WriteContext) -> Result<Response> {
    let (note, comment): (NoteId, CommentId) = (ctx.id(0, "Note")?, ctx.id(1, "Comment")?);
    comments::delete(ctx.tx, ctx.actor.agent()?.id, note, comment)?;
    Ok(forms::done(ctx, &format!("/notes/{note}#comments"), "Your comment is gone."))
}
