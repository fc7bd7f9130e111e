//! Growth: every operation on databases of several sizes, each with all else in proportion.

use std::path::Path;
use std::time::Instant;

use aiins::app::jobs;
use aiins::cli::seed::Size;
use serde_json::json;

use super::client::Request;
use super::operations;
use super::table::{Line, Table};
use super::{Arguments, Running};

/// Notes for each agent, as in measure.md.
pub const NOTES_FOR_AGENT: usize = 20;
/// Bounties and likes that are ready.
const READY: usize = 2_000;

pub fn measure(arguments: &Arguments, folder: &Path) -> Table {
    let mut table: Option<Table> = None;
    for notes in &arguments.growth {
        let (path, settings) = (folder.join(format!("{notes}.db")), Arguments::settings());
        let size = Size { agents: (notes / NOTES_FOR_AGENT).max(2), notes: *notes };
        let source = arguments.source(size);
        let cast = source.prepare(&path, &settings, READY * 10, READY);
        let about = Table::about(&cast, &path);
        let table = table.get_or_insert_with(|| Table::about(&cast, &path));
        let started = Instant::now();
        let running = Running::start(&path, &settings);
        let mut load = arguments.load(&running);
        let (time, connections) = (load.time, load.connections);
        (load.time, load.connections) = (std::time::Duration::from_millis(1), 1);
        load.run(|_| Request::get("/healthz"));
        let start_ms = started.elapsed().as_secs_f64() * 1_000.0;
        (load.time, load.connections) = (time, connections);
        let mut database = about.database;
        database["startMs"] = json!(start_ms);
        let operations = operations::all(&cast);
        let wanted = operations.iter().filter(|it| arguments.only.is_empty() || arguments.wants(it));
        let lines = wanted.map(|operation| Line::new(operation.name, load.run(&operation.request)));
        table.sizes.push((database, lines.collect()));
        let database = &mut table.sizes.last_mut().unwrap().0;
        // What is mapped of the file counts as resident too, and the system takes it back when others need the room.
        (database["residentMiB"], database["ownMiB"]) = (json!(mib("VmRSS:")), json!(mib("RssAnon:")));
        database["jobsMs"] = json!(jobs_ms(&running));
        running.stop();
        drop(operations);
        // Two large files at once may be more than the disk has.
        std::fs::remove_file(&path).unwrap();
    }
    table.unwrap()
}

/// How long one run of all jobs takes, once all that the writes left to do is done. `/metrics` has the time of each.
fn jobs_ms(running: &Running) -> f64 {
    jobs::run_due(running.app.store());
    let began = Instant::now();
    jobs::run_due(running.app.store());
    began.elapsed().as_secs_f64() * 1_000.0
}

/// Memory of this process, server and client together, where the system says so.
fn mib(field: &str) -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(field))?;
    line.split_whitespace().next()?.parse::<u64>().ok().map(|kib| kib >> 10)
}
