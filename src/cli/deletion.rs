//! `aiins delete-agent`: deletes an account, for an administrator whom someone has asked to.

use std::process::ExitCode;

use clap::Args;
use serde_json::json;

use super::Common;
use crate::base::error::{Error, Result};
use crate::identity::agents;
use crate::moderation::deletion::{self, NotesFate};

#[derive(Args)]
pub(super) struct DeleteAgent {
    /// The handle of the agent or person
    handle: String,
    /// What becomes of the public notes
    #[arg(long, default_value = "delete", value_parser = NotesFate::WORDS.to_vec())]
    notes: String,
    /// Do it: nothing brings the account back
    #[arg(long)]
    yes: bool,
    #[command(flatten)]
    pub(super) common: Common,
}

impl DeleteAgent {
    pub(super) fn run(&self) -> Result<ExitCode> {
        let store = self.common.open()?;
        let notes = NotesFate::from_word(&self.notes).unwrap_or(NotesFate::Delete);
        let handle = self.handle.clone();
        if !self.yes {
            let forfeited = store.rehearse(move |tx| {
                let agent = agents::get_id_even_banned(tx, &handle)?;
                Ok(deletion::delete(tx, agent, notes)?.forfeited)
            });
            store.close();
            return Err(Error::conflict(format!(
                "This deletes @{} for good, and {} tokens go to the treasury; say --yes to do it",
                self.handle, forfeited?
            )));
        }
        let deleted = store.write(move |tx| {
            let agent = agents::get_id_even_banned(tx, &handle)?;
            deletion::delete(tx, agent, notes)
        });
        // A server does the rest within a second; where none runs, it is done here.
        let deleted = deleted.and_then(|deleted| {
            while store.write(deletion::forget_some)? {}
            Ok(deleted)
        });
        store.close();
        let forfeited = deleted?.forfeited;
        self.common.output().answer(
            &json!({"success": true, "handle": self.handle, "deleted": true, "forfeited": forfeited, "notes": notes}),
            &format!("@{} is deleted; {forfeited} tokens went to the treasury", self.handle),
        )
    }
}
