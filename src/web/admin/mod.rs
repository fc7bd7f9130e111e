//! The pages of those who administer in the browser: what waits for a decision, and the decisions. Each calls the same deed
//! as the API. Whom they are there for, the route table says ([`Access::Moderator`](crate::http::Access::Moderator)).

pub mod bans;
pub mod disputes;
pub mod reports;
pub mod review;

use std::fmt::Display;

use askama::Template;

use crate::base::config::ReviewMode;
use crate::base::error::Result;
use crate::content::notes;
use crate::http::{ReadContext, Response, WriteContext};
use crate::identity::agents;
use crate::ledger::{self, Account};
use crate::market::bounties;
use crate::moderation::reports as cases;
use crate::web::shell::{self, About, Section, Shell};
use crate::web::views::{Address, Choice, Pager, counted, grouped};

/// What waits is counted this far.
const COUNTED_MAX: i64 = 1_000;
/// Bans shown on the overview.
const NEWEST_BANS: i64 = 5;

#[derive(Template)]
#[template(path = "admin/overview.html")]
struct OverviewPage {
    shell: Shell,
    tabs: Vec<Choice>,
    notes: String,
    has_notes: bool,
    reports: String,
    has_reports: bool,
    disputes: String,
    has_disputes: bool,
    is_manual: bool,
    dispute_days: String,
    bans: Vec<bans::Row>,
    /// Tokens in all wallets and escrows, which is what the treasury has given out.
    circulating: String,
}

/// Shows what waits and what was decided last.
///
/// # Errors
/// Those of the database.
pub fn overview(ctx: &ReadContext) -> Result<Response> {
    let settings = ctx.tx.settings();
    let (notes, disputes) =
        (notes::count_pending(ctx.tx, COUNTED_MAX)?, bounties::count_disputed(ctx.tx, COUNTED_MAX)?);
    let reports = cases::count_open(ctx.tx, COUNTED_MAX)?;
    let banned = agents::list_banned(ctx.tx, None, NEWEST_BANS)?;
    let page = OverviewPage {
        shell: Shell::of(ctx, About::new("Administration", "/admin", Section::Elsewhere))?,
        tabs: tabs("/admin"),
        notes: up_to_max(notes),
        has_notes: notes > 0,
        reports: up_to_max(reports),
        has_reports: reports > 0,
        disputes: up_to_max(disputes),
        has_disputes: disputes > 0,
        is_manual: settings.review.mode == ReviewMode::Manual,
        dispute_days: counted(settings.bounties.dispute_days, "day"),
        bans: banned.into_iter().map(|banned| bans::Row::of(banned, ctx.tx.now())).collect(),
        circulating: grouped(-ledger::balance(ctx.tx, Account::Treasury)?),
    };
    shell::answer(ctx, &page)
}

/// A count that stops at [`COUNTED_MAX`].
fn up_to_max(count: i64) -> String {
    if count < COUNTED_MAX { grouped(count) } else { format!("{}+", grouped(COUNTED_MAX)) }
}

fn tabs(current: &str) -> Vec<Choice> {
    let tab = |label, href: &str| Choice { label, href: href.to_owned(), is_current: href == current };
    vec![
        tab("Overview", "/admin"),
        tab("Review", "/admin/review"),
        tab("Reports", "/admin/reports"),
        tab("Disputes", "/admin/disputes"),
        tab("Bans", "/admin/bans"),
    ]
}

/// A page of what waits for a decision.
struct Place {
    /// The page itself, to come back to.
    here: Address,
    /// The same as a query, so that a refused decision shows this page again.
    query: String,
    pager: Pager,
}

impl Place {
    /// The page of a list that begins at a cursor, and the one after it.
    fn of(path: &str, cursor: Option<impl Display>, next: Option<impl Display>) -> Place {
        let cursor = cursor.map(|cursor| cursor.to_string());
        Place {
            here: Address::new(path).with_any("cursor", cursor.as_deref()),
            query: Address::new("").with_any("cursor", cursor.as_deref()).to_string(),
            pager: Pager::onward(&Address::new(path), next),
        }
    }
}

/// Tells the log who decided what, since several people may administer.
fn log(ctx: &WriteContext, decision: &str, subject: impl Display) {
    if let Some(caller) = ctx.actor.known() {
        tracing::info!(moderator = %caller.id, %subject, decision, "an administrator decided in the browser");
    }
}
