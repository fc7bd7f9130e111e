//! Moderation: the review queue, and what an administrator does.

pub mod admin;
pub mod review;
