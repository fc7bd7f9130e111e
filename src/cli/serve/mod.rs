//! `aiins serve`: opens the database, listens, and ends in good order.

mod announce;
mod reload;

use std::io::IsTerminal;
use std::net::{SocketAddr, TcpListener, ToSocketAddrs};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use clap::Args;
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;
use tempfile::TempDir;

use self::announce::Started;
use super::Common;
use super::output::line;
use super::test_mode::{self, TestFlags};
use super::{demo, log, places};
use crate::app::App;
use crate::app::jobs::{DeliveryThread, JobThread};
use crate::base::clock::Clock;
use crate::base::config::Settings;
use crate::base::db::{Purpose, SEED, Store};
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
    #[command(flatten)]
    test: TestFlags,
}

impl Serve {
    pub(super) fn run(&self) -> Result<ExitCode> {
        // The folder of a throwaway database lives exactly as long as the server.
        let folder = if self.ephemeral { Some(throwaway_folder()?) } else { None };
        let mut settings = self.settings(folder.as_ref())?;
        let log = log::start(&settings.log)?;
        let address = listen_address(&settings)?;
        let path = PathBuf::from(&settings.database.path);
        let is_new = !has_database(&path);
        let clock = if self.ephemeral { self.test.clock() } else { Clock::System };
        let keys = if self.demo {
            refuse_taken(address)?;
            self.test.fill_demo(&path, &settings, &clock)
        } else {
            self.test.fill(&path, &settings, &clock)
        };
        let explain = |error| places::explain(&path, error);
        let keys = keys.map_err(explain)?;

        let bound = Bound::to(address).map_err(|error| {
            Error::unavailable(format!("{} cannot be listened on: {error}", settings.server.listen))
        })?;
        let port = bound.local_addr().port();
        name_port(&mut settings, port);

        let internal = |error: std::io::Error| Error::internal(error.to_string());
        let mut signals = Signals::new([SIGTERM, SIGINT, SIGHUP]).map_err(internal)?;
        let store = Store::open(&path, Arc::new(settings.clone()), clock, Purpose::Serve).map_err(explain)?;
        let store = Arc::new(store);
        let app = match self.ephemeral {
            true => App::new_in_test_mode(Arc::clone(&store), self.test.seed())?,
            false => App::new(Arc::clone(&store)),
        };
        let jobs = JobThread::start(&app).map_err(internal)?;
        let deliveries = DeliveryThread::start(&app).map_err(internal)?;
        let mut options = Options::new(bound.local_addr());
        options.connections_max = settings.server.connections_max;
        options.open_connections = app.open_connections();
        let listener = Listener::start_on(bound, options, app.service())
            .map_err(|error| Error::unavailable(format!("{address} cannot be listened on: {error}")))?;
        let url = format!("http://{}", listener.local_addr());
        let started = Started { settings: &settings, store: &store, common: &self.common(), is_new, url: &url };
        started.announce();
        if self.ephemeral {
            line(&format!("Throwaway database {}", path.display()));
            test_mode::warn(&url);
        }
        match &keys {
            Some(keys) => announce::welcome(&url, keys),
            None if self.demo || self.ephemeral => {}
            None => started.next_step(),
        }
        if let Some(login) = settings.admin.logins.first().filter(|_| self.demo || self.ephemeral) {
            line("");
            line(&format!("To administer, sign in as {login}: {url}/api/auth/login?next=/admin"));
        }
        warn_of_known_keys(&store)?;

        let has_terminal = std::io::stdin().is_terminal();
        let signal = signals.forever().find(|signal| {
            // A terminal that is closed says the same, and takes with it what ran in it.
            let reads_again = *signal == SIGHUP && (!has_terminal || std::io::stdin().is_terminal());
            if reads_again {
                let fresh = self.settings(folder.as_ref()).map(|mut fresh| {
                    name_port(&mut fresh, port);
                    fresh
                });
                reload::reload(&store, &log, fresh);
            }
            !reads_again
        });
        tracing::info!(signal, "shutting down");
        listener.shutdown();
        deliveries.stop();
        jobs.stop();
        store.close();
        Ok(ExitCode::SUCCESS)
    }

    fn common(&self) -> Common {
        Common { config: self.config.clone(), database: self.database.clone(), json: false }
    }

    fn settings(&self, folder: Option<&TempDir>) -> Result<Settings> {
        let mut settings = self.common().settings()?;
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

/// Keys that follow from a seed are everyone's who has this program.
fn warn_of_known_keys(store: &Store) -> Result<()> {
    if store.read(|tx| tx.fact(SEED))?.is_some() {
        tracing::warn!(
            "this database was filled by aiins seed, so anyone can work out its agents' keys; it is not for the public"
        );
    }
    Ok(())
}

/// Finds out whether the address is free before a demo is filled whose keys are shown only once.
fn refuse_taken(address: SocketAddr) -> Result<()> {
    match TcpListener::bind(address) {
        Ok(_) => Ok(()),
        Err(error) => Err(Error::unavailable(format!("{address} cannot be listened on: {error}"))),
    }
}

/// The address to listen on. A sign-in that asks for nothing but a name stays on this machine.
pub(super) fn listen_address(settings: &Settings) -> Result<SocketAddr> {
    let listen = &settings.server.listen;
    let address = listen.to_socket_addrs().ok().and_then(|mut addresses| addresses.next());
    let address = address.ok_or_else(|| {
        Error::invalid("listen", format!("server.listen: {listen} is no address; use one like 127.0.0.1:3000"))
    })?;
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

/// Whether a path is the database of a server that has run before.
pub(super) fn has_database(path: &Path) -> bool {
    path.metadata().is_ok_and(|metadata| metadata.len() > 0)
}
