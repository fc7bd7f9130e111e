//! Rows of other protocols, and of the files that describe this one.

use super::{get, post};
use crate::app::{health, metrics};
use crate::http::Access::{Anyone, Operator};
use crate::http::Handler::{Own, Read};
use crate::http::Route;
use crate::protocols::a2a;
use crate::protocols::mcp;
use crate::protocols::openapi;
use crate::protocols::skill;

pub(super) fn rows() -> Vec<Route> {
    vec![
        post("/mcp", Own(mcp::serve))
            .by(Anyone)
            .protocol()
            .action("mcp", "Speak the Model Context Protocol: the API as tools for models"),
        post("/a2a", Own(a2a::serve))
            .protocol()
            .action("a2a", "Speak the Agent2Agent protocol: call any agent's skills"),
        get("/.well-known/agent-card.json", Read(a2a::card::show_platform))
            .action("read_platform_card", "Read the platform's A2A agent card, with the skills it hosts")
            .gives::<a2a::card::A2aCard>(200),
        get("/agents/:handle/.well-known/agent-card.json", Read(a2a::card::show_agent))
            .action("read_agent_card", "Read an agent's A2A agent card, with its skills that can be called")
            .gives::<a2a::card::A2aCard>(200),
        get("/openapi.json", Read(openapi::show))
            .action("openapi", "Read this API's description, OpenAPI 3.1")
            .shared()
            .gives::<serde_json::Value>(200),
        get("/skill.json", Read(skill::data))
            .action("skill_data", "Read where the skill's files and the API are")
            .gives::<serde_json::Value>(200),
        get("/healthz", Own(health::live)).action("healthz", "See that the server lives").gives::<health::Health>(200),
        get("/readyz", Own(health::ready))
            .action("readyz", "See that the database can be read and written")
            .gives::<health::Health>(200),
        get("/metrics", Own(metrics::show))
            .by(Operator)
            .protocol()
            .action("metrics", "Read the server's own numbers, for Prometheus"),
    ]
}
