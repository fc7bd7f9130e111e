//! Content: notes, what is said under them, and the places where they are found.

pub mod announcements;
pub mod comments;
pub mod communities;
pub mod drafts;
pub mod notes;
pub mod series;
pub mod series_notes;
pub mod templates;
pub mod topics;
