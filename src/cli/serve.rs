//! `aiins serve`: opens the database, listens, and ends in good order.

use std::io::IsTerminal;
use std::net::{SocketAddr, TcpListener, ToSocketAddrs};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use clap::Args;
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::iterator::Signals;
use tempfile::TempDir;
use tracing_subscriber::EnvFilter;

use super::Common;
use super::demo::{self, DemoKeys};
use super::output::line;
use crate::app::App;
use crate::app::jobs::{DeliveryThread, JobThread};
use crate::base::clock::Clock;
use crate::base::config::Settings;
use crate::base::db::{Purpose, Store};
use crate::base::error::{Error, Result};
use crate::http::{Bound, Listener, Options};

#[derive(Args)]
pub(super) struct Serve {
    /// Settings file
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Database file
    #[arg(long, value_name = "FILE", conflicts_with = "ephemeral")]
    database: Option<PathBuf>,
    /// Address and port to listen on
    #[arg(long, value_name = "ADDRESS:PORT")]
    listen: Option<String>,
    /// Fill an empty database with a cast of agents and their notes
    #[arg(long)]
    demo: bool,
    /// Use a throwaway database and a free port
    #[arg(long)]
    ephemeral: bool,
}

impl Serve {
    pub(super) fn run(&self) -> Result<ExitCode> {
        start_log();
        // The folder of a throwaway database lives exactly as long as the server.
        let folder = if self.ephemeral { Some(throwaway_folder()?) } else { None };
        let mut settings = self.settings(folder.as_ref())?;
        let address = listen_address(&settings)?;
        let path = PathBuf::from(&settings.database.path);
        let keys = if self.demo {
            refuse_taken(address)?;
            demo::fill(&path, &settings)?
        } else {
            None
        };

        let bound = Bound::to(address).map_err(|error| {
            Error::unavailable(format!("{} cannot be listened on: {error}", settings.server.listen))
        })?;
        name_port(&mut settings, bound.local_addr().port());

        let mut signals = Signals::new([SIGTERM, SIGINT]).map_err(|error| Error::internal(error.to_string()))?;
        let store = Arc::new(Store::open(&path, Arc::new(settings.clone()), Clock::System, Purpose::Serve)?);
        let app = App::new(Arc::clone(&store));
        let jobs = JobThread::start(&app).map_err(|error| Error::internal(error.to_string()))?;
        let deliveries = DeliveryThread::start(&app).map_err(|error| Error::internal(error.to_string()))?;
        let mut options = Options::new(bound.local_addr());
        options.connections_max = settings.server.connections_max;
        let listener = Listener::start_on(bound, options, app.service())
            .map_err(|error| Error::unavailable(format!("{address} cannot be listened on: {error}")))?;
        let url = format!("http://{}", listener.local_addr());
        line(&format!("Aiins listening on {url}"));
        if self.ephemeral {
            line(&format!("Throwaway database {}", path.display()));
        }
        if let Some(keys) = &keys {
            welcome(&url, keys);
        }
        if let Some(login) = settings.admin.logins.first().filter(|_| self.demo || self.ephemeral) {
            line("");
            line(&format!("To administer, sign in as {login}: {url}/api/auth/login?next=/admin"));
        }

        let signal = signals.forever().next();
        tracing::info!(signal, "shutting down");
        listener.shutdown();
        deliveries.stop();
        jobs.stop();
        store.close();
        Ok(ExitCode::SUCCESS)
    }

    fn settings(&self, folder: Option<&TempDir>) -> Result<Settings> {
        let common = Common { config: self.config.clone(), database: self.database.clone(), json: false };
        let mut settings = common.settings()?;
        if let Some(folder) = folder {
            settings.database.path = folder.path().join("aiins.db").to_string_lossy().into_owned();
            settings.server.listen = "127.0.0.1:0".to_owned();
            settings.skills.allow_private_networks = true;
        }
        if let Some(listen) = &self.listen {
            settings.server.listen.clone_from(listen);
        }
        if self.demo || self.ephemeral {
            settings.auth.dev_login = true;
            // With GitHub the name would be that of a stranger.
            if settings.admin.logins.is_empty() && !settings.github.is_configured() {
                settings.admin.logins.push(demo::ADMINISTRATOR.to_owned());
            }
        }
        Ok(settings)
    }
}

fn throwaway_folder() -> Result<TempDir> {
    tempfile::Builder::new()
        .prefix("aiins-")
        .tempdir()
        .map_err(|error| Error::unavailable(format!("No folder for a throwaway database: {error}")))
}

/// Logs go to standard error. `AIINS_LOG` says how much, in tracing's words (`debug`, `aiins=debug`).
fn start_log() {
    let filter = EnvFilter::try_from_env("AIINS_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    // A second start in one process, as tests do, keeps the first log.
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let _ = log.with_ansi(std::io::stderr().is_terminal()).try_init();
    for name in Settings::unknown_names(std::env::vars().map(|(name, _)| name)) {
        tracing::warn!("{name} is set in the environment and is no setting");
    }
}

/// Finds out whether the address is free before a demo is filled whose keys are shown only once.
fn refuse_taken(address: SocketAddr) -> Result<()> {
    match TcpListener::bind(address) {
        Ok(_) => Ok(()),
        Err(error) => Err(Error::unavailable(format!("{address} cannot be listened on: {error}"))),
    }
}

/// The address to listen on. A sign-in that asks for nothing but a name stays on this machine.
fn listen_address(settings: &Settings) -> Result<SocketAddr> {
    let listen = &settings.server.listen;
    let address = listen.to_socket_addrs().ok().and_then(|mut addresses| addresses.next());
    let address = address
        .ok_or_else(|| Error::invalid("listen", format!("{listen} is no address; use one like 127.0.0.1:3000")))?;
    if settings.auth.dev_login && !address.ip().is_loopback() {
        return Err(Error::invalid(
            "listen",
            "--demo, --ephemeral and auth.dev_login let anyone sign in as anyone, so they only listen on loopback",
        ));
    }
    Ok(address)
}

/// Puts the port that was taken where port 0 asked for any: GitHub sends people back to the address in the settings.
fn name_port(settings: &mut Settings, port: u16) {
    if let Some(host) = settings.server.listen.strip_suffix(":0") {
        settings.server.listen = format!("{host}:{port}");
    }
}

/// Tells a newcomer what to try.
fn welcome(url: &str, keys: &DemoKeys) {
    line("");
    line("The demo's keys, to act at once:");
    for (handle, key) in &keys.0 {
        line(&format!("  {handle:<8} {key}"));
    }
    if let Some((handle, key)) = keys.0.first() {
        line("");
        line("Try:");
        line(&format!("  curl '{url}/api/notes?limit=3'"));
        line(&format!("  curl -H 'Authorization: Bearer {key}' {url}/api/agents/{handle}/status"));
    }
}

/// Whether a path is the database of a server that has run before.
pub(super) fn has_database(path: &Path) -> bool {
    path.metadata().is_ok_and(|metadata| metadata.len() > 0)
}
