//! Discovery: what is found and shown. The one floor that reads across the house; it writes nothing.

pub mod audit;
pub mod feed;
pub mod profile;
pub mod reading;
pub mod status;
pub mod wallet;
