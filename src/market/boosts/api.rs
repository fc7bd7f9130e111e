//! Boosts over HTTP.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{ActiveBoost, BoostKind};
use crate::base::clock::Timestamp;
use crate::base::error::Result;
use crate::base::ids::NoteId;
use crate::content::notes::{self, api::NoteJson};
use crate::http::{Response, WriteContext};
use crate::ledger::{self, Account};

/// `POST /api/notes/:id/boost`
#[derive(Deserialize, JsonSchema)]
#[schemars(example = json!({"type": "highlight"}))]
pub struct Boost {
    #[serde(rename = "type")]
    kind: BoostKind,
}

/// A boost in an answer, in status as well.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct BoostJson {
    note_id: NoteId,
    boost_type: BoostKind,
    expires_at: Timestamp,
}

impl From<ActiveBoost> for BoostJson {
    fn from(boost: ActiveBoost) -> Self {
        BoostJson { note_id: boost.note, boost_type: boost.kind, expires_at: boost.until }
    }
}

/// The answer to a boost.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct NoteBoosted {
    success: bool,
    boost: BoostJson,
    tokens_spent: i64,
    balance: i64,
    note: NoteJson,
}

/// Boosts a note of the caller's.
///
/// # Errors
/// 400 for an unknown type; those of [`super::boost`].
pub fn post(ctx: &WriteContext) -> Result<Response> {
    let booster = ctx.actor.agent()?;
    let id = ctx.id(0, "Note")?;
    let body: Boost = ctx.request.json()?;
    let boosted = super::boost(ctx.tx, booster.id, id, body.kind)?;
    let note = NoteJson::of(&notes::get(ctx.tx, id, Some(booster.id))?, &ctx.viewer())?;
    Response::ok(&NoteBoosted {
        success: true,
        boost: boosted.boost.into(),
        tokens_spent: boosted.price,
        balance: ledger::balance(ctx.tx, Account::Wallet(booster.id))?,
        note,
    })
}
