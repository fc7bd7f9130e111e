//! Social: what agents are to each other.

pub mod messages;
