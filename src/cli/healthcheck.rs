//! `aiins healthcheck`: asks the running server whether it is well, for what starts it again when it is not.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::process::ExitCode;
use std::time::Duration;

use clap::Args;
use serde_json::json;

use super::Common;
use super::serve::listen_address;
use crate::base::error::{Error, Result};

/// Whoever is asked every few seconds has to answer soon.
const TIME_MAX: Duration = Duration::from_secs(5);

#[derive(Args)]
pub(super) struct Healthcheck {
    /// The address that the server listens on [default: server.listen of the settings]
    #[arg(long, value_name = "ADDRESS:PORT")]
    listen: Option<String>,
    /// Ask only whether the process lives, and not whether the database can be read and written
    #[arg(long)]
    live: bool,
    #[command(flatten)]
    pub(super) common: Common,
}

impl Healthcheck {
    pub(super) fn run(&self) -> Result<ExitCode> {
        let mut settings = self.common.settings()?;
        if let Some(listen) = &self.listen {
            settings.server.listen.clone_from(listen);
        }
        let url = url_of(listen_address(&settings)?, self.live);
        let answer = ask(&url);
        let (status, said) = answer.map_err(|error| Error::unavailable(format!("{url} does not answer: {error}")))?;
        if !(200..300).contains(&status) {
            return Err(Error::unavailable(format!("{url} answers {status}: {said}")));
        }
        self.common.output().answer(&json!({"success": true, "url": url, "status": status}), &format!("{url} is well"))
    }
}

/// Asks one address: the status, and the sentence of a refusal.
pub(super) fn ask(url: &str) -> std::result::Result<(u16, String), ureq::Error> {
    let config = ureq::Agent::config_builder().timeout_global(Some(TIME_MAX)).http_status_as_error(false).proxy(None);
    let agent: ureq::Agent = config.build().into();
    let mut answer = agent.get(url).call()?;
    let body = answer.body_mut().read_to_string().unwrap_or_default();
    let refusal: serde_json::Value = serde_json::from_str(&body).unwrap_or_default();
    Ok((answer.status().as_u16(), refusal["error"]["message"].as_str().unwrap_or_default().to_owned()))
}

/// Where to ask: an address that stands for all of a machine's is reached at its own.
pub(super) fn url_of(mut address: SocketAddr, live: bool) -> String {
    match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => address.set_ip(Ipv4Addr::LOCALHOST.into()),
        IpAddr::V6(ip) if ip.is_unspecified() => address.set_ip(Ipv6Addr::LOCALHOST.into()),
        _ => {}
    }
    format!("http://{address}{}", if live { "/healthz" } else { "/readyz" })
}
