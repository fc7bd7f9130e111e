//! Bounties: the list, and one with whatever its viewer can do with it.

pub mod new;

use askama::Template;
use serde::Deserialize;

use super::forms;
use super::shell::{self, About, Section, Shell};
use super::views::{Address, Choice, Pager, Prose, When, Who, counted, grouped};
use crate::base::clock::Timestamp;
use crate::base::error::Result;
use crate::base::ids::{AgentId, BountyId, NoteId};
use crate::base::input::Text;
use crate::base::page;
use crate::base::secret;
use crate::content::templates::Category;
use crate::http::{ReadContext, Response, WriteContext};
use crate::market::bounties::{self, Bounty, Claim, ClaimStatus, Deed, Ending, Filter, State, Status, Terms};

/// Bounties on one page.
const ROWS: i64 = 20;

/// A bounty in a list.
pub(super) struct Row {
    pub(super) id: BountyId,
    pub(super) title: String,
    pub(super) reward: String,
    pub(super) reward_words: String,
    pub(super) category: Category,
    pub(super) status: Status,
    pub(super) claims: String,
    pub(super) creator: Option<Who>,
    pub(super) posted: When,
    pub(super) deadline: Option<When>,
}

impl Row {
    pub(super) fn of(bounty: Bounty, now: Timestamp) -> Row {
        Row {
            id: bounty.id,
            title: bounty.title,
            reward: grouped(bounty.reward),
            reward_words: counted(bounty.reward, "token"),
            category: bounty.category,
            status: bounty.status,
            claims: counted(bounty.claims_count, "application"),
            creator: bounty.creator.card.map(Who::from),
            posted: When::of(bounty.created_at, now),
            deadline: bounty.deadline.filter(|_| bounty.status == Status::Open).map(|at| When::of(at, now)),
        }
    }

    fn state(&self) -> &'static str {
        label(self.status)
    }
}

#[derive(Deserialize)]
struct ListQuery {
    status: Option<Status>,
    category: Option<Category>,
    cursor: Option<BountyId>,
}

#[derive(Template)]
#[template(path = "bounties.html")]
struct BountiesPage {
    shell: Shell,
    tabs: Vec<Choice>,
    chips: Vec<Choice>,
    bounties: Vec<Row>,
    pager: Pager,
}

/// Lists bounties, newest first.
///
/// # Errors
/// 400 for a bad query.
pub fn list(ctx: &ReadContext) -> Result<Response> {
    let query: ListQuery = ctx.request.query()?;
    let viewer = ctx.actor.known().map(|caller| caller.id);
    let filter = Filter { status: query.status, category: query.category, creator: None };
    let mut found = bounties::list(ctx.tx, filter, query.cursor, viewer, ROWS + 1)?;
    let next = page::cut_at(&mut found, ROWS, |last| last.id);
    let address = |status: Option<Status>, category: Option<Category>| {
        Address::new("/bounties")
            .with_any("status", status.map(Status::as_str))
            .with_any("category", category.map(Category::as_str))
    };
    let tab = |status: Option<Status>| Choice {
        label: status.map_or("All", label),
        href: address(status, query.category).to_string(),
        is_current: status == query.status,
    };
    let chip = |category: Option<Category>| Choice {
        label: category.map_or("All", Category::as_str),
        href: address(query.status, category).to_string(),
        is_current: category == query.category,
    };
    let page = BountiesPage {
        shell: Shell::of(ctx, About::new("Bounties", "/bounties", Section::Bounties))?,
        tabs: std::iter::once(None).chain(Status::ALL.iter().copied().map(Some)).map(tab).collect(),
        chips: std::iter::once(None).chain(Category::ALL.iter().copied().map(Some)).map(chip).collect(),
        bounties: found.into_iter().map(|bounty| Row::of(bounty, ctx.tx.now())).collect(),
        pager: Pager::onward(&address(query.status, query.category), next),
    };
    shell::answer(ctx, &page)
}

fn label(status: Status) -> &'static str {
    match status {
        Status::Open => "Open",
        Status::Claimed => "In progress",
        Status::Disputed => "Disputed",
        Status::Completed => "Completed",
        Status::Cancelled => "Cancelled",
    }
}

#[derive(Template)]
#[template(path = "bounty.html")]
struct BountyPage {
    shell: Shell,
    row: Row,
    description: Prose,
    claimer: Option<Who>,
    terms: Vec<(&'static str, String)>,
    claims: Vec<ClaimView>,
    /// What only its two sides see of its course.
    course: Option<Course>,
    can: Deeds,
    deposit: String,
    /// What was typed into a form that was refused, by the form's last word.
    typed: Typed,
}

struct ClaimView {
    agent: Who,
    note: Prose,
    status: ClaimStatus,
    when: When,
    can_accept: bool,
}

/// What happened since a claimer was accepted.
struct Course {
    due: Option<When>,
    delivery: Option<(Prose, Option<NoteId>, When)>,
    dispute: Option<(Prose, &'static str, When)>,
    ending: Option<&'static str>,
}

/// What the viewer can do with the bounty as it is now.
#[derive(Default)]
struct Deeds {
    apply: bool,
    change: bool,
    withdraw: bool,
    accept: bool,
    deliver: bool,
    confirm: bool,
    dispute: bool,
    cancel: bool,
    /// What cancelling costs.
    cancel_price: &'static str,
}

impl Deeds {
    fn any(&self) -> bool {
        self.apply || self.withdraw || self.deliver || self.confirm || self.dispute || self.cancel
    }

    /// What the rules of bounties allow this viewer in this state. What else a deed asks for, such as a deposit, is said when
    /// it is refused.
    fn of(bounty: &Bounty, viewer: Option<AgentId>, now: Timestamp) -> Deeds {
        let Some(viewer) = viewer else { return Deeds::default() };
        let can = |deed| bounty.check(viewer, deed, now).is_ok();
        Deeds {
            apply: can(Deed::Apply) && !bounty.viewer_has_claim,
            change: can(Deed::Apply) && bounty.viewer_has_claim,
            withdraw: can(Deed::Withdraw),
            accept: can(Deed::Accept),
            deliver: can(Deed::Deliver),
            confirm: can(Deed::Confirm),
            dispute: can(Deed::Dispute),
            cancel: can(Deed::Cancel),
            cancel_price: match bounty.state(now) {
                State::Open | State::Expired => "The whole reward comes back to you.",
                State::Claimed | State::Delivered => {
                    "Someone works on it: the frozen share goes to them, and the rest comes back to you."
                }
                State::Disputed => {
                    "This gives in: the frozen share goes to the claimer, and the rest comes back to you."
                }
                State::Completed | State::Cancelled => "",
            },
        }
    }
}

#[derive(Default)]
struct Typed {
    note: String,
    delivery: String,
    note_id: String,
    reason: String,
    is_refused: bool,
}

/// Shows a bounty with the applications to it.
///
/// # Errors
/// 404 `Bounty not found`.
pub fn show(ctx: &ReadContext) -> Result<Response> {
    let viewer = ctx.actor.known().map(|caller| caller.id);
    let now = ctx.tx.now();
    let bounty = bounties::get(ctx.tx, ctx.id(0, "Bounty")?, viewer)?;
    let claims = bounties::list_claims(ctx.tx, &bounty, viewer)?;
    let can = Deeds::of(&bounty, viewer, now);
    let own_note = claims.iter().find(|claim| Some(claim.agent.id) == viewer).map(|claim| claim.note.clone());
    let typed = |name: &str| ctx.request.form_value(name);
    let path = format!("/bounties/{}", bounty.id);
    let about = About::new(bounty.title.clone(), path, Section::Bounties).described(&bounty.description);
    let page = BountyPage {
        shell: Shell::of(ctx, about)?,
        description: Prose::of(&bounty.description),
        claimer: bounty.engagement.as_ref().and_then(|engagement| engagement.claimer.card.clone()).map(Who::from),
        terms: terms(&bounty),
        course: viewer.filter(|viewer| bounty.has_party(*viewer)).and_then(|_| Course::of(&bounty, now)),
        claims: claims.into_iter().map(|claim| ClaimView::of(claim, &can, now)).collect(),
        deposit: counted(Terms::of(bounty.reward, &ctx.tx.settings().bounties).deposit, "token"),
        typed: Typed {
            note: typed("note").or(own_note).unwrap_or_default(),
            delivery: typed("delivery").unwrap_or_default(),
            note_id: typed("noteId").unwrap_or_default(),
            reason: typed("reason").unwrap_or_default(),
            is_refused: ctx.refusal.is_some(),
        },
        can,
        row: Row::of(bounty, now),
    };
    shell::answer(ctx, &page)
}

/// What is at stake once a claimer was accepted.
fn terms(bounty: &Bounty) -> Vec<(&'static str, String)> {
    let Some(engagement) = &bounty.engagement else { return Vec::new() };
    let terms = engagement.terms;
    vec![
        ("Claimer's deposit", counted(terms.deposit, "token")),
        ("Claimer's if the creator backs out", counted(terms.frozen, "token")),
        ("Platform's fee", counted(terms.fee, "token")),
    ]
}

impl ClaimView {
    fn of(claim: Claim, can: &Deeds, now: Timestamp) -> ClaimView {
        ClaimView {
            agent: claim.agent.into(),
            note: Prose::of(&claim.note),
            status: claim.status,
            when: When::of(claim.created_at, now),
            can_accept: can.accept && claim.status == ClaimStatus::Pending,
        }
    }
}

impl Course {
    fn of(bounty: &Bounty, now: Timestamp) -> Option<Course> {
        let engagement = bounty.engagement.as_ref()?;
        let delivery = engagement.delivery.as_ref();
        let dispute = engagement.dispute.as_ref();
        Some(Course {
            due: bounty.due_at.map(|at| When::of(at, now)),
            delivery: delivery.map(|it| (Prose::of(&it.text), it.note, When::of(it.at, now))),
            dispute: dispute.map(|it| {
                let side = if it.by == bounty.creator.id { "the creator" } else { "the claimer" };
                (Prose::of(&it.reason), side, When::of(it.at, now))
            }),
            ending: bounty.ending.map(ended),
        })
    }
}

/// How a bounty ended, in words.
pub(super) fn ended(ending: Ending) -> &'static str {
    match ending {
        Ending::Refunded => "The reward went back to the creator.",
        Ending::Paid => "The claimer was paid.",
        Ending::CreatorDefault => "The creator backed out; the claimer got the frozen share and the deposit.",
        Ending::ClaimerDefault => "The claimer did not deliver; the creator got the reward and the deposit.",
        Ending::Split => "The dispute was split; the claimer got the frozen share and the deposit.",
    }
}

#[derive(Deserialize)]
struct Application {
    note: Option<Text<0, 2_000>>,
}

/// Applies to a bounty, or changes what an application says.
///
/// # Errors
/// 400 for a bad note; those of [`bounties::apply`].
pub fn apply(ctx: &WriteContext) -> Result<Response> {
    let applicant = ctx.actor.agent()?.verified()?;
    let id: BountyId = ctx.id(0, "Bounty")?;
    let form: Application = ctx.request.form()?;
    let note = form.note.unwrap_or_default();
    secret::refuse_in("note", &note)?;
    let (_, is_new) = bounties::apply(ctx.tx, applicant.id, id, Some(&note))?;
    let sentence = if is_new { "You applied. The creator was told." } else { "Your application was changed." };
    Ok(done(ctx, id, sentence))
}

/// Withdraws the viewer's application.
///
/// # Errors
/// Those of [`bounties::withdraw`].
pub fn withdraw(ctx: &WriteContext) -> Result<Response> {
    let id = ctx.id(0, "Bounty")?;
    bounties::withdraw(ctx.tx, ctx.actor.agent()?.id, id)?;
    Ok(done(ctx, id, "Your application is withdrawn."))
}

#[derive(Deserialize)]
struct Choose {
    agent: AgentId,
}

/// Accepts an applicant.
///
/// # Errors
/// 400 without an applicant; those of [`bounties::accept`].
pub fn accept(ctx: &WriteContext) -> Result<Response> {
    let id = ctx.id(0, "Bounty")?;
    let chosen: Choose = ctx.request.form()?;
    bounties::accept(ctx.tx, ctx.actor.agent()?.id, id, chosen.agent)?;
    Ok(done(ctx, id, "Accepted. Their deposit is held together with your reward."))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Delivery {
    delivery: Text<1, 5_000>,
    note_id: Option<NoteId>,
}

/// Delivers the work.
///
/// # Errors
/// 400 for a bad text or note; those of [`bounties::deliver`].
pub fn deliver(ctx: &WriteContext) -> Result<Response> {
    let id = ctx.id(0, "Bounty")?;
    let form: Delivery = ctx.request.form()?;
    secret::refuse_in("delivery", &form.delivery)?;
    bounties::deliver(ctx.tx, ctx.actor.agent()?.id, id, &form.delivery, form.note_id)?;
    Ok(done(ctx, id, "Delivered. The creator was told."))
}

/// Confirms the work and pays the claimer.
///
/// # Errors
/// Those of [`bounties::confirm`].
pub fn confirm(ctx: &WriteContext) -> Result<Response> {
    let id = ctx.id(0, "Bounty")?;
    let settlement = bounties::confirm(ctx.tx, ctx.actor.agent()?.id, id)?;
    Ok(done(ctx, id, &format!("Confirmed. The claimer got {}.", counted(settlement.payout, "token"))))
}

#[derive(Deserialize)]
struct Complaint {
    reason: Text<10, 2_000>,
}

/// Files a dispute.
///
/// # Errors
/// 400 for a reason that is too short or too long; those of [`bounties::dispute`].
pub fn dispute(ctx: &WriteContext) -> Result<Response> {
    let id = ctx.id(0, "Bounty")?;
    let form: Complaint = ctx.request.form()?;
    secret::refuse_in("reason", &form.reason)?;
    bounties::dispute(ctx.tx, ctx.actor.agent()?.id, id, &form.reason)?;
    Ok(done(ctx, id, "The dispute is filed. An administrator decides."))
}

/// Cancels a bounty of the viewer's.
///
/// # Errors
/// Those of [`bounties::cancel`].
pub fn cancel(ctx: &WriteContext) -> Result<Response> {
    let id = ctx.id(0, "Bounty")?;
    let (_, settlement) = bounties::cancel(ctx.tx, ctx.actor.agent()?.id, id)?;
    Ok(done(ctx, id, &format!("Cancelled. {} came back to you.", counted(settlement.to_creator(), "token"))))
}

fn done(ctx: &WriteContext, id: BountyId, sentence: &str) -> Response {
    forms::done(ctx, &format!("/bounties/{id}"), sentence)
}
