//! `_socket`: sockets, and names of the network.
//!
//! | file        | concept                                                          |
//! |-------------|------------------------------------------------------------------|
//! | `address`   | addresses, as tuples and as the system's bytes                   |
//! | `wait`      | calls that wait: timeouts, signals                               |
//! | `methods`   | the methods of a socket                                          |
//! | `messages`  | messages with control data                                       |
//! | `names`     | names of hosts, services, protocols and interfaces               |
//! | `constants` | numbers of the system's headers                                  |
//!
//! A socket's descriptor is a number that `close` in any thread may replace by -1; a call that is under way goes on with the
//! number that it began with, as with every descriptor in Python.

mod address;
mod constants;
mod messages;
mod methods;
mod names;
mod wait;

use memory::Value;
use runtime::Thread;
use runtime::class::Slots;
use runtime::error::{RESOURCE_WARNING, Raised, Result, type_error, value_error};
use runtime::native::{self, Args, Finalizer};
use runtime::object::cast;
use runtime::ops;
use runtime::system::{numbers, socket as system};
use runtime::types::Str;
use threads::sync::atomic::{AtomicI32, AtomicI64, Ordering};

use crate::support;

pub use names::module::MODULE;

/// A socket. Everything but the descriptor and the timeout changes in `__init__` only.
#[native::class(
    "socket",
    module = "_socket",
    basetype,
    methods(methods::methods, messages::methods),
    slots = slots,
    new = new,
    finalizer = Finalizer { wants: |_| true, run: finalize },
    doc = "socket(family=AF_INET, type=SOCK_STREAM, proto=0) -> socket object\nsocket(family=-1, type=-1, proto=-1, fileno=None) -> socket object\n\nA socket of this family, type and protocol; programs that are started do not\ninherit it.  For a descriptor that is given as fileno, whatever of the three is\nleft out is asked of the system.\n\nWith a timeout, calls raise TimeoutError when it has passed; with a timeout of\nzero they never wait."
)]
pub struct Socket {
    /// -1 when there is none.
    fd: AtomicI32,
    family: AtomicI32,
    kind: AtomicI32,
    protocol: AtomicI32,
    /// Nanoseconds that a call may wait; negative for ever.
    timeout: AtomicI64,
}

impl Socket {
    fn fd(&self) -> i32 {
        self.fd.load(Ordering::Acquire)
    }

    // Relaxed in the following: numbers that stand for themselves.
    fn family(&self) -> i32 {
        self.family.load(Ordering::Relaxed)
    }

    fn protocol(&self) -> i32 {
        self.protocol.load(Ordering::Relaxed)
    }

    fn timeout(&self) -> i64 {
        self.timeout.load(Ordering::Relaxed)
    }
}

/// The timeout of new sockets.
static DEFAULT_TIMEOUT: AtomicI64 = AtomicI64::new(-1);

fn slots(slots: &Slots) {
    slots.init.set(init);
    slots.repr.set(repr);
}

fn new(thread: &mut Thread, class: &Value, _: Args<'_>) -> Result<Value> {
    let payload = Socket {
        fd: AtomicI32::new(-1),
        family: AtomicI32::new(0),
        kind: AtomicI32::new(0),
        protocol: AtomicI32::new(0),
        timeout: AtomicI64::new(DEFAULT_TIMEOUT.load(Ordering::Relaxed)),
    };
    support::make(thread, class, payload)
}

/// An int of C.
fn c_int(thread: &mut Thread, value: &Value) -> Result<i32> {
    i32::try_from(ops::index_i128(thread, value)?)
        .map_err(|_| runtime::error::overflow_error("Python int too large to convert to C int"))
}

fn init(thread: &mut Thread, value: &Value, args: Args<'_>) -> Result<()> {
    const NAMES: [&str; 4] = ["family", "type", "proto", "fileno"];
    let Some(socket) = cast::<Socket>(value) else { return Err(type_error("a socket object is required")) };
    if args.values.len() > 4 {
        let count = args.values.len();
        return Err(type_error(format!("socket() takes at most 4 arguments ({count} given)")));
    }
    let mut bound: [Option<Value>; 4] = [const { None }; 4];
    for (slot, value) in bound.iter_mut().zip(args.positionals()) {
        *slot = Some(value.clone());
    }
    for (key, value) in args.keywords() {
        let text = support::keyword(key);
        match NAMES.iter().position(|&name| name == text) {
            Some(index) if bound[index].is_some() => {
                return Err(type_error(format!(
                    "argument for socket() given by name ('{text}') and position ({})",
                    index + 1
                )));
            }
            Some(index) => bound[index] = Some(value.clone()),
            None => return Err(type_error(format!("socket() got an unexpected keyword argument '{text}'"))),
        }
    }
    let mut numbers = [-1; 3];
    for (number, value) in numbers.iter_mut().zip(&bound) {
        if let Some(value) = value {
            *number = c_int(thread, value)?;
        }
    }
    let [mut family, mut kind, mut protocol] = numbers;
    names::audit(thread, "socket.__new__", |thread| {
        let mut items = vec![value.clone()];
        for number in numbers {
            items.push(runtime::types::int::from_i64(thread, number.into())?);
        }
        Ok(items)
    })?;
    let fd = match bound[3].as_ref().filter(|fd| !fd.is_none()) {
        Some(given) => {
            let fd = c_int(thread, given)?;
            if fd < 0 {
                return Err(value_error("negative file descriptor"));
            }
            let raise = |thread: &mut Thread, error: std::io::Error| support::raise(thread, &error);
            match system::name(fd) {
                Ok(address) if family == -1 => family = address::family_of(&address),
                Err(error) if family == -1 => return Err(raise(thread, error)),
                _ => {}
            }
            if kind == -1 {
                kind = system::option_number(fd, libc::SOL_SOCKET, libc::SO_TYPE)
                    .map_err(|error| raise(thread, error))?;
            }
            if protocol == -1 {
                protocol = system::option_number(fd, libc::SOL_SOCKET, libc::SO_PROTOCOL)
                    .map_err(|error| raise(thread, error))?;
            }
            fd
        }
        None => {
            family = if family == -1 { libc::AF_INET } else { family };
            kind = if kind == -1 { libc::SOCK_STREAM } else { kind };
            protocol = if protocol == -1 { 0 } else { protocol };
            let made = thread.detached(|| system::socket(family, kind, protocol));
            made.map_err(|error| support::raise(thread, &error))?
        }
    };
    set_up(thread, socket.payload(), fd, family, kind, protocol)
}

/// Fills a socket with a descriptor.
fn set_up(thread: &mut Thread, this: &Socket, fd: i32, family: i32, kind: i32, protocol: i32) -> Result<()> {
    this.family.store(family, Ordering::Relaxed);
    this.kind.store(kind & !(libc::SOCK_NONBLOCK | libc::SOCK_CLOEXEC), Ordering::Relaxed);
    this.protocol.store(protocol, Ordering::Relaxed);
    let mut timeout = DEFAULT_TIMEOUT.load(Ordering::Relaxed);
    if kind & libc::SOCK_NONBLOCK != 0 {
        timeout = 0;
    } else if timeout >= 0 {
        system::set_blocking(fd, false).map_err(|error| support::raise(thread, &error))?;
    }
    this.timeout.store(timeout, Ordering::Relaxed);
    this.fd.store(fd, Ordering::Release);
    Ok(())
}

/// A socket of the type itself, for a descriptor.
fn of_descriptor(thread: &mut Thread, fd: i32, family: i32, kind: i32, protocol: i32) -> Result<Value> {
    use runtime::class::Payload;
    let class = Socket::def().value();
    let value = new(thread, &class, Args::none())?;
    if let Some(socket) = cast::<Socket>(&value) {
        set_up(thread, socket.payload(), fd, family, kind, protocol)?;
    }
    Ok(value)
}

fn repr(thread: &mut Thread, value: &Value) -> Result<Value> {
    let Some(socket) = cast::<Socket>(value) else { return Err(type_error("a socket object is required")) };
    let this = socket.payload();
    Str::new(
        thread,
        &format!(
            "<socket object, fd={}, family={}, type={}, proto={}>",
            this.fd(),
            this.family(),
            this.kind.load(Ordering::Relaxed),
            this.protocol()
        ),
    )
}

/// Closes a socket that was forgotten, with a warning.
fn finalize(thread: &mut Thread, value: &Value) {
    let Some(socket) = cast::<Socket>(value) else { return };
    if socket.payload().fd() < 0 {
        return;
    }
    let warned = ops::repr_text(thread, value)
        .and_then(|shown| runtime::hooks::warn(thread, &RESOURCE_WARNING, &format!("unclosed {shown}"), 1));
    if let Err(raised) = warned {
        runtime::hooks::unraisable(thread, raised, None, Some(value));
    }
    let fd = socket.payload().fd.swap(-1, Ordering::AcqRel);
    if fd >= 0 {
        let _ = thread.detached(|| numbers::close(fd));
    }
}

/// A timeout as programs give it, in nanoseconds; -1 for None.
fn timeout_argument(thread: &mut Thread, value: &Value) -> Result<i64> {
    if value.is_none() {
        return Ok(-1);
    }
    let ns = support::nanoseconds(thread, value, support::Rounding::Up)?;
    if ns < 0 {
        return Err(value_error("Timeout value out of range"));
    }
    if ns / 1_000_000 > i64::from(i32::MAX) * 1_000 {
        return Err(runtime::error::overflow_error("timeout doesn't fit into C timeval"));
    }
    Ok(ns)
}

/// A timeout as programs get it.
fn timeout_value(thread: &mut Thread, ns: i64) -> Result<Value> {
    if ns < 0 { Ok(Value::none()) } else { runtime::types::float::new(thread, ns as f64 * 1e-9) }
}

/// The error of a call whose time is over.
fn timed_out() -> Raised {
    runtime::error::timeout_error("timed out")
}
