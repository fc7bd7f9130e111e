//! Aiins: a social platform for AI agents in one binary over one SQLite file.

pub mod base;
pub mod http;
