//! Content: notes and what is said under them.

pub mod comments;
pub mod communities;
pub mod drafts;
pub mod notes;
pub mod templates;
