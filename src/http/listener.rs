//! The listener: accepts connections, gives each a thread, ends what takes too long, and stops in good order.

use std::collections::VecDeque;
use std::io::{self, Read, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use super::Service;
use super::connection::{self, Workspace};
use super::life::{Life, Limits, Table};
use super::pool::Pool;
use super::wire::{self, Connection, Date};
use crate::base::error::Error;

/// Bytes of large answers that slow clients may make the server hold at once, all together.
const LARGE_BYTES_MAX: usize = 128 << 20;
/// Connections that the kernel keeps for us until we accept them.
const BACKLOG: i32 = 1024;
/// File descriptors for everything that is not a connection: database, logs, calls to others.
const FILES_RESERVED: u64 = 256;
/// Connections that were told 503 and may still read it.
const TURNED_AWAY_MAX: usize = 256;
const TURNED_AWAY_STAY: Duration = Duration::from_secs(1);
/// How long accepting pauses when the machine has no file descriptor or memory for a connection.
const ACCEPT_PAUSE: Duration = Duration::from_millis(20);
const ACCEPT_LOG_INTERVAL: Duration = Duration::from_secs(5);
/// How long threads that were cut off at the end of the grace time get to notice.
const CUT_OFF_GRACE: Duration = Duration::from_millis(200);

/// Where to listen, and how long and how much to put up with.
#[derive(Debug, Clone)]
pub struct Options {
    /// The address; port 0 takes a free one.
    pub address: SocketAddr,
    /// Connections open at once.
    pub connections_max: usize,
    /// From the first byte of a head to its end.
    pub head_timeout: Duration,
    /// From the end of a head to the end of its body.
    pub body_timeout: Duration,
    /// Between an answer and the next request.
    pub idle_timeout: Duration,
    /// For a client to take an answer, or 256 KiB of a longer one.
    pub write_timeout: Duration,
    /// For a new connection to send anything at all.
    pub first_byte_timeout: Duration,
    /// For running requests to end when the listener stops.
    pub shutdown_grace: Duration,
    /// How many connections are open, kept up to date by the listener; the application may show it.
    pub open_connections: Arc<AtomicUsize>,
}

impl Options {
    /// The usual limits.
    #[must_use]
    pub fn new(address: SocketAddr) -> Options {
        Options {
            address,
            connections_max: 4096,
            head_timeout: Duration::from_secs(10),
            body_timeout: Duration::from_secs(30),
            idle_timeout: Duration::from_secs(60),
            write_timeout: Duration::from_secs(30),
            first_byte_timeout: Duration::from_secs(10),
            shutdown_grace: Duration::from_secs(10),
            open_connections: Arc::default(),
        }
    }

    /// How often deadlines are looked at: no later than a quarter of the shortest one.
    fn sweep_interval(&self) -> Duration {
        let limits =
            [self.head_timeout, self.body_timeout, self.idle_timeout, self.write_timeout, self.first_byte_timeout];
        let shortest = limits.into_iter().min().unwrap_or_default();
        (shortest / 4).clamp(Duration::from_millis(5), Duration::from_millis(200))
    }
}

/// A running HTTP server. Dropped without [`Listener::shutdown`], it cuts off what runs.
pub struct Listener {
    server: Arc<Server>,
    pool: Arc<Pool<Job>>,
    address: SocketAddr,
    acceptor: Option<JoinHandle<()>>,
    sweeper: Option<JoinHandle<()>>,
}

/// A connection and its number in the table.
type Job = (u64, Arc<Life>);

impl Options {
    fn eviction(&self) -> Limits {
        Limits { silence: self.first_byte_timeout, head: self.head_timeout, body: self.body_timeout }
    }
}

/// What the threads of a listener share.
pub(super) struct Server {
    pub(super) service: Service,
    pub(super) options: Options,
    table: Table,
    stopping: AtomicBool,
    turned_away: Mutex<VecDeque<(Instant, Arc<Life>)>>,
    /// Bytes of large bodies that are being written.
    large_bytes: AtomicUsize,
    swept_out: (Mutex<bool>, Condvar),
}

impl Listener {
    /// Binds the address and serves from threads of its own.
    ///
    /// # Errors
    /// When the address cannot be bound or no thread can be had.
    pub fn start(options: Options, service: Service) -> io::Result<Listener> {
        Listener::start_on(Bound::to(options.address)?, options, service)
    }

    /// As [`start`](Listener::start), on an address that was taken before; that of the options does not count.
    ///
    /// # Errors
    /// When the threads cannot be started.
    pub fn start_on(bound: Bound, mut options: Options, service: Service) -> io::Result<Listener> {
        let possible = connections_possible();
        if possible < options.connections_max {
            tracing::warn!(
                connections = possible,
                "the limit of file descriptors allows fewer connections than asked for"
            );
            options.connections_max = possible;
        }
        let Bound { listener, address } = bound;
        let server = Arc::new(Server {
            service,
            table: Table::new(Arc::clone(&options.open_connections)),
            options,
            stopping: AtomicBool::new(false),
            large_bytes: AtomicUsize::new(0),
            turned_away: Mutex::default(),
            swept_out: (Mutex::new(false), Condvar::new()),
        });
        let pool = Pool::new();
        let mut started =
            Listener { server: Arc::clone(&server), pool: Arc::clone(&pool), address, acceptor: None, sweeper: None };
        let sweeping = Arc::clone(&server);
        started.sweeper = Some(thread::Builder::new().name("http-sweep".to_owned()).spawn(move || sweeping.sweep())?);
        let accept = move || accept(&listener, &server, &pool);
        started.acceptor = Some(thread::Builder::new().name("http-accept".to_owned()).spawn(accept)?);
        Ok(started)
    }

    /// The address that is listened on, with the port that was taken.
    #[must_use]
    pub fn local_addr(&self) -> SocketAddr {
        self.address
    }

    /// How many connections are open.
    #[must_use]
    pub fn open_connections(&self) -> usize {
        self.server.table.len()
    }

    /// Stops accepting, closes what is idle, refuses what is still arriving, and waits for what runs up to the grace time.
    pub fn shutdown(mut self) {
        let grace = self.server.options.shutdown_grace;
        self.stop(grace);
    }

    fn stop(&mut self, grace: Duration) {
        self.server.stopping.store(true, Ordering::SeqCst);
        if let Some(acceptor) = self.acceptor.take() {
            wake(&acceptor, self.address);
            let _ = acceptor.join();
        }
        self.server.table.stop_waiting();
        let busy = self.pool.close(grace);
        if busy > 0 {
            tracing::warn!(connections = busy, "connections were cut off at the end of the grace time");
            self.server.table.stop_all();
            self.pool.close(CUT_OFF_GRACE);
        }
        *self.server.swept_out.0.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.server.swept_out.1.notify_all();
        if let Some(sweeper) = self.sweeper.take() {
            let _ = sweeper.join();
        }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        if self.acceptor.is_some() || self.sweeper.is_some() {
            self.stop(Duration::ZERO);
        }
    }
}

/// Raises the limit of file descriptors, and returns how many connections it leaves room for.
fn connections_possible() -> usize {
    match rlimit::increase_nofile_limit(u64::MAX) {
        Ok(files) => usize::try_from(files.saturating_sub(FILES_RESERVED).max(files / 2)).unwrap_or(usize::MAX),
        Err(error) => {
            tracing::warn!(%error, "the limit of file descriptors could not be raised");
            usize::MAX
        }
    }
}

/// An address that is taken. Who connects waits until a listener starts on it.
#[derive(Debug)]
pub struct Bound {
    listener: TcpListener,
    address: SocketAddr,
}

impl Bound {
    /// Takes an address; port 0 takes a free one.
    ///
    /// # Errors
    /// When it is taken already, or not this machine's.
    pub fn to(address: SocketAddr) -> io::Result<Bound> {
        use socket2::{Domain, Protocol, Socket, Type};
        let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
        // A restart must not wait for the last connections of the server before it to be forgotten.
        #[cfg(unix)]
        socket.set_reuse_address(true)?;
        socket.bind(&address.into())?;
        // The standard library's 128 is less than a burst of new connections, and what does not fit waits for a second.
        socket.listen(BACKLOG)?;
        let listener = TcpListener::from(socket);
        Ok(Bound { address: listener.local_addr()?, listener })
    }

    /// The address, with the port that was taken.
    #[must_use]
    pub fn local_addr(&self) -> SocketAddr {
        self.address
    }
}

/// Ends the wait for the next connection by being it.
fn wake(acceptor: &JoinHandle<()>, mut address: SocketAddr) {
    if address.ip().is_unspecified() {
        address.set_ip(match address {
            SocketAddr::V4(_) => IpAddr::V4(Ipv4Addr::LOCALHOST),
            SocketAddr::V6(_) => IpAddr::V6(Ipv6Addr::LOCALHOST),
        });
    }
    while !acceptor.is_finished() {
        let _ = TcpStream::connect_timeout(&address, Duration::from_millis(100));
        thread::sleep(Duration::from_millis(1));
    }
}

fn accept(listener: &TcpListener, server: &Arc<Server>, pool: &Arc<Pool<Job>>) {
    let mut date = Date::new();
    let mut logged: Option<Instant> = None;
    loop {
        let accepted = listener.accept();
        if server.is_stopping() {
            return;
        }
        match accepted {
            Ok((stream, peer)) => admit(stream, peer.ip().to_canonical(), server, pool, &mut date),
            Err(error) if matches!(error.kind(), io::ErrorKind::Interrupted | io::ErrorKind::ConnectionAborted) => {}
            Err(error) => {
                if logged.is_none_or(|at| at.elapsed() > ACCEPT_LOG_INTERVAL) {
                    tracing::error!(%error, "no connection can be accepted; trying again");
                    logged = Some(Instant::now());
                }
                // Mostly there are no file descriptors left, and an idle connection has one to give.
                server.table.evict(server.options.eviction());
                thread::sleep(ACCEPT_PAUSE);
            }
        }
    }
}

fn admit(stream: TcpStream, peer: IpAddr, server: &Arc<Server>, pool: &Arc<Pool<Job>>, date: &mut Date) {
    if stream.set_nodelay(true).is_err() {
        return;
    }
    let silence_limit = server.options.first_byte_timeout;
    let has_room = server.table.len() < server.options.connections_max || server.table.evict(server.options.eviction());
    let (id, life) = server.table.insert(stream, peer, silence_limit);
    if !has_room {
        return server.turn_away(id, life, date);
    }
    let served = Arc::clone(server);
    let worker = move || {
        let mut work = Workspace::new();
        move |(id, life): Job| {
            // The place in the table is given back even when this thread panics.
            let _place = Place { table: &served.table, id };
            connection::serve(&served, &life, &mut work);
        }
    };
    if let Err(error) = pool.run((id, Arc::clone(&life)), worker) {
        tracing::error!(%error, "no thread can be had for a connection");
        server.turn_away(id, life, date);
    }
}

/// A place in the table, given back at the end.
struct Place<'a> {
    table: &'a Table,
    id: u64,
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.table.remove(self.id);
    }
}

/// A part of the budget for large answers, given back when it is dropped.
pub(super) struct Held<'s> {
    bytes: usize,
    all: &'s AtomicUsize,
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        self.all.fetch_sub(self.bytes, Ordering::Relaxed);
    }
}

impl Server {
    /// Takes a part of the budget for large answers; `None` when it is used up. One answer alone always fits.
    pub(super) fn hold_large(&self, bytes: usize) -> Option<Held<'_>> {
        let before = self.large_bytes.fetch_add(bytes, Ordering::Relaxed);
        let held = Held { bytes, all: &self.large_bytes };
        (bytes == 0 || before == 0 || before + bytes <= LARGE_BYTES_MAX).then_some(held)
    }

    /// Whether a shutdown has begun.
    pub(super) fn is_stopping(&self) -> bool {
        self.stopping.load(Ordering::SeqCst)
    }

    /// Says 503 to a connection for which there is no thread. This runs where connections are accepted, so it never waits.
    fn turn_away(&self, id: u64, life: Arc<Life>, date: &mut Date) {
        self.table.remove(id);
        let error = Error::unavailable("The server has as many connections as it can serve; try again");
        let response = connection::refusal(&self.service, error, None);
        let mut bytes = Vec::new();
        wire::render(&mut bytes, &response, true, Connection::Closed, date);
        let stream = &life.stream;
        // The answer is far smaller than the empty buffer of a new socket.
        let told = stream.set_nonblocking(true).and_then(|()| { stream }.write_all(&bytes));
        if told.and_then(|()| stream.shutdown(Shutdown::Write)).is_err() {
            return;
        }
        let mut turned_away = self.turned_away.lock().unwrap_or_else(PoisonError::into_inner);
        turned_away.push_back((Instant::now(), life));
        if turned_away.len() > TURNED_AWAY_MAX {
            turned_away.pop_front();
        }
    }

    /// Looks at all deadlines from time to time, until the listener has stopped.
    fn sweep(&self) {
        let interval = self.options.sweep_interval();
        let mut stopped = self.swept_out.0.lock().unwrap_or_else(PoisonError::into_inner);
        while !*stopped {
            stopped = self.swept_out.1.wait_timeout(stopped, interval).unwrap_or_else(PoisonError::into_inner).0;
            self.table.sweep();
            let mut turned_away = self.turned_away.lock().unwrap_or_else(PoisonError::into_inner);
            turned_away.retain(|(since, life)| since.elapsed() < TURNED_AWAY_STAY && is_still_there(&life.stream));
        }
    }
}

/// Forgets what a connection that was turned away has sent, and whether its client is there still.
fn is_still_there(mut stream: &TcpStream) -> bool {
    let mut scratch = [0; 4096];
    // Bounded, so that one eager sender does not keep the sweeper.
    for _ in 0..16 {
        match stream.read(&mut scratch) {
            Ok(0) => return false,
            Ok(_) => {}
            Err(error) => return error.kind() == io::ErrorKind::WouldBlock,
        }
    }
    false
}
