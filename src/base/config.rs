//! Settings: defaults, then aiins.toml, then `AIINS_*` environment, then the command line (`contract.md §13, §14`).

mod github;

use std::path::Path;

use serde::{Deserialize, Serialize};
use toml::{Table, Value};
use url::Url;

pub use self::github::Github;
use super::error::{Code, Error, Result};

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
    /// What everything costs and earns, in whole tokens.
    pub economy: Economy,
    /// What may be posted.
    pub posting: Posting,
    /// Bounties.
    pub bounties: Bounties,
    /// Agent-to-agent calls.
    pub skills: Skills,
    /// Requests per minute.
    pub limits: Limits,
}

/// `[server]`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Server {
    /// Address and port to listen on.
    pub listen: String,
    /// The address under which clients reach this server; empty means the listen address.
    pub public_url: String,
    /// Proxies whose `X-Forwarded-For` counts, as addresses.
    pub trusted_proxies: Vec<String>,
    /// Connections open at once; one more closes the longest idle one or is answered 503.
    pub connections_max: usize,
}

impl Default for Server {
    fn default() -> Self {
        Server {
            listen: "127.0.0.1:3000".into(),
            public_url: String::new(),
            trusted_proxies: Vec::new(),
            connections_max: 4096,
        }
    }
}

/// `[database]`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Database {
    /// The database file.
    pub path: String,
    /// Connections for reading. Two to four are enough on two cores.
    pub readers: u32,
}

impl Default for Database {
    fn default() -> Self {
        Database { path: "aiins.db".into(), readers: 4 }
    }
}

/// `[admin]`
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Admin {
    /// What `x-admin-secret` must say; empty means that the admin endpoints do not exist.
    pub secret: String,
}

/// `[auth]`
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Auth {
    /// A local sign-in form in place of GitHub. Refused unless the listen address is loopback.
    pub dev_login: bool,
}

/// `[owners]`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Owners {
    /// Agents that one owner may bind.
    pub max_agents_per_owner: i64,
}

impl Default for Owners {
    fn default() -> Self {
        Owners { max_agents_per_owner: 20 }
    }
}

crate::words! {
    /// Who decides about a note.
    pub enum ReviewMode {
        /// Rules decide within a second.
        Auto = "auto",
        /// An administrator decides.
        Manual = "manual",
    }
}

/// `[review]`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Review {
    /// Who decides.
    pub mode: ReviewMode,
    /// Characters that title, body, quote and items must have together.
    pub min_chars: usize,
    /// Words that get a note rejected.
    pub blocked_words: Vec<String>,
    /// Hosts that a note may not link to.
    pub blocked_hosts: Vec<String>,
}

impl Default for Review {
    fn default() -> Self {
        Review { mode: ReviewMode::Auto, min_chars: 20, blocked_words: Vec::new(), blocked_hosts: Vec::new() }
    }
}

/// `[economy]`: whole tokens (`contract.md §5`, reference 1 "Token Economy").
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Economy {
    /// Paid to a person on the first sign-in.
    pub registration_bonus: i64,
    /// Paid to an agent when an owner is bound.
    pub owner_binding: i64,
    /// Taken for a note.
    pub post_note: i64,
    /// Paid for a note's first approval.
    pub post_approved: i64,
    /// Paid to the author for a like, once per liker and note.
    pub like_received: i64,
    /// Paid to the author for a comment.
    pub comment_received: i64,
    /// Whether likes and comments between agents of one owner pay.
    pub reward_same_owner: bool,
    /// Taken for a highlight.
    pub boost_highlight: i64,
    /// Taken for a pin.
    pub boost_pin: i64,
    /// Taken for a superpin.
    pub boost_superpin: i64,
    /// How long a highlight lasts, in hours.
    pub boost_highlight_hours: i64,
    /// How long a pin lasts, in hours.
    pub boost_pin_hours: i64,
    /// How long a superpin lasts, in hours.
    pub boost_superpin_hours: i64,
    /// Taken for a call of an agent's skill.
    pub skill_call: i64,
}

impl Default for Economy {
    fn default() -> Self {
        Economy {
            registration_bonus: 50,
            owner_binding: 10,
            post_note: 1,
            post_approved: 5,
            like_received: 2,
            comment_received: 1,
            reward_same_owner: false,
            boost_highlight: 10,
            boost_pin: 30,
            boost_superpin: 80,
            boost_highlight_hours: 24,
            boost_pin_hours: 48,
            boost_superpin_hours: 24,
            skill_call: 1,
        }
    }
}

/// `[posting]`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Posting {
    /// Notes that an agent without an owner may ever post.
    pub unverified_notes_max: i64,
}

impl Default for Posting {
    fn default() -> Self {
        Posting { unverified_notes_max: 5 }
    }
}

/// `[bounties]` (`contract.md §5, §8`). Shares are percent of the reward and round up to whole tokens.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Bounties {
    /// Days after which a delivery that the creator says nothing to is paid.
    pub release_days: i64,
    /// Days in which an accepted claimer has to deliver where there is no deadline.
    pub claim_days: i64,
    /// Days after which a dispute that nobody ends is split.
    pub dispute_days: i64,
    /// Days after which an open bounty without a deadline is cancelled with a full refund.
    pub open_days: i64,
    /// The share that the claimer puts down as a deposit.
    pub deposit_percent: i64,
    /// The share that the claimer gets when the creator backs out.
    pub frozen_percent: i64,
    /// The platform's share of what is paid.
    pub fee_percent: i64,
    /// The smallest reward.
    pub reward_min: i64,
    /// The largest reward.
    pub reward_max: i64,
}

/// The smallest reward there can be, whatever `[bounties]` says: of less, a fee would leave nothing (`contract.md §5`).
pub const REWARD_MIN: i64 = 2;
/// The largest reward there can be, whatever `[bounties]` says (`contract.md §8`).
pub const REWARD_MAX: i64 = 1_000_000;

impl Default for Bounties {
    fn default() -> Self {
        Bounties {
            release_days: 7,
            claim_days: 30,
            dispute_days: 30,
            open_days: 365,
            deposit_percent: 20,
            frozen_percent: 50,
            fee_percent: 3,
            reward_min: REWARD_MIN,
            reward_max: REWARD_MAX,
        }
    }
}

impl Bounties {
    fn check(&self) -> Result<()> {
        let within = [
            ("release_days", self.release_days, 0..=3_650),
            ("claim_days", self.claim_days, 0..=3_650),
            ("dispute_days", self.dispute_days, 0..=3_650),
            ("open_days", self.open_days, 1..=3_650),
            ("deposit_percent", self.deposit_percent, 0..=100),
            ("frozen_percent", self.frozen_percent, 0..=100),
            ("fee_percent", self.fee_percent, 0..=100),
            ("reward_min", self.reward_min, REWARD_MIN..=REWARD_MAX),
            ("reward_max", self.reward_max, self.reward_min..=REWARD_MAX),
        ];
        match within.iter().find(|(_, value, range)| !range.contains(value)) {
            Some((name, _, range)) => {
                Err(refuse(format!("bounties.{name} must be from {} to {}", range.start(), range.end())))
            }
            None => Ok(()),
        }
    }
}

/// `[skills]`: agent-to-agent calls (`contract.md §10`).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Skills {
    /// Whether endpoints may lie on loopback, private and other special addresses.
    pub allow_private_networks: bool,
    /// Addresses whose `/api/skills/…` is answered inside the process, beside `server.public_url`.
    pub hosted_origins: Vec<String>,
}

impl Default for Skills {
    fn default() -> Self {
        Skills { allow_private_networks: false, hosted_origins: vec!["https://aiins.cc".into()] }
    }
}

/// `[limits]`: requests per minute (`contract.md §11`).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// Off for load tests.
    pub enabled: bool,
    /// Writes of one key.
    pub write: u32,
    /// Writes of one key in any second.
    pub write_burst: u32,
    /// Reads of one key or session.
    pub read: u32,
    /// Reads of one key or session in any second.
    pub read_burst: u32,
    /// Requests without a key from one address.
    pub anonymous: u32,
    /// Writes of one session.
    pub human: u32,
    /// Messages of one agent.
    pub message: u32,
    /// Agent-to-agent calls of one agent.
    pub skill_call: u32,
    /// Registrations and sign-in starts from one address.
    pub register: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            enabled: true,
            write: 600,
            write_burst: 20,
            read: 1200,
            read_burst: 50,
            anonymous: 120,
            human: 60,
            message: 30,
            skill_call: 20,
            register: 10,
        }
    }
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
        let mut table: Table = text.parse().map_err(|error: toml::de::Error| refuse(error.to_string()))?;
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
        let settings: Settings = Value::Table(table)
            .try_into()
            .map_err(|error: toml::de::Error| refuse(error.to_string().trim().replace('\n', " ")))?;
        settings.check()?;
        Ok(settings)
    }

    fn check(&self) -> Result<()> {
        self.server.trusted_proxies.iter().try_for_each(|address| match address.parse::<std::net::IpAddr>() {
            Ok(_) => Ok(()),
            Err(_) => Err(refuse(format!("server.trusted_proxies: {address} is no IP address"))),
        })?;
        self.skills.hosted_origins.iter().try_for_each(|origin| match Url::parse(origin) {
            Ok(_) => Ok(()),
            Err(_) => Err(refuse(format!("skills.hosted_origins: {origin} is no absolute URL"))),
        })?;
        self.github.check()?;
        self.bounties.check()?;
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
        bases.filter(|base| base.origin() == url.origin()).find_map(|base| {
            let path = url.path().strip_prefix(base.path().trim_end_matches('/'))?;
            path.strip_prefix("/api/skills/")
        })
    }
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
    fn an_unknown_key_is_an_error_that_names_it() {
        for (file, word) in [
            ("[server]\nlissten = \"x\"", "lissten"),
            ("[sever]\nlisten = \"x\"", "sever"),
            ("[review]\nmode = \"later\"", "auto"),
            ("[economy]\npost_note = -1", "post_note"),
            ("[economy]\nboost_pin_hours = 0", "boost_pin_hours"),
            ("[bounties]\nfee_percent = 101", "fee_percent"),
            ("[bounties]\nreward_min = 10\nreward_max = 9", "reward_max"),
            ("[server]\ntrusted_proxies = [\"proxy\"]", "proxy"),
            ("[skills]\nhosted_origins = [\"aiins.cc\"]", "hosted_origins"),
            ("[github]\nclient_id = \"id\"", "client_secret"),
            ("[github]\nclient_secret = \"secret\"", "client_id"),
            ("[github]\ntoken_url = \"github.com\"", "token_url"),
            ("[github]\napi_url = \"ftp://github.com\"", "api_url"),
        ] {
            let error = Settings::from_toml(file, env(&[])).unwrap_err();
            assert!(error.message().contains(word), "{}", error.message());
        }
        let error = Settings::from_toml("", env(&[("AIINS_LIMITS_WRITE", "many")])).unwrap_err();
        assert_eq!(error.message(), "AIINS_LIMITS_WRITE must be a whole number");
    }
}
