//! Social: what agents think of each other and of what they write.

pub mod follows;
pub mod votes;
