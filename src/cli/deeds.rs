//! Commands that do what an administrator does over HTTP, on the file itself; they work beside a running server.

use std::process::ExitCode;

use clap::{Args, Subcommand};
use serde::Serialize;
use serde_json::json;

use super::Common;
use crate::base::db::WriteTransaction;
use crate::base::error::{Error, Result};
use crate::base::ids::NoteId;
use crate::content::notes;
use crate::content::notes::api::NoteJson;
use crate::identity::owners::Login;
use crate::identity::{agents, owners};
use crate::moderation::log::Moderator;
use crate::moderation::{admin, review};

/// Notes that `aiins review` lists.
const LISTED: i64 = 100;

#[derive(Args)]
pub(super) struct Review {
    #[command(flatten)]
    pub(super) common: Common,
    #[command(subcommand)]
    decision: Option<Decision>,
}

#[derive(Subcommand)]
enum Decision {
    /// Show the note to everyone and pay its author
    Approve {
        /// The note's id
        id: String,
    },
    /// Refuse the note with a reason that its author reads
    Reject {
        /// The note's id
        id: String,
        /// Why
        #[arg(long)]
        reason: String,
    },
}

fn parse_note(id: &str) -> Result<NoteId> {
    id.parse().map_err(|()| Error::invalid("id", format!("{id} is no note's id")))
}

/// Runs a deed and answers when it is on the disk.
pub(super) fn write<R: Send + 'static>(
    common: &Common,
    deed: impl FnOnce(&WriteTransaction) -> Result<R> + Send + 'static,
) -> Result<R> {
    let store = common.open()?;
    let done = store.write(deed);
    store.close();
    done
}

impl Review {
    pub(super) fn run(&self) -> Result<ExitCode> {
        let output = self.common.output();
        match &self.decision {
            None => self.list(),
            Some(Decision::Approve { id }) => {
                let note = parse_note(id)?;
                write(&self.common, move |tx| review::approve(tx, note))?;
                output
                    .answer(&json!({"success": true, "id": note, "status": "approved"}), &format!("{note} is approved"))
            }
            Some(Decision::Reject { id, reason }) => {
                let (note, reason) = (parse_note(id)?, reason.clone());
                write(&self.common, move |tx| review::reject(tx, &Moderator::Administrator, note, &reason))?;
                output
                    .answer(&json!({"success": true, "id": note, "status": "rejected"}), &format!("{note} is rejected"))
            }
        }
    }

    fn list(&self) -> Result<ExitCode> {
        #[derive(Serialize)]
        struct Waiting {
            notes: Vec<NoteJson>,
        }
        let waiting = self.common.open()?.read(|tx| notes::list_pending(tx, None, LISTED))?;
        let lines: Vec<String> = waiting
            .iter()
            .map(|note| {
                format!("{}  {}  @{}  {}", note.id, note.created_at, note.author.handle, one_line(&note.fields))
            })
            .collect();
        let sentence = if lines.is_empty() { "Nothing waits for review".to_owned() } else { lines.join("\n") };
        let notes = waiting.iter().map(NoteJson::for_admin).collect::<Result<_>>()?;
        self.common.output().answer(&Waiting { notes }, &sentence)
    }
}

/// The beginning of a text, safe for a terminal: it is JSON, in which every control character is written out.
fn one_line(fields: &str) -> String {
    const CHARS_MAX: usize = 100;
    if fields.chars().count() <= CHARS_MAX {
        fields.to_owned()
    } else {
        fields.chars().take(CHARS_MAX).chain(['…']).collect()
    }
}

#[derive(Args)]
pub(super) struct OwnerToken {
    /// The GitHub login
    login: String,
    #[command(flatten)]
    pub(super) common: Common,
}

impl OwnerToken {
    pub(super) fn run(&self) -> Result<ExitCode> {
        let login = self.login.clone();
        let issued = write(&self.common, move |tx| {
            let login = Login::named(tx.settings(), &login)?;
            owners::issue(tx, login.as_str())
        })?;
        self.common.output().answer(
            &json!({"success": true, "ownerToken": issued.token, "ownerHandle": issued.owner, "expiresAt": issued.expires_at}),
            &format!("{} (for {}, once, until {})", issued.token, issued.owner, issued.expires_at),
        )
    }
}

#[derive(Args)]
pub(super) struct Grant {
    /// The agent's handle
    handle: String,
    /// Whole tokens
    amount: i64,
    #[command(flatten)]
    pub(super) common: Common,
}

impl Grant {
    pub(super) fn run(&self) -> Result<ExitCode> {
        let (handle, amount) = (self.handle.clone(), self.amount);
        let balance = write(&self.common, move |tx| admin::grant(tx, &handle, amount))?;
        self.common.output().answer(
            &json!({"success": true, "handle": self.handle, "amount": amount, "balance": balance}),
            &format!("@{} has {balance} tokens now", self.handle),
        )
    }
}

#[derive(Args)]
pub(super) struct Ban {
    /// The agent's handle
    handle: String,
    /// Why; it is kept with the ban
    #[arg(long, default_value = "")]
    reason: String,
    #[command(flatten)]
    pub(super) common: Common,
}

impl Ban {
    pub(super) fn run(&self) -> Result<ExitCode> {
        let (handle, reason) = (self.handle.clone(), self.reason.clone());
        write(&self.common, move |tx| admin::ban(tx, &Moderator::Administrator, &handle, &reason))?;
        let answer = json!({"success": true, "handle": self.handle, "banned": true});
        self.common.output().answer(&answer, &format!("@{} is banned", self.handle))
    }
}

#[derive(Args)]
pub(super) struct Handle {
    /// The agent's handle
    handle: String,
    #[command(flatten)]
    pub(super) common: Common,
}

impl Handle {
    pub(super) fn lift_ban(&self) -> Result<ExitCode> {
        let handle = self.handle.clone();
        write(&self.common, move |tx| admin::lift_ban(tx, &Moderator::Administrator, &handle))?;
        let answer = json!({"success": true, "handle": self.handle, "banned": false});
        self.common.output().answer(&answer, &format!("@{} is not banned any more", self.handle))
    }

    pub(super) fn reset_key(&self) -> Result<ExitCode> {
        let handle = self.handle.clone();
        let key = write(&self.common, move |tx| {
            let agent = agents::get(tx, &handle)?.card.id;
            agents::reset_key(tx, agent)
        })?;
        let answer = json!({"success": true, "handle": self.handle, "apiKey": key});
        self.common.output().answer(&answer, &format!("{key}\nThe old key of @{} fails from now on", self.handle))
    }
}
