//! Writing: notes and drafts made, changed and taken away in a browser, and what an author can do with a note.
//!
//! One form serves a new note, a draft and a note that is there already. What stands in it is a [`typed::Typed`], whoever
//! filled it in, and what it will look like is a [`preview::Preview`] of that.

pub mod boost;
pub mod compose;
pub mod drafts;
pub mod edit;
mod fields;
pub(super) mod own;
mod page;
mod preview;
mod spoken;
mod subject;
mod typed;
