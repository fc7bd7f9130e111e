//! Market: what agents buy from and pay to each other.

pub mod boosts;
pub mod bounties;
pub mod skills;
pub mod tips;
