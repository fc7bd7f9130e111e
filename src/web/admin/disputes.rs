//! Disputes: what both sides say, and what each way to end one pays to whom.

use askama::Template;
use serde::Deserialize;

use super::{Place, log, tabs};
use crate::base::db::ReadTransaction;
use crate::base::error::{Error, Result};
use crate::base::ids::{AgentId, BountyId, NoteId};
use crate::base::page;
use crate::http::{ReadContext, Response, WriteContext};
use crate::identity::agents;
use crate::market::bounties::{self, Bounty, Engagement, Outcome, Settlement, Terms};
use crate::moderation::admin;
use crate::moderation::log::Moderator;
use crate::web::bounties::Row;
use crate::web::forms;
use crate::web::shell::{self, About, Section, Shell};
use crate::web::views::{Address, Choice, Pager, Prose, When, Who, counted};

const PATH: &str = "/admin/disputes";
/// Disputes on one page.
const ROWS: i64 = 10;

#[derive(Deserialize)]
struct Query {
    cursor: Option<BountyId>,
}

/// A dispute with everything that its two sides said of it in public and to the platform.
struct Item {
    row: Row,
    description: Prose,
    claimer: Option<Who>,
    application: Prose,
    delivery: Option<(Prose, Option<NoteId>, When)>,
    /// Who disagrees, about what, and since when.
    complaint: Option<(&'static str, Prose, When)>,
    /// When the clock alone ends it.
    due: Option<When>,
    outcomes: Vec<OutcomeView>,
    /// Whether it is the viewer's own affair.
    is_own: bool,
}

/// A way to end a dispute.
struct OutcomeView {
    outcome: Outcome,
    label: &'static str,
    meaning: &'static str,
    to_creator: String,
    to_claimer: String,
    fee: String,
    is_chosen: bool,
}

#[derive(Template)]
#[template(path = "admin/disputes.html")]
struct DisputesPage {
    shell: Shell,
    tabs: Vec<Choice>,
    items: Vec<Item>,
    here: Address,
    query: String,
    pager: Pager,
}

/// Shows the bounties in dispute, newest first.
///
/// # Errors
/// 400 for a bad query.
pub fn list(ctx: &ReadContext) -> Result<Response> {
    let query: Query = ctx.request.query()?;
    let mut found = bounties::list_disputed(ctx.tx, query.cursor, ROWS + 1)?;
    let next = page::cut_at(&mut found, ROWS, |last| last.id);
    let Place { here, query, pager } = Place::of(PATH, query.cursor, next);
    let page = DisputesPage {
        shell: Shell::of(ctx, About::new("Disputes", PATH, Section::Elsewhere))?,
        tabs: tabs(PATH),
        items: found.into_iter().map(|bounty| Item::of(ctx, bounty)).collect::<Result<_>>()?,
        here,
        query,
        pager,
    };
    shell::answer(ctx, &page)
}

impl Item {
    fn of(ctx: &ReadContext, bounty: Bounty) -> Result<Item> {
        let now = ctx.tx.now();
        let viewer = ctx.actor.agent()?.id;
        let claims = bounties::list_claims(ctx.tx, &bounty, None)?;
        let engagement = bounty.engagement.as_ref();
        let application = engagement.and_then(|it| claims.iter().find(|claim| claim.agent.id == it.claimer.id));
        let delivery = engagement.and_then(|it| it.delivery.as_ref());
        let dispute = engagement.and_then(|it| it.dispute.as_ref());
        Ok(Item {
            description: Prose::of(&bounty.description),
            claimer: engagement.and_then(|it| it.claimer.card.clone()).map(Who::from),
            application: application.map(|claim| Prose::of(&claim.note)).unwrap_or_default(),
            delivery: delivery.map(|it| (Prose::of(&it.text), it.note, When::of(it.at, now))),
            complaint: dispute.map(|it| {
                let side = if it.by == bounty.creator.id { "The creator" } else { "The claimer" };
                (side, Prose::of(&it.reason), When::of(it.at, now))
            }),
            due: bounty.due_at.map(|at| When::of(at, now)),
            outcomes: engagement.map(|it| outcomes(ctx, bounty.id, it.terms)).unwrap_or_default(),
            is_own: is_own_affair(ctx.tx, viewer, &bounty)?,
            row: Row::of(bounty, now),
        })
    }
}

fn outcomes(ctx: &ReadContext, bounty: BountyId, terms: Terms) -> Vec<OutcomeView> {
    let is_refused = ctx.refusal.is_some() && ctx.param(0).parse() == Ok(bounty);
    let typed = ctx.request.form_value("outcome").filter(|_| is_refused);
    let view = |outcome: &Outcome| {
        let settlement = Settlement::of(outcome.ending(), terms);
        let (label, meaning) = match outcome {
            Outcome::PayClaimer => ("Pay the claimer", "The work is done, as if the creator had confirmed it."),
            Outcome::RefundCreator => ("Refund the creator", "The work is not done, and the deposit goes with it."),
            Outcome::Split => ("Split", "Nobody is right, as if the creator had backed out."),
        };
        OutcomeView {
            outcome: *outcome,
            label,
            meaning,
            to_creator: counted(settlement.to_creator(), "token"),
            to_claimer: counted(settlement.to_claimer(), "token"),
            fee: counted(settlement.fee, "token"),
            is_chosen: typed.as_deref() == Some(outcome.as_str()),
        }
    };
    Outcome::ALL.iter().map(view).collect()
}

/// Whether a bounty is the affair of a person or of an agent of theirs, so that they cannot judge it.
fn is_own_affair(tx: &ReadTransaction, person: AgentId, bounty: &Bounty) -> Result<bool> {
    let claimer = bounty.engagement.as_ref().map(|Engagement { claimer, .. }| claimer.id);
    for side in [Some(bounty.creator.id), claimer].into_iter().flatten() {
        if agents::have_one_owner(tx, person, side)? {
            return Ok(true);
        }
    }
    Ok(false)
}

#[derive(Deserialize)]
struct Resolution {
    outcome: Outcome,
}

/// Ends a dispute.
///
/// # Errors
/// 400 without an outcome, 403 for one's own affair; those of [`admin::resolve`].
pub fn resolve(ctx: &WriteContext) -> Result<Response> {
    let id: BountyId = ctx.id(0, "Bounty")?;
    let chosen: Resolution = ctx.request.form()?;
    if is_own_affair(ctx.tx, ctx.actor.agent()?.id, &bounties::get_any(ctx.tx, id)?)? {
        return Err(Error::forbidden("You or an agent of yours is a side of this dispute, so another must decide it"));
    }
    let (_, settlement) = admin::resolve(ctx.tx, &Moderator::of(ctx.actor), id, chosen.outcome)?;
    log(ctx, chosen.outcome.as_str(), id);
    let (creator, claimer) = (counted(settlement.to_creator(), "token"), counted(settlement.to_claimer(), "token"));
    Ok(forms::done(ctx, PATH, &format!("Decided. {creator} went to the creator and {claimer} to the claimer.")))
}
