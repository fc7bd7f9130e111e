//! Sign-in: people prove with GitHub who they are, and get a session or a token that binds agents to them
//! (`contract.md §3`). Where no GitHub is configured, a local form that asks for a name can stand in for it.
//!
//! Both ways are one: [`begin`] remembers a state and the browser it was given to, [`take`] uses the state up when that
//! browser comes back with it, and [`end`] does what the sign-in was for.

pub mod api;
mod github;
mod pages;
mod rules;
mod store;

pub use self::github::Client;
pub use self::pages::form_page;
pub use self::rules::Next;
pub use super::owners::Login;
use super::{agents, owners, sessions};
use crate::base::clock::{HOUR, MINUTE};
use crate::base::db::WriteTransaction;
use crate::base::error::{Error, Result};
use crate::base::secret;

/// The page that an owner token is brought to, in its query.
pub const REGISTER_PAGE: &str = "/register";
/// How long a sign-in may take (`contract.md §3`).
const LIFE: i64 = 10 * MINUTE;
/// How long a sign-in that took too long is remembered, so that its browser can be told so.
const REMEMBERED: i64 = HOUR;

crate::words! {
    /// What a sign-in is for.
    pub enum Purpose {
        /// A session of the person.
        Session = "session",
        /// A token that binds agents to the person.
        OwnerToken = "owner_token",
    }
}

/// What a sign-in begins with.
#[derive(Debug)]
pub struct NewSignIn {
    /// What it is for.
    pub purpose: Purpose,
    /// Where the browser goes in the end.
    pub next: Option<Next>,
    /// The secret half of PKCE's challenge; `None` for the local form.
    pub verifier: Option<String>,
}

/// What a browser takes along: the state goes to GitHub and back, the cookie stays.
#[derive(Debug)]
pub struct Begun {
    /// The state.
    pub state: String,
    /// The cookie's value.
    pub browser: String,
}

/// Who someone has turned out to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Identity {
    /// An account at GitHub.
    Github(Account),
    /// A login that someone typed into the local form.
    Local(Login),
}

/// An account at GitHub.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// The number that it keeps for ever.
    pub id: i64,
    /// The name that it has now.
    pub login: Login,
    /// The name for people, if it gives one.
    pub name: Option<String>,
}

/// What a sign-in has led to.
#[derive(Debug)]
pub enum Ended {
    /// A session, as the value of its cookie.
    SignedIn(String),
    /// A token that binds agents to the person.
    OwnerToken(owners::OwnerToken),
}

/// Begins a sign-in.
///
/// # Errors
/// Those of the database.
pub fn begin(tx: &WriteTransaction, new: &NewSignIn) -> Result<Begun> {
    let begun = Begun { state: secret::generate(""), browser: secret::generate("") };
    store::insert(tx, new, &begun, tx.now().plus(LIFE))?;
    Ok(begun)
}

/// Uses a state up, for the browser it was given to.
///
/// A refusal here is a good answer of the transaction: the state is used up also when another browser brings it, or brings
/// it too late.
///
/// # Errors
/// Those of the database.
pub fn take(tx: &WriteTransaction, state: &str, browser: Option<&str>) -> Result<Result<NewSignIn>> {
    let Some(taken) = store::take(tx, state)? else {
        return Ok(Err(refused("This sign-in was used already or did not begin here; start again")));
    };
    if browser.is_none_or(|browser| secret::hash(browser) != taken.browser_hash) {
        return Ok(Err(refused("This sign-in began in another browser, or cookies are off; start again")));
    }
    if taken.expires_at <= tx.now() {
        return Ok(Err(refused("This sign-in took longer than 10 minutes; start again")));
    }
    Ok(Ok(taken.sign_in))
}

fn refused(message: &'static str) -> Error {
    Error::invalid("state", message)
}

/// Ends a sign-in: the person gets what it was for. The first session makes their agent record, with the registration bonus.
///
/// `replaced` is the session that the browser had until now.
///
/// # Errors
/// 403 when the person is banned, and then nothing has changed.
pub fn end(tx: &WriteTransaction, who: &Identity, purpose: Purpose, replaced: Option<&str>) -> Result<Ended> {
    let (login, name) = match who {
        Identity::Github(account) => {
            settle_login(tx, account)?;
            (account.login.as_str(), account.name.as_deref())
        }
        Identity::Local(login) => (login.as_str(), Some(login.as_str())),
    };
    match purpose {
        Purpose::Session => {
            let person = agents::sign_in_person(tx, login, name)?;
            if let Some(value) = replaced {
                sessions::close(tx, value)?;
            }
            sessions::open(tx, person).map(Ended::SignedIn)
        }
        Purpose::OwnerToken => {
            // Whoever is banned gets no tokens for further agents either.
            agents::find_person(tx, login)?;
            owners::issue(tx, login).map(Ended::OwnerToken)
        }
    }
}

/// Makes sure that an account's login stands for that account and no other.
///
/// GitHub lets people change their login, and gives a login that nobody has any more to the next one who asks. The person,
/// the agents and the unused tokens of an account follow it to its new login; so a new login is no second registration
/// bonus and no second set of agents. And who comes with a login that another account had gets nothing of what was that
/// one's: it is put aside until its own account shows up again. A login that no account has come with yet, because an
/// administrator issued tokens for it or it was typed into the local form, belongs to the first that does.
fn settle_login(tx: &WriteTransaction, account: &Account) -> Result<()> {
    let login = account.login.folded();
    let known = store::find_login(tx, account.id)?;
    if known.as_deref() == Some(&login) {
        return Ok(());
    }
    if let Some(other) = store::find_account(tx, &login)? {
        let aside = rules::put_aside(&login, other);
        store::set_login(tx, other, &aside)?;
        rename(tx, &login, &aside)?;
    }
    let Some(known) = known else { return store::insert_account(tx, account.id, &login) };
    // Two people cannot become one. The one without an account was typed into the local form.
    let stranger = agents::find_person_even_banned(tx, &login)?;
    if let (Some(stranger), Some(_)) = (stranger, agents::find_person_even_banned(tx, &known)?) {
        rename(tx, &login, &rules::put_aside(&login, stranger))?;
    }
    store::set_login(tx, account.id, &login)?;
    rename(tx, &known, &login)
}

fn rename(tx: &WriteTransaction, from: &str, to: &str) -> Result<()> {
    agents::rename_owner(tx, from, to)?;
    owners::rename(tx, from, to)
}

/// Deletes some of the sign-ins that nobody ended; answers whether there may be more.
///
/// # Errors
/// Those of the database.
pub fn clean(tx: &WriteTransaction) -> Result<bool> {
    store::clean(tx, tx.now().plus(-REMEMBERED))
}

/// Forgets which account at GitHub a login is, and the tokens it has not used, once nobody here goes by it.
///
/// # Errors
/// Those of the database.
pub fn forget_account(tx: &WriteTransaction, login: &str) -> Result<()> {
    let is_used = agents::find_person_even_banned(tx, login)?.is_some() || agents::has_agents(tx, login)?;
    if is_used {
        return Ok(());
    }
    owners::forget(tx, login)?;
    store::delete_account(tx, &login.to_lowercase())
}
