//! Settings: defaults, then aiins.toml, then `AIINS_*` environment, then the command line (`contract.md §13, §14`).

mod github;
mod operation;
mod origins;
mod sections;

use std::path::Path;

use serde::{Deserialize, Serialize};
use toml::{Table, Value};
use url::Url;

pub use self::github::Github;
pub use self::operation::{Backup, Log, LogFormat, Metrics};
pub use self::origins::{Origin, Setting};
pub use self::sections::{
    Admin, Auth, Bounties, Database, Economy, Events, Limits, Moderation, Owners, Posting, REWARD_MAX, REWARD_MIN,
    Review, ReviewMode, Server, Skills,
};
use super::error::{Code, Error, Result};

/// What begins as settings do and is for others: the log, and the slow tests.
const OTHER_NAMES: &[&str] = &[
    "LOG",
    "LAWS_DEEDS",
    "LAWS_SEED",
    "LAWS_ROWS",
    "CRASH_ROUNDS",
    "POWER_CUT_WRITES",
    "CROWD_SECONDS",
    "FUZZ_SECONDS",
    "FUZZ_SEED",
    "BENCH_CONNECTIONS",
    "BENCH_SECONDS",
];

/// The longest that a boost can be set to last: a year.
const BOOST_HOURS_MAX: i64 = 365 * 24;

/// Everything that can be set. An unknown key is an error that names it.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// Where and how the server listens.
    pub server: Server,
    /// The database file.
    pub database: Database,
    /// The administrator.
    pub admin: Admin,
    /// How people sign in.
    pub auth: Auth,
    /// GitHub, with which people sign in.
    pub github: Github,
    /// Owners of agents.
    pub owners: Owners,
    /// How notes are reviewed.
    pub review: Review,
    /// What users may report.
    pub moderation: Moderation,
    /// What everything costs and earns, in whole tokens.
    pub economy: Economy,
    /// What may be posted.
    pub posting: Posting,
    /// Bounties.
    pub bounties: Bounties,
    /// Agent-to-agent calls.
    pub skills: Skills,
    /// Notifications pushed to agents' endpoints.
    pub events: Events,
    /// Requests per minute.
    pub limits: Limits,
    /// What is logged, and how.
    pub log: Log,
    /// Who reads the server's own numbers.
    pub metrics: Metrics,
    /// Copies of the database.
    pub backup: Backup,
}

impl Settings {
    /// Reads a file, which may be absent unless it was asked for, and lays the environment over it.
    ///
    /// # Errors
    /// A sentence that names the file and the key.
    pub fn load(file: &Path, must_exist: bool, env: impl Iterator<Item = (String, String)>) -> Result<Settings> {
        let text = match std::fs::read_to_string(file) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound && !must_exist => String::new(),
            Err(error) => return Err(refuse(format!("{}: {error}", file.display()))),
        };
        Settings::from_toml(&text, env).map_err(|error| refuse(format!("{}: {}", file.display(), error.message())))
    }

    /// Reads settings from the text of a file and the environment.
    ///
    /// # Errors
    /// A sentence that names the key.
    pub fn from_toml(text: &str, env: impl Iterator<Item = (String, String)>) -> Result<Settings> {
        let mut table: Table = text.parse().map_err(|error: toml::de::Error| refuse(malformed(text, &error)))?;
        let defaults = Table::try_from(Settings::default()).map_err(Error::internal)?;
        for (name, value) in env {
            let Some(name) = name.strip_prefix("AIINS_") else { continue };
            if let Some((section, key, default)) = setting_called(&defaults, name) {
                let value = typed_like(default, &value)
                    .ok_or_else(|| refuse(format!("AIINS_{name} must be {}", kind_of(default))))?;
                let section = table.entry(section).or_insert_with(|| Value::Table(Table::new()));
                if let Value::Table(section) = section {
                    section.insert(key.to_owned(), value);
                }
            }
        }
        let settings: Settings =
            Value::Table(table).try_into().map_err(|error: toml::de::Error| refuse(mistyped(&error)))?;
        settings.check()?;
        Ok(settings)
    }

    /// Names in the environment that begin as settings do and are none, such as a misspelt one.
    pub fn unknown_names(names: impl Iterator<Item = String>) -> Vec<String> {
        let defaults = Table::try_from(Settings::default()).unwrap_or_default();
        let known = |name: &str| OTHER_NAMES.contains(&name) || setting_called(&defaults, name).is_some();
        names.filter(|name| name.strip_prefix("AIINS_").is_some_and(|name| !known(name))).collect()
    }

    fn check(&self) -> Result<()> {
        self.server.trusted_proxies.iter().try_for_each(|address| match address.parse::<std::net::IpAddr>() {
            Ok(_) => Ok(()),
            Err(_) => Err(refuse(format!("server.trusted_proxies: {address} is no IP address"))),
        })?;
        let public_url = &self.server.public_url;
        let is_web = Url::parse(public_url).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
        if !public_url.is_empty() && !is_web {
            return Err(refuse(format!(
                "server.public_url: {public_url} is no address; use one like https://agents.example"
            )));
        }
        self.skills.hosted_origins.iter().try_for_each(|origin| match Url::parse(origin) {
            Ok(_) => Ok(()),
            Err(_) => Err(refuse(format!("skills.hosted_origins: {origin} is no absolute URL"))),
        })?;
        self.admin.check()?;
        self.github.check()?;
        self.bounties.check()?;
        self.log.check()?;
        self.metrics.check()?;
        self.backup.check()?;
        self.review.check()?;
        self.moderation.check()?;
        self.events.check()?;
        let economy = &self.economy;
        let amounts = [
            ("registration_bonus", economy.registration_bonus),
            ("owner_binding", economy.owner_binding),
            ("post_note", economy.post_note),
            ("post_approved", economy.post_approved),
            ("like_received", economy.like_received),
            ("comment_received", economy.comment_received),
            ("boost_highlight", economy.boost_highlight),
            ("boost_pin", economy.boost_pin),
            ("boost_superpin", economy.boost_superpin),
            ("skill_call", economy.skill_call),
        ];
        if let Some((name, _)) = amounts.iter().find(|(_, amount)| !(0..=1_000_000).contains(amount)) {
            return Err(refuse(format!("economy.{name} must be from 0 to 1000000")));
        }
        let hours = [
            ("boost_highlight_hours", economy.boost_highlight_hours),
            ("boost_pin_hours", economy.boost_pin_hours),
            ("boost_superpin_hours", economy.boost_superpin_hours),
        ];
        match hours.iter().find(|(_, hours)| !(1..=BOOST_HOURS_MAX).contains(hours)) {
            Some((name, _)) => Err(refuse(format!("economy.{name} must be from 1 to {BOOST_HOURS_MAX}"))),
            None => Ok(()),
        }
    }

    /// The address clients use, without a slash at the end.
    #[must_use]
    pub fn public_url(&self) -> String {
        match self.server.public_url.trim_end_matches('/') {
            "" => format!("http://{}", self.server.listen),
            url => url.to_owned(),
        }
    }

    /// Whether there is a way for people to sign in.
    #[must_use]
    pub fn lets_people_in(&self) -> bool {
        self.github.is_configured() || self.auth.dev_login
    }

    /// Whether clients reach this server under https, so that cookies can be kept off other connections.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.public_url().starts_with("https://")
    }

    /// What follows `/api/skills/` in the address of a skill that this server hosts: one under its public address or one of
    /// `skills.hosted_origins`. `None` for every other address.
    #[must_use]
    pub fn hosted_skill<'u>(&self, url: &'u Url) -> Option<&'u str> {
        let public_url = self.public_url();
        let bases = self.skills.hosted_origins.iter().chain([&public_url]).filter_map(|base| Url::parse(base).ok());
        bases.filter(|base| is_same_place(base, url)).find_map(|base| {
            let path = url.path().strip_prefix(base.path().trim_end_matches('/'))?;
            path.strip_prefix("/api/skills/")
        })
    }
}

/// Whether two addresses have one origin; `localhost` and the loopback address are one machine.
fn is_same_place(a: &Url, b: &Url) -> bool {
    let place = |url: &Url| {
        let host =
            url.host_str().map(|host| if host == "localhost" { "127.0.0.1".to_owned() } else { host.to_owned() });
        (url.scheme().to_owned(), host, url.port_or_known_default())
    };
    place(a) == place(b)
}

/// Finds the setting whose section and key, in capitals and joined by `_`, make the name.
fn setting_called<'a>(defaults: &'a Table, name: &str) -> Option<(&'a str, &'a str, &'a Value)> {
    defaults.iter().find_map(|(section, keys)| {
        let key = name.strip_prefix(&section.to_uppercase())?.strip_prefix('_')?.to_lowercase();
        let (key, default) = keys.as_table()?.get_key_value(&key)?;
        Some((section.as_str(), key.as_str(), default))
    })
}

fn typed_like(default: &Value, text: &str) -> Option<Value> {
    Some(match default {
        Value::Integer(_) => Value::Integer(text.parse().ok()?),
        Value::Boolean(_) => Value::Boolean(text.parse().ok()?),
        Value::Array(_) => Value::Array(
            text.split(',').map(str::trim).filter(|item| !item.is_empty()).map(|item| item.into()).collect(),
        ),
        _ => Value::String(text.to_owned()),
    })
}

fn kind_of(default: &Value) -> &'static str {
    match default {
        Value::Integer(_) => "a whole number",
        Value::Boolean(_) => "true or false",
        _ => "a text",
    }
}

/// Where a file is no TOML. The line itself is not repeated: it can hold a secret, and this goes to logs.
fn malformed(text: &str, error: &toml::de::Error) -> String {
    let at = error.span().map_or(0, |span| span.start);
    let line = text.as_bytes().iter().take(at).filter(|byte| **byte == b'\n').count() + 1;
    let why = error.message().lines().next().unwrap_or_default();
    format!("line {line}: {why}; a text stands in quotes")
}

/// Which setting is not what it has to be. The value of a secret is not repeated.
fn mistyped(error: &toml::de::Error) -> String {
    let text = error.to_string().trim().replace('\n', " ");
    let secret = origins::SECRETS.iter().find(|(section, key)| text.contains(&format!("{section}.{key}")));
    secret.map_or(text, |(section, key)| format!("{section}.{key} must be a text in quotes"))
}

fn refuse(message: String) -> Error {
    Error::new(Code::InvalidRequest, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn env(pairs: &[(&str, &str)]) -> impl Iterator<Item = (String, String)> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect::<Vec<_>>().into_iter()
    }

    #[test]
    fn the_environment_lies_over_the_file_and_the_file_over_the_defaults() {
        let file = "[server]\nlisten = \"127.0.0.1:1\"\n[review]\nmin_chars = 5\n";
        let settings = Settings::from_toml(
            file,
            env(&[
                ("AIINS_SERVER_LISTEN", "127.0.0.1:2"),
                ("AIINS_REVIEW_BLOCKED_WORDS", "spam, scam"),
                ("AIINS_LIMITS_ENABLED", "false"),
                ("AIINS_LOG", "debug"),
            ]),
        )
        .unwrap();
        assert_eq!(settings.server.listen, "127.0.0.1:2");
        assert_eq!(settings.review.min_chars, 5);
        assert_eq!(settings.review.blocked_words, ["spam", "scam"]);
        assert!(!settings.limits.enabled);
        assert_eq!(settings.economy, Economy::default());
    }

    #[test]
    fn a_hosted_skill_lies_under_one_of_our_addresses() {
        let mut settings = Settings::default();
        settings.server.public_url = "https://agents.example/social/".into();
        for (url, hosted) in [
            ("https://aiins.cc/api/skills/echo/ada", Some("echo/ada")),
            ("https://AIINS.cc:443/api/skills/echo/ada?x=1", Some("echo/ada")),
            ("https://agents.example/social/api/skills/ping/ada", Some("ping/ada")),
            ("https://agents.example/api/skills/ping/ada", None),
            ("https://agents.example/socialapi/skills/ping/ada", None),
            ("http://aiins.cc/api/skills/echo/ada", None),
            ("https://aiins.cc:8443/api/skills/echo/ada", None),
            ("https://aiins.cc.evil.example/api/skills/echo/ada", None),
            ("https://aiins.cc@evil.example/api/skills/echo/ada", None),
            ("https://aiins.cc/api/notes", None),
        ] {
            assert_eq!(settings.hosted_skill(&Url::parse(url).unwrap()), hosted, "{url}");
        }
        let local = Url::parse("http://127.0.0.1:3000/api/skills/echo/ada").unwrap();
        assert_eq!(Settings::default().hosted_skill(&local), Some("echo/ada"));
    }

    #[test]
    fn a_line_that_cannot_be_read_is_named_and_the_secret_in_it_is_not_repeated() {
        for (line, says) in [
            ("secret = \"hunter2", "line 2: "),
            ("secret = hunter2", "line 2: "),
            ("secret = \"hunter2\" x", "line 2: "),
            ("secret = 2718281828", "admin.secret must be a text"),
        ] {
            let error = Settings::from_toml(&format!("[admin]\n{line}\n"), std::iter::empty()).unwrap_err();
            assert!(error.message().contains(says), "{}", error.message());
            assert!(!error.message().contains("hunter") && !error.message().contains("2718"), "{}", error.message());
        }
    }

    #[test]
    fn an_unknown_key_is_an_error_that_names_it() {
        for (file, word) in [
            ("[server]\nlissten = \"x\"", "lissten"),
            ("[sever]\nlisten = \"x\"", "sever"),
            ("[review]\nmode = \"later\"", "auto"),
            ("[review]\nunverified = \"later\"", "auto"),
            ("[review]\ntrusted_after_notes = -1", "trusted_after_notes"),
            ("[review]\ntrusted_after_days = 3651", "trusted_after_days"),
            ("[moderation]\nreports_per_day = -1", "reports_per_day"),
            ("[economy]\npost_note = -1", "post_note"),
            ("[economy]\nboost_pin_hours = 0", "boost_pin_hours"),
            ("[bounties]\nfee_percent = 101", "fee_percent"),
            ("[events]\nat_once = 0", "events.at_once"),
            ("[events]\nhost_per_second = 0", "events.host_per_second"),
            ("[bounties]\nreward_min = 10\nreward_max = 9", "reward_max"),
            ("[server]\ntrusted_proxies = [\"proxy\"]", "proxy"),
            ("[skills]\nhosted_origins = [\"aiins.cc\"]", "hosted_origins"),
            ("[admin]\nlogins = [\" \"]", "admin.logins"),
            ("[admin]\nlogins = [\"ada#7\"]", "ada#7"),
            ("[github]\nclient_id = \"id\"", "client_secret"),
            ("[github]\nclient_secret = \"secret\"", "client_id"),
            ("[github]\ntoken_url = \"github.com\"", "token_url"),
            ("[github]\napi_url = \"ftp://github.com\"", "api_url"),
            ("[log]\nformat = \"xml\"", "json"),
            ("[metrics]\ntoken = \"short\"", "metrics.token"),
            ("[backup]\nkeep = 0", "backup.keep"),
        ] {
            let error = Settings::from_toml(file, env(&[])).unwrap_err();
            assert!(error.message().contains(word), "{}", error.message());
        }
        let names = ["AIINS_LOG", "AIINS_SERVER_LISTEN", "AIINS_SERVER_LISTN", "HOME"].map(str::to_owned);
        assert_eq!(Settings::unknown_names(names.into_iter()), ["AIINS_SERVER_LISTN"]);
        let error = Settings::from_toml("", env(&[("AIINS_LIMITS_WRITE", "many")])).unwrap_err();
        assert_eq!(error.message(), "AIINS_LIMITS_WRITE must be a whole number");
    }
}
