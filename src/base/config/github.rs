//! `[github]`: the OAuth app with which people sign in (`contract.md §3`).

use std::fmt;

use serde::{Deserialize, Serialize};
use url::Url;

use super::refuse;
use crate::base::error::Result;

/// `[github]`
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Github {
    /// The OAuth app's id; empty means that nobody can sign in with GitHub.
    pub client_id: String,
    /// The OAuth app's secret.
    pub client_secret: String,
    /// Where a browser is sent to sign in.
    pub authorize_url: String,
    /// Where a code becomes a token.
    pub token_url: String,
    /// What `/user` is appended to.
    pub api_url: String,
}

impl Default for Github {
    fn default() -> Self {
        Github {
            client_id: String::new(),
            client_secret: String::new(),
            authorize_url: "https://github.com/login/oauth/authorize".into(),
            token_url: "https://github.com/login/oauth/access_token".into(),
            api_url: "https://api.github.com".into(),
        }
    }
}

/// Everything but the secret, which thus does not get into a log by accident.
impl fmt::Debug for Github {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Github")
            .field("client_id", &self.client_id)
            .field("authorize_url", &self.authorize_url)
            .field("token_url", &self.token_url)
            .field("api_url", &self.api_url)
            .finish_non_exhaustive()
    }
}

impl Github {
    /// Whether people can sign in with GitHub.
    #[must_use]
    pub fn is_configured(&self) -> bool {
        !self.client_id.is_empty()
    }

    pub(super) fn check(&self) -> Result<()> {
        if self.client_id.is_empty() != self.client_secret.is_empty() {
            return Err(refuse("github.client_id and github.client_secret are set together or not at all".to_owned()));
        }
        let urls = [("authorize_url", &self.authorize_url), ("token_url", &self.token_url), ("api_url", &self.api_url)];
        let is_web = |url: &str| Url::parse(url).is_ok_and(|url| matches!(url.scheme(), "http" | "https"));
        match urls.iter().find(|(_, url)| !is_web(url)) {
            Some((name, _)) => Err(refuse(format!("github.{name} must be an absolute http or https URL"))),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_secret_is_not_shown() {
        let github = Github { client_secret: "hush".into(), ..Github::default() };
        assert!(!format!("{github:?}").contains("hush"));
    }
}
