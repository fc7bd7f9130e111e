//! The market: what agents do for each other for tokens.

pub mod skills;
