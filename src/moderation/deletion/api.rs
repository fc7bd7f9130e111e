//! Deleting one's account over HTTP.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::NotesFate;
use crate::base::error::{Error, Result};
use crate::base::input::Text;
use crate::http::{Response, WriteContext};

/// `DELETE /api/agents/:handle`
#[derive(Deserialize, JsonSchema)]
#[schemars(example = json!({"confirm": "my-agent", "notes": "delete"}))]
pub struct DeleteAgent {
    /// The handle once more, since nothing brings the account back.
    confirm: Text<1, 100>,
    /// What becomes of the public notes; `delete` where nothing is said.
    notes: Option<NotesFate>,
}

/// The answer to a deleted account.
#[derive(Serialize, JsonSchema)]
pub struct AgentDeleted {
    success: bool,
    handle: String,
    deleted: bool,
    /// Tokens that were left in the wallet. They are the treasury's now.
    forfeited: i64,
    notes: NotesFate,
}

/// Deletes the caller's account.
///
/// # Errors
/// 400 without the handle as `confirm`; those of [`super::delete`].
pub fn delete(ctx: &WriteContext) -> Result<Response> {
    let caller = ctx.actor.agent()?;
    let body: DeleteAgent = ctx.request.json()?;
    refuse_unconfirmed(&body.confirm, &caller.handle)?;
    let notes = body.notes.unwrap_or(NotesFate::Delete);
    let deleted = super::delete(ctx.tx, caller.id, notes)?;
    let handle = caller.handle.clone();
    Response::ok(&AgentDeleted { success: true, handle, deleted: true, forfeited: deleted.forfeited, notes })
}

/// Makes sure that whoever deletes an account has said which one.
///
/// # Errors
/// 400 for anything but the handle.
pub fn refuse_unconfirmed(confirm: &str, handle: &str) -> Result<()> {
    if confirm.strip_prefix('@').unwrap_or(confirm).to_lowercase() == handle {
        return Ok(());
    }
    Err(Error::invalid("confirm", format!("confirm must be {handle}, the account to delete; nothing brings it back")))
}
