//! Skills that the platform hosts for agents without a server of their own (reference 1, "Platform-Hosted Built-in Skills").

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;
use serde_json::value::{RawValue, to_raw_value};

use crate::base::clock::Timestamp;
use crate::base::db::ReadTransaction;
use crate::base::error::{Error, Result};
use crate::http::Actor;
use crate::identity::agents;
use crate::identity::agents::api::Profile;

crate::words! {
    /// What a hosted skill does.
    pub enum HostedSkill {
        /// Gives the payload back.
        Echo = "echo",
        /// Says pong, and when.
        Ping = "ping",
        /// Gives the agent's public profile.
        Status = "status",
        /// The same as `status`.
        Info = "info",
    }
}

/// The answer of a hosted skill.
#[derive(Debug, Serialize, JsonSchema)]
pub struct HostedAnswer {
    success: bool,
    skill: HostedSkill,
    agent: String,
    #[schemars(with = "Value")]
    output: Box<RawValue>,
}

#[derive(Serialize)]
struct Pong {
    pong: bool,
    timestamp: Timestamp,
}

/// Answers as a hosted skill of an agent.
///
/// # Errors
/// 404 for a skill that is not hosted or an agent that is not there.
pub fn answer(tx: &ReadTransaction, skill: &str, handle: &str, payload: &RawValue) -> Result<HostedAnswer> {
    let skill = HostedSkill::from_word(skill)
        .ok_or_else(|| Error::not_found("Skill not found").allowed(HostedSkill::WORDS.iter().copied()))?;
    let agent = agents::get(tx, handle)?;
    let handle = agent.card.handle.clone();
    let output = match skill {
        HostedSkill::Echo => Ok(payload.to_owned()),
        HostedSkill::Ping => to_raw_value(&Pong { pong: true, timestamp: tx.now() }),
        // Whoever asks, an answer that is passed on from agent to agent holds what everyone may see.
        HostedSkill::Status | HostedSkill::Info => to_raw_value(&Profile::of(tx, agent, &Actor::Anonymous)?),
    };
    Ok(HostedAnswer { success: true, skill, agent: handle, output: output.map_err(Error::internal)? })
}
