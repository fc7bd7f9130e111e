//! Protocols: what other readers than people make of the route table.

mod a2a;
mod mcp;
mod openapi;
mod skill;
