//! All integration tests in one binary, so that the house is linked once.
#![allow(clippy::unwrap_used)]

mod socket;
