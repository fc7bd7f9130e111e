//! Ground: what every floor stands on and what knows nothing of what stands on it.

pub mod clock;
pub mod error;
pub mod ids;
pub mod input;
pub mod secret;
