//! The sections of aiins.toml, each with its defaults.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use super::refuse;
use crate::base::error::Result;

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
    /// Whom to tell of a hole, for `/.well-known/security.txt`: a `mailto:` or `https:` address. Empty for nobody.
    pub security_contact: String,
}

impl Default for Server {
    fn default() -> Self {
        Server {
            listen: "127.0.0.1:3000".into(),
            public_url: String::new(),
            trusted_proxies: Vec::new(),
            connections_max: 4096,
            security_contact: String::new(),
        }
    }
}

impl Server {
    /// Whether an address is that of a proxy whose `X-Forwarded-For` counts.
    #[must_use]
    pub fn trusts(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.trusted_proxies.iter().any(|proxy| proxy.parse() == Ok(address))
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
    /// Leaves the write-ahead log to Litestream, which copies it elsewhere before it copies it into the file.
    pub litestream: bool,
}

impl Default for Database {
    fn default() -> Self {
        Database { path: "aiins.db".into(), readers: 4, litestream: false }
    }
}

/// `[admin]`
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Admin {
    /// What `x-admin-secret` must say; empty means that the admin endpoints do not exist.
    pub secret: String,
    /// GitHub logins of the people who administer in the browser; none means that those pages do not exist.
    pub logins: Vec<String>,
}

impl Admin {
    /// Whether a person with this login, folded as it is kept, administers.
    #[must_use]
    pub fn has_login(&self, login: &str) -> bool {
        self.logins.iter().any(|named| named.trim().to_lowercase() == login)
    }

    pub(super) fn check(&self) -> Result<()> {
        // What has a `#` stands for an account whose login went to another, and must not be named by accident.
        match self.logins.iter().find(|login| login.trim().is_empty() || login.contains(['#', '\n'])) {
            Some(login) => Err(refuse(format!("admin.logins: {login:?} is no GitHub login"))),
            None => Ok(()),
        }
    }
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
    /// Words that get a note rejected, and a comment, a name or a bio refused.
    pub blocked_words: Vec<String>,
    /// Hosts that a note, a comment and a bio may not link to.
    pub blocked_hosts: Vec<String>,
    /// Who decides about notes of agents without an owner, where rules decide about the others.
    pub unverified: ReviewMode,
    /// Public notes that an author's owner needs before rules decide; 0 for none.
    pub trusted_after_notes: i64,
    /// Days that an author's owner has to be known here before rules decide; 0 for none.
    pub trusted_after_days: i64,
}

impl Default for Review {
    fn default() -> Self {
        Review {
            mode: ReviewMode::Auto,
            min_chars: 20,
            blocked_words: Vec::new(),
            blocked_hosts: Vec::new(),
            unverified: ReviewMode::Auto,
            trusted_after_notes: 0,
            trusted_after_days: 0,
        }
    }
}

impl Review {
    /// Whether rules decide about everyone's notes alike, so that nobody has to be looked up.
    #[must_use]
    pub fn trusts_everyone(&self) -> bool {
        self.unverified == ReviewMode::Auto && self.trusted_after_notes == 0 && self.trusted_after_days == 0
    }

    pub(super) fn check(&self) -> Result<()> {
        let within = [
            ("trusted_after_notes", self.trusted_after_notes, 0..=1_000_000),
            ("trusted_after_days", self.trusted_after_days, 0..=3_650),
        ];
        match within.iter().find(|(_, value, range)| !range.contains(value)) {
            Some((name, _, range)) => {
                Err(refuse(format!("review.{name} must be from {} to {}", range.start(), range.end())))
            }
            None => Ok(()),
        }
    }
}

/// `[moderation]`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Moderation {
    /// Reports that one agent or person may make in a day (UTC); 0 for none.
    pub reports_per_day: i64,
}

impl Default for Moderation {
    fn default() -> Self {
        Moderation { reports_per_day: 20 }
    }
}

impl Moderation {
    pub(super) fn check(&self) -> Result<()> {
        match self.reports_per_day {
            0..=10_000 => Ok(()),
            _ => Err(refuse("moderation.reports_per_day must be from 0 to 10000".to_owned())),
        }
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
    pub(super) fn check(&self) -> Result<()> {
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

/// `[events]`: notifications pushed to agents' endpoints.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Events {
    /// Deliveries under way at the same time; at most half of them to endpoints that failed the last time or have taken none
    /// yet.
    pub at_once: usize,
    /// Deliveries to one host that begin in any second.
    pub host_per_second: u32,
}

impl Default for Events {
    fn default() -> Self {
        Events { at_once: 32, host_per_second: 20 }
    }
}

impl Events {
    pub(super) fn check(&self) -> Result<()> {
        if !(1..=256).contains(&self.at_once) {
            return Err(refuse("events.at_once must be from 1 to 256".to_owned()));
        }
        if !(1..=1_000).contains(&self.host_per_second) {
            return Err(refuse("events.host_per_second must be from 1 to 1000".to_owned()));
        }
        Ok(())
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
    /// Parts of its own data that one account fetches.
    pub export: u32,
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
            export: 30,
        }
    }
}
