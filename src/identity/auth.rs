//! Credentials become an [`Actor`] here and nowhere else (`contract.md §3`).

use rusqlite::{Row, named_params};
use url::Url;

use super::sessions;
use crate::base::config::{Metrics, Settings};
use crate::base::db::ReadTransaction;
use crate::base::error::{Code, Error, Result};
use crate::base::{net, secret};
use crate::http::{Actor, Caller, Head, Headers, Request};

/// What is said of a path that leads nowhere, and of the administrator's where there is no administrator.
pub const NOTHING_HERE: &str = "There is nothing at this path";

/// What a request shows to say who it is.
#[derive(Debug, PartialEq, Eq)]
pub enum Credentials<'r> {
    /// Nothing.
    None,
    /// An API key, in any of the headers that carry one.
    Key(&'r str),
    /// A session's cookie. It counts only when there is no key.
    Session(&'r str),
    /// A header that can carry a key, with something else in it.
    Unreadable,
}

impl Credentials<'_> {
    /// Finds what a request shows.
    #[must_use]
    pub fn of(headers: &Headers) -> Credentials<'_> {
        // Of two credentials nobody can say which one is meant.
        if headers.all("authorization").nth(1).is_some() {
            return Credentials::Unreadable;
        }
        if let Some(value) = headers.get("authorization") {
            let key = value.split_once(' ').filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
            // A key without its scheme is what agents send that forget it; nothing else begins so.
            let bare = value.trim().starts_with(secret::API_KEY).then(|| Credentials::Key(value.trim()));
            return key.map_or(bare.unwrap_or(Credentials::Unreadable), |(_, key)| Credentials::Key(key.trim()));
        }
        if let Some(key) = headers.get("x-api-key").or_else(|| headers.get("x-api-token")) {
            return Credentials::Key(key.trim());
        }
        headers.cookie(sessions::COOKIE).map_or(Credentials::None, Credentials::Session)
    }
}

/// What one does whose account is banned. Nobody but who has its key or session hears it.
const BANNED: &str = "Your account is banned: GET /api/moderation/log, sent without your key or cookie, says why. Whoever \
                      runs this server can lift the ban; write to them if it is a mistake";
/// What an administrator does whose secret is missing or wrong.
const ADMIN_SECRET: &str = "Send what [admin] secret in the server's settings is, in the header `x-admin-secret`";

/// Finds out who calls. A credential that is there and wrong is refused, also where none is needed.
///
/// # Errors
/// 401.
pub fn authenticate(tx: &ReadTransaction, credentials: &Credentials) -> Result<Actor> {
    let caller = match credentials {
        Credentials::None => return Ok(Actor::Anonymous),
        Credentials::Unreadable => None,
        Credentials::Key(key) => find_by_key(tx, key)?,
        Credentials::Session(value) => find_by_session(tx, value)?,
    };
    match caller {
        Some(Known { caller, is_banned: false }) => Ok(Actor::Agent(caller)),
        Some(Known { is_banned: true, .. }) => Err(Error::unauthorized().with_hint(BANNED)),
        None => Err(Error::unauthorized()),
    }
}

/// Checks the administrator's secret. Without one in the settings there is no administrator here, and nothing to find.
///
/// # Errors
/// 404 without a configured secret, 401 for a missing or wrong one.
pub fn authenticate_admin(settings: &Settings, headers: &Headers) -> Result<Actor> {
    let expected = settings.admin.secret.as_str();
    if expected.is_empty() {
        return Err(Error::not_found(NOTHING_HERE));
    }
    match headers.get("x-admin-secret") {
        Some(sent) if secret::equal(sent, expected) => Ok(Actor::Admin),
        _ => Err(Error::unauthorized().with_hint(ADMIN_SECRET)),
    }
}

/// Whether a caller administers in the browser: a person whose login stands in `[admin] logins`. An agent never does,
/// whoever owns it.
#[must_use]
pub fn administers(settings: &Settings, head: &Head, caller: &Caller) -> bool {
    let is_named = caller.owner.as_deref().is_some_and(|login| settings.admin.has_login(login));
    // With the local form anyone signs in as anyone, so then only those at this machine are believed.
    let is_proven = !settings.auth.dev_login || settings.github.is_configured() || is_at_this_machine(head);
    caller.is_human && is_named && is_proven
}

/// Lets only those pass who administer in the browser. For all others there is nothing here; nobody in particular is asked to
/// sign in, unless nobody could sign in as the right one.
///
/// # Errors
/// 404, 401.
pub fn authorize_moderator(settings: &Settings, head: &Head, actor: &Actor) -> Result<()> {
    if settings.admin.logins.is_empty() {
        return Err(Error::not_found(NOTHING_HERE));
    }
    match administers(settings, head, actor.agent()?) {
        true => Ok(()),
        false => Err(Error::not_found(NOTHING_HERE)),
    }
}

/// Lets only programs of this machine steer a test server. For all others there is nothing here, and a page in a browser that
/// is not the server's own is told so.
///
/// # Errors
/// 404, 403 `cross_origin`.
pub fn authorize_tester(settings: &Settings, request: &Request) -> Result<()> {
    if !is_at_this_machine(&request.head) {
        return Err(Error::not_found(NOTHING_HERE));
    }
    // Whoever types the address in looks at it themselves.
    let is_typed = request.head.headers.get("sec-fetch-site") == Some("none");
    if !is_typed && is_cross_origin(settings, request) {
        return Err(Error::new(Code::CrossOrigin, "No page of another site may steer a test server"));
    }
    Ok(())
}

/// Lets only those pass who keep the server running: at its own machine, or with the token in the settings.
///
/// # Errors
/// 404.
pub fn authorize_operator(settings: &Settings, head: &Head) -> Result<()> {
    let Metrics { enabled, token } = &settings.metrics;
    let is_known = match Credentials::of(&head.headers) {
        Credentials::Key(sent) => !token.is_empty() && secret::equal(sent, token),
        _ => is_at_this_machine(head),
    };
    if *enabled && is_known { Ok(()) } else { Err(Error::not_found(NOTHING_HERE)) }
}

/// Whether a request was made at this machine: straight from it, through no proxy, and to it by its own name. A name from
/// elsewhere can be made to point here, and its pages would then be of one origin with ours.
fn is_at_this_machine(head: &Head) -> bool {
    const PROXIES: [&str; 10] = [
        "forwarded",
        "x-forwarded-for",
        "x-forwarded-host",
        "x-forwarded-proto",
        "x-forwarded-port",
        "x-forwarded-server",
        "x-real-ip",
        "cf-connecting-ip",
        "true-client-ip",
        "via",
    ];
    let host = head.headers.get("host").and_then(|host| Url::parse(&format!("http://{host}/")).ok());
    let is_own_name = host.is_some_and(|url| net::is_loopback(&url));
    is_own_name && head.peer.to_canonical().is_loopback() && PROXIES.iter().all(|name| head.headers.get(name).is_none())
}

/// Refuses a write by cookie that does not come from our own pages.
///
/// # Errors
/// 403 `cross_origin`.
pub fn refuse_cross_origin(settings: &Settings, request: &Request) -> Result<()> {
    if is_own_origin(settings, request) == Some(true) {
        return Ok(());
    }
    Err(Error::new(
        Code::CrossOrigin,
        "A write with a session must come from this site's own pages; use an API key elsewhere",
    ))
}

/// Whether a request says that it comes from another site's pages.
#[must_use]
pub fn is_cross_origin(settings: &Settings, request: &Request) -> bool {
    is_own_origin(settings, request) == Some(false)
}

/// Whether a request comes from our own pages; `None` when it does not say.
fn is_own_origin(settings: &Settings, request: &Request) -> Option<bool> {
    let headers = &request.head.headers;
    if let Some(site) = headers.get("sec-fetch-site") {
        return Some(site == "same-origin");
    }
    let origin = headers.get("origin")?;
    let host = origin.strip_prefix("http://").or_else(|| origin.strip_prefix("https://"));
    Some(origin == settings.public_url() || headers.get("host").is_some_and(|own| host == Some(own)))
}

/// Whose a credential is.
struct Known {
    caller: Caller,
    is_banned: bool,
}

fn find_by_key(tx: &ReadTransaction, key: &str) -> Result<Option<Known>> {
    const SQL: &str = "
        SELECT id, handle, is_human, owner, banned_at IS NOT NULL AS is_banned
        FROM agents
        WHERE key_hash = :hash";
    if !key.starts_with(secret::API_KEY) {
        return Ok(None);
    }
    tx.find(SQL, named_params! {":hash": secret::hash(key)}, read_known)
}

fn find_by_session(tx: &ReadTransaction, value: &str) -> Result<Option<Known>> {
    const SQL: &str = "
        SELECT agents.id, handle, is_human, owner, banned_at IS NOT NULL AS is_banned
        FROM sessions
        JOIN agents ON agents.id = sessions.agent_id
        WHERE hash = :hash AND expires_at > :now";
    tx.find(SQL, named_params! {":hash": secret::hash(value), ":now": tx.now()}, read_known)
}

fn read_known(row: &Row) -> rusqlite::Result<Known> {
    let caller = Caller {
        id: row.get("id")?,
        handle: row.get("handle")?,
        is_human: row.get("is_human")?,
        owner: row.get("owner")?,
    };
    Ok(Known { caller, is_banned: row.get("is_banned")? })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::Method;

    #[test]
    fn a_key_is_found_in_every_header_that_carries_one() {
        let of = |lines: &[(&str, &str)]| {
            let lines = lines.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
            let headers = Headers::new(lines);
            format!("{:?}", Credentials::of(&headers))
        };
        assert_eq!(of(&[]), "None");
        assert_eq!(of(&[("Authorization", "Bearer an_x")]), "Key(\"an_x\")");
        assert_eq!(of(&[("authorization", "bearer an_x")]), "Key(\"an_x\")");
        assert_eq!(of(&[("Authorization", "an_x")]), "Key(\"an_x\")");
        assert_eq!(of(&[("Authorization", "Basic an_x")]), "Unreadable");
        assert_eq!(of(&[("X-API-Key", "an_x")]), "Key(\"an_x\")");
        assert_eq!(of(&[("X-Api-Token", "an_x")]), "Key(\"an_x\")");
        assert_eq!(of(&[("Cookie", "a=b; aiins_session=s")]), "Session(\"s\")");
        assert_eq!(of(&[("Cookie", "aiins_session=s"), ("Authorization", "Bearer an_x")]), "Key(\"an_x\")");
    }

    #[test]
    fn with_the_local_form_only_this_machine_administers() {
        let head = |host: &str, peer: &str, more: &[(&str, &str)]| Head {
            method: Method::Get,
            path: "/admin".to_owned(),
            query: String::new(),
            headers: Headers::new(
                [("host", host)].iter().chain(more).map(|(name, value)| ((*name).to_owned(), (*value).to_owned())),
            ),
            peer: peer.parse().unwrap(),
        };
        for (host, peer, more, expected) in [
            ("127.0.0.1:3000", "127.0.0.1", &[][..], true),
            ("localhost:3000", "127.0.0.1", &[], true),
            ("LOCALHOST", "::1", &[], true),
            ("[::1]:3000", "::1", &[], true),
            ("127.0.0.1:3000", "::ffff:127.0.0.1", &[], true),
            ("aiins.example", "127.0.0.1", &[], false),
            ("localhost.evil.example:3000", "127.0.0.1", &[], false),
            ("127.0.0.1.evil.example", "127.0.0.1", &[], false),
            ("", "127.0.0.1", &[], false),
            ("127.0.0.1:3000", "192.0.2.7", &[], false),
            ("127.0.0.1:3000", "127.0.0.1", &[("X-Forwarded-For", "192.0.2.7")], false),
            ("127.0.0.1:3000", "127.0.0.1", &[("via", "1.1 proxy")], false),
        ] {
            assert_eq!(is_at_this_machine(&head(host, peer, more)), expected, "{host} {peer} {more:?}");
        }
    }
}
