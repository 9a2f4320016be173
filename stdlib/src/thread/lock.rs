//! `lock` and `RLock`: Python's faces of the engines in `threads`.

use std::time::Duration;

use runtime::class::{ClassFlags, TypeExt, class_of};
use runtime::error::{Raised, Result, overflow_error, runtime_error, type_error, value_error};
use runtime::native::{self, Args, Object, Rest, Slots};
use runtime::object::cast;
use runtime::types::{Str, Tuple, TupleExt, int};
use runtime::{Thread, Value};
use threads::{Acquire, SavedCount, Wait};

use crate::support::{self, Rounding};

/// A lock object is a synchronization primitive: `acquire()` waits until nobody holds it, `release()` gives it up, and
/// `locked()` says whether somebody holds it. Any thread may release it. It is made by `threading.Lock()`.
#[native::class(
    "lock",
    module = "_thread",
    weakref,
    methods(lock_methods),
    new = new_lock,
    slots = lock_slots
)]
pub struct LockObject {
    #[untraced]
    engine: threads::Lock,
}

/// A lock that its owner may acquire again.
#[native::class(
    "RLock",
    module = "_thread",
    weakref,
    basetype,
    methods(rlock_methods),
    new = new_rlock,
    slots = rlock_slots
)]
pub struct RLockObject {
    #[untraced]
    engine: threads::RLock,
}

fn lock_slots(slots: &Slots) {
    slots.repr.set(repr_lock);
}

fn rlock_slots(slots: &Slots) {
    slots.repr.set(repr_rlock);
    // The arguments of a subclass are its own business, and were never looked at here.
    slots.init.set(|_, _, _| Ok(()));
}

/// A free lock.
///
/// # Errors
/// MemoryError.
pub fn allocate(thread: &mut Thread) -> Result<Value> {
    runtime::object::new(thread, LockObject { engine: threads::Lock::new() })
}

fn new_lock(thread: &mut Thread, class: &Value, args: Args<'_>) -> Result<Value> {
    let given = args.no_keywords("lock")?.len();
    if given > 0 {
        return Err(type_error(format!("lock expected 0 arguments, got {given}")));
    }
    support::make(thread, class, LockObject { engine: threads::Lock::new() })
}

fn new_rlock(thread: &mut Thread, class: &Value, _: Args<'_>) -> Result<Value> {
    support::make(thread, class, RLockObject { engine: threads::RLock::new() })
}

/// The name that a class has in `repr`: a class written in Python has no module there.
fn shown_class(thread: &Thread, value: &Value) -> String {
    let class = class_of(value);
    if class.payload().flags().contains(ClassFlags::HEAP) { class.name_lossy() } else { class.full_name(thread) }
}

fn state(locked: bool) -> &'static str {
    if locked { "locked" } else { "unlocked" }
}

fn repr_lock(thread: &mut Thread, value: &Value) -> Result<Value> {
    let locked = cast::<LockObject>(value).is_some_and(|lock| lock.payload().engine.locked());
    let text =
        format!("<{} {} object at {:#x}>", state(locked), shown_class(thread, value), value.word().bits());
    Str::new(thread, &text)
}

fn repr_rlock(thread: &mut Thread, value: &Value) -> Result<Value> {
    let Some(lock) = cast::<RLockObject>(value) else { return Err(type_error("an RLock is required")) };
    let engine = &lock.payload().engine;
    let (owner, count) = engine.state().unwrap_or((0, 0));
    let text = format!(
        "<{} {} object owner={owner} count={count} at {:#x}>",
        state(engine.locked()),
        shown_class(thread, value),
        value.word().bits()
    );
    Str::new(thread, &text)
}

/// How long `acquire(blocking, timeout)` is to wait.
///
/// # Errors
/// ValueError, OverflowError, TypeError for arguments that contradict each other or are no times.
pub fn wait_of(thread: &mut Thread, blocking: bool, timeout: Option<&Value>) -> Result<Wait> {
    const UNSET: i64 = -1_000_000_000;
    let ns = match timeout {
        Some(timeout) => support::nanoseconds(thread, timeout, Rounding::Up)?,
        None => UNSET,
    };
    if !blocking && ns != UNSET {
        return Err(value_error("can't specify a timeout for a non-blocking call"));
    }
    if ns < 0 && ns != UNSET {
        return Err(value_error("timeout value must be a non-negative number"));
    }
    Ok(Wait::of_arguments(blocking, u64::try_from(ns).ok().map(Duration::from_nanos)))
}

/// Repeats `acquire` for as long as signals break it off and their handlers raise nothing.
///
/// # Errors
/// What a signal handler raises.
pub fn acquire_with(thread: &mut Thread, mut acquire: impl FnMut(&mut Thread) -> Acquire) -> Result<bool> {
    loop {
        match acquire(thread) {
            Acquire::Acquired => return Ok(true),
            Acquire::WouldBlock | Acquire::TimedOut => return Ok(false),
            Acquire::Interrupted => support::check_signals(thread)?,
        }
    }
}

fn acquire_lock(thread: &mut Thread, lock: &Object<LockObject>, wait: Wait) -> Result<bool> {
    acquire_with(thread, |thread| lock.payload().engine.acquire(thread, wait))
}

fn release_lock(thread: &mut Thread, lock: &Object<LockObject>) -> Result<()> {
    lock.payload().engine.release(thread).map_err(|_| runtime_error("release unlocked lock"))
}

fn acquire_rlock(thread: &mut Thread, lock: &Object<RLockObject>, wait: Wait) -> Result<bool> {
    let mut overflow = false;
    let acquired = acquire_with(thread, |thread| {
        lock.payload().engine.acquire(thread, wait).unwrap_or_else(|_| {
            overflow = true;
            Acquire::WouldBlock
        })
    })?;
    if overflow {
        return Err(overflow_error("Internal lock count overflowed"));
    }
    Ok(acquired)
}

fn not_owned() -> Raised {
    runtime_error("cannot release un-acquired lock")
}

/// Methods of lock.
#[native::methods(LockObject, name = "lock")]
pub mod lock_methods {
    use super::*;

    /// Lock the lock.
    ///
    /// Without arguments this waits until nobody holds the lock, the calling thread included, takes it and returns True. With
    /// a timeout it waits for at most that many seconds, and returns whether it has the lock; without blocking it does not wait
    /// at all.
    #[sig("($self, /, blocking=True, timeout=-1)")]
    pub fn acquire(
        th: &mut Thread,
        lock: &Object<LockObject>,
        blocking: bool,
        timeout: Option<&Value>,
    ) -> Result<bool> {
        let wait = wait_of(th, blocking, timeout)?;
        acquire_lock(th, lock, wait)
    }

    /// An obsolete synonym of acquire().
    #[name("acquire_lock")]
    #[sig("($self, /, blocking=True, timeout=-1)")]
    pub fn acquire_old(
        th: &mut Thread,
        lock: &Object<LockObject>,
        blocking: bool,
        timeout: Option<&Value>,
    ) -> Result<bool> {
        let wait = wait_of(th, blocking, timeout)?;
        acquire_lock(th, lock, wait)
    }

    /// Release the lock, so that a thread that waits for it may take it.
    ///
    /// The lock must be held, by whichever thread.
    pub fn release(th: &mut Thread, lock: &Object<LockObject>) -> Result<()> {
        release_lock(th, lock)
    }

    /// An obsolete synonym of release().
    #[name("release_lock")]
    pub fn release_old(th: &mut Thread, lock: &Object<LockObject>) -> Result<()> {
        release_lock(th, lock)
    }

    /// Return whether somebody holds the lock.
    pub fn locked(lock: &Object<LockObject>) -> bool {
        lock.payload().engine.locked()
    }

    /// An obsolete synonym of locked().
    #[name("locked_lock")]
    pub fn locked_old(lock: &Object<LockObject>) -> bool {
        lock.payload().engine.locked()
    }

    /// Lock the lock.
    pub fn __enter__(th: &mut Thread, lock: &Object<LockObject>) -> Result<bool> {
        acquire_lock(th, lock, Wait::Forever)
    }

    /// Release the lock.
    #[sig("($self, /, *exc_info)")]
    pub fn __exit__(th: &mut Thread, lock: &Object<LockObject>, exc_info: Rest<'_>) -> Result<()> {
        let _ = exc_info;
        release_lock(th, lock)
    }

    /// Make the lock free in the child of a fork.
    pub fn _at_fork_reinit(th: &mut Thread, lock: &Object<LockObject>) {
        lock.payload().engine.reset_after_fork(th);
    }
}

/// Methods of RLock.
#[native::methods(RLockObject, name = "RLock")]
pub mod rlock_methods {
    use super::*;

    /// Lock the lock.
    ///
    /// Its owner has it at once, once more, and must release it as often. Any other thread waits until it is free, as `blocking`
    /// and `timeout` say, and becomes its owner. Returns whether the lock was acquired.
    #[sig("($self, /, blocking=True, timeout=-1)")]
    pub fn acquire(
        th: &mut Thread,
        lock: &Object<RLockObject>,
        blocking: bool,
        timeout: Option<&Value>,
    ) -> Result<bool> {
        let wait = wait_of(th, blocking, timeout)?;
        acquire_rlock(th, lock, wait)
    }

    /// Release the lock once.
    ///
    /// The calling thread must hold it. When it has released it as often as it has acquired it, the lock is free.
    pub fn release(th: &mut Thread, lock: &Object<RLockObject>) -> Result<()> {
        lock.payload().engine.release(th).map_err(|_| not_owned())
    }

    /// locked()
    ///
    /// Return whether anybody holds the lock right now.
    pub fn locked(lock: &Object<RLockObject>) -> bool {
        lock.payload().engine.locked()
    }

    /// For internal use by `threading.Condition`.
    pub fn _is_owned(th: &mut Thread, lock: &Object<RLockObject>) -> bool {
        lock.payload().engine.is_owned(th)
    }

    /// For internal use by `threading.Condition`.
    pub fn _release_save(th: &mut Thread, lock: &Object<RLockObject>) -> Result<Value> {
        let owner = th.serial();
        let saved = lock.payload().engine.release_save(th).map_err(|_| not_owned())?;
        let count = int::from_i128(th, saved.count() as i128)?;
        let owner = int::from_i128(th, owner.into())?;
        support::tuple(th, vec![count, owner])
    }

    /// For internal use by `threading.Condition`.
    #[sig("($self, state, /)")]
    pub fn _acquire_restore(th: &mut Thread, lock: &Object<RLockObject>, state: &Value) -> Result<()> {
        let Some(tuple) = cast::<Tuple>(state) else {
            return Err(type_error(format!(
                "_acquire_restore() argument 1 must be 2-item tuple, not {}",
                support::class_name(state)
            )));
        };
        let [count, _owner] = tuple.items() else {
            return Err(type_error(format!(
                "_acquire_restore() argument 1 must be tuple of length 2, not {}",
                tuple.items().len()
            )));
        };
        let count = runtime::ops::index(th, count)?;
        let count = int::to_i64(&count).and_then(|count| usize::try_from(count).ok());
        let Some(count) = count else {
            return Err(overflow_error("Python int too large to convert to C ssize_t"));
        };
        // Held no times at all it would belong to nobody: INV-RLOCK-2.
        if count > 0 {
            lock.payload().engine.acquire_restore(th, SavedCount::of_count(count));
        }
        Ok(())
    }

    /// For internal use by reentrancy checks.
    pub fn _recursion_count(th: &mut Thread, lock: &Object<RLockObject>) -> usize {
        lock.payload().engine.recursion_count(th)
    }

    /// Lock the lock.
    pub fn __enter__(th: &mut Thread, lock: &Object<RLockObject>) -> Result<bool> {
        acquire_rlock(th, lock, Wait::Forever)
    }

    /// Release the lock.
    #[sig("($self, /, *exc_info)")]
    pub fn __exit__(th: &mut Thread, lock: &Object<RLockObject>, exc_info: Rest<'_>) -> Result<()> {
        let _ = exc_info;
        lock.payload().engine.release(th).map_err(|_| not_owned())
    }

    /// Make the lock free in the child of a fork.
    pub fn _at_fork_reinit(th: &mut Thread, lock: &Object<RLockObject>) {
        lock.payload().engine.reset_after_fork(th);
    }
}
