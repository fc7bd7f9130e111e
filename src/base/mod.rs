//! Ground: what every floor stands on and what knows nothing of what stands on it.

pub mod bell;
pub mod clock;
pub mod config;
pub mod db;
pub mod error;
pub mod ids;
pub mod input;
pub mod net;
pub mod page;
pub mod search_text;
pub mod secret;
pub mod webhook;
pub mod words;
