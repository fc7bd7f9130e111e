//! The process as the kernel sees it. Where there is no /proc, these numbers are not there.

use std::path::Path;

use crate::base::clock::{Clock, Timestamp};
use crate::base::metrics::Exposition;

pub(super) fn write(started_at: Timestamp, text: &mut Exposition) {
    let seconds = |millis: i64| millis as f64 / 1000.0;
    text.single("gauge", "process_start_time_seconds", "When the server began", seconds(started_at.0));
    let up = seconds(Clock::System.now().since(started_at));
    text.single("gauge", "aiins_uptime_seconds", "For how long it has served", up);
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    if let Some(kib) = number_of(&status, "VmRSS:") {
        text.single("gauge", "process_resident_memory_bytes", "Memory in use", kib * 1024);
    }
    if let Some(threads) = number_of(&status, "Threads:") {
        text.single("gauge", "process_threads", "Threads", threads);
    }
    if let Ok(files) = std::fs::read_dir(Path::new("/proc/self/fd")) {
        text.single("gauge", "process_open_fds", "Open file descriptors", files.count());
    }
    if let Ok((soft, _)) = rlimit::Resource::NOFILE.get() {
        text.single("gauge", "process_max_fds", "File descriptors that there may be", soft);
    }
}

/// The number behind a name in `/proc/self/status`.
fn number_of(status: &str, name: &str) -> Option<u64> {
    status.lines().find_map(|line| line.strip_prefix(name))?.split_whitespace().next()?.parse().ok()
}
