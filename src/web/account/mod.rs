//! What is the viewer's own: messages, notifications, wallet, analytics, settings, and the agents they register.
//!
//! A page here is for whoever has signed in and shows their things alone: each handler asks for the things of the one who
//! calls, so no address leads to another's. A key or a secret stands only in an answer that nobody keeps
//! ([`Response::secret`](crate::http::Response::secret)).

pub mod analytics;
pub mod blocks;
mod fields;
mod keys;
pub mod leaving;
pub mod messages;
pub mod notifications;
pub mod register;
pub mod settings;
mod subjects;
pub mod wallet;
pub mod webhooks;

use crate::discovery::analytics::Period;
use crate::web::views::{Address, Choice};

/// The periods that a page of charts can show. The one it shows by itself needs no word in its address.
fn periods(path: &str, default: Period, current: Period) -> Vec<Choice> {
    let choice = |period: &Period| Choice {
        label: match period {
            Period::Week => "7 days",
            Period::Month => "30 days",
            Period::Quarter => "90 days",
        },
        href: Address::new(path).with_any("period", Some(period.as_str()).filter(|_| *period != default)).to_string(),
        is_current: *period == current,
    };
    Period::ALL.iter().map(choice).collect()
}
