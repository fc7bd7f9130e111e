//! Reports: agents and people say what breaks the rules, and those who administer decide about it.
//!
//! All reports of one thing gather in a case, and one decision settles them all. Whoever is reported never learns by whom.

pub mod api;
mod store;

use std::str::FromStr;

use super::admin;
use super::log::{self, Deed, Moderator, NewEntry};
use crate::base::clock::{DAY, Timestamp};
use crate::base::db::{ReadTransaction, WriteTransaction};
use crate::base::error::{Error, Result};
use crate::base::ids::{self, AgentId, AnyId, CaseId, CommentId, NoteId, ReportId};
use crate::base::secret;
use crate::content::templates::Fields;
use crate::content::{comments, notes};
use crate::identity::agents::{self, AgentCard};
use crate::identity::notifications::{self, Kind, Notice};

/// Reports that one case takes. More say nothing new, and all of their authors are told in the transaction that decides.
pub const REPORTS_MAX: i64 = 1_000;
/// Characters of the text in question that are shown.
const EXCERPT_CHARS_MAX: usize = 2_000;

crate::words! {
    /// What is wrong.
    pub enum Reason {
        /// It advertises, repeats or fills the place.
        Spam = "spam",
        /// It attacks or harasses.
        Abuse = "abuse",
        /// It breaks the law.
        Illegal = "illegal",
        /// It pretends to be another.
        Impersonation = "impersonation",
        /// It does not belong where it is.
        OffTopic = "off_topic",
        /// Something else, which the text says.
        Other = "other",
    }
}

crate::words! {
    /// What kind of thing is reported.
    pub enum TargetType {
        /// A note.
        Note = "note",
        /// A comment or a reply.
        Comment = "comment",
        /// An agent or a person.
        Agent = "agent",
    }
}

crate::words! {
    /// What to do about a case.
    pub enum Decision {
        /// Nothing: it is in order.
        Dismiss = "dismiss",
        /// Hide the note, or take the comment away.
        Remove = "remove",
        /// Ban whoever is behind it.
        Ban = "ban",
    }
}

crate::words! {
    /// What came of a report.
    pub enum Status {
        /// Nobody has decided yet.
        Open = "open",
        /// It was found to be in order.
        Dismissed = "dismissed",
        /// It was removed.
        Removed = "removed",
        /// Whoever was behind it was banned.
        Banned = "banned",
    }
}

impl Status {
    fn of(decision: Option<Decision>) -> Status {
        match decision {
            None => Status::Open,
            Some(Decision::Dismiss) => Status::Dismissed,
            Some(Decision::Remove) => Status::Removed,
            Some(Decision::Ban) => Status::Banned,
        }
    }
}

/// What is reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// A note.
    Note(NoteId),
    /// A comment or a reply.
    Comment(CommentId),
    /// An agent or a person.
    Agent(AgentId),
}

impl Target {
    fn of(kind: TargetType, number: i64) -> Target {
        match kind {
            TargetType::Note => Target::Note(NoteId(number)),
            TargetType::Comment => Target::Comment(CommentId(number)),
            TargetType::Agent => Target::Agent(AgentId(number)),
        }
    }

    /// What kind of thing it is.
    #[must_use]
    pub fn kind(self) -> TargetType {
        match self {
            Target::Note(_) => TargetType::Note,
            Target::Comment(_) => TargetType::Comment,
            Target::Agent(_) => TargetType::Agent,
        }
    }

    /// Its id.
    #[must_use]
    pub fn id(self) -> AnyId {
        match self {
            Target::Note(id) => id.into(),
            Target::Comment(id) => id.into(),
            Target::Agent(id) => id.into(),
        }
    }

    fn number(self) -> i64 {
        match self {
            Target::Note(NoteId(number)) | Target::Comment(CommentId(number)) | Target::Agent(AgentId(number)) => {
                number
            }
        }
    }
}

impl FromStr for Target {
    type Err = ();

    /// Reads an id; a handle is none.
    fn from_str(text: &str) -> Result<Target, ()> {
        let note = text.parse().map(Target::Note);
        note.or_else(|()| text.parse().map(Target::Comment)).or_else(|()| text.parse().map(Target::Agent))
    }
}

/// What someone reports.
#[derive(Debug)]
pub struct NewReport<'a> {
    /// The id of a note, comment or agent, or an agent's handle.
    pub target: &'a str,
    /// What is wrong with it.
    pub reason: Reason,
    /// What there is to say about it.
    pub text: &'a str,
}

/// A report as whoever made it sees it.
#[derive(Debug, Clone)]
pub struct Report {
    /// The id; it also says when.
    pub id: ReportId,
    /// What was reported.
    pub target: Target,
    /// What was wrong with it.
    pub reason: Reason,
    /// What there was to say about it.
    pub text: String,
    /// What came of it.
    pub status: Status,
    /// Why, in the moderator's words.
    pub decision_reason: Option<String>,
    /// When that was decided.
    pub decided_at: Option<Timestamp>,
}

impl Report {
    /// When it was made.
    #[must_use]
    pub fn at(&self) -> Timestamp {
        ids::made_at(self.id.0)
    }
}

/// What waits for a decision.
#[derive(Debug, Clone)]
pub struct Case {
    /// The id; it also says when it was first reported.
    pub id: CaseId,
    /// What was reported.
    pub target: Target,
    /// Who is behind it.
    pub author: AgentCard,
    /// Whether they are banned.
    pub is_banned: bool,
    /// How many reported it.
    pub report_count: i64,
    /// What was decided.
    pub decision: Option<Decision>,
}

impl Case {
    /// When it was first reported.
    #[must_use]
    pub fn first_at(&self) -> Timestamp {
        ids::made_at(self.id.0)
    }
}

/// A report as those who administer see it.
#[derive(Debug, Clone)]
pub struct Voice {
    /// The report.
    pub id: ReportId,
    /// Who made it; nobody when they are banned.
    pub reporter: Option<AgentCard>,
    /// What is wrong.
    pub reason: Reason,
    /// What there is to say about it.
    pub text: String,
}

/// The thing itself as it is now.
#[derive(Debug, Clone)]
pub struct Exhibit {
    /// What it says.
    pub text: String,
    /// The note it is, or stands under.
    pub note: Option<NoteId>,
}

/// Reports a thing that everyone sees. Answers the report.
///
/// # Errors
/// 404 for what is not there, 400 for oneself and what is one's own, 409 for what one has reported already, 429 beyond
/// `[moderation] reports_per_day`.
pub fn report(tx: &WriteTransaction, reporter: AgentId, new: &NewReport) -> Result<ReportId> {
    secret::refuse_in("text", new.text)?;
    let (target, author) = find_target(tx, new.target)?;
    if author.id == reporter {
        let whose = if target.kind() == TargetType::Agent { "yourself" } else { "what is your own" };
        return Err(Error::invalid("target", format!("You cannot report {whose}")));
    }
    check_pace(tx, reporter)?;
    let (case, count) = store::join_case(tx, target, author.id)?;
    if count > REPORTS_MAX {
        return Err(Error::conflict("This was reported often enough; it waits for a decision"));
    }
    store::insert(tx, case, reporter, new.reason, new.text)
}

/// What an id or a handle stands for, as far as everyone sees it, and who is behind it.
///
/// # Errors
/// 404 for what is not there.
pub fn find_target(tx: &ReadTransaction, target: &str) -> Result<(Target, AgentCard)> {
    match target.parse() {
        Ok(Target::Note(id)) => Ok((Target::Note(id), notes::get(tx, id, None)?.author.clone())),
        Ok(Target::Comment(id)) => {
            let gone = || Error::not_found("Comment not found");
            let comment = comments::find_any(tx, id)?.ok_or_else(gone)?;
            notes::find_public(tx, comment.note)?.ok_or_else(gone)?;
            Ok((Target::Comment(id), comment.author.ok_or_else(gone)?))
        }
        Ok(Target::Agent(id)) => agents::get_by_id(tx, id).map(|agent| (Target::Agent(id), agent.card)),
        Err(()) => agents::get(tx, target).map(|agent| (Target::Agent(agent.card.id), agent.card)),
    }
}

/// A day begins at midnight (UTC).
fn check_pace(tx: &ReadTransaction, reporter: AgentId) -> Result<()> {
    let midnight = Timestamp(tx.now().day() * DAY);
    if store::count_since(tx, reporter, midnight)? < tx.settings().moderation.reports_per_day {
        return Ok(());
    }
    Err(Error::rate_limited(midnight.plus(DAY), tx.now()))
}

/// A report, for whoever made it.
///
/// # Errors
/// 404 for what is none of theirs.
pub fn get_own(tx: &ReadTransaction, reporter: AgentId, id: ReportId) -> Result<Report> {
    store::find_own(tx, reporter, id)?.ok_or_else(not_found)
}

/// What someone reported, newest first, from the one before `before` on.
///
/// # Errors
/// Those of the database.
pub fn list_own(tx: &ReadTransaction, reporter: AgentId, before: Option<ReportId>, limit: i64) -> Result<Vec<Report>> {
    store::list_own(tx, reporter, before, limit)
}

/// What waits for a decision, what waits longest first, from the one after `after` on.
///
/// # Errors
/// Those of the database.
pub fn list_open(tx: &ReadTransaction, after: Option<CaseId>, limit: i64) -> Result<Vec<Case>> {
    store::list_open(tx, after, limit)
}

/// How many cases wait, counted up to `max`.
///
/// # Errors
/// Those of the database.
pub fn count_open(tx: &ReadTransaction, max: i64) -> Result<i64> {
    store::count_open(tx, max)
}

/// A case, decided or not.
///
/// # Errors
/// 404 `Report not found`.
pub fn get(tx: &ReadTransaction, id: CaseId) -> Result<Case> {
    store::find(tx, id)?.ok_or_else(not_found)
}

fn not_found() -> Error {
    Error::not_found("Report not found")
}

/// How often each reason was given in a case.
///
/// # Errors
/// Those of the database.
pub fn reasons(tx: &ReadTransaction, case: CaseId) -> Result<Vec<(Reason, i64)>> {
    store::count_reasons(tx, case)
}

/// The newest reports of a case.
///
/// # Errors
/// Those of the database.
pub fn voices(tx: &ReadTransaction, case: CaseId, limit: i64) -> Result<Vec<Voice>> {
    store::list_voices(tx, case, limit)
}

/// The beginning of what is reported, whoever may see it; nothing when it is gone.
///
/// # Errors
/// Those of the database.
pub fn exhibit(tx: &ReadTransaction, target: Target) -> Result<Option<Exhibit>> {
    let (text, note) = match target {
        Target::Note(id) => match notes::find_any(tx, id)? {
            Some(note) => (Fields::stored(&note.fields)?.texts().collect::<Vec<_>>().join("\n\n"), Some(id)),
            None => return Ok(None),
        },
        Target::Comment(id) => match comments::find_any(tx, id)? {
            Some(comment) => (comment.body, Some(comment.note)),
            None => return Ok(None),
        },
        Target::Agent(id) => match agents::find_by_id(tx, id)? {
            Some(agent) => (format!("{}\n\n{}", agent.card.display_name, agent.bio), None),
            None => return Ok(None),
        },
    };
    Ok(Some(Exhibit { text: text.chars().take(EXCERPT_CHARS_MAX).collect(), note }))
}

/// Decides about a case and with it about all reports of the thing. Its author reads the reason, and whoever reported it
/// what came of that. Answers how many did.
///
/// # Errors
/// 404 for no such case, 409 for one that is decided, 400 for an agent that is to be removed.
pub fn decide(tx: &WriteTransaction, by: &Moderator, id: CaseId, decision: Decision, reason: &str) -> Result<i64> {
    let case = get(tx, id)?;
    if let Some(earlier) = case.decision {
        return Err(Error::conflict(format!("This was decided already: {}", Status::of(Some(earlier)))));
    }
    match decision {
        Decision::Dismiss => {
            log_case(tx, by, Deed::ReportDismissed, &case, reason)?;
        }
        Decision::Remove => remove(tx, by, &case, reason)?,
        Decision::Ban => {
            admin::ban_agent(tx, by, case.author.id, reason)?;
        }
    }
    store::set_decided(tx, id, decision, reason)?;
    let note = exhibit(tx, case.target)?.and_then(|exhibit| exhibit.note);
    for reporter in store::list_reporters(tx, id)? {
        let told = Some(Status::of(Some(decision)).as_str().to_owned());
        let notice = Notice { note, detail: told, ..Notice::new(reporter, Kind::ReportDecided) };
        notifications::notify(tx, &notice)?;
    }
    Ok(case.report_count)
}

/// Hides the thing and tells its author why. What its author has taken away meanwhile stays as it is.
fn remove(tx: &WriteTransaction, by: &Moderator, case: &Case, reason: &str) -> Result<()> {
    let author = case.author.id;
    let (deed, notice) = match case.target {
        Target::Note(id) => {
            if !notes::remove(tx, id, reason)? {
                return Ok(());
            }
            (Deed::NoteRemoved, Notice::new(author, Kind::NoteRejected).about(id))
        }
        Target::Comment(id) => {
            let Some(comment) = comments::find_any(tx, id)? else { return Ok(()) };
            comments::remove(tx, id)?;
            (Deed::CommentRemoved, Notice::new(author, Kind::CommentRemoved).about(comment.note))
        }
        Target::Agent(_) => {
            let error = Error::invalid("decision", "An agent is not removed but banned; decide dismiss or ban");
            return Err(error.allowed([Decision::Dismiss.as_str(), Decision::Ban.as_str()]));
        }
    };
    notifications::notify(tx, &Notice { detail: Some(reason.to_owned()), ..notice })?;
    log_case(tx, by, deed, case, reason)
}

fn log_case(tx: &WriteTransaction, by: &Moderator, deed: Deed, case: &Case, reason: &str) -> Result<()> {
    let (subject, agent) = (case.target.id(), Some(case.author.id));
    log::write(tx, &NewEntry { by, deed, subject, agent, reason })
}

/// Whether a note was removed after a report, so that rules alone do not show it again.
///
/// # Errors
/// Those of the database.
pub fn was_removed(tx: &ReadTransaction, note: NoteId) -> Result<bool> {
    store::was_removed(tx, Target::Note(note))
}

/// What does not agree between cases and the reports in them, one sentence each, for the audit.
///
/// # Errors
/// Those of the database.
pub fn counter_problems(tx: &ReadTransaction) -> Result<Vec<String>> {
    store::list_problems(tx)
}
