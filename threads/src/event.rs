//! The engine of `threading.Event`: a flag to wait for.
//!
//! The flag is set under the mutex around the line and read again there before a thread joins, so a thread is either
//! in line when the flag is set, or sees it. A thread that was woken reports the event even if the flag is
//! cleared again before it runs.
//!
//! * INV-EVENT-1: while the flag is set and the mutex is free, nobody is in line.

use crate::lock::Acquire;
use crate::sync::Mutex;
use crate::sync::atomic::{AtomicBool, Ordering};
use crate::thread::Thread;
use crate::waiter::{Line, Signals, Wait, Woken, lock_line};

const SET: u32 = 1;

/// A flag and the threads that wait for it.
#[derive(Debug, Default)]
pub struct Event {
    flag: AtomicBool,
    line: Mutex<Line<()>>,
}

impl Event {
    /// An event that has not happened.
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether the flag is set.
    #[inline]
    pub fn is_set(&self) -> bool {
        // Acquire: pairs with the Release in `set`; what came before the event is seen by who sees the event.
        self.flag.load(Ordering::Acquire)
    }

    /// Sets the flag and wakes everybody.
    pub fn set(&self, thread: &mut Thread) {
        let mut line = lock_line(&self.line, thread);
        self.flag.store(true, Ordering::Release); // pairs with the Acquire in `is_set`
        line.grant_all(thread.world(), SET);
    }

    /// Clears the flag.
    pub fn clear(&self, thread: &mut Thread) {
        let _line = lock_line(&self.line, thread);
        self.flag.store(false, Ordering::Release);
    }

    /// Waits until the flag is set, or was set meanwhile. [`Acquire::Acquired`] says that it was; otherwise as for
    /// [`Lock::acquire`](crate::Lock::acquire).
    ///
    /// # Concurrency
    /// A safepoint if it has to wait, which it does detached.
    #[inline]
    pub fn wait(&self, thread: &mut Thread, wait: Wait) -> Acquire {
        if self.is_set() { Acquire::Acquired } else { self.wait_slow(thread, wait) }
    }

    #[cold]
    fn wait_slow(&self, thread: &mut Thread, wait: Wait) -> Acquire {
        if wait == Wait::No {
            return Acquire::WouldBlock;
        }
        let waiter = thread.take_waiter();
        {
            let mut line = lock_line(&self.line, thread);
            if self.flag.load(Ordering::Relaxed) && !crate::mutant!("event-looks-once") {
                drop(line); // the mutex has ordered the look
                thread.put_back(waiter);
                return Acquire::Acquired;
            }
            line.push(&waiter, ());
        }
        let woken = waiter.sleep(thread, wait, Signals::Interrupt);
        let gave_up = match woken {
            Woken::Granted(_) => None,
            Woken::TimedOut => Some(Acquire::TimedOut),
            Woken::Interrupted => Some(Acquire::Interrupted),
        };
        let outcome = match gave_up {
            Some(reason) if lock_line(&self.line, thread).withdraw(&waiter) => reason,
            _ => Acquire::Acquired,
        };
        thread.put_back(waiter);
        outcome
    }
}
