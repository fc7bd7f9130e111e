//! Webhooks: signed messages to agents' endpoints. A name is looked up once, every address behind it is checked, the
//! connection goes to those and to nothing else, no redirect is followed, and all of it ends in time (`contract.md §10`).

mod signature;
mod wire;

use std::fmt;
use std::io::{self, Read};
use std::net::{SocketAddr, ToSocketAddrs};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use ureq::config::Config;
use ureq::http::HeaderMap;
use ureq::unversioned::transport::{Connector, RustlsConnector};
use ureq::{Agent, Body};
use url::{Host, Url};

pub use self::signature::{new_secret, sign};
use self::wire::{ADDRESSES_MAX, Dial, Pinned};
use super::error::Error;
use super::net;
use super::tape::{Call, Reply, Tape};

/// Ports below this one belong to mail, shells, name servers and other protocols that no webhook speaks.
const FREE_PORT_MIN: u16 = 1024;
const HEAD_BYTES_MAX: usize = 16 << 10;
const BUFFER_BYTES: usize = 16 << 10;
const USER_AGENT: &str = concat!("Aiins/", env!("CARGO_PKG_VERSION"));

/// How long a message may take in all: name, connection, TLS, request and answer. A test has less of it.
#[derive(Debug)]
pub struct Patience(AtomicU64);

impl Patience {
    /// So much of it.
    #[must_use]
    pub fn of(timeout: Duration) -> Patience {
        let patience = Patience(AtomicU64::new(0));
        patience.set(timeout);
        patience
    }

    /// Changes how long messages from now on may take.
    pub fn set(&self, timeout: Duration) {
        self.0.store(u64::try_from(timeout.as_millis()).unwrap_or(u64::MAX), Ordering::Relaxed);
    }

    /// When a message that is sent now has to be answered.
    #[must_use]
    pub fn deadline(&self) -> Instant {
        Instant::now() + Duration::from_millis(self.0.load(Ordering::Relaxed))
    }
}

/// An endpoint with the checked addresses behind its name.
#[derive(Debug)]
pub struct Endpoint {
    url: Url,
    addresses: Vec<SocketAddr>,
}

/// What is sent to an endpoint, signed already.
#[derive(Debug)]
pub struct Message<'a> {
    /// The same however often it is sent, so that the receiver can tell a second one.
    pub id: &'a str,
    /// When it is sent.
    pub timestamp_secs: i64,
    /// What [`sign`] made of it.
    pub signature: &'a str,
    /// JSON.
    pub body: &'a [u8],
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

/// Why an endpoint gave no answer that could be used.
#[derive(Debug)]
pub enum Failure {
    /// It may not be called, and was not.
    Refused(&'static str),
    /// Nothing came from it, or nothing that one can read. The cause is for the log.
    Unreachable(&'static str, Option<String>),
    /// It took too long.
    TimedOut,
    /// It is ours.
    Ours(Error),
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Failure::Refused(why) => write!(f, "it may not be called: {why}"),
            Failure::Unreachable(why, _) => f.write_str(why),
            Failure::TimedOut => f.write_str("it did not answer in time"),
            Failure::Ours(_) => f.write_str("it could not be called, for a reason of ours"),
        }
    }
}

/// What an endpoint answered. Its body is still to be read, or left alone.
#[derive(Debug)]
pub struct Answer {
    /// Any status.
    pub status: u16,
    /// The head.
    pub headers: HeaderMap,
    body: Body,
    deadline: Instant,
}

impl Answer {
    /// Reads the body, after decoding.
    ///
    /// # Errors
    /// When it is longer than `bytes_max`, is cut off or takes too long.
    pub fn read(self, bytes_max: usize, too_long: &'static str) -> Result<Vec<u8>, Failure> {
        let mut body = Vec::new();
        // One byte more than is allowed tells an answer that is too long from one that just fits.
        let mut reader = self.body.into_reader().take(bytes_max as u64 + 1);
        reader.read_to_end(&mut body).map_err(|error| failure(&error.into(), self.deadline))?;
        if body.len() > bytes_max { Err(Failure::Unreachable(too_long, None)) } else { Ok(body) }
    }
}

/// The address of an endpoint as it is called.
///
/// # Errors
/// For an address that is never called, whatever it resolves to.
pub fn callable(endpoint: &str) -> Result<Url, Failure> {
    let Ok(mut url) = Url::parse(endpoint) else { return Err(Failure::Refused("it is no address")) };
    if !matches!(url.scheme(), "http" | "https") || url.host().is_none() {
        return Err(Failure::Refused("it is neither http nor https"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(Failure::Refused("it holds a user name or password"));
    }
    match url.port_or_known_default() {
        Some(80 | 443 | FREE_PORT_MIN..) => {}
        Some(_) | None => {
            return Err(Failure::Refused("its port is another protocol's; 80, 443 and those from 1024 are open"));
        }
    }
    url.set_fragment(None);
    Ok(url)
}

/// Posts a message, or hears what a test answers in the endpoint's place.
///
/// # Errors
/// When no answer came in time.
pub fn post(tape: &Tape, endpoint: Endpoint, message: &Message, deadline: Instant) -> Result<Answer, Failure> {
    let url = endpoint.url.to_string();
    let reply = tape.take_answer(&url);
    let is_offline = reply.is_some();
    let outcome = match reply {
        None => send(endpoint, message, deadline),
        Some(Reply::Unreachable) => Err(Failure::Unreachable(NO_ANSWER, None)),
        Some(Reply::Timeout) => Err(Failure::TimedOut),
        Some(Reply::Answer { status, body }) => {
            Ok(Answer { status, headers: HeaderMap::new(), body: Body::builder().data(body), deadline })
        }
    };
    tape.keep(|| Call {
        url,
        headers: message.headers().to_vec(),
        body: message.body.to_vec(),
        status: outcome.as_ref().ok().map(|answer| answer.status),
        error: outcome.as_ref().err().map(ToString::to_string),
        is_offline,
    });
    outcome
}

fn send(endpoint: Endpoint, message: &Message, deadline: Instant) -> Result<Answer, Failure> {
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
    let headers = message.headers().into_iter();
    let request = headers.fold(agent.post(endpoint.url.as_str()), |request, (name, value)| request.header(name, value));
    let response = request.send(message.body).map_err(|error| failure(&error, deadline))?;
    let (head, body) = response.into_parts();
    Ok(Answer { status: head.status.as_u16(), headers: head.headers, body, deadline })
}

/// Looks up the host of a URL, once, and makes sure that every address it has may be called. What a test answers in its place
/// is not asked for. A look-up that outlives the deadline keeps the caller's `place`.
///
/// # Errors
/// For an address that may not be called, a name that nobody knows, and when nobody said so in time.
pub fn resolve<P: Send + Sync + 'static>(
    tape: &Tape,
    url: Url,
    allow_private_networks: bool,
    deadline: Instant,
    place: &Arc<P>,
) -> Result<Endpoint, Failure> {
    let look_up = |name: &str, port| look_up(name, port, deadline, Arc::clone(place));
    resolve_with(tape, url, allow_private_networks, look_up)
}

fn resolve_with(
    tape: &Tape,
    url: Url,
    allow_private_networks: bool,
    look_up: impl FnOnce(&str, u16) -> Result<Vec<SocketAddr>, Failure>,
) -> Result<Endpoint, Failure> {
    if tape.answers(url.as_str()) {
        return Ok(Endpoint { url, addresses: Vec::new() });
    }
    let port = url.port_or_known_default().unwrap_or_default();
    let mut addresses = match url.host() {
        Some(Host::Domain(name)) => look_up(name, port)?,
        Some(Host::Ipv4(address)) => vec![(address, port).into()],
        Some(Host::Ipv6(address)) => vec![(address, port).into()],
        None => Vec::new(),
    };
    if !allow_private_networks && !addresses.iter().all(|address| net::is_public(address.ip())) {
        return Err(Failure::Refused("it lies on a loopback, private or other special address"));
    }
    if addresses.is_empty() {
        return Err(Failure::Unreachable(NO_ADDRESS, None));
    }
    addresses.truncate(ADDRESSES_MAX);
    Ok(Endpoint { url, addresses })
}

const NO_ADDRESS: &str = "its name has no address";
const NO_ANSWER: &str = "no answer came from it";

/// Asks the system for the addresses of a name. The system cannot be hurried, so it is asked on a thread of its own; that
/// thread shares the caller's `place`, so that name servers that hang do not gather threads beyond the number of places.
///
/// # Errors
/// For a name that nobody knows, and when nobody said so in time.
fn look_up<P: Send + 'static>(name: &str, port: u16, deadline: Instant, place: P) -> Result<Vec<SocketAddr>, Failure> {
    let (tell, answer) = sync_channel(1);
    let name = name.to_owned();
    let asking = move || {
        let addresses: io::Result<Vec<_>> = (name.as_str(), port).to_socket_addrs().map(Iterator::collect);
        // The place is free by the time the answer is there. Nobody listens any more when the time was up.
        drop(place);
        let _ = tell.send(addresses);
    };
    thread::Builder::new()
        .name("aiins-lookup".to_owned())
        .spawn(asking)
        .map_err(|error| Failure::Ours(Error::unavailable("The machine has no thread left").caused_by(error)))?;
    match answer.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
        Ok(addresses) => addresses.map_err(|error| Failure::Unreachable(NO_ADDRESS, Some(error.to_string()))),
        Err(RecvTimeoutError::Timeout) => Err(Failure::TimedOut),
        Err(RecvTimeoutError::Disconnected) => {
            Err(Failure::Ours(Error::internal("a thread that looked a name up is gone")))
        }
    }
}

fn failure(error: &ureq::Error, deadline: Instant) -> Failure {
    match error {
        ureq::Error::Timeout(_) => Failure::TimedOut,
        _ if Instant::now() >= deadline => Failure::TimedOut,
        // The address can hold a secret, and what is said of it here goes to the log.
        ureq::Error::BadUri(_) => Failure::Unreachable("its address cannot be called", None),
        error => Failure::Unreachable(NO_ANSWER, Some(error.to_string())),
    }
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

    /// 409 for what is refused, 502 for what cannot be reached.
    fn status_of(failure: &Failure) -> u16 {
        match failure {
            Failure::Refused(_) => 409,
            Failure::Unreachable(..) => 502,
            Failure::TimedOut | Failure::Ours(_) => 500,
        }
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
            let resolved = resolve_with(&Tape::default(), url.clone(), false, |_, _| Ok(addresses(found)));
            assert_eq!(resolved.err().map_or(0, |failure| status_of(&failure)), status, "{found:?}");
        }
        for literal in ["http://127.0.0.1/", "http://[::1]/", "http://2130706433/", "http://0x7f.1/"] {
            let resolved =
                resolve_with(&Tape::default(), literal.parse().unwrap(), false, |_, _| panic!("it is no name"));
            assert_eq!(status_of(&resolved.unwrap_err()), 409, "{literal}");
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
        let endpoint = resolve_with(&Tape::default(), url, true, &mut rebinding).unwrap();
        let target = thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut request = [0; 4096];
            let count = stream.read(&mut request).unwrap();
            stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok").unwrap();
            String::from_utf8_lossy(&request[..count]).into_owned()
        });
        let deadline = Patience::of(Duration::from_secs(15)).deadline();
        let message = Message { id: "msg_1", timestamp_secs: 1, signature: "v1,", body: b"{}" };
        let answer = post(&Tape::default(), endpoint, &message, deadline).unwrap();
        assert_eq!((answer.status, answer.read(2, "it is too long").unwrap().as_slice()), (200, &b"ok"[..]));
        let request = target.join().unwrap();
        assert!(request.starts_with("POST /hook HTTP/1.1\r\n"), "{request}");
        assert!(request.contains(&format!("rebind.invalid:{port}")), "{request}");
        assert_eq!(lookups, 1);
    }
}
