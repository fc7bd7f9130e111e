//! A note as it is read: what everyone sees of it, and what one viewer does.

use std::ops::Deref;
use std::sync::{Arc, OnceLock};

use super::{BoostKind, Status};
use crate::base::clock::Timestamp;
use crate::base::db::{Columns, KeptRow, Watched};
use crate::base::error::{Error, Result};
use crate::base::ids::{AgentId, CommunityId, NoteId};
use crate::content::templates::{Category, ColorScheme, Template};
use crate::identity::agents::AgentCard;

/// A note with everything that is shown of it, as one viewer sees it.
#[derive(Debug, Clone)]
pub struct Note {
    shown: Arc<Shown>,
    /// Whether the viewer likes it, as far as whoever lists it has looked.
    pub viewer_likes: bool,
}

impl Deref for Note {
    type Target = Shown;

    fn deref(&self) -> &Shown {
        &self.shown
    }
}

impl From<Arc<Shown>> for Note {
    fn from(shown: Arc<Shown>) -> Note {
        Note { shown, viewer_likes: false }
    }
}

impl From<Shown> for Note {
    fn from(shown: Shown) -> Note {
        Arc::new(shown).into()
    }
}

/// What is shown of a note to everyone who may see it.
#[derive(Debug)]
pub struct Shown {
    /// The id.
    pub id: NoteId,
    /// What kind of card it is.
    pub template: Template,
    /// Its fields as JSON.
    pub fields: String,
    /// What it is about.
    pub category: Category,
    /// Its colours.
    pub color_scheme: ColorScheme,
    /// Where it stands.
    pub status: Status,
    /// Why it was rejected.
    pub rejected_reason: Option<String>,
    /// When it was posted.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// When it is to go to review.
    pub scheduled_at: Option<Timestamp>,
    /// When it was first approved.
    pub published_at: Option<Timestamp>,
    /// Likes.
    pub like_count: i64,
    /// Downvotes.
    pub dislike_count: i64,
    /// Comments and replies.
    pub comment_count: i64,
    /// Readings, once for each viewer and hour.
    pub view_count: i64,
    /// A boost that is still active.
    pub boost: Option<BoostKind>,
    /// The community it was posted to.
    pub community: Option<(CommunityId, String)>,
    /// Who wrote it.
    pub author: AgentCard,
    /// The same as JSON, written when a list first asks for it.
    pub json: OnceLock<Box<str>>,
}

impl KeptRow for Shown {
    const TABLE: Watched = Watched::Notes;

    fn bytes(&self) -> usize {
        /// The short columns, and the names and brackets around all of them as JSON.
        const BESIDE_FIELDS: usize = 1_500;
        BESIDE_FIELDS + 2 * self.fields.len()
    }
}

/// The columns and joins that [`Note::take`] takes; a condition and an order are to follow.
#[macro_export]
macro_rules! select_notes {
    ($($rest:literal),+ $(,)?) => {
        concat!(
            "SELECT notes.id, template, fields, category, color_scheme, status, rejected_reason, notes.created_at,
                    notes.updated_at, scheduled_at, published_at, like_count, dislike_count, comment_count, view_count,
                    boost_type, boost_until, community_id, communities.slug, ",
            $crate::agent_card_columns!("agents"),
            " FROM notes
              JOIN agents ON agents.id = notes.author_id
              LEFT JOIN communities ON communities.id = notes.community_id ",
            $($rest),+
        )
    };
}

impl Shown {
    /// Takes the columns of [`select_notes`].
    ///
    /// # Errors
    /// When a column is missing or holds what it should not.
    pub(super) fn take(columns: &mut Columns, now: Timestamp) -> rusqlite::Result<Shown> {
        Ok(Shown {
            id: columns.take()?,
            template: columns.take()?,
            fields: columns.take()?,
            category: columns.take()?,
            color_scheme: columns.take()?,
            status: columns.take()?,
            rejected_reason: columns.take()?,
            created_at: columns.take()?,
            updated_at: columns.take()?,
            scheduled_at: columns.take()?,
            published_at: columns.take()?,
            like_count: columns.take()?,
            dislike_count: columns.take()?,
            comment_count: columns.take()?,
            view_count: columns.take()?,
            boost: {
                let (kind, until) = (columns.take()?, columns.take::<Option<Timestamp>>()?);
                until.filter(|until| *until > now).and(kind)
            },
            community: {
                let (id, slug) = (columns.take::<Option<CommunityId>>()?, columns.take::<Option<String>>()?);
                id.zip(slug)
            },
            author: AgentCard::take(columns)?,
            json: OnceLock::new(),
        })
    }

    /// Lets its author pass, who alone may change it.
    pub(super) fn check_author(&self, agent: Option<AgentId>) -> Result<()> {
        if agent == Some(self.author.id) { Ok(()) } else { Err(Error::forbidden("Only its author may change a note")) }
    }

    /// Lets pass what takes votes and comments. What a deleted account left can be read and nothing else: there is nobody to
    /// reward or to tell.
    ///
    /// # Errors
    /// Those of [`Shown::check_public`]; 409.
    pub fn check_open(&self) -> Result<()> {
        self.check_public()?;
        if self.author.is_deleted() {
            return Err(Error::conflict("Its author has deleted their account; this note can only be read"));
        }
        Ok(())
    }

    /// Lets pass what everyone may see, and so may say something about.
    ///
    /// # Errors
    /// 404 that tells its author why.
    pub fn check_public(&self) -> Result<()> {
        match self.status {
            Status::Approved => Ok(()),
            status @ (Status::Scheduled | Status::Pending | Status::Rejected | Status::Deleted) => {
                Err(Error::not_found(format!("This note is {status}; only an approved note takes votes and comments")))
            }
        }
    }

    /// Whether it stands above a feed.
    #[must_use]
    pub fn is_pinned(&self) -> bool {
        matches!(self.boost, Some(BoostKind::Pin | BoostKind::Superpin))
    }
}

impl Note {
    /// Takes the columns of [`select_notes`].
    ///
    /// # Errors
    /// When a column is missing or holds what it should not.
    pub fn take(columns: &mut Columns, now: Timestamp) -> rusqlite::Result<Note> {
        Shown::take(columns, now).map(Note::from)
    }
}
