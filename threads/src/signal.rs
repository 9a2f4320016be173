//! Interrupting the main thread.
//!
//! Python runs signal handlers on the main thread. The operating system runs ours wherever it likes, between any two
//! instructions, so it may neither lock nor allocate: it sets a request and wakes the main thread, which answers at
//! its next poll, or breaks off the wait it is in.
//!
//! The main thread is the first one registered. In a forked child it is the thread that forked.

use std::ptr;

use crate::control::Requests;
use crate::sync::atomic::{AtomicPtr, Ordering};
use crate::sync::{Arc, Mutex, Parker};
use crate::thread::{Context, ThreadId};
use crate::world::World;

#[derive(Debug)]
struct MainThread {
    id: ThreadId,
    serial: u64,
    parker: Parker,
}

/// Who is the main thread.
///
/// A signal handler may hold the pointer for as long as it is interrupted itself, so what it points to is kept until
/// the world ends: one entry, and one more for each fork from another thread.
#[derive(Debug, Default)]
pub(crate) struct Main {
    current: AtomicPtr<MainThread>,
    kept: Mutex<Vec<Arc<MainThread>>>,
}

impl Main {
    fn get(&self) -> Option<&MainThread> {
        // Acquire: pairs with the Release in `set`.
        let main = self.current.load(Ordering::Acquire);
        // SAFETY: null or from `set`, which has put the allocation into `kept`, from where nothing is removed.
        unsafe { main.as_ref() }
    }

    fn set(&self, context: &Context) {
        let (id, serial, parker) = (context.id(), context.serial(), context.parker.clone());
        let main = Arc::new(MainThread { id, serial, parker });
        let pointer = ptr::from_ref(&*main).cast_mut();
        self.kept.lock().push(main);
        self.current.store(pointer, Ordering::Release); // pairs with the Acquire in `get`
    }
}

impl World {
    /// Asks the main thread to answer a signal, and breaks off the wait it may be in.
    ///
    /// # Concurrency
    /// Lock-free and without allocation: may be called from a signal handler, where waking a thread may be (on Linux
    /// it is one system call). Does nothing before a thread is registered.
    pub fn interrupt_main(&self) {
        if let Some(main) = self.main.get() {
            // First the request, then the wake: a waiter that misses the first is woken by the second.
            self.request(main.id, Requests::SIGNAL);
            main.parker.unpark();
        }
    }

    /// The main thread's id and serial number.
    pub fn main_thread(&self) -> Option<(ThreadId, u64)> {
        self.main.get().map(|main| (main.id, main.serial))
    }

    /// Makes `context` the main thread if there is none.
    pub(crate) fn name_first_main(&self, context: &Context) {
        // The first registered thread has the first serial number.
        if context.serial() == 1 {
            self.main.set(context);
        }
    }

    /// Makes `context` the main thread. In a forked child.
    pub(crate) fn change_main(&self, context: &Context) {
        if self.main_thread().is_none_or(|(_, serial)| serial != context.serial()) {
            self.main.set(context);
        }
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;
    use crate::{Acquire, Lock, NoHooks, Wait};

    #[test]
    fn a_signal_breaks_off_the_main_threads_wait() {
        let world = World::new(Arc::new(NoHooks), false);
        world.interrupt_main(); // nobody there yet
        let mut main = world.register().expect("an id");
        assert_eq!(world.main_thread(), Some((main.id(), main.serial())));
        let lock = Lock::new();
        assert_eq!(lock.acquire(&mut main, Wait::No), Acquire::Acquired);
        let from = Arc::clone(&world);
        let sender = crate::sync::thread::spawn(move || {
            while from.is_attached(from.main_thread().expect("a main thread").0) {
                crate::sync::thread::yield_now();
            }
            from.interrupt_main();
        });
        assert_eq!(lock.acquire(&mut main, Wait::Forever), Acquire::Interrupted);
        assert_eq!(main.control().take(Requests::SIGNAL), Requests::SIGNAL);
        sender.join().expect("no panic");
        assert_eq!(lock.release(&mut main), Ok(()));
        assert_eq!(lock.release(&mut main), Err(crate::NotLocked));
    }
}
