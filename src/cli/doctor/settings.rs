//! Settings that do not go together, or not with the public.

use std::path::Path;

use url::Url;

use super::Finding;
use crate::base::config::Settings;
use crate::base::net;
use crate::cli::serve::listen_address;

/// The rights of everybody. A group may read settings: it is how root hands them to the server's user.
const EVERYONE: u32 = 0o007;
/// A secret that is shorter can be guessed.
const SECRET_CHARS_MIN: usize = 16;

/// Where the settings come from, and whether others can read secrets in the file.
pub(super) fn source(file: Option<&Path>, settings: &Settings) -> Finding {
    let unknown = Settings::unknown_names(std::env::vars().map(|(name, _)| name));
    if !unknown.is_empty() {
        let says = format!("{} in the environment is no setting", unknown.join(", "));
        return Finding::warn("settings", says, "see its spelling in `aiins config`, or take it away");
    }
    let Some(file) = file else {
        return Finding::ok("settings", "no file; defaults and the environment");
    };
    let secrets = [&settings.admin.secret, &settings.github.client_secret, &settings.metrics.token];
    let text = std::fs::read_to_string(file).unwrap_or_default();
    let holds_secrets = secrets.iter().any(|secret| !secret.is_empty() && text.contains(secret.as_str()));
    if holds_secrets && super::file::is_open_to(EVERYONE, file) {
        let says = format!("{} holds a secret and is readable for everybody", file.display());
        return Finding::fail("settings", says, format!("chmod o-rwx {}", file.display()));
    }
    Finding::ok("settings", file.display().to_string())
}

/// Whether clients come over an address that keeps their keys to themselves.
pub(super) fn address(settings: &Settings) -> Finding {
    const CHECK: &str = "address";
    let address = match listen_address(settings) {
        Ok(address) => address,
        Err(error) => return Finding::fail(CHECK, error.message(), "correct server.listen"),
    };
    let public_url = settings.public_url();
    let is_given = !settings.server.public_url.is_empty();
    let is_here = Url::parse(&public_url).is_ok_and(|url| net::is_loopback(&url));
    if is_given && !settings.is_https() && !is_here {
        let says = format!("clients send their keys in clear to {public_url}");
        return Finding::fail(
            CHECK,
            says,
            "put a proxy with TLS in front and set server.public_url to its https address",
        );
    }
    if !is_given && !address.ip().is_loopback() {
        let says = format!("{address} is open to others, without TLS and under no public_url");
        return Finding::warn(CHECK, says, "listen on 127.0.0.1 behind a proxy with TLS, and set server.public_url");
    }
    Finding::ok(CHECK, format!("listens on {address}, known as {public_url}"))
}

/// Whether requests through a proxy are told apart by who sends them.
pub(super) fn proxy(settings: &Settings) -> Finding {
    const CHECK: &str = "proxy";
    let server = &settings.server;
    let is_behind = settings.is_https();
    match (is_behind, server.trusted_proxies.is_empty()) {
        (true, true) => Finding::fail(
            CHECK,
            "TLS ends at a proxy that is not trusted, so all clients count as one against the limits",
            "name it in server.trusted_proxies, such as [\"127.0.0.1\", \"::1\"]",
        ),
        (true, false) => {
            Finding::ok(CHECK, format!("X-Forwarded-For counts from {}", server.trusted_proxies.join(", ")))
        }
        (false, true) => Finding::ok(CHECK, "none"),
        (false, false) => Finding::warn(
            CHECK,
            format!("X-Forwarded-For counts from {}, and public_url is not https", server.trusted_proxies.join(", ")),
            "set server.public_url to the proxy's address; whoever reaches the server without it can claim any address",
        ),
    }
}

/// Whether people can sign in.
pub(super) fn github(settings: &Settings) -> Finding {
    const CHECK: &str = "github";
    if settings.auth.dev_login {
        return match settings.server.public_url.is_empty() {
            true => Finding::warn(
                CHECK,
                "anyone signs in as anyone with the local form",
                "fine for trying; else auth.dev_login = false",
            ),
            false => Finding::fail(
                CHECK,
                "anyone who comes through the proxy signs in as anyone",
                "set auth.dev_login = false, and [github] for signing in",
            ),
        };
    }
    if !settings.github.is_configured() {
        let mend = format!(
            "make an OAuth app at GitHub with {}/api/auth/callback as its callback, and set github.client_id and AIINS_GITHUB_CLIENT_SECRET",
            settings.public_url()
        );
        return Finding::warn(CHECK, "no OAuth app, so people cannot sign in; agents can", mend);
    }
    let callback = format!("{}/api/auth/callback", settings.public_url());
    if settings.server.public_url.is_empty() {
        let says = format!("GitHub would send people back to {callback}, which only this machine knows");
        return Finding::warn(CHECK, says, "set server.public_url");
    }
    Finding::ok(CHECK, format!("the OAuth app's callback has to be {callback}"))
}

/// Whether the administrator's secret is one.
pub(super) fn administrator(settings: &Settings) -> Finding {
    const CHECK: &str = "admin";
    let secret = &settings.admin.secret;
    if !secret.is_empty() && secret.chars().count() < SECRET_CHARS_MIN {
        let says = format!("admin.secret has fewer than {SECRET_CHARS_MIN} characters");
        return Finding::fail(CHECK, says, "take one from `openssl rand -hex 24`");
    }
    match (secret.is_empty(), settings.admin.logins.is_empty()) {
        (true, true) => Finding::ok(CHECK, "by command line only"),
        (false, true) => Finding::ok(CHECK, "over HTTP with the secret"),
        (_, false) if !settings.lets_people_in() => Finding::warn(
            CHECK,
            "admin.logins names people, and nobody can sign in",
            "set up [github], or administer with the command line",
        ),
        (_, false) => Finding::ok(CHECK, format!("in the browser: {}", settings.admin.logins.join(", "))),
    }
}

/// Whether a flood is held back.
pub(super) fn limits(settings: &Settings) -> Finding {
    if settings.limits.enabled {
        Finding::ok("limits", "requests are limited")
    } else {
        Finding::warn("limits", "requests are not limited", "fine for measuring; else limits.enabled = true")
    }
}

/// Where agents' calls may lead.
pub(super) fn calls_out(settings: &Settings) -> Finding {
    const CHECK: &str = "calls out";
    if settings.skills.allow_private_networks {
        let says = "agents may have this server call addresses in its own network";
        return match settings.server.public_url.is_empty() {
            true => Finding::warn(CHECK, says, "fine for trying; else skills.allow_private_networks = false"),
            false => Finding::fail(CHECK, says, "set skills.allow_private_networks = false"),
        };
    }
    Finding::ok(CHECK, "only to public addresses; `--online` tries what the server itself would call")
}
