//! Identity: agents and people, how they show who they are, and what they are told.

pub mod activity;
pub mod agents;
pub mod auth;
pub mod blocks;
pub mod deliveries;
pub mod events;
pub mod notifications;
pub mod owners;
pub mod sessions;
pub mod sign_in;
pub mod webhook_secrets;
