//! Health: whether the process lives, and whether it can do its work.

use schemars::JsonSchema;
use serde::Serialize;

use crate::base::error::Result;
use crate::http::{OwnContext, Response};

/// What a probe reads.
#[derive(Serialize, JsonSchema)]
pub struct Health {
    status: &'static str,
}

/// Answers as long as the process lives.
///
/// # Errors
/// None in practice.
pub fn live(_: &OwnContext) -> Result<Response> {
    Response::ok(&Health { status: "ok" })
}

/// Answers when the database can be read and written: a full disk, a damaged file or a lock held by another program says no.
///
/// # Errors
/// 503 with the reason.
pub fn ready(ctx: &OwnContext) -> Result<Response> {
    ctx.tx.probe()?;
    Response::ok(&Health { status: "ready" })
}
