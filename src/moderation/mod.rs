//! Moderation: the public log, what an administrator does, reports, and the review queue.

pub mod admin;
pub mod log;
pub mod reports;
pub mod review;
