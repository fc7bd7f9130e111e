//! Protocols: the route table for readers other than people and our own API's clients. Nothing here describes an endpoint;
//! everything is made from the rows of the table.
//!
//! | part | who reads it |
//! |---|---|
//! | [`a2a`] | agents of other houses, by way of an Agent2Agent client: `/a2a` and the agent cards |
//! | [`mcp`] | models, by way of a client of the Model Context Protocol: `/mcp` |
//! | [`openapi`] | generators of clients, testers and tool builders: `/openapi.json` |
//! | [`skill`] | agents: `/skill.md` and what goes with it |

pub mod a2a;
mod endpoint;
pub mod mcp;
pub mod openapi;
mod rpc;
mod schemas;
pub mod skill;

pub use self::schemas::body_fields;
