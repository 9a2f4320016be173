//! The primitives of a normal build.

/// Atomic words and fences. Debug builds count what is written: see `tally`.
pub mod atomic {
    #[cfg(debug_assertions)]
    pub use crate::sync::tally::counted::{
        AtomicBool, AtomicI32, AtomicI64, AtomicIsize, AtomicPtr, AtomicU8, AtomicU16, AtomicU32, AtomicU64,
        AtomicUsize,
    };
    #[cfg(not(debug_assertions))]
    pub use std::sync::atomic::{
        AtomicBool, AtomicI32, AtomicI64, AtomicIsize, AtomicPtr, AtomicU8, AtomicU16, AtomicU32, AtomicU64,
        AtomicUsize,
    };
    pub use std::sync::atomic::{Ordering, fence};
}

/// Cells.
pub mod cell {
    /// `std::cell::UnsafeCell` with the closure-taking accessors that loom needs.
    #[derive(Debug, Default)]
    #[repr(transparent)]
    pub struct UnsafeCell<T: ?Sized>(std::cell::UnsafeCell<T>);

    impl<T> UnsafeCell<T> {
        /// A cell around `value`.
        pub const fn new(value: T) -> Self {
            Self(std::cell::UnsafeCell::new(value))
        }

        /// Calls `f` with a pointer for reading.
        #[inline(always)]
        pub fn with<R>(&self, f: impl FnOnce(*const T) -> R) -> R {
            f(self.0.get())
        }

        /// Calls `f` with a pointer for writing.
        #[inline(always)]
        pub fn with_mut<R>(&self, f: impl FnOnce(*mut T) -> R) -> R {
            f(self.0.get())
        }

        /// The value, given exclusive access to the cell.
        #[inline(always)]
        pub fn get_mut(&mut self) -> &mut T {
            self.0.get_mut()
        }

        /// The value, given the cell.
        pub fn into_inner(self) -> T {
            self.0.into_inner()
        }
    }
}

/// Threads of the operating system.
pub mod thread {
    pub use std::thread::{Builder, JoinHandle, Thread, current, park, park_timeout, spawn, yield_now};
}

/// What one thread sleeps on, and others wake it by. A wake that comes first makes the next sleep return at once.
#[derive(Clone, Debug)]
pub struct Parker(thread::Thread);

impl Parker {
    /// The calling thread's.
    pub fn current() -> Self {
        Self(thread::current())
    }

    /// Sleeps; may wake for no reason. On the thread that made it.
    pub fn park(&self) {
        debug_assert_eq!(self.0.id(), thread::current().id());
        thread::park();
    }

    /// As [`park`](Self::park), for at most `timeout`.
    pub fn park_timeout(&self, timeout: std::time::Duration) {
        debug_assert_eq!(self.0.id(), thread::current().id());
        thread::park_timeout(timeout);
    }

    /// Wakes the thread. One atomic exchange and perhaps one system call: allowed in a signal handler.
    pub fn unpark(&self) {
        self.0.unpark();
    }
}

/// What to do in a short spin.
pub mod hint {
    pub use std::hint::spin_loop;
}

use std::sync::PoisonError;
use std::time::Duration;

/// A mutual exclusion lock that does not poison: a panic in Weft aborts the operation, not the lock.
///
/// `std`'s, because it is a plain futex word: a forked child can make it anew, which `parking_lot`'s global table
/// of queues does not allow.
#[derive(Debug, Default)]
pub struct Mutex<T: ?Sized>(std::sync::Mutex<T>);

/// Holds a [`Mutex`].
pub type MutexGuard<'a, T> = std::sync::MutexGuard<'a, T>;

impl<T> Mutex<T> {
    /// An unlocked mutex.
    pub const fn new(value: T) -> Self {
        Self(std::sync::Mutex::new(value))
    }

    /// Locks, blocking.
    #[inline]
    #[cfg_attr(debug_assertions, track_caller)]
    pub fn lock(&self) -> MutexGuard<'_, T> {
        #[cfg(debug_assertions)]
        super::tally::note_update();
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Locks if nobody holds it.
    pub fn try_lock(&self) -> Option<MutexGuard<'_, T>> {
        #[cfg(debug_assertions)]
        super::tally::note_update();
        match self.0.try_lock() {
            Ok(guard) => Some(guard),
            Err(std::sync::TryLockError::Poisoned(e)) => Some(e.into_inner()),
            Err(std::sync::TryLockError::WouldBlock) => None,
        }
    }

    /// The value, given exclusive access.
    pub fn get_mut(&mut self) -> &mut T {
        self.0.get_mut().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A condition variable for [`Mutex`].
#[derive(Debug, Default)]
pub struct Condvar(std::sync::Condvar);

impl Condvar {
    /// A condition variable nobody waits on.
    pub const fn new() -> Self {
        Self(std::sync::Condvar::new())
    }

    /// Releases the lock, waits, locks again. May wake for no reason.
    pub fn wait<'a, T>(&self, guard: MutexGuard<'a, T>) -> MutexGuard<'a, T> {
        self.0.wait(guard).unwrap_or_else(PoisonError::into_inner)
    }

    /// As [`wait`](Self::wait), for at most `timeout`; true if it timed out.
    pub fn wait_timeout<'a, T>(
        &self,
        guard: MutexGuard<'a, T>,
        timeout: Duration,
    ) -> (MutexGuard<'a, T>, bool) {
        let (guard, result) = self.0.wait_timeout(guard, timeout).unwrap_or_else(PoisonError::into_inner);
        (guard, result.timed_out())
    }

    /// Wakes one waiter.
    pub fn notify_one(&self) {
        self.0.notify_one();
    }

    /// Wakes every waiter.
    pub fn notify_all(&self) {
        self.0.notify_all();
    }
}

/// Parking of threads by address, for locks that are one byte wide.
pub mod parking {
    use parking_lot_core::{DEFAULT_PARK_TOKEN, DEFAULT_UNPARK_TOKEN, ParkResult, UnparkResult};

    /// Parks the calling thread on `address` while `validate` holds; `validate` is called under the queue's lock.
    pub fn park(address: usize, validate: impl FnOnce() -> bool) {
        // SAFETY: neither callback panics nor calls into parking_lot_core.
        let _: ParkResult =
            unsafe { parking_lot_core::park(address, validate, || {}, |_, _| {}, DEFAULT_PARK_TOKEN, None) };
    }

    /// Wakes one thread parked on `address`. `release` is called under the queue's lock, told whether more
    /// threads stay parked.
    pub fn unpark_one(address: usize, release: impl FnOnce(bool)) {
        let release = |result: UnparkResult| {
            release(result.have_more_threads);
            DEFAULT_UNPARK_TOKEN
        };
        // SAFETY: the callback neither panics nor calls into parking_lot_core.
        let _: UnparkResult = unsafe { parking_lot_core::unpark_one(address, release) };
    }
}

/// Deferred reclamation of buffers and tables: `seize`.
pub mod reclaim {
    use seize::Guard as _;

    /// Owns what was retired until no guard that was active at that moment is left.
    #[derive(Debug, Default)]
    pub struct Collector(seize::Collector);

    /// While it lives (and between refreshes), what its holder reads is not reclaimed.
    pub struct Guard {
        // Declared before `_collector`, so dropped before it.
        guard: seize::OwnedGuard<'static>,
        _collector: std::sync::Arc<Collector>,
    }

    impl Collector {
        /// A collector with nothing retired.
        pub fn new() -> Self {
            Self(seize::Collector::new())
        }

        /// Enters a guard that keeps the collector alive.
        pub fn enter(self: &std::sync::Arc<Self>) -> Guard {
            let guard = self.0.enter_owned();
            // SAFETY: the guard borrows the collector, which the `Arc` beside it keeps alive and in place; the
            // field order drops the guard first.
            let guard =
                unsafe { std::mem::transmute::<seize::OwnedGuard<'_>, seize::OwnedGuard<'static>>(guard) };
            Guard { guard, _collector: std::sync::Arc::clone(self) }
        }
    }

    impl Guard {
        /// Ends the protection of everything read so far and begins anew.
        pub fn refresh(&mut self) {
            self.guard.refresh();
        }

        /// Hands over everything retired through this guard, without waiting for a full batch.
        pub fn flush(&self) {
            self.guard.flush();
        }

        /// Reclaims `pointer` once no guard that is active now is left.
        ///
        /// # Safety
        /// `pointer` is not reachable for guards that enter later, and is retired once.
        pub unsafe fn retire<T: super::super::Reclaim>(&self, pointer: *mut T) {
            unsafe fn reclaim<T: super::super::Reclaim>(pointer: *mut T, _collector: &seize::Collector) {
                // SAFETY: the caller of `retire` promised a pointer retired once; seize calls this once.
                unsafe { T::reclaim(pointer) };
            }
            // SAFETY: promised by the caller.
            unsafe { self.guard.defer_retire(pointer, reclaim::<T>) };
        }
    }
}
