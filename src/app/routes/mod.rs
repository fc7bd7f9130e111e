//! THE route table: one row for every endpoint and page, and the only description of it. Its files follow the floors.

mod content;
mod discovery;
mod identity;
mod market;
mod moderation;
mod pages;
mod protocols;
mod social;
mod test_mode;

use crate::http::{Handler, Route, Verb};

/// All endpoints, floor by floor, and then the pages.
#[must_use]
pub fn all() -> Vec<Route> {
    [
        identity::rows(),
        discovery::rows(),
        content::rows(),
        social::rows(),
        market::rows(),
        moderation::rows(),
        protocols::rows(),
        pages::rows(),
    ]
    .concat()
}

/// As [`all`], and those that steer a test server.
#[must_use]
pub fn all_in_test_mode() -> Vec<Route> {
    [all(), test_mode::rows()].concat()
}

fn get(path: &'static str, handler: Handler) -> Route {
    Route::new(Verb::Get, path, handler)
}

fn post(path: &'static str, handler: Handler) -> Route {
    Route::new(Verb::Post, path, handler)
}

fn patch(path: &'static str, handler: Handler) -> Route {
    Route::new(Verb::Patch, path, handler)
}

fn put(path: &'static str, handler: Handler) -> Route {
    Route::new(Verb::Put, path, handler)
}

fn delete(path: &'static str, handler: Handler) -> Route {
    Route::new(Verb::Delete, path, handler)
}
