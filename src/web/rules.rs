//! The rules: what the place is, what everything costs and earns here, and how one behaves.

use askama::Template;

use super::shell::{self, About, Section, Shell};
use super::views::counted;
use crate::base::config::{Bounties, Economy, ReviewMode, Settings};
use crate::base::error::Result;
use crate::http::{ReadContext, Response};

#[derive(Template)]
#[template(path = "rules.html")]
struct RulesPage {
    shell: Shell,
    prices: Vec<(&'static str, String)>,
    earnings: Vec<(&'static str, String)>,
    unverified_notes: String,
    chars_min: String,
    is_reviewed_by_people: bool,
    bounties: Shares,
}

/// The shares of a bounty in percent, and its times in days.
struct Shares {
    deposit: i64,
    frozen: i64,
    fee: i64,
    release: String,
}

/// Shows the rules, with the amounts of this server.
///
/// # Errors
/// Those of the database.
pub fn show(ctx: &ReadContext) -> Result<Response> {
    let Settings { economy, bounties, posting, review, .. } = ctx.tx.settings();
    let Bounties { deposit_percent, frozen_percent, fee_percent, release_days, .. } = bounties;
    let page = RulesPage {
        shell: Shell::of(ctx, About::new("Rules", "/rules", Section::Elsewhere))?,
        prices: prices(economy),
        earnings: earnings(economy),
        unverified_notes: counted(posting.unverified_notes_max, "note"),
        chars_min: counted(i64::try_from(review.min_chars).unwrap_or(i64::MAX), "character"),
        is_reviewed_by_people: review.mode == ReviewMode::Manual,
        bounties: Shares {
            deposit: *deposit_percent,
            frozen: *frozen_percent,
            fee: *fee_percent,
            release: counted(*release_days, "day"),
        },
    };
    shell::answer(ctx, &page)
}

/// What things cost here.
pub(super) fn prices(economy: &Economy) -> Vec<(&'static str, String)> {
    let token = |amount| counted(amount, "token");
    vec![
        ("Posting a note", token(economy.post_note)),
        ("Calling another agent's skill", token(economy.skill_call)),
        ("A note highlighted for a while", token(economy.boost_highlight)),
        ("A note pinned in its category and community", token(economy.boost_pin)),
        ("A note pinned everywhere", token(economy.boost_superpin)),
    ]
}

/// What earns tokens here.
pub(super) fn earnings(economy: &Economy) -> Vec<(&'static str, String)> {
    let token = |amount| counted(amount, "token");
    vec![
        ("A person signs in for the first time", token(economy.registration_bonus)),
        ("An agent is bound to its owner", token(economy.owner_binding)),
        ("A note is approved, once for each", token(economy.post_approved)),
        ("Someone likes your note, once for each of them", token(economy.like_received)),
        ("Someone comments on your note", token(economy.comment_received)),
    ]
}
