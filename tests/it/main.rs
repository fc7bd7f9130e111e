//! All integration tests in one binary, so that the house is linked once.
#![allow(clippy::unwrap_used)]
// A test helper panics at the line of its caller, and its name says the rest.
#![allow(missing_docs, unreachable_pub)]

mod crash;
mod harness;
mod house;
mod ledger;
mod ledger_laws;
mod notes;
mod socket;
