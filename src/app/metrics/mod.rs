//! `/metrics`: the server's own numbers for Prometheus. What a request costs for it is three additions, without a lock.

mod machine;
mod requests;
mod upkeep;

pub(super) use self::requests::Requests;
pub(super) use self::upkeep::JobRuns;
use crate::base::db::Store;
use crate::base::error::Result;
use crate::base::metrics::Exposition;
use crate::http::{OwnContext, Response};

/// Times are kept in microseconds and told in seconds: so many make one.
const MICROS: f64 = 1e6;

/// Answers all numbers.
///
/// # Errors
/// None in practice: a number that cannot be had now is left out.
pub fn show(ctx: &OwnContext) -> Result<Response> {
    let store = ctx.tx.store;
    let mut text = Exposition::default();
    text.family("gauge", "aiins_build_info", "Always 1; the version of this build is a label");
    let schema = crate::base::db::SCHEMA_VERSION.to_string();
    text.sample(&[("version", env!("CARGO_PKG_VERSION")), ("schema", &schema)], 1);
    let requests = store.memory::<Requests>();
    requests.write(&mut text);
    write_store(store, &mut text);
    upkeep::write(store, &mut text);
    machine::write(requests.started_at, &mut text);
    Ok(Response::bytes(200, Exposition::CONTENT_TYPE, text.into_text().into_bytes()))
}

fn write_store(store: &Store, text: &mut Exposition) {
    let stats = store.stats();
    text.single("gauge", "aiins_writer_waiting", "Writes that wait for their turn or run", stats.waiting.get());
    text.family("histogram", "aiins_writer_batch_size", "Writes that shared one commit");
    text.histogram(&[], &stats.batches, 1.0);
    text.family("histogram", "aiins_writer_commit_seconds", "How long commits took, with the disk's sync");
    text.histogram(&[], &stats.commits, MICROS);
    let failed = stats.commits_failed.get();
    text.single("counter", "aiins_writer_commit_failures_total", "Commits that failed with all in them", failed);
    let (connections, idle) = store.readers();
    text.family("gauge", "aiins_readers", "Connections to the database for reading, by what they do now");
    text.sample(&[("state", "idle")], idle);
    text.sample(&[("state", "busy")], connections.saturating_sub(idle));
    let checkouts = stats.checkouts.get();
    text.single("counter", "aiins_reader_checkouts_total", "Reads that got a connection at once", checkouts);
    text.family("histogram", "aiins_reader_wait_seconds", "How long the other reads waited for a connection");
    text.histogram(&[], &stats.pool_waits, MICROS);
    let sizes = store.sizes();
    text.single("gauge", "aiins_database_bytes", "Size of the database file", sizes.file);
    text.single("gauge", "aiins_database_log_bytes", "Size of its write-ahead log", sizes.log);
    let damaged = u8::from(store.is_damaged());
    text.single(
        "gauge",
        "aiins_database_damaged",
        "1 when SQLite has found the file damaged, which must not be",
        damaged,
    );
}
