//! The engine of `threading.Condition`.
//!
//! A waiter joins the line while it still holds the monitor (a [`Lock`] or an [`RLock`]) and releases the monitor
//! afterwards. A notifier holds the same monitor, so what it changed before it notified is seen by a thread that had
//! not joined yet, and a thread that had joined is in the line: no notification falls between.
//!
//! A signal does not end a wait by itself. Its handlers run on the waiting thread while that stays in line, because
//! to leave, answer and wait again would lose a notification that comes meanwhile. Only if a handler raises does the
//! wait end; a notification that had come by then goes to the next in line.
//!
//! * INV-COND-1: a notification goes to the threads that have waited longest, and to none that began to wait after it.
//! * INV-COND-2: a wait returns with the monitor held exactly as it was, whatever the outcome.
//! * INV-COND-3: a notification that was given to a thread makes its wait return `Notified`, or is passed on.

use std::ops::ControlFlow;

use crate::lock::{Lock, NotLocked};
use crate::rlock::{NotOwner, RLock, SavedCount};
use crate::sync::Mutex;
use crate::thread::Thread;
use crate::waiter::{Line, Signals, Wait, Woken, lock_line};

/// What a condition needs of its lock.
pub trait Monitor {
    /// What it was before it was released at one stroke.
    type Saved;
    /// Whether the calling thread holds it, as far as it knows owners; whether anybody does otherwise.
    fn is_owned(&self, thread: &Thread) -> bool;
    /// Releases it; `None` if it is not held.
    fn release_save(&self, thread: &mut Thread) -> Option<Self::Saved>;
    /// Acquires it as it was held, however long that takes.
    fn acquire_restore(&self, thread: &mut Thread, saved: Self::Saved);
}

impl Monitor for Lock {
    type Saved = ();

    fn is_owned(&self, _thread: &Thread) -> bool {
        self.locked()
    }

    fn release_save(&self, thread: &mut Thread) -> Option<()> {
        self.release(thread).map_err(|NotLocked| ()).ok()
    }

    fn acquire_restore(&self, thread: &mut Thread, _saved: ()) {
        self.acquire_in_any_case(thread);
    }
}

impl Monitor for RLock {
    type Saved = SavedCount;

    fn is_owned(&self, thread: &Thread) -> bool {
        RLock::is_owned(self, thread)
    }

    fn release_save(&self, thread: &mut Thread) -> Option<SavedCount> {
        RLock::release_save(self, thread).map_err(|NotOwner| ()).ok()
    }

    fn acquire_restore(&self, thread: &mut Thread, saved: SavedCount) {
        RLock::acquire_restore(self, thread, saved);
    }
}

/// How a wait ended; the monitor is held again.
#[must_use]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Waited<B> {
    /// By a notification.
    Notified,
    /// The time was over first.
    TimedOut,
    /// A signal handler broke it off, with this.
    Broken(B),
}

/// The monitor is not held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotHeld;

const NOTIFIED: u32 = 1;

/// Threads that wait to be notified.
#[derive(Debug, Default)]
pub struct Condition {
    line: Mutex<Line<()>>,
}

impl Condition {
    /// A condition nobody waits for.
    pub fn new() -> Self {
        Self::default()
    }

    /// Releases `monitor`, waits for a notification as long as `wait` says, acquires `monitor` again.
    ///
    /// `answer_signal` is called, without the monitor, each time that a signal wants to be answered; it takes
    /// [`Requests::SIGNAL`](crate::Requests::SIGNAL) and may break the wait off.
    ///
    /// # Errors
    /// [`NotHeld`] if the monitor is not held, with nothing changed.
    ///
    /// # Concurrency
    /// A safepoint; waits detached. May run Python through `answer_signal`.
    pub fn wait<M: Monitor, B>(
        &self,
        thread: &mut Thread,
        monitor: &M,
        wait: Wait,
        mut answer_signal: impl FnMut(&mut Thread) -> ControlFlow<B>,
    ) -> Result<Waited<B>, NotHeld> {
        if !monitor.is_owned(thread) {
            return Err(NotHeld);
        }
        let waiter = thread.take_waiter();
        let late = crate::mutant!("condition-joins-late");
        if !late {
            lock_line(&self.line, thread).push(&waiter, ());
        }
        let Some(saved) = monitor.release_save(thread) else {
            lock_line(&self.line, thread).withdraw(&waiter); // a plain lock, released by somebody else just now
            thread.put_back(waiter);
            return Err(NotHeld);
        };
        if late {
            lock_line(&self.line, thread).push(&waiter, ());
        }
        let outcome = loop {
            let gave_up = match waiter.sleep(thread, wait, Signals::Interrupt) {
                Woken::Granted(_) => break Waited::Notified,
                Woken::TimedOut => Waited::TimedOut,
                Woken::Interrupted => match answer_signal(thread) {
                    ControlFlow::Continue(()) => continue,
                    ControlFlow::Break(with) => Waited::Broken(with),
                },
            };
            if lock_line(&self.line, thread).withdraw(&waiter) || crate::mutant!("condition-forgets-notice") {
                break gave_up;
            }
            // INV-COND-3: notified after all.
            if let Waited::Broken(_) = gave_up {
                self.notify_unchecked(thread, 1);
                break gave_up;
            }
            break Waited::Notified;
        };
        thread.put_back(waiter);
        monitor.acquire_restore(thread, saved);
        Ok(outcome)
    }

    /// Wakes up to `count` of the threads that have waited longest, and says how many there were.
    ///
    /// # Errors
    /// [`NotHeld`] if the monitor is not held.
    pub fn notify<M: Monitor>(
        &self,
        thread: &mut Thread,
        monitor: &M,
        count: usize,
    ) -> Result<usize, NotHeld> {
        if !monitor.is_owned(thread) {
            return Err(NotHeld);
        }
        Ok(self.notify_unchecked(thread, count))
    }

    /// Wakes every thread that waits, and says how many there were.
    ///
    /// # Errors
    /// [`NotHeld`] if the monitor is not held.
    pub fn notify_all<M: Monitor>(&self, thread: &mut Thread, monitor: &M) -> Result<usize, NotHeld> {
        self.notify(thread, monitor, usize::MAX)
    }

    fn notify_unchecked(&self, thread: &Thread, count: usize) -> usize {
        let mut line = lock_line(&self.line, thread);
        for woken in 0..count {
            let Some((waiter, ())) = line.pop(thread.world()) else { return woken };
            waiter.grant(NOTIFIED);
        }
        count
    }

    /// Forgets every waiter: for a forked child. A thread that waits here and now is notified.
    pub fn reset_after_fork(&self, thread: &mut Thread) {
        self.notify_unchecked(thread, usize::MAX);
    }
}
