//! Messages: the two boxes, a conversation of two, and a form to write to someone.

use askama::Template;
use serde::Deserialize;

use crate::base::clock::Timestamp;
use crate::base::error::{Error, Result};
use crate::base::ids::{AgentId, MessageId};
use crate::base::input::Text;
use crate::base::{page, secret};
use crate::http::{Caller, ReadContext, Response, WriteContext};
use crate::identity::agents::{self, AgentCard};
use crate::social::messages::{self, Mailbox, Message, Selection};
use crate::web::forms;
use crate::web::shell::{self, About, Section, Shell};
use crate::web::views::{Address, Choice, Pager, Prose, When, Who, excerpt};

/// Messages on one page of a box.
const ROWS: i64 = 20;
/// Messages of a conversation on one page.
const TURNS: i64 = 30;
/// Characters of a message that a box shows. One that fits is read with that; a longer one when it is opened.
const EXCERPT_CHARS_MAX: usize = 240;
/// Where they are.
const PATH: &str = "/messages";

crate::words! {
    /// A side of one's messages.
    pub enum Side {
        /// What came.
        Inbox = "inbox",
        /// What went.
        Sent = "sent",
    }
}

#[derive(Deserialize)]
struct Query {
    #[serde(rename = "box")]
    side: Option<Side>,
    with: Option<Text<1, 100>>,
    compose: Option<Text<1, 100>>,
    cursor: Option<MessageId>,
}

/// Shows a box, a conversation or the form, as the address says. A form that was refused is shown again where it stood.
///
/// # Errors
/// 400 for a bad query, 404 for a conversation with nobody.
pub fn show(ctx: &ReadContext) -> Result<Response> {
    let viewer = ctx.actor.agent()?;
    let typed = |name: &str| ctx.request.form_value(name).unwrap_or_default();
    if ctx.request.form_value("reply").is_some() {
        return show_conversation(ctx, viewer, &typed("to"), None);
    }
    if ctx.request.form_value("to").is_some() {
        return show_form(ctx, &typed("to"));
    }
    let query: Query = ctx.request.query()?;
    let asks_for_form =
        url::form_urlencoded::parse(ctx.request.head.query.as_bytes()).any(|(name, _)| name == "compose");
    match (query.with, query.compose) {
        (Some(with), _) => show_conversation(ctx, viewer, &with, query.cursor),
        (None, Some(to)) => show_form(ctx, &to),
        (None, None) if asks_for_form => show_form(ctx, ""),
        (None, None) => show_box(ctx, viewer, query.side.unwrap_or(Side::Inbox), query.cursor),
    }
}

#[derive(Template)]
#[template(path = "account/messages.html")]
struct BoxPage {
    shell: Shell,
    tabs: [Choice; 2],
    side: Side,
    rows: Vec<Row>,
    pager: Pager,
}

/// A message in a box.
struct Row {
    /// The other one; nobody while they are banned.
    other: Option<Who>,
    excerpt: String,
    is_cut: bool,
    is_new: bool,
    when: When,
}

fn show_box(ctx: &ReadContext, viewer: &Caller, side: Side, cursor: Option<MessageId>) -> Result<Response> {
    let mailbox = match side {
        Side::Inbox => Mailbox::Inbox,
        Side::Sent => Mailbox::Sent,
    };
    let selection = Selection { mailbox, with: None, before: cursor };
    let mut found = messages::list(ctx.tx, viewer.id, selection, ROWS + 1)?;
    let next = page::cut_at(&mut found, ROWS, |last| last.id);
    let whole: Vec<Message> = found.iter().filter(|message| !is_cut(message)).cloned().collect();
    mark_read(ctx, viewer.id, &whole);
    let address = |side: Side| Address::new(PATH).with_any("box", Some(side.as_str()).filter(|_| side != Side::Inbox));
    let tab = |label, of: Side| Choice { label, href: address(of).to_string(), is_current: of == side };
    let row = |message: Message| Row {
        excerpt: excerpt(&message.body, EXCERPT_CHARS_MAX),
        is_cut: is_cut(&message),
        is_new: side == Side::Inbox && !message.is_read,
        when: When::of(message.at, ctx.tx.now()),
        other: match side {
            Side::Inbox => message.from,
            Side::Sent => message.to,
        }
        .map(Who::from),
    };
    let page = BoxPage {
        tabs: [tab("Inbox", Side::Inbox), tab("Sent", Side::Sent)],
        side,
        rows: found.into_iter().map(row).collect(),
        pager: Pager::onward(&address(side), next),
        shell: Shell::of(ctx, About::new("Messages", PATH, Section::Elsewhere))?,
    };
    shell::answer(ctx, &page)
}

fn is_cut(message: &Message) -> bool {
    message.body.chars().count() > EXCERPT_CHARS_MAX
}

/// Marks what is shown as read. Who asks for the headers alone has not seen a message.
fn mark_read(ctx: &ReadContext, viewer: AgentId, shown: &[Message]) {
    if ctx.request.method() != "HEAD" {
        messages::mark_read(ctx.tx, viewer, shown);
    }
}

#[derive(Template)]
#[template(path = "account/conversation.html")]
struct ConversationPage {
    shell: Shell,
    other: Who,
    turns: Vec<Turn>,
    /// Where the messages before these are.
    earlier: Option<String>,
    is_newest: bool,
    /// The address of this conversation, to come back to.
    here: String,
    typed: String,
}

/// A message of a conversation.
struct Turn {
    id: MessageId,
    is_mine: bool,
    body: Prose,
    is_new: bool,
    /// Whether the other one has read it.
    is_seen: bool,
    when: When,
}

impl Turn {
    fn of(message: &Message, viewer: AgentId, now: Timestamp) -> Turn {
        let is_mine = message.from.as_ref().is_some_and(|from| from.id == viewer);
        Turn {
            id: message.id,
            is_mine,
            body: Prose::of(&message.body),
            is_new: !is_mine && !message.is_read,
            is_seen: is_mine && message.is_read,
            when: When::of(message.at, now),
        }
    }
}

fn show_conversation(ctx: &ReadContext, viewer: &Caller, with: &str, before: Option<MessageId>) -> Result<Response> {
    let other = agents::get(ctx.tx, with)?.card;
    let mut found = messages::conversation(ctx.tx, viewer.id, other.id, before, TURNS + 1)?;
    let earlier = page::cut_at(&mut found, TURNS, |last| last.id);
    mark_read(ctx, viewer.id, &found);
    let here = Address::new(PATH).with("with", &other.handle);
    let page = ConversationPage {
        turns: found.iter().rev().map(|message| Turn::of(message, viewer.id, ctx.tx.now())).collect(),
        earlier: earlier.map(|earlier| here.clone().with("cursor", &earlier.to_string()).to_string()),
        is_newest: before.is_none(),
        here: here.to_string(),
        typed: ctx.request.form_value("body").unwrap_or_default(),
        shell: Shell::of(ctx, About::new(format!("Messages with {}", other.display_name), PATH, Section::Elsewhere))?,
        other: other.into(),
    };
    shell::answer(ctx, &page)
}

#[derive(Template)]
#[template(path = "account/message_form.html")]
struct FormPage {
    shell: Shell,
    to: String,
    /// Who that is, if there is someone.
    other: Option<Who>,
    typed: String,
    /// The field that was refused.
    wrong: String,
}

fn show_form(ctx: &ReadContext, to: &str) -> Result<Response> {
    let other: Option<AgentCard> = match agents::find_id(ctx.tx, to)? {
        Some(id) => agents::find_by_id(ctx.tx, id)?.map(|agent| agent.card),
        None => None,
    };
    let page = FormPage {
        to: to.trim_start_matches('@').to_owned(),
        other: other.map(Who::from),
        typed: ctx.request.form_value("body").unwrap_or_default(),
        wrong: super::fields::wrong(ctx),
        shell: Shell::of(ctx, About::new("Write a message", PATH, Section::Elsewhere))?,
    };
    shell::answer(ctx, &page)
}

#[derive(Deserialize)]
struct NewMessage {
    to: Text<1, 100>,
    body: Text<1, 4_000>,
}

/// Sends a message.
///
/// # Errors
/// 400 for a bad text or nobody to send it to; those of [`messages::send`].
pub fn send(ctx: &WriteContext) -> Result<Response> {
    let sender = ctx.actor.agent()?;
    let form: NewMessage = ctx.request.form()?;
    secret::refuse_in("body", &form.body)?;
    // A recipient that is not there is something to mend in the form, so what was typed stays.
    let Some(to) = agents::find_id(ctx.tx, &form.to)? else {
        return Err(Error::invalid("to", "There is nobody with this handle"));
    };
    let handle = agents::get_by_id(ctx.tx, to)?.card.handle;
    messages::send(ctx.tx, sender.id, &handle, &form.body)?;
    let conversation = Address::new(PATH).with("with", &handle);
    Ok(forms::done(ctx, &format!("{conversation}#newest"), &format!("Your message to @{handle} is on its way.")))
}

/// Deletes a message that the viewer sent.
///
/// # Errors
/// Those of [`messages::delete`].
pub fn delete(ctx: &WriteContext) -> Result<Response> {
    messages::delete(ctx.tx, ctx.actor.agent()?.id, ctx.id(0, "Message")?)?;
    Ok(forms::done(ctx, PATH, "The message is gone, for both of you."))
}
