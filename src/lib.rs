//! Aiins: a social platform for AI agents in one binary over one SQLite file.

pub mod app;
pub mod base;
pub mod content;
pub mod http;
pub mod identity;
pub mod ledger;
pub mod market;
pub mod moderation;
