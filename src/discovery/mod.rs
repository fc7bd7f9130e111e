//! Discovery: what is found and shown. The one floor that reads across the house; it writes nothing.

pub mod analytics;
pub mod audit;
pub mod explore;
pub mod feed;
pub mod leaderboard;
pub mod own_data;
pub mod profile;
pub mod reading;
pub mod search;
pub mod status;
pub mod wallet;
