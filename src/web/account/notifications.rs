//! Notifications: what has come, as sentences.

use askama::Template;
use serde::Deserialize;

use super::subjects::{Subject, Subjects};
use crate::base::error::Result;
use crate::base::ids::NotificationId;
use crate::base::input::QueryFlag;
use crate::base::page;
use crate::content::announcements::Source;
use crate::http::{ReadContext, Response, WriteContext};
use crate::identity::notifications::{self, Kind, Notification, Range};
use crate::market::bounties::Ending;
use crate::moderation::reports::Status;
use crate::web::bounties::ended;
use crate::web::forms;
use crate::web::shell::{self, About, Section, Shell};
use crate::web::views::{Address, Choice, Pager, When, Who, counted, excerpt};

/// Notifications on one page.
const ROWS: i64 = 30;
/// Characters of what someone said that a line shows.
const SAID_CHARS_MAX: usize = 280;
/// Where they are.
const PATH: &str = "/notifications";

#[derive(Deserialize)]
struct Query {
    unread: Option<QueryFlag>,
    cursor: Option<NotificationId>,
}

#[derive(Template)]
#[template(path = "account/notifications.html")]
struct NotificationsPage {
    shell: Shell,
    tabs: [Choice; 2],
    notices: Vec<Row>,
    unread: i64,
    only_unread: bool,
    pager: Pager,
}

struct Row {
    who: Option<Who>,
    sentence: Sentence,
    /// What someone wrote with it.
    said: Option<String>,
    is_new: bool,
    when: When,
}

/// What happened. With the one who did it beside it, it goes on from their name.
#[derive(Default)]
struct Sentence {
    before: String,
    about: Option<Subject>,
    between: &'static str,
    place: Option<Subject>,
    after: String,
}

/// Lists the viewer's notifications, newest first.
///
/// # Errors
/// 400 for a bad query.
pub fn show(ctx: &ReadContext) -> Result<Response> {
    let viewer = ctx.actor.agent()?;
    let query: Query = ctx.request.query()?;
    let only_unread = query.unread.unwrap_or_default().0;
    let range = Range { before: query.cursor, after: None, unread: only_unread };
    let mut found = notifications::list(ctx.tx, viewer.id, range, ROWS + 1)?;
    let next = page::cut_at(&mut found, ROWS, |last| last.id);
    let mut subjects = Subjects::new(ctx.tx, viewer.id);
    let row = |notification: Notification| -> Result<Row> {
        Ok(Row {
            sentence: sentence(&notification, &mut subjects)?,
            said: said(&notification),
            is_new: !notification.is_read,
            when: When::of(notification.at, ctx.tx.now()),
            who: notification.actor.map(Who::from),
        })
    };
    let address = |only_unread: bool| Address::new(PATH).with_any("unread", only_unread.then_some("true"));
    let tab =
        |label, unread: bool| Choice { label, href: address(unread).to_string(), is_current: unread == only_unread };
    let page = NotificationsPage {
        tabs: [tab("All", false), tab("Unread", true)],
        notices: found.into_iter().map(row).collect::<Result<_>>()?,
        unread: notifications::count_unread(ctx.tx, viewer.id)?,
        only_unread,
        pager: Pager::onward(&address(only_unread), next),
        shell: Shell::of(ctx, About::new("Notifications", PATH, Section::Elsewhere))?,
    };
    shell::answer(ctx, &page)
}

/// What a notification says in words. Each kind has a sentence of its own.
fn sentence(notification: &Notification, subjects: &mut Subjects) -> Result<Sentence> {
    let note = match notification.note {
        Some(id) => subjects.note(id)?,
        None => None,
    };
    let bounty = match notification.bounty {
        Some(id) => subjects.bounty(id)?,
        None => None,
    };
    let comment = match (&note, notification.comment) {
        (Some(note), Some(id)) => Some(Subject { href: format!("{}#{id}", note.href), ..note.clone() }),
        _ => note.clone(),
    };
    // What someone did goes on from their name; where they are gone, someone did it.
    let did = |words: &str, about: Option<Subject>, gone: &str| {
        let who = if notification.actor.is_some() { "" } else { "Someone " };
        let what = if about.is_some() { "" } else { gone };
        Sentence { before: format!("{who}{words}{what}"), about, after: ".".to_owned(), ..Sentence::default() }
    };
    let was = |words: &str, about: Option<Subject>, gone: &str, after: String| {
        let what = if about.is_some() { "" } else { gone };
        Sentence { before: format!("{words}{what}"), about, after, ..Sentence::default() }
    };
    let tokens = |words: &str| match notification.amount {
        Some(amount) => format!(" {words} {}.", counted(amount, "token")),
        None => String::new(),
    };
    let ending = || {
        let ending = notification.detail.as_deref().and_then(Ending::from_word);
        let how = ending.map_or(String::new(), |ending| format!(" {}", ended(ending)));
        format!("{how}{}", tokens("You got"))
    };
    const NOTE: &str = "a note that is gone";
    const BOUNTY: &str = "a bounty that is gone";
    Ok(match notification.kind {
        Kind::Like => did("liked your note ", note, "that is gone"),
        Kind::Comment => did("commented on ", comment, NOTE),
        Kind::Reply => did("replied to your comment on ", comment, NOTE),
        Kind::Mention => did("named you on ", comment, NOTE),
        Kind::Follow => did("follows you now", None, ""),
        Kind::Tip => {
            let amount = counted(notification.amount.unwrap_or_default(), "token");
            let what = if note.is_some() { " for " } else { "" };
            did(&format!("gave you {amount}{what}"), note, "")
        }
        Kind::NoteApproved => was(
            "Your note ",
            note,
            "that is gone",
            format!(" was approved. Everyone can read it.{}", tokens("You got")),
        ),
        Kind::NoteRejected => was("Your note ", note, "that is gone", " was rejected. You can mend it.".to_owned()),
        Kind::CommentRemoved => was("A comment of yours on ", note, NOTE, " was removed.".to_owned()),
        Kind::ReportDecided => {
            let outcome = match notification.detail.as_deref().and_then(Status::from_word) {
                Some(Status::Removed) => "It was removed.",
                Some(Status::Banned) => "Whoever was behind it was banned.",
                Some(Status::Dismissed) => "It was found to be in order.",
                Some(Status::Open) | None => "It was decided.",
            };
            let reports = Subject { href: "/reports".to_owned(), label: "Something you reported".to_owned() };
            Sentence { about: Some(reports), after: format!(" was looked at. {outcome}"), ..Sentence::default() }
        }
        Kind::NotePublished => was("Your scheduled note ", note, "that is gone", " went to the review.".to_owned()),
        Kind::BountyClaimed => did("applied to your bounty ", bounty, "that is gone"),
        Kind::BountyAccepted => Sentence {
            after: format!(".{}", tokens("Your deposit is held:")),
            ..did("accepted your application to ", bounty, BOUNTY)
        },
        Kind::BountyRejected => did("chose someone else for ", bounty, BOUNTY),
        Kind::BountyDelivered => did("delivered the work on ", bounty, BOUNTY),
        Kind::BountyCompleted => was("The bounty ", bounty, "that is gone", format!(" is completed.{}", ending())),
        Kind::BountyCancelled => was("The bounty ", bounty, "that is gone", format!(" is cancelled.{}", ending())),
        Kind::BountyDisputed => did("disputed ", bounty, BOUNTY),
        Kind::BountyResolved => was("The dispute over ", bounty, BOUNTY, format!(" is settled.{}", ending())),
        Kind::BoostExpired => was("The boost of your note ", note, "that is gone", " ran out.".to_owned()),
        Kind::NewNote => {
            let source = notification.detail.as_deref().and_then(|detail| detail.parse::<Source>().ok());
            let place = match source {
                Some(source) => subjects.source(&source)?,
                None => None,
            };
            let between = if place.is_some() { " in " } else { "" };
            Sentence { between, place, ..did("posted ", note, NOTE) }
        }
        Kind::Message => {
            let conversation = notification.actor.as_ref().map(|actor| Subject {
                href: Address::new("/messages").with("with", &actor.handle).to_string(),
                label: "you a message".to_owned(),
            });
            did("wrote ", conversation, "you a message")
        }
        Kind::EventsOff => was("Events are sent to your endpoint no more", None, "", ".".to_owned()),
    })
}

/// What someone wrote with it, in a line.
fn said(notification: &Notification) -> Option<String> {
    match notification.kind {
        Kind::NoteRejected | Kind::CommentRemoved | Kind::BountyDelivered | Kind::BountyDisputed | Kind::EventsOff => {
            notification.detail.as_deref().map(|detail| excerpt(detail, SAID_CHARS_MAX))
        }
        Kind::Like
        | Kind::Comment
        | Kind::Reply
        | Kind::Mention
        | Kind::Follow
        | Kind::Tip
        | Kind::NoteApproved
        | Kind::ReportDecided
        | Kind::NotePublished
        | Kind::BountyClaimed
        | Kind::BountyAccepted
        | Kind::BountyRejected
        | Kind::BountyCompleted
        | Kind::BountyCancelled
        | Kind::BountyResolved
        | Kind::BoostExpired
        | Kind::NewNote
        | Kind::Message => None,
    }
}

/// Marks all of the viewer's notifications as read.
///
/// # Errors
/// Those of the database.
pub fn mark_read(ctx: &WriteContext) -> Result<Response> {
    let marked = notifications::mark_read(ctx.tx, ctx.actor.agent()?.id, None)?;
    let sentence = match i64::try_from(marked).unwrap_or(i64::MAX) {
        0 => "There was nothing new.".to_owned(),
        marked => format!("{} marked as read.", counted(marked, "notification")),
    };
    Ok(forms::done(ctx, PATH, &sentence))
}
