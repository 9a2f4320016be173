//! The primitives of a model: loom's, behind the interface of `real`.

/// For `thread_local_cell!` in crates that do not depend on loom themselves.
#[doc(hidden)]
pub use loom::thread_local as loom_thread_local;

/// Atomic words and fences.
pub mod atomic {
    pub use loom::sync::atomic::{
        AtomicBool, AtomicI32, AtomicI64, AtomicIsize, AtomicPtr, AtomicU8, AtomicU16, AtomicU32, AtomicU64,
        AtomicUsize, Ordering, fence,
    };
}

/// Cells.
pub mod cell {
    /// `loom`'s cell, which reports accesses that are not ordered.
    #[derive(Debug, Default)]
    pub struct UnsafeCell<T>(loom::cell::UnsafeCell<T>);

    impl<T> UnsafeCell<T> {
        /// A cell around `value`.
        pub fn new(value: T) -> Self {
            Self(loom::cell::UnsafeCell::new(value))
        }

        /// Calls `f` with a pointer for reading.
        pub fn with<R>(&self, f: impl FnOnce(*const T) -> R) -> R {
            self.0.with(f)
        }

        /// Calls `f` with a pointer for writing.
        pub fn with_mut<R>(&self, f: impl FnOnce(*mut T) -> R) -> R {
            self.0.with_mut(f)
        }

        /// The value, given exclusive access to the cell.
        pub fn get_mut(&mut self) -> &mut T {
            let pointer = self.0.with_mut(|p| p);
            // SAFETY: `&mut self` excludes every other access.
            unsafe { &mut *pointer }
        }

        /// The value, given the cell.
        pub fn into_inner(self) -> T {
            self.0.into_inner()
        }
    }
}

/// Threads of the model.
pub mod thread {
    pub use loom::thread::{Builder, JoinHandle, Thread, current, park, spawn, yield_now};

    /// Models have no clock: a timeout may pass at any moment, so this lets others run and returns.
    pub fn park_timeout(_timeout: std::time::Duration) {
        yield_now();
    }
}

/// What to do in a short spin.
pub mod hint {
    pub use loom::hint::spin_loop;
}

use std::time::Duration;

/// What one thread sleeps on, and others wake it by.
///
/// Not loom's `unpark`: that one also wakes a thread which is blocked on a mutex, and loom then stops with an error.
#[derive(Clone, Debug)]
pub struct Parker(std::sync::Arc<(Mutex<bool>, Condvar)>);

impl Parker {
    /// The calling thread's.
    pub fn current() -> Self {
        Self(std::sync::Arc::new((Mutex::new(false), Condvar::new())))
    }

    /// Sleeps until woken.
    pub fn park(&self) {
        let mut woken = self.0.0.lock();
        while !*woken {
            woken = self.0.1.wait(woken);
        }
        *woken = false;
    }

    /// Models have no clock: a timeout may pass at any moment, so this lets others run and returns.
    pub fn park_timeout(&self, _timeout: Duration) {
        thread::yield_now();
    }

    /// Wakes the thread.
    pub fn unpark(&self) {
        *self.0.0.lock() = true;
        self.0.1.notify_one();
    }
}

/// A mutual exclusion lock that does not poison.
#[derive(Debug, Default)]
pub struct Mutex<T>(loom::sync::Mutex<T>);

/// Holds a [`Mutex`].
pub type MutexGuard<'a, T> = loom::sync::MutexGuard<'a, T>;

impl<T> Mutex<T> {
    /// An unlocked mutex.
    pub fn new(value: T) -> Self {
        Self(loom::sync::Mutex::new(value))
    }

    /// Locks, blocking.
    pub fn lock(&self) -> MutexGuard<'_, T> {
        self.0.lock().expect("loom mutexes do not poison")
    }

    /// Locks if nobody holds it.
    pub fn try_lock(&self) -> Option<MutexGuard<'_, T>> {
        self.0.try_lock().ok()
    }

    /// The value, given exclusive access.
    pub fn get_mut(&mut self) -> &mut T {
        self.0.get_mut().expect("loom mutexes do not poison")
    }
}

/// A condition variable for [`Mutex`].
#[derive(Debug)]
pub struct Condvar(loom::sync::Condvar);

impl Default for Condvar {
    fn default() -> Self {
        Self::new()
    }
}

impl Condvar {
    /// A condition variable nobody waits on.
    pub fn new() -> Self {
        Self(loom::sync::Condvar::new())
    }

    /// Releases the lock, waits, locks again.
    pub fn wait<'a, T>(&self, guard: MutexGuard<'a, T>) -> MutexGuard<'a, T> {
        self.0.wait(guard).expect("loom mutexes do not poison")
    }

    /// Models have no clock: the wait never times out. What a timeout does is modelled by calling it directly.
    pub fn wait_timeout<'a, T>(
        &self,
        guard: MutexGuard<'a, T>,
        _timeout: Duration,
    ) -> (MutexGuard<'a, T>, bool) {
        (self.wait(guard), false)
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

/// Parking of threads by address: a table of queues as in `parking_lot_core`, cut down to one lock a model.
pub mod parking {
    use super::{Condvar, Mutex};
    use std::collections::VecDeque;
    use std::sync::Arc;

    struct Waiter {
        address: usize,
        woken: Mutex<bool>,
        wake: Condvar,
    }

    loom::lazy_static! {
        static ref QUEUE: Mutex<VecDeque<Arc<Waiter>>> = Mutex::new(VecDeque::new());
    }

    /// Parks the calling thread on `address` while `validate` holds; `validate` is called under the queue's lock.
    pub fn park(address: usize, validate: impl FnOnce() -> bool) {
        let waiter = Arc::new(Waiter { address, woken: Mutex::new(false), wake: Condvar::new() });
        {
            let mut queue = QUEUE.lock();
            if !validate() {
                return;
            }
            queue.push_back(Arc::clone(&waiter));
        }
        let mut woken = waiter.woken.lock();
        while !*woken {
            woken = waiter.wake.wait(woken);
        }
    }

    /// Wakes one thread parked on `address`. `release` is called under the queue's lock, told whether more
    /// threads stay parked.
    pub fn unpark_one(address: usize, release: impl FnOnce(bool)) {
        let mut queue = QUEUE.lock();
        let first = queue.iter().position(|w| w.address == address);
        let waiter = first.and_then(|i| queue.remove(i));
        release(queue.iter().any(|w| w.address == address));
        drop(queue);
        if let Some(waiter) = waiter {
            *waiter.woken.lock() = true;
            waiter.wake.notify_one();
        }
    }
}

/// Deferred reclamation: a small collector with `seize`'s contract that reclaims as early as the contract allows.
pub mod reclaim {
    use super::super::Reclaim;
    use super::Mutex;
    use std::sync::Arc;

    struct Retired {
        free: Box<dyn FnOnce() + Send>,
        /// Guards that were active when it was retired and have not been dropped or refreshed since.
        held_by: Vec<u64>,
    }

    #[derive(Default)]
    struct State {
        next_guard: u64,
        active: Vec<u64>,
        retired: Vec<Retired>,
    }

    /// Owns what was retired until no guard that was active at that moment is left.
    #[derive(Default)]
    pub struct Collector(Mutex<State>);

    /// While it lives (and between refreshes), what its holder reads is not reclaimed.
    pub struct Guard {
        collector: Arc<Collector>,
        id: u64,
    }

    impl Collector {
        /// A collector with nothing retired.
        pub fn new() -> Self {
            Self(Mutex::new(State::default()))
        }

        /// Enters a guard that keeps the collector alive.
        pub fn enter(self: &Arc<Self>) -> Guard {
            Guard { id: self.activate(), collector: Arc::clone(self) }
        }

        fn activate(&self) -> u64 {
            let mut state = self.0.lock();
            state.next_guard += 1;
            let id = state.next_guard;
            state.active.push(id);
            id
        }

        fn deactivate(&self, id: u64) {
            let mut ripe = Vec::new();
            {
                let mut state = self.0.lock();
                state.active.retain(|&g| g != id);
                let mut i = 0;
                while i < state.retired.len() {
                    state.retired[i].held_by.retain(|&g| g != id);
                    if state.retired[i].held_by.is_empty() {
                        ripe.push(state.retired.swap_remove(i));
                    } else {
                        i += 1;
                    }
                }
            }
            ripe.into_iter().for_each(|r| (r.free)());
        }
    }

    impl Guard {
        /// Ends the protection of everything read so far and begins anew.
        pub fn refresh(&mut self) {
            let id = self.collector.activate();
            self.collector.deactivate(self.id);
            self.id = id;
        }

        /// Nothing to do: no batches here.
        pub fn flush(&self) {}

        /// Reclaims `pointer` once no guard that is active now is left.
        ///
        /// # Safety
        /// `pointer` is not reachable for guards that enter later, and is retired once.
        pub unsafe fn retire<T: Reclaim>(&self, pointer: *mut T) {
            let address = pointer as usize;
            let free = Box::new(move || {
                // SAFETY: the caller of `retire` promised a pointer retired once; this runs once.
                unsafe { T::reclaim(address as *mut T) };
            });
            let mut state = self.collector.0.lock();
            let held_by = if crate::mutant!("reclaim-forgets-active-guards") {
                Vec::new()
            } else {
                state.active.clone()
            };
            state.retired.push(Retired { free, held_by });
        }
    }

    impl Drop for Guard {
        fn drop(&mut self) {
            self.collector.deactivate(self.id);
        }
    }
}
