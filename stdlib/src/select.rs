//! `select`: waiting for descriptors, by `select`, `poll` and `epoll`.

use std::io;
use std::time::{Duration, Instant};

use memory::{Object, Value};
use runtime::Thread;
use runtime::error::{Result, overflow_error, runtime_error, type_error, value_error};
use runtime::native::{self, Args, Finalizer, Rest};
use runtime::object::cast;
use runtime::ops;
use runtime::system::{numbers, poll as system};
use runtime::types::{List, ListExt, Str, StrExt, Tuple, int, module};
use threads::sync::Mutex;
use threads::sync::atomic::{AtomicBool, AtomicI32, Ordering};

use crate::support::{self, Descriptor, Rounding};

const CONSTANTS: &[(&str, i64)] = &[
    ("EPOLLERR", 8),
    ("EPOLLET", 2147483648),
    ("EPOLLEXCLUSIVE", 268435456),
    ("EPOLLHUP", 16),
    ("EPOLLIN", 1),
    ("EPOLLMSG", 1024),
    ("EPOLLONESHOT", 1073741824),
    ("EPOLLOUT", 4),
    ("EPOLLPRI", 2),
    ("EPOLLRDBAND", 128),
    ("EPOLLRDHUP", 8192),
    ("EPOLLRDNORM", 64),
    ("EPOLLWAKEUP", 536870912),
    ("EPOLLWRBAND", 512),
    ("EPOLLWRNORM", 256),
    ("EPOLL_CLOEXEC", 524288),
    ("PIPE_BUF", 4096),
    ("POLLERR", 8),
    ("POLLHUP", 16),
    ("POLLIN", 1),
    ("POLLMSG", 1024),
    ("POLLNVAL", 32),
    ("POLLOUT", 4),
    ("POLLPRI", 2),
    ("POLLRDBAND", 128),
    ("POLLRDHUP", 8192),
    ("POLLRDNORM", 64),
    ("POLLWRBAND", 512),
    ("POLLWRNORM", 256),
];

/// A moment until which to wait; none for ever.
#[derive(Clone, Copy)]
struct Deadline(Option<Instant>);

impl Deadline {
    fn after(timeout: Option<Duration>) -> Self {
        Self(timeout.and_then(|timeout| Instant::now().checked_add(timeout)))
    }

    fn left(self) -> Option<Duration> {
        self.0.map(|until| until.saturating_duration_since(Instant::now()))
    }
}

/// Waits, and again for what is left of the time after a signal.
fn wait<T>(
    thread: &mut Thread,
    deadline: Deadline,
    mut call: impl FnMut(Option<Duration>) -> io::Result<T>,
) -> Result<T> {
    support::blocking_call(thread, || call(deadline.left()))
}

/// A timeout in seconds or None.
fn seconds_timeout(thread: &mut Thread, timeout: Option<&Value>) -> Result<Option<Duration>> {
    let Some(timeout) = timeout.filter(|timeout| !timeout.is_none()) else { return Ok(None) };
    if !is_number(timeout) {
        return Err(type_error("timeout must be a float or None"));
    }
    let ns = support::nanoseconds(thread, timeout, Rounding::Up)?;
    match u64::try_from(ns) {
        Ok(ns) => Ok(Some(Duration::from_nanos(ns))),
        Err(_) => Err(value_error("timeout must be non-negative")),
    }
}

fn is_number(value: &Value) -> bool {
    let slots = runtime::class::slots_of(value);
    slots.index.get().is_some() || runtime::types::float::to_f64(value).is_some()
}

/// A timeout in milliseconds: None and what is negative waits for ever.
fn milliseconds_timeout(thread: &mut Thread, timeout: Option<&Value>) -> Result<Option<Duration>> {
    let Some(timeout) = timeout.filter(|timeout| !timeout.is_none()) else { return Ok(None) };
    if !is_number(timeout) {
        return Err(type_error("timeout must be an integer or None"));
    }
    let ns = if let Some(ms) = runtime::types::float::to_f64(timeout) {
        if ms.is_nan() {
            return Err(value_error("Invalid value NaN (not a number)"));
        }
        if ms < 0.0 {
            return Ok(None);
        }
        (ms * 1e6).ceil()
    } else {
        ops::index_i128(thread, timeout)? as f64 * 1e6
    };
    if ns.abs() > i32::MAX as f64 * 1e6 {
        return Err(overflow_error("timeout is too large"));
    }
    Ok(if ns < 0.0 { None } else { Some(Duration::from_nanos(ns as u64)) })
}

/// The descriptors of a sequence of objects.
fn descriptors(thread: &mut Thread, sequence: &Value) -> Result<Vec<(i32, Value)>> {
    if !runtime::types::sequence::is_iterable(sequence) {
        return Err(type_error("arguments 1-3 must be sequences"));
    }
    let mut found = Vec::new();
    // `fileno` may change the list, of which the items that are left count.
    let list = match cast::<List>(sequence) {
        Some(_) => sequence.clone(),
        None => {
            let items = ops::to_vec(thread, sequence)?;
            List::new(thread, items)?
        }
    };
    let Some(list) = cast::<List>(&list) else { return Ok(found) };
    let mut index = 0;
    while let Some(value) = list.get(index) {
        index += 1;
        let fd = support::file_descriptor(thread, &value)?;
        if fd >= libc::FD_SETSIZE as i32 {
            return Err(value_error("filedescriptor out of range in select()"));
        }
        found.push((fd, value));
    }
    if found.len() > libc::FD_SETSIZE {
        return Err(value_error("too many file descriptors in select()"));
    }
    Ok(found)
}

/// An object that polls descriptors.
#[native::class("poll", module = "select", methods(poll_methods), disallow_instantiation)]
pub struct Poll {
    /// Descriptors with the events that are asked for, in order of registration.
    #[untraced]
    registered: Mutex<Vec<(i32, u16)>>,
    running: AtomicBool,
}

fn events_argument(thread: &mut Thread, value: Option<&Value>) -> Result<u16> {
    let Some(value) = value else { return Ok((libc::POLLIN | libc::POLLPRI | libc::POLLOUT) as u16) };
    let number = ops::index_i128(thread, value)?;
    u16::try_from(number).map_err(|_| match number < 0 {
        true => value_error("value must be positive"),
        false => overflow_error("Python int too large to convert to C unsigned short"),
    })
}

#[native::methods(Poll, name = "poll")]
mod poll_methods {
    use super::*;

    /// Register a file descriptor with the polling object.
    ///
    ///   fd
    ///     either an integer, or an object with a fileno() method returning an int
    ///   eventmask
    ///     an optional bitmask describing the type of events to check for
    #[sig("($self, fd, eventmask=<unrepresentable>, /)")]
    pub fn register(
        th: &mut Thread,
        poll: &Object<Poll>,
        fd: Descriptor,
        eventmask: Option<&Value>,
    ) -> Result<()> {
        let events = events_argument(th, eventmask)?;
        let mut table = poll.payload().registered.lock();
        match table.iter_mut().find(|(known, _)| *known == fd.0) {
            Some(entry) => entry.1 = events,
            None => table.push((fd.0, events)),
        }
        Ok(())
    }

    /// Modify an already registered file descriptor.
    ///
    ///   fd
    ///     either an integer, or an object with a fileno() method returning an int
    ///   eventmask
    ///     a bitmask describing the type of events to check for
    #[sig("($self, fd, eventmask, /)")]
    pub fn modify(th: &mut Thread, poll: &Object<Poll>, fd: Descriptor, eventmask: &Value) -> Result<()> {
        let events = events_argument(th, Some(eventmask))?;
        let mut table = poll.payload().registered.lock();
        match table.iter_mut().find(|(known, _)| *known == fd.0) {
            Some(entry) => {
                entry.1 = events;
                Ok(())
            }
            None => {
                drop(table);
                Err(support::raise_number(th, libc::ENOENT))
            }
        }
    }

    /// Remove a file descriptor being tracked by the polling object.
    #[sig("($self, fd, /)")]
    pub fn unregister(th: &mut Thread, poll: &Object<Poll>, fd: Descriptor) -> Result<()> {
        let mut table = poll.payload().registered.lock();
        let before = table.len();
        table.retain(|(known, _)| *known != fd.0);
        if table.len() < before {
            return Ok(());
        }
        drop(table);
        let key = int::from_i64(th, fd.0.into())?;
        Err(runtime::error::key_error(key))
    }

    /// Polls the set of registered file descriptors.
    ///
    ///   timeout
    ///     The maximum time to wait in milliseconds, or else None (or a negative
    ///     value) to wait indefinitely.
    ///
    /// Returns a list containing any descriptors that have events or errors to
    /// report, as a list of (fd, event) 2-tuples.
    #[sig("($self, timeout=None, /)")]
    pub fn poll(th: &mut Thread, poll: &Object<Poll>, timeout: Option<&Value>) -> Result<Value> {
        let timeout = milliseconds_timeout(th, timeout)?;
        let this = poll.payload();
        if this.running.swap(true, Ordering::AcqRel) {
            return Err(runtime_error("concurrent poll() invocation"));
        }
        let table = this.registered.lock().clone();
        let found = wait(th, Deadline::after(timeout), |left| system::poll(&table, left));
        this.running.store(false, Ordering::Release);
        let mut values = Vec::new();
        for (fd, events) in found? {
            let pair = vec![int::from_i64(th, fd.into())?, int::from_i64(th, events.into())?];
            values.push(Tuple::new(th, pair)?);
        }
        List::new(th, values)
    }
}

/// An object of the system that polls descriptors.
#[native::class(
    "epoll",
    module = "select",
    basetype,
    methods(epoll_methods),
    new = new_epoll,
    finalizer = Finalizer { wants: |_| true, run: |_, value| drop(close_epoll(value)) },
    doc = "select.epoll(sizehint=-1, flags=0)\n\nReturns an epolling object\n\nsizehint must be a positive integer or -1 for the default size. The\nsizehint is used to optimize internal data structures. It doesn't limit\nthe maximum number of monitored events."
)]
pub struct Epoll {
    /// -1 when closed.
    fd: AtomicI32,
}

fn close_epoll(value: &Value) -> io::Result<()> {
    let Some(epoll) = cast::<Epoll>(value) else { return Ok(()) };
    match epoll.payload().fd.swap(-1, Ordering::AcqRel) {
        fd if fd < 0 => Ok(()),
        fd => numbers::close(fd).map(drop),
    }
}

fn new_epoll(thread: &mut Thread, class: &Value, args: Args<'_>) -> Result<Value> {
    let given = args.positionals();
    if given.len() > 2 {
        return Err(type_error(format!("epoll() takes at most 2 arguments ({} given)", given.len())));
    }
    let (mut hint, mut flags) = (given.first().cloned(), given.get(1).cloned());
    for (key, value) in args.keywords() {
        match cast::<Str>(key).map(|key| key.to_string_lossy()).as_deref() {
            Some("sizehint") => hint = Some(value.clone()),
            Some("flags") => flags = Some(value.clone()),
            other => {
                return Err(type_error(format!(
                    "epoll() got an unexpected keyword argument '{}'",
                    other.unwrap_or_default()
                )));
            }
        }
    }
    let hint = match hint {
        Some(hint) => ops::index_i128(thread, &hint)?,
        None => -1,
    };
    if hint != -1 && hint <= 0 {
        return Err(value_error("sizehint must be positive or -1"));
    }
    let flags = match flags {
        Some(flags) => ops::index_i128(thread, &flags)?,
        None => 0,
    };
    if flags != 0 && flags != i128::from(libc::EPOLL_CLOEXEC) {
        return Err(runtime::error::os_error("invalid flags"));
    }
    let fd = system::epoll_create().map_err(|error| support::raise(thread, &error))?;
    let class = runtime::types::sequence::class_for(class)?;
    runtime::object::new_of(thread, class, Epoll { fd: AtomicI32::new(fd) }).inspect_err(|_| {
        let _ = numbers::close(fd);
    })
}

fn open_epoll(epoll: &Object<Epoll>) -> Result<i32> {
    match epoll.payload().fd.load(Ordering::Acquire) {
        fd if fd < 0 => Err(value_error("I/O operation on closed epoll object")),
        fd => Ok(fd),
    }
}

fn control(
    thread: &mut Thread,
    epoll: &Object<Epoll>,
    operation: i32,
    fd: Descriptor,
    events: u32,
) -> Result<()> {
    let this = open_epoll(epoll)?;
    let result = thread.detached(|| system::epoll_control(this, operation, fd.0, events));
    result.map_err(|error| support::raise(thread, &error))
}

const ALL_EVENTS: i64 = (libc::EPOLLIN | libc::EPOLLPRI | libc::EPOLLOUT) as i64;

#[native::methods(Epoll, name = "epoll")]
mod epoll_methods {
    use super::*;

    /// Create an epoll object from a given control fd.
    #[class_method]
    #[sig("($type, fd, /)")]
    pub fn fromfd(th: &mut Thread, class: &Value, fd: i32) -> Result<Value> {
        let class = runtime::types::sequence::class_for(class)?;
        runtime::object::new_of(th, class, Epoll { fd: AtomicI32::new(fd) })
    }

    /// Close the epoll control file descriptor.
    ///
    /// Further operations on the epoll object will raise an exception.
    pub fn close(th: &mut Thread, epoll: &Object<Epoll>) -> Result<()> {
        close_epoll(&runtime::object::to_value(epoll)).map_err(|error| support::raise(th, &error))
    }

    /// Return the epoll control file descriptor.
    pub fn fileno(epoll: &Object<Epoll>) -> Result<i32> {
        open_epoll(epoll)
    }

    /// True if the epoll handler is closed
    #[getter]
    pub fn closed(epoll: &Object<Epoll>) -> bool {
        epoll.payload().fd.load(Ordering::Acquire) < 0
    }

    /// Registers a new fd or raises an OSError if the fd is already registered.
    ///
    ///   fd
    ///     the target file descriptor of the operation
    ///   eventmask
    ///     a bit set composed of the various EPOLL constants
    ///
    /// The epoll interface supports all file descriptors that support poll.
    #[sig("($self, fd, eventmask=<unrepresentable>)")]
    pub fn register(
        th: &mut Thread,
        epoll: &Object<Epoll>,
        fd: Descriptor,
        eventmask: Option<u32>,
    ) -> Result<()> {
        control(th, epoll, libc::EPOLL_CTL_ADD, fd, eventmask.unwrap_or(ALL_EVENTS as u32))
    }

    /// Modify event mask for a registered file descriptor.
    ///
    ///   fd
    ///     the target file descriptor of the operation
    ///   eventmask
    ///     a bit set composed of the various EPOLL constants
    #[sig("($self, fd, eventmask)")]
    pub fn modify(th: &mut Thread, epoll: &Object<Epoll>, fd: Descriptor, eventmask: u32) -> Result<()> {
        control(th, epoll, libc::EPOLL_CTL_MOD, fd, eventmask)
    }

    /// Remove a registered file descriptor from the epoll object.
    ///
    ///   fd
    ///     the target file descriptor of the operation
    #[sig("($self, fd)")]
    pub fn unregister(th: &mut Thread, epoll: &Object<Epoll>, fd: Descriptor) -> Result<()> {
        control(th, epoll, libc::EPOLL_CTL_DEL, fd, 0)
    }

    /// Wait for events on the epoll file descriptor.
    ///
    ///   timeout
    ///     the maximum time to wait in seconds (as float);
    ///     a timeout of None or -1 makes poll wait indefinitely
    ///   maxevents
    ///     the maximum number of events returned; -1 means no limit
    ///
    /// Returns a list containing any descriptors that have events to report,
    /// as a list of (fd, events) 2-tuples.
    #[sig("($self, timeout=None, maxevents=-1)")]
    pub fn poll(
        th: &mut Thread,
        epoll: &Object<Epoll>,
        timeout: Option<&Value>,
        maxevents: i32,
    ) -> Result<Value> {
        let fd = open_epoll(epoll)?;
        let timeout = match timeout.filter(|timeout| !timeout.is_none()) {
            None => None,
            Some(timeout) if !is_number(timeout) => {
                return Err(type_error("timeout must be a number or None"));
            }
            Some(timeout) => {
                u64::try_from(support::nanoseconds(th, timeout, Rounding::Up)?).ok().map(Duration::from_nanos)
            }
        };
        let most = match maxevents {
            -1 => 1023,
            most if most <= 0 => {
                return Err(value_error(format!("maxevents must be greater than 0, got {most}")));
            }
            most => most as usize,
        };
        let found = wait(th, Deadline::after(timeout), |left| system::epoll_wait(fd, most, left))?;
        let mut values = Vec::new();
        for (fd, events) in found {
            let pair = vec![int::from_i64(th, fd.into())?, int::from_i64(th, events.into())?];
            values.push(Tuple::new(th, pair)?);
        }
        List::new(th, values)
    }

    /// The object itself.
    pub fn __enter__(epoll: &Object<Epoll>) -> Result<Value> {
        open_epoll(epoll)?;
        Ok(runtime::object::to_value(epoll))
    }

    /// Closes it.
    #[sig("($self, *args)", hidden)]
    pub fn __exit__(th: &mut Thread, epoll: &Object<Epoll>, args: Rest<'_>) -> Result<()> {
        let _ = args;
        close(th, epoll)
    }
}

#[native::module(
    "select",
    doc = "This module supports asynchronous I/O on multiple file descriptors.\n\n*** IMPORTANT NOTICE ***\nOn Windows, only sockets are supported; on Unix, all file descriptors.",
    classes(Epoll)
)]
pub(crate) mod functions {
    use super::*;

    /// Sets the constants.
    #[init]
    pub fn exec(th: &mut Thread, module: &Value) -> Result<()> {
        support::constants(th, module, CONSTANTS)?;
        super::module::set(th, module, "error", runtime::error::OS_ERROR.value())
    }

    /// Wait until one or more file descriptors are ready for some kind of I/O.
    ///
    /// The first three arguments are iterables of file descriptors to be waited for:
    /// rlist -- wait until ready for reading
    /// wlist -- wait until ready for writing
    /// xlist -- wait for an "exceptional condition"
    /// If only one kind of condition is required, pass [] for the other lists.
    ///
    /// A file descriptor is either a socket or file object, or a small integer
    /// gotten from a fileno() method call on one of those.
    ///
    /// The optional 4th argument specifies a timeout in seconds; it may be
    /// a floating-point number to specify fractions of seconds.  If it is absent
    /// or None, the call will never time out.
    ///
    /// The return value is a tuple of three lists corresponding to the first three
    /// arguments; each contains the subset of the corresponding file descriptors
    /// that are ready.
    #[sig("(rlist, wlist, xlist, timeout=None, /)")]
    pub fn select(
        th: &mut Thread,
        rlist: &Value,
        wlist: &Value,
        xlist: &Value,
        timeout: Option<&Value>,
    ) -> Result<Value> {
        let timeout = seconds_timeout(th, timeout)?;
        let lists = [descriptors(th, rlist)?, descriptors(th, wlist)?, descriptors(th, xlist)?];
        let numbers: [Vec<i32>; 3] = [0, 1, 2].map(|i: usize| lists[i].iter().map(|(fd, _)| *fd).collect());
        let ready = wait(th, Deadline::after(timeout), |left| system::select(&numbers, left))?;
        let mut values = Vec::new();
        for (list, ready) in lists.iter().zip(&ready) {
            let found =
                list.iter().filter(|(fd, _)| ready.contains(fd)).map(|(_, value)| value.clone()).collect();
            values.push(List::new(th, found)?);
        }
        Tuple::new(th, values)
    }

    /// Returns a polling object.
    ///
    /// This object supports registering and unregistering file descriptors, and then
    /// polling them for I/O events.
    #[sig("()")]
    pub fn poll(th: &mut Thread) -> Result<Value> {
        runtime::object::new(th, Poll { registered: Mutex::new(Vec::new()), running: AtomicBool::new(false) })
    }
}
