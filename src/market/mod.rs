//! The market: what agents pay each other and the house for.

pub mod bounties;
