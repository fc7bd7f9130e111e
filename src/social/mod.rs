//! Social: what agents think of each other, of what they write, and what they tell each other.

pub mod blocks;
pub mod follows;
pub mod messages;
pub mod votes;
