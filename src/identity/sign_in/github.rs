//! The client that asks GitHub who has signed in: at the configured addresses and nowhere else, and with one deadline for
//! all of it.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use oauth2::basic::{BasicClient, BasicErrorResponse, BasicErrorResponseType};
use oauth2::{
    AuthType, AuthUrl, AuthorizationCode, ClientId, ClientSecret, CsrfToken, EndpointNotSet, EndpointSet, HttpRequest,
    HttpResponse, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, RequestTokenError, TokenResponse, TokenUrl,
};
use serde::Deserialize;
use serde_json::Value;
use ureq::Agent;
use ureq::http::StatusCode;

use super::rules::name_of;
use super::{Account, Login};
use crate::base::config::Settings;
use crate::base::error::{Error, Result};

/// How long GitHub has for all answers together.
const TIMEOUT: Duration = Duration::from_secs(10);
/// The largest answer that is read, after decoding.
const ANSWER_BYTES_MAX: u64 = 64 << 10;
const HEAD_BYTES_MAX: usize = 16 << 10;
const USER_AGENT: &str = concat!("Aiins/", env!("CARGO_PKG_VERSION"));
/// What GitHub calls a code that it does not know, that is used up or too old, or that belongs to another verifier.
const BAD_CODE: &str = "bad_verification_code";

/// Asks GitHub. There is one for each store.
#[derive(Debug)]
pub struct Client {
    timeout_millis: AtomicU64,
}

impl Default for Client {
    fn default() -> Client {
        let client = Client { timeout_millis: AtomicU64::new(0) };
        client.set_timeout(TIMEOUT);
        client
    }
}

type App = BasicClient<EndpointSet, EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointSet>;

/// Where to send a browser, and the secret half of the challenge that it takes along.
pub(super) fn authorize_url(settings: &Settings, state: &str, challenge: PkceCodeChallenge) -> Result<String> {
    let (url, _) =
        app(settings)?.authorize_url(|| CsrfToken::new(state.to_owned())).set_pkce_challenge(challenge).url();
    Ok(url.into())
}

/// A new challenge of PKCE, and the verifier that answers it.
pub(super) fn challenge() -> (PkceCodeChallenge, String) {
    let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
    (challenge, verifier.into_secret())
}

fn app(settings: &Settings) -> Result<App> {
    let github = &settings.github;
    let callback = format!("{}/api/auth/callback", settings.public_url());
    let app = BasicClient::new(ClientId::new(github.client_id.clone()))
        .set_client_secret(ClientSecret::new(github.client_secret.clone()))
        .set_auth_uri(AuthUrl::new(github.authorize_url.clone()).map_err(Error::internal)?)
        .set_token_uri(TokenUrl::new(github.token_url.clone()).map_err(Error::internal)?)
        .set_redirect_uri(RedirectUrl::new(callback).map_err(Error::internal)?)
        .set_auth_type(AuthType::RequestBody);
    Ok(app)
}

impl Client {
    /// Changes how long sign-ins from now on may take; a test does not wait for ten seconds.
    pub fn set_timeout(&self, timeout: Duration) {
        let millis = u64::try_from(timeout.as_millis()).unwrap_or(u64::MAX);
        self.timeout_millis.store(millis, Ordering::Relaxed);
    }

    /// The account that a code stands for.
    ///
    /// # Errors
    /// 400 for a code that GitHub does not know, 503 for everything that is not the browser's fault.
    pub(super) fn account_behind(&self, settings: &Settings, code: String, verifier: String) -> Result<Account> {
        let deadline = Instant::now() + Duration::from_millis(self.timeout_millis.load(Ordering::Relaxed));
        let token = app(settings)?
            .exchange_code(AuthorizationCode::new(code))
            .set_pkce_verifier(PkceCodeVerifier::new(verifier))
            .request(&|request| send(request, deadline))
            .map_err(|error| refusal(&error))?;
        let url = format!("{}/user", settings.github.api_url.trim_end_matches('/'));
        let request = ureq::http::Request::get(url)
            .header("authorization", format!("Bearer {}", token.access_token().secret()))
            .header("accept", "application/vnd.github+json")
            .body(Vec::new())
            .map_err(|_| unreadable("a token that fits no header"))?;
        let answer = send(request, deadline).map_err(|error| no_answer(&error))?;
        if answer.status() != StatusCode::OK {
            return Err(unreadable(&format!("status {} where the user was asked for", answer.status().as_u16())));
        }
        read_account(answer.body()).ok_or_else(|| unreadable("an answer that is no user"))
    }
}

/// One request and its answer, whatever its status. A redirect is an answer like any other.
fn send(request: HttpRequest, deadline: Instant) -> Result<HttpResponse, ureq::Error> {
    let left = deadline.saturating_duration_since(Instant::now());
    if left.is_zero() {
        return Err(ureq::Error::Timeout(ureq::Timeout::Global));
    }
    let agent: Agent = Agent::config_builder()
        .timeout_global(Some(left))
        .http_status_as_error(false)
        .max_redirects(0)
        .proxy(None)
        .user_agent(USER_AGENT)
        .max_idle_connections(0)
        .max_response_header_size(HEAD_BYTES_MAX)
        .build()
        .into();
    let answer = if request.body().is_empty() { agent.run(request.map(drop)) } else { agent.run(request) }?;
    let (mut parts, mut body) = answer.into_parts();
    let body = body.with_config().limit(ANSWER_BYTES_MAX).read_to_vec()?;
    // GitHub says with 200 that it refuses a code.
    if parts.status == StatusCode::OK
        && serde_json::from_slice(&body).is_ok_and(|body: Value| body.get("error").is_some())
    {
        parts.status = StatusCode::BAD_REQUEST;
    }
    Ok(HttpResponse::from_parts(parts, body))
}

#[derive(Deserialize)]
struct User {
    id: i64,
    login: String,
    name: Option<String>,
}

fn read_account(body: &[u8]) -> Option<Account> {
    let user: User = serde_json::from_slice(body).ok()?;
    let login = Login::of_github(&user.login)?;
    (user.id > 0).then(|| Account { id: user.id, login, name: user.name.as_deref().and_then(name_of) })
}

/// What became of a code. Nothing of an answer goes to the log but a code of its error, as the rest can hold a token.
fn refusal(error: &RequestTokenError<ureq::Error, BasicErrorResponse>) -> Error {
    match error {
        RequestTokenError::ServerResponse(said) => match said.error() {
            BasicErrorResponseType::InvalidGrant => bad_code(),
            BasicErrorResponseType::Extension(code) if code == BAD_CODE => bad_code(),
            code => refused_settings(code.as_ref()),
        },
        RequestTokenError::Request(error) => no_answer(error),
        RequestTokenError::Parse(..) | RequestTokenError::Other(_) => unreadable("an answer that is no token"),
    }
}

fn bad_code() -> Error {
    Error::invalid("code", "GitHub does not know this sign-in any more; start again")
}

/// GitHub does not take this server for what it says it is.
pub(super) fn refused_settings(code: &str) -> Error {
    let code: String = code.chars().filter(|c| c.is_ascii_graphic()).take(60).collect();
    Error::unavailable("GitHub refuses this server; its operator finds the reason in the log")
        .caused_by(format!("GitHub says {code}: look at [github] and at the OAuth app"))
}

fn no_answer(error: &ureq::Error) -> Error {
    Error::unavailable("GitHub did not answer, so nothing was done; start again").caused_by(error.to_string())
}

fn unreadable(what: &str) -> Error {
    Error::unavailable("GitHub answered with something unexpected, so nothing was done; start again")
        .caused_by(format!("GitHub gave {what}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_has_an_id_and_a_login() {
        let account = |text: &str| read_account(text.as_bytes()).map(|account| (account.id, account.name));
        assert_eq!(account(r#"{"id": 7, "login": "Ada", "name": " A "}"#), Some((7, Some("A".to_owned()))));
        assert_eq!(account(r#"{"id": 7, "login": "ada", "name": null, "type": "User"}"#), Some((7, None)));
        assert_eq!(account(r#"{"id": 7, "login": "ada"}"#), Some((7, None)));
        for bad in [
            "",
            "[]",
            "null",
            r#"{"id": 7}"#,
            r#"{"login": "ada"}"#,
            r#"{"id": "7", "login": "ada"}"#,
            r#"{"id": 0, "login": "ada"}"#,
            r#"{"id": 1.5, "login": "ada"}"#,
            r#"{"id": 7, "login": "a b"}"#,
            r#"{"id": 7, "login": "ada", "name": 1}"#,
        ] {
            assert_eq!(account(bad), None, "{bad}");
        }
    }
}
