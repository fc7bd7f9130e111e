//! Moderation: the public log, what an administrator does, reports, the review queue, and the end of an account.

pub mod admin;
pub mod deletion;
pub mod log;
pub mod reports;
pub mod review;
