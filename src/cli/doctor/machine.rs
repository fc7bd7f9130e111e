//! The machine: room, time, and how much of it a process may have.

use std::net::{TcpStream, ToSocketAddrs};
use std::path::Path;
use std::time::Duration;

use url::Url;

use super::Finding;
use crate::base::clock::{Clock, MINUTE, Timestamp};
use crate::base::config::Settings;
use crate::base::db::{self, FREE_BYTES_MIN, Inspection};

/// Less than this is soon gone.
const FREE_BYTES_WANTED: u64 = 1 << 30;
/// This program is younger than no clock that is right: 2026-01-01.
const NOT_BEFORE: Timestamp = Timestamp(1_767_225_600_000);
/// File descriptors and threads beside those of connections.
const RESERVED: u64 = 256;
const REACH_TIME_MAX: Duration = Duration::from_secs(5);

/// Whether there is room for the file, its log and a copy.
pub(super) fn disk(settings: &Settings) -> Finding {
    const CHECK: &str = "disk";
    let path = Path::new(&settings.database.path);
    let folder = db::folder_of(path);
    let free = match fs4::available_space(folder) {
        Ok(free) => free,
        Err(error) => {
            return Finding::fail(
                CHECK,
                format!("{}: {error}", folder.display()),
                "make the folder, or set database.path",
            );
        }
    };
    let file = path.metadata().map_or(0, |metadata| metadata.len());
    let says = format!("{} MiB are free in {}", free >> 20, folder.display());
    match () {
        () if free < FREE_BYTES_MIN => Finding::fail(
            CHECK,
            says,
            format!("free some: under {} MiB the server says it is not ready", FREE_BYTES_MIN >> 20),
        ),
        () if free < FREE_BYTES_WANTED.max(file) => {
            Finding::warn(CHECK, says, "free some, or move the database to a larger disk")
        }
        () => Finding::ok(CHECK, says),
    }
}

/// Whether the clock can be right.
pub(super) fn clock(inspection: Option<&Inspection>) -> Finding {
    const CHECK: &str = "clock";
    const MEND: &str = "set the clock, and let a time service such as chrony or systemd-timesyncd keep it";
    let now = Clock::System.now();
    if now < NOT_BEFORE {
        return Finding::fail(CHECK, format!("it says {now}, before this program was written"), MEND);
    }
    match inspection.and_then(|inspection| inspection.newest) {
        Some(newest) if newest.since(now) > MINUTE => {
            Finding::fail(CHECK, format!("it says {now}, and the newest row was made at {newest}"), MEND)
        }
        _ => Finding::ok(CHECK, now.to_string()),
    }
}

/// Whether there can be as many connections as are allowed.
pub(super) fn files(settings: &Settings) -> Finding {
    const CHECK: &str = "files";
    let wanted = wanted(settings);
    match rlimit::Resource::NOFILE.get() {
        Ok((_, hard)) if hard < wanted => Finding::warn(
            CHECK,
            format!("a process may open {hard} files, which is less than {wanted} for all connections"),
            "raise it (LimitNOFILE= in a systemd unit, ulimit -n), or lower server.connections_max",
        ),
        Ok((_, hard)) => Finding::ok(CHECK, format!("{hard} may be open")),
        Err(error) => Finding::warn(CHECK, format!("the limit cannot be read: {error}"), "see `ulimit -Hn`"),
    }
}

/// Whether each connection can have its thread.
pub(super) fn threads(settings: &Settings) -> Finding {
    const CHECK: &str = "threads";
    let of_user = rlimit::Resource::NPROC.get().map(|(soft, _)| soft).ok();
    let number = |path: &str| std::fs::read_to_string(path).ok()?.trim().parse::<u64>().ok();
    let of_machine = number("/proc/sys/kernel/threads-max");
    let of_group = number("/sys/fs/cgroup/pids.max");
    let Some(least) = [of_user, of_machine, of_group].into_iter().flatten().min() else {
        return Finding::ok(CHECK, "no limit is known");
    };
    let wanted = wanted(settings);
    if least < wanted {
        return Finding::warn(
            CHECK,
            format!("there may be {least} threads, which is less than {wanted} for all connections"),
            "raise it (TasksMax= and LimitNPROC= in a systemd unit, --pids-limit of a container), or lower server.connections_max",
        );
    }
    Finding::ok(CHECK, format!("at least {wanted} may run"))
}

fn wanted(settings: &Settings) -> u64 {
    settings.server.connections_max as u64 + RESERVED
}

/// Whether GitHub can be reached.
pub(super) fn reach(settings: &Settings) -> Finding {
    const CHECK: &str = "network";
    if !settings.github.is_configured() {
        return Finding::ok(CHECK, "nothing to reach: [github] is empty");
    }
    let url = &settings.github.api_url;
    let target = Url::parse(url).ok().and_then(|url| Some((url.host_str()?.to_owned(), url.port_or_known_default()?)));
    let Some(target) = target else {
        return Finding::fail(CHECK, format!("{url} names no host"), "correct github.api_url");
    };
    let addresses: Vec<_> = match target.to_socket_addrs() {
        Ok(addresses) => addresses.collect(),
        Err(error) => {
            return Finding::fail(CHECK, format!("{} has no address: {error}", target.0), "see to name service (DNS)");
        }
    };
    let reached = addresses.iter().any(|address| TcpStream::connect_timeout(address, REACH_TIME_MAX).is_ok());
    match reached {
        true => Finding::ok(CHECK, format!("{}:{} can be reached", target.0, target.1)),
        false => Finding::fail(
            CHECK,
            format!("{}:{} does not answer", target.0, target.1),
            "let the server's machine call out",
        ),
    }
}
