//! The engine of `threading.Lock`.
//!
//! One byte says whether it is held and whether somebody waits. Acquiring a free lock is one compare-and-exchange,
//! and so is releasing one that nobody waits for; neither detaches.
//!
//! A released lock is free for whoever comes first, so a running thread need not wait for a sleeping one to wake
//! (*barging*). That could pass over a waiting thread for ever: one that has waited for longer than
//! a millisecond is handed the lock while it is still held.
//!
//! ```text
//!               acquire (CAS)                    somebody waits (under the line's mutex)
//!        FREE ----------------> LOCKED ------------------------------------> LOCKED|WAITERS
//!         ^  ^------------------'  ^                                            |  |
//!         |     release (CAS)      '--------------------------------------------'  |
//!         |                        hand over to the last waiter, or it withdraws   |
//!         '--- WAITERS <-----------------------------------------------------------'
//!       acquire (CAS), to LOCKED|WAITERS     release, wake the first waiter; more of them stay
//! ```
//!
//! Who has waited awake for long sets WANTED (not shown: it may be set in any state), and whoever has just released the lock and
//! finds it set lets that thread pass, and stays away for a turn (`turn.rs`). It is advice: whoever waits in vain takes it back.
//!
//! Lost wake-ups: a waiter sets WAITERS only while LOCKED is set, and is in line before the mutex is free again. A
//! releaser that did not see WAITERS had cleared LOCKED before, and the waiter tries again; one that sees it takes
//! the mutex and finds the waiter. A waiter that was woken to try tries once more before it gives up for
//! whatever reason, so the wake-up it used up is not lost either.
//!
//! * INV-PYLOCK-1: from an `Acquired` to the next successful release no other acquire succeeds.
//! * INV-PYLOCK-2: while the line is not empty and its mutex is free, WAITERS is set; WAITERS is set and cleared
//!   under the mutex.
//! * INV-PYLOCK-3: a thread in line for longer than a millisecond gets the lock at the latest when it comes first.

use std::time::{Duration, Instant};

use crate::sync::atomic::{AtomicU8, Ordering};
use crate::sync::{Arc, Mutex};
use crate::thread::Thread;
use crate::waiter::{Line, Signals, Wait, Waiter, Woken, lock_line};

const FREE: u8 = 0;
const LOCKED: u8 = 1;
const WAITERS: u8 = 2;
/// A thread that waits awake asks to be let in: who has just released the lock and wants it again lets it pass. Advice only, given
/// and taken back by whoever waits; nothing depends on it.
const WANTED: u8 = 4;

/// So many looks at a held lock and a thread asks to be let in: meanwhile its holder may have had it many times.
const ASKS_AFTER: u32 = if cfg!(loom) { 0 } else { 128 };
/// So many looks a thread lets another pass that has asked: that one may not be running.
const LETS_PASS: u32 = 64;

/// Messages to a waiter.
const TRY_AGAIN: u32 = 1;
const HANDED_OVER: u32 = 2;

/// How long a thread lets others pass, as in CPython's `PyMutex`.
#[cfg_attr(loom, allow(dead_code, reason = "models have no clock"))]
const PATIENCE: Duration = Duration::from_millis(1);

/// What came of an attempt to acquire.
#[must_use]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Acquire {
    /// The caller holds it.
    Acquired,
    /// It is taken, and the caller did not want to wait.
    WouldBlock,
    /// The time was over first.
    TimedOut,
    /// A signal wants to be answered. The caller takes [`Requests::SIGNAL`](crate::Requests::SIGNAL), answers it and
    /// acquires again with the same [`Wait`].
    Interrupted,
}

/// The lock to be released is not held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotLocked;

/// A lock that any thread may release.
#[derive(Debug)]
pub struct Lock {
    state: AtomicU8,
    line: Mutex<Line<Patience>>,
    /// Models have no clock: whether patience is over at once, or never.
    #[cfg(loom)]
    hands_over: bool,
}

/// When a waiter's patience began.
#[derive(Clone, Copy, Debug)]
struct Patience {
    #[cfg_attr(loom, allow(dead_code, reason = "models have no clock"))]
    since: Instant,
    /// How often it was woken and somebody was quicker.
    passed_over: u32,
}

impl Patience {
    fn is_over(self, _lock: &Lock) -> bool {
        #[cfg(loom)]
        return _lock.hands_over;
        #[cfg(not(loom))]
        return self.since.elapsed() > PATIENCE;
    }
}

impl Default for Lock {
    fn default() -> Self {
        Self::new()
    }
}

impl Lock {
    /// A free lock.
    pub fn new() -> Self {
        Self {
            state: AtomicU8::new(FREE),
            line: Mutex::new(Line::default()),
            #[cfg(loom)]
            hands_over: false,
        }
    }

    /// A free lock that is always handed over to who waits for it.
    #[cfg(loom)]
    pub fn handing_over() -> Self {
        Self { hands_over: true, ..Self::new() }
    }

    /// Whether somebody holds it, at this moment.
    #[inline]
    pub fn locked(&self) -> bool {
        self.state.load(Ordering::Relaxed) & LOCKED != 0
    }

    /// Acquires the lock, waiting as long as `wait` says.
    ///
    /// # Concurrency
    /// Linearizable. A safepoint if it has to wait, which it does detached.
    #[inline]
    pub fn acquire(&self, thread: &mut Thread, wait: Wait) -> Acquire {
        // Acquire: pairs with the Release of whoever freed it.
        match self.state.compare_exchange(FREE, LOCKED, Ordering::Acquire, Ordering::Relaxed) {
            Ok(_) => Acquire::Acquired,
            Err(_) => self.acquire_slow(thread, wait, Signals::Interrupt),
        }
    }

    /// Acquires the lock, however long it takes, leaving signals for the next poll.
    pub(crate) fn acquire_in_any_case(&self, thread: &mut Thread) {
        let outcome = self.acquire_slow(thread, Wait::Forever, Signals::Later);
        debug_assert_eq!(outcome, Acquire::Acquired);
    }

    /// Takes the lock if it is free, whoever waits for it.
    fn try_barge(&self) -> bool {
        let mut state = self.state.load(Ordering::Relaxed);
        while state & LOCKED == 0 {
            match self.state.compare_exchange_weak(
                state,
                (state | LOCKED) & !WANTED,
                Ordering::Acquire, // pairs with the Release of whoever freed it
                Ordering::Relaxed,
            ) {
                Ok(_) => return true,
                Err(now) => state = now,
            }
        }
        false
    }

    #[cold]
    fn acquire_slow(&self, thread: &mut Thread, wait: Wait, signals: Signals) -> Acquire {
        let asked = self.state.load(Ordering::Relaxed) & WANTED != 0;
        if (!asked || wait == Wait::No) && self.try_barge() {
            return Acquire::Acquired;
        }
        match wait {
            Wait::No => return Acquire::WouldBlock,
            Wait::Until(_) if wait.is_over() => return Acquire::TimedOut,
            _ => {}
        }
        // Most locks are held for less time than it takes to fall asleep.
        if !thread.is_solo() {
            let address = std::ptr::from_ref(self).addr();
            let was_away = !cfg!(loom) && thread.stays_away_from(address, wait, signals);
            if self.look(thread, if was_away { 0 } else { ASKS_AFTER }) {
                thread.turns().0.took_lock(address);
                return Acquire::Acquired;
            }
        }
        let waiter = thread.take_waiter();
        let mut patience = Patience { since: Instant::now(), passed_over: 0 };
        let outcome = loop {
            if !self.queue(thread, &waiter, patience) {
                if self.try_barge() {
                    break Acquire::Acquired;
                }
                continue;
            }
            let woken = waiter.sleep_at_once(thread, wait, signals);
            let gave_up = match woken {
                Woken::Granted(_) => None,
                Woken::TimedOut => Some(Acquire::TimedOut),
                Woken::Interrupted => Some(Acquire::Interrupted),
            };
            if let Some(reason) = gave_up
                && (self.withdraw(thread, &waiter) || crate::mutant!("lock-withdraws-unseen"))
            {
                break reason;
            }
            // INV-WAIT-2: not in line any more, so somebody has left a message.
            if waiter.message() == Some(HANDED_OVER) {
                break Acquire::Acquired;
            }
            // Woken to try. Giving up without trying would lose the wake-up: the lock may be free.
            if !(gave_up.is_some() && crate::mutant!("lock-gives-up-when-woken")) && self.try_barge() {
                break Acquire::Acquired;
            }
            if let Some(reason) = gave_up {
                break reason;
            }
            if self.look(thread, 0) {
                break Acquire::Acquired;
            }
            waiter.reset();
            patience.passed_over += 1;
        };
        thread.put_back(waiter);
        if outcome == Acquire::Acquired {
            thread.turns().0.took_lock(std::ptr::from_ref(self).addr());
        }
        outcome
    }

    /// Waits for the lock awake, for a while, and asks to be let in after so many looks; whether it is taken.
    fn look(&self, thread: &Thread, asks_after: u32) -> bool {
        let mut looks = 0;
        let mut asks = false;
        // Relaxed: advice, and what the exchanges compare with.
        let mut attempt = || {
            looks += 1;
            let state = self.state.load(Ordering::Relaxed);
            if state & LOCKED != 0 {
                if looks > asks_after && state & WANTED == 0 {
                    let forgets = crate::mutant!("lock-asks-and-forgets-who-waits");
                    let wanted = if forgets { LOCKED | WANTED } else { state | WANTED };
                    let order = Ordering::Relaxed;
                    asks |= self.state.compare_exchange(state, wanted, order, order).is_ok();
                }
                return None;
            }
            if state & WANTED != 0 && !asks && looks < LETS_PASS {
                return None;
            }
            let locked = (state | LOCKED) & !WANTED; // others that wait awake ask again
            // Acquire: pairs with the Release of whoever freed it.
            self.state.compare_exchange(state, locked, Ordering::Acquire, Ordering::Relaxed).ok()
        };
        // Models look once.
        let taken = if cfg!(loom) { attempt() } else { thread.look(attempt) };
        if taken.is_none() && asks {
            self.state.fetch_and(!WANTED, Ordering::Relaxed);
        }
        taken.is_some()
    }

    /// Joins the line, if the lock is held; false if it has become free.
    fn queue(&self, thread: &Thread, waiter: &Arc<Waiter>, since: Patience) -> bool {
        let mut line = lock_line(&self.line, thread);
        let mut state = self.state.load(Ordering::Relaxed);
        while state & (LOCKED | WAITERS) != LOCKED | WAITERS {
            if state & LOCKED == 0 && !crate::mutant!("lock-waits-for-nobody") {
                return false;
            }
            // Relaxed: a releaser that finds the bit takes the mutex, which orders the rest.
            match self.state.compare_exchange_weak(
                state,
                state | WAITERS,
                Ordering::Relaxed,
                Ordering::Relaxed,
            ) {
                Ok(_) => break,
                Err(now) => state = now,
            }
        }
        if since.passed_over == 0 {
            line.push(waiter, since);
        } else {
            line.push_first(waiter, since);
        }
        true
    }

    /// Leaves the line; false if somebody has taken the waiter out.
    fn withdraw(&self, thread: &Thread, waiter: &Arc<Waiter>) -> bool {
        let mut line = lock_line(&self.line, thread);
        let withdrawn = line.withdraw(waiter);
        if withdrawn && line.is_empty() {
            self.state.fetch_and(!WAITERS, Ordering::Relaxed); // INV-PYLOCK-2; the mutex orders it
        }
        withdrawn
    }

    /// Releases the lock, whoever acquired it.
    ///
    /// # Errors
    /// [`NotLocked`] if nobody holds it.
    ///
    /// # Concurrency
    /// Linearizable. Does not wait.
    #[inline]
    pub fn release(&self, thread: &mut Thread) -> Result<(), NotLocked> {
        self.release_naming(thread, |_| ())
    }

    /// As [`release`](Self::release). If the lock is handed over, `name` is told the serial number of the thread that has it
    /// from now on, before that thread is.
    #[inline]
    pub(crate) fn release_naming(
        &self,
        thread: &mut Thread,
        name: impl FnOnce(u64),
    ) -> Result<(), NotLocked> {
        // Release: pairs with the Acquire in `acquire` and `try_barge`.
        match self.state.compare_exchange(LOCKED, FREE, Ordering::Release, Ordering::Relaxed) {
            Ok(_) => Ok(()),
            Err(_) => self.release_slow(thread, name),
        }
    }

    #[cold]
    fn release_slow(&self, thread: &Thread, name: impl FnOnce(u64)) -> Result<(), NotLocked> {
        let mut state = self.state.load(Ordering::Relaxed);
        while state & (LOCKED | WAITERS) == LOCKED {
            let free = state & !LOCKED;
            match self.state.compare_exchange_weak(state, free, Ordering::Release, Ordering::Relaxed) {
                Ok(_) => return Ok(()),
                Err(now) => state = now,
            }
        }
        let mut line = lock_line(&self.line, thread);
        state = self.state.load(Ordering::Relaxed);
        // The last waiter may have withdrawn meanwhile, or somebody else released the lock.
        while state & WAITERS == 0 || state & LOCKED == 0 {
            if state & LOCKED == 0 {
                return Err(NotLocked);
            }
            let free = state & !LOCKED;
            match self.state.compare_exchange_weak(state, free, Ordering::Release, Ordering::Relaxed) {
                Ok(_) => return Ok(()),
                Err(now) => state = now,
            }
        }
        // LOCKED|WAITERS: nobody else changes these bits while this thread has the mutex; WANTED may come and go.
        let Some((waiter, patience)) = line.pop(thread.world()) else {
            self.state.fetch_and(!(LOCKED | WAITERS), Ordering::Release);
            return Ok(());
        };
        let no_more = if line.is_empty() { WAITERS } else { 0 };
        if patience.is_over(self) {
            let freed = if crate::mutant!("lock-hands-over-what-is-free") { LOCKED } else { 0 };
            self.state.fetch_and(!(freed | no_more), Ordering::Relaxed); // the message carries the order
            name(waiter.serial());
            waiter.grant(HANDED_OVER);
        } else {
            // Release: pairs with the Acquire in `try_barge`.
            self.state.fetch_and(!(LOCKED | no_more), Ordering::Release);
            if !crate::mutant!("lock-forgets-to-wake") {
                waiter.grant(TRY_AGAIN);
            }
        }
        Ok(())
    }

    /// Makes the lock free, whatever it was: for a forked child, where its holder may not exist. A thread that waits
    /// for it here and now is woken.
    pub fn reset_after_fork(&self, thread: &mut Thread) {
        let mut line = lock_line(&self.line, thread);
        // Swap: a fast acquire or release by another thread may come at the same moment and counts as earlier.
        self.state.swap(FREE, Ordering::AcqRel);
        line.grant_all(thread.world(), TRY_AGAIN);
    }
}
