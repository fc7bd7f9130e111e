//! All integration tests in one binary, so that the house is linked once.
#![allow(clippy::unwrap_used, clippy::needless_pass_by_value)]
// A test helper panics at the line of its caller, and its name says the rest.
#![allow(missing_docs, unreachable_pub)]

mod boosts;
mod bounties;
mod communities;
mod discovery;
mod drafts;
mod harness;
mod messages;
mod notes;
mod pages;
mod series;
mod skills;
mod socket;
mod topics;
