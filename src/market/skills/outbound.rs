//! The client that calls endpoints: looks a name up once, checks every address behind it, connects to those and to nothing
//! else, and gives up after its time (`contract.md §10`).

use std::io::{self, Read};
use std::net::{SocketAddr, ToSocketAddrs};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use ureq::Agent;
use ureq::config::Config;
use ureq::unversioned::transport::{Connector, RustlsConnector};
use url::{Host, Url};

use super::rules::never_called;
use super::running::Place;
use super::wire::{ADDRESSES_MAX, Dial, Pinned};
use crate::base::config;
use crate::base::error::{Code, Error, Result};
use crate::base::net;
use crate::base::tape::{self, Reply, Tape};

/// How long a call may take in all: name, connection, TLS, request and answer.
const TIMEOUT: Duration = Duration::from_secs(15);
/// The largest answer that is passed on, after decoding.
const ANSWER_BYTES_MAX: usize = 1 << 20;
const HEAD_BYTES_MAX: usize = 16 << 10;
const BUFFER_BYTES: usize = 16 << 10;
const USER_AGENT: &str = concat!("Aiins/", env!("CARGO_PKG_VERSION"));

/// Calls endpoints. There is one for each store.
#[derive(Debug)]
pub struct Client {
    timeout_millis: AtomicU64,
    tape: Tape,
}

impl Default for Client {
    fn default() -> Client {
        let client = Client { timeout_millis: AtomicU64::new(0), tape: Tape::default() };
        client.set_timeout(TIMEOUT);
        client
    }
}

/// An endpoint with the checked addresses behind its name.
#[derive(Debug)]
pub(super) struct Endpoint {
    url: Url,
    addresses: Vec<SocketAddr>,
}

/// What is sent to an endpoint.
pub(super) struct Message<'a> {
    pub(super) id: &'a str,
    pub(super) timestamp_secs: i64,
    pub(super) signature: &'a str,
    pub(super) body: &'a [u8],
}

impl Message<'_> {
    fn headers(&self) -> [(&'static str, String); 4] {
        [
            ("content-type", "application/json".to_owned()),
            ("webhook-id", self.id.to_owned()),
            ("webhook-timestamp", self.timestamp_secs.to_string()),
            ("webhook-signature", self.signature.to_owned()),
        ]
    }
}

/// What an endpoint answered.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) body: Vec<u8>,
}

impl Client {
    /// Changes how long calls from now on may take; a test does not wait for fifteen seconds.
    pub fn set_timeout(&self, timeout: Duration) {
        let millis = u64::try_from(timeout.as_millis()).unwrap_or(u64::MAX);
        self.timeout_millis.store(millis, Ordering::Relaxed);
    }

    /// When a call that begins now has to be over.
    pub(super) fn deadline(&self) -> Instant {
        Instant::now() + Duration::from_millis(self.timeout_millis.load(Ordering::Relaxed))
    }

    /// What is sent, where a test looks at it, and what is answered in others' place.
    #[must_use]
    pub fn tape(&self) -> &Tape {
        &self.tape
    }

    /// As [`resolve`], without asking for the name of what is answered in another's place.
    ///
    /// # Errors
    /// Those of [`resolve`].
    pub(super) fn resolve(
        &self,
        url: Url,
        settings: &config::Skills,
        look_up: impl FnOnce(&str, u16) -> Result<Vec<SocketAddr>>,
    ) -> Result<Endpoint> {
        if self.tape.answers(url.as_str()) {
            return Ok(Endpoint { url, addresses: Vec::new() });
        }
        resolve(url, settings, look_up)
    }

    /// Posts a message.
    ///
    /// # Errors
    /// 502 `skill_unreachable`, with the status where there was one, and 504 `skill_timeout`.
    pub(super) fn post(&self, endpoint: Endpoint, message: &Message, deadline: Instant) -> Result<Answer> {
        let url = endpoint.url.to_string();
        let reply = self.tape.take_answer(&url);
        let is_offline = reply.is_some();
        let outcome = match reply {
            None => self.send(endpoint, message, deadline),
            Some(Reply::Unreachable) => Err(unreachable("no answer came from it")),
            Some(Reply::Timeout) => Err(timed_out()),
            Some(Reply::Answer { status, .. }) if status >= 500 => Err(failed_with(status)),
            Some(Reply::Answer { status, body }) => Ok(Answer { status, body }),
        };
        self.tape.keep(|| tape::Call {
            url,
            headers: message.headers().to_vec(),
            body: message.body.to_vec(),
            status: match &outcome {
                Ok(answer) => Some(answer.status),
                Err(error) => error.details().status_code,
            },
            error: outcome.as_ref().err().map(|error| error.code().as_str().to_owned()),
            is_offline,
        });
        outcome
    }

    fn send(&self, endpoint: Endpoint, message: &Message, deadline: Instant) -> Result<Answer> {
        let config = Config::builder()
            .timeout_global(Some(deadline.saturating_duration_since(Instant::now())))
            .http_status_as_error(false)
            // A redirect leads to an address that nobody checked. It is an answer like any other.
            .max_redirects(0)
            .proxy(None)
            .accept_encoding("identity")
            .user_agent(USER_AGENT)
            .max_idle_connections(0)
            .max_response_header_size(HEAD_BYTES_MAX)
            .input_buffer_size(BUFFER_BYTES)
            .output_buffer_size(BUFFER_BYTES)
            .build();
        let agent = Agent::with_parts(config, Dial.chain(RustlsConnector::default()), Pinned(endpoint.addresses));
        let failed = |error: ureq::Error| failure(&error, deadline);
        let headers = message.headers().into_iter();
        let request =
            headers.fold(agent.post(endpoint.url.as_str()), |request, (name, value)| request.header(name, value));
        let response = request.send(message.body).map_err(failed)?;
        let status = response.status().as_u16();
        if status >= 500 {
            return Err(failed_with(status));
        }
        let mut body = Vec::new();
        // One byte more than is allowed tells an answer that is too long from one that just fits.
        let mut reader = response.into_body().into_reader().take(ANSWER_BYTES_MAX as u64 + 1);
        reader.read_to_end(&mut body).map_err(|error| failed(error.into()))?;
        if body.len() > ANSWER_BYTES_MAX {
            return Err(unreachable("it answered with more than 1 MiB").status_code(status));
        }
        Ok(Answer { status, body })
    }
}

/// Looks up the host of a URL, once, and makes sure that every address it has may be called.
///
/// # Errors
/// 409 for an address that may not be called, 502 for a name that nobody knows, 504 when nobody said so in time.
pub(super) fn resolve(
    url: Url,
    settings: &config::Skills,
    look_up: impl FnOnce(&str, u16) -> Result<Vec<SocketAddr>>,
) -> Result<Endpoint> {
    let port = url.port_or_known_default().unwrap_or_default();
    let mut addresses = match url.host() {
        Some(Host::Domain(name)) => look_up(name, port)?,
        Some(Host::Ipv4(address)) => vec![(address, port).into()],
        Some(Host::Ipv6(address)) => vec![(address, port).into()],
        None => Vec::new(),
    };
    if !settings.allow_private_networks && !addresses.iter().all(|address| net::is_public(address.ip())) {
        return Err(never_called("it lies on a loopback, private or other special address"));
    }
    if addresses.is_empty() {
        return Err(unreachable("its name has no address"));
    }
    addresses.truncate(ADDRESSES_MAX);
    Ok(Endpoint { url, addresses })
}

/// Asks the system for the addresses of a name. The system cannot be hurried, so it is asked on a thread of its own; that
/// thread shares the call's place, so that name servers that hang do not gather threads beyond the number of places.
///
/// # Errors
/// 502 for a name that nobody knows, 504 when nobody said so in time.
pub(super) fn look_up(name: &str, port: u16, deadline: Instant, place: Arc<Place>) -> Result<Vec<SocketAddr>> {
    let (tell, answer) = sync_channel(1);
    let name = name.to_owned();
    let asking = move || {
        let addresses: io::Result<Vec<_>> = (name.as_str(), port).to_socket_addrs().map(Iterator::collect);
        // Nobody listens any more when the time was up.
        let _ = tell.send(addresses);
        drop(place);
    };
    thread::Builder::new()
        .name("aiins-lookup".to_owned())
        .spawn(asking)
        .map_err(|error| Error::unavailable("The machine has no thread left").caused_by(error))?;
    match answer.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
        Ok(addresses) => addresses.map_err(|error| unreachable("its name has no address").caused_by(error)),
        Err(RecvTimeoutError::Timeout) => Err(timed_out()),
        Err(RecvTimeoutError::Disconnected) => Err(Error::internal("a thread that looked a name up is gone")),
    }
}

fn failure(error: &ureq::Error, deadline: Instant) -> Error {
    match error {
        ureq::Error::Timeout(_) => timed_out(),
        _ if Instant::now() >= deadline => timed_out(),
        // The address can hold a secret, and what is said of it here goes to the log.
        ureq::Error::BadUri(_) => unreachable("its address cannot be called"),
        error => unreachable("no answer came from it").caused_by(error.to_string()),
    }
}

fn failed_with(status: u16) -> Error {
    unreachable("it answered with a failure").status_code(status)
}

fn unreachable(why: &'static str) -> Error {
    Error::new(Code::SkillUnreachable, format!("The endpoint of this skill failed, so the call costs nothing: {why}"))
}

fn timed_out() -> Error {
    Error::new(Code::SkillTimeout, "The endpoint of this skill did not answer in time, so the call costs nothing")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;
    use std::net::TcpListener;

    const PUBLIC: &str = "93.184.216.34:80";

    fn addresses(texts: &[&str]) -> Vec<SocketAddr> {
        texts.iter().map(|text| text.parse().unwrap()).collect()
    }

    fn settings(allow_private_networks: bool) -> config::Skills {
        config::Skills { allow_private_networks, ..config::Skills::default() }
    }

    #[test]
    fn one_special_address_among_those_of_a_name_is_enough_to_refuse_it() {
        let url = Url::parse("http://agent.example/").unwrap();
        for (found, status) in [
            (&[PUBLIC][..], 0),
            (&[PUBLIC, "[2606:2800:220:1::1]:80"], 0),
            (&[PUBLIC, "127.0.0.1:80"], 409),
            (&["10.0.0.1:80", PUBLIC], 409),
            (&["169.254.169.254:80"], 409),
            (&["[::ffff:127.0.0.1]:80"], 409),
            (&["[fd00::1]:80"], 409),
            (&["0.0.0.0:80"], 409),
            (&[], 502),
        ] {
            let resolved = resolve(url.clone(), &settings(false), |_, _| Ok(addresses(found)));
            assert_eq!(resolved.err().map_or(0, |error| error.status()), status, "{found:?}");
        }
        for literal in ["http://127.0.0.1/", "http://[::1]/", "http://2130706433/", "http://0x7f.1/"] {
            let resolved = resolve(literal.parse().unwrap(), &settings(false), |_, _| panic!("an address has no name"));
            assert_eq!(resolved.unwrap_err().status(), 409, "{literal}");
        }
    }

    #[test]
    fn a_name_that_turns_private_after_the_check_is_not_asked_again() {
        // The name belongs to nobody, so the system could not resolve it: the call reaches what the one look-up said.
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let mut lookups = 0;
        let mut rebinding = |_: &str, port| {
            lookups += 1;
            Ok(vec![SocketAddr::from((if lookups == 1 { [127, 0, 0, 1] } else { [10, 0, 0, 1] }, port))])
        };
        let url = Url::parse(&format!("http://rebind.invalid:{port}/hook")).unwrap();
        let endpoint = resolve(url, &settings(true), &mut rebinding).unwrap();
        let target = thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut request = [0; 4096];
            let count = stream.read(&mut request).unwrap();
            stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok").unwrap();
            String::from_utf8_lossy(&request[..count]).into_owned()
        });
        let client = Client::default();
        let message = Message { id: "msg_1", timestamp_secs: 1, signature: "v1,", body: b"{}" };
        let answer = client.post(endpoint, &message, client.deadline()).unwrap();
        assert_eq!((answer.status, answer.body.as_slice()), (200, &b"ok"[..]));
        let request = target.join().unwrap();
        assert!(request.starts_with("POST /hook HTTP/1.1\r\n"), "{request}");
        assert!(request.contains(&format!("rebind.invalid:{port}")), "{request}");
        assert_eq!(lookups, 1);
    }
}
