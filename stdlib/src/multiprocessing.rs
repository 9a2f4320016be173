//! `_multiprocessing`: semaphores that processes share.

use std::ffi::CString;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use memory::{Object, Value};
use runtime::Thread;
use runtime::error::{Result, assertion_error, type_error, value_error};
use runtime::native::{self, Args};
use runtime::object::cast;
use runtime::ops;
use runtime::system::semaphore::{self, Named};
use runtime::types::{Dict, DictExt, Str, StrExt, int};
use threads::sync::atomic::{AtomicI32, AtomicU64, Ordering};

use crate::support;

const RECURSIVE_MUTEX: i32 = 0;
const SEMAPHORE: i32 = 1;
/// The most units that a semaphore can have.
const MOST: i64 = i32::MAX as i64;

/// A semaphore, or a lock that its owner may take again.
#[native::class(
    "SemLock",
    module = "_multiprocessing",
    basetype,
    methods(methods),
    new = new,
    init = |namespace| if let Some(most) = Value::from_int(MOST) { namespace.set("SEM_VALUE_MAX", most) },
    doc = "Semaphore/Mutex type"
)]
pub struct SemLock {
    #[untraced]
    semaphore: Named,
    #[untraced]
    name: Option<String>,
    kind: i32,
    most: i32,
    /// How often this process has it.
    count: AtomicI32,
    /// The thread that took it last.
    owner: AtomicU64,
}

impl SemLock {
    fn is_mine(&self, thread: &Thread) -> bool {
        // Relaxed: only this thread stores its own number, and a count that goes with it.
        self.count.load(Ordering::Relaxed) > 0 && self.owner.load(Ordering::Relaxed) == thread.serial()
    }
}

fn text(thread: &mut Thread, value: &Value, function: &str, position: usize) -> Result<String> {
    let _ = thread;
    match cast::<Str>(value) {
        Some(text) => Ok(text.to_string_lossy()),
        None => Err(type_error(format!(
            "{function}() argument {position} must be str, not {}",
            support::class_name(value)
        ))),
    }
}

fn c_name(name: &str) -> Result<CString> {
    CString::new(name).map_err(|_| value_error("embedded null character"))
}

fn make(
    thread: &mut Thread,
    class: &Value,
    semaphore: Named,
    name: Option<String>,
    kind: i32,
    most: i32,
) -> Result<Value> {
    let count = AtomicI32::new(0);
    let owner = AtomicU64::new(0);
    support::make(thread, class, SemLock { semaphore, name, kind, most, count, owner })
}

fn new(thread: &mut Thread, class: &Value, args: Args<'_>) -> Result<Value> {
    const NAMES: [&str; 5] = ["kind", "value", "maxvalue", "name", "unlink"];
    if args.values.len() > 5 {
        let count = args.values.len();
        return Err(type_error(format!("SemLock() takes at most 5 arguments ({count} given)")));
    }
    let mut bound: [Option<Value>; 5] = [const { None }; 5];
    for (slot, value) in bound.iter_mut().zip(args.positionals()) {
        *slot = Some(value.clone());
    }
    for (key, value) in args.keywords() {
        let key = support::keyword(key);
        match NAMES.iter().position(|&name| name == key) {
            Some(index) if bound[index].is_none() => bound[index] = Some(value.clone()),
            Some(index) => {
                return Err(type_error(format!(
                    "argument for SemLock() given by name ('{key}') and position ({})",
                    index + 1
                )));
            }
            None => return Err(type_error(format!("SemLock() got an unexpected keyword argument '{key}'"))),
        }
    }
    let mut values = Vec::new();
    for (index, value) in bound.into_iter().enumerate() {
        values.push(value.ok_or_else(|| {
            type_error(format!("SemLock() missing required argument '{}' (pos {})", NAMES[index], index + 1))
        })?);
    }
    let mut numbers = [0; 3];
    for (number, value) in numbers.iter_mut().zip(&values) {
        *number = i32::try_from(ops::index_i128(thread, value)?)
            .map_err(|_| runtime::error::overflow_error("Python int too large to convert to C int"))?;
    }
    let [kind, value, most] = numbers;
    let name = text(thread, &values[3], "SemLock", 4)?;
    let unlink = ops::is_true(thread, &values[4])?;
    if kind != RECURSIVE_MUTEX && kind != SEMAPHORE {
        return Err(value_error("unrecognized kind"));
    }
    let Ok(value) = u32::try_from(value) else {
        return Err(support::raise_number(thread, libc::EINVAL));
    };
    let system_name = c_name(&name)?;
    let made = thread.detached(|| {
        let made = Named::create(&system_name, value)?;
        if unlink {
            semaphore::unlink(&system_name)?;
        }
        Ok::<_, std::io::Error>(made)
    });
    let semaphore = made.map_err(|error| support::raise(thread, &error))?;
    make(thread, class, semaphore, Some(name).filter(|_| !unlink), kind, most)
}

/// The moment after the epoch at which a wait of so many seconds is over.
fn deadline(thread: &mut Thread, timeout: &Value) -> Result<Duration> {
    let ns = support::nanoseconds(thread, timeout, support::Rounding::Up)?;
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Ok(now + Duration::from_nanos(u64::try_from(ns).unwrap_or(0)))
}

#[native::methods(SemLock, name = "SemLock")]
mod methods {
    use super::*;

    /// Acquire the semaphore/lock.
    #[sig("($self, /, block=True, timeout=None)")]
    pub fn acquire(
        th: &mut Thread,
        lock: &Object<SemLock>,
        block: bool,
        timeout: Option<&Value>,
    ) -> Result<bool> {
        let this = lock.payload();
        if this.kind == RECURSIVE_MUTEX && this.is_mine(th) {
            this.count.fetch_add(1, Ordering::Relaxed);
            return Ok(true);
        }
        let until = match timeout {
            Some(timeout) if block => Some(deadline(th, timeout)?),
            _ => None,
        };
        match this.semaphore.try_wait() {
            Ok(()) => {}
            Err(error) if !matches!(error.raw_os_error(), Some(libc::EAGAIN | libc::EINTR)) => {
                return Err(support::raise(th, &error));
            }
            Err(_) if !block => return Ok(false),
            Err(_) => match support::blocking(th, || this.semaphore.wait(until))? {
                Ok(()) => {}
                Err(error) if error.raw_os_error() == Some(libc::ETIMEDOUT) => return Ok(false),
                Err(error) => return Err(support::raise(th, &error)),
            },
        }
        this.owner.store(th.serial(), Ordering::Relaxed);
        this.count.fetch_add(1, Ordering::Relaxed);
        Ok(true)
    }

    /// Release the semaphore/lock.
    pub fn release(th: &mut Thread, lock: &Object<SemLock>) -> Result<()> {
        let this = lock.payload();
        if this.kind == RECURSIVE_MUTEX {
            if !this.is_mine(th) {
                return Err(assertion_error("attempt to release recursive lock not owned by thread"));
            }
            if this.count.load(Ordering::Relaxed) > 1 {
                this.count.fetch_sub(1, Ordering::Relaxed);
                return Ok(());
            }
        } else {
            let value = this.semaphore.value().map_err(|error| support::raise(th, &error))?;
            if value >= this.most {
                return Err(value_error("semaphore or lock released too many times"));
            }
        }
        // Before the unit is there for others: who takes it counts after that.
        this.count.fetch_sub(1, Ordering::Relaxed);
        this.semaphore.post().map_err(|error| {
            this.count.fetch_add(1, Ordering::Relaxed);
            support::raise(th, &error)
        })
    }

    /// Enter the semaphore/lock.
    pub fn __enter__(th: &mut Thread, lock: &Object<SemLock>) -> Result<bool> {
        acquire(th, lock, true, None)
    }

    /// Exit the semaphore/lock.
    #[sig("($self, exc_type=None, exc_value=None, exc_tb=None, /)")]
    pub fn __exit__(
        th: &mut Thread,
        lock: &Object<SemLock>,
        exc_type: Option<&Value>,
        exc_value: Option<&Value>,
        exc_tb: Option<&Value>,
    ) -> Result<()> {
        let _ = (exc_type, exc_value, exc_tb);
        release(th, lock)
    }

    /// Num of `acquire()`s minus num of `release()`s for this process.
    pub fn _count(lock: &Object<SemLock>) -> i32 {
        lock.payload().count.load(Ordering::Relaxed)
    }

    /// Whether the lock is owned by this thread.
    pub fn _is_mine(th: &mut Thread, lock: &Object<SemLock>) -> bool {
        lock.payload().is_mine(th)
    }

    /// Get the value of the semaphore.
    pub fn _get_value(th: &mut Thread, lock: &Object<SemLock>) -> Result<i32> {
        let value = lock.payload().semaphore.value().map_err(|error| support::raise(th, &error))?;
        Ok(value.max(0))
    }

    /// Return whether semaphore has value zero.
    pub fn _is_zero(th: &mut Thread, lock: &Object<SemLock>) -> Result<bool> {
        let value = lock.payload().semaphore.value().map_err(|error| support::raise(th, &error))?;
        Ok(value == 0)
    }

    /// Open the semaphore that another process has made, by its name.
    #[class_method]
    #[sig("($type, handle, kind, maxvalue, name, /)")]
    pub fn _rebuild(
        th: &mut Thread,
        class: &Value,
        handle: &Value,
        kind: i32,
        maxvalue: i32,
        name: &Value,
    ) -> Result<Value> {
        if name.is_none() {
            // A number cannot be checked to be a semaphore of this process.
            let _ = handle;
            return Err(value_error("a semaphore without a name cannot be opened in another process"));
        }
        let name = text(th, name, "_rebuild", 4)?;
        let system_name = c_name(&name)?;
        let semaphore =
            th.detached(|| Named::open(&system_name)).map_err(|error| support::raise(th, &error))?;
        make(th, class, semaphore, Some(name), kind, maxvalue)
    }

    /// Rezero the net acquisition count after fork().
    pub fn _after_fork(lock: &Object<SemLock>) {
        lock.payload().count.store(0, Ordering::Relaxed);
    }

    /// a number for the semaphore in this process
    #[getter]
    pub fn handle(lock: &Object<SemLock>) -> usize {
        lock.payload().semaphore.handle()
    }

    /// 0 for a lock that its owner may take again, 1 for a semaphore
    #[getter]
    pub fn kind(lock: &Object<SemLock>) -> i32 {
        lock.payload().kind
    }

    /// the most units that it may have
    #[getter]
    pub fn maxvalue(lock: &Object<SemLock>) -> i32 {
        lock.payload().most
    }

    /// its name, if it has one
    #[getter]
    pub fn name(lock: &Object<SemLock>) -> Option<String> {
        lock.payload().name.clone()
    }
}

#[native::module("_multiprocessing", doc = "", classes(SemLock))]
pub mod module {
    use super::*;
    use runtime::types::module;

    #[init]
    pub fn exec(th: &mut Thread, module: &Value) -> Result<()> {
        let flags = Dict::new(th)?;
        if let Some(flags) = cast::<Dict>(&flags) {
            for name in ["HAVE_SEM_OPEN", "HAVE_SEM_TIMEDWAIT"] {
                let (name, one) = (Str::interned(th, name)?, int::from_i64(th, 1)?);
                flags.set_str(th, &name, one)?;
            }
        }
        module::set(th, module, "flags", flags)
    }

    /// Remove the name of a semaphore.
    #[sig("(name, /)")]
    pub fn sem_unlink(th: &mut Thread, name: &Value) -> Result<()> {
        let name = text(th, name, "sem_unlink", 1)?;
        let name = c_name(&name)?;
        th.detached(|| semaphore::unlink(&name)).map_err(|error| support::raise(th, &error))
    }
}
