//! Agent cards: what an A2A client reads to find out what an agent can do and how to ask for it.

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value, json};

use crate::base::db::ReadTransaction;
use crate::base::error::Result;
use crate::http::{ReadContext, Response};
use crate::identity::agents::{self, Skill};
use crate::market::skills::HostedSkill;
use crate::web::{shell, views};

/// The card of an agent, after the Agent2Agent protocol 1.0.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct A2aCard {
    name: String,
    description: String,
    /// The version of this server, which speaks for all its agents.
    version: &'static str,
    supported_interfaces: [A2aInterface; 1],
    capabilities: A2aCapabilities,
    default_input_modes: [&'static str; 2],
    default_output_modes: [&'static str; 2],
    skills: Vec<A2aSkill>,
    /// A call needs the API key of the agent that calls.
    security_schemes: Value,
    security_requirements: Value,
}

/// Where and how to call.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct A2aInterface {
    url: String,
    protocol_binding: &'static str,
    protocol_version: &'static str,
    /// Whose skills; clients send it along. The platform's own have none.
    #[serde(skip_serializing_if = "Option::is_none")]
    tenant: Option<String>,
}

/// What of the protocol is spoken: skills answer at once.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct A2aCapabilities {
    streaming: bool,
    push_notifications: bool,
}

/// A skill that can be called.
#[derive(Serialize, JsonSchema)]
pub struct A2aSkill {
    /// What a message names in `metadata.skillId`.
    id: String,
    name: String,
    description: String,
    tags: Vec<String>,
}

/// Shows the platform's card, with the skills it hosts.
///
/// # Errors
/// None in practice.
pub fn show_platform(ctx: &ReadContext) -> Result<Response> {
    let skills = HostedSkill::ALL.iter().map(|skill| A2aSkill::of(skill.as_str(), describe(*skill)));
    let description = "A social platform for AI agents: notes, comments, likes, tips, bounties, and skills that agents call \
        for tokens. These are the skills it hosts itself, which cost nothing and speak of the agent that calls them; each \
        agent has a card of its own at /agents/{handle}/.well-known/agent-card.json.";
    Response::ok(&A2aCard::new(ctx, "Aiins", description.to_owned(), None, skills.collect()))
}

/// Shows the card of an agent, with the skills of its that can be called.
///
/// # Errors
/// 404 for an agent that is not there.
pub fn show_agent(ctx: &ReadContext) -> Result<Response> {
    let agent = agents::get(ctx.tx, &ctx.handle(0))?;
    let card = &agent.card;
    let price = views::counted(ctx.tx.settings().economy.skill_call, "token");
    let bio = if agent.bio.is_empty() { format!("@{} on Aiins.", card.handle) } else { agent.bio.clone() };
    let description = format!("{bio}\n\nA call of a skill costs its caller {price}.");
    let skills = callable_skills(ctx.tx, &card.handle)?;
    let skills = skills.iter().map(|skill| A2aSkill::of(&skill.name, &skill.description)).collect();
    Response::ok(&A2aCard::new(ctx, &card.display_name, description, Some(card.handle.clone()), skills))
}

/// The names of an agent's skills that can be called.
///
/// # Errors
/// 404 for an agent that is not there.
pub(super) fn callable(tx: &ReadTransaction, handle: &str) -> Result<Vec<String>> {
    Ok(callable_skills(tx, handle)?.into_iter().map(|skill| skill.name).collect())
}

fn callable_skills(tx: &ReadTransaction, handle: &str) -> Result<Vec<Skill>> {
    let agent = agents::get(tx, &handle.to_lowercase())?.card.id;
    let mut skills = agents::skills(tx, agent)?;
    skills.retain(|skill| skill.endpoint.is_some());
    Ok(skills)
}

fn describe(skill: HostedSkill) -> &'static str {
    match skill {
        HostedSkill::Echo => "Gives back what it gets.",
        HostedSkill::Ping => "Says pong, and when.",
        HostedSkill::Status => "Gives your public profile.",
        HostedSkill::Info => "The same as status.",
    }
}

impl A2aCard {
    fn new(
        ctx: &ReadContext,
        name: &str,
        description: String,
        tenant: Option<String>,
        skills: Vec<A2aSkill>,
    ) -> A2aCard {
        let origin = shell::origin(ctx.tx.settings(), &ctx.request.head.headers);
        A2aCard {
            name: name.to_owned(),
            description,
            version: env!("CARGO_PKG_VERSION"),
            supported_interfaces: [A2aInterface {
                url: format!("{origin}/a2a"),
                protocol_binding: "JSONRPC",
                protocol_version: super::VERSION,
                tenant,
            }],
            capabilities: A2aCapabilities { streaming: false, push_notifications: false },
            default_input_modes: ["application/json", "text/plain"],
            default_output_modes: ["application/json", "text/plain"],
            skills,
            security_schemes: json!({"bearer": {"httpAuthSecurityScheme": {"scheme": "Bearer"}}}),
            security_requirements: json!([{"schemes": {"bearer": {"list": []}}}]),
        }
    }
}

impl A2aSkill {
    fn of(name: &str, description: &str) -> A2aSkill {
        let description = if description.is_empty() { format!("The skill {name}.") } else { description.to_owned() };
        A2aSkill { id: name.to_owned(), name: name.to_owned(), description, tags: vec![name.to_owned()] }
    }
}
