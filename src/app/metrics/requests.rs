//! Requests, counted by the row of the route table that answered them: so there are never more counters than rows.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use super::MICROS;
use crate::app::routes;
use crate::base::clock::{Clock, Timestamp};
use crate::base::metrics::{Counter, Exposition, Histogram, TIMES};
use crate::http::{Route, Verb};

/// Classes of status codes; what a server of ours never answers, 1xx, is none of them.
const CLASSES: [&str; 4] = ["2xx", "3xx", "4xx", "5xx"];
/// What stands in a row's place for what no row answered: paths that lead nowhere, wrong methods, OPTIONS.
const UNMATCHED: (&str, &str) = ("", "unmatched");
/// The same for what the HTTP layer refused before there was a request.
const REFUSED: (&str, &str) = ("", "refused");

/// All counters of requests.
pub(in crate::app) struct Requests {
    rows: HashMap<(Verb, &'static str), Row>,
    unmatched: Row,
    refused: Row,
    /// When they began to count.
    pub(super) started_at: Timestamp,
    /// Connections that are open; the listener keeps it.
    pub(in crate::app) open_connections: Arc<AtomicUsize>,
}

/// The counters of one row. A line of the processor's cache is no row's but its own.
#[repr(align(128))]
struct Row {
    by_class: [Counter; CLASSES.len()],
    times: Histogram<13>,
}

impl Default for Row {
    fn default() -> Self {
        Row { by_class: Default::default(), times: Histogram::new(&TIMES) }
    }
}

impl Default for Requests {
    fn default() -> Self {
        let rows = routes::all().iter().map(|route| ((route.verb, route.path), Row::default())).collect();
        Requests {
            rows,
            unmatched: Row::default(),
            refused: Row::default(),
            started_at: Clock::System.now(),
            open_connections: Arc::default(),
        }
    }
}

impl Requests {
    /// Counts an answer.
    pub(in crate::app) fn count(&self, route: Option<&Route>, status: u16, took: Duration) {
        let row = route.and_then(|route| self.rows.get(&(route.verb, route.path)));
        row.unwrap_or(&self.unmatched).count(status, took);
    }

    /// Counts what the HTTP layer refused.
    pub(in crate::app) fn count_refused(&self, status: u16) {
        self.refused.count(status, Duration::ZERO);
    }

    pub(super) fn write(&self, text: &mut Exposition) {
        let mut rows: Vec<((&str, &str), &Row)> =
            self.rows.iter().map(|((verb, path), row)| ((verb.as_str(), *path), row)).collect();
        rows.sort_by_key(|((method, route), _)| (*route, *method));
        rows.extend([(UNMATCHED, &self.unmatched), (REFUSED, &self.refused)]);
        // What nobody asked for yet would only be long.
        rows.retain(|(_, row)| row.by_class.iter().any(|class| class.get() > 0));
        text.family("counter", "aiins_http_requests_total", "Answers by route, method and class of status");
        for ((method, route), row) in &rows {
            for (class, count) in CLASSES.iter().zip(&row.by_class).filter(|(_, count)| count.get() > 0) {
                text.sample(&[("method", method), ("route", route), ("status", class)], count.get());
            }
        }
        text.family("histogram", "aiins_http_request_seconds", "How long answers took to make, by route and method");
        for ((method, route), row) in &rows {
            text.histogram(&[("method", method), ("route", route)], &row.times, MICROS);
        }
        let open = self.open_connections.load(Ordering::Relaxed);
        text.single("gauge", "aiins_http_connections", "Connections that are open", open);
    }
}

impl Row {
    fn count(&self, status: u16, took: Duration) {
        let class = usize::from(status / 100).saturating_sub(2);
        if let Some(count) = self.by_class.get(class) {
            count.increment();
        }
        self.times.add_time(took);
    }
}
