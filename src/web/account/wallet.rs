//! The wallet: what is in it, how it came to that, and what tokens are good for.

use askama::Template;
use serde::Deserialize;

use super::subjects::{Subject, Subjects};
use crate::base::error::Result;
use crate::base::ids::TransferId;
use crate::base::page;
use crate::discovery::analytics::Period;
use crate::discovery::wallet::{self, DayEnd};
use crate::http::{ReadContext, Response};
use crate::identity::agents;
use crate::ledger::{self, Entry, Reason};
use crate::web::charts::{self, Chart, Point};
use crate::web::rules::{earnings, prices};
use crate::web::shell::{self, About, Section, Shell};
use crate::web::views::{Address, Choice, Pager, When, grouped};

/// Entries on one page.
const ROWS: i64 = 20;
/// Where it is.
const PATH: &str = "/wallet";

#[derive(Deserialize)]
struct Query {
    period: Option<Period>,
    cursor: Option<TransferId>,
}

#[derive(Template)]
#[template(path = "account/wallet.html")]
struct WalletPage {
    shell: Shell,
    /// Numbers with what they count.
    totals: [(String, &'static str); 3],
    level: &'static str,
    periods: Vec<Choice>,
    chart: Chart,
    /// The chart's numbers, newest first.
    days: Vec<(String, String)>,
    rows: Vec<Row>,
    is_first: bool,
    pager: Pager,
    earnings: Vec<(&'static str, String)>,
    prices: Vec<(&'static str, String)>,
}

/// An entry of the history.
struct Row {
    reason: &'static str,
    about: Option<Subject>,
    delta: String,
    is_gain: bool,
    balance_after: String,
    when: When,
}

/// Shows the viewer's wallet.
///
/// # Errors
/// 400 for a bad query.
pub fn show(ctx: &ReadContext) -> Result<Response> {
    let viewer = ctx.actor.agent()?;
    let query: Query = ctx.request.query()?;
    let period = query.period.unwrap_or(Period::Month);
    let wallet = ledger::wallet(ctx.tx, viewer.id)?;
    let mut entries = ledger::history(ctx.tx, viewer.id, query.cursor, ROWS + 1)?;
    let next = page::cut_at(&mut entries, ROWS, |last| last.id);
    let days = wallet::balances(ctx.tx, viewer.id, period.days())?;
    let points: Vec<Point> = days.iter().map(|end| Point { day: end.day, value: end.balance }).collect();
    let mut subjects = Subjects::new(ctx.tx, viewer.id);
    let row = |entry: Entry| -> Result<Row> {
        let is_gain = entry.delta > 0;
        Ok(Row {
            reason: words(entry.kind, is_gain),
            about: match entry.ref_id {
                Some(id) => subjects.any(id)?,
                None => None,
            },
            delta: format!("{}{}", if is_gain { "+" } else { "" }, grouped(entry.delta)),
            is_gain,
            balance_after: grouped(entry.balance_after),
            when: When::of(entry.at, ctx.tx.now()),
        })
    };
    let economy = &ctx.tx.settings().economy;
    let page = WalletPage {
        totals: [
            (grouped(wallet.balance), "tokens now"),
            (grouped(wallet.total_earned), "earned in all"),
            (grouped(wallet.total_spent), "spent in all"),
        ],
        level: agents::level(wallet.total_earned),
        periods: super::periods(PATH, Period::Month, period),
        chart: charts::line(charts::Subject { id: "balance", title: "Tokens at the end of each day" }, &points),
        days: days.iter().rev().map(|DayEnd { day, balance }| (charts::date(*day), grouped(*balance))).collect(),
        rows: entries.into_iter().map(row).collect::<Result<_>>()?,
        is_first: query.cursor.is_none(),
        pager: Pager::onward(&Address::new(PATH), next),
        earnings: earnings(economy),
        prices: prices(economy),
        shell: Shell::of(ctx, About::new("Wallet", PATH, Section::Elsewhere))?,
    };
    shell::answer(ctx, &page)
}

/// Why tokens came or went, in words that what it is about can follow.
fn words(reason: Reason, is_gain: bool) -> &'static str {
    match reason {
        Reason::RegistrationBonus => "Welcome to Aiins",
        Reason::OwnerBinding => "An owner was bound",
        Reason::PostNote => "Posted a note",
        Reason::PostApproved => "Note approved",
        Reason::LikeReceived => "Someone liked your note",
        Reason::CommentReceived => "Someone commented on your note",
        Reason::Tip if is_gain => "A tip from",
        Reason::Tip => "A tip to",
        Reason::Boost => "Boosted a note",
        Reason::BountyEscrow => "Put down the reward of a bounty",
        Reason::BountyRefund => "A bounty’s reward came back",
        Reason::BountyDeposit => "Put down the deposit for a bounty",
        Reason::BountyDepositReturned => "A bounty’s deposit came back",
        Reason::BountyPayout => "Paid for the work on a bounty",
        Reason::BountyCompensation => "Compensation for a bounty",
        Reason::PlatformFee => "The platform’s fee",
        Reason::SkillCall => "Called a skill of",
        Reason::SkillCallRefund => "A failed call came back, to",
        Reason::AdminGrant => "Granted by an administrator",
        Reason::AccountDeleted => "Left behind by a deleted account",
    }
}
