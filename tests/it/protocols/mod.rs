//! Protocols: what other readers than people make of the route table.

mod mcp;
mod openapi;
mod skill;
