//! The application: the route table, the way of a request through it, and what happens by itself.

mod finish;
pub mod health;
pub mod idempotency;
pub mod jobs;
pub mod metrics;
mod nearby;
mod pipeline;
mod rehearsal;
pub mod routes;
mod shared;
mod suggestions;
pub mod test_mode;

use std::collections::HashSet;
use std::sync::atomic::AtomicUsize;
use std::sync::{Arc, Mutex};

use self::metrics::Requests;
use self::shared::SharedAnswers;
use self::test_mode::TestMode;
use crate::base::db::Store;
use crate::base::error::Result;
use crate::http::limiter::Limiter;
use crate::http::{Head, Route, Router, Service};

/// Everything that answers requests.
pub struct App {
    store: Arc<Store>,
    router: Router,
    limiter: Limiter,
    shared: SharedAnswers,
    requests: Arc<Requests>,
    /// Idempotent requests that run without a transaction right now.
    running: Mutex<HashSet<[u8; 32]>>,
    /// What its clients steer it by, on a test server.
    test_mode: Option<Arc<TestMode>>,
}

impl App {
    /// The application over a store.
    #[must_use]
    pub fn new(store: Arc<Store>) -> Arc<App> {
        App::over(store, routes::all(), None)
    }

    /// The application of a test server: with the routes that steer it.
    ///
    /// # Errors
    /// 503 when its first state cannot be kept for a reset.
    pub fn new_in_test_mode(store: Arc<Store>, seed: Option<u64>) -> Result<Arc<App>> {
        let test_mode = TestMode::start(&store, seed)?;
        Ok(App::over(store, routes::all_in_test_mode(), Some(test_mode)))
    }

    fn over(store: Arc<Store>, routes: Vec<Route>, test_mode: Option<Arc<TestMode>>) -> Arc<App> {
        Arc::new(App {
            requests: store.memory(),
            store,
            router: Router::new(routes),
            limiter: Limiter::default(),
            shared: SharedAnswers::default(),
            running: Mutex::default(),
            test_mode,
        })
    }

    /// The store.
    #[must_use]
    pub fn store(&self) -> &Arc<Store> {
        &self.store
    }

    /// The route table.
    #[must_use]
    pub fn router(&self) -> &Router {
        &self.router
    }

    /// How many connections are open, for the listener to keep.
    #[must_use]
    pub fn open_connections(&self) -> Arc<AtomicUsize> {
        Arc::clone(&self.requests.open_connections)
    }

    /// The application as the listener sees it.
    #[must_use]
    pub fn service(self: &Arc<App>) -> Service {
        let (limit, respond, refuse) = (Arc::clone(self), Arc::clone(self), Arc::clone(self));
        Service {
            body_bytes_max: Box::new(move |head: &Head| limit.body_bytes_max(head)),
            respond: Box::new(move |request| respond.respond(request)),
            refuse: Box::new(move |error, head| refuse.refuse(error, head)),
        }
    }
}
