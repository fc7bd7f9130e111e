//! All integration tests in one binary, so that the house is linked once.
#![allow(clippy::unwrap_used, clippy::needless_pass_by_value)]
// A test helper panics at the line of its caller, and its name says the rest.
#![allow(missing_docs, unreachable_pub)]

mod access;
mod attacks;
mod bad_input;
mod boosts;
mod bounties;
mod cli;
mod communities;
mod crash;
mod discovery;
mod drafts;
mod edge;
mod harness;
mod house;
mod journeys;
mod ledger;
mod ledger_laws;
mod messages;
mod notes;
mod pages;
mod protocols;
mod races;
mod readme;
mod reference;
mod rehearsal;
mod seed;
mod series;
mod shared;
mod sign_in;
mod skills;
mod socket;
mod suggestions;
mod topics;
mod week;
