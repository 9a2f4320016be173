//! Calls that wait: for so long as the socket's timeout allows, and again after signals.

use std::io;
use std::time::{Duration, Instant};

use runtime::Thread;
use runtime::error::Result;
use runtime::system::poll;

use super::timed_out;
use crate::support;

/// How long a call may take.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    until: Option<Instant>,
    /// Whether to wait for the socket before calling: with a timeout, the calls themselves never wait.
    timed: bool,
}

impl Patience {
    /// The patience of a timeout in nanoseconds that begins now.
    pub fn new(timeout_ns: i64) -> Self {
        let timed = timeout_ns > 0;
        let until = u64::try_from(timeout_ns)
            .ok()
            .filter(|_| timed)
            .and_then(|ns| Instant::now().checked_add(Duration::from_nanos(ns)));
        Self { until, timed }
    }

    /// What is left; `None` for ever.
    fn left(self) -> Option<Duration> {
        self.until.map(|until| until.saturating_duration_since(Instant::now()))
    }
}

/// Waits until `fd` has one of `events`, or time is over: false.
///
/// # Errors
/// OSError, what a signal handler raises.
pub fn ready(thread: &mut Thread, fd: i32, events: u16, patience: Patience) -> Result<bool> {
    let found = support::blocking_call(thread, || poll::poll(&[(fd, events)], patience.left()))?;
    Ok(!found.is_empty())
}

fn would_block(error: &io::Error) -> bool {
    matches!(error.raw_os_error(), Some(libc::EAGAIN))
}

/// Calls the system for a socket, after waiting for it if there is a timeout. `writing`: whether it is to take bytes.
///
/// # Errors
/// TimeoutError, OSError, what a signal handler raises.
pub fn call<T>(
    thread: &mut Thread,
    fd: i32,
    writing: bool,
    patience: Patience,
    mut call: impl FnMut() -> io::Result<T>,
) -> Result<T> {
    let events = if writing { libc::POLLOUT } else { libc::POLLIN } as u16;
    loop {
        if patience.timed && !ready(thread, fd, events, patience)? {
            return Err(timed_out());
        }
        match support::blocking(thread, &mut call)? {
            Err(error) if patience.timed && would_block(&error) => {}
            Err(error) => return Err(support::raise(thread, &error)),
            Ok(value) => return Ok(value),
        }
    }
}
