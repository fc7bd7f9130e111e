//! Owners: one-time codes that bind an agent to the person behind it.

use rusqlite::named_params;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::base::clock::{HOUR, Timestamp};
use crate::base::config::Settings;
use crate::base::db::{ReadTransaction, WriteTransaction};
use crate::base::error::{Error, Result};
use crate::base::input::Text;
use crate::base::secret;
use crate::http::{Response, WriteContext};

/// How long a token is good for (reference 1: 72 h).
const TOKEN_LIFE: i64 = 72 * HOUR;
/// The longest login that GitHub and its enterprise servers give, and then some.
const LOGIN_CHARS_MAX: usize = 100;
/// The longest login of the local form, which is GitHub's longest.
pub const LOCAL_LOGIN_CHARS_MAX: usize = 39;

/// A person's login, in the letters they write it with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Login(String);

impl Login {
    /// A login as GitHub gives it. It stands in answers and is compared, so anything else is none.
    #[must_use]
    pub fn of_github(text: &str) -> Option<Login> {
        let fits = (1..=LOGIN_CHARS_MAX).contains(&text.len())
            && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
        fits.then(|| Login(text.to_owned()))
    }

    /// A login as someone types it into the local form.
    ///
    /// # Errors
    /// A sentence that goes on from the field's name.
    pub fn typed(text: &str) -> Result<Login, String> {
        let text = Text::<1, LOCAL_LOGIN_CHARS_MAX>::parse(text)?;
        if text.contains(['\n', '\t']) {
            return Err("must be one line".to_owned());
        }
        Ok(Login(text.into_string()))
    }

    /// A login as an administrator names it: one of GitHub's or, where the local form is on, one that can be typed into it.
    ///
    /// # Errors
    /// 400 for what nobody can sign in as.
    pub fn named(settings: &Settings, text: &str) -> Result<Login> {
        let local = || Login::typed(text).ok().filter(|_| settings.auth.dev_login);
        Login::of_github(text.trim()).or_else(local).ok_or_else(|| {
            Error::invalid(
                "ownerHandle",
                "ownerHandle is no GitHub login: it must be up to 100 letters, digits, - and _, without the @",
            )
        })
    }

    /// The login as it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The login as it is compared: GitHub's make no difference between upper and lower case.
    #[must_use]
    pub fn folded(&self) -> String {
        self.0.to_lowercase()
    }
}

/// A token as it is shown once.
#[derive(Debug)]
pub struct OwnerToken {
    /// The code itself.
    pub token: String,
    /// The GitHub login it stands for.
    pub owner: String,
    /// When it stops being good.
    pub expires_at: Timestamp,
}

/// Issues a token for a login. Logins are compared without regard to case, as GitHub does.
///
/// # Errors
/// Those of the database.
pub fn issue(tx: &WriteTransaction, login: &str) -> Result<OwnerToken> {
    const SQL: &str = "INSERT INTO owner_tokens (hash, owner, expires_at) VALUES (:hash, :owner, :expires_at)";
    let token = secret::generate(secret::OWNER_TOKEN);
    let owner = login.to_lowercase();
    let expires_at = tx.now().plus(TOKEN_LIFE);
    tx.run(SQL, named_params! {":hash": secret::hash(&token), ":owner": owner, ":expires_at": expires_at})?;
    Ok(OwnerToken { token, owner, expires_at })
}

/// Has the unused tokens of a login stand for another.
///
/// # Errors
/// Those of the database.
pub fn rename(tx: &WriteTransaction, from: &str, to: &str) -> Result<()> {
    const SQL: &str = "UPDATE owner_tokens SET owner = :to WHERE owner = :from AND used_at IS NULL";
    tx.run(SQL, named_params! {":from": from, ":to": to}).map(drop)
}

/// Forgets the tokens that an owner has not used.
///
/// # Errors
/// Those of the database.
pub fn forget(tx: &WriteTransaction, owner: &str) -> Result<()> {
    const SQL: &str = "DELETE FROM owner_tokens WHERE owner = :owner AND used_at IS NULL";
    tx.run(SQL, named_params! {":owner": owner}).map(drop)
}

/// The login that a token stands for, as long as it is good.
///
/// # Errors
/// Those of the database.
pub fn find_owner(tx: &ReadTransaction, token: &str) -> Result<Option<String>> {
    const SQL: &str = "
        SELECT owner
        FROM owner_tokens
        WHERE hash = :hash AND used_at IS NULL AND expires_at > :now";
    tx.find(SQL, named_params! {":hash": secret::hash(token), ":now": tx.now()}, |row| row.get("owner"))
}

/// Uses a token up and answers whose it was. If the transaction is dropped, the token stays good.
///
/// # Errors
/// 400 for a bad, used or expired one, without telling which.
pub fn redeem(tx: &WriteTransaction, token: &str) -> Result<String> {
    const SQL: &str = "
        UPDATE owner_tokens
        SET used_at = :now
        WHERE hash = :hash AND used_at IS NULL AND expires_at > :now
        RETURNING owner";
    let owner = tx.find(SQL, named_params! {":hash": secret::hash(token), ":now": tx.now()}, |row| row.get("owner"))?;
    owner.ok_or_else(|| {
        Error::invalid(
            "ownerToken",
            "ownerToken is not valid, was used or has expired; get a new one at /api/auth/github",
        )
    })
}

/// `POST /api/owner/token`
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(example = json!({"ownerHandle": "octocat"}))]
pub struct IssueToken {
    owner_handle: Text<1, 100>,
}

/// The answer to an issued token.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct TokenIssued {
    success: bool,
    owner_token: String,
    owner_handle: String,
    expires_at: Timestamp,
}

/// Issues a token, for the administrator.
///
/// # Errors
/// 400 without `ownerHandle`, and for one that is no login.
pub fn post_token(ctx: &WriteContext) -> Result<Response> {
    let body: IssueToken = ctx.request.json()?;
    let login = Login::named(ctx.tx.settings(), &body.owner_handle)?;
    let issued = issue(ctx.tx, login.as_str())?;
    let answer = TokenIssued {
        success: true,
        owner_token: issued.token,
        owner_handle: issued.owner,
        expires_at: issued.expires_at,
    };
    Ok(Response::created(&answer)?.secret())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_login_of_github_is_letters_digits_and_hyphens() {
        for good in ["a", "Octo-Cat", "some-one_corp", "0"] {
            assert_eq!(Login::of_github(good).unwrap().folded(), good.to_lowercase());
        }
        for bad in ["", "a b", "ada#1", "ädä", "a/b", "a\n", "<b>", &"x".repeat(101)] {
            assert!(Login::of_github(bad).is_none(), "{bad:?}");
        }
    }

    #[test]
    fn a_typed_login_is_one_short_line() {
        assert_eq!(Login::typed("  Ada Lovelace ").unwrap().as_str(), "Ada Lovelace");
        for bad in ["", "  ", "a\nb", "a\tb", "a\u{0}", &"x".repeat(40)] {
            assert!(Login::typed(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_login_that_is_named_is_one_that_somebody_can_sign_in_with() {
        let mut settings = Settings::default();
        let named = |settings: &Settings, text| Login::named(settings, text).ok().map(|login| login.folded());
        assert_eq!(named(&settings, " Octo-Cat "), Some("octo-cat".to_owned()));
        for bad in ["", "bad login!", "@octocat", "ada#1", "https://github.com/octocat"] {
            assert_eq!(named(&settings, bad), None, "{bad}");
        }
        settings.auth.dev_login = true;
        assert_eq!(named(&settings, "Ada Lovelace"), Some("ada lovelace".to_owned()));
        assert_eq!(named(&settings, "a\nb"), None);
    }
}
