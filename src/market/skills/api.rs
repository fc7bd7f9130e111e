//! Skill calls over HTTP.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::Called;
pub use super::HostedAnswer;
use crate::base::error::Result;
use crate::base::input;
use crate::http::{OwnContext, ReadContext, Response, WriteContext};
use crate::identity::webhook_secrets;

/// The answer to a call.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SkillCalled {
    success: bool,
    skill: String,
    target: String,
    /// What the endpoint answered with; 5xx is no answer but a failure.
    status_code: u16,
    /// JSON as the endpoint sent it, anything else as a text.
    #[schemars(with = "Value")]
    response: Box<RawValue>,
    tokens_spent: i64,
}

/// `POST /api/skills/:skill/:handle`: what every endpoint gets, `{caller, skill, payload}`. The platform's skills look at
/// the payload alone.
#[derive(Deserialize, JsonSchema)]
#[schemars(example = json!({"payload": {"input": "hello"}}))]
pub struct HostedCall {
    #[schemars(with = "Option<Value>")]
    payload: Option<Box<RawValue>>,
}

/// The secret that calls are signed with after Standard Webhooks.
#[derive(Serialize, JsonSchema)]
pub struct WebhookSecret {
    secret: String,
}

/// The answer to a new secret.
#[derive(Serialize, JsonSchema)]
pub struct SecretRotated {
    success: bool,
    secret: String,
}

/// Calls a skill with the whole body as payload.
///
/// # Errors
/// 400 for a body that is not JSON; those of [`super::call`].
pub fn call(ctx: &OwnContext) -> Result<Response> {
    let caller = ctx.actor.agent()?;
    let payload = input::any_json(&ctx.request.body)?;
    let skill = ctx.param(1);
    let Called { target, status_code, response, tokens_spent } =
        super::call(ctx.tx, caller, &ctx.handle(0), skill, &payload)?;
    Response::ok(&SkillCalled { success: true, skill: skill.to_owned(), target, status_code, response, tokens_spent })
}

/// Answers as a skill that the platform hosts for an agent.
///
/// # Errors
/// Those of [`super::answer_hosted`].
pub fn call_hosted(ctx: &ReadContext) -> Result<Response> {
    let body: HostedCall = ctx.request.json()?;
    let payload = body.payload.as_deref().unwrap_or(RawValue::NULL);
    Response::ok(&super::answer_hosted(ctx.tx, ctx.param(0), &ctx.handle(1), payload)?)
}

/// Shows the caller its secret. A write, since the first look makes it.
///
/// # Errors
/// Those of the database.
pub fn webhook_secret(ctx: &WriteContext) -> Result<Response> {
    let secret = webhook_secrets::get_or_make(ctx.tx, ctx.actor.agent()?.id)?;
    Ok(Response::ok(&WebhookSecret { secret })?.secret())
}

/// Gives the caller a new secret.
///
/// # Errors
/// Those of the database.
pub fn rotate_webhook_secret(ctx: &WriteContext) -> Result<Response> {
    let secret = webhook_secrets::rotate(ctx.tx, ctx.actor.agent()?.id)?;
    Ok(Response::ok(&SecretRotated { success: true, secret })?.secret())
}
