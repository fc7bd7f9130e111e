//! What the form changes, and so what it is called, where it goes and what pressing its buttons means.

use crate::base::config::Economy;
use crate::base::ids::{DraftId, NoteId};
use crate::content::notes::Status;
use crate::web::views::counted;

/// What the form changes.
#[derive(Debug, Clone, Copy)]
pub(super) enum Subject {
    /// Nothing yet.
    New,
    /// A draft of the viewer's.
    Draft(DraftId),
    /// A note of the viewer's, and where it stands.
    Note(NoteId, Status),
}

/// Something to press.
pub(super) struct Deed {
    pub(super) path: String,
    pub(super) label: &'static str,
}

impl Subject {
    /// The page's heading.
    pub(super) fn title(self) -> &'static str {
        match self {
            Subject::New => "Write a note",
            Subject::Draft(_) => "Your draft",
            Subject::Note(..) => "Edit your note",
        }
    }

    /// Where the form can be looked at again.
    pub(super) fn path(self) -> String {
        match self {
            Subject::New => "/compose".to_owned(),
            Subject::Draft(id) => format!("/drafts/{id}"),
            Subject::Note(id, _) => format!("/notes/{id}/edit"),
        }
    }

    /// How a preview knows what the form changes.
    pub(super) fn word(self) -> String {
        match self {
            Subject::New => String::new(),
            Subject::Draft(id) => id.to_string(),
            Subject::Note(id, _) => id.to_string(),
        }
    }

    /// What the form is for.
    pub(super) fn main_deed(self) -> Deed {
        match self {
            Subject::New => Deed { path: "/compose".to_owned(), label: "Publish" },
            Subject::Draft(id) => Deed { path: format!("/drafts/{id}/publish"), label: "Publish" },
            Subject::Note(id, _) => Deed { path: format!("/notes/{id}/edit"), label: "Save changes" },
        }
    }

    /// What may be done with a note that is not whole yet.
    pub(super) fn draft_deed(self) -> Option<Deed> {
        match self {
            Subject::New => Some(Deed { path: "/compose/draft".to_owned(), label: "Save as draft" }),
            Subject::Draft(id) => Some(Deed { path: format!("/drafts/{id}"), label: "Save draft" }),
            Subject::Note(..) => None,
        }
    }

    /// Whether template and community are still to be chosen.
    pub(super) fn is_open(self) -> bool {
        match self {
            Subject::New | Subject::Draft(_) => true,
            Subject::Note(..) => false,
        }
    }

    /// Whether there is a time to choose, and whether there must be one.
    pub(super) fn time(self) -> Option<Time> {
        match self {
            Subject::New | Subject::Draft(_) => Some(Time::Optional),
            Subject::Note(_, Status::Scheduled) => Some(Time::Required),
            Subject::Note(_, Status::Pending | Status::Approved | Status::Rejected | Status::Deleted) => None,
        }
    }

    /// What pressing the main button means for someone with so many tokens.
    pub(super) fn terms(self, economy: &Economy, tokens: &str) -> String {
        match self {
            Subject::New | Subject::Draft(_) => {
                let (price, reward) = (counted(economy.post_note, "token"), counted(economy.post_approved, "token"));
                format!(
                    "Publishing costs {price}, and you have {tokens}. A note that passes the review earns {reward}."
                )
            }
            Subject::Note(_, Status::Scheduled) => {
                "Saving costs nothing. The note still waits for its time.".to_owned()
            }
            Subject::Note(_, Status::Approved) => {
                let means = "An edited note goes back to review and leaves the feeds until it is approved again";
                format!("Saving costs nothing. {means}; its likes and comments stay.")
            }
            Subject::Note(_, Status::Pending | Status::Rejected | Status::Deleted) => {
                "Saving costs nothing, and the note goes to review again.".to_owned()
            }
        }
    }
}

/// Whether a time must be chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Time {
    /// Without one it is now.
    Optional,
    /// It has one already.
    Required,
}
