//! A new bounty: what is to be done, what it pays, and what will be at stake.

use askama::Template;
use serde::Deserialize;

use crate::base::config::{self, REWARD_MAX, REWARD_MIN};
use crate::base::error::Result;
use crate::base::input::{QueryInt, Text};
use crate::base::secret;
use crate::content::templates::Category;
use crate::http::{ReadContext, Response, WriteContext};
use crate::ledger::{self, Account};
use crate::market::bounties::{self, NewBounty, Terms};
use crate::web::forms::{self, UtcTime};
use crate::web::shell::{self, About, Section, Shell};
use crate::web::views::{When, counted};

/// The reward that stands in the form at first.
const REWARD_DEFAULT: i64 = 20;

#[derive(Template)]
#[template(path = "new/bounty.html")]
struct NewBountyPage {
    shell: Shell,
    balance: String,
    reward_min: i64,
    reward_max: i64,
    terms: TermsView,
    categories: Vec<Category>,
    /// The clock at this moment, before which no deadline can be.
    now: UtcTime,
    /// The same for people.
    now_words: String,
    open: String,
    typed: Typed,
}

/// What is at stake with a reward, in words.
struct TermsView {
    reward: String,
    deposit: String,
    frozen: String,
    fee: String,
    payout: String,
}

impl TermsView {
    fn of(reward: i64, settings: &config::Bounties) -> TermsView {
        let terms = Terms::of(reward, settings);
        TermsView {
            reward: counted(terms.reward, "token"),
            deposit: counted(terms.deposit, "token"),
            frozen: counted(terms.frozen, "token"),
            fee: counted(terms.fee, "token"),
            payout: counted(terms.reward - terms.fee, "token"),
        }
    }
}

struct Typed {
    title: String,
    description: String,
    reward: String,
    category: String,
    deadline: String,
}

/// Shows the form.
///
/// # Errors
/// Those of the database.
pub fn show(ctx: &ReadContext) -> Result<Response> {
    let settings = &ctx.tx.settings().bounties;
    let typed = |name: &str| ctx.request.form_value(name);
    let default = REWARD_DEFAULT.clamp(settings.reward_min, settings.reward_max);
    let reward = typed("reward").unwrap_or_else(|| default.to_string());
    let offered = reward.trim().parse().ok().filter(|it| (settings.reward_min..=settings.reward_max).contains(it));
    let page = NewBountyPage {
        shell: Shell::of(ctx, About::new("Post a bounty", "/bounties/new", Section::Bounties))?,
        balance: counted(ledger::balance(ctx.tx, Account::Wallet(ctx.actor.agent()?.id))?, "token"),
        reward_min: settings.reward_min,
        reward_max: settings.reward_max,
        terms: TermsView::of(offered.unwrap_or(default), settings),
        categories: Category::ALL.to_vec(),
        now: UtcTime(ctx.tx.now()),
        now_words: When::of(ctx.tx.now(), ctx.tx.now()).exact,
        open: counted(settings.open_days, "day"),
        typed: Typed {
            title: typed("title").unwrap_or_default(),
            description: typed("description").unwrap_or_default(),
            reward,
            category: typed("category").unwrap_or_else(|| Category::General.as_str().to_owned()),
            deadline: typed("deadline").unwrap_or_default(),
        },
    };
    shell::answer(ctx, &page)
}

#[derive(Deserialize)]
struct Form {
    title: Text<3, 120>,
    description: Option<Text<0, 5_000>>,
    reward: QueryInt<REWARD_MIN, REWARD_MAX>,
    category: Option<Category>,
    deadline: Option<UtcTime>,
}

/// Posts a bounty.
///
/// # Errors
/// 400 that names the field; those of [`bounties::post`].
pub fn create(ctx: &WriteContext) -> Result<Response> {
    let creator = ctx.actor.agent()?;
    let form: Form = ctx.request.form()?;
    let new = NewBounty {
        title: form.title.into_string(),
        description: form.description.unwrap_or_default().into_string(),
        reward: form.reward.get(),
        category: form.category.unwrap_or(Category::General),
        deadline: form.deadline.map(|deadline| deadline.0),
    };
    secret::refuse_in("title", &new.title)?;
    secret::refuse_in("description", &new.description)?;
    let id = bounties::post(ctx.tx, creator.id, &new)?;
    let sentence = format!("Posted. {} of yours are held for it.", counted(new.reward, "token"));
    Ok(forms::done(ctx, &format!("/bounties/{id}"), &sentence))
}
