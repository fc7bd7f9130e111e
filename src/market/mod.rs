//! Market: what tokens are spent on.

pub mod boosts;
