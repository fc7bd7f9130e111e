//! The connection to an endpoint: to checked addresses only, and with one deadline for everything on it.
//!
//! ureq gives each read and write the time that is left when it begins. One write of its own can be many writes of the
//! system, and a peer that takes a few bytes at a time would get the whole time for each; here it does not.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use ureq::config::Config;
use ureq::http::Uri;
use ureq::unversioned::resolver::{ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{Buffers, ConnectionDetails, Connector, LazyBuffers, NextTimeout, Transport};
use ureq::{Error, Timeout};

/// Addresses tried for one call.
pub(super) const ADDRESSES_MAX: usize = 16;
/// The shortest wait for a connection that the system knows.
const WAIT_MIN: Duration = Duration::from_millis(1);

/// Answers every name with the addresses that were checked, so that no name is looked up a second time.
#[derive(Debug)]
pub(super) struct Pinned(pub(super) Vec<SocketAddr>);

impl Resolver for Pinned {
    fn resolve(&self, _: &Uri, _: &Config, _: NextTimeout) -> Result<ResolvedSocketAddrs, Error> {
        let mut addresses = self.empty();
        for address in self.0.iter().take(ADDRESSES_MAX) {
            addresses.push(*address);
        }
        Ok(addresses)
    }
}

/// Opens connections.
#[derive(Debug)]
pub(super) struct Dial;

impl Connector<()> for Dial {
    type Out = Wire;

    fn connect(&self, details: &ConnectionDetails, _: Option<()>) -> Result<Option<Wire>, Error> {
        let deadline = Instant::now().checked_add(*details.timeout.after).ok_or(Error::Timeout(Timeout::Global))?;
        let stream = dial(&details.addrs, deadline)?;
        stream.set_nodelay(true)?;
        let (input, output) = (details.config.input_buffer_size(), details.config.output_buffer_size());
        Ok(Some(Wire { stream, buffers: LazyBuffers::new(input, output), deadline }))
    }
}

/// Connects to the first address that answers; each gets its share of the time that is left.
fn dial(addresses: &[SocketAddr], deadline: Instant) -> Result<TcpStream, Error> {
    let mut failure = Error::HostNotFound;
    for (address, untried) in addresses.iter().zip((1..=u32::try_from(addresses.len()).unwrap_or(1)).rev()) {
        match TcpStream::connect_timeout(address, (left(deadline)? / untried).max(WAIT_MIN)) {
            Ok(stream) => return Ok(stream),
            Err(error) => failure = Error::Io(error),
        }
    }
    Err(failure)
}

fn left(deadline: Instant) -> Result<Duration, Error> {
    let left = deadline.saturating_duration_since(Instant::now());
    if left.is_zero() { Err(Error::Timeout(Timeout::Global)) } else { Ok(left) }
}

/// An open connection.
#[derive(Debug)]
pub(super) struct Wire {
    stream: TcpStream,
    buffers: LazyBuffers,
    deadline: Instant,
}

impl Transport for Wire {
    fn buffers(&mut self) -> &mut dyn Buffers {
        &mut self.buffers
    }

    fn transmit_output(&mut self, amount: usize, _: NextTimeout) -> Result<(), Error> {
        let mut rest = &self.buffers.output()[..amount];
        while !rest.is_empty() {
            self.stream.set_write_timeout(Some(left(self.deadline)?))?;
            let written = again_if_early((&self.stream).write(rest))?;
            if written == Some(0) {
                return Err(io::Error::from(ErrorKind::WriteZero).into());
            }
            rest = &rest[written.unwrap_or(0)..];
        }
        Ok(())
    }

    fn await_input(&mut self, _: NextTimeout) -> Result<bool, Error> {
        loop {
            self.stream.set_read_timeout(Some(left(self.deadline)?))?;
            let into = self.buffers.input_append_buf();
            if let Some(count) = again_if_early((&self.stream).read(into))? {
                self.buffers.input_appended(count);
                return Ok(count > 0);
            }
        }
    }

    fn is_open(&mut self) -> bool {
        // Every call has a connection of its own; none is kept.
        false
    }
}

/// `None` for a system call that ended without having done anything: the next look at the deadline says whether to go on.
fn again_if_early(outcome: io::Result<usize>) -> io::Result<Option<usize>> {
    match outcome {
        Err(error) if matches!(error.kind(), ErrorKind::Interrupted | ErrorKind::WouldBlock | ErrorKind::TimedOut) => {
            Ok(None)
        }
        outcome => outcome.map(Some),
    }
}
