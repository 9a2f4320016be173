//! The end of a world.
//!
//! A program ends while daemon threads still run. From then on only the thread that shuts down may touch objects:
//! every other one hangs for ever when it next attaches or reaches a safepoint, as in CPython. It cannot be
//! unwound, because what it has on its stack does not expect that.
//!
//! * INV-SHUTDOWN-1: once [`Thread::begin_shutdown`] has returned, no thread but its caller is ever attached.

use crate::sync::MutexGuard;
use crate::thread::{Context, Thread, ThreadId};
use crate::world::{Inner, Mode, World};

impl Inner {
    /// Whether this thread must never attach again.
    pub(crate) fn is_closed_to(&self, id: ThreadId) -> bool {
        self.finalizer.is_some_and(|finalizer| finalizer != id)
    }
}

impl Thread {
    /// Lets no other thread run any more, ever. [`ThreadHandle::join`](crate::ThreadHandle::join) those that should
    /// finish first: [`World::next_to_join`] names them.
    ///
    /// # Concurrency
    /// Stops the world, and leaves every other thread stopped.
    pub fn begin_shutdown(&mut self) {
        let world = self.world_ref();
        let me = self.id();
        let stopped = self.stop_the_world();
        {
            let mut inner = world.lock_inner();
            inner.finalizer = Some(me);
            // Every other thread is suspended; forgotten by all who could grant it, it stays so.
            inner.registered.retain(|&id| id == me);
            inner.waiting.clear();
            inner.stop_line.clear();
            inner.next_stop = None;
            inner.mode = Mode::Solo(me);
            // A lock that is handed to a hanging thread would never be free again (INV-WAIT-3).
            world.leave_others_behind(&inner, stopped.context());
        }
        drop(stopped);
        if !self.is_solo() {
            self.set_solo(true);
            world.hooks().solo_changed(self, true);
        }
    }
}

impl World {
    /// Whether the world has been shut down.
    pub fn is_shut_down(&self) -> bool {
        self.lock_inner().finalizer.is_some()
    }

    /// Waits for ever: the world is closed to this thread.
    #[cold]
    pub(crate) fn hang(&self, mut inner: MutexGuard<'_, Inner>, context: &Context) -> ! {
        loop {
            inner = context.slot().wake.wait(inner);
        }
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use crate::sync::atomic::{AtomicU32, Ordering};
    use crate::sync::{Arc, thread};
    use crate::{Acquire, Lock, NoHooks, StartError, StartOptions, ThreadHandle, Wait, World};

    fn shutdown_leaves_daemons_hanging(gil: bool) {
        let world = World::new(Arc::new(NoHooks), gil);
        let mut main = world.register().expect("an id");
        let steps = Arc::new(AtomicU32::new(0));
        let options = StartOptions { daemon: true, ..StartOptions::default() };
        for polls in [true, false] {
            let steps = Arc::clone(&steps);
            let body = move |thread: &mut crate::Thread| {
                loop {
                    steps.fetch_add(1, Ordering::Relaxed);
                    if polls {
                        let _ = thread.poll();
                    } else {
                        thread.detached(thread::yield_now);
                    }
                }
            };
            ThreadHandle::new().start(&mut main, &options, body).expect("a thread");
        }
        while steps.load(Ordering::Relaxed) < 100 {
            main.detached(thread::yield_now);
        }
        assert!(world.next_to_join(&main).is_none(), "daemon threads are not joined");
        main.begin_shutdown();
        assert!(main.is_solo());
        let seen = steps.load(Ordering::Relaxed);
        for _ in 0..100 {
            main.detached(thread::yield_now);
            let _ = main.poll();
            drop(main.stop_the_world());
        }
        assert_eq!(steps.load(Ordering::Relaxed), seen);
        let late = ThreadHandle::new().start(&mut main, &options, |_| ());
        assert!(matches!(late, Err(StartError::ShutDown)));
    }

    #[test]
    fn wait_3_a_hanging_thread_is_not_given_a_lock() {
        let world = World::new(Arc::new(NoHooks), false);
        let mut main = world.register().expect("an id");
        let lock = Arc::new(Lock::new());
        assert_eq!(lock.acquire(&mut main, Wait::Forever), Acquire::Acquired);
        let (wanted, waits) = (Arc::clone(&lock), Arc::new(AtomicU32::new(0)));
        let begun = Arc::clone(&waits);
        let options = StartOptions { daemon: true, ..StartOptions::default() };
        let body = move |thread: &mut crate::Thread| {
            begun.store(1, Ordering::Relaxed);
            let _ = wanted.acquire(thread, Wait::Forever);
        };
        ThreadHandle::new().start(&mut main, &options, body).expect("a thread");
        while waits.load(Ordering::Relaxed) == 0 {
            main.detached(thread::yield_now);
        }
        main.detached(|| thread::park_timeout(std::time::Duration::from_millis(2))); // for its patience to end
        main.begin_shutdown();
        assert_eq!(lock.release(&mut main), Ok(()));
        assert_eq!(lock.acquire(&mut main, Wait::Forever), Acquire::Acquired);
    }

    #[test]
    fn shutdown_1_daemon_threads_never_run_again_without_gil() {
        shutdown_leaves_daemons_hanging(false);
    }

    #[test]
    fn shutdown_1_daemon_threads_never_run_again_with_gil() {
        shutdown_leaves_daemons_hanging(true);
    }
}
