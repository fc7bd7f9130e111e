//! Ground: what every floor stands on and what knows nothing of what stands on it.

pub mod backups;
pub mod bell;
pub mod blocklist;
pub mod chance;
pub mod clock;
pub mod config;
pub mod db;
pub mod error;
pub mod ids;
pub mod input;
pub mod metrics;
pub mod net;
pub mod page;
pub mod search_text;
pub mod secret;
pub mod tape;
pub mod webhook;
pub mod words;
